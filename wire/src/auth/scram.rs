//! The server's side of SCRAM-SHA-256 and, bound to the server's certificate, SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677, RFC 5929).
//! Errors are those of PostgreSQL. The user's name inside the messages is ignored, as there: the start-up message has said it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rand::Rng;
use subtle::ConstantTimeEq;

use super::attributes::{Attributes, malformed, text_of};
use super::verifier::{HASH_BYTES, Verifier, hmac, sha256};
use crate::backend::SqlError;

const PLAIN: &str = "SCRAM-SHA-256";
const BOUND: &str = "SCRAM-SHA-256-PLUS";
/// The only kind of channel binding: the hash of the server's certificate.
const END_POINT: &str = "tls-server-end-point";
/// Random bytes in the server's part of the nonce; as in PostgreSQL.
const NONCE_BYTES: usize = 18;

/// An exchange before the client has said anything.
pub struct Exchange {
    verifier: Verifier,
    /// The hash of the server's certificate, if TLS protects the connection and the certificate has one (RFC 5929, section 4.1).
    end_point: Option<Vec<u8>>,
    nonce: String,
}

/// An exchange after the client's first message.
pub struct Begun {
    verifier: Verifier,
    /// Whether the client has chosen channel binding.
    bound: bool,
    /// What the client's last message must repeat, in base64: the header of its first one and the hash of the certificate.
    binding: String,
    /// Both parts.
    nonce: String,
    client_first: String,
    /// The answer to the client's first message.
    pub server_first: String,
}

/// What the client's last message claims.
pub struct Proof {
    /// Everything that both sides have signed.
    signed: String,
    proof: [u8; HASH_BYTES],
}

impl Exchange {
    /// For one login, with a nonce of its own.
    #[must_use]
    pub fn new(verifier: Verifier, end_point: Option<Vec<u8>>) -> Self {
        let random: [u8; NONCE_BYTES] = rand::rng().random();
        Self { verifier, end_point, nonce: BASE64.encode(random) }
    }

    /// What the client may choose from, the better one first.
    #[must_use]
    pub fn mechanisms(&self) -> Vec<String> {
        let bound = self.end_point.as_ref().map(|_| BOUND);
        bound.into_iter().chain([PLAIN]).map(str::to_owned).collect()
    }

    /// Reads the client's first message.
    ///
    /// # Errors
    /// FATAL 08P01 for a mechanism that was not offered and for what is not a first message, 28000 for a client that could bind the
    /// channel and was told by somebody in between that the server cannot, 0A000 for extensions.
    pub fn begin(self, mechanism: &str, message: &[u8]) -> Result<Begun, SqlError> {
        let bound = match (mechanism, &self.end_point) {
            (PLAIN, _) => false,
            (BOUND, Some(_)) => true,
            _ => return Err(SqlError::fatal("08P01", "client selected an invalid SASL authentication mechanism")),
        };
        let text = text_of(message)?;
        let (flag, rest) = text.split_once(',').ok_or_else(|| malformed("Comma expected after the channel-binding flag."))?;
        self.check_flag(flag, bound)?;
        let (identity, client_first) = rest.split_once(',').ok_or_else(|| malformed("Comma expected after the identity."))?;
        match identity {
            "" => {}
            other if other.starts_with("a=") => {
                return Err(SqlError::fatal("0A000", "client uses authorization identity, but it is not supported"));
            }
            _ => return Err(malformed("Unexpected attribute in client-first-message.")),
        }
        if client_first.starts_with('m') {
            return Err(SqlError::fatal("0A000", "client requires an unsupported SCRAM extension"));
        }
        let mut attributes = Attributes::of(client_first);
        attributes.expect('n')?;
        let nonce = attributes.expect('r')?;
        if nonce.is_empty() || !nonce.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SqlError::fatal("08P01", "non-printable characters in SCRAM nonce"));
        }
        // Further ones are extensions that may be ignored.
        while attributes.next_any()?.is_some() {}
        let mut binding = format!("{flag},{identity},").into_bytes();
        binding.extend(self.end_point.iter().filter(|_| bound).flatten());
        let nonce = format!("{nonce}{}", self.nonce);
        let server_first = format!("r={nonce},s={},i={}", BASE64.encode(&self.verifier.salt), self.verifier.iterations);
        let (verifier, client_first) = (self.verifier, client_first.to_owned());
        Ok(Begun { verifier, bound, binding: BASE64.encode(binding), nonce, client_first, server_first })
    }

    /// The first letter of the client's first message: whether it can bind, and whether it does.
    fn check_flag(&self, flag: &str, bound: bool) -> Result<(), SqlError> {
        match flag {
            "n" | "y" if bound => Err(malformed(
                "The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include channel binding data.",
            )),
            "n" => Ok(()),
            "y" if self.end_point.is_some() => Err(SqlError {
                detail: Some(
                    "The client supports SCRAM channel binding but thinks the server does not.  \
                     However, this server does support channel binding."
                        .into(),
                ),
                ..SqlError::fatal("28000", "SCRAM channel binding negotiation error")
            }),
            "y" => Ok(()),
            _ => match flag.strip_prefix("p=") {
                Some(_) if !bound => Err(malformed(
                    "The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message includes channel binding data.",
                )),
                Some(END_POINT) => Ok(()),
                Some(_) => Err(SqlError::fatal("08P01", "unsupported SCRAM channel-binding type")),
                None => Err(malformed("Unexpected channel-binding flag.")),
            },
        }
    }
}

