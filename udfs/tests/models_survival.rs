//! The product-limit estimate: against lifelines on published data, and what must hold for any customers.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use datafusion_functions_customer::models::survival::{LifeTable, life_table};
use datafusion_functions_customer::models::tenures::Tenures;
use proptest::prelude::*;

type Rows = Vec<(u32, bool, u64)>;

fn tenures(rows: &[(u32, bool, u64)]) -> Tenures {
    let mut tenures = Tenures::default();
    rows.iter().for_each(|(tenure, churned, n)| tenures.add(f64::from(*tenure), *churned, *n).expect("a tenure"));
    tenures
}

fn check(table: &LifeTable, expected: &[(u64, u64, f64, f64, f64)]) {
    for (tenure, at_risk, survival, low, high) in expected {
        let period = table.periods.iter().find(|period| period.tenure == *tenure).expect("a period");
        assert_eq!(period.at_risk, *at_risk, "at {tenure}");
        for (found, expected) in [(period.survival, survival), (period.low, low), (period.high, high)] {
            assert!((found - expected).abs() < 1e-9, "at {tenure}: {found} is not {expected}");
        }
    }
}

/// Weeks in remission of the 21 patients on 6-mercaptopurine of Freireich et al. 1963, "The effect of 6-mercaptopurine on the duration of
/// steroid-induced remissions in acute leukemia", Blood 21(6). Expected: lifelines 0.30.3, `KaplanMeierFitter().fit(t, status)` of
/// `load_leukemia()`: `survival_function_` and `confidence_interval_`.
#[test]
fn leukaemia_treated() {
    let left = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|t| (t, true, 1));
    let there = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|t| (t, false, 1));
    let table = life_table(&tenures(&[left.as_slice(), &there].concat()));
    let expected = [
        (6, 21, 0.857142857142857, 0.6197179552659838, 0.9515517476469969),
        (7, 17, 0.8067226890756299, 0.5631465646222333, 0.9228090192028802),
        (9, 16, 0.8067226890756299, 0.5631465646222333, 0.9228090192028802),
        (10, 15, 0.7529411764705878, 0.5031995107999564, 0.8893618351692651),
        (13, 12, 0.6901960784313722, 0.4316102224861839, 0.8490659633494505),
        (16, 11, 0.6274509803921566, 0.36751085598750194, 0.8049121894718411),
        (22, 7, 0.5378151260504199, 0.26777893676713493, 0.7467907176353943),
        (23, 6, 0.44817927170868327, 0.18805200595923233, 0.6801426284952412),
        (35, 1, 0.44817927170868327, 0.18805200595923233, 0.6801426284952412),
    ];
    check(&table, &expected);
    assert_eq!(table.periods.len(), 16);
    assert_eq!(table.median(), Some(23));
    // The lower limit of the curve is first below one half at 13; the upper one never is.
    assert_eq!(table.median_limits(), (Some(13), None));
    // Klein and Moeschberger 2003, "Survival analysis", 2nd edition, section 4.2: the standard errors with four decimals.
    let errors = [(6, 0.0764), (7, 0.0869), (10, 0.0963), (13, 0.1068), (16, 0.1141), (22, 0.1282), (23, 0.1346)];
    for (tenure, error) in errors {
        let period = table.periods.iter().find(|period| period.tenure == tenure).expect("a period");
        assert!((period.variance.sqrt() - error).abs() < 6e-5, "at {tenure}: {}", period.variance.sqrt());
    }
}

/// The 21 patients on placebo, none censored, as above.
#[test]
fn leukaemia_untreated() {
    let rows = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23].map(|t| (t, true, 1));
    let table = life_table(&tenures(&rows));
    let expected = [
        (1, 21, 0.9047619047619045, 0.6700458822350337, 0.9752941490381123),
        (8, 12, 0.3809523809523809, 0.1830665488203943, 0.5777886777458309),
        (17, 3, 0.09523809523809525, 0.01625926021224702, 0.2612499819686869),
        (22, 2, 0.047619047619047616, 0.003324463042531178, 0.1970449056989461),
    ];
    check(&table, &expected);
    assert_eq!(table.median(), Some(8));
    assert_eq!(table.periods.last().map(|period| (period.tenure, period.survival)), Some((23, 0.0)));
    // Without censoring the mean is that of the tenures: 182 / 21.
    assert!((table.restricted_mean(23).expect("all seen") - 182.0 / 21.0).abs() < 1e-12);
}

fn rows() -> impl Strategy<Value = Rows> {
    let one = prop_oneof![
        (1..30_u32, any::<bool>(), 0..40_u64),
        (1..1_000_000_u32, any::<bool>(), 1..1_000_000_000_u64),
        (Just(0), Just(false), 1..5_u64),
    ];
    prop::collection::vec(one, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn falls_inside_its_band(rows in rows()) {
        let table = life_table(&tenures(&rows));
        let mut before = 1.0;
        for period in &table.periods {
            prop_assert!(period.survival <= before);
            prop_assert!(0.0 <= period.low && period.low <= period.survival, "{:?}", period);
            prop_assert!(period.survival <= period.high && period.high <= 1.0, "{:?}", period);
            prop_assert!(period.variance >= 0.0 && period.variance <= 0.25 && (0.0..=1.0).contains(&period.hazard));
            prop_assert!(period.low < period.high, "{:?}", period);
            before = period.survival;
        }
        let total: u64 = rows.iter().map(|row| row.2).sum();
        prop_assert_eq!(table.periods.iter().map(|period| period.churned + period.censored).sum::<u64>(), total);
        prop_assert_eq!(table.periods.first().map_or(0, |period| period.at_risk), total);
    }

    #[test]
    fn parts_in_any_order_are_the_whole(rows in rows(), at in 0..40_usize) {
        let whole = life_table(&tenures(&rows));
        let (left, right) = rows.split_at(at.min(rows.len()));
        let (mut parts, mut reversed) = (tenures(right), tenures(&rows.iter().rev().copied().collect::<Vec<_>>()));
        parts.merge(&tenures(left));
        prop_assert_eq!(&whole, &life_table(&parts));
        reversed.merge(&Tenures::default());
        prop_assert_eq!(&whole, &life_table(&reversed));
    }

    /// Without censoring the estimate is the part that is left, and its variance the binomial one.
    #[test]
    fn a_part_of_the_customers_without_censoring(tenures_of in prop::collection::vec(1..20_u32, 1..60)) {
        let rows: Rows = tenures_of.iter().map(|tenure| (*tenure, true, 1)).collect();
        let n = rows.len() as f64;
        for period in life_table(&tenures(&rows)).periods {
            let part = tenures_of.iter().filter(|tenure| u64::from(**tenure) > period.tenure).count() as f64 / n;
            prop_assert!((period.survival - part).abs() < 1e-12);
            prop_assert!((period.variance - part * (1.0 - part) / n).abs() < 1e-12);
        }
    }
}
