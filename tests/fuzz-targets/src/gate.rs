//! What comes to a document: single changes, two that arrive together, and saved documents.
//!
//! What the gate lets in must be as good as what an honest device wrote: it is saved, restored, read, shown, edited,
//! and let in elsewhere. What it refuses must leave no trace and stand in nobody's way.

use jisr_sync_core::change::{RawChange, limits::CHANGE_BYTES_MAX};
use jisr_sync_core::document::{Document, EditError};
use jisr_sync_core::record::{Encounter, FollowUp, Person, Place, Record, RecordKind, Referral, Shift};
use jisr_sync_core::sync::change_hash;

use crate::forge;
use crate::input::Draw;
use crate::meter::within;
use crate::samples::{author, documents};

/// What inspecting may hold beyond the input: the change's copy and its header.
const INSPECTION_BYTES_MAX: usize = 2 * CHANGE_BYTES_MAX;

/// What letting a change in, or restoring a document, may hold.
const ADMISSION_BYTES_MAX: usize = 64 * 1024 * 1024;

/// One change, on an empty document and on one that is not.
pub fn change(input: &[u8]) {
    let mut draw = Draw::new(input);
    let filled = sample(draw.byte());
    let bytes = forge::change(draw, filled);
    let Some(change) = inspected(&bytes) else { return };
    for before in [&Document::empty(), filled] {
        let mut document = before.clone();
        let verdict = within(ADMISSION_BYTES_MAX, || document.admit(std::slice::from_ref(&change))[0]);
        if verdict.is_ok() {
            assert!(document.contains(&change.hash()));
            check_used(&document);
        } else {
            check_untouched(&document, before, &change);
        }
    }
}

/// Two changes, in one batch, one by one, and the other way round.
pub fn change_pair(input: &[u8]) {
    let mut draw = Draw::new(input);
    let filled = sample(draw.byte());
    let first = forge::change(Draw::new(draw.piece()), filled);
    let Some(first) = inspected(&first) else { return };
    let mut between = filled.clone();
    let _ = between.admit(std::slice::from_ref(&first));
    // The second may build on the first or stand beside it.
    let before = if draw.byte() & 1 == 0 { &between } else { filled };
    let Some(second) = inspected(&forge::change(draw, before)) else { return };

    let together = admit_in(filled, &[&[first.clone(), second.clone()]]);
    let apart = admit_in(filled, &[std::slice::from_ref(&first), std::slice::from_ref(&second)]);
    let reversed = admit_in(filled, &[std::slice::from_ref(&second), std::slice::from_ref(&first)]);

    assert_eq!(together.heads(), apart.heads(), "a batch is judged as its changes are one by one");
    let both = |document: &Document| document.contains(&first.hash()) && document.contains(&second.hash());
    if both(&together) && both(&reversed) {
        assert_eq!(together.heads(), reversed.heads());
        check_same(&together, &reversed);
    }
    check_used(&together);
}

/// A saved document: raw; a chunk with its length and checksum made right; or an honest one with a change behind it.
///
/// Where the checksum is made right nothing more is asked than that reading ends: a store whose bytes somebody forged is
/// not what `restore` is for. Everywhere else what is restored must be as good as any document.
pub fn document(input: &[u8]) {
    let mut draw = Draw::new(input);
    let how = draw.byte();
    let (forged, saved) = match how % 4 {
        0 => (false, draw.rest().to_vec()),
        1 => (true, forge::chunk(0, draw.rest())),
        2 => (false, forge::chunk(1 + (how >> 2) % 4, draw.rest())),
        _ => (false, [sample(how >> 2).save(), forge::change(draw, sample(how >> 2))].concat()),
    };
    let Ok(restored) = within(ADMISSION_BYTES_MAX, || Document::restore(&saved)) else { return };
    if forged {
        check_same(&restored, &restored);
        let _ = Document::restore(&restored.save());
    } else {
        check_used(&restored);
    }
}

fn sample(which: u8) -> &'static Document {
    let documents = documents();
    &documents[usize::from(which) % documents.len()]
}

