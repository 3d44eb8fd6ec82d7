//! `churn_prob` in FROM: purchases in, churn of every customer out.

use datafusion::arrow::datatypes::IntervalMonthDayNano;
use datafusion::common::Result;
use datafusion::functions::core::expr_fn::get_field;
use datafusion::functions::string::expr_fn::concat;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, col, lit, when};

use super::purchase_summary::{
    AGE, AMOUNT_COLUMN, AS_OF_TIME, AT_COLUMN, CUSTOMER, CUSTOMER_COLUMN, FREQUENCY, GROUP, ORDER_COLUMN, RECENCY, REL, Wanted,
    summary,
};
use crate::aggregate::history_fit::history_fit;
use crate::aggregate::{bgnbd_fit, mbgnbd_fit};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::operator::append_aggregates_by;
use crate::options::Call;
use crate::relation::TableFunction;
use crate::scalar::prediction::{Predicted, predict};

static DOC: Doc = Doc {
    name: "churn_prob",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "The probability that a customer makes no purchase within the horizon, for every customer, by a model fitted to all of them or to each group.",
    arguments: &[
        REL,
        CUSTOMER_COLUMN,
        AT_COLUMN,
        AMOUNT_COLUMN,
        ORDER_COLUMN,
        Argument::optional("horizon", Takes::Interval, "'90 days'", "from `as_of` on; a month counts 30.4375 days"),
        Argument::optional("model", Takes::Text, "'auto'", "'mbgnbd' or 'bgnbd'; 'auto' is 'mbgnbd'"),
        Argument::optional("calibrate", Takes::Text, "'none'", "'none'"),
        Argument::optional(
            "by",
            Takes::Column,
            "NULL",
            "a model for each group; a customer with several values belongs to the smallest",
        ),
        AS_OF_TIME,
    ],
    returns: &[
        Column::new("customer", "as the column named", "who"),
        Column::new("frequency", "bigint", "days with a purchase after the first such day"),
        Column::new("recency", "double precision", "days from the first to the last purchase"),
        Column::new("age", "double precision", "days from the first purchase to `as_of`"),
        Column::new("p_alive", "double precision", "probability that the customer has not left for good"),
        Column::new("churn_prob", "double precision", "probability of no purchase within the horizon"),
        Column::new("expected_purchases", "double precision", "expected days with a purchase within the horizon"),
        Column::new("model", "text", "the model used; 'none: ' and the reason where no model fits, and the predictions are NULL"),
    ],
    notes: "Purchases are counted as `rfm_summary` counts them: several of one day count once, returns do not count. P(alive) and churn are two \
            questions: a customer may be there and yet not purchase within the horizon. Amounts that are NaN or infinite are an error, 22023.",
    source: "As `mbgnbd_fit`, `bgnbd_fit`, `p_alive`, `p_no_purchase` and `expected_purchases`.",
    example: "SELECT customer, frequency, age, model\n\
              FROM churn_prob((SELECT * FROM (VALUES (1, DATE '2025-01-05'), (1, DATE '2025-03-01'), (2, DATE '2025-02-10')) AS o(customer_id, day)),\n\
              \u{20}               customer => 'customer_id', at => 'day', horizon => '60 days', as_of => '2025-03-31') ORDER BY customer;",
};

/// The column of the fitted model, beside the histories.
const MODEL: &str = "fitted";
/// Mean length of a month in days.
const DAYS_IN_MONTH: f64 = 30.4375;
const NANOS_IN_DAY: f64 = 86_400e9;

#[derive(Debug)]
pub struct ChurnProb;

impl TableFunction for ChurnProb {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let spec = match call.choice("model", &["auto", "mbgnbd", "bgnbd"])? {
            "bgnbd" => &bgnbd_fit::SPEC,
            _ => &mbgnbd_fit::SPEC,
        };
        if call.choice("calibrate", &["none", "holdout"])? == "holdout" {
            let message = format!("{}: calibrate => 'holdout' is not supported", DOC.name);
            return Err(CustomerError::unsupported(message).into());
        }
        let horizon = horizon_days(call)?;
        let wanted = Wanted { group: call.column("by")?, ..Wanted::read(call)? };
        let histories = summary(call, &wanted)?;
        let model = history_fit(spec, [FREQUENCY, RECENCY, AGE].map(col).to_vec()).alias(MODEL);
        let scored = append_aggregates_by(histories, wanted.group.map(|_| col(GROUP)), vec![model])?;
        LogicalPlanBuilder::from(scored).project(predictions(horizon)?)?.build()
    }
}

/// The horizon in days.
fn horizon_days(call: &Call) -> Result<f64> {
    let IntervalMonthDayNano { months, days, nanoseconds } = call.interval("horizon")?.unwrap_or_default();
    let days = f64::from(months) * DAYS_IN_MONTH + f64::from(days) + nanoseconds as f64 / NANOS_IN_DAY;
    if days > 0.0 { Ok(days) } else { Err(call.impossible("horizon", "must be longer than nothing")) }
}

fn predictions(horizon: f64) -> Result<Vec<Expr>> {
    let mut alive = vec![col(MODEL)];
    alive.extend([FREQUENCY, RECENCY, AGE].map(col));
    let mut ahead = alive.clone();
    ahead.push(lit(horizon));
    let status = || get_field(col(MODEL), "status");
    let name =
        when(status().eq(lit("converged")), get_field(col(MODEL), "model")).otherwise(concat(vec![lit("none: "), status()]))?;
    let mut columns: Vec<Expr> = [CUSTOMER, FREQUENCY, RECENCY, AGE].map(col).to_vec();
    columns.extend([
        predict(Predicted::Alive, alive).alias("p_alive"),
        predict(Predicted::NoPurchase, ahead.clone()).alias("churn_prob"),
        predict(Predicted::Purchases, ahead).alias("expected_purchases"),
        name.alias("model"),
    ]);
    Ok(columns)
}
