//! Customers with the models that fit them: the part that `churn_prob` and `clv` share.
//!
//! purchase histories → [`AggregateOver`](crate::operator::AggregateOver) with the choice of models, of each group where there are
//! groups, and of all → ordinary expressions.

use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano};
use datafusion::common::{Result, ScalarValue};
use datafusion::functions::core::expr_fn::{coalesce, get_field};
use datafusion::functions::string::expr_fn::concat;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, col, lit, when};

use super::purchase_summary::{
    AGE, CUSTOMER, EARLIER, Earlier, FREQUENCY, GROUP, HOLDOUT_DURATION, HOLDOUT_FREQUENCY, MONETARY, RECENCY, Wanted, summary,
};
use super::split_history;
use crate::aggregate::model_choice::{FITTED, ModelChoice, REASON, REPEAT_CUSTOMERS, SPEND, model_choice};
use crate::doc::{Argument, Takes};
use crate::models::choice::CANDIDATES;
use crate::operator::{append_aggregates, append_aggregates_by};
use crate::options::Call;

/// The struct of [`ModelChoice`] for the purchases of a customer, and for what they are worth.
pub const CHOICE: &str = "choice";
pub const SPEND_CHOICE: &str = "spend_choice";
/// The model's name, or 'none: ' and why.
pub const NAME: &str = "model";
/// Why this model.
pub const MODEL_REASON: &str = "model_reason";

/// Names of columns between the steps of the plan.
const OF_GROUP: &str = "choice_of_group";
const OF_ALL: &str = "choice_of_all";

/// A group with fewer customers who purchased again has the model of all.
const GROUP_REPEAT_CUSTOMERS_MIN: i64 = 30;

pub const MODEL_OPTION: Argument = Argument::optional(
    "model",
    Takes::Text,
    "'auto'",
    "'pareto_nbd', 'mbgnbd', 'bgnbd', 'mbgcnbd_k', 'bgcnbd_k', or 'auto' to choose",
);
pub const BY_OPTION: Argument = Argument::optional(
    "by",
    Takes::Column,
    "NULL",
    "a model for each group; a customer with several values belongs to the smallest. A group with fewer than 30 repeat customers, or whose own \
     fit does not converge, has the model of all",
);

/// The name that the option asks for; `None` for 'auto'.
pub fn model_asked(call: &Call) -> Result<Option<&'static str>> {
    let mut choices = vec!["auto"];
    choices.extend(CANDIDATES.iter().map(|candidate| candidate.kind.name));
    Ok(Some(call.choice("model", &choices)?).filter(|name| *name != "auto"))
}

/// Mean length of a month in days.
const DAYS_IN_MONTH: f64 = 30.4375;
const NANOS_IN_DAY: f64 = 86_400e9;

/// The horizon in days.
pub fn horizon_days(call: &Call) -> Result<f64> {
    let IntervalMonthDayNano { months, days, nanoseconds } = call.interval("horizon")?.unwrap_or_default();
    let days = f64::from(months) * DAYS_IN_MONTH + f64::from(days) + nanoseconds as f64 / NANOS_IN_DAY;
    if days > 0.0 { Ok(days) } else { Err(call.impossible("horizon", "must be longer than nothing")) }
}

/// The histories, with the columns [`CHOICE`], [`SPEND_CHOICE`], [`NAME`] and [`MODEL_REASON`].
///
/// With `days_after` the split is that many days before the end, as far as that is between a third and a half of the time.
pub fn with_models(call: &Call, wanted: Wanted, choice: &ModelChoice, days_after: f64) -> Result<LogicalPlan> {
    let group = call.column("by")?;
    let needs_days = choice.calibrate || choice.model.is_none_or(|name| name.ends_with("cnbd_k"));
    let earlier = needs_days.then_some(Earlier { days_after });
    let wanted = Wanted { group, earlier, monetary: choice.spend, ..wanted };
    let histories = summary(call, &wanted)?;
    let columns = population(needs_days)?;
    let silent = ModelChoice { notices: None, ..choice.clone() };
    let mut plan = histories;
    if wanted.group.is_some() {
        let of_group = model_choice(silent, columns.clone()).alias(OF_GROUP);
        plan = append_aggregates_by(plan, Some(col(GROUP)), vec![of_group])?;
    }
    plan = append_aggregates(plan, vec![model_choice(choice.clone(), columns).alias(OF_ALL)])?;
    let mut shown: Vec<Expr> = [CUSTOMER, FREQUENCY, RECENCY, AGE, MONETARY].map(col).to_vec();
    shown.extend(if wanted.group.is_some() { of_groups()? } else { of_all()? });
    LogicalPlanBuilder::from(plan).project(shown)?.build()
}

