//! The protocol server with a toy database behind it, against a real client and against raw bytes. Needs no network but loopback.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod cancel;
mod copy;
mod encrypted;
mod ended;
mod extended;
mod fuzz;
mod keys;
mod limits;
mod login;
mod malformed;
mod psql;
mod psycopg;
mod raw;
mod simple;
mod tls;
mod toy;
