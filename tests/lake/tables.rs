//! Which tables there are, and what their footers answer.

use cilake::lake::{LakeError, TableName};
use datafusion::catalog::TableProvider;
use datafusion::common::stats::Precision;
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::physical_plan::displayable;
use datafusion::scalar::ScalarValue;

use crate::answers::{answer, try_answer};
use crate::on_disk_and_s3;
use crate::record_batch;
use crate::test_lake::{TestLake, provider, session};

on_disk_and_s3!(
    tables_are_found_by_their_folders,
    an_empty_lake_has_no_tables,
    more_than_a_thousand_files,
    too_many_files_are_refused,
    counts_and_bounds_come_from_footers,
    one_large_file_is_read_by_all_threads,
    partitions_are_columns_and_prune_files,
    null_and_escaped_partitions,
    filters_skip_row_groups,
    limits_read_few_files,
    a_hundred_tables_open_quickly,
    delta_tables_are_refused,
);

async fn tables_are_found_by_their_folders(lake: TestLake) {
    let batch = record_batch!(("id", Int64, [1, 2])).unwrap();
    for path in [
        "sales/orders/a.parquet",
        "sales/orders/2024/b.parquet",
        "sales/products.parquet",
        "customers/x.parquet",
        "regions.parquet",
    ] {
        lake.write(path, &batch);
    }
    lake.write_bytes("sales/orders/README.md", "not data");
    lake.write_bytes("sales/orders/_SUCCESS", "");
    lake.write_bytes("sql/views/v.sql", "SELECT 1");
    let lake = lake.open().await;
    let tables: Vec<_> = lake.tables().await.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(tables, ["public.customers", "public.regions", "sales.orders", "sales.products"]);
    assert_eq!(answer(&lake, &[("sales", "orders")], "SELECT count(*), sum(id) FROM orders").await, ["4|6"]);
    for (schema, table) in [("sales", "products"), ("public", "customers"), ("public", "regions")] {
        assert_eq!(answer(&lake, &[(schema, table)], &format!("SELECT sum(id) FROM {table}")).await, ["3"]);
    }
    assert!(lake.table(&TableName::new("sales", "nothing")).await.unwrap().is_none());
    assert!(lake.table(&TableName::new("sql", "views")).await.unwrap().is_none());
}

async fn an_empty_lake_has_no_tables(lake: TestLake) {
    let lake = lake.open().await;
    assert!(lake.tables().await.unwrap().is_empty());
}

/// A listing of S3 ends after 1,000 keys; the rest comes in further pages.
async fn more_than_a_thousand_files(lake: TestLake) {
    for number in 0..1_200_i64 {
        let batch = record_batch!(("id", Int64, [number])).unwrap();
        lake.write(&format!("events/clicks/part-{number:04}.parquet"), &batch);
    }
    let lake = lake.open().await;
    let answer = answer(&lake, &[("events", "clicks")], "SELECT count(*), min(id), max(id), sum(id) FROM clicks").await;
    assert_eq!(answer, ["1200|0|1199|719400"]);
}

async fn too_many_files_are_refused(mut lake: TestLake) {
    lake.config.table_files_max = 2;
    let batch = record_batch!(("id", Int64, [1])).unwrap();
    for number in 0..3 {
        lake.write(&format!("s/big/{number}.parquet"), &batch);
    }
    lake.write("s/small/a.parquet", &batch);
    let lake = lake.open().await;
    let error = provider(&lake, "s", "big").await.unwrap_err();
    assert_eq!(error, LakeError::TooManyFiles { table: "s.big".into(), limit: 2 });
    assert!(provider(&lake, "s", "small").await.is_ok());
}

