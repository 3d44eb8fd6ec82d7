//! Limits: connections, message lengths, start-up time, prepared statements.

use std::time::Duration;

use cilake_wire::Limits;
use futures::future::join_all;

use crate::raw::{Raw, message, parse, query, startup, sync};
use crate::toy::{Server, code};

#[tokio::test]
async fn one_connection_too_many_is_refused_and_a_free_slot_is_used() {
    let server = Server::with_limits(Limits { connections_max: 2, ..Limits::default() }).await;
    let (first, second) = (server.connect().await, server.connect().await);
    let error = server.try_connect("ada", "toy").await.err().unwrap();
    assert_eq!(code(&error), "53300");
    // A cancel request needs no slot.
    let cancel = async {
        server.probe.started(1).await;
        first.cancel_token().cancel_query(tokio_postgres::NoTls).await.unwrap();
    };
    let (result, ()) = tokio::join!(first.simple_query("sleep"), cancel);
    assert_eq!(code(&result.unwrap_err()), "57014");
    drop(second);
    // The slot is free when the server has noticed; each attempt is a round trip, in which it gets on.
    for _ in 0..10_000 {
        if server.try_connect("ada", "toy").await.is_ok() {
            return;
        }
    }
    panic!("the slot never became free");
}

#[tokio::test]
async fn five_hundred_connections_at_once() {
    let server = Server::start().await;
    let work = (0..500).map(|_| async {
        let client = server.connect().await;
        client.query_one("SELECT 5", &[]).await.unwrap().get::<_, i32>(0)
    });
    assert_eq!(join_all(work).await, vec![5; 500]);
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_refused_by_its_length_alone() {
    let server = Server::with_limits(Limits { message_bytes_max: 1_000, ..Limits::default() }).await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&query(&format!("SELECT 1 {}", " ".repeat(900)))).await;
    assert_eq!(raw.kinds().await, "TDC");
    raw.send(&[&b"Q"[..], &1_001u32.to_be_bytes()].concat()).await;
    let answer = raw.next().await.unwrap();
    assert_eq!((answer.field(b'S'), answer.field(b'C')), ("FATAL".into(), "54000".into()));
    assert_eq!(raw.next().await, None);
}

#[tokio::test]
async fn a_slow_startup_is_ended() {
    let server = Server::with_limits(Limits { startup_timeout: Duration::from_millis(20), ..Limits::default() }).await;
    let mut raw = Raw::open(server.address).await;
    raw.send(&startup(3 << 16, &[("user", "ada")])[..7]).await;
    assert_eq!(raw.next().await.unwrap().field(b'C'), "08006");
    assert_eq!(raw.next().await, None);
}

#[tokio::test]
async fn statements_and_portals_are_counted() {
    let server = Server::with_limits(Limits { statements_max: 3, ..Limits::default() }).await;
    let mut raw = Raw::ready(server.address).await;
    let statements: Vec<u8> = (0..4).flat_map(|number| parse(&format!("s{number}"), "SELECT 1")).collect();
    raw.send(&[statements, sync()].concat()).await;
    let answers = raw.until_ready().await;
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[3].field(b'C'), "53400");
    raw.send(&[message(b'C', b"Ss0\0"), parse("s4", "SELECT 1"), sync()].concat()).await;
    assert_eq!(raw.kinds().await, "31");
}
