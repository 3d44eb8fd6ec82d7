//! The command line: one file a subcommand.

mod config;
mod demo;
mod functions;
mod logs;
mod print;
mod serve;
mod sql;
mod stop;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Overrides, Sources};
use logs::LogFormat;

/// A SQL database for customer intelligence.
#[derive(Parser, Debug)]
#[command(name = "cilake", version, about, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Configuration file (TOML).
    #[arg(long, global = true, env = "CILAKE_CONFIG")]
    config: Option<PathBuf>,
    /// How logs are written to standard error.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    /// What is logged, for example `info` or `cilake=debug`.
    #[arg(long, global = true, env = "CILAKE_LOG", default_value = "warn")]
    log: String,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Write a demo lake, serve it, and show what it can be asked.
    Demo(demo::DemoArgs),
    /// Serve a lake to Postgres clients.
    Serve(serve::ServeArgs),
    /// Run one query or a file of them, without a server.
    Sql(sql::SqlArgs),
    /// Print the reference of all functions.
    Functions(functions::FunctionsArgs),
    /// Print the effective configuration and where each setting comes from.
    Config(EngineArgs),
}

/// Settings that several subcommands share; each wins over the environment and the file.
#[derive(Args, Clone, Debug, Default)]
pub struct EngineArgs {
    /// The lake: a folder or s3://bucket/prefix.
    #[arg(long)]
    lake: Option<String>,
    /// Folder for users, grants, masks and views that clients create.
    #[arg(long)]
    state: Option<PathBuf>,
    /// Memory of all running queries together, for example 4GB.
    #[arg(long, value_parser = print::parse_bytes)]
    memory_limit: Option<usize>,
    /// Threads of one query; 0 means one for each core.
    #[arg(long)]
    threads: Option<usize>,
    /// Allow CREATE TABLE … AS and DROP TABLE of tables so made.
    #[arg(long)]
    allow_write: bool,
}

impl EngineArgs {
    fn overrides(&self) -> Overrides {
        let mut overrides = Overrides::default();
        overrides.set("lake.url", self.lake.clone());
        overrides.set("engine.state_dir", self.state.as_ref().map(|path| path.to_string_lossy().into_owned()));
        overrides.set("engine.memory_limit_bytes", self.memory_limit);
        overrides.set("engine.threads", self.threads);
        overrides.set("lake.allow_write", self.allow_write.then_some(true));
        overrides
    }
}

/// Runs the subcommand.
pub async fn run(arguments: Arguments) -> Result<()> {
    logs::start(&arguments.log, arguments.log_format)?;
    let file = arguments.config.as_deref();
    let load = |overrides: Overrides| -> Result<(Config, Sources)> { Ok(crate::config::load(file, overrides)?) };
    match arguments.command {
        Command::Demo(args) => demo::run(args, load(Overrides::default())?.0, serve::until_stopped, print::aligned).await,
        Command::Serve(args) => serve::run(load(args.overrides())?.0).await,
        Command::Sql(args) => sql::run(load(args.overrides())?.0, args).await,
        Command::Functions(args) => functions::run(&args),
        Command::Config(args) => {
            let (config, sources) = load(args.overrides())?;
            config::run(&config, &sources)
        }
    }
}
