//! When to try: decides without a clock, a timer or a network.
//!
//! After every `handle_*`, call [`Engine::poll_action`] and, when it gives nothing, wait for
//! [`Engine::poll_timeout`]; [`Engine::progress`] is what to store.
//!
//! ```text
//!   a change is made ──▶ soon ─┐                     ┌─ well ──▶ after the interval (longer with nothing waiting)
//!   "sync now" ──────▶ at once ┼─▶ an exchange runs ─┤
//!   the time has come ─────────┘                     └─ not ───▶ after a delay that grows, with jitter
//! ```
//!
//! **Never here:** a clock (time is an argument), the network, the store.

use std::time::Duration;

use jisr_sync_core::sync::Backoff;
use jisr_sync_core::time::UnixMillis;
use rand::{Rng, RngExt};

use crate::error::Error;
use crate::store::{LastError, Progress};

/// How soon after a change the server is called: long enough for a form's last fields to go along.
pub const SETTLE_DELAY: Duration = Duration::from_secs(2);

/// How much longer the interval is while nothing waits.
pub const IDLE_FACTOR: u32 = 15;

/// The most an idle device adds to its interval, in milliseconds, so that a fleet does not call at once.
const SPREAD_MS_MAX: u64 = 10_000;

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Run one exchange, then say how it ended.
    Exchange,
}

/// Decides when an exchange runs.
#[derive(Debug, Clone)]
pub struct Engine {
    progress: Progress,
    /// `None`: only when somebody asks.
    interval: Option<Duration>,
    running: bool,
    wanted: bool,
    possible: bool,
}

impl Engine {
    /// An engine that goes on from `progress`. With no `interval` it tries only when asked; `possible` says whether
    /// the device is enrolled.
    pub fn new(progress: Progress, interval: Option<Duration>, possible: bool) -> Self {
        Self { progress, interval, running: false, wanted: false, possible }
    }

    /// How syncing has gone so far, for the store.
    pub const fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Whether an exchange is under way.
    pub const fn is_running(&self) -> bool {
        self.running
    }

    /// The device was enrolled, or is enrolled no more.
    pub fn handle_enrolled(&mut self, enrolled: bool, now: UnixMillis) {
        self.possible = enrolled;
        self.progress.failures = 0;
        self.progress.next_attempt = (enrolled && self.interval.is_some()).then_some(now);
    }

    /// A change was made. It is sent soon, but a growing delay after failures is not cut short by it.
    pub fn handle_local_change(&mut self, now: UnixMillis) {
        if self.interval.is_none() || self.progress.failures > 0 {
            return;
        }
        let soon = after(now, SETTLE_DELAY);
        self.progress.next_attempt = Some(self.progress.next_attempt.map_or(soon, |planned| planned.min(soon)));
    }

    /// Somebody asked: the next [`Engine::poll_action`] tries, whatever failed before, paused or not.
    pub fn handle_sync_now(&mut self) {
        self.wanted = true;
    }

    /// An exchange has begun.
    pub fn handle_started(&mut self) {
        self.running = true;
        self.wanted = false;
    }

    /// The exchange has ended: well, and then whether the server has more, or with an error. `waiting` says whether
    /// changes were made meanwhile. The delay until the next try is drawn from `rng`.
    pub fn handle_ended(&mut self, now: UnixMillis, ended: Result<bool, &Error>, waiting: bool, rng: &mut impl Rng) {
        match ended {
            Ok(more) => {
                let spread = Duration::from_millis(rng.random_range(0..SPREAD_MS_MAX));
                self.handle_succeeded(now, waiting, more, spread);
            }
            Err(error) => {
                let asked = match error {
                    Error::RetryAfter(delay) => u64::try_from(delay.as_millis()).ok(),
                    _ => None,
                };
                let delay = Backoff::after(self.progress.failures).after_failure(asked, rng);
                self.handle_failed(now, error.code(), Duration::from_millis(delay));
                self.handle_possible(!matches!(error, Error::Revoked));
            }
        }
    }

    /// Whether an exchange can succeed at all: not before enrolment, not after revocation.
    pub fn handle_possible(&mut self, possible: bool) {
        self.possible &= possible;
    }

    /// An exchange ended well; `waiting` says whether changes were made meanwhile, `more` whether the server has more.
    /// `spread` is added to a long interval, so that a fleet does not call at once.
    pub fn handle_succeeded(&mut self, now: UnixMillis, waiting: bool, more: bool, spread: Duration) {
        self.running = false;
        self.possible = true;
        self.progress.failures = 0;
        self.progress.last_error = None;
        self.progress.last_success = Some(now);
        self.progress.next_attempt = self.interval.map(|interval| match (more, waiting) {
            (true, _) => now,
            (false, true) => after(now, SETTLE_DELAY),
            (false, false) => after(now, interval * IDLE_FACTOR + spread),
        });
    }

    /// An exchange failed. `retry_delay` is what the server asked for, or else the delay drawn for
    /// `progress().failures + 1` failures.
    pub fn handle_failed(&mut self, now: UnixMillis, code: &str, retry_delay: Duration) {
        self.running = false;
        self.progress.failures = self.progress.failures.saturating_add(1);
        self.progress.last_error = Some(LastError::new(code, now));
        self.progress.next_attempt = self.interval.map(|_| after(now, retry_delay));
    }

