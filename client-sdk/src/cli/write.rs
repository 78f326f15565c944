//! `record`: flags, JSON or answers become one record, by one strict way.
//!
//! Everything that was typed is read and checked before anything is written, and a person who is new is written in
//! one commit with the encounter: a command that is refused leaves nothing behind.

use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{AgeRange, Encounter, Person, RecordKind};
use serde_json::{Map, Value, json};

use super::failure::{EXIT_INVALID, Failure, Own};
use super::flags::RecordFlags;
use super::{Desk, check, strict, when, which};
use crate::error::Error;

/// An encounter that was read and checked, with the person who is to be made for it.
struct Checked {
    encounter: Encounter,
    new_person: Option<Person>,
}

/// Records one encounter. Its id is printed when the record is durable.
pub(super) async fn record(desk: &Desk<'_>, flags: &RecordFlags, draft: bool) -> Result<(), Failure> {
    may_keep(desk, draft)?;
    let checked = checked(desk, flags, draft).await?;
    let at = checked.encounter.occurred_at.filter(|_| flags.at.is_some());
    let id = keep(desk, checked, draft).await?;
    desk.voice.kept(if draft { "kept-draft" } else { "kept" }, id);
    if let Some(at) = at {
        desk.voice.hint("recorded-at", &[("time", (&desk.voice.time(at)).into())]);
    }
    Ok(())
}

/// Whether this device can keep records yet: before it is enrolled, only drafts.
pub(super) fn may_keep(desk: &Desk<'_>, draft: bool) -> Result<(), Failure> {
    match desk.client.enrolment()? {
        None if !draft => Err(Error::NotEnrolled.into()),
        _ => Ok(()),
    }
}

/// One encounter out of JSON, checked and kept.
pub(super) async fn keep_json(desk: &Desk<'_>, json: Value, draft: bool) -> Result<DocumentId, Failure> {
    let encounter: Encounter = strict::record(without_blank_place(json), &desk.writer()?)?;
    check::encounter(desk, &encounter, &[])?;
    check::lacks_nothing(&encounter, draft)?;
    keep(desk, Checked { encounter, new_person: None }, draft).await
}

async fn checked(desk: &Desk<'_>, flags: &RecordFlags, draft: bool) -> Result<Checked, Failure> {
    let mut fields = fields_of(desk, flags).await?;
    let slot = slot(desk, flags).await?;
    let new_person = match (&slot, flags.person.as_deref()) {
        (Some(slot), Some("new")) => Some(new_person(desk, slot, flags.alias.as_deref())?),
        (_, Some("new")) => Some(new_person(desk, &Map::new(), flags.alias.as_deref())?),
        (_, _) if flags.alias.is_some() => return Err(Own::new("alias-alone", EXIT_INVALID).what("--alias").into()),
        _ => None,
    };
    let slot = slot.or_else(|| new_person.is_some().then(Map::new));
    fields.extend(slot.map(|slot| ("persons".to_owned(), json!([slot]))));
    let json = without_blank_place(Value::Object(fields));
    let encounter: Encounter =
        strict::record(json, &desk.writer()?).map_err(|misfit| Failure::from(misfit).by_flags())?;
    check::encounter(desk, &encounter, &[])?;
    check::lacks_nothing(&encounter, draft)?;
    Ok(Checked { encounter, new_person })
}

async fn keep(desk: &Desk<'_>, checked: Checked, draft: bool) -> Result<DocumentId, Failure> {
    let encounters = desk.client.encounters();
    let Checked { mut encounter, new_person } = checked;
    let Some(person) = new_person else {
        return Ok(if draft { encounters.draft(encounter).await? } else { encounters.add(encounter).await? });
    };
    let with_person = move |id| {
        encounter.persons.values_mut().for_each(|slot| slot.person = Some(id));
        encounter
    };
    Ok(if draft {
        encounters.draft_met(person, with_person).await?
    } else {
        encounters.add_met(person, with_person).await?
    })
}

/// A place of blanks is no place.
fn without_blank_place(mut json: Value) -> Value {
    if let Value::Object(fields) = &mut json {
        let blank = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
        if fields.get("place_text").is_some_and(blank) {
            fields.remove("place_text");
        }
    }
    json
}

