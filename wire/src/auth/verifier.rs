//! What a server keeps of a password: enough to check it and to prove that it knows it, not enough to log in with (RFC 5802, section 3).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use sha2::{Digest, Sha256};

/// Length of SHA-256's result, in bytes.
pub(crate) const HASH_BYTES: usize = 32;
/// PostgreSQL's number of rounds and length of the salt.
const ITERATIONS: u32 = 4096;
const SALT_BYTES: usize = 16;

/// A SCRAM-SHA-256 verifier. Its text is PostgreSQL's: `SCRAM-SHA-256$iterations:salt$stored key:server key`, in base64.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    pub(crate) iterations: u32,
    pub(crate) salt: Vec<u8>,
    pub(crate) stored_key: [u8; HASH_BYTES],
    pub(crate) server_key: [u8; HASH_BYTES],
}

impl Verifier {
    /// For a password, with a new salt.
    #[must_use]
    pub fn of(password: &str) -> Self {
        let salt: [u8; SALT_BYTES] = rand::rng().random();
        Self::with_salt(password, salt.to_vec(), ITERATIONS)
    }

    fn with_salt(password: &str, salt: Vec<u8>, iterations: u32) -> Self {
        // A password that is not a valid string by RFC 4013 is taken as it is, as in PostgreSQL.
        let prepared = stringprep::saslprep(password).unwrap_or_else(|_| password.into());
        let salted = salted_password(prepared.as_bytes(), &salt, iterations);
        let client_key = hmac(&salted, &[b"Client Key"]);
        Self { iterations, salt, stored_key: sha256(&client_key), server_key: hmac(&salted, &[b"Server Key"]) }
    }

    /// For a name that has no password: nothing verifies against it, and it is the same each time, so that asking twice does not tell
    /// whether the name exists.
    #[must_use]
    pub fn of_nobody(name: &str, secret: &[u8]) -> Self {
        let salt = hmac(secret, &[b"salt ", name.as_bytes()]);
        let key = |use_: &[u8]| hmac(secret, &[use_, name.as_bytes()]);
        Self {
            iterations: ITERATIONS,
            salt: salt.get(..SALT_BYTES).unwrap_or_default().to_vec(),
            stored_key: key(b"stored "),
            server_key: key(b"server "),
        }
    }
}

/// `Hi()` of RFC 5802, section 2.2.
fn salted_password(password: &[u8], salt: &[u8], iterations: u32) -> [u8; HASH_BYTES] {
    let mut last = hmac(password, &[salt, &1_u32.to_be_bytes()]);
    let mut result = last;
    for _ in 1..iterations {
        last = hmac(password, &[&last]);
        result.iter_mut().zip(last).for_each(|(sum, byte)| *sum ^= byte);
    }
    result
}

pub(crate) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; HASH_BYTES] {
    // HMAC takes keys of any length; the error is that of MACs that do not.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; HASH_BYTES] };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; HASH_BYTES] {
    Sha256::digest(bytes).into()
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |bytes: &[u8]| BASE64.encode(bytes);
        let Self { iterations, salt, stored_key, server_key } = self;
        write!(f, "SCRAM-SHA-256${iterations}:{}${}:{}", text(salt), text(stored_key), text(server_key))
    }
}

/// Logs and errors must not show it.
impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(…)")
    }
}

/// A text that is no verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SCRAM-SHA-256 verifier")]
pub struct NotAVerifier;

impl FromStr for Verifier {
    type Err = NotAVerifier;

    fn from_str(text: &str) -> Result<Self, NotAVerifier> {
        let read = || {
            let (method, keys) = text.strip_prefix("SCRAM-SHA-256$")?.split_once('$')?;
            let ((iterations, salt), (stored, server)) = (method.split_once(':')?, keys.split_once(':')?);
            let bytes = |text: &str| BASE64.decode(text).ok();
            Some(Self {
                iterations: iterations.parse().ok().filter(|n| (1..=1_000_000).contains(n))?,
                salt: bytes(salt).filter(|salt| !salt.is_empty())?,
                stored_key: bytes(stored)?.try_into().ok()?,
                server_key: bytes(server)?.try_into().ok()?,
            })
        };
        read().ok_or(NotAVerifier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7677, section 3, as keys.
    #[test]
    fn the_verifier_of_the_rfc() {
        let salt = BASE64.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let verifier = Verifier::with_salt("pencil", salt, 4096);
        // The same by hashlib and hmac of Python 3.11.
        let expected = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
        assert_eq!(verifier.to_string(), expected);
        assert_eq!(expected.parse::<Verifier>().unwrap(), verifier);
    }

    #[test]
    fn nobody_is_always_the_same_and_never_anybody() {
        let nobody = Verifier::of_nobody("ann", b"secret");
        assert_eq!(nobody, Verifier::of_nobody("ann", b"secret"));
        assert_ne!(nobody, Verifier::of_nobody("bob", b"secret"));
        assert_ne!(Verifier::of("x"), Verifier::of("x"));
        assert!("SCRAM-SHA-256$0:YQ==$a:b".parse::<Verifier>().is_err());
    }
}
