//! COPY: rows to the client as they are computed, and rows from the client into a sink, batch by batch.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use pgwire::messages::copy::{CopyDone, CopyInResponse, CopyOutResponse};

use crate::backend::{CopySink, SqlError};
use crate::channel::{Channel, FLUSH_BYTES, Failure, Stop};
use crate::copy::{CopyFormat, CopyReader, CopyWriter};
use crate::encode::Format;
use crate::frontend::Message;

/// Sends all rows; `sent` counts them.
pub(super) async fn copy_out(
    channel: &mut Channel,
    stop: &Stop,
    schema: &SchemaRef,
    mut batches: BoxStream<'static, Result<RecordBatch, SqlError>>,
    format: CopyFormat,
    sent: &mut u64,
) -> Result<(), Failure> {
    let (code, columns) = (format_code(&format), schema.fields().len());
    let mut writer = CopyWriter::new(schema, format)?;
    channel.push(&CopyOutResponse::new(code, columns as i16, vec![i16::from(code); columns]))?;
    writer.begin(&mut channel.output)?;
    let mut waiting = true;
    loop {
        stop.check()?;
        let next = match batches.next().now_or_never() {
            Some(next) => next,
            None => {
                if std::mem::take(&mut waiting) {
                    channel.flush_while(stop).await?;
                }
                channel.run(stop, batches.next()).await?
            }
        };
        let Some(batch) = next.transpose()? else { break };
        let mut row = 0;
        while row < batch.num_rows() {
            let written = writer.write(&batch, row, batch.num_rows(), FLUSH_BYTES, &mut channel.output)?;
            *sent += (written - row) as u64;
            row = written;
            waiting = true;
            if channel.output.len() > FLUSH_BYTES {
                channel.flush_while(stop).await?;
            }
        }
        tokio::task::consume_budget().await;
    }
    writer.end(&mut channel.output)?;
    channel.push(&CopyDone::new())?;
    Ok(())
}

/// Takes all rows; `taken` counts them.
pub(super) async fn copy_in(
    channel: &mut Channel,
    stop: &Stop,
    schema: SchemaRef,
    table: String,
    format: CopyFormat,
    sink: &mut dyn CopySink,
    taken: &mut u64,
) -> Result<(), Failure> {
    let (code, columns) = (format_code(&format), schema.fields().len());
    let mut reader = CopyReader::new(Arc::clone(&schema), table.clone(), format)?;
    channel.push(&CopyInResponse::new(code, columns as i16, vec![i16::from(code); columns]))?;
    channel.flush_while(stop).await?;
    loop {
        match channel.next_frame_while(stop).await?.parse()? {
            Message::CopyData(bytes) => {
                for batch in reader.feed(&bytes)? {
                    sink.write(batch).await?;
                }
                *taken = reader.rows();
            }
            Message::CopyDone => break,
            Message::CopyFail(why) => {
                let context = Some(format!("COPY {table}, line {}", reader.rows() + 1));
                return Err(SqlError { context, ..SqlError::new("57014", format!("COPY from stdin failed: {why}")) }.into());
            }
            // A client that pipelines may have sent these before it knew that it is asked for rows.
            Message::Flush | Message::Sync => {}
            Message::Terminate => return Err(Failure::Gone),
            _ => return Err(SqlError::fatal("08P01", "unexpected message type during COPY from stdin").into()),
        }
    }
    if let Some(batch) = reader.finish()? {
        sink.write(batch).await?;
    }
    *taken = reader.rows();
    Ok(sink.finish().await?)
}

fn format_code(format: &CopyFormat) -> i8 {
    match format.cells() {
        Format::Text => 0,
        Format::Binary => 1,
    }
}