async fn counts_and_bounds_come_from_footers(lake: TestLake) {
    lake.write("s/t/a.parquet", &record_batch!(("amount", Float64, [2.5, 0.0, 9.0]), ("day", Int32, [3, 4, 5])).unwrap());
    lake.write(
        "s/t/b.parquet",
        &record_batch!(("amount", Float64, [Some(1.0), None]), ("day", Int32, [Some(-7), None])).unwrap(),
    );
    let lake = lake.open().await;
    let table = provider(&lake, "s", "t").await.unwrap();
    let statistics = table.statistics().unwrap();
    assert_eq!(statistics.num_rows, Precision::Exact(5));
    let amount = &statistics.column_statistics[0];
    assert_eq!(amount.null_count, Precision::Exact(1));
    assert_eq!(amount.min_value, Precision::Exact(ScalarValue::Float64(Some(0.0))));
    // NaN is greater than every number and is not in the bounds of a footer.
    assert_eq!(amount.max_value, Precision::Inexact(ScalarValue::Float64(Some(9.0))));
    let day = &statistics.column_statistics[1];
    assert_eq!(day.min_value, Precision::Exact(ScalarValue::Int32(Some(-7))));
    assert_eq!(day.max_value, Precision::Exact(ScalarValue::Int32(Some(5))));

    let context = session(&lake, &[("s", "t")]).await.unwrap();
    let plan = context.sql("SELECT count(*), count(day), min(day), max(day), min(amount) FROM t").await.unwrap();
    let plan = plan.create_physical_plan().await.unwrap();
    let shown = displayable(plan.as_ref()).indent(false).to_string();
    assert!(!shown.contains("DataSourceExec: file_groups"), "answered by reading rows:\n{shown}");
    let rows = try_answer(&context, "SELECT count(*), count(day), min(day), max(day), min(amount) FROM t").await.unwrap();
    assert_eq!(rows, ["5|4|-7|5|0.0"]);
}

async fn one_large_file_is_read_by_all_threads(lake: TestLake) {
    let ids: Vec<i64> = (0..2_000_000).collect();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(250_000)).set_dictionary_enabled(false).build();
    let column = std::sync::Arc::new(datafusion::arrow::array::Int64Array::from(ids)) as _;
    let batch = datafusion::arrow::array::RecordBatch::try_from_iter([("id", column)]).unwrap();
    lake.write_with("s/t/a.parquet", &batch, properties);
    let lake = lake.open().await;
    let context = session(&lake, &[("s", "t")]).await.unwrap();
    let plan = context.sql("SELECT sum(id * 2) FROM t").await.unwrap().create_physical_plan().await.unwrap();
    let shown = displayable(plan.as_ref()).indent(false).to_string();
    assert!(shown.contains("file_groups={2 groups"), "{shown}");
    assert_eq!(try_answer(&context, "SELECT sum(id * 2) FROM t").await.unwrap(), ["3999998000000"]);
}

async fn partitions_are_columns_and_prune_files(lake: TestLake) {
    for (year, month, id) in [(2024, "12", 1_i64), (2025, "01", 2), (2025, "02", 3)] {
        let batch = record_batch!(("id", Int64, [id])).unwrap();
        lake.write(&format!("sales/lines/year={year}/month={month}/day=2025-01-0{id}/country=de/a.parquet"), &batch);
    }
    // Broken, but never opened where the folder says that it has no rows of interest: its footer is read for the schema only.
    let lake = lake.open().await;
    let context = session(&lake, &[("sales", "lines")]).await.unwrap();
    let types = "SELECT arrow_typeof(year), arrow_typeof(month), arrow_typeof(day), arrow_typeof(country) FROM lines LIMIT 1";
    assert_eq!(try_answer(&context, types).await.unwrap(), ["Int64|Int64|Date32|Utf8View"]);
    let all = "SELECT id, year, month, day, country FROM lines ORDER BY id";
    let rows = ["1|2024|12|2025-01-01|de", "2|2025|1|2025-01-02|de", "3|2025|2|2025-01-03|de"];
    assert_eq!(try_answer(&context, all).await.unwrap(), rows);

    let plan = context.sql("SELECT id FROM lines WHERE year = 2025 AND month > 1").await.unwrap();
    let plan = plan.create_physical_plan().await.unwrap();
    let shown = displayable(plan.as_ref()).indent(false).to_string();
    assert!(shown.contains("month=02") && !shown.contains("month=01") && !shown.contains("FilterExec"), "{shown}");
    let pruned = "SELECT id FROM lines WHERE year = 2025 AND (month > 1 OR day = DATE '2025-01-02') ORDER BY id";
    assert_eq!(try_answer(&context, pruned).await.unwrap(), ["2", "3"]);
    assert_eq!(try_answer(&context, "SELECT count(*) FROM lines WHERE year < 0").await.unwrap(), ["0"]);
    let grouped = "SELECT year, count(*) FROM lines GROUP BY year ORDER BY year";
    assert_eq!(try_answer(&context, grouped).await.unwrap(), ["2024|1", "2025|2"]);
}

