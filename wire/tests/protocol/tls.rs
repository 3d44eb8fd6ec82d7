//! TLS: keys of every kind, both ways to begin, what is refused, client certificates, and passwords bound to the channel.

use std::process::Command;
use std::time::Duration;

use cilake_wire::{Limits, Options, TlsPolicy};
use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_postgres::config::{ChannelBinding, SslMode};
use tokio_postgres::{Client, NoTls};

use crate::encrypted::{GSS_REQUEST, SSL_REQUEST, Tokio, connector, greet, handshake, request};
use crate::keys::{Keys, Kind};
use crate::raw::{Raw, query, startup};
use crate::toy::{Server, code};

const REQUIRED: TlsPolicy = TlsPolicy { required: true, client_certificate_required: false };

async fn server(keys: &Keys, policy: TlsPolicy) -> Server {
    keys.issue("localhost", Kind::EcSec1);
    Server::with_users(keys.options("localhost", policy, None), &[]).await
}

async fn connect(
    server: &Server,
    keys: &Keys,
    configure: impl FnOnce(&mut tokio_postgres::Config),
) -> Result<Client, tokio_postgres::Error> {
    let mut config = tokio_postgres::Config::new();
    config.host("localhost").hostaddr([127, 0, 0, 1].into()).port(server.address.port()).user("ada").ssl_mode(SslMode::Require);
    configure(&mut config);
    let (client, connection) = config.connect(Tokio(connector(keys, &["postgresql"], None))).await?;
    tokio::spawn(connection);
    Ok(client)
}

#[tokio::test]
async fn keys_of_every_kind() {
    let keys = Keys::new();
    for kind in [Kind::RsaPkcs8, Kind::RsaPkcs1, Kind::EcPkcs8, Kind::EcSec1, Kind::Ed25519] {
        keys.issue("localhost", kind);
        let server = Server::with_users(keys.options("localhost", TlsPolicy::default(), None), &[]).await;
        let mut stream = request(server.address, &connector(&keys, &[], None)).await.unwrap();
        assert!(greet(&mut stream, "ada").await.ends_with("KZ"), "{kind:?}");
        // In the clear as well, unless it is required to be otherwise.
        assert!(server.try_connect("ada", "toy").await.is_ok());
    }
}

#[tokio::test]
async fn tls_from_the_first_byte_needs_the_protocols_name() {
    let keys = Keys::new();
    let server = server(&keys, TlsPolicy::default()).await;
    let direct = async |protocols: &[&str]| {
        let socket = TcpStream::connect(server.address).await.unwrap();
        handshake(socket, &connector(&keys, protocols, None)).await
    };
    let mut named = direct(&["postgresql"]).await.unwrap();
    assert_eq!(named.get_ref().1.alpn_protocol(), Some(&b"postgresql"[..]));
    assert!(greet(&mut named, "ada").await.ends_with("KZ"));
    // Without a name the connection is closed before anything is said.
    let mut unnamed = direct(&[]).await.unwrap();
    let _ = unnamed.write_all(&startup(3 << 16, &[("user", "ada")])).await;
    assert_eq!(unnamed.read(&mut [0; 100]).await.unwrap_or(0), 0);
    assert!(direct(&["http/1.1"]).await.is_err());
    // Encryption inside encryption.
    let mut twice = direct(&["postgresql"]).await.unwrap();
    twice.write_all(SSL_REQUEST).await.unwrap();
    assert_eq!(crate::encrypted::kinds(&mut twice).await, "E");
    // A server without TLS takes it for a start-up message that is too long.
    let plain = Server::start().await;
    let socket = TcpStream::connect(plain.address).await.unwrap();
    assert!(handshake(socket, &connector(&keys, &["postgresql"], None)).await.is_err());
}

#[tokio::test]
async fn bytes_before_the_handshake_are_refused() {
    let keys = Keys::new();
    let (with, without) = (server(&keys, TlsPolicy::default()).await, Server::start().await);
    for (request, name) in [(SSL_REQUEST, "SSL request"), (GSS_REQUEST, "GSSAPI encryption request")] {
        for address in [with.address, without.address] {
            let mut raw = Raw::open(address).await;
            raw.send(&[request, &startup(3 << 16, &[("user", "ada")])].concat()).await;
            let answer = raw.next().await.unwrap();
            assert_eq!((answer.field(b'S'), answer.field(b'C')), ("FATAL".into(), "08P01".into()));
            assert_eq!(answer.field(b'M'), format!("received unencrypted data after {name}"));
            assert_eq!(raw.next().await, None);
        }
    }
}

