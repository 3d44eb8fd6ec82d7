//! From purchases to purchase histories: the part that `rfm_summary` and `churn_prob` share.
//!
//! aggregate by order, where there are orders → by customer → [`AggregateOver`](crate::operator::AggregateOver) for the latest day, where
//! `as_of` was not given → ordinary expressions.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{Result, ScalarValue};
use datafusion::functions::core::expr_fn::{coalesce, get_field, greatest, least, nullif};
use datafusion::functions_aggregate::expr_fn::{count, max, min, sum};
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, cast, col, lit, try_cast, when};

use super::split_history::split_history;
use crate::aggregate::exact_sum::{exact_sum, not_finite};
use crate::aggregate::purchase_history::{DAYS, FIRST, LAST, PURCHASE_DAYS, SPENT, purchase_history};
use crate::doc::{Argument, Takes};
use crate::operator::append_aggregates;
use crate::options::Call;
use crate::require::require;
use crate::time::{Time, date_literal, day_of, is_time};

pub const CUSTOMER: &str = "customer";
pub const FREQUENCY: &str = "frequency";
pub const RECENCY: &str = "recency";
pub const AGE: &str = "age";
pub const MONETARY: &str = "monetary";
pub const HOLDOUT_FREQUENCY: &str = "holdout_frequency";
pub const HOLDOUT_DURATION: &str = "holdout_duration";
/// The struct of [`split_history`].
pub const EARLIER: &str = "earlier";
/// The group that a customer belongs to, where there is one.
pub const GROUP: &str = "grp";

/// Names of columns between the steps of the plan.
const DAY: &str = "day";
const AMOUNT: &str = "amount";
const ORDER: &str = "order_key";
const PURCHASES: &str = "purchases";
const SEEN: &str = "seen_day";
const HISTORY: &str = "history";
const HOLDOUT: &str = "holdout";
const END: &str = "end_day";
const FIRST_OF_ALL: &str = "first_of_all";

/// The options that functions of purchases share.
pub const REL: Argument = Argument::required("rel", Takes::Relation, "purchases, one row each; or order lines");
pub const CUSTOMER_COLUMN: Argument =
    Argument::required("customer", Takes::Column, "who bought; rows without a customer are left out");
pub const AT_COLUMN: Argument =
    Argument::required("at", Takes::Column, "when: date, timestamp or timestamptz; rows without a time are left out");
pub const AMOUNT_COLUMN: Argument = Argument::optional(
    "amount",
    Takes::Column,
    "NULL",
    "how much: a purchase is then a row with an amount not below zero; NULL counts 0",
);
pub const ORDER_COLUMN: Argument =
    Argument::optional("order_id", Takes::Column, "NULL", "lines of one order count on the day of its first line");
pub const AS_OF_TIME: Argument = Argument::optional(
    "as_of",
    Takes::Time,
    "NULL",
    "rows after it are ignored; by default the latest time of a row that has a customer",
);

/// What is asked of the summary.
#[derive(Debug)]
pub struct Wanted {
    pub customer: Expr,
    pub at: Expr,
    pub at_type: DataType,
    /// The amount and whether it is a floating-point number.
    pub amount: Option<(Expr, bool)>,
    pub order_id: Option<Expr>,
    pub group: Option<Expr>,
    pub as_of: Option<Time>,
    pub calibration_end: Option<Time>,
    /// Whether the mean amount is wanted, or the amount only tells purchases from returns.
    pub monetary: bool,
    /// Days in the unit of the result.
    pub days_in_unit: f64,
    /// What was known earlier is wanted too, in the column [`EARLIER`].
    pub earlier: Option<Earlier>,
}

/// When "earlier" is: the last third of the time from the first purchase of all to the end comes after it.
#[derive(Debug, Clone, Copy)]
pub struct Earlier {
    /// At least so many days shall come after it, but no more than half of the time.
    pub days_after: f64,
}

impl Wanted {
    /// The options that both functions have.
    pub fn read(call: &Call) -> Result<Self> {
        let (customer, at) = (call.required_column(CUSTOMER)?, call.required_column("at")?);
        let at_type = call.expect_type("at", &at, "dates or timestamps", is_time)?;
        let amount = match call.column(AMOUNT)? {
            None => None,
            Some(amount) => {
                let there = call.expect_type(AMOUNT, &amount, "numbers", DataType::is_numeric)?;
                let floating = there.is_floating();
                let amount = if floating { cast(amount, DataType::Float64) } else { amount };
                let zero = ScalarValue::new_zero(if floating { &DataType::Float64 } else { &there })?;
                let amount = coalesce(vec![amount, lit(zero)]);
                Some((if floating { finite(amount) } else { amount }, floating))
            }
        };
        Ok(Self {
            customer,
            at,
            at_type,
            amount,
            order_id: call.column("order_id")?,
            group: None,
            as_of: call.time("as_of")?,
            calibration_end: None,
            monetary: false,
            days_in_unit: 1.0,
            earlier: None,
        })
    }
}

