//! What is known about the persons of a day beyond the day.
//!
//! Each person costs a few short reads of its own index, however many nights it has been met on.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::activity::{DayInput, PersonFacts, encounter_day};
use jisr_sync_core::id::{DocumentId, ScopeId, UnitId};
use jisr_sync_core::record::Person;
use jisr_sync_core::time::OperationalDay;

use super::{AnyRecord, DayError, DayReader, read_row};
use crate::rows::exit_of;
use crate::storage::{Find, Found, Index, Storage, StorageError, Subject, day_number, day_of_number};

/// How many encounters outside any tour are looked at to find the last one before a day.
const LOOSE_LOOKED_AT_MAX: usize = 64;

/// Which units count their mornings for the day before.
type Nights = BTreeMap<UnitId, bool>;

/// The facts of every person named in the day's encounters and referrals, and of those whose case ended on it.
pub(super) fn facts(
    reader: DayReader<'_>,
    input: &DayInput,
    nights: &Nights,
) -> Result<BTreeMap<DocumentId, PersonFacts>, DayError> {
    let mut named = named(input);
    let exits = Find::days(Index::ExitsToFamily, Subject::Everything, input.day, input.day);
    named.extend(reader.storage.find(&exits)?.into_iter().map(|found| found.id));
    let person = People { reader, day: input.day, nights };
    named.into_iter().map(|id| Ok((id, person.facts(id)?))).collect()
}

/// The persons met in encounters of the day in whose records values wait to be settled, with a unit that met each.
pub(super) fn conflicted(
    storage: &dyn Storage,
    input: &DayInput,
    of_day: &BTreeSet<DocumentId>,
) -> Result<Vec<(DocumentId, UnitId)>, StorageError> {
    let mut by_unit = BTreeMap::new();
    for row in input.encounters.iter().filter(|row| of_day.contains(&row.id)) {
        for person in row.record.persons.values().filter_map(|slot| slot.person) {
            by_unit.entry(person).or_insert_with(|| row.unit.clone());
        }
    }
    let mut conflicted = Vec::new();
    for (person, unit) in by_unit {
        if storage.row(&person)?.is_some_and(|row| !row.conflicts.is_empty()) {
            conflicted.push((person, unit));
        }
    }
    Ok(conflicted)
}

fn named(input: &DayInput) -> BTreeSet<DocumentId> {
    let slots = input.encounters.iter().flat_map(|row| row.record.persons.values());
    let met = slots.filter_map(|slot| slot.person);
    met.chain(input.referrals.iter().filter_map(|row| row.record.person)).collect()
}

struct People<'a> {
    reader: DayReader<'a>,
    day: OperationalDay,
    nights: &'a Nights,
}

impl People<'_> {
    fn facts(&self, id: DocumentId) -> Result<PersonFacts, DayError> {
        let row = self.reader.storage.row(&id)?;
        let exit = row.as_ref().and_then(exit_of);
        let person = match row.as_ref().and_then(read_row) {
            Some(AnyRecord::Person(person)) => *person,
            _ => Person::default(),
        };
        let returned = self.newest(Index::ReturnedHome, id, Some(self.day.previous()))?;
        Ok(PersonFacts {
            // No record yet says that two persons are one.
            same_as: None,
            first_met: self.first_met(id)?,
            last_met_before: self.last_met_before(id)?,
            sex: person.sex,
            age: person.age,
            age_as_of: person.age_as_of,
            publics: person.publics,
            exit_to_family_on: exit,
            returned_before: returned.max(exit.filter(|exit| *exit < self.day)),
            followed_up_on: self.newest(Index::FollowedUp, id, None)?,
            case_owner: person.case_owner,
        })
    }

    /// The greatest day under an index, up to `until`.
    fn newest(
        &self,
        index: Index,
        id: DocumentId,
        until: Option<OperationalDay>,
    ) -> Result<Option<OperationalDay>, DayError> {
        let mut find = Find::all(index, Subject::Record(id)).newest(1);
        find.to = until.map_or(i64::MAX, day_number);
        Ok(self.reader.storage.find(&find)?.first().and_then(|found| day_of_number(found.ordinal)))
    }

    fn first_met(&self, id: DocumentId) -> Result<Option<OperationalDay>, DayError> {
        let mut find = Find::all(Index::MetOnShift, Subject::Record(id));
        find.limit = 1;
        let on_shift = self.reader.storage.find(&find)?.first().and_then(|found| day_of_number(found.ordinal));
        find.index = Index::MetLoose;
        let Some(first) = self.reader.storage.find(&find)?.first().copied() else { return Ok(on_shift) };
        // All of the first date: one in a night unit's morning counts for the day before.
        let on_date = Find { from: first.ordinal, to: first.ordinal, limit: LOOSE_LOOKED_AT_MAX, ..find };
        let mut earliest = on_shift;
        for found in self.reader.storage.find(&on_date)? {
            let day = self.loose_day(&found)?;
            earliest = earliest.into_iter().chain(day).min();
        }
        Ok(earliest)
    }

    fn last_met_before(&self, id: DocumentId) -> Result<Option<OperationalDay>, DayError> {
        let on_shift = self.newest(Index::MetOnShift, id, Some(self.day.previous()))?;
        let mut find = Find::all(Index::MetLoose, Subject::Record(id)).newest(LOOSE_LOOKED_AT_MAX);
        find.to = day_number(self.day);
        find.from = on_shift.map_or(i64::MIN, day_number);
        for found in self.reader.storage.find(&find)? {
            if let Some(day) = self.loose_day(&found)?.filter(|day| *day < self.day) {
                return Ok(on_shift.max(Some(day)));
            }
        }
        Ok(on_shift)
    }

    /// The day an encounter outside any tour counts for.
    fn loose_day(&self, found: &Found) -> Result<Option<OperationalDay>, DayError> {
        let Some(row) = self.reader.storage.row(&found.id)? else { return Ok(None) };
        let (Some(AnyRecord::Encounter(encounter)), ScopeId::Unit(unit)) = (read_row(&row), &row.scope) else {
            return Ok(None);
        };
        let night = self.nights.get(unit).copied().unwrap_or(false);
        Ok(encounter_day(&encounter, None, night, self.reader.zone))
    }
}
