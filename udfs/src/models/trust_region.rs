//! Minimisation of a smooth function of a few variables by Newton's method in a trust region.
//!
//! The sub-problem is solved exactly by the eigenvalues of the Hessian (Moré and Sorensen 1983, "Computing a trust
//! region step"), so that saddles and flat directions far from the minimum need no special treatment. A quasi-Newton
//! method was rejected: with four variables and an analytic Hessian, Newton's ends in a third of the evaluations.

use crate::stopped::is_stopped;

/// A function's value with its derivatives at one point.
#[derive(Debug, Clone, Copy)]
pub struct Evaluation<const N: usize> {
    /// The value; not finite where the function is not defined.
    pub value: f64,
    /// First derivatives.
    pub gradient: [f64; N],
    /// Second derivatives, symmetric.
    pub hessian: [[f64; N]; N],
}

impl<const N: usize> Evaluation<N> {
    /// The largest absolute value in the gradient.
    #[must_use]
    pub fn slope(&self) -> f64 {
        self.gradient.iter().fold(0.0, |largest, g| f64::max(largest, g.abs()))
    }
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest slope at which a point counts as a stationary one.
    pub slope_max: f64,
    /// Evaluations of the function.
    pub evaluations_max: usize,
    /// Length of a step.
    pub radius_max: f64,
    /// Absolute value of a variable: a search that gets there is on its way to infinity.
    pub variable_max: f64,
}

/// Why the search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The slope is within the limit.
    Stationary,
    /// No step lowers the value by more than rounding, but the slope is above the limit.
    Stalled,
    /// A variable has left the limits: there is no minimum, or it is at infinity.
    Escaped,
    /// The limit of evaluations was reached, or nobody waits any more.
    Exhausted,
}

/// Where the search ended.
#[derive(Debug, Clone, Copy)]
pub struct Minimum<const N: usize> {
    /// The point with the lowest value found.
    pub point: [f64; N],
    /// The function there.
    pub evaluation: Evaluation<N>,
    /// Evaluations used.
    pub evaluations: usize,
    /// Why the search ended.
    pub stop: Stop,
}

/// Minimises `function` from `start`.
pub fn minimise<const N: usize>(
    mut function: impl FnMut(&[f64; N]) -> Evaluation<N>,
    start: [f64; N],
    limits: Limits,
) -> Minimum<N> {
    let mut point = start;
    let mut here = function(&point);
    let mut evaluations = 1;
    let mut radius: f64 = 1.0;
    let mut spectrum = Spectrum::new(&here.hessian);
    let stop = loop {
        if here.slope() <= limits.slope_max {
            break Stop::Stationary;
        }
        if point.iter().any(|x| x.abs() > limits.variable_max) {
            break Stop::Escaped;
        }
        if evaluations >= limits.evaluations_max || is_stopped() {
            break Stop::Exhausted;
        }
        if radius < 1e-12 || !here.value.is_finite() {
            break Stop::Stalled;
        }
        let (step, gain_expected) = spectrum.step(&here.gradient, radius);
        let length = norm(&step);
        let mut next = point;
        next.iter_mut().zip(step).for_each(|(x, s)| *x += s);
        let there = function(&next);
        evaluations += 1;

        // Below the rounding of the value only the slope can tell whether the step was a good one.
        let by_slope = gain_expected <= 1e-14 * here.value.abs().max(1.0);
        let ratio = if !there.value.is_finite() || !there.slope().is_finite() {
            -1.0
        } else if by_slope {
            if there.slope() < here.slope() { 1.0 } else { -1.0 }
        } else {
            (here.value - there.value) / gain_expected
        };
        if ratio < 0.25 {
            radius = 0.25 * length;
        } else if ratio > 0.75 && length > 0.9 * radius {
            radius = (2.0 * radius).min(limits.radius_max);
        }
        if ratio > 1e-4 {
            point = next;
            here = there;
            spectrum = Spectrum::new(&here.hessian);
        } else if by_slope {
            break Stop::Stalled;
        }
    };
    Minimum { point, evaluation: here, evaluations, stop }
}

