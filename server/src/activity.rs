//! Gathers what a day's figures are made of, and calls the fold.
//!
//! Reads by key and by range: the rows of the day, what they name, and a few entries of each person's index. So a page
//! costs the day and not the store.
//!
//! **Never here:** a figure. What counts is the fold's business ([`jisr_sync_core::activity`]).

mod people;

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::activity::{
    DailyActivity, DayInput, DeviceMark, PlaceFacts, PlannedShift, Row, Uncounted, UnitFacts, encounter_day, fold,
    is_referral_of,
};
use jisr_sync_core::id::{DocumentId, ScopeId, UnitId};
use jisr_sync_core::record::{Encounter, FollowUp, Referral, Shift};
use jisr_sync_core::time::{OperationalDay, ServiceZone, UnixMillis};

use crate::registry::{Fleet, RegistryError, Unit};
use crate::rows::AnyRecord;
use crate::storage::{self, Find, Index, RowState, Storage, StorageError, Subject, day_number};

/// How many places are followed that turned out to be another one, before it is taken for a circle.
const PLACES_FOLLOWED_MAX: usize = 16;

const DAY_MS: i64 = 86_400_000;

/// Why a day cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DayError {
    /// The records cannot be read.
    #[error("the records cannot be read")]
    Storage(#[from] StorageError),
    /// Units, devices or plans cannot be read.
    #[error("the registry cannot be read")]
    Registry(#[from] RegistryError),
}

/// Where a day is read from.
#[derive(Clone, Copy)]
pub struct DayReader<'a> {
    /// The records.
    pub storage: &'a dyn Storage,
    /// Units, devices and plans.
    pub fleet: &'a dyn Fleet,
    /// The zone whose dates count.
    pub zone: &'a ServiceZone,
}

/// A day as it was read: what the fold takes, and what a page shows beside the figures.
#[derive(Debug, Clone)]
pub struct DayReading {
    /// What the figures are made of.
    pub input: DayInput,
    /// The records of the day itself, with when each last changed; not what they only name.
    pub records: Vec<DayRecord>,
    /// Records of the day, and persons met on it, in which values wait to be settled. The unit is that of the record
    /// that names the person.
    pub conflicted: Vec<(DocumentId, UnitId)>,
}

/// A record of the day.
#[derive(Debug, Clone)]
pub struct DayRecord {
    /// Which one.
    pub id: DocumentId,
    /// The unit it counts for.
    pub unit: UnitId,
    /// When the server took in its last change.
    pub changed_at: UnixMillis,
    /// What it says.
    pub record: AnyRecord,
}

