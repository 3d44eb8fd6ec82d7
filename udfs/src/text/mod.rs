//! Texts about people, normalised and compared: plain Rust over `&str`.
