//! Micro segments: customers that are alike in whatever is known of them.
//!
//! Each feature is scaled by its median and the range between its quartiles, so that a few large customers do not make all others
//! equal; then k-means. The number of segments is that with the best mean silhouette, from 2 to 10. Nothing depends on the order of the
//! rows: points are sorted first, and random numbers are seeded.
//!
//! Sources: those of [`super::clusters`]; Bradley and Fayyad 1998, "Refining initial points for k-means clustering", ICML, for the search that
//! starts from the centres of a sample; Tukey 1977, "Exploratory data analysis", section 2D, for the fences.

use super::clusters::{Clustering, Points, clusters, complete, nearest, search, silhouettes, sizes};
use super::compensated::Sum;
use super::simulation::Random;

/// Most segments that the silhouette chooses from.
pub const SEGMENTS_MAX: usize = 10;
/// Rows that the number of segments is chosen on, and that searches start on.
const SAMPLE_ROWS: usize = 2_000;
/// The largest value of a feature, and the inverse of the smallest difference: squares of scaled values are normal numbers.
const LARGEST: f64 = 1e100;

/// Ranges between the quartiles from a quartile to its outer fence.
const FENCE: f64 = 3.0;

/// Rows of features; a missing one is NaN.
#[derive(Debug, Clone)]
pub struct Features {
    count: usize,
    rows: usize,
    values: Vec<f64>,
}

/// Why a row cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeatureError {
    /// Rows are of one length.
    #[error("every row must have the same number of features")]
    Count,
    /// An infinite value, or one that is as good as that.
    #[error("a feature must be between -1e100 and 1e100, or NULL")]
    Size,
}

impl Features {
    /// No rows yet, of `count` features.
    #[must_use]
    pub fn new(count: usize) -> Self {
        Self { count, rows: 0, values: Vec::new() }
    }

    /// Adds a row; `None` and NaN are missing values.
    ///
    /// # Errors
    /// The first rule of [`FeatureError`] that is broken.
    pub fn add(&mut self, row: &[Option<f64>]) -> Result<(), FeatureError> {
        if row.len() != self.count {
            return Err(FeatureError::Count);
        }
        if row.iter().flatten().any(|value| value.abs() > LARGEST) {
            return Err(FeatureError::Size);
        }
        self.values.extend(row.iter().map(|value| value.unwrap_or(f64::NAN)));
        self.rows += 1;
        Ok(())
    }

    /// Adds the rows of another part of the data after these.
    ///
    /// # Errors
    /// [`FeatureError::Count`] where the other part has other features.
    pub fn merge(&mut self, other: &Self) -> Result<(), FeatureError> {
        if other.count != self.count {
            return Err(FeatureError::Count);
        }
        self.values.extend_from_slice(&other.values);
        self.rows += other.rows;
        Ok(())
    }

    /// The values row by row, NaN for missing ones.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.values.capacity() * size_of::<f64>()
    }

    fn row(&self, index: usize) -> &[f64] {
        &self.values[index * self.count..][..self.count]
    }

    /// The values of a feature that are not missing, with their rows.
    fn column(&self, feature: usize) -> impl Iterator<Item = (usize, f64)> {
        (0..self.rows).map(move |row| (row, self.row(row)[feature])).filter(|(_, value)| !value.is_nan())
    }
}

/// How a feature is scaled. What lies beyond one of Tukey's outer fences is on the fence: the largest customers are far from all others,
/// but not so far that each of them is a segment and all others are one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Its median, which is also what a missing value counts as; 0 where all are missing.
    pub centre: f64,
    /// The range between its quartiles; where that is 0 the difference of its values if there are two, else its standard deviation; where that
    /// is 0 too, 1.
    pub width: f64,
    /// The outer fences, three times the range between the quartiles beyond either of them; infinite where that range is 0.
    pub fences: (f64, f64),
}

impl Scale {
    fn of(features: &Features, feature: usize) -> Self {
        let mut sorted: Vec<f64> = features.column(feature).map(|(_, value)| value).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (lower, upper) = (quantile(&sorted, 0.25), quantile(&sorted, 0.75));
        let quartiles = upper - lower;
        // Of two values the rarer one is not farther away the rarer it is, or each rare truth value were a segment.
        let ends = sorted.first().zip(sorted.last());
        let two = ends.filter(|(low, high)| sorted.iter().all(|value| value == *low || value == *high));
        let apart = two.map_or(0.0, |(low, high)| high - low);
        let widths = [quartiles, apart, moments(sorted.iter().copied()).map_or(0.0, |(_, deviation)| deviation)];
        let width = widths.into_iter().find(|width| *width > 0.0).unwrap_or(1.0);
        let beyond = if quartiles > 0.0 { FENCE * quartiles } else { f64::INFINITY };
        Self { centre: quantile(&sorted, 0.5), width, fences: (lower - beyond, upper + beyond) }
    }

