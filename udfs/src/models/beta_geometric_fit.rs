//! Maximum likelihood for BG/NBD and MBG/NBD.

use std::borrow::Cow;

use super::beta_geometric::{self, BGNBD, BetaGeometric, Dropout, MBGNBD};
use super::beta_geometric_likelihood::{Likelihood, PARAMETERS};
use super::fitted::Fitted;
use super::histories::{Histories, HistoryGroup};
use super::trust_region::{Evaluation, Limits, Minimum, Spectrum, Stop, minimise};

/// How a fit ended. Only a converged model is used for predictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FitStatus {
    /// The gradient vanishes at an inner maximum of the likelihood.
    Converged,
    /// There is no customer.
    NoData,
    /// No customer has a repeat purchase.
    NoRepeatPurchases,
    /// No customer has been observed for any time.
    NoTime,
    /// The likelihood rises until nobody leaves, or the data cannot tell the little drop-out found from none.
    NoDropout,
    /// The likelihood rises until everybody leaves at the first chance.
    CertainDropout,
    /// The likelihood rises until all customers have one drop-out probability.
    EqualDropout,
    /// The likelihood rises until a customer either leaves at once or never.
    ExtremeDropout,
    /// The likelihood rises until all customers have one purchase rate.
    EqualRates,
    /// The likelihood rises until some purchase without end and others never.
    ExtremeRates,
    /// The data do not determine the parameters.
    Flat,
    /// The limit of evaluations was reached.
    Exhausted,
}

impl FitStatus {
    /// The text in SQL.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::NoData => "no data",
            Self::NoRepeatPurchases => "no repeat purchases",
            Self::NoTime => "no time observed (every age is 0)",
            Self::NoDropout => "no drop-out (a/(a+b) -> 0)",
            Self::CertainDropout => "boundary: everyone drops out (a/(a+b) -> 1)",
            Self::EqualDropout => "boundary: equal drop-out probabilities (a, b -> infinity)",
            Self::ExtremeDropout => "boundary: drop-out at once or never (a, b -> 0)",
            Self::EqualRates => "boundary: equal purchase rates (r, alpha -> infinity)",
            Self::ExtremeRates => "boundary: purchase rates without limit (r or alpha -> 0)",
            Self::Flat => "flat likelihood",
            Self::Exhausted => "iterations exhausted",
        }
    }
}

/// The estimate, where there was something to estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The model with the estimated parameters, times in the unit of the data.
    pub model: BetaGeometric,
    /// Standard errors of r, α, a, b; only for a converged fit.
    pub standard_errors: Option<[f64; PARAMETERS]>,
    /// v_k with Σ v_k v_kᵀ = the covariance of the logarithms of the parameters; only for a converged fit.
    pub spread: Option<[[f64; PARAMETERS]; PARAMETERS]>,
    /// The log-likelihood of the data in their unit.
    pub log_likelihood: f64,
}

/// What a fit returns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Which model was asked for.
    pub dropout: Dropout,
    /// Customers in the data.
    pub customers: u64,
    /// The estimate; at a boundary it is the point where the search ended.
    pub estimate: Option<Estimate>,
    /// How it ended.
    pub status: FitStatus,
}

impl Fit {
    /// The model, if it may be used for predictions.
    #[must_use]
    pub fn model(&self) -> Option<BetaGeometric> {
        self.estimate.filter(|_| self.status == FitStatus::Converged).map(|estimate| estimate.model)
    }
}

impl From<&Fit> for Fitted {
    fn from(fit: &Fit) -> Self {
        let kind = match fit.dropout {
            Dropout::AfterRepeat => &BGNBD,
            Dropout::AfterFirst => &MBGNBD,
        };
        let parameters = |model: BetaGeometric| [model.r, model.alpha, model.a, model.b].to_vec();
        Self {
            model: kind.name,
            names: &beta_geometric::PARAMETERS,
            parameters: fit.estimate.map(|e| parameters(e.model)),
            standard_errors: fit.estimate.and_then(|e| e.standard_errors).map(|errors| errors.to_vec()),
            spread: fit.estimate.and_then(|e| e.spread).map(|spread| spread.map(|v| v.to_vec()).to_vec()),
            log_likelihood: fit.estimate.map(|e| e.log_likelihood),
            covariates: Vec::new(),
            customers: fit.customers,
            ignored: 0,
            status: Cow::Borrowed(fit.status.text()),
        }
    }
}

