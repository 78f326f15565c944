//! Documents of newer versions, and documents that hold what no version should have written.

use automerge::transaction::Transactable;
use automerge::{ObjType, ROOT, ScalarValue};
use jisr_sync_core::codes::{ServiceType, Sex};
use jisr_sync_core::document::{Document, Unreadable};
use jisr_sync_core::record::{Encounter, Record};

use crate::filled;
use crate::support::{author, entry_id, stored, tampered};

fn encounter() -> Document {
    Document::create(&filled::encounter(), &author(1, 0)).unwrap().0
}

#[test]
fn what_a_newer_version_wrote_survives_an_edit_by_this_one() {
    let slot = format!("persons/{}", entry_id(1));
    let newer = [
        ("_schema", ScalarValue::Int(9)),
        ("weather_felt", "قارس".into()),
        ("tags/blue", true.into()),
        ("risk/confirmed", true.into()),
        (&format!("{slot}/eye_colour"), "brown".into()),
        (&format!("{slot}/height/cm"), ScalarValue::F64(1.4)),
        ("needs/winter_kit", true.into()),
        ("outcome", "met_twice".into()),
    ];
    let mut document = tampered(&encounter(), |automerge| {
        for (path, value) in &newer {
            automerge.put(ROOT, *path, value.clone()).unwrap();
        }
        automerge.put_object(ROOT, "drawing", ObjType::List).unwrap();
    });

    let mut read: Encounter = document.read().unwrap();
    assert!(read.needs.contains(&ServiceType::Unrecognised("winter_kit".into())));
    read.needs.insert(ServiceType::Legal);
    read.persons.get_mut(&entry_id(1)).unwrap().sex = Some(Sex::Male);
    document.edit(&read, &author(2, 5)).unwrap().unwrap();

    assert_eq!(document.read(), Ok(read));
    assert_eq!(document.schema(), Some(9));
    for (path, value) in newer {
        assert_eq!(stored(&document, path), Some(value.to_string()), "{path}");
    }
    assert!(stored(&document, "drawing").is_some());
}

#[test]
fn removing_an_entry_removes_the_parts_a_newer_version_gave_it() {
    let eyes = format!("persons/{}/eye_colour", entry_id(1));
    let mut document = tampered(&encounter(), |automerge| automerge.put(ROOT, &eyes, "brown").unwrap());
    let mut read: Encounter = document.read().unwrap();

    read.persons.remove(&entry_id(1));
    document.edit(&read, &author(2, 5)).unwrap();

    assert_eq!(document.read(), Ok(read));
    assert_eq!(stored(&document, &eyes), None);
}

#[test]
fn an_edit_by_a_newer_version_raises_the_schema_of_an_older_document() {
    let mut document = tampered(&encounter(), |automerge| automerge.put(ROOT, "_schema", 0).unwrap());
    let mut read: Encounter = document.read().unwrap();

    document.edit(&read, &author(2, 5)).unwrap();
    assert_eq!(document.schema(), Some(0), "nothing was changed, so nothing is written");
    read.risk = None;
    document.edit(&read, &author(2, 6)).unwrap();

    assert_eq!(document.schema(), Some(Encounter::SCHEMA));
}

#[test]
fn a_value_of_the_wrong_type_is_reported_by_its_field_and_nothing_is_dropped() {
    let slot = format!("persons/{}", entry_id(1));
    let wrong: Vec<(String, ScalarValue, String)> = vec![
        ("occurred_at".into(), "yesterday".into(), "occurred_at".into()),
        ("health_urgent".into(), ScalarValue::Null, "health_urgent".into()),
        ("utc_offset".into(), 1_000_000.into(), "utc_offset".into()),
        ("place".into(), "not an id".into(), "place".into()),
        ("risk".into(), ScalarValue::Bytes(vec![1]), "risk".into()),
        ("place_text".into(), ScalarValue::counter(3), "place_text".into()),
        ("needs/meal".into(), "Aïcha".into(), "needs".into()),
        ("needs".into(), true.into(), "needs".into()),
        ("given/meal/x".into(), 3.into(), "given".into()),
        ("given/meal".into(), ScalarValue::counter(3), "given".into()),
        ("given/Aïcha/x".into(), ScalarValue::counter(3), "given".into()),
        (slot.clone(), 1.into(), "persons".into()),
        (format!("{slot}/age"), "old".into(), format!("{slot}/age")),
        (format!("{slot}/sex"), ScalarValue::F64(0.5), format!("{slot}/sex")),
        ("persons/Aïcha/sex".into(), "female".into(), "persons".into()),
    ];
    for (path, value, field) in wrong {
        let mut document = tampered(&encounter(), |automerge| automerge.put(ROOT, &path, value.clone()).unwrap());
        let heads = document.heads();

        let refused = document.read::<Encounter>();
        let edited = document.edit(&Encounter::default(), &author(2, 5));

        assert_eq!(refused, Err(Unreadable { field, newer: false }), "{path}");
        assert_eq!(edited.unwrap_err().code(), "unreadable");
        assert_eq!((document.heads(), stored(&document, &path)), (heads, Some(value.to_string())));
    }
}

#[test]
fn an_object_in_place_of_a_value_is_reported_and_of_a_newer_document_it_says_so() {
    let document = tampered(&encounter(), |automerge| {
        automerge.put_object(ROOT, "position", ObjType::Map).unwrap();
        automerge.put(ROOT, "_schema", 2).unwrap();
    });

    assert_eq!(document.read::<Encounter>(), Err(Unreadable { field: "position".into(), newer: true }));
}

#[test]
fn a_document_that_does_not_say_its_schema_is_not_read() {
    for wrong in ["_schema", "_kind"] {
        let document = tampered(&encounter(), |automerge| automerge.delete(ROOT, wrong).unwrap());

        assert_eq!(document.read::<Encounter>(), Err(Unreadable { field: wrong.into(), newer: false }));
    }
}
