//! How often somebody may try: passwords, codes, and any request at all.
//!
//! Limits by address are wide, since a whole province can share one carrier address; limits by account and address
//! are narrow. Of tries to sign in only failures count. A success clears those laid to its own account and none laid
//! to the address, so that nobody buys tries at other accounts with sign-ins to their own. Counts live in memory only:
//! a restart forgives.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jisr_sync_core::id::DeviceId;

use super::failures::Failures;
use crate::problem::{Kind, Problem};

/// All limits of one server.
pub struct Throttle {
    clock: DefaultClock,
    requests: DefaultKeyedRateLimiter<IpAddr>,
    /// Failures of one account from one address, of one account, and from one address.
    failed: Failures<(String, IpAddr)>,
    failed_of_account: Failures<String>,
    failed_from: Failures<IpAddr>,
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
            failed: Failures::new(5, Duration::from_secs(60)),
            failed_of_account: Failures::new(60, Duration::from_secs(60)),
            failed_from: Failures::new(100, Duration::from_secs(10)),
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

    /// Counts a try to sign in as a failure, until [`Throttle::signed_in`] says otherwise. One that is refused here is
    /// not counted.
    ///
    /// # Errors
    /// As [`Throttle::request`].
    pub fn sign_in(&self, account: &str, from: IpAddr) -> Result<(), Problem> {
        let (account, now) = (account.to_owned(), Instant::now());
        let pair = (account.clone(), from);
        self.failed_from.count(from, now).map_err(wait)?;
        if let Err(left) = self.failed.count(pair.clone(), now) {
            self.failed_from.give_back(&from);
            return Err(wait(left));
        }
        self.failed_of_account.count(account, now).map_err(|left| {
            self.failed_from.give_back(&from);
            self.failed.give_back(&pair);
            wait(left)
        })
    }

    /// The try that was counted last has succeeded: nothing is laid to this account any more.
    pub fn signed_in(&self, account: &str, from: IpAddr) {
        let account = account.to_owned();
        self.failed_of_account.forgive(&account);
        self.failed.forgive(&(account, from));
        self.failed_from.give_back(&from);
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
        let now = Instant::now();
        self.failed.sweep(now);
        self.failed_of_account.sweep(now);
        self.failed_from.sweep(now);
        self.codes.retain_recent();
        self.devices.retain_recent();
    }

    fn check<K: Clone + std::hash::Hash + Eq>(
        &self,
        limiter: &DefaultKeyedRateLimiter<K>,
        key: &K,
    ) -> Result<(), Problem> {
        limiter.check_key(key).map_err(|refusal| wait(refusal.wait_time_from(self.clock.now())))
    }
}

fn wait(left: Duration) -> Problem {
    Problem { kind: Kind::TooManyRequests, retry_after_s: u32::try_from(left.as_secs() + 1).ok() }
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

    #[test]
    fn who_succeeds_every_time_never_has_to_wait() {
        let (throttle, here) = (Throttle::default(), IpAddr::from([10, 0, 0, 1]));

        for _ in 0..500 {
            throttle.sign_in("fatima", here).unwrap();
            throttle.signed_in("fatima", here);
        }
    }

    #[test]
    fn a_success_clears_its_own_account_and_buys_no_try_at_another() {
        let (throttle, here) = (Throttle::default(), IpAddr::from([10, 0, 0, 1]));
        let fail = |account: &str| throttle.sign_in(account, here).is_ok();
        let succeed = |account: &str| {
            throttle.sign_in(account, here).unwrap();
            throttle.signed_in(account, here);
        };

        let guessed: Vec<bool> = (0..8)
            .map(|_| {
                succeed("mallory");
                fail("fatima")
            })
            .collect();
        let typos = (0..4).filter(|_| fail("simo")).count();
        succeed("simo");

        assert_eq!(guessed, [true, true, true, true, true, false, false, false]);
        assert_eq!((typos, (0..6).filter(|_| fail("simo")).count()), (4, 5), "the four are forgotten");
    }

    #[test]
    fn one_address_cannot_try_a_few_passwords_at_every_account() {
        let (throttle, here) = (Throttle::default(), IpAddr::from([10, 0, 0, 1]));

        let tried = (0..400).filter(|n| throttle.sign_in(&format!("account-{n}"), here).is_ok()).count();

        assert_eq!(tried, 100);
        assert!(throttle.sign_in("fatima", IpAddr::from([10, 0, 0, 2])).is_ok());
    }

    #[test]
    fn one_account_cannot_be_tried_without_end_from_many_addresses() {
        let throttle = Throttle::default();

        let tried = (0..=255).filter(|n| throttle.sign_in("fatima", IpAddr::from([10, 0, 1, *n])).is_ok()).count();

        assert_eq!(tried, 60);
    }
}
