//! TLS: which certificate the server shows, which ones it asks of clients, and reading both again when the files change.

use std::fs::{self, Metadata};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;
use tracing::{error, info};

use crate::auth::certificate;

/// The name of the protocol inside TLS (ALPN), as registered for PostgreSQL.
pub(crate) const PROTOCOL: &[u8] = b"postgresql";
/// How often the files are looked at, at most.
const RELOAD_INTERVAL: Duration = Duration::from_secs(1);

/// What TLS is set up from.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The server's certificate and those between it and the authority, as PEM.
    pub certificate: PathBuf,
    /// Its private key as PEM: PKCS#8, PKCS#1 (RSA) or SEC1 (elliptic curves).
    pub key: PathBuf,
    /// Authorities whose certificates clients may show, as PEM.
    pub client_ca: Option<PathBuf>,
}

/// What clients have to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TlsPolicy {
    /// Connections in the clear are refused.
    pub required: bool,
    /// A client without a certificate is refused. One that shows a certificate always needs a good one.
    pub client_certificate_required: bool,
}

/// TLS cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("TLS cannot use {}: {reason}", file.display())]
pub struct TlsError {
    pub file: PathBuf,
    pub reason: String,
}

/// TLS for all connections of a server.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    pub(crate) policy: TlsPolicy,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    identity: Identity,
    /// Size and time of the files when they were read.
    stamps: Vec<Stamp>,
    looked: Instant,
}

type Stamp = Option<(u64, SystemTime)>;

/// What one connection is accepted with.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) acceptor: TlsAcceptor,
    /// What clients can bind their password to.
    pub(crate) end_point: Option<Vec<u8>>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// The file that is missing, unreadable, readable for everybody where it is the key, or no use, and why.
    pub fn load(files: TlsFiles, policy: TlsPolicy) -> Result<Self, TlsError> {
        let stamps = files.stamps();
        let identity = files.read(policy)?;
        Ok(Self { files, policy, current: Mutex::new(Current { identity, stamps, looked: Instant::now() }) })
    }

    /// For the next connection. Files that have changed are read again; if they are no use, those before stay.
    pub(crate) fn identity(&self, now: Instant) -> Identity {
        // A panic would leave what was there before.
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(current.looked) >= RELOAD_INTERVAL {
            current.looked = now;
            let stamps = self.files.stamps();
            if stamps != current.stamps {
                current.stamps = stamps;
                match self.files.read(self.policy) {
                    Ok(identity) => {
                        info!(certificate = %self.files.certificate.display(), "TLS certificate read again");
                        current.identity = identity;
                    }
                    Err(error) => error!(%error, "TLS goes on with the certificate before"),
                }
            }
        }
        current.identity.clone()
    }
}

impl TlsFiles {
    fn stamps(&self) -> Vec<Stamp> {
        let stamp = |metadata: Metadata| Some((metadata.len(), metadata.modified().ok()?));
        let files = [&self.certificate, &self.key].into_iter().chain(&self.client_ca);
        files.map(|file| fs::metadata(file).ok().and_then(stamp)).collect()
    }

    fn read(&self, policy: TlsPolicy) -> Result<Identity, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let chain = certificates(&self.certificate)?;
        let end_point = chain.first().and_then(|certificate| certificate::end_point(certificate));
        let key = private_key(&self.key)?;
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let config = config.map_err(|error| failed(&self.certificate, error))?;
        let config = match &self.client_ca {
            None => config.with_no_client_auth(),
            Some(file) => {
                let mut authorities = RootCertStore::empty();
                for certificate in certificates(file)? {
                    authorities.add(certificate).map_err(|error| failed(file, error))?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), provider);
                let verifier = match policy.client_certificate_required {
                    true => verifier,
                    false => verifier.allow_unauthenticated(),
                };
                config.with_client_cert_verifier(verifier.build().map_err(|error| failed(file, error))?)
            }
        };
        let mut config = config.with_single_cert(chain, key).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => failed(&self.key, "it is not the key of the certificate"),
            error => failed(&self.certificate, error),
        })?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        // As in PostgreSQL no session is resumed: each connection shows its certificate and is long enough not to mind.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Identity { acceptor: TlsAcceptor::from(Arc::new(config)), end_point })
    }
}

