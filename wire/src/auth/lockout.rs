//! Refuses logins after too many failures. What counts is a user's name together with the address that it is tried from: somebody who
//! guesses locks out himself, not the user elsewhere and not others of his own network. Whether the name exists makes no difference.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::verifier::{HASH_BYTES, sha256};

/// Names and addresses kept at most.
const ENTRIES_MAX: usize = 10_000;

/// When logins are refused.
#[derive(Clone, Debug)]
pub struct LockoutPolicy {
    /// Wrong passwords in a row until logins are refused; 0 never refuses.
    pub failures_max: u32,
    /// How long the first refusal lasts; each further failure doubles it.
    pub refusal: Duration,
    /// The longest refusal; and after this time without a failure, earlier ones are forgotten.
    pub refusal_max: Duration,
}

impl Default for LockoutPolicy {
    fn default() -> Self {
        Self { failures_max: 10, refusal: Duration::from_secs(10), refusal_max: Duration::from_secs(15 * 60) }
    }
}

/// Whom to refuse.
#[derive(Debug, Default)]
pub(crate) struct Lockout {
    policy: LockoutPolicy,
    entries: Mutex<HashMap<Key, Entry>>,
}

/// A name's hash, because a client may send long ones, and the network of an address.
type Key = ([u8; HASH_BYTES], IpAddr);

#[derive(Clone, Copy, Debug)]
struct Entry {
    failures: u32,
    last: Instant,
}

/// Too many failures; the time until the next attempt is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) Duration);

impl Lockout {
    pub(crate) fn new(policy: LockoutPolicy) -> Self {
        Self { policy, entries: Mutex::default() }
    }

    /// Whether an attempt is allowed.
    pub(crate) fn check(&self, user: &str, address: IpAddr, now: Instant) -> Result<(), Refused> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(&key(user, address));
        entry.map_or(Ok(()), |entry| self.policy.check(entry, now))
    }

    /// Makes an attempt, if it is allowed: `verify` runs under the lock, so that of many attempts at one time no more are made than in
    /// a row.
    pub(crate) fn attempt<T>(
        &self,
        user: &str,
        address: IpAddr,
        now: Instant,
        verify: impl FnOnce() -> Option<T>,
    ) -> Result<Option<T>, Refused> {
        let key = key(user, address);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get(&key) {
            self.policy.check(entry, now)?;
        }
        let verified = verify();
        if verified.is_some() {
            entries.remove(&key);
        } else if self.policy.failures_max > 0 {
            let entry = entries.entry(key).or_insert(Entry { failures: 0, last: now });
            let failures = if self.policy.forgets(entry, now) { 1 } else { entry.failures.saturating_add(1) };
            *entry = Entry { failures, last: now };
            if entries.len() > ENTRIES_MAX {
                self.policy.shrink(&mut entries, now);
            }
        }
        Ok(verified)
    }
}

impl LockoutPolicy {
    fn check(&self, entry: &Entry, now: Instant) -> Result<(), Refused> {
        let beyond = match entry.failures.checked_sub(self.failures_max) {
            Some(beyond) if self.failures_max > 0 => beyond,
            _ => return Ok(()),
        };
        let factor = 2_u32.checked_pow(beyond).unwrap_or(u32::MAX);
        let refusal = self.refusal.saturating_mul(factor).min(self.refusal_max);
        match refusal.checked_sub(now.saturating_duration_since(entry.last)) {
            Some(left) if !left.is_zero() => Err(Refused(left)),
            _ => Ok(()),
        }
    }

    fn forgets(&self, entry: &Entry, now: Instant) -> bool {
        now.saturating_duration_since(entry.last) > self.refusal_max
    }

    /// Forgets what may be forgotten; if that is nothing, the tenth with the fewest failures, the oldest first: who makes up names to
    /// push out his own entry needs as many failures for each of them.
    fn shrink(&self, entries: &mut HashMap<Key, Entry>, now: Instant) {
        entries.retain(|_, entry| !self.forgets(entry, now));
        if entries.len() > ENTRIES_MAX {
            let mut weights: Vec<_> = entries.values().map(|entry| (entry.failures, entry.last)).collect();
            let (_, bound, _) = weights.select_nth_unstable(ENTRIES_MAX / 10);
            let bound = *bound;
            entries.retain(|_, entry| (entry.failures, entry.last) > bound);
        }
    }
}

