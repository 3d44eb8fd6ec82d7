//! Files that arrive, change and go while the lake is open.

use cilake::lake::LakeError;

use crate::answers::{answer, failure, try_answer};
use crate::on_disk_and_s3;
use crate::record_batch;
use crate::test_lake::{TestLake, provider, session};

on_disk_and_s3!(
    new_tables_are_seen_by_the_next_query,
    new_replaced_and_deleted_files_are_seen,
    unchanged_tables_are_not_read_again,
    a_listing_is_kept_as_long_as_allowed,
    a_file_deleted_during_a_query_is_an_error,
    a_file_replaced_during_a_query_is_an_error,
    one_name_twice_is_an_error_for_that_table_only,
);

async fn new_tables_are_seen_by_the_next_query(lake: TestLake) {
    let opened = lake.open().await;
    assert!(opened.tables().await.unwrap().is_empty());
    lake.write("sales/orders/a.parquet", &record_batch!(("id", Int64, [1])).unwrap());
    // The list of tables may be some seconds old, but a table that is asked for by name is looked for.
    assert_eq!(answer(&opened, &[("sales", "orders")], "SELECT * FROM orders").await, ["1"]);
    assert_eq!(opened.tables().await.unwrap().len(), 1);
}

async fn new_replaced_and_deleted_files_are_seen(lake: TestLake) {
    let opened = lake.open().await;
    let ids = "SELECT id FROM t ORDER BY id";
    lake.write("s/t/a.parquet", &record_batch!(("id", Int64, [1])).unwrap());
    assert_eq!(answer(&opened, &[("s", "t")], ids).await, ["1"]);
    lake.write("s/t/b.parquet", &record_batch!(("id", Int64, [2])).unwrap());
    assert_eq!(answer(&opened, &[("s", "t")], ids).await, ["1", "2"]);
    lake.write("s/t/a.parquet", &record_batch!(("id", Int64, [10, 11])).unwrap());
    assert_eq!(answer(&opened, &[("s", "t")], ids).await, ["2", "10", "11"]);
    lake.remove("s/t/b.parquet");
    assert_eq!(answer(&opened, &[("s", "t")], ids).await, ["10", "11"]);
    lake.remove("s/t/a.parquet");
    assert!(matches!(provider(&opened, "s", "t").await, Err(LakeError::NotFound { .. })));
}

async fn unchanged_tables_are_not_read_again(lake: TestLake) {
    for number in 0..5_i64 {
        lake.write(&format!("s/t/{number}.parquet"), &record_batch!(("id", Int64, [number])).unwrap());
    }
    let opened = lake.open().await;
    let first = provider(&opened, "s", "t").await.unwrap();
    let reads = lake.server.as_ref().map(|server| server.requests().1);
    let second = provider(&opened, "s", "t").await.unwrap();
    assert!(std::sync::Arc::ptr_eq(first.files(), second.files()));
    assert_eq!(lake.server.as_ref().map(|server| server.requests().1), reads, "footers were read again");
    lake.write("s/t/5.parquet", &record_batch!(("id", Int64, [5])).unwrap());
    let third = provider(&opened, "s", "t").await.unwrap();
    assert_eq!(third.files().files().len(), 6);
    let only_the_new_one = lake.server.as_ref().map(|server| server.requests().1);
    assert_eq!(only_the_new_one, reads.map(|reads| reads + 1));
}

async fn a_listing_is_kept_as_long_as_allowed(mut lake: TestLake) {
    lake.config.listing_ttl_ms = 3_600_000;
    lake.write("s/t/a.parquet", &record_batch!(("id", Int64, [1])).unwrap());
    let opened = lake.open().await;
    assert_eq!(answer(&opened, &[("s", "t")], "SELECT count(*) FROM t").await, ["1"]);
    let listings = lake.server.as_ref().map(|server| server.requests().0);
    lake.write("s/t/b.parquet", &record_batch!(("id", Int64, [2])).unwrap());
    assert_eq!(answer(&opened, &[("s", "t")], "SELECT count(*) FROM t").await, ["1"]);
    assert_eq!(lake.server.as_ref().map(|server| server.requests().0), listings);
}

async fn a_file_deleted_during_a_query_is_an_error(lake: TestLake) {
    lake.write("s/t/a.parquet", &record_batch!(("id", Int64, [1, 2])).unwrap());
    lake.write("s/t/b.parquet", &record_batch!(("id", Int64, [3, 4])).unwrap());
    let opened = lake.open().await;
    // The tables of a query are looked at when it is planned; its rows are read afterwards.
    let context = session(&opened, &[("s", "t")]).await.unwrap();
    lake.remove("s/t/b.parquet");
    let error = LakeError::find(&try_answer(&context, "SELECT sum(id) FROM t").await.unwrap_err()).unwrap();
    assert!(matches!(&error, LakeError::Changed { file } if file.ends_with("s/t/b.parquet")), "{error:?}");
    assert_eq!(error.sqlstate().0, "58P01");
    assert_eq!(answer(&opened, &[("s", "t")], "SELECT sum(id) FROM t").await, ["3"]);
}

async fn a_file_replaced_during_a_query_is_an_error(lake: TestLake) {
    lake.write("s/t/a.parquet", &record_batch!(("id", Int64, [1, 2, 3])).unwrap());
    let opened = lake.open().await;
    let context = session(&opened, &[("s", "t")]).await.unwrap();
    lake.write("s/t/a.parquet", &record_batch!(("id", Int64, [7]), ("name", Utf8, ["x"])).unwrap());
    let error = LakeError::find(&try_answer(&context, "SELECT sum(id) FROM t").await.unwrap_err()).unwrap();
    assert!(matches!(&error, LakeError::Changed { file } if file.ends_with("s/t/a.parquet")), "{error:?}");
    assert_eq!(answer(&opened, &[("s", "t")], "SELECT sum(id) FROM t").await, ["7"]);
}

async fn one_name_twice_is_an_error_for_that_table_only(lake: TestLake) {
    let batch = record_batch!(("id", Int64, [1])).unwrap();
    for path in ["s/t/a.parquet", "s/t.parquet", "s/other/a.parquet"] {
        lake.write(path, &batch);
    }
    let opened = lake.open().await;
    let error = failure(&opened, &[("s", "t")], "SELECT * FROM t").await;
    assert_eq!(error.to_string(), "table \"s.t\" exists twice: as folder \"s/t\" and as file \"s/t.parquet\"");
    assert_eq!(answer(&opened, &[("s", "other")], "SELECT * FROM other").await, ["1"]);
    lake.remove("s/t.parquet");
    assert_eq!(answer(&opened, &[("s", "t")], "SELECT * FROM t").await, ["1"]);
}