/// Eigenvalues and eigenvectors of a symmetric matrix.
#[derive(Debug, Clone, Copy)]
pub struct Spectrum<const N: usize> {
    /// Eigenvalues, in no order.
    pub values: [f64; N],
    /// `vectors[k]` belongs to `values[k]`.
    pub vectors: [[f64; N]; N],
}

impl<const N: usize> Spectrum<N> {
    /// Jacobi's rotations: exact to rounding for the small matrices here.
    #[must_use]
    pub fn new(matrix: &[[f64; N]; N]) -> Self {
        let mut m = *matrix;
        let mut vectors = [[0.0; N]; N];
        (0..N).for_each(|k| vectors[k][k] = 1.0);
        for _sweep in 0..60 {
            let outside: f64 = (0..N).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| m[i][j] * m[i][j]).sum();
            let inside: f64 = (0..N).map(|k| m[k][k] * m[k][k]).sum();
            if outside <= 1e-34 * inside || !outside.is_finite() {
                break;
            }
            for i in 1..N {
                for j in 0..i {
                    rotate(&mut m, &mut vectors, j, i);
                }
            }
        }
        let mut values = [0.0; N];
        (0..N).for_each(|k| values[k] = m[k][k]);
        Self { values, vectors }
    }

    /// The smallest eigenvalue.
    #[must_use]
    pub fn smallest(&self) -> f64 {
        self.values.iter().fold(f64::INFINITY, |least, v| least.min(*v))
    }

    /// The diagonal of the inverse matrix; infinite where the matrix is singular.
    #[must_use]
    pub fn inverse_diagonal(&self) -> [f64; N] {
        let mut diagonal = [0.0; N];
        for (value, vector) in self.values.iter().zip(&self.vectors) {
            diagonal.iter_mut().zip(vector).for_each(|(d, v)| *d += v * v / value);
        }
        diagonal
    }

    /// The step within `radius` that lowers the quadratic model most, and by how much.
    fn step(&self, gradient: &[f64; N], radius: f64) -> ([f64; N], f64) {
        let mut slopes = [0.0; N];
        (0..N).for_each(|k| slopes[k] = dot(&self.vectors[k], gradient));
        let coordinates = self.coordinates(&slopes, radius);
        let mut step = [0.0; N];
        let mut gain = 0.0;
        for k in 0..N {
            gain -= coordinates[k] * (slopes[k] + 0.5 * self.values[k] * coordinates[k]);
            (0..N).for_each(|i| step[i] += coordinates[k] * self.vectors[k][i]);
        }
        (step, gain)
    }

    /// The step in the coordinates of the eigenvectors: −slope / (value + shift) with the least shift that fits.
    fn coordinates(&self, slopes: &[f64; N], radius: f64) -> [f64; N] {
        let shifted = |shift: f64| {
            let mut coordinates = [0.0; N];
            (0..N).for_each(|k| coordinates[k] = -slopes[k] / (self.values[k] + shift));
            coordinates
        };
        let smallest = self.smallest();
        let scale = self.values.iter().fold(1e-300, |largest, v| f64::max(largest, v.abs()));
        let positive = smallest > 1e-14 * scale;
        if positive && norm(&shifted(0.0)) <= radius {
            return shifted(0.0);
        }
        let mut low = if positive { 0.0 } else { -smallest + 1e-12 * scale };
        let mut coordinates = shifted(low);
        let short = radius - norm(&coordinates);
        if short > 0.0 {
            // The gradient says nothing about the direction of negative curvature: go along it to the edge.
            if let Some(k) = (0..N).find(|&k| self.values[k] <= smallest) {
                coordinates[k] += if slopes[k] > 0.0 { -short } else { short };
            }
            return coordinates;
        }
        let mut high = low + norm(slopes) / radius + scale;
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if norm(&shifted(middle)) > radius {
                low = middle;
            } else {
                high = middle;
            }
        }
        shifted(high)
    }
}

