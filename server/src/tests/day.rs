//! One invented night: six units of three provinces, some in, some not.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::activity::{DayInput, DeviceMark, PlannedShift, Row, UnitFacts, fold};
use jisr_sync_core::codes::{Accompaniment, ContactOutcome, ServiceType, Sex, SleepingSituation};
use jisr_sync_core::document::{Conflict, ConflictValue};
use jisr_sync_core::id::{ActorId, DeviceId, DocumentId, EntryId, ScopeId, UnitId};
use jisr_sync_core::record::{Encounter, PersonSlot, RecordKind, Shift};
use jisr_sync_core::time::{OperationalDay, ServiceZone, UnixMillis, UtcOffset};
use serde_json::json;

use super::NOW;
use crate::ports::{Check, Day, Disagreement, ListedRecord, Statement};
use crate::registry::Unit;

pub const DAY: &str = "2026-11-23";
const HOUR: i64 = 3_600_000;

pub fn units() -> Vec<Unit> {
    let unit = |id: &str, ar: &str, fr: &str, province: &str| Unit {
        id: id.parse().unwrap(),
        name_ar: ar.to_owned(),
        name_fr: fr.to_owned(),
        province: province.parse().unwrap(),
        night: true,
    };
    vec![
        unit("azilal-1", "وحدة أزيلال 1", "Azilal 1", "azilal"),
        unit("azilal-2", "وحدة أزيلال 2", "Azilal 2", "azilal"),
        unit("beni-mellal-1", "وحدة بني ملال 1", "Béni Mellal 1", "beni-mellal"),
        unit("beni-mellal-2", "وحدة بني ملال 2", "Béni Mellal 2", "beni-mellal"),
        unit("khenifra-1", "وحدة خنيفرة 1", "Khénifra 1", "khenifra"),
        unit("khenifra-2", "وحدة خنيفرة 2", "Khénifra 2", "khenifra"),
    ]
}

pub fn record_id(number: u8) -> DocumentId {
    DocumentId::from_bytes([number; 16])
}

fn device_of(unit: usize) -> DeviceId {
    DeviceId::from_bytes([unit as u8 + 1; 16])
}

fn row<R>(id: DocumentId, unit: &UnitId, record: R) -> Row<R> {
    Row {
        id,
        unit: unit.clone(),
        heads_hash: [1; 32],
        record,
        conflicted: false,
        clock_suspect: false,
        received_at: Some(NOW),
    }
}

fn shift(unit: &UnitId, ended: bool) -> Shift {
    Shift {
        unit: Some(unit.clone()),
        operational_day: Some(DAY.parse().unwrap()),
        planned_start: Some(UnixMillis(NOW.0 - 5 * HOUR)),
        started_at: Some(UnixMillis(NOW.0 - 5 * HOUR)),
        ended_at: ended.then_some(UnixMillis(NOW.0 - HOUR / 2)),
        utc_offset: Some(UtcOffset(0)),
        ..Shift::default()
    }
}

fn encounter(unit: &UnitId, shift: DocumentId, number: i64) -> Encounter {
    let age = ["10-14", "16", "30-40", "62+"][number as usize % 4];
    let slot = PersonSlot {
        sex: Some(if number % 3 == 0 { Sex::Female } else { Sex::Male }),
        age: Some(age.parse().unwrap()),
        accompaniment: (number % 4 == 0).then_some(Accompaniment::Unaccompanied),
        ..PersonSlot::default()
    };
    let outcome = if number % 5 == 4 { ContactOutcome::Refused } else { ContactOutcome::Engaged };
    Encounter {
        unit: Some(unit.clone()),
        shift: Some(shift),
        occurred_at: Some(UnixMillis(NOW.0 - 5 * HOUR + number * HOUR / 3)),
        utc_offset: Some(UtcOffset(0)),
        outcome: Some(outcome),
        place_unknown: Some(true),
        persons: BTreeMap::from([(EntryId::from_bytes([1; 4]), slot)]),
        sleeping_situation: Some(SleepingSituation::Street),
        needs: BTreeSet::from([ServiceType::Meal, ServiceType::Shelter]),
        given: [("meal", 2_u32), ("blanket", 1), ("hot_drink", 1)]
            .into_iter()
            .map(|(key, count)| (key.parse().unwrap(), count))
            .collect(),
        ..Encounter::default()
    }
}

