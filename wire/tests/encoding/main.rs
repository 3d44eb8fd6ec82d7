//! Values on the wire. Expected values come from PostgreSQL 15.18 (`SELECT value::text`, `encode(…send(value), 'hex')`) unless a test
//! says otherwise.

mod binary;
mod declared;
mod nested;
mod parameters;
mod roundtrip;
mod rows;
mod text;
