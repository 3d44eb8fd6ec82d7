//! `sbg_fit`: the shifted beta-geometric model of renewals.

use datafusion::logical_expr::AggregateUDF;

use super::tenure_fit::{ARGUMENTS, NOTES, TenureFit};
use crate::doc::{Column, Doc, Kind};
use crate::models::tenures::fit_sbg;

pub static DOC: Doc = Doc {
    name: "sbg_fit",
    kind: Kind::Aggregate,
    topic: "Value and churn",
    summary: "Fits the shifted beta-geometric to tenures of customers with a contract: each renews with a probability of their own.",
    arguments: &ARGUMENTS,
    returns: &[Column::new(
        "",
        "struct",
        "model ('sbg'), unit, alpha, beta, se_alpha, se_beta, log_likelihood, aic, customers, ignored, status",
    )],
    notes: NOTES,
    source: "Fader and Hardie 2007, \"How to project customer retention\", Journal of Interactive Marketing 21(1).",
    example: "SELECT (m).status, (m).customers\n\
              FROM (SELECT sbg_fit(tenure, churned, customers) AS m\n\
              \u{20}     FROM (VALUES (1, true, 369), (2, true, 163), (3, true, 86), (4, true, 56), (4, false, 326)) AS t(tenure, churned, customers)) AS fits;",
};

pub(crate) fn function() -> AggregateUDF {
    AggregateUDF::from(TenureFit::new(&DOC, fit_sbg))
}
