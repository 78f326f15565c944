//! Taking in what the server sends: one frame, one commit, together with its cursor.
//!
//! Each change passes the gate before Automerge sees it. One that is refused is kept aside with its reason and
//! blocks nothing; one that lacked what it builds on is tried again whenever its record receives something.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::Document;
use jisr_sync_core::id::{ChangeHash, DocumentId, ScopeId};
use jisr_sync_core::sync::device::{PulledFrame, ReceivedRecord};
use jisr_sync_core::sync::{LogKind, change_hash};
use jisr_sync_core::time::UnixMillis;

use super::edit::kept_of;
use super::held::Held;
use super::prune::{self, set_wanted};
use super::{Local, Writer};
use crate::error::{Error, Result};
use crate::outbox::OutboxState;
use crate::store::{Aside, AsideKey, AsideOrigin, Counters, CursorHistory, Row, StoreBatch, StoreError, Waiting};

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// How many changes were taken in.
    pub changes: usize,
    /// How many were kept aside.
    pub set_aside: usize,
}

impl Local {
    /// Takes in a frame, and returns once it would survive a power cut together with its cursor.
    ///
    /// # Errors
    /// When the store fails; the frame was then not taken in, and comes again.
    pub fn receive(&self, frame: PulledFrame) -> Result<Taken> {
        self.write(|writer, held| {
            let mut batch = StoreBatch::default();
            let mut taken = Taken::default();
            let step = held.counters.step.saturating_add(1);
            note_place(held, &frame, step, &mut batch);
            let mut changes: BTreeMap<DocumentId, Vec<ReceivedRecord>> = BTreeMap::new();
            for record in frame.records {
                match record.kind {
                    LogKind::Change => changes.entry(record.document).or_default().push(record),
                    LogKind::MovedIn => self.bring_along(held, record.document, &frame.scope, &mut batch)?,
                    LogKind::Erasure => {
                        changes.remove(&record.document);
                        prune::forget(held, &record.document, &mut batch);
                        erase(held, record.document, &mut batch);
                    }
                    LogKind::MovedOut => {
                        changes.remove(&record.document);
                        drop_moved(held, record.document, &frame.scope, &mut batch);
                    }
                }
            }
            for (document, records) in changes {
                if held.erased.contains(&document) || batch.erased.contains(&document) {
                    continue;
                }
                match self.take_record(writer, held, document, &frame.scope, records, &mut batch) {
                    Err(Error::Unreadable(_) | Error::Store(StoreError::Damaged { .. }))
                        if self.is_damaged(held, document) =>
                    {
                        self.fetch_anew(held, document, &mut batch)?;
                    }
                    told => {
                        let of_record = told?;
                        taken.changes += of_record.changes;
                        taken.set_aside += of_record.set_aside;
                    }
                }
            }
            for kept in batch.documents.values_mut().flatten() {
                kept.row.step = step;
            }
            batch.counters = Some(Counters { step, ..held.counters });
            Ok((batch, taken))
        })
    }

    /// A document has come into a scope of this device: what is held and waits of it is for that scope now.
    fn bring_along(&self, held: &Held, id: DocumentId, scope: &ScopeId, batch: &mut StoreBatch) -> Result<()> {
        if let Some(held) = held.rows.get(&id) {
            batch.rows.insert(id, Row { scope: scope.clone(), left: false, ..held.row.clone() });
        }
        for entry in self.waiting_of(held, &id)?.into_values().filter(|entry| entry.scope != *scope) {
            batch.requeued.push(Waiting { scope: scope.clone(), ..entry });
        }
        Ok(())
    }

    /// Takes in what the server sent of one record.
    fn take_record(
        &self,
        writer: &mut Writer,
        held: &Held,
        id: DocumentId,
        scope: &ScopeId,
        records: Vec<ReceivedRecord>,
        batch: &mut StoreBatch,
    ) -> Result<Taken> {
        self.note_held_by_server(held, id, &records, batch)?;
        let bodies: Vec<_> = records.into_iter().map(|record| record.body).collect();
        let again = bodies.clone();
        let mut taken = Taken::default();
        self.take_in(held, id, scope, bodies, Vec::new(), batch, &mut taken)?;
        if self.make_way(writer, held, id, &again, batch)? {
            taken.set_aside = 0;
            self.take_in(held, id, scope, again, Vec::new(), batch, &mut taken)?;
        }
        Ok(taken)
    }

    /// Whether what is held of a record does not read.
    fn is_damaged(&self, held: &Held, id: DocumentId) -> bool {
        held.rows.contains_key(&id) && self.document_of(held, id, None).is_err()
    }

