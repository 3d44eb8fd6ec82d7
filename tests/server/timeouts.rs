//! Statements and silences that last too long.

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt};
use tokio_postgres::{Client, Error};

use crate::{client, served};

fn state(error: &Error) -> (String, String) {
    let told = error.as_db_error().unwrap_or_else(|| panic!("{error}"));
    (told.code().code().to_string(), told.message().to_string())
}

async fn fails(client: &Client, sql: &str, since: Instant) {
    let error = client.simple_query(sql).await.unwrap_err();
    assert_eq!(state(&error), ("57014".into(), "canceling statement due to statement timeout".into()), "{sql}");
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
}

#[test]
fn a_statement_that_takes_too_long_stops() {
    served(|port| async move {
        let client = client(port).await;
        client.simple_query("SET statement_timeout = '0.2s'").await.unwrap();
        let join =
            "SELECT count(*) FROM generate_series(1, 2000000) AS a(x), generate_series(1, 2000000) AS b(y) WHERE x * y = -1";
        for sql in ["SELECT pg_sleep(30)", join] {
            fails(&client, sql, Instant::now()).await;
        }
        // Each statement of a text has its own time.
        client.simple_query("SELECT pg_sleep(0.15); SELECT pg_sleep(0.15)").await.unwrap();
        let error = client.query("SELECT pg_sleep(30)", &[]).await.unwrap_err();
        assert_eq!(state(&error).0, "57014");
        // The setting that set_config gives holds for the next statement.
        client.simple_query("SELECT set_config('statement_timeout', '0', false)").await.unwrap();
        client.simple_query("SELECT pg_sleep(0.3)").await.unwrap();
    });
}

/// Each would search for seconds at the least; they are more than there are threads, and the server still hears others.
#[test]
fn models_that_take_too_long_stop() {
    served(|port| async move {
        let histories = "SELECT g % 7 AS f, CASE WHEN g % 7 = 0 THEN 0 ELSE 1000000 - g % 100 END AS r, 1000000 AS n FROM generate_series(1, 10000) AS t(g)";
        let tenures = "SELECT g AS t, g % 2 = 0 AS c FROM generate_series(1, 300000) AS t(g)";
        let points = "SELECT sin(g) AS a, sin(g * 1.7) AS b, cos(g * 2.3) AS c FROM generate_series(1, 200000) AS t(g)";
        let small =
            "SELECT bgnbd_fit(g % 3, CASE WHEN g % 3 = 0 THEN 0 ELSE g % 20 END, 20) FROM generate_series(1, 100) AS t(g)";
        let of_tenures = [
            format!("SELECT bdw_fit(t, c) FROM ({tenures}) AS t"),
            format!("SELECT bdw_fit(t, NOT c) FROM ({tenures}) AS t"),
            format!("SELECT t % 3, bdw_fit(t, c) FROM ({tenures}) AS t GROUP BY 1"),
            format!("SELECT bdw_fit(t, c) OVER () FROM ({tenures}) AS t"),
        ];
        let others = [
            format!("SELECT bgbb_fit(f, r, n) FROM ({histories}) AS h"),
            format!("SELECT f, bgbb_fit(f, r, n) FROM ({histories}) AS h GROUP BY f"),
            format!("SELECT propensity_fit(sin(a * 100 + b) > 0, named_struct('a', a, 'b', b, 'c', c)) FROM ({points}) AS p"),
            format!("SELECT f, bgbb_fit(f, r, n) OVER (PARTITION BY f) FROM ({histories}) AS h"),
        ];
        for fits in [of_tenures, others] {
            let mut running = vec![];
            for fit in fits {
                let client = client(port).await;
                client.simple_query("SET statement_timeout = '1s'").await.unwrap();
                running.push(tokio::spawn(async move { fails(&client, &fit, Instant::now()).await }));
            }
            while !running.iter().all(|fit| fit.is_finished()) {
                let since = Instant::now();
                client(port).await.simple_query("SELECT 1").await.unwrap();
                assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            for fit in running {
                fit.await.unwrap();
            }
            // They compute no more: their threads are free.
            let since = Instant::now();
            client(port).await.simple_query(small).await.unwrap();
            assert!(since.elapsed() < Duration::from_secs(3), "{:?}", since.elapsed());
        }
    });
}

/// The rows are many more than the buffers between server and client hold.
#[test]
fn rows_that_nobody_reads_stop() {
    served(|port| async move {
        let client = client(port).await;
        client.simple_query("SET statement_timeout = '1s'").await.unwrap();
        let rows = client.query_raw("SELECT x, repeat('a', 100) FROM generate_series(1, 50000000) AS t(x)", &[] as &[i32]).await;
        let mut rows = Box::pin(rows.unwrap());
        assert!(rows.next().await.unwrap().is_ok());
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let error = rows.try_for_each(|_| async { Ok(()) }).await.unwrap_err();
        assert_eq!(state(&error).0, "57014");
    });
}

#[test]
fn clients_that_say_nothing_are_sent_away() {
    served(|port| async move {
        for (set, then, code, message) in [
            ("idle_session_timeout", "SELECT 1", "57P05", "terminating connection due to idle-session timeout"),
            (
                "idle_in_transaction_session_timeout",
                "BEGIN",
                "25P03",
                "terminating connection due to idle-in-transaction timeout",
            ),
        ] {
            let options = format!("host=127.0.0.1 port={port} user=tester dbname=cilake");
            let (client, connection) = tokio_postgres::connect(&options, tokio_postgres::NoTls).await.unwrap();
            let connection = tokio::spawn(connection);
            client.simple_query(&format!("SET {set} = '300ms'")).await.unwrap();
            // A statement may take longer than the client may be silent.
            client.simple_query("BEGIN; SELECT pg_sleep(0.5); COMMIT").await.unwrap();
            client.simple_query(then).await.unwrap();
            let ended = tokio::time::timeout(Duration::from_secs(5), connection).await.unwrap().unwrap();
            assert_eq!(state(&ended.unwrap_err()), (code.into(), message.into()));
        }
    });
}
