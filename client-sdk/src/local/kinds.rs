//! What the device needs to know about each kind of record beyond its fields: what it is searched by, when it
//! happened, what the device fills in, what may not be missing, what cannot wait.

use std::collections::BTreeSet;

use jisr_sync_core::activity::{is_final, referral_state};
use jisr_sync_core::codes::{Risk, Urgency};
use jisr_sync_core::id::{DeviceId, DocumentId, StaffId, UnitId};
use jisr_sync_core::record::{
    Encounter, FollowUp, MissingFromEncounter, Person, Place, Record, RecordKind, Referral, Shift, ShortCode,
};
use jisr_sync_core::search;
use jisr_sync_core::time::{OperationalDay, UnixMillis, UtcOffset};
use rand::rngs::StdRng;

use crate::search::{remarks, text};

mod sealed {
    pub trait Sealed {}
}

/// A record that a device can hold. Implemented for the six kinds of this version.
pub trait FieldRecord: Record + sealed::Sealed {
    /// The texts it is searched by.
    #[doc(hidden)]
    fn texts(&self) -> Vec<&str>;

    /// The names it goes by, which are found in any spelling.
    #[doc(hidden)]
    fn names(&self) -> Vec<&str> {
        Vec::new()
    }

    /// When what it tells happened; `None` when it tells of no moment.
    #[doc(hidden)]
    fn happened_at(&self) -> Option<UnixMillis>;

    /// The records it names.
    #[doc(hidden)]
    fn related(&self) -> Vec<DocumentId>;

    /// Whether it goes to the server before others.
    #[doc(hidden)]
    fn is_urgent(&self) -> bool {
        false
    }

    /// Whether nothing more is expected of it, so that it may leave the device when it is old. What everybody looks up,
    /// persons and places, never is.
    #[doc(hidden)]
    fn is_closed(&self) -> bool {
        false
    }

    /// The device it was begun on, where that matters.
    #[doc(hidden)]
    fn device(&self) -> Option<DeviceId> {
        None
    }

    /// Fills in what the device knows and nobody has said.
    #[doc(hidden)]
    fn complete(&mut self, known: &mut Known<'_>);

    /// The fields that are missing before it is more than a draft.
    #[doc(hidden)]
    fn missing_fields(&self) -> Vec<&'static str> {
        Vec::new()
    }
}

/// What the device knows when a record is made.
#[doc(hidden)]
pub struct Known<'w> {
    pub(super) unit: UnitId,
    pub(super) device: DeviceId,
    pub(super) staff: Option<StaffId>,
    pub(super) now: UnixMillis,
    pub(super) offset: Option<UtcOffset>,
    pub(super) today: Option<OperationalDay>,
    pub(super) open_shift: Option<DocumentId>,
    pub(super) day_of: &'w dyn Fn(UnixMillis) -> Option<OperationalDay>,
    pub(super) rng: &'w mut StdRng,
}

/// What lists and searches need of a record, worked out once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facets {
    /// Its texts, folded, one a line.
    pub(crate) text: String,
    /// Its names, as written.
    pub(crate) names: Vec<String>,
    pub(crate) happened_at: Option<UnixMillis>,
    pub(crate) related: BTreeSet<DocumentId>,
    pub(crate) urgent: bool,
    pub(crate) open_shift: bool,
    pub(crate) closed: bool,
    pub(crate) device: Option<DeviceId>,
}

/// Runs `$body` with `$record` as the type of `$kind`.
macro_rules! with_kind {
    ($kind:expr, $record:ident => $body:expr) => {
        match $kind {
            jisr_sync_core::record::RecordKind::Encounter => {
                type $record = jisr_sync_core::record::Encounter;
                $body
            }
            jisr_sync_core::record::RecordKind::Person => {
                type $record = jisr_sync_core::record::Person;
                $body
            }
            jisr_sync_core::record::RecordKind::Shift => {
                type $record = jisr_sync_core::record::Shift;
                $body
            }
            jisr_sync_core::record::RecordKind::Referral => {
                type $record = jisr_sync_core::record::Referral;
                $body
            }
            jisr_sync_core::record::RecordKind::FollowUp => {
                type $record = jisr_sync_core::record::FollowUp;
                $body
            }
            jisr_sync_core::record::RecordKind::Place => {
                type $record = jisr_sync_core::record::Place;
                $body
            }
        }
    };
}
pub(crate) use with_kind;

