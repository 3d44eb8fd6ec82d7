//! What a client must prove before it gets a session.

use std::time::Instant;

use bytes::Bytes;
use pgwire::messages::startup::Authentication;
use tracing::warn;

use super::startup::Introduction;
use crate::auth::Verifier;
use crate::auth::lockout::{Lockout, Refused};
use crate::auth::scram::Exchange;
use crate::backend::{Backend, Challenge, SqlError};
use crate::channel::{Channel, Failure};
use crate::frontend::SaslInitial;
use crate::traffic::Traffic;

/// Where logins are checked and counted.
pub(crate) struct Door<'a, B> {
    pub(crate) backend: &'a B,
    pub(crate) lockout: &'a Lockout,
    pub(crate) traffic: &'a Traffic,
}

impl<B: Backend> Door<'_, B> {
    /// Lets the client prove what the database asks of it.
    ///
    /// # Errors
    /// FATAL 28P01 for a wrong password and for a name that nobody has, 28000 after too many of them, 08P01 for messages that are no login.
    pub(crate) async fn pass(&self, channel: &mut Channel, who: &mut Introduction) -> Result<(), Failure> {
        let address = who.peer.address.ip();
        self.lockout.check(&who.user, address, Instant::now()).map_err(|refused| self.refuse(who, refused))?;
        match self.backend.challenge(&who.user, &who.peer).await? {
            Challenge::Trust => Ok(()),
            Challenge::Password(verifier) => self.ask_password(channel, who, verifier).await,
        }
    }

    async fn ask_password(&self, channel: &mut Channel, who: &mut Introduction, verifier: Verifier) -> Result<(), Failure> {
        let exchange = Exchange::new(verifier, who.end_point.take());
        channel.push(&Authentication::SASL(exchange.mechanisms()))?;
        channel.flush().await?;
        let SaslInitial { mechanism, response } = SaslInitial::parse(channel.next_login().await?)?;
        let first = match response {
            Some(first) => first,
            None => self.ask_more(channel, String::new()).await?,
        };
        let begun = exchange.begin(&mechanism, &first)?;
        let last = self.ask_more(channel, begun.server_first.clone()).await?;
        let proof = begun.read_proof(&last)?;
        let verify = || begun.verify(&proof);
        let attempt = self.lockout.attempt(&who.user, who.peer.address.ip(), Instant::now(), verify);
        match attempt.map_err(|refused| self.refuse(who, refused))? {
            Some(signature) => {
                // It leaves together with what welcomes the client.
                channel.push(&Authentication::SASLFinal(signature.into()))?;
                Ok(())
            }
            None => {
                self.traffic.logins_failed.add(1);
                warn!(address = %who.peer.address, user = who.user, "login failed: wrong password");
                self.backend.login_failed(&who.user, &who.peer);
                let message = format!("password authentication failed for user \"{}\"", who.user);
                Err(SqlError::fatal("28P01", message).into())
            }
        }
    }

    async fn ask_more(&self, channel: &mut Channel, challenge: String) -> Result<Bytes, Failure> {
        channel.push(&Authentication::SASLContinue(challenge.into()))?;
        channel.flush().await?;
        channel.next_login().await
    }

    fn refuse(&self, who: &Introduction, Refused(left): Refused) -> SqlError {
        self.traffic.logins_failed.add(1);
        warn!(address = %who.peer.address, user = who.user, "login refused after too many failures");
        let message = format!("too many failed logins of user \"{}\" from this address", who.user);
        let hint = format!("Try again in {} seconds", left.as_secs() + 1);
        SqlError { hint: Some(hint), ..SqlError::fatal("28000", message) }
    }
}
