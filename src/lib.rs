//! A SQL database for customer intelligence: Parquet lakes, customer functions, the Postgres wire.
//!
//! Data flows down the page; a module uses only those above it.
//!
//! | module | what |
//! |---|---|
//! | [`config`], [`error`] | every setting with its default; errors by what the caller can do |
//! | [`runtime`], [`syntax`] | threads with enough stack; text to syntax trees, within limits |
//! | [`lake`] | bytes: from a URL to tables, files and schemas; knows no SQL |
//! | [`catalog`] | names: tables, views, comments; knows no protocol |
//! | [`engine`] | plans: the only place that builds sessions |
//! | [`server`] | the engine behind the Postgres wire |
//! | [`reference`](mod@reference), [`demo`] | the manual of the functions; a company made up to try them on |
//! | [`cli`] | one file a subcommand |

pub mod config;
pub mod error;

pub mod runtime;
pub mod syntax;

pub mod lake;

pub mod catalog;

pub mod engine;

pub mod server;

pub mod demo;
pub mod reference;

pub mod cli;
