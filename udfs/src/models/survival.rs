//! How many customers stay how long, with no model: the product-limit estimate of Kaplan and Meier.
//!
//! Of n_t customers at risk in period t, d_t leave; the estimate is S(t) = Π (1 − d_i / n_i) over the periods to t. Who was last seen in t
//! was at risk in it. Where a curve of [`super::tenures`] is far from this one, its model is wrong.
//!
//! Sources: Kaplan and Meier 1958, "Nonparametric estimation from incomplete observations", Journal of the American Statistical
//! Association 53, equation 2b; Greenwood 1926 for the variance; Kalbfleisch and Prentice 2002, "The statistical analysis of failure
//! time data", 2nd edition, section 1.4, for the band: that of ln(−ln S), which never leaves [0, 1]; Brookmeyer and Crowley 1982, "A
//! confidence interval for the median survival time", Biometrics 38. Where S is 1 or 0 that logarithm does not exist, and the limits come from the
//! exact binomial ones of Clopper and Pearson 1934, Biometrika 26.

use super::interval::NORMAL_975;
use super::tenures::Tenures;

/// Probability beyond each limit of the band.
const TAIL: f64 = 0.025;
/// What rounding may add to a survival of exactly one half.
const ROUNDING: f64 = 1e-12;

/// What is known of one period: of each tenure that a customer has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Period {
    /// The tenure at which these customers left or were last seen.
    pub tenure: u64,
    /// Customers with this tenure or a longer one.
    pub at_risk: u64,
    /// Of these, how many left now.
    pub churned: u64,
    /// Of these, how many were last seen now, and had not left.
    pub censored: u64,
    /// The part of those at risk that left now.
    pub hazard: f64,
    /// P(a customer has not left by the end of this period), estimated.
    pub survival: f64,
    /// Greenwood's variance of `survival`; 0 where that is 1 or 0.
    pub variance: f64,
    /// The lower limit of the 95 % band of `survival`, point by point.
    pub low: f64,
    /// Its upper limit.
    pub high: f64,
}

/// The estimate, one period after another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LifeTable {
    /// By ascending tenure.
    pub periods: Vec<Period>,
}

/// The product-limit estimate. Equal sets of customers give equal results, to the last bit; no customers give no periods.
#[must_use]
pub fn life_table(tenures: &Tenures) -> LifeTable {
    let mut at_risk: u64 = tenures.groups().map(|(_, left, there)| left + there).sum();
    let mut estimate = Estimate { survival: 1.0, relative_variance: 0.0, high: 1.0 };
    let groups = tenures.groups().filter(|(_, left, there)| left + there > 0);
    let periods = groups.map(|(tenure, churned, censored)| {
        let (n, d) = (at_risk as f64, churned as f64);
        let (variance, low, high) = estimate.after(n, d);
        let survival = estimate.survival;
        let period = Period { tenure, at_risk, churned, censored, hazard: d / n, survival, variance, low, high };
        at_risk -= churned + censored;
        period
    });
    LifeTable { periods: periods.collect() }
}

/// What a period leaves to the next one.
struct Estimate {
    survival: f64,
    /// The variance of ln S: Σ d / (n (n − d)).
    relative_variance: f64,
    /// The last upper limit.
    high: f64,
}

impl Estimate {
    /// Goes through a period in which `churned` of `at_risk` leave: the variance and the limits after it.
    fn after(&mut self, at_risk: f64, churned: f64) -> (f64, f64, f64) {
        let left = at_risk - churned;
        self.survival *= left / at_risk;
        // What is left of nobody, or of everybody, with this probability.
        let none_of_all = TAIL.powf(1.0 / at_risk);
        if left == 0.0 {
            // All who were at risk left: the part that leaves is at least `none_of_all`, and the curve does not rise again.
            self.high = self.high.min(1.0 - none_of_all);
            return (0.0, 0.0, self.high);
        }
        self.relative_variance += churned / (at_risk * left);
        let variance = self.survival * self.survival * self.relative_variance;
        let log = self.survival.ln();
        if self.relative_variance == 0.0 || log == 0.0 {
            // Nobody left in any period, and those at risk now are as many who stayed through all of them.
            return (variance, none_of_all, 1.0);
        }
        let spread = NORMAL_975 * self.relative_variance.sqrt() / log.abs();
        let limit = |spread: f64| (log * spread.exp()).exp().clamp(0.0, 1.0);
        let (low, high) = (limit(spread).min(self.survival), limit(-spread).max(self.survival));
        self.high = high;
        (variance, low, high)
    }
}

