//! Indicators 24 to 26: services given, items given, persons served.
//!
//! A service counts wherever it was given, also where the encounter is a draft or nobody was engaged: a meal is a
//! meal.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::{Items, PersonsServed, Range};
use super::people::range;
use super::scope::Scope;
use super::select::Met;
use crate::codes::{ServiceResult, ServiceType};
use crate::id::{DocumentId, EntryId};
use crate::record::{Encounter, ServiceKey, ServiceTarget};

/// A service given in an encounter.
pub(super) struct Act<'a> {
    pub key: &'a ServiceKey,
    pub quantity: u64,
    /// Whether it was done wholly.
    pub done: bool,
}

/// The services given in an encounter: those with the result done or partly, and those with a quantity and no
/// result. A result of a newer version counts by its quantity.
pub(super) fn acts(encounter: &Encounter) -> impl Iterator<Item = Act<'_>> {
    let keys: BTreeSet<&ServiceKey> = encounter.given.keys().chain(encounter.service_outcomes.keys()).collect();
    keys.into_iter().filter_map(|key| {
        let quantity = u64::from(encounter.given.get(key).copied().unwrap_or(0));
        let result = encounter.service_outcomes.get(key).and_then(|outcome| outcome.result.as_ref());
        let (given, done) = match result {
            Some(ServiceResult::Done) => (true, true),
            Some(ServiceResult::Partly) => (true, false),
            Some(ServiceResult::RefusedByPerson | ServiceResult::NotPossible) => (false, false),
            Some(ServiceResult::Unrecognised(_)) => (quantity > 0, false),
            None => (quantity > 0, true),
        };
        given.then_some(Act { key, quantity, done })
    })
}

/// Indicator 24.
pub(super) fn acts_by_service(scope: &Scope<'_>) -> BTreeMap<ServiceType, u64> {
    let mut services = BTreeMap::new();
    for act in scope.met.iter().flat_map(|met| &met.acts) {
        *services.entry(act.key.service.clone()).or_default() += 1;
    }
    services
}

/// Indicator 25.
pub(super) fn items(scope: &Scope<'_>) -> BTreeMap<ServiceType, Items> {
    let mut items: BTreeMap<ServiceType, Items> = BTreeMap::new();
    for act in scope.met.iter().flat_map(|met| &met.acts).filter(|act| act.quantity > 0) {
        let items = items.entry(act.key.service.clone()).or_default();
        items.given = items.given.saturating_add(act.quantity);
    }
    for tour in &scope.tours {
        let shift = &tour.row.record;
        for (service, taken) in &shift.stock_out {
            let Some(taken) = taken.quantity else { continue };
            let brought_back = shift.stock_in.get(service).and_then(|stock| stock.quantity).unwrap_or(0);
            let used = items.entry(service.clone()).or_default().used_from_stock.get_or_insert(0);
            *used = used.saturating_add(i64::from(taken) - i64::from(brought_back));
        }
    }
    items
}

/// Who was served: certainly, or possibly as part of a group.
#[derive(Default)]
struct Served<'a> {
    persons: BTreeSet<DocumentId>,
    unknown: BTreeMap<(DocumentId, EntryId), &'a Met<'a>>,
}

impl<'a> Served<'a> {
    fn add(&mut self, met: &'a Met<'a>, slot: EntryId) {
        match met.slots.iter().find(|one| one.key == slot).and_then(|one| one.person) {
            Some(person) => drop(self.persons.insert(person)),
            None => drop(self.unknown.insert((met.row.id, slot), met)),
        }
    }

    fn range(&self) -> Range {
        range(self.persons.len() as u64, self.unknown.values().copied())
    }
}

/// Indicator 26.
pub(super) fn persons_served(scope: &Scope<'_>) -> PersonsServed {
    let (mut certain, mut possible) = (Served::default(), Served::default());
    let mut group_acts = 0;
    for met in &scope.met {
        for act in &met.acts {
            match (act.key.target, met.slots.as_slice()) {
                (ServiceTarget::Slot(slot), _) => {
                    certain.add(met, slot);
                    possible.add(met, slot);
                }
                (ServiceTarget::Group, [only]) => {
                    certain.add(met, only.key);
                    possible.add(met, only.key);
                }
                (ServiceTarget::Group, slots) => {
                    group_acts += 1;
                    slots.iter().for_each(|slot| possible.add(met, slot.key));
                }
            }
        }
    }
    let persons = Range { at_least: certain.range().at_least, at_most: possible.range().at_most };
    PersonsServed { persons, group_acts }
}
