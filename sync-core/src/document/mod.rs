//! Records as Automerge documents: one record, one document.
//!
//! Everything in a document is a scalar in its root map, under a flat path, because two devices that create the
//! same nested object at the same time would hide one of the two, with all that was written into it:
//!
//! | merge (see [`Merge`](crate::record::Merge)) | path | value |
//! |---|---|---|
//! | – | `_kind`, `_schema` | the record's kind, the version of its schema |
//! | once, register | `name` | the value |
//! | set | `name/<code>` | `true` |
//! | entries | `name/<key>/<sub>` | the value |
//! | counts | `name/<key>/<author>` | a counter that only this author writes; a reader adds them up |
//!
//! `<author>` is the first eight bytes of the actor, in base64url. A counter has one writer because two devices
//! that create a counter under one path at the same time are in conflict instead of adding up.
//!
//! **Never here:** what a change's bytes must be before they are let in (`change/`), and how they travel (`sync/`).
//! Outside this folder and `change/`, no type of Automerge is named.

mod admit;
mod contain;
mod ledger;

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, ReadDoc};
use sha2::{Digest, Sha256};

use crate::change::RawChange;
use crate::id::ChangeHash;

/// One record's Automerge document, with its whole history.
///
/// It holds no change whose dependencies it lacks, and no actor of its own: who writes is said at each edit.
#[derive(Clone)]
pub struct Document {
    /// Only this module names Automerge's types.
    pub(in crate::document) am: Automerge,
}

/// Bytes of our own store that are no document any more.
///
/// The store is damaged, or the bytes are another document's format; nothing of them can be shown safely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the saved document cannot be read: its bytes are damaged or incomplete")]
pub struct DamagedDocument;

impl Default for Document {
    fn default() -> Self {
        Self::empty()
    }
}

impl Document {
    /// A document without any change.
    pub fn empty() -> Self {
        Self { am: Automerge::new() }
    }

    /// Reads what [`Document::save`] wrote, optionally followed by raw changes that were appended to it.
    ///
    /// For bytes of our own store only: bytes of somebody else pass the gate first.
    pub fn restore(saved: &[u8]) -> Result<Self, DamagedDocument> {
        // Automerge answers some damaged bytes with a panic, and one damaged record must not take the others along.
        let loaded = catch_unwind(AssertUnwindSafe(|| Automerge::load(saved)));
        let am = loaded.map_err(|_| DamagedDocument)?.map_err(|_| DamagedDocument)?;
        if am.get_missing_deps(&[]).is_empty() { Ok(Self { am }) } else { Err(DamagedDocument) }
    }

    /// The document with its whole history, compressed, for [`Document::restore`].
    pub fn save(&self) -> Vec<u8> {
        self.am.save()
    }

    /// The changes nothing else depends on, sorted. Two documents with the same heads are the same.
    pub fn heads(&self) -> Vec<ChangeHash> {
        let mut heads: Vec<_> = self.am.get_heads().iter().map(|hash| ChangeHash::from_bytes(hash.0)).collect();
        heads.sort_unstable();
        heads
    }

    /// The SHA-256 of the sorted heads: one short value that tells two states of a document apart.
    pub fn heads_hash(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for head in self.heads() {
            hasher.update(head.as_bytes());
        }
        hasher.finalize().into()
    }

    /// Whether the change of this hash is part of it.
    pub fn contains(&self, hash: &ChangeHash) -> bool {
        self.am.get_change_meta_by_hash(&automerge::ChangeHash(*hash.as_bytes())).is_some()
    }

    /// Every change, each after all it depends on.
    pub fn changes(&self) -> Vec<RawChange> {
        self.am.get_changes(&[]).iter().map(RawChange::of_document).collect()
    }
}
