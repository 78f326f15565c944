//! A record's values in words.

use std::collections::BTreeSet;

use jisr_locales::{Arg, Lang, label, tr};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::time::{OperationalDay, UnixMillis};
use serde_json::Value;

use super::When;
use super::field::{leaf, list_of};
use super::reference::Known;

/// Fields whose number is an instant.
const INSTANTS: [&str; 9] = [
    "occurred_at",
    "recorded_at",
    "planned_start",
    "planned_end",
    "started_at",
    "ended_at",
    "closed_at",
    "at",
    "written_at",
];

/// Fields whose text is a day.
const DAYS: [&str; 7] =
    ["operational_day", "age_as_of", "first_contact_on", "engaged_on", "crew_alert_until", "due_on", "done_on"];

/// Fields that name another record.
const RECORDS: [&str; 7] =
    ["person", "shift", "encounter", "place", "usual_places", "merged_into", "done_by_encounter"];

/// Fields that name a unit.
const UNITS: [&str; 3] = ["unit", "case_owner", "assigned_unit"];

/// A piece of a value: words, and where they lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The words.
    pub text: String,
    /// The address of the record they name, when the reader may open it.
    pub href: Option<String>,
}

/// How values are told to one reader.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The reader's language.
    pub lang: Lang,
    /// How times are told.
    pub when: &'a When,
    /// What is told instead of ids.
    pub known: &'a Known,
}

fn words(text: impl Into<String>) -> Vec<Part> {
    vec![Part { text: text.into(), href: None }]
}

/// The records that a value of the field at `path` names.
pub fn records_named(path: &str, value: &Value, found: &mut BTreeSet<DocumentId>) {
    match value {
        Value::String(text) if RECORDS.contains(&leaf(path)) => found.extend(text.parse::<DocumentId>().ok()),
        Value::Array(items) => items.iter().for_each(|item| records_named(path, item, found)),
        Value::Object(parts) => {
            // The parts of an entry bear their own names; the entries of a map have their field's.
            parts.iter().for_each(|(name, part)| records_named(&format!("-/-/{name}"), part, found));
        }
        _ => {}
    }
}

impl Words<'_> {
    /// One value of the field at `path`, without its links.
    pub fn plain(&self, path: &str, value: &Value) -> String {
        self.of(path, value).into_iter().map(|part| part.text).collect()
    }

    /// One value of the field at `path`.
    pub fn of(&self, path: &str, value: &Value) -> Vec<Part> {
        let field = leaf(path);
        match value {
            Value::Null => words("–"),
            Value::Bool(true) => words(tr(self.lang, "value-yes", &[])),
            Value::Bool(false) => words(tr(self.lang, "value-no", &[])),
            Value::Number(number) => words(self.number(field, number)),
            Value::String(text) => self.text(path, field, text),
            Value::Array(items) => self.joined(items.iter().map(|item| self.of(path, item)), separator(self.lang)),
            Value::Object(parts) => {
                let named = parts.iter().map(|(name, part)| {
                    let mut named = words(self.before(&label(self.lang, "field", name)));
                    named.extend(self.of(&format!("-/-/{name}"), part));
                    named
                });
                self.joined(named, " · ")
            }
        }
    }

    /// A name, as it stands before what it names.
    pub fn before(&self, name: &str) -> String {
        format!("{name}{} ", tr(self.lang, "colon", &[]))
    }

    fn joined(&self, values: impl Iterator<Item = Vec<Part>>, between: &str) -> Vec<Part> {
        let mut all = Vec::new();
        for value in values {
            if !all.is_empty() {
                all.extend(words(between));
            }
            all.extend(value);
        }
        all
    }

    fn number(&self, field: &str, number: &serde_json::Number) -> String {
        let whole = number.as_i64();
        match (field, whole) {
            ("utc_offset", Some(minutes)) => offset(minutes),
            (field, Some(millis)) if INSTANTS.contains(&field) => self.when.full(UnixMillis(millis)),
            _ => number.to_string(),
        }
    }

    fn text(&self, path: &str, field: &str, text: &str) -> Vec<Part> {
        if field == "age" {
            return words(tr(self.lang, "value-age-years", &[("age", Arg::from(text))]));
        }
        if let (true, Ok(day)) = (DAYS.contains(&field), text.parse::<OperationalDay>()) {
            return words(self.when.day(day));
        }
        if let (true, Ok(id)) = (RECORDS.contains(&field), text.parse::<DocumentId>()) {
            let reference = self.known.record(&id, self.lang);
            return vec![Part { text: isolated(&reference.text), href: reference.href }];
        }
        if field == "device" {
            let name = self.known.device(text).map(isolated);
            return words(name.unwrap_or_else(|| tr(self.lang, "device-unknown", &[])));
        }
        if UNITS.contains(&field) {
            return words(isolated(self.known.unit(text).unwrap_or(text)));
        }
        words(code_or_text(self.lang, path, field, text))
    }

    /// The values of one field, each a line.
    pub fn lines(&self, field: &str, value: &Value) -> Vec<Vec<Part>> {
        let Value::Object(entries) = value else { return vec![self.of(field, value)] };
        entries
            .iter()
            .map(|(key, entry)| {
                let code = key.split('@').next().unwrap_or(key);
                let listed = list_of(field).map(|list| label(self.lang, list, code));
                // A crew is listed by who is in it.
                let name = listed.or_else(|| (field == "crew").then(|| isolated(key)));
                let value = self.of(&format!("{field}/{key}"), entry);
                let silent = value.iter().all(|part| part.text.is_empty());
                match name {
                    Some(name) if silent => words(name),
                    Some(name) => [words(self.before(&name)), value].concat(),
                    None if silent => words("–"),
                    None => value,
                }
            })
            .collect()
    }
}

