//! `clv_backtest`: how well each model would have foretold what came.

use datafusion::common::Result;
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, col};

use super::customer_models::population;
use super::purchase_summary::{
    AMOUNT_COLUMN, AS_OF_TIME, AT_COLUMN, CUSTOMER_COLUMN, Earlier, ORDER_COLUMN, REL, Wanted, summary,
};
use crate::aggregate::model_backtest::{AUTO, NUMBERS, model_backtest};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::models::choice::CANDIDATES;
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "clv_backtest",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "Fits models to the purchases up to a day and compares what they say of each customer with what came after it; one row a model, naive forecasts beside them.",
    arguments: &[
        REL,
        CUSTOMER_COLUMN,
        AT_COLUMN,
        AMOUNT_COLUMN,
        ORDER_COLUMN,
        Argument::required("calibration_end", Takes::Time, "the last day that the models know of"),
        Argument::optional(
            "models",
            Takes::TextList,
            "NULL",
            "of 'auto', 'pareto_nbd', 'mbgnbd', 'bgnbd', 'mbgcnbd_k', 'bgcnbd_k'; by default all of them",
        ),
        AS_OF_TIME,
    ],
    returns: &[
        Column::new("model", "text", "the model, or 'auto', or 'naive_rate' or 'naive_mean'"),
        Column::new(
            "log_likelihood",
            "double precision",
            "of the purchases up to `calibration_end`, times in days; NULL for naive forecasts and for fits that did not converge",
        ),
        Column::new("aic", "double precision", "Akaike's criterion: twice the parameters less twice the log-likelihood"),
        Column::new(
            "mae",
            "double precision",
            "mean over the customers of the absolute error of the number of days with a purchase after `calibration_end`",
        ),
        Column::new("rmse", "double precision", "root of the mean square of that error"),
        Column::new("bias", "double precision", "mean of that error, predicted less actual"),
        Column::new("total_predicted", "double precision", "days with a purchase of all customers, predicted"),
        Column::new("total_actual", "double precision", "and actual"),
        Column::new(
            "correlation",
            "double precision",
            "Pearson's, of predicted and actual; NULL where one of them does not vary",
        ),
        Column::new("mean_churn_predicted", "double precision", "mean probability of no purchase"),
        Column::new("mean_churn_actual", "double precision", "share of the customers without a purchase"),
        Column::new("brier", "double precision", "mean square of the error of that probability"),
        Column::new(
            "auc",
            "double precision",
            "probability that a customer without a purchase was given a higher one than a customer with one, ties count half",
        ),
        Column::new("model_reason", "text", "'converged' or why not; which model 'auto' is, and why; what a naive forecast is"),
    ],
    notes: "Customers are those with a purchase up to `calibration_end`; what comes after `as_of` is not seen, and models see nothing after \
            `calibration_end`: 'auto' chooses, as `churn_prob` does, by the last third of the time before it. Naive forecasts take purchases to come at random \
            at a rate: the customer's own, or that of all.",
    source: "As the fits and predictions of the models; Brier 1950, \"Verification of forecasts expressed in terms of probability\"; the area under the curve by Mann and \
             Whitney's statistic (Hanley and McNeil 1982).",
    example: "SELECT model, mae, total_actual\n\
              FROM clv_backtest((SELECT * FROM (VALUES (1, DATE '2025-01-05'), (1, DATE '2025-03-01'), (2, DATE '2025-02-10'), (2, DATE '2025-04-02')) AS o(customer_id, day)),\n\
              \u{20}                 customer => 'customer_id', at => 'day', calibration_end => '2025-03-31', models => ARRAY['auto'], as_of => '2025-05-31');",
};

/// The list of rows, and one of them.
const ROWS: &str = "backtest";

#[derive(Debug)]
pub struct ClvBacktest;

impl TableFunction for ClvBacktest {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let calibration_end = call.time("calibration_end")?;
        let earlier = Some(Earlier { days_after: 0.0 });
        let histories = summary(call, &Wanted { calibration_end, earlier, ..Wanted::read(call)? })?;
        let backtest = model_backtest(models(call)?, population(true)?).alias(ROWS);
        let field = |name: &str| get_field(col(ROWS), name).alias(name);
        let mut columns: Vec<Expr> = vec![field("model")];
        columns.extend(NUMBERS.map(field));
        columns.push(field("model_reason"));
        LogicalPlanBuilder::from(histories)
            .aggregate(Vec::<Expr>::new(), vec![backtest])?
            .unnest_column(ROWS)?
            .project(columns)?
            .build()
    }
}

/// The names that are asked for, each once, in their order.
fn models(call: &Call) -> Result<Vec<&'static str>> {
    let mut known = vec![AUTO];
    known.extend(CANDIDATES.iter().map(|candidate| candidate.kind.name));
    let Some(asked) = call.text_list("models")? else { return Ok(known) };
    let mut models = vec![];
    for name in &asked {
        let Some(model) = known.iter().find(|known| known.eq_ignore_ascii_case(name)) else {
            let message = format!("{}: models are of {}, not '{name}'", DOC.name, known.join(", "));
            return Err(CustomerError::invalid_value(message).suggest(name, known.iter().copied()).into());
        };
        if !models.contains(model) {
            models.push(*model);
        }
    }
    Ok(models)
}
