//! Questions on a terminal, for who types no flags: as few as a record needs.

use dialoguer::{Input, MultiSelect, Select};

use super::fields::{List, value_list};
use super::flags::RecordFlags;
use super::say::{Failure, Voice};
use jisr_sync_core::record::RecordKind;

/// Asks for an encounter.
pub(super) fn encounter(voice: &Voice) -> Result<RecordFlags, Failure> {
    let list = |field| value_list(RecordKind::Encounter, field);
    let outcome = one(voice, "outcome", list("outcome"))?;
    let sex = one(voice, "sex", value_list(RecordKind::Person, "sex"))?;
    let age = text(voice, "age")?;
    let place_text = text(voice, "place_text")?;
    let need = several(voice, "needs", list("needs"))?;
    let given = several(voice, "given", list("needs"))?;
    let note = text(voice, "note")?;
    Ok(RecordFlags {
        outcome,
        sex,
        age,
        place_unknown: place_text.is_none(),
        place_text,
        need,
        given,
        note: note.into_iter().collect(),
        ..RecordFlags::default()
    })
}

fn labels(voice: &Voice, list: &List) -> Vec<String> {
    list.codes.iter().map(|code| voice.label(list.name, code)).collect()
}

fn one(voice: &Voice, field: &str, list: Option<List>) -> Result<Option<String>, Failure> {
    let Some(list) = list else { return Ok(None) };
    let chosen = Select::new().with_prompt(voice.field(field)).items(labels(voice, &list)).default(0).interact();
    Ok(list.codes.get(chosen.map_err(of_terminal)?).map(|code| (*code).to_owned()))
}

fn several(voice: &Voice, field: &str, list: Option<List>) -> Result<Vec<String>, Failure> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let chosen = MultiSelect::new().with_prompt(voice.field(field)).items(labels(voice, &list)).interact();
    let chosen = chosen.map_err(of_terminal)?;
    Ok(chosen.into_iter().filter_map(|index| list.codes.get(index)).map(|code| (*code).to_owned()).collect())
}

fn text(voice: &Voice, field: &str) -> Result<Option<String>, Failure> {
    let typed: String =
        Input::new().with_prompt(voice.field(field)).allow_empty(true).interact_text().map_err(of_terminal)?;
    Ok(Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty()))
}

fn of_terminal(error: dialoguer::Error) -> Failure {
    let dialoguer::Error::IO(error) = error;
    Failure::Io(error)
}
