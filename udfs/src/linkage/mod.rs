//! Matching of records: how alike two texts are, which records are one person, and the clusters that follow.
//! Plain Rust over slices: no Arrow, no DataFusion.

pub mod damerau_levenshtein;
pub mod jaro_winkler;
