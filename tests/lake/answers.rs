//! Queries and their answers as text.

use cilake::lake::{Lake, LakeError};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;

use crate::test_lake::session;

/// One line a row, its values separated by `|`.
pub fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let options = FormatOptions::default().with_null("NULL");
    let mut lines = Vec::new();
    for batch in batches {
        let columns: Vec<_> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            let values: Vec<_> = columns.iter().map(|column| column.value(row).to_string()).collect();
            lines.push(values.join("|"));
        }
    }
    lines
}

pub async fn try_answer(context: &SessionContext, sql: &str) -> Result<Vec<String>, DataFusionError> {
    Ok(lines(&context.sql(sql).await?.collect().await?))
}

/// The answer over tables as they are now.
pub async fn answer(lake: &Lake, tables: &[(&str, &str)], sql: &str) -> Vec<String> {
    let context = session(lake, tables).await.unwrap();
    try_answer(&context, sql).await.unwrap()
}

/// The lake's error of a query over tables as they are now, wherever on the way it arises.
pub async fn failure(lake: &Lake, tables: &[(&str, &str)], sql: &str) -> LakeError {
    let context = match session(lake, tables).await {
        Ok(context) => context,
        Err(error) => return error,
    };
    let error = try_answer(&context, sql).await.unwrap_err();
    LakeError::find(&error).unwrap_or_else(|| panic!("not an error of the lake: {error}"))
}
