//! Text as the functions see it: normal forms of what people type about themselves, and codes for how names sound.
//! Plain Rust over `&str`: no Arrow, no DataFusion.

pub mod birth_date;
pub mod double_metaphone;
pub mod email;
pub mod fold;
pub mod name;
pub mod phone;
pub mod postcode;
pub mod soundex;
pub mod uuid;
pub mod words;