impl DayReader<'_> {
    /// The figures of a day for these units, as they are at `now`.
    ///
    /// # Errors
    /// When the store fails or something of the day is damaged: no figure is shown that leaves a record out unsaid.
    pub fn activity(&self, day: OperationalDay, units: &[Unit], now: UnixMillis) -> Result<DailyActivity, DayError> {
        Ok(fold(&self.read(day, units, now)?.input))
    }

    /// Everything the figures of a day are made of.
    ///
    /// # Errors
    /// As [`DayReader::activity`].
    pub fn read(&self, day: OperationalDay, units: &[Unit], now: UnixMillis) -> Result<DayReading, DayError> {
        let mut reading = Reading { reader: *self, rows: BTreeMap::new(), of_day: BTreeSet::new() };
        for unit in units {
            reading.take_unit(day, &unit.id)?;
        }
        reading.take_named()?;
        let mut input = reading.input(day, now);
        input.units = units.iter().map(facts).collect();
        input.plan = self.plan(day, units)?;
        input.devices = self.devices(units)?;
        input.places = self.places(&input)?;
        input.uncounted = self.uncounted(day, units)?;
        let nights = self.fleet.units()?.into_iter().map(|unit| (unit.id, unit.night)).collect();
        reading.mark_counted(&input, &nights);
        input.persons = people::facts(*self, &input, &nights)?;
        let mut conflicted: Vec<_> =
            reading.of_day().filter(|(row, _)| !row.conflicts.is_empty()).map(unit_of).collect();
        conflicted.extend(people::conflicted(self.storage, &input, &reading.of_day)?.into_iter().map(Some));
        let records = reading.of_day().filter_map(record_of).collect();
        Ok(DayReading { input, records, conflicted: conflicted.into_iter().flatten().collect() })
    }

    fn plan(&self, day: OperationalDay, units: &[Unit]) -> Result<Vec<PlannedShift>, DayError> {
        let here = |unit: &UnitId| units.iter().any(|one| one.id == *unit);
        let planned = self.fleet.plan(day)?.into_iter().filter(|plan| here(&plan.unit));
        let plan = |plan: crate::registry::PlannedShift| PlannedShift {
            unit: plan.unit,
            starts: plan.start,
            ends: plan.end,
            shift: None,
            cancelled: None,
        };
        Ok(planned.map(plan).collect())
    }

    /// The devices whose silence counts. A revoked one was retired or declared lost: nobody waits for it.
    fn devices(&self, units: &[Unit]) -> Result<Vec<DeviceMark>, DayError> {
        let mut marks = Vec::new();
        for device in self.fleet.devices()? {
            if !device.is_active() || !units.iter().any(|unit| unit.id == device.unit) {
                continue;
            }
            let known = self.storage.device_mark(&device.id)?;
            marks.push(DeviceMark {
                device: device.id,
                unit: device.unit,
                enrolled_at: Some(device.enrolled_at),
                last_contact: known.as_ref().and_then(|mark| mark.last_contact),
                last_active: known.as_ref().map(|mark| mark.last_active),
                waiting: known.as_ref().and_then(|mark| mark.waiting),
                clock_ahead_ms: known.as_ref().and_then(|mark| mark.clock_ahead_ms),
            });
        }
        Ok(marks)
    }

    /// What may be of the day and is in none of its rows: a change that was set aside since the day began, written
    /// by a device of the unit, and the unit's records that do not read. Which day those are of, nobody can tell.
    fn uncounted(&self, day: OperationalDay, units: &[Unit]) -> Result<BTreeMap<UnitId, Uncounted>, DayError> {
        let mut uncounted: BTreeMap<UnitId, Uncounted> = BTreeMap::new();
        for unit in units {
            let scope = Subject::Scope(ScopeId::Unit(unit.id.clone()));
            let unreadable = self.storage.find(&Find::all(Index::Unreadable, scope))?.len() as u64;
            if unreadable > 0 {
                uncounted.entry(unit.id.clone()).or_default().unreadable = unreadable;
            }
        }
        let began = self.zone.start_of(day).unwrap_or_default();
        // Every device of the unit, revoked ones too: what they brought is aside all the same.
        let mut documents: BTreeMap<UnitId, BTreeSet<DocumentId>> = BTreeMap::new();
        for device in self.fleet.devices()?.into_iter().filter(|device| units.iter().any(|one| one.id == device.unit)) {
            let aside = self.storage.set_aside_by(&device.id, began)?;
            documents.entry(device.unit).or_default().extend(aside);
        }
        for (unit, documents) in documents.into_iter().filter(|(_, documents)| !documents.is_empty()) {
            uncounted.entry(unit).or_default().set_aside = documents.len() as u64;
        }
        Ok(uncounted)
    }

    fn places(&self, input: &DayInput) -> Result<BTreeMap<DocumentId, PlaceFacts>, DayError> {
        let mut places = BTreeMap::new();
        let named: BTreeSet<DocumentId> = input.encounters.iter().filter_map(|row| row.record.place).collect();
        for id in named {
            let Some(place) = self.place(&id)? else { continue };
            let (mut last, mut seen) = (place.clone(), vec![id]);
            while let Some(next) = last.merged_into.filter(|_| seen.len() < PLACES_FOLLOWED_MAX) {
                // A circle of decisions is left where it closes.
                let Some(place) = self.place(&next)?.filter(|_| !seen.contains(&next)) else { break };
                seen.push(next);
                last = place;
            }
            let target = seen.last().copied().filter(|target| *target != id);
            if let Some(target) = target {
                places.insert(target, PlaceFacts { commune: last.commune, same_as: None });
            }
            places.entry(id).or_insert(PlaceFacts { commune: place.commune, same_as: target });
        }
        Ok(places)
    }

    fn place(&self, id: &DocumentId) -> Result<Option<jisr_sync_core::record::Place>, DayError> {
        match self.storage.row(id)?.as_ref().and_then(read_row) {
            Some(AnyRecord::Place(place)) => Ok(Some(*place)),
            _ => Ok(None),
        }
    }
}

