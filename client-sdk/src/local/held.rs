//! What is held in memory: rows, the outbox without bodies, marks. Changed only by what was committed.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::sync::Month;
use jisr_sync_core::time::UnixMillis;

use super::kinds::{Facets, facets};
use crate::error::Error;
use crate::outbox::{Outbox, OutboxState};
use crate::status::RecordSync;
use crate::store::{
    Aside, AsideKey, AsideOrigin, CarriedMark, Counters, CursorHistory, Draft, Identity, Image, Progress, Pruned,
    PrunedKey, Row, StoreBatch, WaitingMark,
};

/// A row with what searches need of it.
#[derive(Clone)]
pub(super) struct HeldRow {
    pub(super) row: Row,
    pub(super) facets: Facets,
}

/// The device's memory of its store.
#[derive(Default)]
pub(super) struct Held {
    pub(super) identity: Option<Identity>,
    pub(super) rows: BTreeMap<DocumentId, HeldRow>,
    pub(super) outbox: Outbox,
    pub(super) cursors: BTreeMap<ScopeId, CursorHistory>,
    pub(super) asides: BTreeMap<AsideKey, Aside>,
    pub(super) drafts: BTreeMap<DocumentId, Draft>,
    pub(super) seen: BTreeMap<DocumentId, Vec<ChangeHash>>,
    pub(super) carried: HeldCarried,
    pub(super) handed: BTreeMap<u64, Vec<DeviceId>>,
    pub(super) foreign: BTreeMap<DocumentId, Vec<ChangeHash>>,
    pub(super) parcels: BTreeMap<u64, u64>,
    pub(super) pruned: BTreeMap<PrunedKey, Vec<Pruned>>,
    pub(super) erased: BTreeSet<DocumentId>,
    pub(super) progress: Progress,
    pub(super) counters: Counters,
    pub(super) settings: BTreeMap<String, String>,
}

impl Held {
    pub(super) fn of(image: Image) -> Self {
        Self {
            identity: image.identity,
            rows: image.rows.into_iter().map(|(id, row)| (id, HeldRow::of(row))).collect(),
            outbox: Outbox::new(image.waiting, image.next_index),
            cursors: image.cursors,
            asides: image.asides,
            drafts: image.drafts,
            seen: image.seen,
            carried: HeldCarried::of(image.carried),
            handed: image.handed,
            foreign: image.foreign,
            parcels: image.parcels,
            pruned: image.pruned,
            erased: image.erased,
            progress: image.progress,
            counters: image.counters,
            settings: image.settings,
        }
    }

    /// Takes in what was committed.
    pub(super) fn apply(&mut self, batch: StoreBatch) {
        if batch.identity.is_some() {
            self.identity = batch.identity;
        }
        if let Some(progress) = batch.progress {
            self.progress = progress;
        }
        if let Some(counters) = batch.counters {
            self.counters = counters;
        }
        for (id, row) in batch.rows {
            self.rows.insert(id, HeldRow::of(row));
        }
        for (id, foreign) in batch.foreign {
            set(&mut self.foreign, id, foreign);
        }
        for (index, carried) in batch.carried {
            self.carried.set(index, carried.as_ref().map(CarriedMark::of));
        }
        for (index, parcel) in batch.parcels {
            set(&mut self.parcels, index, parcel.map(|bytes| bytes.len() as u64));
        }
        self.handed.extend(batch.handed);
        for index in &batch.acknowledged {
            self.handed.remove(index);
        }
        for (id, document) in batch.documents {
            if document.is_none() {
                self.foreign.remove(&id);
            }
            set(&mut self.rows, id, document.map(|kept| HeldRow::of(kept.row)));
        }
        for entry in &batch.queued {
            self.outbox.handle_queued(entry.index, WaitingMark::of(entry));
        }
        for entry in &batch.requeued {
            self.outbox.handle_queued(entry.index, WaitingMark::of(entry));
        }
        self.outbox.handle_acknowledged(&batch.acknowledged);
        for (scope, history) in batch.cursors {
            set(&mut self.cursors, scope, history);
        }
        for (key, kept) in batch.asides {
            set(&mut self.asides, key, kept.map(|(aside, _)| aside));
        }
        for (id, draft) in batch.drafts {
            set(&mut self.drafts, id, draft);
        }
        for (id, seen) in batch.seen {
            set(&mut self.seen, id, seen);
        }
        for (name, value) in batch.settings {
            set(&mut self.settings, name, value);
        }
        for (key, list) in batch.pruned {
            set(&mut self.pruned, key, (!list.is_empty()).then_some(list));
        }
        self.erased.extend(batch.erased);
    }

    /// How many records here no server has: those that wait, drafts, and what is carried for others; a sealed file
    /// counts as one. What was set aside is held by the server.
    pub(super) fn unsent(&self) -> usize {
        self.outbox.records() + self.drafts.len() + self.carried.records() + self.parcels.len()
    }

