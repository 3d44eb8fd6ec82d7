//! The two facts that are needed of a certificate: whose it is, and its hash for channel binding. Everything else about certificates is
//! the TLS library's, which has verified those of clients before they come here.

use sha2::{Digest, Sha256, Sha384, Sha512};

const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// The version of a certificate, and the hash among the parameters of RSASSA-PSS.
const CONTEXT_0: u8 = 0xa0;

/// 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
/// 1.2.840.113549.1.1, signatures with RSA; the last number says which hash.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
/// 1.2.840.10045.4, signatures with ECDSA.
const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4];
/// 2.16.840.1.101.3.4.2, the hashes of the SHA-2 family.
const SHA2: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The first common name of a certificate's subject.
pub(crate) fn common_name(certificate: &[u8]) -> Option<String> {
    let (mut certificate, _) = parts(certificate)?;
    if certificate.first() == Some(&CONTEXT_0) {
        take(&mut certificate, CONTEXT_0)?;
    }
    take(&mut certificate, INTEGER)?;
    // The algorithm of the signature, the issuer, the time of validity; then the subject.
    for _ in 0..3 {
        take(&mut certificate, SEQUENCE)?;
    }
    let mut subject = take(&mut certificate, SEQUENCE)?;
    while !subject.is_empty() {
        let mut names = take(&mut subject, SET)?;
        while !names.is_empty() {
            let mut name = take(&mut names, SEQUENCE)?;
            if take(&mut name, OBJECT_IDENTIFIER)? == COMMON_NAME {
                let kind = [UTF8_STRING, PRINTABLE_STRING, IA5_STRING].into_iter().find(|kind| name.first() == Some(kind))?;
                let text = std::str::from_utf8(take(&mut name, kind)?).ok()?;
                // A zero byte could make two names look like one elsewhere.
                return (!text.is_empty() && !text.contains('\0')).then(|| text.to_owned());
            }
        }
    }
    None
}

/// The data of the channel binding tls-server-end-point (RFC 5929, section 4.1): the certificate's hash by the function of its own
/// signature, SHA-256 in place of MD5 and SHA-1. `None` where the signature has no such function, as with Ed25519.
pub(crate) fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let (_, algorithm) = parts(certificate)?;
    Some(match signature_hash(algorithm)? {
        Hash::Sha256 => Sha256::digest(certificate).to_vec(),
        Hash::Sha384 => Sha384::digest(certificate).to_vec(),
        Hash::Sha512 => Sha512::digest(certificate).to_vec(),
    })
}

fn signature_hash(mut algorithm: &[u8]) -> Option<Hash> {
    let name = take(&mut algorithm, OBJECT_IDENTIFIER)?;
    if let Some(kind) = name.strip_prefix(RSA) {
        return match kind {
            // MD5 and SHA-1.
            [4 | 5] => Some(Hash::Sha256),
            [10] => pss_hash(algorithm),
            [11] => Some(Hash::Sha256),
            [12] => Some(Hash::Sha384),
            [13] => Some(Hash::Sha512),
            _ => None,
        };
    }
    match name.strip_prefix(ECDSA)? {
        // SHA-1.
        [1] => Some(Hash::Sha256),
        [3, 2] => Some(Hash::Sha256),
        [3, 3] => Some(Hash::Sha384),
        [3, 4] => Some(Hash::Sha512),
        _ => None,
    }
}

/// RSASSA-PSS names its hash among its parameters; SHA-1 where it does not.
fn pss_hash(mut parameters: &[u8]) -> Option<Hash> {
    let mut parameters = take(&mut parameters, SEQUENCE)?;
    if parameters.first() != Some(&CONTEXT_0) {
        return Some(Hash::Sha256);
    }
    let mut hash = take(&mut parameters, CONTEXT_0)?;
    let mut hash = take(&mut hash, SEQUENCE)?;
    match take(&mut hash, OBJECT_IDENTIFIER)?.strip_prefix(SHA2)? {
        [1] => Some(Hash::Sha256),
        [2] => Some(Hash::Sha384),
        [3] => Some(Hash::Sha512),
        _ => None,
    }
}

/// The signed part of a certificate, and the algorithm of the signature.
fn parts(mut certificate: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut certificate = take(&mut certificate, SEQUENCE)?;
    let signed = take(&mut certificate, SEQUENCE)?;
    Some((signed, take(&mut certificate, SEQUENCE)?))
}

/// Takes the next element, which must be of this kind, and gives its content (X.690, section 8.1, definite lengths).
fn take<'a>(bytes: &mut &'a [u8], kind: u8) -> Option<&'a [u8]> {
    let rest = bytes.strip_prefix(&[kind])?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short @ 0..=0x7f => (usize::from(short), rest),
        long @ 0x81..=0x83 => {
            let (length, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The algorithm of `openssl req -x509 -newkey rsa:2048 -sigopt rsa_padding_mode:pss -sha384`, as openssl asn1parse shows it.
    #[test]
    fn the_hash_is_that_of_the_signature() {
        let ecdsa_sha384 = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
        assert_eq!(signature_hash(&ecdsa_sha384), Some(Hash::Sha384));
        let rsa_sha1 = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5, 5, 0];
        assert_eq!(signature_hash(&rsa_sha1), Some(Hash::Sha256));
        let pss_sha384 = [
            &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10, 0x30, 17, 0xa0, 15, 0x30, 13][..],
            &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2, 5, 0],
        ];
        assert_eq!(signature_hash(&pss_sha384.concat()), Some(Hash::Sha384));
        // Ed25519 signs the message itself.
        assert_eq!(signature_hash(&[6, 3, 0x2b, 0x65, 0x70]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(prop_oneof![Just(SEQUENCE), Just(SET), Just(2), Just(0x82), any::<u8>()], 0..64)) {
            common_name(&bytes);
            end_point(&bytes);
        }
    }
}
