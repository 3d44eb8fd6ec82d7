//! `cilake serve`: a lake for Postgres clients.

use std::net::{IpAddr, ToSocketAddrs};

use anyhow::{Context, Result, bail};
use clap::Args;
use tokio::net::TcpListener;

use super::{EngineArgs, stop};
use crate::config::{Config, Overrides};
use crate::engine::Engine;

#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    #[command(flatten)]
    engine: EngineArgs,
    /// Address to listen on; this version has no passwords, so it must be one of this machine's own.
    #[arg(long)]
    host: Option<String>,
    /// Port to listen on; 0 means any free one.
    #[arg(long)]
    port: Option<u16>,
}

impl ServeArgs {
    pub fn overrides(&self) -> Overrides {
        let mut overrides = self.engine.overrides();
        overrides.set("server.host", self.host.clone());
        overrides.set("server.port", self.port);
        overrides
    }
}

pub async fn run(config: Config) -> Result<()> {
    require_loopback(&config.server.host, config.server.port)?;
    let (host, port) = (config.server.host.clone(), config.server.port);
    let listener = TcpListener::bind((host.as_str(), port)).await.with_context(|| format!("cannot listen on {host}:{port}"))?;
    until_stopped(config, listener).await
}

/// Opens the lake and serves it until a signal asks for the end.
pub async fn until_stopped(config: Config, listener: TcpListener) -> Result<()> {
    let lake = config.lake.url.clone();
    let engine = Engine::open(config).await.with_context(|| format!("cannot open the lake {lake}"))?;
    let address = listener.local_addr()?;
    let (shutdown, signals) = stop::on_signal()?;
    eprintln!("cilake serves {lake} on {address}");
    let served = crate::server::serve(engine, listener, shutdown);
    tokio::pin!(served);
    tokio::select! {
        ended = &mut served => Ok(ended?),
        () = signals => bail!("stopped before the running statements ended"),
    }
}

/// Without passwords nobody but this machine may connect.
pub fn require_loopback(host: &str, port: u16) -> Result<()> {
    let addresses: Vec<IpAddr> =
        (host, port).to_socket_addrs().with_context(|| format!("cannot resolve {host}"))?.map(|a| a.ip()).collect();
    if addresses.is_empty() || !addresses.iter().all(IpAddr::is_loopback) {
        bail!("cilake has no passwords yet and listens on this machine only: --host 127.0.0.1, not {host}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::require_loopback;

    #[test]
    fn only_this_machine_may_connect() {
        assert!(require_loopback("127.0.0.1", 1).is_ok());
        assert!(require_loopback("::1", 1).is_ok());
        assert!(require_loopback("0.0.0.0", 1).is_err());
        assert!(require_loopback("192.0.2.1", 1).is_err());
    }
}
