//! `bgnbd_fit`: the BG/NBD model of buying and leaving.

use datafusion::logical_expr::AggregateUDF;

use super::history_fit::{HistoryFit, NOTES, Spec, WITH_COVARIATES};
use crate::doc::{Column, Doc, Kind};
use crate::models::beta_geometric::Dropout;
use crate::models::beta_geometric_fit::fit;
use crate::models::covariate_fit::BGNBD;
use crate::models::fitted::Fitted;

pub static DOC: Doc = Doc {
    name: "bgnbd_fit",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "Fits BG/NBD to purchase histories: how often customers purchase, and how likely they are to leave after a purchase.",
    arguments: &WITH_COVARIATES,
    returns: &[Column::new(
        "",
        "struct",
        "model ('bgnbd'), unit, r, alpha, a, b, se_r, se_alpha, se_a, se_b, log_likelihood, aic, customers, ignored, status, covariates: for each its name, gamma_purchase, gamma_a, gamma_b and their se_…",
    )],
    notes: NOTES,
    source: "Fader, Hardie and Lee 2005, \"Counting your customers the easy way: an alternative to the Pareto/NBD model\", Marketing Science 24(2), \
             equation (6); with covariates z, Fader and Hardie 2007, \"Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models\": alpha e^(-gamma_purchase z), \
             a e^(gamma_a z) and b e^(gamma_b z), so that the parameters are those of a customer with z = 0. By its construction P(alive) is 1 for every one-time buyer: `mbgnbd_fit` has not that flaw.",
    example: "SELECT (m).status, (m).customers\n\
              FROM (SELECT bgnbd_fit(frequency, recency, age) AS m\n\
              \u{20}     FROM (VALUES (0, 0, 10), (1, 2, 30), (1, 12, 38), (2, 3, 38), (3, 30, 35), (5, 11, 39), (12, 39, 39)) AS customers(frequency, recency, age)) AS fits;",
};

pub(crate) static SPEC: Spec = Spec {
    doc: &DOC,
    is_discrete: false,
    covariates: Some(&BGNBD),
    fit: |histories, _| Fitted::from(&fit(Dropout::AfterRepeat, histories)),
};

pub(crate) fn function() -> AggregateUDF {
    AggregateUDF::from(HistoryFit::new(&SPEC))
}
