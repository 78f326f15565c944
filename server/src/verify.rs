//! Reads everything again and says what does not agree, and can build anew what follows from the logs.
//!
//! The logs are the truth: a fault in one is reported and never repaired here; a backup or the devices' own copies are
//! for that. Documents, rows, the ways to find them, the index of changes and the digests follow from the logs, and a
//! repair drops and builds them.
//!
//! Memory grows with the number of records (some forty bytes each), not with their content.

mod aside;
mod fault;
mod logs;
mod repair;

use std::collections::BTreeMap;

use jisr_sync_core::document::Document;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::time::{OperationalDay, ServiceZone};

use crate::merge::History;
use crate::progress::{Count, Stage, Stopped, Watch};
use crate::rows::{Draft, day_of_shift};
use crate::storage::{ReadLimit, Row, StorageError, Walk};
pub use fault::{Fault, Gap, Part};
use logs::Logs;
pub use repair::repair;

/// How much is read at once.
const PAGE: ReadLimit = ReadLimit { records: 1_000, bytes: 8 * 1024 * 1024 };

/// How many faults are told one by one; more are only counted.
const FAULTS_TOLD_MAX: usize = 1_000;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Logs read.
    pub scopes: u64,
    /// Records read.
    pub records: u64,
    /// Documents made again and compared.
    pub documents: u64,
    /// Changes that are set aside.
    pub set_aside: u64,
    /// What does not agree, in the order found.
    pub faults: Vec<Fault>,
    /// Faults beyond those told.
    pub more_faults: u64,
}

impl Report {
    /// Whether everything agrees.
    pub const fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS_TOLD_MAX {
            self.faults.push(fault);
        } else {
            self.more_faults += 1;
        }
    }
}

/// Ways a check or a repair can end early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The store cannot be read or written at all.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Whoever watches asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Reads everything and compares. Nothing is changed.
///
/// # Errors
/// When the store cannot be read at all, or whoever watches asked to stop; what is damaged in it becomes a fault.
pub fn verify(storage: &dyn Walk, zone: &ServiceZone, watch: &dyn Watch) -> Result<Report, CheckError> {
    let mut report = Report::default();
    let logs = Logs::read(storage, &mut report, watch)?;
    let terms = check_documents(storage, zone, &logs, (&mut report, watch))?;
    check_counts(storage, &logs, terms, &mut report)?;
    Ok(report)
}

/// Builds each document from its log and compares it and its row with what is kept. Gives the number of terms.
fn check_documents(
    storage: &dyn Walk,
    zone: &ServiceZone,
    logs: &Logs,
    (report, watch): (&mut Report, &dyn Watch),
) -> Result<u64, CheckError> {
    let mut days = ShiftDays::default();
    let mut terms = 0;
    let mut count = Count::begin(watch, Stage::Documents, Some(logs.len()))?;
    for (id, place) in logs.documents() {
        report.documents += 1;
        count.add(1)?;
        let Some((saved, document)) = make(storage, id, place, report)? else { continue };
        if !kept_equals(storage, &saved.id, &document, &saved)? {
            report.fault(Fault::Document { document: *id });
        }
        let draft = Draft::of(&saved, &document, zone);
        let day = match draft.shift() {
            Some(shift) => days.of(storage, zone, logs, &shift)?,
            None => None,
        };
        let row = draft.finish(day, zone);
        terms += row.terms.len() as u64;
        if undamaged(storage.row(id))?.flatten() != Some(row) {
            report.fault(Fault::Row { document: *id });
        }
    }
    Ok(terms)
}

/// A document and its saved form as its log makes them; reports when it does not.
fn make(
    storage: &dyn Walk,
    id: &DocumentId,
    place: &logs::Place,
    report: &mut Report,
) -> Result<Option<(crate::storage::SavedDocument, Document)>, StorageError> {
    let made = history(storage, place)?.and_then(|history| history.build(*id, &place.scope));
    if made.is_none() {
        report.fault(Fault::History { document: *id });
    }
    Ok(made)
}

