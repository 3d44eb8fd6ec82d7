//! Cursors: DECLARE, FETCH, MOVE and CLOSE. Rows come from the plan when they are asked for; a cursor with SCROLL keeps those that
//! have been read, within the memory limit, and goes back to them. A cursor WITH HOLD reads what is left when its transaction commits:
//! the rows are those of the transaction, and an error in them is one of COMMIT.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::interleave_record_batch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::ScalarValue;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::sql::sqlparser::ast::Statement as Ast;
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use tokio::sync::Mutex;

use super::describe::Prepared;
use super::error::from_datafusion;
use super::outcome::{Outcome, RowsTag};
use super::session::Session;
use super::statement::Request;
use crate::error::{Error, Result, SqlState};
use crate::syntax::command::{Declare, Direction, Fetch};

/// Most cursors that one session has open.
const CURSORS_MAX: usize = 1_000;

/// The cursors of a session, by name.
pub(super) type Cursors = BTreeMap<String, Cursor>;

pub(super) struct Cursor {
    pub schema: SchemaRef,
    pub hold: bool,
    pub scroll: bool,
    /// Its rows have the binary form also where nobody asks for a form.
    pub binary: bool,
    pub text: Arc<str>,
    pub created_at: DateTime<Utc>,
    /// Whether it was declared in the transaction that is open.
    pub of_transaction: bool,
    rows: Arc<Mutex<Rows>>,
}

/// The rows of a cursor, and where it stands: before the first row (0), on a row, or after the last.
struct Rows {
    batches: BoxStream<'static, Result<RecordBatch>>,
    /// What has been read: everything for SCROLL, otherwise the batch with the next rows.
    kept: Vec<RecordBatch>,
    /// The number of the first row in `kept`, from 1.
    first: u64,
    /// Rows read from the plan so far.
    read: u64,
    /// The plan has no more.
    complete: bool,
    position: u64,
    /// Whether it keeps what has been read, to go back to it.
    scrolls: bool,
    /// What it keeps beyond the batch at hand.
    memory: MemoryReservation,
}

impl Session {
    pub(super) async fn declare(&mut self, declare: Declare, values: Vec<ScalarValue>, text: &Arc<str>) -> Result<Outcome> {
        let Declare { name, query, binary, scroll, both, hold } = declare;
        if both {
            return Err(Error::new(SqlState("42P11"), "cannot specify both SCROLL and NO SCROLL"));
        }
        if self.transaction.is_none() && !hold {
            return Err(Error::new(SqlState("25P01"), "DECLARE CURSOR can only be used in transaction blocks"));
        }
        if self.cursors.contains_key(&name) {
            return Err(Error::new(SqlState("42P03"), format!("cursor \"{name}\" already exists")));
        }
        if self.cursors.len() >= CURSORS_MAX {
            return Err(Error::new(SqlState("53400"), format!("a session can have at most {CURSORS_MAX} cursors")));
        }
        let plan = self.plan_with_values(Ast::Query(query), values, text).await?;
        let Outcome::Rows { schema, batches, .. } = self.stream(&plan, text).await? else {
            return Err(Error::internal("a query without rows"));
        };
        let scroll = scroll == Some(true);
        let pool = &self.state.runtime_env().memory_pool;
        let memory = MemoryConsumer::new(format!("cursor {name}")).register(pool);
        let mut rows = Rows { batches, kept: vec![], first: 1, read: 0, complete: false, position: 0, scrolls: scroll, memory };
        if self.transaction.is_none() {
            rows.hold().await?;
        }
        let (rows, text, created_at) = (Arc::new(Mutex::new(rows)), Arc::clone(text), Utc::now());
        let of_transaction = self.transaction.is_some();
        self.cursors.insert(name, Cursor { schema, hold, scroll, binary, text, created_at, of_transaction, rows });
        Ok(Outcome::Done("DECLARE CURSOR".into()))
    }

    fn cursor(&self, name: &str) -> Result<&Cursor> {
        self.cursors.get(name).ok_or_else(|| missing(name))
    }

    /// The columns of an open cursor.
    pub fn cursor_columns(&self, name: &str) -> Option<SchemaRef> {
        self.cursors.get(name).map(|cursor| Arc::clone(&cursor.schema))
    }

    /// Whether a statement gives rows in their binary form, unless its client asks for another.
    pub fn is_binary(&self, prepared: &Prepared) -> bool {
        match prepared.request() {
            Request::Fetch(fetch) => self.cursors.get(&fetch.cursor).is_some_and(|cursor| cursor.binary),
            _ => false,
        }
    }

