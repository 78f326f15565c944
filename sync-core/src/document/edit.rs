//! Making a record and editing it: what a person changed, and nothing else, becomes one change.
//!
//! An edit compares the edited record with what [`Document::read`] shows, field by field. What this version does
//! not know is in neither of the two, and so is never touched.

use std::collections::BTreeSet;

use serde_json::Value;

use super::cells::Write;
use super::fields::{Cell, Flat, flatten, split, totals};
use super::{Document, KIND_PATH, SCHEMA_PATH, Unreadable};
use crate::change::{RawChange, Refusal};
use crate::id::{ActorId, StaffId};
use crate::record::{Merge, Record, RecordKind, Remark};
use crate::time::UnixMillis;

/// The longest text of one field other than a remark, in characters.
pub const TEXT_CHARS_MAX: usize = 2_000;

/// The longest key of an entry, or element of a set, in characters.
pub const KEY_CHARS_MAX: usize = 100;

/// Who writes, and when: it goes into the change, where everybody who has the change can see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Under which actor. No two devices ever write under the same one.
    pub actor: ActorId,
    /// The member of staff, where one is known.
    pub staff: Option<StaffId>,
    /// When, by the device's clock.
    pub at: UnixMillis,
}

/// Why a record was not written. The document is as it was.
///
/// Names fields, never values; [`EditError::code`] is what locale files are keyed by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The document holds a record of another kind, or none. The caller mixed up two documents.
    #[error("the document holds no record of kind {expected}")]
    WrongKind {
        /// The kind of the record that was to be written.
        expected: RecordKind,
    },
    /// What the document holds cannot be read, so what was changed cannot be told.
    #[error("the record cannot be edited because it cannot be read")]
    Unreadable(#[from] Unreadable),
    /// The field is written when the record is made and never again.
    #[error("{field} was written when the record was made and cannot be changed")]
    WrittenOnce {
        /// The field.
        field: &'static str,
    },
    /// A remark that exists was changed or taken away. Remarks are only added: add another one.
    #[error("a remark of {field} was changed or taken away: remarks are only added")]
    RemarkRewritten {
        /// The field.
        field: &'static str,
    },
    /// A text is too long. Shorten it, or write two remarks.
    #[error("a text of {field} is longer than {chars_max} characters")]
    TextTooLong {
        /// The field.
        field: &'static str,
        /// How long it may be, in characters.
        chars_max: usize,
    },
    /// The key of an entry or the element of a set is empty, longer than [`KEY_CHARS_MAX`], or a key holds a `/`.
    #[error("a key of {field} is empty, too long or holds a slash")]
    Key {
        /// The field.
        field: &'static str,
    },
    /// A value of the record's type does not serialise to what its field's merge needs. A defect of that type.
    #[error("{field} does not serialise to the form its merge needs")]
    Shape {
        /// The field, or the record's kind when the whole record does not.
        field: &'static str,
    },
    /// A value that is none of the concurrent ones was to be kept; somebody else may have settled it meanwhile.
    #[error("there is no concurrent value of that kind to keep: read the conflicts again")]
    NotConcurrent,
    /// The change would not pass the gate: it is too large, or the document is full.
    #[error("the change would be refused everywhere else")]
    Refused(#[source] Refusal),
    /// Automerge did not take the change. A defect.
    #[error("the change was not taken into the document")]
    NotWritten,
}

impl EditError {
    /// The stable code, in kebab case, by which locale files tell it to people.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongKind { .. } => "wrong-kind",
            Self::Unreadable(_) => "unreadable",
            Self::WrittenOnce { .. } => "written-once",
            Self::RemarkRewritten { .. } => "remark-rewritten",
            Self::TextTooLong { .. } => "text-too-long",
            Self::Key { .. } => "bad-key",
            Self::Shape { .. } => "bad-shape",
            Self::Refused(refusal) => refusal.code(),
            Self::NotConcurrent => "not-concurrent",
            Self::NotWritten => "not-written",
        }
    }
}

impl Document {
    /// Makes the document of a new record, with the change that holds all of it.
    pub fn create<R: Record>(record: &R, author: &Author) -> Result<(Self, RawChange), EditError> {
        let mut flat = flatten(record)?;
        for (path, cell) in &flat {
            check_new::<R>(path, cell)?;
        }
        flat.insert(KIND_PATH.to_owned(), Cell::Scalar(R::KIND.code().into()));
        flat.insert(SCHEMA_PATH.to_owned(), Cell::Scalar(R::SCHEMA.into()));
        let writes: Vec<_> = flat.into_iter().filter_map(|(path, cell)| write(path, cell)).collect();
        let mut document = Self::empty();
        let change = document.commit(author, &writes)?.ok_or(EditError::NotWritten)?;
        Ok((document, change))
    }

