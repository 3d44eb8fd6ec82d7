//! `evaluate_matches`: how well predicted clusters of records agree with true ones.
//!
//! Never pairs: records are grouped by who they are, then by both clusters (cells), then by each cluster. From the sizes of cells and
//! clusters follow the pairs, n (n − 1) / 2 of each, and B³: a record of a cell of c records in a cluster of n has the precision c / n.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::functions::core::expr_fn::{coalesce, get_field, named_struct, nullif};
use datafusion::functions_aggregate::expr_fn::{count, max, sum};
use datafusion::functions_nested::expr_fn::make_array;
use datafusion::logical_expr::{Expr, ExprFunctionExt, GroupingSet, LogicalPlan, LogicalPlanBuilder, cast, col, lit, when};

use super::cluster_columns::ClusterColumns;
use crate::aggregate::exact_sum::exact_sum;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::error::CustomerError;
use crate::options::Call;
use crate::relation::TableFunction;
use crate::require::require;

static DOC: Doc = Doc {
    name: "evaluate_matches",
    kind: Kind::Table,
    topic: "Identity",
    summary: "How well predicted clusters of records agree with true ones: precision, recall and F1 of pairs and of records (B³), with the \
              counts behind them.",
    arguments: &[
        Argument::required(
            "predicted_rel",
            Takes::Relation,
            "[source,] record_id, cluster: what unify_profiles returned, for example",
        ),
        Argument::required("truth_rel", Takes::Relation, "the same of the truth"),
    ],
    returns: &[
        Column::new("metric", "text", "see below"),
        Column::new("value", "double precision", "between 0 and 1, or a count; NULL where it would divide by none"),
    ],
    notes: "Columns are found by name: `source`; `record_id` or `id`; `profile_id`, `household_id`, `cluster_id`, `person_id`, `entity_id` or \
            `cluster`. What no name tells is taken from the columns that are left, in the order source, record, cluster, if there are no \
            others: `SELECT ssn, owner FROM …` is a record and its cluster. Where only one relation has a source, records are told apart by \
            their ids alone.\n\n\
            Pairs of records: `precision`, the share of predicted pairs that are true; `recall`, the share of true pairs that were predicted; \
            `f1`, their harmonic mean. Records (B³): `b3_precision`, the mean over all records of the share of their predicted cluster that is \
            truly theirs; `b3_recall`, of the share of their true cluster that was found; `b3_f1`, the harmonic mean of the two. Pairs \
            weigh large clusters, B³ weighs records.\n\nCounts: `true_positives`, `false_positives`, `false_negatives` of pairs; \
            `predicted_pairs`, `truth_pairs`; `predicted_clusters`, `truth_clusters` (of any size); `records`, of either relation, and of them \
            `predicted_records`, `truth_records`, `only_predicted`, `only_truth`. A record that one relation does not have, or whose cluster is \
            NULL, stands alone there: if the truth is known of some records only, give the prediction of those. Pairs are counted in 128 bits.\n\n\
            Errors: 42703 columns that are not recognised; 22023 a record id that is NULL, or repeats in its source. Time grows with the \
            number of records, whatever the size of clusters.",
    source: "A. Bagga, B. Baldwin, Algorithms for Scoring Coreference Chains, LREC 1998 (B³); D. Menestrina, S. Whang, H. Garcia-Molina, \
             Evaluating Entity Resolution Results, VLDB 2010.",
    example: "SELECT * FROM evaluate_matches((SELECT * FROM (VALUES (1, 'a'), (2, 'a'), (3, 'b')) AS p(record_id, profile_id)),\n\
              \u{20}                             (SELECT * FROM (VALUES (1, 'x'), (2, 'x'), (3, 'x')) AS t(record_id, person_id)));",
};

const PREDICTED: &str = "predicted";
const TRUTH: &str = "truth";
const RECORD: &str = "record_id";
const SOURCE: &str = "source";
const IN_PREDICTED: &str = "in_predicted";
const IN_TRUTH: &str = "in_truth";
const IN_BOTH: &str = "in_both";
/// Records of a cell or a cluster.
const SIZE: &str = "size";
/// Ordered pairs within cells, and records that a record shares both clusters with, itself among them: n (n − 1) and n² of each cell.
const PAIRS: &str = "pairs";
const SHARED: &str = "shared";
/// Tells the groups of predicted clusters from those of true ones.
const BY_PREDICTED: &str = "by_predicted";

