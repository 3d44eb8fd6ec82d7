//! A cache that is bounded by the memory of what it holds and forgets first what was used longest ago.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A map from `K` to shared values, of at most so many bytes. One value larger than the bound is not kept.
pub(super) struct Cache<K, V> {
    bytes_max: usize,
    inner: Mutex<Inner<K, V>>,
}

struct Inner<K, V> {
    entries: HashMap<K, Entry<V>>,
    /// When each key was used last, oldest first.
    order: BTreeMap<u64, K>,
    clock: u64,
    bytes: usize,
}

struct Entry<V> {
    value: Arc<V>,
    bytes: usize,
    used: u64,
}

impl<K: Clone + Eq + Hash, V> Cache<K, V> {
    pub(super) fn new(bytes_max: usize) -> Self {
        let inner = Inner { entries: HashMap::new(), order: BTreeMap::new(), clock: 0, bytes: 0 };
        Self { bytes_max, inner: Mutex::new(inner) }
    }

    pub(super) fn get(&self, key: &K) -> Option<Arc<V>> {
        let mut inner = self.lock();
        let now = inner.tick();
        let entry = inner.entries.get_mut(key)?;
        let before = std::mem::replace(&mut entry.used, now);
        let value = Arc::clone(&entry.value);
        inner.order.remove(&before);
        inner.order.insert(now, key.clone());
        Some(value)
    }

    pub(super) fn insert(&self, key: K, value: Arc<V>, bytes: usize) {
        let mut inner = self.lock();
        inner.remove(&key);
        if bytes > self.bytes_max {
            return;
        }
        let used = inner.tick();
        inner.bytes += bytes;
        inner.order.insert(used, key.clone());
        inner.entries.insert(key, Entry { value, bytes, used });
        while inner.bytes > self.bytes_max {
            let Some((_, oldest)) = inner.order.pop_first() else { break };
            inner.remove(&oldest);
        }
    }

    pub(super) fn remove(&self, key: &K) {
        self.lock().remove(key);
    }

    /// No code that can panic runs under the lock, so a poisoned one holds whole data.
    fn lock(&self) -> MutexGuard<'_, Inner<K, V>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash, V> Inner<K, V> {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    fn remove(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.order.remove(&entry.used);
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_what_was_used_longest_ago() {
        let cache = Cache::new(10);
        cache.insert("a", Arc::new(1), 4);
        cache.insert("b", Arc::new(2), 4);
        assert!(cache.get(&"a").is_some());
        cache.insert("c", Arc::new(3), 4);
        assert!(cache.get(&"b").is_none());
        assert_eq!((cache.get(&"a").as_deref(), cache.get(&"c").as_deref()), (Some(&1), Some(&3)));
    }

    #[test]
    fn replaces_and_removes_without_losing_count() {
        let cache = Cache::new(10);
        for value in 0..100 {
            cache.insert("a", Arc::new(value), 6);
        }
        cache.insert("b", Arc::new(0), 4);
        assert_eq!(cache.get(&"a").as_deref(), Some(&99));
        cache.remove(&"a");
        cache.insert("large", Arc::new(0), 11);
        assert!(cache.get(&"large").is_none() && cache.get(&"b").is_some());
    }
}
