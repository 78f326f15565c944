//! What a well-formed record cannot be all the same, checked before anything is written: it lies ahead of the clock,
//! it names what is not here, it contradicts itself, it lacks what makes it more than a draft.

use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{Encounter, Referral};

use super::failure::{EXIT_INVALID, Failure, Own, Word};
use super::misfit::flag_of;
use super::{Desk, when, which};
use crate::local::FieldRecord;

/// Checks an encounter that was typed. `before` are the records it named already.
pub(super) fn encounter(desk: &Desk<'_>, encounter: &Encounter, before: &[DocumentId]) -> Result<(), Failure> {
    if let Some(at) = encounter.occurred_at {
        when::not_ahead("occurred_at", at, desk.now)?;
    }
    let placed = encounter.place.is_some() || encounter.place_text.is_some() || encounter.position.is_some();
    if placed && encounter.place_unknown == Some(true) {
        return Err(Own::new("place-both", EXIT_INVALID).into());
    }
    which::all_known(desk, encounter, before)
}

/// Checks a referral that was typed: it is for somebody.
pub(super) fn referral(desk: &Desk<'_>, referral: &Referral) -> Result<(), Failure> {
    if referral.person.is_none() && referral.encounter.is_none() {
        return Err(Own::new("referral-nobody", EXIT_INVALID).into());
    }
    which::all_known(desk, referral, &[])
}

/// Refuses a record that lacks something, unless it is to stay a draft.
pub(super) fn lacks_nothing<R: FieldRecord>(record: &R, draft: bool) -> Result<(), Failure> {
    match record.missing_fields().as_slice() {
        missing if draft || missing.is_empty() => Ok(()),
        missing => Err(Own::new("lacks", EXIT_INVALID).what(lacking(missing)).into()),
    }
}

/// The fields that are missing, each with the flags that would give it.
pub(super) fn lacking(missing: &[&str]) -> Word {
    let word = |field: &&str| {
        let flags = match *field {
            "persons" => "--person new, --person ID, --observed boys=2",
            "place_text" => "--place-text, --place-unknown",
            field => flag_of(field).unwrap_or_default(),
        };
        let label = Word::Field((*field).to_owned());
        if flags.is_empty() { label } else { Word::Flagged(Box::new(label), flags) }
    };
    Word::Many(missing.iter().map(word).collect())
}
