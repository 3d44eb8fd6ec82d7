//! Giving way to other tasks.

use std::future::poll_fn;
use std::task::Poll;

/// Lets another thread take this task. Partitions that wait for one result wake on the thread where it was found, and would go on there one after the
/// other.
pub async fn yield_once() {
    let mut has_yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
