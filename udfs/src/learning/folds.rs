//! One order of the rows, and five parts of them, whatever the order they came in.
//!
//! Rows are sorted by their label, then by a hash of their values, then by the values. Every fifth row of that order is one fold: folds
//! have equal shares of the labels, and a row stays in its fold when the same rows come in another order.

/// Parts of the rows.
pub const FOLDS: usize = 5;

/// The fold of the row at a place of the order.
#[must_use]
pub fn fold_of(place: usize) -> usize {
    place % FOLDS
}

/// The rows in the one order, those without the label first. At most `rows_max`, in equal shares of the labels; what they share
/// with others decides which.
#[must_use]
pub fn order(columns: &[Vec<f64>], labels: &[bool], rows_max: usize) -> Vec<usize> {
    let hashes: Vec<u64> = (0..labels.len()).map(|row| hash(columns, row)).collect();
    let compare = |a: &usize, b: &usize| {
        let values = || columns.iter().map(|column| column[*a].total_cmp(&column[*b])).find(|order| order.is_ne());
        let by_hash = labels[*a].cmp(&labels[*b]).then_with(|| hashes[*a].cmp(&hashes[*b]));
        by_hash.then_with(|| values().unwrap_or(std::cmp::Ordering::Equal))
    };
    let mut rows: Vec<usize> = (0..labels.len()).collect();
    rows.sort_unstable_by(compare);
    if rows.len() <= rows_max {
        return rows;
    }
    (0..rows_max).map(|place| rows[(place as u128 * rows.len() as u128 / rows_max as u128) as usize]).collect()
}

/// The mixing function of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
fn hash(columns: &[Vec<f64>], row: usize) -> u64 {
    columns.iter().fold(0, |state: u64, column| {
        let mut z = (state ^ column[row].to_bits()).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_have_equal_shares() {
        let column: Vec<f64> = (0..1003).map(f64::from).collect();
        let labels: Vec<bool> = (0..1003).map(|row| row % 4 == 0).collect();
        let rows = order(&[column], &labels, usize::MAX);
        for fold in 0..FOLDS {
            let those: Vec<usize> = (0..rows.len()).filter(|place| fold_of(*place) == fold).map(|place| rows[place]).collect();
            let positive = those.iter().filter(|row| labels[**row]).count();
            assert!((200..=201).contains(&those.len()) && (50..=51).contains(&positive), "{} {positive}", those.len());
        }
    }

    #[test]
    fn a_sample_has_the_same_shares() {
        let column: Vec<f64> = (0..1000).map(f64::from).collect();
        let labels: Vec<bool> = (0..1000).map(|row| row % 4 == 0).collect();
        let rows = order(&[column], &labels, 100);
        assert_eq!((rows.len(), rows.iter().filter(|row| labels[**row]).count()), (100, 25));
    }
}
