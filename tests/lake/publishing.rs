//! Tables that the program writes: whole or not at all, and never over the lake's own files.

use std::time::Duration;

use cilake::lake::{Grace, Lake, LakeError, PublishMode, TableName};
use datafusion::arrow::array::RecordBatch;

use crate::answers::{answer, try_answer};
use crate::on_disk_and_s3;
use crate::record_batch;
use crate::test_lake::{TestLake, provider, session};

on_disk_and_s3!(
    a_published_table_is_seen_and_replaced,
    names_with_any_characters,
    an_existing_table_is_not_created_again,
    the_lakes_own_files_are_not_touched,
    a_killed_writer_leaves_nothing_visible,
    running_queries_finish_on_the_replaced_version,
    two_writers_do_not_mix,
    dropped_tables_are_gone,
    a_read_only_lake_refuses,
    tables_without_rows_and_many_batches,
    a_manifest_that_is_not_one,
);

const NOW: Grace = Grace { retired: Duration::ZERO, abandoned: Duration::ZERO };

fn name() -> TableName {
    TableName::new("reports", "scores")
}

fn ids(ids: [i64; 2]) -> RecordBatch {
    record_batch!(("id", Int64, ids)).unwrap()
}

async fn publish(lake: &Lake, name: &TableName, mode: PublishMode, batch: &RecordBatch) -> Result<(), LakeError> {
    let mut publication = lake.begin_publish(name, mode, batch.schema()).await?;
    publication.write(batch).await?;
    let published = publication.commit().await?;
    assert_eq!(published.rows, batch.num_rows() as u64);
    Ok(())
}

async fn sum(lake: &Lake) -> Vec<String> {
    answer(lake, &[("reports", "scores")], "SELECT sum(id) FROM scores").await
}

async fn a_published_table_is_seen_and_replaced(lake: TestLake) {
    let opened = lake.open().await;
    let elsewhere = lake.open().await;
    publish(&opened, &name(), PublishMode::Create, &ids([1, 2])).await.unwrap();
    assert_eq!(sum(&opened).await, ["3"]);
    assert_eq!(sum(&elsewhere).await, ["3"]);
    publish(&opened, &name(), PublishMode::Replace, &record_batch!(("id", Int64, [10]), ("why", Utf8, ["x"])).unwrap())
        .await
        .unwrap();
    assert_eq!(sum(&opened).await, ["10"]);
    assert_eq!(answer(&elsewhere, &[("reports", "scores")], "SELECT * FROM scores").await, ["10|x"]);
    assert_eq!(opened.tables().await.unwrap().iter().cloned().collect::<Vec<_>>(), [name()]);
    // The replaced version is kept for queries that run, and then removed.
    assert_eq!(lake.files_below("_cilake/data").len(), 2);
    assert_eq!(opened.remove_leftovers(NOW).await.unwrap(), 1);
    assert_eq!(lake.files_below("_cilake/data").len(), 1);
    assert!(lake.files_below("_cilake/retired").is_empty());
    assert_eq!(sum(&opened).await, ["10"]);
}

async fn names_with_any_characters(lake: TestLake) {
    let opened = lake.open().await;
    let name = TableName::new("Ümläut.x", "a b/../c%2F");
    publish(&opened, &name, PublishMode::Create, &ids([1, 2])).await.unwrap();
    assert!(opened.tables().await.unwrap().contains(&name));
    assert_eq!(opened.table(&name).await.unwrap().unwrap().files().len(), 1);
    opened.drop_table(&name).await.unwrap();
    assert_eq!(opened.remove_leftovers(NOW).await.unwrap(), 1);
    assert!(lake.files_below("").is_empty());
}

