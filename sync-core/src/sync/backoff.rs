//! When a device tries again: later each time, never together with all the others, at most a quarter of an hour apart.

use rand::{Rng, RngExt};

use super::limits::{RETRY_AFTER_MAX_MS, RETRY_DELAY_MAX_MS, RETRY_DELAY_MIN_MS};

/// The schedule of retries after failed exchanges. Pure: the caller's clock waits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// A schedule that has seen no failure.
    pub const fn new() -> Self {
        Self { failures: 0 }
    }

    /// A schedule that goes on after `failures` in a row, as a device remembers them over a restart.
    pub const fn after(failures: u32) -> Self {
        Self { failures }
    }

    /// How long to wait after one more failed attempt, in milliseconds.
    ///
    /// Between half and all of a delay that doubles from [`RETRY_DELAY_MIN_MS`] to [`RETRY_DELAY_MAX_MS`]; never less
    /// than what the server asked for with `retry_after_ms`, of which up to [`RETRY_AFTER_MAX_MS`] is honoured, and
    /// then spread over a quarter more, so that a fleet does not come back at once.
    pub fn after_failure(&mut self, retry_after_ms: Option<u64>, rng: &mut impl Rng) -> u64 {
        let doubled = RETRY_DELAY_MIN_MS.saturating_mul(1 << self.failures.min(20));
        let delay = doubled.min(RETRY_DELAY_MAX_MS);
        self.failures = self.failures.saturating_add(1);
        let jittered = rng.random_range(delay / 2..=delay);
        match retry_after_ms.map(|asked| asked.min(RETRY_AFTER_MAX_MS)) {
            Some(asked) if asked > 0 => jittered.max(rng.random_range(asked..=asked + asked / 4)),
            _ => jittered,
        }
    }

    /// Starts over: after a success, when somebody asks for a sync, or when the link came back.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }

    /// How many attempts have failed in a row.
    pub const fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour_and_no_two_devices_wait_alike() {
        let waits = |seed| {
            let (mut backoff, mut rng) = (Backoff::new(), StdRng::seed_from_u64(seed));
            (0..100).map(|_| backoff.after_failure(None, &mut rng)).collect::<Vec<_>>()
        };

        let (one, other) = (waits(1), waits(2));

        assert_ne!(one, other);
        for (attempt, wait) in one.iter().enumerate() {
            let full = RETRY_DELAY_MIN_MS.saturating_mul(1 << attempt.min(20)).min(RETRY_DELAY_MAX_MS);
            assert!((full / 2..=full).contains(wait), "attempt {attempt} waits {wait}");
        }
    }

    #[test]
    fn a_server_that_asks_for_a_pause_gets_it_within_a_day() {
        let mut rng = StdRng::seed_from_u64(1);

        for _ in 0..100 {
            let wait = Backoff::new().after_failure(Some(60_000), &mut rng);
            assert!((60_000..=75_000).contains(&wait), "{wait}");
            let capped = Backoff::new().after_failure(Some(u64::MAX), &mut rng);
            assert!((RETRY_AFTER_MAX_MS..=RETRY_AFTER_MAX_MS / 4 * 5).contains(&capped), "{capped}");
        }
    }

    #[test]
    fn a_request_by_hand_starts_the_schedule_over() {
        let (mut backoff, mut rng) = (Backoff::new(), StdRng::seed_from_u64(1));
        (0..10).for_each(|_| _ = backoff.after_failure(None, &mut rng));

        backoff.reset();

        assert!(backoff.after_failure(None, &mut rng) <= RETRY_DELAY_MIN_MS);
    }
}
