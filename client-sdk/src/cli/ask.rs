//! Questions on a terminal, for who types no flags: as few as a record needs.
//!
//! A bad answer is refused at its question. What was answered lies in the flags as it comes, so that who breaks off
//! can keep it as a draft. **Never here:** the store. It is open only before the questions and after them.

use std::io;

use dialoguer::theme::Theme;
use dialoguer::{Confirm, Input, MultiSelect, Select};
use jisr_sync_core::document::TEXT_CHARS_MAX;
use jisr_sync_core::record::{AgeRange, Person, RecordKind, Remark, ShortCode, normalise_digits};
use jisr_sync_core::search;

use super::fields::{List, value_list};
use super::flags::RecordFlags;
use super::misfit::QUANTITY_MAX;
use super::say::Voice;
use crate::local::{FieldRecord, Stored};

/// How many persons are offered when a name fits several.
const OFFERED_MAX: usize = 10;

/// What is typed where a place is not known.
const NOT_KNOWN: &str = "?";

/// Who answers: a person at a terminal, or a test.
pub(super) trait Answers {
    /// Which one of `items`.
    fn one(&mut self, question: &str, items: &[String]) -> io::Result<usize>;
    /// Which of `items`, maybe none.
    fn several(&mut self, question: &str, items: &[String]) -> io::Result<Vec<usize>>;
    /// A text that `refusal` has nothing against. It is asked again until then.
    fn text(&mut self, question: &str, refusal: &dyn Fn(&str) -> Option<String>) -> io::Result<String>;
    /// Yes or no.
    fn yes(&mut self, question: &str) -> io::Result<bool>;
}

/// A person known here, as far as it is needed to choose one.
pub(super) struct Known {
    id: String,
    code: String,
    names: Vec<String>,
}

impl Known {
    pub(super) fn of(stored: &Stored<Person>) -> Self {
        Self {
            id: stored.id.to_string(),
            code: stored.value.short_code.clone().unwrap_or_default(),
            names: stored.value.names().into_iter().map(str::to_owned).collect(),
        }
    }

    #[cfg(test)]
    pub(super) fn for_test(id: &str, code: &str, name: &str) -> Self {
        Self { id: id.to_owned(), code: code.to_owned(), names: vec![name.to_owned()] }
    }

    fn fits(&self, typed: &str) -> bool {
        let code = typed.parse::<ShortCode>().map(|code| code.to_string());
        code.is_ok_and(|code| code == self.code) || self.names.iter().any(|name| search::matches(typed, name).is_some())
    }

    fn told(&self) -> String {
        format!("{}  {}", self.code, self.names.join(", "))
    }
}

/// Asks for an encounter, answer by answer into `flags`.
///
/// # Errors
/// [`io::ErrorKind::Interrupted`] when somebody breaks off: what was answered before is in `flags`.
pub(super) fn encounter(
    answers: &mut dyn Answers,
    voice: &Voice,
    known: &[Known],
    flags: &mut RecordFlags,
) -> io::Result<()> {
    let list = |field| value_list(RecordKind::Encounter, field);
    flags.outcome = one(answers, voice, "outcome", list("outcome"))?;
    person(answers, voice, known, flags)?;
    place(answers, voice, flags)?;
    flags.need = several(answers, voice, "needs", list("needs"))?;
    for code in several(answers, voice, "given", list("needs"))? {
        let thing = voice.label("service_type", &code);
        let question = voice.say("ask-quantity", &[("thing", (&thing).into())]);
        let count =
            answers.text(&question, &|typed| quantity(typed).is_none().then(|| voice.say("expect-quantity", &[])))?;
        flags.given.push(format!("{code}={}", quantity(&count).unwrap_or(1)));
    }
    let question = voice.say("ask-note", &[]);
    let note = answers.text(&question, &|typed| {
        let too_long = typed.chars().count() > Remark::TEXT_CHARS_MAX;
        too_long.then(|| voice.say("ask-too-long", &[("n", Remark::TEXT_CHARS_MAX.into())]))
    })?;
    flags.note.extend(Some(note.trim().to_owned()).filter(|note| !note.is_empty()));
    Ok(())
}

/// A quantity as it is typed; nothing typed is one.
fn quantity(typed: &str) -> Option<u64> {
    match normalise_digits(typed.trim()).as_str() {
        "" => Some(1),
        digits => digits.parse().ok().filter(|count| (1..=QUANTITY_MAX).contains(count)),
    }
}

