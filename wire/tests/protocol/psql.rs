//! PostgreSQL's own client, where it is installed.

use std::process::Command;

use crate::toy::Server;

#[tokio::test(flavor = "multi_thread")]
async fn psql_connects_and_reads() {
    let server = Server::start().await;
    let port = server.address.port().to_string();
    let run = tokio::task::spawn_blocking(move || {
        let connection = format!("host=127.0.0.1 port={port} user=ada dbname=toy");
        Command::new("psql").args(["-X", "-At", "-c", "SELECT 1", "-c", "numbers 3", "-c", "set a b", &connection]).output()
    });
    // Without psql on the machine there is nothing to see here; the other tests stand on their own client.
    let Ok(output) = run.await.unwrap() else { return };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(text(&output.stdout), "1\n0\n1\n2\nSET\n", "{}", text(&output.stderr));
    assert!(output.status.success());
}
