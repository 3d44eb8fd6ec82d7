//! Sorting by hashes, which are spread evenly.

/// Entries in a bucket, on average.
const BUCKET: usize = 128;

/// The entries in ascending order: by their hash, of which the upper bits are spread evenly, and then by their number.
///
/// Buckets by the upper bits are small enough to be sorted within the processor's cache, which takes a third of the time of sorting
/// all at once.
pub fn sorted(entries: &[(u64, u32)]) -> Vec<(u64, u32)> {
    let buckets = (entries.len() / BUCKET).next_power_of_two().clamp(2, 1 << 16);
    let shift = 64 - buckets.trailing_zeros();
    let mut starts = vec![0_usize; buckets + 1];
    for (hash, _) in entries {
        starts[(hash >> shift) as usize + 1] += 1;
    }
    for bucket in 0..buckets {
        starts[bucket + 1] += starts[bucket];
    }
    let mut places = starts.clone();
    let mut sorted = vec![(0, 0); entries.len()];
    for entry in entries {
        let place = &mut places[(entry.0 >> shift) as usize];
        sorted[*place] = *entry;
        *place += 1;
    }
    for range in starts.windows(2) {
        sorted[range[0]..range[1]].sort_unstable();
    }
    sorted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_sorts(entries in prop::collection::vec((any::<u64>(), any::<u32>()), 0..1000)) {
            let mut expected = entries.clone();
            expected.sort_unstable();
            prop_assert_eq!(sorted(&entries), expected);
        }
    }
}
