//! An edit writes what a person changed, and nothing else.

use jisr_sync_core::change::Refusal;
use jisr_sync_core::codes::{ProtectionConcern, ServiceType, Sex};
use jisr_sync_core::document::{Document, EditError, KEY_CHARS_MAX, TEXT_CHARS_MAX};
use jisr_sync_core::record::{Concern, Encounter, Person, PersonSlot, Remark, ServiceKey, ServiceTarget, Shift};

use crate::filled;
use crate::support::{author, entry_id, stored};

fn edited(change: impl FnOnce(&mut Encounter)) -> (Document, Result<u64, EditError>) {
    let (mut document, _) = Document::create(&filled::encounter(), &author(1, 0)).unwrap();
    let heads = document.heads();
    let mut encounter: Encounter = document.read().unwrap();
    change(&mut encounter);
    let written = document.edit(&encounter, &author(2, 5));
    if matches!(written, Ok(Some(_))) {
        assert_eq!(document.read(), Ok(encounter), "what was edited is what is read");
    } else {
        assert_eq!(document.heads(), heads, "nothing was written");
    }
    (document, written.map(|change| change.map_or(0, |change| change.op_count())))
}

fn meal() -> ServiceKey {
    ServiceKey { service: ServiceType::Meal, target: ServiceTarget::Group }
}

#[test]
fn an_edit_writes_one_operation_for_each_thing_that_changed() {
    assert_eq!(edited(|_| {}).1, Ok(0));
    assert_eq!(edited(|e| e.health_urgent = Some(false)).1, Ok(1));
    assert_eq!(edited(|e| e.place_text = None).1, Ok(1));
    assert_eq!(edited(|e| e.needs.extend([ServiceType::Admin, ServiceType::Meal])).1, Ok(1));
    assert_eq!(edited(|e| e.needs.clear()).1, Ok(2));
    assert_eq!(edited(|e| *e.given.get_mut(&meal()).unwrap() += 4).1, Ok(1));
    assert_eq!(edited(|e| e.given.clear()).1, Ok(2));
    assert_eq!(edited(|e| e.persons.get_mut(&entry_id(1)).unwrap().sex = Some(Sex::Male)).1, Ok(1));
    assert_eq!(edited(|e| drop(e.persons.insert(entry_id(9), PersonSlot::default()))).1, Ok(1));
    assert_eq!(edited(|e| drop(e.persons.remove(&entry_id(1)))).1, Ok(7));
    assert_eq!(edited(|e| (e.risk, e.mode) = (None, None)).1, Ok(2));
}

#[test]
fn a_change_carries_its_author_and_is_the_next_one_of_its_actor() {
    let (mut document, _) = Document::create(&filled::person(), &author(1, 0)).unwrap();
    let mut person: Person = document.read().unwrap();
    person.sex = Some(Sex::Unknown);

    let change = document.edit(&person, &author(1, 7)).unwrap().unwrap();

    let raw = automerge::Change::from_bytes(change.bytes().to_vec()).unwrap();
    assert_eq!((raw.actor_id().to_bytes(), raw.seq()), ([1; 16].as_slice(), 2));
    assert_eq!((raw.timestamp(), raw.message()), (author(1, 7).at.0, Some("staff-1")));
    assert_eq!(document.heads(), [change.hash()]);
    assert!(document.contains(&change.hash()));
    assert_eq!(document.changes().len(), 2);
}

#[test]
fn what_was_written_when_the_record_was_made_cannot_be_changed_or_filled_in_later() {
    let once = |field| Err(EditError::WrittenOnce { field });

    assert_eq!(edited(|e| e.unit = Some("azilal-1".parse().unwrap())).1, once("unit"));
    assert_eq!(edited(|e| e.recorded_at = None).1, once("recorded_at"));

    let (mut document, _) = Document::create(&Encounter::default(), &author(1, 0)).unwrap();
    assert_eq!(document.edit(&filled::encounter(), &author(1, 1)).map(|_| 0), once("device"));
}

#[test]
fn a_remark_is_added_and_never_changed_or_taken_away() {
    let rewritten = Err(EditError::RemarkRewritten { field: "notes" });
    let remark = |text: &str| Remark { text: Some(text.into()), by: None, at: None };

    assert_eq!(edited(|e| drop(e.notes.insert(entry_id(9), remark("جديد")))).1, Ok(2));
    assert_eq!(edited(|e| e.notes.get_mut(&entry_id(1)).unwrap().text = Some("x".into())).1, rewritten);
    assert_eq!(edited(|e| e.notes.get_mut(&entry_id(1)).unwrap().by = None).1, rewritten);
    assert_eq!(edited(|e| drop(e.notes.remove(&entry_id(1)))).1, rewritten);
}

