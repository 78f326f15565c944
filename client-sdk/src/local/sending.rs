//! What a sync exchange takes from here and brings back, besides received frames.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use jisr_sync_core::change::RawChange;
use jisr_sync_core::id::{ChangeHash, DocumentId, ScopeId};
use jisr_sync_core::sync::{Acknowledged, OutboxTotals, ReasonCode, body_hash, change_hash};

use super::held::Held;
use super::reapply::is_clash;
use super::receive::{Taken, drop_received, note_seen};
use super::{Local, identity_of};
use crate::error::Result;
use crate::status::{Phase, SyncStatus};
use crate::store::{
    Aside, AsideKey, AsideOrigin, Counters, CursorHistory, Doubt, Row, StoreBatch, Waiting, WaitingMark,
};

impl Local {
    /// Stores the server's durable acknowledgements: those changes leave the outbox. What it keeps aside stays
    /// visible here with its reason; what it refused because another device writes under the same actor is written
    /// again under a new one, and so is what builds on another's work that a person discarded; and when it lacks what a
    /// change builds on, it is asked about the whole record. Whether there is something to send that was not before.
    ///
    /// # Errors
    /// When the store fails; nothing has left then, and the changes are sent again.
    pub fn acknowledge(&self, answer: &Acknowledged) -> Result<bool> {
        self.take_back_in(&answer.delivered)?;
        self.write(|writer, held| {
            let step = held.counters.step.saturating_add(1);
            let mut batch = StoreBatch::default();
            let mut clashes: BTreeMap<DocumentId, BTreeMap<ChangeHash, ReasonCode>> = BTreeMap::new();
            let mut lacking: BTreeMap<DocumentId, ScopeId> = BTreeMap::new();
            for (index, reason) in &answer.set_aside {
                if reason.as_str() == ReasonCode::HELD_BACK {
                    continue;
                }
                let Some(entry) = self.waiting_entry(*index)? else { continue };
                let is_held = held.rows.contains_key(&entry.document);
                // What is offered again need not be part of the record as it is here, so that this would not help.
                let is_new = entry.doubt == Doubt::None && !entry.offered_again;
                if reason.as_str() == ReasonCode::MISSING_DEPENDENCY && is_new && is_held {
                    lacking.insert(entry.document, entry.scope);
                    continue;
                }
                batch.acknowledged.push(*index);
                if is_clash(reason) && is_held && entry.vouched.is_none() {
                    let of_record = clashes.entry(entry.document).or_default();
                    of_record.insert(change_hash(&entry.change), reason.clone());
                    continue;
                }
                // What was erased is not kept a second time here; the server keeps what it was sent.
                if !held.erased.contains(&entry.document) {
                    let key = AsideKey { document: entry.document, change: name_on_server(&entry.change) };
                    let aside = Aside::new(AsideOrigin::Sent, reason.as_str(), self.now(), entry.scope);
                    batch.asides.insert(key, Some((aside, entry.change)));
                }
            }
            let discarded = self.note_carried(held, answer, |id| clashes.contains_key(id), &mut batch)?;
            let in_a_log: Vec<u64> = answer.delivered.iter().chain(&answer.elsewhere).copied().collect();
            batch.acknowledged.extend(&in_a_log);
            self.note_delivered(held, &in_a_log, &mut batch)?;
            let left = self.left_by(held, answer)?;
            for index in &answer.lacking {
                let entry = self.waiting_entry(*index)?;
                batch.requeued.extend(entry.map(|entry| Waiting { doubt: Doubt::Settled, ..entry }));
            }
            let delivered = answer.delivered.iter().map(|index| (index, !held.outbox.is_asked(*index)));
            let answered = delivered.chain(answer.set_aside.iter().map(|(index, _)| (index, false)));
            let documents = answered.filter_map(|(index, sent)| Some((held.outbox.document_of(*index)?, sent)));
            for (id, row, sent) in documents.filter_map(|(id, sent)| Some((id, held.rows.get(&id)?, sent))) {
                batch.rows.insert(id, Row { step, ..row.row.clone() });
                let scope = &row.row.scope;
                let known = || held.cursors.get(scope).cloned();
                let history = batch.cursors.entry(scope.clone()).or_insert_with(known);
                history.as_mut().into_iter().for_each(|history| history.acknowledged(step, sent));
            }
            // What is in another log has no number in this one.
            for (id, row) in left.iter().filter_map(|id| Some((*id, held.rows.get(id)?))) {
                drop_received(held, id, &row.row.scope, &mut batch);
                batch.rows.insert(id, Row { step, left: true, ..row.row.clone() });
            }
            batch.cursors.retain(|_, history| history.is_some());
            batch.counters = Some(Counters { step, ..batch.counters.unwrap_or(held.counters) });
            for (document, refused) in &clashes {
                self.reapply(writer, held, *document, refused, &mut batch)?;
                batch.rows.remove(document);
            }
            for (document, changes) in &discarded {
                self.withdraw(writer, held, *document, changes, &mut batch)?;
            }
            let settled = |id: &DocumentId| clashes.contains_key(id) || discarded.contains_key(id);
            for (id, scope) in lacking.iter().filter(|(id, _)| !settled(id)) {
                self.doubt_whole(held, *id, scope, &mut batch)?;
            }
            Ok((batch, !clashes.is_empty() || !lacking.is_empty() || !discarded.is_empty()))
        })
    }

