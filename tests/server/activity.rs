//! What sessions see of each other, and how they stop each other.

use std::time::Duration;

use tokio_postgres::SimpleQueryMessage;

use crate::{client, served};

/// The first row's columns.
async fn row(client: &tokio_postgres::Client, sql: &str) -> Vec<Option<String>> {
    let messages = client.simple_query(sql).await.unwrap();
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|i| row.get(i).map(str::to_string)).collect()),
        _ => None,
    });
    row.unwrap_or_default()
}

async fn pid(client: &tokio_postgres::Client) -> String {
    row(client, "SELECT pg_backend_pid()").await.remove(0).unwrap()
}

#[test]
fn a_session_is_seen_cancelled_and_ended() {
    served(|port| async move {
        let (busy, other) = (client(port).await, client(port).await);
        busy.simple_query("SET application_name = 'busy'").await.unwrap();
        let (pid, others) = (pid(&busy).await, pid(&other).await);
        assert_ne!(pid, others);
        let of = format!("SELECT state, query, application_name, client_addr FROM pg_stat_activity WHERE pid = {pid}");
        let text = |texts: [&str; 4]| texts.map(|text| Some(text.to_string())).to_vec();
        assert_eq!(row(&other, &of).await, text(["idle", "SELECT pg_backend_pid()", "busy", "127.0.0.1"]));
        let sleep = tokio::spawn(async move { (busy.simple_query("SELECT pg_sleep(60)").await.unwrap_err(), busy) });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(row(&other, &of).await, text(["active", "SELECT pg_sleep(60)", "busy", "127.0.0.1"]));
        let progress = format!("SELECT rows_read, progress FROM cilake.activity WHERE pid = {pid} AND query LIKE '%pg_sleep%'");
        assert_eq!(row(&other, &progress).await, [Some("0".to_string()), None]);
        assert_eq!(row(&other, &format!("SELECT pg_cancel_backend({pid})")).await, [Some("t".to_string())]);
        let (error, busy) = tokio::time::timeout(Duration::from_secs(5), sleep).await.unwrap().unwrap();
        assert_eq!(error.code().unwrap().code(), "57014");
        assert_eq!(error.as_db_error().unwrap().message(), "canceling statement due to user request");
        busy.simple_query("BEGIN").await.unwrap();
        assert_eq!(row(&other, &of).await.remove(0).unwrap(), "idle in transaction");
        assert_eq!(row(&other, &format!("SELECT pg_terminate_backend({pid})")).await, [Some("t".to_string())]);
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(busy.is_closed());
        assert_eq!(row(&other, &of).await, []);
        assert_eq!(row(&other, "SELECT pg_cancel_backend(999999)").await, [Some("f".to_string())]);
    });
}

/// What links records says how far it is.
#[test]
fn a_long_statement_tells_what_it_is_at() {
    served(|port| async move {
        let (busy, other) = (client(port).await, client(port).await);
        let pid = pid(&busy).await;
        let people = "SELECT n AS id, 'g' || n % 7001 AS first_name, 'f' || n % 5003 AS last_name, 'p' || n / 2 || '@example.com' AS email FROM generate_series(1, 400000) AS t(n)";
        let linked = format!("SELECT count(*) FROM unify_profiles(({people}))");
        let linking = tokio::spawn(async move { (busy.simple_query(&linked).await.is_ok(), busy) });
        let of = format!("SELECT wait_event_type, wait_event FROM pg_stat_activity WHERE pid = {pid}");
        let mut told = std::collections::BTreeSet::new();
        while !linking.is_finished() {
            told.extend(row(&other, &of).await.into_iter().flatten());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (is_linked, _busy) = linking.await.unwrap();
        assert!(is_linked);
        for expected in ["Extension", "unify_profiles: reading records", "unify_profiles: comparing pairs, "] {
            assert!(told.iter().any(|text| text.starts_with(expected)), "{expected} is not in {told:?}");
        }
        assert_eq!(row(&other, &of).await, [None, None]);
    });
}

#[test]
fn figures_of_statements_hold_no_literals() {
    served(|port| async move {
        let client = client(port).await;
        for value in ["'ann@x.com'", "'bob@x.com'"] {
            client.simple_query(&format!("SELECT  x, {value} FROM generate_series(1, 3) AS t(x)")).await.unwrap();
        }
        client.query("SELECT x FROM generate_series(1, 7) AS t(x)", &[]).await.unwrap();
        let of = |like: &str| {
            format!(
                "SELECT query, calls, rows, min_exec_time <= mean_exec_time FROM cilake.statements WHERE query LIKE '{like}%'"
            )
        };
        let text = |texts: [&str; 4]| texts.map(|text| Some(text.to_string())).to_vec();
        let expected = text(["SELECT x, $1 FROM generate_series($2, $3) AS t(x)", "2", "6", "t"]);
        assert_eq!(row(&client, &of("SELECT x, ")).await, expected);
        let expected = text(["SELECT x FROM generate_series($1, $2) AS t(x)", "1", "7", "t"]);
        assert_eq!(row(&client, &of("SELECT x FROM")).await, expected);
    });
}
