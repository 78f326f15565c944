//! Indicator 33: returns to family.

use std::collections::BTreeSet;

use super::age::age_on;
use super::figures::FamilyReturns;
use super::people::ADULT_FROM;
use super::referrals::{Placed, headcount, served_wholly};
use super::scope::Scope;
use super::select::Day;
use crate::codes::ServiceType;
use crate::record::AgeRange;

/// A person's return counts once in so many days.
pub const ONCE_IN_DAYS: i64 = 30;

/// Indicator 33: those for whom the service was done, and those whose case ended so on the day.
pub(super) fn returns(scope: &Scope<'_>) -> FamilyReturns {
    let day = scope.day;
    let mut returned = BTreeSet::new();
    for met in &scope.met {
        returned.extend(served_wholly(met, &ServiceType::FamilyReturn));
    }
    returned.extend(exits(scope));
    returned.retain(|who| !counted_lately(day, who));
    let persons = headcount(&returned);
    let confirmed = returned.iter().filter(|who| is_confirmed(day, who)).count() as u64;
    returned.retain(|who| is_minor(scope, who));
    FamilyReturns { persons, minors: headcount(&returned), confirmed }
}

/// Persons whose case ended on the day by a return to the family, and is held by a unit of the scope.
pub(super) fn exits(scope: &Scope<'_>) -> impl Iterator<Item = Placed> {
    let day = scope.day;
    day.input.persons.iter().filter_map(move |(id, facts)| {
        let here = facts.case_owner.as_ref().and_then(|unit| day.unit_of(unit)).is_some_and(|unit| scope.units[unit]);
        let today = facts.exit_to_family_on == Some(day.input.day);
        (here && today).then(|| Placed::Person(day.same_person(*id)))
    })
}

fn counted_lately(day: &Day<'_>, who: &Placed) -> bool {
    let Placed::Person(person) = who else { return false };
    let before = day.facts(*person).and_then(|facts| facts.returned_before);
    before.is_some_and(|before| day.input.day.days_since(before) < ONCE_IN_DAYS)
}

fn is_confirmed(day: &Day<'_>, who: &Placed) -> bool {
    let Placed::Person(person) = who else { return false };
    let followed_up = day.facts(*person).and_then(|facts| facts.followed_up_on);
    followed_up.is_some_and(|on| on > day.input.day)
}

/// Whether somebody is certainly a minor, by what was said last on the day, otherwise by the person's record.
fn is_minor(scope: &Scope<'_>, who: &Placed) -> bool {
    let day = scope.day;
    let slots = || scope.met.iter().rev().flat_map(|met| met.slots.iter().rev().map(move |slot| (met.row.id, slot)));
    let age: Option<AgeRange> = match who {
        Placed::Person(person) => slots()
            .filter(|(_, slot)| slot.person == Some(*person))
            .find_map(|(_, slot)| slot.said.age)
            .or_else(|| day.facts(*person).and_then(|facts| age_on(facts, day.input.day))),
        Placed::Slot(encounter, key) => {
            slots().find(|(id, slot)| id == encounter && slot.key == *key).and_then(|(_, slot)| slot.said.age)
        }
        Placed::Referral(_) => None,
    };
    age.is_some_and(|age| age.is_under(ADULT_FROM))
}
