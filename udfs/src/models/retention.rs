//! How many customers are still there after each period: what was observed, and what a fitted model makes of the periods to come.
//!
//! The observed part is the product-limit estimate of [`super::survival`]; the other one is the shifted beta-geometric or the
//! beta-discrete-Weibull of [`super::tenures`], whichever has the smaller AIC: the second is the first with one parameter more.

use super::fitted::Fitted;
use super::survival::{Period, life_table, nobody_left_low};
use super::tenures::{Tenures, fit_bdw, fit_sbg, survival};

/// One period of the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// 0 is the start, 1 the first renewal.
    pub period: u64,
    /// What was seen of it; `None` after the last period that somebody was seen in.
    pub observed: Option<Period>,
    /// P(a customer has not left by the end of this period), by the model; `None` where none fits.
    pub projected: Option<f64>,
}

/// The curve and its model.
#[derive(Debug, Clone, PartialEq)]
pub struct Retention {
    /// One point a period from 0 to the horizon, and no gaps between them.
    pub points: Vec<Point>,
    /// The model of `projected`; its status says why there is none.
    pub model: Fitted,
}

/// The curve from 0 to `horizon`, or to the last period observed if no horizon is given. No customers give no points.
#[must_use]
pub fn retention(tenures: &Tenures, horizon: Option<u64>) -> Retention {
    let model = projection(tenures);
    let table = life_table(tenures).periods;
    let (Some(first), Some(last)) = (table.first(), table.last()) else { return Retention { points: vec![], model } };
    let everybody = first.at_risk;
    let mut known = table.iter().peekable();
    let mut before: Option<Period> = None;
    let points = (0..=horizon.unwrap_or(last.tenure)).map(|period| {
        let here = known.next_if(|next| next.tenure == period).copied();
        let observed = here.or_else(|| quiet(period, before, known.peek().map(|next| next.at_risk)));
        // Nobody can leave before the first renewal.
        let observed =
            observed.map(|seen| if period == 0 { Period { at_risk: everybody, low: 1.0, high: 1.0, ..seen } } else { seen });
        before = observed.or(before);
        Point { period, observed, projected: model.usable().and_then(|parameters| project(parameters, period)) }
    });
    let points = points.collect();
    Retention { points, model }
}

/// A period that no tenure ends in: the curve stays where it was.
fn quiet(tenure: u64, before: Option<Period>, at_risk: Option<u64>) -> Option<Period> {
    let at_risk = at_risk?;
    let (survival, variance) = before.map_or((1.0, 0.0), |before| (before.survival, before.variance));
    let (low, high) = match before {
        Some(before) if survival < 1.0 => (before.low, before.high),
        _ => (nobody_left_low(at_risk as f64), 1.0),
    };
    Some(Period { tenure, at_risk, churned: 0, censored: 0, hazard: 0.0, survival, variance, low, high })
}

/// The better of the two models; if only one converges, that one.
#[must_use]
pub fn projection(tenures: &Tenures) -> Fitted {
    let (sbg, bdw) = (fit_sbg(tenures), fit_bdw(tenures));
    let aic = |fitted: &Fitted| fitted.usable().and_then(|_| fitted.aic());
    match (aic(&sbg), aic(&bdw)) {
        (Some(simple), Some(general)) if general < simple => bdw,
        (None, Some(_)) => bdw,
        _ => sbg,
    }
}

