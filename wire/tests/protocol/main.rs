//! The protocol server with a toy database behind it, against a real client and against raw bytes. Needs no network but loopback.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod cancel;
mod extended;
mod limits;
mod malformed;
mod psql;
mod raw;
mod simple;
mod toy;
