//! A referral: an orientation of a person to somebody who can do what the crew cannot.

use std::collections::{BTreeMap, BTreeSet};

use super::{entry, record};
use crate::codes::{
    InfoCategory, LegalBasis, ProtectionConcern, ReferralDestination, ReferralStatus, ShelterRefusalReason, Urgency,
};
use crate::id::{DocumentId, EntryId, StaffId, UnitId};
use crate::personal::Personal;
use crate::time::UnixMillis;

entry! {
    /// Something that happened to a referral.
    StatusEvent {
        /// What happened.
        status: ReferralStatus,
        /// When.
        at: UnixMillis,
        /// Who says so.
        by: StaffId,
        /// Why a shelter was refused, if it was.
        refusal_reason: ShelterRefusalReason,
        /// More, in words.
        note: Personal<String>,
    }
}

record! {
    /// An orientation. Its status is derived from its events, so that two updates never overwrite one another.
    Referral schema 1 {
        /// The unit that made it.
        Once unit: Option<UnitId>,
        /// The encounter it came from.
        Once encounter: Option<DocumentId>,
        /// The person it is for, when known.
        Once person: Option<DocumentId>,
        /// What kind of provider it goes to.
        Register to_kind: Option<ReferralDestination>,
        /// Which one, in words.
        Register to_org: Option<String>,
        /// Why.
        Set reasons: BTreeSet<ProtectionConcern>,
        /// How soon a first action is due.
        Register urgency: Option<Urgency>,
        /// Whether the van took the person there.
        Register accompanied: Option<bool>,
        /// What happened to it.
        Entries status_events: BTreeMap<EntryId, StatusEvent>,
        /// What was told to the provider.
        Set info_shared: BTreeSet<InfoCategory>,
        /// What was not.
        Set info_withheld: BTreeSet<InfoCategory>,
        /// Why it was not.
        Register withheld_reason: Option<Personal<String>>,
        /// On what basis it is made.
        Register consent: Option<LegalBasis>,
        /// What the consent is for.
        Register consent_purpose: Option<Personal<String>>,
    }
}
