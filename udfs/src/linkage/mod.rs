//! Matching of records: how alike two texts are, which records are one person, and the clusters that follow.
//! Plain Rust over slices: no Arrow, no DataFusion.
//!
//! Columns are recognised ([`field`]), read into facts and keys ([`person`], [`key`], [`placeholder`]), and connected
//! ([`clusters`]).

pub mod clusters;
pub mod damerau_levenshtein;
pub mod field;
pub mod hash;
pub mod jaro_winkler;
pub mod key;
pub mod person;
pub mod placeholder;
