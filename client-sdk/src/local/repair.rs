//! After the server's log turned out to be another one: it is asked about everything it may have lost.
//!
//! A server that was restored from yesterday's backup has lost what came since. The scope is read again from where
//! the two sides still agree; about whatever this device holds that was stored later and was not seen in the new log,
//! **whoever wrote it**, the server is asked by fingerprint; what it lacks is sent: own work signed, that of others
//! with the server's vouchers. Twenty devices that hold the same record are asked twenty times and send it once.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::document::Document;
use jisr_sync_core::id::{ChangeHash, DocumentId, ScopeId};
use jisr_sync_core::sync::device::{ScopeReport, WelcomedScope};
use jisr_sync_core::sync::limits::OFFER_FINGERPRINTS_MAX;
use jisr_sync_core::sync::{Digest, Month, ScopeStatus, change_hash};

use super::Local;
use super::held::{Held, HeldRow};
use super::prune;
use crate::error::{Error, Result};
use crate::store::{AsideOrigin, CursorHistory, Doubt, Pruned, PrunedKey, Remedy, StoreBatch, StoreError, Waiting};

/// How many documents are asked about with one commit.
const DOCUMENTS_A_COMMIT: usize = 64;

impl Local {
    /// The server has said how it sees the scopes: those that are read anew are noted, with what is doubtful in them.
    /// Gives the scopes whose log is another one and whose older cursors the server was not shown: the next exchange
    /// shows them, and nothing is read before that.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read_anew(&self, scopes: &[WelcomedScope]) -> Result<BTreeSet<ScopeId>> {
        self.write(|_, held| {
            let (mut batch, mut to_show) = (StoreBatch::default(), BTreeSet::new());
            for told in scopes.iter().filter(|told| is_anew(told.status)) {
                let mut history = held.cursors.get(&told.scope).cloned().unwrap_or_default();
                if history.all().len() > 1 && !history.show_older && !history.asks_again() {
                    history.show_older = true;
                    to_show.insert(told.scope.clone());
                } else {
                    fork(held, &told.scope, &mut history, told.resume_after, &mut batch);
                    self.offer_received(held, &told.scope, &mut batch)?;
                }
                batch.cursors.insert(told.scope.clone(), Some(history));
            }
            Ok((batch, to_show))
        })
    }

    /// What came by the log that was before, and was kept aside here: the new log brings it again where it has it, and is
    /// asked about it where it has lost it.
    fn offer_received(&self, held: &Held, scope: &ScopeId, batch: &mut StoreBatch) -> Result<()> {
        let received = held.asides.iter().filter(|(_, aside)| aside.origin == AsideOrigin::Received);
        for (key, _) in received.filter(|(_, aside)| aside.scope == *scope) {
            let vouched = self.store.vouchers(&key.document)?.get(&key.change).copied();
            batch.asides.insert(*key, None);
            // Without the server's word for its author it is nothing that could be sent.
            let Some((vouched, change)) = vouched.zip(self.store.aside_bytes(key)?) else { continue };
            let index = held.outbox.next_index().saturating_add(batch.queued.len() as u64);
            let entry = Waiting::new(index, scope.clone(), key.document, change, self.now());
            batch.queued.push(Waiting { doubt: Doubt::Ask, vouched: Some(vouched), ..entry });
        }
        Ok(())
    }

    /// The scope was read to its end. Queues what is doubtful in it and was not seen in its log, to be asked about; and
    /// when what is held here does not sum up to the log's digest, sees to it that the two are compared. Whether there is
    /// more to do now.
    ///
    /// # Errors
    /// When the store fails; the scope then counts as not read to its end yet, and what was queued is queued once.
    pub fn read_to_end(&self, read: &ScopeReport) -> Result<bool> {
        let scope = &read.scope;
        let queued = self.ask_about_each(scope, &self.doubtful_in(scope))?;
        let remedy = self.write(|_, held| {
            let mut batch = StoreBatch::default();
            let Some(mut history) = held.cursors.get(scope).cloned() else { return Ok((batch, Remedy::None)) };
            let before = history.clone();
            if history.read_to_end(held.counters.step) {
                let of_scope = |id: &&DocumentId| held.rows.get(id).is_none_or(|row| row.row.scope == *scope);
                batch.seen.extend(held.seen.keys().filter(of_scope).map(|id| (*id, None)));
            }
            // What has left this device and did not come though it was listed, the log does not have.
            let was_lost = |key: &PrunedKey| key.scope == *scope && before.was_listed(key.month);
            prune::forget_all(held, was_lost, &mut batch);
            if !batch.pruned.is_empty() {
                tracing::warn!(%scope, "records that had left this device are not on the server any more");
            }
            let remedy = match read.digest.zip(self.digests_of(held, scope, &batch.pruned)?) {
                Some((log, here)) if log == here.values().fold(Digest::default(), |sum, month| sum.join(*month)) => {
                    history.agree(held.counters.step);
                    Remedy::None
                }
                Some((_, here)) => history.disagree(in_parts(held, scope, &differing(&here, &read.months))),
                None => Remedy::None,
            };
            if history.is_unsettled() && !before.is_unsettled() {
                tracing::warn!(%scope, "what is held here does not sum up to the server's log");
            }
            if history != before {
                batch.cursors.insert(scope.clone(), Some(history));
            }
            Ok((batch, remedy))
        })?;
        if let Remedy::Offer(months) = &remedy {
            self.ask_about_each(scope, &self.made_in(scope, months))?;
        }
        Ok(queued > 0 || remedy != Remedy::None)
    }

    /// Queues what these documents of a scope hold and was not seen in its log, to be asked about; how many changes.
    fn ask_about_each(&self, scope: &ScopeId, documents: &[DocumentId]) -> Result<usize> {
        let mut queued = 0;
        for some in documents.chunks(DOCUMENTS_A_COMMIT) {
            queued += self.write(|_, held| {
                let (mut batch, mut queued) = (StoreBatch::default(), 0);
                for id in some.iter().filter(|id| held.rows.contains_key(id)) {
                    let seen = held.seen.get(id).into_iter().flatten().copied().collect();
                    // A document that does not read any more holds up no other.
                    let document = match self.document_of(held, *id, None) {
                        Err(Error::Unreadable(_) | Error::Store(StoreError::Damaged { .. })) => continue,
                        document => document?.0,
                    };
                    queued += self.ask_about(held, *id, scope, &document, &seen, &mut batch)?;
                }
                Ok((batch, queued))
            })?;
        }
        Ok(queued)
    }

    /// The documents of a scope that were made in these months, in any when there is none; as many as one exchange can
    /// offer, newest first.
    fn made_in(&self, scope: &ScopeId, months: &[Month]) -> Vec<DocumentId> {
        let held = self.read_held();
        let is_meant = |id: &DocumentId| months.is_empty() || months.contains(&Month::of(id));
        rows_in(&held, scope).rev().map(|(id, _)| *id).filter(is_meant).take(OFFER_FINGERPRINTS_MAX).collect()
    }

    /// The digests, by month, of what this device knows to be in a scope's log; `None` while something of the scope
    /// waits: whether the log has it is not known. What is `forgotten` of what has left this device is not summed up.
    fn digests_of(
        &self,
        held: &Held,
        scope: &ScopeId,
        forgotten: &BTreeMap<PrunedKey, Vec<Pruned>>,
    ) -> Result<Option<BTreeMap<Month, Digest>>> {
        let of_scope = |id: &DocumentId| held.rows.get(id).map(|row| is_in(row, scope));
        if held.outbox.documents().any(|id| of_scope(&id).unwrap_or(true)) {
            return Ok(None);
        }
        let mut digests: BTreeMap<Month, Digest> = BTreeMap::new();
        let is_summed = |key: &PrunedKey| key.scope == *scope && !forgotten.contains_key(key);
        for (key, list) in held.pruned.iter().filter(|(key, _)| is_summed(key)) {
            // What came of it since it left is not here.
            if list.iter().any(|pruned| pruned.wanted) {
                return Ok(None);
            }
            let month = digests.entry(key.month).or_default();
            *month = list.iter().fold(*month, |sum, pruned| sum.join(pruned.digest));
        }
        for (id, row) in rows_in(held, scope) {
            let Some(of_row) = row.row.digest else { return Ok(None) };
            let month = digests.entry(Month::of(id)).or_default();
            *month = month.join(Digest(of_row));
        }
        for (key, aside) in held.asides.iter().filter(|(_, aside)| aside.scope == *scope) {
            // What has left its scope is not summed up, and so nothing is taken from the sum for it.
            let is_part = held.rows.get(&key.document).is_some_and(|row| is_in(row, scope))
                && self.document_of(held, key.document, None)?.0.contains(&key.change);
            let month = digests.entry(Month::of(&key.document)).or_default();
            match aside.origin {
                AsideOrigin::Sent if is_part => month.remove(&key.change),
                AsideOrigin::Received if !is_part => month.add(&key.change),
                // What was brought is not vouched for, and left out below.
                AsideOrigin::Sent | AsideOrigin::Received | AsideOrigin::Brought => {}
            }
        }
        for (id, hashes) in held.foreign.iter().filter(|(id, _)| of_scope(id) == Some(true)) {
            let (document, _) = self.document_of(held, *id, None)?;
            let vouchers = self.store.vouchers(id)?;
            let only_here = hashes.iter().filter(|hash| document.contains(hash) && !vouchers.contains_key(hash));
            let month = digests.entry(Month::of(id)).or_default();
            only_here.for_each(|hash| month.remove(hash));
        }
        Ok(Some(digests))
    }

    /// The documents of a scope of which something was stored since the two sides agreed, when its log is doubted.
    fn doubtful_in(&self, scope: &ScopeId) -> Vec<DocumentId> {
        let held = self.read_held();
        let Some(after) = held.cursors.get(scope).and_then(CursorHistory::doubtful_after) else {
            return Vec::new();
        };
        let rows = held.rows.iter().filter(|(_, row)| row.row.scope == *scope && row.row.step > after);
        rows.map(|(id, _)| *id).collect()
    }

    /// Queues all changes of a document that do not wait yet and were not `seen` on the server, to be asked about, and
    /// what waits of it among them: all of it in the order in which one change builds on another. How many were added.
    pub(super) fn ask_about(
        &self,
        held: &Held,
        id: DocumentId,
        scope: &ScopeId,
        document: &Document,
        seen: &BTreeSet<ChangeHash>,
        batch: &mut StoreBatch,
    ) -> Result<usize> {
        let mut waiting = self.waiting_of(held, &id)?;
        let changes = document.changes();
        let vouchers = self.store.vouchers(&id)?;
        // What another device handed over goes on in its author's envelope, or comes back with a voucher.
        let foreign = |hash: &ChangeHash| held.is_foreign(&id, hash) && !vouchers.contains_key(hash);
        let doubtful = |hash: &ChangeHash| !seen.contains(hash) && !waiting.contains_key(hash) && !foreign(hash);
        let added = changes.iter().filter(|change| doubtful(&change.hash())).count();
        if added == 0 {
            return Ok(0);
        }
        // What waits and is not part of the document stays where it is.
        let here = changes.iter().filter_map(|change| waiting.get(&change.hash()));
        batch.acknowledged.extend(here.map(|entry| entry.index));
        for change in changes.iter().filter(|change| !seen.contains(&change.hash()) && !foreign(&change.hash())) {
            let index = held.outbox.next_index().saturating_add(batch.queued.len() as u64);
            let entry = waiting.remove(&change.hash()).unwrap_or_else(|| Waiting {
                doubt: Doubt::Ask,
                vouched: vouchers.get(&change.hash()).copied(),
                ..Waiting::new(index, scope.clone(), id, change.bytes().to_vec(), self.now())
            });
            batch.queued.push(Waiting { index, ..entry });
        }
        Ok(added)
    }

    /// What waits of one record, by its hash.
    pub(super) fn waiting_of(&self, held: &Held, id: &DocumentId) -> Result<BTreeMap<ChangeHash, Waiting>> {
        let entries = held.outbox.indexes_of(id).filter_map(|index| self.waiting_entry(index).transpose());
        entries.map(|entry| entry.map(|entry| (change_hash(&entry.change), entry))).collect()
    }
}

