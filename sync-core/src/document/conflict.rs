//! Concurrent values: finding them, and settling on one.
//!
//! A field is in conflict when its path holds more than one value and they are not all equal. Counters are not:
//! they add up. A value that was taken away on one side and changed on the other is not either: the change stays.

use std::fmt;

use automerge::{ObjId, ROOT, ReadDoc};
use serde::Serialize;
use serde_json::Value;

use super::cells::{Write, cell};
use super::fields::Cell;
use super::{Author, Document, EditError};
use crate::change::RawChange;
use crate::id::{ActorId, StaffId};
use crate::time::UnixMillis;

/// A field that several people gave different values at the same time. All of them are kept until one is settled on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conflict {
    /// The path, such as `sex` or `persons/1f00ab42/age`.
    pub field: String,
    /// Every value, in the same order everywhere.
    pub values: Vec<ConflictValue>,
    /// Which of them [`Document::read`] shows, as an index.
    pub shown: usize,
}

/// One of several concurrent values. `Debug` does not print it.
#[derive(Clone, PartialEq, Serialize)]
pub struct ConflictValue {
    /// The value; `null` when it is nothing a record can hold.
    pub value: Value,
    /// The actor that wrote it.
    pub actor: ActorId,
    /// The member of staff who wrote it, when the change says.
    pub staff: Option<StaffId>,
    /// When, by that device's clock.
    pub at: UnixMillis,
}

impl fmt::Debug for ConflictValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConflictValue({} at {})", self.actor, self.at.0)
    }
}

impl Document {
    /// Every field that is in conflict, by path.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let items = self.am.map_range(ROOT, ..).filter(|item| item.conflict);
        items.filter_map(|item| self.conflict(&item.key)).collect()
    }

    /// Settles a conflict: writes `keep`, which must be one of the concurrent values, over all of them.
    ///
    /// `None` when somebody has settled on the same value already. Fields of a newer version can be settled too.
    pub fn settle(&mut self, field: &str, keep: &Value, author: &Author) -> Result<Option<RawChange>, EditError> {
        let Some(conflict) = self.conflict(field) else {
            let settled = self.cells().get(field) == Some(&Cell::Scalar(keep.clone()));
            return if settled { Ok(None) } else { Err(EditError::NotConcurrent) };
        };
        if keep.is_null() || !conflict.values.iter().any(|value| value.value == *keep) {
            return Err(EditError::NotConcurrent);
        }
        self.commit(author, &[Write::Put(field.to_owned(), keep.clone())])
    }

    fn conflict(&self, path: &str) -> Option<Conflict> {
        if path.starts_with('_') {
            return None;
        }
        let stored = self.am.get_all(ROOT, path).ok()?;
        let cells: Vec<Cell> = stored.iter().map(|(value, _)| cell(value)).collect();
        let first = cells.first()?;
        let counters = cells.iter().all(|cell| matches!(cell, Cell::Count(_)));
        if counters || (cells.iter().all(|cell| cell == first) && *first != Cell::Foreign) || cells.len() < 2 {
            return None;
        }
        // Automerge sorts by the order in which it would choose, and chooses the last.
        let shown = cells.len() - 1;
        let values =
            cells.into_iter().zip(&stored).filter_map(|(cell, (_, written))| self.value(cell, written)).collect();
        Some(Conflict { field: path.to_owned(), values, shown })
    }

    fn value(&self, cell: Cell, written: &ObjId) -> Option<ConflictValue> {
        let change = self.am.get_change_meta_by_hash(&self.am.hash_for_opid(written)?)?;
        Some(ConflictValue {
            value: if let Cell::Scalar(value) = cell { value } else { Value::Null },
            actor: ActorId::from_slice(change.actor.to_bytes())?,
            staff: change.message.as_deref().and_then(|staff| staff.parse().ok()),
            at: UnixMillis(change.timestamp),
        })
    }
}
