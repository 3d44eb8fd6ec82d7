//! How good a forecast was: what a model said of each customer against what came.

use super::outcomes::Outcome;
use super::prediction::Predict;

/// What was foretold of customers with one history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Purchases.
    pub purchases: f64,
    /// P(no purchase).
    pub churn: f64,
}

/// The forecasts of a model.
#[must_use]
pub fn of_model(model: &dyn Predict, outcomes: &[Outcome], duration: f64) -> Vec<Forecast> {
    let of = |o: &Outcome| Forecast {
        purchases: model.expected_purchases(o.history, duration),
        churn: model.p_no_purchase(o.history, duration),
    };
    outcomes.iter().map(of).collect()
}

/// Forecasts without a model, by name, with what they are: purchases come at random at a rate.
pub const NAIVE: [(&str, &str); 2] = [
    ("naive_rate", "every customer goes on at the own rate, frequency / age"),
    ("naive_mean", "every customer goes on at the rate of all, sum of frequency / sum of age"),
];

/// The forecasts of one of [`NAIVE`].
#[must_use]
pub fn naive(name: &str, outcomes: &[Outcome], duration: f64) -> Vec<Forecast> {
    let sum = |of: fn(&Outcome) -> f64| outcomes.iter().map(|o| of(o) * o.customers as f64).sum::<f64>();
    let ratio = |count: f64, time: f64| if time > 0.0 { count / time } else { 0.0 };
    let mean = ratio(sum(|o| o.history.frequency), sum(|o| o.history.age));
    let own = name == NAIVE[0].0;
    let of = |o: &Outcome| {
        let purchases = duration * if own { ratio(o.history.frequency, o.history.age) } else { mean };
        // Poisson.
        Forecast { purchases, churn: (-purchases).exp() }
    };
    outcomes.iter().map(of).collect()
}

/// Errors are predicted less actual, means over the customers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Mean absolute error of the number of purchases.
    pub mae: f64,
    /// Root of its mean square.
    pub rmse: f64,
    /// Its mean.
    pub bias: f64,
    /// Σ of the predicted purchases.
    pub total_predicted: f64,
    /// Σ of the purchases.
    pub total_actual: f64,
    /// Pearson's, between predicted and actual purchases; `None` where one of them does not vary.
    pub correlation: Option<f64>,
    /// Mean predicted probability of no purchase.
    pub mean_churn_predicted: f64,
    /// Share of the customers without a purchase.
    pub mean_churn_actual: f64,
    /// Mean square of its error.
    pub brier: f64,
    /// P(a customer without a purchase was given a higher probability than one with), ties count half; `None` where all are alike.
    pub auc: Option<f64>,
}

/// Compares forecasts, one for each group of outcomes. `None` where there is nobody, or a forecast is no number.
#[must_use]
pub fn quality(outcomes: &[Outcome], forecasts: &[Forecast]) -> Option<Quality> {
    let pairs = || outcomes.iter().zip(forecasts).map(|(outcome, forecast)| (outcome.customers as f64, outcome, forecast));
    let n: f64 = pairs().map(|(weight, ..)| weight).sum();
    let sum = |of: &dyn Fn(&Outcome, &Forecast) -> f64| -> f64 { pairs().map(|(weight, o, f)| weight * of(o, f)).sum() };
    let (total_predicted, total_actual) = (sum(&|_, f| f.purchases), sum(&|o, _| o.later));
    let churn_predicted = sum(&|_, f| f.churn);
    if n == 0.0 || !total_predicted.is_finite() || !churn_predicted.is_finite() {
        return None;
    }
    let (predicted, actual) = (total_predicted / n, total_actual / n);
    let both = sum(&|o, f| (f.purchases - predicted) * (o.later - actual));
    // Equal forecasts differ from their mean by rounding.
    let varies = forecasts.windows(2).any(|pair| pair[0].purchases != pair[1].purchases);
    let spread = sum(&|_, f| (f.purchases - predicted).powi(2)) * sum(&|o, _| (o.later - actual).powi(2));
    Some(Quality {
        mae: sum(&|o, f| (f.purchases - o.later).abs()) / n,
        rmse: (sum(&|o, f| (f.purchases - o.later).powi(2)) / n).sqrt(),
        bias: predicted - actual,
        total_predicted,
        total_actual,
        correlation: (varies && spread > 0.0).then(|| (both / spread.sqrt()).clamp(-1.0, 1.0)),
        mean_churn_predicted: churn_predicted / n,
        mean_churn_actual: sum(&|o, _| churned(o)) / n,
        brier: sum(&|o, f| (f.churn - churned(o)).powi(2)) / n,
        auc: area(outcomes, forecasts),
    })
}

