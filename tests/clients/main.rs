//! Clients of PostgreSQL, really run, and the catalog queries that they send, answered as PostgreSQL answers them.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod corpus;
mod dbt;
mod fixture;
mod lake;
mod programs;
