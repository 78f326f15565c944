//! What somebody else wrote, was carried here, and the server will not let in: it leaves the record here too. Either a
//! person decided so, or the server has let in another change of that actor and number.
//!
//! This device's own work on top of it would wait for it for ever. It is written again without it, edit by edit, each
//! by whom and when it was written, under a new actor: the old numbers stand in changes that others may have. Of what
//! others wrote nothing is written again; they have it, and are told.
//!
//! Own work that somebody has discarded too is not written again: it stays on the list of what was set aside.
//!
//! **Invariant:** one commit takes the old changes away and queues the new ones. Nothing of the own work is lost.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::{Author, Document};
use jisr_sync_core::id::{ActorId, ChangeHash, DocumentId, ScopeId};
use jisr_sync_core::record::Record;

use super::edit::kept_of;
use super::held::Held;
use super::kinds::with_kind;
use super::reapply::SEQUENCE;
use super::{Local, Writer, fresh_actor, identity_of};
use crate::error::{Error, Result};
use crate::store::{Aside, AsideKey, AsideOrigin, Doubt, StoreBatch, Waiting};

/// The changes of other devices that leave their records here, by their documents.
pub(super) type Withdrawn = BTreeMap<DocumentId, BTreeSet<ChangeHash>>;

impl Local {
    /// Makes room for what the server `sent` of a record and was refused since the record has another change of its actor
    /// and number: no record can hold both, and the server has let in the other. Whether there is room now.
    pub(super) fn make_way(
        &self,
        writer: &mut Writer,
        held: &Held,
        id: DocumentId,
        sent: &[Vec<u8>],
        batch: &mut StoreBatch,
    ) -> Result<bool> {
        let clashes = |hash: &ChangeHash| match batch.asides.get(&AsideKey { document: id, change: *hash }) {
            Some(Some((aside, _))) => aside.origin == AsideOrigin::Received && aside.reason == SEQUENCE,
            _ => false,
        };
        let sent = sent.iter().filter_map(|body| RawChange::inspect(body).ok());
        let refused = sent.filter(|change| clashes(&change.hash()));
        let refused: BTreeSet<_> = refused.map(|change| (change.actor(), change.seq())).collect();
        let Some((document, _)) = self.document_after(held, id, batch)?.filter(|_| !refused.is_empty()) else {
            return Ok(false);
        };
        // What this device wrote and the server has not answered for is written again when it does.
        let vouchers = self.store.vouchers(&id)?;
        let is_answered = |hash: &ChangeHash| vouchers.contains_key(hash) || held.is_foreign(&id, hash);
        let is_another =
            |change: &RawChange| refused.contains(&(change.actor(), change.seq())) && is_answered(&change.hash());
        let clashing: BTreeSet<ChangeHash> =
            document.changes().iter().filter(|change| is_another(change)).map(RawChange::hash).collect();
        self.withdraw(writer, held, id, &clashing, batch)?;
        Ok(!clashing.is_empty())
    }

    /// Takes `withdrawn` changes out of a record, with all that builds on them, and writes this device's own edits among
    /// it again, into `batch`.
    pub(super) fn withdraw(
        &self,
        writer: &mut Writer,
        held: &Held,
        id: DocumentId,
        withdrawn: &BTreeSet<ChangeHash>,
        batch: &mut StoreBatch,
    ) -> Result<()> {
        let Some((document, row)) = self.document_after(held, id, batch)?.filter(|_| !withdrawn.is_empty()) else {
            return Ok(());
        };
        let changes = in_order(document.changes());
        let kept: Vec<RawChange> =
            changes.iter().filter(|change| !withdrawn.contains(&change.hash())).cloned().collect();
        let mut rest = Document::empty();
        rest.admit(&kept);
        let left_out: Vec<&RawChange> = changes.iter().filter(|change| !rest.contains(&change.hash())).collect();
        if left_out.is_empty() {
            return Ok(());
        }
        let mut own = self.own_among(held, id, &left_out)?;
        // About this one somebody has decided too: it is kept aside with that reason.
        own.retain(|change| !is_decided(held, batch, AsideKey { document: id, change: change.hash() }));
        if document.kind().is_none() && !own.is_empty() {
            // A newer version wrote it: this one cannot write it again, and takes nothing away.
            return Ok(());
        }
        self.offer_vouched(held, id, &row.scope, &left_out, &own, batch)?;
        if let (Some(kind), false) = (document.kind(), own.is_empty()) {
            let actor = fresh_actor(writer, held, batch)?;
            let again = with_kind!(kind, R => written_again::<R>(id, &changes, &own, &mut rest, actor))?;
            for change in again {
                let index = held.outbox.next_index().saturating_add(batch.queued.len() as u64);
                batch.queued.push(Waiting::new(index, row.scope.clone(), id, change.bytes().to_vec(), self.now()));
            }
        }
        let waiting = self.waiting_of(held, &id)?;
        for change in own {
            batch.acknowledged.extend(waiting.get(&change.hash()).map(|entry| entry.index));
            batch.asides.insert(AsideKey { document: id, change: change.hash() }, None);
        }
        batch.rows.remove(&id);
        let nothing_left = rest.heads().is_empty();
        let kept = || kept_of(&rest, row, self.now());
        batch.documents.insert(id, (!nothing_left).then(kept));
        Ok(())
    }

