//! Matching of records: plain Rust over slices.
