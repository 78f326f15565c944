//! The time, as something that is passed in.
//!
//! **Never here:** waiting. Who waits uses the runtime's timers.

use jisr_sync_core::time::UnixMillis;

/// Tells the time. Tests pass one they set by hand.
pub trait Clock: Send + Sync + 'static {
    /// The wall-clock time now. It may be wrong, and may jump.
    fn now(&self) -> UnixMillis;
}

/// The system's clock.
#[cfg(feature = "native")]
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[cfg(feature = "native")]
impl Clock for SystemClock {
    fn now(&self) -> UnixMillis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // A clock before 1970 is shown as 1970: the server tells the device how wrong it is.
        UnixMillis(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// A clock that stands still until it is set.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Default)]
pub struct SetClock(std::sync::atomic::AtomicI64);

#[cfg(any(test, feature = "testing"))]
impl SetClock {
    /// A clock that shows `now`.
    pub fn at(now: UnixMillis) -> Self {
        Self(now.0.into())
    }

    /// Sets it.
    pub fn set(&self, now: UnixMillis) {
        self.0.store(now.0, std::sync::atomic::Ordering::SeqCst);
    }

    /// Moves it on by so many milliseconds.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, std::sync::atomic::Ordering::SeqCst);
    }
}

#[cfg(any(test, feature = "testing"))]
impl Clock for SetClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}