    /// A value in widths from the centre; a missing one is at the centre.
    #[must_use]
    pub fn apply(self, value: f64) -> f64 {
        if value.is_nan() {
            return 0.0;
        }
        let (low, high) = self.fences;
        let scaled = (value.max(low).min(high) - self.centre) / self.width;
        if scaled.abs() < 1.0 / LARGEST { 0.0 } else { scaled.clamp(-LARGEST, LARGEST) }
    }
}

/// SQL's percentile_cont: between two values it is on the line through them. 0 of none.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * sorted.len().saturating_sub(1) as f64;
    let (below, above) = (sorted.get(place.floor() as usize), sorted.get(place.ceil() as usize));
    match (below, above) {
        (Some(below), Some(above)) => below + (above - below) * place.fract(),
        _ => 0.0,
    }
}

/// The mean and the standard deviation of a population, in whatever order; `None` of nothing.
fn moments(values: impl Iterator<Item = f64> + Clone) -> Option<(f64, f64)> {
    let mean = mean(values.clone())?;
    Some((mean, mean_of_squares(values.map(|value| value - mean))?.sqrt()))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (Sum::default(), 0.0);
    values.for_each(|value| {
        sum.add(value);
        count += 1.0;
    });
    (count > 0.0).then(|| sum.value().map(|sum| sum / count)).flatten()
}

fn mean_of_squares(values: impl Iterator<Item = f64>) -> Option<f64> {
    mean(values.map(|value| value * value))
}

/// The segment of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// From 1, the largest.
    pub segment: usize,
    /// From the centre of the segment, in scaled features.
    pub distance: f64,
}

/// Segments with their rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Segments {
    /// One a feature.
    pub scales: Vec<Scale>,
    /// The scaled centre of each segment, the largest segment first; of equal ones that with the smaller first coordinate.
    pub centres: Vec<Vec<f64>>,
    /// The rows of each segment, none empty.
    pub sizes: Vec<u64>,
    /// The sum of the squared distances.
    pub inertia: f64,
    /// Each number of segments that was tried, with its mean silhouette on 2,000 rows at most.
    pub silhouettes: Vec<(usize, f64)>,
    /// One a row, in the order of the rows.
    pub members: Vec<Member>,
}

/// How a segment differs from all rows in one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Description {
    /// From 1, as in [`Member`].
    pub segment: usize,
    /// Its rows.
    pub size: u64,
    /// The index of the feature.
    pub feature: usize,
    /// The mean of its values in the segment; `None` where all are missing.
    pub mean: Option<f64>,
    /// That of all rows.
    pub population_mean: Option<f64>,
    /// The difference of the two in standard deviations of all rows; 0 where all values are equal.
    pub z: Option<f64>,
}

/// Segments the rows into `k` segments, or into as many as are best apart. Fewer than `k` where fewer scaled rows differ; `None` of no rows, or of
/// 0 segments. Equal sets of rows give equal segments, to the last bit, whatever their order.
#[must_use]
pub fn segments(features: &Features, k: Option<usize>) -> Option<Segments> {
    if features.rows == 0 || k == Some(0) {
        return None;
    }
    let scales: Vec<Scale> = (0..features.count).map(|feature| Scale::of(features, feature)).collect();
    let (points, point_of) = distinct(features, &scales);
    let (clustering, silhouettes) = chosen(&points, features.rows, k)?;
    let (centres, sizes, rank) = ranked(&points, &clustering);
    let member = |point: usize| Member { segment: rank[clustering.labels[point]], distance: clustering.squares[point].sqrt() };
    let members = point_of.into_iter().map(member).collect();
    Some(Segments { scales, centres, sizes, inertia: clustering.inertia, silhouettes, members })
}

/// The scaled points in ascending order, and the point of each row.
fn distinct(features: &Features, scales: &[Scale]) -> (Points, Vec<usize>) {
    let scaled = |row: usize| features.row(row).iter().zip(scales).map(|(value, scale)| scale.apply(*value));
    let values: Vec<f64> = (0..features.rows).flat_map(scaled).collect();
    let value = |row: usize| &values[row * features.count..][..features.count];
    let mut order: Vec<usize> = (0..features.rows).collect();
    order.sort_unstable_by(|a, b| by_coordinates(value(*a), value(*b)));
    let (mut points, mut point_of) = (Points::new(features.count), vec![0; features.rows]);
    for rows in order.chunk_by(|a, b| value(*a) == value(*b)) {
        rows.iter().for_each(|row| point_of[*row] = points.count());
        points.push(value(rows[0]), rows.len() as f64);
    }
    (points, point_of)
}

