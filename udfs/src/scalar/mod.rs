//! Facts about a row, one file each.

pub(crate) mod quantile_score;
mod segment_of;

use datafusion::logical_expr::ScalarUDF;

use crate::doc::Doc;

pub fn all() -> Vec<(&'static Doc, ScalarUDF)> {
    vec![
        (&quantile_score::DOC, ScalarUDF::from(quantile_score::QuantileScore::default())),
        (&segment_of::DOC, ScalarUDF::from(segment_of::SegmentOf::default())),
    ]
}

pub use segment_of::{SEGMENTS, SegmentOf, segment};
