//! A record's values in words.

use jisr_locales::{Arg, Lang, label, tr};
use jisr_sync_core::time::UnixMillis;
use serde_json::Value;

use super::When;
use super::field::{leaf, list_of};

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

/// One value of the field at `path`.
pub fn in_words(lang: Lang, path: &str, value: &Value, when: &When) -> String {
    let field = leaf(path);
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => tr(lang, "value-yes", &[]),
        Value::Bool(false) => tr(lang, "value-no", &[]),
        Value::Number(number) if INSTANTS.contains(&field) => {
            number.as_i64().map_or_else(|| number.to_string(), |millis| when.full(UnixMillis(millis)))
        }
        Value::Number(number) => number.to_string(),
        Value::String(text) if field == "age" => tr(lang, "value-age-years", &[("age", Arg::from(text))]),
        Value::String(text) => code_or_text(lang, path, field, text),
        Value::Array(items) => {
            let words: Vec<_> = items.iter().map(|item| in_words(lang, path, item, when)).collect();
            words.join(separator(lang))
        }
        Value::Object(parts) => {
            let words = parts.iter().map(|(name, part)| {
                let words = in_words(lang, &format!("-/-/{name}"), part, when);
                format!("{}: {words}", label(lang, "field", name))
            });
            words.collect::<Vec<_>>().join(" · ")
        }
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
    // What people wrote stands isolated: its direction must not reorder what is around it.
    list.map_or_else(|| format!("\u{2068}{text}\u{2069}"), |list| label(lang, list, text))
}

/// The values of one field, each a line.
pub fn lines(lang: Lang, field: &str, value: &Value, when: &When) -> Vec<String> {
    let Value::Object(entries) = value else { return vec![in_words(lang, field, value, when)] };
    entries
        .iter()
        .map(|(key, entry)| {
            let code = key.split('@').next().unwrap_or(key);
            let name = list_of(field).map(|list| label(lang, list, code));
            let words = in_words(lang, &format!("{field}/{key}"), entry, when);
            match name {
                Some(name) if words.is_empty() => name,
                Some(name) => format!("{name}: {words}"),
                None => words,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::time::ServiceZone;
    use serde_json::json;

    use super::*;

    #[test]
    fn values_read_as_words() {
        let when = When::new(Lang::En, ServiceZone::morocco().unwrap(), UnixMillis(1_795_475_400_000));
        let words = |field: &str, value: Value| lines(Lang::En, field, &value, &when).join(" | ");

        assert_eq!(words("outcome", json!("not_found")), "Person looked for, not found");
        assert_eq!(words("needs", json!(["meal", "shelter"])), "Meal or food, Placement in a shelter");
        assert_eq!(words("given", json!({"meal": 3})), "Meal or food: 3");
        assert_eq!(words("persons", json!({"1f00ab42": {"age": "10-14"}})), "Age: 10-14 years");
        assert_eq!(words("occurred_at", json!(1_795_475_400_000_i64)), "23/11/2026 23:10");
        assert_eq!(words("place_unknown", json!(true)), "yes");
        assert_eq!(words("status_events", json!({"0a0b0c0d": {"status": "sent"}})), "Status: Sent");
    }
}
