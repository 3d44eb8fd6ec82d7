//! `cilake sql`: queries without a server.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};

use super::print::{Format, Printer};
use super::{EngineArgs, stop};
use crate::config::{Config, Overrides};
use crate::engine::{Engine, Outcome};

#[derive(Args, Clone, Debug)]
pub struct SqlArgs {
    #[command(flatten)]
    engine: EngineArgs,
    /// The query, or the name of a file that ends with .sql.
    query: String,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write the result to this file instead of standard output.
    #[arg(long)]
    output: Option<PathBuf>,
}

impl SqlArgs {
    pub fn overrides(&self) -> Overrides {
        self.engine.overrides()
    }
}

pub async fn run(config: Config, args: SqlArgs) -> Result<()> {
    let (stop, signals) = stop::on_signal()?;
    tokio::select! {
        done = answer(config, &args) => done,
        () = async { tokio::select! { () = stop.cancelled() => {}, () = signals => {} } } => bail!("stopped"),
    }
}

async fn answer(config: Config, args: &SqlArgs) -> Result<()> {
    let text = if args.query.ends_with(".sql") && Path::new(&args.query).is_file() {
        std::fs::read_to_string(&args.query).with_context(|| format!("cannot read {}", args.query))?
    } else {
        args.query.clone()
    };
    let lake = config.lake.url.clone();
    let engine = Engine::open(config).await.with_context(|| format!("cannot open the lake {lake}"))?;
    let mut session = engine.owner_session();
    if args.format == Format::Parquet && args.output.is_none() && std::io::stdout().is_terminal() {
        bail!("Parquet is not for a terminal: give --output FILE");
    }
    for outcome in session.run(&text).await.map_err(told)? {
        match outcome {
            Outcome::Done(tag) => eprintln!("{tag}"),
            Outcome::CopyOut { .. } | Outcome::CopyIn { .. } => bail!("COPY needs a client: use --format and --output, or psql"),
            Outcome::Rows { schema, mut batches, .. } => {
                let out: Box<dyn Write + Send> = match &args.output {
                    Some(file) => Box::new(File::create(file).with_context(|| format!("cannot write {}", file.display()))?),
                    None => Box::new(std::io::stdout()),
                };
                let mut printer = Printer::new(args.format, out, &schema)?;
                let progress = progress();
                while let Some(batch) = batches.next().await {
                    let batch = batch.map_err(told)?;
                    progress.inc(batch.num_rows() as u64);
                    printer.write(&batch)?;
                }
                progress.finish_and_clear();
                printer.finish()?;
            }
        }
    }
    Ok(())
}

fn told(error: crate::error::Error) -> anyhow::Error {
    let hint = error.hint.as_ref().map(|hint| format!("\nHint: {hint}")).unwrap_or_default();
    anyhow::anyhow!("{} ({}){hint}", error.message, error.sqlstate())
}

/// Rows so far, for what takes longer than a second on a terminal.
fn progress() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{spinner} {human_pos} rows {elapsed}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::new_spinner().with_style(style);
    bar.enable_steady_tick(Duration::from_millis(1000));
    bar
}
