//! The Postgres wire protocol over Arrow record batches, for any database that implements [`Backend`]. No SQL semantics here.
//!
//! The modules, in the order in which data flows through them:
//!
//! - [`limits`]: what one server and one connection may use.
//! - [`backend`]: the traits of the database behind the protocol: sessions that parse, prepare and execute.
//! - [`auth`]: who a client is, by password or certificate.
//! - [`tls`]: certificates and keys.
//! - [`frontend`]: what the client says, bytes to messages, every length checked.
//! - [`types`]: Arrow types and PostgreSQL types, both ways.
//! - [`values`]: single values as PostgreSQL writes them, text and binary; plain Rust.
//! - [`decode`]: parameters of a Bind message to Arrow arrays of one row.
//! - [`encode`]: record batches to DataRow messages, the hot path.
//! - [`copy`]: the formats of COPY, out and in.
//! - [`traffic`]: what the server counts.
//! - `socket`: one client's socket, in the clear or encrypted.
//! - `channel`: a socket with its buffers, and how work on it is interrupted.
//! - `reply`: what the server says apart from rows.
//! - `cancel`: which running statement a cancel request means.
//! - `starting`: those who have not logged in yet.
//! - `connection`: start-up, login, simple and extended queries of one client.
//! - [`server`]: accepting, limiting and ending connections; the entrance is [`serve`].

pub mod auth;
pub mod backend;
mod cancel;
mod channel;
mod connection;
pub mod copy;
pub mod decode;
pub mod encode;
pub mod frontend;
pub mod limits;
mod reply;
pub mod server;
mod socket;
mod starting;
pub mod tls;
pub mod traffic;
pub mod types;
pub mod values;

pub use auth::Verifier;
pub use backend::{Backend, Session};
pub use cancel::{Held, Interrupt};
pub use limits::Limits;
pub use server::{Options, serve};
pub use tls::{Tls, TlsFiles, TlsPolicy};
pub use traffic::Traffic;
