//! Numbers: arithmetic with PostgreSQL's errors, digits and types.
//!
//! | module | what |
//! |---|---|
//! | [`checked`] | sums, differences and products that are out of range |
//! | [`decimals`], [`unconstrained`], [`quotient`], [`derived`] | `numeric`: of many digits, without a scale, divided, and what is computed of quotients |
//! | [`long`] | whole numbers of any length, on the way to those |
//! | [`mixed`] | `double precision` beside other numbers |
//! | [`places`], [`powers`], [`signs`], [`bits`], [`maths`] | `round` and its like, roots, powers and logarithms, signs, bits, all other functions |

pub mod bits;
pub mod checked;
pub mod decimals;
pub mod derived;
pub mod long;
pub mod maths;
pub mod mixed;
pub mod places;
pub mod powers;
pub mod quotient;
pub mod signs;
pub mod unconstrained;
