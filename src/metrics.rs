//! What a server has done, as numbers for Prometheus. Labels come from the program, never from a client: no name, no text of a statement.

use std::fmt::{Display, Write};
use std::sync::Arc;
use std::time::Duration;

use cilake_wire::Traffic;
use cilake_wire::traffic::Counter;

use crate::engine::{Ended, Engine};

/// Classes as their labels, in the order of [`StatementClass`](crate::engine::StatementClass); the last is for texts that are no statement.
const CLASSES: [&str; 7] = ["select", "explain", "setting", "transaction", "definition", "other", "unparsed"];
const UNPARSED: usize = CLASSES.len() - 1;
const OUTCOMES: [&str; 3] = ["ok", "error", "stopped"];
/// Upper bounds of the histogram, in milliseconds.
const BOUNDS_MS: [u32; 8] = [1, 5, 20, 100, 500, 2_000, 10_000, 60_000];

/// How a statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Ok,
    Error,
    /// Cancelled, out of time, or left by its client.
    Stopped,
}

/// The numbers of one server.
#[derive(Debug, Default)]
pub struct Metrics {
    /// What the wire counts.
    pub traffic: Arc<Traffic>,
    statements: [Statements; CLASSES.len()],
    rows_sent: Counter,
}

/// The statements of one class.
#[derive(Debug, Default)]
struct Statements {
    endings: [Counter; OUTCOMES.len()],
    /// One more than there are bounds.
    buckets: [Counter; BOUNDS_MS.len() + 1],
    micros: Counter,
}

impl Metrics {
    /// A text that could not be parsed.
    pub fn unparsed(&self) {
        self.record(UNPARSED, Ending::Error, Duration::ZERO);
    }

    /// A statement has ended: how many rows it sent or took, and the SQLSTATE of the error that ended it.
    pub fn ended(&self, ended: &Ended, rows: u64, code: Option<&str>) {
        let ending = match code {
            None => Ending::Ok,
            Some("57014" | "57P01" | "08006") => Ending::Stopped,
            Some(_) => Ending::Error,
        };
        self.rows_sent.add(rows);
        self.record(ended.class as usize, ending, ended.duration);
    }

    fn record(&self, class: usize, ending: Ending, lasted: Duration) {
        let Some(statements) = self.statements.get(class) else { return };
        let bucket = BOUNDS_MS.partition_point(|bound| Duration::from_millis(u64::from(*bound)) < lasted);
        let counters = [statements.endings.get(ending as usize), statements.buckets.get(bucket)];
        counters.into_iter().flatten().for_each(|counter| counter.add(1));
        statements.micros.add(u64::try_from(lasted.as_micros()).unwrap_or(u64::MAX));
    }

    /// All of them in Prometheus' text format, version 0.0.4.
    pub fn page(&self, engine: &Engine) -> String {
        let (traffic, mut page) = (&self.traffic, Page::default());
        let sessions = (traffic.sessions_begun.get(), traffic.sessions_ended.get());
        page.gauge("cilake_sessions_open", "Sessions open now.", sessions.0.saturating_sub(sessions.1));
        page.counter("cilake_sessions_total", "Sessions begun.", sessions.0);
        page.counter("cilake_connections_total", "Connections accepted.", traffic.connections.get());
        page.counter(
            "cilake_connections_refused_total",
            "Connections ended by the server before a session.",
            traffic.refused.get(),
        );
        page.counter(
            "cilake_logins_failed_total",
            "Logins with a wrong password, or refused after too many.",
            traffic.logins_failed.get(),
        );
        page.counter("cilake_rows_sent_total", "Rows of results, and rows taken by COPY.", self.rows_sent.get());
        page.counter("cilake_bytes_sent_total", "Bytes sent to clients, before encryption.", traffic.bytes_sent.get());
        page.gauge(
            "cilake_memory_reserved_bytes",
            "Memory that running statements have reserved.",
            engine.memory_reserved_bytes(),
        );
        let limit = engine.config().engine.memory_limit_bytes;
        page.gauge("cilake_memory_limit_bytes", "Memory that running statements may reserve.", limit);
        page.head("cilake_statements_total", "counter", "Statements that have ended, by class and outcome.");
        for (class, statements) in CLASSES.iter().zip(&self.statements) {
            for (outcome, count) in OUTCOMES.iter().zip(&statements.endings) {
                page.line("cilake_statements_total", format_args!("{{class=\"{class}\",outcome=\"{outcome}\"}}"), count.get());
            }
        }
        let name = "cilake_statement_seconds";
        page.head(name, "histogram", "Duration of statements from their beginning to the last row sent, by class.");
        for (class, statements) in CLASSES.iter().zip(&self.statements) {
            let mut total = 0;
            let bounds = BOUNDS_MS.iter().map(|bound| (f64::from(*bound) / 1_000.0).to_string()).chain(["+Inf".into()]);
            for (bound, count) in bounds.zip(&statements.buckets) {
                total += count.get();
                page.line(name, format_args!("_bucket{{class=\"{class}\",le=\"{bound}\"}}"), total);
            }
            let seconds = Duration::from_micros(statements.micros.get()).as_secs_f64();
            page.line(name, format_args!("_sum{{class=\"{class}\"}}"), seconds);
            page.line(name, format_args!("_count{{class=\"{class}\"}}"), total);
        }
        page.text
    }
}

/// The text as it grows.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, "counter", help);
        self.line(name, "", value);
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, "gauge", help);
        self.line(name, "", value);
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // A String takes everything.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: impl Display, value: impl Display) {
        let _ = writeln!(self.text, "{name}{labels} {value}");
    }
}
