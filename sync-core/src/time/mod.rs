//! Instants, offsets and the operational day, without a clock.
//!
//! Time is always an argument. Instants come from devices whose clocks may be wrong: order events by a document's
//! history, and show instants to people.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::serde_as_text;

mod zone;

pub use zone::{HourKind, ServiceZone, ZONE_NAME, ZoneMissing, tzdb_version};

/// A wall-clock time: milliseconds since the Unix epoch, UTC.
///
/// It comes from the device that made the record and may be wrong by days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

/// How far a device's local time was ahead of UTC when it wrote, in minutes. Negative west of Greenwich.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UtcOffset(pub i16);

/// The day a tour and all that happened on it count for: the local date on which the tour was planned to start.
///
/// A tour from 20:00 on the 14th to 04:30 on the 15th is all of the 14th. Written `2026-11-14`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationalDay(Date);

/// A text that is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a day: expected a date such as 2026-11-23")]
pub struct ParseDayError;

impl OperationalDay {
    /// The day that bears this date.
    pub const fn of(date: Date) -> Self {
        Self(date)
    }

    /// Its date.
    pub const fn date(self) -> Date {
        self.0
    }

    /// The day after, or itself on the last day a calendar date can express.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }

    /// The day before, or itself on the first day a calendar date can express.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.yesterday().unwrap_or(self.0))
    }
}

impl OperationalDay {
    /// The day so many days later, or the last day a calendar date can express.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(i64::from(days.min(DAYS_MAX)))))
    }

    /// How many days `self` is after `earlier`; negative when it is before.
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0.duration_since(earlier.0).as_hours() / 24
    }
}

/// More days than the calendar has.
const DAYS_MAX: u32 = 7_304_484;

impl fmt::Display for OperationalDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for OperationalDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OperationalDay({self})")
    }
}

impl FromStr for OperationalDay {
    type Err = ParseDayError;

    fn from_str(text: &str) -> Result<Self, ParseDayError> {
        let date: Date = text.parse().map_err(|_| ParseDayError)?;
        if date.to_string() == text { Ok(Self(date)) } else { Err(ParseDayError) }
    }
}

serde_as_text!(OperationalDay);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_round_trips_and_other_spellings_are_refused() {
        let day: OperationalDay = "2028-02-29".parse().unwrap();

        assert_eq!(day.to_string(), "2028-02-29");
        assert_eq!(day.next().to_string(), "2028-03-01");
        assert_eq!("20280229".parse::<OperationalDay>(), Err(ParseDayError));
        assert_eq!("2027-02-29".parse::<OperationalDay>(), Err(ParseDayError));
    }
}
