//! `rfm_summary`: purchases in, purchase histories out.

use datafusion::common::Result;
use datafusion::logical_expr::LogicalPlan;

use super::purchase_summary::{AMOUNT_COLUMN, AS_OF_TIME, AT_COLUMN, CUSTOMER_COLUMN, ORDER_COLUMN, REL, Wanted, summary};
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "rfm_summary",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "The purchase history of every customer as the models take it: frequency, recency and age, with an optional holdout.",
    arguments: &[
        REL,
        CUSTOMER_COLUMN,
        AT_COLUMN,
        AMOUNT_COLUMN,
        Argument::optional(
            "calibration_end",
            Takes::Time,
            "NULL",
            "the last day that counts for frequency, recency and age; by default `as_of`",
        ),
        ORDER_COLUMN,
        Argument::optional(
            "unit",
            Takes::Text,
            "'day'",
            "'day', 'week' (7 days), 'month' (30.4375 days) or 'year' (365.25 days): divides all durations",
        ),
        AS_OF_TIME,
    ],
    returns: &[
        Column::new("customer", "as the column named", "who"),
        Column::new("frequency", "bigint", "days with a purchase after the first such day"),
        Column::new("recency", "double precision", "from the first to the last day with a purchase"),
        Column::new("age", "double precision", "from the first day with a purchase to the end of the calibration"),
        Column::new(
            "monetary",
            "double precision",
            "mean over the repeat days of the day's sum; NULL without a repeat day or without `amount`",
        ),
        Column::new("holdout_frequency", "bigint", "days with a purchase after the calibration; NULL without `calibration_end`"),
        Column::new(
            "holdout_duration",
            "double precision",
            "from the end of the calibration to `as_of`; NULL without `calibration_end`",
        ),
    ],
    notes: "The grain is the calendar day in the session's time zone: several purchases of one day count once. Customers whose first purchase comes after \
            the calibration, or who have returns only, are left out. Returns (negative amounts) are neither purchases nor part of a day's sum. \
            Amounts that are NaN or infinite are an error, 22023.",
    source: "Fader, Hardie and Lee 2005 (x, t_x, T); Fader and Hardie 2013, \"The Gamma-Gamma model of monetary value\" (mean over repeat purchases).",
    example: "SELECT * FROM rfm_summary((SELECT * FROM (VALUES (1, DATE '2025-01-05', 20.0), (1, DATE '2025-03-01', 35.0), (2, DATE '2025-02-10', 12.5)) AS o(customer_id, day, total)),\n\
              \u{20}                         customer => 'customer_id', at => 'day', amount => 'total', unit => 'week', as_of => '2025-03-31') ORDER BY customer;",
};

/// Units of the result in days. They only divide: the grain stays the day.
const UNITS: [(&str, f64); 4] = [("day", 1.0), ("week", 7.0), ("month", 30.4375), ("year", 365.25)];

#[derive(Debug)]
pub struct RfmSummary;

impl TableFunction for RfmSummary {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let unit = call.choice("unit", &UNITS.map(|(name, _)| name))?;
        let days_in_unit = UNITS.iter().find(|(name, _)| *name == unit).map_or(1.0, |(_, days)| *days);
        let calibration_end = call.time("calibration_end")?;
        let wanted = Wanted { calibration_end, monetary: true, days_in_unit, ..Wanted::read(call)? };
        summary(call, &wanted)
    }
}
