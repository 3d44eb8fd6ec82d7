//! Each statement that was executed, or could not be prepared, is told once when it is over, whatever ended it.

use std::time::Duration;

use tokio_postgres::NoTls;

use crate::raw::{Raw, bind, execute, message, parse, query, sync};
use crate::toy::{Server, code};

fn ended(server: &Server) -> Vec<(u64, Option<String>)> {
    server.probe.ended.lock().unwrap().drain(..).map(|(_, rows, code)| (rows, code)).collect()
}

fn told(rows: u64, code: &str) -> (u64, Option<String>) {
    (rows, Some(code.to_owned()).filter(|code| !code.is_empty()))
}

#[tokio::test]
async fn statements_of_simple_queries() {
    let server = Server::start().await;
    let client = server.connect().await;
    client.simple_query("SELECT 1; numbers 5 2; begin; commit").await.unwrap();
    assert_eq!(ended(&server), [told(1, ""), told(5, ""), told(0, ""), told(0, "")]);
    assert!(client.simple_query("SELECT 1; fail 22012; SELECT 2").await.is_err());
    assert_eq!(ended(&server), [told(1, ""), told(0, "22012")]);
    assert!(client.simple_query("numbers 10 2 4").await.is_err());
    assert_eq!(ended(&server), [told(4, "22012")]);
    let cancel = async {
        server.probe.started(1).await;
        client.cancel_token().cancel_query(NoTls).await.unwrap();
    };
    let (result, ()) = tokio::join!(client.simple_query("sleep"), cancel);
    assert_eq!(code(&result.unwrap_err()), "57014");
    assert_eq!(ended(&server), [told(0, "57014")]);
}

#[tokio::test]
async fn statements_of_extended_queries() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    // Prepared only; refused; read in two pieces; closed before its last row; left open at the end of its transaction.
    raw.send(&[parse("p", "numbers 5 2"), sync()].concat()).await;
    raw.until_ready().await;
    assert_eq!(ended(&server), []);
    raw.send(&[parse("", "fail 42P01"), sync()].concat()).await;
    raw.until_ready().await;
    assert_eq!(ended(&server), [told(0, "42P01")]);
    raw.send(&[bind("a", "p"), execute("a", 2), execute("a", 0), execute("a", 0), sync()].concat()).await;
    raw.until_ready().await;
    assert_eq!(ended(&server), [told(5, "")]);
    raw.send(&[bind("a", "p"), execute("a", 3), message(b'C', b"Pa\0"), sync()].concat()).await;
    raw.until_ready().await;
    assert_eq!(ended(&server), [told(3, "")]);
    raw.send(&[bind("a", "p"), execute("a", 1), sync()].concat()).await;
    raw.until_ready().await;
    assert_eq!(ended(&server), [told(1, "")]);
}

#[tokio::test]
async fn a_statement_whose_time_is_over_stops() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&query("timeout 100")).await;
    raw.until_ready().await;
    for messages in [query("sleep"), query("plan-forever"), [parse("", "sleep"), bind("", ""), execute("", 0), sync()].concat()] {
        raw.send(&messages).await;
        let answers = raw.until_ready().await;
        let error = answers.last().unwrap();
        assert_eq!(
            (error.field(b'C'), error.field(b'M')),
            ("57014".into(), "canceling statement due to statement timeout".into())
        );
    }
    server.probe.stopped(3).await;
    // Each message cycle has a time of its own.
    for _ in 0..3 {
        raw.send(&[parse("", "SELECT 1"), bind("", ""), execute("", 0), sync()].concat()).await;
        assert_eq!(raw.kinds().await, "12DC");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}

/// psycopg asks for the columns of a cursor like this.
#[tokio::test]
async fn a_cursor_is_described_as_a_portal() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&[message(b'D', b"Pa_cursor\0"), message(b'C', b"Pa_cursor\0"), sync()].concat()).await;
    assert_eq!(raw.kinds().await, "T3");
    raw.send(&[message(b'D', b"Pnone\0"), sync()].concat()).await;
    assert_eq!(raw.until_ready().await.pop().unwrap().field(b'C'), "34000");
}