    /// Where one record stands.
    pub(super) fn sync_of(&self, id: &DocumentId) -> RecordSync {
        if self.drafts.contains_key(id) {
            return RecordSync::Draft;
        }
        // What may still be let in is told before what a person discarded.
        // Another's work that was discarded is no part of the record as it is here.
        let part = |aside: &Aside| aside.origin != AsideOrigin::Brought || !aside.is_discarded();
        let asides = self.asides_of(id).filter(|(_, aside)| part(aside));
        if let Some((_, aside)) = asides.min_by_key(|(_, aside)| aside.is_discarded()) {
            return RecordSync::SetAside(aside.reason.clone());
        }
        match self.outbox.state_of(id) {
            OutboxState::Empty if self.carried.has(id) => RecordSync::Carried,
            OutboxState::Empty => RecordSync::OnServer,
            OutboxState::Waiting => RecordSync::OnThisDevice,
            OutboxState::Sending => RecordSync::Sending,
        }
    }

    /// The changes of one record that were set aside.
    pub(super) fn asides_of<'h>(&'h self, id: &'h DocumentId) -> impl Iterator<Item = (&'h AsideKey, &'h Aside)> + 'h {
        let first = AsideKey { document: *id, change: ChangeHash::from_bytes([0; ChangeHash::BYTES]) };
        self.asides.range(first..).take_while(move |(key, _)| key.document == *id)
    }

    /// How many records have a change that was set aside and about which nobody has decided.
    pub(super) fn records_set_aside(&self) -> usize {
        let open = self.asides.iter().filter(|(_, aside)| !aside.is_discarded());
        open.map(|(key, _)| key.document).collect::<BTreeSet<_>>().len()
    }

    /// What is remembered of a record that has left by the rule, and where.
    pub(super) fn pruned_of(&self, id: &DocumentId) -> Option<(&PrunedKey, &Pruned)> {
        let month = Month::of(id);
        let lists = self.pruned.iter().filter(|(key, _)| key.month == month);
        lists.flat_map(|(key, list)| list.iter().map(move |pruned| (key, pruned))).find(|(_, it)| it.document == *id)
    }

    /// Why there is no record under an id.
    pub(super) fn not_here(&self, id: DocumentId) -> Error {
        if self.pruned_of(&id).is_some() { Error::Left(id) } else { Error::NotFound(id) }
    }

    /// The rows of one kind.
    pub(super) fn rows_of(&self, kind: RecordKind) -> impl Iterator<Item = (&DocumentId, &HeldRow)> {
        self.rows.iter().filter(move |(_, held)| held.row.kind.is_some_and(|code| code.0 == kind))
    }
}

/// The carried envelopes, without bodies, and which records they are about.
#[derive(Default)]
pub(super) struct HeldCarried {
    marks: BTreeMap<u64, CarriedMark>,
    by_document: BTreeMap<DocumentId, BTreeSet<u64>>,
    bytes: u64,
}

impl HeldCarried {
    fn of(marks: BTreeMap<u64, CarriedMark>) -> Self {
        let mut carried = Self::default();
        for (index, mark) in marks {
            carried.set(index, Some(mark));
        }
        carried
    }

    fn set(&mut self, index: u64, mark: Option<CarriedMark>) {
        if let Some(old) = self.marks.remove(&index) {
            self.bytes = self.bytes.saturating_sub(old.bytes.into());
            for entry in &old.entries {
                if let Some(about) = self.by_document.get_mut(&entry.document) {
                    about.remove(&index);
                    if about.is_empty() {
                        self.by_document.remove(&entry.document);
                    }
                }
            }
        }
        if let Some(mark) = mark {
            self.bytes = self.bytes.saturating_add(mark.bytes.into());
            for entry in &mark.entries {
                self.by_document.entry(entry.document).or_default().insert(index);
            }
            self.marks.insert(index, mark);
        }
    }

    /// The envelopes by their numbers, oldest first.
    pub(super) const fn marks(&self) -> &BTreeMap<u64, CarriedMark> {
        &self.marks
    }

    /// The envelopes in which something of a record is.
    pub(super) fn about(&self, id: &DocumentId) -> impl Iterator<Item = u64> + use<> {
        self.by_document.get(id).cloned().unwrap_or_default().into_iter()
    }

    /// How many records something is carried of.
    pub(super) fn records(&self) -> usize {
        self.by_document.len()
    }

    /// How many bytes are carried.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn has(&self, id: &DocumentId) -> bool {
        self.by_document.contains_key(id)
    }
}

impl HeldRow {
    fn of(row: Row) -> Self {
        let facets = match (row.kind, row.record.as_deref()) {
            (Some(kind), Some(record)) => facets(kind.0, record),
            _ => Facets::default(),
        };
        Self { row, facets }
    }

    /// When what it tells happened, or else when it came here.
    pub(super) fn at(&self) -> UnixMillis {
        self.facets.happened_at.unwrap_or(self.row.first_held_at)
    }
}

fn set<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    };
}
