//! Summaries, one file each. All of them merge partial results, and none depends on the order of rows.

pub(crate) mod bdw_fit;
pub(crate) mod bgbb_fit;
pub(crate) mod bgcnbd_k_fit;
pub(crate) mod bgnbd_fit;
pub(crate) mod content_kind;
pub(crate) mod covariate_fit;
pub(crate) mod exact_sum;
pub(crate) mod gamma_gamma_fit;
pub(crate) mod history_fit;
pub(crate) mod mbgcnbd_k_fit;
pub(crate) mod mbgnbd_fit;
pub(crate) mod micro_segment;
pub(crate) mod model_backtest;
pub(crate) mod model_choice;
pub(crate) mod pareto_nbd_fit;
pub(crate) mod population;
pub(crate) mod propensity_fit;
pub(crate) mod purchase_history;
pub(crate) mod quantile_cuts;
pub(crate) mod repeat_sum;
pub(crate) mod sbg_fit;
pub(crate) mod tenure_curve;
pub(crate) mod tenure_fit;

use datafusion::logical_expr::AggregateUDF;

use crate::doc::Doc;

/// Whether an aggregate searches for long once it has seen its rows.
#[must_use]
pub fn searches(name: &str) -> bool {
    const OTHERS: [&str; 4] = [micro_segment::NAME, model_backtest::NAME, model_choice::NAME, tenure_curve::NAME];
    name.ends_with("_fit") || OTHERS.contains(&name)
}

pub fn all() -> Vec<(&'static Doc, AggregateUDF)> {
    vec![
        (&bdw_fit::DOC, bdw_fit::function()),
        (&bgbb_fit::DOC, bgbb_fit::function()),
        (&bgcnbd_k_fit::DOC, bgcnbd_k_fit::function()),
        (&bgnbd_fit::DOC, bgnbd_fit::function()),
        (&exact_sum::DOC, AggregateUDF::from(exact_sum::ExactSum::default())),
        (&gamma_gamma_fit::DOC, gamma_gamma_fit::function()),
        (&mbgcnbd_k_fit::DOC, mbgcnbd_k_fit::function()),
        (&mbgnbd_fit::DOC, mbgnbd_fit::function()),
        (&pareto_nbd_fit::DOC, pareto_nbd_fit::function()),
        (&propensity_fit::DOC, AggregateUDF::from(propensity_fit::PropensityFit::default())),
        (&quantile_cuts::DOC, AggregateUDF::from(quantile_cuts::QuantileCuts::default())),
        (&repeat_sum::DOC, AggregateUDF::from(repeat_sum::RepeatSum::default())),
        (&sbg_fit::DOC, sbg_fit::function()),
    ]
}