/// One period, whether somebody left or was last seen then or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    pub period: u64,
    /// Customers with this tenure or a longer one.
    pub at_risk: u64,
    pub churned: u64,
    /// The estimate of survival with its limits; `None` after the last period that somebody was seen in, unless all have left.
    pub survival: Option<[f64; 3]>,
}

impl LifeTable {
    /// The periods from 1 to `last`.
    #[must_use]
    pub fn by_period(&self, last: u64) -> Vec<Seen> {
        // Who has not come to the first renewal was never at risk.
        let mut rest = self.periods.iter().skip_while(|period| period.tenure == 0).peekable();
        let all = rest.peek().map_or(0, |period| period.at_risk);
        let mut known = [1.0, TAIL.powf(1.0 / all.max(1) as f64), 1.0];
        let seen = |period: u64| {
            let now = rest.next_if(|next| next.tenure == period);
            known = now.map_or(known, |now| [now.survival, now.low, now.high]);
            let at_risk = now.or(rest.peek().copied()).map_or(0, |next| next.at_risk);
            let is_known = at_risk > 0 || known[0] == 0.0;
            Seen { period, at_risk, churned: now.map_or(0, |now| now.churned), survival: is_known.then_some(known) }
        };
        (1..=last).map(seen).collect()
    }

    /// The first tenure at which no more than half of the customers are there still; `None` while more than half are.
    #[must_use]
    pub fn median(&self) -> Option<u64> {
        self.first_half(|period| period.survival)
    }

    /// The 95 % limits of the median: where the limits of the curve cross one half. `None` is a limit that was not reached.
    #[must_use]
    pub fn median_limits(&self) -> (Option<u64>, Option<u64>) {
        (self.first_half(|period| period.low), self.first_half(|period| period.high))
    }

    /// P(a customer has not left by the end of period `tenure`); `None` after the last period that somebody was seen in, unless
    /// all have left.
    #[must_use]
    pub fn survival_at(&self, tenure: u64) -> Option<f64> {
        let last = self.periods.last()?;
        if tenure > last.tenure && last.survival > 0.0 {
            return None;
        }
        let before = self.periods.partition_point(|period| period.tenure <= tenure);
        Some(self.periods[..before].last().map_or(1.0, |period| period.survival))
    }

    /// The mean of the tenure, cut at `horizon`: the area under the curve (Klein and Moeschberger 2003, "Survival analysis", 4.5). A
    /// customer who leaves at renewal t was there in the t periods before it. `None` as [`Self::survival_at`].
    #[must_use]
    pub fn restricted_mean(&self, horizon: u64) -> Option<f64> {
        self.survival_at(horizon)?;
        let (mut area, mut from, mut survival) = (0.0, 0, 1.0);
        for period in self.periods.iter().take_while(|period| period.tenure < horizon) {
            area += survival * (period.tenure - from) as f64;
            (from, survival) = (period.tenure, period.survival);
        }
        Some(area + survival * (horizon - from) as f64)
    }

