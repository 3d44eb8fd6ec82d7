//! Logistic regression with a ridge: P(label) has the log-odds intercept + Σ coefficient · (x − mean) / spread.
//!
//! The sum of −ln P(label) plus half the sum of the squared coefficients is minimised by Newton's method with halved steps (McCullagh
//! and Nelder 1989, "Generalized linear models", 2.5; le Cessie and van Houwelingen 1992, "Ridge estimators in logistic regression", Applied
//! Statistics 41). The intercept is free. Numbers are standardised; a missing one lies at the mean, and a feature that has missing
//! values has a term for that. Each known text has a term that is 1 where it is there.

use super::features::{Feature, Kind, MISSING_TEXT};
use super::scores::{loss, probability};

/// The penalty: half of it times each squared coefficient. Numbers are about 1, and so is what one may weigh.
const RIDGE: f64 = 1.0;
const ROUNDS_MAX: usize = 100;
/// Newton's method ends when it promises less than this part of the cost.
const GAIN_MIN: f64 = 1e-14;

/// What a term looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Look {
    /// The number, if it is there; the mean, if not.
    Number,
    /// 1 where the number is missing.
    Missing,
    /// 1 where the text has this code.
    Is(f64),
}

/// One term of the sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// The feature's place.
    pub feature: usize,
    /// What is looked at.
    pub look: Look,
    /// Its mean where it was learned.
    pub mean: f64,
    /// What the difference from the mean is divided by.
    pub spread: f64,
    /// Log-odds for each such unit.
    pub coefficient: f64,
}

impl Term {
    /// The standardised value.
    fn x(&self, value: f64) -> f64 {
        let seen = match self.look {
            Look::Number if value.is_nan() => return 0.0,
            Look::Number => value,
            Look::Missing => f64::from(u8::from(value.is_nan())),
            Look::Is(code) => f64::from(u8::from(value == code)),
        };
        (seen - self.mean) / self.spread
    }

    /// What it adds to the log-odds.
    #[must_use]
    pub fn contribution(&self, value: f64) -> f64 {
        self.coefficient * self.x(value)
    }
}

/// A learned regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// The log-odds of a customer who is average in every term.
    pub intercept: f64,
    /// The terms, by feature.
    pub terms: Vec<Term>,
}

impl Logistic {
    /// Learns from some rows of encoded columns.
    #[must_use]
    pub fn fit(features: &[Feature], columns: &[Vec<f64>], labels: &[bool], rows: &[usize]) -> Self {
        let mut terms = terms(features, columns, rows);
        let width = terms.len() + 1;
        // Row by row: the intercept's 1, then the terms.
        let mut design = Vec::with_capacity(width * rows.len());
        for row in rows {
            design.push(1.0);
            design.extend(terms.iter().map(|term| term.x(columns[term.feature][*row])));
        }
        let labels: Vec<bool> = rows.iter().map(|row| labels[*row]).collect();
        let weights = newton(&design, &labels, width);
        terms.iter_mut().zip(&weights[1..]).for_each(|(term, weight)| term.coefficient = *weight);
        Self { intercept: weights[0], terms }
    }

    /// The log-odds of a row, and what each feature adds to them.
    #[must_use]
    pub fn log_odds(&self, value: impl Fn(usize) -> f64) -> f64 {
        self.intercept + self.terms.iter().map(|term| term.contribution(value(term.feature))).sum::<f64>()
    }
}

