//! Plans as bytes: what is planned here and read elsewhere gives the same rows, and bytes that no plan is made of are errors.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod session;

use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::array::{Array, ArrayRef, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::Result;
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use datafusion_functions_customer::codec::{LogicalCodec, PhysicalCodec};
use datafusion_functions_customer::operator::progress;
use datafusion_proto::bytes::{
    logical_plan_from_bytes_with_extension_codec, logical_plan_to_bytes_with_extension_codec,
    physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec,
};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::{
    ComposedPhysicalExtensionCodec, DefaultPhysicalExtensionCodec, DefaultPhysicalProtoConverter, PhysicalExtensionCodec,
};
use futures::StreamExt;
use proptest::prelude::*;
use session::{plan_of, session};

/// Queries, each with the operators of this crate in its plan.
const QUERIES: &[(&str, &[&str])] = &[
    ("SELECT * FROM unify_profiles(people)", &["LinkRecordsExec"]),
    (
        "SELECT * FROM unify_profiles((SELECT * FROM people WHERE id < 400), (SELECT * FROM people WHERE id >= 400), \
         sources => ARRAY['crm', 'web'], threshold => 0.7, key_limit => 50, blocked_values => ARRAY['p7@example.com'], \
         limits => 'email: 1', one_per_source => true, \
         previous => (SELECT 'crm' AS source, id AS record_id, 1000 + id / 3 AS profile_id FROM people WHERE id < 400), \
         must_link => (SELECT 'crm' AS left_source, 3 AS left_id, 'web' AS right_source, 501 AS right_id), \
         cannot_link => (SELECT 'crm' AS left_source, 0 AS left_id, 'crm' AS right_source, 1 AS right_id))",
        &["LinkRecordsExec"],
    ),
    (
        "SELECT * FROM match_model(people, labels => (SELECT id AS left_id, id + 1 AS right_id, id % 3 < 2 AS is_match FROM people \
         WHERE id < 500))",
        &["LinkRecordsExec"],
    ),
    (
        "SELECT * FROM unify_profiles(people, incremental => true, \
         previous => (SELECT id AS record_id, 1000 + id / 7 AS profile_id FROM people WHERE id % 10 < 9))",
        &["LinkRecordsExec"],
    ),
    ("SELECT * FROM match_pairs(people, threshold => 0.8)", &["LinkRecordsExec"]),
    ("SELECT * FROM block_stats(people)", &["LinkRecordsExec"]),
    ("SELECT * FROM review_pairs(people, n => 7)", &["LinkRecordsExec"]),
    ("SELECT * FROM explain_match(people, left_id => '0', right_id => '1')", &["LinkRecordsExec"]),
    ("SELECT * FROM households(people)", &["LinkRecordsExec"]),
    (
        "SELECT * FROM profile_changes(people, previous => (SELECT id AS record_id, 1 + id / 6 AS profile_id FROM people))",
        &["LinkRecordsExec"],
    ),
    (
        "SELECT * FROM refused_links(people, cannot_link => (SELECT 0 AS left_id, 1 AS right_id), one_per_source => true)",
        &["LinkRecordsExec"],
    ),
    (
        "SELECT * FROM golden_profiles(people, at => 'seen', survivorship => 'email: longest, family_name: most_recent', \
         provenance => true, blocked_values => ARRAY['given7'], region => 'GB')",
        &["LinkRecordsExec", "MergeRecordsExec"],
    ),
    ("SELECT * FROM rfm_score(orders, customer => 'customer_id', at => 'ordered_at', amount => 'total')", &["AggregateOverExec"]),
    (
        "SELECT * FROM churn_prob(orders, customer => 'customer_id', at => 'ordered_at', by => 'country', horizon => '30 days')",
        &["AggregateOverExec"],
    ),
    (
        "SELECT * FROM clv(orders, customer => 'customer_id', at => 'ordered_at', amount => 'total', horizon => '30 days', model => 'mbgnbd')",
        &["AggregateOverExec"],
    ),
    (
        "SELECT * FROM clv_backtest(orders, customer => 'customer_id', at => 'ordered_at', amount => 'total', \
         calibration_end => DATE '2023-08-01', models => ARRAY['auto', 'bgnbd'])",
        &[],
    ),
    (
        "SELECT * FROM retention_curve((SELECT customer_id, country, customer_id % 9 + 1 AS t, customer_id % 4 > 0 AS gone FROM orders), \
         tenure => 't', churned => 'gone', by => 'country', horizon => 12)",
        &[],
    ),
    (
        "SELECT round(auc::numeric, 6), learner, status FROM propensity_fit((SELECT customer_id % 9 AS t, country, customer_id % 9 + customer_id % 7 > 9 AS gone \
         FROM orders), label => 'gone', features => ARRAY['t', 'country'], method => 'logistic')",
        &[],
    ),
    (
        "SELECT * FROM propensity_reasons((SELECT customer_id, customer_id % 9 AS t FROM orders), id => 'customer_id', model => (SELECT model \
         FROM propensity_fit((SELECT customer_id % 9 AS t, customer_id % 9 + customer_id % 7 > 9 AS gone FROM orders), label => 'gone', \
         features => ARRAY['t'], method => 'trees')))",
        &[],
    ),
    ("SELECT * FROM micro_segments(orders, id => 'customer_id', features => ARRAY['ordered_at', 'total'], k => 3)", &[]),
    ("SELECT * FROM describe_segments(orders, id => 'customer_id', features => ARRAY['ordered_at', 'total'])", &[]),
    (
        "SELECT * FROM segment_moves(orders, customer => 'customer_id', at => 'ordered_at', amount => 'total', from_date => DATE '2023-03-31', \
         to_date => DATE '2023-12-31')",
        &[],
    ),
    (
        "SELECT o.customer_id, g.n, unnest(g.totals) AS total FROM orders AS o JOIN (SELECT country, count(*) AS n, array_agg(total ORDER BY total) AS totals FROM orders \
      GROUP BY country) AS g ON g.country = o.country GROUP BY 1, 2, g.totals",
        &[],
    ),
    (
        "SELECT * FROM identify((SELECT id, id / 3 AS profile_id, email, first_name, last_name FROM people), id => 'profile_id', \
         email => 'p12@example.com', given_name => 'given12')",
        &["AggregateOverExec"],
    ),
    (
        "SELECT customer_id, count(*) AS n, sum(total) AS s, max(total) FILTER (WHERE total > 9) AS m, avg(total) AS a, \
         count(DISTINCT country) AS c FROM orders GROUP BY customer_id",
        &[],
    ),
    (
        "SELECT customer_id, count(*) AS n, sum(total) FILTER (WHERE total > 9) AS s FROM orders GROUP BY customer_id",
        &["DenseGroupsExec"],
    ),
    // With the value of a sub-query the first step is DataFusion's own.
    (
        "SELECT customer_id, sum(total - (SELECT min(total) FROM orders)) AS s FROM orders GROUP BY customer_id",
        &["DenseGroupsExec"],
    ),
    // Functions alone.
    (
        "SELECT id, normalize_email(email) AS e, jaro_winkler(first_name, last_name) AS j, soundex(last_name) AS s FROM people",
        &[],
    ),
    (
        "SELECT country, p_alive(m, 3, 20, 40) AS p FROM (SELECT country, bgnbd_fit(f, r, a) AS m FROM (SELECT country, \
         customer_id % 4 AS f, customer_id % 4 * 5 AS r, 40 AS a FROM orders) AS h GROUP BY country) AS t",
        &[],
    ),
    ("SELECT customer_id, rfm_score(ordered_at, customer_id, total) OVER (PARTITION BY country) AS score FROM orders", &[]),
    ("SELECT customer_id, churn_prob(customer_id % 4, customer_id % 4 * 5, 40) OVER () AS p FROM orders", &[]),
];

fn texts(of: impl Fn(i64) -> String, ids: &[i64]) -> ArrayRef {
    Arc::new(ids.iter().map(|id| Some(of(*id))).collect::<StringArray>())
}

/// People of three records each.
fn people() -> RecordBatch {
    let ids: Vec<i64> = (0..600).collect();
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let mut fields = vec![Field::new("id", DataType::Int64, false)];
    fields.extend(["first_name", "last_name", "dob", "email", "street", "postcode"].map(text));
    fields.push(Field::new("seen", DataType::Date32, true));
    let columns = vec![
        Arc::new(Int64Array::from(ids.clone())) as ArrayRef,
        texts(|id| format!("given{}", id / 3 % 37), &ids),
        texts(|id| format!("family{}", id / 3 % 101), &ids),
        texts(|id| format!("19{:02}-{:02}-{:02}", id / 3 % 83, 1 + id / 3 % 12, 1 + id / 3 % 28), &ids),
        texts(|id| format!("{}{}@example.com", if id % 3 == 2 { "other" } else { "p" }, id / 3), &ids),
        texts(|id| format!("{} street {}", id / 6 % 50, id / 6), &ids),
        texts(|id| format!("N{} 1AB", 1 + id / 6 % 20), &ids),
        Arc::new(ids.iter().map(|id| (id % 5 > 0).then_some(20_000 - (*id % 97) as i32)).collect::<Date32Array>()),
    ];
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("people")
}

fn orders() -> RecordBatch {
    let rows: Vec<i64> = (0..3_000).collect();
    let fields = vec![
        Field::new("customer_id", DataType::Int32, false),
        Field::new("ordered_at", DataType::Date32, false),
        Field::new("total", DataType::Float64, false),
        Field::new("country", DataType::Utf8, false),
    ];
    let customer = |row: i64| (row * row % 601 + row % 7) as i32 % 500;
    let columns = vec![
        Arc::new(rows.iter().map(|row| Some(customer(*row))).collect::<Int32Array>()) as ArrayRef,
        Arc::new(rows.iter().map(|row| Some(19_000 + (row * 37 % 700) as i32)).collect::<Date32Array>()),
        Arc::new(rows.iter().map(|row| Some((row * 13 % 400) as f64 / 8.0 + 1.0)).collect::<Float64Array>()),
        texts(|row| ["de", "fr", "gb"][customer(row) as usize % 3].to_owned(), &rows),
    ];
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("orders")
}

fn in_memory() -> SessionContext {
    let context = session(2, 1 << 30);
    for (name, rows) in [("people", people()), ("orders", orders())] {
        let half = rows.num_rows() / 2;
        let parts = vec![vec![rows.slice(0, half)], vec![rows.slice(half, rows.num_rows() - half)]];
        let table = MemTable::try_new(rows.schema(), parts).expect("a table");
        context.register_table(name, Arc::new(table)).expect("registered");
    }
    context
}

/// The same tables as Parquet files, which have statistics and which logical plans can name.
async fn in_files(folder: &std::path::Path) -> SessionContext {
    let (memory, files) = (in_memory(), session(2, 1 << 30));
    for name in ["people", "orders"] {
        let path = folder.join(format!("{name}.parquet")).display().to_string();
        let rows = memory.table(name).await.expect("a table");
        rows.write_parquet(&path, DataFrameWriteOptions::new().with_single_file_output(true), None).await.expect("written");
        files.register_parquet(name, &path, ParquetReadOptions::default()).await.expect("registered");
    }
    files
}

/// A session elsewhere: it knows the functions and no table.
fn elsewhere() -> SessionContext {
    session(2, 1 << 30)
}

/// The rows in an order of their own; numbers to twelve digits, for sums depend on which partition came first.
async fn rows(plan: Arc<dyn ExecutionPlan>, context: &SessionContext) -> Result<Vec<String>> {
    let batches = collect(plan, context.task_ctx()).await?;
    let options = FormatOptions::default().with_null("NULL");
    let mut rows = vec![];
    for batch in &batches {
        for row in 0..batch.num_rows() {
            let cell = |column: &ArrayRef| match column.as_any().downcast_ref::<Float64Array>() {
                Some(numbers) if numbers.is_valid(row) => format!("{:.12e}", numbers.value(row)),
                _ => ArrayFormatter::try_new(column.as_ref(), &options).expect("a formatter").value(row).to_string(),
            };
            rows.push(batch.columns().iter().map(cell).collect::<Vec<_>>().join("|"));
        }
    }
    rows.sort_unstable();
    Ok(rows)
}

fn names(plan: &Arc<dyn ExecutionPlan>) -> Vec<String> {
    std::iter::once(plan.name().to_owned()).chain(plan.children().into_iter().flat_map(names)).collect()
}

async fn physical(context: &SessionContext, sql: &str) -> Arc<dyn ExecutionPlan> {
    let plan = plan_of(context, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    context.state().create_physical_plan(&plan).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn shipped(plan: &Arc<dyn ExecutionPlan>, to: &SessionContext) -> Result<Arc<dyn ExecutionPlan>> {
    let bytes = physical_plan_to_bytes_with_extension_codec(Arc::clone(plan), &PhysicalCodec)?;
    physical_plan_from_bytes_with_extension_codec(&bytes, &to.task_ctx(), &PhysicalCodec)
}

/// The plan elsewhere; it has the same operators and columns.
async fn arrived(sql: &str, operators: &[&str], context: &SessionContext, to: &SessionContext) -> Arc<dyn ExecutionPlan> {
    let plan = physical(context, sql).await;
    let here = names(&plan);
    for operator in operators {
        assert!(here.iter().any(|name| name == operator), "{sql}: no {operator} in {here:?}");
    }
    let read = shipped(&plan, to).unwrap_or_else(|error| panic!("{sql}: {error}"));
    assert_eq!(read.schema(), plan.schema(), "{sql}");
    if !here.iter().any(|name| name == "ScalarSubqueryExec") {
        assert_eq!(names(&read), here, "{sql}");
    }
    read
}

/// As it is planned, also where the optimizer has not been yet: the other side does the rest.
async fn arrived_logical(sql: &str, context: &SessionContext, to: &SessionContext) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan_of(context, sql).await?;
    let bytes = logical_plan_to_bytes_with_extension_codec(&plan, &LogicalCodec)?;
    let read = logical_plan_from_bytes_with_extension_codec(&bytes, &to.task_ctx(), &LogicalCodec)?;
    assert_eq!(read.schema().as_arrow(), plan.schema().as_arrow(), "{sql}");
    to.state().create_physical_plan(&read).await
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_give_the_same_rows_elsewhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = in_files(folder.path()).await;
    for (sql, operators) in QUERIES {
        let elsewhere = elsewhere();
        let expected = rows(physical(&context, sql).await, &context).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert!(!expected.is_empty(), "{sql} has no rows");
        let read = arrived(sql, operators, &context, &elsewhere).await;
        let found = rows(read, &elsewhere).await.unwrap_or_else(|error| panic!("shipped, {sql}: {error}"));
        assert_eq!(found, expected, "{sql}");
        let read = arrived_logical(sql, &context, &elsewhere).await.unwrap_or_else(|error| panic!("as planned, {sql}: {error}"));
        let found = rows(read, &elsewhere).await.unwrap_or_else(|error| panic!("as planned, {sql}: {error}"));
        assert_eq!(found, expected, "as planned, {sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_in_memory_are_shipped_with_their_plan() {
    let context = in_memory();
    let golden = "SELECT * FROM golden_profiles((SELECT * FROM people WHERE id < 60), at => 'seen')";
    let rfm = "SELECT * FROM rfm_score(orders, customer => 'customer_id', at => 'ordered_at', amount => 'total')";
    for (sql, operator) in [(golden, "MergeRecordsExec"), (rfm, "AggregateOverExec")] {
        let elsewhere = elsewhere();
        let read = arrived(sql, &[operator], &context, &elsewhere).await;
        let expected = rows(physical(&context, sql).await, &context).await.expect("rows");
        assert_eq!(rows(read, &elsewhere).await.expect("rows elsewhere"), expected, "{sql}");
    }
}

/// A session that has nothing registered finds the functions in the codec.
#[tokio::test(flavor = "multi_thread")]
async fn functions_are_found_by_name_without_a_registry() {
    let context = in_memory();
    for (sql, _) in QUERIES {
        let plan = physical(&context, sql).await;
        let plain = SessionContext::new_with_state(SessionStateBuilder::new().with_default_features().build());
        let read = shipped(&plan, &plain).unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(read.schema(), plan.schema(), "{sql}");
    }
}

/// Among other codecs it is the first: what one of them can write is written by it.
#[tokio::test(flavor = "multi_thread")]
async fn it_works_among_other_codecs() {
    let others: Arc<dyn PhysicalExtensionCodec> = Arc::new(DefaultPhysicalExtensionCodec {});
    let codec = ComposedPhysicalExtensionCodec::new(vec![Arc::new(PhysicalCodec), others]);
    let context = in_memory();
    for (sql, _) in QUERIES.iter().filter(|(sql, _)| sql.contains("identify(") || sql.contains("rfm_score(")) {
        let elsewhere = elsewhere();
        let bytes = physical_plan_to_bytes_with_extension_codec(physical(&context, sql).await, &codec).expect("bytes");
        let read = physical_plan_from_bytes_with_extension_codec(&bytes, &elsewhere.task_ctx(), &codec).expect("a plan");
        let expected = rows(physical(&context, sql).await, &context).await.expect("rows");
        assert_eq!(rows(read, &elsewhere).await.expect("rows elsewhere"), expected, "{sql}");
    }
}

/// What a condition holds is shipped with it: the SQLSTATE and the hint of its error.
#[tokio::test(flavor = "multi_thread")]
async fn errors_are_the_same_elsewhere() {
    let context = in_memory();
    let failing = [
        "SELECT * FROM rfm_score((SELECT customer_id, ordered_at, total / 0.0 AS total FROM orders), customer => 'customer_id', \
         at => 'ordered_at', amount => 'total')",
        "SELECT * FROM unify_profiles((SELECT id % 9 AS id, email, first_name, last_name FROM people))",
    ];
    for sql in failing {
        let plan = physical(&context, sql).await;
        let elsewhere = elsewhere();
        let read = shipped(&plan, &elsewhere).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let expected = rows(plan, &context).await.expect_err(sql).find_root().to_string();
        let found = rows(read, &elsewhere).await.expect_err(sql).find_root().to_string();
        assert_eq!(found, expected, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_progress_and_cancellation_are_those_of_where_it_runs() {
    let sql = "SELECT * FROM unify_profiles(people)";
    let plan = physical(&in_memory(), sql).await;
    let scarce = session(2, 64 << 10);
    let read = shipped(&plan, &scarce).expect("a plan");
    let error = collect(read, scarce.task_ctx()).await.expect_err("not memory enough");
    assert!(matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)), "{error}");

    let elsewhere = elsewhere();
    let read = shipped(&plan, &elsewhere).expect("a plan");
    let before = progress(&read).expect("progress");
    let mut stream = datafusion::physical_plan::execute_stream(Arc::clone(&read), elsewhere.task_ctx()).expect("a stream");
    assert!(stream.next().await.is_some_and(|batch| batch.is_ok()));
    assert_ne!(progress(&read).expect("progress"), before);
    drop((stream, read));
    let read = shipped(&plan, &elsewhere).expect("a plan");
    let mut stopped = datafusion::physical_plan::execute_stream(read, elsewhere.task_ctx()).expect("a stream");
    assert!(futures::poll!(stopped.next()).is_pending());
    let pool = Arc::clone(elsewhere.task_ctx().memory_pool());
    let begun = Instant::now();
    while pool.reserved() == 0 && begun.elapsed() < Duration::from_secs(10) {
        tokio::task::yield_now().await;
    }
    assert!(pool.reserved() > 0, "it has not begun");
    drop(stopped);
    let begun = Instant::now();
    while pool.reserved() > 0 && begun.elapsed() < Duration::from_secs(10) {
        tokio::task::yield_now().await;
    }
    assert_eq!(pool.reserved(), 0, "memory is held by a plan that nobody reads");
}

/// An operator with its inputs and what is written of it.
struct Written {
    sql: &'static str,
    bytes: Vec<u8>,
    inputs: Vec<Arc<dyn ExecutionPlan>>,
}

fn written_in(sql: &'static str, plan: &Arc<dyn ExecutionPlan>, found: &mut Vec<Written>) {
    let ours = ["LinkRecordsExec", "MergeRecordsExec", "AggregateOverExec", "DenseGroupsExec"];
    if ours.contains(&plan.name()) {
        let mut bytes = vec![];
        let written = PhysicalCodec.try_encode(Arc::clone(plan), &mut bytes, &DefaultPhysicalProtoConverter {});
        if written.is_ok() {
            found.push(Written { sql, bytes, inputs: plan.children().into_iter().cloned().collect() });
        }
    }
    plan.children().into_iter().for_each(|child| written_in(sql, child, found));
}

fn read(of: &Written, bytes: &[u8], context: &SessionContext) -> Result<Arc<dyn ExecutionPlan>> {
    PhysicalCodec.try_decode(bytes, &of.inputs, &context.task_ctx(), &DefaultPhysicalProtoConverter {})
}

fn extensions(plan: &LogicalPlan, found: &mut Vec<(Vec<u8>, Vec<LogicalPlan>)>) {
    if let LogicalPlan::Extension(Extension { node }) = plan {
        let mut bytes = vec![];
        LogicalCodec.try_encode(&Extension { node: Arc::clone(node) }, &mut bytes).expect("bytes");
        found.push((bytes, node.inputs().into_iter().cloned().collect()));
    }
    plan.inputs().into_iter().for_each(|input| extensions(input, found));
}

#[test]
fn malformed_bytes_are_errors() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let (mut physical_bytes, mut logical_bytes) = (vec![], vec![]);
    runtime.block_on(async {
        let context = in_files(folder.path()).await;
        for (sql, _) in QUERIES {
            written_in(sql, &physical(&context, sql).await, &mut physical_bytes);
            extensions(&plan_of(&context, sql).await.expect("a plan"), &mut logical_bytes);
        }
    });
    assert!(physical_bytes.len() >= 15 && logical_bytes.len() >= 14, "{} {}", physical_bytes.len(), logical_bytes.len());
    let context = elsewhere();
    for of in &physical_bytes {
        let said = |bytes: &[u8]| read(of, bytes, &context).expect_err(of.sql).to_string();
        let again = read(of, &of.bytes, &context).unwrap_or_else(|error| panic!("{}: {error}", of.sql));
        let mut bytes = vec![];
        PhysicalCodec.try_encode(again, &mut bytes, &DefaultPhysicalProtoConverter {}).expect("bytes");
        assert_eq!(bytes, of.bytes, "{}", of.sql);
        assert!(said(&[]).contains("there are none"), "{}", said(&[]));
        let later = [[9].as_slice(), &of.bytes[1..]].concat();
        assert!(said(&later).contains("they are of version 9, and this is version 1"), "{}", said(&later));
        assert!(said(&of.bytes[..1]).contains("none that is known"), "{}", said(&of.bytes[..1]));
        // The operator is one message with its length before it: no part of it is whole.
        for length in 0..of.bytes.len() {
            read(of, &of.bytes[..length], &context).expect_err(of.sql);
        }
        let fewer = &of.inputs[1..];
        let error = PhysicalCodec.try_decode(&of.bytes, fewer, &context.task_ctx(), &DefaultPhysicalProtoConverter {});
        assert!(error.is_err(), "{} without an input", of.sql);
    }
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) };
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    let place = (any::<prop::sample::Index>(), changes, prop::collection::vec(any::<u8>(), 0..60));
    // Neither panics, whatever the bytes; and another operator's inputs are no reason either.
    proptest!(config, |((at, changes, random) in place, other in any::<prop::sample::Index>())| {
        let of = at.get(&physical_bytes);
        let (logical, inputs) = at.get(&logical_bytes);
        let changed = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            for (place, byte) in &changes {
                *place.get_mut(&mut bytes) = *byte;
            }
            bytes
        };
        let _ = read(of, &changed(&of.bytes), &context);
        let _ = read(other.get(&physical_bytes), &of.bytes, &context);
        let _ = LogicalCodec.try_decode(&changed(logical), inputs, &context.task_ctx());
        let _ = LogicalCodec.try_decode(logical, &other.get(&logical_bytes).1, &context.task_ctx());
        for prefix in [&[][..], &[1]] {
            let random = [prefix, &random].concat();
            prop_assert!(read(of, &random, &context).is_err());
            prop_assert!(LogicalCodec.try_decode(&random, inputs, &context.task_ctx()).is_err());
            for name in ["require", "contact_odds", "contact_matched_by"] {
                let _ = PhysicalCodec.try_decode_udf(name, &random);
            }
        }
    });
}
