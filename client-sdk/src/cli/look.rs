//! `list`, `show` and `find`.

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use jisr_sync_core::document::{Edited, FieldEdit, HistoryEntry};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{Encounter, FollowUp, Merge, Person, Place, RecordKind, Referral, Shift};
use jisr_sync_core::search;
use serde_json::{Value, json};

use super::args::ListFilter;
use super::failure::{EXIT_FAILED, Failure, Own};
use super::fields::{key_list, part_list, parts, value_list};
use super::say::Voice;
use super::{Desk, which};
use crate::error::Error;
use crate::local::kinds::with_kind;
use crate::local::{FieldRecord, Stored};
use crate::query::Query;
use crate::status::RecordSync;

/// Lists the records of a kind.
pub(super) async fn list(desk: &Desk<'_>, filter: &ListFilter) -> Result<(), Failure> {
    let mut query = Query::all().limit(filter.limit);
    if filter.waiting {
        query = query.waiting();
    }
    if filter.drafts {
        query = query.drafts();
    }
    if filter.set_aside {
        query = query.set_aside();
    }
    if let Some(record) = &filter.about {
        query = query.about(which::record(desk, "--about", record, None).await?);
    }
    // What waits, what is not finished and what was set aside is looked for whatever it is.
    let every = filter.waiting || filter.drafts || filter.set_aside;
    let asked = |kind: &str| filter.kind.as_deref().map_or(every || kind == "encounters", |asked| asked == kind);
    let shown = Shown { text: "", as_json: filter.json };
    let mut count = 0;
    for kind in KINDS {
        if asked(kind) {
            count += match *kind {
                "persons" => rows::<Person>(desk, query.clone(), &shown).await?,
                "shifts" => rows::<Shift>(desk, query.clone(), &shown).await?,
                "referrals" => rows::<Referral>(desk, query.clone(), &shown).await?,
                "follow-ups" => rows::<FollowUp>(desk, query.clone(), &shown).await?,
                "places" => rows::<Place>(desk, query.clone(), &shown).await?,
                _ => rows::<Encounter>(desk, query.clone(), &shown).await?,
            };
        }
    }
    tell_none(desk, count, filter.json);
    Ok(())
}

/// The kinds of records as they are asked for.
pub(super) const KINDS: &[&str] = &["encounters", "persons", "shifts", "referrals", "follow-ups", "places"];

/// How rows are shown.
struct Shown<'t> {
    /// What was looked for, or nothing.
    text: &'t str,
    as_json: bool,
}

fn tell_none(desk: &Desk<'_>, count: usize, as_json: bool) {
    if count == 0 && !as_json {
        desk.voice.hint("none", &[]);
    }
}

/// Finds persons, places and encounters.
pub(super) async fn find(desk: &Desk<'_>, text: &str, as_json: bool) -> Result<(), Failure> {
    let query = Query::text(text).limit(20);
    let shown = Shown { text, as_json };
    let persons = rows::<Person>(desk, query.clone(), &shown).await?;
    let places = rows::<Place>(desk, query.clone(), &shown).await?;
    let encounters = rows::<Encounter>(desk, query, &shown).await?;
    tell_none(desk, persons + places + encounters, as_json);
    Ok(())
}

