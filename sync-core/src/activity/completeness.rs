//! Which units are in, which are missing and why, and what still waits on phones.
//!
//! What is not known is said to be unknown, never taken to be zero: a device that has not said how much waits on it
//! keeps its unit out, as does a record that is here and counts nowhere, and a unit with no tour planned is neither in
//! nor missing.

use super::input::DeviceMark;
use super::output::{
    ClockSuspect, Completeness, CompletenessState, Freshness, MissingReason, SilentDevice, UnitStatus,
};
use super::select::{Day, Tour, UnitIndex};
use crate::time::UnixMillis;

/// A device without a sign of life for longer than this before the day is not waited for, in milliseconds: 14 days.
pub const ACTIVE_WITHIN_MS: i64 = 14 * 24 * 3_600_000;

/// A clock farther off than this is suspect, in milliseconds: five minutes.
pub const CLOCK_SKEW_MS_MAX: u64 = 5 * 60_000;

/// Whether the unit is in.
pub(super) fn unit_status(day: &Day<'_>, unit: UnitIndex) -> UnitStatus {
    let tours: Vec<&Tour<'_>> = day.tours.iter().filter(|tour| tour.unit == unit).collect();
    let planned = day.unopened.iter().any(|plan| plan.unit == unit);
    let uncounted = uncounted_reasons(day, unit);
    if tours.is_empty() && !planned && uncounted.is_empty() {
        return UnitStatus::NoTourPlanned;
    }
    let mut reasons = unfinished(day, unit, &tours);
    reasons.extend(device_reasons(day, unit, &tours));
    reasons.extend(uncounted);
    reasons.sort();
    if reasons.is_empty() { UnitStatus::In } else { UnitStatus::Missing { reasons } }
}

/// Records that are here and counted nowhere.
fn uncounted_reasons(day: &Day<'_>, unit: UnitIndex) -> Vec<MissingReason> {
    let Some(uncounted) = day.input.uncounted.get(&day.units[unit].unit) else { return Vec::new() };
    let aside = (uncounted.set_aside > 0).then_some(MissingReason::SetAside { records: uncounted.set_aside });
    let unreadable = (uncounted.unreadable > 0).then_some(MissingReason::Unreadable { records: uncounted.unreadable });
    aside.into_iter().chain(unreadable).collect()
}

/// Tours that are still to be opened or ended.
fn unfinished(day: &Day<'_>, unit: UnitIndex, tours: &[&Tour<'_>]) -> Vec<MissingReason> {
    let to_open = |planned_start: UnixMillis| {
        if day.input.as_of < planned_start {
            MissingReason::NotYetDue { planned_start }
        } else {
            MissingReason::NotOpened { planned_start }
        }
    };
    let mut reasons = Vec::new();
    for unopened in day.unopened.iter().filter(|plan| plan.unit == unit && plan.plan.cancelled.is_none()) {
        reasons.push(to_open(unopened.plan.starts));
    }
    for tour in tours {
        let shift = &tour.row.record;
        match (tour.planned_start(), is_over(tour)) {
            (_, true) => {}
            (Some(planned), false) if tour.waits_to_start() => reasons.push(to_open(planned)),
            (_, false) => reasons.push(MissingReason::ShiftOpen { shift: tour.row.id, since: shift.started_at }),
        }
    }
    reasons
}

/// Ended or given up.
fn is_over(tour: &Tour<'_>) -> bool {
    tour.row.record.ended_at.is_some() || tour.row.record.cancelled.is_some()
}

impl Tour<'_> {
    fn planned_start(&self) -> Option<UnixMillis> {
        self.row.record.planned_start.or(self.plan.map(|plan| plan.starts))
    }

    /// From when on a contact can have brought all of it; `None` while it is not over.
    ///
    /// A suspect clock's word is not taken for the end: the plan's is, or else the time at which the server heard.
    fn over_at(&self) -> Option<UnixMillis> {
        let shift = &self.row.record;
        let planned_end = self.plan.map(|plan| plan.ends).or(shift.planned_end);
        match (shift.ended_at, &shift.cancelled) {
            (Some(_), _) if self.row.clock_suspect => planned_end.or(self.row.received_at).or(shift.ended_at),
            (Some(ended), _) => Some(ended),
            (None, Some(_)) => shift.closed_at.or(self.planned_start()).or(Some(UnixMillis(i64::MIN))),
            (None, None) => None,
        }
    }
}

/// Whether the day is still to begin.
fn is_ahead(day: &Day<'_>) -> bool {
    day.input.zone.start_of(day.input.day).is_some_and(|start| day.input.as_of < start)
}

/// What the unit's devices still hold, or may hold.
fn device_reasons(day: &Day<'_>, unit: UnitIndex, tours: &[&Tour<'_>]) -> Vec<MissingReason> {
    // A day to come can only hold what a wrong clock dated so: that is waited for once a tour of it was made.
    if is_ahead(day) && tours.iter().all(|tour| tour.waits_to_start()) {
        return Vec::new();
    }
    let over = tours.iter().filter_map(|tour| tour.over_at()).max();
    let made_and_over = tours.iter().any(|tour| tour.row.record.ended_at.is_some());
    let mut reasons = Vec::new();
    let mut expected = 0;
    for mark in devices(day, unit).filter(|mark| is_active(day, mark)) {
        let too_new = |over: UnixMillis| mark.enrolled_at.is_some_and(|enrolled| enrolled > over);
        // A device keeps what it recorded before it was enrolled, so one that opened a tour holds that tour.
        let opened_one = tours.iter().any(|tour| tour.row.record.device == Some(mark.device));
        if over.is_some_and(too_new) && !opened_one {
            continue;
        }
        expected += 1;
        let device = mark.device;
        let heard_since = over.is_none_or(|over| mark.last_contact.is_some_and(|contact| contact >= over));
        if !heard_since {
            reasons.push(MissingReason::NoContact { device, since: mark.last_contact });
        }
        match mark.waiting {
            Some(0) => {}
            Some(records) => reasons.push(MissingReason::Waiting { device, records }),
            None if over.is_some() => reasons.push(MissingReason::WaitingUnknown { device }),
            None => {}
        }
    }
    if expected == 0 && made_and_over {
        reasons.push(MissingReason::NoDeviceKnown);
    }
    reasons
}

