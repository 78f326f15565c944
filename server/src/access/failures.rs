//! Failures that are counted by whom they are laid to, and forgiven one by one as time passes.
//!
//! A try is counted when it begins, as if it had failed: many at once get no further than the same one after another.
//! One that succeeds is given back, or clears the count. The library that limits requests can do neither.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Counts by key. In memory only.
pub(super) struct Failures<K> {
    /// So many at once.
    burst: u32,
    /// One is forgiven every so often.
    forgiven_every: Duration,
    counts: Mutex<HashMap<K, Count>>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    failed: u32,
    /// From when on the time counts towards the next that is forgiven.
    since: Instant,
}

impl Count {
    fn at(self, now: Instant, forgiven_every: Duration) -> Self {
        let passed = now.saturating_duration_since(self.since).as_nanos() / forgiven_every.as_nanos().max(1);
        let forgiven = u32::try_from(passed).unwrap_or(u32::MAX).min(self.failed);
        Self { failed: self.failed - forgiven, since: self.since + forgiven_every * forgiven }
    }
}

impl<K: Eq + Hash> Failures<K> {
    pub fn new(burst: u32, forgiven_every: Duration) -> Self {
        Self { burst, forgiven_every, counts: Mutex::default() }
    }

    /// Counts a try, or says how long to wait and counts nothing.
    pub fn count(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut counts = self.lock();
        let count = counts.entry(key).or_insert(Count { failed: 0, since: now });
        *count = count.at(now, self.forgiven_every);
        if count.failed >= self.burst {
            return Err((count.since + self.forgiven_every).saturating_duration_since(now));
        }
        if count.failed == 0 {
            count.since = now;
        }
        count.failed += 1;
        Ok(())
    }

    /// Takes one try back.
    pub fn give_back(&self, key: &K) {
        if let Some(count) = self.lock().get_mut(key) {
            count.failed = count.failed.saturating_sub(1);
        }
    }

    /// Forgives all.
    pub fn forgive(&self, key: &K) {
        self.lock().remove(key);
    }

    /// Drops the counts that say nothing any more.
    pub fn sweep(&self, now: Instant) {
        self.lock().retain(|_, count| count.at(now, self.forgiven_every).failed > 0);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn what_is_forgiven_comes_one_by_one_and_never_above_the_burst() {
        let (failures, start) = (Failures::new(2, MINUTE), Instant::now());
        let tries = |at: Instant| std::iter::from_fn(|| failures.count("a", at).ok()).count();

        assert_eq!(tries(start), 2);
        assert_eq!(failures.count("a", start + MINUTE / 4), Err(MINUTE * 3 / 4));
        assert_eq!(tries(start + MINUTE), 1);
        assert_eq!(tries(start + MINUTE * 3 / 2), 0, "half a minute is not lost and not doubled");
        assert_eq!(tries(start + MINUTE * 2), 1);
        assert_eq!(tries(start + MINUTE * 90), 2);
        assert_eq!(failures.count("b", start), Ok(()));
    }

    #[test]
    fn sweeping_keeps_what_still_counts_and_drops_the_rest() {
        let (failures, start) = (Failures::new(2, MINUTE), Instant::now());
        for key in ["once", "twice", "twice"] {
            failures.count(key, start).unwrap();
        }

        failures.sweep(start + MINUTE);

        assert_eq!(failures.lock().keys().collect::<Vec<_>>(), [&"twice"]);
    }
}
