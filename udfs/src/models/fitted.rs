//! What a fit returns, whatever the model, and the search that fits share.

use std::borrow::Cow;

use super::beta_geometric_fit::FitStatus;
use super::trust_region::{Evaluation, Limits, Minimum, Spectrum, Stop, minimise};

/// The status of a fit that predictions use.
pub const CONVERGED: &str = "converged";

/// The name of a model and those of its parameters, as SQL knows them.
pub type Names = (&'static str, &'static [&'static str]);

/// What a covariate does to the processes of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// Its name.
    pub name: String,
    /// Its coefficients in the order of the model's processes, per unit of the covariate; only where parameters were estimated.
    pub coefficients: Option<Vec<f64>>,
    /// Their standard errors; only for a converged fit.
    pub standard_errors: Option<Vec<f64>>,
}

/// What a fit comes down to.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The model's name in SQL.
    pub model: &'static str,
    /// The published names of the parameters.
    pub names: &'static [&'static str],
    /// The estimate in the order of the names; at a boundary it is the point where the search ended.
    pub parameters: Option<Vec<f64>>,
    /// Standard errors in the same order; only for a converged fit. NaN for a parameter that has none.
    pub standard_errors: Option<Vec<f64>>,
    /// Their uncertainty as a whole, for a converged fit: v_k with Σ v_k v_kᵀ = the covariance of the logarithms of the parameters,
    /// and behind these of the coefficients of each process in turn.
    pub spread: Option<Vec<Vec<f64>>>,
    /// The log-likelihood of the data in their unit.
    pub log_likelihood: Option<f64>,
    /// How the parameters change with covariates; empty for a fit without them.
    pub covariates: Vec<Covariate>,
    /// Customers that the fit rests on.
    pub customers: u64,
    /// Customers that the model says nothing of.
    pub ignored: u64,
    /// 'converged', or why not.
    pub status: Cow<'static, str>,
}

impl Fitted {
    /// A fit that found nothing to fit.
    #[must_use]
    pub fn without((model, names): Names, customers: u64, status: &'static str) -> Self {
        let status = Cow::Borrowed(status);
        Self {
            model,
            names,
            parameters: None,
            standard_errors: None,
            spread: None,
            log_likelihood: None,
            covariates: Vec::new(),
            customers,
            ignored: 0,
            status,
        }
    }

    /// Akaike's criterion: twice the number of parameters, coefficients among them, less twice the log-likelihood.
    #[must_use]
    pub fn aic(&self) -> Option<f64> {
        let coefficients: usize = self.covariates.iter().filter_map(|c| c.coefficients.as_ref()).map(Vec::len).sum();
        self.log_likelihood.map(|value| 2.0 * (self.names.len() + coefficients) as f64 - 2.0 * value)
    }

    /// Whether predictions may use it.
    #[must_use]
    pub fn is_converged(&self) -> bool {
        self.status == CONVERGED
    }

    /// The parameters, if predictions may use them.
    #[must_use]
    pub fn usable(&self) -> Option<&[f64]> {
        self.parameters.as_deref().filter(|_| self.is_converged())
    }
}

/// Slope per customer, in the logarithms of the parameters, at which a fit counts as converged.
const SLOPE_MAX: f64 = 1e-9;
/// A search that stalls above [`SLOPE_MAX`] because of rounding, or gets no further within its limits, has still converged below this slope.
pub(super) const SLOPE_STALLED_MAX: f64 = 1e-6;
/// Slope at which starts are compared.
const SLOPE_ROUGH: f64 = 1e-3;
/// e^30 = 10^13: the logarithms of parameters that mean something are far within.
const LIMITS: Limits = Limits { slope_max: SLOPE_MAX, evaluations_max: 200, radius_max: 4.0, variable_max: 30.0 };
/// ln 10^5: where times and amounts are about 1, parameters beyond this, or below its inverse, are a boundary.
pub(super) const LOG_PARAMETER_MAX: f64 = 11.5;
/// A standard error of a parameter's logarithm above this says that the parameter is not determined.
pub(super) const LOG_ERROR_MAX: f64 = 20.0;