fn key(user: &str, address: IpAddr) -> Key {
    (sha256(user.as_bytes()), network(address))
}

/// The part of an address that one client cannot change at will: a network of IPv6 gives it 2⁶⁴ addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => std::net::Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn lockout() -> Lockout {
        let seconds = Duration::from_secs;
        Lockout::new(LockoutPolicy { failures_max: 3, refusal: seconds(10), refusal_max: seconds(60) })
    }

    fn wrong(lockout: &Lockout, user: &str, at: Instant) -> Result<(), Refused> {
        lockout.attempt(user, HERE, at, || None::<()>).map(|_| ())
    }

    #[test]
    fn refusals_double_and_end() {
        let (lockout, start) = (lockout(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        (0..3).for_each(|_| wrong(&lockout, "ada", start).unwrap());
        assert_eq!(lockout.check("ada", HERE, start), Err(Refused(Duration::from_secs(10))));
        // The right password does not help meanwhile, and is not looked at.
        assert_eq!(
            lockout.attempt("ada", HERE, after(9), || -> Option<()> { unreachable!() }),
            Err(Refused(Duration::from_secs(1)))
        );
        // 10, 20, 40 seconds, then no more than 60.
        let mut now = 0;
        for seconds in [10, 20, 40, 60, 60] {
            assert!(lockout.check("ada", HERE, after(now + seconds - 1)).is_err(), "{seconds}");
            now += seconds;
            wrong(&lockout, "ada", after(now)).unwrap();
        }
        assert_eq!(lockout.attempt("ada", HERE, after(now + 60), || Some(())), Ok(Some(())));
        assert_eq!(lockout.check("ada", HERE, after(now + 60)), Ok(()));
    }

    #[test]
    fn others_are_not_refused() {
        let (lockout, now) = (lockout(), Instant::now());
        (0..3).for_each(|_| wrong(&lockout, "ada", now).unwrap());
        assert!(lockout.check("ada", HERE, now).is_err());
        assert_eq!((lockout.check("bob", HERE, now), lockout.check("ada", THERE, now)), (Ok(()), Ok(())));
    }

    #[test]
    fn failures_are_forgotten() {
        let (lockout, now) = (lockout(), Instant::now());
        (0..2).for_each(|_| wrong(&lockout, "ada", now).unwrap());
        wrong(&lockout, "ada", now + Duration::from_secs(61)).unwrap();
        assert_eq!(lockout.check("ada", HERE, now + Duration::from_secs(61)), Ok(()));
        // The right password sets the count to nothing.
        (0..2).for_each(|_| wrong(&lockout, "bob", now).unwrap());
        lockout.attempt("bob", HERE, now, || Some(())).unwrap();
        (0..2).for_each(|_| wrong(&lockout, "bob", now).unwrap());
        assert_eq!(lockout.check("bob", HERE, now), Ok(()));
    }

    #[test]
    fn made_up_names_do_not_push_out_what_is_refused() {
        let (lockout, now) = (lockout(), Instant::now());
        (0..3).for_each(|_| wrong(&lockout, "ada", now).unwrap());
        (0..3 * ENTRIES_MAX).for_each(|number| wrong(&lockout, &format!("x{number}"), now + Duration::from_millis(1)).unwrap());
        assert!(lockout.entries.lock().unwrap().len() <= ENTRIES_MAX);
        assert!(lockout.check("ada", HERE, now).is_err());
    }

    #[test]
    fn zero_never_refuses() {
        let lockout = Lockout::new(LockoutPolicy { failures_max: 0, ..LockoutPolicy::default() });
        (0..1_000).for_each(|_| wrong(&lockout, "ada", Instant::now()).unwrap());
        assert!(lockout.entries.lock().unwrap().is_empty());
    }

    #[test]
    fn one_network_of_ipv6_is_one_client() {
        let address = |text: &str| network(text.parse().unwrap());
        assert_eq!(address("2001:db8:1:2:3::4"), address("2001:db8:1:2:5::6"));
        assert_ne!(address("2001:db8:1:2::"), address("2001:db8:1:3::"));
        assert_eq!(address("::ffff:192.0.2.1"), HERE);
    }
}
