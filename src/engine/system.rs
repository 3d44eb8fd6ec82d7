//! The schema `cilake`: what the database knows about itself.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int16Array, Int32Array, Int64Array, RecordBatch, StringArray};
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::error::DataFusionError;
use datafusion_functions_customer::functions;
use datafusion_functions_customer::scalar::segment;

use super::activity::{Figures, may_see};
use super::session::Session;
use crate::access::rights::Rights;
use crate::lake::TableFiles;

pub const SCHEMA: &str = "cilake";

/// Every table of the schema with a comment.
pub const TABLES: [(&str, &str); 6] = [
    ("activity", "What sessions run at the moment, and the rows that they have read so far"),
    ("functions", "The functions for customer intelligence, with arguments, results and an example"),
    ("rfm_segments", "The segment of every triple of RFM scores"),
    ("settings", "The settings of this session"),
    ("statements", "How often statements ran, and how long they took; those of others for superusers only"),
    ("tables", "The tables of the lake with their files, rows and bytes"),
];

/// The table of this name, with its rows as of now.
pub async fn table(session: &Session, name: String) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
    let columns = match name.as_str() {
        "activity" => activity(session)?,
        "functions" => documented_functions(),
        "rfm_segments" => rfm_segments(),
        "settings" => settings(session),
        "statements" => statements(session)?,
        "tables" => lake_tables(session).await?,
        _ => return Ok(None),
    };
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))?;
    Ok(Some(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?)))
}

type Columns = Vec<(&'static str, ArrayRef)>;

fn texts(values: impl IntoIterator<Item = impl Into<String>>) -> ArrayRef {
    let values: Vec<String> = values.into_iter().map(Into::into).collect();
    Arc::new(StringArray::from(values))
}

fn documented_functions() -> Columns {
    let docs = functions();
    let result = |doc: &&datafusion_functions_customer::doc::Doc| {
        let columns = doc
            .returns
            .iter()
            .map(|c| if c.name.is_empty() { c.data_type.to_string() } else { format!("{} {}", c.name, c.data_type) });
        columns.collect::<Vec<_>>().join(", ")
    };
    vec![
        ("name", texts(docs.iter().map(|d| d.name))),
        ("kind", texts(docs.iter().map(|d| d.kind.name()))),
        ("topic", texts(docs.iter().map(|d| d.topic))),
        ("signature", texts(docs.iter().map(|d| d.signature()))),
        ("result", texts(docs.iter().map(result))),
        ("summary", texts(docs.iter().map(|d| d.summary))),
        ("notes", texts(docs.iter().map(|d| d.notes))),
        ("source", texts(docs.iter().map(|d| d.source))),
        ("example", texts(docs.iter().map(|d| d.example))),
    ]
}

fn rfm_segments() -> Columns {
    let scores = || (1..=5).flat_map(|r| (1..=5).flat_map(move |f| (1..=5).map(move |m| (r, f, m))));
    let score = |pick: fn((i64, i64, i64)) -> i64| -> ArrayRef {
        let scores: Vec<i16> = scores().map(pick).filter_map(|score| i16::try_from(score).ok()).collect();
        Arc::new(Int16Array::from(scores))
    };
    vec![
        ("r", score(|(r, _, _)| r)),
        ("f", score(|(_, f, _)| f)),
        ("m", score(|(_, _, m)| m)),
        ("segment", texts(scores().map(|(r, f, m)| segment(r, f, m).unwrap_or_default()))),
    ]
}

fn settings(session: &Session) -> Columns {
    let (names, values): (Vec<&str>, Vec<String>) = session.settings.all().unzip();
    vec![("name", texts(names)), ("setting", texts(values))]
}

fn rights(session: &Session) -> Result<Arc<Rights>, DataFusionError> {
    session.rights().map_err(DataFusionError::from)
}

fn activity(session: &Session) -> Result<Columns, DataFusionError> {
    let rights = rights(session)?;
    let backends = session.shared.activity.backends();
    let seen: Vec<_> = backends.iter().map(|backend| super::postgres::server_process(backend, &rights)).collect();
    let rows = seen.iter().map(|process| process.rows_read.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX)));
    Ok(vec![
        ("pid", Arc::new(Int32Array::from_iter_values(seen.iter().map(|process| process.process_id)))),
        ("usename", texts(seen.iter().map(|process| process.user.as_str()))),
        ("state", Arc::new(seen.iter().map(|process| process.state).collect::<StringArray>())),
        ("query", texts(seen.iter().map(|process| process.query.as_str()))),
        ("rows_read", Arc::new(rows.collect::<Int64Array>())),
        ("progress", Arc::new(seen.iter().map(|process| process.progress.as_deref()).collect::<StringArray>())),
    ])
}