/// Whether a record lies in a scope and is there to stay.
fn is_in(row: &HeldRow, scope: &ScopeId) -> bool {
    row.row.scope == *scope && !row.row.left
}

/// The records of a scope that are there to stay.
fn rows_in<'h>(
    held: &'h Held,
    scope: &'h ScopeId,
) -> impl DoubleEndedIterator<Item = (&'h DocumentId, &'h HeldRow)> + 'h {
    held.rows.iter().filter(move |(_, row)| is_in(row, scope))
}

/// The months whose digests differ; none where those of the log were not asked for.
fn differing(here: &BTreeMap<Month, Digest>, log: &[(Month, Digest)]) -> Vec<Month> {
    if log.is_empty() {
        return Vec::new();
    }
    let log: BTreeMap<Month, Digest> = log.iter().copied().collect();
    let months: BTreeSet<Month> = here.keys().chain(log.keys()).copied().collect();
    let sum = |side: &BTreeMap<Month, Digest>, month: &Month| side.get(month).copied().unwrap_or_default();
    months.into_iter().filter(|month| sum(here, month) != sum(&log, month)).collect()
}

/// Months, newest first, in parts of which one exchange can list all that is held here. A month with more than that is a
/// part of its own: what cannot be listed of it comes again.
fn in_parts(held: &Held, scope: &ScopeId, months: &[Month]) -> Vec<Vec<Month>> {
    let mut records: BTreeMap<Month, usize> = BTreeMap::new();
    for (id, _) in rows_in(held, scope) {
        *records.entry(Month::of(id)).or_default() += 1;
    }
    let (mut parts, mut room): (Vec<Vec<Month>>, usize) = (Vec::new(), 0);
    for month in months.iter().rev() {
        let needed = records.get(month).copied().unwrap_or_default();
        match parts.last_mut().filter(|_| needed <= room) {
            Some(part) => part.push(*month),
            None => {
                parts.push(vec![*month]);
                room = OFFER_FINGERPRINTS_MAX;
            }
        }
        room = room.saturating_sub(needed);
    }
    parts
}

const fn is_anew(status: ScopeStatus) -> bool {
    matches!(status, ScopeStatus::Forked | ScopeStatus::New)
}

/// From here on only what is seen or acknowledged counts as held by the server, of all that was stored since the two
/// sides agreed. A device that stored nothing since has nothing to doubt.
fn fork(held: &Held, scope: &ScopeId, history: &mut CursorHistory, number: u64, batch: &mut StoreBatch) {
    history.fork(number);
    let mut rows = held.rows.values().filter(|row| row.row.scope == *scope);
    if !rows.any(|row| history.rereading_after.is_some_and(|after| row.row.step > after)) {
        history.rereading_after = None;
    }
    let of_scope = |id: &&DocumentId| held.rows.get(id).is_none_or(|row| row.row.scope == *scope);
    batch.seen.extend(held.seen.keys().filter(of_scope).map(|id| (*id, None)));
}
