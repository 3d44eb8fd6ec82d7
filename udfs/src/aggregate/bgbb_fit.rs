//! `bgbb_fit`: the BG/BB model of purchases at given opportunities.

use datafusion::logical_expr::AggregateUDF;

use super::history_fit::{HistoryFit, NOTES, Spec};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::models::bgbb_fit::fit;

const ARGUMENTS: [Argument; 3] = [
    Argument::required("frequency", Takes::Number, "opportunities that were used: a whole number, zero or more"),
    Argument::required("recency", Takes::Number, "the last opportunity that was used, counted from 1; 0 where frequency is 0"),
    Argument::required("opportunities", Takes::Number, "how many opportunities there were: a whole number, at most 1000000"),
];

pub static DOC: Doc = Doc {
    name: "bgbb_fit",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "Fits BG/BB: customers who may purchase once at each of given opportunities, such as donors year by year, and leave for good at some time.",
    arguments: &ARGUMENTS,
    returns: &[Column::new(
        "",
        "struct",
        "model ('bgbb'), unit, alpha, beta, gamma, delta, se_alpha, se_beta, se_gamma, se_delta, log_likelihood, aic, customers, ignored, status",
    )],
    notes: NOTES,
    source: "Fader, Hardie and Shang 2010, \"Customer-base analysis in a discrete-time noncontractual setting\", Marketing Science 29(6), equation (4). In predictions the \
             age is the number of opportunities so far, and the horizon a number of further ones.",
    example: "SELECT (m).status, (m).customers\n\
              FROM (SELECT bgbb_fit(frequency, recency, opportunities) AS m\n\
              \u{20}     FROM (VALUES (0, 0, 6), (0, 0, 6), (1, 1, 6), (1, 3, 6), (2, 6, 6), (3, 4, 6), (4, 6, 6), (6, 6, 6)) AS donors(frequency, recency, opportunities)) AS fits;",
};

pub(crate) static SPEC: Spec = Spec { doc: &DOC, is_discrete: true, covariates: None, fit: |histories, _| fit(histories) };

pub(crate) fn function() -> AggregateUDF {
    AggregateUDF::from(HistoryFit::new(&SPEC))
}