/// The columns are named as in `pg_stat_statements`; times are in milliseconds.
fn statements(session: &Session) -> Result<Columns, DataFusionError> {
    let rights = rights(session)?;
    let all = session.shared.activity.statements();
    let seen: Vec<_> = all.into_iter().filter(|((user, _), _)| may_see(&rights, user)).collect();
    let counts = |count: fn(&Figures) -> u64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(seen.iter().map(|(_, f)| i64::try_from(count(f)).unwrap_or(i64::MAX))))
    };
    let times = |time: fn(&Figures) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(seen.iter().map(|(_, figures)| time(figures))))
    };
    Ok(vec![
        ("usename", texts(seen.iter().map(|((user, _), _)| user.as_str()))),
        ("query", texts(seen.iter().map(|((_, query), _)| query.as_str()))),
        ("calls", counts(|figures| figures.calls)),
        ("rows", counts(|figures| figures.rows)),
        ("total_exec_time", times(|figures| figures.total)),
        ("mean_exec_time", times(|figures| figures.total / figures.calls.max(1) as f64)),
        ("min_exec_time", times(|figures| figures.least)),
        ("max_exec_time", times(|figures| figures.most)),
    ])
}

/// A table that cannot be read has an error instead of rows, so that one corrupt file does not hide the others.
async fn lake_tables(session: &Session) -> Result<Columns, DataFusionError> {
    let rights = session.rights()?;
    let mut tables = session.shared.catalog.tables().await?;
    tables.retain(|table| rights.may_read(table.name(), None));
    let (mut rows, mut errors): (Vec<Option<i64>>, Vec<Option<String>>) = (vec![], vec![]);
    for table in &tables {
        match table.contents().await {
            // The size of a table tells how many rows are hidden.
            _ if rights.hides_rows(table.name()) => {
                rows.push(None);
                errors.push(None);
            }
            Ok(contents) => {
                let known = contents.statistics.num_rows;
                rows.push(
                    known
                        .is_exact()
                        .unwrap_or(false)
                        .then(|| known.get_value().copied())
                        .flatten()
                        .and_then(|n| i64::try_from(n).ok()),
                );
                errors.push(None);
            }
            Err(error) => {
                rows.push(None);
                errors.push(Some(error.to_string()));
            }
        }
    }
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let figures = |figure: &dyn Fn(&TableFiles) -> i64| -> ArrayRef {
        Arc::new(tables.iter().map(|table| (!rights.hides_rows(table.name())).then(|| figure(table))).collect::<Int64Array>())
    };
    Ok(vec![
        ("schema", texts(tables.iter().map(|t| t.name().schema.as_str()))),
        ("name", texts(tables.iter().map(|t| t.name().table.as_str()))),
        ("format", texts(tables.iter().map(|t| t.format().name()))),
        ("files", figures(&|table| count(table.files().len() as u64))),
        ("rows", Arc::new(Int64Array::from(rows))),
        ("bytes", figures(&|table| count(table.size_bytes()))),
        ("error", Arc::new(StringArray::from(errors))),
    ])
}
