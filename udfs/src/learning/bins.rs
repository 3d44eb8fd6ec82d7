//! Values as small numbers, so that a learner of trees looks at 256 places of a feature and not at every row.

use super::features::{Feature, Kind};

/// The bin of a missing number. Texts have their code plus one; 0 is a missing text.
pub const MISSING: u8 = 255;
/// Cuts of a feature.
const CUTS_MAX: usize = 254;

/// How one feature is binned.
#[derive(Debug, Clone, PartialEq)]
pub enum Cuts {
    /// Bin b has the numbers above cut b − 1 and up to cut b.
    Number(Vec<f64>),
    /// One bin a text; so many bins.
    Text(usize),
}

/// All rows, binned, feature by feature.
#[derive(Debug, Clone, PartialEq)]
pub struct Binned {
    /// One a feature.
    pub cuts: Vec<Cuts>,
    /// The bins of each feature, row by row.
    pub bins: Vec<Vec<u8>>,
}

impl Binned {
    /// From encoded columns.
    #[must_use]
    pub fn of(features: &[Feature], columns: &[Vec<f64>]) -> Self {
        let cuts: Vec<Cuts> = features.iter().zip(columns).map(|(feature, column)| Cuts::of(feature, column)).collect();
        let bins = cuts.iter().zip(columns).map(|(cuts, column)| column.iter().map(|value| cuts.bin(*value)).collect());
        Self { bins: bins.collect(), cuts }
    }
}

impl Cuts {
    fn of(feature: &Feature, column: &[f64]) -> Self {
        match &feature.kind {
            // Those known, another one, and missing.
            Kind::Text(list) => Self::Text(list.len() + 2),
            Kind::Number => Self::Number(cuts(column.iter().copied().filter(|value| !value.is_nan()).collect())),
        }
    }

    /// The bin of a value.
    #[must_use]
    pub fn bin(&self, value: f64) -> u8 {
        match self {
            Self::Number(_) if value.is_nan() => MISSING,
            Self::Number(cuts) => cuts.partition_point(|cut| *cut < value) as u8,
            Self::Text(_) => (value + 1.0) as u8,
        }
    }

    /// Bins, without that of missing numbers.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Number(cuts) => cuts.len() + 1,
            Self::Text(count) => *count,
        }
    }
}

/// Between any two values that follow each other, if these are few; otherwise where the ranks are equally far apart.
fn cuts(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let mut ends: Vec<usize> = (1..values.len()).filter(|index| values[*index - 1] < values[*index]).collect();
    if ends.len() > CUTS_MAX {
        let wanted = (1..=CUTS_MAX).map(|k| k * values.len() / (CUTS_MAX + 1));
        let mut kept: Vec<usize> = wanted.map(|rank| ends[ends.partition_point(|end| *end < rank).min(ends.len() - 1)]).collect();
        kept.dedup();
        ends = kept;
    }
    ends.into_iter().map(|end| between(values[end - 1], values[end])).collect()
}

/// A number from `low` on and below `high`.
fn between(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    if low <= middle && middle < high { middle } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number() -> Feature {
        Feature { name: "x".to_string(), kind: Kind::Number }
    }

    #[test]
    fn few_values_have_a_bin_each() {
        let binned = Binned::of(&[number()], &[vec![3.0, 1.0, f64::NAN, 3.0, 2.0]]);
        assert_eq!((binned.cuts, binned.bins), (vec![Cuts::Number(vec![1.5, 2.5])], vec![vec![2, 0, MISSING, 2, 1]]));
    }

    #[test]
    fn many_values_share_bins_of_equal_size() {
        let column: Vec<f64> = (0..10_000).map(f64::from).collect();
        let Binned { cuts, bins } = Binned::of(&[number()], &[column]);
        assert_eq!(cuts[0].count(), 255);
        for bin in 0..255_u8 {
            let size = bins[0].iter().filter(|here| **here == bin).count();
            assert!((39..=40).contains(&size), "{bin} {size}");
        }
    }

    #[test]
    fn a_cut_separates_neighbours() {
        for (low, high) in
            [(1.0, f64::from_bits(1.0_f64.to_bits() + 1)), (-f64::MAX, f64::MAX), (0.0, 5e-324), (f64::MAX / 2.0, f64::MAX)]
        {
            let cut = between(low, high);
            assert!(low <= cut && cut < high && cut.is_finite());
        }
    }
}
