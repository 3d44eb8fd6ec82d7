//! Files that are not what their names promise: the error names the file, other tables work, and a repair is seen.

use cilake::lake::LakeError;
use datafusion::arrow::array::{Int64Array, RecordBatch, StringArray};
use std::sync::Arc;

use crate::answers::{answer, failure, try_answer};
use crate::on_disk_and_s3;
use crate::record_batch;
use crate::test_lake::{TestLake, session};

on_disk_and_s3!(
    an_empty_file,
    a_file_that_is_not_parquet,
    a_file_cut_off_anywhere,
    a_damaged_page,
    damage_anywhere_is_an_error_or_the_right_answer,
);

fn good() -> RecordBatch {
    record_batch!(("id", Int64, [1, 2])).unwrap()
}

fn wide() -> RecordBatch {
    let ids: Vec<i64> = (0..5_000).map(|id| id * 7_919 % 5_000).collect();
    let names: Vec<String> = ids.iter().map(|id| format!("customer number {id}")).collect();
    let columns = [("id", Arc::new(Int64Array::from(ids)) as _), ("name", Arc::new(StringArray::from(names)) as _)];
    RecordBatch::try_from_iter(columns).unwrap()
}

async fn assert_corrupt_then_repaired(lake: &TestLake, bytes: &[u8]) {
    lake.write("s/good/a.parquet", &good());
    lake.write("s/bad/a.parquet", &good());
    lake.write_bytes("s/bad/b.parquet", bytes);
    let opened = lake.open().await;
    let error = failure(&opened, &[("s", "bad")], "SELECT sum(id) FROM bad").await;
    assert!(matches!(&error, LakeError::Corrupt { file, .. } if file == "s/bad/b.parquet"), "{error:?}");
    assert_eq!(error.sqlstate().0, "XX001");
    assert_eq!(answer(&opened, &[("s", "good")], "SELECT sum(id) FROM good").await, ["3"]);
    lake.write("s/bad/b.parquet", &good());
    assert_eq!(answer(&opened, &[("s", "bad")], "SELECT sum(id) FROM bad").await, ["6"]);
}

async fn an_empty_file(lake: TestLake) {
    assert_corrupt_then_repaired(&lake, b"").await;
}

async fn a_file_that_is_not_parquet(lake: TestLake) {
    assert_corrupt_then_repaired(&lake, b"id,name\n1,not a Parquet file but some other text\n").await;
}

async fn a_file_cut_off_anywhere(lake: TestLake) {
    lake.write("whole/t/a.parquet", &good());
    let whole = std::fs::read(lake.path("whole/t/a.parquet")).unwrap();
    for kept in [3, 8, 11, 12, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        assert_corrupt_then_repaired(&lake, &whole[..kept]).await;
    }
}

/// The footer is whole and the bytes of a column are not: seen when rows are read, and the file is named then as well.
async fn a_damaged_page(lake: TestLake) {
    lake.write("s/t/a.parquet", &wide());
    let mut bytes = std::fs::read(lake.path("s/t/a.parquet")).unwrap();
    bytes[4..400].fill(0xff);
    lake.write_bytes("s/t/b.parquet", &bytes);
    let opened = lake.open().await;
    let error = failure(&opened, &[("s", "t")], "SELECT sum(id) FROM t").await;
    assert!(matches!(&error, LakeError::Corrupt { file, .. } if file == "s/t/b.parquet"), "{error:?}");
}

/// One byte after the other is damaged, all over the file. No answer may be a panic, and no error may lack the file's name.
async fn damage_anywhere_is_an_error_or_the_right_answer(lake: TestLake) {
    lake.write("s/t/a.parquet", &wide());
    let whole = std::fs::read(lake.path("s/t/a.parquet")).unwrap();
    let opened = lake.open().await;
    let places = 40;
    for place in 0..places {
        let mut bytes = whole.clone();
        let position = whole.len() * place / places;
        bytes[position] ^= 0x5a;
        // Another length each time, so that the change shows whatever the clock of the disk.
        bytes.splice(4..4, []);
        lake.write_bytes("s/t/a.parquet", &bytes);
        let context = match session(&opened, &[("s", "t")]).await {
            Ok(context) => context,
            Err(error) => {
                assert!(error.to_string().contains("s/t/a.parquet"), "byte {position}: {error}");
                continue;
            }
        };
        if let Err(error) = try_answer(&context, "SELECT sum(id), max(name) FROM t").await {
            let found = LakeError::find(&error).unwrap_or_else(|| panic!("byte {position}: {error}"));
            assert!(found.to_string().contains("s/t/a.parquet"), "byte {position}: {found}");
        }
    }
}