#[test]
fn a_text_is_as_long_as_its_field_allows_counted_in_characters() {
    let remark = |chars| Remark { text: Some("ع".repeat(chars).as_str().into()), by: None, at: None };
    let long = |field, chars_max| Err(EditError::TextTooLong { field, chars_max });

    let with_note = |chars| edited(|e| drop(e.notes.insert(entry_id(9), remark(chars)))).1;
    assert_eq!(with_note(Remark::TEXT_CHARS_MAX), Ok(2));
    assert_eq!(with_note(Remark::TEXT_CHARS_MAX + 1), long("notes", Remark::TEXT_CHARS_MAX));

    let with_reason = |chars| edited(|e| e.risk_reason = Some("ع".repeat(chars).as_str().into())).1;
    assert_eq!(with_reason(TEXT_CHARS_MAX), Ok(1));
    assert_eq!(with_reason(TEXT_CHARS_MAX + 1), long("risk_reason", TEXT_CHARS_MAX));

    let encounter =
        Encounter { place_text: Some("ع".repeat(TEXT_CHARS_MAX + 1).as_str().into()), ..Encounter::default() };
    assert_eq!(Document::create(&encounter, &author(1, 0)).map(|_| 0), long("place_text", TEXT_CHARS_MAX));
}

#[test]
fn a_key_that_would_blur_a_path_is_refused() {
    let concern = |code: &str| ProtectionConcern::Unrecognised(code.into());
    let bad = Err(EditError::Key { field: "concerns" });

    assert_eq!(edited(|e| drop(e.concerns.insert(concern("a/b"), Concern::default()))).1, bad);
    assert_eq!(edited(|e| drop(e.concerns.insert(concern(""), Concern::default()))).1, bad);
    assert_eq!(edited(|e| drop(e.concerns.insert(concern(&"a".repeat(KEY_CHARS_MAX + 1)), Concern::default()))).1, bad);
    assert_eq!(
        edited(|e| e.needs.extend([ServiceType::Unrecognised("".into())])).1,
        Err(EditError::Key { field: "needs" })
    );
}

#[test]
fn a_record_of_another_kind_is_not_written_into_a_document() {
    let (mut document, _) = Document::create(&filled::person(), &author(1, 0)).unwrap();

    let refused = document.edit(&filled::shift(), &author(1, 1)).map(|_| ());

    assert_eq!(refused.unwrap_err().code(), "wrong-kind");
    assert!(document.read::<Shift>().is_err());
    assert_eq!(document.read(), Ok(filled::person()));
}

#[test]
fn the_parts_of_an_entry_go_with_it_and_an_entry_alike_in_its_first_letters_stays() {
    let other = ProtectionConcern::Unrecognised("cold-night".into());
    let (mut document, _) = Document::create(&filled::encounter(), &author(1, 0)).unwrap();
    let mut encounter: Encounter = document.read().unwrap();
    encounter.concerns.insert(other.clone(), Concern::default());
    document.edit(&encounter, &author(1, 1)).unwrap();

    encounter.concerns.remove(&ProtectionConcern::Cold);
    document.edit(&encounter, &author(1, 2)).unwrap();

    assert_eq!(stored(&document, "concerns/cold"), None);
    assert_eq!(stored(&document, "concerns/cold/certainty"), None);
    assert!(document.read::<Encounter>().unwrap().concerns.contains_key(&other));
}

#[test]
fn what_the_gate_would_refuse_is_refused_to_the_person_who_writes_it() {
    let (document, refused) = edited(|e| {
        let text = "ع".repeat(500);
        let remark = || Remark { text: Some(text.as_str().into()), by: None, at: None };
        e.notes.extend((0..300_u16).map(|n| {
            let [high, low] = n.to_be_bytes();
            (jisr_sync_core::id::EntryId::from_bytes([9, 9, high, low]), remark())
        }));
    });

    assert_eq!(refused, Err(EditError::Refused(Refusal::TooLarge)));
    assert_eq!(document.read(), Ok(filled::encounter()));
}

#[test]
fn a_document_that_is_full_takes_no_more() {
    let sectors = |numbers: std::ops::Range<u32>| numbers.map(|number| number.to_string()).collect();
    let record = Shift { sectors: sectors(0..1_900), ..Shift::default() };
    let (mut document, _) = Document::create(&record, &author(1, 0)).unwrap();
    for minute in 1..10 {
        let next = if minute % 2 == 0 { record.clone() } else { Shift::default() };
        document.edit(&next, &author(1, minute)).unwrap();
    }
    let heads = document.heads();

    let refused = document.edit(&record, &author(1, 10)).map(|_| ());

    assert_eq!(refused, Err(EditError::Refused(Refusal::DocumentTooLarge)));
    assert_eq!((document.heads(), document.read()), (heads, Ok(Shift::default())));
}

#[test]
fn every_change_of_a_document_that_several_devices_edited_in_turn_passes_the_gate() {
    let (base, _) = Document::create(&Encounter::default(), &author(1, 0)).unwrap();
    let mut document = base.clone();
    for (device, minute) in [(1, 1), (2, 2), (1, 3)] {
        let encounter = Encounter { health_urgent: Some(minute == 2), ..Encounter::default() };
        document.edit(&encounter, &author(device, minute)).unwrap().unwrap();
    }

    let mut elsewhere = base;
    assert!(elsewhere.admit(&document.changes()).iter().all(Result::is_ok));
    assert_eq!(elsewhere.heads_hash(), document.heads_hash());
}
