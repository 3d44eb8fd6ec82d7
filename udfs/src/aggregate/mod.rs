//! Summaries, one file each. All of them merge partial results, and none depends on the order of rows.

pub(crate) mod bgnbd_fit;
pub(crate) mod content_kind;
pub(crate) mod exact_sum;
pub(crate) mod history_fit;
pub(crate) mod mbgnbd_fit;
pub(crate) mod quantile_cuts;
pub(crate) mod repeat_sum;

use datafusion::logical_expr::AggregateUDF;

use crate::doc::Doc;

pub fn all() -> Vec<(&'static Doc, AggregateUDF)> {
    vec![
        (&bgnbd_fit::DOC, bgnbd_fit::function()),
        (&exact_sum::DOC, AggregateUDF::from(exact_sum::ExactSum::default())),
        (&mbgnbd_fit::DOC, mbgnbd_fit::function()),
        (&quantile_cuts::DOC, AggregateUDF::from(quantile_cuts::QuantileCuts::default())),
        (&repeat_sum::DOC, AggregateUDF::from(repeat_sum::RepeatSum::default())),
    ]
}