    /// Queues what others wrote and the server let in once, before it leaves the record: the server is asked about it, and
    /// keeps what it lacks aside.
    fn offer_vouched(
        &self,
        held: &Held,
        id: DocumentId,
        scope: &ScopeId,
        left_out: &[&RawChange],
        own: &[&RawChange],
        batch: &mut StoreBatch,
    ) -> Result<()> {
        let vouchers = self.store.vouchers(&id)?;
        let waiting = self.waiting_of(held, &id)?;
        for change in left_out.iter().filter(|change| !own.contains(change)) {
            let hash = change.hash();
            let Some(vouched) = vouchers.get(&hash).copied().filter(|_| !waiting.contains_key(&hash)) else { continue };
            let index = held.outbox.next_index().saturating_add(batch.queued.len() as u64);
            let entry = Waiting::new(index, scope.clone(), id, change.bytes().to_vec(), self.now());
            batch.queued.push(Waiting { doubt: Doubt::Ask, vouched: Some(vouched), ..entry });
        }
        Ok(())
    }

    /// Which of these changes this device wrote, in this life or an earlier one.
    fn own_among<'c>(&self, held: &Held, id: DocumentId, changes: &[&'c RawChange]) -> Result<Vec<&'c RawChange>> {
        let device = identity_of(held)?.device;
        let vouchers = self.store.vouchers(&id)?;
        let is_own = |change: &&&RawChange| match vouchers.get(&change.hash()) {
            Some(vouched) => vouched.author == device,
            None => !held.is_foreign(&id, &change.hash()),
        };
        Ok(changes.iter().filter(is_own).copied().collect())
    }
}

fn is_decided(held: &Held, batch: &StoreBatch, key: AsideKey) -> bool {
    match batch.asides.get(&key) {
        Some(told) => told.as_ref().is_some_and(|(aside, _)| aside.is_discarded()),
        None => held.asides.get(&key).is_some_and(Aside::is_discarded),
    }
}

/// What each of the `own` changes did to the record as it was then, done once more to `rest`.
fn written_again<R: Record>(
    id: DocumentId,
    changes: &[RawChange],
    own: &[&RawChange],
    rest: &mut Document,
    actor: ActorId,
) -> Result<Vec<RawChange>> {
    let mut again = Vec::with_capacity(own.len());
    for change in own {
        let mut before = Document::empty();
        before.admit(&what_it_builds_on(changes, change));
        let mut after = before.clone();
        after.admit(&[(*change).clone()]);
        let staff = change.message().and_then(|staff| staff.parse().ok());
        let author = Author { actor, staff, at: change.time() };
        let done = rest.edit_as::<R>(&before, &after, &author);
        again.extend(done.map_err(|_| Error::Unreadable(id))?);
    }
    Ok(again)
}

/// All that a change builds on, in an order in which it can be taken in.
fn what_it_builds_on(changes: &[RawChange], change: &RawChange) -> Vec<RawChange> {
    let mut below: BTreeSet<ChangeHash> = change.deps().iter().copied().collect();
    for other in changes.iter().rev().filter(|other| other.start_op() < change.start_op()) {
        if below.contains(&other.hash()) {
            below.extend(other.deps());
        }
    }
    changes.iter().filter(|other| below.contains(&other.hash())).cloned().collect()
}

/// In the order in which one can build on another.
fn in_order(mut changes: Vec<RawChange>) -> Vec<RawChange> {
    changes.sort_by_key(|change| (change.start_op(), change.hash()));
    changes
}
