//! The data of the literature, as far as the models need them: sufficient statistics, equal customers counted once.

use super::gamma_gamma::Spenders;
use super::histories::{Histories, History};
use super::tenures::Tenures;

/// Customers of CDNOW with one history in the calibration and one number of purchase days in the holdout.
#[derive(Debug, Clone, Copy)]
pub struct Cdnow {
    /// Purchase days to 1997-09-30, in weeks.
    pub history: History,
    /// Purchase days in the 39 weeks after it.
    pub holdout: f64,
    /// How many customers share them.
    pub customers: f64,
}

/// Weeks as in the published table, which has two decimals.
#[must_use]
pub fn rounded_weeks(days: f64) -> f64 {
    (days / 7.0 * 100.0).round() / 100.0
}

/// Weeks.
#[must_use]
pub fn weeks(days: f64) -> f64 {
    days / 7.0
}

/// The 2,357 customers of the 1/10 sample of Fader and Hardie 2001, "Forecasting repeat sales at CDNOW", as in lifetimes 0.11.3: purchase days
/// after the first, days from the first to the last, days from the first to the end of the calibration, purchase days in the 39 weeks after it.
#[must_use]
pub fn cdnow(unit: fn(f64) -> f64) -> Vec<Cdnow> {
    let row = |line: Vec<f64>| match *line {
        [x, t_x, age, holdout, customers] => {
            Some(Cdnow { history: History::new(x, unit(t_x), unit(age)).ok()?, holdout, customers })
        }
        _ => None,
    };
    numbers(include_str!("published/cdnow_calibration.csv")).filter_map(row).collect()
}

/// What the 946 repeat buyers of that sample spent: repeat days, the mean of their sums; the others are ignored.
#[must_use]
pub fn cdnow_spend() -> Spenders {
    let mut spenders = Spenders::default();
    for line in numbers(include_str!("published/cdnow_spend.csv")) {
        if let [x, mean, customers] = *line {
            spenders.add(x, mean, customers as u64);
        }
    }
    spenders
}

fn numbers(table: &'static str) -> impl Iterator<Item = Vec<f64>> {
    table.lines().skip(1).map(|line| line.split(',').filter_map(|field| field.parse().ok()).collect())
}

/// x, t_x and how many of 11,104 donors of 1995 gave so in the six years after: the grouped data of Fader, Hardie and Shang 2010, "Customer-base
/// analysis in a discrete-time noncontractual setting", as in lifetimes 0.11.3 (`load_donations`).
const DONORS: [(f64, f64, u64); 22] = [
    (0.0, 0.0, 3464),
    (1.0, 1.0, 1091),
    (1.0, 2.0, 277),
    (1.0, 3.0, 129),
    (1.0, 4.0, 78),
    (1.0, 5.0, 119),
    (1.0, 6.0, 129),
    (2.0, 2.0, 613),
    (2.0, 3.0, 255),
    (2.0, 4.0, 155),
    (2.0, 5.0, 173),
    (2.0, 6.0, 234),
    (3.0, 3.0, 322),
    (3.0, 4.0, 181),
    (3.0, 5.0, 225),
    (3.0, 6.0, 357),
    (4.0, 4.0, 240),
    (4.0, 5.0, 284),
    (4.0, 6.0, 512),
    (5.0, 5.0, 335),
    (5.0, 6.0, 728),
    (6.0, 6.0, 1203),
];

/// The donors' histories; every year is one opportunity.
#[must_use]
pub fn donors() -> Histories {
    let mut histories = Histories::default();
    for (frequency, recency, donors) in DONORS {
        histories.add(History { frequency, recency, age: 6.0 }, donors);
    }
    histories
}

/// Customers of the "Regular" segment of Fader and Hardie 2007, "How to project customer retention", by year.
const REGULAR: [u64; 8] = [1000, 631, 468, 382, 326, 289, 262, 241];

/// Their tenures; those who are left have renewed seven times.
#[must_use]
pub fn regular() -> Tenures {
    let mut tenures = Tenures::default();
    let mut tenure = 0.0;
    for pair in REGULAR.windows(2) {
        if let [before, after] = *pair {
            tenure += 1.0;
            // A tenure that is a small whole number is one.
            let _ = tenures.add(tenure, true, before - after);
        }
    }
    let _ = tenures.add(tenure, false, REGULAR[REGULAR.len() - 1]);
    tenures
}