/// 22023 for a NaN or infinite amount, whatever is asked of the summary: what counts as a purchase depends on every amount.
fn finite(amount: Expr) -> Expr {
    let condition = amount.clone().between(lit(f64::MIN), lit(f64::MAX));
    require(condition, amount, not_finite())
}

/// customer, frequency, recency, age, monetary, holdout_frequency, holdout_duration and, where wanted, the group.
pub fn summary(call: &Call, wanted: &Wanted) -> Result<LogicalPlan> {
    let zone = call.time_zone();
    let literal = |time: Option<Time>| -> Result<_> { time.map(|t| Ok(date_literal(t.date(zone)?))).transpose() };
    let as_of = literal(wanted.as_of)?;
    let calibration_end = literal(wanted.calibration_end)?;
    if let (Some(ScalarValue::Date32(Some(as_of))), Some(ScalarValue::Date32(Some(end)))) = (&as_of, &calibration_end)
        && end > as_of
    {
        return Err(call.impossible("calibration_end", "must not be later than as_of"));
    }
    let customers = by_customer(purchases(call, wanted)?, wanted, calibration_end.as_ref())?;
    let mut of_all = vec![];
    of_all.extend(as_of.is_none().then(|| max(col(SEEN)).alias(END)));
    of_all.extend(wanted.earlier.map(|_| min(col(FIRST)).alias(FIRST_OF_ALL)));
    let customers = if of_all.is_empty() { customers } else { append_aggregates(customers, of_all)? };
    finish(customers, wanted, as_of.map_or_else(|| col(END), lit), calibration_end)
}

/// One row for each purchase, or return: who, when, and what was spent; with orders, one row for each order.
fn purchases(call: &Call, wanted: &Wanted) -> Result<LogicalPlan> {
    let zone = call.time_zone();
    let mut rows = LogicalPlanBuilder::from(call.relation()?.plan.clone())
        .filter(wanted.customer.clone().is_not_null())?
        .filter(wanted.at.clone().is_not_null())?;
    if let Some(as_of) = wanted.as_of {
        rows = rows.filter(as_of.at_or_before(wanted.at.clone(), &wanted.at_type, zone)?)?;
    }
    let day = if moment_is_day(wanted) { wanted.at.clone() } else { day_of(wanted.at.clone(), &wanted.at_type, zone) };
    let mut columns = vec![wanted.customer.clone().alias(CUSTOMER), day.alias(DAY)];
    columns.extend(wanted.amount.clone().map(|(amount, _)| amount.alias(AMOUNT)));
    columns.extend(wanted.order_id.clone().map(|order| order.alias(ORDER)));
    columns.extend(wanted.group.clone().map(|group| group.alias(GROUP)));
    let rows = rows.project(columns)?;
    if wanted.order_id.is_none() {
        return rows.build();
    }
    // The lines of an order are one purchase, on the day of the first line.
    let is_purchase = is_purchase(wanted);
    let mut lines = vec![
        filtered(count(lit(1_i64)), is_purchase.clone())?.alias(PURCHASES),
        filtered(min(col(DAY)), is_purchase.clone())?.alias(FIRST),
        max(col(DAY)).alias(LAST),
    ];
    let mut columns =
        vec![col(CUSTOMER), coalesce(vec![col(FIRST), col(LAST)]).alias(DAY), col(LAST).alias(SEEN), col(PURCHASES)];
    if wanted.monetary && wanted.amount.is_some() {
        lines.push(filtered(sum_of(col(AMOUNT), wanted), is_purchase)?.alias(SPENT));
        columns.push(col(SPENT).alias(AMOUNT));
    }
    if wanted.group.is_some() {
        lines.push(min(col(GROUP)).alias(GROUP));
        columns.push(col(GROUP));
    }
    // Lines without an order stay apart: one order a day.
    let unnamed = when(col(ORDER).is_null(), col(DAY)).end()?;
    rows.aggregate([col(CUSTOMER), col(ORDER), unnamed], lines)?.project(columns)?.build()
}

/// Whether a time without a zone stands for its day, which [`purchase_history`] takes from it faster than a cast of every row.
fn moment_is_day(wanted: &Wanted) -> bool {
    wanted.order_id.is_none() && matches!(wanted.at_type, DataType::Timestamp(TimeUnit::Microsecond | TimeUnit::Nanosecond, None))
}

/// Which rows are purchases, not returns.
fn is_purchase(wanted: &Wanted) -> Option<Expr> {
    wanted.amount.is_some().then(|| col(AMOUNT).gt_eq(lit(0_i64)))
}

fn filtered(aggregate: Expr, filter: Option<Expr>) -> Result<Expr> {
    match filter {
        Some(filter) => aggregate.filter(filter).build(),
        None => Ok(aggregate),
    }
}

fn sum_of(amount: Expr, wanted: &Wanted) -> Expr {
    match wanted.amount {
        Some((_, true)) => exact_sum(amount),
        _ => sum(amount),
    }
}

