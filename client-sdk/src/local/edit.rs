//! Making, editing and settling records: each one commit of document, row and outbox entry.

use std::collections::BTreeMap;

use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::{Author, Document};
use jisr_sync_core::id::{DocumentId, StaffId};
use jisr_sync_core::record::{Record, RecordKind};
use jisr_sync_core::sync::Digest;
use jisr_sync_core::sync::limits::CHANGE_BYTES_MAX;
use jisr_sync_core::time::UnixMillis;
use serde_json::Value;

use super::held::Held;
use super::kinds::{FieldRecord, Known, with_kind};
use super::read::open_shift;
use super::{Local, Writer, identity_of};
use crate::error::{Error, Result};
use crate::store::{Draft, Enrolment, KeptDocument, RecordCode, Row, StoreBatch, StoreError, Waiting};

/// Whether a draft could be finished.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finished {
    /// It is a record now.
    Yes,
    /// It stays a draft: these fields are missing.
    Missing(Vec<&'static str>),
}

/// The setting that names who uses the device.
pub(super) const STAFF: &str = "staff";

impl Local {
    /// Adds a record and returns its id once it would survive a power cut. What the device knows and `record` does
    /// not say is filled in: the unit, the device, the time, the open tour.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`]; [`Error::Invalid`] when something is missing that a record of its kind must have;
    /// [`Error::Store`]. Nothing was kept then.
    pub fn add<R: FieldRecord>(&self, record: R) -> Result<DocumentId> {
        self.write(|writer, held| {
            let id = DocumentId::new(self.now(), &mut writer.rng);
            let batch = self.creation(writer, held, id, record)?;
            Ok((batch, id))
        })
    }

    /// Keeps a record that is not finished, on this device only.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn draft<R: FieldRecord>(&self, record: &R) -> Result<DocumentId> {
        let json = json_of(record)?;
        self.write(|writer, _| {
            let now = self.now();
            let id = DocumentId::new(now, &mut writer.rng);
            let drafts = BTreeMap::from([(id, Some(Draft::new(R::KIND, json, now)))]);
            Ok((StoreBatch { drafts, ..StoreBatch::default() }, id))
        })
    }

    /// Makes a draft a record, under the same id, when nothing is missing.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such draft; otherwise as [`Local::add`].
    pub fn finish<R: FieldRecord>(&self, id: DocumentId) -> Result<Finished> {
        self.write(|writer, held| {
            let record: R = draft_of(held, id)?;
            let missing = record.missing_fields();
            if !missing.is_empty() {
                return Ok((StoreBatch::default(), Finished::Missing(missing)));
            }
            let mut batch = self.creation(writer, held, id, record)?;
            batch.drafts.insert(id, None);
            Ok((batch, Finished::Yes))
        })
    }

    /// Throws a draft away, because somebody said so.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub fn discard_draft(&self, id: DocumentId) -> Result<()> {
        self.write(|_, held| {
            held.drafts.get(&id).ok_or(Error::NotFound(id))?;
            Ok((StoreBatch { drafts: [(id, None)].into(), ..StoreBatch::default() }, ()))
        })
    }

    /// Changes a record or a draft, and returns once the change would survive a power cut. Whether anything changed.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unreadable`], [`Error::Invalid`] when the edit takes away what a record of its
    /// kind must have, [`Error::Edit`] when a field cannot be changed so, [`Error::Store`]. The record is then as it
    /// was.
    pub fn update<R: FieldRecord>(&self, id: DocumentId, edit: impl FnOnce(&mut R)) -> Result<bool> {
        self.write(|_, held| {
            if held.drafts.contains_key(&id) {
                return self.draft_update(held, id, edit);
            }
            let (mut document, row) = self.document_of(held, id, Some(R::KIND))?;
            let mut record: R = document.read().map_err(|_| Error::Unreadable(id))?;
            let (before, named) = (record.missing_fields(), record.related());
            edit(&mut record);
            if let Some(field) = record.missing_fields().into_iter().find(|field| !before.contains(field)) {
                return Err(required(field));
            }
            if let Some(enrolment) = identity_of(held)?.enrolment {
                refuse_strangers(held, &enrolment, &record.related(), &named)?;
            }
            let change = document.edit(&record, &self.author(held)?)?;
            self.edited(held, id, &document, row, change)
        })
    }

    /// Settles a field that several people set differently on one of the values it was given.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Edit`] when `keep` is none of the values. Nothing changed then.
    pub fn settle(&self, id: DocumentId, field: &str, keep: &Value) -> Result<bool> {
        self.write(|_, held| {
            let (mut document, row) = self.document_of(held, id, None)?;
            let change = document.settle(field, keep, &self.author(held)?)?;
            self.edited(held, id, &document, row, change)
        })
    }

    pub(super) fn creation<R: FieldRecord>(
        &self,
        writer: &mut Writer,
        held: &Held,
        id: DocumentId,
        mut record: R,
    ) -> Result<StoreBatch> {
        let enrolment = identity_of(held)?.enrolment.ok_or(Error::NotEnrolled)?;
        self.complete(writer, held, &mut record)?;
        if let Some(field) = record.missing_fields().first() {
            return Err(required(field));
        }
        refuse_strangers(held, &enrolment, &record.related(), &[])?;
        let (document, change) = Document::create(&record, &self.author(held)?)?;
        let row = Row::new(Some(R::KIND), enrolment.scope_of(R::KIND), self.now());
        self.edited(held, id, &document, row, Some(change)).map(|(batch, _)| batch)
    }

    fn complete<R: FieldRecord>(&self, writer: &mut Writer, held: &Held, record: &mut R) -> Result<()> {
        let identity = identity_of(held)?;
        let enrolment = identity.enrolment.ok_or(Error::NotEnrolled)?;
        let now = self.now();
        let open_shift = open_shift(held, &enrolment);
        record.complete(&mut Known {
            unit: enrolment.unit,
            device: identity.device,
            staff: staff_of(held),
            now,
            offset: self.zone().offset(now),
            today: self.zone().day_of(now),
            open_shift,
            day_of: &|at| self.zone().day_of(at),
            rng: &mut writer.rng,
        });
        Ok(())
    }

    /// The batch that keeps an edited document: its body, its row and the change that now waits.
    fn edited(
        &self,
        held: &Held,
        id: DocumentId,
        document: &Document,
        row: Row,
        change: Option<RawChange>,
    ) -> Result<(StoreBatch, bool)> {
        let Some(change) = change else { return Ok((StoreBatch::default(), false)) };
        if change.bytes().len() > CHANGE_BYTES_MAX {
            let rule = format!("is {} bytes long; one edit can be at most {CHANGE_BYTES_MAX}", change.bytes().len());
            return Err(Error::Invalid { field: "edit".to_owned(), rule });
        }
        let kept = kept_of(document, row, self.now());
        let (index, bytes) = (held.outbox.next_index(), change.bytes().to_vec());
        let waiting = Waiting::new(index, kept.row.scope.clone(), id, bytes, self.now());
        let batch = StoreBatch {
            documents: BTreeMap::from([(id, Some(kept))]),
            queued: vec![waiting],
            ..StoreBatch::default()
        };
        Ok((batch, true))
    }

    fn draft_update<R: FieldRecord>(
        &self,
        held: &Held,
        id: DocumentId,
        edit: impl FnOnce(&mut R),
    ) -> Result<(StoreBatch, bool)> {
        let mut record: R = draft_of(held, id)?;
        edit(&mut record);
        let mut draft = held.drafts.get(&id).cloned().ok_or(Error::NotFound(id))?;
        let json = json_of(&record)?;
        if draft.record == json {
            return Ok((StoreBatch::default(), false));
        }
        draft.record = json;
        draft.changed_at = self.now();
        Ok((StoreBatch { drafts: [(id, Some(draft))].into(), ..StoreBatch::default() }, true))
    }

    /// A document with its row; of another kind than `kind`, it is not there.
    pub(super) fn document_of(&self, held: &Held, id: DocumentId, kind: Option<RecordKind>) -> Result<(Document, Row)> {
        let row = &held.rows.get(&id).ok_or_else(|| held.not_here(id))?.row;
        if kind.is_some() && row.kind.map(|code| code.0) != kind {
            return Err(Error::NotFound(id));
        }
        let saved = self.store.document(&id)?.ok_or_else(|| damaged(id))?;
        let document = Document::restore(&saved).map_err(|_| damaged(id))?;
        Ok((document, row.clone()))
    }

    fn author(&self, held: &Held) -> Result<Author> {
        Ok(Author { actor: identity_of(held)?.actor, staff: staff_of(held), at: self.now() })
    }
}

