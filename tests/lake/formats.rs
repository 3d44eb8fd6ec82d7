//! CSV and JSON tables, a convenience beside Parquet.

use cilake::lake::LakeError;

use crate::answers::{answer, failure};
use crate::on_disk_and_s3;
use crate::record_batch;
use crate::test_lake::TestLake;

on_disk_and_s3!(
    csv_tables,
    json_tables,
    parquet_goes_before_descriptions_beside_it,
    csv_files_with_other_columns_clash,
    a_broken_csv_file_does_not_show_its_values,
);

async fn csv_tables(lake: TestLake) {
    lake.write_bytes("s/t/day=2025-01-01/a.csv", "id,name,amount\n1,\"Ann, B.\",2.5\n2,\"two\nlines\",\n");
    lake.write_bytes("s/t/day=2025-01-02/b.csv", "id,name,amount\n3,Ö,7\n");
    let lake = lake.open().await;
    let rows = answer(&lake, &[("s", "t")], "SELECT id, name, amount, day FROM t ORDER BY id").await;
    assert_eq!(rows, ["1|Ann, B.|2.5|2025-01-01", "2|two\nlines|NULL|2025-01-01", "3|Ö|7.0|2025-01-02"]);
    assert_eq!(answer(&lake, &[("s", "t")], "SELECT sum(amount), count(*) FROM t WHERE id > 1").await, ["7.0|2"]);
}

async fn json_tables(lake: TestLake) {
    lake.write_bytes("notes.ndjson", "{\"id\": 1, \"text\": \"a\"}\n{\"id\": 2, \"tags\": [\"x\"]}\n");
    lake.write_bytes("s/t/a.json", "{\"id\": 1}\n");
    lake.write_bytes("s/t/b.json", "{\"name\": \"b\", \"id\": 2.5}\n");
    let lake = lake.open().await;
    let rows = answer(&lake, &[("public", "notes")], "SELECT id, text, tags FROM notes ORDER BY id").await;
    assert_eq!(rows, ["1|a|NULL", "2|NULL|[x]"]);
    assert_eq!(answer(&lake, &[("s", "t")], "SELECT name FROM t ORDER BY name").await, ["b", "NULL"]);
}

async fn parquet_goes_before_descriptions_beside_it(lake: TestLake) {
    lake.write("s/t/a.parquet", &record_batch!(("id", Int64, [1])).unwrap());
    lake.write_bytes("s/t/schema.json", "{\"columns\": [\"id\"]}");
    let lake = lake.open().await;
    assert_eq!(answer(&lake, &[("s", "t")], "SELECT * FROM t").await, ["1"]);
}

async fn csv_files_with_other_columns_clash(lake: TestLake) {
    lake.write_bytes("s/t/a.csv", "id,name\n1,x\n");
    lake.write_bytes("s/t/b.csv", "name,id\nx,1\n");
    let lake = lake.open().await;
    let error = failure(&lake, &[("s", "t")], "SELECT * FROM t").await;
    assert!(
        matches!(&error, LakeError::Clash { first_file, second_file, .. } if first_file == "s/t/a.csv" && second_file == "s/t/b.csv"),
        "{error}"
    );
}

async fn a_broken_csv_file_does_not_show_its_values(lake: TestLake) {
    lake.write_bytes("s/t/a.csv", "id,card\n1,4111111111111111\n2,3,4111111111111111\n");
    lake.write_bytes("s/empty/a.csv", "");
    let lake = lake.open().await;
    let error = failure(&lake, &[("s", "t")], "SELECT * FROM t").await;
    assert_eq!(error.to_string(), "file \"s/t/a.csv\" is corrupt: it cannot be read as csv");
    let error = failure(&lake, &[("s", "empty")], "SELECT * FROM empty").await;
    assert_eq!(error.to_string(), "file \"s/empty/a.csv\" is corrupt: it is empty");
}