/// azilal-1 is in; azilal-2 is in contact with 5 records waiting; beni-mellal-1 is silent; beni-mellal-2 has no tour;
/// khenifra-1 is late; khenifra-2 is in.
pub fn input(of: &[Unit], now: UnixMillis) -> DayInput {
    let day: OperationalDay = DAY.parse().unwrap();
    let mut input = DayInput::empty(day, now, ServiceZone::morocco().unwrap());
    let minutes_ago = [10, 2, 17 * 60, 3, 200, 12];
    for (at, unit) in units().into_iter().enumerate().filter(|(_, unit)| of.contains(unit)) {
        let id = unit.id.clone();
        input.units.push(UnitFacts { unit: id.clone(), province: unit.province, night: unit.night });
        if at == 3 {
            continue;
        }
        let starts = UnixMillis(NOW.0 - 5 * HOUR);
        let planned =
            PlannedShift { unit: id.clone(), starts, ends: UnixMillis(NOW.0 + 5 * HOUR), shift: None, cancelled: None };
        input.plan.push(planned);
        let contact = UnixMillis(NOW.0 - minutes_ago[at] * 60_000);
        input.devices.push(DeviceMark {
            device: device_of(at),
            unit: id.clone(),
            enrolled_at: Some(UnixMillis(0)),
            last_contact: Some(contact),
            last_active: Some(contact),
            waiting: Some(if at == 1 { 5 } else { 0 }),
            clock_ahead_ms: Some(if at == 4 { -9 * 60_000 } else { 400 }),
        });
        if at == 2 {
            continue;
        }
        let tour = record_id(100 + at as u8);
        input.shifts.push(row(tour, &id, shift(&id, at == 0 || at == 5)));
        for number in 0..(4 + at as i64 * 2) {
            let record = encounter(&id, tour, number);
            input.encounters.push(row(record_id(1 + at as u8 * 20 + number as u8), &id, record));
        }
    }
    input
}

fn needs(input: &DayInput) -> BTreeMap<ServiceType, u64> {
    let mut needs = BTreeMap::new();
    for code in input.encounters.iter().flat_map(|row| &row.record.needs) {
        *needs.entry(code.clone()).or_insert(0) += 1;
    }
    needs
}

pub fn day(of: &[Unit], now: UnixMillis) -> Day {
    let input = input(of, now);
    let mut records: Vec<ListedRecord> = input
        .encounters
        .iter()
        .map(|row| ListedRecord {
            id: row.id,
            kind: RecordKind::Encounter,
            unit: row.unit.clone(),
            at: row.record.occurred_at,
            outcome: row.record.outcome.clone(),
            voided: false,
            persons: Vec::new(),
        })
        .collect();
    records.sort_by_key(|record| std::cmp::Reverse(record.at));
    let disagreements =
        records.iter().filter(|record| record.id == record_id(1)).chain(records.iter()).take(2).map(|record| {
            Disagreement {
                record: record.id,
                kind: record.kind,
                unit: record.unit.clone(),
                scope: ScopeId::Unit(record.unit.clone()),
                restricted_to: None,
                conflict: conflict(),
            }
        });
    Day {
        disagreements: disagreements.collect(),
        needs: needs(&input),
        activity: fold(&input),
        records,
        checks: checks(),
    }
}

/// A person of whom two encounters say different things.
fn checks() -> Vec<Check> {
    let said = |record, value: &str, by: &str| Statement {
        record,
        field: "accompaniment".to_owned(),
        value: json!(value),
        by: Some(by.parse().unwrap()),
    };
    let statements = vec![said(record_id(1), "unaccompanied", "fz2"), said(record_id(4), "with_peers", "ah1")];
    vec![Check { what: "accompaniment_contradictory", record: record_id(2), statements }]
}

pub fn conflict() -> Conflict {
    let value = |value: &str, staff: &str, minutes: i64| ConflictValue {
        value: json!(value),
        actor: ActorId::from_bytes([3; 16]),
        staff: Some(staff.parse().unwrap()),
        at: UnixMillis(NOW.0 - minutes * 60_000),
    };
    Conflict {
        field: "sleeping_situation".to_owned(),
        values: vec![value("street", "fz2", 80), value("abandoned", "ah1", 55)],
        shown: 1,
    }
}