fn by_coordinates(a: &[f64], b: &[f64]) -> std::cmp::Ordering {
    let unequal = a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    unequal.unwrap_or(std::cmp::Ordering::Equal)
}

/// The clusters, and the silhouettes that chose them.
fn chosen(points: &Points, rows: usize, k: Option<usize>) -> Option<(Clustering, Vec<(usize, f64)>)> {
    let sample = if rows > SAMPLE_ROWS { Some(sample(points)) } else { None };
    let tried = sample.as_ref().unwrap_or(points);
    let numbers = k.map_or(2.min(tried.count())..=SEGMENTS_MAX.min(tried.count()), |k| k..=k);
    let mut tries: Vec<Clustering> = numbers.map(|k| clusters(tried, k)).collect();
    let silhouettes = silhouettes(tried, &tries);
    let mut best = 0;
    for index in 1..tries.len() {
        if silhouettes[index] > silhouettes[best] {
            best = index;
        }
    }
    let silhouettes = tries.iter().map(|found| found.centres.len()).zip(silhouettes).collect();
    let found = (best < tries.len()).then(|| tries.swap_remove(best))?;
    if sample.is_none() {
        return Some((found, silhouettes));
    }
    let wanted = k.unwrap_or(found.centres.len());
    let mut centres = found.centres;
    complete(points, &mut centres, wanted);
    Some((search(points, centres), silhouettes))
}

/// Rows drawn by a number that is made of what they are and not of where they are.
fn sample(points: &Points) -> Points {
    let mut drawn: Vec<(f64, usize)> = Vec::new();
    for (index, (point, weight)) in points.iter().enumerate() {
        let mix = |state: u64, x: &f64| (state.rotate_left(29) ^ x.to_bits()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let seed = point.iter().fold(0, mix);
        let mut numbers = Random::new(seed ^ (seed >> 32));
        drawn.extend((0..weight as u64).map(|_| (numbers.uniform(), index)));
    }
    let by_number = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    if drawn.len() > SAMPLE_ROWS {
        drawn.select_nth_unstable_by(SAMPLE_ROWS, by_number);
        drawn.truncate(SAMPLE_ROWS);
    }
    let mut indices: Vec<usize> = drawn.into_iter().map(|(_, index)| index).collect();
    indices.sort_unstable();
    let mut sample = Points::new(points.get(0).0.len());
    for rows in indices.chunk_by(usize::eq) {
        sample.push(points.get(rows[0]).0, rows.len() as f64);
    }
    sample
}

/// The centres and sizes in the order of the segments, and the number of the segment of each cluster.
fn ranked(points: &Points, clustering: &Clustering) -> (Vec<Vec<f64>>, Vec<u64>, Vec<usize>) {
    let sizes = sizes(points, clustering);
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    let centres = &clustering.centres;
    order.sort_by(|a, b| sizes[*b].total_cmp(&sizes[*a]).then_with(|| by_coordinates(&centres[*a], &centres[*b])));
    let mut rank = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, cluster)| rank[*cluster] = place + 1);
    let of = |cluster: &usize| (centres[*cluster].clone(), sizes[*cluster] as u64);
    let (centres, sizes) = order.iter().map(of).unzip();
    (centres, sizes, rank)
}

impl Segments {
    /// The segment whose centre is nearest to a row, which need not be one of those that were segmented.
    ///
    /// # Errors
    /// [`FeatureError::Count`] where it has other features.
    pub fn nearest(&self, row: &[Option<f64>]) -> Result<Member, FeatureError> {
        if row.len() != self.scales.len() {
            return Err(FeatureError::Count);
        }
        let scaled = |(value, scale): (&Option<f64>, &Scale)| scale.apply(value.unwrap_or(f64::NAN));
        let point: Vec<f64> = row.iter().zip(&self.scales).map(scaled).collect();
        let (index, square) = nearest(&point, &self.centres);
        Ok(Member { segment: index + 1, distance: square.sqrt() })
    }

