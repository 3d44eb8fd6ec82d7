//! `cilake demo`: writes the demo lake, serves it, asks the business questions of `sql/reports` over the wire and prints the answers.

use std::future::Future;
use std::io::{ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::net::TcpListener;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use crate::config::Config;
use crate::demo::{self, DemoSpec, Summary};
use crate::error::Error;

/// Write a demo lake, serve it, and show what it can be asked.
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// People who bought at least once; there are about ten orders for each.
    #[arg(long, default_value_t = 10_000)]
    pub customers: u64,
    /// The same seed and size give the same data.
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// Folder of the lake; one with the same seed and size is used again.
    #[arg(long, default_value = "./demo-lake")]
    pub lake: PathBuf,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// Port to listen on; 0 means any free one, and so does a port that is taken.
    #[arg(long, default_value_t = 5432)]
    pub port: u16,
    /// Stop after the answers instead of serving on.
    #[arg(long)]
    pub exit: bool,
}

/// A result as text: the columns' names and the rows, NULL as `None`.
pub struct Answer {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<String>>>,
}

/// One business question: a line `-- question: …`, then a statement.
struct Report {
    question: &'static str,
    sql: &'static str,
}

/// The files of `sql/reports`, in their order.
const REPORTS: [&str; 10] = [
    include_str!("../../sql/reports/01_best_customers.sql"),
    include_str!("../../sql/reports/02_who_is_leaving.sql"),
    include_str!("../../sql/reports/03_segments.sql"),
    include_str!("../../sql/reports/04_duplicates.sql"),
    include_str!("../../sql/reports/05_same_person.sql"),
    include_str!("../../sql/reports/06_why_people_call.sql"),
    include_str!("../../sql/reports/07_campaign_lift.sql"),
    include_str!("../../sql/reports/08_seasons.sql"),
    include_str!("../../sql/reports/09_whom_to_call.sql"),
    include_str!("../../sql/reports/10_who_had_left.sql"),
];
/// Rows of an answer that are printed.
const ROWS_SHOWN: usize = 15;

/// Runs the subcommand. `serve` serves the lake of the configuration on the listener until it is told to stop; `render` turns an
/// answer into an aligned table.
pub async fn run<Served>(
    args: DemoArgs,
    mut config: Config,
    serve: impl FnOnce(Config, TcpListener) -> Served,
    render: impl Fn(&Answer) -> String,
) -> Result<()>
where
    Served: Future<Output = Result<()>>,
{
    config.server.host = args.host.clone();
    super::serve::refuse_exposure(&config.server, false)?;
    write_lake(&args).await?;
    let listener = listen(&args.host, args.port).await?;
    let address = listener.local_addr().context("cannot tell the address of the server")?;
    let (host, port) = (address.ip().to_string(), address.port());
    config.lake.url = args.lake.to_string_lossy().into_owned();
    config.server.host = host.clone();
    config.server.port = port;

    let host = address.ip().to_string();
    let server = serve(config, listener);
    tokio::pin!(server);
    tokio::select! {
        // The server only ends by itself when it fails or when it is told to stop.
        ended = &mut server => return ended,
        asked = ask_all(&host, port, &render) => asked?,
    }
    if args.exit {
        return Ok(());
    }
    print_how_to_connect(&host, port);
    server.await
}

