//! `rfm_score` in FROM: purchases in, scored customers out.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::functions_aggregate::expr_fn::{count, min};
use datafusion::logical_expr::{Expr, JoinType, LogicalPlan, LogicalPlanBuilder, ScalarUDF, cast, col, lit};

use super::rfm_population::{F, M, OPTIONS, R, RECENCY_DAYS, Scored, fifth, scored};
use crate::doc::{Column, Doc, Kind};
use crate::error::CustomerError;
use crate::options::{Call, Relation};
use crate::relation::{self, TableFunction};
use crate::require::holds;
use crate::scalar::SegmentOf;

static DOC: Doc = Doc {
    name: "rfm_score",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "Recency, frequency and monetary value of every customer, scored by quantiles, with the segment's name.",
    arguments: &OPTIONS,
    returns: &[
        Column::new("customer", "as the column named", "who"),
        Column::new("last_at", "as the column named", "last purchase; NULL for customers with returns only"),
        Column::new("recency_days", "double precision", "from the last purchase to `as_of`, in days; whole for dates"),
        Column::new("frequency", "bigint", "purchases: rows, orders or days with an amount not below zero"),
        Column::new("monetary", "numeric, or double precision for doubles", "sum of amounts, returns deducted"),
        Column::new("r", "smallint", "recency score, 1 (longest ago) to bins"),
        Column::new("f", "smallint", "frequency score, 1 to bins"),
        Column::new("m", "smallint", "monetary score, 1 to bins"),
        Column::new("rfm_score", "smallint", "100 r + 10 f + m"),
        Column::new(
            "segment",
            "text",
            "as `segment_of`, with scores on the scale from 1 to 5; NULL where `segments` has no row for them",
        ),
    ],
    notes: "Scores are computed on the last purchase itself, on purchases and on the sum: cut k is percentile_disc(k / bins), the score one more \
            than the number of cuts that the value exceeds. Equal values get equal scores and bins may be empty. Without rows the result is empty; \
            one customer alone scores 1. The result depends neither on the order of rows nor on threads.",
    source: "Hughes, Strategic Database Marketing (1994); cuts by SQL:2003 percentile_disc.",
    example: "SELECT segment, count(*) AS customers, sum(monetary) AS revenue\n\
              FROM rfm_score((SELECT * FROM (VALUES (1, DATE '2025-01-05', 20.0), (1, DATE '2025-03-01', 35.0), (2, DATE '2025-02-10', 12.5)) AS o(customer_id, day, total)),\n\
              \u{20}              customer => 'customer_id', at => 'day', amount => 'total', as_of => '2025-03-31')\n\
              GROUP BY segment;",
};

#[derive(Debug)]
pub struct RfmScore;

impl TableFunction for RfmScore {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        with_segments(call, scored(call)?)
    }
}

/// The columns of [`DOC`] of scored customers.
pub(super) fn with_segments(call: &Call, scored: Scored) -> Result<LogicalPlan> {
    let score = col(R) * lit(100_i16) + col(F) * lit(10_i16) + col(M);
    let mut columns: Vec<Expr> = ["customer", "last_at", RECENCY_DAYS, "frequency", "monetary", R, F, M].map(col).to_vec();
    columns.push(cast(score, DataType::Int16).alias("rfm_score"));
    let fifths = [R, F, M].map(|name| fifth(name, scored.bins));
    match call.relation_option("segments") {
        None => {
            columns.push(ScalarUDF::from(SegmentOf::default()).call(fifths.to_vec()).alias("segment"));
            LogicalPlanBuilder::from(scored.plan).project(columns)?.build()
        }
        Some(segments) => with_given_segments(call, scored.plan, columns, fifths, segments),
    }
}

/// Joins the map that the user gave. Scores that it does not have get a NULL segment; one that it has twice is an error, since
/// the join would count its customers twice.
fn with_given_segments(
    call: &Call,
    scored: LogicalPlan,
    mut columns: Vec<Expr>,
    fifths: [Expr; 3],
    given: &Relation,
) -> Result<LogicalPlan> {
    let given_column = |name| relation::column(call.doc(), "segments", name, given);
    let keys = [R, F, M].map(|name| Ok(cast(given_column(name)?, DataType::Int64).alias(format!("segment_{name}"))));
    let mut map_columns = keys.into_iter().collect::<Result<Vec<_>>>()?;
    map_columns.push(cast(given_column("segment")?, DataType::Utf8).alias("segment"));
    let map_keys = [R, F, M].map(|name| format!("segment_{name}"));
    let is_key = map_keys.iter().map(|key| col(key).is_not_null()).fold(lit(true), Expr::and);
    let twice =
        CustomerError::invalid_value(format!("{}: segments has more than one row for the same r, f and m", call.doc().name));
    let map = LogicalPlanBuilder::from(given.plan.clone())
        .project(map_columns)?
        .filter(is_key)?
        .aggregate(map_keys.iter().map(col), [min(col("segment")).alias("segment"), count(lit(1_i64)).alias("rows")])?
        .filter(holds(col("rows").eq(lit(1_i64)), twice))?
        .project(map_keys.iter().map(col).chain([col("segment")]))?
        .build()?;
    let on = [R, F, M].into_iter().zip(fifths).map(|(name, score)| score.eq(col(format!("segment_{name}"))));
    columns.push(col("segment"));
    LogicalPlanBuilder::from(scored).join_on(map, JoinType::Left, on)?.project(columns)?.build()
}