    fn first_half(&self, of: impl Fn(&Period) -> f64) -> Option<u64> {
        self.periods.iter().find(|period| of(period) <= 0.5 + ROUNDING).map(|period| period.tenure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(u32, bool, u64)]) -> LifeTable {
        let mut tenures = Tenures::default();
        rows.iter().for_each(|(tenure, churned, n)| tenures.add(f64::from(*tenure), *churned, *n).expect("a tenure"));
        life_table(&tenures)
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    /// Ten customers; 2 leave at renewal 1, 1 is last seen then; 3 of the other 7 leave at 2; of 4, 1 leaves at 4 and 3 are seen.
    #[test]
    fn a_table_by_hand() {
        let table = table(&[(4, false, 3), (1, true, 2), (2, true, 3), (1, false, 1), (4, true, 1)]);
        let [first, second, third] = table.periods[..] else { panic!("three periods: {table:?}") };
        assert_eq!((first.tenure, first.at_risk, first.churned, first.censored), (1, 10, 2, 1));
        assert_eq!((second.tenure, second.at_risk, second.churned, second.censored), (2, 7, 3, 0));
        assert_eq!((third.tenure, third.at_risk, third.churned, third.censored), (4, 4, 1, 3));
        near(first.hazard, 0.2);
        near(first.survival, 0.8);
        near(first.variance, 0.8 * 0.2 / 10.0);
        near(second.hazard, 3.0 / 7.0);
        near(second.survival, 0.8 * 4.0 / 7.0);
        near(second.variance, (3.2_f64 / 7.0).powi(2) * (2.0 / 80.0 + 3.0 / 28.0));
        near(third.survival, 2.4 / 7.0);
        near(third.variance, (2.4_f64 / 7.0).powi(2) * (2.0 / 80.0 + 3.0 / 28.0 + 1.0 / 12.0));
        assert_eq!(table.median(), Some(2));
        assert_eq!((table.survival_at(0), table.survival_at(3), table.survival_at(5)), (Some(1.0), Some(second.survival), None));
        // 1 in the first period, 0.8 in the second, 3.2 / 7 in the third and the fourth.
        near(table.restricted_mean(4).expect("seen"), 1.0 + 0.8 + 6.4 / 7.0);
        assert_eq!(table.restricted_mean(5), None);
    }

    /// Nobody leaves: the exact limit. Expected: scipy 1.17.1, `binomtest(20, 20).proportion_ci(method="exact")` is 0.8315665290169145, 1.
    #[test]
    fn certain_for_no_number_of_customers() {
        let table_of = |rows: &[(u32, bool, u64)]| table(rows).periods;
        let [stayed] = table_of(&[(3, false, 20)])[..] else { panic!("one period") };
        assert_eq!((stayed.survival, stayed.variance, stayed.high), (1.0, 0.0, 1.0));
        assert!((stayed.low - 0.831_566_5).abs() < 1e-7);
        let [left] = table_of(&[(3, true, 20)])[..] else { panic!("one period") };
        assert_eq!((left.survival, left.variance, left.low), (0.0, 0.0, 0.0));
        assert!((left.high - (1.0 - 0.831_566_5)).abs() < 1e-7);
        // The last customer leaves: that says little about the others, and the curve does not rise.
        let [before, last] = table_of(&[(3, true, 19), (4, true, 1)])[..] else { panic!("two periods") };
        assert_eq!((last.survival, last.low, last.high), (0.0, 0.0, before.high));
    }

    #[test]
    fn nobody_has_no_periods() {
        assert_eq!(table(&[]), LifeTable::default());
        assert_eq!(table(&[(2, true, 0)]), LifeTable::default());
        assert_eq!((table(&[]).median(), table(&[]).survival_at(0)), (None, None));
    }

    #[test]
    fn half_is_a_half_whatever_rounding_does() {
        // 3/4 · 2/3 and 9/10 · 5/9 are one half.
        assert_eq!(table(&[(1, true, 1), (2, true, 1), (3, false, 2)]).median(), Some(2));
        assert_eq!(table(&[(1, true, 1), (2, true, 4), (3, false, 5)]).median(), Some(2));
        assert_eq!(table(&[(1, true, 4), (2, false, 5)]).median(), None);
    }
}
