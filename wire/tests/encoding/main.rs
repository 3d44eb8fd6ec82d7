//! Values on the wire. Expected values come from PostgreSQL 15.18 (`SELECT value::text`, `encode(…send(value), 'hex')`) unless a test
//! says otherwise.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod binary;
mod declared;
mod nested;
mod parameters;
mod roundtrip;
mod rows;
mod text;