#[tokio::test]
async fn gssapi_is_refused_and_tls_follows() {
    let keys = Keys::new();
    let server = server(&keys, REQUIRED).await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket.write_all(GSS_REQUEST).await.unwrap();
    assert_eq!(socket.read_u8().await.unwrap(), b'N');
    socket.write_all(SSL_REQUEST).await.unwrap();
    assert_eq!(socket.read_u8().await.unwrap(), b'S');
    let mut stream = handshake(socket, &connector(&keys, &[], None)).await.unwrap();
    stream.write_all(GSS_REQUEST).await.unwrap();
    assert!(crate::encrypted::kinds(&mut stream).await.starts_with('E'));
}

#[tokio::test]
async fn where_tls_is_required_only_cancel_requests_come_without() {
    let keys = Keys::new();
    let server = server(&keys, REQUIRED).await;
    let error = server.try_connect("ada", "toy").await.err().unwrap();
    assert_eq!(code(&error), "28000");
    let client = connect(&server, &keys, |_| ()).await.unwrap();
    let cancel = async {
        server.probe.started(1).await;
        client.cancel_token().cancel_query(NoTls).await.unwrap_err();
        client.cancel_token().cancel_query(Tokio(connector(&keys, &[], None))).await.unwrap();
    };
    let (result, ()) = tokio::join!(client.simple_query("sleep"), cancel);
    assert_eq!(code(&result.unwrap_err()), "57014");
}

#[tokio::test]
async fn a_handshake_without_end_is_ended() {
    let keys = Keys::new();
    keys.issue("localhost", Kind::EcSec1);
    let limits = Limits { startup_timeout: Duration::from_millis(50), ..Limits::default() };
    let options = Options { limits, ..keys.options("localhost", TlsPolicy::default(), None) };
    let server = Server::with_users(options, &[]).await;
    for bytes in [&b""[..], &[0x16], &[0x16, 3, 1, 2, 0, 1], SSL_REQUEST] {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut answer)).await.unwrap().unwrap();
        assert!(answer.len() <= 1 || answer[0] == b'E', "{bytes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_and_cancels_pass_through_tls() {
    let keys = Keys::new();
    let server = server(&keys, REQUIRED).await;
    let client = connect(&server, &keys, |_| ()).await.unwrap();
    let rows = client.query("numbers 300000", &[]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get::<_, i64>(0)).sum::<i64>(), 299_999 * 150_000);
    // A client that reads no further is told of its cancel all the same.
    let none: [i64; 0] = [];
    let mut stream = Box::pin(client.query_raw("numbers 100000000", none).await.unwrap());
    stream.next().await.unwrap().unwrap();
    client.cancel_token().cancel_query(Tokio(connector(&keys, &[], None))).await.unwrap();
    let error = loop {
        match stream.next().await.unwrap() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(code(&error), "57014");
    assert!(client.simple_query("SELECT 1").await.is_ok());
    // A client that goes away stops its plan.
    let mut raw = request(server.address, &connector(&keys, &[], None)).await.unwrap();
    greet(&mut raw, "ada").await;
    raw.write_all(&query("sleep")).await.unwrap();
    server.probe.started(1).await;
    drop(raw);
    server.probe.stopped(1).await;
}

#[tokio::test]
async fn passwords_are_bound_to_the_channel() {
    let keys = Keys::new();
    keys.issue("localhost", Kind::RsaPkcs8);
    let server = Server::with_users(keys.options("localhost", TlsPolicy::default(), None), &[("ada", "secret")]).await;
    for (binding, password, expected) in [
        (ChannelBinding::Require, "secret", None),
        (ChannelBinding::Prefer, "secret", None),
        (ChannelBinding::Disable, "secret", None),
        (ChannelBinding::Require, "wrong", Some("28P01")),
    ] {
        let client = connect(&server, &keys, |config| {
            config.channel_binding(binding).password(password);
        });
        assert_eq!(client.await.err().map(|error| code(&error)).as_deref(), expected, "{binding:?} {password}");
    }
    // Without TLS there is no channel.
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(server.address.port()).user("ada").password("secret");
    assert!(config.channel_binding(ChannelBinding::Require).connect(NoTls).await.is_err());
    assert!(config.channel_binding(ChannelBinding::Prefer).connect(NoTls).await.is_ok());
}