/// Who it was: somebody new, somebody known, or nobody to be known again.
fn person(answers: &mut dyn Answers, voice: &Voice, known: &[Known], flags: &mut RecordFlags) -> io::Result<()> {
    let choices = ["who-new", "who-known", "who-unknown"].map(|key| voice.say(key, &[]));
    match answers.one(&voice.say("ask-who", &[]), &choices)? {
        1 => flags.person = which(answers, voice, known)?,
        0 => flags.person = Some("new".to_owned()),
        _ => {}
    }
    if flags.person.is_none() || flags.person.as_deref() == Some("new") {
        flags.sex = one(answers, voice, "sex", value_list(RecordKind::Person, "sex"))?;
        let bad = |typed: &str| !typed.trim().is_empty() && typed.trim().parse::<AgeRange>().is_err();
        let age =
            answers.text(&voice.say("ask-age", &[]), &|typed| bad(typed).then(|| voice.say("expect-age", &[])))?;
        flags.age = Some(age.trim().to_owned()).filter(|age| !age.is_empty());
    }
    if flags.person.as_deref() == Some("new") {
        let alias = answers.text(&voice.say("ask-alias", &[]), &|typed| too_long(voice, typed))?;
        flags.alias = Some(alias.trim().to_owned()).filter(|alias| !alias.is_empty());
    }
    Ok(())
}

/// Which known person; when it is none of them, somebody new.
fn which(answers: &mut dyn Answers, voice: &Voice, known: &[Known]) -> io::Result<Option<String>> {
    loop {
        let typed = answers.text(&voice.say("ask-known", &[]), &|typed| too_long(voice, typed))?;
        let fitting: Vec<&Known> = known.iter().filter(|known| known.fits(&typed)).take(OFFERED_MAX).collect();
        let mut items: Vec<String> = fitting.iter().map(|known| known.told()).collect();
        items.extend(["who-again", "who-new", "who-unknown"].map(|key| voice.say(key, &[])));
        let chosen = answers.one(&voice.say("ask-which", &[]), &items)?;
        match fitting.get(chosen) {
            Some(known) => return Ok(Some(known.id.clone())),
            None if chosen == fitting.len() => {}
            None if chosen == fitting.len() + 1 => return Ok(Some("new".to_owned())),
            None => return Ok(None),
        }
    }
}

fn place(answers: &mut dyn Answers, voice: &Voice, flags: &mut RecordFlags) -> io::Result<()> {
    let refusal = |typed: &str| match typed.trim() {
        "" => Some(voice.say("ask-place-empty", &[])),
        _ => too_long(voice, typed),
    };
    let typed = answers.text(&voice.say("ask-place", &[]), &refusal)?;
    match typed.trim() {
        NOT_KNOWN | "؟" => flags.place_unknown = true,
        place => flags.place_text = Some(place.to_owned()),
    }
    Ok(())
}

fn too_long(voice: &Voice, typed: &str) -> Option<String> {
    (typed.chars().count() > TEXT_CHARS_MAX).then(|| voice.say("ask-too-long", &[("n", TEXT_CHARS_MAX.into())]))
}

fn labels(voice: &Voice, list: &List) -> Vec<String> {
    list.codes.iter().map(|code| voice.label(list.name, code)).collect()
}

fn one(answers: &mut dyn Answers, voice: &Voice, field: &str, list: Option<List>) -> io::Result<Option<String>> {
    let Some(list) = list else { return Ok(None) };
    let question = voice.say("ask-one", &[("field", (&voice.field(field)).into())]);
    let chosen = answers.one(&question, &labels(voice, &list))?;
    Ok(list.codes.get(chosen).map(|code| (*code).to_owned()))
}

fn several(answers: &mut dyn Answers, voice: &Voice, field: &str, list: Option<List>) -> io::Result<Vec<String>> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let question = voice.say("ask-several", &[("field", (&voice.field(field)).into())]);
    let chosen = answers.several(&question, &labels(voice, &list))?;
    Ok(chosen.into_iter().filter_map(|index| list.codes.get(index)).map(|code| (*code).to_owned()).collect())
}

/// A person at a terminal.
pub(super) struct Terminal;

impl Answers for Terminal {
    fn one(&mut self, question: &str, items: &[String]) -> io::Result<usize> {
        Select::new().with_prompt(question).items(items).default(0).interact().map_err(of_terminal)
    }

    fn several(&mut self, question: &str, items: &[String]) -> io::Result<Vec<usize>> {
        MultiSelect::new().with_prompt(question).items(items).interact().map_err(of_terminal)
    }

    fn text(&mut self, question: &str, refusal: &dyn Fn(&str) -> Option<String>) -> io::Result<String> {
        let validate = |typed: &String| refusal(typed).map_or(Ok(()), Err);
        let input = Input::with_theme(&Plain).with_prompt(question).allow_empty(true).validate_with(validate);
        input.interact_text().map_err(of_terminal)
    }

    fn yes(&mut self, question: &str) -> io::Result<bool> {
        Confirm::new().with_prompt(question).default(true).interact().map_err(of_terminal)
    }
}

/// A refusal is told by itself, in the language of the question: no word of the library stands before it.
struct Plain;

impl Theme for Plain {
    fn format_error(&self, f: &mut dyn std::fmt::Write, refusal: &str) -> std::fmt::Result {
        f.write_str(refusal)
    }
}

fn of_terminal(error: dialoguer::Error) -> io::Error {
    let dialoguer::Error::IO(error) = error;
    error
}
