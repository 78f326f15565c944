//! Changes that are not let in: kept with their bytes and a reason, and tried again when what they lacked has come.
//!
//! What waits for a change is found by that change, so that its coming costs what waited for just it, however much else
//! is aside. A change that lacks several is found by one of them at a time: when that comes and another is still
//! missing, by the next.

use std::collections::{BTreeMap, VecDeque};

use jisr_sync_core::change::{RawChange, Refusal};
use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId};
use jisr_sync_core::sync::{Proof, ReasonCode};

use super::{Delivered, Entry, Merge, Origin, Outcome};
use crate::storage::{AsideTally, SetAside, StorageError, is_unproven};

/// How many changes that wait aside are tried in one pass over their document. More take more passes.
const TRIED_AT_ONCE: usize = 256;

/// How many changes are kept aside that one device is charged with ([`SetAside::charged_to`]): more than a year of a van's
/// nights. What goes beyond stays where it is, so that nobody who holds a device's key, be it stolen, can fill the server's
/// disk.
pub const SET_ASIDE_OF_DEVICE_MAX: u64 = 20_000;

/// How many bytes of such changes are kept aside. A proven author is charged and not who hands its work over, and where
/// nothing is proven whoever brings it: nobody may use up what another one needs. A year of a van's nights has a few million.
pub const SET_ASIDE_BYTES_OF_DEVICE_MAX: u64 = 64 * 1024 * 1024;

