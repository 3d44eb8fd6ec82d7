//! A server as a whole: what it survives, and what it says.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod depth;
mod hints;
mod load;
mod notices;
mod parameters;

use cilake::config::Config;
use cilake::engine::Engine;
use tokio::net::TcpListener;
use tokio_postgres::{Client, NoTls};
use tokio_util::sync::CancellationToken;

/// Runs a test beside a server of an empty lake.
fn served<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(u16) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.lake.url = folder.path().to_string_lossy().into_owned();
    let runtime = cilake::runtime::new().unwrap();
    let (engine, listener) =
        runtime.block_on(async { (Engine::open(config).await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap()) });
    let test = test(listener.local_addr().unwrap().port());
    let shutdown = CancellationToken::new();
    let server = runtime.spawn(cilake::server::serve(engine, listener, shutdown.clone()));
    runtime.block_on(runtime.spawn(test)).unwrap();
    shutdown.cancel();
    runtime.block_on(server).unwrap().unwrap();
}

async fn client(port: u16) -> Client {
    let options = format!("host=127.0.0.1 port={port} user=tester dbname=cilake");
    let (client, connection) = tokio_postgres::connect(&options, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
