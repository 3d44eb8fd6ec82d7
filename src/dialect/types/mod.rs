//! Which types the parts of a statement have.
//!
//! | module | when | what |
//! |---|---|---|
//! | [`operators`] | while expressions are planned | operators of dates and intervals; literals that take the other side's type |
//! | [`agreement`] | on the plan, and while expressions are planned | which types go together |
//! | [`united`] | on the plan | types of columns where rows are brought together |
//! | [`chains`] | on the plan | long chains of operators, which are followed once |
//! | [`parameters`] | on the plan | of which type each parameter is |

pub mod agreement;
pub mod chains;
pub mod operators;
pub mod parameters;
pub mod united;
