//! How often somebody may try: passwords, codes, and any request at all.
//!
//! Limits by address are wide, since a whole province can share one carrier address; limits by account and address
//! are narrow. Counts live in memory only: a restart forgives.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jisr_sync_core::id::DeviceId;

use crate::problem::{Kind, Problem};

/// All limits of one server.
pub struct Throttle {
    clock: DefaultClock,
    requests: DefaultKeyedRateLimiter<IpAddr>,
    sign_ins: DefaultKeyedRateLimiter<(String, IpAddr)>,
    sign_ins_of_account: DefaultKeyedRateLimiter<String>,
    codes: DefaultKeyedRateLimiter<IpAddr>,
    devices: DefaultKeyedRateLimiter<DeviceId>,
}

/// `burst` at once, then one every `refill`.
fn quota(burst: NonZeroU32, refill: Duration) -> Quota {
    Quota::with_period(refill).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst)
}

const fn times(count: u32) -> NonZeroU32 {
    match NonZeroU32::new(count) {
        Some(count) => count,
        None => NonZeroU32::MIN,
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            clock: DefaultClock::default(),
            requests: RateLimiter::keyed(quota(times(400), Duration::from_millis(20))),
            sign_ins: RateLimiter::keyed(quota(times(5), Duration::from_secs(60))),
            sign_ins_of_account: RateLimiter::keyed(quota(times(60), Duration::from_secs(60))),
            codes: RateLimiter::keyed(quota(times(30), Duration::from_secs(10))),
            // A first sync takes many exchanges in a row.
            devices: RateLimiter::keyed(quota(times(240), Duration::from_secs(1))),
        }
    }
}

impl Throttle {
    /// Counts a request from an address.
    ///
    /// # Errors
    /// [`Kind::TooManyRequests`], with when to come back.
    pub fn request(&self, from: IpAddr) -> Result<(), Problem> {
        self.check(&self.requests, &from)
    }

    /// Counts a try to sign in.
    ///
    /// # Errors
    /// As [`Throttle::request`].
    pub fn sign_in(&self, account: &str, from: IpAddr) -> Result<(), Problem> {
        self.check(&self.sign_ins, &(account.to_owned(), from))?;
        self.check(&self.sign_ins_of_account, &account.to_owned())
    }

    /// Counts a try to use an enrolment code.
    ///
    /// # Errors
    /// As [`Throttle::request`].
    pub fn code(&self, from: IpAddr) -> Result<(), Problem> {
        self.check(&self.codes, &from)
    }

    /// Counts an exchange of a device that has proven who it is.
    ///
    /// # Errors
    /// As [`Throttle::request`].
    pub fn device(&self, device: DeviceId) -> Result<(), Problem> {
        self.check(&self.devices, &device)
    }

    /// Forgets whoever has not been seen for long, so that the tables stay small.
    pub fn sweep(&self) {
        self.requests.retain_recent();
        self.sign_ins.retain_recent();
        self.sign_ins_of_account.retain_recent();
        self.codes.retain_recent();
        self.devices.retain_recent();
    }

    fn check<K: Clone + std::hash::Hash + Eq>(
        &self,
        limiter: &DefaultKeyedRateLimiter<K>,
        key: &K,
    ) -> Result<(), Problem> {
        limiter.check_key(key).map_err(|refusal| {
            let wait_s = refusal.wait_time_from(self.clock.now()).as_secs() + 1;
            Problem { kind: Kind::TooManyRequests, retry_after_s: u32::try_from(wait_s).ok() }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_for_an_account_from_one_address_has_to_wait() {
        let throttle = Throttle::default();
        let (here, elsewhere) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));

        let tries: Vec<bool> = (0..6).map(|_| throttle.sign_in("fatima", here).is_ok()).collect();

        assert_eq!(tries, [true, true, true, true, true, false]);
        assert!(throttle.sign_in("fatima", elsewhere).is_ok(), "nobody can lock an account from elsewhere");
        assert!(throttle.sign_in("simo", here).is_ok());
    }
}
