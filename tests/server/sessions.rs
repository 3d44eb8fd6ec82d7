//! Sessions beside each other, and one after the other on the same connection.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use datafusion::arrow::array::{Int64Array, RecordBatch};
use datafusion::parquet::arrow::ArrowWriter;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::{client, served, served_with};

fn write(path: &Path) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let batch = RecordBatch::try_from_iter([("id", Arc::new(Int64Array::from(vec![1])) as _)]).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// The rows of a query as texts.
async fn rows(client: &Client, sql: &str) -> Vec<Vec<String>> {
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let texts = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|i| row.get(i).unwrap_or("NULL").to_owned()).collect()),
        _ => None,
    };
    messages.iter().filter_map(texts).collect()
}

async fn value(client: &Client, sql: &str) -> String {
    rows(client, sql).await.remove(0).remove(0)
}

#[test]
fn settings_are_of_one_connection() {
    served(|port| async move {
        let (one, other) = (client(port).await, client(port).await);
        one.batch_execute("SET TIME ZONE 'Asia/Tokyo'; SET search_path = somewhere").await.unwrap();
        assert_eq!(value(&one, "SELECT TIMESTAMPTZ '2025-01-01 00:00:00+00'").await, "2025-01-01 09:00:00+09");
        assert_eq!(value(&other, "SELECT TIMESTAMPTZ '2025-01-01 00:00:00+00'").await, "2025-01-01 00:00:00+00");
        assert_eq!(value(&other, "SHOW search_path").await, "\"$user\", public");
        let processes = (value(&one, "SELECT pg_backend_pid()").await, value(&other, "SELECT pg_backend_pid()").await);
        assert_ne!(processes.0, processes.1);
        assert_eq!(value(&one, "SELECT session_user").await, "tester");
    });
}

/// What a pool sends between two users of a connection, by messages, as Npgsql sends it.
#[test]
fn discard_all_makes_a_connection_as_new() {
    served(|port| async move {
        let client = client(port).await;
        client
            .batch_execute("SET TimeZone = 'Asia/Tokyo'; PREPARE p AS SELECT 1; CREATE TEMP TABLE mine AS SELECT 1 AS a")
            .await
            .unwrap();
        client.execute("DISCARD ALL", &[]).await.unwrap();
        assert_eq!(value(&client, "SHOW TimeZone").await, "UTC");
        for (gone, state) in [("EXECUTE p", "26000"), ("SELECT * FROM mine", "42P01")] {
            assert_eq!(client.simple_query(gone).await.unwrap_err().code().unwrap().code(), state);
        }
        client.execute("SET TimeZone = 'Asia/Tokyo'", &[]).await.unwrap();
        client.execute("RESET TimeZone", &[]).await.unwrap();
        client.execute("BEGIN", &[]).await.unwrap();
        client.execute("SET LOCAL TimeZone = 'Asia/Tokyo'", &[]).await.unwrap();
        assert_eq!(value(&client, "SHOW TimeZone").await, "Asia/Tokyo");
        client.execute("COMMIT", &[]).await.unwrap();
        assert_eq!(value(&client, "SHOW TimeZone").await, "UTC");
    });
}