/// Slope per customer, in the logarithms of the parameters, at which a fit counts as converged.
const SLOPE_MAX: f64 = 1e-9;
/// A search that stalls above [`SLOPE_MAX`] because of rounding has still converged below this slope.
const SLOPE_STALLED_MAX: f64 = 1e-6;
/// e^30 = 10^13: the logarithms of parameters that mean something are far within.
const LIMITS: Limits = Limits { slope_max: SLOPE_MAX, evaluations_max: 200, radius_max: 4.0, variable_max: 30.0 };
/// The starts are compared on a part of the customers where there are more groups than this.
const PILOT_GROUPS: usize = 4_096;
/// Starting values of r and of the two shapes of the drop-out; α follows from the mean purchase rate.
pub(super) const STARTS: [[f64; 3]; 3] = [[0.5, 0.7, 2.0], [2.0, 0.2, 2.0], [0.2, 3.0, 9.0]];
/// A mean drop-out probability closer to 0 or 1 than this is a boundary.
pub(super) const MEAN_DROPOUT_MIN: f64 = 1e-5;
/// A smaller mean drop-out probability has to be better than none at all, by a likelihood-ratio test.
pub(super) const MEAN_DROPOUT_TESTED: f64 = 1e-2;
/// The 5 % point of that test, where no drop-out is the edge of the parameters: half a χ² with one degree of freedom
/// (Self and Liang 1987, "Asymptotic properties of maximum likelihood estimators under nonstandard conditions").
pub(super) const LIKELIHOOD_RATIO_MIN: f64 = 2.706;
/// ln a, with b = 1, that stands for no drop-out.
pub(super) const LOG_NO_DROPOUT: f64 = -35.0;
/// Shapes beyond this, or below its inverse, are a boundary.
const SHAPE_MAX: f64 = 1e4;
/// A standard error of a parameter's logarithm above this says that the parameter is not determined.
const LOG_ERROR_MAX: f64 = 20.0;

/// Fits the model to the histories. Equal sets of histories give equal results, to the last bit.
#[must_use]
pub fn fit(dropout: Dropout, histories: &mut Histories) -> Fit {
    let groups = histories.groups();
    let customers = groups.iter().map(|g| g.customers).sum();
    let without = |status| Fit { dropout, customers, estimate: None, status };
    let age_max = groups.iter().fold(0.0, |most, g| f64::max(most, g.history.age));
    if customers == 0 {
        return without(FitStatus::NoData);
    }
    if groups.iter().all(|g| g.history.frequency == 0.0) {
        return without(FitStatus::NoRepeatPurchases);
    }
    if age_max == 0.0 {
        return without(FitStatus::NoTime);
    }
    let likelihood = Likelihood::new(dropout, groups, age_max);
    let minimum = search(dropout, &likelihood, groups, age_max);
    let logs = minimum.point;
    let [r, alpha, a, b] = logs.map(f64::exp);
    let model = BetaGeometric { dropout, r, alpha: alpha * age_max, a, b };
    // Times in units of the largest age multiply the density of x purchase times by age_max^x.
    let purchases: f64 = groups.iter().map(|g| g.customers as f64 * g.history.frequency).sum();
    let log_likelihood = -minimum.evaluation.value * customers as f64 - purchases * age_max.ln();
    let log_errors = log_errors(&minimum, customers);
    let mut status = status(&minimum, &model, &log_errors);
    if status == FitStatus::Converged && model.a / (model.a + model.b) < MEAN_DROPOUT_TESTED {
        let gain = without_dropout(&likelihood, logs) - minimum.evaluation.value;
        if 2.0 * gain * (customers as f64) < LIKELIHOOD_RATIO_MIN {
            status = FitStatus::NoDropout;
        }
    }
    let usable = [model.r, model.alpha, model.a, model.b, log_likelihood].iter().all(|v| v.is_finite());
    let standard_errors = (status == FitStatus::Converged).then(|| {
        // The delta method: se(p) = p · se(ln p).
        let [se_r, se_alpha, se_a, se_b] = log_errors;
        [se_r * model.r, se_alpha * model.alpha, se_a * model.a, se_b * model.b]
    });
    let spread = (status == FitStatus::Converged).then(|| {
        let spectrum = Spectrum::new(&minimum.evaluation.hessian);
        let mut spread = spectrum.vectors;
        spread.iter_mut().zip(spectrum.values).for_each(|(vector, value)| {
            vector.iter_mut().for_each(|v| *v /= (value * customers as f64).sqrt());
        });
        spread
    });
    let estimate = usable.then_some(Estimate { model, standard_errors, spread, log_likelihood });
    Fit { dropout, customers, estimate, status: if usable { status } else { FitStatus::Exhausted } }
}

