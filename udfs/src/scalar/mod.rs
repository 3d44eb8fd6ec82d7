//! Facts about a row, one file each.

pub(crate) mod damerau_levenshtein;
pub(crate) mod double_metaphone;
mod expected_purchases;
mod expected_purchases_new;
pub(crate) mod jaro_winkler;
pub(crate) mod normalize_email;
pub(crate) mod normalize_name;
pub(crate) mod normalize_phone;
pub(crate) mod normalize_postcode;
mod p_alive;
mod p_no_purchase;
pub(crate) mod prediction;
pub(crate) mod quantile_score;
mod segment_of;
pub(crate) mod soundex;

use datafusion::logical_expr::ScalarUDF;

use crate::doc::Doc;

pub fn all() -> Vec<(&'static Doc, ScalarUDF)> {
    vec![
        (&expected_purchases::DOC, prediction::Prediction::function(prediction::Predicted::Purchases)),
        (&expected_purchases_new::DOC, ScalarUDF::from(expected_purchases_new::ExpectedPurchasesNew::default())),
        (&p_alive::DOC, prediction::Prediction::function(prediction::Predicted::Alive)),
        (&p_no_purchase::DOC, prediction::Prediction::function(prediction::Predicted::NoPurchase)),
        (&damerau_levenshtein::DOC, ScalarUDF::from(damerau_levenshtein::DamerauLevenshtein::default())),
        (&double_metaphone::DOC, ScalarUDF::from(double_metaphone::DoubleMetaphone::default())),
        (&jaro_winkler::DOC, ScalarUDF::from(jaro_winkler::JaroWinkler::default())),
        (&normalize_email::DOC, ScalarUDF::from(normalize_email::NormalizeEmail::default())),
        (&normalize_name::DOC, ScalarUDF::from(normalize_name::NormalizeName::default())),
        (&normalize_phone::DOC, ScalarUDF::from(normalize_phone::NormalizePhone::default())),
        (&normalize_postcode::DOC, ScalarUDF::from(normalize_postcode::NormalizePostcode::default())),
        (&quantile_score::DOC, ScalarUDF::from(quantile_score::QuantileScore::default())),
        (&segment_of::DOC, ScalarUDF::from(segment_of::SegmentOf::default())),
        (&soundex::DOC, ScalarUDF::from(soundex::Soundex::default())),
    ]
}

pub use segment_of::{SEGMENTS, SegmentOf, segment};
