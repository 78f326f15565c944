//! What somebody should look at, with the statements that do not go together.
//!
//! The fold says which records are odd ([`ReviewItem`]); here stands what they say. Codes, numbers, days and instants
//! only: never a name or a note.

use jisr_sync_core::activity::{
    DailyActivity, DayInput, Likeness, PossibleDuplicate, ReviewItem, Row, encounter_time, is_final,
};
use jisr_sync_core::id::{DocumentId, StaffId};
use jisr_sync_core::record::{Encounter, Shift};
use serde_json::{Value, json};

use crate::ports::{Check, Statement};

/// Possible duplicates first, then the rest, as the fold orders them.
pub(super) fn checks(input: &DayInput, activity: &DailyActivity) -> Vec<Check> {
    let duplicates = activity.possible_duplicates.iter().map(|pair| duplicate(input, pair));
    duplicates.chain(activity.review.iter().map(|item| check(input, item))).collect()
}

fn said(record: DocumentId, field: &str, value: Value, by: Option<&StaffId>) -> Statement {
    Statement { record, field: field.to_owned(), value, by: by.cloned() }
}

fn row<R>(rows: &[Row<R>], id: DocumentId) -> Option<&R> {
    rows.iter().find(|row| row.id == id).map(|row| &row.record)
}

fn duplicate(input: &DayInput, pair: &PossibleDuplicate) -> Check {
    let what = match pair.likeness {
        Likeness::SamePerson => "possible_duplicate_person",
        Likeness::SamePlace => "possible_duplicate_place",
    };
    let of = |id: DocumentId| {
        let encounter = row(&input.encounters, id)?;
        Some(said(id, "occurred_at", json!(encounter_time(encounter)?.0), encounter.recorded_by.as_ref()))
    };
    let (one, other) = pair.encounters;
    Check { what, record: one, statements: [of(one), of(other)].into_iter().flatten().collect() }
}

fn check(input: &DayInput, item: &ReviewItem) -> Check {
    let (what, record, statements) = match item {
        ReviewItem::ShiftTooLong { shift } => ("shift_too_long", *shift, times(input, *shift)),
        ReviewItem::ShiftNotClosed { shift } => ("shift_not_closed", *shift, times(input, *shift)),
        ReviewItem::ShiftEndsBeforeStart { shift } => ("shift_ends_before_start", *shift, times(input, *shift)),
        ReviewItem::KilometresImplausible { shift } => ("kilometres_implausible", *shift, odometer(input, *shift)),
        ReviewItem::StaffOnTwoVehicles { staff, shifts: (one, other) } => {
            let both = [one, other].into_iter().flat_map(|shift| started_with(input, *shift, staff));
            ("staff_on_two_vehicles", *one, both.collect())
        }
        ReviewItem::AccompanimentContradictory { person } => {
            ("accompaniment_contradictory", *person, accompaniments(input, *person))
        }
        ReviewItem::ReferralContradictory { referral } => {
            ("referral_contradictory", *referral, results(input, *referral))
        }
        ReviewItem::FollowUpContradictory { follow_up } => {
            ("follow_up_contradictory", *follow_up, done_and_given_up(input, *follow_up))
        }
    };
    Check { what, record, statements }
}

fn times(input: &DayInput, id: DocumentId) -> Vec<Statement> {
    let Some(shift) = row(&input.shifts, id) else { return Vec::new() };
    let start = shift.started_at.map(|at| said(id, "started_at", json!(at.0), None));
    let end = shift.ended_at.map(|at| said(id, "ended_at", json!(at.0), shift.closed_by.as_ref()));
    let planned = shift.planned_end.filter(|_| shift.ended_at.is_none());
    let planned = planned.map(|at| said(id, "planned_end", json!(at.0), None));
    [start, end, planned].into_iter().flatten().collect()
}

fn odometer(input: &DayInput, id: DocumentId) -> Vec<Statement> {
    let Some(shift) = row(&input.shifts, id) else { return Vec::new() };
    let readings = [("odometer_start", shift.odometer_start), ("odometer_end", shift.odometer_end)];
    readings.into_iter().filter_map(|(field, km)| Some(said(id, field, json!(km?), None))).collect()
}

fn started_with(input: &DayInput, id: DocumentId, staff: &StaffId) -> Option<Statement> {
    let shift: &Shift = row(&input.shifts, id)?;
    Some(said(id, "started_at", json!(shift.started_at?.0), Some(staff)))
}

/// What each encounter of the day says of who is with a child: of the child itself, or else of all in it.
fn accompaniments(input: &DayInput, person: DocumentId) -> Vec<Statement> {
    let same = |id: DocumentId| input.persons.get(&id).and_then(|facts| facts.same_as).unwrap_or(id);
    let of = |row: &Row<Encounter>| {
        let slot = row.record.persons.values().find(|slot| slot.person.map(same) == Some(same(person)))?;
        let with = slot.accompaniment.as_ref().or(row.record.accompaniment.as_ref())?;
        Some(said(row.id, "accompaniment", json!(with), row.record.recorded_by.as_ref()))
    };
    input.encounters.iter().filter(|row| row.record.voided.is_none()).filter_map(of).collect()
}

fn results(input: &DayInput, id: DocumentId) -> Vec<Statement> {
    let Some(referral) = row(&input.referrals, id) else { return Vec::new() };
    let of = |event: &jisr_sync_core::record::StatusEvent| {
        let status = event.status.as_ref().filter(|status| is_final(status))?;
        Some(said(id, "status_events/-/status", json!(status), event.by.as_ref()))
    };
    referral.status_events.values().filter_map(of).collect()
}

fn done_and_given_up(input: &DayInput, id: DocumentId) -> Vec<Statement> {
    let Some(follow_up) = row(&input.follow_ups, id) else { return Vec::new() };
    let done = follow_up.done_on.map(|day| said(id, "done_on", json!(day), None));
    let by = follow_up.done_by_encounter.map(|encounter| said(id, "done_by_encounter", json!(encounter), None));
    let given_up = follow_up.cancelled.as_ref().map(|why| said(id, "cancelled", json!(why), None));
    [done, by, given_up].into_iter().flatten().collect()
}
