//! An encounter: one contact on the street, or an attempt at one.

use std::collections::{BTreeMap, BTreeSet};

use super::{AgeRange, Position, Remark, ServiceKey, entry, record};
use crate::codes::{
    Accompaniment, ConcernCertainty, ContactMode, ContactOrigin, ContactOutcome, FunctionalDifficulty, LegalBasis,
    ObservedGroup, ProtectionConcern, Public, Risk, ServiceResult, ServiceType, Sex, SleepingSituation,
    StreetConnection, VoidReason,
};
use crate::id::{DeviceId, DocumentId, EntryId, StaffId, UnitId};
use crate::personal::Personal;
use crate::time::{UnixMillis, UtcOffset};

entry! {
    /// One person of an encounter: a known person, or somebody the crew does not know.
    PersonSlot {
        /// The person's record; `None` for an unknown person.
        person: DocumentId,
        /// Sex as stated or seen.
        sex: Sex,
        /// Age at the time of the encounter.
        age: AgeRange,
        /// The public the person belongs to.
        public: Public,
        /// Where this person sleeps, when it differs from the encounter's.
        sleeping_situation: SleepingSituation,
        /// With whom this child is, when it differs from the encounter's.
        accompaniment: Accompaniment,
    }
}

entry! {
    /// What came of a service. Its quantity is counted in [`Encounter::given`].
    ServiceOutcome {
        /// The result; a service with a quantity and no result counts as done.
        result: ServiceResult,
    }
}

entry! {
    /// How a protection concern is known.
    Concern {
        /// Seen, said or suspected.
        certainty: ConcernCertainty,
    }
}

record! {
    /// One contact, or an attempt at one. Made in under thirty seconds; everything can be added later.
    Encounter schema 1 {
        /// The unit that made it.
        Once unit: Option<UnitId>,
        /// The tour it was made on; `None` for an encounter outside any tour.
        Register shift: Option<DocumentId>,
        /// When it took place.
        Register occurred_at: Option<UnixMillis>,
        /// The device's offset when it was recorded, so that old records never shift.
        Once utc_offset: Option<UtcOffset>,
        /// When it was written down.
        Once recorded_at: Option<UnixMillis>,
        /// Who wrote it down.
        Once recorded_by: Option<StaffId>,
        /// On which device.
        Once device: Option<DeviceId>,
        /// How the contact took place.
        Register mode: Option<ContactMode>,
        /// What brought the crew to it.
        Register origin: Option<ContactOrigin>,
        /// How it went.
        Register outcome: Option<ContactOutcome>,
        /// The place, when it is a known one.
        Register place: Option<DocumentId>,
        /// The place in words.
        Register place_text: Option<Personal<String>>,
        /// True when the crew cannot say where it was.
        Register place_unknown: Option<bool>,
        /// Where it was.
        Register position: Option<Personal<Position>>,
        /// The commune's code in the national list (HCP).
        Register commune: Option<String>,
        /// The persons, known or unknown.
        Entries persons: BTreeMap<EntryId, PersonSlot>,
        /// How many were seen and not approached.
        Counts observed: BTreeMap<ObservedGroup, u32>,
        /// Where they sleep.
        Register sleeping_situation: Option<SleepingSituation>,
        /// A child's connection with the street.
        Register street_connection: Option<StreetConnection>,
        /// With whom a child is.
        Register accompaniment: Option<Accompaniment>,
        /// Protection concerns.
        Entries concerns: BTreeMap<ProtectionConcern, Concern>,
        /// How high the risk is.
        Register risk: Option<Risk>,
        /// Why the risk is judged so.
        Register risk_reason: Option<Personal<String>>,
        /// What is needed.
        Set needs: BTreeSet<ServiceType>,
        /// What was given: quantity by service and target.
        Counts given: BTreeMap<ServiceKey, u32>,
        /// What came of the services.
        Entries service_outcomes: BTreeMap<ServiceKey, ServiceOutcome>,
        /// Functions the person has a lot of difficulty with.
        Set functional_difficulty: BTreeSet<FunctionalDifficulty>,
        /// Whether help for health was urgent.
        Register health_urgent: Option<bool>,
        /// On what basis more than a tally is kept.
        Register consent_contact: Option<LegalBasis>,
        /// Notes. People are warned not to write names.
        Remarks notes: BTreeMap<EntryId, Remark>,
        /// Why it no longer counts, if it does not.
        Register voided: Option<VoidReason>,
    }
}

/// What an encounter lacks before it can be saved as finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MissingFromEncounter {
    /// How the contact went.
    Outcome,
    /// A person slot, or a count of persons observed.
    Somebody,
    /// A place, a position, or the word that the place is not known.
    Place,
}

impl Encounter {
    /// What is missing before it can be saved as finished; empty when nothing is. Until then it is a draft.
    pub fn missing(&self) -> Vec<MissingFromEncounter> {
        let observed: u32 = self.observed.values().sum();
        let placed = self.place.is_some()
            || self.place_text.is_some()
            || self.position.is_some()
            || self.place_unknown == Some(true);
        [
            (self.outcome.is_none(), MissingFromEncounter::Outcome),
            (self.persons.is_empty() && observed == 0, MissingFromEncounter::Somebody),
            (!placed, MissingFromEncounter::Place),
        ]
        .into_iter()
        .filter_map(|(missing, what)| missing.then_some(what))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encounter_needs_an_outcome_somebody_and_a_place_and_nothing_more() {
        let mut encounter = Encounter::default();
        assert_eq!(encounter.missing().len(), 3);

        encounter.outcome = Some(ContactOutcome::Observed);
        encounter.observed.insert(ObservedGroup::Boys, 3);
        encounter.place_unknown = Some(true);

        assert_eq!(encounter.missing(), []);
    }
}
