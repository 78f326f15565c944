//! Work that was written under an actor somebody else writes under too: the differences are written again under a new
//! one.
//!
//! It happens to a device that was copied, or restored from an old image: two changes bear one actor and number, the
//! server keeps the first and refuses the second. The record without the refused change is what both sides have; what
//! this device had changed on top of it becomes one change of a new actor. Nothing is lost, no record stays blocked.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::{Author, Document};
use jisr_sync_core::id::{ActorId, ChangeHash, DocumentId};
use jisr_sync_core::record::Record;
use jisr_sync_core::sync::{ReasonCode, change_hash};

use super::edit::{row_of, staff_of};
use super::held::Held;
use super::kinds::with_kind;
use super::{Local, Writer, identity_of};
use crate::error::{Error, Result};
use crate::store::{KeptDocument, StoreBatch, Waiting};

/// The gate's word for a number that its actor has used already.
const SEQUENCE: &str = "sequence";

/// Whether the server refused a change because its actor is not this device's alone.
pub(super) fn is_clash(reason: &ReasonCode) -> bool {
    matches!(reason.as_str(), SEQUENCE | ReasonCode::FOREIGN_ACTOR)
}

impl Local {
    /// Writes what the refused changes of a document did once more, under an actor of this device's own, into `batch`.
    pub(super) fn reapply(
        &self,
        writer: &mut Writer,
        held: &Held,
        id: DocumentId,
        refused: &BTreeSet<ChangeHash>,
        batch: &mut StoreBatch,
    ) -> Result<()> {
        let (document, row) = self.document_of(held, id, None)?;
        let changes = document.changes();
        let kept: Vec<RawChange> = changes.iter().filter(|change| !refused.contains(&change.hash())).cloned().collect();
        // What built on a refused change is left out with it: its effect is part of the difference.
        let mut agreed = Document::empty();
        agreed.admit(&kept);
        let clashing = changes.iter().filter(|change| refused.contains(&change.hash())).map(RawChange::actor);
        let author = self.own_author(writer, held, &clashing.collect(), batch)?;
        let kind = document.kind().ok_or(Error::Unreadable(id))?;
        let change = with_kind!(kind, R => written_again::<R>(id, &document, &mut agreed, &author))?;
        let left_out = |entry: &Waiting| !agreed.contains(&change_hash(&entry.change));
        for (index, _) in held.outbox.marks().filter(|(_, mark)| mark.document == id) {
            let entry = self.waiting_entry(index)?.filter(left_out);
            batch
                .acknowledged
                .extend(entry.filter(|entry| !batch.acknowledged.contains(&entry.index)).map(|e| e.index));
        }
        if let Some(change) = change {
            let index = held.outbox.next_index().saturating_add(batch.queued.len() as u64);
            batch.queued.push(Waiting::new(index, row.scope.clone(), id, change.bytes().to_vec(), self.now()));
        }
        self.admit_asides(held, id, &mut agreed, batch)?;
        let row = row_of(&agreed, row, self.now());
        batch.documents.insert(id, Some(KeptDocument { saved: agreed.save(), row }));
        Ok(())
    }

    /// Who writes: under a new actor when the present one is among those that clash.
    fn own_author(
        &self,
        writer: &mut Writer,
        held: &Held,
        clashing: &BTreeSet<ActorId>,
        batch: &mut StoreBatch,
    ) -> Result<Author> {
        let mut identity = batch.identity.clone().map_or_else(|| identity_of(held), Ok)?;
        if clashing.contains(&identity.actor) {
            identity.actor = ActorId::random(&mut writer.rng);
            batch.identity = Some(identity.clone());
        }
        Ok(Author { actor: identity.actor, staff: staff_of(held), at: self.now() })
    }

    /// Lets in what was kept aside only because it clashed with the refused changes.
    fn admit_asides(&self, held: &Held, id: DocumentId, document: &mut Document, batch: &mut StoreBatch) -> Result<()> {
        let mut asides = BTreeMap::new();
        for body in self.aside_bodies(held, &id)? {
            asides.extend(RawChange::inspect(&body).ok().map(|change| ((change.start_op(), change.hash()), change)));
        }
        let asides: Vec<RawChange> = asides.into_values().collect();
        for (change, verdict) in asides.iter().zip(document.admit(&asides)) {
            if verdict.is_ok() {
                batch.asides.insert(crate::store::AsideKey { document: id, change: change.hash() }, None);
            }
        }
        Ok(())
    }
}

/// The difference between `agreed` and the record as `document` has it, as one change of `agreed`.
fn written_again<R: Record>(
    id: DocumentId,
    document: &Document,
    agreed: &mut Document,
    author: &Author,
) -> Result<Option<RawChange>> {
    let record: R = document.read().map_err(|_| Error::Unreadable(id))?;
    if agreed.heads().is_empty() {
        let (made, change) = Document::create(&record, author)?;
        *agreed = made;
        return Ok(Some(change));
    }
    Ok(agreed.edit(&record, author)?)
}
