//! The mathematics: plain Rust over numbers, no columns, no plans.

pub mod compensated;
pub mod quantile;