/// A document as it is kept, with its row as it stands.
pub(super) fn kept_of(document: &Document, mut row: Row, now: UnixMillis) -> KeptDocument {
    let saved = document.save();
    row.bytes = u32::try_from(saved.len()).unwrap_or(u32::MAX);
    row.kind = document.kind().map(RecordCode);
    row.record = document.kind().and_then(|kind| with_kind!(kind, R => record_json::<R>(document)));
    row.conflicted = !document.conflicts().is_empty();
    row.heads = data_encoding::HEXLOWER.encode(&document.heads_hash());
    row.changed_at = now;
    let mut digest = Digest::default();
    document.hashes().iter().for_each(|hash| digest.add(hash));
    row.digest = Some(digest.0);
    KeptDocument { saved, row }
}

fn record_json<R: Record>(document: &Document) -> Option<String> {
    serde_json::to_string(&document.read::<R>().ok()?).ok()
}

pub(super) fn draft_of<R: Record>(held: &Held, id: DocumentId) -> Result<R> {
    let draft = held.drafts.get(&id).filter(|draft| draft.kind.0 == R::KIND).ok_or(Error::NotFound(id))?;
    serde_json::from_str(&draft.record).map_err(|_| Error::Unreadable(id))
}

pub(super) fn staff_of(held: &Held) -> Option<StaffId> {
    held.settings.get(STAFF).and_then(|staff| staff.parse().ok())
}

pub(super) fn json_of<R: Record>(record: &R) -> Result<String> {
    serde_json::to_string(record)
        .map_err(|_| Error::Invalid { field: R::KIND.code().to_owned(), rule: "cannot be written as JSON".to_owned() })
}

/// Refuses to name a record that is still here and of a scope that is not this device's any more: its id would travel
/// to people who may not know of it.
fn refuse_strangers(held: &Held, enrolment: &Enrolment, named: &[DocumentId], before: &[DocumentId]) -> Result<()> {
    let strange = |id: &&DocumentId| held.rows.get(id).is_some_and(|row| !enrolment.scopes.contains(&row.row.scope));
    match named.iter().filter(|id| !before.contains(id)).find(strange) {
        Some(id) => Err(Error::NotGranted(*id)),
        None => Ok(()),
    }
}

fn required(field: &str) -> Error {
    Error::Invalid { field: field.to_owned(), rule: "is needed to save the record".to_owned() }
}

fn damaged(id: DocumentId) -> Error {
    Error::Store(StoreError::Damaged { what: format!("record {id}") })
}
