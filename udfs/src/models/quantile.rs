//! Scores by quantiles in which equal values are never split.

use std::cmp::Ordering;

/// The `bins - 1` cuts of a population: `cut_k = percentile_disc(k / bins)`, the smallest value at or below which at least
/// `k / bins` of the population lies (SQL:2003, inverse distribution functions). Empty for an empty population. The order of
/// `values` is changed.
pub fn cuts<T: Copy>(values: &mut [T], bins: usize, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let count = values.len();
    let mut cuts = Vec::with_capacity(bins.saturating_sub(1));
    let mut done = 0;
    for k in 1..bins {
        // ceil(count * k / bins), counted from one; every rank is at least the one before it.
        let rank = (count * k).div_ceil(bins);
        let Some(index) = rank.checked_sub(1) else { break };
        let from = done.min(index);
        if let Some(rest) = values.get_mut(from..) {
            let (_, cut, _) = rest.select_nth_unstable_by(index - from, &compare);
            cuts.push(*cut);
        }
        done = index;
    }
    cuts
}

/// 1 (lowest) to `cuts.len() + 1`: one more than the number of cuts that the value exceeds.
pub fn score<T>(value: &T, cuts: &[T], compare: impl Fn(&T, &T) -> Ordering) -> i16 {
    let exceeded = cuts.iter().filter(|cut| compare(value, cut) == Ordering::Greater).count();
    i16::try_from(exceeded + 1).unwrap_or(i16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quintiles(mut values: Vec<i64>) -> Vec<i64> {
        cuts(&mut values, 5, Ord::cmp)
    }

    #[test]
    fn cuts_are_percentile_disc() {
        // PostgreSQL 15: select percentile_disc(array[.2,.4,.6,.8]) within group (order by v) from generate_series(1,n) v
        assert_eq!(quintiles((1..=10).rev().collect()), [2, 4, 6, 8]);
        assert_eq!(quintiles((1..=7).collect()), [2, 3, 5, 6]);
        assert_eq!(quintiles(vec![3, 1]), [1, 1, 3, 3]);
        assert_eq!(quintiles(vec![9]), [9, 9, 9, 9]);
        assert!(quintiles(vec![]).is_empty());
    }

    #[test]
    fn equal_values_share_a_score_and_bins_may_be_empty() {
        let population = vec![1, 1, 1, 1, 1, 2, 2, 4, 9, 10];
        let cuts = quintiles(population);
        assert_eq!(cuts, [1, 1, 2, 4]);
        assert_eq!([1, 2, 4, 9].map(|v| score(&v, &cuts, Ord::cmp)), [1, 3, 4, 5]);
        assert_eq!(score(&7, &[7, 7, 7, 7], Ord::cmp), 1, "one customer only");
    }
}
