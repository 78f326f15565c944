//! The figures of one scope: a unit, a province or the whole territory.
//!
//! Field names are the indicators' stable codes (see [`super::INDICATORS`]). Figures of distinct persons do not add
//! up: the territory's are counted anew, never summed from its units.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes::{CancelReason, ObservedGroup, ReferralDestination, ServiceType};

/// How many people, when some of them are unknown and may have been met twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Range {
    /// Distinct known persons, and for each place the largest number of unknown ones in a single encounter.
    pub at_least: u64,
    /// Distinct known persons, and every unknown one of every encounter.
    pub at_most: u64,
}

/// How many people: those with a record, each once, and slots of unknown people, which are never de-duplicated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Headcount {
    /// Distinct known persons.
    pub known: u64,
    /// Slots of unknown people. The same person may stand in several.
    pub unknown_slots: u64,
}

/// Indicator 1: tours.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tours {
    /// Foreseen by the plan or planned on the tour's own record.
    pub planned: u64,
    /// Started.
    pub made: u64,
    /// Given up before they started.
    pub cancelled: u64,
    /// The reasons of those given up, where one is known.
    pub cancelled_by_reason: BTreeMap<CancelReason, u64>,
    /// Started, then broken off for a reason. Counted as made too.
    pub broken_off: u64,
    /// Started and not ended.
    pub open: u64,
    /// Planned, neither opened nor cancelled.
    pub not_opened: u64,
}

/// Indicators 2 and 3: time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hours {
    /// The sum, in milliseconds between UTC instants. What overlaps on one vehicle (or for one member of staff)
    /// counts once.
    pub milliseconds: u64,
    /// Tours in it that are still open, counted up to the time of computing, at most to noon of the next day.
    pub open_tours: u64,
    /// Tours that started and could not be measured: they end before they start, last more than 48 hours, or (for
    /// staff) name no crew.
    pub unmeasured_tours: u64,
}

/// Indicator 4: kilometres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Kilometres {
    /// The sum over tours with two plausible readings.
    pub kilometres: u64,
    /// Tours that were made and have none: readings missing, backwards, or more than 600 km apart.
    pub tours_without: u64,
}

/// Indicator 6: contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contacts {
    /// With an exchange.
    pub engaged: u64,
    /// Brief ones.
    pub brief: u64,
}

/// Indicator 7: attempts without contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attempts {
    /// Looked for and not found.
    pub not_found: u64,
    /// Not approached, for safety.
    pub not_approached: u64,
    /// Asleep, not woken. These stand among the encounters too.
    pub asleep: u64,
    /// What the three are a share of: encounters and attempts, each once.
    pub out_of: u64,
}

impl Attempts {
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.not_found + self.not_approached + self.asleep
    }
}

/// Indicator 8: refusals of contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refusals {
    /// Encounters that were refused.
    pub encounters: u64,
    /// Distinct known persons who refused.
    pub known_persons: u64,
}

/// Indicator 11: new persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NewPersons {
    /// Known persons first met on this day by any unit the server has.
    pub persons: u64,
    /// Known persons of whom it is not known when they were first met: neither new nor returning.
    pub undetermined: u64,
}

/// Indicator 12: returning persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReturningPersons {
    /// Known persons met before this day.
    pub persons: u64,
    /// Of these, not met for more than ninety days.
    pub came_back: u64,
}

/// Indicator 13: minors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Minors {
    /// Certainly under 18 on the day.
    pub certain: Headcount,
    /// Under 18 or not: treated as minors for protection, not counted as such.
    pub possible: Headcount,
    /// Of unknown age.
    pub age_unknown: Headcount,
}

/// Indicator 14: minors by band; each holds those whose whole age interval lies in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MinorsByBand {
    /// Up to 5 years.
    pub from_0_to_5: Headcount,
    /// 6 to 11 years.
    pub from_6_to_11: Headcount,
    /// 12 to 14 years.
    pub from_12_to_14: Headcount,
    /// 15 to 17 years.
    pub from_15_to_17: Headcount,
    /// Certainly minors, of no single band.
    pub unsure: Headcount,
}

/// Indicator 15: unaccompanied minors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UnaccompaniedMinors {
    /// Minors who are alone or with other children only. Of two statements on one day the most protective counts.
    pub minors: Headcount,
    /// Known minors with two different statements on this day.
    pub contradictory: u64,
}

/// Indicator 25: items of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Items {
    /// Given, by the encounters.
    pub given: u64,
    /// Taken along less brought back, by the tours' stock; `None` when no tour says what it took along.
    pub used_from_stock: Option<i64>,
}

