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
use jisr_sync_core::sync::ReasonCode;

use super::edit::{kept_of, staff_of};
use super::held::Held;
use super::kinds::with_kind;
use super::{Local, Writer, fresh_actor, identity_of};
use crate::error::{Error, Result};
use crate::store::{Aside, AsideKey, AsideOrigin, StoreBatch, Waiting};

/// The gate's word for a number that its actor has used already.
pub(super) const SEQUENCE: &str = "sequence";

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
        refused: &BTreeMap<ChangeHash, ReasonCode>,
        batch: &mut StoreBatch,
    ) -> Result<()> {
        let (mut document, row) = self.document_of(held, id, None)?;
        let waiting = self.waiting_of(held, &id)?;
        // What had been set aside when the record left this device, and is offered again, is part of it from here on.
        let is_absent = |(hash, _): &(&ChangeHash, _)| !document.contains(hash);
        let absent = in_order(waiting.iter().filter(is_absent).map(|(_, entry)| entry.change.as_slice()));
        document.admit(&absent);
        let changes = document.changes();
        let kept: Vec<RawChange> =
            changes.iter().filter(|change| !refused.contains_key(&change.hash())).cloned().collect();
        // What built on a refused change is left out with it: its effect is part of the difference.
        let mut agreed = Document::empty();
        agreed.admit(&kept);
        let clashing = changes.iter().filter(|change| refused.contains_key(&change.hash())).map(RawChange::actor);
        let author = self.own_author(writer, held, &clashing.collect(), batch)?;
        let kind = document.kind().ok_or(Error::Unreadable(id))?;
        let change = with_kind!(kind, R => written_again::<R>(id, &document, &mut agreed, &author))?;
        for (hash, entry) in waiting {
            let is_answered = batch.acknowledged.contains(&entry.index);
            if document.contains(&hash) {
                let left_out = !agreed.contains(&hash) && !is_answered;
                batch.acknowledged.extend(left_out.then_some(entry.index));
            } else if let Some(reason) = refused.get(&hash) {
                // What it builds on is not here: it cannot be written again, and stays visible.
                let aside = Aside::new(AsideOrigin::Sent, reason.as_str(), self.now(), entry.scope);
                batch.asides.insert(AsideKey { document: id, change: hash }, Some((aside, entry.change)));
            }
        }
        if let Some(change) = change {
            let index = held.outbox.next_index().saturating_add(batch.queued.len() as u64);
            batch.queued.push(Waiting::new(index, row.scope.clone(), id, change.bytes().to_vec(), self.now()));
        }
        self.admit_asides(held, id, &mut agreed, batch)?;
        batch.documents.insert(id, Some(kept_of(&agreed, row, self.now())));
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
        let present = batch.identity.clone().map_or_else(|| identity_of(held), Ok)?.actor;
        let actor = if clashing.contains(&present) { fresh_actor(writer, held, batch)? } else { present };
        Ok(Author { actor, staff: staff_of(held), at: self.now() })
    }

    /// Lets in what was kept aside only because it clashed with the refused changes.
    fn admit_asides(&self, held: &Held, id: DocumentId, document: &mut Document, batch: &mut StoreBatch) -> Result<()> {
        let bodies = self.aside_bodies(held, &id)?;
        let asides = in_order(bodies.iter().map(Vec::as_slice));
        for (change, verdict) in asides.iter().zip(document.admit(&asides)) {
            if verdict.is_ok() {
                batch.asides.insert(AsideKey { document: id, change: change.hash() }, None);
            }
        }
        Ok(())
    }
}

/// The sound changes among `bodies`, each once, in the order in which one can build on another.
fn in_order<'b>(bodies: impl Iterator<Item = &'b [u8]>) -> Vec<RawChange> {
    let sound = bodies.filter_map(|body| RawChange::inspect(body).ok());
    let ordered: BTreeMap<_, _> = sound.map(|change| ((change.start_op(), change.hash()), change)).collect();
    ordered.into_values().collect()
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