impl Begun {
    /// Reads the client's last message.
    ///
    /// # Errors
    /// FATAL 08P01 for what is not the last message of this exchange, 28000 for one that is bound to another certificate.
    pub fn read_proof(&self, message: &[u8]) -> Result<Proof, SqlError> {
        let text = text_of(message)?;
        let (unproved, proof) = text.rsplit_once(",p=").ok_or_else(|| malformed("Expected attribute \"p\"."))?;
        let mut attributes = Attributes::of(unproved);
        let binding = attributes.expect('c')?;
        if binding != self.binding {
            return Err(match self.bound {
                true => SqlError::fatal("28000", "SCRAM channel binding check failed"),
                false => SqlError::fatal("08P01", "unexpected SCRAM channel-binding attribute in client-final-message"),
            });
        }
        let nonce = attributes.expect('r')?;
        while let Some((name, _)) = attributes.next_any()? {
            if name == 'p' {
                return Err(malformed("Garbage found at the end of client-final-message."));
            }
        }
        if nonce != self.nonce {
            let detail = Some("Nonce does not match.".into());
            return Err(SqlError { detail, ..SqlError::fatal("08P01", "invalid SCRAM response") });
        }
        if proof.contains(',') {
            return Err(malformed("Garbage found at the end of client-final-message."));
        }
        let proof = BASE64.decode(proof).ok().and_then(|proof| proof.try_into().ok());
        let proof = proof.ok_or_else(|| malformed("Malformed proof in client-final-message."))?;
        Ok(Proof { signed: format!("{},{},{unproved}", self.client_first, self.server_first), proof })
    }

