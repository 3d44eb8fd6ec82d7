//! What every model of purchases can be asked, and the list of these models.

use std::fmt::Debug;
use std::sync::Arc;

use super::fitted::Names;
use super::histories::{History, HistoryColumns};

/// A fitted model of purchases. Times are in the unit in which it was fitted.
pub trait Predict: Debug + Send + Sync {
    /// P(the customer has not left for good), in [0, 1].
    fn p_alive(&self, history: History) -> f64;

    /// P(alive) of all of these customers, into as many places: `false`, and nothing, for a model in which it takes longer to compute
    /// than to look up among those known.
    fn p_alive_of_all(&self, _histories: &HistoryColumns, _out: &mut [f64]) -> bool {
        false
    }

    /// P(exactly `n` purchases within `horizon` after the end of the observation), in [0, 1].
    fn p_purchases(&self, history: History, horizon: f64, n: f64) -> f64;

    /// P(no purchase within `horizon` after the end of the observation), in [0, 1].
    fn p_no_purchase(&self, history: History, horizon: f64) -> f64 {
        self.p_purchases(history, horizon, 0.0)
    }

    /// The expected number of purchases within `horizon` after the end of the observation.
    fn expected_purchases(&self, history: History, horizon: f64) -> f64;

    /// The derivatives of ln P(alive) in the logarithms of the parameters, in the order of their names; `None` for a model that does not
    /// know them.
    fn log_alive_gradient(&self, _history: History) -> Option<[f64; 4]> {
        None
    }

    /// The expected numbers of purchases within horizons that rise, of a customer who has not left: `out` gets as many. `false`, and
    /// nothing, for a model in which they depend on the recency too; in the others [`Predict::expected_purchases`] is P(alive) times this.
    fn expected_if_there(&self, _frequency: f64, _age: f64, _horizons: &[f64], _out: &mut Vec<f64>) -> bool {
        false
    }

    /// The derivatives of what [`Predict::expected_if_there`] gives, in the logarithms of the parameters and in the order of their names;
    /// `None` where the model does not know them.
    fn expected_if_there_gradients(&self, _frequency: f64, _age: f64, _horizons: &[f64]) -> Option<Vec<[f64; 4]>> {
        None
    }

    /// The expected number of purchases of a new customer within `horizon` after the first purchase, which does not count.
    fn expected_purchases_new(&self, horizon: f64) -> f64 {
        self.expected_purchases(History { frequency: 0.0, recency: 0.0, age: 0.0 }, horizon)
    }

    /// The expected number of all purchases to come, discounted at `rate` > 0; `None` for a model that has no such number in
    /// closed form.
    fn dert(&self, _history: History, _rate: f64) -> Option<f64> {
        None
    }

    /// Whether time passes in whole opportunities to purchase, with one purchase at most at each.
    fn is_discrete(&self) -> bool {
        false
    }
}

/// How a model is made from its parameters.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The model's name in SQL.
    pub name: &'static str,
    /// The published names of its parameters.
    pub parameters: &'static [&'static str],
    /// From positive, finite parameters in the order of their names; `None` where they do not fit together.
    pub make: fn(&[f64]) -> Option<Arc<dyn Predict>>,
    /// What of the model may depend on covariates; empty for a model that takes none.
    pub processes: &'static [Process],
}

/// A part of a model that may depend on covariates z: a parameter is its value at z = 0 times e^(sign · γ'z), with coefficients γ.
#[derive(Debug, Clone, Copy)]
pub struct Process {
    /// What the coefficients are called after.
    pub name: &'static str,
    /// Index of the parameter.
    pub parameter: usize,
    /// −1 where a larger parameter means that less happens, so that positive coefficients mean more of the process.
    pub sign: f64,
}

impl Kind {
    /// The names that SQL knows.
    #[must_use]
    pub fn names(&self) -> Names {
        (self.name, self.parameters)
    }

    /// The model of a customer with these covariates; `coefficients` has those of all covariates for each process in turn. `None` where
    /// a parameter is then 0 or infinite.
    #[must_use]
    pub fn of_customer(&self, parameters: &[f64], coefficients: &[f64], covariates: &[f64]) -> Option<Arc<dyn Predict>> {
        let mut own = parameters.to_vec();
        if !covariates.is_empty() {
            for (process, gammas) in self.processes.iter().zip(coefficients.chunks(covariates.len())) {
                let sum: f64 = gammas.iter().zip(covariates).map(|(gamma, z)| gamma * z).sum();
                if let Some(parameter) = own.get_mut(process.parameter) {
                    *parameter *= (process.sign * sum).exp();
                }
            }
        }
        if own.iter().all(|p| *p > 0.0 && p.is_finite()) { (self.make)(&own) } else { None }
    }
}

/// The models that predictions know.
pub static KINDS: &[&Kind] = &[
    &super::beta_geometric::BGNBD,
    &super::beta_geometric::MBGNBD,
    &super::pareto_nbd::PARETO_NBD,
    &super::bgbb::BGBB,
    &super::cnbd::BGCNBD_K,
    &super::cnbd::MBGCNBD_K,
];