    /// Writes what of `edited` differs from what [`Document::read`] shows, as one change; `None` when nothing does.
    ///
    /// A field left as it was shown stays in conflict if it was; a field that is changed replaces all its
    /// concurrent values. Counts are added to or taken from, never set.
    pub fn edit<R: Record>(&mut self, edited: &R, author: &Author) -> Result<Option<RawChange>, EditError> {
        if self.kind() != Some(R::KIND) {
            return Err(EditError::WrongKind { expected: R::KIND });
        }
        let cells = self.cells();
        let shown: R = self.read()?;
        let mut writes = differences::<R>(&flatten(&shown)?, &flatten(edited)?, &cells)?;
        if !writes.is_empty() && self.schema().is_some_and(|written| written < R::SCHEMA) {
            writes.push(Write::Put(SCHEMA_PATH.to_owned(), R::SCHEMA.into()));
        }
        self.commit(author, &writes)
    }
}

impl Document {
    /// Does to this document what led from `before` to `after`, as one change; `None` when nothing of a record did. Counts
    /// are added to or taken from; what `after` took away and is not here stays away. A document that holds nothing yet
    /// becomes one of that kind, with these fields alone.
    pub fn edit_as<R: Record>(
        &mut self,
        before: &Self,
        after: &Self,
        author: &Author,
    ) -> Result<Option<RawChange>, EditError> {
        let (shown, edited): (R, R) = (before.read()?, after.read()?);
        let mut writes = differences::<R>(&flatten(&shown)?, &flatten(&edited)?, &before.cells())?;
        let here = self.cells();
        writes.retain(|write| !matches!(write, Write::Delete(path) if !here.contains_key(path)));
        if !writes.is_empty() && self.kind().is_none() {
            writes.push(Write::Put(KIND_PATH.to_owned(), R::KIND.code().into()));
            writes.push(Write::Put(SCHEMA_PATH.to_owned(), R::SCHEMA.into()));
        }
        self.commit(author, &writes)
    }
}

fn write(path: String, cell: Cell) -> Option<Write> {
    match cell {
        Cell::Scalar(value) => Some(Write::Put(path, value)),
        Cell::Count(count) => Some(Write::Add(path, count)),
        Cell::Foreign => None,
    }
}

/// What leads from `shown` to `edited`, in a document that holds `cells`.
fn differences<R: Record>(shown: &Flat, edited: &Flat, cells: &Flat) -> Result<Vec<Write>, EditError> {
    let totals = totals::<R>(cells);
    let (mut writes, mut gone) = (Vec::new(), BTreeSet::new());
    let paths: BTreeSet<&String> = shown.keys().chain(edited.keys()).collect();
    for path in paths {
        let (before, after) = (shown.get(path), edited.get(path));
        let Some(field) = R::field(split(path).0) else { continue };
        if before == after {
            continue;
        }
        if let Some(cell) = after {
            check_new::<R>(path, cell)?;
        }
        match (field.merge, after) {
            (Merge::Once, _) => return Err(EditError::WrittenOnce { field: field.name }),
            (Merge::Remarks, _) if shown.contains_key(entry_of(path)) => {
                return Err(EditError::RemarkRewritten { field: field.name });
            }
            (Merge::Counts, after) => {
                // From the sum itself and not from what is shown: a sum below zero is shown as nothing.
                let wanted = if let Some(Cell::Count(count)) = after { *count } else { 0 };
                writes.push(Write::Add(path.clone(), wanted.saturating_sub(totals.get(path).copied().unwrap_or(0))));
            }
            (_, Some(cell)) => writes.extend(write(path.clone(), cell.clone())),
            (_, None) => gone.extend(removals(path, field.merge, cells)),
        }
    }
    writes.extend(gone.into_iter().map(Write::Delete));
    Ok(writes)
}

/// `name/<key>` of a path within an entry.
fn entry_of(path: &str) -> &str {
    path.match_indices('/').nth(1).map_or(path, |(end, _)| &path[..end])
}

/// What takes away `path`; with an entry go all its parts, those of a newer version too.
fn removals(path: &str, merge: Merge, cells: &Flat) -> BTreeSet<String> {
    let mut gone = BTreeSet::from([path.to_owned()]);
    if merge == Merge::Entries && entry_of(path) == path {
        let parts = format!("{path}/");
        let below = cells.range(parts.clone()..).map(|(below, _)| below);
        gone.extend(below.take_while(|below| below.starts_with(&parts)).cloned());
    }
    gone.retain(|path| cells.contains_key(path));
    gone
}

fn check_new<R: Record>(path: &str, cell: &Cell) -> Result<(), EditError> {
    let (name, rest) = split(path);
    let Some(field) = R::field(name) else { return Ok(()) };
    let key = rest.filter(|_| field.merge == Merge::Set).or(rest.map(|rest| split(rest).0));
    if key.is_some_and(|key| key.is_empty() || key.chars().count() > KEY_CHARS_MAX) {
        return Err(EditError::Key { field: field.name });
    }
    let chars_max = if field.merge == Merge::Remarks { Remark::TEXT_CHARS_MAX } else { TEXT_CHARS_MAX };
    match cell {
        Cell::Scalar(Value::String(text)) if text.chars().count() > chars_max => {
            Err(EditError::TextTooLong { field: field.name, chars_max })
        }
        _ => Ok(()),
    }
}