    /// The server's last message if the client knows the password, in a time that does not tell how much of it was right.
    pub fn verify(&self, proof: &Proof) -> Option<String> {
        let Verifier { stored_key, server_key, .. } = &self.verifier;
        let signed = proof.signed.as_bytes();
        let mut client_key = hmac(stored_key, &[signed]);
        client_key.iter_mut().zip(proof.proof).for_each(|(key, proof)| *key ^= proof);
        let right = sha256(&client_key).ct_eq(stored_key);
        let signature = format!("v={}", BASE64.encode(hmac(server_key, &[signed])));
        bool::from(right).then_some(signature)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The password "pencil" and the nonces of RFC 7677, section 3.
    fn example(end_point: Option<&[u8]>) -> Exchange {
        let verifier = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
        let nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0".to_owned();
        Exchange { verifier: verifier.parse().unwrap(), end_point: end_point.map(<[u8]>::to_vec), nonce }
    }

    const CLIENT_FIRST: &str = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    const SERVER_FIRST: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const CLIENT_LAST: &str =
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    fn told<T>(result: Result<T, SqlError>) -> (String, String, String) {
        let error = result.err().expect("an error");
        assert!(error.fatal);
        (error.code, error.message, error.detail.unwrap_or_default())
    }

    #[test]
    fn the_example_of_the_rfc() {
        let begun = example(None).begin(PLAIN, CLIENT_FIRST.as_bytes()).unwrap();
        assert_eq!(begun.server_first, SERVER_FIRST);
        let proof = begun.read_proof(CLIENT_LAST.as_bytes()).unwrap();
        assert_eq!(begun.verify(&proof).as_deref(), Some("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        // Another proof of the same form.
        let wrong = CLIENT_LAST.replace("p=dHzb", "p=dHzc");
        assert_eq!(begun.verify(&begun.read_proof(wrong.as_bytes()).unwrap()), None);
    }

    #[test]
    fn nonces_are_new_each_time() {
        let nonce = || Exchange::new(example(None).verifier, None).nonce;
        assert_ne!(nonce(), nonce());
        assert!(nonce().len() >= 24 && !nonce().contains(','));
    }

    #[test]
    fn channel_binding_is_offered_where_there_is_a_channel() {
        assert_eq!(example(None).mechanisms(), [PLAIN]);
        assert_eq!(example(Some(b"hash")).mechanisms(), [BOUND, PLAIN]);
    }

    /// What auth-scram.c of PostgreSQL 15 says to the same.
    #[test]
    fn malformed_first_messages() {
        let malformed = "malformed SCRAM message";
        let r = "n=,r=abc";
        for (mechanism, message, code, text, detail) in [
            ("SCRAM-SHA-1", CLIENT_FIRST.into(), "08P01", "client selected an invalid SASL authentication mechanism", ""),
            ("", CLIENT_FIRST.into(), "08P01", "client selected an invalid SASL authentication mechanism", ""),
            (PLAIN, String::new(), "08P01", malformed, "The message is empty."),
            (PLAIN, format!("n,,{r}\0"), "08P01", malformed, "Message length does not match input length."),
            (PLAIN, "n".into(), "08P01", malformed, "Comma expected"),
            (PLAIN, "n,".into(), "08P01", malformed, "Comma expected"),
            (PLAIN, format!("x,,{r}"), "08P01", malformed, "Unexpected channel-binding flag."),
            (PLAIN, format!("nn,,{r}"), "08P01", malformed, "Unexpected channel-binding flag."),
            (PLAIN, format!("p,,{r}"), "08P01", malformed, "Unexpected channel-binding flag."),
            (PLAIN, format!("p=tls-server-end-point,,{r}"), "08P01", malformed, "The client selected SCRAM-SHA-256 without"),
            (PLAIN, format!("y,,{r}"), "28000", "SCRAM channel binding negotiation error", "The client supports SCRAM"),
            (BOUND, format!("n,,{r}"), "08P01", malformed, "The client selected SCRAM-SHA-256-PLUS, but"),
            (BOUND, format!("y,,{r}"), "08P01", malformed, "The client selected SCRAM-SHA-256-PLUS, but"),
            (BOUND, format!("p=tls-unique,,{r}"), "08P01", "unsupported SCRAM channel-binding type", ""),
            (PLAIN, format!("n,a=bob,{r}"), "0A000", "client uses authorization identity, but it is not supported", ""),
            (PLAIN, format!("n,b=bob,{r}"), "08P01", malformed, "Unexpected attribute in client-first-message."),
            (PLAIN, format!("n,,m=must,{r}"), "0A000", "client requires an unsupported SCRAM extension", ""),
            (PLAIN, "n,,".into(), "08P01", malformed, "Attribute expected, but found end of string."),
            (PLAIN, "n,,r=abc,n=".into(), "08P01", malformed, "Expected attribute \"n\"."),
            (PLAIN, "n,,n=".into(), "08P01", malformed, "Expected attribute \"r\"."),
            (PLAIN, "n,,n,r=abc".into(), "08P01", malformed, "Expected character \"=\" for attribute \"n\"."),
            (PLAIN, "n,,n=,r=".into(), "08P01", "non-printable characters in SCRAM nonce", ""),
            (PLAIN, "n,,n=,r=a\u{7f}".into(), "08P01", "non-printable characters in SCRAM nonce", ""),
            (PLAIN, "n,,n=,r=ä".into(), "08P01", "non-printable characters in SCRAM nonce", ""),
            (PLAIN, format!("n,,{r},"), "08P01", malformed, "Attribute expected, but found end of string."),
            (PLAIN, format!("n,,{r},1=x"), "08P01", malformed, "Attribute expected, but found invalid character."),
        ] {
            let error = told(example(Some(b"hash")).begin(mechanism, message.as_bytes()));
            assert_eq!((error.0.as_str(), error.1.as_str()), (code, text), "{message}");
            assert!(error.2.starts_with(detail) && error.2.is_empty() == detail.is_empty(), "{message}: {}", error.2);
        }
        let bound = format!("p=tls-server-end-point,,{r}");
        assert_eq!(told(example(None).begin(BOUND, bound.as_bytes())).0, "08P01");
        assert_eq!(told(example(None).begin(PLAIN, b"n,,n=\xff,r=abc")).1, malformed);
        // Without a channel to bind to, a client that could do it says so; extensions are passed over.
        assert!(example(None).begin(PLAIN, format!("y,,{r},e=extension").as_bytes()).is_ok());
    }

    #[test]
    fn malformed_last_messages() {
        let begun = example(None).begin(PLAIN, CLIENT_FIRST.as_bytes()).unwrap();
        let proof = "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
        let nonce = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let malformed = "malformed SCRAM message";
        let unexpected = "unexpected SCRAM channel-binding attribute in client-final-message";
        for (message, code, text, detail) in [
            (String::new(), "08P01", malformed, "The message is empty."),
            (format!("c=biws,{nonce}"), "08P01", malformed, "Expected attribute \"p\"."),
            (proof.into(), "08P01", malformed, "Expected attribute \"p\"."),
            (format!("{nonce},{proof}"), "08P01", malformed, "Expected attribute \"c\"."),
            (format!("c=biws,{proof}"), "08P01", malformed, "Expected attribute \"r\"."),
            (format!("c=eSws,{nonce},{proof}"), "08P01", unexpected, ""),
            (format!("c=,{nonce},{proof}"), "08P01", unexpected, ""),
            (format!("c=biws,{nonce}x,{proof}"), "08P01", "invalid SCRAM response", "Nonce does not match."),
            (format!("c=biws,r=rOprNGfwEbeRWgbNEkqO,{proof}"), "08P01", "invalid SCRAM response", "Nonce does not match."),
            (format!("c=biws,{nonce},p=YQ=="), "08P01", malformed, "Malformed proof in client-final-message."),
            (format!("c=biws,{nonce},p="), "08P01", malformed, "Malformed proof in client-final-message."),
            (format!("c=biws,{nonce},p=*"), "08P01", malformed, "Malformed proof in client-final-message."),
            (format!("c=biws,{nonce},{proof},x=y"), "08P01", malformed, "Garbage found at the end of client-final-message."),
            (format!("c=biws,{nonce},{proof},{proof}"), "08P01", malformed, "Garbage found at the end of client-final-message."),
        ] {
            let error = told(begun.read_proof(message.as_bytes()));
            assert_eq!((error.0.as_str(), error.1.as_str(), error.2.as_str()), (code, text, detail), "{message}");
        }
    }

    #[test]
    fn a_proof_for_another_certificate_is_refused() {
        let first = CLIENT_FIRST.replace("n,,", "p=tls-server-end-point,,");
        let begun = example(Some(b"hash")).begin(BOUND, first.as_bytes()).unwrap();
        let nonce = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let last = |hash: &str| {
            let binding = BASE64.encode(format!("p=tls-server-end-point,,{hash}"));
            format!("c={binding},{nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        };
        assert!(begun.read_proof(last("hash").as_bytes()).is_ok());
        for binding in [last("other"), last(""), CLIENT_LAST.into()] {
            let error = told(begun.read_proof(binding.as_bytes()));
            assert_eq!((error.0.as_str(), error.1.as_str()), ("28000", "SCRAM channel binding check failed"));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(first in any::<Vec<u8>>(), text in "[nyp]?,?(a=x)?,?(n=)?,?(r=[a-z]*)?[,=a-z]{0,9}", last in "(c=biws)?,?(r=.{0,9})?,?(p=[A-Za-z+/=]{0,50})?") {
            let _ = example(None).begin(PLAIN, &first);
            let _ = example(Some(&first)).begin(BOUND, text.as_bytes());
            let begun = example(None).begin(PLAIN, CLIENT_FIRST.as_bytes()).unwrap();
            prop_assert!(begun.read_proof(&first).is_err());
            prop_assert!(begun.read_proof(last.as_bytes()).is_err());
        }
    }
}