/// One row for each customer: first and last purchase day, purchase days, what was spent on the days after the first. Days of
/// returns are seen too, because they show how far the data reach.
fn by_customer(purchases: LogicalPlan, wanted: &Wanted, calibration_end: Option<&ScalarValue>) -> Result<LogicalPlan> {
    let has_orders = wanted.order_id.is_some();
    let bought = if has_orders { Some(col(PURCHASES).gt(lit(0_i64))) } else { is_purchase(wanted) };
    let both = |left: Option<Expr>, right: Option<Expr>| match (left, right) {
        (Some(left), Some(right)) => Some(left.and(right)),
        (left, right) => left.or(right),
    };
    let as_day = |moment: Expr| if moment_is_day(wanted) { cast(moment, DataType::Date32) } else { moment };
    let calibration = both(bought.clone(), calibration_end.map(|end| as_day(col(DAY)).lt_eq(lit(end.clone()))));
    let amount = (wanted.monetary && wanted.amount.is_some()).then(|| cast(col(AMOUNT), DataType::Float64));
    let history = purchase_history(col(DAY), amount, wanted.earlier.is_some());
    let mut aggregates =
        vec![filtered(history, calibration)?.alias(HISTORY), max(col(if has_orders { SEEN } else { DAY })).alias(SEEN)];
    if let Some(end) = calibration_end {
        let holdout = both(bought, Some(as_day(col(DAY)).gt(lit(end.clone()))));
        aggregates.push(filtered(purchase_history(col(DAY), None, false), holdout)?.alias(HOLDOUT));
    }
    if wanted.group.is_some() {
        aggregates.push(min(col(GROUP)).alias(GROUP));
    }
    let of_history = [FIRST, LAST, DAYS, SPENT, PURCHASE_DAYS].map(|field| get_field(col(HISTORY), field).alias(field));
    let mut columns = vec![col(CUSTOMER), as_day(col(SEEN)).alias(SEEN)];
    columns.extend(of_history);
    if calibration_end.is_some() {
        columns.push(coalesce(vec![get_field(col(HOLDOUT), DAYS), lit(0_i64)]).alias(HOLDOUT_FREQUENCY));
    }
    columns.extend(wanted.group.is_some().then(|| col(GROUP)));
    LogicalPlanBuilder::from(purchases).aggregate([col(CUSTOMER)], aggregates)?.project(columns)?.build()
}

/// Counts and durations from the days.
fn finish(customers: LogicalPlan, wanted: &Wanted, as_of: Expr, calibration_end: Option<ScalarValue>) -> Result<LogicalPlan> {
    let null = |data_type: &DataType| ScalarValue::try_from(data_type).map(lit);
    let double = |expr: Expr| cast(expr, DataType::Float64);
    let span = |from: Expr, to: Expr| {
        let days = double(try_cast(to, DataType::Int64) - try_cast(from, DataType::Int64));
        if wanted.days_in_unit == 1.0 { days } else { days / lit(wanted.days_in_unit) }
    };
    let end = calibration_end.clone().map_or_else(|| as_of.clone(), lit);
    let earlier = wanted.earlier.map(|earlier| at_split(earlier, end.clone()).alias(EARLIER));
    let repeat = col(DAYS) - lit(1_i64);
    let monetary = if wanted.monetary && wanted.amount.is_some() {
        let repeat_days = nullif(double(repeat.clone()), lit(0.0));
        col(SPENT) / repeat_days
    } else {
        null(&DataType::Float64)?
    };
    let (holdout_frequency, holdout_duration) = match calibration_end {
        // Data that end before the calibration does leave a holdout of no time, not of a negative one.
        Some(end) => {
            let duration = greatest(vec![span(lit(end), as_of), lit(0.0)]);
            (col(HOLDOUT_FREQUENCY), duration)
        }
        None => (null(&DataType::Int64)?, null(&DataType::Float64)?),
    };
    let mut columns = vec![
        col(CUSTOMER),
        repeat.alias(FREQUENCY),
        span(col(FIRST), col(LAST)).alias(RECENCY),
        span(col(FIRST), end).alias(AGE),
        monetary.alias(MONETARY),
        holdout_frequency.alias(HOLDOUT_FREQUENCY),
        holdout_duration.alias(HOLDOUT_DURATION),
    ];
    columns.extend(wanted.group.is_some().then(|| col(GROUP)));
    columns.extend(earlier);
    LogicalPlanBuilder::from(customers).filter(col(DAYS).gt(lit(0_i64)))?.project(columns)?.build()
}

/// What was known of a customer at the split, and what came after it up to the end.
fn at_split(earlier: Earlier, end: Expr) -> Expr {
    let days = |date: Expr| try_cast(date, DataType::Int64);
    let span = || days(end.clone()) - days(col(FIRST_OF_ALL));
    let (third, half) = ((span() + lit(2_i64)) / lit(3_i64), span() / lit(2_i64));
    let after = greatest(vec![third, least(vec![lit(earlier.days_after.ceil() as i64), half])]);
    split_history(col(PURCHASE_DAYS), days(end.clone()) - after, days(end))
}
