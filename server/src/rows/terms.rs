//! What a row is found by.

use std::collections::BTreeSet;

use jisr_sync_core::activity::{encounter_time, last_day};
use jisr_sync_core::codes::{ServiceResult, ServiceType};
use jisr_sync_core::id::{DocumentId, ScopeId, UnitId};
use jisr_sync_core::record::{Encounter, FollowUp, RecordKind, Referral, ServiceTarget};
use jisr_sync_core::time::{OperationalDay, ServiceZone, UnixMillis};

use super::{AnyRecord, day_of, list_of};
use crate::storage::{Index, Row, RowState, Subject, Term, day_number};

/// The longest window of a follow-up that is listed day by day, in days.
const WINDOW_DAYS_LISTED_MAX: i64 = 31;

const DAY_MS: i64 = 86_400_000;

/// Whether records of this kind are kept in such a scope.
pub(super) const fn belongs(kind: RecordKind, scope: &ScopeId) -> bool {
    kind.shared_by_province() == matches!(scope, ScopeId::Province(_))
}

/// Everything a row is found by, sorted, each once.
pub(super) fn terms(
    row: &Row,
    record: Option<&AnyRecord>,
    exit: Option<OperationalDay>,
    shift_day: Option<OperationalDay>,
    zone: &ServiceZone,
) -> Vec<Term> {
    let mut terms = BTreeSet::new();
    let scope = || Subject::Scope(row.scope.clone());
    let mut add = |index, subject, ordinal| _ = terms.insert(Term { index, subject, ordinal });
    add(Index::Latest, scope(), row.changed_at.0);
    if !row.conflicts.is_empty() {
        add(Index::Conflicted, scope(), row.changed_at.0);
    }
    if !matches!(row.state, RowState::Record(_)) {
        add(Index::Unreadable, scope(), row.changed_at.0);
    }
    if let Some(exit) = exit {
        add(Index::ExitsToFamily, Subject::Everything, day_number(exit));
    }
    let Some(record) = record else { return terms.into_iter().collect() };
    let day = match record {
        AnyRecord::Shift(_) => day_of(record, zone),
        AnyRecord::Encounter(encounter) => shift_day.or_else(|| loose_day(encounter, zone)),
        _ => None,
    };
    add(list_of(record.kind()), scope(), day.map_or(row.received_at.0.div_euclid(DAY_MS), day_number));
    if let ScopeId::Unit(unit) = &row.scope {
        terms.extend(unit_terms(unit, record, day, shift_day.is_some()));
    }
    terms.into_iter().collect()
}

fn unit_terms(unit: &UnitId, record: &AnyRecord, day: Option<OperationalDay>, on_shift: bool) -> Vec<Term> {
    match record {
        AnyRecord::Shift(_) => day.map(|day| of_unit(Index::ShiftsOfDay, unit, day_number(day))).into_iter().collect(),
        AnyRecord::Encounter(encounter) => encounter_terms(unit, encounter, day, on_shift),
        AnyRecord::Referral(referral) => referral_terms(unit, referral),
        AnyRecord::FollowUp(follow_up) => follow_up_terms(unit, follow_up),
        AnyRecord::Person(_) | AnyRecord::Place(_) => Vec::new(),
    }
}

fn of_unit(index: Index, unit: &UnitId, ordinal: i64) -> Term {
    Term { index, subject: Subject::Unit(unit.clone()), ordinal }
}

fn of_record(index: Index, id: DocumentId, ordinal: i64) -> Term {
    Term { index, subject: Subject::Record(id), ordinal }
}

/// The local date of an encounter that no shift gives a day to.
fn loose_day(encounter: &Encounter, zone: &ServiceZone) -> Option<OperationalDay> {
    zone.day_of(encounter_time(encounter)?)
}

fn encounter_terms(unit: &UnitId, encounter: &Encounter, day: Option<OperationalDay>, on_shift: bool) -> Vec<Term> {
    let mut terms: Vec<Term> =
        encounter.shift.map(|shift| of_record(Index::EncountersOfShift, shift, 0)).into_iter().collect();
    let Some(number) = day.map(day_number) else { return terms };
    let (of_day, met) =
        if on_shift { (Index::EncountersOfDay, Index::MetOnShift) } else { (Index::LooseEncounters, Index::MetLoose) };
    terms.push(of_unit(of_day, unit, number));
    if encounter.voided.is_none() {
        let persons = encounter.persons.values().filter_map(|slot| slot.person);
        terms.extend(persons.map(|person| of_record(met, person, number)));
        terms.extend(returned(encounter).into_iter().map(|person| of_record(Index::ReturnedHome, person, number)));
    }
    terms
}

/// The known persons whom an encounter brought back to their family.
fn returned(encounter: &Encounter) -> BTreeSet<DocumentId> {
    let given = encounter.given.iter().filter(|(_, quantity)| **quantity > 0).map(|(key, _)| key);
    let keys = given.chain(encounter.service_outcomes.keys()).filter(|key| key.service == ServiceType::FamilyReturn);
    let mut persons = BTreeSet::new();
    for key in keys {
        let result = encounter.service_outcomes.get(key).and_then(|outcome| outcome.result.as_ref());
        if result.is_some_and(|result| *result != ServiceResult::Done) {
            continue;
        }
        let slots = encounter.persons.iter().filter(|(slot, _)| match key.target {
            ServiceTarget::Group => true,
            ServiceTarget::Slot(target) => **slot == target,
        });
        persons.extend(slots.filter_map(|(_, slot)| slot.person));
    }
    persons
}

fn referral_terms(unit: &UnitId, referral: &Referral) -> Vec<Term> {
    let date = |at: UnixMillis| at.0.div_euclid(DAY_MS);
    let events = referral.status_events.values().filter_map(|event| event.at);
    let mut terms: Vec<Term> = events.map(|at| of_unit(Index::ReferralEvents, unit, date(at))).collect();
    terms.extend(referral.encounter.map(|encounter| of_record(Index::FromEncounter, encounter, 0)));
    terms.extend(referral.person.map(|person| of_record(Index::AboutPerson, person, 0)));
    terms
}

fn follow_up_terms(unit: &UnitId, follow_up: &FollowUp) -> Vec<Term> {
    let mut terms = Vec::new();
    if let (Some(due), Some(last)) = (follow_up.due_on, last_day(follow_up)) {
        let (due, last) = (day_number(due), day_number(last));
        if last - due <= WINDOW_DAYS_LISTED_MAX {
            terms.extend((due..=last).map(|day| of_unit(Index::FollowUpsOfDay, unit, day)));
        } else {
            terms.push(of_unit(Index::FollowUpsLong, unit, due));
        }
    }
    let encounters = [follow_up.encounter, follow_up.done_by_encounter];
    terms.extend(encounters.into_iter().flatten().map(|encounter| of_record(Index::FromEncounter, encounter, 0)));
    if let Some(person) = follow_up.person {
        terms.push(of_record(Index::AboutPerson, person, 0));
        terms.extend(follow_up.done_on.map(|day| of_record(Index::FollowedUp, person, day_number(day))));
    }
    terms
}