/// The log-likelihood as a function of the parameters, made a cost of their logarithms: per customer, to be minimised.
#[must_use]
pub fn in_logs<const N: usize>(mut total: Evaluation<N>, parameters: &[f64; N], customers: f64) -> Evaluation<N> {
    total.value /= -customers;
    for i in 0..N {
        total.gradient[i] *= -parameters[i] / customers;
        for j in 0..N {
            total.hessian[i][j] *= -parameters[i] * parameters[j] / customers;
        }
        total.hessian[i][i] += total.gradient[i];
    }
    total
}

/// The lowest of the minima from several starts, all in logarithms.
pub fn best_of<const N: usize>(cost: impl Fn(&[f64; N]) -> Evaluation<N>, starts: &[[f64; N]]) -> Option<Minimum<N>> {
    // Only the best is worth the last digits.
    let rough = |start: &[f64; N]| minimise(&cost, *start, Limits { slope_max: SLOPE_ROUGH, ..LIMITS });
    let best =
        starts.iter().map(rough).reduce(|best, next| if next.evaluation.value < best.evaluation.value { next } else { best });
    best.map(|best| minimise(&cost, best.point, LIMITS))
}

/// Standard errors of the logarithms of the parameters; infinite where the Hessian is not positive definite.
#[must_use]
pub fn log_errors<const N: usize>(minimum: &Minimum<N>, customers: f64) -> [f64; N] {
    let spectrum = Spectrum::new(&minimum.evaluation.hessian);
    if spectrum.smallest() > 0.0 {
        spectrum.inverse_diagonal().map(|variance| (variance / customers).sqrt())
    } else {
        [f64::INFINITY; N]
    }
}

/// v_k with Σ v_k v_kᵀ = the inverse of the Hessian of all customers, which is the covariance.
#[must_use]
pub fn spread<const N: usize>(minimum: &Minimum<N>, customers: f64) -> Vec<Vec<f64>> {
    let spectrum = Spectrum::new(&minimum.evaluation.hessian);
    let scaled = |(value, vector): (&f64, &[f64; N])| vector.iter().map(|v| v / (value * customers).sqrt()).collect();
    spectrum.values.iter().zip(&spectrum.vectors).map(scaled).collect()
}

/// How a search ended, as far as that can be told without knowing the model; times and amounts must be about 1.
#[must_use]
pub fn status<const N: usize>(minimum: &Minimum<N>, names: &[&str], customers: f64) -> Cow<'static, str> {
    let at_edge = |(value, name): (&f64, &&str)| {
        let limit = if *value > 0.0 { "infinity" } else { "0" };
        (value.abs() > LOG_PARAMETER_MAX).then(|| Cow::Owned(format!("boundary: {name} -> {limit}")))
    };
    if let Some(edge) = minimum.point.iter().zip(names).find_map(at_edge) {
        edge
    } else if minimum.stop == Stop::Exhausted && minimum.evaluation.slope() > SLOPE_STALLED_MAX {
        Cow::Borrowed(FitStatus::Exhausted.text())
    } else if minimum.evaluation.slope() > SLOPE_STALLED_MAX || !log_errors(minimum, customers).iter().all(|e| *e < LOG_ERROR_MAX)
    {
        Cow::Borrowed(FitStatus::Flat.text())
    } else {
        Cow::Borrowed(CONVERGED)
    }
}

/// The estimate of a search whose variables are logarithms; `units` multiply the parameters back into the unit of the data.
#[must_use]
pub fn estimate<const N: usize>(
    names: Names,
    minimum: &Minimum<N>,
    units: [f64; N],
    log_likelihood: f64,
    customers: u64,
    status: Cow<'static, str>,
) -> Fitted {
    let mut parameters = minimum.point.map(f64::exp);
    parameters.iter_mut().zip(units).for_each(|(p, unit)| *p *= unit);
    if !log_likelihood.is_finite() || !parameters.iter().all(|p| p.is_finite() && *p > 0.0) {
        return Fitted::without(names, customers, FitStatus::Exhausted.text());
    }
    let standard_errors = (status == CONVERGED).then(|| {
        // The delta method: se(p) = p · se(ln p).
        log_errors(minimum, customers as f64).iter().zip(parameters).map(|(error, p)| error * p).collect()
    });
    let spread = (status == CONVERGED).then(|| spread(minimum, customers as f64));
    let (parameters, log_likelihood) = (Some(parameters.to_vec()), Some(log_likelihood));
    let ((model, names), covariates) = (names, Vec::new());
    Fitted { model, names, parameters, standard_errors, spread, log_likelihood, covariates, customers, ignored: 0, status }
}
