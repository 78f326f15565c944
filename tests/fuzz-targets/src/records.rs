//! JSON that people and programs write into records, and the words that stand in it.

use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::{Document, EditError};
use jisr_sync_core::record::{Encounter, FollowUp, Merge, Person, Place, Record, Referral, Shift};
use serde_json::Value;

use crate::input::Draw;
use crate::samples::author;

/// JSON of a record, and JSON that it is then edited to: what is taken is written, let in elsewhere, and read back.
pub fn record_json(input: &[u8]) {
    let mut draw = Draw::new(input);
    let kind = draw.byte();
    let first = draw.piece();
    match kind % 6 {
        0 => record::<Encounter>(first, draw.rest()),
        1 => record::<Person>(first, draw.rest()),
        2 => record::<Shift>(first, draw.rest()),
        3 => record::<Referral>(first, draw.rest()),
        4 => record::<FollowUp>(first, draw.rest()),
        _ => record::<Place>(first, draw.rest()),
    }
}

fn record<R: Record>(first: &[u8], second: &[u8]) {
    let Ok(record) = serde_json::from_slice::<R>(first) else { return };
    let (mut document, change) = match Document::create(&record, &author(1, 0)) {
        Ok(created) => created,
        Err(error) => return check_refusal(&error),
    };
    check_written(&document, &[&change], &record);

    let Ok(wanted) = serde_json::from_slice::<R>(second) else { return };
    match document.edit(&wanted, &author(2, 1)) {
        Err(error) => {
            check_refusal(&error);
            check_written(&document, &[&change], &record);
        }
        Ok(None) => check_written(&document, &[&change], &wanted),
        Ok(Some(edit)) => check_written(&document, &[&change, &edit], &wanted),
    }
}

/// A record may be refused for what it holds, never for what this code made of it.
fn check_refusal(error: &EditError) {
    assert!(!matches!(error, EditError::Shape { .. } | EditError::NotWritten), "a defect: {error}");
    assert!(!error.code().is_empty());
}

fn check_written<R: Record>(document: &Document, changes: &[&RawChange], record: &R) {
    let mut elsewhere = Document::empty();
    for change in changes {
        let inspected = RawChange::inspect(change.bytes()).expect("what is written passes the gate");
        assert_eq!(elsewhere.admit(&[inspected]), [Ok(())]);
    }
    let restored = Document::restore(&document.save()).expect("what was saved is restored");
    for document in [document, &elsewhere, &restored] {
        let read: R = document.read().expect("what was written is read");
        assert_eq!(shown(&read), shown(record), "what was written is what is read");
    }
}

/// The record as JSON, without counts of nothing: those are not written.
fn shown<R: Record>(record: &R) -> Value {
    let mut json = serde_json::to_value(record).expect("a record is JSON");
    for field in R::FIELDS.iter().filter(|field| field.merge == Merge::Counts) {
        let counts = json.get_mut(field.name).and_then(Value::as_object_mut);
        let emptied = counts.is_some_and(|counts| {
            counts.retain(|_, count| *count != 0);
            counts.is_empty()
        });
        if let (true, Some(fields)) = (emptied, json.as_object_mut()) {
            fields.remove(field.name);
        }
    }
    json
}