/// The facets of a record in JSON; empty when this version cannot read it.
pub(super) fn facets(kind: RecordKind, json: &str) -> Facets {
    with_kind!(kind, R => serde_json::from_str::<R>(json).map(|record| facets_of(&record)).unwrap_or_default())
}

/// The facets of a record.
pub(super) fn facets_of<R: FieldRecord>(record: &R) -> Facets {
    let text: Vec<String> = record.texts().into_iter().map(search::fold).collect();
    Facets {
        text: text.join("\n"),
        names: record.names().into_iter().map(str::to_owned).collect(),
        happened_at: record.happened_at(),
        related: record.related().into_iter().collect(),
        urgent: record.is_urgent(),
        open_shift: R::KIND == RecordKind::Shift && !record.is_urgent() && record.happened_at().is_some(),
        closed: record.is_closed(),
        device: record.device(),
    }
}

impl sealed::Sealed for Encounter {}
impl FieldRecord for Encounter {
    fn texts(&self) -> Vec<&str> {
        text(self.place_text.as_ref()).into_iter().chain(remarks(self.notes.values())).collect()
    }

    fn names(&self) -> Vec<&str> {
        text(self.place_text.as_ref()).into_iter().collect()
    }

    fn happened_at(&self) -> Option<UnixMillis> {
        self.occurred_at.or(self.recorded_at)
    }

    fn related(&self) -> Vec<DocumentId> {
        let persons = self.persons.values().filter_map(|slot| slot.person);
        self.shift.into_iter().chain(self.place).chain(persons).collect()
    }

    fn is_urgent(&self) -> bool {
        self.risk == Some(Risk::High) || self.health_urgent == Some(true)
    }

    fn is_closed(&self) -> bool {
        true
    }

    fn complete(&mut self, known: &mut Known<'_>) {
        self.unit.get_or_insert_with(|| known.unit.clone());
        self.device.get_or_insert(known.device);
        self.recorded_at.get_or_insert(known.now);
        self.occurred_at.get_or_insert(known.now);
        self.utc_offset = self.utc_offset.or(known.offset);
        self.recorded_by = self.recorded_by.take().or_else(|| known.staff.clone());
        self.shift = self.shift.or(known.open_shift);
    }

    fn missing_fields(&self) -> Vec<&'static str> {
        let field = |missing| match missing {
            MissingFromEncounter::Outcome => "outcome",
            MissingFromEncounter::Somebody => "persons",
            MissingFromEncounter::Place => "place_text",
            _ => "encounter",
        };
        self.missing().into_iter().map(field).collect()
    }
}

impl sealed::Sealed for Person {}
impl FieldRecord for Person {
    fn texts(&self) -> Vec<&str> {
        self.short_code.as_deref().into_iter().chain(self.names()).chain(remarks(self.marks.values())).collect()
    }

    fn names(&self) -> Vec<&str> {
        self.aliases.values().filter_map(|alias| text(alias.text.as_ref())).collect()
    }

    fn happened_at(&self) -> Option<UnixMillis> {
        None
    }

    fn related(&self) -> Vec<DocumentId> {
        self.links.values().filter_map(|link| link.person).chain(self.usual_places.iter().copied()).collect()
    }

    fn complete(&mut self, known: &mut Known<'_>) {
        self.first_contact_on = self.first_contact_on.or(known.today);
        if self.short_code.is_none() {
            self.short_code = Some(ShortCode::random(known.unit.as_str(), known.rng).to_string());
        }
    }
}

impl sealed::Sealed for Shift {}
impl FieldRecord for Shift {
    fn texts(&self) -> Vec<&str> {
        let words = self.vehicle.as_deref().into_iter().chain(self.route.as_deref());
        words.chain(self.sectors.iter().map(String::as_str)).chain(remarks(self.handover_notes.values())).collect()
    }

    fn happened_at(&self) -> Option<UnixMillis> {
        self.started_at.or(self.planned_start)
    }