#[tokio::test]
async fn client_certificates() {
    let (keys, others) = (Keys::new(), Keys::new());
    ["localhost", "ada"].iter().for_each(|name| keys.issue(name, Kind::EcPkcs8));
    others.issue("ada", Kind::EcPkcs8);
    let users = [("ada", "secret"), ("bob", "secret")];
    let optional = Server::with_users(keys.options("localhost", TlsPolicy::default(), Some(&keys)), &users).await;
    let policy = TlsPolicy { required: true, client_certificate_required: true };
    let required = Server::with_users(keys.options("localhost", policy, Some(&keys)), &users).await;
    let greeting = async |server: &Server, certificate, user: &str| {
        let mut stream = request(server.address, &connector(&keys, &[], certificate)).await.ok()?;
        // A client of TLS 1.3 learns with the first answer that its certificate was refused.
        stream.write_all(&startup(3 << 16, &[("user", user)])).await.ok()?;
        let mut kind = [0; 9];
        stream.read_exact(&mut kind).await.ok()?;
        Some((kind[0], kind[8]))
    };
    // Password asked (10), or entered (0).
    let (asked, entered) = (Some((b'R', 10)), Some((b'R', 0)));
    for server in [&optional, &required] {
        assert_eq!(greeting(server, Some((&keys, "ada")), "ada").await, entered);
        assert_eq!(greeting(server, Some((&keys, "ada")), "bob").await, asked);
        assert_eq!(greeting(server, Some((&others, "ada")), "ada").await, None);
    }
    assert_eq!(greeting(&optional, None, "ada").await, asked);
    assert_eq!(greeting(&required, None, "ada").await, None);
}

/// PostgreSQL's own client, where it is installed: it checks the certificate, the name and the binding by itself.
#[tokio::test(flavor = "multi_thread")]
async fn psql_verifies_everything() {
    let (keys, others) = (Keys::new(), Keys::new());
    ["localhost", "ada"].iter().for_each(|name| keys.issue(name, Kind::EcPkcs8));
    let options = keys.options("localhost", REQUIRED, Some(&keys));
    let server = Server::with_users(options, &[("ada", "secret"), ("bob", "geheim")]).await;
    let port = server.address.port();
    let psql = async |options: String| {
        let run = move || {
            let connection = format!("hostaddr=127.0.0.1 port={port} dbname=toy {options}");
            Command::new("psql").args(["-X", "-At", "-w", "-c", "SELECT 1", &connection]).output()
        };
        let output = tokio::task::spawn_blocking(run).await.unwrap().ok()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Some(if output.status.success() { text(&output.stdout) } else { text(&output.stderr) })
    };
    let verified = format!("host=localhost sslmode=verify-full sslrootcert={}", keys.path("ca.crt").display());
    let Some(answer) = psql(format!("{verified} channel_binding=require user=ada password=secret")).await else { return };
    assert_eq!(answer, "1\n");
    let expect = async |options: String, expected: &str| {
        let answer = psql(options).await.unwrap();
        assert!(answer.contains(expected), "{answer}");
    };
    expect(format!("{verified} user=bob password=geheim"), "1\n").await;
    expect("host=localhost sslmode=require user=ada password=secret channel_binding=disable".into(), "1\n").await;
    expect(format!("{verified} user=ada password=wrong"), "FATAL:  password authentication failed for user \"ada\"").await;
    expect(format!("{verified} user=eve password=secret"), "FATAL:  password authentication failed for user \"eve\"").await;
    expect("host=localhost sslmode=disable user=ada password=secret".into(), "connections without TLS are refused").await;
    let other = format!("host=localhost sslmode=verify-full sslrootcert={}", others.path("ca.crt").display());
    expect(format!("{other} user=ada password=secret"), "certificate verify failed").await;
    expect(verified.replace("host=localhost", "host=elsewhere") + " user=ada password=secret", "does not match host name").await;
    let own = format!("sslcert={} sslkey={}", keys.path("ada.crt").display(), keys.path("ada.key").display());
    expect(format!("{verified} {own} user=ada"), "1\n").await;
}
