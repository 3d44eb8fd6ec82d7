//! Plans as bytes, for a cluster whose machines run parts of one query: the operators and the functions of this crate, in the format
//! of `datafusion-proto`.
//!
//! Both sides give [`PhysicalCodec`] (and [`LogicalCodec`], where the one that plans is sent a logical plan) to `datafusion-proto`,
//! alone or as the first of several (`ComposedPhysicalExtensionCodec`); the side that reads is a session with
//! [`register_all`](crate::register_all), or one that has the same functions by name. Operators are written with every option, each in
//! a message that begins with a version; bytes that no operator is made of are an error. Functions go by their names, and the three
//! that hold more than a name – the conditions and the look-ups that table functions plan – with what they hold.
//!
//! What stays where it was planned or where it runs, on purpose:
//! - Notices: where [`report_to`](crate::report_to) was called, a function says what it has to say on the machine on which it runs,
//!   to the session there.
//! - Progress, metrics, memory and cancellation are those of the machine that runs the operator. It reserves from the pool there, and
//!   stops when its stream is dropped there.
//! - Rows that are read: `LinkRecords` and `AggregateOver` read all partitions of their inputs to give back one of them, and all
//!   partitions of one plan share what is read. A plan that is decoded once for each partition reads as many times, with the same
//!   result where its inputs have the same rows in the same partitions each time; a cluster does well to run such a stage as one task.
//! - Values of scalar sub-queries, which DataFusion hands to its own operators alone. A first step of an aggregation that computes with
//!   one is shipped as DataFusion's own, which gives the same rows; `AggregateOver` is refused.

mod aggregates;
mod functions;
mod logical;
pub(crate) mod messages;
mod options;
mod physical;

pub(crate) use aggregates::reads_subquery;
pub use logical::LogicalCodec;
pub use physical::PhysicalCodec;
