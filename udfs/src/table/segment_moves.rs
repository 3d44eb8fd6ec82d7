//! `segment_moves`: from which RFM segment to which customers went between two days.

use datafusion::common::Result;
use datafusion::functions_aggregate::expr_fn::{count, sum};
use datafusion::logical_expr::{JoinType, LogicalPlan, LogicalPlanBuilder, col, lit, when};

use super::rfm_population::{OPTIONS, scored_as_of};
use super::rfm_score::with_segments;
use crate::aggregate::exact_sum::exact_sum;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::options::Call;
use crate::relation::TableFunction;

/// The options of every RFM function, with two days in place of one.
const ARGUMENTS: [Argument; 11] = {
    let [rel, customer, at, amount, _, order_id, per, bins, cuts, segments] = OPTIONS;
    let from = Argument::required("from_date", Takes::Time, "where customers were then; a date means its end");
    let to = Argument::required("to_date", Takes::Time, "where they are then; rows after it are ignored");
    [rel, customer, at, amount, from, to, order_id, per, bins, cuts, segments]
};

static DOC: Doc = Doc {
    name: "segment_moves",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "How many customers went from which RFM segment to which one between two days, and what they bought in between.",
    arguments: &ARGUMENTS,
    returns: &[
        Column::new("from_segment", "text", "at `from_date`; NULL for who was no customer yet"),
        Column::new("to_segment", "text", "at `to_date`; the same where a customer stayed"),
        Column::new("customers", "bigint", "who made this move"),
        Column::new(
            "revenue",
            "numeric, or double precision for doubles",
            "sum of their amounts after `from_date` and until `to_date`, returns deducted",
        ),
    ],
    notes: "Two runs of `rfm_score`, as of `from_date` and as of `to_date`: scores are relative to the customers of the day, so a customer may \
            move because others did. To measure both days with the same yardstick give `cuts => (SELECT * FROM rfm_cuts(…, as_of => from_date))`. The customers add up to those \
            of `rfm_score` as of `to_date`. Errors, 22023: `from_date` not before `to_date`.",
    source: "As of rfm_score.",
    example: "SELECT from_segment, to_segment, customers, revenue\n\
              FROM segment_moves((SELECT * FROM (VALUES (1, DATE '2025-01-05', 20.0), (1, DATE '2025-03-01', 35.0), (2, DATE '2025-02-10', 12.5)) AS o(customer_id, day, total)),\n\
              \u{20}                  customer => 'customer_id', at => 'day', amount => 'total', from_date => '2025-01-31', to_date => '2025-03-31')\n\
              ORDER BY from_segment, to_segment;",
};

#[derive(Debug)]
pub struct SegmentMoves;

impl TableFunction for SegmentMoves {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let day = |name| call.time(name)?.ok_or_else(|| call.impossible(name, "must be a day, not NULL"));
        let (from, to) = (day("from_date")?, day("to_date")?);
        let [before, after] = [scored_as_of(call, Some(from))?, scored_as_of(call, Some(to))?];
        if from.micros(&after.at_type, call.time_zone())? >= to.micros(&after.at_type, call.time_zone())? {
            return Err(call.impossible("from_date", "must be before to_date"));
        }
        let columns = |prefix: &str| ["customer", "segment", "monetary"].map(|name| col(name).alias(format!("{prefix}_{name}")));
        let before = LogicalPlanBuilder::from(with_segments(call, before)?).project(columns("from"))?.build()?;
        let bought =
            when(col("from_monetary").is_null(), col("to_monetary")).otherwise(col("to_monetary") - col("from_monetary"))?;
        let moved = LogicalPlanBuilder::from(with_segments(call, after)?)
            .project(columns("to"))?
            .join_on(before, JoinType::Left, [col("to_customer").eq(col("from_customer"))])?
            .project([col("from_segment"), col("to_segment"), bought.alias("bought")])?;
        let is_floating = moved.schema().field_with_unqualified_name("bought")?.data_type().is_floating();
        let revenue = if is_floating { exact_sum(col("bought")) } else { sum(col("bought")) };
        moved
            .aggregate(
                [col("from_segment"), col("to_segment")],
                [count(lit(1_i64)).alias("customers"), revenue.alias("revenue")],
            )?
            .build()
    }
}
