//! Changes that are not let in: kept with their bytes and a reason, and tried again when what they lacked has come.

use jisr_sync_core::change::RawChange;
use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId};
use jisr_sync_core::sync::{Proof, ReasonCode};

use super::{Delivered, Entry, Merge, Origin, Outcome};
use crate::storage::{AsideTally, SetAside, StorageError};

/// How many changes that wait aside for a document are tried again when it grows.
const RETRIED_MAX: usize = 256;

/// How many changes that one device brought are kept aside: more than a year of a van's nights. What goes beyond stays on the
/// device, so that nobody who holds a device's key, be it stolen, can fill the server's disk.
pub const SET_ASIDE_OF_DEVICE_MAX: u64 = 20_000;

/// How many bytes of changes that one device brought are kept aside. Whoever brings is counted, and not whom the changes
/// name as their author: that may not be proven, and nobody may use up what another one needs. A year of a van's nights has a few million.
pub const SET_ASIDE_BYTES_OF_DEVICE_MAX: u64 = 64 * 1024 * 1024;

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

    /// Keeps a change aside. What is aside already, for the same reason, stays as it is; what would be one too many is
    /// held back.
    pub(super) fn put_aside(
        &mut self,
        delivered: &Delivered,
        entry: &Entry,
        hash: ChangeHash,
        bytes: &[u8],
        reason: &'static str,
    ) -> Result<Outcome, StorageError> {
        let stored = self.storage.set_aside(&hash, &entry.document)?;
        let own = |aside: &SetAside| aside.brought_by == delivered.brought_by;
        let counted = stored.as_ref().is_some_and(own) || self.aside.get(&(hash, entry.document)).is_some_and(own);
        if stored.is_none_or(|old| old.reason != reason) {
            if !counted && !self.count_aside(delivered.brought_by, bytes.len())? {
                return Ok(Outcome::HeldBack);
            }
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

    /// Counts one more change aside that this device brought; false when there is no room for it. What was aside for a moment
    /// within the same append stays counted until its end.
    fn count_aside(&mut self, brought_by: DeviceId, bytes: usize) -> Result<bool, StorageError> {
        let tally: AsideTally = match self.tallies.get(&brought_by) {
            Some(tally) => *tally,
            None => self.storage.set_aside_tally(&brought_by)?,
        };
        let more = tally.with(bytes);
        let room = more.changes <= SET_ASIDE_OF_DEVICE_MAX && more.bytes <= SET_ASIDE_BYTES_OF_DEVICE_MAX;
        self.tallies.insert(brought_by, if room { more } else { tally });
        Ok(room)
    }
}