fn churned(outcome: &Outcome) -> f64 {
    if outcome.later == 0.0 { 1.0 } else { 0.0 }
}

/// Mann and Whitney's statistic, divided by the number of pairs.
fn area(outcomes: &[Outcome], forecasts: &[Forecast]) -> Option<f64> {
    let row = |(o, f): (&Outcome, &Forecast)| (f.churn, churned(o) * o.customers as f64, (1.0 - churned(o)) * o.customers as f64);
    let mut rows: Vec<(f64, f64, f64)> = outcomes.iter().zip(forecasts).map(row).collect();
    rows.sort_by(|left, right| left.0.total_cmp(&right.0));
    let (mut left_below, mut won, mut left) = (0.0, 0.0, 0.0);
    for same in rows.chunk_by(|one, other| one.0 == other.0) {
        let gone: f64 = same.iter().map(|(_, gone, _)| gone).sum();
        let there: f64 = same.iter().map(|(.., there)| there).sum();
        won += gone * (left_below + there / 2.0);
        left_below += there;
        left += gone;
    }
    (left > 0.0 && left_below > 0.0).then(|| won / (left * left_below))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::histories::History;

    /// Expected: by hand. Three customers purchase 0, 0, 2 times; foretold are 0.5, 0, 1 purchases and 0.6, 0.6, 0.2 for none.
    #[test]
    fn a_forecast_by_hand() {
        let history = History { frequency: 0.0, recency: 0.0, age: 1.0 };
        let outcome = |later, customers| Outcome { history, later, customers };
        let forecast = |purchases, churn| Forecast { purchases, churn };
        let outcomes = [outcome(0.0, 1), outcome(0.0, 1), outcome(2.0, 1)];
        let q = quality(&outcomes, &[forecast(0.5, 0.6), forecast(0.0, 0.6), forecast(1.0, 0.2)]).unwrap();
        let close = |actual: f64, expected: f64| assert!((actual - expected).abs() < 1e-12, "{actual} is not {expected}");
        close(q.mae, 0.5);
        close(q.rmse, (1.25_f64 / 3.0).sqrt());
        close(q.bias, -1.0 / 6.0);
        close(q.total_predicted, 1.5);
        close(q.total_actual, 2.0);
        // Deviations 0, −.5, .5 and −2/3, −2/3, 4/3: 1 / sqrt(.5 · 24/9).
        close(q.correlation.unwrap(), 1.0 / (0.5_f64 * 24.0 / 9.0).sqrt());
        close(q.mean_churn_predicted, 1.4 / 3.0);
        close(q.mean_churn_actual, 2.0 / 3.0);
        close(q.brier, (0.16 + 0.16 + 0.04) / 3.0);
        close(q.auc.unwrap(), 1.0);
        assert_eq!(quality(&outcomes, &[forecast(0.1, 0.6); 3]).unwrap().correlation, None);
        // One of the two who left gets the probability of the one who stayed: half a pair of two.
        let q = quality(&outcomes, &[forecast(0.5, 0.2), forecast(0.0, 0.6), forecast(1.0, 0.2)]).unwrap();
        close(q.auc.unwrap(), 0.75);
    }
}