async fn write_lake(args: &DemoArgs) -> Result<()> {
    let spec = DemoSpec { customers: args.customers, seed: args.seed, ..DemoSpec::default() };
    let lake = args.lake.clone();
    let start = Instant::now();
    let summary =
        tokio::task::spawn_blocking(move || write_with_progress(&spec, &lake)).await.context("writing the lake failed")??;
    let done = if summary.reused { "Reusing" } else { "Wrote" };
    let (rows, tables) = (grouped(summary.rows()), summary.tables.len());
    println!(
        "{done} the demo lake {}: {rows} rows in {tables} tables ({:.1} s).",
        args.lake.display(),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

fn write_with_progress(spec: &DemoSpec, lake: &Path) -> Result<Summary> {
    if !std::io::stderr().is_terminal() {
        return demo::write(spec, lake, &|_, _| ()).map_err(hinted);
    }
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {human_pos} rows {elapsed} {msg}")?);
    bar.enable_steady_tick(Duration::from_millis(100));
    let summary = demo::write(spec, lake, &|table, rows| {
        bar.set_message(table.to_owned());
        // People are drawn before their rows are written.
        if table != "people" {
            bar.inc(rows);
        }
    });
    bar.finish_and_clear();
    summary.map_err(hinted)
}

/// The message with what the user can do about it.
fn hinted(error: Error) -> anyhow::Error {
    match error.hint {
        Some(hint) => anyhow!("{}. {hint}", error.message),
        None => anyhow!(error.message),
    }
}

async fn listen(host: &str, port: u16) -> Result<TcpListener> {
    match TcpListener::bind((host, port)).await {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            println!("Port {port} is taken; using a free one.");
            TcpListener::bind((host, 0)).await.with_context(|| format!("cannot listen on {host}"))
        }
        bound => bound.with_context(|| format!("cannot listen on {host}:{port}")),
    }
}

/// Asks every report over the wire, as any client would.
async fn ask_all(host: &str, port: u16, render: &impl Fn(&Answer) -> String) -> Result<()> {
    let mut config = tokio_postgres::Config::new();
    config.host(host).port(port).user("demo").dbname("cilake").application_name("cilake demo");
    let (client, connection) = config.connect(NoTls).await.context("cannot connect to the demo server")?;
    let questions = async {
        for text in REPORTS {
            let report = Report::parse(text)?;
            let start = Instant::now();
            let mut answer = ask(&client, report.sql).await.with_context(|| format!("cannot answer \"{}\"", report.question))?;
            let (rows, elapsed) = (answer.rows.len(), start.elapsed());
            answer.rows.truncate(ROWS_SHOWN);
            println!("\n{}\n\n{}\n\n{}", report.question, report.sql, render(&answer).trim_end());
            let shown = if rows > ROWS_SHOWN { format!(", the first {ROWS_SHOWN} shown") } else { String::new() };
            println!("({rows} rows{shown}, {:.0} ms)", elapsed.as_secs_f64() * 1000.0);
        }
        Ok(())
    };
    tokio::select! {
        closed = connection => match closed {
            Ok(()) => bail!("the demo server closed the connection"),
            Err(error) => Err(error).context("the connection to the demo server broke"),
        },
        answered = questions => answered,
    }
}

async fn ask(client: &Client, sql: &str) -> Result<Answer> {
    let mut answer = Answer { columns: Vec::new(), rows: Vec::new() };
    for message in client.simple_query(sql).await.map_err(|error| told(&error))? {
        match message {
            SimpleQueryMessage::RowDescription(columns) => {
                answer.columns = columns.iter().map(|column| column.name().to_owned()).collect();
            }
            SimpleQueryMessage::Row(row) => answer.rows.push((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect()),
            _ => {}
        }
    }
    Ok(answer)
}

/// What the server said, which the client's own error hides behind "db error".
fn told(error: &tokio_postgres::Error) -> anyhow::Error {
    match error.as_db_error() {
        Some(told) => anyhow!("{} ({})", told.message(), told.code().code()),
        None => anyhow!("{error}"),
    }
}

fn print_how_to_connect(host: &str, port: u16) {
    println!("\nServing the demo lake until Ctrl-C. Connect with");
    println!("  psql:   psql \"host={host} port={port} dbname=cilake user=demo\"");
    println!("  Python: psycopg.connect(\"host={host} port={port} dbname=cilake user=demo\")");
    println!("  others: postgresql://demo@{host}:{port}/cilake (no password on this machine)");
}

/// The number with a space between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

impl Report {
    fn parse(text: &'static str) -> Result<Self> {
        let (head, sql) = text.split_once('\n').context("a report needs a question and a statement")?;
        let question = head.strip_prefix("-- question: ").context("the first line of a report is \"-- question: …\"")?;
        Ok(Self { question, sql: sql.trim() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_report() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/reports");
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        assert_eq!(texts, REPORTS);
        for text in REPORTS {
            let report = Report::parse(text).unwrap();
            assert!(report.question.ends_with('?') && report.sql.ends_with(';'), "{}", report.question);
        }
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(["0", "999", "1 000", "1 234 567"].map(String::from), [0, 999, 1_000, 1_234_567].map(grouped));
    }

    #[tokio::test]
    async fn a_taken_port_gives_another() {
        let first = listen("127.0.0.1", 0).await.unwrap();
        let port = first.local_addr().unwrap().port();
        assert_ne!(listen("127.0.0.1", port).await.unwrap().local_addr().unwrap().port(), port);
    }
}
