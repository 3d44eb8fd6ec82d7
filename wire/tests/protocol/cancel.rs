//! Statements that stop early: cancel requests, clients that go away, the end of the server.

use std::time::{Duration, Instant};

use cilake_wire::Limits;
use tokio::io::AsyncWriteExt;
use tokio_postgres::NoTls;

use crate::raw::{Raw, bind, execute, parse, query, sync};
use crate::toy::{Server, code};

#[tokio::test]
async fn cancel_stops_rows_and_planning() {
    let server = Server::start().await;
    let client = server.connect().await;
    for (run, sql) in ["sleep", "plan-forever"].into_iter().enumerate() {
        let cancel = async {
            server.probe.started(run + 1).await;
            client.cancel_token().cancel_query(NoTls).await.unwrap();
        };
        let (result, ()) = tokio::join!(client.simple_query(sql), cancel);
        let error = result.unwrap_err();
        assert_eq!(code(&error), "57014");
        assert_eq!(error.as_db_error().unwrap().message(), "canceling statement due to user request");
        server.probe.stopped(run + 1).await;
    }
    assert!(client.simple_query("SELECT 1").await.is_ok());
}

#[tokio::test]
async fn cancel_reaches_a_statement_whose_client_does_not_read() {
    let server = Server::start().await;
    let mut raw = Raw::open(server.address).await;
    raw.send(&crate::raw::startup(3 << 16, &[("user", "ada")])).await;
    let key = raw.until_ready().await.into_iter().find(|answer| answer.kind == 'K').unwrap().body;
    // Far more than the buffers between server and client hold.
    raw.send(&query("numbers 1000000000 8192")).await;
    assert_eq!(raw.next().await.unwrap().kind, 'T');
    let mut other = Raw::open(server.address).await;
    other.send(&[&16u32.to_be_bytes()[..], &80_877_102u32.to_be_bytes(), &key].concat()).await;
    assert_eq!(other.next().await, None);
    let answers = raw.until_ready().await;
    assert_eq!(answers.last().unwrap().field(b'C'), "57014");
}

#[tokio::test]
async fn a_wrong_secret_cancels_nothing() {
    let server = Server::start().await;
    let mut raw = Raw::open(server.address).await;
    raw.send(&crate::raw::startup(3 << 16, &[("user", "ada")])).await;
    let mut key = raw.until_ready().await.into_iter().find(|answer| answer.kind == 'K').unwrap().body;
    key[7] ^= 1;
    raw.send(&query("numbers 500000 1000")).await;
    let mut other = Raw::open(server.address).await;
    other.send(&[&16u32.to_be_bytes()[..], &80_877_102u32.to_be_bytes(), &key].concat()).await;
    assert_eq!(other.next().await, None);
    assert_eq!(raw.until_ready().await.last().unwrap().kind, 'C');
}

#[tokio::test]
async fn a_client_that_goes_away_takes_its_plan_with_it() {
    let server = Server::start().await;
    for (run, sql) in ["sleep", "plan-forever"].into_iter().enumerate() {
        let mut raw = Raw::ready(server.address).await;
        raw.send(&[parse("", sql), bind("", ""), execute("", 0), sync()].concat()).await;
        server.probe.started(run + 1).await;
        raw.socket.shutdown().await.unwrap();
        drop(raw);
        server.probe.stopped(run + 1).await;
    }
}

#[tokio::test]
async fn closing_a_portal_drops_its_plan() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let transaction = client.transaction().await.unwrap();
    let portal = transaction.bind("numbers 100000 1", &[]).await.unwrap();
    assert_eq!(transaction.query_portal(&portal, 10).await.unwrap().len(), 10);
    drop(portal);
    transaction.commit().await.unwrap();
    assert!(server.probe.batches.load(std::sync::atomic::Ordering::SeqCst) < 20);
}

#[tokio::test]
async fn the_end_of_the_server_waits_for_statements_within_the_grace() {
    let server = Server::with_limits(Limits { grace: Duration::from_secs(30), ..Limits::default() }).await;
    let mut idle = Raw::ready(server.address).await;
    let mut busy = Raw::ready(server.address).await;
    busy.send(&query("numbers 800000 100")).await;
    assert_eq!(busy.next().await.unwrap().kind, 'T');
    server.shutdown.cancel();
    let answer = idle.next().await.unwrap();
    assert_eq!((answer.kind, answer.field(b'S'), answer.field(b'C')), ('E', "FATAL".into(), "57P01".into()));
    assert_eq!(idle.next().await, None);
    let answers = busy.until_ready().await;
    assert_eq!(answers.len(), 800_001);
    assert_eq!(answers.last().unwrap().kind, 'C');
    assert_eq!(busy.next().await.unwrap().field(b'C'), "57P01");
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn after_the_grace_statements_are_stopped() {
    let server = Server::with_limits(Limits { grace: Duration::from_millis(50), ..Limits::default() }).await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&query("sleep")).await;
    server.probe.started(1).await;
    let begin = Instant::now();
    server.shutdown.cancel();
    let answers = raw.until_ready().await;
    assert_eq!(answers.last().unwrap().field(b'C'), "57P01");
    server.task.await.unwrap().unwrap();
    server.probe.stopped(1).await;
    assert!(begin.elapsed() < Duration::from_secs(10));
}
