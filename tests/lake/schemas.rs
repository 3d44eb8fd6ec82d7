//! Tables whose files differ in their columns.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Int32Array, LargeStringArray, ListArray, RecordBatch, StructArray,
    TimestampMicrosecondArray, TimestampMillisecondArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type};

use crate::answers::{answer, failure, try_answer};
use crate::on_disk_and_s3;
use crate::record_batch;
use crate::test_lake::{TestLake, session};

on_disk_and_s3!(
    a_column_that_old_files_lack_is_null,
    numbers_widen,
    decimals_times_and_text_widen,
    lists_and_structs_evolve,
    widened_columns_still_prune,
    a_clash_names_both_files,
    columns_that_differ_in_case_are_refused,
    tables_without_rows,
);

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

async fn a_column_that_old_files_lack_is_null(lake: TestLake) {
    lake.write("s/t/2023.parquet", &record_batch!(("id", Int64, [1]), ("old", Utf8, ["x"])).unwrap());
    lake.write("s/t/2024.parquet", &record_batch!(("email", Utf8, ["a@b.c"]), ("id", Int64, [2])).unwrap());
    let lake = lake.open().await;
    let rows = answer(&lake, &[("s", "t")], "SELECT id, old, email FROM t ORDER BY id").await;
    assert_eq!(rows, ["1|x|NULL", "2|NULL|a@b.c"]);
    let counts = answer(&lake, &[("s", "t")], "SELECT count(*), count(email), min(email) FROM t").await;
    assert_eq!(counts, ["2|1|a@b.c"]);
    assert_eq!(answer(&lake, &[("s", "t")], "SELECT id FROM t WHERE email IS NULL").await, ["1"]);
}

async fn numbers_widen(lake: TestLake) {
    lake.write("s/t/a.parquet", &record_batch!(("n", Int32, [i32::MAX]), ("x", Float32, [0.5])).unwrap());
    lake.write("s/t/b.parquet", &record_batch!(("n", Int64, [i64::MAX]), ("x", Float64, [0.1])).unwrap());
    lake.write("s/t/c.parquet", &record_batch!(("n", Int32, [-1]), ("x", Int32, [3])).unwrap());
    let lake = lake.open().await;
    let rows = answer(&lake, &[("s", "t")], "SELECT n, x FROM t ORDER BY n").await;
    assert_eq!(rows, ["-1|3.0", "2147483647|0.5", "9223372036854775807|0.1"]);
    let bounds = answer(&lake, &[("s", "t")], "SELECT min(n), max(n), arrow_typeof(min(x)) FROM t").await;
    assert_eq!(bounds, ["-1|9223372036854775807|Float64"]);
}

async fn decimals_times_and_text_widen(lake: TestLake) {
    let price = |value, precision, scale| {
        Arc::new(Decimal128Array::from(vec![value]).with_precision_and_scale(precision, scale).unwrap()) as ArrayRef
    };
    let dictionary: DictionaryArray<Int32Type> = ["red"].into_iter().collect();
    lake.write(
        "s/t/a.parquet",
        &batch(vec![
            ("price", price(1_234, 6, 2)),
            ("at", Arc::new(Date32Array::from(vec![20_119]))),
            ("seen", Arc::new(TimestampMillisecondArray::from(vec![1_500]))),
            ("colour", Arc::new(dictionary)),
        ]),
    );
    lake.write(
        "s/t/b.parquet",
        &batch(vec![
            ("price", price(98_765_432_101, 14, 4)),
            ("at", Arc::new(TimestampMicrosecondArray::from(vec![1_738_324_800_000_001]))),
            ("seen", Arc::new(TimestampMicrosecondArray::from(vec![1_500_001]))),
            ("colour", Arc::new(LargeStringArray::from(vec!["blue"]))),
        ]),
    );
    let lake = lake.open().await;
    // 20119 days are 2025-01-31; 1738324800 s are 2025-01-31 12:00:00 UTC (PostgreSQL: to_timestamp(1738324800)).
    let rows = answer(&lake, &[("s", "t")], "SELECT price, at, seen, colour FROM t ORDER BY price").await;
    assert_eq!(
        rows,
        [
            "12.3400|2025-01-31T00:00:00|1970-01-01T00:00:01.500|red",
            "9876543.2101|2025-01-31T12:00:00.000001|1970-01-01T00:00:01.500001|blue",
        ]
    );
    let types = "SELECT DISTINCT arrow_typeof(price), arrow_typeof(at), arrow_typeof(colour) FROM t";
    assert_eq!(answer(&lake, &[("s", "t")], types).await, ["Decimal128(14, 4)|Timestamp(µs)|Utf8View"]);
}

