//! `edit`, `finish` and `discard`: changing a record, and what becomes of a draft.
//!
//! A draft stays a draft until somebody finishes it or throws it away: an edit never decides that by itself, and
//! says what is lacking still.

use std::io::IsTerminal;

use dialoguer::Confirm;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{Encounter, RecordKind};
use serde_json::{Map, Value, json};

use super::failure::{EXIT_INVALID, Failure, Own, Word};
use super::flags::RecordFlags;
use super::{Desk, check, lines, strict, which, write};
use crate::error::Error;
use crate::local::kinds::with_kind;
use crate::local::{FieldRecord, Finished};
use crate::query::Query;
use crate::status::RecordSync;

/// Changes a record by flags or a merge patch.
pub(super) async fn edit(desk: &Desk<'_>, id: &str, flags: &RecordFlags) -> Result<(), Failure> {
    let id = which::record(desk, "ID", id, None).await?;
    let kind = desk.client.kind_of(id)?.ok_or(Error::NotFound(id))?;
    let patch = match &flags.json {
        Some(file) => lines::value(file)?,
        None => Value::Object(patch_of(desk, id, kind, flags).await?),
    };
    let from_flags = flags.json.is_none();
    let edited = with_kind!(kind, R => edit_as::<R>(desk, id, patch).await);
    let changed = edited.map_err(|failure| if from_flags { failure.by_flags() } else { failure })?;
    say!("{}", desk.voice.say(if changed { "edited" } else { "unchanged" }, &[]));
    with_kind!(kind, R => tell_draft::<R>(desk, id).await)
}

async fn edit_as<R: FieldRecord>(desk: &Desk<'_>, id: DocumentId, patch: Value) -> Result<bool, Failure> {
    let records = desk.client.records::<R>();
    let before = records.get(id).await?.ok_or(Error::NotFound(id))?;
    let patch = strict::patch::<R>(patch, &desk.writer()?)?;
    let after = strict::patched(&before.value, &patch)?;
    which::all_known(desk, &after, &before.value.related())?;
    if let Some(encounter) = (&after as &dyn std::any::Any).downcast_ref::<Encounter>() {
        check::encounter(desk, encounter, &before.value.related())?;
    }
    let edit = move |record: &mut R| {
        // Tried above on what was shown; on what somebody else has written since, it fits as well or not at all.
        if let Ok(edited) = strict::patched(record, &patch) {
            *record = edited;
        }
    };
    Ok(records.update(id, edit).await?)
}

/// What the flags change of a record of this kind.
async fn patch_of(
    desk: &Desk<'_>,
    id: DocumentId,
    kind: RecordKind,
    flags: &RecordFlags,
) -> Result<Map<String, Value>, Failure> {
    let mut fields = write::fields_of(desk, flags).await?;
    let described = write::described(flags)?;
    match kind {
        RecordKind::Person => {
            let notes = fields.remove("notes");
            if let Some(field) = fields.keys().next() {
                return Err(not_of(field, kind));
            }
            let mut fields = write::person_fields(described, flags.alias.as_deref());
            fields.extend(notes.map(|notes| ("marks".to_owned(), notes)));
            Ok(fields)
        }
        RecordKind::Encounter => {
            place_one_way(&mut fields);
            fields.extend(slot_patch(desk, id, flags).await?);
            Ok(fields)
        }
        kind => Err(Own::new("edit-json", EXIT_INVALID).what(Word::Kind(kind.code())).value(id.to_string()).into()),
    }
}

/// A place that was said takes away that it is not known, and the other way round.
fn place_one_way(fields: &mut Map<String, Value>) {
    if fields.get("place_unknown") == Some(&Value::Bool(true)) {
        fields.extend(["place", "place_text", "position"].map(|name| (name.to_owned(), Value::Null)));
    } else if ["place", "place_text", "position"].iter().any(|name| fields.contains_key(*name)) {
        fields.insert("place_unknown".to_owned(), Value::Null);
    }
}

