//! The option `cuts`: what an earlier `rfm_cuts` returned, checked.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::functions_aggregate::expr_fn::{array_agg, count, count_distinct};
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, cast, col, lit};

use super::rfm_population::CUTS;
use crate::error::CustomerError;
use crate::options::{Call, Relation};
use crate::relation;
use crate::require::require;

/// The dimensions as `rfm_cuts` names them, in the order of [`CUTS`].
const DIMENSIONS: [&str; 3] = ["recency", "frequency", "monetary"];

/// One row with the list of cuts of each dimension, of recency as negative days, so that more is better everywhere.
///
/// Errors, 22023: not one row for each dimension and score from 1 to `bins`, bounds that are missing, NaN or infinite, and those
/// of an empty population. That they ascend with the score is for `quantile_score` to check.
pub fn given_cuts(call: &Call, given: &Relation, bins: i64) -> Result<LogicalPlan> {
    let column = |name| relation::column(call.doc(), "cuts", name, given);
    let columns = vec![
        column("dimension")?.alias("dimension"),
        cast(column("score")?, DataType::Int64).alias("score"),
        cast(column("upper")?, DataType::Float64).alias("upper"),
    ];
    let name = call.doc().name;
    let invalid = |why: String| CustomerError::invalid_value(format!("{name}: cuts {why}")).hint("Give what rfm_cuts returned");
    let mut lists = vec![count(lit(1_i64)).alias("rows"), count(col("upper")).alias("bounds")];
    let mut complete = col("rows").eq(lit(3 * bins));
    let mut bounded = lit(true);
    for (dimension, cuts) in DIMENSIONS.into_iter().zip(CUTS) {
        let own = || col("dimension").eq(lit(dimension));
        // The highest score has no upper bound; that of recency is the lowest, since it counts days.
        let (inner, value) = match dimension {
            "recency" => (col("score").between(lit(2_i64), lit(bins)), -col("upper")),
            _ => (col("score").between(lit(1_i64), lit(bins - 1)), col("upper")),
        };
        let is_bound = own().and(inner).and(col("upper").between(lit(f64::MIN), lit(f64::MAX)));
        let scores = count_distinct(col("score")).filter(own().and(col("score").between(lit(1_i64), lit(bins)))).build()?;
        let list = array_agg(value).filter(is_bound.clone()).order_by(vec![col("score").sort(true, false)]).build()?;
        let (scored, found) = (format!("{cuts}_scores"), format!("{cuts}_bounds"));
        complete = complete.and(col(&scored).eq(lit(bins)));
        bounded = bounded.and(col(&found).eq(lit(bins - 1)));
        lists.extend([list.alias(cuts), scores.alias(&scored), count(lit(1_i64)).filter(is_bound).build()?.alias(&found)]);
    }
    bounded = bounded.and(col("bounds").eq(lit(3 * (bins - 1))));
    let checks = [
        (
            complete,
            format!("must have one row for each of three dimensions and {bins} scores, as rfm_cuts returns with bins => {bins}"),
        ),
        (col("bounds").gt(lit(0_i64)), "are those of an empty population: nothing can be scored by them".to_string()),
        (bounded, "must have a finite upper bound for every score but the last of its dimension".to_string()),
    ];
    // One inside the other, so that the first that does not hold is told.
    let valid = checks.into_iter().fold(lit(true), |valid, (condition, why)| require(condition, valid, invalid(why)));
    LogicalPlanBuilder::from(given.plan.clone())
        .project(columns)?
        .aggregate(Vec::<Expr>::new(), lists)?
        .filter(valid)?
        .project(CUTS.map(col))?
        .build()
}
