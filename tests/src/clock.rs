//! The clock of a van's device: right, wrong by so much, or set to a moment that is played.
//!
//! It stands in for the device's clock only. The server's is always the system's.

use std::sync::{Mutex, PoisonError};

use jisr_client_sdk::clock::{Clock, SystemClock};
use jisr_sync_core::time::UnixMillis;

/// What the clock shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Shows {
    #[default]
    Now,
    Ahead(i64),
    Moment(UnixMillis),
}

/// A clock that can be set.
#[derive(Debug, Default)]
pub struct VanClock(Mutex<Shows>);

impl VanClock {
    /// Makes it stand still at `moment`.
    pub fn set(&self, moment: UnixMillis) {
        self.show(Shows::Moment(moment));
    }

    /// Makes it run with the system's.
    pub fn set_right(&self) {
        self.show(Shows::Now);
    }

    /// Makes it run so many milliseconds ahead of the system's; behind it when negative.
    pub fn set_ahead(&self, millis: i64) {
        self.show(Shows::Ahead(millis));
    }

    fn show(&self, shows: Shows) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = shows;
    }
}

impl Clock for VanClock {
    fn now(&self) -> UnixMillis {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Shows::Now => SystemClock.now(),
            Shows::Ahead(millis) => UnixMillis(SystemClock.now().0.saturating_add(millis)),
            Shows::Moment(moment) => moment,
        }
    }
}
