//! Aggregates, and the windows over which they go.
//!
//! | module | what |
//! |---|---|
//! | [`exact`] | which aggregate a call means: exact sums and means, and those below |
//! | [`mean`], [`variance`], [`real_sum`], [`extremes`] | of numbers: exact ones, `real`, floating-point ones with NaN |
//! | [`intervals`] | of intervals |
//! | [`ordered_sets`], [`quantiles`] | of ordered sets: what WITHIN GROUP means, and the functions behind it |
//! | [`frames`] | frames of windows |

pub mod exact;
mod extremes;
pub mod frames;
pub mod intervals;
mod mean;
pub mod ordered_sets;
pub mod quantiles;
mod real_sum;
mod variance;
