//! Maximum likelihood for Pareto/NBD and BG/NBD with covariates that do not change with time.
//!
//! A customer with covariates z has parameters of his own, Pareto/NBD α e^(−γ₁'z) and β e^(−γ₂'z), BG/NBD α e^(−γ₁'z), a e^(γ₂'z) and
//! b e^(γ₃'z), and the likelihood of the model without covariates. In the logarithms of the parameters they are linear, so that
//! gradient and Hessian are those of that model times the scaled covariates. The search runs on standardised covariates; what it
//! found is said per unit of the covariates as they were given.
//!
//! Source: Fader and Hardie 2007, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models", note 019.

use std::borrow::Cow;
use std::fmt;

use super::beta_geometric::{self, BetaGeometric, Dropout};
use super::beta_geometric_fit::{self as bgnbd, FitStatus};
use super::covariates::{COVARIATES_MAX, Cell, CovariateHistories, Scale, Unusable};
use super::fitted::{
    CONVERGED, Covariate, Fitted, LOG_ERROR_MAX, LOG_PARAMETER_MAX, SLOPE_STALLED_MAX, best_of, in_logs, log_errors, spread,
};
use super::histories::{Histories, HistoryGroup};
use super::mixture::{mirror, nothing};
use super::prediction::{Kind, Process};
use super::trust_region::{Evaluation, Minimum, Stop};
use super::{beta_geometric_likelihood, pareto_nbd, pareto_nbd_fit, pareto_nbd_likelihood};

/// Parameters without the coefficients.
const BASE: usize = 4;
/// Room for the parameters and the coefficients of three processes. What is not needed of it stays 0 in every search.
const VARIABLES: usize = BASE + 3 * COVARIATES_MAX;

/// The log-likelihood of customers who share their covariates, with derivatives in the parameters.
type Likelihood = Box<dyn Fn(&[f64; BASE]) -> Evaluation<BASE>>;

/// What a fit with covariates needs of a model. The first two parameters are those of the purchases, the others those of the drop-out;
/// its first process is the purchases.
pub struct Base {
    /// Its name, parameters and processes.
    pub kind: &'static Kind,
    /// The fit without covariates.
    fit: fn(&mut Histories) -> Fitted,
    likelihood: fn(&[HistoryGroup], f64) -> Likelihood,
    /// Which parameters are times.
    times: [bool; BASE],
    /// Starting values of the parameters but for the second.
    starts: [[f64; 3]; 3],
    /// The mean probability of leaving at these logarithms of the parameters.
    dropout: fn(&[f64; BASE]) -> f64,
    /// Below this there is none, and below the second it has to be better than none.
    dropout_limits: [f64; 2],
    /// The boundary at which these logarithms of the parameters are.
    boundary: fn(&[f64; BASE]) -> Option<Cow<'static, str>>,
    no_dropout: &'static str,
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Base").field("kind", self.kind).finish_non_exhaustive()
    }
}

/// BG/NBD with covariates.
pub static BGNBD: Base = Base {
    kind: &beta_geometric::BGNBD,
    fit: |histories| Fitted::from(&bgnbd::fit(Dropout::AfterRepeat, histories)),
    likelihood: |groups, age_max| {
        let likelihood = beta_geometric_likelihood::Likelihood::new(Dropout::AfterRepeat, groups, age_max);
        Box::new(move |parameters| likelihood.evaluate(parameters))
    },
    times: [false, true, false, false],
    starts: bgnbd::STARTS,
    dropout: |[_, _, a, b]| 1.0 / (1.0 + (b - a).exp()),
    dropout_limits: [bgnbd::MEAN_DROPOUT_MIN, bgnbd::MEAN_DROPOUT_TESTED],
    boundary: |logs| {
        let [r, alpha, a, b] = logs.map(f64::exp);
        let boundary = bgnbd::boundary(&BetaGeometric { dropout: Dropout::AfterRepeat, r, alpha, a, b });
        boundary.map(|status| Cow::Borrowed(status.text()))
    },
    no_dropout: "no drop-out (a/(a+b) -> 0)",
};

