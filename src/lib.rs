//! A SQL database for customer intelligence: Parquet lakes, customer functions, the Postgres wire.

pub mod catalog;
pub mod config;
pub mod error;
pub mod lake;
