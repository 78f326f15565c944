//! `shift start` and `shift end`.

use jisr_sync_core::activity::is_night_tour;
use jisr_sync_core::id::{EntryId, StaffId};
use jisr_sync_core::record::{CrewMember, RecordKind, Remark, Shift};
use jisr_sync_core::time::{OperationalDay, ServiceZone};

use super::args::ShiftCommand;
use super::failure::{EXIT_FAILED, EXIT_INVALID, Failure, Own};
use super::fields::value_list;
use super::misfit::Misfit;
use super::{Desk, when, which};
use crate::local::Stored;
use crate::query::Query;
use jisr_sync_core::codes::{CrewRole, ShiftType};

/// Runs `shift`.
pub(super) async fn run(desk: &Desk<'_>, command: ShiftCommand) -> Result<(), Failure> {
    match command {
        ShiftCommand::End { tour, km, handover, at } => {
            let tour = to_end(desk, tour).await?;
            end(desk, tour, km, handover, at).await
        }
        start => begin(desk, start).await,
    }
}

async fn begin(desk: &Desk<'_>, command: ShiftCommand) -> Result<(), Failure> {
    let ShiftCommand::Start { shift_type, vehicle, km, crew, planned_start, planned_end, at, day } = command else {
        return Ok(());
    };
    if let Some(open) = desk.client.open_shift().await? {
        return Err(Own::new("shift-open", EXIT_FAILED).what(open.id.to_string()).into());
    }
    let started = at.map_or(Ok(desk.now), |at| when::past("--at", &at, desk.now))?;
    let planned_start = planned_start.map(|text| when::planned("--planned-start", &text, started)).transpose()?;
    let near_end = planned_start.unwrap_or(started);
    let mut shift = Shift {
        shift_type: shift_type.map(|code| checked_type(&code)).transpose()?,
        vehicle,
        odometer_start: km,
        crew: crew.iter().map(|member| crew_member(member)).collect::<Result<_, _>>()?,
        started_at: Some(started),
        planned_start,
        planned_end: planned_end.map(|text| when::planned("--planned-end", &text, near_end)).transpose()?,
        operational_day: day.map(|day| when::day("--day", &day)).transpose()?,
        ..Shift::default()
    };
    let zone = ServiceZone::morocco().map_err(|_| Failure::argument("--day", "", "day"))?;
    shift.operational_day = day_of(&shift, &zone);
    let day = shift.operational_day.map(|day| day.to_string()).unwrap_or_default();
    let id = desk.client.shifts().add(shift).await?;
    desk.voice.kept("shift-started", id);
    desk.voice.hint("shift-day", &[("day", (&day).into())]);
    Ok(())
}

/// The day a tour counts for: as was said, or the local date of its planned start, or that of its start. A tour of
/// the night that has no plan of its own and is opened before noon was opened late: it is one of the evening before.
fn day_of(shift: &Shift, zone: &ServiceZone) -> Option<OperationalDay> {
    let opened = || {
        let started = shift.started_at?;
        if is_night_tour(shift, zone) { zone.night_day_of(started) } else { zone.day_of(started) }
    };
    shift.operational_day.or_else(|| shift.planned_start.and_then(|start| zone.day_of(start))).or_else(opened)
}

/// The tour to end: the one that is named, or the open one that was begun on this device. One of another device is ended
/// only by its id: two devices of a unit may each have a tour of their own.
async fn to_end(desk: &Desk<'_>, named: Option<String>) -> Result<Stored<Shift>, Failure> {
    if let Some(id) = named {
        let id = which::record(desk, "--tour", &id, Some(RecordKind::Shift)).await?;
        let tour = desk.client.shifts().get(id).await?.filter(|tour| tour.value.ended_at.is_none());
        return tour.ok_or_else(|| Own::new("no-open-shift", EXIT_FAILED).into());
    }
    let open = desk.client.open_shift().await?.ok_or_else(|| Own::new("no-open-shift", EXIT_FAILED))?;
    if open.value.device.is_some_and(|device| Some(device) != desk.client.device().ok()) {
        return Err(Own::new("shift-of-other", EXIT_FAILED).what(open.id.to_string()).into());
    }
    Ok(open)
}

async fn end(
    desk: &Desk<'_>,
    open: Stored<Shift>,
    km: Option<u32>,
    handover: Option<String>,
    at: Option<String>,
) -> Result<(), Failure> {
    let ended = at.as_deref().map_or(Ok(desk.now), |at| when::past("--at", at, desk.now))?;
    if open.value.started_at.is_some_and(|started| ended < started) {
        let started = open.value.started_at.map(|at| desk.voice.time(at)).unwrap_or_default();
        let typed = at.unwrap_or_else(|| desk.voice.time(ended));
        return Err(Own::new("ends-before-start", EXIT_INVALID).what("--at").value(typed).meant(started).into());
    }
    let (staff, key) = (desk.client.staff()?, EntryId::random(&mut rand::rng()));
    let edit = move |shift: &mut Shift| {
        shift.ended_at = Some(ended);
        shift.closed_at = Some(ended);
        shift.closed_by.clone_from(&staff);
        shift.odometer_end = km.or(shift.odometer_end);
        if let Some(text) = handover {
            let remark = Remark { text: Some(text.as_str().into()), by: staff, at: Some(ended) };
            shift.handover_notes.insert(key, remark);
        }
    };
    desk.client.shifts().update(open.id, edit).await?;
    desk.voice.kept("shift-ended", open.id);
    if let Some(day) = open.value.operational_day {
        desk.voice.hint("shift-day", &[("day", (&day.to_string()).into())]);
    }
    Ok(())
}

