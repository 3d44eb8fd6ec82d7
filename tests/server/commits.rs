//! COMMIT is all or nothing: neither the client's impatience nor a disk that refuses leaves half of a transaction.

use std::time::Duration;

use cilake::engine::{Engine, Session};

use crate::{client, served_with};

const TABLES: usize = 60;

fn creations(schema: &str) -> String {
    (0..TABLES).map(|number| format!("CREATE TABLE {schema}.t{number} AS SELECT {number} AS a;")).collect()
}

async fn tables(session: &mut Session) -> usize {
    let rows = session.collect("SELECT 1 FROM cilake.tables WHERE name LIKE 't%'").await.unwrap();
    rows.iter().map(|batch| batch.num_rows()).sum()
}

fn writing(test: impl AsyncFnOnce(Engine, &std::path::Path)) {
    let folder = tempfile::tempdir().unwrap();
    let config = crate::writable(folder.path());
    cilake::runtime::new().unwrap().block_on(async {
        let engine = Engine::open(config).await.unwrap();
        test(engine, folder.path()).await;
    });
}

#[test]
fn a_commit_that_has_begun_is_not_timed_out() {
    served_with(
        |config| config.lake.allow_write = true,
        |served| async move {
            let client = client(served.port).await;
            client.batch_execute(&format!("CREATE SCHEMA s; BEGIN; {}", creations("s"))).await.unwrap();
            client.batch_execute("SET LOCAL statement_timeout = '1ms'").await.unwrap();
            client.simple_query("COMMIT").await.unwrap();
            let count = client.query_one("SELECT count(*) FROM cilake.tables", &[]).await.unwrap();
            assert_eq!(count.get::<_, i64>(0), TABLES as i64);
            // Timeouts are as they were for what follows.
            client.batch_execute("SET statement_timeout = '50ms'").await.unwrap();
            let error = client.simple_query("SELECT pg_sleep(5)").await.unwrap_err();
            assert_eq!(error.code().unwrap().code(), "57014");
        },
    );
}

/// A client that is gone, or a statement that is dropped, leaves all of it: here in the middle of the commit.
#[test]
fn a_commit_that_nobody_waits_for_ends() {
    writing(async |engine, _| {
        let mut session = engine.owner_session();
        session.run(&format!("CREATE SCHEMA s; BEGIN; {}", creations("s"))).await.unwrap();
        let mut watcher = engine.owner_session();
        let dropped = tokio::time::timeout(Duration::from_millis(1), session.run("COMMIT")).await;
        assert!(dropped.is_err(), "the commit was too fast for this test");
        drop(session);
        for _ in 0..200 {
            if tables(&mut watcher).await == TABLES {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} of {TABLES} tables are there", tables(&mut watcher).await);
    });
}

/// The state's folder refuses the views after the tables have been published: the tables go again, and what they replaced is back.
#[test]
fn a_commit_that_fails_leaves_nothing() {
    writing(async |engine, folder| {
        let mut session = engine.owner_session();
        let before = "CREATE SCHEMA s; CREATE TABLE s.kept AS SELECT 1 AS a; CREATE TABLE s.gone AS SELECT 2 AS a";
        session.run(before).await.unwrap();
        let documents: Vec<_> = std::fs::read_dir(folder.join("state")).unwrap().flatten().map(|entry| entry.path()).collect();
        let blocked: Vec<_> = documents.iter().filter(|path| path.extension().is_some_and(|ext| ext == "json")).collect();
        assert!(!blocked.is_empty(), "{documents:?}");
        // Nothing can be written under the name of a folder.
        blocked.iter().for_each(|path| std::fs::create_dir(path.with_extension("new")).unwrap());
        let work =
            "BEGIN; CREATE OR REPLACE TABLE s.kept AS SELECT 10 AS a; DROP TABLE s.gone; CREATE TABLE s.new AS SELECT 3 AS a;
            CREATE VIEW s.v AS SELECT * FROM s.new";
        session.run(work).await.unwrap();
        let error = session.run("COMMIT").await.err().unwrap();
        assert_eq!(error.sqlstate(), "58030", "{error}");
        let mut other = engine.owner_session();
        for (sql, rows) in [("SELECT a FROM s.kept WHERE a = 1", 1), ("SELECT a FROM s.gone WHERE a = 2", 1)] {
            let batches = other.collect(sql).await.unwrap();
            assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), rows, "{sql}");
        }
        for name in ["s.new", "s.v"] {
            assert_eq!(other.collect(&format!("SELECT * FROM {name}")).await.unwrap_err().sqlstate(), "42P01", "{name}");
        }
        blocked.iter().for_each(|path| std::fs::remove_dir(path.with_extension("new")).unwrap());
        session.run(work).await.unwrap();
        session.run("COMMIT").await.unwrap();
        assert_eq!(other.collect("SELECT * FROM s.v WHERE a = 3").await.unwrap().len(), 1);
    });
}
