//! The browser's clock.

use jisr_client_sdk::clock::Clock;
use jisr_sync_core::time::UnixMillis;

/// The browser's clock.
#[derive(Debug, Clone, Copy)]
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> UnixMillis {
        // Whole milliseconds, far below 2^53.
        #[allow(clippy::cast_possible_truncation, reason = "no clock shows the year 287396")]
        UnixMillis(js_sys::Date::now() as i64)
    }
}