/// The rows of one reading, each read once.
struct Reading<'a> {
    reader: DayReader<'a>,
    rows: BTreeMap<DocumentId, (storage::Row, AnyRecord)>,
    of_day: BTreeSet<DocumentId>,
}

impl Reading<'_> {
    /// Takes in what is found under the day for one unit.
    fn take_unit(&mut self, day: OperationalDay, unit: &UnitId) -> Result<(), DayError> {
        let days = |index, from, to| Find::days(index, Subject::Unit(unit.clone()), from, to);
        self.take_all(&days(Index::ShiftsOfDay, day, day), true)?;
        self.take_all(&days(Index::EncountersOfDay, day, day), true)?;
        // A night unit's morning counts for the day before, and dates may move with time-zone data.
        self.take_all(&days(Index::LooseEncounters, day.previous(), day.next()), false)?;
        self.take_all(&days(Index::FollowUpsOfDay, day, day), true)?;
        let mut long = Find::all(Index::FollowUpsLong, Subject::Unit(unit.clone()));
        long.to = day_number(day);
        self.take_all(&long, false)?;
        let mut events = Find::all(Index::ReferralEvents, Subject::Unit(unit.clone()));
        // They are listed by the date in UTC, which is not yet the day an event counts for.
        (events.from, events.to) = self.utc_dates(day);
        self.take_all(&events, false)?;
        Ok(())
    }

    /// Counts the encounters outside any tour and the referrals among the records of the day that the fold counts
    /// there.
    fn mark_counted(&mut self, input: &DayInput, nights: &BTreeMap<UnitId, bool>) {
        let zone = self.reader.zone;
        let night = |unit: &UnitId| nights.get(unit).copied().unwrap_or(false);
        let shifts: BTreeMap<_, _> = input.shifts.iter().map(|row| (row.id, &row.record)).collect();
        let mut met = BTreeMap::new();
        for row in &input.encounters {
            let shift = row.record.shift.and_then(|shift| shifts.get(&shift).copied());
            let on = encounter_day(&row.record, shift, night(&row.unit), zone);
            if on == Some(input.day) {
                self.of_day.insert(row.id);
            }
            met.insert(row.id, (on, shift));
        }
        for row in &input.referrals {
            let (met_on, shift) = row.record.encounter.and_then(|id| met.get(&id).copied()).unwrap_or_default();
            if is_referral_of(input.day, &row.record, met_on, shift, night(&row.unit), zone) {
                self.of_day.insert(row.id);
            }
        }
    }

    /// The UTC dates between the first instant of a day and noon of the next.
    fn utc_dates(&self, day: OperationalDay) -> (i64, i64) {
        let zone = self.reader.zone;
        let date = |at: Option<UnixMillis>| at.map(|at| at.0.div_euclid(DAY_MS));
        let number = day_number(day);
        (date(zone.start_of(day)).unwrap_or(number - 1), date(zone.noon_of(day.next())).unwrap_or(number + 2))
    }

    /// Takes in what the rows of the day name: referrals of its encounters, the encounters of its referrals and
    /// follow-ups, and the shifts of all encounters.
    fn take_named(&mut self) -> Result<(), DayError> {
        let encounters: Vec<DocumentId> = self.ids(|record| matches!(record, AnyRecord::Encounter(_)));
        for encounter in encounters {
            self.take_all(&Find::all(Index::FromEncounter, Subject::Record(encounter)), false)?;
        }
        let mut named = BTreeSet::new();
        for (_, record) in self.rows.values() {
            match record {
                AnyRecord::Referral(referral) => named.extend(referral.encounter),
                AnyRecord::FollowUp(follow_up) => {
                    named.extend(follow_up.encounter);
                    named.extend(follow_up.done_by_encounter);
                }
                _ => {}
            }
        }
        self.take_ids(named, false)?;
        let shift = |(_, record): &(storage::Row, AnyRecord)| match record {
            AnyRecord::Encounter(encounter) => encounter.shift,
            _ => None,
        };
        let shifts: BTreeSet<DocumentId> = self.rows.values().filter_map(shift).collect();
        self.take_ids(shifts, false)
    }

    fn ids(&self, wanted: impl Fn(&AnyRecord) -> bool) -> Vec<DocumentId> {
        self.rows.iter().filter(|(_, (_, record))| wanted(record)).map(|(id, _)| *id).collect()
    }

    fn take_all(&mut self, find: &Find, of_day: bool) -> Result<(), DayError> {
        let found = self.reader.storage.find(find)?;
        self.take_ids(found.into_iter().map(|found| found.id), of_day)
    }

    fn take_ids(&mut self, ids: impl IntoIterator<Item = DocumentId>, of_day: bool) -> Result<(), DayError> {
        for id in ids {
            if of_day {
                self.of_day.insert(id);
            }
            if self.rows.contains_key(&id) {
                continue;
            }
            let row = self.reader.storage.row(&id)?;
            if let Some((row, record)) = row.and_then(|row| read_row(&row).map(|record| (row, record))) {
                self.rows.insert(id, (row, record));
            }
        }
        Ok(())
    }

    fn of_day(&self) -> impl Iterator<Item = &(storage::Row, AnyRecord)> {
        self.rows.iter().filter(|(id, _)| self.of_day.contains(id)).map(|(_, row)| row)
    }

    fn input(&self, day: OperationalDay, now: UnixMillis) -> DayInput {
        let mut input = DayInput::empty(day, now, self.reader.zone.clone());
        for (row, record) in self.rows.values() {
            match record {
                AnyRecord::Shift(shift) => input.shifts.extend(row_of::<Shift>(row, shift)),
                AnyRecord::Encounter(encounter) => input.encounters.extend(row_of::<Encounter>(row, encounter)),
                AnyRecord::Referral(referral) => input.referrals.extend(row_of::<Referral>(row, referral)),
                AnyRecord::FollowUp(follow_up) => input.follow_ups.extend(row_of::<FollowUp>(row, follow_up)),
                AnyRecord::Person(_) | AnyRecord::Place(_) => {}
            }
        }
        input
    }
}