    fn related(&self) -> Vec<DocumentId> {
        Vec::new()
    }

    fn device(&self) -> Option<DeviceId> {
        self.device
    }

    /// Its closing: the day is complete when it arrives.
    fn is_urgent(&self) -> bool {
        self.is_closed()
    }

    fn is_closed(&self) -> bool {
        self.ended_at.is_some() || self.cancelled.is_some()
    }

    fn complete(&mut self, known: &mut Known<'_>) {
        self.unit.get_or_insert_with(|| known.unit.clone());
        self.device.get_or_insert(known.device);
        self.utc_offset = self.utc_offset.or(known.offset);
        if self.operational_day.is_none() {
            let start = self.planned_start.or(self.started_at).unwrap_or(known.now);
            self.operational_day = (known.day_of)(start);
        }
    }
}

impl sealed::Sealed for Referral {}
impl FieldRecord for Referral {
    fn texts(&self) -> Vec<&str> {
        let notes = self.status_events.values().filter_map(|event| text(event.note.as_ref()));
        self.to_org.as_deref().into_iter().chain(notes).collect()
    }

    fn happened_at(&self) -> Option<UnixMillis> {
        self.status_events.values().filter_map(|event| event.at).min()
    }

    fn related(&self) -> Vec<DocumentId> {
        self.encounter.into_iter().chain(self.person).collect()
    }

    fn is_urgent(&self) -> bool {
        matches!(self.urgency, Some(Urgency::OneHour | Urgency::ThreeHours))
    }

    fn is_closed(&self) -> bool {
        let state = referral_state(self);
        is_final(&state.status) && !state.contradictory
    }

    fn complete(&mut self, known: &mut Known<'_>) {
        self.unit.get_or_insert_with(|| known.unit.clone());
    }

    fn missing_fields(&self) -> Vec<&'static str> {
        if self.to_kind.is_none() { vec!["to_kind"] } else { Vec::new() }
    }
}

impl sealed::Sealed for FollowUp {}
impl FieldRecord for FollowUp {
    fn texts(&self) -> Vec<&str> {
        text(self.reason.as_ref()).into_iter().collect()
    }

    fn happened_at(&self) -> Option<UnixMillis> {
        None
    }

    fn related(&self) -> Vec<DocumentId> {
        self.person.into_iter().chain(self.encounter).chain(self.done_by_encounter).collect()
    }

    fn is_closed(&self) -> bool {
        let is_done = self.done_on.is_some() || self.done_by_encounter.is_some();
        is_done != self.cancelled.is_some()
    }

    fn complete(&mut self, known: &mut Known<'_>) {
        self.unit.get_or_insert_with(|| known.unit.clone());
        self.created_by = self.created_by.take().or_else(|| known.staff.clone());
    }

    fn missing_fields(&self) -> Vec<&'static str> {
        if self.due_on.is_none() { vec!["due_on"] } else { Vec::new() }
    }
}

impl sealed::Sealed for Place {}
impl FieldRecord for Place {
    fn texts(&self) -> Vec<&str> {
        self.names()
    }

    fn names(&self) -> Vec<&str> {
        let names = [self.name_ar.as_ref(), self.name_fr.as_ref()].into_iter().filter_map(text);
        names.chain(self.aliases.values().filter_map(|alias| text(alias.text.as_ref()))).collect()
    }

    fn happened_at(&self) -> Option<UnixMillis> {
        None
    }

    fn related(&self) -> Vec<DocumentId> {
        self.merged_into.into_iter().collect()
    }

    fn complete(&mut self, _known: &mut Known<'_>) {}

    fn missing_fields(&self) -> Vec<&'static str> {
        let named = self.name_ar.is_some() || self.name_fr.is_some() || !self.aliases.is_empty();
        if named { Vec::new() } else { vec!["name_ar"] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_is_open_from_its_start_to_its_end() {
        let mut shift = Shift { started_at: Some(UnixMillis(1)), ..Shift::default() };
        assert!(facets_of(&shift).open_shift);

        shift.ended_at = Some(UnixMillis(2));
        assert!(!facets_of(&shift).open_shift);
    }
}
