//! `shift start` and `shift end`.

use jisr_sync_core::id::{DocumentId, EntryId, StaffId};
use jisr_sync_core::record::{CrewMember, Remark, Shift};
use jisr_sync_core::time::OperationalDay;

use super::args::ShiftCommand;
use super::fields::value_list;
use super::say::Failure;
use super::{Desk, strict, when};
use crate::local::Stored;
use crate::query::Query;
use jisr_sync_core::codes::CrewRole;
use jisr_sync_core::record::RecordKind;

/// Runs `shift`.
pub(super) async fn run(desk: &Desk<'_>, command: ShiftCommand) -> Result<(), Failure> {
    match command {
        ShiftCommand::End { km, handover, at } => end(desk, km, handover, at).await,
        start => begin(desk, start).await,
    }
}

async fn begin(desk: &Desk<'_>, command: ShiftCommand) -> Result<(), Failure> {
    let ShiftCommand::Start { shift_type, vehicle, km, crew, planned_start, planned_end, at, day } = command else {
        return Ok(());
    };
    if let Some(open) = open(desk).await? {
        return Err(Failure::ShiftOpen(open.id.to_string()));
    }
    let instant = |name: &str, text: Option<String>| text.map(|text| when::instant(name, &text, desk.now)).transpose();
    let shift = Shift {
        shift_type: shift_type.map(|code| checked_type(&code)).transpose()?,
        vehicle,
        odometer_start: km,
        crew: crew.iter().map(|member| crew_member(member)).collect::<Result<_, _>>()?,
        started_at: Some(instant("at", at)?.unwrap_or(desk.now)),
        planned_start: instant("planned-start", planned_start)?,
        planned_end: instant("planned-end", planned_end)?,
        operational_day: day.map(|day| parsed_day(&day)).transpose()?,
        ..Shift::default()
    };
    println!("{}", desk.client.shifts().add(shift).await?);
    Ok(())
}

async fn end(desk: &Desk<'_>, km: Option<u32>, handover: Option<String>, at: Option<String>) -> Result<(), Failure> {
    let open = open(desk).await?.ok_or(Failure::NoOpenShift)?;
    let at = at.map(|at| when::instant("at", &at, desk.now)).transpose()?.unwrap_or(desk.now);
    let (staff, key) = (desk.client.staff()?, EntryId::random(&mut rand::rng()));
    let edit = move |shift: &mut Shift| {
        shift.ended_at = Some(at);
        shift.closed_at = Some(at);
        shift.closed_by.clone_from(&staff);
        shift.odometer_end = km.or(shift.odometer_end);
        if let Some(text) = handover {
            let remark = Remark { text: Some(text.as_str().into()), by: staff, at: Some(at) };
            shift.handover_notes.insert(key, remark);
        }
    };
    desk.client.shifts().update(open.id, edit).await?;
    println!("{}", open.id);
    Ok(())
}

/// The newest tour that was started and not ended.
async fn open(desk: &Desk<'_>) -> Result<Option<Stored<Shift>>, Failure> {
    let shifts = desk.client.shifts().find(Query::all()).await?;
    let is_open = |shift: &Shift| shift.started_at.is_some() && shift.ended_at.is_none() && shift.cancelled.is_none();
    Ok(shifts.into_iter().find(|stored| is_open(&stored.value)))
}

fn checked_type(code: &str) -> Result<jisr_sync_core::codes::ShiftType, Failure> {
    let known = value_list(RecordKind::Shift, "shift_type").map(|list| list.codes).unwrap_or_default();
    if known.contains(&code) {
        return Ok(code.into());
    }
    let misfit = strict::Misfit::UnknownCode {
        field: "shift_type".to_owned(),
        code: code.to_owned(),
        nearest: Some(known.join(", ")),
    };
    Err(Failure::Misfit(misfit))
}

fn crew_member(text: &str) -> Result<(StaffId, CrewMember), Failure> {
    let (staff, role) = text.split_once('=').map_or((text, None), |(staff, role)| (staff, Some(role)));
    let wrong = || Failure::Argument { name: "crew".to_owned(), expected: "fz2=nurse".to_owned() };
    Ok((staff.parse().map_err(|_| wrong())?, CrewMember { role: role.map(CrewRole::from) }))
}

/// A day as people type it.
pub(super) fn parsed_day(text: &str) -> Result<OperationalDay, Failure> {
    let text = jisr_sync_core::record::normalise_digits(text);
    text.parse().map_err(|_| Failure::Argument { name: "day".to_owned(), expected: "2026-11-23".to_owned() })
}

/// An id as people type it.
pub(super) fn parsed_id(name: &str, text: &str) -> Result<DocumentId, Failure> {
    let expected = "0191e9a6-….".to_owned();
    text.parse().map_err(|_| Failure::Argument { name: name.to_owned(), expected })
}
