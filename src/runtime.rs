//! The threads of the program.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};

/// Stack of each thread, in bytes; only what is used takes memory. Planner and functions walk syntax trees by recursion, and the
/// deepest that [`syntax`](crate::syntax) lets through needs about a third of this.
pub const STACK_BYTES: usize = 64 << 20;

/// Longer statements, in bytes, are parsed and planned apart from the threads that serve connections.
const STATEMENT_BYTES_MAX: usize = 16 << 10;

/// Threads for an engine and its server. What is not spawned on them must have as much stack.
///
/// # Errors
/// No thread can be started.
pub fn new() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build()
}

/// Does work that takes time by the length of a statement, and waits for nothing, without holding up other connections.
pub fn blocking<T>(statement_bytes: usize, work: impl FnOnce() -> T) -> T {
    let threads = Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread);
    if threads && statement_bytes > STATEMENT_BYTES_MAX { tokio::task::block_in_place(work) } else { work() }
}