async fn an_existing_table_is_not_created_again(lake: TestLake) {
    let opened = lake.open().await;
    let elsewhere = lake.open().await;
    // Both begin while the name is free; the second to end is told.
    let late = elsewhere.begin_publish(&name(), PublishMode::Create, ids([3, 4]).schema()).await.unwrap();
    publish(&opened, &name(), PublishMode::Create, &ids([1, 2])).await.unwrap();
    let error = late.commit().await.unwrap_err();
    assert_eq!((error.sqlstate().0, error.to_string().as_str()), ("42P07", "relation \"reports.scores\" already exists"));
    let error = publish(&opened, &name(), PublishMode::Create, &ids([5, 6])).await.unwrap_err();
    assert_eq!(error.sqlstate().0, "42P07");
    assert_eq!(sum(&opened).await, ["3"]);
}

async fn the_lakes_own_files_are_not_touched(lake: TestLake) {
    lake.write("reports/scores/a.parquet", &ids([1, 2]));
    let opened = lake.open().await;
    let create = publish(&opened, &name(), PublishMode::Create, &ids([5, 6])).await.unwrap_err();
    assert_eq!(create.sqlstate().0, "42P07");
    let replace = publish(&opened, &name(), PublishMode::Replace, &ids([5, 6])).await.unwrap_err();
    assert_eq!(replace.sqlstate().0, "42809");
    assert_eq!(opened.drop_table(&name()).await.unwrap_err().sqlstate().0, "42809");
    assert!(matches!(opened.drop_table(&TableName::new("no", "table")).await, Err(LakeError::NotFound { .. })));
    assert_eq!(sum(&opened).await, ["3"]);
}

async fn a_killed_writer_leaves_nothing_visible(lake: TestLake) {
    let opened = lake.open().await;
    publish(&opened, &name(), PublishMode::Create, &ids([1, 2])).await.unwrap();
    let mut publication = opened.begin_publish(&name(), PublishMode::Replace, ids([0, 0]).schema()).await.unwrap();
    publication.write(&ids([100, 200])).await.unwrap();
    drop(publication);
    // As a writer leaves it that was killed between its data and its manifest.
    lake.write("_cilake/data/reports/scores/0000000000001-feed/part-0.parquet", &ids([7, 7]));
    lake.write("_cilake/data/reports/never/0000000000001-feed/part-0.parquet", &ids([7, 7]));
    let elsewhere = lake.open().await;
    assert_eq!(sum(&elsewhere).await, ["3"]);
    assert_eq!(elsewhere.tables().await.unwrap().len(), 1);
    // Both are older than a day by their names, so the next publication removes them.
    publish(&opened, &TableName::new("reports", "other"), PublishMode::Create, &ids([1, 2])).await.unwrap();
    let left = lake.files_below("_cilake/data");
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(sum(&elsewhere).await, ["3"]);
}

async fn running_queries_finish_on_the_replaced_version(lake: TestLake) {
    let opened = lake.open().await;
    publish(&opened, &name(), PublishMode::Create, &ids([1, 2])).await.unwrap();
    let context = session(&opened, &[("reports", "scores")]).await.unwrap();
    publish(&opened, &name(), PublishMode::Replace, &ids([10, 20])).await.unwrap();
    assert_eq!(try_answer(&context, "SELECT sum(id) FROM scores").await.unwrap(), ["3"]);
    opened.drop_table(&name()).await.unwrap();
    assert_eq!(try_answer(&context, "SELECT sum(id) FROM scores").await.unwrap(), ["3"]);
}

async fn two_writers_do_not_mix(lake: TestLake) {
    let one = lake.open().await;
    let two = lake.open().await;
    publish(&one, &name(), PublishMode::Create, &ids([1, 2])).await.unwrap();
    let name = name();
    for round in 0..5 {
        let (low, high) = (ids([1, 2]), ids([100, 200]));
        let (first, second) =
            tokio::join!(publish(&one, &name, PublishMode::Replace, &low), publish(&two, &name, PublishMode::Replace, &high));
        assert!(first.is_ok() && second.is_ok(), "{round}: {first:?} {second:?}");
        let total = sum(&one).await;
        assert!(total == ["3"] || total == ["300"], "{round}: {total:?}");
        assert_eq!(total, sum(&two).await);
    }
}

