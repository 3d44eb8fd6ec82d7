//! Matching of records: how alike two texts are, which records are one person, and the clusters that follow.
//! Plain Rust over slices: no Arrow, no DataFusion.
//!
//! Columns are recognised ([`field`], [`namings`], [`content`]) and read into facts ([`person`], [`facts`], [`placeholder`]). Few records are connected by the keys on which
//! they agree ([`key`], [`clusters`]). Of many it is learnt what agreement says: they become numbers of texts ([`people`], [`values`], [`texts`]),
//! pairs are chosen ([`blocking`], [`parts`]) and compared ([`comparer`], [`levels`]), weighed ([`model`], [`chances`], [`matching`]) and brought together ([`joining`], [`groups`]); profiles
//! of an earlier result may stand ([`previous`], [`standing`]). Both
//! ways end in [`links`], or in [`pairs`] that are explained ([`waterfall`]).
//!
//! Profiles that live together are [`households`]. Of the values that the records of a person have ([`normal_form`]), one is kept
//! ([`survivorship`]). One more contact is looked for among profiles by [`contact`].

pub mod blocking;
pub mod chances;
pub mod changes;
pub mod clusters;
pub mod comparer;
pub mod contact;
pub mod content;
pub mod damerau_levenshtein;
mod facts;
pub mod field;
pub mod groups;
pub mod hash;
pub mod households;
pub mod jaro_winkler;
pub mod joining;
pub mod key;
pub mod levels;
pub mod links;
pub mod matching;
pub mod model;
mod namings;
pub mod normal_form;
pub mod order;
pub mod pairs;
pub mod parallel;
pub mod parts;
pub mod people;
pub mod person;
pub mod placeholder;
pub mod previous;
pub mod protection;
pub mod refusals;
pub mod rules;
pub mod sides;
pub mod standing;
pub mod survivorship;
pub mod texts;
pub mod values;
pub mod waterfall;
