//! Jobs on all cores, with results in the order of the jobs: neither the number of threads nor their pace can change the data.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use crate::error::{Error, Result};

/// More threads than this would only wait for the disk.
const THREADS_MAX: usize = 16;

/// Runs `job` on 0 … `jobs` − 1 and returns the results in that order. `done` is called on the calling thread with each result as
/// it arrives. The first error ends the work and is returned.
pub fn run<T: Send>(
    jobs: usize,
    threads: usize,
    job: impl Fn(usize) -> Result<T> + Sync,
    mut done: impl FnMut(&T),
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let mut results: Vec<Option<T>> = (0..jobs).map(|_| None).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, THREADS_MAX).min(jobs.max(1)) {
            let (sender, next, job) = (sender.clone(), &next, &job);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    // A closed channel means that another job failed.
                    if number >= jobs || sender.send((number, job(number))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (number, result) in receiver {
            let result = result?;
            done(&result);
            if let Some(place) = results.get_mut(number) {
                *place = Some(result);
            }
        }
        Ok::<(), Error>(())
    })?;
    results.into_iter().collect::<Option<Vec<T>>>().ok_or_else(|| Error::internal("a job of the demo lake gave no result"))
}

/// One thread for each core.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::SqlState;

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        let mut seen = 0;
        let squares = run(100, 4, |number| Ok(number * number), |_| seen += 1).unwrap();
        assert_eq!(squares, (0..100).map(|number| number * number).collect::<Vec<_>>());
        assert_eq!(seen, 100);
        assert_eq!(run(0, 4, |_| Ok(0), |_| ()).unwrap(), Vec::<i32>::new());
    }

    #[test]
    fn the_first_error_ends_the_work() {
        let error =
            run(1_000, 2, |number| if number == 7 { Err(Error::new(SqlState::DISK_FULL, "full")) } else { Ok(()) }, |_| ());
        assert_eq!(error.unwrap_err().sqlstate(), "53100");
    }
}
