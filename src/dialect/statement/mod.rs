//! Steps on the syntax tree, before there is a plan.
//!
//! | module | what |
//! |---|---|
//! | [`grammar`], [`foreign`], [`reserved`], [`collations`] | what the parser and the planner take and PostgreSQL does not |
//! | [`clauses`] | windows, groups, samples and functions in FROM that the planner does not know |
//! | [`calls`], [`returned`] | calls that have words between their arguments, and functions that return rows |
//! | [`forms`], [`rows`], [`exponents`], [`type_calls`] | clauses, types and numbers that have another word in the planner's grammar |
//! | [`scope`] | when tables are known: USING, whole rows, names in ORDER BY, EXCEPT ALL, WITH TIES |
//! | [`integers`] | at last: which whole numbers are `integer` |
//! | [`level`] | the expressions of one query, for the steps above |

mod calls;
pub mod clauses;
mod collations;
mod exponents;
mod foreign;
pub mod forms;
pub mod grammar;
pub mod integers;
mod level;
mod reserved;
mod returned;
mod rows;
pub mod scope;
mod type_calls;