/// Pareto/NBD with covariates.
pub static PARETO_NBD: Base = Base {
    kind: &pareto_nbd::PARETO_NBD,
    fit: pareto_nbd_fit::fit,
    likelihood: |groups, age_max| {
        let likelihood = pareto_nbd_likelihood::Likelihood::new(groups, age_max);
        Box::new(move |parameters| likelihood.evaluate(parameters))
    },
    times: [false, true, false, true],
    starts: pareto_nbd_fit::STARTS,
    dropout: pareto_nbd_fit::leaving_within_one,
    dropout_limits: [pareto_nbd_fit::LEAVING_MIN, pareto_nbd_fit::LEAVING_TESTED],
    boundary: |logs| {
        let names = pareto_nbd::PARETO_NBD.parameters;
        let (value, name) = logs.iter().zip(names).find(|(value, _)| value.abs() > LOG_PARAMETER_MAX)?;
        let limit = if *value > 0.0 { "infinity" } else { "0" };
        Some(Cow::Owned(format!("boundary: {name} -> {limit}")))
    },
    no_dropout: pareto_nbd_fit::NO_DROPOUT,
};

/// Fits the model to customers with covariates of these names. Equal sets of customers give equal results, to the last bit.
#[must_use]
pub fn fit(base: &Base, customers: &mut CovariateHistories, names: &[String]) -> Fitted {
    let cells = customers.cells();
    let mut histories = Histories::default();
    cells.iter().flat_map(|cell| &cell.groups).for_each(|g| histories.add(g.history, g.customers));
    // Where there is nothing to fit without covariates there is nothing with them.
    let plain = (base.fit)(&mut histories);
    if plain.parameters.is_none() {
        return plain;
    }
    let scale = match Scale::of(&cells, names.len()) {
        Ok(scale) => scale,
        Err(unusable) => {
            let mut fitted = Fitted::without(base.kind.names(), plain.customers, "");
            fitted.status = Cow::Owned(text(&unusable, names));
            return fitted;
        }
    };
    let problem = Problem::new(base, &cells, scale, histories.groups());
    match problem.search(&plain) {
        Some(minimum) => problem.fitted(&minimum, names, plain.customers),
        None => Fitted::without(base.kind.names(), plain.customers, FitStatus::Exhausted.text()),
    }
}

