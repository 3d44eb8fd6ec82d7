//! What is said of records beside the records themselves: the profiles that they had, and pairs of which it is known whether they are one
//! person.

/// What is said of one record, or of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Hashes of who they are; of one record, it twice.
    pub records: [u64; 2],
    /// The profile of a record; of a pair, 1 where it is one person and 0 where it is not.
    pub value: i64,
}

/// All that is said of records.
#[derive(Clone, Debug, Default)]
pub struct Sides {
    /// The profile that each record had; nothing where there is no earlier result.
    pub previous: Option<Vec<Said>>,
    pub must_link: Vec<Said>,
    pub cannot_link: Vec<Said>,
    pub labels: Vec<Said>,
}

/// Finds records by who they are.
#[derive(Debug)]
pub struct Numbers(Vec<(u64, u32)>);

impl Numbers {
    /// `ids` are hashes of who the records are, each once.
    pub fn new(ids: &[u64]) -> Self {
        let mut sorted: Vec<(u64, u32)> = ids.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        Self(sorted)
    }

    /// The number of a record, where it is there.
    pub fn of(&self, id: u64) -> Option<u32> {
        let at = self.0.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.0.get(at).map(|(_, record)| *record)
    }

    /// The pairs whose records are both there, with what is said of them, in the order of who they are, each once.
    pub fn pairs(&self, said: &[Said]) -> Vec<([u32; 2], i64)> {
        let mut said: Vec<([u64; 2], i64)> = said
            .iter()
            .map(|said| {
                let [left, right] = said.records;
                ([left.min(right), left.max(right)], said.value)
            })
            .collect();
        said.sort_unstable();
        said.dedup();
        said.into_iter().filter_map(|([left, right], value)| Some(([self.of(left)?, self.of(right)?], value))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_found_once_and_in_an_order_of_their_own() {
        let numbers = Numbers::new(&[30, 10, 20]);
        let said = |left, right| Said { records: [left, right], value: 1 };
        let pairs = numbers.pairs(&[said(30, 20), said(20, 10), said(10, 20), said(10, 99)]);
        assert_eq!(pairs, [([1, 2], 1), ([2, 0], 1)]);
    }
}