/// Tags as psql 15 prints them of PostgreSQL 15.
#[test]
fn tags_say_what_was_done() {
    served(|port| async move {
        let script = "SET TimeZone = 'UTC'; CREATE SCHEMA s; CREATE VIEW s.v AS SELECT 1 AS a; COMMENT ON VIEW s.v IS 'one';
            ALTER VIEW s.v RENAME TO w; CREATE TEMP TABLE t AS SELECT * FROM generate_series(1, 3) AS g(a);
            PREPARE p AS SELECT 1; DEALLOCATE p; BEGIN; SAVEPOINT a; RELEASE a; ROLLBACK; LISTEN c; UNLISTEN c; RESET ALL;
            DROP TABLE t; DROP VIEW s.w; DROP SCHEMA s; DISCARD ALL";
        let mut psql = Command::new("psql");
        psql.args(["-X", "-v", "ON_ERROR_STOP=1", "-d"]).arg(format!("host=127.0.0.1 port={port} user=tester dbname=cilake"));
        for statement in script.split(';') {
            psql.arg("-c").arg(statement.trim());
        }
        let output =
            tokio::task::spawn_blocking(move || psql.output().expect("apt-get install postgresql-client")).await.unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let tags = [
            "SET",
            "CREATE SCHEMA",
            "CREATE VIEW",
            "COMMENT",
            "ALTER VIEW",
            "SELECT 3",
            "PREPARE",
            "DEALLOCATE",
            "BEGIN",
            "SAVEPOINT",
            "RELEASE",
            "ROLLBACK",
            "LISTEN",
            "UNLISTEN",
            "RESET",
            "DROP TABLE",
            "DROP VIEW",
            "DROP SCHEMA",
            "DISCARD ALL",
        ];
        assert_eq!(printed.lines().collect::<Vec<_>>(), tags, "{}", String::from_utf8_lossy(&output.stderr));
    });
}

/// BI tools keep OIDs: they are the same on every connection, and of a server that starts again.
#[test]
fn oids_are_the_same_everywhere() {
    let lake = tempfile::tempdir().unwrap();
    for table in ["sales/orders", "shop/customers"] {
        write(&lake.path().join(table).join("part-0.parquet"));
    }
    std::fs::create_dir_all(lake.path().join("sql/views/sales")).unwrap();
    std::fs::write(lake.path().join("sql/views/sales/recent.sql"), "SELECT id FROM sales.orders").unwrap();
    let keys = "ALTER TABLE sales.orders ADD PRIMARY KEY (id); ALTER TABLE sales.orders ADD FOREIGN KEY (id) REFERENCES shop.customers (id)";
    std::fs::write(lake.path().join("sql/constraints.sql"), keys).unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    for _ in 0..2 {
        let (url, seen) = (lake.path().to_str().unwrap().to_owned(), Arc::clone(&seen));
        served_with(
            |config| config.lake.url = url,
            |served| async move {
                for _ in 0..2 {
                    let client = client(served.port).await;
                    let mut all = Vec::new();
                    for (catalog, name) in [
                        ("pg_class", "relname"),
                        ("pg_type", "typname"),
                        ("pg_namespace", "nspname"),
                        ("pg_proc", "proname"),
                        ("pg_constraint", "conname"),
                        ("pg_database", "datname"),
                    ] {
                        all.extend(rows(&client, &format!("SELECT oid, {name} FROM {catalog} ORDER BY oid")).await);
                    }
                    seen.lock().unwrap().push(all);
                }
            },
        );
    }
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 4);
    for name in ["orders", "orders_pkey", "customers", "recent", "_orders", "orders_id_fkey", "rfm_score", "sales"] {
        assert!(seen[0].iter().any(|row| row[1] == name), "{name} has no OID");
    }
    assert!(seen.iter().all(|other| *other == seen[0]));
}

/// A statement that a pool has prepared reads the files that are there when it runs.
#[test]
fn a_prepared_statement_sees_new_files() {
    served_with(
        |config| {
            config.lake.discovery_ttl_ms = 0;
            write(&Path::new(&config.lake.url).join("t/part-0.parquet"));
        },
        |served| async move {
            let client = client(served.port).await;
            let count = client.prepare("SELECT count(*) FROM t").await.unwrap();
            client.batch_execute("PREPARE counted AS SELECT count(*) FROM t").await.unwrap();
            assert_eq!(client.query_one(&count, &[]).await.unwrap().get::<_, i64>(0), 1);
            write(&served.lake.join("t/part-1.parquet"));
            assert_eq!(client.query_one(&count, &[]).await.unwrap().get::<_, i64>(0), 2);
            assert_eq!(value(&client, "EXECUTE counted").await, "2");
        },
    );
}
