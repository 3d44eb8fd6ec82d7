//! What functions are made of, and which there are. The functions themselves stand with what they are of: [`super::texts`],
//! [`super::moments`], [`super::numbers`], [`super::arrays`], [`super::aggregates`], [`super::formats`].
//!
//! | module | what |
//! |---|---|
//! | [`registered`] | the functions of a session |
//! | [`callable`], [`signatures`] | which of them a statement may call, and with which types |
//! | [`overloaded`] | functions of single values by tables of their overloads |
//! | [`any_type`], [`bounded`] | functions of any type; results that are too large |
//! | [`beside`] | literals in VALUES, until their type is known |
//! | [`same`], [`written`] | functions that change nothing but what is known of a value, and its name |
//! | [`record`] | rows as values |
//! | [`series`] | `generate_series` |

pub mod any_type;
pub mod beside;
pub mod bounded;
pub mod callable;
pub mod overloaded;
pub mod record;
pub mod registered;
pub mod same;
pub mod series;
pub mod signatures;
pub mod written;