/// What people wrote stands isolated: its direction must not reorder what is around it.
fn isolated(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}

/// `UTC+1`, `UTC`, `UTC-3:30`.
fn offset(minutes: i64) -> String {
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    let sign = if minutes < 0 { '-' } else { '+' };
    match (hours, rest) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// Whether a value says nothing that only its record may say: a code, a number, an age, yes or no.
pub fn shows_plainly(path: &str, value: &Value) -> bool {
    let field = leaf(path);
    !value.is_string() || field == "age" || field == "status" || list_of(field).is_some()
}

/// What stands between the words of a list.
pub fn separator(lang: Lang) -> &'static str {
    if lang == Lang::Ar { "، " } else { ", " }
}

/// A code of a list by its label, anything else as it is. A status inside a referral is a referral's.
fn code_or_text(lang: Lang, path: &str, field: &str, text: &str) -> String {
    let list = if field == "status" && path.contains('/') { Some("referral_status") } else { list_of(field) };
    list.map_or_else(|| isolated(text), |list| label(lang, list, text))
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::time::ServiceZone;
    use serde_json::json;

    use super::*;

    #[test]
    fn values_read_as_words() {
        let when = When::new(Lang::En, ServiceZone::morocco().unwrap(), UnixMillis(1_795_475_400_000));
        let (known, lang) = (Known::default(), Lang::En);
        let told = Words { lang, when: &when, known: &known };
        let words = |field: &str, value: Value| {
            let line = |line: Vec<Part>| line.into_iter().map(|part| part.text).collect::<String>();
            told.lines(field, &value).into_iter().map(line).collect::<Vec<_>>().join(" | ")
        };

        assert_eq!(words("outcome", json!("not_found")), "Person looked for, not found");
        assert_eq!(words("needs", json!(["meal", "shelter"])), "Meal or food, Placement in a shelter");
        assert_eq!(words("given", json!({"meal": 3})), "Meal or food: 3");
        assert_eq!(words("persons", json!({"1f00ab42": {"age": "10-14"}})), "Age: 10-14 years");
        assert_eq!(words("occurred_at", json!(1_795_475_400_000_i64)), "23/11/2026 23:10");
        assert_eq!(words("operational_day", json!("2026-11-23")), "Monday 23 November 2026");
        assert_eq!(words("utc_offset", json!(60)), "UTC+1");
        assert_eq!(words("utc_offset", json!(-210)), "UTC-3:30");
        assert_eq!(words("crew", json!({"fz2": {"role": "driver"}})), "\u{2068}fz2\u{2069}: Role: Driver");
        assert_eq!(words("place_unknown", json!(true)), "yes");
        assert_eq!(words("status_events", json!({"0a0b0c0d": {"status": "sent"}})), "Status: Sent");
    }
}
