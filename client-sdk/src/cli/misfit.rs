//! Why a text is no record: the field or code that does not fit, and what would.

use serde_json::Value;

use super::failure::Word;

/// The largest quantity taken for one thing given, one group seen, one item of stock. Ten thousand is more than a
/// region's vans hand out in a night: what lies above is a slip of the finger, and would drown every other figure.
pub(super) const QUANTITY_MAX: u64 = 10_000;

/// Why a text is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Misfit {
    /// The JSON is not an object.
    NotAnObject,
    /// There is no such field; the nearest there is, or else all there are.
    UnknownField { field: String, nearest: String },
    /// There is no such code; the nearest there is, or else all there are.
    UnknownCode { field: String, code: String, nearest: String },
    /// The field cannot have such a value; which message says what it can have.
    Value { field: String, value: String, expected: &'static str },
    /// More than [`QUANTITY_MAX`].
    TooMany { field: String, value: String },
}

impl Misfit {
    /// The value of `field` cannot be read.
    pub(super) fn value(field: String, value: &Value) -> Self {
        let expected = expected(&field);
        // Failures go to the error output, which may end up in a log: of a position or of what may hold a text, the
        // field is told and not the value.
        let value = match value {
            Value::String(text) if !matches!(expected, "position" | "json") => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => "…".to_owned(),
        };
        Self::Value { field, value, expected }
    }

    pub(super) const fn key(&self) -> &'static str {
        match self {
            Self::NotAnObject => "not-an-object",
            Self::UnknownField { .. } => "unknown-field",
            Self::UnknownCode { .. } => "unknown-code",
            Self::Value { .. } => "argument",
            Self::TooMany { .. } => "too-many",
        }
    }

    pub(super) fn details(&self) -> (Word, String, Word) {
        match self {
            Self::NotAnObject => ("".into(), String::new(), "".into()),
            Self::UnknownField { field, nearest } => (field.as_str().into(), String::new(), nearest.as_str().into()),
            Self::UnknownCode { field, code, nearest } => {
                (field.as_str().into(), code.clone(), nearest.as_str().into())
            }
            Self::Value { field, value, expected } => {
                (field.as_str().into(), value.clone(), Word::Say(format!("expect-{expected}")))
            }
            Self::TooMany { field, value } => (field.as_str().into(), value.clone(), QUANTITY_MAX.to_string().into()),
        }
    }

    /// Named by the flag that the value came from, where there is one.
    pub(super) fn by_flags(self) -> Self {
        let flag = |field: String| flag_of(&field).map_or(field, str::to_owned);
        match self {
            Self::UnknownCode { field, code, nearest } => Self::UnknownCode { field: flag(field), code, nearest },
            Self::Value { field, value, expected } => Self::Value { field: flag(field), value, expected },
            Self::TooMany { field, value } => Self::TooMany { field: flag(field), value },
            other => other,
        }
    }
}

/// The flag that sets a field.
pub(super) fn flag_of(field: &str) -> Option<&'static str> {
    Some(match field {
        "outcome" => "--outcome",
        "mode" => "--mode",
        "origin" => "--origin",
        "place" => "--place",
        "place_text" => "--place-text",
        "position" => "--position",
        "sleeping_situation" => "--sleeping",
        "risk" => "--risk",
        "consent_contact" | "consent" => "--consent",
        "shift" => "--shift",
        "voided" => "--void",
        "needs" => "--need",
        "given" => "--given",
        "observed" => "--observed",
        "concerns" | "concerns/certainty" => "--concern",
        "notes" | "notes/text" | "status_events/note" => "--note",
        "persons/sex" | "sex" => "--sex",
        "persons/age" | "age" => "--age",
        "persons/public" | "publics" => "--public",
        "aliases" | "aliases/text" => "--alias",
        "languages" => "--language",
        "to_kind" => "--to",
        "to_org" => "--org",
        "urgency" => "--urgency",
        "reasons" => "--reason",
        "status_events/status" => "--status",
        "kind" => "--kind",
        "priority" => "--priority",
        "reason" => "--reason",
        "window_days" => "--window",
        "shift_type" => "--type",
        _ => return None,
    })
}

/// Which message says what can stand in a field.
fn expected(path: &str) -> &'static str {
    let part = path.rsplit('/').next().unwrap_or(path);
    match part {
        "age" => "age",
        "position" => "position",
        "person" | "place" | "shift" | "encounter" | "merged_into" | "done_by_encounter" | "usual_places" => "id",
        "age_as_of" | "operational_day" | "crew_alert_until" => "day",
        "at" | "planned_start" | "planned_end" => "millis",
        "place_unknown" | "health_urgent" | "accompanied" => "bool",
        "given" | "observed" | "quantity" | "odometer_start" | "odometer_end" | "window_days" => "number",
        "by" | "recorded_by" | "closed_by" | "created_by" => "staff",
        _ if part.ends_with("_at") => "millis",
        _ if part.ends_with("_on") => "day",
        _ => "json",
    }
}

#[cfg(test)]
mod tests {
    use jisr_locales::{Lang, tr};
    use jisr_sync_core::record::{Encounter, FollowUp, Person, Place, Record, Referral, Shift};

    use super::*;
    use crate::cli::fields::parts;

    #[test]
    fn what_can_stand_in_a_field_or_behind_a_flag_is_said_in_every_language() {
        let fields =
            [Encounter::FIELDS, FollowUp::FIELDS, Person::FIELDS, Place::FIELDS, Referral::FIELDS, Shift::FIELDS];
        let fields = fields.into_iter().flatten().map(|field| field.name);
        let inside = fields.clone().flat_map(|field| parts(field).iter().copied());
        let typed = ["age", "time", "day", "count", "quantity", "staff", "crew"];
        for key in fields.chain(inside).map(expected).chain(typed) {
            for lang in Lang::ALL {
                assert!(!tr(lang, &format!("jisr-expect-{key}"), &[]).starts_with('['), "{lang}: {key}");
            }
        }
    }

    #[test]
    fn a_position_or_a_text_that_does_not_fit_is_not_repeated() {
        let told = |field: &str, value: Value| Misfit::value(field.to_owned(), &value).details().1;

        assert_eq!(told("persons/age", "douze".into()), "douze");
        assert_eq!(told("position", "32.3,-6.3".into()), "…");
        assert_eq!(told("place_text", serde_json::json!({ "text": "Souk" })), "…");
    }
}
