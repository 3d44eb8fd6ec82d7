//! What the catalogs read of a lake: nothing for names, and the footers of no other table for the columns of one.

use cilake::config::Config;
use cilake::engine::{Engine, Session};

use crate::record_batch;
use crate::test_lake::TestLake;

const TABLES: usize = 20;

/// The first column of the first row, as text.
async fn first(session: &mut Session, sql: &str) -> String {
    let batches = session.collect(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let batch = batches.iter().find(|batch| batch.num_rows() > 0).unwrap_or_else(|| panic!("{sql}: no rows"));
    datafusion::arrow::util::display::array_value_to_string(batch.column(0), 0).unwrap()
}

#[tokio::test]
async fn names_open_no_file_and_columns_those_of_their_table() {
    let lake = TestLake::on_s3().await;
    for number in 0..TABLES {
        lake.write(&format!("s/t{number}/part-0.parquet"), &record_batch!(("id", Int64, [1]), ("b", Utf8, ["x"])).unwrap());
    }
    lake.write_bytes(
        "sql/constraints.sql",
        "ALTER TABLE s.t3 ADD PRIMARY KEY (id); ALTER TABLE s.t4 ADD FOREIGN KEY (id) REFERENCES s.t3 (id)",
    );
    let mut config = Config { lake: lake.config.clone(), ..Config::default() };
    config.lake.discovery_ttl_ms = 3_600_000;
    let engine = Engine::open(config).await.unwrap();
    let mut session = engine.session("ann");
    assert_eq!(
        first(
            &mut session,
            "SELECT count(*) FROM pg_class WHERE relname LIKE 't%' AND relkind = 'r' AND relnamespace = 's'::regnamespace"
        )
        .await,
        TABLES.to_string()
    );
    let server = lake.server.as_ref().unwrap();
    // The list of files and the lake's own files of SQL are read by now.
    let before = server.requests();
    for sql in [
        "SELECT count(*) FROM pg_class",
        "SELECT count(*) FROM pg_type",
        "SELECT count(*) FROM pg_tables",
        "SELECT count(*) FROM pg_stat_user_tables",
        "SELECT count(*) FROM pg_description",
        "SELECT count(*) FROM pg_indexes",
        "SELECT count(*) FROM information_schema.tables",
        "SELECT count(*) FROM information_schema.key_column_usage",
        "SELECT 's.t7'::regclass",
        "SELECT pg_get_constraintdef(oid) FROM (SELECT 1::oid AS oid) x",
        "SELECT n.nspname, c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'v') AND pg_table_is_visible(c.oid) ORDER BY 1, 2",
    ] {
        first(&mut session, sql).await;
        assert_eq!(server.requests(), before, "{sql}");
    }
    let columns = "SELECT count(*) FROM pg_attribute WHERE attrelid = 's.t7'::regclass AND attnum > 0";
    assert_eq!(first(&mut session, columns).await, "2");
    let after = server.requests();
    assert!(after.1 > before.1 && after.1 <= before.1 + 3, "{before:?} {after:?}");
    // Keys need the columns of their tables, and of no other.
    assert_eq!(first(&mut session, "SELECT count(*) FROM pg_constraint").await, "2");
    assert!(server.requests().1 <= after.1 + 6, "{after:?} {:?}", server.requests());
}