/// The flags as fields of an encounter, but for its person.
pub(super) async fn fields_of(desk: &Desk<'_>, flags: &RecordFlags) -> Result<Map<String, Value>, Failure> {
    let mut json = Map::new();
    let texts = [
        ("outcome", &flags.outcome),
        ("mode", &flags.mode),
        ("origin", &flags.origin),
        ("place_text", &flags.place_text),
        ("position", &flags.position),
        ("sleeping_situation", &flags.sleeping),
        ("risk", &flags.risk),
        ("consent_contact", &flags.consent),
        ("voided", &flags.void),
    ];
    json.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.as_deref()?.into()))));
    for (name, flag, text, kind) in
        [("place", "--place", &flags.place, RecordKind::Place), ("shift", "--shift", &flags.shift, RecordKind::Shift)]
    {
        let id = which::maybe(desk, flag, text.clone(), kind).await?;
        json.extend(id.map(|id| (name.to_owned(), id.to_string().into())));
    }
    for (name, flag) in [("place_unknown", flags.place_unknown), ("health_urgent", flags.health_urgent)] {
        json.extend(flag.then(|| (name.to_owned(), Value::Bool(true))));
    }
    if let Some(at) = &flags.at {
        json.insert("occurred_at".to_owned(), when::past("--at", at, desk.now)?.0.into());
    }
    for (name, flag, counts) in [("observed", "--observed", &flags.observed), ("given", "--given", &flags.given)] {
        if !counts.is_empty() {
            json.insert(name.to_owned(), counts_of(flag, counts)?);
        }
    }
    if !flags.concern.is_empty() {
        let entry = |text: &String| match text.split_once('=') {
            Some((concern, certainty)) => (concern.to_owned(), json!({ "certainty": certainty })),
            None => (text.clone(), json!({})),
        };
        json.insert("concerns".to_owned(), Value::Object(flags.concern.iter().map(entry).collect()));
    }
    for (name, list) in [("needs", &flags.need), ("notes", &flags.note)] {
        if !list.is_empty() {
            json.insert(name.to_owned(), list.clone().into());
        }
    }
    Ok(json)
}

/// `meal=2` and `meal`, which is one. The same twice adds up.
fn counts_of(flag: &str, counts: &[String]) -> Result<Value, Failure> {
    let mut map = Map::new();
    for text in counts {
        let (key, count) = text.split_once('=').unwrap_or((text, "1"));
        let count = jisr_sync_core::record::normalise_digits(count);
        let count = count.trim().parse::<u32>().map_err(|_| Failure::argument(flag, text, "count"))?;
        let before = map.get(key).and_then(Value::as_u64).unwrap_or(0);
        map.insert(key.to_owned(), before.saturating_add(count.into()).into());
    }
    Ok(Value::Object(map))
}

/// What the flags say about the person, or `None` when they say nothing.
pub(super) async fn slot(desk: &Desk<'_>, flags: &RecordFlags) -> Result<Option<Map<String, Value>>, Failure> {
    let mut slot = described(flags)?;
    if let Some(text) = flags.person.as_deref().filter(|text| *text != "new") {
        let id = which::record(desk, "--person", text, Some(RecordKind::Person)).await?;
        slot.insert("person".to_owned(), id.to_string().into());
    }
    Ok(Some(slot).filter(|slot| !slot.is_empty()))
}

/// How the flags describe the person.
pub(super) fn described(flags: &RecordFlags) -> Result<Map<String, Value>, Failure> {
    if let Some(age) = flags.age.as_deref().filter(|age| age.parse::<AgeRange>().is_err()) {
        return Err(Failure::argument("--age", age, "age"));
    }
    let texts = [("sex", &flags.sex), ("age", &flags.age), ("public", &flags.public)];
    Ok(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.as_deref()?.into()))).collect())
}

/// The person that an encounter's slot and an alias describe.
fn new_person(desk: &Desk<'_>, slot: &Map<String, Value>, alias: Option<&str>) -> Result<Person, Failure> {
    let json = Value::Object(person_fields(slot.clone(), alias));
    strict::record(json, &desk.writer()?).map_err(|misfit| Failure::from(misfit).by_flags())
}

/// What describes a person in an encounter, as fields of the person itself.
pub(super) fn person_fields(mut slot: Map<String, Value>, alias: Option<&str>) -> Map<String, Value> {
    if let Some(public) = slot.remove("public") {
        slot.insert("publics".to_owned(), json!([public]));
    }
    slot.extend(alias.map(|alias| ("aliases".to_owned(), json!([alias]))));
    slot
}
