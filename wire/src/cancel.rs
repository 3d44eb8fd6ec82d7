//! Cancel requests: which session a process id and secret name, and the statement that it runs at the moment. And what ends a session
//! from outside.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use rand::Rng;
use tokio_util::sync::CancellationToken;

/// All sessions that a cancel request may name.
#[derive(Debug, Default)]
pub(crate) struct CancelRegistry {
    sessions: Mutex<Sessions>,
}

#[derive(Debug, Default)]
struct Sessions {
    last_id: i32,
    by_id: HashMap<i32, Entry>,
}

#[derive(Debug)]
struct Entry {
    secret: i32,
    /// The token of the running statement, `None` between statements.
    running: Option<CancellationToken>,
    /// Ends the session.
    terminate: CancellationToken,
    held: Arc<Hold>,
}

/// Taken while a statement must not be stopped.
pub(crate) type Hold = tokio::sync::Mutex<()>;

/// As long as this lives, what stops the session's statement waits.
#[derive(Debug)]
pub struct Held {
    _held: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl CancelRegistry {
    /// Adds a session; it is removed again when the returned key is dropped.
    pub(crate) fn register(self: &Arc<Self>) -> CancelKey {
        let secret = rand::rng().random();
        let mut sessions = self.lock();
        let process_id = loop {
            sessions.last_id = sessions.last_id.checked_add(1).unwrap_or(1);
            if !sessions.by_id.contains_key(&sessions.last_id) {
                break sessions.last_id;
            }
        };
        let terminate = CancellationToken::new();
        let held = Arc::<Hold>::default();
        let entry = Entry { secret, running: None, terminate: terminate.clone(), held: Arc::clone(&held) };
        sessions.by_id.insert(process_id, entry);
        CancelKey { registry: Arc::clone(self), process_id, secret, terminate, held }
    }

    /// Stops the running statement of the session, if there are both and the secret is right. The client is told nothing, as in PostgreSQL.
    pub(crate) fn cancel(&self, process_id: i32, secret: &[u8]) {
        let sessions = self.lock();
        if let Some(entry) = sessions.by_id.get(&process_id)
            && let (true, Some(token)) = (entry.secret.to_be_bytes() == secret, &entry.running)
        {
            token.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        // Nothing below the lock can panic half-way, so a poisoned map is still a whole one.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_running(&self, process_id: i32, token: Option<CancellationToken>) {
        if let Some(entry) = self.lock().by_id.get_mut(&process_id) {
            entry.running = token;
        }
    }
}

/// One session's place in the registry.
#[derive(Debug)]
pub(crate) struct CancelKey {
    registry: Arc<CancelRegistry>,
    pub(crate) process_id: i32,
    pub(crate) secret: i32,
    /// Cancelled when the session is to end.
    pub(crate) terminate: CancellationToken,
    pub(crate) held: Arc<Hold>,
}

impl CancelKey {
    /// What others may hold to stop this session.
    pub(crate) fn interrupt(&self) -> Interrupt {
        Interrupt { registry: Arc::downgrade(&self.registry), process_id: self.process_id }
    }

    /// Lets cancel requests reach a statement until the returned guard is dropped.
    pub(crate) fn begin_statement(&self) -> RunningStatement {
        let token = CancellationToken::new();
        self.registry.set_running(self.process_id, Some(token.clone()));
        RunningStatement { registry: Arc::clone(&self.registry), process_id: self.process_id, token }
    }
}

/// Stops a session's statement, or the session. Means nothing once the session has ended.
#[derive(Clone, Debug)]
pub struct Interrupt {
    registry: Weak<CancelRegistry>,
    process_id: i32,
}

impl Interrupt {
    /// Stops the running statement, if there is one, with 57014.
    pub fn cancel(&self) {
        if let Some(registry) = self.registry.upgrade()
            && let Some(token) = registry.lock().by_id.get(&self.process_id).and_then(|entry| entry.running.as_ref())
        {
            token.cancel();
        }
    }

    /// Has cancel requests, timeouts and the server's end wait until the result is dropped, as in the middle of a COMMIT.
    pub fn hold(&self) -> Held {
        let registry = self.registry.upgrade();
        let held = registry.and_then(|registry| registry.lock().by_id.get(&self.process_id).map(|entry| Arc::clone(&entry.held)));
        Held { _held: held.and_then(|held| held.try_lock_owned().ok()) }
    }

    /// Ends the session with FATAL 57P01.
    pub fn terminate(&self) {
        if let Some(registry) = self.registry.upgrade()
            && let Some(entry) = registry.lock().by_id.get(&self.process_id)
        {
            entry.terminate.cancel();
        }
    }
}

impl Drop for CancelKey {
    fn drop(&mut self) {
        self.registry.lock().by_id.remove(&self.process_id);
    }
}

/// A statement while cancel requests can reach it.
#[derive(Debug)]
pub(crate) struct RunningStatement {
    registry: Arc<CancelRegistry>,
    process_id: i32,
    pub(crate) token: CancellationToken,
}

impl Drop for RunningStatement {
    fn drop(&mut self) {
        self.registry.set_running(self.process_id, None);
    }
}
