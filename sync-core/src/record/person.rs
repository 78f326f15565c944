//! A person, under a pseudonym: what a crew needs to recognise and help somebody again.
//!
//! Real names, health and protection files are documents of their own, with other readers; none of their fields
//! belongs here.

use std::collections::{BTreeMap, BTreeSet};

use super::{AgeRange, Remark, entry, record};
use crate::codes::{
    AgeBasis, CrewAlert, ExitReason, Language, LinkCertainty, PersonStatus, Public, Relation, Sex, Visibility,
};
use crate::id::{DocumentId, EntryId, UnitId};
use crate::personal::Personal;
use crate::time::OperationalDay;

entry! {
    /// A name the person goes by. "Red Jacket" is one.
    Alias {
        /// The alias as written.
        text: Personal<String>,
    }
}

entry! {
    /// How another person is related to this one.
    PersonLink {
        /// The other person.
        person: DocumentId,
        /// What the other is to this one.
        relation: Relation,
        /// How sure it is.
        certainty: LinkCertainty,
    }
}

record! {
    /// Somebody met more than once, or expected to be, under a pseudonym.
    Person schema 1 {
        /// A code people can say over the radio, such as `BM-7K2Q`.
        Once short_code: Option<String>,
        /// Names the person goes by.
        Entries aliases: BTreeMap<EntryId, Alias>,
        /// Sex as stated or seen.
        Register sex: Option<Sex>,
        /// Age on [`Person::age_as_of`].
        Register age: Option<AgeRange>,
        /// What the age rests on.
        Register age_basis: Option<AgeBasis>,
        /// The day the age was stated for.
        Register age_as_of: Option<OperationalDay>,
        /// The publics the person belongs to.
        Set publics: BTreeSet<Public>,
        /// What to recognise the person by. Nothing medical.
        Remarks marks: BTreeMap<EntryId, Remark>,
        /// Languages the person and the crew can speak.
        Set languages: BTreeSet<Language>,
        /// The day of the first contact.
        Register first_contact_on: Option<OperationalDay>,
        /// The day the person first took part in an assessment.
        Register engaged_on: Option<OperationalDay>,
        /// Where the person usually is.
        Set usual_places: BTreeSet<DocumentId>,
        /// In the street since: `2024` or `2024-03`.
        Register in_street_since: Option<String>,
        /// Persons related to this one.
        Entries links: BTreeMap<EntryId, PersonLink>,
        /// What the next crew must know before it approaches.
        Register crew_alert: Option<CrewAlert>,
        /// The last day the alert holds.
        Register crew_alert_until: Option<OperationalDay>,
        /// Where the work with the person stands.
        Register status: Option<PersonStatus>,
        /// Why the work ended.
        Register exit_reason: Option<ExitReason>,
        /// Who may find this record.
        Register visibility: Option<Visibility>,
        /// The unit that holds the case.
        Register case_owner: Option<UnitId>,
    }
}