    /// The client has closed the cursor of this name by message, if there was one.
    pub fn cursor_closed(&mut self, name: &str) {
        self.cursors.remove(name);
    }

    /// The columns of FETCH; none for MOVE, and for a cursor that is not there yet.
    pub(super) fn fetched_columns(&self, fetch: &Fetch) -> Option<SchemaRef> {
        if fetch.moves { None } else { self.cursor_columns(&fetch.cursor) }
    }

    pub(super) async fn fetch(&mut self, fetch: Fetch) -> Result<Outcome> {
        let cursor = self.cursor(&fetch.cursor)?;
        let (schema, rows) = (Arc::clone(&cursor.schema), Arc::clone(&cursor.rows));
        if !fetch.moves
            && let Direction::Forward(None) = fetch.direction
        {
            return Ok(Outcome::Rows { schema, batches: all_rows(rows), tag: RowsTag::Counted("FETCH") });
        }
        let mut state = rows.lock().await;
        let found = state.go(fetch.direction, fetch.moves).await?;
        if fetch.moves {
            return Ok(Outcome::Done(format!("MOVE {}", found.count)));
        }
        let batches = stream::iter(found.batches.into_iter().map(Ok)).boxed();
        Ok(Outcome::Rows { schema, batches, tag: RowsTag::Counted("FETCH") })
    }

    pub(super) fn close(&mut self, name: Option<&str>) -> Result<Outcome> {
        match name {
            None => {
                self.cursors.clear();
                Ok(Outcome::Done("CLOSE CURSOR ALL".into()))
            }
            Some(name) => {
                self.cursors.remove(name).ok_or_else(|| missing(name))?;
                Ok(Outcome::Done("CLOSE CURSOR".into()))
            }
        }
    }

    /// Reads what the cursors of the transaction are to hold beyond its end.
    pub(super) async fn hold_cursors(&mut self) -> Result<()> {
        for cursor in self.cursors.values().filter(|cursor| cursor.hold && cursor.of_transaction) {
            cursor.rows.lock().await.hold().await?;
        }
        Ok(())
    }

    /// The transaction is over: only what it was to hold stays, and only if it was committed.
    pub(super) fn close_cursors(&mut self, committed: bool) {
        self.cursors.retain(|_, cursor| !cursor.of_transaction || (cursor.hold && committed));
        self.cursors.values_mut().for_each(|cursor| cursor.of_transaction = false);
    }
}

fn missing(name: &str) -> Error {
    Error::new(SqlState("34000"), format!("cursor \"{name}\" does not exist"))
}

fn backward() -> Error {
    Error::new(SqlState("55000"), "cursor can only scan forward").hint("Declare it with SCROLL option to enable backward scan.")
}