/// The best point from several starts; with many groups the starts run on every n-th of them.
fn search(dropout: Dropout, likelihood: &Likelihood, groups: &[HistoryGroup], age_max: f64) -> Minimum<PARAMETERS> {
    let purchases: f64 = groups.iter().map(|g| g.customers as f64 * g.history.frequency).sum();
    let time: f64 = groups.iter().map(|g| g.customers as f64 * g.history.age).sum();
    // Customers who leave purchase for a part of their age only, so the rate while there is higher than the mean.
    let rate = 2.0 * purchases * age_max / time;
    let starts = STARTS.map(|[r, a, b]| [r, r / rate, a, b].map(f64::ln));
    let best = |likelihood: &Likelihood, starts: &[[f64; PARAMETERS]]| {
        starts
            .iter()
            .map(|start| minimise(|logs| likelihood.cost(logs), *start, LIMITS))
            .reduce(|best, next| if next.evaluation.value < best.evaluation.value { next } else { best })
    };
    let from_pilot = (groups.len() > 2 * PILOT_GROUPS).then(|| {
        let stride = groups.len() / PILOT_GROUPS;
        let sample: Vec<HistoryGroup> = groups.iter().copied().step_by(stride).collect();
        best(&Likelihood::new(dropout, &sample, age_max), &starts)
    });
    let start = from_pilot.flatten().map(|pilot| pilot.point);
    let from = start.as_ref().map_or(starts.as_slice(), std::slice::from_ref);
    best(likelihood, from).unwrap_or_else(|| minimise(|logs| likelihood.cost(logs), starts[0], LIMITS))
}

/// The least cost where nobody leaves: the negative binomial distribution, with r and α free.
fn without_dropout(likelihood: &Likelihood, logs: [f64; PARAMETERS]) -> f64 {
    let cost = |[r, alpha]: &[f64; 2]| {
        let Evaluation { value, gradient, hessian } = likelihood.cost(&[*r, *alpha, LOG_NO_DROPOUT, 0.0]);
        let [g_r, g_alpha, ..] = gradient;
        let [[h_r, h_r_alpha, ..], [_, h_alpha, ..], ..] = hessian;
        Evaluation { value, gradient: [g_r, g_alpha], hessian: [[h_r, h_r_alpha], [h_r_alpha, h_alpha]] }
    };
    let [r, alpha, ..] = logs;
    minimise(cost, [r, alpha], LIMITS).evaluation.value
}

/// Standard errors of the logarithms of the parameters; infinite or NaN where the Hessian is not positive definite.
fn log_errors(minimum: &Minimum<PARAMETERS>, customers: u64) -> [f64; PARAMETERS] {
    let spectrum = Spectrum::new(&minimum.evaluation.hessian);
    if spectrum.smallest() > 0.0 {
        spectrum.inverse_diagonal().map(|variance| (variance / customers as f64).sqrt())
    } else {
        [f64::INFINITY; PARAMETERS]
    }
}

/// The boundary of the parameters at which a search ended, if it was one.
pub(super) fn boundary(model: &BetaGeometric) -> Option<FitStatus> {
    let mean_dropout = model.a / (model.a + model.b);
    if mean_dropout < MEAN_DROPOUT_MIN {
        Some(FitStatus::NoDropout)
    } else if mean_dropout > 1.0 - MEAN_DROPOUT_MIN {
        Some(FitStatus::CertainDropout)
    } else if model.a + model.b > SHAPE_MAX {
        Some(FitStatus::EqualDropout)
    } else if model.a + model.b < 1.0 / SHAPE_MAX {
        Some(FitStatus::ExtremeDropout)
    } else if model.r > SHAPE_MAX {
        Some(FitStatus::EqualRates)
    } else if model.r < 1.0 / SHAPE_MAX {
        Some(FitStatus::ExtremeRates)
    } else {
        None
    }
}

fn status(minimum: &Minimum<PARAMETERS>, model: &BetaGeometric, log_errors: &[f64; PARAMETERS]) -> FitStatus {
    if let Some(boundary) = boundary(model) {
        boundary
    } else if minimum.stop == Stop::Escaped {
        FitStatus::ExtremeRates
    } else if minimum.stop == Stop::Exhausted {
        FitStatus::Exhausted
    } else if minimum.evaluation.slope() > SLOPE_STALLED_MAX || !log_errors.iter().all(|e| *e < LOG_ERROR_MAX) {
        FitStatus::Flat
    } else {
        FitStatus::Converged
    }
}
