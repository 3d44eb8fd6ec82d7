//! Passwords: who gets in, what everybody else is told, and what the server survives before it knows who is there.

use std::sync::atomic::Ordering;
use std::time::Duration;

use cilake_wire::auth::LockoutPolicy;
use cilake_wire::{Limits, Options, Traffic};
use tokio_postgres::NoTls;

use crate::raw::{Answer, Raw, message, query, startup};
use crate::toy::{Server, code};

/// The password needs the preparation of RFC 4013: a soft hyphen goes, the Roman nine becomes IX.
const USERS: [(&str, &str); 2] = [("ada", "secret"), ("bob", "I\u{ad}\u{2168}")];

async fn log_in(server: &Server, user: &str, password: &str) -> Result<(), tokio_postgres::Error> {
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(server.address.port()).user(user).password(password);
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    client.simple_query("SELECT 1").await.map(|_| ())
}

#[tokio::test]
async fn only_the_right_password_opens() {
    let server = Server::with_users(Limits::default(), &USERS).await;
    for (user, password) in [("ada", "secret"), ("bob", "IIX"), ("bob", "I\u{2168}")] {
        log_in(&server, user, password).await.unwrap();
    }
    for (user, password) in [("ada", "Secret"), ("ada", ""), ("bob", "secret"), ("eve", "secret"), ("ADA", "secret")] {
        let error = log_in(&server, user, password).await.unwrap_err();
        let error = error.as_db_error().unwrap();
        assert_eq!((error.severity(), error.code().code()), ("FATAL", "28P01"));
        assert_eq!(error.message(), format!("password authentication failed for user \"{user}\""));
        assert_eq!((error.detail(), error.hint()), (None, None));
    }
    assert_eq!(server.probe.logins_failed.load(Ordering::SeqCst), 5);
}

fn sasl(mechanism: &str, response: &str) -> Vec<u8> {
    let length = (response.len() as u32).to_be_bytes();
    message(b'p', &[mechanism.as_bytes(), b"\0", &length, response.as_bytes()].concat())
}

/// Started as a user, up to the server's first question.
async fn asked(server: &Server, user: &str) -> (Raw, Answer) {
    let mut raw = Raw::open(server.address).await;
    raw.send(&startup(3 << 16, &[("user", user)])).await;
    let question = raw.next().await.unwrap();
    (raw, question)
}

/// A name that nobody has gets the same salt each time and as many rounds as any other.
#[tokio::test]
async fn nothing_tells_whether_a_name_exists() {
    let server = Server::with_users(Limits::default(), &USERS).await;
    let mut salts = Vec::new();
    for user in ["ada", "ada", "eve", "eve", "mallory"] {
        let (mut raw, question) = asked(&server, user).await;
        assert_eq!((question.kind, &question.body[..]), ('R', &b"\0\0\0\x0aSCRAM-SHA-256\0\0"[..]));
        raw.send(&sasl("SCRAM-SHA-256", "n,,n=,r=abc")).await;
        let challenge = raw.next().await.unwrap();
        assert_eq!(challenge.body[..4], [0, 0, 0, 11]);
        let text = String::from_utf8(challenge.body[4..].to_vec()).unwrap();
        let parts: Vec<&str> = text.split(',').collect();
        assert!(parts[0].starts_with("r=abc") && parts[0].len() > 25 && parts[2] == "i=4096", "{text}");
        salts.push(parts[1].to_owned());
    }
    assert!(salts.iter().all(|salt| salt.len() == "s=".len() + 24), "{salts:?}");
    assert!(salts[0] == salts[1] && salts[2] == salts[3] && salts[2] != salts[4] && salts[0] != salts[2]);
}

