//! Names: what schemas, tables and views there are, and PostgreSQL's catalogs of them.

pub mod pg;
