//! `evaluate_matches` against the definitions, pair by pair and record by record.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod session;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Schema};
use datafusion::datasource::MemTable;
use proptest::prelude::*;
use session::{query, session};

/// Records with their clusters, of which some are not known.
type Clusters = BTreeMap<i64, Option<u8>>;

/// In two partitions, in the order of the records or in the opposite one.
fn table(clusters: &Clusters, is_reversed: bool, as_text: bool) -> MemTable {
    let mut rows: Vec<(i64, Option<u8>)> = clusters.iter().map(|(record, cluster)| (*record, *cluster)).collect();
    if is_reversed {
        rows.reverse();
    }
    let cluster_type = if as_text { DataType::Utf8 } else { DataType::Int64 };
    let schema = Schema::new(vec![Field::new("record_id", DataType::Int64, false), Field::new("cluster", cluster_type, true)]);
    let schema = Arc::new(schema);
    let partition = |rows: &[(i64, Option<u8>)]| {
        let records: Int64Array = rows.iter().map(|(record, _)| Some(*record)).collect();
        let clusters: Arc<dyn Array> = if as_text {
            Arc::new(rows.iter().map(|(_, cluster)| cluster.map(|id| id.to_string())).collect::<StringArray>())
        } else {
            Arc::new(rows.iter().map(|(_, cluster)| cluster.map(i64::from)).collect::<Int64Array>())
        };
        vec![RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(records), clusters]).expect("a batch")]
    };
    let (one, other) = rows.split_at(rows.len() / 3);
    MemTable::try_new(Arc::clone(&schema), vec![partition(one), partition(other)]).expect("a table")
}

/// The records that are in the cluster of a record: itself alone where it is not there or has none.
fn companions(clusters: &Clusters, record: i64) -> BTreeSet<i64> {
    let own = clusters.get(&record).copied().flatten();
    let others = clusters.iter().filter(|(_, cluster)| own.is_some() && **cluster == own).map(|(other, _)| *other);
    others.chain([record]).collect()
}

/// By the definitions: every pair is looked at, and every record with its two clusters.
fn by_definition(predicted: &Clusters, truth: &Clusters) -> BTreeMap<&'static str, Option<f64>> {
    let records: BTreeSet<i64> = predicted.keys().chain(truth.keys()).copied().collect();
    let (mut both, mut of_predicted, mut of_truth) = (0.0, 0.0, 0.0);
    let (mut precision, mut recall) = (0.0, 0.0);
    for record in &records {
        let (ours, theirs) = (companions(predicted, *record), companions(truth, *record));
        for other in records.iter().filter(|other| *other > record) {
            let (is_ours, is_theirs) = (ours.contains(other), theirs.contains(other));
            both += f64::from(u8::from(is_ours && is_theirs));
            of_predicted += f64::from(u8::from(is_ours));
            of_truth += f64::from(u8::from(is_theirs));
        }
        let shared = ours.intersection(&theirs).count() as f64;
        precision += shared / ours.len() as f64;
        recall += shared / theirs.len() as f64;
    }
    let n = records.len() as f64;
    let share = |part: f64, whole: f64| (whole > 0.0).then_some(part / whole);
    let (b3_precision, b3_recall) = (share(precision, n), share(recall, n));
    let (pair_precision, pair_recall) = (share(both, of_predicted), share(both, of_truth));
    let harmonic = |one: f64, other: f64| if one + other > 0.0 { 2.0 * one * other / (one + other) } else { 0.0 };
    // Where only one of the two has pairs, none of them is right.
    let f1 = (of_predicted + of_truth > 0.0).then(|| harmonic(pair_precision.unwrap_or(0.0), pair_recall.unwrap_or(0.0)));
    let only = |one: &Clusters, other: &Clusters| one.keys().filter(|record| !other.contains_key(record)).count() as f64;
    let clusters = |of: &Clusters| {
        let groups: BTreeSet<BTreeSet<i64>> = of.keys().map(|record| companions(of, *record)).collect();
        groups.len() as f64
    };
    BTreeMap::from([
        ("precision", pair_precision),
        ("recall", pair_recall),
        ("f1", f1),
        ("b3_precision", b3_precision),
        ("b3_recall", b3_recall),
        ("b3_f1", b3_precision.zip(b3_recall).map(|(one, other)| harmonic(one, other))),
        ("true_positives", Some(both)),
        ("false_positives", Some(of_predicted - both)),
        ("false_negatives", Some(of_truth - both)),
        ("predicted_pairs", Some(of_predicted)),
        ("truth_pairs", Some(of_truth)),
        ("predicted_clusters", Some(clusters(predicted))),
        ("truth_clusters", Some(clusters(truth))),
        ("records", Some(n)),
        ("predicted_records", Some(predicted.len() as f64)),
        ("truth_records", Some(truth.len() as f64)),
        ("only_predicted", Some(only(predicted, truth))),
        ("only_truth", Some(only(truth, predicted))),
    ])
}

