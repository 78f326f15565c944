//! Moving a document to another scope: it leaves one log and comes whole into another.
//!
//! ```text
//! old scope:  … change  change … MovedOut        the bytes of its changes are withheld from now on
//! new scope:  … MovedIn  change  change          the same changes, authors and proofs, under new numbers
//! ```
//!
//! Who reads the old scope is told only that the document left, never where to; who reads it from its start is sent
//! nothing of it. What a device wrote for the old scope and brings later is set aside, as for any scope that is not
//! the document's.

use jisr_sync_core::id::{ChangeHash, DocumentId, ScopeId};
use jisr_sync_core::sync::{LogKind, LogRecord, body_hash};
use jisr_sync_core::time::UnixMillis;

use super::{Merge, Origin};
use crate::storage::{LogAppend, StorageError, StoredRecord};

/// What became of a move. True only once the append it belongs to is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relocated {
    /// The document is in its new scope.
    Moved,
    /// It was there already.
    Already,
    /// There is no such document.
    Unknown,
    /// Records of its kind do not lie in such a scope: persons and places in a province's, the others in a unit's.
    WrongKind,
}

impl Merge<'_> {
    /// Moves a document to another scope.
    ///
    /// # Errors
    /// When storage cannot be read. The merge may then hold part of the move and must be dropped.
    pub fn relocate(&mut self, id: &DocumentId, to: &ScopeId, at: UnixMillis) -> Result<Relocated, StorageError> {
        let Some(from) = self.documents.scope_of(id)? else { return Ok(Relocated::Unknown) };
        if from == *to {
            return Ok(Relocated::Already);
        }
        let document = self.documents.open(id, &from)?;
        if document.kind().is_none_or(|kind| kind.shared_by_province() != matches!(to, ScopeId::Province(_))) {
            return Ok(Relocated::WrongKind);
        }
        let changes = document.changes();
        let mut origins = Vec::with_capacity(changes.len());
        for change in &changes {
            origins.push(self.withhold(id, &change.hash(), &from)?);
        }
        self.append_note(&from, *id, LogKind::MovedOut, at)?;
        self.append_note(to, *id, LogKind::MovedIn, at)?;
        self.documents.relocate(id, to);
        for (change, origin) in changes.iter().zip(origins) {
            self.append_change(to, *id, change, &origin)?;
        }
        Ok(Relocated::Moved)
    }

    /// Takes the bytes of one change out of the old log, and tells where the change came from.
    fn withhold(&mut self, id: &DocumentId, hash: &ChangeHash, from: &ScopeId) -> Result<Origin, StorageError> {
        let lost = || StorageError::Damaged { what: "place of a change", id: hash.to_string() };
        let place = self.place(hash, id)?.filter(|place| place.scope == *from).ok_or_else(lost)?;
        let pending = self
            .append
            .logs
            .get_mut(from)
            .and_then(|log| log.records.iter_mut().find(|record| record.log.number == place.number));
        let record = match pending {
            Some(record) => {
                let before = record.clone();
                record.log.body = Vec::new();
                before
            }
            None => {
                let record = self.storage.record_at(from, place.number)?;
                self.append.withheld.entry(from.clone()).or_default().push(place.number);
                record.filter(|record| record.log.hash == *hash).ok_or_else(lost)?
            }
        };
        let ((author, incarnation), envelope) = record.log.author.zip(record.envelope).ok_or_else(lost)?;
        let StoredRecord { received_at, clock_suspect, .. } = record;
        Ok(Origin { author, incarnation, envelope, received_at, clock_suspect, moved: true })
    }

    /// Appends what the server itself says of a document.
    fn append_note(
        &mut self,
        scope: &ScopeId,
        document: DocumentId,
        kind: LogKind,
        at: UnixMillis,
    ) -> Result<(), StorageError> {
        let head = self.head(scope)?;
        let (body, hash) = (Vec::new(), body_hash(&[]));
        let chain = head.chain.next(kind, &document, &hash);
        let log = LogRecord { number: head.number + 1, chain, kind, document, hash, author: None, moved: false, body };
        let record = StoredRecord { log, received_at: at, clock_suspect: false, envelope: None };
        self.heads.insert(scope.clone(), record.cursor(&head));
        let new = || LogAppend { after: head, records: Vec::new() };
        self.append.logs.entry(scope.clone()).or_insert_with(new).records.push(record);
        Ok(())
    }
}
