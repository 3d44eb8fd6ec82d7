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

impl Session {
    /// A limit of the role, in the unit of its setting; `None` where there is none.
    fn role_limit(&self, name: &str) -> Option<usize> {
        self.settings.get(name).and_then(|value| value.parse().ok()).filter(|limit| *limit > 0)
    }

    /// The longest that a statement may take: what the client has set, within what its role may.
    pub fn statement_timeout(&self) -> Option<Duration> {
        [self.limit("statement_timeout"), self.limit("cilake.statement_time_max")].into_iter().flatten().min()
    }

    /// Gives the session a part of the memory, if its role has one.
    pub(super) fn limit_memory(&mut self) {
        let limit = self.role_limit("cilake.memory_limit").map(|kilobytes| kilobytes * 1024);
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
        let Some(most) = self.role_limit("cilake.rows_max") else { return rows };
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
