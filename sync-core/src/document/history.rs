//! Who said what, when: a document's changes as people can be told them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use automerge::legacy::{Key, ObjectId, OpType};
use automerge::{Change, ScalarValue};
use serde::Serialize;
use serde_json::Value;

use super::Document;
use super::cells::cell;
use super::fields::Cell;
use crate::id::{ActorId, ChangeHash, StaffId};
use crate::time::UnixMillis;

/// What one change did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistoryEntry {
    /// The change.
    pub change: ChangeHash,
    /// The actor that wrote it.
    pub actor: ActorId,
    /// The member of staff, when the change says.
    pub staff: Option<StaffId>,
    /// When, by that device's clock, which may be wrong.
    pub at: UnixMillis,
    /// What it did, by path. Nested objects, which no version writes, are left out.
    pub edits: Vec<FieldEdit>,
}

/// What one change did to one field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldEdit {
    /// The path, such as `sex`, `persons/1f00ab42/age`, `given/meal`, `_schema`.
    pub field: String,
    /// What was done to it.
    pub edit: Edited,
}

/// What was done to a field. `Debug` does not print values.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Edited {
    /// It got this value; `null` when that is nothing a record can hold.
    Set(Value),
    /// It was taken away.
    Removed,
    /// So much was added to a count, or taken from it.
    Added(i64),
}

impl fmt::Debug for Edited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(_) => f.write_str("Set(..)"),
            Self::Removed => f.write_str("Removed"),
            Self::Added(count) => write!(f, "Added({count})"),
        }
    }
}

impl Document {
    /// Every change, oldest first.
    ///
    /// A change stands after all it builds on; among those that know nothing of one another, the earlier clock goes
    /// first. The order is the same on every device that has the same changes.
    pub fn history(&self) -> Vec<HistoryEntry> {
        let changes = self.am.get_changes(&[]);
        let mut waiting: BTreeMap<_, _> = changes.iter().map(|change| (change.hash(), change)).collect();
        let mut unmet: BTreeMap<_, usize> = BTreeMap::new();
        let mut builds_on: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for change in &changes {
            unmet.insert(change.hash(), change.deps().len());
            for dep in change.deps() {
                builds_on.entry(*dep).or_default().push(change.hash());
            }
        }
        let ready = |hash, at: &Change| (at.timestamp(), hash);
        let first = changes.iter().filter(|change| change.deps().is_empty());
        let mut next: BTreeSet<_> = first.map(|change| ready(change.hash(), change)).collect();
        let mut entries = Vec::with_capacity(changes.len());
        while let Some((_, hash)) = next.pop_first() {
            entries.extend(waiting.remove(&hash).and_then(entry));
            for later in builds_on.remove(&hash).into_iter().flatten() {
                let left = unmet.get_mut(&later).map_or(0, |left| {
                    *left -= 1;
                    *left
                });
                next.extend(waiting.get(&later).filter(|_| left == 0).map(|change| ready(later, change)));
            }
        }
        entries
    }
}

fn entry(change: &Change) -> Option<HistoryEntry> {
    let mut edits: Vec<FieldEdit> = Vec::new();
    for op in change.decode().operations {
        let (ObjectId::Root, Key::Map(path)) = (&op.obj, &op.key) else { continue };
        let edit = edited(path, &op.action);
        // Settling takes the concurrent values away and writes one again: told as the one thing it is.
        match edits.iter_mut().find(|earlier| earlier.field == edit.field && earlier.edit == Edited::Removed) {
            Some(earlier) => *earlier = edit,
            None => edits.push(edit),
        }
    }
    Some(HistoryEntry {
        change: ChangeHash::from_bytes(change.hash().0),
        actor: ActorId::from_slice(change.actor_id().to_bytes())?,
        staff: change.message().and_then(|staff| staff.parse().ok()),
        at: UnixMillis(change.timestamp()),
        edits,
    })
}

fn edited(path: &str, action: &OpType) -> FieldEdit {
    let count = |by| FieldEdit {
        field: path.rsplit_once('/').map_or(path, |(key, _author)| key).to_owned(),
        edit: Edited::Added(by),
    };
    let edit = match action {
        OpType::Increment(by) => return count(*by),
        OpType::Put(ScalarValue::Counter(counter)) => return count(counter.into()),
        OpType::Delete => Edited::Removed,
        OpType::Put(value) => match cell(&value.clone().into()) {
            Cell::Scalar(value) => Edited::Set(value),
            Cell::Count(_) | Cell::Foreign => Edited::Set(Value::Null),
        },
        OpType::Make(_) | OpType::MarkBegin(_) | OpType::MarkEnd(_) => Edited::Set(Value::Null),
    };
    FieldEdit { field: path.to_owned(), edit }
}
