//! The names of fields, and which code list a field's values come from.

use jisr_locales::{Lang, label};

/// The code list of a field's values, or of its keys when it is a set, a count or a map by code.
pub fn list_of(field: &str) -> Option<&'static str> {
    let list = match field {
        "mode" => "contact_mode",
        "origin" => "contact_origin",
        "outcome" => "contact_outcome",
        "observed" => "observed_group",
        "concerns" | "reasons" => "protection_concern",
        "certainty" => "concern_certainty",
        "needs" | "given" | "service_outcomes" | "stock_out" | "stock_in" => "service_type",
        "result" => "service_result",
        "consent_contact" | "consent" => "legal_basis",
        "voided" => "void_reason",
        "publics" | "public" => "public",
        "languages" => "language",
        "status" => "person_status",
        "role" => "crew_role",
        "partners_present" => "partner",
        "cancelled" => "cancel_reason",
        "to_kind" => "referral_destination",
        "refusal_reason" => "shelter_refusal_reason",
        "info_shared" | "info_withheld" => "info_category",
        "kind" => "follow_up_kind",
        "sex" => "sex",
        "risk" => "risk",
        "sleeping_situation" => "sleeping_situation",
        "street_connection" => "street_connection",
        "accompaniment" => "accompaniment",
        "functional_difficulty" => "functional_difficulty",
        "age_basis" => "age_basis",
        "relation" => "relation",
        "crew_alert" => "crew_alert",
        "exit_reason" => "exit_reason",
        "visibility" => "visibility",
        "shift_type" => "shift_type",
        "weather" => "weather",
        "urgency" => "urgency",
        "priority" => "priority",
        "place_type" => "place_type",
        _ => return None,
    };
    Some(list)
}

/// The last part of a path that names a field: `persons/1f00ab42/age` is about `age`, `given/meal` about `given`.
pub fn leaf(path: &str) -> &str {
    let mut parts = path.split('/');
    let first = parts.next().unwrap_or("");
    parts.nth(1).unwrap_or(first)
}

/// A path in words: `Persons › Age`, `Given › Meal or food`.
pub fn field_name(lang: Lang, path: &str) -> String {
    let mut parts = path.split('/');
    let first = parts.next().unwrap_or("");
    let mut words = vec![label(lang, "field", first)];
    let words_of = |list, code: &str| label(lang, list, code.split('@').next().unwrap_or(code));
    if let (Some(key), Some(list)) = (parts.next(), list_of(first)) {
        words.push(words_of(list, key));
    }
    if let Some(sub) = parts.next() {
        words.push(label(lang, "field", sub));
    }
    // Each word stands in its own direction; the arrow points where lines go.
    words.join(if lang == Lang::Ar { " ‹ " } else { " › " })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_as_words() {
        assert_eq!(field_name(Lang::En, "sex"), "Sex");
        assert_eq!(field_name(Lang::En, "persons/1f00ab42/age"), "Persons › Age");
        assert_eq!(field_name(Lang::En, "given/meal"), "Given › Meal or food");
        assert_eq!(leaf("persons/1f00ab42/age"), "age");
        assert_eq!(leaf("given/meal"), "given");
    }
}