fn project(parameters: &[f64], period: u64) -> Option<f64> {
    match (parameters, period) {
        (_, 0) => Some(1.0),
        ([alpha, beta], _) => Some(survival(*alpha, *beta, 1.0, period as f64)),
        ([gamma, delta, c], _) => Some(survival(*gamma, *delta, *c, period as f64)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first eight numbers of a segment: who is there at the start and after each of seven years.
    fn segment(there: [u64; 8]) -> Tenures {
        let mut tenures = Tenures::default();
        for (year, pair) in there.windows(2).enumerate() {
            tenures.add(year as f64 + 1.0, true, pair[0] - pair[1]).expect("a tenure");
        }
        tenures.add(7.0, false, there[7]).expect("a tenure");
        tenures
    }

    /// The two segments of Fader and Hardie 2007, "How to project customer retention": seven years to learn from, and what the next
    /// five brought. Expected: scipy 1.17.1, `minimize` of the same likelihoods with `betaln`: AIC 3364.530 of sBG and 3365.206 of
    /// BdW for "Regular", 3226.316 and 3216.628 for "High End"; and the survival of the better one.
    #[test]
    fn five_years_ahead() {
        let regular = retention(&segment([1000, 631, 468, 382, 326, 289, 262, 241]), Some(12));
        let high_end = retention(&segment([1000, 869, 743, 653, 593, 551, 517, 491]), Some(12));
        assert_eq!((regular.model.model, high_end.model.model), ("sbg", "bdw"));
        assert!((regular.model.aic().expect("fitted") - 3364.5303770).abs() < 1e-6);
        assert!((high_end.model.aic().expect("fitted") - 3216.6284264).abs() < 1e-6);
        let expected = [
            (
                &regular,
                262,
                [223.0, 207.0, 194.0, 183.0, 173.0],
                [0.220084966, 0.204410787, 0.191190191, 0.179864993, 0.170037454],
            ),
            (
                &high_end,
                517,
                [468.0, 445.0, 427.0, 409.0, 394.0],
                [0.467752368, 0.448337903, 0.431581735, 0.416915871, 0.403929585],
            ),
        ];
        for (curve, at_risk, actual, scipy) in expected {
            assert_eq!(curve.points.len(), 13);
            for ((point, actual), scipy) in curve.points[8..].iter().zip(actual).zip(scipy) {
                assert_eq!(point.observed, None);
                let projected = point.projected.expect("fitted");
                assert!((projected - scipy).abs() < 2e-6, "year {}: {projected} is not {scipy}", point.period);
                assert!((projected * 1000.0 - actual).abs() < 10.0, "year {}: {projected}, and {actual} came", point.period);
            }
            let (start, seven) = (curve.points[0].observed.expect("seen"), curve.points[7].observed.expect("seen"));
            assert_eq!((start.survival, start.low, start.high, start.at_risk), (1.0, 1.0, 1.0, 1000));
            assert_eq!((seven.at_risk, seven.tenure), (at_risk, 7));
        }
    }

    /// By hand: of five customers one leaves at renewal 2 and one at 4; three are last seen at 5.
    #[test]
    fn periods_without_an_event_are_there() {
        let mut tenures = Tenures::default();
        [(2.0, true, 1), (4.0, true, 1), (5.0, false, 3)]
            .into_iter()
            .for_each(|(t, c, n)| tenures.add(t, c, n).expect("a tenure"));
        let points = retention(&tenures, Some(6)).points;
        let seen: Vec<_> = points.iter().map(|point| point.observed.map(|p| (p.tenure, p.at_risk, p.churned))).collect();
        assert_eq!(seen[..3], [Some((0, 5, 0)), Some((1, 5, 0)), Some((2, 5, 1))]);
        assert_eq!(seen[3..], [Some((3, 4, 0)), Some((4, 4, 1)), Some((5, 3, 0)), None]);
        let survival: Vec<_> = points.iter().flat_map(|point| point.observed).map(|p| (p.survival * 5.0).round()).collect();
        assert_eq!(survival, [5.0, 5.0, 4.0, 4.0, 3.0, 3.0]);
        let band = |at: usize| points[at].observed.map(|p| (p.low, p.high));
        assert_eq!(band(3), band(2));
        assert_eq!(points.len(), 7);
        assert_eq!(retention(&tenures, None).points.len(), 6);
    }

    #[test]
    fn nobody_left_and_nobody_there() {
        let mut tenures = Tenures::default();
        assert_eq!(retention(&tenures, Some(3)).points, []);
        tenures.add(2.0, false, 4).expect("a tenure");
        let curve = retention(&tenures, Some(3));
        assert_eq!(curve.model.status, "nobody has churned");
        assert!(curve.points.iter().all(|point| point.projected.is_none()));
        assert_eq!(curve.points.iter().filter(|point| point.observed.is_some()).count(), 3);
    }
}
