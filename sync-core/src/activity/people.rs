//! Indicators 9 to 22: who was met.
//!
//! A known person is one, however often and by however many units; somebody unknown is never taken to be the same as
//! somebody else. What was said on the day goes before what the person's record says; of two statements the later.

use std::collections::{BTreeMap, BTreeSet};

use super::age::age_on;
use super::figures::{Headcount, Minors, MinorsByBand, NewPersons, Range, ReturningPersons, UnaccompaniedMinors};
use super::input::PersonFacts;
use super::scope::Scope;
use super::select::{Met, Slot};
use crate::codes::{Accompaniment, Public, Sex, SleepingSituation};
use crate::id::DocumentId;
use crate::record::AgeRange;

/// Below this age a person is a minor, in years.
pub const ADULT_FROM: u8 = 18;

/// From this age on a person is an older person, in years.
pub const OLDER_FROM: u8 = 60;

/// A person not met for more days than this came back.
pub const ABSENT_DAYS: i64 = 90;

/// One appearance of somebody in an encounter.
#[derive(Clone, Copy)]
pub(super) struct Appearance<'a> {
    pub met: &'a Met<'a>,
    pub slot: &'a Slot<'a>,
}

/// Somebody met on the day: a known person with all appearances in order of time, or one unknown slot.
struct Somebody<'a> {
    known: bool,
    appearances: Vec<Appearance<'a>>,
    facts: Option<&'a PersonFacts>,
    age: Option<AgeRange>,
}

/// Everybody met in a scope.
pub(super) struct People<'a> {
    scope: &'a Scope<'a>,
    everybody: Vec<Somebody<'a>>,
}

impl<'a> People<'a> {
    pub fn of(scope: &'a Scope<'a>) -> Self {
        let mut known: BTreeMap<DocumentId, Vec<Appearance<'a>>> = BTreeMap::new();
        let mut everybody = Vec::new();
        for met in scope.met.iter().filter(|met| met.counts()) {
            for slot in &met.slots {
                let appearance = Appearance { met, slot };
                match slot.person {
                    Some(person) => known.entry(person).or_default().push(appearance),
                    None => everybody.push(Somebody::unknown(appearance)),
                }
            }
        }
        let day = scope.day;
        everybody.extend(known.into_iter().map(|(person, appearances)| {
            let facts = day.facts(person);
            let said = appearances.iter().rev().find_map(|appearance| appearance.slot.said.age);
            let age = said.or_else(|| facts.and_then(|facts| age_on(facts, day.input.day)));
            Somebody { known: true, appearances, facts, age }
        }));
        Self { scope, everybody }
    }

    fn known(&self) -> impl Iterator<Item = &Somebody<'a>> {
        self.everybody.iter().filter(|somebody| somebody.known)
    }

    fn headcount(&self, who: impl Fn(&Somebody<'a>) -> bool) -> Headcount {
        let mut count = Headcount::default();
        for somebody in self.everybody.iter().filter(|somebody| who(somebody)) {
            count.known += u64::from(somebody.known);
            count.unknown_slots += u64::from(!somebody.known);
        }
        count
    }

    /// Indicator 9.
    pub fn known_persons(&self) -> u64 {
        self.known().count() as u64
    }

    /// Indicator 10.
    pub fn persons_met(&self) -> Range {
        let unknown = self.everybody.iter().filter(|somebody| !somebody.known);
        range(self.known_persons(), unknown.flat_map(|somebody| &somebody.appearances).map(|one| one.met))
    }

    /// Indicator 11. A person met today cannot have been met for the first time later.
    pub fn new_persons(&self) -> NewPersons {
        let today = self.scope.day.input.day;
        let first_met = |somebody: &Somebody<'_>| somebody.facts.and_then(|facts| facts.first_met);
        NewPersons {
            persons: self.known().filter(|one| first_met(one).is_some_and(|first| first >= today)).count() as u64,
            undetermined: self.known().filter(|one| first_met(one).is_none()).count() as u64,
        }
    }

    /// Indicator 12.
    pub fn returning_persons(&self) -> ReturningPersons {
        let today = self.scope.day.input.day;
        let mut returning = ReturningPersons::default();
        for facts in self.known().filter_map(|somebody| somebody.facts) {
            if facts.first_met.is_some_and(|first| first < today) {
                let absent = facts.last_met_before.map_or(0, |last| today.days_since(last));
                returning.persons += 1;
                returning.came_back += u64::from(absent > ABSENT_DAYS);
            }
        }
        returning
    }

    /// Indicator 13.
    pub fn minors(&self) -> Minors {
        let possible = |age: AgeRange| !age.is_under(ADULT_FROM) && !age.is_at_least(ADULT_FROM);
        Minors {
            certain: self.headcount(Somebody::is_minor),
            possible: self.headcount(|somebody| somebody.age.is_some_and(possible)),
            age_unknown: self.headcount(|somebody| somebody.age.is_none()),
        }
    }

    /// Indicator 14.
    pub fn minors_by_band(&self) -> MinorsByBand {
        let within = |from: u8, to: u8| {
            self.headcount(move |one| one.age.is_some_and(|age| age.is_at_least(from) && age.is_under(to + 1)))
        };
        let mut bands = MinorsByBand {
            from_0_to_5: within(0, 5),
            from_6_to_11: within(6, 11),
            from_12_to_14: within(12, 14),
            from_15_to_17: within(15, 17),
            unsure: self.headcount(Somebody::is_minor),
        };
        for band in [bands.from_0_to_5, bands.from_6_to_11, bands.from_12_to_14, bands.from_15_to_17] {
            bands.unsure.known -= band.known;
            bands.unsure.unknown_slots -= band.unknown_slots;
        }
        bands
    }

    /// Indicator 15.
    pub fn unaccompanied_minors(&self) -> UnaccompaniedMinors {
        let alone = |somebody: &Somebody<'_>| somebody.is_minor() && somebody.is_unaccompanied();
        UnaccompaniedMinors { minors: self.headcount(alone), contradictory: self.contradictory_minors().count() as u64 }
    }

    /// Known minors with two different statements about who is with them.
    pub fn contradictory_minors(&self) -> impl Iterator<Item = DocumentId> {
        let contradictory = |one: &&Somebody<'_>| one.is_minor() && one.accompaniments().len() > 1;
        self.known().filter(contradictory).filter_map(|one| one.appearances.first()?.slot.person)
    }

    /// Indicator 18.
    pub fn women(&self) -> Headcount {
        let adult = |age: AgeRange| age.is_at_least(ADULT_FROM);
        self.headcount(|one| one.sex() == Some(&Sex::Female) && one.age.is_some_and(adult))
    }

    /// Indicator 20.
    pub fn older_persons(&self) -> Headcount {
        self.headcount(|somebody| somebody.age.is_some_and(|age| age.is_at_least(OLDER_FROM)))
    }

    /// Indicator 21.
    pub fn persons_with_disability(&self) -> Headcount {
        self.headcount(Somebody::has_disability)
    }

    /// Indicator 22: whoever sleeps rough by the last statement on a night tour.
    pub fn sleeping_rough(&self) -> Headcount {
        let tours = &self.scope.day.tours;
        self.headcount(|somebody| {
            let mut last: BTreeMap<usize, &SleepingSituation> = BTreeMap::new();
            for one in &somebody.appearances {
                if let (Some(tour), Some(situation)) = (one.met.tour, one.sleeping())
                    && tours[tour].night
                {
                    last.insert(tour, situation);
                }
            }
            last.values().any(|situation| is_rough(situation))
        })
    }
}

