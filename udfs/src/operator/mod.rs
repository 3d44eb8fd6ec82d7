//! The operators that DataFusion lacks. Everything else is planned into ordinary ones.

mod aggregate_groups;
mod aggregate_over;
mod dense_groups;
mod dense_table;
mod forget_keys;
mod link_changes;
mod link_pairs;
mod link_records;
mod link_records_exec;
mod link_report;
mod link_sides;
mod linking;
mod merge_records;
mod merge_records_exec;
mod prune_aggregates;
mod yield_once;

pub(crate) use aggregate_groups::{Aggregation, Appended, Key};
pub(crate) use aggregate_over::AggregateOverExec;
pub use aggregate_over::{AggregateOver, AggregateOverPlanner, append_aggregates, append_aggregates_by};
pub use dense_groups::DenseGroups;
pub(crate) use dense_groups::{DenseGroupsExec, Range};
pub use forget_keys::{ForgetKeys, ForgetKeysPlanner, ForgetUnnestedKeys, KeylessRelations};
pub use link_records::{LinkOptions, LinkRecords, LinkRecordsPlanner, Output, RecordName, link_records, no_key_error};
pub(crate) use link_records_exec::LinkRecordsExec;
pub use link_records_exec::progress;
pub use link_sides::Side;
pub use merge_records::{Choice, MergeOptions, MergeRecords, MergeRecordsPlanner, merge_records};
pub(crate) use merge_records_exec::MergeRecordsExec;
pub use prune_aggregates::PruneAggregates;
