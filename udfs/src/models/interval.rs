//! How certain a number is that depends on fitted parameters: the delta method in logarithms.
//!
//! The variance of ln f(θ) is gᵀ Σ g, with the gradient g in the logarithms of the parameters and their covariance Σ = Σ_k v_k v_kᵀ; along
//! each v_k a central difference gives gᵀ v_k. Source: Casella and Berger 2002, "Statistical Inference", section 5.5.4; the covariance is the
//! inverse of the observed information (Efron and Hinkley 1978).

/// Part of a standard error that a difference is taken over.
const STEP: f64 = 1e-2;

/// The parameters moved along each v_k, forth and back.
#[must_use]
pub fn moved(parameters: &[f64], spread: &[Vec<f64>]) -> Vec<[Vec<f64>; 2]> {
    let along = |v: &Vec<f64>, step: f64| parameters.iter().zip(v).map(|(p, v)| p * (step * v).exp()).collect();
    spread.iter().map(|v| [along(v, STEP), along(v, -STEP)]).collect()
}

/// gᵀ v_k from f at the parameters that are moved along v_k; `None` where f is not positive and finite.
#[must_use]
pub fn slope([forth, back]: [Option<f64>; 2]) -> Option<f64> {
    let log = |value: Option<f64>| value.filter(|value| *value > 0.0 && value.is_finite()).map(f64::ln);
    Some((log(forth)? - log(back)?) / (2.0 * STEP))
}

/// The standard error of ln f from its slopes along all v_k.
pub fn error_of(slopes: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    slopes.map(|slope| slope.map(|s| s * s)).sum::<Option<f64>>().map(f64::sqrt)
}

/// The standard error of ln f at the parameters; `None` where f is not positive and finite.
pub fn log_error(parameters: &[f64], spread: &[Vec<f64>], f: impl Fn(&[f64]) -> Option<f64>) -> Option<f64> {
    error_of(moved(parameters, spread).iter().map(|[forth, back]| slope([f(forth), f(back)])))
}

/// The 97.5 % point of the normal distribution.
pub const NORMAL_975: f64 = 1.959_963_984_540_054;

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: by hand. f = p² / q has the gradient (2, −1) in logarithms; with Σ = [[0.04, 0.01], [0.01, 0.09]] the variance is
    /// 4 · 0.04 − 4 · 0.01 + 0.09 = 0.21. The v_k are the columns of the Cholesky factor of Σ.
    #[test]
    fn the_delta_method_by_hand() {
        let spread = [vec![0.2, 0.05], vec![0.0, 0.0875_f64.sqrt()]];
        let error = log_error(&[3.0, 7.0], &spread, |p| Some(p[0] * p[0] / p[1])).unwrap();
        assert!((error - 0.21_f64.sqrt()).abs() < 1e-12, "{error}");
    }
}
