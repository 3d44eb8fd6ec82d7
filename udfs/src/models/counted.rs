//! Equal customers, counted.
//!
//! Invariant: what [`Counted::groups`] returns depends on what was added, and on nothing else: neither the order of the rows nor how
//! partial collections were merged can reach a fit.

/// Customers who are equal in what is known of them.
pub trait Group: Copy {
    /// What is known, as numbers in whose order groups are.
    type Key: Ord;

    /// What makes two groups one.
    fn key(&self) -> Self::Key;

    /// How many customers.
    fn customers(&mut self) -> &mut u64;
}

/// Numbers that are not negative, in whose order their bits are too.
pub fn bits<const N: usize>(numbers: [f64; N]) -> [u64; N] {
    numbers.map(f64::to_bits)
}

/// A growing collection of groups in memory that grows with the number of different ones.
#[derive(Debug, Clone)]
pub struct Counted<G> {
    groups: Vec<G>,
    /// So many entries at the front are sorted and all different.
    grouped: usize,
}

/// Entries that may wait before equal ones are merged.
const WAITING_MIN: usize = 131_072;

impl<G> Default for Counted<G> {
    fn default() -> Self {
        Self { groups: vec![], grouped: 0 }
    }
}

impl<G: Group> Counted<G> {
    /// Adds customers.
    pub fn push(&mut self, group: G) {
        self.groups.push(group);
        if self.groups.len() - self.grouped >= WAITING_MIN.max(self.grouped) {
            self.group();
        }
    }

    /// Adds many at once; least work where they are in order.
    pub fn extend(&mut self, groups: impl IntoIterator<Item = G>) {
        self.groups.extend(groups);
        self.group();
    }

    /// The different ones with their counts, in the order of their keys.
    pub fn groups(&mut self) -> &[G] {
        self.group();
        &self.groups
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.groups.capacity() * size_of::<G>()
    }

    fn group(&mut self) {
        if self.grouped == self.groups.len() {
            return;
        }
        // Stable, because it finds the sorted runs that merged parts are made of.
        self.groups.sort_by(|one, other| one.key().cmp(&other.key()));
        self.groups.dedup_by(|later, kept| {
            let is_same = later.key() == kept.key();
            if is_same {
                *kept.customers() += *later.customers();
            }
            is_same
        });
        self.grouped = self.groups.len();
    }
}
