//! One record in words: what it says, where people disagree, and what happened to it.

use std::collections::BTreeSet;

use jisr_locales::{Arg, label, tr};
use jisr_sync_core::document::{Conflict, ConflictValue, Edited};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{Encounter, FollowUp, Person, Place, Record, RecordKind, Referral, Shift};
use serde_json::Value;

use super::field::field_name;
use super::history::history;
use super::value::{Part, Words, records_named};
use crate::ports::RecordView;

/// One field of a record.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldRow {
    /// Its name.
    pub name: String,
    /// Its values, a line each.
    pub lines: Vec<Vec<Part>>,
    /// Where people set it, or a part of it, differently.
    pub conflicts: Vec<ConflictView>,
}

/// A field, or a part of one, with several values.
#[derive(Clone, PartialEq, Eq)]
pub struct ConflictView {
    /// Which.
    pub field: String,
    /// Every value, the one that is shown first.
    pub values: Vec<ValueView>,
}

/// One of several values.
#[derive(Clone, PartialEq, Eq)]
pub struct ValueView {
    /// The value.
    pub parts: Vec<Part>,
    /// Who set it, and when.
    pub by: String,
    /// What settles on it, typed on a device of the unit.
    pub command: String,
}

/// A record as its page shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordPage {
    /// Its id, as commands take it.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub kind: String,
    /// The day to go back to.
    pub day: Option<String>,
    /// Its fields, in the order of the record.
    pub fields: Vec<FieldRow>,
    /// What happened to it, in sentences, oldest first.
    pub history: Vec<String>,
}

impl RecordPage {
    /// The page of a record, titled `title`, from which the way back leads to `day`.
    pub fn of(record: &RecordView, words: Words<'_>, title: String, day: Option<String>) -> Self {
        let disagreed: BTreeSet<String> = record.conflicts.iter().map(|conflict| top(&conflict.field)).collect();
        let null = Value::Null;
        let unshown = disagreed.iter().filter(|name| !record.fields.contains_key(*name)).map(|name| (name, &null));
        let row = |(name, value): (&String, &Value)| FieldRow {
            name: label(words.lang, "field", name),
            lines: words.lines(name, value),
            conflicts: record
                .conflicts
                .iter()
                .filter(|conflict| top(&conflict.field) == *name)
                .map(|conflict| conflict_view(record.id, conflict, words))
                .collect(),
        };
        Self {
            id: record.id.to_string(),
            title,
            kind: label(words.lang, "kind", record.kind.0.code()),
            day,
            fields: in_order(record).chain(unshown).map(row).collect(),
            history: history(&record.history, words),
        }
    }
}

/// Every record that a record's page names.
pub fn named_in(record: &RecordView) -> BTreeSet<DocumentId> {
    let mut named = BTreeSet::from([record.id]);
    record.fields.iter().for_each(|(name, value)| records_named(name, value, &mut named));
    for conflict in &record.conflicts {
        conflict.values.iter().for_each(|value| records_named(&conflict.field, &value.value, &mut named));
    }
    for edit in record.history.iter().flat_map(|entry| &entry.edits) {
        if let Edited::Set(value) = &edit.edit {
            records_named(&edit.field, value, &mut named);
        }
    }
    named
}

/// The field that a path lies in.
fn top(path: &str) -> String {
    path.split('/').next().unwrap_or(path).to_owned()
}

fn conflict_view(record: DocumentId, conflict: &Conflict, words: Words<'_>) -> ConflictView {
    let mut values: Vec<_> = conflict.values.iter().enumerate().collect();
    values.sort_by_key(|(at, _)| *at != conflict.shown);
    let view = |(_, value): (usize, &ConflictValue)| ValueView {
        parts: words.of(&conflict.field, &value.value),
        by: by_whom(value, words),
        command: settling(record, &conflict.field, &value.value),
    };
    ConflictView { field: field_name(words.lang, &conflict.field), values: values.into_iter().map(view).collect() }
}

/// Who set a value, and when.
pub fn by_whom(value: &ConflictValue, words: Words<'_>) -> String {
    let who = value.staff.as_ref().map_or_else(|| tr(words.lang, "somebody", &[]), ToString::to_string);
    let time = words.when.full(value.at);
    tr(words.lang, "by-whom", &[("who", Arg::from(&who)), ("time", Arg::from(&time))])
}

/// The command that settles on a value, quoted for a shell.
fn settling(record: DocumentId, field: &str, value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    format!("jisr conflicts settle {record} {} {}", quoted(field), quoted(&text))
}

/// The fields in the order people are shown them; those this version does not know come last.
fn in_order(record: &RecordView) -> impl Iterator<Item = (&String, &Value)> {
    let order = match record.kind.0 {
        RecordKind::Encounter => Encounter::FIELDS,
        RecordKind::Person => Person::FIELDS,
        RecordKind::Shift => Shift::FIELDS,
        RecordKind::Referral => Referral::FIELDS,
        RecordKind::FollowUp => FollowUp::FIELDS,
        RecordKind::Place => Place::FIELDS,
    };
    let place = |name: &str| order.iter().position(|field| field.name == name).unwrap_or(order.len());
    let mut fields: Vec<_> = record.fields.iter().collect();
    fields.sort_by_key(|(name, _)| place(name));
    fields.into_iter()
}

/// The title of a record: its kind, and the code or the name it is called by.
pub fn title(record: &RecordView, words: Words<'_>) -> String {
    let kind = label(words.lang, "kind", record.kind.0.code());
    let called = words.known.record(&record.id, words.lang).text;
    match record.kind.0 {
        _ if called == kind => kind,
        RecordKind::Person | RecordKind::Place => format!("{kind} {called}"),
        _ => called,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_settles_can_be_pasted_into_a_shell() {
        let id = DocumentId::from_bytes([1; 16]);

        let command = settling(id, "place_text", &Value::from("l'arrière-cour"));

        assert!(command.ends_with(r"'place_text' 'l'\''arrière-cour'"), "{command}");
        assert!(settling(id, "odometer_end", &Value::from(120)).ends_with("'odometer_end' '120'"));
    }
}