fn facts(unit: &Unit) -> UnitFacts {
    UnitFacts { unit: unit.id.clone(), province: unit.province.clone(), night: unit.night }
}

/// A row's record; `None` for one that does not read, which is listed elsewhere and counts for nothing.
pub(crate) fn read_row(row: &storage::Row) -> Option<AnyRecord> {
    match (&row.state, row.kind) {
        (RowState::Record(json), Some(kind)) => AnyRecord::from_json(kind, json),
        _ => None,
    }
}

fn row_of<R: Clone>(row: &storage::Row, record: &R) -> Option<Row<R>> {
    let ScopeId::Unit(unit) = &row.scope else { return None };
    Some(Row {
        id: row.id,
        unit: unit.clone(),
        heads_hash: row.heads_hash,
        record: record.clone(),
        conflicted: !row.conflicts.is_empty(),
        clock_suspect: row.clock_suspect,
        received_at: Some(row.received_at),
    })
}

fn unit_of((row, _): &(storage::Row, AnyRecord)) -> Option<(DocumentId, UnitId)> {
    let ScopeId::Unit(unit) = &row.scope else { return None };
    Some((row.id, unit.clone()))
}

fn record_of((row, record): &(storage::Row, AnyRecord)) -> Option<DayRecord> {
    let ScopeId::Unit(unit) = &row.scope else { return None };
    Some(DayRecord { id: row.id, unit: unit.clone(), changed_at: row.changed_at, record: record.clone() })
}

#[cfg(test)]
mod tests;