/// The columns that choices and backtests take.
pub fn population(needs_days: bool) -> Result<Vec<Expr>> {
    let null = || ScalarValue::try_from(&DataType::Float64).map(lit);
    let mut earlier = vec![];
    for field in split_history::FIELDS {
        earlier.push(if needs_days { get_field(col(EARLIER), field) } else { null()? });
    }
    let mut columns: Vec<Expr> = [FREQUENCY, RECENCY, AGE].map(col).to_vec();
    let log_intervals = earlier.remove(0);
    columns.extend([log_intervals, col(HOLDOUT_FREQUENCY), col(HOLDOUT_DURATION)]);
    columns.extend(earlier);
    columns.push(col(MONETARY));
    Ok(columns.into_iter().map(|column| cast(column, DataType::Float64)).collect())
}

fn of_all() -> Result<Vec<Expr>> {
    let fitted = |field: &str| get_field(get_field(col(OF_ALL), FITTED), field);
    let name = when(converged(OF_ALL, FITTED), fitted("model")).otherwise(none(OF_ALL))?;
    Ok(vec![col(OF_ALL).alias(CHOICE), col(OF_ALL).alias(SPEND_CHOICE), name.alias(NAME), reason(OF_ALL)?.alias(MODEL_REASON)])
}

/// The model of the group where it has one, else that of all.
fn of_groups() -> Result<Vec<Expr>> {
    let repeat = || get_field(col(OF_GROUP), REPEAT_CUSTOMERS);
    let is_large = || repeat().gt_eq(lit(GROUP_REPEAT_CUSTOMERS_MIN));
    let is_own = || is_large().and(converged(OF_GROUP, FITTED));
    let either = |own: Expr, condition: Expr, all: Expr| when(condition, own).otherwise(all);
    let model = |choice: &str| get_field(get_field(col(choice), FITTED), "model");
    let status = get_field(get_field(col(OF_GROUP), FITTED), "status");
    let count = concat(vec![lit("the group has "), cast(repeat(), DataType::Utf8), lit(" repeat customers")]);
    let why = when(converged(OF_GROUP, FITTED), count).otherwise(concat(vec![lit("the group has "), status]))?;
    let borrowed = concat(vec![model(OF_ALL), lit(" (of all customers: "), why, lit(")")]);
    let name = when(is_own(), model(OF_GROUP)).when(converged(OF_ALL, FITTED), borrowed).otherwise(none(OF_ALL))?;
    Ok(vec![
        either(col(OF_GROUP), is_own(), col(OF_ALL))?.alias(CHOICE),
        either(col(OF_GROUP), is_large().and(converged(OF_GROUP, SPEND)), col(OF_ALL))?.alias(SPEND_CHOICE),
        name.alias(NAME),
        either(reason(OF_GROUP)?, is_own(), reason(OF_ALL)?)?.alias(MODEL_REASON),
    ])
}

/// Whether the fit in this field of a choice converged.
pub fn converged(choice: &str, field: &str) -> Expr {
    let status = get_field(get_field(col(choice), field), "status");
    coalesce(vec![status.eq(lit("converged")), lit(false)])
}

fn none(choice: &str) -> Expr {
    concat(vec![lit("none: "), get_field(get_field(col(choice), FITTED), "status")])
}

fn reason(choice: &str) -> Result<Expr> {
    when(converged(choice, FITTED), get_field(col(choice), REASON)).end()
}
