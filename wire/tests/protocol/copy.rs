//! COPY FROM STDIN by messages: its end, its errors, and what comes after them.

use std::sync::atomic::Ordering;

use crate::raw::{Raw, bind, execute, message, parse, query, sync};
use crate::toy::Server;

#[tokio::test]
async fn rows_come_in_both_protocols() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&[query("take"), message(b'd', b"1\n2"), message(b'd', b"3\n4\n"), message(b'c', b"")].concat()).await;
    let answers = raw.until_ready().await;
    // Text, one column, which is text.
    assert_eq!((answers[0].kind, answers[0].body.as_slice()), ('G', &[0, 0, 1, 0, 0][..]));
    assert_eq!((answers[1].kind, answers[1].body.as_slice()), ('C', &b"COPY 3\0"[..]));
    // A client that pipelines has sent Sync before it knows of COPY.
    raw.send(&[parse("", "take"), bind("", ""), execute("", 0), sync()].concat()).await;
    raw.send(&[message(b'd', b"5\n"), message(b'c', b""), sync()].concat()).await;
    let answers = raw.until_ready().await;
    assert_eq!(answers.iter().map(|answer| answer.kind).collect::<String>(), "12GC");
    assert_eq!(answers[3].body, b"COPY 1\0");
    assert_eq!(server.probe.copied.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_copy_that_fails_leaves_nothing() {
    let server = Server::start().await;
    let mut raw = Raw::ready(server.address).await;
    raw.send(&[query("take"), message(b'd', b"1\n"), message(b'f', b"no more\0")].concat()).await;
    let error = raw.until_ready().await.pop().unwrap();
    assert_eq!((error.field(b'C'), error.field(b'M')), ("57014".into(), "COPY from stdin failed: no more".into()));
    assert_eq!(error.field(b'W'), "COPY toy, line 2");
    // What the client still sends after an error means nothing.
    raw.send(&[query("take"), message(b'd', b"x\n"), message(b'd', b"1\n"), message(b'c', b"")].concat()).await;
    let error = raw.until_ready().await.pop().unwrap();
    assert_eq!((error.field(b'C'), error.field(b'W')), ("22P02".into(), "COPY toy, line 1, column n".into()));
    raw.send(&query("SELECT 1")).await;
    assert_eq!(raw.kinds().await, "TDC");
    // Another message than those of COPY ends the connection.
    raw.send(&[query("take"), query("SELECT 1")].concat()).await;
    assert_eq!(raw.until_ready().await.pop().unwrap().field(b'C'), "08P01");
    assert_eq!(raw.next().await, None);
    assert_eq!(server.probe.copied.load(Ordering::SeqCst), 0);
}
