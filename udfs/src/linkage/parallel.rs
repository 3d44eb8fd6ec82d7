//! Work on several threads, whose outcome does not depend on how many they are, and which stops when nobody waits for it any more.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Steps of a loop between two looks at whether the work was stopped: a few milliseconds.
const STEPS_BETWEEN_CHECKS: usize = 4_096;

/// The work of one query: on how many threads it is done, and whether it was stopped. Clones are the same work.
///
/// What takes long looks at it, and gives nothing once it was stopped.
#[derive(Clone, Debug)]
pub struct Work {
    threads: usize,
    stopped: Arc<AtomicBool>,
    progress: Arc<Progress>,
}

/// How far some work has come: its stage, and how many of the stage's tasks are done.
#[derive(Debug, Default)]
pub struct Progress {
    stage: Mutex<&'static str>,
    done: AtomicUsize,
    tasks: AtomicUsize,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.stage.lock().unwrap_or_else(PoisonError::into_inner))?;
        let (done, tasks) = (self.done.load(Ordering::Relaxed), self.tasks.load(Ordering::Relaxed));
        if tasks > 1 { write!(f, ", {} of {tasks} done", done.min(tasks)) } else { Ok(()) }
    }
}

impl Work {
    /// Work on some threads.
    pub fn on(threads: usize) -> Self {
        Self { threads, stopped: Arc::new(AtomicBool::new(false)), progress: Arc::default() }
    }

    pub const fn threads(&self) -> usize {
        self.threads
    }

    /// The same, which tells there how far it has come.
    pub fn telling(mut self, progress: &Arc<Progress>) -> Self {
        self.progress = Arc::clone(progress);
        self
    }

    /// Begins a stage, of this name.
    pub fn begins(&self, stage: &'static str) {
        *self.progress.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
        self.progress.tasks.store(0, Ordering::Relaxed);
    }

    /// Lets all threads stop where they look next.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// `None` when the work was stopped.
    pub fn goes_on(&self) -> Option<()> {
        (!self.stopped.load(Ordering::Relaxed)).then_some(())
    }

    /// The same in a loop of short steps, of which this is one: few of them look.
    pub fn goes_on_at(&self, step: usize) -> Option<()> {
        if step.is_multiple_of(STEPS_BETWEEN_CHECKS) { self.goes_on() } else { Some(()) }
    }

    /// The results of `count` tasks in their order. `None` when the work was stopped.
    pub fn in_parallel<T: Send>(&self, count: usize, task: impl Fn(usize) -> Option<T> + Sync) -> Option<Vec<T>> {
        let next = AtomicUsize::new(0);
        self.progress.done.store(0, Ordering::Relaxed);
        self.progress.tasks.store(count, Ordering::Relaxed);
        let results: Mutex<Vec<(usize, Option<T>)>> = Mutex::new(vec![]);
        std::thread::scope(|scope| {
            for _ in 0..self.threads.clamp(1, count.max(1)) {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= count {
                            break;
                        }
                        let result = self.goes_on().and_then(|()| task(number));
                        self.progress.done.fetch_add(1, Ordering::Relaxed);
                        if let Ok(mut results) = results.lock() {
                            results.push((number, result));
                        }
                    }
                });
            }
        });
        let mut results = results.into_inner().unwrap_or_default();
        results.sort_unstable_by_key(|(number, _)| *number);
        results.into_iter().map(|(_, result)| result).collect()
    }
}

/// Stops the work that it holds when it is dropped, as the rows of a query are that nobody waits for any more.
#[derive(Debug)]
pub struct StopOnDrop(pub Work);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_come_back_in_their_order() {
        let twice = Work::on(3).in_parallel(100, |number| Some(number * 2)).unwrap();
        assert_eq!(twice, (0..100).map(|number| number * 2).collect::<Vec<_>>());
        assert!(Work::on(2).in_parallel(0, Some).unwrap().is_empty());
    }

    #[test]
    fn it_tells_how_far_it_has_come() {
        let progress = Arc::new(Progress::default());
        let work = Work::on(1).telling(&progress);
        work.begins("comparing pairs");
        let told = work.in_parallel(3, |_| Some(progress.to_string())).unwrap();
        assert_eq!(told, [0, 1, 2].map(|done| format!("comparing pairs, {done} of 3 done")));
        work.begins("joining records");
        assert_eq!(progress.to_string(), "joining records");
    }

    #[test]
    fn no_task_begins_once_the_work_was_stopped() {
        let (work, begun) = (Work::on(2), AtomicUsize::new(0));
        let task = |number: usize| {
            begun.fetch_add(1, Ordering::Relaxed);
            if number == 10 {
                work.stop();
            }
            Some(number)
        };
        assert!(work.in_parallel(1_000, task).is_none());
        assert!(begun.into_inner() < 100);
    }
}
