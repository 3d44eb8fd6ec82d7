//! The operators that DataFusion lacks. Everything else is planned into ordinary ones.

mod aggregate_over;

pub use aggregate_over::{AggregateOver, AggregateOverPlanner, append_aggregates};
