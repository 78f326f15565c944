//! Small records for the tests of this folder. Invented people only.

use std::collections::BTreeMap;

use jisr_sync_core::activity::{DailyActivity, DayInput, DeviceMark, Figures, PersonFacts, Row, UnitFacts, fold};
use jisr_sync_core::codes::{ContactOutcome, ReferralStatus, ServiceResult, ShiftType};
use jisr_sync_core::id::{DeviceId, DocumentId, EntryId, StaffId, UnitId};
use jisr_sync_core::record::{Encounter, PersonSlot, Record, Referral, ServiceOutcome, Shift, StatusEvent};
use jisr_sync_core::time::{OperationalDay, ServiceZone, UnixMillis};

pub fn day(text: &str) -> OperationalDay {
    text.parse().unwrap()
}

/// The instant of an RFC 3339 text.
pub fn at(text: &str) -> UnixMillis {
    UnixMillis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

pub fn id(number: u64) -> DocumentId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    DocumentId::from_bytes(bytes)
}

pub fn entry(number: u8) -> EntryId {
    EntryId::from_bytes([0, 0, 0, number])
}

pub fn device(number: u8) -> DeviceId {
    DeviceId::from_bytes([number; 16])
}

pub fn unit(text: &str) -> UnitId {
    text.parse().unwrap()
}

pub fn staff(text: &str) -> StaffId {
    text.parse().unwrap()
}

pub fn zone() -> ServiceZone {
    ServiceZone::morocco().unwrap()
}

/// Saturday 14 November 2026, with two day units of Azilal and one of Khouribga, seen on the next afternoon.
pub fn saturday() -> DayInput {
    let mut input = DayInput::empty(day("2026-11-14"), at("2026-11-15T15:00:00Z"), zone());
    for (name, province) in [("azilal-1", "azilal"), ("azilal-2", "azilal"), ("khouribga-1", "khouribga")] {
        input.units.push(UnitFacts { unit: unit(name), province: province.parse().unwrap(), night: false });
    }
    input
}

pub fn row<R: Record>(number: u64, unit_name: &str, record: R) -> Row<R> {
    Row {
        id: id(number),
        unit: unit(unit_name),
        heads_hash: [u8::try_from(number % 251).unwrap(); 32],
        record,
        conflicted: false,
        clock_suspect: false,
        received_at: None,
    }
}

/// A night tour of the Saturday, from 20:00 to 04:30.
pub fn night_tour() -> Shift {
    Shift { shift_type: Some(ShiftType::Night), ..tour("2026-11-14T20:00:00Z", "2026-11-15T04:30:00Z") }
}

/// A tour that went as planned.
pub fn tour(from: &str, to: &str) -> Shift {
    Shift {
        planned_start: Some(at(from)),
        planned_end: Some(at(to)),
        started_at: Some(at(from)),
        ended_at: Some(at(to)),
        ..Shift::default()
    }
}

/// An encounter at 21:00 on the Saturday, outside any tour.
pub fn encounter(outcome: ContactOutcome) -> Encounter {
    Encounter {
        occurred_at: Some(at("2026-11-14T21:00:00Z")),
        recorded_by: Some(staff("fz2")),
        device: Some(device(1)),
        outcome: Some(outcome),
        ..Encounter::default()
    }
}

pub fn engaged(slots: &[PersonSlot]) -> Encounter {
    let persons: BTreeMap<EntryId, PersonSlot> = (1..).map(entry).zip(slots.iter().cloned()).collect();
    Encounter { persons, ..encounter(ContactOutcome::Engaged) }
}

/// A slot of a known person.
pub fn known(person: u64) -> PersonSlot {
    PersonSlot { person: Some(id(person)), ..PersonSlot::default() }
}

/// A slot of somebody unknown.
pub fn unknown() -> PersonSlot {
    PersonSlot::default()
}

pub fn aged(slot: PersonSlot, age: &str) -> PersonSlot {
    PersonSlot { age: Some(age.parse().unwrap()), ..slot }
}

pub fn met_on(first_met: &str) -> PersonFacts {
    PersonFacts { first_met: Some(day(first_met)), ..PersonFacts::default() }
}

pub fn outcome(result: ServiceResult) -> ServiceOutcome {
    ServiceOutcome { result: Some(result) }
}

pub fn event(status: ReferralStatus, when: &str) -> StatusEvent {
    StatusEvent { status: Some(status), at: Some(at(when)), ..StatusEvent::default() }
}

pub fn referral(events: &[StatusEvent]) -> Referral {
    Referral { status_events: (1..).map(entry).zip(events.iter().cloned()).collect(), ..Referral::default() }
}

/// A device that spoke with the server on Sunday at noon and has nothing waiting.
pub fn mark(number: u8, unit_name: &str) -> DeviceMark {
    DeviceMark {
        device: device(number),
        unit: unit(unit_name),
        enrolled_at: Some(at("2026-01-05T08:00:00Z")),
        last_contact: Some(at("2026-11-15T12:00:00Z")),
        last_active: None,
        waiting: Some(0),
        clock_ahead_ms: Some(900),
    }
}

pub fn total(input: &DayInput) -> Figures {
    fold(input).total
}

pub fn of_unit(activity: &DailyActivity, name: &str) -> Figures {
    activity.by_unit.iter().find(|one| one.unit == unit(name)).unwrap().figures.clone().unwrap()
}