    /// Somebody paused sending, or resumed it.
    pub fn handle_paused(&mut self, paused: bool, now: UnixMillis) {
        self.progress.paused = paused;
        if !paused && self.interval.is_some() {
            self.progress.failures = 0;
            self.progress.next_attempt = Some(now);
        }
    }

    /// What to do now, or `None`. Its answer changes with each `handle_*` and when [`Engine::poll_timeout`] is over.
    pub fn poll_action(&self, now: UnixMillis) -> Option<Action> {
        if self.running || !self.possible {
            return None;
        }
        let due = self.poll_timeout(now).is_some_and(|wait| wait.is_zero());
        (self.wanted || due).then_some(Action::Exchange)
    }

    /// How long to wait before asking again; `None` until something happens.
    ///
    /// Never longer than the longest interval, so that a clock that is set back does not silence the device.
    pub fn poll_timeout(&self, now: UnixMillis) -> Option<Duration> {
        if self.running || !self.possible {
            return None;
        }
        if self.wanted {
            return Some(Duration::ZERO);
        }
        if self.progress.paused {
            return None;
        }
        let longest = self.interval? * IDLE_FACTOR;
        let planned = self.progress.next_attempt.unwrap_or(now);
        let millis = u64::try_from(planned.0.saturating_sub(now.0)).unwrap_or(0);
        Some(Duration::from_millis(millis).min(longest))
    }
}

fn after(now: UnixMillis, delay: Duration) -> UnixMillis {
    UnixMillis(now.0.saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

    fn idle() -> Engine {
        let mut engine = Engine::new(Progress::default(), Some(MINUTE), true);
        engine.handle_started();
        engine.handle_succeeded(NOW, false, false, Duration::ZERO);
        engine
    }

    #[test]
    fn a_change_is_sent_soon_and_an_idle_device_calls_rarely() {
        let mut engine = idle();
        assert_eq!(engine.poll_timeout(NOW), Some(MINUTE * IDLE_FACTOR));

        engine.handle_local_change(NOW);

        assert_eq!(engine.poll_timeout(NOW), Some(SETTLE_DELAY));
        assert_eq!(engine.poll_action(NOW), None);
        assert_eq!(engine.poll_action(after(NOW, SETTLE_DELAY)), Some(Action::Exchange));
    }

    #[test]
    fn a_failure_keeps_the_last_success_and_its_delay_is_not_cut_short_by_a_change() {
        let mut engine = idle();
        engine.handle_started();
        engine.handle_failed(after(NOW, MINUTE), "offline", Duration::from_secs(90));
        engine.handle_local_change(after(NOW, MINUTE));

        assert_eq!(engine.progress().last_success, Some(NOW));
        assert_eq!(engine.progress().failures, 1);
        assert_eq!(engine.poll_timeout(after(NOW, MINUTE)), Some(Duration::from_secs(90)));
    }

    #[test]
    fn sync_now_always_tries() {
        let mut engine = idle();
        engine.handle_paused(true, NOW);
        engine.handle_started();
        engine.handle_failed(NOW, "offline", Duration::from_secs(900));
        assert_eq!(engine.poll_action(NOW), None);

        engine.handle_sync_now();

        assert_eq!(engine.poll_action(NOW), Some(Action::Exchange));
    }

    #[test]
    fn nothing_starts_twice_and_nothing_starts_before_enrolment() {
        let mut engine = Engine::new(Progress::default(), Some(MINUTE), false);
        engine.handle_sync_now();
        assert_eq!(engine.poll_action(NOW), None);

        engine.handle_enrolled(true, NOW);
        assert_eq!(engine.poll_action(NOW), Some(Action::Exchange));

        engine.handle_started();
        engine.handle_sync_now();
        assert_eq!(engine.poll_action(NOW), None);
        assert_eq!(engine.poll_timeout(NOW), None);
    }

    #[test]
    fn a_clock_set_back_by_years_does_not_silence_the_device() {
        let engine = idle();

        let years_ago = UnixMillis(NOW.0 - 400_000_000_000);

        assert_eq!(engine.poll_timeout(years_ago), Some(MINUTE * IDLE_FACTOR));
    }

    #[test]
    fn a_pause_holds_automatic_tries_until_it_is_lifted() {
        let mut engine = idle();
        engine.handle_paused(true, NOW);
        engine.handle_local_change(NOW);
        assert_eq!(engine.poll_timeout(NOW), None);

        engine.handle_paused(false, NOW);

        assert_eq!(engine.poll_action(NOW), Some(Action::Exchange));
    }

    #[test]
    fn without_an_interval_only_a_request_starts_an_exchange() {
        let mut engine = Engine::new(Progress::default(), None, true);
        engine.handle_local_change(NOW);
        assert_eq!(engine.poll_timeout(NOW), None);

        engine.handle_sync_now();
        assert_eq!(engine.poll_action(NOW), Some(Action::Exchange));
    }
}
