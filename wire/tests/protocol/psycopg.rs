//! psycopg, which brings PostgreSQL's own library in a newer version than psql's: direct TLS, channel binding, wrong certificates.

use std::path::PathBuf;
use std::process::Command;

use cilake_wire::TlsPolicy;

use crate::keys::{Keys, Kind};
use crate::toy::Server;

const SCRIPT: &str = r#"
import sys, psycopg
port, ca = sys.argv[1:]
def connect(**options):
    options = dict(host="localhost", hostaddr="127.0.0.1", port=port, dbname="toy", user="ada", password="secret",
                   sslmode="verify-full", sslrootcert=ca, gssencmode="disable") | options
    try:
        with psycopg.connect(**options) as connection:
            return connection.execute("SELECT 7").fetchone()[0]
    except psycopg.OperationalError as error:
        return error.sqlstate or str(error).strip().splitlines()[-1]
print(connect(channel_binding="require"))
print(connect(require_auth="scram-sha-256"))
print(connect(user="bob", password="gehe\u00ad\u2168m"))
print(connect(password="wrong")[-50:])
print(connect(sslmode="disable")[-34:])
if psycopg.pq.version() >= 170000:
    print(connect(sslnegotiation="direct", channel_binding="require"))
"#;

/// The Python with psycopg.
fn python() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/cilake");
    let cache = std::env::var_os("CILAKE_CACHE").map_or_else(home, PathBuf::from);
    cache.join("venv/bin/python")
}

#[tokio::test(flavor = "multi_thread")]
async fn psycopg_logs_in() {
    let keys = Keys::new();
    keys.issue("localhost", Kind::RsaPkcs8);
    let policy = TlsPolicy { required: true, client_certificate_required: false };
    let users = [("ada", "secret"), ("bob", "geheIXm")];
    let server = Server::with_users(keys.options("localhost", policy, None), &users).await;
    let (port, authority) = (server.address.port().to_string(), keys.path("ca.crt"));
    let run = move || Command::new(python()).args(["-c", SCRIPT, &port]).arg(authority).output();
    // Without it there is nothing to see here; tests/install-clients brings it.
    let Ok(output) = tokio::task::spawn_blocking(run).await.unwrap() else { return };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = out.lines().collect();
    assert!(output.status.success() && lines.len() >= 5, "{out}{err}");
    assert_eq!(lines[..3], ["7", "7", "7"], "{out}");
    assert!(lines[3].ends_with("password authentication failed for user \"ada\""), "{out}");
    assert!(lines[4].ends_with("HINT:  Connect with sslmode=require") || lines[4].contains("verify-full"), "{out}");
    assert!(lines.get(5).is_none_or(|line| *line == "7"), "{out}");
}