fn inspected(bytes: &[u8]) -> Option<RawChange> {
    let change = within(INSPECTION_BYTES_MAX, || RawChange::inspect(bytes)).ok()?;
    assert_eq!((change.bytes(), change.hash()), (bytes, change_hash(bytes)), "a change is its bytes");
    Some(change)
}

fn admit_in(document: &Document, batches: &[&[RawChange]]) -> Document {
    let mut document = document.clone();
    for batch in batches {
        let _ = within(ADMISSION_BYTES_MAX, || document.admit(batch));
    }
    document
}

/// A refused change has left no trace, and what is sent with it gets in.
fn check_untouched(document: &Document, before: &Document, refused: &RawChange) {
    assert_eq!(document.heads(), before.heads(), "refused, it left a trace");
    assert!(!document.contains(&refused.hash()) && document.save() == before.save());
    let Some((_, honest)) = edited(before) else { return };
    let verdicts = document.clone().admit(&[refused.clone(), honest]);
    assert!(verdicts[0].is_err() && verdicts[1].is_ok(), "refused, it blocked another: {verdicts:?}");
}

/// A document is as good as any: it comes back from disk, from its changes, and takes further work.
fn check_used(document: &Document) {
    let restored = Document::restore(&document.save()).expect("what was saved is restored");
    check_same(document, &restored);
    let mut replayed = Document::empty();
    let verdicts = replayed.admit(&restored.changes());
    assert!(verdicts.iter().all(Result::is_ok), "its own changes do not pass the gate: {verdicts:?}");
    check_same(document, &replayed);
    if let Some((changed, change)) = edited(document) {
        let mut elsewhere = replayed.clone();
        assert_eq!(elsewhere.admit(&[change]), [Ok(())], "an edit of it does not pass the gate elsewhere");
        check_same(&changed, &elsewhere);
    }
    for conflict in document.conflicts() {
        let mut settled = document.clone();
        let keep = &conflict.values[conflict.shown].value;
        if settled.settle(&conflict.field, keep, &author(0xcc, 9)).is_ok_and(|change| change.is_some()) {
            assert!(settled.conflicts().iter().all(|left| left.field != conflict.field), "settled, it is in conflict");
        }
    }
}

fn check_same(one: &Document, other: &Document) {
    assert_eq!(one.heads(), other.heads());
    assert_eq!((one.kind(), one.schema()), (other.kind(), other.schema()));
    assert_eq!(one.conflicts(), other.conflicts());
    assert_eq!(one.history(), other.history());
    check_reads::<Encounter>(one, other);
    check_reads::<Person>(one, other);
    check_reads::<Shift>(one, other);
    check_reads::<Referral>(one, other);
    check_reads::<FollowUp>(one, other);
    check_reads::<Place>(one, other);
}

fn check_reads<R: Record>(one: &Document, other: &Document) {
    assert_eq!(one.read::<R>(), other.read::<R>());
}

/// The document after an honest edit, with its change; `None` when its record cannot be edited.
fn edited(document: &Document) -> Option<(Document, RawChange)> {
    match document.kind()? {
        RecordKind::Encounter => edited_as::<Encounter>(document, |record| record.health_urgent = Some(true)),
        RecordKind::Person => edited_as::<Person>(document, |record| record.in_street_since = Some("2024-03".into())),
        RecordKind::Shift => edited_as::<Shift>(document, |record| record.odometer_end = Some(120_084)),
        RecordKind::Referral => edited_as::<Referral>(document, |record| record.accompanied = Some(true)),
        RecordKind::FollowUp => edited_as::<FollowUp>(document, |record| record.window_days = Some(3)),
        RecordKind::Place => edited_as::<Place>(document, |record| record.active_hours = Some("20:00".into())),
    }
}

fn edited_as<R: Record>(document: &Document, edit: impl FnOnce(&mut R)) -> Option<(Document, RawChange)> {
    let mut document = document.clone();
    let mut record: R = document.read().ok()?;
    edit(&mut record);
    match document.edit(&record, &author(0xcc, 8)) {
        Ok(change) => change.map(|change| (document, change)),
        Err(EditError::Shape { .. } | EditError::NotWritten) => panic!("an edit met a defect"),
        Err(_) => None,
    }
}
