//! Encryption as the configuration asks for it, seen by psql.

use std::path::Path;
use std::process::Command;

use cilake::config::{ClientCertificate, Config, TlsMode};
use cilake::engine::Engine;
use cilake::server::Service;

use crate::keys::issue;
use crate::served_with;

fn with_tls(config: &mut Config, keys: &Path) {
    config.server.tls_cert = Some(keys.join("localhost.crt"));
    config.server.tls_key = Some(keys.join("localhost.key"));
}

/// What psql prints: the rows, or the last line of the error.
async fn psql(port: u16, options: String) -> String {
    let connection = format!("host=localhost hostaddr=127.0.0.1 port={port} dbname=cilake {options}");
    let run = move || Command::new("psql").args(["-X", "-At", "-w", "-c", "SELECT current_user", &connection]).output();
    let output = tokio::task::spawn_blocking(run).await.unwrap().expect("psql is installed by tests/install-clients");
    let text = String::from_utf8(if output.status.success() { output.stdout } else { output.stderr }).unwrap();
    text.trim().to_string()
}

#[test]
fn psql_verifies_the_certificate() {
    let keys = tempfile::tempdir().unwrap();
    issue(keys.path(), &["localhost"]);
    let ca = keys.path().join("ca.crt").display().to_string();
    for (mode, plain) in
        [(None, "ada"), (Some(TlsMode::Allow), "ada"), (Some(TlsMode::Required), "connections without TLS are refused")]
    {
        let ca = ca.clone();
        let change = |config: &mut Config| {
            with_tls(config, keys.path());
            config.server.tls = mode;
        };
        served_with(change, move |served| async move {
            let verified = format!("user=ada sslmode=verify-full sslrootcert={ca}");
            assert_eq!(psql(served.port, verified).await, "ada");
            let answer = psql(served.port, "user=ada sslmode=disable".into()).await;
            assert!(answer.contains(plain), "{mode:?}: {answer}");
        });
    }
}

#[test]
fn a_certificate_takes_the_place_of_a_password() {
    let keys = tempfile::tempdir().unwrap();
    issue(keys.path(), &["localhost", "ada"]);
    let change = |config: &mut Config| {
        with_tls(config, keys.path());
        config.server.tls_client_ca = Some(keys.path().join("ca.crt"));
        config.server.tls_client_cert = ClientCertificate::Login;
    };
    let file = |name: &str| keys.path().join(name).display().to_string();
    let own = format!("sslmode=require sslcert={} sslkey={}", file("ada.crt"), file("ada.key"));
    served_with(change, move |served| async move {
        assert_eq!(psql(served.port, format!("user=ada {own}")).await, "ada");
        let other = psql(served.port, format!("user=bob {own}")).await;
        assert!(other.contains("FATAL:  certificate authentication failed for user \"bob\""), "{other}");
        let none = psql(served.port, "user=ada sslmode=require sslcert=/nowhere".into()).await;
        assert!(none.contains("certificate required"), "{none}");
        let plain = psql(served.port, "user=ada sslmode=disable".into()).await;
        assert!(plain.contains("connections without TLS are refused"), "{plain}");
    });
}

/// A server whose encryption cannot be set up does not start.
#[tokio::test]
async fn what_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    issue(folder.path(), &["localhost", "other"]);
    let why = async |change: &dyn Fn(&mut Config)| {
        let mut config = Config::default();
        config.lake.url = folder.path().to_string_lossy().into_owned();
        with_tls(&mut config, folder.path());
        change(&mut config);
        Service::new(Engine::open(config).await.unwrap()).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(why(&|_| ()).await, "");
    let missing = folder.path().join("missing.crt");
    let answer = why(&|config| config.server.tls_cert = Some(missing.clone())).await;
    assert!(answer.contains(&format!("TLS cannot use {}: ", missing.display())), "{answer}");
    let answer = why(&|config| config.server.tls_key = Some(folder.path().join("other.key"))).await;
    assert!(answer.contains("other.key: it is not the key of the certificate"), "{answer}");
    for (change, named) in [
        (&(|config: &mut Config| config.server.tls_key = None) as &dyn Fn(&mut Config), "server.tls_key"),
        (&|config| config.server.tls_cert = None, "server.tls_cert"),
        (&|config| config.server.tls_client_cert = ClientCertificate::Required, "server.tls_client_ca"),
        (
            &|config| {
                (config.server.tls_cert, config.server.tls_key) = (None, None);
                config.server.tls = Some(TlsMode::Required);
            },
            "server.tls_cert",
        ),
    ] {
        let answer = why(change).await;
        assert!(answer.contains(named), "{named}: {answer}");
    }
    // Without any of it everything travels in the clear, as it does by default on this machine.
    assert_eq!(why(&|config| (config.server.tls_cert, config.server.tls_key) = (None, None)).await, "");
}
