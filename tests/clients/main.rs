//! Clients of PostgreSQL, really run, and the catalog queries that they send, answered as PostgreSQL answers them.

mod corpus;
mod fixture;
mod lake;
mod programs;
