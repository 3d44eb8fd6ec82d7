//! `pareto_nbd_fit`: the Pareto/NBD model of buying and leaving.

use datafusion::logical_expr::AggregateUDF;

use super::history_fit::{HistoryFit, NOTES, Spec, WITH_COVARIATES};
use crate::doc::{Column, Doc, Kind};
use crate::models::covariate_fit::PARETO_NBD;
use crate::models::pareto_nbd_fit::fit;

pub static DOC: Doc = Doc {
    name: "pareto_nbd_fit",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "Fits Pareto/NBD to purchase histories: how often customers purchase, and how soon they leave, at any time and not only after a purchase.",
    arguments: &WITH_COVARIATES,
    returns: &[Column::new(
        "",
        "struct",
        "model ('pareto_nbd'), unit, r, alpha, s, beta, se_r, se_alpha, se_s, se_beta, log_likelihood, aic, customers, ignored, status, covariates: for each its name, gamma_purchase, gamma_dropout and their se_…",
    )],
    notes: NOTES,
    source: "Schmittlein, Morrison and Colombo 1987, \"Counting your customers: who are they and what will they do next?\", Management Science 33(1); Fader and \
             Hardie 2005, \"A note on deriving the Pareto/NBD model\". The likelihood is taken as an integral over the time of leaving, not by hypergeometric functions. \
             With covariates z, Fader and Hardie 2007, \"Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models\": alpha e^(-gamma_purchase z) and \
             beta e^(-gamma_dropout z), so that a positive coefficient means more purchases, or a sooner end, and the parameters are those of a customer with z = 0.",
    example: "SELECT (m).status, (m).customers\n\
              FROM (SELECT pareto_nbd_fit(frequency, recency, age) AS m\n\
              \u{20}     FROM (VALUES (0, 0, 10), (1, 2, 30), (1, 12, 38), (2, 3, 38), (3, 30, 35), (5, 11, 39), (12, 39, 39)) AS customers(frequency, recency, age)) AS fits;",
};

pub(crate) static SPEC: Spec =
    Spec { doc: &DOC, is_discrete: false, covariates: Some(&PARETO_NBD), fit: |histories, _| fit(histories) };

pub(crate) fn function() -> AggregateUDF {
    AggregateUDF::from(HistoryFit::new(&SPEC))
}
