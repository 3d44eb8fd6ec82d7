//! `bdw_fit`: the beta-discrete-Weibull model of renewals.

use datafusion::logical_expr::AggregateUDF;

use super::tenure_fit::{ARGUMENTS, NOTES, TenureFit};
use crate::doc::{Column, Doc, Kind};
use crate::models::tenures::fit_bdw;

pub static DOC: Doc = Doc {
    name: "bdw_fit",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "Fits the beta-discrete-Weibull to tenures of customers with a contract: as `sbg_fit`, but the risk of a customer may grow (c > 1) or fall (c < 1) with time.",
    arguments: &ARGUMENTS,
    returns: &[Column::new(
        "",
        "struct",
        "model ('bdw'), unit, gamma, delta, c, se_gamma, se_delta, se_c, log_likelihood, aic, customers, ignored, status",
    )],
    notes: NOTES,
    source: "Fader, Hardie, Liu, Davin and Steenburgh 2018, \"How to project customer retention revisited: the role of duration dependence\", Journal of Interactive \
             Marketing 43. With c = 1 it is the shifted beta-geometric.",
    example: "SELECT (m).status, (m).customers\n\
              FROM (SELECT bdw_fit(tenure, churned, customers) AS m\n\
              \u{20}     FROM (VALUES (1, true, 369), (2, true, 163), (3, true, 86), (4, true, 56), (4, false, 326)) AS t(tenure, churned, customers)) AS fits;",
};

pub(crate) fn function() -> AggregateUDF {
    AggregateUDF::from(TenureFit::new(&DOC, fit_bdw))
}
