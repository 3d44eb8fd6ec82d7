//! `cilake serve`: a lake for Postgres clients.

use std::future::pending;
use std::net::ToSocketAddrs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use tokio::net::TcpListener;
use tracing::warn;

use super::{EngineArgs, stop};
use crate::admin::{self, Watched};
use crate::config::{ClientCertificate, Config, Overrides, ServerConfig, TlsMode};
use crate::engine::Engine;
use crate::server::Service;

#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    #[command(flatten)]
    engine: EngineArgs,
    /// Address to listen on; one that other machines reach needs users and TLS.
    #[arg(long)]
    host: Option<String>,
    /// Port to listen on; 0 means any free one.
    #[arg(long)]
    port: Option<u16>,
    /// Whether connections are encrypted; with a certificate, `allow` by default.
    #[arg(long, value_enum)]
    tls: Option<TlsMode>,
    /// Certificate of the server with those up to its authority (PEM).
    #[arg(long)]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM: PKCS#8, PKCS#1 or SEC1).
    #[arg(long)]
    tls_key: Option<PathBuf>,
    /// Authorities whose certificates clients may show (PEM).
    #[arg(long)]
    tls_client_ca: Option<PathBuf>,
    /// What a client's certificate is for.
    #[arg(long, value_enum)]
    tls_client_cert: Option<ClientCertificate>,
    /// Port for /metrics, /health and /ready; none by default.
    #[arg(long)]
    admin_port: Option<u16>,
    /// Let everybody who reaches the server read the lake.
    #[arg(long)]
    unsafe_listen_without_authentication: bool,
}

impl ServeArgs {
    pub fn overrides(&self) -> Overrides {
        let mut overrides = self.engine.overrides();
        let file = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        overrides.set("server.host", self.host.clone());
        overrides.set("server.port", self.port);
        overrides.set("server.tls", word(self.tls));
        overrides.set("server.tls_cert", file(&self.tls_cert));
        overrides.set("server.tls_key", file(&self.tls_key));
        overrides.set("server.tls_client_ca", file(&self.tls_client_ca));
        overrides.set("server.tls_client_cert", word(self.tls_client_cert));
        overrides.set("server.admin_port", self.admin_port);
        let unsafe_listen = self.unsafe_listen_without_authentication.then_some(true);
        overrides.set("server.unsafe_listen_without_authentication", unsafe_listen);
        overrides
    }
}

/// The word that the configuration has for a value.
fn word(value: Option<impl clap::ValueEnum>) -> Option<String> {
    value.and_then(|value| value.to_possible_value()).map(|value| value.get_name().to_owned())
}

pub async fn run(config: Config) -> Result<()> {
    let listener = listen(&config.server.host, config.server.port).await?;
    until_stopped(config, listener).await
}

async fn listen(host: &str, port: u16) -> Result<TcpListener> {
    TcpListener::bind((host, port)).await.with_context(|| format!("cannot listen on {host}:{port}"))
}

/// Opens the lake and serves it until a signal asks for the end.
pub async fn until_stopped(config: Config, listener: TcpListener) -> Result<()> {
    let (lake, server) = (config.lake.url.clone(), config.server.clone());
    let engine = Engine::open(config).await.with_context(|| format!("cannot open the lake {lake}"))?;
    refuse_exposure(&server, engine.has_users())?;
    let service = Service::new(engine.clone())?;
    let admin = match server.admin_port {
        Some(port) => Some(listen(&server.admin_host, port).await?),
        None => None,
    };
    let address = listener.local_addr()?;
    let (shutdown, signals) = stop::on_signal()?;
    eprintln!("cilake serves {lake} on {address}");
    if let Some(admin) = &admin {
        eprintln!("metrics, health and readiness on http://{}", admin.local_addr()?);
    }
    let watched = Watched { engine, metrics: service.metrics(), stopping: shutdown.clone() };
    let watch = async move {
        match admin {
            Some(listener) => admin::serve(listener, watched).await,
            None => pending().await,
        }
    };
    tokio::select! {
        ended = service.run(listener, shutdown) => Ok(ended?),
        never = watch => match never {},
        () = signals => bail!("stopped before the running statements ended"),
    }
}

/// Whoever reaches a server without users reads everything; without TLS, whoever is in between reads along.
///
/// # Errors
/// An address that other machines reach, where the server has no users or no TLS, unless that is wanted.
pub fn refuse_exposure(config: &ServerConfig, has_users: bool) -> Result<()> {
    let host = config.host.as_str();
    let mut addresses = (host, config.port).to_socket_addrs().with_context(|| format!("cannot resolve {host}"))?;
    if addresses.all(|address| address.ip().is_loopback()) {
        return Ok(());
    }
    let flag = "--unsafe-listen-without-authentication";
    if config.unsafe_listen_without_authentication {
        warn!("everybody who reaches {host} may read the lake: {flag}");
        return Ok(());
    }
    let by_certificate = config.tls_client_cert == ClientCertificate::Login;
    if !has_users && !by_certificate {
        bail!(
            "the server has no users, so on {host} everybody could read the lake. Serve it on 127.0.0.1 with --state DIR, \
             CREATE USER name PASSWORD '…' SUPERUSER, and start it again; {flag} does without"
        );
    }
    if config.tls_cert.is_none() || config.tls == Some(TlsMode::Off) {
        bail!("on {host} others could read along: give --tls-cert FILE --tls-key FILE; {flag} does without");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(host: &str, has_users: bool, change: impl FnOnce(&mut ServerConfig)) -> Option<String> {
        let mut config = ServerConfig { host: host.into(), ..ServerConfig::default() };
        change(&mut config);
        refuse_exposure(&config, has_users).err().map(|error| error.to_string())
    }

    #[test]
    fn other_machines_need_users_and_tls() {
        let with_tls = |config: &mut ServerConfig| config.tls_cert = Some("server.crt".into());
        assert_eq!(refused("127.0.0.1", false, |_| ()), None);
        assert_eq!(refused("::1", false, |_| ()), None);
        for host in ["0.0.0.0", "192.0.2.1", "::"] {
            assert!(refused(host, false, with_tls).unwrap().contains("CREATE USER"), "{host}");
            assert!(refused(host, true, |_| ()).unwrap().contains("--tls-cert"), "{host}");
            let off = |config: &mut ServerConfig| (with_tls(config), config.tls = Some(TlsMode::Off)).1;
            assert!(refused(host, true, off).unwrap().contains("--tls-cert"), "{host}");
            assert_eq!(refused(host, true, with_tls), None);
            let by_certificate =
                |config: &mut ServerConfig| (with_tls(config), config.tls_client_cert = ClientCertificate::Login).1;
            assert_eq!(refused(host, false, by_certificate), None);
            assert_eq!(refused(host, false, |config| config.unsafe_listen_without_authentication = true), None);
        }
    }
}
