//! Changes that are not let in: kept with their bytes and a reason, and tried again when what they lacked has come.

use jisr_sync_core::change::RawChange;
use jisr_sync_core::id::{ChangeHash, DocumentId};
use jisr_sync_core::sync::{Proof, ReasonCode};

use super::{Delivered, Entry, Merge, Origin, Outcome};
use crate::storage::{SetAside, StorageError};

/// How many changes that wait aside for a document are tried again when it grows.
const RETRIED_MAX: usize = 256;

impl Merge<'_> {
    /// Tries again what waits aside for changes that a document lacked.
    pub(super) fn retry(&mut self, document: &DocumentId) -> Result<(), StorageError> {
        loop {
            let waiting = self.waiting(document)?;
            let Some((first, _)) = waiting.first() else { return Ok(()) };
            let changes: Vec<RawChange> = waiting.iter().map(|(_, change)| change.clone()).collect();
            let verdicts = self.documents.open(document, &first.scope)?.admit(&changes);
            if verdicts.iter().all(Result::is_err) {
                return Ok(());
            }
            for ((aside, change), verdict) in waiting.iter().zip(verdicts) {
                if verdict.is_ok() && self.place(&change.hash(), document)?.is_none() {
                    let origin = self.origin_of(aside)?;
                    self.append_change(&aside.scope, *document, change, &origin)?;
                }
            }
        }
    }

    /// What waits aside for a document since it lacked a change, and may still be let in.
    fn waiting(&self, document: &DocumentId) -> Result<Vec<(SetAside, RawChange)>, StorageError> {
        let Some(scope) = self.documents.scope_of(document)? else { return Ok(Vec::new()) };
        let stored = self.storage.set_aside_of(document, RETRIED_MAX)?;
        let here = self.aside.values().filter(|aside| aside.document == *document).cloned();
        let lacked = |aside: &SetAside| aside.reason == ReasonCode::MISSING_DEPENDENCY && aside.scope == scope;
        let mut waiting = Vec::new();
        for aside in stored.into_iter().chain(here).filter(lacked) {
            let Ok(change) = RawChange::inspect(&aside.bytes) else { continue };
            let foreign = self.actor(&change.actor())?.is_some_and(|device| device != aside.author);
            if !foreign && self.place(&change.hash(), document)?.is_none() {
                waiting.push((aside, change));
            }
        }
        Ok(waiting)
    }

    fn origin_of(&self, aside: &SetAside) -> Result<Origin, StorageError> {
        let stored = match self.append.envelopes.get(&aside.envelope) {
            Some(proof) => Some(proof.clone()),
            None => self.storage.envelope(&aside.envelope)?,
        };
        let proof = stored.and_then(|bytes| Proof::from_bytes(&bytes));
        let unproven = || StorageError::Damaged { what: "proof of authorship", id: format!("{:?}", aside.envelope) };
        Ok(Origin {
            author: aside.author,
            incarnation: proof.ok_or_else(unproven)?.incarnation,
            envelope: aside.envelope,
            received_at: aside.received_at,
            clock_suspect: aside.clock_suspect,
        })
    }

    /// Keeps a change aside. What is aside already, for the same reason, stays as it is.
    pub(super) fn put_aside(
        &mut self,
        delivered: &Delivered,
        entry: &Entry,
        hash: ChangeHash,
        bytes: &[u8],
        reason: &'static str,
    ) -> Result<Outcome, StorageError> {
        let stored = self.storage.set_aside(&hash, &entry.document)?;
        if stored.is_none_or(|old| old.reason != reason) {
            let aside = SetAside {
                scope: entry.scope.clone(),
                document: entry.document,
                hash,
                author: delivered.author,
                brought_by: delivered.brought_by,
                reason: reason.to_owned(),
                received_at: delivered.received_at,
                clock_suspect: delivered.clock_suspect,
                envelope: delivered.envelope,
                bytes: bytes.to_vec(),
            };
            self.aside.insert((hash, entry.document), aside);
            self.append.envelopes.insert(delivered.envelope, delivered.proof.clone());
        }
        Ok(Outcome::SetAside(reason.into()))
    }
}
