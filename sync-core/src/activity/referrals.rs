//! Indicators 28 and 31: referrals made, and placements in a shelter.

use std::collections::{BTreeMap, BTreeSet};

use super::day::event_day;
use super::figures::{Headcount, ReferralsMade};
use super::scope::Scope;
use super::select::{Met, Oriented};
use super::status::referral_state;
use crate::codes::{ReferralDestination, ReferralStatus, ServiceType};
use crate::id::{DocumentId, EntryId};
use crate::record::ServiceTarget;

/// Indicator 28.
pub(super) fn made(scope: &Scope<'_>) -> ReferralsMade {
    let mut figures = ReferralsMade::default();
    let today = scope.day.input.day;
    for referral in scope.referrals.iter().filter(|referral| referral.made_on == Some(today)) {
        let record = &referral.row.record;
        figures.made += 1;
        figures.accompanied += u64::from(record.accompanied == Some(true));
        figures.contradictory += u64::from(referral_state(record).contradictory);
        if let Some(destination) = &record.to_kind {
            *figures.by_destination.entry(destination.clone()).or_default() += 1;
        }
    }
    figures
}

/// Whether people sleep there.
pub const fn is_shelter(destination: &ReferralDestination) -> bool {
    matches!(
        destination,
        ReferralDestination::Upe
            | ReferralDestination::Epse
            | ReferralDestination::HomelessCentre
            | ReferralDestination::Emf
            | ReferralDestination::ElderlyHome
    )
}

/// Who was placed: the same somebody found twice is one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Placed {
    Person(DocumentId),
    Slot(DocumentId, EntryId),
    Referral(DocumentId),
}

/// Indicator 31. A referral that does not name its person is taken to be about the only person of its encounter, or
/// about those its encounter placed; otherwise about somebody unknown.
pub(super) fn shelter_placements(scope: &Scope<'_>) -> Headcount {
    let mut placed = BTreeSet::new();
    let mut placing_encounters = BTreeSet::new();
    for met in &scope.met {
        for who in served_wholly(met, &ServiceType::Shelter) {
            placed.insert(who);
            placing_encounters.insert(met.row.id);
        }
    }
    let met_by_id: BTreeMap<DocumentId, &Met<'_>> = scope.met.iter().map(|met| (met.row.id, *met)).collect();
    for referral in scope.referrals.iter().filter(|referral| attained_today(scope, referral)) {
        let record = &referral.row.record;
        let encounter = record.encounter.and_then(|id| met_by_id.get(&id));
        let who = match (record.person, encounter.map(|met| met.slots.as_slice())) {
            (Some(person), _) => Some(Placed::Person(scope.day.same_person(person))),
            (None, Some([only])) => encounter.map(|met| who(met, only.key)),
            (None, _) if record.encounter.is_some_and(|id| placing_encounters.contains(&id)) => None,
            (None, _) => Some(Placed::Referral(referral.row.id)),
        };
        placed.extend(who);
    }
    headcount(&placed)
}

fn attained_today(scope: &Scope<'_>, referral: &Oriented<'_>) -> bool {
    let record = &referral.row.record;
    if !record.to_kind.as_ref().is_some_and(is_shelter) || referral_state(record).status != ReferralStatus::Attained {
        return false;
    }
    let input = scope.day.input;
    let attained = record.status_events.values().filter(|event| event.status == Some(ReferralStatus::Attained));
    let first = attained.filter_map(|event| event.at).min();
    first.and_then(|at| event_day(at, referral.shift, referral.night, &input.zone)) == Some(input.day)
}

/// Those for whom `service` was done wholly: one person, or every person of the encounter when it was for the group.
pub(super) fn served_wholly<'a>(met: &'a Met<'a>, service: &'a ServiceType) -> impl Iterator<Item = Placed> + 'a {
    met.acts.iter().filter(move |act| act.done && act.key.service == *service).flat_map(|act| match act.key.target {
        ServiceTarget::Slot(slot) => vec![who(met, slot)],
        ServiceTarget::Group => met.slots.iter().map(|slot| who(met, slot.key)).collect(),
    })
}

fn who(met: &Met<'_>, slot: EntryId) -> Placed {
    let person = met.slots.iter().find(|one| one.key == slot).and_then(|one| one.person);
    person.map_or(Placed::Slot(met.row.id, slot), Placed::Person)
}

pub(super) fn headcount(placed: &BTreeSet<Placed>) -> Headcount {
    let known = placed.iter().filter(|who| matches!(who, Placed::Person(_))).count() as u64;
    Headcount { known, unknown_slots: placed.len() as u64 - known }
}