async fn null_and_escaped_partitions(lake: TestLake) {
    let batch = |id: i64| record_batch!(("id", Int64, [id]), ("city", Utf8, ["from the file"])).unwrap();
    lake.write("s/t/city=K%C3%B6ln/a.parquet", &batch(1));
    lake.write("s/t/city=__HIVE_DEFAULT_PARTITION__/a.parquet", &batch(2));
    lake.write("s/t/city=a%2Fb/a.parquet", &batch(3));
    let lake = lake.open().await;
    let context = session(&lake, &[("s", "t")]).await.unwrap();
    // The folder's value holds where a file has a column of the same name.
    assert_eq!(try_answer(&context, "SELECT id, city FROM t ORDER BY id").await.unwrap(), ["1|Köln", "2|NULL", "3|a/b"]);
    assert_eq!(try_answer(&context, "SELECT id FROM t WHERE city IS NULL").await.unwrap(), ["2"]);
    assert_eq!(try_answer(&context, "SELECT id FROM t WHERE city <> 'Köln'").await.unwrap(), ["3"]);
    assert_eq!(try_answer(&context, "SELECT count(*), count(city) FROM t").await.unwrap(), ["3|2"]);
}

async fn filters_skip_row_groups(lake: TestLake) {
    let column = std::sync::Arc::new(datafusion::arrow::array::Int64Array::from((0..10_000).collect::<Vec<i64>>())) as _;
    let batch = datafusion::arrow::array::RecordBatch::try_from_iter([("id", column)]).unwrap();
    lake.write_with("s/t/a.parquet", &batch, WriterProperties::builder().set_max_row_group_row_count(Some(1_000)).build());
    let lake = lake.open().await;
    let context = session(&lake, &[("s", "t")]).await.unwrap();
    assert_eq!(try_answer(&context, "SELECT id FROM t WHERE id = 4321").await.unwrap(), ["4321"]);
    let explained = try_answer(&context, "EXPLAIN ANALYZE SELECT id FROM t WHERE id = 4321").await.unwrap().join("\n");
    assert!(explained.contains("row_groups_pruned_statistics=10 total → 1 matched"), "{explained}");
}

async fn limits_read_few_files(lake: TestLake) {
    for number in 0..20_i64 {
        lake.write(&format!("s/t/{number:02}.parquet"), &record_batch!(("id", Int64, [number, number])).unwrap());
    }
    let lake = lake.open().await;
    let context = session(&lake, &[("s", "t")]).await.unwrap();
    let plan = context.sql("SELECT id FROM t LIMIT 3").await.unwrap().create_physical_plan().await.unwrap();
    let shown = displayable(plan.as_ref()).indent(true).to_string();
    assert!(shown.contains("01.parquet") && !shown.contains("02.parquet"), "{shown}");
    assert_eq!(try_answer(&context, "SELECT id FROM t LIMIT 3").await.unwrap().len(), 3);
}

/// A server must be ready in less than 300 ms on a lake of 100 tables; finding them must leave time for the rest.
async fn a_hundred_tables_open_quickly(lake: TestLake) {
    let batch = record_batch!(("id", Int64, [1])).unwrap();
    for number in 0..100 {
        lake.write(&format!("schema{}/table{number}/a.parquet", number % 10), &batch);
    }
    let reads_before = lake.server.as_ref().map(|server| server.requests().1);
    let begun = std::time::Instant::now();
    let opened = lake.open().await;
    assert_eq!(opened.tables().await.unwrap().len(), 100);
    let took = begun.elapsed();
    assert!(took.as_millis() < 250, "opening took {took:?}");
    assert_eq!(lake.server.as_ref().map(|server| server.requests().1), reads_before, "a file was opened");
}

async fn delta_tables_are_refused(lake: TestLake) {
    let batch = record_batch!(("id", Int64, [1])).unwrap();
    lake.write("s/delta/part-0.parquet", &batch);
    lake.write_bytes("s/delta/_delta_log/00000000000000000000.json", "{}");
    let lake = lake.open().await;
    let error = provider(&lake, "s", "delta").await.unwrap_err();
    assert_eq!(error.sqlstate().0, "0A000");
    assert_eq!(error.to_string(), "\"s.delta\" is a Delta Lake table, which cannot be read yet");
}
