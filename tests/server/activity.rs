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
        let progress = format!("SELECT rows_read FROM cilake.activity WHERE pid = {pid} AND query LIKE '%pg_sleep%'");
        assert_eq!(row(&other, &progress).await.len(), 1);
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
