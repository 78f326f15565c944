//! JSON as people write it, into a record: what is misspelt is named, with what was probably meant.
//!
//! Where nobody chooses the keys of entries, a list stands for several (`"notes": ["…"]`, `"persons": [{…}]`) and an
//! entry for itself (`"persons": {"age": "12"}`): keys are drawn.

use jisr_sync_core::id::{EntryId, StaffId};
use jisr_sync_core::record::{Merge, Record, RecordKind};
use jisr_sync_core::time::UnixMillis;
use serde_json::{Map, Value};

use super::fields::{List, drawn_keys, key_list, part_list, parts, value_list};
use super::misfit::{Misfit, QUANTITY_MAX};

/// Who writes, and when: for remarks given as plain texts.
pub(super) struct Writer {
    pub(super) staff: Option<StaffId>,
    pub(super) now: UnixMillis,
}

/// The record in `json`.
pub(super) fn record<R: Record>(json: Value, writer: &Writer) -> Result<R, Misfit> {
    let json = checked::<R>(json, writer, false)?;
    typed(json)
}

/// `record` with a merge patch (RFC 7396) applied. A field that is `null` is taken away.
pub(super) fn patched<R: Record>(record: &R, patch: &Value) -> Result<R, Misfit> {
    let mut json = serde_json::to_value(record).map_err(|_| Misfit::NotAnObject)?;
    merge(&mut json, patch);
    typed(json)
}

/// A merge patch for a record, checked and with its keys drawn.
pub(super) fn patch<R: Record>(json: Value, writer: &Writer) -> Result<Value, Misfit> {
    checked::<R>(json, writer, true)
}

fn typed<R: Record>(json: Value) -> Result<R, Misfit> {
    if let Ok(record) = serde_json::from_value(json.clone()) {
        return Ok(record);
    }
    // Field by field, to name the one that does not fit. The message of the whole would name none.
    let Value::Object(fields) = json else { return Err(Misfit::NotAnObject) };
    for (name, value) in fields {
        if !fits::<R>(&name, &value) {
            return Err(part_that_does_not_fit::<R>(&name, &value).unwrap_or_else(|| Misfit::value(name, &value)));
        }
    }
    Err(Misfit::NotAnObject)
}

fn fits<R: Record>(name: &str, value: &Value) -> bool {
    serde_json::from_value::<R>(Value::Object(Map::from_iter([(name.to_owned(), value.clone())]))).is_ok()
}

fn part_that_does_not_fit<R: Record>(name: &str, value: &Value) -> Option<Misfit> {
    for (key, entry) in value.as_object()? {
        for (part, value) in entry.as_object()? {
            let alone = Map::from_iter([(part.clone(), value.clone())]);
            if !fits::<R>(name, &Value::Object(Map::from_iter([(key.clone(), Value::Object(alone))]))) {
                return Some(Misfit::value(format!("{name}/{part}"), value));
            }
        }
    }
    None
}

fn checked<R: Record>(json: Value, writer: &Writer, is_patch: bool) -> Result<Value, Misfit> {
    let Value::Object(fields) = json else { return Err(Misfit::NotAnObject) };
    let mut checked = Map::new();
    for (name, value) in fields {
        let Some(field) = R::field(&name) else {
            let nearest = nearest(&name, &R::FIELDS.iter().map(|field| field.name).collect::<Vec<_>>());
            return Err(Misfit::UnknownField { field: name, nearest });
        };
        let value = match field.merge {
            _ if value.is_null() && is_patch => value,
            Merge::Once | Merge::Register => {
                check_code(value_list(R::KIND, &name), &name, &value)?;
                value
            }
            Merge::Set => {
                for element in value.as_array().into_iter().flatten() {
                    check_code(value_list(R::KIND, &name), &name, element)?;
                }
                value
            }
            Merge::Counts | Merge::Entries | Merge::Remarks => entries(R::KIND, &name, value, writer)?,
        };
        checked.insert(name, value);
    }
    Ok(Value::Object(checked))
}

fn entries(kind: RecordKind, field: &str, value: Value, writer: &Writer) -> Result<Value, Misfit> {
    let value = match value {
        Value::Array(list) if drawn_keys(field) => {
            let drawn = |entry| (EntryId::random(&mut rand::rng()).to_string(), entry);
            Value::Object(list.into_iter().map(drawn).collect())
        }
        Value::Object(entry) if drawn_keys(field) && is_one_entry(field, &entry) => {
            Value::Object(Map::from_iter([(EntryId::random(&mut rand::rng()).to_string(), Value::Object(entry))]))
        }
        Value::String(text) if drawn_keys(field) && parts(field).contains(&"text") => {
            Value::Object(Map::from_iter([(EntryId::random(&mut rand::rng()).to_string(), Value::String(text))]))
        }
        other => other,
    };
    let Value::Object(map) = value else { return Ok(value) };
    let mut checked = Map::new();
    for (key, entry) in map {
        not_too_many(field, &entry)?;
        let code = key.split('@').next().unwrap_or_default();
        check_code(key_list(kind, field), field, &Value::String(code.to_owned()))?;
        checked.insert(key, check_entry(kind, field, entry, writer)?);
    }
    Ok(Value::Object(checked))
}

/// Whether the object is an entry itself, not a map of entries: its names are those of parts, never keys.
fn is_one_entry(field: &str, entry: &Map<String, Value>) -> bool {
    !entry.is_empty() && entry.keys().any(|name| parts(field).contains(&name.as_str()))
}

fn not_too_many(field: &str, entry: &Value) -> Result<(), Misfit> {
    let quantity = entry.get("quantity").unwrap_or(entry);
    match quantity.as_u64() {
        Some(count) if count > QUANTITY_MAX => {
            Err(Misfit::TooMany { field: field.to_owned(), value: count.to_string() })
        }
        _ => Ok(()),
    }
}