#[derive(Debug)]
pub struct EvaluateMatches;

impl TableFunction for EvaluateMatches {
    fn doc(&self) -> &'static Doc {
        &DOC
    }

    fn plan(&self, call: &Call) -> Result<LogicalPlan> {
        let cells = cells(records(call)?)?;
        let clusters = clusters(cells)?;
        let field = |name: &str| get_field(col("metrics"), name).alias(name);
        clusters
            .project([make_array(metrics()?).alias("metrics")])?
            .unnest_column("metrics")?
            .project([field("metric"), field("value")])?
            .build()
    }
}

/// One row a record: its cluster in each relation, or NULL, and in which relations it is.
fn records(call: &Call) -> Result<LogicalPlanBuilder> {
    let [predicted, truth] = ClusterColumns::read_both(call)?;
    let nothing =
        |of: &ClusterColumns| Ok::<_, datafusion::error::DataFusionError>(lit(ScalarValue::try_from(&of.cluster_type)?));
    let of = |own: &ClusterColumns, clusters: [Expr; 2], is_predicted: bool| {
        let message = format!("{}: a record of relation {} has no id", call.doc().name, own.relation);
        let no_id = CustomerError::invalid_value(message).hint("Leave such records out: WHERE record_id IS NOT NULL");
        let [of_predicted, of_truth] = clusters;
        let mut columns = vec![require(own.record.clone().is_not_null(), own.record.clone(), no_id).alias(RECORD)];
        columns.extend(own.source.clone().map(|source| source.alias(SOURCE)));
        columns.extend([of_predicted.alias(PREDICTED), of_truth.alias(TRUTH)]);
        columns.extend([lit(i64::from(is_predicted)).alias(IN_PREDICTED), lit(i64::from(!is_predicted)).alias(IN_TRUTH)]);
        LogicalPlanBuilder::from(own.plan.clone()).project(columns)
    };
    let ours = of(&predicted, [predicted.cluster.clone(), nothing(&truth)?], true)?;
    let theirs = of(&truth, [nothing(&predicted)?, truth.cluster.clone()], false)?;
    let mut who = vec![col(RECORD)];
    who.extend(predicted.source.as_ref().map(|_| col(SOURCE)));
    let once = |name: &str, own: &ClusterColumns| {
        let message = format!("{}: the ids of relation {} are not unique", call.doc().name, own.relation);
        let hint = "A record is in one cluster; ids of several sources need a column source in both relations";
        require(col(name).lt_eq(lit(1_i64)), col(name), CustomerError::invalid_value(message).hint(hint)).alias(name)
    };
    let aggregates = [max(col(PREDICTED)).alias(PREDICTED), max(col(TRUTH)).alias(TRUTH)];
    let counts = [IN_PREDICTED, IN_TRUTH].map(|name| sum(col(name)).alias(name));
    ours.union(theirs.build()?)?.aggregate(who, aggregates.into_iter().chain(counts))?.project([
        col(PREDICTED),
        col(TRUTH),
        once(IN_PREDICTED, &predicted),
        once(IN_TRUTH, &truth),
    ])
}

/// One row for each pair of a predicted and a true cluster that share records; records without a cluster stand alone.
fn cells(records: LogicalPlanBuilder) -> Result<LogicalPlanBuilder> {
    let exact = |count: Expr| cast(count, DataType::Decimal128(19, 0));
    let is_cell = col(PREDICTED).is_not_null().and(col(TRUTH).is_not_null());
    let of_cell = |inside: Expr, alone: Expr| when(is_cell.clone(), wide(inside)).otherwise(wide(alone));
    let size = || exact(col(SIZE));
    let counts = [IN_PREDICTED, IN_TRUTH].map(|name| sum(col(name)).alias(name));
    let counts = counts.into_iter().chain([sum(col(IN_PREDICTED) * col(IN_TRUTH)).alias(IN_BOTH), count(lit(1_i64)).alias(SIZE)]);
    records.aggregate([col(PREDICTED), col(TRUTH)], counts)?.project([
        col(PREDICTED),
        col(TRUTH),
        col(IN_PREDICTED),
        col(IN_TRUTH),
        col(IN_BOTH),
        col(SIZE),
        of_cell(size() * exact(col(SIZE) - lit(1_i64)), exact(lit(0_i64)))?.alias(PAIRS),
        of_cell(size() * size(), size())?.alias(SHARED),
        // True, but no constant: what is constant is taken for sorted behind grouping sets too, where it is not.
        col(SIZE).gt(lit(0_i64)).alias(BY_PREDICTED),
    ])
}

