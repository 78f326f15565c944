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
//! | entries, remarks | `name/<key>`, `name/<key>/<sub>` | `true`: the entry exists; a part of it |
//! | counts | `name/<key>/<author>` | a counter that only this author writes; a reader adds them up |
//!
//! `<author>` is the first eight bytes of the actor, in base64url. A counter has one writer because two devices
//! that create a counter under one path at the same time are in conflict instead of adding up.
//!
//! **Never here:** what a change's bytes must be before they are let in (`change/`), and how they travel (`sync/`).
//! Outside this folder and `change/`, no type of Automerge is named.

mod admit;
mod cells;
mod conflict;
mod contain;
mod edit;
mod fields;
mod history;
mod ledger;
mod objects;

use automerge::{Automerge, ROOT, ReadDoc};
use serde_json::Value;
use sha2::{Digest, Sha256};

use cells::cell;
pub use conflict::{Conflict, ConflictValue};
use contain::contain;
pub use edit::{Author, EditError, KEY_CHARS_MAX, TEXT_CHARS_MAX};
use fields::{Cell, Flat};
pub use history::{Edited, FieldEdit, HistoryEntry};

use crate::change::{RawChange, first_chunk};
use crate::id::ChangeHash;
use crate::record::{Record, RecordKind};

/// Where a document says which kind of record it holds.
const KIND_PATH: &str = "_kind";

/// Where a document says which version of the kind's schema last wrote to it.
const SCHEMA_PATH: &str = "_schema";

/// The type of the chunk that [`Document::save`] writes.
const SAVED_DOCUMENT: u8 = 0;

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

/// A field holds something that is not what this version keeps there. Nothing of it is dropped.
///
/// It names the field, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} holds something that cannot be read")]
pub struct Unreadable {
    /// The path of the field; of sets, counts and unreadable keys the field's name only.
    pub field: String,
    /// Whether a newer version wrote the record: then the remedy is to update this one.
    pub newer: bool,
}

impl Unreadable {
    fn in_field(field: &str) -> Self {
        Self { field: field.to_owned(), newer: false }
    }
}

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

    /// Reads what [`Document::save`] wrote, optionally followed by raw changes that were appended to it, in any order.
    ///
    /// For bytes of our own store only. Appended changes pass the gate; of what `save` wrote, the checksum is compared, which
    /// damage does not survive and a forger does.
    pub fn restore(saved: &[u8]) -> Result<Self, DamagedDocument> {
        let (mut document, appended) = match first_chunk(saved).ok_or(DamagedDocument)? {
            (SAVED_DOCUMENT, chunk, rest) => (Self::load(chunk)?, rest),
            _ => (Self::empty(), saved),
        };
        document.append(appended)?;
        Ok(document)
    }

    fn load(chunk: &[u8]) -> Result<Self, DamagedDocument> {
        // Automerge answers some damaged bytes with a panic, and one damaged record must not take the others along.
        let am = contain(|| Automerge::load(chunk)).map_err(|_| DamagedDocument)?.map_err(|_| DamagedDocument)?;
        if am.get_missing_deps(&[]).is_empty() { Ok(Self { am }) } else { Err(DamagedDocument) }
    }

    /// Lets in changes that follow one another in `bytes`, each as soon as what it builds on is there.
    fn append(&mut self, mut bytes: &[u8]) -> Result<(), DamagedDocument> {
        let mut waiting = Vec::new();
        while !bytes.is_empty() {
            let (_, chunk, rest) = first_chunk(bytes).ok_or(DamagedDocument)?;
            waiting.push(RawChange::inspect(chunk).map_err(|_| DamagedDocument)?);
            bytes = rest;
        }
        while !waiting.is_empty() {
            let before = waiting.len();
            let mut verdicts = self.admit(&waiting).into_iter();
            waiting.retain(|_| verdicts.next().is_some_and(|verdict| verdict.is_err()));
            if waiting.len() == before {
                return Err(DamagedDocument);
            }
        }
        Ok(())
    }

    /// The document with its whole history, compressed, for [`Document::restore`].
    pub fn save(&self) -> Vec<u8> {
        self.am.save()
    }

    /// The same without compression, for [`Document::restore`] too: larger, and written in a fraction of the time. For
    /// whoever saves many documents and has a disk rather than a phone.
    pub fn save_plain(&self) -> Vec<u8> {
        self.am.save_nocompress()
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

    /// The hashes of all its changes, each after those it depends on.
    pub fn hashes(&self) -> Vec<ChangeHash> {
        let changes = self.am.get_changes_meta(&[]);
        changes.iter().map(|change| ChangeHash::from_bytes(change.hash.0)).collect()
    }

    /// Every change, each after all it depends on.
    pub fn changes(&self) -> Vec<RawChange> {
        self.am.get_changes(&[]).iter().map(RawChange::of_document).collect()
    }

    /// The kind of its record; `None` while it is empty, or when it is of a kind this version does not know.
    pub fn kind(&self) -> Option<RecordKind> {
        match cell(&self.am.get(ROOT, KIND_PATH).ok()??.0) {
            Cell::Scalar(Value::String(code)) => code.parse().ok(),
            _ => None,
        }
    }

    /// The newest version of the kind's schema that wrote to it; `None` when it does not say.
    pub fn schema(&self) -> Option<u32> {
        let written = self.am.get_all(ROOT, SCHEMA_PATH).ok()?;
        let version = |cell| if let Cell::Scalar(value) = cell { value.as_u64()?.try_into().ok() } else { None };
        written.iter().filter_map(|(value, _)| version(cell(value))).max()
    }

    /// The record, with of concurrent values the one that Automerge chooses, the same everywhere.
    ///
    /// Fields of a newer version are passed over, and stay in the document.
    pub fn read<R: Record>(&self) -> Result<R, Unreadable> {
        if self.kind() != Some(R::KIND) {
            return Err(Unreadable::in_field(KIND_PATH));
        }
        let schema = self.schema().ok_or_else(|| Unreadable::in_field(SCHEMA_PATH))?;
        fields::unflatten(&self.cells()).map_err(|unreadable| Unreadable { newer: schema > R::SCHEMA, ..unreadable })
    }

    fn cells(&self) -> Flat {
        cells::cells(&self.am)
    }
}
