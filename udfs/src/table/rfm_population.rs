//! From purchases to customers: the part that all RFM functions share.
//!
//! aggregate by customer → [`AggregateOver`](crate::operator::AggregateOver) for the cuts → scores by ordinary expressions.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, Result, ScalarValue};
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::functions_aggregate::expr_fn::{count, max, sum};
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, ScalarUDF, cast, col, lit, try_cast};

use super::column_facts::known;
use super::purchase_summary::{AS_OF_TIME, AT_COLUMN, CUSTOMER_COLUMN};
use super::rfm_given_cuts::given_cuts;
use crate::aggregate::exact_sum::exact_sum;
use crate::aggregate::quantile_cuts::quantile_cuts;
use crate::doc::{Argument, Takes};
use crate::operator::append_aggregates;
use crate::options::Call;
use crate::scalar::quantile_score::QuantileScore;
use crate::time::{DAY_US, Time, date_literal, day_of, is_time, micros_of};

/// The options of every RFM function.
pub const OPTIONS: [Argument; 10] = [
    Argument::required("rel", Takes::Relation, "purchases, one row each; or order lines with `order_id`"),
    CUSTOMER_COLUMN,
    AT_COLUMN,
    Argument::required("amount", Takes::Column, "how much; NULL counts 0, negative is a return; NaN and infinite are an error"),
    AS_OF_TIME,
    Argument::optional("order_id", Takes::Column, "NULL", "rows of one order count as one purchase"),
    Argument::optional("per", Takes::Text, "'row'", "'day': purchases of one day count as one"),
    Argument::optional("bins", Takes::Integer, "5", "number of scores in each dimension, 2 to 9"),
    Argument::optional(
        "cuts",
        Takes::Relation,
        "NULL",
        "score against these cuts, as `rfm_cuts` returned them earlier with the same bins, instead of new ones",
    ),
    Argument::optional(
        "segments",
        Takes::Relation,
        "NULL",
        "columns r, f, m, segment, each r, f, m (1 to 5) once: replaces the built-in map",
    ),
];

pub const R: &str = "r";
pub const F: &str = "f";
pub const M: &str = "m";
pub const RECENCY_DAYS: &str = "recency_days";
/// Where the cuts of each dimension stand beside the scores.
pub const CUTS: [&str; 3] = ["r_cuts", "f_cuts", "m_cuts"];
pub const AS_OF: &str = "as_of";

/// Scored customers: customer, last_at, recency_days, frequency, monetary, r, f, m, the cuts and `as_of`.
pub struct Scored {
    pub plan: LogicalPlan,
    pub bins: i64,
    pub at_type: DataType,
}

/// The columns of a call, checked.
struct Purchases {
    customer: Expr,
    at: Expr,
    at_type: DataType,
    amount: Expr,
    amount_type: DataType,
    key: Option<Expr>,
    as_of: Option<Time>,
}

impl Purchases {
    fn read(call: &Call, as_of: Option<Time>) -> Result<Self> {
        let (customer, at, amount) =
            (call.required_column("customer")?, call.required_column("at")?, call.required_column("amount")?);
        let at_type = call.expect_type("at", &at, "dates or timestamps", is_time)?;
        let amount_type = call.expect_type("amount", &amount, "numbers", DataType::is_numeric)?;
        let key = match (call.column("order_id")?, call.choice("per", &["row", "day"])?) {
            (None, "day") => Some(day_of(at.clone(), &at_type, call.time_zone())),
            (Some(_), "day") => {
                return Err(call.impossible("per", "'day' and order_id are two ways to count purchases: give one"));
            }
            (order_id, _) => order_id,
        };
        Ok(Self { customer, at, at_type, amount, amount_type, key, as_of })
    }
}

/// Aggregates purchases to customers and scores them, as of the time that the call names.
pub fn scored(call: &Call) -> Result<Scored> {
    scored_as_of(call, call.time("as_of")?)
}

/// As [`scored`], of purchases until then.
pub fn scored_as_of(call: &Call, as_of: Option<Time>) -> Result<Scored> {
    let bins = call.integer("bins")?.unwrap_or(5);
    if !(2..=9).contains(&bins) {
        return Err(call.impossible("bins", format!("must be from 2 to 9, not {bins}")));
    }
    let purchases = Purchases::read(call, as_of)?;
    let at_type = purchases.at_type.clone();
    let (customers, as_of) = customers(call, &purchases)?;
    let plan = match call.relation_option("cuts") {
        None => score_by_population(customers, as_of, &at_type, bins)?,
        Some(cuts) => score_by_given(customers, as_of, &purchases, given_cuts(call, cuts, bins)?)?,
    };
    Ok(Scored { plan, bins, at_type })
}