async fn lists_and_structs_evolve(lake: TestLake) {
    let list = |values: Vec<Option<i32>>| Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>([Some(values)])) as ArrayRef;
    let narrow = StructArray::from(vec![(
        Arc::new(Field::new("street", DataType::Utf8, true)),
        Arc::new(datafusion::arrow::array::StringArray::from(vec!["A 1"])) as ArrayRef,
    )]);
    let wide = StructArray::from(vec![
        (
            Arc::new(Field::new("street", DataType::Utf8, true)),
            Arc::new(datafusion::arrow::array::StringArray::from(vec!["B 2"])) as ArrayRef,
        ),
        (Arc::new(Field::new("floor", DataType::Int32, true)), Arc::new(Int32Array::from(vec![3])) as ArrayRef),
    ]);
    lake.write("s/t/a.parquet", &batch(vec![("tags", list(vec![Some(1), None])), ("address", Arc::new(narrow))]));
    lake.write("s/t/b.parquet", &batch(vec![("tags", list(vec![])), ("address", Arc::new(wide))]));
    let lake = lake.open().await;
    let rows = answer(&lake, &[("s", "t")], "SELECT address['street'], address['floor'], tags FROM t ORDER BY 1").await;
    assert_eq!(rows, ["A 1|NULL|[1, NULL]", "B 2|3|[]"]);
}

async fn widened_columns_still_prune(lake: TestLake) {
    lake.write("s/t/a.parquet", &record_batch!(("n", Int32, [1, 2, 3])).unwrap());
    lake.write("s/t/b.parquet", &record_batch!(("n", Int64, [100, 200])).unwrap());
    let lake = lake.open().await;
    let context = session(&lake, &[("s", "t")]).await.unwrap();
    assert_eq!(try_answer(&context, "SELECT n FROM t WHERE n > 50 ORDER BY n").await.unwrap(), ["100", "200"]);
    assert_eq!(try_answer(&context, "SELECT n FROM t WHERE n < 3 ORDER BY n").await.unwrap(), ["1", "2"]);
}

async fn a_clash_names_both_files(lake: TestLake) {
    lake.write("s/t/a.parquet", &record_batch!(("id", Int64, [1])).unwrap());
    lake.write("s/t/b.parquet", &record_batch!(("id", Utf8, ["one"])).unwrap());
    lake.write("s/fine/a.parquet", &record_batch!(("id", Int64, [1])).unwrap());
    let opened = lake.open().await;
    let error = failure(&opened, &[("s", "t")], "SELECT id FROM t").await;
    assert_eq!(error.to_string(), "column \"id\" is Int64 in \"s/t/a.parquet\" but text in \"s/t/b.parquet\"");
    assert_eq!(error.sqlstate().0, "42804");
    assert_eq!(answer(&opened, &[("s", "fine")], "SELECT id FROM fine").await, ["1"]);
    lake.remove("s/t/b.parquet");
    assert_eq!(answer(&opened, &[("s", "t")], "SELECT id FROM t").await, ["1"]);
}

async fn columns_that_differ_in_case_are_refused(lake: TestLake) {
    lake.write("s/t/a.parquet", &record_batch!(("Amount", Int64, [1])).unwrap());
    lake.write("s/t/b.parquet", &record_batch!(("amount", Int64, [1])).unwrap());
    let lake = lake.open().await;
    let error = failure(&lake, &[("s", "t")], "SELECT amount FROM t").await;
    assert_eq!(error.sqlstate().0, "42702");
    assert!(error.to_string().contains("s/t/a.parquet") && error.to_string().contains("s/t/b.parquet"), "{error}");
}

async fn tables_without_rows(lake: TestLake) {
    let empty = RecordBatch::new_empty(record_batch!(("id", Int64, [1]), ("name", Utf8, ["x"])).unwrap().schema());
    lake.write("s/empty/a.parquet", &empty);
    lake.write("s/half/a.parquet", &empty);
    lake.write("s/half/b.parquet", &record_batch!(("id", Int64, [5]), ("name", Utf8, ["y"])).unwrap());
    let lake = lake.open().await;
    assert_eq!(answer(&lake, &[("s", "empty")], "SELECT count(*), min(id), max(name) FROM empty").await, ["0|NULL|NULL"]);
    assert!(answer(&lake, &[("s", "empty")], "SELECT * FROM empty").await.is_empty());
    assert_eq!(answer(&lake, &[("s", "half")], "SELECT count(*), min(id), max(name) FROM half").await, ["1|5|y"]);
}