    /// One record that does not read must not keep out all others: it is let go of and asked for whole. What waits of it
    /// goes on waiting, and is part of it again once the server has it.
    fn fetch_anew(&self, held: &Held, id: DocumentId, batch: &mut StoreBatch) -> Result<()> {
        tracing::warn!("a record does not read; it is asked for again");
        prune::note_wanted(held, id, batch);
        batch.documents.insert(id, None);
        let waiting = self.waiting_of(held, &id)?.into_values();
        batch.requeued.extend(waiting.map(|entry| Waiting { offered_again: true, ..entry }));
        Ok(())
    }

    /// What is in the server's log does not wait any more, and the server's word for who wrote it is kept.
    fn note_held_by_server(
        &self,
        held: &Held,
        id: DocumentId,
        records: &[ReceivedRecord],
        batch: &mut StoreBatch,
    ) -> Result<()> {
        let mut vouchers = self.store.vouchers(&id)?;
        let waiting = self.waiting_of(held, &id)?;
        for record in records {
            let hash = change_hash(&record.body);
            vouchers.extend(record.vouched.map(|vouched| (hash, vouched)));
            batch.acknowledged.extend(waiting.get(&hash).map(|entry| entry.index));
        }
        if let Some(foreign) = held.foreign.get(&id) {
            let unproven: Vec<_> = foreign.iter().filter(|hash| !vouchers.contains_key(hash)).copied().collect();
            if unproven.len() < foreign.len() {
                batch.foreign.insert(id, Some(unproven).filter(|left| !left.is_empty()));
            }
        }
        batch.vouchers.insert(id, Some(vouchers));
        Ok(())
    }

    /// Takes in the changes of one document, from the server or `handed` over by a device, and tries again those of it
    /// that were kept aside or are carried. What was handed over and is not let in is in its envelope, and nowhere else.
    #[allow(clippy::too_many_arguments, reason = "two sources of changes, two things to fill")]
    pub(super) fn take_in(
        &self,
        held: &Held,
        id: DocumentId,
        scope: &ScopeId,
        bodies: Vec<Vec<u8>>,
        handed: Vec<Vec<u8>>,
        batch: &mut StoreBatch,
        taken: &mut Taken,
    ) -> Result<()> {
        let now = self.now();
        let left = held.pruned_of(&id).is_some();
        if left && bodies.is_empty() {
            // What another device hands over of it waits in its envelope until the record is here again.
            return Ok(());
        }
        let (mut document, row) = self
            .document_after(held, id, batch)?
            .unwrap_or_else(|| (Document::empty(), Row::new(None, scope.clone(), now)));
        let sent: BTreeSet<ChangeHash> = bodies.iter().map(|body| change_hash(body)).collect();
        let mut in_envelopes: BTreeSet<ChangeHash> = BTreeSet::new();
        let mut raw: Vec<RawChange> = Vec::new();
        let pulled = bodies.len();
        let handed = handed.into_iter().chain(self.carried_bodies(held, &id)?);
        let handed: Vec<_> = handed.inspect(|body| _ = in_envelopes.insert(change_hash(body))).collect();
        let keeps = |hash: &ChangeHash| sent.contains(hash) || !in_envelopes.contains(hash);
        for (place, body) in bodies.into_iter().chain(self.aside_bodies(held, &id)?).chain(handed).enumerate() {
            if raw.iter().any(|change| change.bytes() == body) {
                continue;
            }
            match RawChange::inspect(&body) {
                Ok(change) if document.contains(&change.hash()) => {
                    // It is in the server's log, whoever had set it aside.
                    let key = AsideKey { document: id, change: change.hash() };
                    if place < pulled && held.asides.contains_key(&key) {
                        batch.asides.insert(key, None);
                    }
                }
                Ok(change) => raw.push(change),
                Err(refusal) => {
                    let key = AsideKey { document: id, change: change_hash(&body) };
                    taken.set_aside += 1;
                    if keeps(&key.change) {
                        set_aside(batch, key, refusal.code(), now, scope, body);
                    }
                }
            }
        }
        // What the server sends comes before what is only carried: of two changes of one actor and number, its own stays.
        raw.sort_by_key(|change| (!keeps(&change.hash()), change.start_op()));
        let results = document.admit(&raw);
        if left && document.heads().is_empty() {
            // It builds on what has left this device: all of it is asked for.
            set_wanted(held, id, true, batch);
            return Ok(());
        }
        prune::forget(held, &id, batch);
        for (change, result) in raw.iter().zip(results) {
            let key = AsideKey { document: id, change: change.hash() };
            match result {
                Ok(()) => {
                    taken.changes += 1;
                    if held.asides.contains_key(&key) || batch.asides.contains_key(&key) {
                        batch.asides.insert(key, None);
                    }
                }
                Err(refusal) => {
                    taken.set_aside += 1;
                    if keeps(&key.change) {
                        set_aside(batch, key, refusal.code(), now, scope, change.bytes().to_vec());
                    }
                }
            }
        }
        if !document.heads().is_empty() {
            let mut kept = kept_of(&document, row, now);
            kept.row.scope = scope.clone();
            kept.row.left = false;
            batch.documents.insert(id, Some(kept));
        }
        Ok(())
    }

