//! One scope of a day: a unit, a province or the whole territory, and its figures.

use super::figures::Figures;
use super::input::Row;
use super::select::{Day, Met, Oriented, Tour, UnitIndex, Unopened};
use super::{contacts, family, follow_ups, people, quality, referrals, services, tours};
use crate::record::{Encounter, FollowUp};

/// What of a day belongs to some of its units.
pub(super) struct Scope<'a> {
    pub day: &'a Day<'a>,
    pub units: Vec<bool>,
    pub tours: Vec<&'a Tour<'a>>,
    pub unopened: Vec<&'a Unopened<'a>>,
    pub met: Vec<&'a Met<'a>>,
    pub voided: Vec<&'a Row<Encounter>>,
    pub referrals: Vec<&'a Oriented<'a>>,
    pub follow_ups: Vec<&'a Row<FollowUp>>,
}

impl<'a> Scope<'a> {
    /// What belongs to the units that `within` says yes to.
    pub fn of(day: &'a Day<'a>, within: impl Fn(UnitIndex) -> bool) -> Self {
        Self {
            day,
            units: (0..day.units.len()).map(&within).collect(),
            tours: day.tours.iter().filter(|tour| within(tour.unit)).collect(),
            unopened: day.unopened.iter().filter(|plan| within(plan.unit)).collect(),
            met: day.met.iter().filter(|met| within(met.unit)).collect(),
            voided: day.voided.iter().filter(|(unit, _)| within(*unit)).map(|(_, row)| *row).collect(),
            referrals: day.referrals.iter().filter(|referral| within(referral.unit)).collect(),
            follow_ups: day.follow_ups.iter().filter(|(unit, _)| within(*unit)).map(|(_, row)| *row).collect(),
        }
    }

    /// Whether nothing at all is known of it: no tour, no plan, no record, nobody who went home.
    pub fn is_empty(&self) -> bool {
        self.tours.is_empty()
            && self.unopened.is_empty()
            && self.met.is_empty()
            && self.voided.is_empty()
            && self.referrals.is_empty()
            && self.follow_ups.is_empty()
            && family::exits(self).next().is_none()
    }

    /// Its figures.
    pub fn figures(&self) -> Figures {
        let people = people::People::of(self);
        Figures {
            tours: tours::tours(self),
            tour_hours: tours::tour_hours(self),
            staff_hours: tours::staff_hours(self),
            kilometres: tours::kilometres(self),
            encounters: contacts::encounters(self),
            contacts: contacts::contacts(self),
            attempts: contacts::attempts(self),
            refusals: contacts::refusals(self),
            known_persons: people.known_persons(),
            persons_met: people.persons_met(),
            new_persons: people.new_persons(),
            returning_persons: people.returning_persons(),
            minors: people.minors(),
            minors_by_band: people.minors_by_band(),
            unaccompanied_minors: people.unaccompanied_minors(),
            women: people.women(),
            older_persons: people.older_persons(),
            persons_with_disability: people.persons_with_disability(),
            sleeping_rough: people.sleeping_rough(),
            observed: contacts::observed(self),
            services: services::acts_by_service(self),
            items: services::items(self),
            persons_served: services::persons_served(self),
            referrals: referrals::made(self),
            shelter_placements: referrals::shelter_placements(self),
            family_returns: family::returns(self),
            follow_ups: follow_ups::follow_ups(self),
            quality: quality::quality(self),
        }
    }
}