/// customer, last_at, frequency, monetary and, where `as_of` was not given, seen_at; and the constant `as_of` otherwise.
fn customers(call: &Call, purchases: &Purchases) -> Result<(LogicalPlan, Option<ScalarValue>)> {
    let source = &call.relation()?.plan;
    let Purchases { customer, at, at_type, .. } = purchases;
    let mut builder = LogicalPlanBuilder::from(source.clone());
    for column in [customer, at] {
        if known(source, column).is_none_or(|facts| facts.has_nulls) {
            builder = builder.filter(column.clone().is_not_null())?;
        }
    }
    if let Some(as_of) = purchases.as_of {
        builder = builder.filter(as_of.at_or_before(at.clone(), at_type, call.time_zone())?)?;
    }
    let facts = known(source, &purchases.amount);
    let amount = summable(purchases.amount.clone(), &purchases.amount_type);
    let zero = lit(0_i64);
    let amount = if facts.is_none_or(|f| f.has_nulls) {
        coalesce(vec![amount, cast_like(zero.clone(), &purchases.amount_type)])
    } else {
        amount
    };
    let is_purchase = facts.is_none_or(|f| f.may_be_negative).then(|| col("amount").gt_eq(zero));
    let mut columns = vec![customer.clone().alias("customer"), at.clone().alias("at"), amount.alias("amount")];
    columns.extend(purchases.key.clone().map(|key| key.alias("key")));
    let builder = builder.project(columns)?;

    let seen_apart = purchases.as_of.is_none() && is_purchase.is_some();
    let builder = match &purchases.key {
        None => aggregate_rows(builder, is_purchase, seen_apart, &purchases.amount_type)?,
        Some(_) => aggregate_keys(builder, is_purchase, seen_apart, &purchases.amount_type)?,
    };
    // The sums of floating-point amounts refuse NaN: they are read here, whatever is asked of the result.
    let builder = match purchases.amount_type.is_floating() {
        true => builder.filter(col("monetary").is_not_null())?,
        false => builder,
    };
    let as_of = purchases.as_of.map(|as_of| as_of_literal(as_of, at_type, call.time_zone())).transpose()?;
    Ok((builder.build()?, as_of))
}

fn filtered(aggregate: Expr, filter: Option<Expr>) -> Result<Expr> {
    match filter {
        Some(filter) => aggregate.filter(filter).build(),
        None => Ok(aggregate),
    }
}

/// One purchase a row.
fn aggregate_rows(
    rows: LogicalPlanBuilder,
    is_purchase: Option<Expr>,
    seen_apart: bool,
    amount: &DataType,
) -> Result<LogicalPlanBuilder> {
    let mut aggregates = vec![
        filtered(max(col("at")), is_purchase.clone())?.alias("last_at"),
        filtered(count(lit(1_i64)), is_purchase)?.alias("frequency"),
        sum_of(col("amount"), amount).alias("monetary"),
    ];
    if seen_apart {
        aggregates.push(max(col("at")).alias("seen_at"));
    }
    rows.aggregate([col("customer")], aggregates)
}

/// One purchase an order or a day. Two aggregations, because they run in parallel and spill, which a distinct count does not.
fn aggregate_keys(
    rows: LogicalPlanBuilder,
    is_purchase: Option<Expr>,
    seen_apart: bool,
    amount: &DataType,
) -> Result<LogicalPlanBuilder> {
    let mut inner = vec![
        filtered(max(col("at")), is_purchase.clone())?.alias("last_at"),
        filtered(count(lit(1_i64)), is_purchase)?.alias("purchases"),
        sum_of(col("amount"), amount).alias("monetary"),
    ];
    if seen_apart {
        inner.push(max(col("at")).alias("seen_at"));
    }
    let orders = rows.aggregate([col("customer"), col("key")], inner)?;
    let mut outer = vec![
        max(col("last_at")).alias("last_at"),
        filtered(count(col("key")), Some(col("purchases").gt(lit(0_i64))))?.alias("frequency"),
        sum_of(col("monetary"), amount).alias("monetary"),
    ];
    if seen_apart {
        outer.push(max(col("seen_at")).alias("seen_at"));
    }
    orders.aggregate([col("customer")], outer)?.project(
        ["customer", "last_at", "frequency", "monetary"].into_iter().chain(seen_apart.then_some("seen_at")).map(unqualified),
    )
}

fn unqualified(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}

/// Doubles stay doubles, everything else is summed as a decimal: exactly.
fn summable(amount: Expr, data_type: &DataType) -> Expr {
    match data_type {
        DataType::Float64 | DataType::Decimal32(_, _) | DataType::Decimal64(_, _) | DataType::Decimal256(_, _) => amount,
        DataType::Decimal128(precision, _) if *precision <= 28 => amount,
        DataType::Decimal128(_, scale) => cast(amount, DataType::Decimal256(48, *scale)),
        DataType::Float16 | DataType::Float32 => cast(amount, DataType::Float64),
        _ => cast(amount, DataType::Decimal128(20, 0)),
    }
}

