//! Dates, times, time stamps and intervals: their operators and functions.
//!
//! | module | what |
//! |---|---|
//! | [`zones`], [`at_time_zone`], [`clocks`] | time zones, and what their clocks show |
//! | [`calendar`], [`fields`], [`truncation`] | moments from their parts, their parts, and moments without the smaller ones |
//! | [`differences`], [`intervals`], [`overlaps`] | `-` of moments; intervals as multiples and by length; periods |

pub mod at_time_zone;
pub mod calendar;
pub mod clocks;
pub mod differences;
pub mod fields;
pub mod intervals;
pub mod overlaps;
pub mod truncation;
pub mod zones;