fn wide(number: Expr) -> Expr {
    cast(number, DataType::Decimal128(38, 0))
}

/// One row: what all clusters of either kind add up to.
fn clusters(cells: LogicalPlanBuilder) -> Result<LogicalPlanBuilder> {
    let sets = GroupingSet::GroupingSets(vec![vec![col(PREDICTED), col(BY_PREDICTED)], vec![col(TRUTH)]]);
    let sums = [IN_PREDICTED, IN_TRUTH, IN_BOTH, SIZE, PAIRS, SHARED].map(|name| sum(col(name)).alias(name));
    let of_clusters = cells.aggregate([Expr::GroupingSet(sets)], sums)?;
    let mut totals = vec![];
    for name in [IN_PREDICTED, IN_TRUTH, IN_BOTH, SIZE, PAIRS] {
        totals.push(total(sum(col(name)), is_of(PREDICTED))?.alias(name));
    }
    for side in [PREDICTED, TRUTH] {
        let has_cluster = || col(side).is_not_null();
        let size = || cast(col(SIZE), DataType::Decimal128(19, 0));
        let pairs = wide(size() * (cast(col(SIZE) - lit(1_i64), DataType::Decimal128(19, 0))));
        let of_records = cast(col(SHARED), DataType::Float64) / cast(col(SIZE), DataType::Float64);
        let alone = cast(col(SIZE), DataType::Float64);
        let in_side = if side == PREDICTED { IN_PREDICTED } else { IN_TRUTH };
        let clusters = when(has_cluster(), lit(1_i64)).otherwise(col(in_side))?;
        totals.extend([
            total(sum(pairs), is_of(side).and(has_cluster()))?.alias(format!("{side}_pairs")),
            total(exact_sum(when(has_cluster(), of_records).otherwise(alone)?), is_of(side))?.alias(format!("{side}_b3")),
            total(sum(clusters), is_of(side))?.alias(format!("{side}_clusters")),
        ]);
    }
    of_clusters.aggregate(Vec::<Expr>::new(), totals)
}

/// Whether a row is of a cluster of that kind.
fn is_of(side: &str) -> Expr {
    if side == PREDICTED { col(BY_PREDICTED).is_not_null() } else { col(BY_PREDICTED).is_null() }
}

fn total(aggregate: Expr, of: Expr) -> Result<Expr> {
    aggregate.filter(of).build()
}

/// The list of metrics and values.
fn metrics() -> Result<Vec<Expr>> {
    let number = |name: &str| coalesce(vec![cast(col(name), DataType::Float64), lit(0.0)]);
    let known = |number: Expr| nullif(number, lit(0.0));
    let half = |name: &str| number(name) / lit(2.0);
    let (right, predicted, truth) = (half(PAIRS), half("predicted_pairs"), half("truth_pairs"));
    let (b3_precision, b3_recall) = (number("predicted_b3") / known(number(SIZE)), number("truth_b3") / known(number(SIZE)));
    let b3_f1 = lit(2.0) * b3_precision.clone() * b3_recall.clone() / (b3_precision.clone() + b3_recall.clone());
    let rows = [
        ("precision", right.clone() / known(predicted.clone())),
        ("recall", right.clone() / known(truth.clone())),
        ("f1", lit(2.0) * right.clone() / known(predicted.clone() + truth.clone())),
        ("b3_precision", b3_precision),
        ("b3_recall", b3_recall),
        ("b3_f1", b3_f1),
        ("true_positives", right.clone()),
        ("false_positives", predicted.clone() - right.clone()),
        ("false_negatives", truth.clone() - right),
        ("predicted_pairs", predicted),
        ("truth_pairs", truth),
        ("predicted_clusters", number("predicted_clusters")),
        ("truth_clusters", number("truth_clusters")),
        ("records", number(SIZE)),
        ("predicted_records", number(IN_PREDICTED)),
        ("truth_records", number(IN_TRUTH)),
        ("only_predicted", number(IN_PREDICTED) - number(IN_BOTH)),
        ("only_truth", number(IN_TRUTH) - number(IN_BOTH)),
    ];
    Ok(rows.into_iter().map(|(metric, value)| named_struct(vec![lit("metric"), lit(metric), lit("value"), value])).collect())
}