    /// The records here that the server has in another scope than this device: a server that was put back may have
    /// forgotten a move, or have got the record from somebody who never heard of it. They have left, as if the log said so.
    fn left_by(&self, held: &Held, answer: &Acknowledged) -> Result<BTreeSet<DocumentId>> {
        let mut left = BTreeSet::new();
        let mut note = |document: DocumentId, scope: &ScopeId| {
            let lies_there = held.rows.get(&document).is_some_and(|row| row.row.scope == *scope);
            left.extend(lies_there.then_some(document));
        };
        for index in &answer.elsewhere {
            self.waiting_entry(*index)?.into_iter().for_each(|entry| note(entry.document, &entry.scope));
        }
        for (index, place) in &answer.carried_elsewhere {
            let entries = self.store.carried(*index)?.map(|carried| carried.envelope.entries).unwrap_or_default();
            entries.get(*place).into_iter().for_each(|entry| note(entry.document, &entry.scope));
        }
        Ok(left)
    }

    /// What had been set aside and is let in now is part of its record here too, also when the record had left this
    /// device meanwhile: the server does not send back what it was just sent.
    fn take_back_in(&self, delivered: &[u64]) -> Result<()> {
        if !delivered.iter().any(|index| self.read_held().outbox.is_offered_again(*index)) {
            return Ok(());
        }
        self.write(|_, held| {
            let (mut batch, mut taken) = (StoreBatch::default(), Taken::default());
            let granted = identity_of(held)?.enrolment.map(|enrolment| enrolment.scopes).unwrap_or_default();
            let mut back: BTreeMap<(DocumentId, ScopeId), Vec<Vec<u8>>> = BTreeMap::new();
            for index in delivered.iter().filter(|index| held.outbox.is_offered_again(**index)) {
                let Some(entry) = self.waiting_entry(*index)? else { continue };
                // The server may have had it all along from elsewhere, in a scope that is not this device's any more.
                if granted.contains(&entry.scope) && !held.erased.contains(&entry.document) {
                    back.entry((entry.document, entry.scope)).or_default().push(entry.change);
                }
            }
            for ((document, scope), bodies) in back {
                self.take_in(held, document, &scope, bodies, Vec::new(), &mut batch, &mut taken)?;
            }
            Ok((batch, ()))
        })
    }

    /// While a scope is read anew, what is acknowledged counts as seen; and what is in the log is not set aside there.
    /// What is set aside here waits for what it builds on.
    fn note_delivered(&self, held: &Held, delivered: &[u64], batch: &mut StoreBatch) -> Result<()> {
        let rereading = held.cursors.values().any(|history| history.rereading_after.is_some());
        if !rereading && held.asides.is_empty() {
            return Ok(());
        }
        for index in delivered {
            let Some(entry) = self.waiting_entry(*index)? else { continue };
            let key = AsideKey { document: entry.document, change: change_hash(&entry.change) };
            if rereading {
                note_seen(held, key.document, key.change, batch);
            }
            let is_sent = held.asides.get(&key).is_some_and(|aside| aside.origin == AsideOrigin::Sent);
            batch.asides.extend(is_sent.then_some((key, None)));
        }
        Ok(())
    }

    /// The server lacks what a change of this record builds on: it is asked about all of it, in order, before anything
    /// of it is sent again.
    fn doubt_whole(&self, held: &Held, id: DocumentId, scope: &ScopeId, batch: &mut StoreBatch) -> Result<()> {
        let (document, _) = self.document_of(held, id, None)?;
        let first = batch.queued.len();
        self.ask_about(held, id, scope, &document, &BTreeSet::new(), batch)?;
        batch.queued.iter_mut().skip(first).for_each(|entry| entry.doubt = Doubt::Ask);
        if batch.queued.len() == first {
            // All of it waits already.
            let waiting = self.waiting_of(held, &id)?;
            batch.requeued.extend(waiting.into_values().map(|entry| Waiting { doubt: Doubt::Ask, ..entry }));
        }
        Ok(())
    }

