//! Customers with the models that fit them: the part that `churn_prob` and `clv` share.
//!
//! purchase histories → [`AggregateOver`](crate::operator::AggregateOver) with the choice of models, of each group where there are
//! groups, and of all → ordinary expressions.

use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano};
use datafusion::common::{Result, ScalarValue};
use datafusion::functions::core::expr_fn::{coalesce, get_field};
use datafusion::functions::string::expr_fn::concat;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, cast, col, lit, when};

use super::purchase_summary::{
    AGE, CUSTOMER, EARLIER, Earlier, FREQUENCY, GROUP, HOLDOUT_DURATION, HOLDOUT_FREQUENCY, MONETARY, RECENCY, Wanted, summary,
};
use super::split_history;
use crate::aggregate::model_choice::{FITTED, ModelChoice, REASON, REPEAT_CUSTOMERS, SPEND, SPEND_MEAN, model_choice};
use crate::doc::{Argument, Takes};
use crate::models::choice::CANDIDATES;
use crate::operator::{append_aggregates, append_aggregates_by};
use crate::options::Call;

/// The struct of [`ModelChoice`] for the purchases of a customer.
pub const CHOICE: &str = "choice";
/// The one for what they are worth, which is another where a group has a model of the one and not of the other.
const SPEND_CHOICE: &str = "spend_choice";

/// Where the model of what purchases are worth stands.
pub fn spend_choice(call: &Call) -> Result<&'static str> {
    Ok(if call.column("by")?.is_some() { SPEND_CHOICE } else { CHOICE })
}

/// The model's name, or 'none: ' and why.
pub const NAME: &str = "model";
/// Why this model.
pub const MODEL_REASON: &str = "model_reason";

/// What the model's name says of the model of spend, where it is not one of these customers; with `spend` only.
const SPEND_NOTE: &str = "spend_note";

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

/// The histories, with the columns [`CHOICE`], that of [`spend_choice`], [`NAME`] and [`MODEL_REASON`].
///
/// With `days_after` the split is that many days before the end, as far as that is between a third and a half of the time.
pub fn with_models(call: &Call, wanted: Wanted, choice: &ModelChoice, days_after: f64) -> Result<LogicalPlan> {
    let group = call.column("by")?;
    // The smallest of several values is taken, which truth values do not have.
    let is_boolean = group.as_ref().map(|group| group.get_type(call.relation()?.plan.schema())).transpose()?;
    let group = group.map(|group| if is_boolean == Some(DataType::Boolean) { cast(group, DataType::Int32) } else { group });
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
    if choice.spend {
        let name = when(converged(CHOICE, FITTED), concat(vec![col(NAME), col(SPEND_NOTE)])).otherwise(col(NAME))?;
        let plan = LogicalPlanBuilder::from(plan).project(shown)?;
        let mut columns: Vec<Expr> = [CUSTOMER, FREQUENCY, RECENCY, AGE, MONETARY, CHOICE].map(col).to_vec();
        columns.extend(wanted.group.is_some().then(|| col(SPEND_CHOICE)));
        columns.extend([name.alias(NAME), col(MODEL_REASON)]);
        return plan.project(columns)?.build();
    }
    LogicalPlanBuilder::from(plan).project(shown)?.build()
}

/// The columns that choices and backtests take.
pub fn population(needs_days: bool) -> Result<Vec<Expr>> {
    let mut columns: Vec<Expr> = [FREQUENCY, RECENCY, AGE, HOLDOUT_FREQUENCY, HOLDOUT_DURATION, MONETARY].map(col).to_vec();
    columns = columns.into_iter().map(|column| cast(column, DataType::Float64)).collect();
    columns.push(if needs_days { col(EARLIER) } else { lit(ScalarValue::try_from(&split_history::data_type())?) });
    Ok(columns)
}

fn of_all() -> Result<Vec<Expr>> {
    let fitted = |field: &str| get_field(get_field(col(OF_ALL), FITTED), field);
    let name = when(converged(OF_ALL, FITTED), fitted("model")).otherwise(none(OF_ALL))?;
    let note = when(converged(OF_ALL, SPEND), lit("")).otherwise(mean_note("")?)?;
    Ok(vec![col(OF_ALL).alias(CHOICE), name.alias(NAME), reason(OF_ALL)?.alias(MODEL_REASON), note.alias(SPEND_NOTE)])
}

/// What is said where there is no Gamma-Gamma model of all.
fn mean_note(whose: &str) -> Result<Expr> {
    let status = || get_field(get_field(col(OF_ALL), SPEND), "status");
    let has_mean = get_field(col(OF_ALL), SPEND_MEAN).is_not_null();
    let mean = concat(vec![lit(format!(", mean spend{whose} (gamma_gamma: ")), status(), lit(")")]);
    when(has_mean, mean).otherwise(concat(vec![lit(", no spend (gamma_gamma: "), status(), lit(")")]))
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
        when(is_large().and(converged(OF_GROUP, SPEND)), lit(""))
            .when(is_own().and(converged(OF_ALL, SPEND)), lit(", spend of all customers"))
            .when(converged(OF_ALL, SPEND), lit(""))
            .otherwise(mean_note(" of all customers")?)?
            .alias(SPEND_NOTE),
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
