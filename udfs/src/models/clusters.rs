//! Points near one another: k-means, and how well its clusters are apart.
//!
//! Sources: Lloyd 1982, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28; Arthur and Vassilvitskii 2007,
//! "k-means++: the advantages of careful seeding", SODA; Rousseeuw 1987, "Silhouettes", Journal of Computational and Applied
//! Mathematics 20.

use super::simulation::Random;
use crate::stopped::is_stopped;

/// Searches for one number of clusters, each from other first centres.
const STARTS: u64 = 20;
/// Rounds of one search.
const ROUNDS_MAX: usize = 300;
/// A search ends when a round gains less than this part of what is left.
const GAIN: f64 = 1e-7;

/// Distinct points in one order, each with the number of rows that are there.
#[derive(Debug, Clone)]
pub struct Points {
    dimension: usize,
    coordinates: Vec<f64>,
    weights: Vec<f64>,
}

impl Points {
    /// No points yet.
    #[must_use]
    pub fn new(dimension: usize) -> Self {
        Self { dimension, coordinates: Vec::new(), weights: Vec::new() }
    }

    /// Adds a point that is not there yet, with coordinates whose squares are finite.
    pub fn push(&mut self, point: &[f64], weight: f64) {
        self.coordinates.extend_from_slice(point);
        self.weights.push(weight);
    }

    /// How many points there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.weights.len()
    }

    /// A point and the rows there.
    #[must_use]
    pub fn get(&self, index: usize) -> (&[f64], f64) {
        (&self.coordinates[index * self.dimension..][..self.dimension], self.weights[index])
    }

    /// All points.
    pub fn iter(&self) -> impl Iterator<Item = (&[f64], f64)> {
        (0..self.count()).map(|index| self.get(index))
    }
}

/// Clusters of points: each point is in that of its nearest centre, the first of equally near ones.
#[derive(Debug, Clone)]
pub struct Clustering {
    /// One a cluster.
    pub centres: Vec<Vec<f64>>,
    /// For each point the index of its centre.
    pub labels: Vec<usize>,
    /// For each point the squared distance to it.
    pub squares: Vec<f64>,
    /// Their sum over the rows.
    pub inertia: f64,
}

/// The squared Euclidean distance.
#[must_use]
pub fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// The index of the nearest centre and the squared distance to it.
#[must_use]
pub fn nearest(point: &[f64], centres: &[Vec<f64>]) -> (usize, f64) {
    let mut best = (0, f64::INFINITY);
    for (index, centre) in centres.iter().enumerate() {
        let square = squared_distance(point, centre);
        if square < best.1 {
            best = (index, square);
        }
    }
    best
}

/// The best of twenty searches for `k` clusters. Fewer where the points are.
#[must_use]
pub fn clusters(points: &Points, k: usize) -> Clustering {
    let search = |start| search(points, seeds(points, k, &mut Random::new(start)));
    (1..STARTS).map(search).fold(search(0), |best, next| if next.inertia < best.inertia { next } else { best })
}

/// The first centres of k-means++: points, each drawn with a chance proportional to its squared distance to those before it.
fn seeds(points: &Points, k: usize, random: &mut Random) -> Vec<Vec<f64>> {
    let mut centres: Vec<Vec<f64>> = Vec::with_capacity(k);
    let mut chances = points.weights.clone();
    let mut squares = vec![f64::INFINITY; points.count()];
    while centres.len() < k {
        let Some(drawn) = draw(&chances, random) else { break };
        let (centre, _) = points.get(drawn);
        for (index, (point, weight)) in points.iter().enumerate() {
            squares[index] = squared_distance(point, centre).min(squares[index]);
            chances[index] = squares[index] * weight;
        }
        centres.push(centre.to_vec());
    }
    centres
}

/// An index, drawn with a chance proportional to its number; `None` where all are 0.
fn draw(chances: &[f64], random: &mut Random) -> Option<usize> {
    let mut left = random.uniform() * chances.iter().sum::<f64>();
    let mut drawn = None;
    for (index, chance) in chances.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
        drawn = Some(index);
        left -= chance;
        if left < 0.0 {
            break;
        }
    }
    drawn
}

