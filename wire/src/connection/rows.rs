//! The rows of one result on their way to the client: batch by batch, never more than one in memory.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};

use crate::backend::{RowsTag, SqlError};
use crate::channel::{Channel, FLUSH_BYTES, Failure, Stop};
use crate::encode::{Format, RowEncoder};
use crate::types::pg_type;

/// A running result. Dropping it stops the plan.
pub(super) struct Rows {
    encoder: RowEncoder,
    batches: BoxStream<'static, Result<RecordBatch, SqlError>>,
    /// A batch of which some rows have been sent, and the first row that has not.
    current: Option<(RecordBatch, usize)>,
    tag: RowsTag,
}

/// How sending ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// With the last row; the command tag counts the rows sent this time, as PostgreSQL's does.
    Complete { tag: String },
    /// With the number of rows that the client asked for; there may be more.
    Suspended,
}

impl Rows {
    pub(super) fn new(
        schema: &Schema,
        formats: &[Format],
        batches: BoxStream<'static, Result<RecordBatch, SqlError>>,
        tag: RowsTag,
    ) -> Result<Self, SqlError> {
        Ok(Self { encoder: RowEncoder::new(schema, formats)?, batches, current: None, tag })
    }

    pub(super) fn tag(&self) -> &RowsTag {
        &self.tag
    }

    /// Sends rows until there are no more or `rows_max` (0 means all) have been sent; `count` grows with each batch.
    pub(super) async fn send(
        &mut self,
        channel: &mut Channel,
        stop: &Stop,
        rows_max: u32,
        count: &mut u64,
    ) -> Result<Progress, Failure> {
        let limit = if rows_max == 0 { usize::MAX } else { rows_max as usize };
        let mut sent = 0;
        // Rows wait in the output only as long as more of them are at hand.
        let mut waiting = false;
        loop {
            stop.check()?;
            if let Some((batch, from)) = self.current.take() {
                let to = batch.num_rows().min(from.saturating_add(limit - sent));
                send_batch(&self.encoder, channel, stop, &batch, from, to).await?;
                sent += to - from;
                *count += (to - from) as u64;
                waiting = true;
                if to < batch.num_rows() {
                    self.current = Some((batch, to));
                }
            }
            if sent == limit {
                return Ok(Progress::Suspended);
            }
            let next = match self.batches.next().now_or_never() {
                Some(next) => next,
                None => {
                    if std::mem::take(&mut waiting) {
                        channel.flush_while(stop).await?;
                    }
                    channel.run(stop, self.batches.next()).await?
                }
            };
            match next.transpose()? {
                None => return Ok(Progress::Complete { tag: self.tag.text(sent as u64) }),
                Some(batch) if batch.num_rows() == 0 => tokio::task::consume_budget().await,
                Some(batch) => self.current = Some((batch, 0)),
            }
        }
    }
}

/// The columns to encode: named and typed as the client was told, holding what the batches hold.
///
/// # Errors
/// 0A000 if the client was told of other types: it decodes by what it was told.
pub(super) fn shown(described: Option<&Schema>, actual: &Schema) -> Result<Schema, SqlError> {
    let changed = || SqlError::new("0A000", "cached plan must not change result type");
    let described = described.ok_or_else(changed)?;
    if described.fields().len() != actual.fields().len() {
        return Err(changed());
    }
    let merge = |(told, held): (&Arc<Field>, &Arc<Field>)| {
        let field = told.as_ref().clone().with_data_type(held.data_type().clone());
        if pg_type(&field).oid == pg_type(told).oid { Ok(field) } else { Err(changed()) }
    };
    let fields = described.fields().iter().zip(actual.fields()).map(merge).collect::<Result<Vec<_>, _>>()?;
    Ok(Schema::new(fields))
}

async fn send_batch(
    encoder: &RowEncoder,
    channel: &mut Channel,
    stop: &Stop,
    batch: &RecordBatch,
    from: usize,
    to: usize,
) -> Result<(), Failure> {
    let mut rows = encoder.bind(batch)?;
    let mut row = from;
    while row < to {
        row = rows.write(row, to, FLUSH_BYTES, &mut channel.output)?;
        if channel.output.len() > FLUSH_BYTES {
            channel.flush_while(stop).await?;
        }
    }
    Ok(())
}
