//! Who a client is: passwords by SCRAM-SHA-256 (RFC 5802, RFC 7677), certificates, and whom to refuse.

mod attributes;
pub(crate) mod certificate;
pub(crate) mod lockout;
pub mod scram;
mod verifier;

pub use lockout::LockoutPolicy;
pub use verifier::{NotAVerifier, Verifier};
