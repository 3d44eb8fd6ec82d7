//! Names: what a table of the lake is to the engine.

pub mod lake_table;
