//! Rows of what an append touches, and of what depends on it.

use std::collections::BTreeSet;

use jisr_sync_core::document::Document;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::time::{OperationalDay, ServiceZone};

use crate::rows::{Draft, day_of_shift};
use crate::storage::{Append, Find, Index, Row, SavedDocument, Storage, StorageError, Subject};

/// Puts into `append` the saved form and the row of each touched document, and the rows of encounters whose shift has
/// come or changed its day. Costs what is touched and those encounters, not the day and not the store.
pub(super) fn refresh(
    storage: &dyn Storage,
    zone: &ServiceZone,
    touched: &[(SavedDocument, Document)],
    append: &mut Append,
) -> Result<(), StorageError> {
    // Shifts first: the day of an encounter's row is its shift's.
    let (shifts, others): (Vec<_>, Vec<_>) =
        touched.iter().partition(|(_, document)| document.kind() == Some(RecordKind::Shift));
    let mut moved = BTreeSet::new();
    for (saved, document) in shifts {
        let row = Draft::of(saved, document, zone).finish(None, zone);
        let before = storage.row(&saved.id)?.as_ref().and_then(day_of_shift);
        if before != day_of_shift(&row) {
            moved.insert(saved.id);
        }
        put(append, saved, row);
    }
    for (saved, document) in others {
        let draft = Draft::of(saved, document, zone);
        let day = draft.shift().map(|shift| shift_day(storage, append, &shift)).transpose()?.flatten();
        put(append, saved, draft.finish(day, zone));
    }
    for shift in moved {
        move_encounters(storage, zone, &shift, append)?;
    }
    Ok(())
}

fn put(append: &mut Append, saved: &SavedDocument, row: Row) {
    append.rows.insert(saved.id, row);
    append.documents.insert(saved.id, saved.clone());
}

/// The day a shift counts for, once the append is made.
fn shift_day(
    storage: &dyn Storage,
    append: &Append,
    shift: &DocumentId,
) -> Result<Option<OperationalDay>, StorageError> {
    match append.rows.get(shift) {
        Some(row) => Ok(day_of_shift(row)),
        None => Ok(storage.row(shift)?.as_ref().and_then(day_of_shift)),
    }
}

/// Gives the encounters of a shift, that are not touched themselves, the day it has now.
fn move_encounters(
    storage: &dyn Storage,
    zone: &ServiceZone,
    shift: &DocumentId,
    append: &mut Append,
) -> Result<(), StorageError> {
    let day = shift_day(storage, append, shift)?;
    for found in storage.find(&Find::all(Index::EncountersOfShift, Subject::Record(*shift)))? {
        if append.rows.contains_key(&found.id) {
            continue;
        }
        if let Some(draft) = storage.row(&found.id)?.as_ref().and_then(Draft::again) {
            append.rows.insert(found.id, draft.finish(day, zone));
        }
    }
    Ok(())
}
