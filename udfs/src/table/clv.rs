//! `clv`: purchases in, what every customer is worth out.

use datafusion::common::Result;
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, col, lit};

use super::customer_models::{
    BY_OPTION, CHOICE, MODEL_OPTION, MODEL_REASON, NAME, horizon_days, model_asked, spend_choice, with_models,
};
use super::customer_value::{FIELDS, customer_value};
use super::purchase_summary::{
    AGE, AS_OF_TIME, AT_COLUMN, CUSTOMER, CUSTOMER_COLUMN, FREQUENCY, MONETARY, ORDER_COLUMN, RECENCY, REL, Wanted,
};
use crate::aggregate::model_choice::{FITTED, ModelChoice, SPEND, SPEND_MEAN, SPEND_SPREAD, SPREAD};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "clv",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "What every customer is worth within the horizon: expected purchases, discounted, times the expected value of a purchase, with an interval.",
    arguments: &[
        REL,
        CUSTOMER_COLUMN,
        AT_COLUMN,
        Argument::required(
            "amount",
            Takes::Column,
            "how much: a purchase is a row with an amount not below zero; NULL counts 0; returns are left out",
        ),
        ORDER_COLUMN,
        Argument::optional(
            "horizon",
            Takes::Interval,
            "'365 days'",
            "from `as_of` on, at most 100 years; a month counts 30.4375 days",
        ),
        Argument::optional("discount_rate", Takes::Double, "0.10", "of a year: what comes in a year is worth 1 / (1 + rate)"),
        Argument::optional("margin", Takes::Double, "1", "part of the value of a purchase that counts, for example 0.3"),
        MODEL_OPTION,
        BY_OPTION,
        AS_OF_TIME,
    ],
    returns: &[
        Column::new("customer", "as the column named", "who"),
        Column::new("frequency", "bigint", "days with a purchase after the first such day"),
        Column::new("recency", "double precision", "days from the first to the last purchase"),
        Column::new("age", "double precision", "days from the first purchase to `as_of`"),
        Column::new("monetary", "double precision", "mean over the repeat days of the day's sum; NULL without a repeat day"),
        Column::new("p_alive", "double precision", "probability that the customer has not left for good"),
        Column::new("churn_prob", "double precision", "probability of no purchase within the horizon"),
        Column::new("expected_purchases", "double precision", "expected days with a purchase within the horizon"),
        Column::new("expected_spend", "double precision", "expected value of such a day"),
        Column::new("clv", "double precision", "expected value within the horizon, discounted to `as_of`"),
        Column::new(
            "clv_low",
            "double precision",
            "lower end of the 95 % interval of that expected value; NULL without a model of spend",
        ),
        Column::new("clv_high", "double precision", "upper end"),
        Column::new(
            "model",
            "text",
            "the model of purchases, as in `churn_prob`, and what was used for spend where it is not the Gamma-Gamma model of these customers",
        ),
        Column::new("model_reason", "text", "why this model; NULL where it was asked for by name"),
    ],
    notes: "clv is expected_spend · margin · Σ (E[X(t_j)] − E[X(t_{j−1})]) · (1 + discount_rate)^(−(t_{j−1} + t_j) / 2 / 365.25) over steps of at most 30 days \
            from `as_of`. The interval is one of the expected value: it says how uncertain the parameters are, by the delta method in logarithms, and not how far a \
            customer's purchases may be from what is expected of them. A customer without a repeat day has the mean expected value of all. Where no Gamma-Gamma \
            model can be fitted, or its mean is infinite (q <= 1), `expected_spend` is the mean of all repeat days that were worth something, `clv_low` and `clv_high` \
            are NULL, and `model` says so; without such a day `expected_spend` and `clv` are NULL too. Choice of the model, groups and purchases as in `churn_prob`. Amounts that are \
            NaN or infinite, a negative discount rate or margin are errors, 22023.",
    source: "Fader, Hardie and Lee 2005, \"RFM and CLV: using iso-value curves for customer base analysis\", Journal of Marketing Research 42(4); Fader and Hardie 2013, \
             \"The Gamma-Gamma model of monetary value\"; delta method: Casella and Berger 2002, \"Statistical Inference\", section 5.5.4.",
    example: "SELECT customer, frequency, monetary, clv, model\n\
              FROM clv((SELECT * FROM (VALUES (1, DATE '2025-01-05', 20.0), (1, DATE '2025-03-01', 35.0), (2, DATE '2025-02-10', 12.5)) AS o(customer_id, day, total)),\n\
              \u{20}        customer => 'customer_id', at => 'day', amount => 'total', horizon => '1 year', as_of => '2025-03-31') ORDER BY customer;",
};

/// 100 years: a longer horizon adds nothing at any rate of interest, and steps without end.
const HORIZON_DAYS_MAX: f64 = 36_525.0;

#[derive(Debug)]
pub struct Clv;

impl TableFunction for Clv {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let horizon = horizon_days(call)?;
        if horizon > HORIZON_DAYS_MAX {
            return Err(call.impossible("horizon", "must be at most 100 years"));
        }
        let rate = not_negative(call, "discount_rate")?;
        let margin = not_negative(call, "margin")?;
        let choice =
            ModelChoice { function: DOC.name, model: model_asked(call)?, calibrate: false, spend: true, notices: call.notices() };
        let customers = with_models(call, Wanted::read(call)?, &choice, 0.0)?;
        let mut arguments = vec![get_field(col(CHOICE), FITTED), get_field(col(CHOICE), SPREAD)];
        let spend = spend_choice(call)?;
        arguments.extend([SPEND, SPEND_SPREAD, SPEND_MEAN].map(|field| get_field(col(spend), field)));
        arguments.extend([FREQUENCY, RECENCY, AGE].map(col));
        arguments.extend([col(MONETARY), lit(horizon), lit(rate), lit(margin)]);
        let mut columns: Vec<Expr> = [CUSTOMER, FREQUENCY, RECENCY, AGE, MONETARY].map(col).to_vec();
        columns.extend([customer_value(arguments).alias(VALUE), col(NAME), col(MODEL_REASON)]);
        let mut shown: Vec<Expr> = [CUSTOMER, FREQUENCY, RECENCY, AGE, MONETARY].map(col).to_vec();
        shown.extend(FIELDS.map(|field| get_field(col(VALUE), field).alias(field)));
        shown.extend([NAME, MODEL_REASON].map(col));
        LogicalPlanBuilder::from(customers).project(columns)?.project(shown)?.build()
    }
}

/// The struct of [`customer_value`].
const VALUE: &str = "value";

fn not_negative(call: &Call, option: &str) -> Result<f64> {
    match call.double(option)?.unwrap_or_default() {
        value if (0.0..f64::INFINITY).contains(&value) => Ok(value),
        _ => Err(call.impossible(option, "must be finite and not negative")),
    }
}
