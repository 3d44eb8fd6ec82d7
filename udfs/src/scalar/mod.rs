//! Facts about a row, one file each.

pub(crate) mod damerau_levenshtein;
mod dert;
pub(crate) mod double_metaphone;
mod expected_purchases;
mod expected_purchases_new;
mod expected_spend;
mod function;
pub(crate) mod jaro_winkler;
mod memo;
pub(crate) mod model_reasons;
pub(crate) mod normalize_email;
pub(crate) mod normalize_name;
pub(crate) mod normalize_phone;
pub(crate) mod normalize_postcode;
mod p_alive;
mod p_no_purchase;
mod p_purchases;
pub(crate) mod prediction;
mod propensity;
pub(crate) mod quantile_score;
mod segment_of;
pub(crate) mod soundex;

use datafusion::logical_expr::ScalarUDF;

use crate::doc::Doc;

pub fn all() -> Vec<(&'static Doc, ScalarUDF)> {
    vec![
        (&dert::DOC, prediction::Prediction::function(prediction::Predicted::Discounted)),
        (&expected_purchases::DOC, prediction::Prediction::function(prediction::Predicted::Purchases)),
        (&expected_purchases_new::DOC, expected_purchases_new::function()),
        (&expected_spend::DOC, expected_spend::function()),
        (&p_alive::DOC, prediction::Prediction::function(prediction::Predicted::Alive)),
        (&p_no_purchase::DOC, prediction::Prediction::function(prediction::Predicted::NoPurchase)),
        (&p_purchases::DOC, prediction::Prediction::function(prediction::Predicted::Count)),
        (&propensity::DOC, ScalarUDF::from(propensity::Scores::default())),
        (&damerau_levenshtein::DOC, damerau_levenshtein::function()),
        (&double_metaphone::DOC, double_metaphone::function()),
        (&jaro_winkler::DOC, jaro_winkler::function()),
        (&normalize_email::DOC, normalize_email::function()),
        (&normalize_name::DOC, normalize_name::function()),
        (&normalize_phone::DOC, normalize_phone::function()),
        (&normalize_postcode::DOC, normalize_postcode::function()),
        (&quantile_score::DOC, ScalarUDF::from(quantile_score::QuantileScore::default())),
        (&segment_of::DOC, ScalarUDF::from(segment_of::SegmentOf::default())),
        (&soundex::DOC, soundex::function()),
    ]
}

pub use segment_of::{SEGMENTS, SegmentOf, segment};