fn failed(file: &Path, reason: impl std::fmt::Display) -> TlsError {
    TlsError { file: file.to_owned(), reason: reason.to_string() }
}

fn open(file: &Path) -> Result<BufReader<fs::File>, TlsError> {
    fs::File::open(file).map(BufReader::new).map_err(|error| failed(file, error))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates = CertificateDer::pem_reader_iter(open(file)?).collect::<Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|error| failed(file, error))?;
    if certificates.is_empty() { Err(failed(file, "it holds no certificate (PEM)")) } else { Ok(certificates) }
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let reader = open(file)?;
    #[cfg(unix)]
    if let Ok(metadata) = reader.get_ref().metadata()
        && std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o007 != 0
    {
        return Err(failed(file, "everybody on this machine has access to it; chmod 0600 it"));
    }
    PrivateKeyDer::from_pem_reader(reader).map_err(|error| match error {
        rustls::pki_types::pem::Error::NoItemsFound => failed(file, "it holds no private key (PEM, without a pass phrase)"),
        // The text of other errors may hold a part of the file.
        _ => failed(file, "it is not PEM"),
    })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn openssl(folder: &Path, arguments: &str) {
        let run = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().expect("openssl is installed");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }

    /// A certificate of its own authority.
    fn certificate(folder: &Path, name: &str) {
        let curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";
        openssl(folder, &format!("req -x509 {curve} -nodes -keyout {name}.key -out {name}.crt -days 30 -subj /CN={name}"));
    }

    fn files(folder: &Path) -> TlsFiles {
        TlsFiles { certificate: folder.join("a.crt"), key: folder.join("a.key"), client_ca: None }
    }

    /// By the end point, which is the certificate's hash.
    fn shown(folder: &Path, name: &str) -> Option<Vec<u8>> {
        let certificate = CertificateDer::from_pem_file(folder.join(name)).unwrap();
        certificate::end_point(&certificate)
    }

    #[test]
    fn a_new_pair_is_taken_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        ["a", "b", "c"].iter().for_each(|name| certificate(path, name));
        let (a, b) = (shown(path, "a.crt"), shown(path, "b.crt"));
        let tls = Tls::load(files(path), TlsPolicy::default()).unwrap();
        let start = Instant::now();
        let at = |seconds| tls.identity(start + Duration::from_secs(seconds)).end_point;
        assert_eq!(at(0), a);
        fs::copy(path.join("b.crt"), path.join("a.crt")).unwrap();
        // A certificate without its key yet, as while both are being replaced.
        assert_eq!(at(2), a);
        fs::copy(path.join("b.key"), path.join("a.key")).unwrap();
        // Not looked at again within a second.
        assert_eq!(at(2), a);
        assert_eq!(at(3), b);
        fs::write(path.join("a.crt"), "nothing").unwrap();
        assert_eq!(at(4), b);
        fs::remove_file(path.join("a.key")).unwrap();
        assert_eq!(at(5), b);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        ["a", "b"].iter().for_each(|name| certificate(path, name));
        let why = |files: TlsFiles| Tls::load(files, TlsPolicy::default()).unwrap_err();
        let file = |name: &str| path.join(name);
        let missing = why(TlsFiles { certificate: file("none.crt"), ..files(path) });
        assert_eq!(missing.file, file("none.crt"));
        assert!(missing.to_string().starts_with(&format!("TLS cannot use {}: ", file("none.crt").display())), "{missing}");
        let swapped = why(TlsFiles { key: file("a.crt"), ..files(path) });
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert!(swapped.reason.contains("everybody"), "{swapped}");
            fs::set_permissions(file("a.crt"), fs::Permissions::from_mode(0o600)).unwrap();
        }
        let swapped = why(TlsFiles { key: file("a.crt"), ..files(path) });
        assert!(swapped.reason.contains("no private key"), "{swapped}");
        let other = why(TlsFiles { key: file("b.key"), ..files(path) });
        assert_eq!((other.file, other.reason.as_str()), (file("b.key"), "it is not the key of the certificate"));
        let key = why(TlsFiles { certificate: file("a.key"), ..files(path) });
        assert!(key.reason.contains("no certificate"), "{key}");
        let authority = why(TlsFiles { client_ca: Some(file("a.key")), ..files(path) });
        assert_eq!(authority.file, file("a.key"));
    }
}
