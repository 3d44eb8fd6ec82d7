//! The company's calendar: 1 January 2023 to 30 June 2025, its seasons and its hours. No clock is read.
//!
//! Purchases happen in *business time*, in which the purchase process is exactly the one of the models; a business day is a calendar
//! day stretched by the season's weight (mean 1 over 2023 and 2024). So the data are seasonal and the process is still known.

/// Days from 1 January 1970 to 1 January 2023, the first day of the lake.
pub const FIRST_DAY: i32 = 19_358;
/// Calendar days in the lake: 2023, 2024 and the first half of 2025.
pub const DAYS: u32 = 365 + 366 + 181;
/// The last day of the lake, for `as_of`.
pub const AS_OF: &str = "2025-06-30";
pub const SECONDS_PER_DAY: u32 = 86_400;
/// Seconds from the first midnight to the end of the last day.
pub const END: u32 = DAYS * SECONDS_PER_DAY;

const MONTHS: [f64; 12] = [0.78, 0.80, 0.92, 0.97, 1.00, 0.94, 0.82, 0.80, 0.95, 1.06, 1.42, 1.54];
/// Monday to Sunday.
const WEEKDAYS: [f64; 7] = [1.02, 0.96, 0.95, 0.98, 1.06, 1.15, 0.88];
/// Share of a day's purchases by hour, UTC.
const HOURS: [f64; 24] =
    [0.6, 0.3, 0.2, 0.1, 0.2, 0.5, 1.4, 2.6, 4.1, 5.2, 5.8, 6.0, 5.7, 5.2, 5.1, 5.3, 5.9, 6.8, 7.8, 8.6, 8.4, 6.9, 4.6, 2.0];

/// A date as year, month and day, from days since 1970 (the proleptic Gregorian calendar, era by era of 400 years).
pub fn civil(days_since_1970: i32) -> (i32, u32, u32) {
    let shifted = i64::from(days_since_1970) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month as u32, day as u32)
}

/// Business time against calendar time, and the hours of a day.
pub struct Calendar {
    /// Business time at the start of each day, and at the end of the last.
    business: Vec<f64>,
    /// Share of a day's purchases before each hour, and 1 at the end.
    hours: [f64; 25],
}

impl Calendar {
    pub fn new() -> Self {
        let weights: Vec<f64> = (0..DAYS as i32).map(day_weight).collect();
        let two_years = weights.iter().take(731).sum::<f64>() / 731.0;
        let mut business = Vec::with_capacity(weights.len() + 1);
        let mut sum = 0.0;
        business.push(0.0);
        for weight in weights {
            sum += weight / two_years;
            business.push(sum);
        }
        let total: f64 = HOURS.iter().sum();
        let mut hours = [1.0; 25];
        let mut before = 0.0;
        for (share, weight) in hours.iter_mut().zip(HOURS) {
            *share = before;
            before += weight / total;
        }
        Self { business, hours }
    }

    /// Business days in the whole lake.
    pub fn business_days(&self) -> f64 {
        self.business.last().copied().unwrap_or_default()
    }

    /// Calendar seconds since the first midnight at a business time; times at or after the end give [`END`] − 1. Monotone.
    pub fn at(&self, business_time: f64) -> u32 {
        let day = self.business.partition_point(|start| *start <= business_time).saturating_sub(1).min(DAYS as usize - 1);
        let (start, end) = (self.business[day], self.business[day + 1]);
        let share = ((business_time - start) / (end - start)).clamp(0.0, 0.999_999);
        let hour = self.hours.partition_point(|before| *before <= share).saturating_sub(1).min(23);
        let within = (share - self.hours[hour]) / (self.hours[hour + 1] - self.hours[hour]);
        let seconds = hour as f64 * 3600.0 + within * 3600.0;
        day as u32 * SECONDS_PER_DAY + (seconds as u32).min(SECONDS_PER_DAY - 1)
    }
}

/// Seasonal weight of a day of the lake before normalisation.
fn day_weight(day: i32) -> f64 {
    let (_, month, day_of_month) = civil(FIRST_DAY + day);
    let weekday = (FIRST_DAY + day + 3).rem_euclid(7) as usize;
    let special = match (month, day_of_month) {
        (11, 22..=30) => 1.7,
        (12, 1..=18) => 1.25,
        (12, 24..=26) => 0.45,
        (1, 1) => 0.5,
        _ => 1.0,
    };
    MONTHS[(month as usize + 11) % 12] * WEEKDAYS[weekday] * special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_and_last_day_are_the_stated_ones() {
        assert_eq!(civil(FIRST_DAY), (2023, 1, 1));
        assert_eq!(civil(FIRST_DAY + DAYS as i32 - 1), (2025, 6, 30));
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(11_016), (2000, 2, 29));
    }

    #[test]
    fn business_time_is_monotone_and_as_long_as_the_calendar_over_two_years() {
        let calendar = Calendar::new();
        assert!((calendar.business[731] - 731.0).abs() < 1e-6);
        let mut last = 0;
        for step in 0..100_000 {
            let at = calendar.at(calendar.business_days() * f64::from(step) / 100_000.0);
            assert!(at >= last && at < END);
            last = at;
        }
        // 2023-01-01 was a Sunday, 2024-11-29 (Black Friday) a Friday: the busiest days are in November and December.
        assert!(day_weight(698) > 2.0 * day_weight(0));
    }
}
