//! `describe_segments`: what the segments of `micro_segments` are like.

use datafusion::common::Result;
use datafusion::logical_expr::LogicalPlan;

use super::micro_segments::{ARGUMENTS, NOTES, SOURCE, plan};
use crate::aggregate::micro_segment::{DESCRIPTION, Wanted};
use crate::doc::{Column, Doc, Kind};
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "describe_segments",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "What the segments of `micro_segments`, called with the same arguments, are like: each feature in the segment and among all.",
    arguments: &ARGUMENTS,
    returns: &[
        Column::new("segment", "bigint", "as in `micro_segments`"),
        Column::new("size", "bigint", "its customers"),
        Column::new("feature", "text", "the column"),
        Column::new(
            "mean",
            "double precision",
            "of its values in the segment, as they are; dates in days since 1970; NULL of none",
        ),
        Column::new("population_mean", "double precision", "of all customers"),
        Column::new(
            "z",
            "double precision",
            "(mean − population_mean) / standard deviation of all: what is far from 0 makes the segment; 0 where all values are equal",
        ),
    ],
    notes: NOTES,
    source: SOURCE,
    example: "SELECT segment, size, feature, mean, round(z::numeric, 2) AS z\n\
              FROM describe_segments((SELECT * FROM (VALUES (1, 2, 20.0), (2, 3, 25.0), (3, 2, 21.0), (4, 40, 310.0), (5, 43, 290.0)) AS c(customer, orders, spend)),\n\
              \u{20}                      id => 'customer', features => ARRAY['orders', 'spend'], k => 2) ORDER BY segment, feature;",
};

#[derive(Debug)]
pub struct DescribeSegments;

impl TableFunction for DescribeSegments {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        plan(call, Wanted::Descriptions, &DESCRIPTION)
    }
}