/// All rows that are left, as they come.
fn all_rows(rows: Arc<Mutex<Rows>>) -> BoxStream<'static, Result<RecordBatch>> {
    let batches = stream::unfold(Some(rows), |rows| async move {
        let rows = rows?;
        let next = rows.lock().await.next_batch().await;
        match next {
            Ok(Some(batch)) => Some((Ok(batch), Some(rows))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    batches.boxed()
}

/// What a direction leads to.
#[derive(Default)]
struct Found {
    batches: Vec<RecordBatch>,
    count: u64,
}

impl Rows {
    /// Reads all rows that are left, and keeps them.
    async fn hold(&mut self) -> Result<()> {
        while self.read_and_keep(true).await? {}
        Ok(())
    }

    /// Reads one more batch from the plan; `false` if there is none.
    async fn read_more(&mut self) -> Result<bool> {
        self.read_and_keep(self.scrolls).await
    }

    async fn read_and_keep(&mut self, keeps: bool) -> Result<bool> {
        if self.complete {
            return Ok(false);
        }
        let Some(batch) = self.batches.next().await.transpose()? else {
            self.complete = true;
            self.batches = stream::empty().boxed();
            return Ok(false);
        };
        if keeps {
            self.memory.try_grow(batch.get_array_memory_size()).map_err(|error| from_datafusion(error, ""))?;
        } else {
            self.kept.clear();
            self.first = self.read + 1;
        }
        self.read += batch.num_rows() as u64;
        self.kept.push(batch);
        Ok(true)
    }

    /// The rows of the current batch that are still ahead, and then those of the next ones; the position goes with them.
    async fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.ahead(u64::MAX) {
                self.position += batch.num_rows() as u64;
                return Ok(Some(batch));
            }
            if !self.read_more().await? {
                self.position = self.read + 1;
                return Ok(None);
            }
        }
    }

    /// The rows that follow the position within one batch that has been read, so many at most.
    fn ahead(&self, most: u64) -> Option<RecordBatch> {
        let mut start = self.first;
        for batch in &self.kept {
            let end = start + batch.num_rows() as u64;
            if self.position + 1 < end && self.position + 1 >= start {
                let from = self.position + 1 - start;
                let length = (end - start - from).min(most);
                return Some(batch.slice(usize::try_from(from).ok()?, usize::try_from(length).ok()?));
            }
            start = end;
        }
        None
    }

    async fn go(&mut self, direction: Direction, moves: bool) -> Result<Found> {
        match direction {
            Direction::Forward(Some(0)) | Direction::Backward(Some(0)) | Direction::Relative(0) => self.again(),
            Direction::Forward(count) => self.forward(count.unwrap_or(u64::MAX), moves).await,
            Direction::Backward(count) => self.back(count.unwrap_or(u64::MAX), moves),
            Direction::Relative(step) => {
                let to = if step > 0 { self.position.saturating_add(step.unsigned_abs()) } else { self.before(step) };
                self.to(to).await
            }
            Direction::Absolute(number) if number >= 0 => self.to(number.unsigned_abs()).await,
            Direction::Absolute(number) => {
                if !self.scrolls {
                    return Err(backward());
                }
                while self.read_more().await? {}
                self.to((self.read + 1).saturating_sub(number.unsigned_abs())).await
            }
        }
    }

    fn before(&self, step: i64) -> u64 {
        self.position.saturating_sub(step.unsigned_abs())
    }

    /// The row on which the cursor stands.
    fn again(&self) -> Result<Found> {
        if self.position == 0 || self.position > self.read {
            return Ok(Found::default());
        }
        if !self.scrolls {
            return Err(backward());
        }
        self.rows_at(&[self.position])
    }

    async fn forward(&mut self, mut count: u64, moves: bool) -> Result<Found> {
        let mut found = Found::default();
        while count > 0 {
            if let Some(batch) = self.ahead(count) {
                let rows = batch.num_rows() as u64;
                self.position += rows;
                found.count += rows;
                count -= rows;
                if !moves {
                    found.batches.push(batch);
                }
            } else if !self.read_more().await? {
                self.position = self.read + 1;
                break;
            }
        }
        Ok(found)
    }

    fn back(&mut self, count: u64, moves: bool) -> Result<Found> {
        if !self.scrolls && self.position > 0 {
            return Err(backward());
        }
        let last = self.position.saturating_sub(1);
        let first = last.saturating_sub(count.min(last)) + 1;
        let numbers: Vec<u64> = (first..=last).rev().collect();
        self.position = if count > last { 0 } else { first };
        let count = numbers.len() as u64;
        let found = if moves { Found::default() } else { self.rows_at(&numbers)? };
        Ok(Found { count, ..found })
    }

    /// Goes to a row, which may lie before the first or after the last.
    async fn to(&mut self, number: u64) -> Result<Found> {
        if number <= self.position && !self.scrolls && self.position > 0 {
            return Err(backward());
        }
        while self.read < number && self.read_more().await? {}
        self.position = number.min(self.read + 1);
        if number == 0 || number > self.read { Ok(Found::default()) } else { self.rows_at(&[number]) }
    }

    /// Rows that are kept, by their numbers.
    fn rows_at(&self, numbers: &[u64]) -> Result<Found> {
        if numbers.is_empty() {
            return Ok(Found::default());
        }
        let mut starts = Vec::with_capacity(self.kept.len());
        let mut next = self.first;
        for batch in &self.kept {
            starts.push(next);
            next += batch.num_rows() as u64;
        }
        let place = |number: &u64| {
            let batch = starts.partition_point(|start| start <= number).checked_sub(1)?;
            let row = number - starts.get(batch)?;
            Some((batch, usize::try_from(row).ok()?))
        };
        let places: Option<Vec<_>> = numbers.iter().map(place).collect();
        let places = places.ok_or_else(|| Error::internal("a row of a cursor that is not kept"))?;
        let batches: Vec<&RecordBatch> = self.kept.iter().collect();
        let batch = interleave_record_batch(&batches, &places).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Found { count: batch.num_rows() as u64, batches: vec![batch] })
    }
}