/// A document's records, read by their numbers; `None` when one of them does not read.
fn history(storage: &dyn Walk, place: &logs::Place) -> Result<Option<History>, StorageError> {
    let mut history = History::default();
    for number in &place.numbers {
        match undamaged(storage.record_at(&place.scope, *number))?.flatten() {
            Some(record) => history.add(&record),
            None => return Ok(None),
        }
    }
    Ok(Some(history))
}

fn kept_equals(
    storage: &dyn Walk,
    id: &DocumentId,
    document: &Document,
    made: &crate::storage::SavedDocument,
) -> Result<bool, StorageError> {
    let Some(kept) = undamaged(storage.document(id))?.flatten() else { return Ok(false) };
    let same_heads = Document::restore(&kept.saved).is_ok_and(|restored| restored.heads() == document.heads());
    // The bytes of a saved document depend on how it grew; what it holds does not.
    let about = |saved: &crate::storage::SavedDocument| {
        (saved.scope.clone(), saved.received_at, saved.clock_suspect, saved.changed_at)
    };
    Ok(same_heads && about(&kept) == about(made))
}

/// The days of shifts, as their logs make them.
#[derive(Default)]
struct ShiftDays(BTreeMap<DocumentId, Option<OperationalDay>>);

impl ShiftDays {
    fn of(
        &mut self,
        storage: &dyn Walk,
        zone: &ServiceZone,
        logs: &Logs,
        shift: &DocumentId,
    ) -> Result<Option<OperationalDay>, StorageError> {
        if let Some(day) = self.0.get(shift) {
            return Ok(*day);
        }
        let day = match logs.place(shift) {
            None => None,
            Some(place) => history(storage, place)?
                .and_then(|history| history.build(*shift, &place.scope))
                .and_then(|(saved, document)| day_of_shift(&Draft::of(&saved, &document, zone).finish(None, zone))),
        };
        self.0.insert(*shift, day);
        Ok(day)
    }
}

fn check_counts(storage: &dyn Walk, logs: &Logs, terms: u64, report: &mut Report) -> Result<(), StorageError> {
    let expected = logs.documents().count() as u64;
    let documents = count(|after: Option<&DocumentId>, limit| {
        Ok(storage.documents_after(after, limit)?.into_iter().map(|saved| saved.id).collect())
    })?;
    let rows = count(|after: Option<&DocumentId>, limit| {
        Ok(storage.rows_after(after, limit)?.into_iter().map(|row: Row| row.id).collect())
    })?;
    let counted = undamaged(storage.count_terms())?;
    let parts = [(Part::Documents, documents, expected), (Part::Rows, rows, expected), (Part::Terms, counted, terms)];
    for (what, found, expected) in parts {
        match found {
            Some(found) if found == expected => {}
            Some(found) => report.fault(Fault::WithoutLog { what, found, expected }),
            None => report.fault(Fault::Unreadable { what }),
        }
    }
    aside::check(storage, report)
}

/// Counts page by page; `None` when something on the way does not read.
fn count(
    page: impl Fn(Option<&DocumentId>, usize) -> Result<Vec<DocumentId>, StorageError>,
) -> Result<Option<u64>, StorageError> {
    let (mut total, mut last) = (0, None);
    loop {
        let Some(ids) = undamaged(page(last.as_ref(), PAGE.records))? else { return Ok(None) };
        total += ids.len() as u64;
        match ids.last() {
            Some(id) => last = Some(*id),
            None => return Ok(Some(total)),
        }
    }
}

/// `None` for what is damaged, so that a check can go on and say so.
fn undamaged<T>(read: Result<T, StorageError>) -> Result<Option<T>, StorageError> {
    match read {
        Err(error) if error.is_damage() => Ok(None),
        read => read.map(Some),
    }
}

#[cfg(test)]
mod tests;