impl Merge<'_> {
    /// Tries again what waits aside for changes that have come to a document, and what waits for that in turn.
    pub(super) fn retry(&mut self, document: &DocumentId, came: Vec<ChangeHash>) -> Result<(), StorageError> {
        let mut came: VecDeque<(ChangeHash, Option<ChangeHash>)> = came.into_iter().map(|hash| (hash, None)).collect();
        while !came.is_empty() {
            let tried = self.collect(document, &mut came)?;
            if !tried.is_empty() {
                self.try_again(document, tried)?;
            }
            // What was only hoped for and was not let in brings nothing along.
            let mut left = VecDeque::new();
            for (hash, after) in came {
                if self.place(&hash, document)?.is_some() {
                    left.push_back((hash, after));
                }
            }
            came = left;
        }
        Ok(())
    }

    /// What waits for these changes, and for those in turn, as if all were let in; at most about [`TRIED_AT_ONCE`].
    fn collect(
        &self,
        document: &DocumentId,
        came: &mut VecDeque<(ChangeHash, Option<ChangeHash>)>,
    ) -> Result<BTreeMap<ChangeHash, SetAside>, StorageError> {
        let mut found = BTreeMap::new();
        while found.len() < TRIED_AT_ONCE {
            let Some((hash, after)) = came.pop_front() else { break };
            let stored = self.storage.set_aside_lacking(document, &hash, after.as_ref(), TRIED_AT_ONCE)?;
            if stored.len() == TRIED_AT_ONCE {
                came.push_front((hash, stored.last().map(|aside| aside.hash)));
            }
            // What this append says of a change already is newer than what is stored.
            let here = self.aside.values().filter(|aside| aside.document == *document && aside.lacks == Some(hash));
            let older = stored.into_iter().filter(|aside| !self.aside.contains_key(&(aside.hash, *document)));
            for aside in here.cloned().chain(older) {
                if !found.contains_key(&aside.hash) && self.place(&aside.hash, document)?.is_none() {
                    came.push_back((aside.hash, None));
                    found.insert(aside.hash, aside);
                }
            }
        }
        Ok(found)
    }

    /// Puts changes through the gate once more, in the order in which one can build on another.
    fn try_again(&mut self, document: &DocumentId, tried: BTreeMap<ChangeHash, SetAside>) -> Result<(), StorageError> {
        let Some(scope) = self.documents.scope_of(document)? else { return Ok(()) };
        let mut sound = Vec::new();
        for aside in tried.into_values() {
            match RawChange::inspect(&aside.bytes) {
                Err(refusal) => self.stays_aside(aside, refusal.code(), None),
                Ok(_) if aside.scope != scope => self.stays_aside(aside, Refusal::NotGranted.code(), None),
                Ok(change) if self.is_foreign(&change, aside.author, false)? => {
                    self.stays_aside(aside, Refusal::ForeignActor.code(), None);
                }
                Ok(change) => sound.push((change, aside)),
            }
        }
        sound.sort_by_key(|(change, _)| (change.start_op(), change.hash()));
        let changes: Vec<RawChange> = sound.iter().map(|(change, _)| change.clone()).collect();
        let verdicts = self.documents.open(document, &scope)?.admit(&changes);
        for ((change, aside), verdict) in sound.into_iter().zip(verdicts) {
            match verdict {
                Ok(()) => {
                    let origin = self.origin_of(&aside)?;
                    self.append_change(&aside.scope, *document, &change, &origin)?;
                }
                Err(refusal) => {
                    let lacks = self.lacks(document, &change, refusal)?;
                    self.stays_aside(aside, refusal.code(), lacks);
                }
            }
        }
        Ok(())
    }

    /// The first change that a refused one builds on and its document lacks, when that is why it was refused.
    pub(super) fn lacks(
        &self,
        document: &DocumentId,
        change: &RawChange,
        refusal: Refusal,
    ) -> Result<Option<ChangeHash>, StorageError> {
        if refusal != Refusal::MissingDependency {
            return Ok(None);
        }
        for dep in change.deps() {
            if self.place(dep, document)?.is_none() {
                return Ok(Some(*dep));
            }
        }
        Ok(None)
    }

    /// Keeps what is aside there, for the reason it has now.
    pub(super) fn stays_aside(&mut self, aside: SetAside, reason: &str, lacks: Option<ChangeHash>) {
        if aside.reason != reason || aside.lacks != lacks {
            let key = (aside.hash, aside.document);
            self.aside.insert(key, SetAside { reason: reason.to_owned(), lacks, ..aside });
        }
    }

    pub(super) fn origin_of(&self, aside: &SetAside) -> Result<Origin, StorageError> {
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
            moved: false,
        })
    }

    /// What is aside under this name, as this append leaves it.
    pub(super) fn aside(&self, hash: &ChangeHash, document: &DocumentId) -> Result<Option<SetAside>, StorageError> {
        let key = (*hash, *document);
        match self.aside.get(&key) {
            Some(aside) => Ok(Some(aside.clone())),
            None if self.append.taken_in.contains(&key) => Ok(None),
            None => self.storage.set_aside(hash, document),
        }
    }

    /// Keeps a change aside. What is aside already, for the same reason or with a better proof, stays as it is; what a
    /// person discarded is not kept again, and what would be one too many is held back.
    pub(super) fn put_aside(
        &mut self,
        delivered: &Delivered,
        entry: &Entry,
        hash: ChangeHash,
        bytes: &[u8],
        (reason, lacks): (&'static str, Option<ChangeHash>),
    ) -> Result<Outcome, StorageError> {
        if self.is_discarded(&hash, &entry.document)? {
            return Ok(Outcome::SetAside(ReasonCode::DISCARDED.into()));
        }
        let stays = |old: &SetAside| {
            let same = old.reason == reason && old.lacks == lacks;
            same || (is_unproven(reason) && !is_unproven(&old.reason))
        };
        let old = self.aside(&hash, &entry.document)?;
        if !old.as_ref().is_some_and(stays) {
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
                lacks,
            };
            let account = aside.charged_to();
            let counted = old.is_some_and(|old| old.charged_to() == account);
            if !counted && !self.count_aside(account, bytes.len())? {
                return Ok(Outcome::HeldBack);
            }
            self.aside.insert((hash, entry.document), aside);
            self.append.envelopes.insert(delivered.envelope, delivered.proof.clone());
        }
        Ok(Outcome::SetAside(reason.into()))
    }

    /// Charges this device with one more change aside; false when there is no room for it. What was aside for a moment within
    /// the same append stays counted until its end.
    fn count_aside(&mut self, account: DeviceId, bytes: usize) -> Result<bool, StorageError> {
        let tally: AsideTally = match self.tallies.get(&account) {
            Some(tally) => *tally,
            None => self.storage.set_aside_tally(&account)?,
        };
        let more = tally.with(bytes);
        let room = more.changes <= SET_ASIDE_OF_DEVICE_MAX && more.bytes <= SET_ASIDE_BYTES_OF_DEVICE_MAX;
        self.tallies.insert(account, if room { more } else { tally });
        Ok(room)
    }
}
