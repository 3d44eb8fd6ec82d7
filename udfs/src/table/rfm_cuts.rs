//! `rfm_cuts`: where the scores of `rfm_score` change, and how many customers have each.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::ScalarValue;
use datafusion::functions::core::expr_fn::{get_field, named_struct};
use datafusion::functions_aggregate::expr_fn::{count, first_value};
use datafusion::functions_nested::expr_fn::{array_element, make_array};
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, cast, col, lit};

use super::rfm_population::{AS_OF, CUTS, F, M, OPTIONS, R, Scored, days_between, scored};
use crate::doc::{Column, Doc, Kind};
use crate::options::Call;
use crate::relation::TableFunction;

static DOC: Doc = Doc {
    name: "rfm_cuts",
    kind: Kind::Table,
    topic: "Value and churn",
    summary: "The bounds of every RFM score and how many customers have it: the explanation of `rfm_score` with the same options.",
    arguments: &OPTIONS,
    returns: &[
        Column::new("dimension", "text", "'recency', 'frequency' or 'monetary'"),
        Column::new("score", "smallint", "1 to bins"),
        Column::new(
            "lower",
            "double precision",
            "frequency and monetary: values above it; recency: days from it on. NULL: no bound",
        ),
        Column::new(
            "upper",
            "double precision",
            "frequency and monetary: values up to it; recency: days below it. NULL: no bound",
        ),
        Column::new("customers", "bigint", "customers with this score; 0 for an empty bin"),
    ],
    notes: "Recency is shown in days before `as_of`, so its highest score has the fewest days. A stored result can be given to `rfm_score(…, cuts => …)`, \
            which scores later months by the same bounds.",
    source: "As `rfm_score`.",
    example: "SELECT * FROM rfm_cuts((SELECT * FROM (VALUES (1, DATE '2025-01-05', 20.0), (2, DATE '2025-02-10', 12.5)) AS o(customer_id, day, total)),\n\
              \u{20}                     customer => 'customer_id', at => 'day', amount => 'total') ORDER BY dimension, score;",
};

#[derive(Debug)]
pub struct RfmCuts;

impl TableFunction for RfmCuts {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    /// One row of counts and cuts, then a list of one struct a bin, unnested.
    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let scored = scored(call)?;
        let mut aggregates = vec![];
        for score in [R, F, M] {
            for bin in 1..=scored.bins {
                let in_bin = cast(col(score), DataType::Int64).eq(lit(bin));
                aggregates.push(count(lit(1_i64)).filter(in_bin).build()?.alias(count_name(score, bin)));
            }
        }
        for name in CUTS.into_iter().chain([AS_OF]) {
            aggregates.push(first_value(col(name), vec![]).alias(name));
        }
        let bins = ["recency", "frequency", "monetary"].into_iter().zip([R, F, M]).zip(CUTS);
        let rows = bins.flat_map(|((dimension, score), cuts)| (1..=scored.bins).map(move |bin| (dimension, score, cuts, bin)));
        let rows: Vec<Expr> = rows.map(|(dimension, score, cuts, bin)| row(&scored, dimension, score, cuts, bin)).collect();
        let given = call.relation_option("cuts").is_some();
        if given {
            return Err(call.impossible("cuts", "is what rfm_cuts returns: leave it out here"));
        }
        let field = |name: &str| get_field(col("bin"), name).alias(name);
        LogicalPlanBuilder::from(scored.plan)
            .aggregate(Vec::<Expr>::new(), aggregates)?
            .project([make_array(rows).alias("bin")])?
            .unnest_column("bin")?
            .project(["dimension", "score", "lower", "upper", "customers"].map(field))?
            .build()
    }
}

fn count_name(score: &str, bin: i64) -> String {
    format!("{score}_{bin}")
}

fn row(scored: &Scored, dimension: &str, score: &str, cuts: &str, bin: i64) -> Expr {
    let no_bound = lit(ScalarValue::Float64(None));
    let cut = |k: i64| {
        let cut = array_element(col(cuts), lit(k));
        match dimension {
            "recency" => days_between(cut, col(AS_OF), &scored.at_type),
            _ => cast(cut, DataType::Float64),
        }
    };
    let below = if bin > 1 { cut(bin - 1) } else { no_bound.clone() };
    let above = if bin < scored.bins { cut(bin) } else { no_bound };
    let (lower, upper) = if dimension == "recency" { (above, below) } else { (below, above) };
    named_struct(vec![
        lit("dimension"),
        lit(dimension),
        lit("score"),
        cast(lit(bin), DataType::Int16),
        lit("lower"),
        lower,
        lit("upper"),
        upper,
        lit("customers"),
        col(count_name(score, bin)),
    ])
}
