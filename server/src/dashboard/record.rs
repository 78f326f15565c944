//! One record in words: what it says, and what happened to it.

use jisr_locales::{Arg, Lang, label, tr};
use jisr_sync_core::document::{Edited, FieldEdit, HistoryEntry};

use jisr_sync_core::record::{Encounter, FollowUp, Person, Place, Record, RecordKind, Referral, Shift};

use super::When;
use super::field::field_name;
use super::value::{in_words, lines};
use crate::ports::RecordView;

/// One field of a record.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldRow {
    /// Its name.
    pub name: String,
    /// Its values, a line each.
    pub lines: Vec<String>,
    /// Whether two people set it differently.
    pub disagreed: bool,
}

/// A record as its page shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordPage {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// The day it counts for, for the way back.
    pub day: Option<String>,
    /// Its fields, in the order of the record.
    pub fields: Vec<FieldRow>,
    /// What happened to it, in sentences, oldest first.
    pub history: Vec<String>,
}

impl RecordPage {
    /// The page of a record.
    pub fn of(record: &RecordView, lang: Lang, when: &When) -> Self {
        let disagreed =
            |name: &str| record.conflicts.iter().any(|conflict| conflict.field.split('/').next() == Some(name));
        let row = |(name, value): (&String, &serde_json::Value)| FieldRow {
            name: label(lang, "field", name),
            lines: lines(lang, name, value, when),
            disagreed: disagreed(name),
        };
        Self {
            id: record.id.to_string(),
            kind: label(lang, "kind", record.kind.0.code()),
            day: record.day.map(|day| day.to_string()),
            fields: in_order(record).map(row).collect(),
            history: record
                .history
                .iter()
                .enumerate()
                .flat_map(|(at, entry)| sentences(at, entry, lang, when))
                .collect(),
        }
    }
}

/// The fields in the order people are shown them; those this version does not know come last.
fn in_order(record: &RecordView) -> impl Iterator<Item = (&String, &serde_json::Value)> {
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

/// What one change did, in sentences. The first one wrote the record down; its values are the record's own.
fn sentences(at: usize, entry: &HistoryEntry, lang: Lang, when: &When) -> Vec<String> {
    let who = entry.staff.as_ref().map_or_else(|| tr(lang, "somebody", &[]), ToString::to_string);
    let time = when.full(entry.at);
    let who_and_when = [("who", Arg::from(&who)), ("time", Arg::from(&time))];
    if at == 0 {
        return vec![tr(lang, "history-created", &who_and_when)];
    }
    let told = entry.edits.iter().filter(|edit| !edit.field.starts_with('_') && !is_marker(edit));
    told.map(|edit| {
        let field = field_name(lang, &edit.field);
        let mut args = who_and_when.to_vec();
        args.push(("field", Arg::from(&field)));
        let value = match &edit.edit {
            Edited::Set(value) => in_words(lang, &edit.field, value, when),
            Edited::Added(count) => {
                args.push(("n", Arg::from(*count)));
                return tr(lang, "history-counted", &args);
            }
            Edited::Removed => return tr(lang, "history-cleared", &args),
        };
        args.push(("value", Arg::from(&value)));
        tr(lang, "history-set", &args)
    })
    .collect()
}

/// `persons/1f00ab42 = true` only says that the entry exists; its parts tell the rest.
fn is_marker(edit: &FieldEdit) -> bool {
    let parts = edit.field.split('/').count();
    parts == 2 && super::field::list_of(edit.field.split('/').next().unwrap_or("")).is_none()
}