async fn evaluated(predicted: MemTable, truth: MemTable, threads: usize) -> BTreeMap<String, Option<f64>> {
    let context = session(threads, 1 << 28);
    context.register_table("predicted", Arc::new(predicted)).expect("predicted");
    context.register_table("truth", Arc::new(truth)).expect("truth");
    let batches = query(&context, "SELECT metric, value FROM evaluate_matches(predicted, truth)").await.expect("metrics");
    let mut found = BTreeMap::new();
    for batch in &batches {
        let metrics = datafusion::arrow::compute::cast(batch.column(0), &DataType::Utf8).expect("text");
        let values = batch.column(1).as_primitive::<Float64Type>();
        found.extend(metrics.as_string::<i32>().iter().map(|metric| metric.expect("a name").to_owned()).zip(values));
    }
    found
}

fn clusters() -> impl Strategy<Value = Clusters> {
    prop::collection::btree_map(0_i64..40, prop::option::weighted(0.9, 0_u8..7), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn metrics_are_what_their_definitions_say(predicted in clusters(), truth in clusters(), as_text in any::<bool>()) {
        let expected = by_definition(&predicted, &truth);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let found = runtime.block_on(evaluated(table(&predicted, false, as_text), table(&truth, false, false), 1));
        prop_assert_eq!(found.len(), expected.len());
        for (metric, expected) in expected {
            let found = found[metric];
            let is_near = found.zip(expected).is_some_and(|(found, expected)| (found - expected).abs() < 1e-12);
            prop_assert!(is_near || (found.is_none() && expected.is_none()), "{metric}: {found:?}, by definition {expected:?}");
        }
        // Neither the order of rows nor the number of threads changes a digit.
        let again = runtime.block_on(evaluated(table(&predicted, true, as_text), table(&truth, true, false), 3));
        prop_assert_eq!(found, again);
    }
}

/// Records v of the clusters v / 2 and v / 3: of six records in a row each time the first two and the last two are together in both.
#[tokio::test(flavor = "multi_thread")]
async fn many_clusters_are_counted_once() {
    let context = session(2, 1 << 30);
    let clusters = |of: i64| format!("(SELECT value AS record_id, value / {of} AS cluster_id FROM generate_series(0, 59999))");
    let sql = format!("SELECT metric, value FROM evaluate_matches({}, {}) WHERE metric ~ 's$'", clusters(2), clusters(3));
    let mut found = vec![];
    for batch in query(&context, &sql).await.expect("metrics") {
        found.extend_from_slice(batch.column(1).as_primitive::<Float64Type>().values());
    }
    // True and false positives, false negatives, predicted and true pairs and clusters, and records, three times.
    let expected = [20_000.0, 10_000.0, 40_000.0, 30_000.0, 60_000.0, 30_000.0, 20_000.0, 60_000.0, 60_000.0, 60_000.0];
    assert_eq!(found, expected);
}
