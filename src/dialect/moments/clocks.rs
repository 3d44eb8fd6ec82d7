//! Casts between moments and what a clock of the session's zone shows, by the rules of [`super::at_time_zone`]: the engine's own keep the
//! time in UTC, or refuse times that the clock skips.

use cilake_wire::values::zone::Zone;
use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::{Expr, ScalarUDF, lit};

use super::at_time_zone::AtTimeZone;

const CLOCK: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// The cast of such a value; `None` for all others, and where clocks show UTC.
pub fn moved(expr: &Expr, from: &DataType, to: &DataType) -> Option<Expr> {
    let (zone, moment) = match (from, to) {
        (DataType::Timestamp(_, Some(zone)), DataType::Timestamp(_, None) | DataType::Date32 | DataType::Time64(_)) => {
            (zone, expr.clone())
        }
        (DataType::Timestamp(_, None) | DataType::Date32, DataType::Timestamp(_, Some(zone))) => {
            (zone, cast(expr.clone(), from, &CLOCK))
        }
        _ => return None,
    };
    let named = match Zone::parse(zone)? {
        Zone::Fixed(0) => return None,
        // The name of an offset would be read as POSIX counts, to the west.
        Zone::Fixed(seconds) => {
            let east = IntervalMonthDayNano::new(0, 0, i64::from(seconds) * 1_000_000_000);
            Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(east)), None)
        }
        Zone::Named(_) => lit(zone.to_string()),
    };
    let shown = match to {
        DataType::Timestamp(_, Some(zone)) => DataType::Timestamp(TimeUnit::Microsecond, Some(zone.clone())),
        _ => CLOCK,
    };
    let moved = ScalarUDF::from(AtTimeZone::new(zone)).call(vec![named, moment]);
    Some(cast(moved, &shown, to))
}

fn cast(expr: Expr, from: &DataType, to: &DataType) -> Expr {
    if from == to { expr } else { Expr::Cast(Cast::new(Box::new(expr), to.clone())) }
}