    /// The waiting changes without their bytes, in commit order, each with whether its record is urgent.
    pub fn waiting(&self) -> Vec<(u64, WaitingMark, bool)> {
        let held = self.read_held();
        let urgent = |mark: &WaitingMark| held.rows.get(&mark.document).is_some_and(|row| row.facets.urgent);
        held.outbox.marks().map(|(index, mark)| (index, mark.clone(), urgent(mark))).collect()
    }

    /// How much waits.
    pub fn totals(&self) -> OutboxTotals {
        let held = self.read_held();
        OutboxTotals { changes: held.outbox.changes() as u64, records: held.outbox.records() as u64 }
    }

    /// One waiting change, or `None` when it has left.
    ///
    /// # Errors
    /// When the store fails.
    pub fn waiting_entry(&self, index: u64) -> Result<Option<Waiting>> {
        Ok(self.store.outbox(index, 1)?.into_iter().next().filter(|entry| entry.index == index))
    }

    /// The cursors of every granted scope, newest first; empty for one that was never read.
    ///
    /// # Errors
    /// [`crate::Error::NotEnrolled`].
    pub fn cursors(&self) -> Result<BTreeMap<ScopeId, CursorHistory>> {
        let granted = self.enrolment()?.scopes;
        let held = self.read_held();
        Ok(granted
            .into_iter()
            .map(|scope| (scope.clone(), held.cursors.get(&scope).cloned().unwrap_or_default()))
            .collect())
    }

    /// Numbers for the next exchange.
    pub fn counters(&self) -> Counters {
        self.read_held().counters
    }

    /// Stores what the server told about itself: the difference between the clocks, and how much it takes at once.
    ///
    /// # Errors
    /// When the store fails.
    pub fn learn(&self, clock_offset_ms: i64, request_bytes_max: usize) -> Result<()> {
        self.write(|_, held| {
            let counters = Counters { clock_offset_ms, request_bytes_max, ..held.counters };
            // A clock that drifts by less than a second is not worth a write.
            let drifted = clock_offset_ms.abs_diff(held.counters.clock_offset_ms) > 1_000;
            let changed = drifted || request_bytes_max != held.counters.request_bytes_max;
            Ok((StoreBatch { counters: changed.then_some(counters), ..StoreBatch::default() }, ()))
        })
    }

    /// An exchange begins: what waits now is on its way.
    pub fn exchange_began(&self) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).outbox.handle_sending();
        self.tell();
    }

    /// The exchange has ended, well or not.
    pub fn exchange_ended(&self) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).outbox.handle_ended();
        self.tell();
    }

    /// How syncing stands; `connecting` says whether the server is being called and has not answered.
    pub fn status(&self, connecting: bool) -> SyncStatus {
        let held = self.read_held();
        let enrolment = held.identity.as_ref().and_then(|identity| identity.enrolment.as_ref());
        let phase = match (enrolment, held.outbox.progress()) {
            (None, _) => Phase::NotEnrolled,
            (Some(enrolment), None) if enrolment.revoked => Phase::Revoked,
            (_, Some(_)) if connecting => Phase::Connecting,
            (_, Some((sent, total))) => Phase::Transferring { sent, total },
            _ if held.progress.paused => Phase::Paused,
            _ if held.progress.last_error.as_ref().is_some_and(|error| is_network(&error.code)) => Phase::Offline,
            _ => Phase::Idle,
        };
        let (handed_over, handed_to) = held.handed_over();
        SyncStatus {
            phase,
            handed_over,
            handed_to,
            carried: held.carried.records(),
            carried_files: held.parcels.len(),
            carried_nearly_full: held.carries_nearly_all_it_can(),
            waiting: held.outbox.records(),
            waiting_since: held.outbox.since(),
            set_aside: held.records_set_aside(),
            last_success: held.progress.last_success,
            next_attempt: held.progress.next_attempt,
            last_error: held.progress.last_error.clone(),
        }
    }
}

/// Under which hash the server keeps bytes aside: a change under its own, other bytes under that of all of them.
pub(super) fn name_on_server(bytes: &[u8]) -> ChangeHash {
    RawChange::inspect(bytes).map_or_else(|_| body_hash(bytes), |change| change.hash())
}

fn is_network(code: &str) -> bool {
    matches!(code, "offline" | "interrupted")
}
