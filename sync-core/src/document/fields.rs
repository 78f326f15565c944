//! A record as flat fields, and flat fields as a record: driven by [`Record::FIELDS`] alone.
//!
//! Automerge is not known here. The paths are those of the table at the head of `document/`; `name/<key>` = `true`
//! stands beside the parts of each entry, so that an entry of which nothing is known (somebody was there) exists,
//! and two devices that each clear another part of it do not make it vanish.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{EditError, Unreadable};
use crate::record::{FieldSpec, Merge, Record};

/// What stands under one path.
#[derive(Clone, PartialEq)]
pub(super) enum Cell {
    /// A text, a whole number or a truth value.
    Scalar(Value),
    /// A counter: of one author in a document, of all together in a record.
    Count(i64),
    /// Something no record of this version holds: an object, bytes, a fraction, nothing.
    Foreign,
}

/// Cells by path.
pub(super) type Flat = BTreeMap<String, Cell>;

/// Splits `name/rest`; the rest is `None` for a plain name.
pub(super) fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)))
}

/// The flat fields of `record`. Counts stand under `name/<key>`, as the sum of all authors; a count of nothing is
/// left out.
pub(super) fn flatten<R: Record>(record: &R) -> Result<Flat, EditError> {
    let Ok(Value::Object(json)) = serde_json::to_value(record) else {
        return Err(EditError::Shape { field: R::KIND.code() });
    };
    let mut flat = Flat::new();
    for field in R::FIELDS {
        if let Some(value) = json.get(field.name) {
            flatten_field(field, value, &mut flat)?;
        }
    }
    Ok(flat)
}

fn flatten_field(field: &FieldSpec, value: &Value, flat: &mut Flat) -> Result<(), EditError> {
    let name = field.name;
    let shape = EditError::Shape { field: name };
    match (field.merge, value) {
        (Merge::Once | Merge::Register, value) => {
            flat.insert(name.to_owned(), scalar(value).ok_or(shape)?);
        }
        (Merge::Set, Value::Array(elements)) => {
            for element in elements {
                let element = element.as_str().ok_or(shape.clone())?;
                flat.insert(format!("{name}/{element}"), Cell::Scalar(Value::Bool(true)));
            }
        }
        (Merge::Counts, Value::Object(counts)) => {
            for (key, count) in counts {
                let count = count.as_i64().ok_or(shape.clone())?;
                if count != 0 {
                    flat.insert(keyed(name, key)?, Cell::Count(count));
                }
            }
        }
        (Merge::Entries | Merge::Remarks, Value::Object(entries)) => {
            for (key, entry) in entries {
                let path = keyed(name, key)?;
                for (sub, value) in entry.as_object().ok_or(shape.clone())? {
                    flat.insert(format!("{path}/{sub}"), scalar(value).ok_or(shape.clone())?);
                }
                flat.insert(path, Cell::Scalar(Value::Bool(true)));
            }
        }
        _ => return Err(shape),
    }
    Ok(())
}

fn keyed(name: &'static str, key: &str) -> Result<String, EditError> {
    if key.is_empty() || key.contains('/') { Err(EditError::Key { field: name }) } else { Ok(format!("{name}/{key}")) }
}

fn scalar(value: &Value) -> Option<Cell> {
    let holds = match value {
        Value::String(_) | Value::Bool(_) => true,
        Value::Number(number) => number.is_i64(),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    };
    holds.then(|| Cell::Scalar(value.clone()))
}

/// The sums of the counters of `cells` by `name/<key>`, which may be below zero.
pub(super) fn totals<R: Record>(cells: &Flat) -> BTreeMap<String, i64> {
    let mut totals = BTreeMap::new();
    for (path, cell) in cells {
        let counts = R::field(split(path).0).is_some_and(|field| field.merge == Merge::Counts);
        if let (true, Some((key, _author)), Cell::Count(count)) = (counts, path.rsplit_once('/'), cell) {
            let total: &mut i64 = totals.entry(key.to_owned()).or_default();
            *total = total.saturating_add(*count);
        }
    }
    totals
}