    /// A document as it will be once `batch` is committed, with its row; `None` when it is not held then.
    pub(super) fn document_after(
        &self,
        held: &Held,
        id: DocumentId,
        batch: &StoreBatch,
    ) -> Result<Option<(Document, Row)>> {
        match batch.documents.get(&id) {
            Some(None) => Ok(None),
            Some(Some(kept)) => {
                let document = Document::restore(&kept.saved).map_err(|_| Error::Unreadable(id))?;
                Ok(Some((document, kept.row.clone())))
            }
            None if held.rows.contains_key(&id) => self.document_of(held, id, None).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn aside_bodies(&self, held: &Held, id: &DocumentId) -> Result<Vec<Vec<u8>>> {
        let received = held.asides_of(id).filter(|(_, aside)| aside.origin == AsideOrigin::Received);
        let bodies = received.filter_map(|(key, _)| self.store.aside_bytes(key).transpose());
        Ok(bodies.collect::<std::result::Result<_, _>>()?)
    }
}

/// Moves the scope's cursor; while the scope is read anew, notes which changes the log was seen to have.
fn note_place(held: &Held, frame: &PulledFrame, step: u64, batch: &mut StoreBatch) {
    // Documents that were asked for say nothing about the place in the log.
    let Some(cursor) = frame.cursor else { return };
    let mut history: CursorHistory = held.cursors.get(&frame.scope).cloned().unwrap_or_default();
    history.store(cursor, step);
    if history.rereading_after.is_some() {
        for record in frame.records.iter().filter(|record| record.kind == LogKind::Change) {
            note_seen(held, record.document, change_hash(&record.body), batch);
        }
    }
    batch.cursors.insert(frame.scope.clone(), Some(history));
}

/// Notes, while a scope is read anew, that the server has a change.
pub(super) fn note_seen(held: &Held, document: DocumentId, hash: ChangeHash, batch: &mut StoreBatch) {
    let seen = batch.seen.entry(document).or_insert_with(|| held.seen.get(&document).cloned());
    seen.get_or_insert_default().push(hash);
}

fn erase(held: &Held, id: DocumentId, batch: &mut StoreBatch) {
    batch.documents.insert(id, None);
    batch.erased.push(id);
    batch.drafts.extend(held.drafts.get(&id).map(|_| (id, None)));
    batch.asides.extend(held.asides_of(&id).map(|(key, _)| (*key, None)));
}

/// A document that left the scope goes from here, unless another scope of this device has brought it already. While a
/// change of it waits it stays: the change is delivered, and the server keeps it aside if it may not let it in.
fn drop_moved(held: &Held, id: DocumentId, scope: &ScopeId, batch: &mut StoreBatch) {
    if held.pruned_of(&id).is_some_and(|(key, _)| key.scope == *scope) {
        prune::forget(held, &id, batch);
    }
    drop_received(held, id, scope, batch);
    let Some(row) = held.rows.get(&id).map(|held| &held.row).filter(|row| row.scope == *scope) else { return };
    if held.outbox.state_of(&id) == OutboxState::Empty {
        batch.documents.insert(id, None);
    } else {
        batch.rows.insert(id, Row { left: true, ..row.clone() });
    }
}

/// What was received of a record that is not in a scope's log any more, and not let in here, is no part of that log's sum
/// and nothing that this device may keep. Its own work and what it brought stays.
pub(super) fn drop_received(held: &Held, id: DocumentId, scope: &ScopeId, batch: &mut StoreBatch) {
    let received = |aside: &Aside| aside.origin == AsideOrigin::Received && aside.scope == *scope;
    let gone = held.asides_of(&id).filter(|(_, aside)| received(aside));
    batch.asides.extend(gone.map(|(key, _)| (*key, None)));
}

fn set_aside(batch: &mut StoreBatch, key: AsideKey, reason: &str, now: UnixMillis, scope: &ScopeId, bytes: Vec<u8>) {
    let aside = Aside::new(AsideOrigin::Received, reason, now, scope.clone());
    batch.asides.insert(key, Some((aside, bytes)));
}