fn check_entry(kind: RecordKind, field: &str, entry: Value, writer: &Writer) -> Result<Value, Misfit> {
    let known = parts(field);
    let mut map = match entry {
        Value::String(text) if known.contains(&"text") => Map::from_iter([("text".to_owned(), Value::String(text))]),
        Value::Object(map) => map,
        other => return Ok(other),
    };
    for (part, value) in &map {
        let path = format!("{field}/{part}");
        if !known.contains(&part.as_str()) {
            return Err(Misfit::UnknownField { field: path, nearest: nearest(part, known) });
        }
        check_code(part_list(kind, field, part), &path, value)?;
    }
    if known.contains(&"by") && !map.is_empty() {
        map.entry("at").or_insert(writer.now.0.into());
        if let Some(staff) = &writer.staff {
            map.entry("by").or_insert(staff.to_string().into());
        }
    }
    Ok(Value::Object(map))
}

fn check_code(list: Option<List>, field: &str, value: &Value) -> Result<(), Misfit> {
    match (list, value.as_str()) {
        (Some(list), Some(code)) if !list.codes.contains(&code) => Err(Misfit::UnknownCode {
            field: field.to_owned(),
            code: code.to_owned(),
            nearest: nearest(code, &list.codes),
        }),
        _ => Ok(()),
    }
}

/// What was probably meant, or else all that can be.
fn nearest(word: &str, known: &[&str]) -> String {
    let scored = known.iter().map(|candidate| (strsim::jaro_winkler(word, candidate), candidate));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score > 0.7);
    best.map_or_else(|| known.join(", "), |(_, candidate)| (*candidate).to_owned())
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(map) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            map.remove(name);
        } else {
            merge(map.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::record::Encounter;
    use serde_json::json;

    use super::*;

    fn writer() -> Writer {
        Writer { staff: "fz2".parse().ok(), now: UnixMillis(5) }
    }

    #[test]
    fn a_misspelt_field_or_code_is_named_with_what_was_probably_meant() {
        let misfit = |json| record::<Encounter>(json, &writer()).unwrap_err();

        assert_eq!(
            misfit(json!({ "outcom": "engaged" })),
            Misfit::UnknownField { field: "outcom".into(), nearest: "outcome".into() }
        );
        assert_eq!(
            misfit(json!({ "persons": [{ "sexe": "male" }] })),
            Misfit::UnknownField { field: "persons/sexe".into(), nearest: "sex".into() }
        );
        assert_eq!(
            misfit(json!({ "needs": ["meel"] })),
            Misfit::UnknownCode { field: "needs".into(), code: "meel".into(), nearest: "meal".into() }
        );
        assert!(
            matches!(misfit(json!({ "occurred_at": "yesterday" })), Misfit::Value { field, .. } if field == "occurred_at")
        );
        assert_eq!(misfit(json!([1])), Misfit::NotAnObject);
    }

    #[test]
    fn what_is_like_no_field_is_told_every_field_there_is() {
        let misfit = record::<Encounter>(json!({ "zzzz": 1 }), &writer()).unwrap_err();

        assert!(matches!(misfit, Misfit::UnknownField { nearest, .. } if nearest.contains("outcome, place")));
    }

    #[test]
    fn the_part_of_an_entry_that_does_not_fit_is_named_and_not_the_whole_field() {
        let misfit = record::<Encounter>(json!({ "persons": [{ "sex": "male", "age": "douze" }] }), &writer());

        let Err(Misfit::Value { field, value, expected }) = misfit else { panic!("{misfit:?}") };
        assert_eq!((field.as_str(), value.as_str(), expected), ("persons/age", "douze", "age"));
    }

    #[test]
    fn a_quantity_that_can_only_be_a_slip_is_refused() {
        let with = |meals: u64| record::<Encounter>(json!({ "given": { "meal": meals } }), &writer());

        assert!(with(QUANTITY_MAX).is_ok());
        assert!(matches!(with(QUANTITY_MAX + 1), Err(Misfit::TooMany { .. })));
        let stock = json!({ "stock_out": { "meal": { "quantity": 99_999_999 } } });
        assert!(matches!(record::<jisr_sync_core::record::Shift>(stock, &writer()), Err(Misfit::TooMany { .. })));
    }

    #[test]
    fn a_single_entry_needs_neither_a_key_nor_a_list() {
        let encounter: Encounter = record(json!({ "persons": { "age": "12" }, "notes": "alone" }), &writer()).unwrap();

        assert_eq!((encounter.persons.len(), encounter.notes.len()), (1, 1));
        assert!(encounter.persons.values().all(|slot| slot.age.is_some()));
    }

    #[test]
    fn a_plain_note_gets_a_key_a_writer_and_a_time() {
        let encounter: Encounter = record(json!({ "notes": ["seen at the bridge"] }), &writer()).unwrap();

        let note = encounter.notes.values().next().unwrap();
        assert_eq!((note.by.as_ref().unwrap().as_str(), note.at), ("fz2", Some(UnixMillis(5))));
    }

    #[test]
    fn a_patch_changes_what_it_names_and_null_takes_away() {
        let before: Encounter =
            record(json!({ "outcome": "engaged", "risk": "low", "given": { "meal": 2 } }), &writer()).unwrap();

        let patch = patch::<Encounter>(json!({ "risk": null, "given": { "meal": 3 } }), &writer()).unwrap();
        let after: Encounter = patched(&before, &patch).unwrap();

        assert_eq!(serde_json::to_value(&after).unwrap(), json!({ "outcome": "engaged", "given": { "meal": 3 } }));
    }
}
