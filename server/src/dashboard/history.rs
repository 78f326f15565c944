//! What happened to a record, in sentences, oldest first.
//!
//! Taps on a counter that follow one another are one sentence for each author and field: thirty meals are not thirty
//! lines.

use jisr_locales::{Arg, tr};
use jisr_sync_core::document::{Edited, FieldEdit, HistoryEntry};
use jisr_sync_core::time::UnixMillis;

use super::field::{field_name, list_of};
use super::value::Words;

/// One thing that is told.
enum Told {
    Sentence(String),
    Counted(Counted),
}

/// What one author added to one field, without anything else between.
struct Counted {
    who: String,
    field: String,
    sum: i64,
    times: u64,
    first: UnixMillis,
    last: UnixMillis,
}

/// The sentences.
pub fn history(entries: &[HistoryEntry], words: Words<'_>) -> Vec<String> {
    let mut told: Vec<Told> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let who = entry.staff.as_ref().map_or_else(|| tr(words.lang, "somebody", &[]), ToString::to_string);
        if at == 0 {
            // Its values are the record's own.
            let time = words.when.full(entry.at);
            let args = [("who", Arg::from(&who)), ("time", Arg::from(&time))];
            told.push(Told::Sentence(tr(words.lang, "history-created", &args)));
            continue;
        }
        for edit in entry.edits.iter().filter(|edit| !edit.field.starts_with('_') && !is_marker(edit)) {
            match &edit.edit {
                Edited::Added(count) => add(&mut told, &who, &edit.field, *count, entry.at),
                Edited::Set(_) | Edited::Removed => told.push(Told::Sentence(sentence(&who, entry.at, edit, words))),
            }
        }
    }
    told.into_iter().map(|told| say(told, words)).collect()
}

/// Adds to what the author has counted since anything else was told.
fn add(told: &mut Vec<Told>, who: &str, field: &str, count: i64, at: UnixMillis) {
    for earlier in told.iter_mut().rev() {
        let Told::Counted(counted) = earlier else { break };
        if counted.who == who && counted.field == field {
            counted.sum = counted.sum.saturating_add(count);
            counted.times += 1;
            counted.last = counted.last.max(at);
            return;
        }
    }
    let (who, field) = (who.to_owned(), field.to_owned());
    told.push(Told::Counted(Counted { who, field, sum: count, times: 1, first: at, last: at }));
}

fn say(told: Told, words: Words<'_>) -> String {
    let counted = match told {
        Told::Sentence(sentence) => return sentence,
        Told::Counted(counted) => counted,
    };
    let field = field_name(words.lang, &counted.field);
    let (first, last) = (words.when.full(counted.first), words.when.full(counted.last));
    let mut args = vec![
        ("who", Arg::from(&counted.who)),
        ("n", Arg::from(counted.sum)),
        ("field", Arg::from(&field)),
        ("time", Arg::from(&first)),
    ];
    if first == last {
        return tr(words.lang, "history-counted", &args);
    }
    args.extend([("times", Arg::from(counted.times)), ("until", Arg::from(&last))]);
    tr(words.lang, "history-counted-times", &args)
}

fn sentence(who: &str, at: UnixMillis, edit: &FieldEdit, words: Words<'_>) -> String {
    let (time, field) = (words.when.full(at), field_name(words.lang, &edit.field));
    let mut args = vec![("who", Arg::from(who)), ("time", Arg::from(&time)), ("field", Arg::from(&field))];
    let Edited::Set(value) = &edit.edit else { return tr(words.lang, "history-cleared", &args) };
    let value = words.plain(&edit.field, value);
    args.push(("value", Arg::from(&value)));
    tr(words.lang, "history-set", &args)
}

/// `persons/1f00ab42 = true` only says that the entry exists; its parts tell the rest.
fn is_marker(edit: &FieldEdit) -> bool {
    let parts = edit.field.split('/').count();
    parts == 2 && list_of(edit.field.split('/').next().unwrap_or("")).is_none()
}

#[cfg(test)]
mod tests {
    use jisr_locales::Lang;
    use jisr_sync_core::id::{ActorId, ChangeHash};
    use jisr_sync_core::time::ServiceZone;
    use serde_json::json;

    use super::*;
    use crate::dashboard::When;
    use crate::dashboard::reference::Known;

    const START: i64 = 1_795_464_000_000; // 2026-11-23 20:00 in Morocco

    fn entry(minute: i64, staff: &str, field: &str, edit: Edited) -> HistoryEntry {
        HistoryEntry {
            change: ChangeHash::from_bytes([9; 32]),
            actor: ActorId::from_bytes([3; 16]),
            staff: Some(staff.parse().unwrap()),
            at: UnixMillis(START + minute * 60_000),
            edits: vec![FieldEdit { field: field.to_owned(), edit }],
        }
    }

    #[test]
    fn thirty_taps_of_one_author_are_one_line_with_their_sum() {
        let mut entries = vec![entry(0, "fz2", "outcome", Edited::Set(json!("engaged")))];
        entries.extend((1..=30).map(|minute| entry(minute, "fz2", "given/meal", Edited::Added(1))));
        entries.extend((1..=10).map(|minute| entry(30 + minute, "ah1", "given/meal", Edited::Added(1))));
        entries.push(entry(50, "ah1", "outcome", Edited::Set(json!("brief"))));
        entries.push(entry(51, "fz2", "given/meal", Edited::Added(2)));
        let when = When::new(Lang::En, ServiceZone::morocco().unwrap(), UnixMillis(START));
        let known = Known::default();

        let told = history(&entries, Words { lang: Lang::En, when: &when, known: &known });

        assert_eq!(told.len(), 5, "{told:?}");
        assert_eq!(
            told[1],
            "fz2 added 30 to Given › Meal or food, in 30 steps from 23/11/2026 20:01 to 23/11/2026 20:30."
        );
        assert!(told[2].starts_with("ah1 added 10"), "{}", told[2]);
        assert_eq!(told[4], "fz2 added 2 to Given › Meal or food on 23/11/2026 20:51.");
    }
}
