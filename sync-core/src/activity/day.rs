//! Which day a record counts for.
//!
//! The server indexes its rows with the same functions, so that a page never asks for the wrong ones.

use crate::codes::{ReferralStatus, ShiftType};
use crate::record::{Encounter, Referral, Shift};
use crate::time::{OperationalDay, ServiceZone, UnixMillis};

/// The day of a shift: the one on its record, which the device derived from the planned start, so that old records
/// never move when time-zone data change; otherwise the local date of its planned start, or of its start.
pub fn shift_day(shift: &Shift, zone: &ServiceZone) -> Option<OperationalDay> {
    let from_start = || shift.planned_start.or(shift.started_at).and_then(|start| zone.day_of(start));
    shift.operational_day.or_else(from_start)
}

/// The day of an encounter: its shift's. Without a shift, from noon to noon for a `night` unit, otherwise the local
/// date. `None` when neither its shift nor its time tells.
pub fn encounter_day(
    encounter: &Encounter,
    shift: Option<&Shift>,
    night: bool,
    zone: &ServiceZone,
) -> Option<OperationalDay> {
    let by_shift = shift.and_then(|shift| shift_day(shift, zone));
    by_shift.or_else(|| instant_day(encounter_time(encounter)?, night, zone))
}

/// When an encounter took place, or else when it was written down.
pub fn encounter_time(encounter: &Encounter) -> Option<UnixMillis> {
    encounter.occurred_at.or(encounter.recorded_at)
}

/// The day of something that happened at `at` outside any tour.
pub fn instant_day(at: UnixMillis, night: bool, zone: &ServiceZone) -> Option<OperationalDay> {
    if night { zone.night_day_of(at) } else { zone.day_of(at) }
}

/// The day of something that happened at `at` and came out of an encounter: the tour's day while the tour lasted,
/// so that a night keeps what it did past midnight; afterwards as without a tour.
///
/// A tour without an end lasts until noon of the day after.
pub fn event_day(at: UnixMillis, shift: Option<&Shift>, night: bool, zone: &ServiceZone) -> Option<OperationalDay> {
    let during = |shift: &Shift| {
        let day = shift_day(shift, zone)?;
        let start = shift.started_at.or(shift.planned_start)?;
        let end = shift.ended_at.or_else(|| zone.noon_of(day.next()))?;
        (start <= at && at <= end).then_some(day)
    };
    shift.and_then(during).or_else(|| instant_day(at, night, zone))
}

/// The day a referral was made: that of its first `sent` event or, when the van took the person along, that of the
/// encounter, whichever is earlier. `None` for one that was neither sent nor accompanied.
pub fn referral_day(
    referral: &Referral,
    encounter_day: Option<OperationalDay>,
    shift: Option<&Shift>,
    night: bool,
    zone: &ServiceZone,
) -> Option<OperationalDay> {
    let sent = |event: &&crate::record::StatusEvent| event.status == Some(ReferralStatus::Sent);
    let sent_at = referral.status_events.values().filter(sent).filter_map(|event| event.at).min();
    let sent_on = sent_at.and_then(|at| event_day(at, shift, night, zone));
    let accompanied_on = encounter_day.filter(|_| referral.accompanied == Some(true));
    [sent_on, accompanied_on].into_iter().flatten().min()
}

/// Whether a day's figures may hold a referral: it was made on the day, or one of its events took place on it.
pub fn is_referral_of(
    day: OperationalDay,
    referral: &Referral,
    encounter_day: Option<OperationalDay>,
    shift: Option<&Shift>,
    night: bool,
    zone: &ServiceZone,
) -> bool {
    let on = |at| event_day(at, shift, night, zone);
    referral_day(referral, encounter_day, shift, night, zone) == Some(day)
        || referral.status_events.values().any(|event| event.at.and_then(on) == Some(day))
}

/// Whether a tour is one of the night: it says so, or it says nothing against it and starts at 18:00 or later, or
/// before 05:00.
pub fn is_night_tour(shift: &Shift, zone: &ServiceZone) -> bool {
    match shift.shift_type {
        Some(ShiftType::Night) => true,
        Some(ShiftType::Day) => false,
        _ => {
            let start = shift.planned_start.or(shift.started_at).and_then(|start| zone.local(start));
            start.is_some_and(|start| start.hour() >= 18 || start.hour() < 5)
        }
    }
}