async fn dropped_tables_are_gone(lake: TestLake) {
    let opened = lake.open().await;
    publish(&opened, &name(), PublishMode::Create, &ids([1, 2])).await.unwrap();
    opened.drop_table(&name()).await.unwrap();
    assert!(opened.tables().await.unwrap().is_empty());
    assert!(matches!(provider(&opened, "reports", "scores").await, Err(LakeError::NotFound { .. })));
    assert_eq!(lake.files_below("_cilake/data").len(), 1);
    assert_eq!(opened.remove_leftovers(NOW).await.unwrap(), 1);
    assert!(lake.files_below("_cilake").is_empty());
    publish(&opened, &name(), PublishMode::Create, &ids([3, 4])).await.unwrap();
    assert_eq!(sum(&opened).await, ["7"]);
}

async fn a_read_only_lake_refuses(mut lake: TestLake) {
    lake.config.allow_write = false;
    let opened = lake.open().await;
    let error = publish(&opened, &name(), PublishMode::Create, &ids([1, 2])).await.unwrap_err();
    assert_eq!((&error, error.sqlstate().0), (&LakeError::ReadOnly, "25006"));
    assert_eq!(opened.drop_table(&name()).await.unwrap_err(), LakeError::ReadOnly);
}

async fn tables_without_rows_and_many_batches(lake: TestLake) {
    let opened = lake.open().await;
    let empty = TableName::new("reports", "empty");
    let publication = opened.begin_publish(&empty, PublishMode::Create, ids([1, 2]).schema()).await.unwrap();
    assert_eq!(publication.commit().await.unwrap().rows, 0);
    assert_eq!(answer(&opened, &[("reports", "empty")], "SELECT count(*), sum(id) FROM empty").await, ["0|NULL"]);

    // More than one part of an upload (10 MB), of values that do not compress.
    let mut publication = opened.begin_publish(&name(), PublishMode::Create, ids([1, 2]).schema()).await.unwrap();
    let mut expected = 0_i128;
    let mut random = 1_i64;
    for _ in 0..40 {
        let values: Vec<i64> = (0..50_000)
            .map(|_| {
                // Knuth's MMIX generator (The Art of Computer Programming, volume 2, 3.3.4).
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                random >> 20
            })
            .collect();
        expected += values.iter().map(|value| i128::from(*value)).sum::<i128>();
        let column = std::sync::Arc::new(datafusion::arrow::array::Int64Array::from(values)) as _;
        publication
            .write(&RecordBatch::try_from_iter([("id", column)]).unwrap().with_schema(ids([1, 2]).schema()).unwrap())
            .await
            .unwrap();
    }
    let published = publication.commit().await.unwrap();
    assert_eq!(published.rows, 2_000_000);
    assert!(published.bytes > 10 << 20, "{published:?}");
    let rows = answer(&opened, &[("reports", "scores")], "SELECT count(*), sum(CAST(id AS DECIMAL(38, 0))) FROM scores").await;
    assert_eq!(rows, [format!("2000000|{expected}")]);

    let given_up =
        opened.begin_publish(&TableName::new("reports", "no"), PublishMode::Create, ids([1, 2]).schema()).await.unwrap();
    given_up.abort().await.unwrap();
    assert!(lake.files_below("_cilake/data/reports/no").is_empty());
}

async fn a_manifest_that_is_not_one(lake: TestLake) {
    lake.write_bytes("_cilake/tables/reports.scores.json", "{ not json");
    lake.write_bytes("_cilake/tables/reports.later.json", "{\"format\":99,\"schema\":\"reports\",\"table\":\"later\",\"version\":\"x\",\"created_at\":\"2025-01-01T00:00:00Z\",\"files\":[]}");
    lake.write("reports2/t/a.parquet", &ids([1, 2]));
    let opened = lake.open().await;
    let error = provider(&opened, "reports", "scores").await.unwrap_err();
    assert!(matches!(&error, LakeError::Corrupt { file, .. } if file == "_cilake/tables/reports.scores.json"), "{error}");
    assert!(matches!(provider(&opened, "reports", "later").await, Err(LakeError::Unsupported { .. })));
    assert!(provider(&opened, "reports2", "t").await.is_ok());
}