fn devices<'a>(day: &'a Day<'_>, unit: UnitIndex) -> impl Iterator<Item = &'a DeviceMark> {
    let id = &day.units[unit].unit;
    day.input.devices.iter().filter(move |mark| mark.unit == *id)
}

/// Whether the device has given a sign of life since two weeks before the day.
fn is_active(day: &Day<'_>, mark: &DeviceMark) -> bool {
    let sign = mark.last_contact.max(mark.last_active).max(mark.enrolled_at);
    let since = day.input.zone.start_of(day.input.day).map(|start| start.0.saturating_sub(ACTIVE_WITHIN_MS));
    sign.map(|sign| sign.0) >= since
}

/// How fresh what is known of a unit is.
pub(super) fn freshness(day: &Day<'_>, unit: UnitIndex) -> Freshness {
    Freshness {
        last_contact: devices(day, unit).filter_map(|mark| mark.last_contact).max(),
        waiting: waiting(devices(day, unit)),
        devices_not_saying: not_saying(day, devices(day, unit)),
        on_duty: on_duty(day, unit),
    }
}

/// Whether `as_of` lies within one of the unit's tours of the day. A tour that says no end lasts as planned, or else
/// until noon of the next day, as everywhere.
fn on_duty(day: &Day<'_>, unit: UnitIndex) -> bool {
    let noon = day.input.zone.noon_of(day.input.day.next());
    let within = |from: Option<UnixMillis>, to: Option<UnixMillis>| {
        from.is_some_and(|from| from <= day.input.as_of) && to.is_none_or(|to| day.input.as_of < to)
    };
    let made = day.tours.iter().filter(|tour| tour.unit == unit && tour.row.record.cancelled.is_none()).any(|tour| {
        let shift = &tour.row.record;
        let planned_end = tour.plan.map(|plan| plan.ends).or(shift.planned_end);
        within(shift.started_at.or(tour.planned_start()), shift.ended_at.or(planned_end).or(noon))
    });
    let mut unopened = day.unopened.iter().filter(|plan| plan.unit == unit && plan.plan.cancelled.is_none());
    made || unopened.any(|plan| within(Some(plan.plan.starts), Some(plan.plan.ends)))
}

/// What the devices declared together; `None` when none has said.
fn waiting<'a>(devices: impl Iterator<Item = &'a DeviceMark>) -> Option<u64> {
    devices.filter_map(|mark| mark.waiting).fold(None, |sum, waiting| Some(sum.unwrap_or(0).saturating_add(waiting)))
}

fn not_saying<'a>(day: &Day<'_>, devices: impl Iterator<Item = &'a DeviceMark>) -> u64 {
    devices.filter(|mark| mark.waiting.is_none() && is_active(day, mark)).count() as u64
}

/// The territory's completeness, from its units' states in their order.
pub(super) fn completeness(day: &Day<'_>, states: &[UnitStatus]) -> Completeness {
    let of = |which: &dyn Fn(&UnitStatus) -> bool| {
        let picked = day.units.iter().zip(states).filter(|(_, state)| which(state));
        picked.map(|(facts, _)| facts.unit.clone()).collect::<Vec<_>>()
    };
    let missing = of(&|state| matches!(state, UnitStatus::Missing { .. }));
    let no_tour_planned = of(&|state| *state == UnitStatus::NoTourPlanned);
    let expected = (states.len() - no_tour_planned.len()) as u64;
    let state = match (expected, missing.len()) {
        (0, _) => CompletenessState::NothingExpected,
        (_, 0) => CompletenessState::Complete,
        _ => CompletenessState::Incomplete,
    };
    let mut marks: Vec<&DeviceMark> =
        day.input.devices.iter().filter(|mark| day.unit_of(&mark.unit).is_some()).collect();
    marks.sort_by_key(|mark| (mark.device, &mark.unit));
    Completeness {
        state,
        expected,
        reported: expected - missing.len() as u64,
        missing,
        no_tour_planned,
        ahead: is_ahead(day),
        waiting: waiting(marks.iter().copied()),
        devices_not_saying: not_saying(day, marks.iter().copied()),
        silent_devices: marks.iter().filter(|mark| !is_active(day, mark)).map(|mark| silent(mark)).collect(),
        clock_suspects: marks.iter().filter_map(|mark| clock_suspect(mark)).collect(),
    }
}

fn silent(mark: &DeviceMark) -> SilentDevice {
    SilentDevice { device: mark.device, unit: mark.unit.clone(), last_contact: mark.last_contact }
}

fn clock_suspect(mark: &DeviceMark) -> Option<ClockSuspect> {
    let ahead_ms = mark.clock_ahead_ms.filter(|ahead| ahead.unsigned_abs() > CLOCK_SKEW_MS_MAX)?;
    Some(ClockSuspect { device: mark.device, unit: mark.unit.clone(), ahead_ms })
}