/// The terms that tell some rows from others, with coefficients of 0.
fn terms(features: &[Feature], columns: &[Vec<f64>], rows: &[usize]) -> Vec<Term> {
    let n = rows.len() as f64;
    let mut terms = vec![];
    for (feature, column) in columns.iter().enumerate() {
        let mut add = |look, mean, spread| {
            if f64::is_finite(mean) && spread > 0.0 && f64::is_finite(spread) {
                terms.push(Term { feature, look, mean, spread, coefficient: 0.0 });
            }
        };
        let mut share = |look, has: &dyn Fn(f64) -> bool| {
            let part = rows.iter().filter(|row| has(column[**row])).count() as f64 / n;
            // A 0 or a 1 is on the scale of a coefficient already; where all are equal there is nothing to tell.
            add(look, part, if part > 0.0 && part < 1.0 { 1.0 } else { 0.0 });
        };
        match &features[feature].kind {
            Kind::Text(list) => {
                let codes = std::iter::once(MISSING_TEXT).chain((0..=list.len()).map(|code| code as f64));
                codes.for_each(|code| share(Look::Is(code), &|value| value == code));
            }
            Kind::Number => {
                share(Look::Missing, &f64::is_nan);
                let there = || rows.iter().map(|row| column[*row]).filter(|value| !value.is_nan());
                let count = there().count() as f64;
                let mean = there().map(|value| value / count).sum::<f64>();
                let spread = there().map(|value| (value - mean) * ((value - mean) / count)).sum::<f64>().sqrt();
                add(Look::Number, mean, spread);
            }
        }
    }
    terms
}

/// The weights at which the penalised cost is least; the first one is free.
fn newton(design: &[f64], labels: &[bool], width: usize) -> Vec<f64> {
    let dot = |x: &[f64], weights: &[f64]| x.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>();
    let cost = |weights: &[f64]| {
        let data: f64 = design.chunks_exact(width).zip(labels).map(|(x, label)| loss(dot(x, weights), *label)).sum();
        data + 0.5 * RIDGE * weights[1..].iter().map(|w| w * w).sum::<f64>()
    };
    let mut weights = vec![0.0; width];
    let mut now = cost(&weights);
    for _ in 0..ROUNDS_MAX {
        let mut gradient: Vec<f64> = weights.iter().map(|w| RIDGE * w).collect();
        let mut hessian = vec![0.0; width * width];
        (0..width).for_each(|i| hessian[i * width + i] = RIDGE);
        (gradient[0], hessian[0]) = (0.0, 1e-9);
        for (x, label) in design.chunks_exact(width).zip(labels) {
            let p = probability(dot(x, &weights));
            let (d, curvature) = (p - f64::from(u8::from(*label)), p * (1.0 - p));
            for i in 0..width {
                gradient[i] += d * x[i];
                let scaled = curvature * x[i];
                if scaled != 0.0 {
                    hessian[i * width..i * width + i + 1].iter_mut().zip(x).for_each(|(h, x)| *h += scaled * x);
                }
            }
        }
        let Some(step) = solve(hessian, &gradient, width) else { break };
        if dot(&gradient, &step) <= GAIN_MIN * (1.0 + now) {
            break;
        }
        let along = |part: f64| weights.iter().zip(&step).map(|(w, s)| w - part * s).collect::<Vec<f64>>();
        let parts = (0..30).map(|halvings| 0.5_f64.powi(halvings));
        let Some((better, least)) = parts.map(along).map(|w| (cost(&w), w)).find(|(cost, _)| *cost < now).map(|(c, w)| (w, c))
        else {
            break;
        };
        (weights, now) = (better, least);
    }
    weights
}

/// Solves a positive definite system, of which the lower triangle is given, by Cholesky's method.
fn solve(mut matrix: Vec<f64>, right: &[f64], width: usize) -> Option<Vec<f64>> {
    for i in 0..width {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| matrix[i * width + k] * matrix[j * width + k]).sum();
            let rest = matrix[i * width + j] - known;
            if i == j && !(rest > 0.0 && rest.is_finite()) {
                return None;
            }
            matrix[i * width + j] = if i == j { rest.sqrt() } else { rest / matrix[j * width + j] };
        }
    }
    let mut x = right.to_vec();
    for i in 0..width {
        let known: f64 = (0..i).map(|k| matrix[i * width + k] * x[k]).sum();
        x[i] = (x[i] - known) / matrix[i * width + i];
    }
    for i in (0..width).rev() {
        let known: f64 = (i + 1..width).map(|k| matrix[k * width + i] * x[k]).sum();
        x[i] = (x[i] - known) / matrix[i * width + i];
    }
    Some(x)
}
