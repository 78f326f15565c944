//! Indicators 1 to 4: tours, their hours, their kilometres, and what is odd about them.
//!
//! Durations are differences of UTC instants: a tour over a clock change lasts as long as it lasted.

use std::collections::BTreeMap;

use super::figures::{Hours, Kilometres, Tours};
use super::input::DayInput;
use super::output::ReviewItem;
use super::scope::Scope;
use super::select::{Day, Tour};
use crate::id::StaffId;
use crate::record::Shift;
use crate::time::UnixMillis;

/// More than this between two odometer readings of one tour is a slip of the pen, in kilometres.
pub const KILOMETRES_MAX: u32 = 600;

/// A tour longer than this is looked at, in milliseconds: 18 hours.
pub const TOUR_MS_MAX: u64 = 18 * 3_600_000;

/// A tour longer than this is not measured: a clock or a hand was wrong. In milliseconds: 48 hours.
pub const SPAN_MS_MAX: u64 = 48 * 3_600_000;

/// How long a tour lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// It did not start.
    NotStarted,
    /// It ends before it starts.
    Backwards,
    /// From one instant to another.
    Lasted { from: i64, to: i64 },
    /// Still open, counted to the time of computing, at most to noon of the next day.
    Open { from: i64, to: i64, overdue: bool },
}

impl Span {
    pub fn of(shift: &Shift, input: &DayInput) -> Self {
        let Some(UnixMillis(from)) = shift.started_at else { return Self::NotStarted };
        if let Some(UnixMillis(to)) = shift.ended_at {
            return if to < from { Self::Backwards } else { Self::Lasted { from, to } };
        }
        let noon = input.zone.noon_of(input.day.next()).unwrap_or(input.as_of);
        let to = input.as_of.min(noon).0.max(from);
        Self::Open { from, to, overdue: input.as_of > noon }
    }

    const fn ends(self) -> Option<(i64, i64)> {
        match self {
            Self::NotStarted | Self::Backwards => None,
            Self::Lasted { from, to } | Self::Open { from, to, .. } => Some((from, to)),
        }
    }

    /// What is measured: nothing of a tour that did not start, ends before it starts, or is beyond [`SPAN_MS_MAX`].
    fn interval(self) -> Option<(i64, i64)> {
        self.ends().filter(|(from, to)| to.abs_diff(*from) <= SPAN_MS_MAX)
    }

    fn is_unmeasured(self) -> bool {
        self != Self::NotStarted && self.interval().is_none()
    }

