//! Facts about a row, one file each.

mod expected_purchases;
mod expected_purchases_new;
mod p_alive;
mod p_no_purchase;
pub(crate) mod prediction;
pub(crate) mod quantile_score;
mod segment_of;

use datafusion::logical_expr::ScalarUDF;

use crate::doc::Doc;

pub fn all() -> Vec<(&'static Doc, ScalarUDF)> {
    vec![
        (&expected_purchases::DOC, prediction::Prediction::function(prediction::Predicted::Purchases)),
        (&expected_purchases_new::DOC, ScalarUDF::from(expected_purchases_new::ExpectedPurchasesNew::default())),
        (&p_alive::DOC, prediction::Prediction::function(prediction::Predicted::Alive)),
        (&p_no_purchase::DOC, prediction::Prediction::function(prediction::Predicted::NoPurchase)),
        (&quantile_score::DOC, ScalarUDF::from(quantile_score::QuantileScore::default())),
        (&segment_of::DOC, ScalarUDF::from(segment_of::SegmentOf::default())),
    ]
}

pub use segment_of::{SEGMENTS, SegmentOf, segment};
