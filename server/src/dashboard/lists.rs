//! The day's lists: newest records, fields with several values, what to look at. None names a person.

use std::collections::BTreeSet;

use jisr_locales::{Arg, Lang, label, tr};
use jisr_sync_core::activity::ReviewItem;
use jisr_sync_core::codes::CodeList;
use jisr_sync_core::document::ConflictValue;
use jisr_sync_core::id::DocumentId;

use super::When;
use super::completeness::{UnitNames, unit_name};
use super::field::field_name;
use super::value::{in_words, separator, shows_plainly};
use crate::ports::{Day, Disagreement, LatestRecord};

/// One of the newest records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestRow {
    /// Its address; `None` for somebody who reads no records.
    pub href: Option<String>,
    /// When it took place.
    pub time: String,
    /// What it is.
    pub kind: String,
    /// Whose it is.
    pub unit: String,
    /// How the contact went.
    pub outcome: String,
}

/// One field with several values.
#[derive(Clone, PartialEq, Eq)]
pub struct DisagreementRow {
    /// The record's address; `None` for somebody who reads no records.
    pub href: Option<String>,
    /// What record it is.
    pub record: String,
    /// Which field.
    pub field: String,
    /// Each value, by whom and when; the one that is shown comes first.
    pub values: Vec<(String, String)>,
}

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// The record's address; `None` for somebody who reads no records.
    pub href: Option<String>,
    /// What is to look at.
    pub text: String,
}

/// What a list needs to know.
pub struct Lists<'a> {
    /// The reader's language.
    pub lang: Lang,
    /// The names of units.
    pub names: &'a UnitNames,
    /// How times are told.
    pub when: &'a When,
    /// Whether the reader may open records at all.
    pub reads_records: bool,
    /// The records with several values that the reader may open. Values are shown of those only.
    pub readable: &'a BTreeSet<DocumentId>,
}

impl Lists<'_> {
    fn href(&self, id: DocumentId) -> Option<String> {
        self.reads_records.then(|| format!("/records/{id}"))
    }

    /// The newest records.
    pub fn latest(&self, records: &[LatestRecord]) -> Vec<LatestRow> {
        let dash = || "–".to_owned();
        records
            .iter()
            .map(|record| LatestRow {
                href: self.href(record.id),
                time: record.at.map_or_else(dash, |at| self.when.time(at)),
                kind: label(self.lang, "kind", record.kind.code()),
                unit: unit_name(self.names, &record.unit),
                outcome: record
                    .outcome
                    .as_ref()
                    .map_or_else(dash, |outcome| label(self.lang, "contact_outcome", outcome.code())),
            })
            .collect()
    }

    /// Fields with several values.
    pub fn disagreements(&self, day: &Day) -> Vec<DisagreementRow> {
        day.disagreements.iter().map(|disagreement| self.disagreement(disagreement)).collect()
    }

    fn disagreement(&self, disagreement: &Disagreement) -> DisagreementRow {
        let conflict = &disagreement.conflict;
        let readable = self.readable.contains(&disagreement.record);
        let mut values: Vec<_> = conflict.values.iter().enumerate().collect();
        values.sort_by_key(|(at, _)| *at != conflict.shown);
        let kind = label(self.lang, "kind", disagreement.kind.code());
        DisagreementRow {
            href: readable.then(|| format!("/records/{}", disagreement.record)),
            record: [kind, unit_name(self.names, &disagreement.unit)].join(separator(self.lang)),
            field: field_name(self.lang, &conflict.field),
            values: if readable {
                values.into_iter().map(|(_, value)| self.value(&conflict.field, value)).collect()
            } else {
                Vec::new()
            },
        }
    }

    fn value(&self, field: &str, value: &ConflictValue) -> (String, String) {
        let who = value.staff.as_ref().map_or_else(|| tr(self.lang, "somebody", &[]), ToString::to_string);
        let time = self.when.time(value.at);
        let by = tr(self.lang, "by-whom", &[("who", Arg::from(&who)), ("time", Arg::from(&time))]);
        // A list that is printed and filed holds no name and no note: those are read in the record.
        let plain = shows_plainly(field, &value.value);
        let shown = if plain {
            in_words(self.lang, field, &value.value, self.when)
        } else {
            tr(self.lang, "value-in-record", &[])
        };
        (shown, by)
    }

    /// What to look at: possible duplicates first, then the rest.
    pub fn review(&self, day: &Day) -> Vec<ReviewRow> {
        let duplicates = day.activity.possible_duplicates.iter().map(|pair| ReviewRow {
            href: self.href(pair.encounters.0),
            text: tr(self.lang, "review-possible_duplicate", &[]),
        });
        duplicates.chain(day.activity.review.iter().map(|item| self.review_row(item))).collect()
    }

    fn review_row(&self, item: &ReviewItem) -> ReviewRow {
        let (id, key) = match item {
            ReviewItem::ShiftTooLong { shift } => (shift, "review-shift_too_long"),
            ReviewItem::ShiftNotClosed { shift } => (shift, "review-shift_not_closed"),
            ReviewItem::ShiftEndsBeforeStart { shift } => (shift, "review-shift_ends_before_start"),
            ReviewItem::KilometresImplausible { shift } => (shift, "review-kilometres_implausible"),
            ReviewItem::StaffOnTwoVehicles { shifts, .. } => (&shifts.0, "review-staff_on_two_vehicles"),
            ReviewItem::AccompanimentContradictory { person } => (person, "review-accompaniment_contradictory"),
            ReviewItem::ReferralContradictory { referral } => (referral, "review-referral_contradictory"),
            ReviewItem::FollowUpContradictory { follow_up } => (follow_up, "review-follow_up_contradictory"),
        };
        ReviewRow { href: self.href(*id), text: tr(self.lang, key, &[]) }
    }
}