impl<'a> Somebody<'a> {
    fn unknown(appearance: Appearance<'a>) -> Self {
        Self { known: false, appearances: vec![appearance], facts: None, age: appearance.slot.said.age }
    }

    fn is_minor(&self) -> bool {
        self.age.is_some_and(|age| age.is_under(ADULT_FROM))
    }

    fn sex(&self) -> Option<&Sex> {
        let told = |sex: &&Sex| !matches!(sex, Sex::Unknown | Sex::Declined);
        let said = |one: &Appearance<'a>| one.slot.said.sex.as_ref().filter(told);
        let by_record = || self.facts.and_then(|facts| facts.sex.as_ref());
        self.appearances.iter().rev().find_map(said).or_else(by_record)
    }

    fn accompaniments(&self) -> BTreeSet<&Accompaniment> {
        self.appearances.iter().filter_map(Appearance::accompaniment).collect()
    }

    fn is_unaccompanied(&self) -> bool {
        let alone = |with: &&Accompaniment| matches!(with, Accompaniment::Unaccompanied | Accompaniment::WithPeers);
        self.accompaniments().iter().any(alone)
    }

    fn has_disability(&self) -> bool {
        let by_record = self.facts.is_some_and(|facts| facts.publics.contains(&Public::Disability));
        by_record || self.appearances.iter().any(Appearance::has_disability)
    }
}

impl<'a> Appearance<'a> {
    /// With whom the person is: as said of this person, otherwise of all in the encounter.
    fn accompaniment(&self) -> Option<&'a Accompaniment> {
        let said = self.slot.said.accompaniment.as_ref().or(self.met.row.record.accompaniment.as_ref());
        said.filter(|with| !matches!(with, Accompaniment::Unknown | Accompaniment::NotApplicable))
    }

    /// Where the person sleeps: as said of this person, otherwise of all in the encounter. Not knowing and not
    /// answering take nothing back that was said before.
    fn sleeping(&self) -> Option<&'a SleepingSituation> {
        let said = self.slot.said.sleeping_situation.as_ref().or(self.met.row.record.sleeping_situation.as_ref());
        said.filter(|situation| !matches!(situation, SleepingSituation::Unknown | SleepingSituation::Declined))
    }

    /// An encounter does not say whose difficulty it notes: it is the person's when there is only one.
    fn has_disability(&self) -> bool {
        let difficulty = self.met.slots.len() == 1 && !self.met.row.record.functional_difficulty.is_empty();
        difficulty || self.slot.said.public == Some(Public::Disability)
    }
}

/// Whether somebody who sleeps so sleeps rough.
pub const fn is_rough(situation: &SleepingSituation) -> bool {
    matches!(
        situation,
        SleepingSituation::Street
            | SleepingSituation::Station
            | SleepingSituation::Vehicle
            | SleepingSituation::Abandoned
            | SleepingSituation::Makeshift
    )
}

/// How many people, from how many known ones and the encounter of each unknown one.
///
/// Two unknown people of one encounter are two; those of two encounters at one place may be the same. Encounters at
/// no known place are taken to be at one.
pub(super) fn range<'a>(known: u64, unknown: impl Iterator<Item = &'a Met<'a>>) -> Range {
    let mut by_encounter: BTreeMap<(Option<DocumentId>, DocumentId), u64> = BTreeMap::new();
    for met in unknown {
        *by_encounter.entry((met.place, met.row.id)).or_default() += 1;
    }
    let mut largest: BTreeMap<Option<DocumentId>, u64> = BTreeMap::new();
    for ((place, _), count) in &by_encounter {
        let most = largest.entry(*place).or_default();
        *most = (*most).max(*count);
    }
    Range { at_least: known + largest.values().sum::<u64>(), at_most: known + by_encounter.values().sum::<u64>() }
}