impl Items {
    /// What left the stock and no encounter accounts for; negative when more was given than left. `None` when no
    /// tour says what it took along.
    pub fn difference(&self) -> Option<i64> {
        let given = i64::try_from(self.given).unwrap_or(i64::MAX);
        self.used_from_stock.map(|used| used.saturating_sub(given))
    }
}

/// Indicator 26: persons served.
///
/// A service for the group serves, at most, every person of its encounter; at least, nobody beyond those who were
/// served one by one, unless the encounter has a single person, who is then the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PersonsServed {
    /// How many.
    pub persons: Range,
    /// Services that were for the group of an encounter with several persons, or with none.
    pub group_acts: u64,
}

/// Indicator 28: referrals made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReferralsMade {
    /// Sent or accompanied for the first time on this day.
    pub made: u64,
    /// Of these, accompanied by the van.
    pub accompanied: u64,
    /// By destination, where one is given.
    pub by_destination: BTreeMap<ReferralDestination, u64>,
    /// Of these, with final results that contradict one another.
    pub contradictory: u64,
}

/// Indicator 33: returns to family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FamilyReturns {
    /// Persons, once in thirty days.
    pub persons: Headcount,
    /// Of these, certainly minors.
    pub minors: Headcount,
    /// Of the known ones, confirmed by a follow-up on a later day.
    pub confirmed: u64,
}

/// Indicator 36: follow-ups. `due` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FollowUps {
    /// Due on this day, or with a window that includes it.
    pub due: u64,
    /// Done by the last day of the window.
    pub on_time: u64,
    /// Done later, or not done when the window has passed.
    pub late: u64,
    /// Done, on a day that is not known.
    pub done_undated: u64,
    /// Given up.
    pub cancelled: u64,
    /// Neither done nor given up, and still in time.
    pub open: u64,
}

/// How far the figures themselves can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Quality {
    /// Encounters that were voided: in no other figure.
    pub voided: u64,
    /// Encounters without an outcome: drafts, in no figure of encounters or persons.
    pub drafts: u64,
    /// Pairs of encounters that may be one contact, counted twice until decided.
    pub possible_duplicates: u64,
    /// Encounters written under a clock that was more than five minutes off.
    pub clock_suspects: u64,
    /// Encounters whose tour is not known here, placed by their own time.
    pub shift_unknown: u64,
    /// Records with values that wait for somebody to settle them.
    pub conflicted: u64,
    /// Encounters received after the day was closed; `None` while it is not.
    pub late: Option<u64>,
    /// Records of the units that were set aside and may be of the day: in no other figure.
    #[serde(default)]
    pub set_aside: u64,
    /// Records of the units that cannot be read and may be of the day: in no other figure.
    #[serde(default)]
    pub unreadable: u64,
}

/// The figures of one scope.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// 1.
    pub tours: Tours,
    /// 2.
    pub tour_hours: Hours,
    /// 3.
    pub staff_hours: Hours,
    /// 4.
    pub kilometres: Kilometres,
    /// 5: encounters, without those that found nobody, only observed, or were not safe.
    pub encounters: u64,
    /// 6.
    pub contacts: Contacts,
    /// 7.
    pub attempts: Attempts,
    /// 8.
    pub refusals: Refusals,
    /// 9: distinct known persons met.
    pub known_persons: u64,
    /// 10: persons met, unknown ones included.
    pub persons_met: Range,
    /// 11.
    pub new_persons: NewPersons,
    /// 12.
    pub returning_persons: ReturningPersons,
    /// 13.
    pub minors: Minors,
    /// 14.
    pub minors_by_band: MinorsByBand,
    /// 15.
    pub unaccompanied_minors: UnaccompaniedMinors,
    /// 18: female and certainly 18 or older.
    pub women: Headcount,
    /// 20: certainly 60 or older.
    pub older_persons: Headcount,
    /// 21.
    pub persons_with_disability: Headcount,
    /// 22: on night tours, by the last statement of each person on each tour.
    pub sleeping_rough: Headcount,
    /// 23: seen and not approached, by group. Never among the persons.
    pub observed: BTreeMap<ObservedGroup, u64>,
    /// 24: acts, by service.
    pub services: BTreeMap<ServiceType, u64>,
    /// 25: quantities, by service.
    pub items: BTreeMap<ServiceType, Items>,
    /// 26.
    pub persons_served: PersonsServed,
    /// 28.
    pub referrals: ReferralsMade,
    /// 31: placed in a shelter, once per person.
    pub shelter_placements: Headcount,
    /// 33.
    pub family_returns: FamilyReturns,
    /// 36.
    pub follow_ups: FollowUps,
    /// 44, as far as a supervisor needs it before trusting the rest.
    pub quality: Quality,
}
