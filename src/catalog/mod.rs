//! Names: what a table of the lake is to the engine, and PostgreSQL's catalogs.

pub mod lake_table;
pub mod pg;
