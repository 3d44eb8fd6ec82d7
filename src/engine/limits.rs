//! What one session may use: memory, rows and time, as its role's settings say.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use datafusion::arrow::array::RecordBatch;
use datafusion::common::{Result as PlanResult, resources_err};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use futures::StreamExt;
use futures::stream::BoxStream;

use super::session::Session;
use crate::error::{Error, Result, SqlState};

/// Units of PostgreSQL's settings, in bytes and in milliseconds.
const BYTES: [(&str, f64); 5] = [("B", 1.0), ("kB", 1024.0), ("MB", 1048576.0), ("GB", 1073741824.0), ("TB", 1099511627776.0)];
const MILLISECONDS: [(&str, f64); 6] = [("us", 0.001), ("ms", 1.0), ("s", 1e3), ("min", 60e3), ("h", 3600e3), ("d", 86400e3)];

/// A number with one of the units, or without: whole numbers of the smallest meaning.
fn quantity(value: &str, units: &[(&str, f64)]) -> Option<f64> {
    let value = value.trim();
    let digits = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let factor = match unit.trim() {
        "" => 1.0,
        unit => units.iter().find(|(name, _)| *name == unit)?.1,
    };
    number.parse::<f64>().ok().map(|number| number * factor)
}

fn parsed(name: &str, value: &str) -> Option<f64> {
    match name {
        "cilake.memory_limit" => quantity(value, &BYTES),
        "cilake.statement_time_max" => quantity(value, &MILLISECONDS),
        _ => quantity(value, &[]),
    }
}

/// 22023 for a value that is no limit; 0 means none.
pub(super) fn check(name: &str, value: &str) -> Result<()> {
    if parsed(name, value).is_some() {
        return Ok(());
    }
    let message = format!("invalid value for parameter \"{name}\": \"{value}\"");
    let units = match name {
        "cilake.memory_limit" => "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".",
        "cilake.statement_time_max" => "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\".",
        _ => "It takes a whole number.",
    };
    Err(Error::new(SqlState::INVALID_PARAMETER_VALUE, message).hint(units))
}

impl Session {
    fn role_limit(&self, name: &str) -> Option<f64> {
        self.settings.get(name).and_then(|value| parsed(name, value)).filter(|limit| *limit > 0.0)
    }

    /// The longest that a statement of this user may take, whatever `statement_timeout` says.
    fn statement_time_max(&self) -> Option<Duration> {
        self.role_limit("cilake.statement_time_max").map(|milliseconds| Duration::from_secs_f64(milliseconds / 1e3))
    }

    /// The longest that a statement may take: what the client has set, within what its role may.
    pub fn statement_timeout(&self) -> Option<Duration> {
        [self.limit("statement_timeout"), self.statement_time_max()].into_iter().flatten().min()
    }

    /// Gives the session a part of the memory, if its role has one.
    pub(super) fn limit_memory(&mut self) {
        let limit = self.role_limit("cilake.memory_limit").map(|bytes| bytes as usize);
        if limit == self.memory_limit {
            return;
        }
        let shared = self.shared.template.runtime_env();
        let runtime = match limit {
            None => Ok(Arc::clone(shared)),
            Some(bytes) => {
                let pool = SessionPool { whole: Arc::clone(&shared.memory_pool), bytes_max: bytes, used: AtomicUsize::new(0) };
                RuntimeEnvBuilder::from_runtime_env(shared).with_memory_pool(Arc::new(pool)).build_arc()
            }
        };
        match runtime {
            Ok(runtime) => {
                self.state = SessionStateBuilder::new_from_existing(self.state.clone()).with_runtime_env(runtime).build();
                self.memory_limit = limit;
            }
            Err(error) => tracing::error!(%error, "the memory of a session cannot be limited"),
        }
    }

    /// The rows, or 53400 when there are more than the user may read at once.
    pub(super) fn limit_rows(&self, rows: BoxStream<'static, Result<RecordBatch>>) -> BoxStream<'static, Result<RecordBatch>> {
        let Some(most) = self.role_limit("cilake.rows_max").map(|rows| rows as usize) else { return rows };
        let mut count = 0;
        let limited = rows.map(move |batch| {
            let batch = batch?;
            count += batch.num_rows();
            if count > most {
                let message = format!("the result has more than {most} rows, the limit of this role");
                return Err(Error::new(SqlState("53400"), message).hint("Aggregate, or add a LIMIT"));
            }
            Ok(batch)
        });
        limited.boxed()
    }
}

/// One session's part of the memory of all.
#[derive(Debug)]
struct SessionPool {
    whole: Arc<dyn MemoryPool>,
    bytes_max: usize,
    used: AtomicUsize,
}

impl fmt::Display for SessionPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session: {} of {} bytes", self.used.load(Ordering::Relaxed), self.bytes_max)
    }
}

impl MemoryPool for SessionPool {
    fn name(&self) -> &str {
        "session"
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.whole.register(consumer);
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.whole.unregister(consumer);
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.used.fetch_add(additional, Ordering::Relaxed);
        self.whole.grow(reservation, additional);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.used.fetch_sub(shrink, Ordering::Relaxed);
        self.whole.shrink(reservation, shrink);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> PlanResult<()> {
        let before = self.used.fetch_add(additional, Ordering::Relaxed);
        let grown = if before.saturating_add(additional) > self.bytes_max {
            resources_err!("this session may use {} bytes", self.bytes_max)
        } else {
            self.whole.try_grow(reservation, additional)
        };
        if grown.is_err() {
            self.used.fetch_sub(additional, Ordering::Relaxed);
        }
        grown
    }

    fn reserved(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.bytes_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units as PostgreSQL 15 reads them in its settings.
    #[test]
    fn limits_have_units() {
        assert_eq!(parsed("cilake.memory_limit", "64MB"), Some(67_108_864.0));
        assert_eq!(parsed("cilake.statement_time_max", "1.5 min"), Some(90_000.0));
        assert_eq!(parsed("cilake.rows_max", "1000"), Some(1000.0));
        for (name, value) in [("cilake.rows_max", "1k"), ("cilake.memory_limit", "1 mb"), ("cilake.statement_time_max", "")] {
            assert_eq!(check(name, value).unwrap_err().sqlstate(), "22023", "{name} = {value}");
        }
    }
}
