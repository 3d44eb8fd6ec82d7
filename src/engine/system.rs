//! The schema `cilake`: what the database knows about itself.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int16Array, Int64Array, RecordBatch, StringArray};
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::error::DataFusionError;
use datafusion_functions_customer::functions;
use datafusion_functions_customer::scalar::segment;

use super::session::Session;

pub const SCHEMA: &str = "cilake";

/// Every table of the schema with a comment.
pub const TABLES: [(&str, &str); 4] = [
    ("functions", "The functions for customer intelligence, with arguments, results and an example"),
    ("rfm_segments", "The segment of every triple of RFM scores"),
    ("settings", "The settings of this session"),
    ("tables", "The tables of the lake with their files, rows and bytes"),
];

/// The table of this name, with its rows as of now.
pub async fn table(session: &Session, name: String) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
    let columns = match name.as_str() {
        "functions" => documented_functions(),
        "rfm_segments" => rfm_segments(),
        "settings" => settings(session),
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
    let (names, values): (Vec<_>, Vec<_>) = session.settings.all().unzip();
    vec![("name", texts(names)), ("setting", texts(values))]
}

/// A table that cannot be read has an error instead of rows, so that one corrupt file does not hide the others.
async fn lake_tables(session: &Session) -> Result<Columns, DataFusionError> {
    let tables = session.shared.catalog.tables().await.map_err(|error| DataFusionError::External(Box::new(error)))?;
    let (mut rows, mut errors): (Vec<Option<i64>>, Vec<Option<String>>) = (vec![], vec![]);
    for table in &tables {
        match table.contents().await {
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
    Ok(vec![
        ("schema", texts(tables.iter().map(|t| t.name().schema.as_str()))),
        ("name", texts(tables.iter().map(|t| t.name().table.as_str()))),
        ("format", texts(tables.iter().map(|t| t.format().name()))),
        ("files", Arc::new(Int64Array::from_iter_values(tables.iter().map(|t| count(t.files().len() as u64))))),
        ("rows", Arc::new(Int64Array::from(rows))),
        ("bytes", Arc::new(Int64Array::from_iter_values(tables.iter().map(|t| count(t.size_bytes()))))),
        ("error", Arc::new(StringArray::from(errors))),
    ])
}
