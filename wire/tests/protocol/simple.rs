//! Start-up and simple queries.

use futures::StreamExt;
use tokio_postgres::SimpleQueryMessage;

use crate::raw::{Raw, query, startup};
use crate::toy::{Server, code};

fn values(messages: &[SimpleQueryMessage]) -> Vec<String> {
    let text = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("NULL").to_owned()),
        _ => None,
    };
    messages.iter().filter_map(text).collect()
}

#[tokio::test]
async fn several_statements_in_one_text() {
    let server = Server::start().await;
    let client = server.connect().await;
    let messages = client.simple_query("SELECT 1; SELECT 2; numbers 3").await.unwrap();
    assert_eq!(values(&messages), ["1", "2", "0", "1", "2"]);
}

#[tokio::test]
async fn an_error_ends_the_text_but_not_the_session() {
    let server = Server::start().await;
    let client = server.connect().await;
    let error = client.simple_query("SELECT 1; fail 22012; SELECT 2").await.unwrap_err();
    assert_eq!(code(&error), "22012");
    assert_eq!(values(&client.simple_query("SELECT 3").await.unwrap()), ["3"]);
}

#[tokio::test]
async fn an_error_in_the_middle_of_rows_leaves_whole_messages() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&query("numbers 100 10 50")).await;
    let kinds = raw.kinds().await;
    assert_eq!(kinds, format!("T{}E", "D".repeat(50)));
}

#[tokio::test]
async fn an_error_has_its_position() {
    let server = Server::start().await;
    let client = server.connect().await;
    let error = client.simple_query("SELECT syntax!").await.unwrap_err();
    let error = error.as_db_error().unwrap();
    assert_eq!(error.code().code(), "42601");
    assert_eq!(error.position(), Some(&tokio_postgres::error::ErrorPosition::Original(8)));
}

#[tokio::test]
async fn a_text_without_statements_is_an_empty_query() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    for text in ["", " ; ", "-- nothing"] {
        raw.send(&query(text)).await;
        assert_eq!(raw.kinds().await, "I");
    }
}

#[tokio::test]
async fn tags_notices_and_changed_settings_come_in_order() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&query("notice careful; set DateStyle German")).await;
    let answers = raw.until_ready().await;
    let kinds: String = answers.iter().map(|answer| answer.kind).collect();
    assert_eq!(kinds, "NCCS");
    assert_eq!(answers[0].field(b'M'), "careful");
    assert_eq!(answers[1].body, b"NOTICE\0");
    assert_eq!(answers[2].body, b"SET\0");
    assert_eq!(answers[3].body, b"DateStyle\0German\0");
}

#[tokio::test]
async fn ready_for_query_tells_the_state_of_the_transaction() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    for (sql, state) in [("begin", b'T'), ("fail 22012", b'E'), ("commit", b'I')] {
        raw.send(&query(sql)).await;
        loop {
            let answer = raw.next().await.unwrap();
            if answer.kind == 'Z' {
                assert_eq!(answer.body, [state], "after {sql}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn startup_says_who_and_what_in_one_piece() {
    let server = Server::start().await;
    let mut raw = Raw::open(server.address).await;
    raw.send(&startup(3 << 16, &[("user", "ada"), ("database", "toy"), ("application_name", "test")])).await;
    let answers = raw.until_ready().await;
    let kinds: String = answers.iter().map(|answer| answer.kind).collect();
    assert_eq!(kinds, "RSSSK");
    assert_eq!(answers[0].body, [0, 0, 0, 0]);
    assert_eq!(answers[4].body.len(), 8);
}

#[tokio::test]
async fn encryption_is_refused_and_a_newer_version_negotiated() {
    use tokio::io::AsyncReadExt;
    let server = Server::start().await;
    let mut raw = Raw::open(server.address).await;
    for code in [80_877_103u32, 80_877_104] {
        raw.send(&[&8u32.to_be_bytes()[..], &code.to_be_bytes()].concat()).await;
        assert_eq!(raw.socket.read_u8().await.unwrap(), b'N');
    }
    raw.send(&startup((3 << 16) + 2, &[("user", "ada"), ("_pq_.wish", "yes")])).await;
    let answers = raw.until_ready().await;
    assert_eq!(answers[0].kind, 'v');
    assert_eq!(answers[0].body, [&(3u32 << 16).to_be_bytes()[..], &1u32.to_be_bytes(), b"_pq_.wish\0"].concat());
    assert_eq!(answers[1].kind, 'R');
}

#[tokio::test]
async fn a_refusal_of_the_database_is_fatal() {
    let server = Server::start().await;
    let mut raw = Raw::open(server.address).await;
    raw.send(&startup(3 << 16, &[("user", "ada"), ("database", "nowhere")])).await;
    let answer = raw.next().await.unwrap();
    assert_eq!((answer.kind, answer.field(b'S'), answer.field(b'C')), ('E', "FATAL".into(), "3D000".into()));
    assert_eq!(raw.next().await, None);
}

#[tokio::test]
async fn the_first_row_leaves_before_the_last_is_computed() {
    let server = Server::start().await;
    let client = server.connect().await;
    // A client that takes one row and no more: with bounded buffers on the way, most of the result is never computed.
    let rows = client.query_raw("numbers 50000000 1000", Vec::<i32>::new()).await.unwrap();
    let mut rows = std::pin::pin!(rows);
    let first: i64 = rows.next().await.unwrap().unwrap().get(0);
    assert_eq!(first, 0);
    assert!(server.probe.batches.load(std::sync::atomic::Ordering::SeqCst) < 50_000);
}

/// Rows that would wait for a full buffer would wait for ever here.
#[tokio::test]
async fn rows_leave_while_the_next_are_awaited() {
    let server = Server::start().await;
    let client = server.connect().await;
    let mut rows = std::pin::pin!(client.query_raw("one-and-sleep", Vec::<i32>::new()).await.unwrap());
    let first = tokio::time::timeout(std::time::Duration::from_secs(20), rows.next()).await.expect("the row leaves");
    assert_eq!(first.unwrap().unwrap().get::<_, i64>(0), 1);
}

#[tokio::test]
async fn a_panic_of_the_database_ends_its_own_connection_only() {
    let server = Server::start().await;
    let (broken, other) = (server.connect().await, server.connect().await);
    assert!(broken.simple_query("panic").await.is_err());
    assert_eq!(values(&other.simple_query("SELECT 7").await.unwrap()), ["7"]);
    assert_eq!(values(&server.connect().await.simple_query("SELECT 8").await.unwrap()), ["8"]);
}