/// What the flags change of an encounter's person: of the only one, or of one that is added where there is none.
async fn slot_patch(desk: &Desk<'_>, id: DocumentId, flags: &RecordFlags) -> Result<Option<(String, Value)>, Failure> {
    if flags.person.as_deref() == Some("new") || flags.alias.is_some() {
        let flag = if flags.alias.is_some() { "--alias" } else { "--person new" };
        return Err(Own::new("edit-new-person", EXIT_INVALID).what(flag).into());
    }
    let Some(slot) = write::slot(desk, flags).await? else { return Ok(None) };
    let stored = desk.client.encounters().get(id).await?.ok_or(Error::NotFound(id))?;
    let persons: Vec<_> = stored.value.persons.keys().collect();
    let patch = match persons.as_slice() {
        [] => json!([slot]),
        [key] => Value::Object(Map::from_iter([(key.to_string(), Value::Object(slot))])),
        several => {
            return Err(Own::new("edit-which-person", EXIT_INVALID).value(several.len().to_string()).into());
        }
    };
    Ok(Some(("persons".to_owned(), patch)))
}

fn not_of(field: &str, kind: RecordKind) -> Failure {
    let flag = super::misfit::flag_of(field).unwrap_or(field);
    Own::new("flag-not-of-kind", EXIT_INVALID).what(flag).meant(Word::Kind(kind.code())).into()
}

/// After the edit of a draft: what it lacks, or how it is finished.
async fn tell_draft<R: FieldRecord>(desk: &Desk<'_>, id: DocumentId) -> Result<(), Failure> {
    let Some(stored) = desk.client.records::<R>().get(id).await? else { return Ok(()) };
    if stored.sync != RecordSync::Draft {
        return Ok(());
    }
    let missing = check::lacking(&stored.value.missing_fields()).told(desk.voice);
    let id = id.to_string();
    let args = [("id", (&id).into()), ("what", (&missing).into())];
    desk.voice.hint(if missing.is_empty() { "draft-ready" } else { "draft-lacks" }, &args);
    Ok(())
}

/// Makes a draft a record.
pub(super) async fn finish(desk: &Desk<'_>, id: &str) -> Result<(), Failure> {
    let (id, kind) = draft(desk, id).await?;
    let finished = match kind {
        RecordKind::Encounter => {
            let stored = desk.client.encounters().get(id).await?.ok_or(Error::NotFound(id))?;
            check::encounter(desk, &stored.value, &[])?;
            desk.client.encounters().finish_met(id).await?
        }
        kind => with_kind!(kind, R => desk.client.records::<R>().finish(id).await?),
    };
    match finished {
        Finished::Yes => {
            desk.voice.kept("finished", id);
            Ok(())
        }
        Finished::Missing(missing) => {
            let lacks = Own::new("draft-lacks", EXIT_INVALID).what(check::lacking(&missing));
            Err(lacks.value(id.to_string()).into())
        }
    }
}

/// Throws a draft away, once somebody has said that it may go.
pub(super) async fn discard(desk: &Desk<'_>, id: &str, yes: bool) -> Result<(), Failure> {
    let (id, kind) = draft(desk, id).await?;
    // An encounter that names nobody who is here could never be finished.
    if let Some(naming) = desk.client.encounters().find(Query::all().drafts().about(id)).await?.first() {
        return Err(Own::new("draft-named", EXIT_INVALID).value(naming.id.to_string()).into());
    }
    if !yes && !agreed(desk, id)? {
        say!("{}", desk.voice.say("discard-not", &[]));
        return Ok(());
    }
    match kind {
        RecordKind::Encounter => desk.client.encounters().discard_met(id).await?,
        kind => with_kind!(kind, R => desk.client.records::<R>().discard_draft(id).await?),
    }
    say!("{}", desk.voice.say("discarded", &[]));
    Ok(())
}

fn agreed(desk: &Desk<'_>, id: DocumentId) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Own::new("discard-ask", EXIT_INVALID).value(id.to_string()).into());
    }
    let question = desk.voice.say("discard-sure", &[("id", (&id.to_string()).into())]);
    let answer = Confirm::new().with_prompt(question).default(false).interact();
    answer.map_err(|dialoguer::Error::IO(error)| Failure::io("terminal")(error))
}

/// The draft that is meant, and what it is to be.
async fn draft(desk: &Desk<'_>, id: &str) -> Result<(DocumentId, RecordKind), Failure> {
    let id = which::record(desk, "ID", id, None).await?;
    let drafts = desk.client.drafts()?;
    let found = drafts.iter().find(|draft| draft.id == id).map(|draft| (id, draft.kind));
    found.ok_or_else(|| Own::new("not-a-draft", EXIT_INVALID).value(id.to_string()).into())
}