#[tokio::test]
async fn what_is_no_login_ends_the_connection() {
    let server = Server::with_users(Limits::default(), &USERS).await;
    let first = "n,,n=,r=abc";
    for (bytes, expected) in [
        (query("SELECT 1"), "08P01"),
        (message(b'X', b""), "08P01"),
        (b"p\0\0\0\x03".to_vec(), "08P01"),
        // Refused by its length alone.
        (b"p\x7f\xff\xff\xff".to_vec(), "08P01"),
        (b"p\0\0\x04\x01".to_vec(), "08P01"),
        // A password in the clear.
        (message(b'p', b"secret\0"), "08P01"),
        (message(b'p', b""), "08P01"),
        (message(b'p', b"SCRAM-SHA-256"), "08P01"),
        (message(b'p', b"SCRAM-SHA-256\0\0\0"), "08P01"),
        (message(b'p', b"SCRAM-SHA-256\0\0\0\0\x05n"), "08P01"),
        (message(b'p', b"SCRAM-SHA-256\0\x80\0\0\0n"), "08P01"),
        (message(b'p', b"SCRAM-SHA-256\0\0\0\0\x01nn"), "08P01"),
        (message(b'p', b"\xff\0\0\0\0\0"), "22021"),
        (sasl("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,n=,r=abc"), "08P01"),
        (sasl("PLAIN", "\0ada\0secret"), "08P01"),
        (sasl("SCRAM-SHA-256", ""), "08P01"),
        (sasl("SCRAM-SHA-256", "n,a=root,n=,r=abc"), "0A000"),
    ] {
        let (mut raw, _) = asked(&server, "ada").await;
        raw.send(&bytes).await;
        let answer = raw.next().await.unwrap();
        assert_eq!((answer.field(b'S'), answer.field(b'C')), ("FATAL".into(), expected.into()), "{bytes:?}");
        assert!(!answer.body.windows(6).any(|part| part == b"secret"), "an error must not hold what was sent");
        assert_eq!(raw.next().await, None);
    }
    for last in ["", "c=biws", "c=biws,r=abc,p=AAAA", "secret\0"] {
        let (mut raw, _) = asked(&server, "ada").await;
        raw.send(&sasl("SCRAM-SHA-256", first)).await;
        assert_eq!(raw.next().await.unwrap().kind, 'R');
        raw.send(&message(b'p', last.as_bytes())).await;
        let answer = raw.next().await.unwrap();
        assert_eq!((answer.field(b'S'), answer.field(b'C')), ("FATAL".into(), "08P01".into()), "{last}");
        assert_eq!(raw.next().await, None);
    }
    // A client that leaves at the question, as psql does to ask its user, is no failure.
    drop(asked(&server, "ada").await);
    assert_eq!(server.probe.logins_failed.load(Ordering::SeqCst), 0);
    log_in(&server, "ada", "secret").await.unwrap();
}

#[tokio::test]
async fn a_client_may_wait_for_an_empty_challenge() {
    let server = Server::with_users(Limits::default(), &USERS).await;
    let (mut raw, _) = asked(&server, "ada").await;
    raw.send(&message(b'p', b"SCRAM-SHA-256\0\xff\xff\xff\xff")).await;
    assert_eq!(raw.next().await.unwrap().body, [0, 0, 0, 11]);
    raw.send(&message(b'p', b"n,,n=,r=abc")).await;
    assert!(raw.next().await.unwrap().body.starts_with(b"\0\0\0\x0br=abc"));
}

#[tokio::test]
async fn too_many_failures_are_refused_for_that_user_only() {
    let lockout = LockoutPolicy { failures_max: 3, ..LockoutPolicy::default() };
    let server = Server::with_users(Limits { lockout, ..Limits::default() }, &USERS).await;
    for user in ["ada", "eve"] {
        for _ in 0..3 {
            assert_eq!(code(&log_in(&server, user, "wrong").await.unwrap_err()), "28P01");
        }
        let refused = log_in(&server, user, "secret").await.unwrap_err();
        let refused = refused.as_db_error().unwrap();
        assert_eq!((refused.severity(), refused.code().code()), ("FATAL", "28000"));
        assert_eq!(refused.message(), format!("too many failed logins of user \"{user}\" from this address"));
    }
    log_in(&server, "bob", "IIX").await.unwrap();
}

/// Guesses made at one time are as many as guesses made in a row.
#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_one_time_are_counted() {
    let lockout = LockoutPolicy { failures_max: 3, ..LockoutPolicy::default() };
    let server = Server::with_users(Limits { lockout, ..Limits::default() }, &USERS).await;
    let guesses = futures::future::join_all((0..30).map(|_| log_in(&server, "ada", "wrong"))).await;
    let codes: Vec<String> = guesses.into_iter().map(|guess| code(&guess.unwrap_err())).collect();
    assert_eq!(codes.iter().filter(|code| *code == "28P01").count(), 3, "{codes:?}");
}

#[tokio::test]
async fn those_who_say_nothing_make_room() {
    let limits = Limits { starting_max: 10, connections_max: 5, ..Limits::default() };
    let options = Options::from(limits);
    let traffic = std::sync::Arc::clone(&options.traffic);
    let server = Server::with_users(options, &USERS).await;
    let mut silent = Vec::new();
    for number in 0..200 {
        // Some of them half-way through.
        silent.push(if number % 2 == 0 { Raw::open(server.address).await } else { asked(&server, "ada").await.0 });
    }
    let started = std::time::Instant::now();
    log_in(&server, "ada", "secret").await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(silent[0].next().await, None);
    let count = |counter: &dyn Fn(&Traffic) -> u64| counter(&traffic);
    assert_eq!(count(&|traffic| traffic.connections.get()), 201);
    assert_eq!(count(&|traffic| traffic.sessions_begun.get()), 1);
    assert!(count(&|traffic| traffic.refused.get()) >= 190);
}

/// Before a login a client cannot hold a session's place.
#[tokio::test]
async fn questions_take_no_session() {
    let server = Server::with_users(Limits { connections_max: 1, ..Limits::default() }, &USERS).await;
    let _waiting = asked(&server, "ada").await;
    log_in(&server, "ada", "secret").await.unwrap();
}