/// Adds the point farthest from all centres until there are `k`, or until no point is off a centre.
pub fn complete(points: &Points, centres: &mut Vec<Vec<f64>>, k: usize) {
    while centres.len() < k {
        let squares: Vec<f64> = points.iter().map(|(point, _)| nearest(point, centres).1).collect();
        let Some(farthest) = farthest(&squares) else { break };
        centres.push(points.get(farthest).0.to_vec());
    }
}

/// The first of the largest squares; `None` where none is positive.
fn farthest(squares: &[f64]) -> Option<usize> {
    let mut best = None;
    let mut largest = 0.0;
    for (index, square) in squares.iter().enumerate() {
        if *square > largest {
            (best, largest) = (Some(index), *square);
        }
    }
    best
}

/// Lloyd's search from the given centres: no cluster of what it returns is empty.
#[must_use]
pub fn search(points: &Points, centres: Vec<Vec<f64>>) -> Clustering {
    let mut now = assigned(points, centres);
    for _ in 0..ROUNDS_MAX {
        let mut centres = means(points, &now);
        fill_empty(points, &now, &mut centres);
        let next = assigned(points, centres);
        let gain = now.inertia - next.inertia;
        let done = next.labels == now.labels || gain.abs() <= GAIN * now.inertia;
        now = next;
        if done || is_stopped() {
            break;
        }
    }
    without_empty(now)
}

fn assigned(points: &Points, centres: Vec<Vec<f64>>) -> Clustering {
    let (labels, squares): (Vec<usize>, Vec<f64>) = points.iter().map(|(point, _)| nearest(point, &centres)).unzip();
    let inertia = squares.iter().zip(&points.weights).map(|(square, weight)| square * weight).sum();
    Clustering { centres, labels, squares, inertia }
}

/// The mean of each cluster; nothing for an empty one.
fn means(points: &Points, clustering: &Clustering) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![0.0; points.dimension]; clustering.centres.len()];
    let mut sizes = vec![0.0; sums.len()];
    for ((point, weight), label) in points.iter().zip(&clustering.labels) {
        sizes[*label] += weight;
        sums[*label].iter_mut().zip(point).for_each(|(sum, x)| *sum += x * weight);
    }
    for (sum, size) in sums.iter_mut().zip(sizes) {
        if size == 0.0 {
            sum.clear();
        }
        sum.iter_mut().for_each(|x| *x /= size);
    }
    sums
}

/// A cluster that lost its points starts again at the point that is worst off.
fn fill_empty(points: &Points, clustering: &Clustering, centres: &mut [Vec<f64>]) {
    if points.dimension == 0 || centres.iter().all(|centre| !centre.is_empty()) {
        return;
    }
    let mut squares = clustering.squares.clone();
    for index in 0..centres.len() {
        if centres[index].is_empty() {
            let Some(farthest) = farthest(&squares) else {
                centres[index] = clustering.centres[index].clone();
                continue;
            };
            let (point, _) = points.get(farthest);
            centres[index] = point.to_vec();
            for (square, (other, _)) in squares.iter_mut().zip(points.iter()) {
                *square = squared_distance(point, other).min(*square);
            }
        }
    }
}

/// Clusters that no point is in are none: points may be too near one another to be told apart.
fn without_empty(mut clustering: Clustering) -> Clustering {
    let mut used = vec![false; clustering.centres.len()];
    clustering.labels.iter().for_each(|label| used[*label] = true);
    let mut new = Vec::with_capacity(used.len());
    let mut next = 0;
    for used in &used {
        new.push(next);
        next += usize::from(*used);
    }
    clustering.labels.iter_mut().for_each(|label| *label = new[*label]);
    let mut used = used.into_iter();
    clustering.centres.retain(|_| used.next().unwrap_or(true));
    clustering
}

