//! Which record is meant by what people type: its id, the beginning of its id, or a person's short code.
//!
//! A person, place or encounter that only another device holds is not taken: nobody could tell a slip from it. The
//! way out is said: sync, or describe the person instead of naming it.

use std::collections::BTreeMap;

use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{Person, RecordKind, ShortCode, normalise_digits};

use super::Desk;
use super::failure::{EXIT_INVALID, EXIT_NOT_FOUND, Failure, Own, Word};
use crate::error::Error;
use crate::local::FieldRecord;
use crate::local::kinds::with_kind;
use crate::query::Query;

/// How many records are listed when a text fits several.
const LISTED_MAX: usize = 10;

/// The record that `text` means, of the kind `kind` where only one will do. `name` is the argument's.
pub(super) async fn record(
    desk: &Desk<'_>,
    name: &str,
    text: &str,
    kind: Option<RecordKind>,
) -> Result<DocumentId, Failure> {
    let held: BTreeMap<DocumentId, RecordKind> = desk.client.ids()?.into_iter().collect();
    let typed = normalise_digits(text.trim());
    let found = if typed.parse::<ShortCode>().is_ok() {
        by_short_code(desk, &typed).await?
    } else {
        by_id(&held, &typed, kind)
    };
    match found.as_slice() {
        [] => match left(desk, &typed)? {
            Some(id) => Err(Error::Left(id).into()),
            None => Err(unknown(name, &typed, kind)),
        },
        [id] => of_kind(name, &typed, *id, held.get(id).copied(), kind),
        several => {
            let mut lines = Vec::new();
            for id in several.iter().take(LISTED_MAX) {
                let Some(kind) = held.get(id) else { continue };
                let told = with_kind!(*kind, R => told::<R>(desk, *id).await?);
                lines.push(format!("\n  {id}  {}  {told}", desk.voice.label("kind", kind.code())));
            }
            Err(Own::new("ambiguous", EXIT_INVALID).what(name).value(typed).meant(lines.concat()).into())
        }
    }
}

/// As [`record`], where one is named at all.
pub(super) async fn maybe(
    desk: &Desk<'_>,
    name: &str,
    text: Option<String>,
    kind: RecordKind,
) -> Result<Option<DocumentId>, Failure> {
    match text {
        Some(text) => record(desk, name, &text, Some(kind)).await.map(Some),
        None => Ok(None),
    }
}

/// Refuses a record that names others which are not here.
pub(super) fn all_known<R: FieldRecord>(desk: &Desk<'_>, record: &R, before: &[DocumentId]) -> Result<(), Failure> {
    for id in record.related() {
        if !before.contains(&id) && desk.client.kind_of(id)?.is_none() {
            return Err(unknown(R::KIND.code(), &id.to_string(), None));
        }
    }
    Ok(())
}

/// The one record that has left this device and whose id begins with what was typed.
pub(super) fn left(desk: &Desk<'_>, typed: &str) -> Result<Option<DocumentId>, Failure> {
    let fit: Vec<DocumentId> = starting(desk.client.left()?.iter(), typed);
    Ok(if let [id] = fit.as_slice() { Some(*id) } else { None })
}

async fn by_short_code(desk: &Desk<'_>, typed: &str) -> Result<Vec<DocumentId>, Failure> {
    let Ok(code) = typed.parse::<ShortCode>() else { return Ok(Vec::new()) };
    let code = code.to_string();
    let persons = desk.client.persons().find(Query::all()).await?;
    let same = |person: &Person| person.short_code.as_deref() == Some(code.as_str());
    Ok(persons.into_iter().filter(|stored| same(&stored.value)).map(|stored| stored.id).collect())
}

/// The whole id, or else all that begin with what was typed, of the wanted kind when there are any.
fn by_id(held: &BTreeMap<DocumentId, RecordKind>, typed: &str, kind: Option<RecordKind>) -> Vec<DocumentId> {
    let fit = starting(held.keys(), typed);
    let wanted: Vec<DocumentId> =
        fit.iter().filter(|id| kind.is_none_or(|kind| held.get(id) == Some(&kind))).copied().collect();
    if wanted.is_empty() { fit } else { wanted }
}

/// Those ids that begin with what was typed.
fn starting<'i>(ids: impl Iterator<Item = &'i DocumentId>, typed: &str) -> Vec<DocumentId> {
    let plain = |text: &str| text.replace('-', "").to_lowercase();
    let start = plain(typed);
    if start.is_empty() || !start.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Vec::new();
    }
    ids.filter(|id| plain(&id.to_string()).starts_with(&start)).copied().collect()
}

fn of_kind(
    name: &str,
    typed: &str,
    id: DocumentId,
    is: Option<RecordKind>,
    wanted: Option<RecordKind>,
) -> Result<DocumentId, Failure> {
    match (is, wanted) {
        (Some(is), Some(wanted)) if is != wanted => {
            let meant = Word::Many(vec![Word::Kind(is.code()), Word::Kind(wanted.code())]);
            Err(Own::new("wrong-kind", EXIT_INVALID).what(name).value(typed).meant(meant).into())
        }
        _ => Ok(id),
    }
}

/// Nothing is here under `typed`. What is neither an id nor a code may be a name, and is not repeated: failures go to
/// the error output, which may end up in a log.
fn unknown(name: &str, typed: &str, kind: Option<RecordKind>) -> Failure {
    let plain: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let is_hex = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_code = typed.parse::<ShortCode>().is_ok();
    let digits = plain.bytes().skip(2).any(|byte| byte.is_ascii_digit()) || typed.get(2..3) == Some("-");
    let is_like_code = plain.len() == 6 && plain.bytes().take(2).all(|byte| byte.is_ascii_alphabetic()) && digits;
    let own = match kind {
        Some(RecordKind::Person) if is_hex || is_code => Own::new("unknown-person", EXIT_NOT_FOUND),
        _ if is_hex || is_code => return Own::new("not-found", EXIT_NOT_FOUND).what(typed).into(),
        _ if is_like_code => Own::new("short-code-slip", EXIT_INVALID),
        _ => return Own::new("not-an-id", EXIT_INVALID).what(name).into(),
    };
    own.what(name).value(typed).into()
}

/// What tells a record from others without a name in it: a person's short code, or when it happened.
async fn told<R: FieldRecord>(desk: &Desk<'_>, id: DocumentId) -> Result<String, Failure> {
    let Some(stored) = desk.client.records::<R>().get(id).await? else { return Ok(String::new()) };
    if let Some(person) = (&stored.value as &dyn std::any::Any).downcast_ref::<Person>() {
        return Ok(person.short_code.clone().unwrap_or_default());
    }
    Ok(stored.value.happened_at().map(|at| desk.voice.time(at)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_an_id_means_every_record_that_begins_so_and_first_those_of_the_wanted_kind() {
        let id = |text: &str| text.parse::<DocumentId>().unwrap();
        let person = id("0191e9a6-0000-7000-8000-000000000001");
        let tour = id("0191e9a6-0000-7000-8000-000000000002");
        let held = BTreeMap::from([(person, RecordKind::Person), (tour, RecordKind::Shift)]);

        assert_eq!(by_id(&held, "0191E9a60000", None), [person, tour]);
        assert_eq!(by_id(&held, "0191e9a6", Some(RecordKind::Person)), [person]);
        assert_eq!(by_id(&held, &tour.to_string(), Some(RecordKind::Person)), [tour]);
        assert_eq!(by_id(&held, "0292", None), []);
        assert_eq!(by_id(&held, "", None), []);
    }
}
