//! Changes of grain, one file each: they stand in `FROM` and plan into ordinary operators.

mod match_columns;
mod rfm_cuts;
mod rfm_population;
mod rfm_score;
mod unify_profiles;

use std::sync::Arc;

use crate::relation::TableFunction;

pub fn all() -> Vec<Arc<dyn TableFunction>> {
    vec![Arc::new(rfm_cuts::RfmCuts), Arc::new(rfm_score::RfmScore), Arc::new(unify_profiles::UnifyProfiles)]
}
