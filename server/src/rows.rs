//! From documents to rows: what pages and the day's figures read, kept up to date change by change.
//!
//! A row follows from its document, from when its changes came, and from the day of the shift it names. So the same
//! logs give the same rows in whatever order they were merged, and a shift that comes late moves its encounters.
//!
//! **Never here:** Automerge, the registry, a clock. What a unit or a person is called is not a row's business.

mod record;
mod terms;

use jisr_sync_core::activity::shift_day;
use jisr_sync_core::document::Document;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::time::{OperationalDay, ServiceZone};

use crate::storage::{Index, Row, RowState, SavedDocument, Term, day_of_number};

pub use record::AnyRecord;

/// A row in the making: everything but the day of the shift it names.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    row: Row,
    record: Option<AnyRecord>,
    exit: Option<OperationalDay>,
}

impl Draft {
    /// Reads a document. What does not read becomes a row that says so.
    pub fn of(saved: &SavedDocument, document: &Document, zone: &ServiceZone) -> Self {
        let read = AnyRecord::read(document);
        let row = Row {
            id: saved.id,
            kind: document.kind(),
            scope: saved.scope.clone(),
            heads_hash: document.heads_hash(),
            state: RowState::Misplaced,
            conflicts: document.conflicts().into_iter().map(|conflict| conflict.field).collect(),
            clock_suspect: saved.clock_suspect,
            received_at: saved.received_at,
            changed_at: saved.changed_at,
            terms: Vec::new(),
        };
        let exit = exit_to_family(document, read.as_ref().ok(), zone);
        match read {
            Ok(record) if terms::belongs(record.kind(), &row.scope) => {
                Self { row: Row { state: RowState::Record(record.to_json()), ..row }, record: Some(record), exit }
            }
            Ok(_) => Self { row, record: None, exit: None },
            Err(unreadable) => Self {
                row: Row { state: RowState::Unreadable { field: unreadable.field, newer: unreadable.newer }, ..row },
                record: None,
                exit: None,
            },
        }
    }

    /// Takes a row up again, to find its terms anew. `None` when its record does not read any more.
    pub fn again(row: &Row) -> Option<Self> {
        let record = match (&row.state, row.kind) {
            (RowState::Record(json), Some(kind)) => Some(AnyRecord::from_json(kind, json)?),
            _ => None,
        };
        Some(Self { row: row.clone(), record, exit: exit_of(row) })
    }

    /// The shift on which the row's day depends.
    pub fn shift(&self) -> Option<DocumentId> {
        match &self.record {
            Some(AnyRecord::Encounter(encounter)) => encounter.shift,
            _ => None,
        }
    }

    /// The row, when the shift it names counts for `shift_day`.
    pub fn finish(self, shift_day: Option<OperationalDay>, zone: &ServiceZone) -> Row {
        let terms = terms::terms(&self.row, self.record.as_ref(), self.exit, shift_day, zone);
        Row { terms, ..self.row }
    }
}

/// The day a shift's row counts for; `None` for another kind of row, or when nothing tells.
pub fn day_of_shift(row: &Row) -> Option<OperationalDay> {
    let day = row.terms.iter().find(|term| term.index == Index::ShiftsOfDay)?;
    day_of_number(day.ordinal)
}

/// The day on which a person's case ended by a return to the family, if it did.
pub fn exit_of(row: &Row) -> Option<OperationalDay> {
    let exit = |term: &&Term| term.index == Index::ExitsToFamily;
    row.terms.iter().find(exit).and_then(|term| day_of_number(term.ordinal))
}

/// When the exit reason that a person's record shows was last written, if it is a return to the family.
fn exit_to_family(document: &Document, record: Option<&AnyRecord>, zone: &ServiceZone) -> Option<OperationalDay> {
    let Some(AnyRecord::Person(person)) = record else { return None };
    if person.exit_reason != Some(jisr_sync_core::codes::ExitReason::Family) {
        return None;
    }
    let history = document.history();
    let written = history.iter().rev().find(|entry| entry.edits.iter().any(|edit| edit.field == "exit_reason"))?;
    zone.day_of(written.at)
}

/// The day a shift counts for, as its record says.
fn day_of(record: &AnyRecord, zone: &ServiceZone) -> Option<OperationalDay> {
    match record {
        AnyRecord::Shift(shift) => shift_day(shift, zone),
        _ => None,
    }
}

/// The index that lists every record of a kind.
pub const fn list_of(kind: RecordKind) -> Index {
    match kind {
        RecordKind::Shift => Index::AllShifts,
        RecordKind::Encounter => Index::AllEncounters,
        RecordKind::Person => Index::AllPersons,
        RecordKind::Place => Index::AllPlaces,
        RecordKind::Referral => Index::AllReferrals,
        RecordKind::FollowUp => Index::AllFollowUps,
    }
}
