//! The logarithm of a sum of functions, with its derivatives from those of their logarithms.

use super::trust_region::Evaluation;

/// Σ w f, where each f is known by the derivatives of ln f; only the lower triangle of the Hessian is kept.
#[derive(Debug, Clone, Copy)]
pub struct Mixture<const N: usize> {
    sum: f64,
    first: [f64; N],
    second: [[f64; N]; N],
}

impl<const N: usize> Default for Mixture<N> {
    fn default() -> Self {
        Self { sum: 0.0, first: [0.0; N], second: [[0.0; N]; N] }
    }
}

impl<const N: usize> Mixture<N> {
    /// Adds a function whose value here is `weight`, with the first and second derivatives of its logarithm.
    pub fn add(&mut self, weight: f64, first: &[f64; N], second: &[[f64; N]; N]) {
        self.sum += weight;
        for i in 0..N {
            self.first[i] += weight * first[i];
            for j in 0..=i {
                self.second[i][j] += weight * (second[i][j] + first[i] * first[j]);
            }
        }
    }

    /// Adds n times the logarithm of the sum, and its derivatives, to the value, gradient and lower triangle of `total`.
    pub fn add_log_to(&self, total: &mut Evaluation<N>, n: f64) {
        total.value += n * self.sum.ln();
        for i in 0..N {
            let first = self.first[i] / self.sum;
            total.gradient[i] += n * first;
            for j in 0..=i {
                total.hessian[i][j] += n * (self.second[i][j] / self.sum - first * (self.first[j] / self.sum));
            }
        }
    }
}

/// Completes a symmetric matrix from its lower triangle.
pub fn mirror<const N: usize>(matrix: &mut [[f64; N]; N]) {
    for i in 0..N {
        for j in 0..i {
            matrix[j][i] = matrix[i][j];
        }
    }
}

/// Nothing, to add to.
#[must_use]
pub fn nothing<const N: usize>() -> Evaluation<N> {
    Evaluation { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] }
}

#[cfg(test)]
pub(super) mod tests {
    use super::Evaluation;

    /// The derivatives of a function at a point are the differences of its values and of its gradients.
    pub(in crate::models) fn check_derivatives<const N: usize>(function: impl Fn(&[f64; N]) -> Evaluation<N>, point: [f64; N]) {
        let here = function(&point);
        for i in 0..N {
            let step = 1e-5 * point[i];
            let (mut low, mut high) = (point, point);
            low[i] -= step;
            high[i] += step;
            let (low, high) = (function(&low), function(&high));
            let close = |what: &str, actual: f64, difference: f64, scale: f64| {
                let expected = difference / (2.0 * step);
                assert!(
                    (actual - expected).abs() < 1e-6 * (scale + expected.abs()),
                    "{what} {i} at {point:?}: {actual} is not {expected}"
                );
            };
            close("gradient", here.gradient[i], high.value - low.value, here.value.abs());
            for j in 0..N {
                close("hessian", here.hessian[i][j], high.gradient[j] - low.gradient[j], here.gradient[j].abs());
            }
        }
    }
}
