//! The day's lists: newest records, fields with several values, what to look at. None names a person but by code.

use jisr_locales::{Lang, label, tr};
use jisr_sync_core::codes::CodeList;
use jisr_sync_core::document::ConflictValue;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::time::OperationalDay;

use super::When;
use super::completeness::{UnitNames, unit_name};
use super::field::field_name;
use super::record::by_whom;
use super::reference::{Known, Reference, address, link_name};
use super::value::{Words, separator, shows_plainly};
use crate::ports::{Check, Disagreement, ListedRecord, Statement};

/// How many of the newest records the day's page lists. All of them have a page of their own.
pub const LATEST_MAX: usize = 20;

/// One record of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// Its address; `None` for somebody who reads no records.
    pub href: Option<String>,
    /// What its link opens, for those who hear it.
    pub name: String,
    /// When it took place.
    pub time: String,
    /// What it is.
    pub kind: String,
    /// Whose it is.
    pub unit: String,
    /// How the contact went.
    pub outcome: String,
    /// The persons it names, by their codes.
    pub persons: Vec<Reference>,
}

/// One field with several values.
#[derive(Clone, PartialEq, Eq)]
pub struct DisagreementRow {
    /// The record; without an address for somebody who may not open it.
    pub record: Reference,
    /// Its unit.
    pub unit: String,
    /// Which field.
    pub field: String,
    /// Each value, by whom and when; the one that is shown comes first.
    pub values: Vec<(String, String)>,
}

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRow {
    /// What is odd.
    pub text: String,
    /// The record, for somebody who may open it.
    pub record: Option<Reference>,
    /// What was said that does not go together, each with the record that says it when that is another one.
    pub statements: Vec<(Option<Reference>, String)>,
}

/// What a list needs to know.
pub struct Lists<'a> {
    /// The reader's language.
    pub lang: Lang,
    /// The names of units.
    pub names: &'a UnitNames,
    /// How times are told.
    pub when: &'a When,
    /// The day, for the ways back.
    pub day: OperationalDay,
    /// Whether the reader may open the day's records at all.
    pub reads_records: bool,
    /// What the reader is told of records. Values are shown only of those the reader may open.
    pub known: &'a Known,
}

impl Lists<'_> {
    fn words(&self) -> Words<'_> {
        Words { lang: self.lang, when: self.when, known: self.known }
    }

    /// A line for each record.
    pub fn records<'r>(&self, records: impl IntoIterator<Item = &'r ListedRecord>) -> Vec<RecordRow> {
        records.into_iter().map(|record| self.record(record)).collect()
    }

    fn record(&self, record: &ListedRecord) -> RecordRow {
        let dash = || "–".to_owned();
        let time = record.at.map_or_else(dash, |at| self.when.time(at));
        let kind = label(self.lang, "kind", record.kind.code());
        let unit = unit_name(self.names, &record.unit);
        let outcome = record.outcome.as_ref().map(|outcome| label(self.lang, "contact_outcome", outcome.code()));
        let outcome = if record.voided { Some(tr(self.lang, "record-is-voided", &[])) } else { outcome };
        RecordRow {
            href: self.reads_records.then(|| address(record.id, Some(self.day))),
            name: link_name(self.lang, &[&kind, &time, &unit]),
            time,
            kind,
            unit,
            outcome: outcome.unwrap_or_else(dash),
            persons: record.persons.iter().map(|person| self.known.record(person, self.lang)).collect(),
        }
    }

    /// Fields with several values.
    pub fn disagreements(&self, disagreements: &[Disagreement]) -> Vec<DisagreementRow> {
        disagreements.iter().map(|disagreement| self.disagreement(disagreement)).collect()
    }

    fn disagreement(&self, disagreement: &Disagreement) -> DisagreementRow {
        let conflict = &disagreement.conflict;
        let mut values: Vec<_> = conflict.values.iter().enumerate().collect();
        values.sort_by_key(|(at, _)| *at != conflict.shown);
        let readable = self.known.may_open(&disagreement.record);
        let kind = label(self.lang, "kind", disagreement.kind.code());
        let mut record = self.known.record(&disagreement.record, self.lang);
        if !readable {
            record.text = kind;
        }
        DisagreementRow {
            record,
            unit: unit_name(self.names, &disagreement.unit),
            field: field_name(self.lang, &conflict.field),
            values: if readable {
                values.into_iter().map(|(_, value)| self.value(&conflict.field, value)).collect()
            } else {
                Vec::new()
            },
        }
    }

    fn value(&self, field: &str, value: &ConflictValue) -> (String, String) {
        // A list that is printed and filed holds no name and no note: those are read in the record.
        let shown = if shows_plainly(field, &value.value) {
            self.words().plain(field, &value.value)
        } else {
            tr(self.lang, "value-in-record", &[])
        };
        (shown, by_whom(value, self.words()))
    }

    /// What to look at.
    pub fn checks(&self, checks: &[Check]) -> Vec<CheckRow> {
        checks.iter().map(|check| self.check(check)).collect()
    }

    fn check(&self, check: &Check) -> CheckRow {
        let openable = |id: DocumentId| Some(self.known.record(&id, self.lang)).filter(|found| found.href.is_some());
        let statements = check.statements.iter().filter(|statement| openable(statement.record).is_some());
        CheckRow {
            text: tr(self.lang, &format!("review-{}", check.what), &[]),
            record: openable(check.record),
            statements: statements
                .map(|statement| {
                    let other = openable(statement.record).filter(|_| statement.record != check.record);
                    (other, self.statement(statement))
                })
                .collect(),
        }
    }

    fn statement(&self, statement: &Statement) -> String {
        let field = label(self.lang, "field", super::field::leaf(&statement.field));
        let value = self.words().plain(&statement.field, &statement.value);
        let by = statement.by.as_ref().map(|staff| format!("{}{staff}", separator(self.lang)));
        format!("{}{value}{}", self.words().before(&field), by.unwrap_or_default())
    }
}