    const fn is_open(self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

impl Tour<'_> {
    /// The vehicle: by its alias, otherwise the one its unit goes out with.
    fn vehicle(&self) -> (usize, Option<&str>) {
        (self.unit, self.row.record.vehicle.as_deref())
    }

    /// Opened as a record, and neither started, ended nor given up.
    pub fn waits_to_start(&self) -> bool {
        let shift = &self.row.record;
        shift.started_at.is_none() && shift.ended_at.is_none() && shift.cancelled.is_none()
    }
}

/// Indicator 1.
pub(super) fn tours(scope: &Scope<'_>) -> Tours {
    let mut tours = Tours::default();
    for tour in &scope.tours {
        let shift = &tour.row.record;
        let started = shift.started_at.is_some();
        tours.planned += u64::from(tour.plan.is_some() || shift.planned_start.is_some());
        tours.made += u64::from(started);
        tours.open += u64::from(tour.span.is_open());
        tours.not_opened += u64::from(tour.waits_to_start());
        tours.broken_off += u64::from(started && shift.cancelled.is_some());
        if let (Some(reason), false) = (&shift.cancelled, started) {
            tours.cancelled += 1;
            *tours.cancelled_by_reason.entry(reason.clone()).or_default() += 1;
        }
    }
    for unopened in &scope.unopened {
        tours.planned += 1;
        if let Some(reason) = &unopened.plan.cancelled {
            tours.cancelled += 1;
            *tours.cancelled_by_reason.entry(reason.clone()).or_default() += 1;
        } else {
            tours.not_opened += 1;
        }
    }
    tours
}

/// Indicator 2: what overlaps on one vehicle counts once.
pub(super) fn tour_hours(scope: &Scope<'_>) -> Hours {
    let mut hours = Hours::default();
    let mut by_vehicle: BTreeMap<_, Vec<(i64, i64)>> = BTreeMap::new();
    for tour in &scope.tours {
        hours.open_tours += u64::from(tour.span.is_open());
        hours.unmeasured_tours += u64::from(tour.span.is_unmeasured());
        by_vehicle.entry(tour.vehicle()).or_default().extend(tour.span.interval());
    }
    hours.milliseconds = by_vehicle.into_values().map(covered).fold(0, u64::saturating_add);
    hours
}

/// Indicator 3: what overlaps for one member of staff counts once.
pub(super) fn staff_hours(scope: &Scope<'_>) -> Hours {
    let mut hours = Hours::default();
    let mut by_staff: BTreeMap<&StaffId, Vec<(i64, i64)>> = BTreeMap::new();
    for tour in &scope.tours {
        let crew = &tour.row.record.crew;
        let made = tour.span != Span::NotStarted;
        hours.open_tours += u64::from(tour.span.is_open());
        hours.unmeasured_tours += u64::from(made && (crew.is_empty() || tour.span.is_unmeasured()));
        for staff in crew.keys() {
            by_staff.entry(staff).or_default().extend(tour.span.interval());
        }
    }
    hours.milliseconds = by_staff.into_values().map(covered).fold(0, u64::saturating_add);
    hours
}

/// How much time the intervals cover together.
fn covered(mut intervals: Vec<(i64, i64)>) -> u64 {
    intervals.sort_unstable();
    let mut total = 0;
    let mut covered_to = i64::MIN;
    for (from, to) in intervals {
        let from = from.max(covered_to);
        if to > from {
            total = u64::saturating_add(total, to.abs_diff(from));
        }
        covered_to = covered_to.max(to);
    }
    total
}

/// Indicator 4.
pub(super) fn kilometres(scope: &Scope<'_>) -> Kilometres {
    let mut sum = Kilometres::default();
    for tour in scope.tours.iter().filter(|tour| tour.row.record.started_at.is_some()) {
        match distance(&tour.row.record) {
            Some(Ok(kilometres)) => sum.kilometres += u64::from(kilometres),
            Some(Err(Implausible)) | None => sum.tours_without += 1,
        }
    }
    sum
}

struct Implausible;

/// The kilometres of a tour; `None` when a reading is missing.
fn distance(shift: &Shift) -> Option<Result<u32, Implausible>> {
    let (start, end) = (shift.odometer_start?, shift.odometer_end?);
    Some(end.checked_sub(start).filter(|km| *km <= KILOMETRES_MAX).ok_or(Implausible))
}

/// What is odd about the day's tours.
pub(super) fn review(day: &Day<'_>) -> Vec<ReviewItem> {
    let mut items = Vec::new();
    for tour in &day.tours {
        let shift = tour.row.id;
        match tour.span {
            Span::Backwards => items.push(ReviewItem::ShiftEndsBeforeStart { shift }),
            Span::Open { overdue: true, .. } => items.push(ReviewItem::ShiftNotClosed { shift }),
            _ => {}
        }
        if tour.span.ends().is_some_and(|(from, to)| to.abs_diff(from) > TOUR_MS_MAX) {
            items.push(ReviewItem::ShiftTooLong { shift });
        }
        if let Some(Err(Implausible)) = distance(&tour.row.record) {
            items.push(ReviewItem::KilometresImplausible { shift });
        }
    }
    items.extend(staff_on_two_vehicles(day));
    items
}

fn staff_on_two_vehicles(day: &Day<'_>) -> Vec<ReviewItem> {
    let mut by_staff: BTreeMap<&StaffId, Vec<&Tour<'_>>> = BTreeMap::new();
    for tour in &day.tours {
        for staff in tour.row.record.crew.keys() {
            by_staff.entry(staff).or_default().push(tour);
        }
    }
    let mut items = Vec::new();
    for (staff, tours) in by_staff {
        for (index, one) in tours.iter().enumerate() {
            for other in tours.iter().skip(index + 1).filter(|other| one.vehicle() != other.vehicle()) {
                if overlap(one.span, other.span) {
                    let shifts = (one.row.id.min(other.row.id), one.row.id.max(other.row.id));
                    items.push(ReviewItem::StaffOnTwoVehicles { staff: staff.clone(), shifts });
                }
            }
        }
    }
    items
}

fn overlap(one: Span, other: Span) -> bool {
    let both = one.interval().zip(other.interval());
    both.is_some_and(|((a_from, a_to), (b_from, b_to))| a_from < b_to && b_from < a_to)
}