fn cast_like(zero: Expr, data_type: &DataType) -> Expr {
    match summable(zero.clone(), data_type) {
        Expr::Cast(cast) => Expr::Cast(cast),
        _ => cast(zero, data_type.clone()),
    }
}

fn sum_of(amount: Expr, data_type: &DataType) -> Expr {
    if data_type.is_floating() { exact_sum(amount) } else { sum(amount) }
}

fn as_of_literal(as_of: Time, at_type: &DataType, zone: &str) -> Result<ScalarValue> {
    match at_type {
        DataType::Date32 => Ok(date_literal(as_of.date(zone)?)),
        _ => Ok(ScalarValue::Int64(Some(as_of.micros(at_type, zone)?))),
    }
}

/// Days from `at` to `as_of` (double precision), where `as_of` is microseconds or, beside dates, a date.
pub fn days_between(at: Expr, as_of: Expr, at_type: &DataType) -> Expr {
    match at_type {
        DataType::Date32 => cast(try_cast(as_of, DataType::Int64) - try_cast(at, DataType::Int64), DataType::Float64),
        _ => cast(as_of - micros_of(at, at_type), DataType::Float64) / lit(DAY_US as f64),
    }
}

fn quantile_score(value: Expr, cuts: &str) -> Expr {
    ScalarUDF::from(QuantileScore::default()).call(vec![value, col(cuts)])
}

fn score_by_population(customers: LogicalPlan, as_of: Option<ScalarValue>, at_type: &DataType, bins: i64) -> Result<LogicalPlan> {
    let mut appended = vec![
        quantile_cuts(col("last_at"), bins).alias(CUTS[0]),
        quantile_cuts(col("frequency"), bins).alias(CUTS[1]),
        quantile_cuts(col("monetary"), bins).alias(CUTS[2]),
    ];
    if as_of.is_none() {
        appended.push(max(latest(&customers, at_type)).alias(AS_OF));
    }
    let plan = append_aggregates(customers, appended)?;
    let as_of = as_of.map_or_else(|| col(AS_OF), lit);
    let mut columns = base_columns(as_of.clone(), at_type);
    columns.extend([
        quantile_score(col("last_at"), CUTS[0]).alias(R),
        quantile_score(col("frequency"), CUTS[1]).alias(F),
        quantile_score(col("monetary"), CUTS[2]).alias(M),
    ]);
    columns.extend(CUTS.map(col));
    columns.push(as_of.alias(AS_OF));
    LogicalPlanBuilder::from(plan).project(columns)?.build()
}

fn base_columns(as_of: Expr, at_type: &DataType) -> Vec<Expr> {
    let days = days_between(col("last_at"), as_of, at_type).alias(RECENCY_DAYS);
    vec![col("customer"), col("last_at"), days, col("frequency"), col("monetary")]
}

/// When a customer was last seen, in the form that [`days_between`] takes as its end.
fn latest(customers: &LogicalPlan, at_type: &DataType) -> Expr {
    let seen = if customers.schema().has_column_with_unqualified_name("seen_at") { col("seen_at") } else { col("last_at") };
    if *at_type == DataType::Date32 { seen } else { micros_of(seen, at_type) }
}

/// Scores against cuts that an earlier `rfm_cuts` returned: days for recency, where fewer are better, values otherwise.
fn score_by_given(
    customers: LogicalPlan,
    as_of: Option<ScalarValue>,
    purchases: &Purchases,
    cuts: LogicalPlan,
) -> Result<LogicalPlan> {
    let at_type = &purchases.at_type;
    let customers = match &as_of {
        Some(_) => customers,
        None => {
            let latest = max(latest(&customers, at_type)).alias(AS_OF);
            append_aggregates(customers, vec![latest])?
        }
    };
    let as_of = as_of.map_or_else(|| col(AS_OF), lit);
    let double = |expr: Expr| cast(expr, DataType::Float64);
    let mut columns = base_columns(as_of.clone(), at_type);
    columns.extend([
        quantile_score(-days_between(col("last_at"), as_of.clone(), at_type), CUTS[0]).alias(R),
        quantile_score(double(col("frequency")), CUTS[1]).alias(F),
        quantile_score(double(col("monetary")), CUTS[2]).alias(M),
    ]);
    columns.extend(CUTS.map(col));
    columns.push(as_of.alias(AS_OF));
    LogicalPlanBuilder::from(customers).cross_join(cuts)?.project(columns)?.build()
}

/// A score from 1 to `bins` on the scale from 1 to 5 that segments are named by: ⌈5 · score / bins⌉.
pub fn fifth(score: &str, bins: i64) -> Expr {
    let score = cast(col(score), DataType::Int64);
    if bins == 5 { score } else { (score * lit(5_i64) + lit(bins - 1)) / lit(bins) }
}