/// One rotation of Jacobi's that makes `m[i][j]` zero.
fn rotate<const N: usize>(m: &mut [[f64; N]; N], vectors: &mut [[f64; N]; N], i: usize, j: usize) {
    if m[i][j] == 0.0 {
        return;
    }
    let angle = 0.5 * (m[j][j] - m[i][i]) / m[i][j];
    let tangent = angle.signum() / (angle.abs() + angle.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for k in 0..N {
        let (left, right) = (m[k][i], m[k][j]);
        m[k][i] = cosine * left - sine * right;
        m[k][j] = sine * left + cosine * right;
    }
    for k in 0..N {
        let (left, right) = (m[i][k], m[j][k]);
        m[i][k] = cosine * left - sine * right;
        m[j][k] = sine * left + cosine * right;
        let (left, right) = (vectors[i][k], vectors[j][k]);
        vectors[i][k] = cosine * left - sine * right;
        vectors[j][k] = sine * left + cosine * right;
    }
}

fn dot<const N: usize>(left: &[f64; N], right: &[f64; N]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

fn norm<const N: usize>(vector: &[f64; N]) -> f64 {
    dot(vector, vector).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { slope_max: 1e-10, evaluations_max: 200, radius_max: 4.0, variable_max: 100.0 };

    /// Rosenbrock's function has its minimum, 0, at (1, 1) at the end of a curved valley.
    fn rosenbrock(p: &[f64; 2]) -> Evaluation<2> {
        let (x, y) = (p[0], p[1]);
        let valley = y - x * x;
        Evaluation {
            value: (1.0 - x).powi(2) + 100.0 * valley * valley,
            gradient: [-2.0 * (1.0 - x) - 400.0 * x * valley, 200.0 * valley],
            hessian: [[2.0 - 400.0 * (valley - 2.0 * x * x), -400.0 * x], [-400.0 * x, 200.0]],
        }
    }

    #[test]
    fn finds_the_end_of_a_curved_valley() {
        let minimum = minimise(rosenbrock, [-1.2, 1.0], LIMITS);
        assert_eq!(minimum.stop, Stop::Stationary);
        assert!((minimum.point[0] - 1.0).abs() < 1e-9 && (minimum.point[1] - 1.0).abs() < 1e-9);
    }

    #[test]
    fn leaves_a_saddle_on_its_own() {
        // x² − y² + y⁴ has a saddle at 0 and minima at y = ±1/√2; the start is on the ridge but for rounding.
        let function = |p: &[f64; 2]| Evaluation {
            value: p[0] * p[0] - p[1] * p[1] + p[1].powi(4),
            gradient: [2.0 * p[0], -2.0 * p[1] + 4.0 * p[1].powi(3)],
            hessian: [[2.0, 0.0], [0.0, -2.0 + 12.0 * p[1] * p[1]]],
        };
        let minimum = minimise(function, [1.0, 0.0], LIMITS);
        assert_eq!(minimum.stop, Stop::Stationary);
        assert!((minimum.point[1].abs() - 0.5_f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn says_when_the_evaluations_are_used_up() {
        let minimum = minimise(rosenbrock, [-1.2, 1.0], Limits { evaluations_max: 3, ..LIMITS });
        assert_eq!((minimum.stop, minimum.evaluations), (Stop::Exhausted, 3));
    }

    /// Expected: the tridiagonal matrix of 2 and −1 has the eigenvalues 2 − 2 cos(kπ/4).
    #[test]
    fn eigenvalues_of_a_tridiagonal_matrix() {
        let spectrum = Spectrum::new(&[[2.0, -1.0, 0.0], [-1.0, 2.0, -1.0], [0.0, -1.0, 2.0]]);
        let mut values = spectrum.values;
        values.sort_by(f64::total_cmp);
        for (k, value) in values.into_iter().enumerate() {
            let expected = 2.0 - 2.0 * ((k + 1) as f64 * std::f64::consts::FRAC_PI_4).cos();
            assert!((value - expected).abs() < 1e-14);
        }
        // Expected: the inverse of the same matrix has the diagonal 3/4, 1, 3/4.
        for (actual, expected) in spectrum.inverse_diagonal().into_iter().zip([0.75, 1.0, 0.75]) {
            assert!((actual - expected).abs() < 1e-14);
        }
    }
}