/// The mean silhouette over the rows of each clustering of the same points: from −1, where rows are nearer to another cluster than to their
/// own, to 1, where clusters are points. A row that is alone in its cluster counts 0, and so does everything where there is one cluster.
#[must_use]
pub fn silhouettes(points: &Points, clusterings: &[Clustering]) -> Vec<f64> {
    let rows: f64 = points.weights.iter().sum();
    let sizes: Vec<Vec<f64>> = clusterings.iter().map(|clustering| sizes(points, clustering)).collect();
    let mut totals = vec![0.0; clusterings.len()];
    for (index, (point, weight)) in points.iter().enumerate() {
        let distances: Vec<f64> = points.iter().map(|(other, rows)| squared_distance(point, other).sqrt() * rows).collect();
        for ((clustering, sizes), total) in clusterings.iter().zip(&sizes).zip(&mut totals) {
            let mut sums = vec![0.0; sizes.len()];
            distances.iter().zip(&clustering.labels).for_each(|(distance, label)| sums[*label] += distance);
            *total += silhouette(&sums, sizes, clustering.labels[index]) * weight;
        }
    }
    totals.into_iter().map(|total| total / rows).collect()
}

/// The silhouette of a row in cluster `own`, from its distances to the rows of each cluster, summed.
fn silhouette(sums: &[f64], sizes: &[f64], own: usize) -> f64 {
    if sizes[own] <= 1.0 || sizes.len() < 2 {
        return 0.0;
    }
    let inside = sums[own] / (sizes[own] - 1.0);
    let others = sums.iter().zip(sizes).enumerate().filter(|(label, _)| *label != own);
    let outside = others.map(|(_, (sum, size))| sum / size).fold(f64::INFINITY, f64::min);
    let larger = inside.max(outside);
    if larger > 0.0 { (outside - inside) / larger } else { 0.0 }
}

/// The rows of each cluster.
#[must_use]
pub fn sizes(points: &Points, clustering: &Clustering) -> Vec<f64> {
    let mut sizes = vec![0.0; clustering.centres.len()];
    clustering.labels.iter().zip(&points.weights).for_each(|(label, weight)| sizes[*label] += weight);
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> Points {
        let mut line = Points::new(1);
        points.iter().for_each(|(x, weight)| line.push(&[*x], *weight));
        line
    }

    /// Two rows at 0, one at 1, two at 10: centres 1/3 and 10, inertia 2/9 + 4/9. Silhouettes by hand: at 0, a = 1/2, b = 10; at 1, a = 1,
    /// b = 9; at 10, a = 0, hence 1.
    #[test]
    fn two_clusters_by_hand() {
        let points = line(&[(0.0, 2.0), (1.0, 1.0), (10.0, 2.0)]);
        let found = clusters(&points, 2);
        assert!((found.inertia - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(found.labels[0], found.labels[1]);
        assert_ne!(found.labels[0], found.labels[2]);
        let expected = (2.0 * 0.95 + 8.0 / 9.0 + 2.0) / 5.0;
        assert!((silhouettes(&points, &[found])[0] - expected).abs() < 1e-12);
    }

    /// The second centre gets no point, and starts again at the farthest one, 9.
    #[test]
    fn an_empty_cluster_starts_again() {
        let points = line(&[(0.0, 1.0), (1.0, 1.0), (9.0, 1.0)]);
        let found = search(&points, vec![vec![2.0], vec![1e6]]);
        assert_eq!(found.labels, [0, 0, 1]);
        assert_eq!(found.centres, [[0.5], [9.0]]);
    }

    #[test]
    fn no_more_clusters_than_points() {
        let points = line(&[(0.0, 5.0), (1.0, 1.0)]);
        let found = clusters(&points, 4);
        assert_eq!((found.centres.len(), found.inertia), (2, 0.0));
        let mut without_coordinates = Points::new(0);
        without_coordinates.push(&[], 3.0);
        assert_eq!(clusters(&without_coordinates, 3).labels, [0]);
    }

    #[test]
    fn the_farthest_points_complete_the_centres() {
        let points = line(&[(0.0, 1.0), (1.0, 1.0), (9.0, 1.0)]);
        let mut centres = vec![vec![0.0]];
        complete(&points, &mut centres, 5);
        assert_eq!(centres, [[0.0], [9.0], [1.0]]);
    }
}
