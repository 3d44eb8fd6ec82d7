//! The second port: numbers, life and readiness.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_postgres::NoTls;

use crate::{client, served_with};

/// Status and body.
async fn ask(address: SocketAddr, request: &str) -> (u16, String) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(Duration::from_secs(20), socket.read_to_string(&mut answer)).await.unwrap().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_string())
}

/// The numbers by name and labels; every line must be one of Prometheus' text format.
async fn numbers(address: SocketAddr) -> HashMap<String, f64> {
    let (status, page) = ask(address, "GET /metrics").await;
    assert_eq!(status, 200);
    let (mut numbers, mut described) = (HashMap::new(), String::new());
    for line in page.lines() {
        match line.strip_prefix("# ").map(|comment| comment.split(' ').collect::<Vec<_>>()) {
            Some(words) => {
                assert!(words[0] == "HELP" || ["counter", "gauge", "histogram"].contains(&words[2]), "{line}");
                described = words[1].to_string();
            }
            None => {
                let (name, value) = line.rsplit_once(' ').unwrap();
                assert!(name.starts_with(&described), "{line} is not described");
                assert!(numbers.insert(name.to_string(), value.parse().unwrap()).is_none(), "{name} twice");
            }
        }
    }
    numbers
}

#[test]
fn what_happens_is_counted() {
    served_with(
        |_| (),
        |served| async move {
            let before = numbers(served.admin).await;
            assert!(before.values().all(|number| *number == 0.0 || *number > 1e6), "{before:?}");
            let one = client(served.port).await;
            one.query("SELECT * FROM generate_series(1, 500)", &[]).await.unwrap();
            one.simple_query("SELECT 1; SELECT 2; SET application_name = 'secret-name'").await.unwrap();
            one.simple_query("SELECT 1/0").await.unwrap_err();
            one.simple_query("SELECT no_such_column").await.unwrap_err();
            one.simple_query("SELEC 1").await.unwrap_err();
            one.simple_query("BEGIN; ROLLBACK").await.unwrap();
            let cancel = one.cancel_token();
            let asleep =
                "SELECT count(*) FROM generate_series(1, 3000000) AS a(x), generate_series(1, 3000000) AS b(y) WHERE x * y = -1";
            let cancelled = tokio::join!(one.simple_query(asleep), async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                cancel.cancel_query(NoTls).await.unwrap();
            });
            assert_eq!(cancelled.0.unwrap_err().code().unwrap().code(), "57014");
            let after = numbers(served.admin).await;
            let count = |class: &str, outcome: &str| {
                after[&format!("cilake_statements_total{{class=\"{class}\",outcome=\"{outcome}\"}}")]
            };
            assert_eq!((count("select", "ok"), count("select", "error"), count("select", "stopped")), (3.0, 2.0, 1.0));
            assert_eq!((count("setting", "ok"), count("transaction", "ok"), count("unparsed", "error")), (1.0, 2.0, 1.0));
            assert_eq!(after["cilake_rows_sent_total"], 502.0);
            assert_eq!((after["cilake_sessions_open"], after["cilake_sessions_total"]), (1.0, 1.0));
            // The cancel request is a connection too.
            assert_eq!(after["cilake_connections_total"], 2.0);
            assert!(after["cilake_bytes_sent_total"] > 5_000.0);
            assert_eq!(after["cilake_statement_seconds_count{class=\"select\"}"], 6.0);
            assert_eq!(after["cilake_statement_seconds_bucket{class=\"select\",le=\"+Inf\"}"], 6.0);
            assert!(after["cilake_statement_seconds_sum{class=\"select\"}"] >= 0.25);
            assert!(after["cilake_statement_seconds_bucket{class=\"select\",le=\"0.1\"}"] <= 5.0);
            let (_, page) = ask(served.admin, "GET /metrics").await;
            assert!(!["tester", "secret", "SELECT"].iter().any(|word| page.contains(word)), "{page}");
        },
    );
}

#[test]
fn a_server_is_ready_while_it_takes_clients() {
    served_with(
        |config| config.lake.discovery_ttl_ms = 0,
        |served| async move {
            assert_eq!(ask(served.admin, "GET /health").await, (200, "alive\n".into()));
            assert_eq!(ask(served.admin, "GET /ready").await, (200, "ready\n".into()));
            assert_eq!(ask(served.admin, "GET /").await.0, 404);
            assert_eq!(ask(served.admin, "POST /ready").await.0, 405);
            assert_eq!(ask(served.admin, "HEAD /ready").await, (200, String::new()));
            // Away, and back again.
            let elsewhere = served.lake.with_extension("away");
            std::fs::rename(&served.lake, &elsewhere).unwrap();
            assert_eq!(ask(served.admin, "GET /ready").await, (503, "the lake cannot be reached\n".into()));
            assert_eq!(ask(served.admin, "GET /health").await.0, 200);
            std::fs::rename(&elsewhere, &served.lake).unwrap();
            assert_eq!(ask(served.admin, "GET /ready").await.0, 200);
        },
    );
}

#[test]
fn while_it_stops_it_is_alive_and_not_ready() {
    served_with(
        |config| config.server.grace_ms = 3_000,
        |served| async move {
            let busy = client(served.port).await;
            let cancel = busy.cancel_token();
            let sql =
                "SELECT count(*) FROM generate_series(1, 3000000) AS a(x), generate_series(1, 3000000) AS b(y) WHERE x * y = -1";
            let running = tokio::spawn(async move { busy.simple_query(sql).await });
            let began = async {
                // A connection that the server has, it keeps to the end of its statement.
                while numbers(served.admin).await["cilake_sessions_open"] < 1.0 {}
                tokio::time::sleep(Duration::from_millis(300)).await;
            };
            began.await;
            served.shutdown.cancel();
            assert_eq!(ask(served.admin, "GET /ready").await, (503, "stopping\n".into()));
            assert_eq!(ask(served.admin, "GET /health").await.0, 200);
            assert!(!running.is_finished());
            // No new clients meanwhile.
            drop(cancel);
            running.abort();
        },
    );
}
