//! Certificates of an authority of their own, made by the openssl program.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use cilake_wire::{Options, Tls, TlsFiles, TlsPolicy};
use tempfile::TempDir;

/// How a private key is made and written.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    RsaPkcs8,
    RsaPkcs1,
    EcPkcs8,
    EcSec1,
    Ed25519,
}

/// A folder with an authority, `ca.crt`.
pub struct Keys {
    folder: TempDir,
}

impl Keys {
    pub fn new() -> Self {
        let keys = Self { folder: tempfile::tempdir().unwrap() };
        keys.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca.key");
        keys.openssl("req -x509 -new -key ca.key -out ca.crt -days 30 -subj /CN=authority");
        keys
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, arguments: &str) {
        let run = Command::new("openssl").args(arguments.split(' ')).current_dir(self.folder.path()).output();
        let run = run.expect("openssl is installed");
        assert!(run.status.success(), "{arguments}: {}", String::from_utf8_lossy(&run.stderr));
    }

    /// `<name>.crt` and `<name>.key` for somebody of this name; a server's is good for localhost.
    pub fn issue(&self, name: &str, kind: Kind) {
        let key = format!("{name}.key");
        self.openssl(&match kind {
            Kind::RsaPkcs8 => format!("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out {key}"),
            Kind::RsaPkcs1 => format!("genrsa -traditional -out {key} 2048"),
            Kind::EcPkcs8 => format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out {key}"),
            Kind::EcSec1 => format!("ecparam -name prime256v1 -genkey -noout -out {key}"),
            Kind::Ed25519 => format!("genpkey -algorithm ed25519 -out {key}"),
        });
        std::fs::write(self.path("extensions"), "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
            .unwrap();
        self.openssl(&format!("req -new -key {key} -out {name}.csr -subj /O=cilake/CN={name}"));
        let by = "-CA ca.crt -CAkey ca.key -CAcreateserial -extfile extensions";
        self.openssl(&format!("x509 -req -in {name}.csr {by} -days 30 -sha256 -out {name}.crt"));
    }

    /// What a server with this certificate serves with.
    pub fn options(&self, name: &str, policy: TlsPolicy, client_ca: Option<&Keys>) -> Options {
        let files = TlsFiles {
            certificate: self.path(&format!("{name}.crt")),
            key: self.path(&format!("{name}.key")),
            client_ca: client_ca.map(|keys| keys.path("ca.crt")),
        };
        Options { tls: Some(Arc::new(Tls::load(files, policy).unwrap())), ..Options::default() }
    }
}