    /// What each segment is like, by segment and feature, for the rows that were segmented.
    #[must_use]
    pub fn describe(&self, features: &Features) -> Vec<Description> {
        let mut sums = vec![(Sum::default(), 0.0); self.sizes.len() * features.count];
        for feature in 0..features.count {
            for (row, value) in features.column(feature) {
                let Some(member) = self.members.get(row) else { continue };
                let (sum, count) = &mut sums[(member.segment - 1) * features.count + feature];
                sum.add(value);
                *count += 1.0;
            }
        }
        let of = |feature| moments(features.column(feature).map(|(_, value)| value).collect::<Vec<_>>().into_iter());
        let population: Vec<Option<(f64, f64)>> = (0..features.count).map(of).collect();
        let describe = |(index, (sum, count)): (usize, (Sum, f64))| {
            let (segment, feature) = (index / features.count, index % features.count);
            let mean = (count > 0.0).then(|| sum.value().map(|sum| sum / count)).flatten();
            let z = mean.zip(population[feature]).map(
                |(mean, (all, deviation))| {
                    if deviation > 0.0 { (mean - all) / deviation } else { 0.0 }
                },
            );
            let population_mean = population[feature].map(|(mean, _)| mean);
            Description { segment: segment + 1, size: self.sizes[segment], feature, mean, population_mean, z }
        };
        sums.into_iter().enumerate().map(describe).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[Option<f64>]) -> Features {
        let mut features = Features::new(1);
        values.iter().for_each(|value| features.add(&[*value]).expect("a row"));
        features
    }

    /// Expected: by hand, as percentile_cont and stddev_pop are defined.
    #[test]
    fn scales_fall_back() {
        const FREE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
        let scale = |values: &[f64]| Scale::of(&column(&values.iter().copied().map(Some).collect::<Vec<_>>()), 0);
        assert_eq!(scale(&[1.0, 2.0, 4.0, 8.0]), Scale { centre: 3.0, width: 3.25, fences: (1.75 - 9.75, 5.0 + 9.75) });
        assert_eq!(scale(&[0.0, 0.0, 0.0, 0.0, 10.0]), Scale { centre: 0.0, width: 10.0, fences: FREE });
        assert_eq!(scale(&[-4.0, 0.0, 0.0, 0.0, 4.0]), Scale { centre: 0.0, width: 6.4_f64.sqrt(), fences: FREE });
        assert_eq!(scale(&[7.0, 7.0]), Scale { centre: 7.0, width: 1.0, fences: FREE });
        assert_eq!(scale(&[f64::NAN]), Scale { centre: 0.0, width: 1.0, fences: FREE });
        assert_eq!(scale(&[-1e100, 1e100]).centre, 0.0);
        // The fence is at 5 + 3 · 3 where the quartiles are 2 and 5.
        let skewed = scale(&[1.0, 2.0, 3.0, 5.0, 1000.0]);
        assert_eq!([14.0, 15.0, 1000.0].map(|value| skewed.apply(value)), [11.0 / 3.0; 3]);
    }

    #[test]
    fn missing_values_are_at_the_median() {
        let features = column(&[Some(0.0), None, Some(4.0), Some(8.0), Some(f64::NAN)]);
        let found = segments(&features, Some(3)).expect("rows");
        assert_eq!(found.sizes, [3, 1, 1]);
        assert_eq!(found.members.iter().map(|member| member.segment).collect::<Vec<_>>(), [2, 1, 1, 3, 1]);
        let [first, ..] = found.describe(&features)[..] else { panic!("descriptions") };
        assert_eq!((first.size, first.mean, first.population_mean, first.z), (3, Some(4.0), Some(4.0), Some(0.0)));
        assert_eq!(found.nearest(&[Some(7.5)]).map(|member| member.segment), Ok(3));
        assert_eq!(found.nearest(&[]), Err(FeatureError::Count));
    }

    #[test]
    fn rows_that_cannot_be() {
        let mut features = Features::new(2);
        assert_eq!(features.add(&[Some(1.0)]), Err(FeatureError::Count));
        assert_eq!(features.add(&[Some(1.0), Some(f64::INFINITY)]), Err(FeatureError::Size));
        assert_eq!(features.merge(&Features::new(3)), Err(FeatureError::Count));
        assert_eq!(segments(&features, None), None);
        assert_eq!(features.add(&[None, None]), Ok(()));
        assert_eq!(segments(&features, Some(0)), None);
        let one = segments(&features, None).expect("a row");
        assert_eq!((one.sizes.as_slice(), one.members[0]), (&[1][..], Member { segment: 1, distance: 0.0 }));
        assert_eq!(one.describe(&features)[0].mean, None);
    }
}
