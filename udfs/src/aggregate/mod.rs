//! Summaries, one file each. All of them merge partial results, and none depends on the order of rows.

pub(crate) mod exact_sum;
pub(crate) mod quantile_cuts;

use datafusion::logical_expr::AggregateUDF;

use crate::doc::Doc;

pub fn all() -> Vec<(&'static Doc, AggregateUDF)> {
    vec![
        (&exact_sum::DOC, AggregateUDF::from(exact_sum::ExactSum::default())),
        (&quantile_cuts::DOC, AggregateUDF::from(quantile_cuts::QuantileCuts::default())),
    ]
}
