//! `record` and `edit`: flags, JSON or questions become one record, by one strict way.

use std::io::{IsTerminal, Read};

use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{Encounter, Person, RecordKind};
use serde_json::{Map, Value, json};

use super::flags::RecordFlags;
use super::say::Failure;
use super::{Desk, ask, strict, when};
use crate::error::Error;
use crate::local::FieldRecord;
use crate::local::kinds::with_kind;

/// Records one encounter, or as many as JSON lines come in. Each id is printed when its record is durable.
pub(super) async fn record(desk: &Desk<'_>, flags: RecordFlags) -> Result<(), Failure> {
    if let Some(file) = &flags.json {
        return record_lines(desk, file, flags.draft).await;
    }
    let asked = is_empty(&flags) && std::io::stdin().is_terminal();
    let flags = if asked { ask::encounter(desk.voice)? } else { flags };
    let mut json = fields_of(desk, &flags)?;
    if let Some(slot) = slot(desk, &flags).await? {
        json.insert("persons".to_owned(), json!([slot]));
    }
    let encounter: Encounter = strict::record(Value::Object(json), &desk.writer()?)?;
    println!("{}", keep(desk, encounter, flags.draft).await?);
    Ok(())
}

async fn record_lines(desk: &Desk<'_>, file: &str, draft: bool) -> Result<(), Failure> {
    for value in serde_json::Deserializer::from_reader(input(file)?).into_iter::<Value>() {
        let value = value.map_err(|error| not_json(&error))?;
        let encounter: Encounter = strict::record(value, &desk.writer()?)?;
        let id = keep(desk, encounter, draft).await?;
        println!("{}", json!({ "id": id }));
    }
    Ok(())
}

async fn keep(desk: &Desk<'_>, encounter: Encounter, draft: bool) -> Result<DocumentId, Failure> {
    let encounters = desk.client.encounters();
    Ok(if draft { encounters.draft(encounter).await? } else { encounters.add(encounter).await? })
}

/// Changes a record by flags or a merge patch. A draft that lacks nothing any more becomes a record.
pub(super) async fn edit(desk: &Desk<'_>, id: DocumentId, flags: RecordFlags) -> Result<(), Failure> {
    let kind = desk.client.kind_of(id)?.ok_or(Error::NotFound(id))?;
    let patch = match &flags.json {
        Some(file) => serde_json::from_reader(input(file)?).map_err(|error| not_json(&error))?,
        None => Value::Object(fields_of(desk, &flags)?),
    };
    if kind != RecordKind::Encounter && flags.json.is_none() {
        return Err(Failure::Argument { name: kind.code().to_owned(), expected: "--json".to_owned() });
    }
    let changed = with_kind!(kind, R => edit_as::<R>(desk, id, patch, flags.draft).await?);
    println!("{}", desk.voice.say(if changed { "edited" } else { "unchanged" }, &[]));
    Ok(())
}

async fn edit_as<R: FieldRecord>(
    desk: &Desk<'_>,
    id: DocumentId,
    patch: Value,
    stays_draft: bool,
) -> Result<bool, Failure> {
    let records = desk.client.records::<R>();
    let before = records.get(id).await?.ok_or(Error::NotFound(id))?;
    let patch = strict::patch::<R>(patch, &desk.writer()?)?;
    strict::patched(&before.value, &patch)?;
    let changed = records
        .update(id, move |record| {
            // Tried above on what was shown; on what somebody else has written since, it fits as well or not at all.
            if let Ok(edited) = strict::patched(record, &patch) {
                *record = edited;
            }
        })
        .await?;
    if before.sync == crate::RecordSync::Draft && !stays_draft {
        records.finish(id).await?;
    }
    Ok(changed)
}

/// Reads a file, or the input for `-`.
pub(super) fn input(file: &str) -> Result<Box<dyn Read>, Failure> {
    Ok(if file == "-" { Box::new(std::io::stdin()) } else { Box::new(std::fs::File::open(file)?) })
}

pub(super) fn not_json(error: &serde_json::Error) -> Failure {
    Failure::Argument {
        name: format!("JSON {}:{}", error.line(), error.column()),
        expected: "{\"outcome\": …}".to_owned(),
    }
}

fn is_empty(flags: &RecordFlags) -> bool {
    let RecordFlags { outcome, person, place, place_text, observed, note, .. } = flags;
    outcome.is_none()
        && person.is_none()
        && place.is_none()
        && place_text.is_none()
        && observed.is_empty()
        && note.is_empty()
}

/// The flags as fields of an encounter, but for its person.
fn fields_of(desk: &Desk<'_>, flags: &RecordFlags) -> Result<Map<String, Value>, Failure> {
    let mut json = Map::new();
    let texts = [
        ("outcome", &flags.outcome),
        ("mode", &flags.mode),
        ("origin", &flags.origin),
        ("place", &flags.place),
        ("place_text", &flags.place_text),
        ("position", &flags.position),
        ("sleeping_situation", &flags.sleeping),
        ("risk", &flags.risk),
        ("consent_contact", &flags.consent),
        ("shift", &flags.shift),
        ("voided", &flags.void),
    ];
    json.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.as_deref()?.into()))));
    for (name, flag) in [("place_unknown", flags.place_unknown), ("health_urgent", flags.health_urgent)] {
        json.extend(flag.then(|| (name.to_owned(), Value::Bool(true))));
    }
    if let Some(at) = &flags.at {
        json.insert("occurred_at".to_owned(), when::instant("at", at, desk.now)?.0.into());
    }
    for (name, counts) in [("observed", &flags.observed), ("given", &flags.given)] {
        if !counts.is_empty() {
            json.insert(name.to_owned(), counts_of(name, counts)?);
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

/// `meal=2` and `meal`, which is one.
fn counts_of(name: &str, counts: &[String]) -> Result<Value, Failure> {
    let mut map = Map::new();
    for text in counts {
        let (key, count) = text.split_once('=').unwrap_or((text, "1"));
        let count = jisr_sync_core::record::normalise_digits(count);
        let wrong = || Failure::Argument { name: name.to_owned(), expected: format!("{key}=2") };
        map.insert(key.to_owned(), count.trim().parse::<u32>().map_err(|_| wrong())?.into());
    }
    Ok(Value::Object(map))
}

/// The person slot of the flags; a new person is added first.
async fn slot(desk: &Desk<'_>, flags: &RecordFlags) -> Result<Option<Value>, Failure> {
    let mut slot = Map::new();
    for (name, text) in [("sex", &flags.sex), ("age", &flags.age), ("public", &flags.public)] {
        slot.extend(text.as_deref().map(|text| (name.to_owned(), text.into())));
    }
    match flags.person.as_deref() {
        None if slot.is_empty() => return Ok(None),
        None => {}
        Some("new") => {
            let mut person = slot.clone();
            if let Some(public) = person.remove("public") {
                person.insert("publics".to_owned(), json!([public]));
            }
            if let Some(alias) = &flags.alias {
                person.insert("aliases".to_owned(), json!([alias]));
            }
            let person: Person = strict::record(Value::Object(person), &desk.writer()?)?;
            let id = desk.client.persons().add(person).await?;
            slot.insert("person".to_owned(), id.to_string().into());
        }
        Some(id) => {
            slot.insert("person".to_owned(), id.into());
        }
    }
    Ok(Some(Value::Object(slot)))
}
