//! Damerau-Levenshtein distance: the insertions, deletions, substitutions and exchanges of neighbours that turn one text into
//! another.
//!
//! The unrestricted distance, in which the letters of an exchange may be edited again (`CA` to `ABC` takes 2): a metric, and
//! what DuckDB computes. The restricted one ("optimal string alignment") says 3 there.
//! Source: C. Zhao, S. Sahni, "String correction using the Damerau-Levenshtein distance", BMC Bioinformatics 20 (2019): linear
//! space.

/// Comparisons of one character with one other that a distance may cost: two texts of 10,000 characters, about a third of a
/// second.
pub const COMPARISONS_MAX: usize = 100_000_000;

/// The two texts are too long to compare: their lengths in characters, without what they share at their ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    pub characters: (usize, usize),
}

/// The distance of two texts in Unicode scalar values: an `é` written as one character and one written as two differ by 2.
///
/// Time |a| · |b|, memory |b|, after what both share at their ends is put aside.
///
/// # Errors
/// [`TooLong`] where that product exceeds [`COMPARISONS_MAX`].
pub fn damerau_levenshtein(a: &str, b: &str) -> Result<usize, TooLong> {
    if a == b {
        return Ok(0);
    }
    if a.is_ascii() && b.is_ascii() {
        return distance(a.as_bytes(), b.as_bytes());
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    distance(&a, &b)
}

fn distance<T: Copy + Eq>(a: &[T], b: &[T]) -> Result<usize, TooLong> {
    let (a, b) = differing_part(a, b);
    if a.is_empty() || b.is_empty() {
        return Ok(a.len().max(b.len()));
    }
    if a.len().saturating_mul(b.len()) > COMPARISONS_MAX {
        return Err(TooLong { characters: (a.len(), b.len()) });
    }
    Ok(by_rows(a, b))
}

/// Both texts without the prefix and the suffix that they share, neither of which changes the distance.
fn differing_part<'a, T: Eq>(a: &'a [T], b: &'a [T]) -> (&'a [T], &'a [T]) {
    let prefix = a.iter().zip(b).take_while(|(left, right)| left == right).count();
    let (a, b) = (a.get(prefix..).unwrap_or_default(), b.get(prefix..).unwrap_or_default());
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(left, right)| left == right).count();
    (a.get(..a.len() - suffix).unwrap_or_default(), b.get(..b.len() - suffix).unwrap_or_default())
}

/// What later rows need to know of one column of the table of distances.
#[derive(Clone, Copy)]
struct Column {
    /// The distances of this column in the row before and in the one before that.
    above: usize,
    above_two: usize,
    /// The last row whose character is this column's, and the distance before both: where an exchange of the two would start.
    matched_row: usize,
    before_match: usize,
}

/// Stands for no distance; sums of it and a length do not overflow.
const NONE: usize = usize::MAX / 4;

/// The table row by row. An exchange of neighbours with k characters inserted or deleted between them has its match in this row
/// or in this column, and of the two only the nearest can be best, which is why one remembered cell for each suffices.
fn by_rows<T: Copy + Eq>(a: &[T], b: &[T]) -> usize {
    let mut columns: Vec<Column> =
        (1..=b.len()).map(|j| Column { above: j, above_two: NONE, matched_row: 0, before_match: NONE }).collect();
    for (i, left) in (1..).zip(a) {
        // The border column: row i begins at i.
        let (mut left_cell, mut diagonal, mut two_back) = (i, i - 1, NONE);
        let mut diagonal_above = if i > 1 { i - 2 } else { NONE };
        let (mut matched_column, mut before_match) = (0, NONE);
        for ((j, right), column) in (1..).zip(b).zip(columns.iter_mut()) {
            let is_match = left == right;
            let mut cell = (diagonal + usize::from(!is_match)).min(left_cell + 1).min(column.above + 1);
            if is_match {
                (matched_column, before_match) = (j, diagonal_above);
                (column.matched_row, column.before_match) = (i, two_back);
            } else if matched_column + 1 == j {
                cell = cell.min(column.before_match + (i - column.matched_row));
            } else if column.matched_row + 1 == i {
                cell = cell.min(before_match + (j - matched_column));
            }
            (two_back, diagonal, left_cell) = (diagonal, column.above, cell);
            diagonal_above = column.above_two;
            (column.above_two, column.above) = (column.above, cell);
        }
    }
    columns.last().map_or(a.len(), |column| column.above)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// DuckDB 2.0 and rapidfuzz 3.14.
    #[test]
    fn values_of_duckdb() {
        let cases = [
            ("CA", "ABC", 2),
            ("kitten", "sitting", 3),
            ("martha", "marhta", 1),
            ("", "abc", 3),
            ("abc", "", 3),
            ("", "", 0),
            ("abc", "abc", 0),
            ("a cat", "an act", 2),
            ("abcdef", "badcfe", 3),
            ("smith", "smyth", 1),
            ("jonathan", "johnathan", 1),
        ];
        for (a, b, expected) in cases {
            assert_eq!(damerau_levenshtein(a, b), Ok(expected), "{a} {b}");
        }
    }

    #[test]
    fn letters_of_any_script_count_one() {
        assert_eq!(damerau_levenshtein("Müller", "Muller"), Ok(1));
        assert_eq!(damerau_levenshtein("😀a", "a😀"), Ok(1));
        assert_eq!(damerau_levenshtein("é", "e\u{301}"), Ok(2));
    }

    #[test]
    fn a_megabyte_is_refused_unless_it_differs_little() {
        let long = "a".repeat(1 << 20);
        let other = "b".repeat(1 << 20);
        assert_eq!(damerau_levenshtein(&long, &other), Err(TooLong { characters: (1 << 20, 1 << 20) }));
        assert_eq!(damerau_levenshtein(&long, &format!("{long}b")), Ok(1));
        assert_eq!(damerau_levenshtein(&long, ""), Ok(1 << 20));
    }

    proptest! {
        #[test]
        fn strsim_agrees(a in "[abc]{0,14}", b in "[abc]{0,14}") {
            prop_assert_eq!(damerau_levenshtein(&a, &b), Ok(strsim::damerau_levenshtein(&a, &b)));
        }

        #[test]
        fn it_is_a_metric(a in "[ab]{0,8}", b in "[ab]{0,8}", c in "[ab]{0,8}") {
            let distance = |left: &str, right: &str| damerau_levenshtein(left, right).unwrap();
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c));
        }
    }
}
