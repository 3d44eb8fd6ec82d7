//! Changes of grain, one file each: they stand in `FROM` and plan into ordinary operators.

mod block_stats;
pub(crate) mod calibrated;
mod churn_prob;
mod cluster_columns;
mod clv;
mod clv_backtest;
mod column_facts;
mod customer_models;
pub(crate) mod customer_value;
mod describe_segments;
mod evaluate_matches;
mod explain_match;
mod golden_columns;
mod golden_profiles;
mod households;
pub(crate) mod identify;
mod link_sides;
mod match_columns;
mod match_model;
mod match_pairs;
mod micro_segments;
mod profile_changes;
mod propensity_fit;
mod propensity_reasons;
mod purchase_summary;
mod refused_links;
mod retention_curve;
mod review_pairs;
mod rfm_cuts;
mod rfm_given_cuts;
mod rfm_population;
mod rfm_score;
mod rfm_summary;
mod segment_moves;
mod selftest;
pub(crate) mod split_history;
mod unify_profiles;

use std::sync::Arc;

use crate::relation::TableFunction;

pub fn all() -> Vec<Arc<dyn TableFunction>> {
    vec![
        Arc::new(block_stats::BlockStats),
        Arc::new(churn_prob::ChurnProb),
        Arc::new(clv::Clv),
        Arc::new(clv_backtest::ClvBacktest),
        Arc::new(describe_segments::DescribeSegments),
        Arc::new(evaluate_matches::EvaluateMatches),
        Arc::new(explain_match::ExplainMatch),
        Arc::new(golden_profiles::GoldenProfiles),
        Arc::new(households::Households),
        Arc::new(identify::Identify),
        Arc::new(match_model::MatchModel),
        Arc::new(match_pairs::MatchPairs),
        Arc::new(micro_segments::MicroSegments),
        Arc::new(retention_curve::RetentionCurve),
        Arc::new(review_pairs::ReviewPairs),
        Arc::new(profile_changes::ProfileChanges),
        Arc::new(propensity_fit::PropensityFit),
        Arc::new(propensity_reasons::PropensityReasons),
        Arc::new(refused_links::RefusedLinks),
        Arc::new(rfm_cuts::RfmCuts),
        Arc::new(rfm_score::RfmScore),
        Arc::new(rfm_summary::RfmSummary),
        Arc::new(segment_moves::SegmentMoves),
        Arc::new(selftest::SelfTest),
        Arc::new(unify_profiles::UnifyProfiles),
    ]
}
