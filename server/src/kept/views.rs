//! What is shown of records beside the figures.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::activity::{encounter_day, encounter_time};
use jisr_sync_core::codes::{ServiceType, Visibility};
use jisr_sync_core::document::Document;
use jisr_sync_core::id::{DocumentId, ScopeId, UnitId};
use jisr_sync_core::time::{OperationalDay, UnixMillis};

use crate::activity::{DayReader, DayReading, DayRecord, read_row};
use crate::ports::{Brief, Disagreement, ListedRecord, RecordKindCode, RecordView, RecordsError};
use crate::registry::RegistryError;
use crate::rows::{AnyRecord, day_of_shift};
use crate::storage::{Row, RowState, Storage, StorageError};

/// How many records with values to settle a page shows. There is no day on which people settle more.
const DISAGREEING_RECORDS_MAX: usize = 100;

/// How many encounters of the day state each need. Voided ones do not count.
pub(super) fn needs(reading: &DayReading) -> BTreeMap<ServiceType, u64> {
    let mut needs = BTreeMap::new();
    for record in &reading.records {
        if let AnyRecord::Encounter(encounter) = &record.record {
            for need in encounter.needs.iter().filter(|_| encounter.voided.is_none()) {
                *needs.entry(need.clone()).or_default() += 1;
            }
        }
    }
    needs
}

/// The records of the day, the one that changed last first.
pub(super) fn records(reading: &DayReading) -> Vec<ListedRecord> {
    let mut records: Vec<&DayRecord> = reading.records.iter().collect();
    records.sort_unstable_by_key(|record| (Reverse(record.changed_at), record.id));
    records.into_iter().map(line).collect()
}

fn line(record: &DayRecord) -> ListedRecord {
    let (outcome, voided) = match &record.record {
        AnyRecord::Encounter(encounter) => (encounter.outcome.clone(), encounter.voided.is_some()),
        _ => (None, false),
    };
    ListedRecord {
        id: record.id,
        kind: record.record.kind(),
        unit: record.unit.clone(),
        at: time(&record.record),
        outcome,
        voided,
        persons: persons(&record.record).into_iter().collect(),
    }
}

fn persons(record: &AnyRecord) -> BTreeSet<DocumentId> {
    match record {
        AnyRecord::Encounter(encounter) => encounter.persons.values().filter_map(|slot| slot.person).collect(),
        AnyRecord::Referral(referral) => referral.person.into_iter().collect(),
        AnyRecord::FollowUp(follow_up) => follow_up.person.into_iter().collect(),
        AnyRecord::Shift(_) | AnyRecord::Person(_) | AnyRecord::Place(_) => BTreeSet::new(),
    }
}

/// What a record is known by. Reads its row and, for the day, that of its tour; never its document.
pub(super) fn brief(reader: &DayReader<'_>, id: DocumentId) -> Result<Option<Brief>, RecordsError> {
    let Some(row) = reader.storage.row(&id)? else { return Ok(None) };
    let Some(kind) = row.kind else { return Ok(None) };
    let record = read_row(&row);
    let (short_code, names) = match &record {
        Some(AnyRecord::Person(person)) => (person.short_code.clone(), (None, None)),
        Some(AnyRecord::Place(place)) => (None, (place.name_ar.clone(), place.name_fr.clone())),
        _ => (None, (None, None)),
    };
    Ok(Some(Brief {
        kind,
        scope: row.scope.clone(),
        restricted_to: restricted_to(&row),
        day: day_of(reader, &row)?,
        at: record.as_ref().and_then(time),
        short_code,
        names,
    }))
}

/// When a record's event took place, as it says.
fn time(record: &AnyRecord) -> Option<UnixMillis> {
    match record {
        AnyRecord::Encounter(encounter) => encounter_time(encounter),
        AnyRecord::Shift(shift) => shift.started_at.or(shift.planned_start),
        AnyRecord::Referral(referral) => referral.status_events.values().filter_map(|event| event.at).min(),
        AnyRecord::FollowUp(_) | AnyRecord::Person(_) | AnyRecord::Place(_) => None,
    }
}