/// The day of the tour that is open, or else of the newest that ended less than `millis` ago.
pub(super) async fn since(desk: &Desk<'_>, millis: i64) -> Result<Option<OperationalDay>, Failure> {
    if let Some(open) = desk.client.open_shift().await? {
        return Ok(open.value.operational_day);
    }
    let shifts = desk.client.shifts().find(Query::all()).await?;
    let ended = |shift: &Shift| shift.ended_at.filter(|ended| ended.0 > desk.now.0.saturating_sub(millis));
    let newest = shifts.iter().filter_map(|stored| Some((ended(&stored.value)?, stored.value.operational_day)));
    Ok(newest.max_by_key(|(ended, _)| *ended).and_then(|(_, day)| day))
}

fn checked_type(code: &str) -> Result<ShiftType, Failure> {
    let known = value_list(RecordKind::Shift, "shift_type").map(|list| list.codes).unwrap_or_default();
    if known.contains(&code) {
        return Ok(code.into());
    }
    let field = "--type".to_owned();
    Err(Misfit::UnknownCode { field, code: code.to_owned(), nearest: known.join(", ") }.into())
}

fn crew_member(text: &str) -> Result<(StaffId, CrewMember), Failure> {
    let (staff, role) = text.split_once('=').map_or((text, None), |(staff, role)| (staff, Some(role)));
    let staff = staff.parse().map_err(|_| Failure::argument("--crew", text, "crew"))?;
    Ok((staff, CrewMember { role: role.map(CrewRole::from) }))
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::activity::{DayInput, PlannedShift, Row, UnitFacts, fold};
    use jisr_sync_core::id::DocumentId;
    use jisr_sync_core::time::UnixMillis;

    use super::*;

    fn zone() -> ServiceZone {
        ServiceZone::morocco().unwrap()
    }

    fn at(text: &str) -> UnixMillis {
        when::planned("--at", text, UnixMillis(0)).unwrap()
    }

    fn opened(code: &str, started: &str) -> Shift {
        Shift { shift_type: Some(code.into()), started_at: Some(at(started)), ..Shift::default() }
    }

    #[test]
    fn a_night_tour_opened_before_noon_counts_for_the_evening_before_unless_something_else_is_said() {
        let day = |shift: &Shift| day_of(shift, &zone()).unwrap().to_string();
        let late = opened("night", "2026-11-25 00:10");

        assert_eq!(day(&late), "2026-11-24");
        assert_eq!(day(&opened("night", "2026-11-25 11:59")), "2026-11-24");
        assert_eq!(day(&opened("night", "2026-11-25 12:00")), "2026-11-25");
        assert_eq!(day(&opened("night", "2026-11-24 20:00")), "2026-11-24");
        assert_eq!(day(&opened("day", "2026-11-25 00:10")), "2026-11-25");
        let said = Shift { operational_day: "2026-11-25".parse().ok(), ..late.clone() };
        assert_eq!(day(&said), "2026-11-25");
        let planned = Shift { planned_start: Some(at("2026-11-25 00:30")), ..late };
        assert_eq!(day(&planned), "2026-11-25", "the local date of its planned start");
    }

    #[test]
    fn a_night_tour_opened_after_midnight_fills_the_plan_of_the_evening() {
        let unit = UnitFacts { unit: "azilal-1".parse().unwrap(), province: "azilal".parse().unwrap(), night: true };
        let mut shift = opened("night", "2026-11-25 00:10");
        shift.operational_day = day_of(&shift, &zone());
        let tours = |day: &str| {
            let mut input = DayInput::empty(day.parse().unwrap(), at("2026-11-25 06:00"), zone());
            input.units = vec![unit.clone()];
            let plan = |starts, ends| PlannedShift {
                unit: unit.unit.clone(),
                starts: at(starts),
                ends: at(ends),
                shift: None,
                cancelled: None,
            };
            input.plan =
                vec![plan("2026-11-24 20:00", "2026-11-25 04:00"), plan("2026-11-25 20:00", "2026-11-26 04:00")];
            input.shifts = vec![Row {
                id: DocumentId::from_bytes([1; 16]),
                unit: unit.unit.clone(),
                heads_hash: [0; 32],
                record: shift.clone(),
                conflicted: false,
                clock_suspect: false,
                received_at: None,
            }];
            fold(&input).total.tours
        };

        let (evening, next) = (tours("2026-11-24"), tours("2026-11-25"));

        assert_eq!((evening.planned, evening.made, evening.not_opened), (1, 1, 0));
        assert_eq!((next.planned, next.made, next.not_opened), (1, 0, 1));
    }
}
