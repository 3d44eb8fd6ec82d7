//! Aggregates, and the windows over which they go.
//!
//! | module | what |
//! |---|---|
//! | [`exact`] | which aggregate a call means: exact sums and means, and those below |
//! | [`mean`], [`variance`], [`float_sum`], [`extremes`] | of numbers: exact ones, floating-point ones with their range and NaN |
//! | [`intervals`] | of intervals |
//! | [`ordered_sets`], [`quantiles`], [`percentile`] | of ordered sets: what WITHIN GROUP means, and the functions behind it |
//! | [`grouping_sets`] | expressions in ROLLUP, CUBE and GROUPING SETS |
//! | [`sorted`], [`given_order`] | several of one query in orders of their own; the order that a sub-query gives |
//! | [`frames`], [`recomputed`], [`shifted`] | frames of windows, and aggregates in them; `lag` and `lead` by a column |

pub mod exact;
mod extremes;
mod float_sum;
pub mod frames;
pub mod given_order;
pub mod grouping_sets;
pub mod intervals;
mod mean;
pub mod ordered_sets;
pub mod percentile;
pub mod quantiles;
mod recomputed;
pub mod shifted;
pub mod sorted;
mod variance;