/// Prints the records that `query` asks for, and gives their number.
async fn rows<R: FieldRecord>(desk: &Desk<'_>, query: Query, shown: &Shown<'_>) -> Result<usize, Failure> {
    let found = desk.client.records::<R>().find(query).await?;
    if shown.as_json {
        for stored in &found {
            say!("{}", json_of(stored)?);
        }
        return Ok(found.len());
    }
    if found.is_empty() {
        return Ok(0);
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    for stored in &found {
        let at = stored.value.happened_at().map(|at| desk.voice.time(at)).unwrap_or_default();
        table.add_row([
            stored.id.to_string(),
            mark(desk.voice, &stored.sync),
            at,
            summary(desk.voice, &stored.value, shown.text)?,
        ]);
    }
    say!("{table}");
    Ok(found.len())
}

/// A state as sign and word, never by colour alone.
pub(super) fn mark(voice: &Voice, sync: &RecordSync) -> String {
    let (sign, key) = match sync {
        RecordSync::Draft => ('~', "state-draft"),
        RecordSync::OnThisDevice => ('▲', "state-here"),
        RecordSync::Sending => ('↻', "state-sending"),
        RecordSync::Carried => ('⇢', "state-carried"),
        RecordSync::OnServer => ('✓', "state-server"),
        RecordSync::SetAside(_) => ('!', "state-aside"),
    };
    format!("{sign} {}", voice.say(key, &[]))
}

/// The first few values of a record that tell people which one it is; of its names, the one that fits `sought`.
pub(super) fn summary<R: FieldRecord>(voice: &Voice, record: &R, sought: &str) -> Result<String, Failure> {
    let first = record.texts().first().map(|text| (*text).to_owned());
    let fitting = record.names().into_iter().filter_map(|name| Some((search::matches(sought, name)?, name)));
    let fitting = fitting.max_by_key(|(score, _)| *score).map(|(_, name)| name.to_owned());
    let names = first.clone().into_iter().chain(fitting.filter(|name| Some(name) != first.as_ref()));
    let telling = ["outcome", "shift_type", "to_kind", "kind", "sex", "age", "operational_day", "due_on", "risk"];
    let Value::Object(json) = serde_json::to_value(record).map_err(|_| unreadable())? else {
        return Ok(String::new());
    };
    let values = telling.into_iter().filter_map(|field| Some(value_text(voice, R::KIND, field, json.get(field)?)));
    Ok(values.chain(names).collect::<Vec<_>>().join(" · "))
}

/// Shows one record whole.
pub(super) async fn show(desk: &Desk<'_>, id: &str, as_json: bool) -> Result<(), Failure> {
    let id = which::record(desk, "ID", id, None).await?;
    let kind = desk.client.kind_of(id)?.ok_or(Error::NotFound(id))?;
    with_kind!(kind, R => show_as::<R>(desk, id, as_json).await)
}

async fn show_as<R: FieldRecord>(desk: &Desk<'_>, id: DocumentId, as_json: bool) -> Result<(), Failure> {
    let stored = desk.client.records::<R>().get(id).await?.ok_or(Error::NotFound(id))?;
    let history = match stored.sync {
        RecordSync::Draft => Vec::new(),
        _ => desk.client.history(id).await?,
    };
    let mut json = json_of(&stored)?;
    if as_json {
        json["history"] = serde_json::to_value(&history).map_err(|_| unreadable())?;
        say!("{json}");
        return Ok(());
    }
    let voice = desk.voice;
    say!("{}  {id}  {}", voice.label("kind", R::KIND.code()), mark(voice, &stored.sync));
    if let RecordSync::SetAside(reason) = &stored.sync {
        let why = voice.label("refusal", reason);
        say!("{}", voice.say("aside-because", &[("reason", (&why).into())]));
    }
    for field in R::FIELDS {
        if let Some(value) = json["record"].get(field.name) {
            for line in field_lines(voice, R::KIND, field.name, field.merge, value) {
                say!("  {line}");
            }
        }
    }
    for conflict in &stored.conflicts {
        say!("{}", voice.say("conflict", &[("field", (&voice.field(&conflict.field)).into())]));
        for (index, value) in conflict.values.iter().enumerate() {
            let shown = if index == conflict.shown { '•' } else { ' ' };
            let who = value.staff.as_ref().map_or_else(|| value.actor.to_string(), ToString::to_string);
            let text = value_text(voice, R::KIND, &conflict.field, &value.value);
            say!("  {shown} {text}  ({who}, {})", voice.time(value.at));
        }
    }
    say!("{}", voice.say("history", &[]));
    for entry in &history {
        for line in history_lines(voice, R::KIND, entry) {
            say!("  {line}");
        }
    }
    Ok(())
}

/// A record with where it stands, as JSON.
pub(super) fn json_of<R: FieldRecord>(stored: &Stored<R>) -> Result<Value, Failure> {
    let (state, reason) = match &stored.sync {
        RecordSync::Draft => ("draft", None),
        RecordSync::OnThisDevice => ("on-this-device", None),
        RecordSync::Sending => ("sending", None),
        RecordSync::Carried => ("carried", None),
        RecordSync::OnServer => ("on-server", None),
        RecordSync::SetAside(reason) => ("set-aside", Some(reason)),
    };
    let record = serde_json::to_value(&stored.value).map_err(|_| unreadable())?;
    let conflicts = serde_json::to_value(&stored.conflicts).map_err(|_| unreadable())?;
    Ok(json!({
        "id": stored.id,
        "kind": R::KIND.code(),
        "sync": state,
        "reason": reason,
        "record": record,
        "conflicts": conflicts,
        "updated_at": stored.updated_at,
    }))
}

fn unreadable() -> Failure {
    Own::new("unreadable", EXIT_FAILED).into()
}

fn field_lines(voice: &Voice, kind: RecordKind, field: &str, merge: Merge, value: &Value) -> Vec<String> {
    let label = voice.field(field);
    match (merge, value) {
        (Merge::Set, Value::Array(elements)) => {
            let texts = elements.iter().map(|element| value_text(voice, kind, field, element));
            vec![format!("{label}: {}", texts.collect::<Vec<_>>().join(", "))]
        }
        (Merge::Counts | Merge::Entries | Merge::Remarks, Value::Object(map)) => {
            let lines = map.iter().map(|(key, entry)| {
                let (code, target) = key.split_once('@').map_or((key.as_str(), ""), |(code, slot)| (code, slot));
                let name = key_list(kind, field).map_or_else(|| key.clone(), |list| voice.label(list.name, code));
                format!(
                    "{label}: {name}{}{target} {}",
                    if target.is_empty() { "" } else { "@" },
                    entry_text(voice, kind, field, entry)
                )
            });
            lines.collect()
        }
        _ => vec![format!("{label}: {}", value_text(voice, kind, field, value))],
    }
}

fn entry_text(voice: &Voice, kind: RecordKind, field: &str, entry: &Value) -> String {
    let Value::Object(parts) = entry else { return entry.to_string() };
    let part = |(name, value): (&String, &Value)| {
        let text = match (part_list(kind, field, name), value) {
            (Some(list), Value::String(code)) => voice.label(list.name, code),
            _ => plain(voice, name, value),
        };
        format!("{}={text}", voice.field(name))
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// A value as people read it: a code by its label, an instant by local time.
pub(super) fn value_text(voice: &Voice, kind: RecordKind, path: &str, value: &Value) -> String {
    let mut parts = path.split('/');
    let (field, key, part) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let list = match (key, part) {
        (Some(_), Some(part)) => part_list(kind, field, part),
        _ => value_list(kind, field),
    };
    match (list, value) {
        (Some(list), Value::String(code)) => voice.label(list.name, code),
        _ => plain(voice, part.unwrap_or(field), value),
    }
}

fn plain(voice: &Voice, name: &str, value: &Value) -> String {
    let is_time = name == "at" || name.ends_with("_at") || matches!(name, "planned_start" | "planned_end");
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if is_time => {
            number.as_i64().map_or_else(String::new, |at| voice.time(jisr_sync_core::time::UnixMillis(at)))
        }
        Value::Bool(yes) => voice.say(if *yes { "yes" } else { "no" }, &[]),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}

fn history_lines(voice: &Voice, kind: RecordKind, entry: &HistoryEntry) -> Vec<String> {
    let who = entry.staff.as_ref().map_or_else(|| entry.actor.to_string(), ToString::to_string);
    let at = voice.time(entry.at);
    // `name/<key>` = true only says that the entry exists; its parts say the rest.
    let exists = |edit: &FieldEdit| {
        !parts(edit.field.split('/').next().unwrap_or_default()).is_empty()
            && edit.field.matches('/').count() == 1
            && edit.edit == Edited::Set(Value::Bool(true))
    };
    let edits = entry.edits.iter().filter(|edit| !edit.field.starts_with('_') && !exists(edit));
    let line = |edit: &FieldEdit| {
        let field = voice.field(edit.field.split('/').next().unwrap_or_default());
        let rest = edit.field.split_once('/').map(|(_, rest)| format!(" {rest}")).unwrap_or_default();
        let text = match &edit.edit {
            Edited::Set(value) => value_text(voice, kind, &edit.field, value),
            Edited::Removed => voice.say("removed", &[]),
            Edited::Added(count) => format!("{count:+}"),
        };
        format!("{at}  {who}: {field}{rest} = {text}")
    };
    edits.map(line).collect()
}
