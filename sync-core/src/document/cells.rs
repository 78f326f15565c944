//! Flat fields in Automerge: reading all of them, and writing some of them as one change.
//!
//! No record is known here, only paths and what stands under them.

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{Automerge, AutomergeError, Change, ROOT, ReadDoc, ScalarValue, Value as Stored};
use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

use super::contain::contain;
use super::fields::{Cell, Flat};
use super::ledger::Ledger;
use super::{Author, Document, EditError};
use crate::change::RawChange;
use crate::id::ActorId;

/// How many bytes of an actor name its counters. Two actors alike in all of them are not to be expected.
const COUNTER_ACTOR_BYTES: usize = 8;

/// One thing an edit does to a document.
pub(super) enum Write {
    /// Puts a scalar under the path, over whatever stood there, concurrent values included.
    Put(String, Value),
    /// Takes away what stands under the path.
    Delete(String),
    /// Adds to the author's own counter under `path/<author>`.
    Add(String, i64),
}

/// What stands under each path of the document; where there are concurrent values, the one that is shown.
pub(super) fn cells(am: &Automerge) -> Flat {
    let mut flat = Flat::new();
    for item in am.map_range(ROOT, ..) {
        let mut cell = cell(&item.value.to_owned().into());
        if item.conflict && matches!(cell, Cell::Count(_)) {
            cell = Cell::Count(concurrent_counts(am, &item.key));
        }
        flat.insert(item.key.into_owned(), cell);
    }
    flat
}

/// The sum of concurrent counters under one path: two actors alike in their first bytes, who must both count.
fn concurrent_counts(am: &Automerge, path: &str) -> i64 {
    let values = am.get_all(ROOT, path).unwrap_or_default();
    let counts = values.iter().map(|(value, _)| if let Cell::Count(count) = cell(value) { count } else { 0 });
    counts.fold(0, i64::saturating_add)
}

/// A stored value as a cell.
pub(super) fn cell(stored: &Stored<'_>) -> Cell {
    let Stored::Scalar(scalar) = stored else { return Cell::Foreign };
    match scalar.as_ref() {
        ScalarValue::Str(text) => Cell::Scalar(Value::String(text.to_string())),
        ScalarValue::Boolean(truth) => Cell::Scalar(Value::Bool(*truth)),
        ScalarValue::Int(number) => Cell::Scalar(Value::from(*number)),
        ScalarValue::Uint(number) => Cell::Scalar(Value::from(*number)),
        ScalarValue::Counter(counter) => Cell::Count(counter.into()),
        _ => Cell::Foreign,
    }
}

impl Document {
    /// Writes `writes` as one change of `author`. On error the document is as it was.
    pub(super) fn commit(&mut self, author: &Author, writes: &[Write]) -> Result<Option<RawChange>, EditError> {
        if writes.is_empty() {
            return Ok(None);
        }
        let Some((next, change)) = contain(|| written(&self.am, author, writes)).unwrap_or(None) else {
            return Err(EditError::NotWritten);
        };
        // What the gate would refuse elsewhere is refused here, while the person who wrote it is still there.
        let raw = RawChange::inspect(change.raw_bytes()).map_err(EditError::Refused)?;
        Ledger::of(&self.am).judge(&raw).map_err(EditError::Refused)?;
        self.am = next;
        Ok(Some(raw))
    }
}

/// A copy of `am` with `writes` in it as one change, and that change.
fn written(am: &Automerge, author: &Author, writes: &[Write]) -> Option<(Automerge, Change)> {
    let mut next = am.clone();
    next.set_actor(automerge::ActorId::from(author.actor.as_bytes().as_slice()));
    let mut transaction = next.transaction();
    for write in writes {
        apply(&mut transaction, &author.actor, write).ok()?;
    }
    let mut options = CommitOptions::default().with_time(author.at.0);
    options.message = author.staff.as_ref().map(ToString::to_string);
    let (hash, _) = transaction.commit_with(options);
    let change = next.get_change_by_hash(&hash?)?;
    Some((next, change))
}

fn apply(transaction: &mut Transaction<'_>, actor: &ActorId, write: &Write) -> Result<(), AutomergeError> {
    match write {
        Write::Put(path, value) => {
            // Of a value that is shown already, Automerge would only take the others away: then nobody could see
            // who settled on it, and it would not stand up to another settlement made at the same time.
            if transaction.get_all(ROOT, path)?.len() > 1 {
                transaction.delete(ROOT, path)?;
            }
            transaction.put(ROOT, path, stored(value))
        }
        Write::Delete(path) => transaction.delete(ROOT, path),
        Write::Add(path, by) => {
            let own = format!("{path}/{}", BASE64URL_NOPAD.encode(&actor.as_bytes()[..COUNTER_ACTOR_BYTES]));
            if transaction.get(ROOT, &own)?.is_some() {
                transaction.increment(ROOT, own, *by)
            } else {
                transaction.put(ROOT, own, ScalarValue::counter(*by))
            }
        }
    }
}

/// A JSON scalar as it is stored. Whole numbers are always signed, so that equal values have equal bytes.
fn stored(value: &Value) -> ScalarValue {
    match value {
        Value::String(text) => ScalarValue::Str(text.as_str().into()),
        Value::Bool(truth) => ScalarValue::Boolean(*truth),
        Value::Number(number) => number.as_i64().map_or(ScalarValue::Null, ScalarValue::Int),
        Value::Null | Value::Array(_) | Value::Object(_) => ScalarValue::Null,
    }
}
