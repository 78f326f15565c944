//! The documents that one append touches, loaded when they are first needed.

use std::collections::BTreeMap;

use jisr_sync_core::change::{RawChange, Refusal};
use jisr_sync_core::document::Document;
use jisr_sync_core::id::{ChangeHash, DocumentId, ScopeId};
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::sync::LogKind;
use jisr_sync_core::time::UnixMillis;

use crate::storage::{ReadLimit, SavedDocument, Storage, StorageError, StoredRecord};

/// How much of a log is read at once when a document is rebuilt from it.
const PAGE: ReadLimit = ReadLimit { records: 1_000, bytes: 4 * 1024 * 1024 };

/// The documents of one append.
pub(super) struct Documents<'s> {
    storage: &'s dyn Storage,
    open: BTreeMap<DocumentId, OpenDocument>,
}

/// A document with what a row says of it besides its content.
pub(super) struct OpenDocument {
    document: Document,
    scope: ScopeId,
    /// When its first record came, and whether with a clock that was off; `None` before there is one.
    first: Option<(UnixMillis, bool)>,
    changed_at: UnixMillis,
    grew: bool,
}

impl<'s> Documents<'s> {
    pub(super) const fn new(storage: &'s dyn Storage) -> Self {
        Self { storage, open: BTreeMap::new() }
    }

    /// The scope a document is in; `None` for a document without records.
    pub(super) fn scope_of(&self, id: &DocumentId) -> Result<Option<ScopeId>, StorageError> {
        match self.open.get(id) {
            Some(open) => Ok(open.first.is_some().then(|| open.scope.clone())),
            None => match self.storage.row(id) {
                Err(error) if error.is_damage() => Ok(self.storage.document(id)?.map(|saved| saved.scope)),
                row => Ok(row?.map(|row| row.scope)),
            },
        }
    }

    /// A document, loaded or new. A new one is in `scope`.
    pub(super) fn open(&mut self, id: &DocumentId, scope: &ScopeId) -> Result<&mut OpenDocument, StorageError> {
        if !self.open.contains_key(id) {
            self.open.insert(*id, self.load(id, scope)?);
        }
        let open = self.open.get_mut(id).ok_or(StorageError::Undecided)?;
        if open.first.is_none() {
            open.scope = scope.clone();
        }
        Ok(open)
    }

    /// The document is in another scope from now on.
    pub(super) fn relocate(&mut self, id: &DocumentId, to: &ScopeId) {
        if let Some(open) = self.open.get_mut(id) {
            open.scope = to.clone();
            open.grew = true;
        }
    }

    fn load(&self, id: &DocumentId, scope: &ScopeId) -> Result<OpenDocument, StorageError> {
        // A saved document is a cache: when it does not read, the log tells what it was.
        match self.storage.document(id) {
            Ok(None) => Ok(OpenDocument::empty(scope.clone())),
            Ok(Some(saved)) => match Document::restore(&saved.saved) {
                Ok(document) => Ok(OpenDocument::of((saved, document))),
                Err(_) => rebuild(self.storage, &saved.scope, id).map(OpenDocument::of),
            },
            Err(error) if error.is_damage() => rebuild(self.storage, scope, id).map(OpenDocument::of),
            Err(error) => Err(error),
        }
    }

    /// The paths of the fields that a change of an open document sets.
    pub(super) fn fields_of(&self, id: &DocumentId, hash: &ChangeHash) -> Vec<String> {
        let history = self.open.get(id).map(|open| open.document.history()).unwrap_or_default();
        let entry = history.into_iter().find(|entry| entry.change == *hash);
        entry.into_iter().flat_map(|entry| entry.edits).map(|edit| edit.field).collect()
    }

    /// Notes that a record of a document was appended.
    pub(super) fn grew(&mut self, id: &DocumentId, record: &StoredRecord) {
        if let Some(open) = self.open.get_mut(id) {
            open.first.get_or_insert((record.received_at, record.clock_suspect));
            open.changed_at = open.changed_at.max(record.received_at);
            open.grew = true;
        }
    }

    /// The documents that grew, with the form in which they are saved.
    pub(super) fn into_touched(self) -> Vec<(SavedDocument, Document)> {
        let touched = self.open.into_iter().filter(|(_, open)| open.grew);
        touched.filter_map(|(id, open)| open.saved(id)).collect()
    }
}

impl OpenDocument {
    fn empty(scope: ScopeId) -> Self {
        Self { document: Document::empty(), scope, first: None, changed_at: UnixMillis(i64::MIN), grew: false }
    }

    fn of((saved, document): (SavedDocument, Document)) -> Self {
        Self {
            document,
            scope: saved.scope,
            first: Some((saved.received_at, saved.clock_suspect)),
            changed_at: saved.changed_at,
            grew: false,
        }
    }

    /// What kind of record it is; `None` for one that does not say.
    pub(super) fn kind(&self) -> Option<RecordKind> {
        self.document.kind()
    }

    /// Its changes, each after those it builds on.
    pub(super) fn changes(&self) -> Vec<RawChange> {
        self.document.changes()
    }

    /// See [`Document::admit`].
    pub(super) fn admit(&mut self, changes: &[RawChange]) -> Vec<Result<(), Refusal>> {
        self.document.admit(changes)
    }

    fn saved(self, id: DocumentId) -> Option<(SavedDocument, Document)> {
        let (received_at, clock_suspect) = self.first?;
        let saved = SavedDocument {
            id,
            scope: self.scope,
            saved: self.document.save_plain(),
            received_at,
            clock_suspect,
            changed_at: self.changed_at,
        };
        Some((saved, self.document))
    }
}

/// A document's part of a log, for making it again.
#[derive(Default)]
pub(crate) struct History {
    changes: Vec<RawChange>,
    first: Option<(UnixMillis, bool)>,
    changed_at: Option<UnixMillis>,
    unsound: bool,
}

impl History {
    /// Adds the next record of the document.
    pub(crate) fn add(&mut self, record: &StoredRecord) {
        if record.log.kind != LogKind::Change || record.log.is_withheld() {
            return;
        }
        match RawChange::inspect(&record.log.body) {
            Ok(change) => self.changes.push(change),
            Err(_) => self.unsound = true,
        }
        self.first.get_or_insert((record.received_at, record.clock_suspect));
        self.changed_at = self.changed_at.max(Some(record.received_at));
    }

    /// The document as it follows from the records; `None` when they do not make one.
    pub(crate) fn build(self, id: DocumentId, scope: &ScopeId) -> Option<(SavedDocument, Document)> {
        let (received_at, clock_suspect) = self.first?;
        let mut document = Document::empty();
        let sound = !self.unsound && document.admit(&self.changes).iter().all(Result::is_ok);
        let saved = SavedDocument {
            id,
            scope: scope.clone(),
            saved: document.save_plain(),
            received_at,
            clock_suspect,
            changed_at: self.changed_at?,
        };
        sound.then_some((saved, document))
    }
}

/// A document made again from the log. Reads the whole log of its scope, so it is for what is damaged only.
fn rebuild(storage: &dyn Storage, scope: &ScopeId, id: &DocumentId) -> Result<(SavedDocument, Document), StorageError> {
    let mut history = History::default();
    let mut number = 0;
    loop {
        let page = storage.log_after(scope, number, PAGE)?;
        let Some(last) = page.last() else { break };
        number = last.log.number;
        page.iter().filter(|record| record.log.document == *id).for_each(|record| history.add(record));
    }
    let damaged = || StorageError::Damaged { what: "history of a document", id: id.to_string() };
    history.build(*id, scope).ok_or_else(damaged)
}
