//! What the simulator itself knows: which changes crews made, what each of them did, and which were acknowledged.
//!
//! It sees a device's outbox from outside. It is never asked by the code that is tried.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::codes::ContactOutcome;
use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, EntryId, ScopeId, UnitId};
use jisr_sync_core::record::ServiceKey;
use jisr_sync_core::sync::Incarnation;
use jisr_sync_core::time::OperationalDay;
use serde_json::Value;

/// A change of a document.
pub type Key = (DocumentId, ChangeHash);

/// What a crew did.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Opened a tour.
    Shift {
        /// Whose.
        unit: UnitId,
        /// The day it counts for.
        day: OperationalDay,
    },
    /// Met somebody.
    Encounter {
        /// Which unit.
        unit: UnitId,
        /// On which tour.
        shift: Option<DocumentId>,
        /// How it went.
        outcome: Option<ContactOutcome>,
        /// Known persons in it.
        known: BTreeSet<DocumentId>,
        /// What was given.
        given: BTreeMap<ServiceKey, u32>,
    },
    /// Sent somebody on, accompanied, from an encounter.
    Referral {
        /// Which unit.
        unit: UnitId,
        /// From which encounter.
        encounter: DocumentId,
    },
    /// Wrote a person down.
    Person {
        /// With this sex.
        sex: Value,
    },
    /// Gave a field a value, or settled it on one.
    Set {
        /// Which field.
        field: &'static str,
        /// The value.
        value: Value,
    },
    /// Gave something more.
    Added {
        /// What.
        key: ServiceKey,
        /// How much.
        by: u32,
    },
    /// Wrote a note.
    Wrote {
        /// In which field.
        field: &'static str,
        /// Under which key.
        note: EntryId,
    },
    /// Declared an encounter void.
    Voided,
    /// Something that no figure or field is checked by.
    Other,
    /// The device wrote it by itself, or it is not known who did: what a clash left, written again.
    Unknown,
}

/// A change that was seen to be durable on a phone.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The phone it was made on.
    pub by: usize,
    /// The device that phone was then.
    pub device: DeviceId,
    /// Where it belongs.
    pub scope: ScopeId,
    /// What it did.
    pub deed: Deed,
    /// Whether no phone holds it any more that was to deliver it, because its only holder was put back.
    pub may_be_gone: bool,
    /// Whether the device took it back before it was acknowledged, since what it builds on clashed: what it did was
    /// written again with that.
    pub replaced: bool,
}

/// All that was recorded.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Every change that was durable on a phone.
    pub entries: BTreeMap<Key, Entry>,
    /// Those that left an outbox.
    pub acknowledged: BTreeSet<Key>,
    /// In which life of a phone's data each actor writes: in one alone.
    pub lives: BTreeMap<ActorId, Incarnation>,
    /// For what a device wrote by itself after a clash: the changes it stands for.
    pub stands: BTreeMap<Key, Vec<Key>>,
    /// The scope of every document.
    pub scopes: BTreeMap<DocumentId, ScopeId>,
    /// Of documents that were moved, or named by one that was: the scopes besides their own in which they were known.
    pub also: BTreeMap<DocumentId, BTreeSet<ScopeId>>,
    /// The documents of which something was handed over in a meeting.
    pub handed: BTreeSet<DocumentId>,
    /// Every scope there is.
    pub names: BTreeSet<ScopeId>,
    /// The documents that somebody set out to move.
    pub moved: BTreeSet<DocumentId>,
}

impl Ledger {
    /// Notes a change that waits on a phone, unless it is known; whether it was new.
    pub fn record(&mut self, by: (usize, DeviceId), scope: &ScopeId, key: Key, deed: Deed) -> bool {
        self.scopes.entry(key.0).or_insert_with(|| scope.clone());
        if let Some(known) = self.entries.get_mut(&key) {
            known.may_be_gone = false;
            return false;
        }
        let (by, device) = by;
        let entry = Entry { by, device, scope: scope.clone(), deed, may_be_gone: false, replaced: false };
        self.entries.insert(key, entry);
        true
    }

    /// Whether a change that was written after a clash stands for another one.
    pub fn stands_for(&self, again: &Key, other: &Key) -> bool {
        self.stands.get(again).is_some_and(|stands| stands.contains(other))
    }

    /// What a change gave, with what those gave that it stands for.
    pub fn given_by(&self, key: &Key) -> BTreeMap<ServiceKey, u32> {
        let mut given = match self.entries.get(key).map(|entry| &entry.deed) {
            Some(Deed::Encounter { given, .. }) => given.clone(),
            Some(Deed::Added { key, by }) => [(key.clone(), *by)].into(),
            _ => BTreeMap::new(),
        };
        // Each stands for changes that were there before it: it comes to an end.
        for stood in self.stands.get(key).into_iter().flatten() {
            self.given_by(stood).into_iter().for_each(|(key, by)| *given.entry(key).or_default() += by);
        }
        given
    }

    /// Notes that a document lies in this scope now.
    pub fn lies_in(&mut self, document: DocumentId, scope: ScopeId) {
        if let Some(before) = self.scopes.insert(document, scope.clone()).filter(|before| *before != scope) {
            self.also.entry(document).or_default().extend([before, scope]);
        }
    }

    /// The scope of a document of which nobody with these grants may know the id. `None` when they may, or when no crew
    /// made it.
    pub fn hides(&self, document: &DocumentId, granted: &BTreeSet<ScopeId>) -> Option<&ScopeId> {
        let scope = self.scopes.get(document).filter(|scope| !granted.contains(*scope))?;
        let known_elsewhere = self.also.get(document).is_some_and(|also| !also.is_disjoint(granted));
        if known_elsewhere { None } else { Some(scope) }
    }
}
