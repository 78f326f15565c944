//! What a supervisor needs to know before trusting the other figures, and encounters that may be one contact.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::Quality;
use super::input::Uncounted;
use super::output::{Likeness, PossibleDuplicate};
use super::scope::Scope;
use super::select::Met;
use crate::id::DocumentId;

/// Two encounters farther apart than this are two contacts, in milliseconds: fifteen minutes.
pub const DUPLICATE_MS_MAX: u64 = 15 * 60_000;

/// Quality of the scope's records.
pub(super) fn quality(scope: &Scope<'_>) -> Quality {
    let today = scope.day.input.day;
    let made = scope.referrals.iter().filter(|referral| referral.made_on == Some(today));
    let conflicted = scope.met.iter().filter(|met| met.row.conflicted).count()
        + scope.tours.iter().filter(|tour| tour.row.conflicted).count()
        + made.filter(|referral| referral.row.conflicted).count()
        + scope.follow_ups.iter().filter(|row| row.conflicted).count();
    let count = |which: &dyn Fn(&Met<'_>) -> bool| scope.met.iter().filter(|met| which(met)).count() as u64;
    let uncounted = uncounted(scope);
    Quality {
        voided: scope.voided.len() as u64,
        drafts: count(&|met| met.row.record.outcome.is_none()),
        possible_duplicates: possible_duplicates(scope).len() as u64,
        clock_suspects: count(&|met| met.row.clock_suspect),
        shift_unknown: count(&|met| met.tour_unknown),
        conflicted: conflicted as u64,
        late: scope.day.input.closed_at.map(|closed| count(&|met| met.row.received_at > Some(closed))),
        set_aside: uncounted.set_aside,
        unreadable: uncounted.unreadable,
    }
}

fn uncounted(scope: &Scope<'_>) -> Uncounted {
    let within = scope.units.iter().zip(&scope.day.units).filter(|(within, _)| **within);
    within.filter_map(|(_, facts)| scope.day.input.uncounted.get(&facts.unit)).fold(Uncounted::default(), |sum, one| {
        Uncounted {
            set_aside: sum.set_aside.saturating_add(one.set_aside),
            unreadable: sum.unreadable.saturating_add(one.unreadable),
        }
    })
}

/// Pairs of encounters of one tour, by different hands and within fifteen minutes, that share a known person, or the
/// place while both know nobody. Pairs that somebody has decided not to be duplicates are left out.
pub(super) fn possible_duplicates(scope: &Scope<'_>) -> Vec<PossibleDuplicate> {
    let mut by_tour: BTreeMap<usize, Vec<&Met<'_>>> = BTreeMap::new();
    for met in scope.met.iter().filter(|met| met.at.is_some()) {
        if let Some(tour) = met.tour {
            by_tour.entry(tour).or_default().push(met);
        }
    }
    let mut pairs = Vec::new();
    for (tour, met) in by_tour {
        for (index, one) in met.iter().enumerate() {
            let near = met.iter().skip(index + 1).take_while(|other| apart_ms(one, other) <= DUPLICATE_MS_MAX);
            for other in near.filter(|other| !decided(scope, one, other)) {
                pairs.extend(likeness(one, other).map(|likeness| PossibleDuplicate {
                    unit: scope.day.units[one.unit].unit.clone(),
                    shift: scope.day.tours[tour].row.id,
                    encounters: (one.row.id.min(other.row.id), one.row.id.max(other.row.id)),
                    likeness,
                }));
            }
        }
    }
    pairs.sort();
    pairs
}

fn apart_ms(one: &Met<'_>, other: &Met<'_>) -> u64 {
    one.at.zip(other.at).map_or(u64::MAX, |(one, other)| one.0.abs_diff(other.0))
}

fn decided(scope: &Scope<'_>, one: &Met<'_>, other: &Met<'_>) -> bool {
    let decided = &scope.day.input.not_duplicates;
    decided.contains(&(one.row.id, other.row.id)) || decided.contains(&(other.row.id, one.row.id))
}

fn likeness(one: &Met<'_>, other: &Met<'_>) -> Option<Likeness> {
    let (hand, other_hand) = (&one.row.record, &other.row.record);
    let signed = hand.recorded_by.is_some() || hand.device.is_some();
    if signed && hand.recorded_by == other_hand.recorded_by && hand.device == other_hand.device {
        return None;
    }
    let (persons, others) = (known(one), known(other));
    if persons.intersection(&others).next().is_some() {
        return Some(Likeness::SamePerson);
    }
    let nobody_known = persons.is_empty() && others.is_empty();
    (nobody_known && one.place.is_some() && one.place == other.place).then_some(Likeness::SamePlace)
}

fn known(met: &Met<'_>) -> BTreeSet<DocumentId> {
    met.slots.iter().filter_map(|slot| slot.person).collect()
}
