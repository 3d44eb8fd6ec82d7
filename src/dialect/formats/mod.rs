//! Values as texts by patterns, and texts as values: `to_char`, `to_number`, `to_date` and `to_timestamp`.

pub mod to_char;
pub mod to_number;
pub mod to_timestamp;
