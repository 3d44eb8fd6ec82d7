//! A server as a whole: what it survives, and what it says.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod access;
mod activity;
mod admin;
mod bombs;
mod commits;
mod copy;
mod cursors;
mod defining;
mod depth;
mod exhaustion;
mod hints;
mod keys;
mod killed;
mod lake_types;
mod load;
mod logins;
mod notices;
mod origins;
mod parameters;
mod probes;
mod reports;
mod sessions;
mod timeouts;
mod tls;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use cilake::admin::Watched;
use cilake::config::Config;
use cilake::engine::Engine;
use cilake::server::Service;
use tokio::net::TcpListener;
use tokio_postgres::{Client, NoTls};
use tokio_util::sync::CancellationToken;

/// What a test may know of the server beside it.
struct Served {
    port: u16,
    admin: SocketAddr,
    /// The folder of its lake, empty at first.
    lake: PathBuf,
    shutdown: CancellationToken,
}

/// Runs a test beside a server of an empty lake.
fn served<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(u16) -> F) {
    served_with(|_| (), |served| test(served.port));
}

/// Runs a test beside a server of an empty lake and with another configuration.
fn served_with<F: Future<Output = ()> + Send + 'static>(change: impl FnOnce(&mut Config), test: impl FnOnce(Served) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    std::fs::create_dir(&lake).unwrap();
    let mut config = Config::default();
    config.lake.url = lake.to_string_lossy().into_owned();
    change(&mut config);
    let runtime = cilake::runtime::new().unwrap();
    let (engine, listener, watching) = runtime.block_on(async {
        let listen = async || TcpListener::bind("127.0.0.1:0").await.unwrap();
        (Engine::open(config).await.unwrap(), listen().await, listen().await)
    });
    let (port, admin) = (listener.local_addr().unwrap().port(), watching.local_addr().unwrap());
    let shutdown = CancellationToken::new();
    let service = Service::new(engine.clone()).unwrap();
    let watched = Watched { engine, metrics: service.metrics(), stopping: shutdown.clone() };
    let watch = runtime.spawn(cilake::admin::serve(watching, watched));
    let server = runtime.spawn(service.run(listener, shutdown.clone()));
    let test = test(Served { port, admin, lake, shutdown: shutdown.clone() });
    runtime.block_on(runtime.spawn(test)).unwrap();
    shutdown.cancel();
    runtime.block_on(server).unwrap().unwrap();
    watch.abort();
}

/// A configuration with an empty lake and a state folder below `folder`, both to be written and always read anew.
fn writable(folder: &Path) -> Config {
    let lake = folder.join("lake");
    std::fs::create_dir(&lake).unwrap();
    let mut config = Config::default();
    config.lake.url = lake.to_string_lossy().into_owned();
    config.lake.allow_write = true;
    config.lake.discovery_ttl_ms = 0;
    config.engine.state_dir = Some(folder.join("state"));
    config
}

async fn client(port: u16) -> Client {
    let options = format!("host=127.0.0.1 port={port} user=tester dbname=cilake");
    let (client, connection) = tokio_postgres::connect(&options, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