/// The fields of the day's records in which values wait to be settled.
pub(super) fn disagreements(storage: &dyn Storage, reading: &DayReading) -> Result<Vec<Disagreement>, RecordsError> {
    let mut disagreements = Vec::new();
    for (id, unit) in reading.conflicted.iter().take(DISAGREEING_RECORDS_MAX) {
        let (Some(document), Some(row)) = (load(storage, id)?, storage.row(id)?) else { continue };
        let Some(kind) = row.kind else { continue };
        let (scope, restricted_to) = (row.scope.clone(), restricted_to(&row));
        disagreements.extend(document.conflicts().into_iter().map(|conflict| Disagreement {
            record: *id,
            kind,
            unit: unit.clone(),
            scope: scope.clone(),
            restricted_to: restricted_to.clone(),
            conflict,
        }));
    }
    Ok(disagreements)
}

/// One record with its history. One that does not read has no fields; its history still tells what was written.
pub(super) fn record(reader: &DayReader<'_>, id: DocumentId) -> Result<Option<RecordView>, RecordsError> {
    let (Some(row), Some(document)) = (reader.storage.row(&id)?, load(reader.storage, &id)?) else { return Ok(None) };
    let Some(kind) = row.kind else { return Ok(None) };
    let fields = match &row.state {
        RowState::Record(json) => serde_json::from_str(json).map_err(|_| damaged(id))?,
        RowState::Unreadable { .. } | RowState::Misplaced => serde_json::Map::new(),
    };
    Ok(Some(RecordView {
        id,
        kind: RecordKindCode(kind),
        scope: row.scope.clone(),
        day: day_of(reader, &row)?,
        restricted_to: restricted_to(&row),
        fields,
        conflicts: document.conflicts(),
        history: document.history(),
    }))
}

fn load(storage: &dyn Storage, id: &DocumentId) -> Result<Option<Document>, RecordsError> {
    let Some(saved) = storage.document(id)? else { return Ok(None) };
    Document::restore(&saved.saved).map(Some).map_err(|_| damaged(*id))
}

fn damaged(id: DocumentId) -> RecordsError {
    StorageError::Damaged { what: "document", id: id.to_string() }.into()
}

/// The day a record counts for: a shift's own, an encounter's by its shift.
fn day_of(reader: &DayReader<'_>, row: &Row) -> Result<Option<OperationalDay>, RecordsError> {
    match read_row(row) {
        Some(AnyRecord::Shift(_)) => Ok(day_of_shift(row)),
        Some(AnyRecord::Encounter(encounter)) => {
            let shift_row = encounter.shift.map(|shift| reader.storage.row(&shift)).transpose()?.flatten();
            let shift = match shift_row.as_ref().and_then(read_row) {
                Some(AnyRecord::Shift(shift)) => Some(shift),
                _ => None,
            };
            let night = match &row.scope {
                ScopeId::Unit(unit) => is_night(reader, unit)?,
                ScopeId::Province(_) => false,
            };
            Ok(encounter_day(&encounter, shift.as_deref(), night, reader.zone))
        }
        _ => Ok(None),
    }
}

fn is_night(reader: &DayReader<'_>, unit: &UnitId) -> Result<bool, RecordsError> {
    let unavailable = |error: RegistryError| RecordsError::Unavailable(error.to_string());
    Ok(reader.fleet.unit(unit).map_err(unavailable)?.is_some_and(|unit| unit.night))
}

/// The unit that alone may see a person's record that is restricted. One without an owner nobody but its own province
/// sees, as any other.
fn restricted_to(row: &Row) -> Option<UnitId> {
    match read_row(row) {
        Some(AnyRecord::Person(person)) if person.visibility == Some(Visibility::Restricted) => person.case_owner,
        _ => None,
    }
}
