//! Intervals in the style `postgres`: `1 year 2 mons 3 days 04:05:06.7`.

use super::datetime::write_fraction;

/// Months, days and microseconds, each with its own sign, as both PostgreSQL and Arrow keep them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    pub months: i32,
    pub days: i32,
    pub micros: i64,
}

impl Interval {
    pub fn write_text(self, out: &mut Vec<u8>) {
        let mut parts = Parts { out, first: true, before_negative: false };
        parts.push(self.months / 12, "year");
        parts.push(self.months % 12, "mon");
        parts.push(self.days, "day");
        if !parts.first && self.micros == 0 {
            return;
        }
        if !parts.first {
            parts.out.push(b' ');
        }
        if self.micros < 0 {
            parts.out.push(b'-');
        } else if parts.before_negative {
            // After a negative part the sign is written, so that it is not taken to hold for the rest.
            parts.out.push(b'+');
        }
        let magnitude = self.micros.unsigned_abs();
        let seconds = magnitude / 1_000_000;
        for (value, end) in [(seconds / 3_600, ":"), (seconds / 60 % 60, ":"), (seconds % 60, "")] {
            if value < 10 {
                out.push(b'0');
            }
            out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
            out.extend_from_slice(end.as_bytes());
        }
        write_fraction((magnitude % 1_000_000) as u32, out);
    }

    /// The form of `interval_send`: microseconds, days, months.
    pub fn write_binary(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.micros.to_be_bytes());
        out.extend_from_slice(&self.days.to_be_bytes());
        out.extend_from_slice(&self.months.to_be_bytes());
    }
}

struct Parts<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
    before_negative: bool,
}

impl Parts<'_> {
    fn push(&mut self, value: i32, unit: &str) {
        if value == 0 {
            return;
        }
        if !self.first {
            self.out.push(b' ');
        }
        if self.before_negative && value > 0 {
            self.out.push(b'+');
        }
        self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
        self.out.push(b' ');
        self.out.extend_from_slice(unit.as_bytes());
        if value != 1 {
            self.out.push(b's');
        }
        self.first = false;
        self.before_negative = value < 0;
    }
}