fn text(unusable: &Unusable, names: &[String]) -> String {
    let name = |at: &usize| names.get(*at).map_or("", String::as_str);
    match unusable {
        Unusable::Constant(at) => format!("constant covariate: {}", name(at)),
        Unusable::Collinear(those) => {
            format!("collinear covariates: {}", those.iter().map(name).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A likelihood to be maximised: its variables are the logarithms of the parameters, and then the coefficients of the standardised
/// covariates, process by process.
struct Problem<'a> {
    base: &'a Base,
    scale: Scale,
    segments: Vec<Segment<'a>>,
    customers: f64,
    purchases: f64,
    time: f64,
    age_max: f64,
}

/// The customers of a cell.
struct Segment<'a> {
    cell: &'a Cell,
    /// Kept where making it anew at each point would cost more than its memory is worth.
    likelihood: Option<Likelihood>,
    customers: f64,
}

/// For each variable the parameter whose logarithm it moves in a segment, and how much.
type Moves = [(usize, f64); VARIABLES];

/// Likelihoods of cells with fewer groups are made when they are needed: covariates that differ from customer to customer make as many cells.
const KEPT_GROUPS_MIN: usize = 16;

impl<'a> Problem<'a> {
    fn new(base: &'a Base, cells: &'a [Cell], scale: Scale, groups: &[HistoryGroup]) -> Self {
        let age_max = groups.iter().fold(0.0, |most, g| f64::max(most, g.history.age));
        let sum = |of: fn(&HistoryGroup) -> f64| groups.iter().map(|g| g.customers as f64 * of(g)).sum();
        let segment = |cell: &'a Cell| Segment {
            cell,
            likelihood: (cell.groups.len() >= KEPT_GROUPS_MIN).then(|| (base.likelihood)(&cell.groups, age_max)),
            customers: cell.groups.iter().map(|g| g.customers as f64).sum(),
        };
        let segments = cells.iter().map(segment).collect();
        Self {
            base,
            segments,
            customers: sum(|_| 1.0),
            purchases: sum(|g| g.history.frequency),
            time: sum(|g| g.history.age),
            age_max,
            scale,
        }
    }

    fn moves(&self, segment: &Segment) -> Moves {
        let mut moves = [(0, 0.0); VARIABLES];
        let scaled = self.scale.apply(&segment.cell.covariates);
        let of_process = |process: &'static Process| scaled.iter().map(|z| (process.parameter, process.sign * z));
        let all = (0..BASE).map(|at| (at, 1.0)).chain(self.base.kind.processes.iter().flat_map(of_process));
        moves.iter_mut().zip(all).for_each(|(there, own)| *there = own);
        moves
    }

    /// The logarithms of the parameters in a segment.
    fn logs(moves: &Moves, point: &[f64; VARIABLES]) -> [f64; BASE] {
        let mut logs = [0.0; BASE];
        moves.iter().zip(point).for_each(|((parameter, by), value)| logs[*parameter] += by * value);
        logs
    }

    fn evaluate(&self, segment: &Segment, parameters: &[f64; BASE]) -> Evaluation<BASE> {
        match &segment.likelihood {
            Some(likelihood) => likelihood(parameters),
            None => (self.base.likelihood)(&segment.cell.groups, self.age_max)(parameters),
        }
    }

    /// The log-likelihood per customer with the sign of a function to minimise; variables that are not free stay where they are.
    fn cost(&self, point: &[f64; VARIABLES], is_free: impl Fn(usize) -> bool) -> Evaluation<VARIABLES> {
        let mut total = nothing();
        let variables = self.variables();
        for segment in &self.segments {
            let moves = self.moves(segment);
            let parameters = Self::logs(&moves, point).map(f64::exp);
            let own = in_logs(self.evaluate(segment, &parameters), &parameters, 1.0);
            total.value += own.value;
            for (i, (parameter, by)) in moves.iter().enumerate().take(variables) {
                total.gradient[i] += by * own.gradient[*parameter];
                let row = own.hessian[*parameter];
                let so_far = moves.iter().take(i + 1);
                total.hessian[i].iter_mut().zip(so_far).for_each(|(h, (other, with))| *h += by * with * row[*other]);
            }
        }
        total.value /= self.customers;
        total.gradient.iter_mut().for_each(|g| *g /= self.customers);
        mirror(&mut total.hessian);
        total.hessian.iter_mut().flatten().for_each(|h| *h /= self.customers);
        for i in (0..VARIABLES).filter(|i| *i >= variables || !is_free(*i)) {
            total.gradient[i] = 0.0;
            (0..VARIABLES).for_each(|j| (total.hessian[i][j], total.hessian[j][i]) = (0.0, 0.0));
            total.hessian[i][i] = 1.0;
        }
        total
    }

    fn variables(&self) -> usize {
        BASE + self.base.kind.processes.len() * self.scale.means.len()
    }

    /// The best point, from the fit without covariates where that has converged.
    fn search(&self, plain: &Fitted) -> Option<Minimum<VARIABLES>> {
        let units = self.units();
        let from_plain = plain.usable().map(|parameters| {
            let mut start = [0.0; VARIABLES];
            start.iter_mut().zip(parameters).zip(units).for_each(|((log, p), unit)| *log = (p / unit).ln());
            start
        });
        // Customers who leave purchase for a part of their age only, so the rate while there is higher than the mean.
        let rate = 2.0 * self.purchases * self.age_max / self.time;
        let starts = self.base.starts.map(|[r, third, fourth]| {
            let mut start = [0.0; VARIABLES];
            start.iter_mut().zip([r, r / rate, third, fourth]).for_each(|(log, p)| *log = p.ln());
            start
        });
        best_of(|point| self.cost(point, |_| true), from_plain.as_ref().map_or(starts.as_slice(), std::slice::from_ref))
    }

    fn units(&self) -> [f64; BASE] {
        self.base.times.map(|is_time| if is_time { self.age_max } else { 1.0 })
    }

    /// The coefficients of each process in turn, with the index of the process and of the covariate.
    fn coefficients<'b>(&self, point: &'b [f64]) -> impl Iterator<Item = (usize, usize, &'b f64)> {
        let covariates = self.scale.means.len();
        let of = point.iter().take(self.variables()).skip(BASE).enumerate();
        of.map(move |(at, value)| (at / covariates, at % covariates, value))
    }

    /// From the variables of the search, or a step in them, to those of the data.
    fn in_data(&self, point: &[f64]) -> Vec<f64> {
        let mut result: Vec<f64> = point.iter().take(BASE).copied().collect();
        for (process, covariate, value) in self.coefficients(point) {
            let (mean, deviation) = (self.scale.means[covariate], self.scale.deviations[covariate]);
            let process = &self.base.kind.processes[process];
            result[process.parameter] -= process.sign * value * (mean / deviation);
            result.push(value / deviation);
        }
        result
    }

    fn fitted(&self, minimum: &Minimum<VARIABLES>, names: &[String], customers: u64) -> Fitted {
        let kind = self.base.kind;
        let found = self.in_data(&minimum.point);
        let parameters: Vec<f64> = found.iter().zip(self.units()).map(|(log, unit)| log.exp() * unit).collect();
        // Times in units of the largest age multiply the density of x purchase times by age_max^x.
        let log_likelihood = -minimum.evaluation.value * self.customers - self.purchases * self.age_max.ln();
        if !log_likelihood.is_finite() {
            return Fitted::without(kind.names(), customers, FitStatus::Exhausted.text());
        }
        if !parameters.iter().all(|p| p.is_finite() && *p > 0.0) {
            return Fitted::without(kind.names(), customers, "covariates far from 0: subtract their means");
        }
        let status = self.status(minimum, names);
        let spread: Option<Vec<Vec<f64>>> = (status == CONVERGED)
            .then(|| spread(minimum, self.customers).iter().take(VARIABLES).map(|v| self.in_data(v)).collect());
        let errors = spread.as_ref().map(|vectors| {
            let error = |at: usize| vectors.iter().filter_map(|v| v.get(at)).map(|v| v * v).sum::<f64>().sqrt();
            (0..self.variables()).map(error).collect::<Vec<f64>>()
        });
        let of_covariate = |values: &[f64], covariate: usize| -> Vec<f64> {
            values.iter().skip(BASE + covariate).step_by(names.len()).copied().collect()
        };
        let covariate = |(at, name): (usize, &String)| Covariate {
            name: name.clone(),
            coefficients: Some(of_covariate(&found, at)),
            standard_errors: errors.as_ref().map(|errors| of_covariate(errors, at)),
        };
        Fitted {
            covariates: names.iter().enumerate().map(covariate).collect(),
            // The delta method: se(p) = p · se(ln p).
            standard_errors: errors.as_ref().map(|errors| errors.iter().zip(&parameters).map(|(e, p)| e * p).collect()),
            parameters: Some(parameters),
            spread,
            log_likelihood: Some(log_likelihood),
            status,
            ..Fitted::without(kind.names(), customers, "")
        }
    }

    fn status(&self, minimum: &Minimum<VARIABLES>, names: &[String]) -> Cow<'static, str> {
        let [dropout_min, dropout_tested] = self.base.dropout_limits;
        let errors = log_errors(minimum, self.customers);
        let dropout = self.dropout(&minimum.point);
        let [r, alpha, third, fourth, ..] = minimum.point;
        if dropout < dropout_min {
            Cow::Borrowed(self.base.no_dropout)
        } else if let Some(boundary) = self.boundary(minimum, &errors, names) {
            Cow::Owned(boundary)
        } else if let Some(boundary) = (self.base.boundary)(&[r, alpha, third, fourth]) {
            boundary
        } else if minimum.stop == Stop::Exhausted && minimum.evaluation.slope() > SLOPE_STALLED_MAX {
            Cow::Borrowed(FitStatus::Exhausted.text())
        } else if minimum.evaluation.slope() > SLOPE_STALLED_MAX || !errors.iter().all(|e| *e < LOG_ERROR_MAX) {
            Cow::Borrowed(FitStatus::Flat.text())
        } else if dropout < dropout_tested && self.gain(minimum) < bgnbd::LIKELIHOOD_RATIO_MIN {
            Cow::Borrowed(self.base.no_dropout)
        } else {
            Cow::Borrowed(CONVERGED)
        }
    }

    /// The mean probability of leaving over the customers.
    fn dropout(&self, point: &[f64; VARIABLES]) -> f64 {
        let of = |segment: &Segment| segment.customers * (self.base.dropout)(&Self::logs(&self.moves(segment), point));
        self.segments.iter().map(of).sum::<f64>() / self.customers
    }

    /// A coefficient that sets customers 10^5 and more apart and yet is not determined: the likelihood rises without end, as where
    /// those with a covariate never purchase again.
    fn boundary(&self, minimum: &Minimum<VARIABLES>, errors: &[f64; VARIABLES], names: &[String]) -> Option<String> {
        let far = self.coefficients(&minimum.point).zip(errors.iter().skip(BASE)).find(|((_, covariate, value), error)| {
            value.abs() * self.scale.ranges[*covariate] > LOG_PARAMETER_MAX && **error >= value.abs()
        });
        far.map(|((process, covariate, value), _)| {
            let limit = if *value > 0.0 { "infinity" } else { "-infinity" };
            let process = self.base.kind.processes[process].name;
            format!("boundary: coefficient of {} for {process} -> {limit}", names[covariate])
        })
    }

    /// Twice the log-likelihood that the drop-out found gains over none: the negative binomial distribution with covariates.
    fn gain(&self, minimum: &Minimum<VARIABLES>) -> f64 {
        let of_purchases = 2 + self.scale.means.len();
        let is_free = |at: usize| at < 2 || (BASE..2 + of_purchases).contains(&at);
        let mut start = minimum.point;
        (0..self.variables()).filter(|at| !is_free(*at)).for_each(|at| start[at] = 0.0);
        start[2] = bgnbd::LOG_NO_DROPOUT;
        let none = best_of(|point| self.cost(point, is_free), &[start]).map_or(f64::INFINITY, |none| none.evaluation.value);
        2.0 * self.customers * (none - minimum.evaluation.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::histories::History;

    fn some_customers(with_covariates: bool) -> CovariateHistories {
        let mut customers = CovariateHistories::new(2);
        for (x, t_x, age, z, n) in [
            (0.0, 0.0, 0.0, [1.0, 20.0], 2),
            (0.0, 0.0, 38.9, [0.0, 20.0], 9),
            (0.0, 0.0, 38.9, [1.0, 25.0], 5),
            (1.0, 10.0, 30.0, [0.0, 31.0], 4),
            (2.0, 30.4, 38.9, [1.0, 20.0], 1),
            (2.0, 7.0, 38.9, [1.0, 40.0], 2),
            (29.0, 37.0, 37.0, [0.0, 20.0], 2),
            (250.0, 33.0, 39.0, [0.0, 38.0], 1),
        ] {
            let z = if with_covariates { z } else { [0.0, 0.0] };
            customers.add(&z, History { frequency: x, recency: t_x, age }, n);
        }
        customers
    }

    fn problem<'a>(base: &'a Base, cells: &'a [Cell]) -> Problem<'a> {
        let scale = Scale::of(cells, 2).unwrap();
        let groups: Vec<HistoryGroup> = cells.iter().flat_map(|cell| cell.groups.clone()).collect();
        Problem::new(base, cells, scale, &groups)
    }

    fn at(values: &[f64]) -> [f64; VARIABLES] {
        let mut point = [0.0; VARIABLES];
        point.iter_mut().zip(values).for_each(|(p, value)| *p = *value);
        point
    }

    #[test]
    fn derivatives_are_the_differences_of_values() {
        for base in [&BGNBD, &PARETO_NBD] {
            let cells = some_customers(true).cells();
            let problem = problem(base, &cells);
            for point in
                [[-1.0, -2.0, -0.5, 0.8, 0.3, -0.2, 0.5, 0.1, -0.4, 0.2], [0.5, 1.0, 1.0, -1.0, -1.0, 0.7, 0.2, 0.9, 0.3, -0.6]]
            {
                let here = problem.cost(&at(&point), |_| true);
                let step = 1e-5;
                for i in 0..problem.variables() {
                    let (mut low, mut high) = (point, point);
                    low[i] -= step;
                    high[i] += step;
                    let (low, high) = (problem.cost(&at(&low), |_| true), problem.cost(&at(&high), |_| true));
                    let slope = (high.value - low.value) / (2.0 * step);
                    assert!((slope - here.gradient[i]).abs() < 1e-7 * (1.0 + slope.abs()), "{i}: {slope} {}", here.gradient[i]);
                    for j in 0..problem.variables() {
                        let curve = (high.gradient[j] - low.gradient[j]) / (2.0 * step);
                        let actual = here.hessian[i][j];
                        assert!((curve - actual).abs() < 1e-7 * (1.0 + curve.abs()), "{i} {j}: {curve} {actual}");
                    }
                }
            }
        }
    }

    #[test]
    fn without_coefficients_or_covariates_the_likelihood_is_that_of_the_model_alone() {
        let plain = some_customers(false).cells();
        assert_eq!(plain.len(), 1);
        for base in [&BGNBD, &PARETO_NBD] {
            let cells = some_customers(true).cells();
            let problem = problem(base, &cells);
            let logs = [-0.7, -1.2, -0.3, 0.4];
            let expected = (base.likelihood)(&plain[0].groups, problem.age_max)(&logs.map(f64::exp)).value;
            let actual = -problem.cost(&at(&logs), |_| true).value * problem.customers;
            assert!((actual / expected - 1.0).abs() < 1e-13, "{actual} is not {expected}");
        }
    }
}
