//! `churn_prob` in FROM: purchases in, churn of every customer out.

use datafusion::common::Result;
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, col, lit};

use super::calibrated::calibrated;
use super::customer_models::{BY_OPTION, CHOICE, MODEL_OPTION, MODEL_REASON, NAME, horizon_days, model_asked, with_models};
use super::purchase_summary::{
    AGE, AMOUNT_COLUMN, AS_OF_TIME, AT_COLUMN, CUSTOMER, CUSTOMER_COLUMN, FREQUENCY, ORDER_COLUMN, RECENCY, REL, Wanted,
};
use crate::aggregate::model_choice::{CALIBRATION, FITTED, ModelChoice};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
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
        MODEL_OPTION,
        Argument::optional(
            "calibrate",
            Takes::Text,
            "'none'",
            "'holdout' corrects `churn_prob` by what the model would have foretold earlier",
        ),
        BY_OPTION,
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
        Column::new(
            "model",
            "text",
            "the model used, with ' (of all customers: …)' where the group has none of its own; 'none: ' and the reason where no model fits, and the \
             predictions are NULL",
        ),
        Column::new("model_reason", "text", "why this model; NULL where it was asked for by name"),
    ],
    notes: "Purchases are counted as `rfm_summary` counts them: several of one day count once, returns do not count. P(alive) and churn are two \
         questions: a customer may be there and yet not purchase within the horizon. Amounts that are NaN or infinite are an error, 22023. \
            model => 'auto' fits Pareto/NBD, MBG/NBD and MBG/CNBD-k to the first two thirds of the time observed, scores each by the mean log-likelihood of the \
            number of purchases in the last third, and fits the best again to all: models that the scores do not tell from the best (5 %, Vuong's test) count as \
            good as it, and of these the one with fewer parameters is used, then Pareto/NBD. Of more than 65536 different histories it chooses by an even part \
            of them. Fits that do not converge are never used; with fewer than 100 \
            repeat customers it is MBG/NBD. A NOTICE and `model_reason` say why. calibrate => 'holdout' is an isotonic regression of what happened in that last \
            third (with a longer horizon up to half) of the time on what the model foretold of it; where the model does not converge on the first part \
            `churn_prob` is not corrected, and `model_reason` says so. What is corrected is right on average for a horizon of that length; for a longer one it is \
            of another time than asked for. `p_alive` is not corrected, so that `churn_prob` may be below 1 − p_alive.",
    source: "As `p_alive`, `p_no_purchase` and `expected_purchases`, and the fits of the models. Choice: Gneiting and Raftery 2007, \"Strictly proper scoring \
             rules, prediction, and estimation\"; Vuong 1989, \"Likelihood ratio tests for model selection and non-nested hypotheses\". Calibration: Zadrozny \
             and Elkan 2002, \"Transforming classifier scores into accurate multiclass probability estimates\".",
    example: "SELECT customer, frequency, age, model\n\
              FROM churn_prob((SELECT * FROM (VALUES (1, DATE '2025-01-05'), (1, DATE '2025-03-01'), (2, DATE '2025-02-10')) AS o(customer_id, day)),\n\
              \u{20}               customer => 'customer_id', at => 'day', horizon => '60 days', as_of => '2025-03-31') ORDER BY customer;",
};

#[derive(Debug)]
pub struct ChurnProb;

impl TableFunction for ChurnProb {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let calibrate = call.choice("calibrate", &["none", "holdout"])? == "holdout";
        let horizon = horizon_days(call)?;
        let choice =
            ModelChoice { function: DOC.name, model: model_asked(call)?, calibrate, spend: false, notices: call.notices() };
        // A calibration over a shorter time than that asked for would correct for less.
        let days_after = if calibrate { horizon } else { 0.0 };
        let customers = with_models(call, Wanted::read(call)?, &choice, days_after)?;
        LogicalPlanBuilder::from(customers).project(predictions(horizon, calibrate))?.build()
    }
}

fn predictions(horizon: f64, calibrate: bool) -> Vec<Expr> {
    let mut alive = vec![get_field(col(CHOICE), FITTED)];
    alive.extend([FREQUENCY, RECENCY, AGE].map(col));
    let mut ahead = alive.clone();
    ahead.push(lit(horizon));
    let churn = predict(Predicted::NoPurchase, ahead.clone());
    let churn = if calibrate { calibrated(churn, get_field(col(CHOICE), CALIBRATION)) } else { churn };
    let mut columns: Vec<Expr> = [CUSTOMER, FREQUENCY, RECENCY, AGE].map(col).to_vec();
    columns.extend([
        predict(Predicted::Alive, alive).alias("p_alive"),
        churn.alias("churn_prob"),
        predict(Predicted::Purchases, ahead).alias("expected_purchases"),
        col(NAME),
        col(MODEL_REASON),
    ]);
    columns
}
