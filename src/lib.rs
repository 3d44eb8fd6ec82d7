//! A SQL database for customer intelligence: Parquet lakes, customer functions, the Postgres wire.
//!
//! Data flows down the page; a module uses only those above it.
//!
//! | module | what |
//! |---|---|
//! | [`config`], [`error`] | every setting with its default; errors by what the caller can do |
//! | [`runtime`], [`syntax`] | threads with enough stack; text to syntax trees, within limits |
//! | [`state`] | what clients create, kept in a folder of the server |
//! | [`lake`] | bytes: from a URL to tables, files and schemas; knows no SQL |
//! | [`access`] | who may do what: roles, privileges, row policies, masks |
//! | [`catalog`] | names: tables, views, comments; knows no protocol |
//! | [`dialect`] | what SQL means to PostgreSQL and not to the planner |
//! | [`engine`] | plans: the only place that builds sessions |
//! | [`metrics`] | what a server has done, as numbers |
//! | [`server`] | the engine behind the Postgres wire |
//! | [`admin`] | the second port, for those who watch over a server |
//! | [`reference`](mod@reference), [`demo`] | the manual of the functions; a company made up to try them on |
//! | [`cli`] | one file a subcommand |

pub mod config;
pub mod error;

pub mod runtime;
pub mod state;
pub mod syntax;

pub mod lake;

pub mod access;
pub mod catalog;

pub mod dialect;

pub mod engine;

pub mod metrics;
pub mod server;

pub mod admin;

pub mod demo;
pub mod reference;

pub mod cli;
