//! `bgnbd_fit`: the BG/NBD model of buying and leaving.

use datafusion::logical_expr::AggregateUDF;

use super::history_fit::{ARGUMENTS, HistoryFit, NOTES, Spec};
use crate::doc::{Column, Doc, Kind};
use crate::models::beta_geometric::Dropout;
use crate::models::beta_geometric_fit::fit;
use crate::models::fitted::Fitted;

pub static DOC: Doc = Doc {
    name: "bgnbd_fit",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "Fits BG/NBD to purchase histories: how often customers purchase, and how likely they are to leave after a purchase.",
    arguments: &ARGUMENTS,
    returns: &[Column::new(
        "",
        "struct",
        "model ('bgnbd'), unit, r, alpha, a, b, se_r, se_alpha, se_a, se_b, log_likelihood, aic, customers, ignored, status",
    )],
    notes: NOTES,
    source: "Fader, Hardie and Lee 2005, \"Counting your customers the easy way: an alternative to the Pareto/NBD model\", Marketing Science 24(2), \
             equation (6). By its construction P(alive) is 1 for every one-time buyer: `mbgnbd_fit` has not that flaw.",
    example: "SELECT (m).status, (m).customers\n\
              FROM (SELECT bgnbd_fit(frequency, recency, age) AS m\n\
              \u{20}     FROM (VALUES (0, 0, 10), (1, 2, 30), (1, 12, 38), (2, 3, 38), (3, 30, 35), (5, 11, 39), (12, 39, 39)) AS customers(frequency, recency, age)) AS fits;",
};

pub(crate) static SPEC: Spec =
    Spec { doc: &DOC, is_discrete: false, fit: |histories, _| Fitted::from(&fit(Dropout::AfterRepeat, histories)) };

pub(crate) fn function() -> AggregateUDF {
    AggregateUDF::from(HistoryFit::new(&SPEC))
}