/// The record that `cells` of a document make. What this version has no field for is passed over.
pub(super) fn unflatten<R: Record>(cells: &Flat) -> Result<R, Unreadable> {
    let mut json = Map::new();
    for (path, cell) in cells {
        if let (name, rest) = split(path)
            && let Some(field) = R::field(name)
        {
            gather(field, rest, cell, &mut json).ok_or_else(|| Unreadable::in_field(name))?;
        }
    }
    for (path, total) in totals::<R>(cells) {
        let shown = u32::try_from(total.max(0)).unwrap_or(u32::MAX);
        if let ((name, Some(key)), true) = (split(&path), shown > 0) {
            object(&mut json, name)?.insert(key.to_owned(), shown.into());
        }
    }
    serde_json::from_value(Value::Object(json.clone())).map_err(|_| Unreadable::in_field(&culprit::<R>(&json)))
}

/// Adds one cell to the JSON of its field, or `None` when it cannot stand there.
fn gather(field: FieldSpec, rest: Option<&str>, cell: &Cell, json: &mut Map<String, Value>) -> Option<()> {
    let yes = Cell::Scalar(Value::Bool(true));
    match (field.merge, rest) {
        (Merge::Once | Merge::Register, None) => {
            json.insert(field.name.to_owned(), plain(cell));
        }
        // Parts of a field that is a single value here can only be a newer version's: passed over, and kept.
        (Merge::Once | Merge::Register, Some(_)) => {}
        (Merge::Set, Some(element)) if *cell == yes => {
            let set = json.entry(field.name).or_insert_with(|| Value::Array(Vec::new()));
            set.as_array_mut()?.push(element.into());
        }
        (Merge::Counts, Some(rest)) => {
            let counted = rest.contains('/') && matches!(cell, Cell::Count(_));
            return counted.then_some(());
        }
        (Merge::Entries | Merge::Remarks, Some(rest)) => {
            let (key, sub) = split(rest);
            let entry = object(object(json, field.name).ok()?, key).ok()?;
            let Some(sub) = sub else { return (*cell == yes).then_some(()) };
            entry.insert(sub.to_owned(), plain(cell));
        }
        (Merge::Set | Merge::Counts | Merge::Entries | Merge::Remarks, _) => return None,
    }
    Some(())
}

/// A cell as JSON. What is foreign becomes a list, which no part of any record reads as its value, while a part
/// that this version does not know may be anything.
fn plain(cell: &Cell) -> Value {
    match cell {
        Cell::Scalar(value) => value.clone(),
        Cell::Count(_) | Cell::Foreign => Value::Array(Vec::new()),
    }
}

fn object<'a>(json: &'a mut Map<String, Value>, name: &str) -> Result<&'a mut Map<String, Value>, Unreadable> {
    let value = json.entry(name).or_insert_with(|| Value::Object(Map::new()));
    value.as_object_mut().ok_or_else(|| Unreadable::in_field(name))
}

/// The path of the first part that does not read. A key that does not read is not repeated: it could be anything.
fn culprit<R: Record>(json: &Map<String, Value>) -> String {
    let reads = |name: &str, value: Value| serde_json::from_value::<R>(one(name, value)).is_ok();
    for (name, value) in json {
        if reads(name, value.clone()) {
            continue;
        }
        for (key, entry) in value.as_object().into_iter().flatten() {
            let known_key = reads(name, one(key, Value::Object(Map::new())));
            for (sub, part) in entry.as_object().into_iter().flatten() {
                if known_key && !reads(name, one(key, one(sub, part.clone()))) {
                    return format!("{name}/{key}/{sub}");
                }
            }
        }
        return name.clone();
    }
    R::KIND.code().to_owned()
}

fn one(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}
