//! Who said what, when.

use jisr_sync_core::codes::{ServiceType, Sex};
use jisr_sync_core::document::{Document, Edited, HistoryEntry};
use jisr_sync_core::record::Encounter;
use serde_json::json;

use crate::support::{author, entry_id, merged};

fn edits(entry: &HistoryEntry) -> serde_json::Value {
    json!(entry.edits.iter().map(|edit| json!([edit.field, edit.edit])).collect::<Vec<_>>())
}

#[test]
fn history_tells_each_change_with_its_author_and_what_it_did() {
    let record = Encounter { place_text: Some("السوق".into()), ..Encounter::default() };
    let (mut document, _) = Document::create(&record, &author(1, 0)).unwrap();
    let mut encounter = record;
    encounter.given.insert("meal".parse().unwrap(), 4);
    encounter.needs.insert(ServiceType::Shelter);
    encounter.place_text = None;
    document.edit(&encounter, &author(2, 5)).unwrap();
    encounter.given.insert("meal".parse().unwrap(), 3);
    encounter.persons.entry(entry_id(1)).or_default().sex = Some(Sex::Male);
    document.edit(&encounter, &author(2, 9)).unwrap();

    let history = document.history();

    let said: Vec<_> = history.iter().map(|entry| (entry.actor, entry.staff.clone(), entry.at)).collect();
    let says = |device, minute| (author(device, minute).actor, author(device, minute).staff, author(device, minute).at);
    assert_eq!(said, [says(1, 0), says(2, 5), says(2, 9)]);
    let slot = format!("persons/{}", entry_id(1));
    let expected = [
        json!([["_kind", {"set": "encounter"}], ["_schema", {"set": 1}], ["place_text", {"set": "السوق"}]]),
        json!([["given/meal", {"added": 4}], ["needs/shelter", {"set": true}], ["place_text", "removed"]]),
        json!([["given/meal", {"added": -1}], [slot, {"set": true}], [format!("{slot}/sex"), {"set": "male"}]]),
    ];
    assert_eq!(history.iter().map(edits).collect::<Vec<_>>(), expected);
}

#[test]
fn history_is_in_the_same_order_on_every_device_and_after_a_restart() {
    let (base, _) = Document::create(&Encounter::default(), &author(9, 0)).unwrap();
    let by = |device: u8, minute| {
        let mut document = base.clone();
        let encounter = Encounter { health_urgent: Some(device == 1), ..Encounter::default() };
        document.edit(&encounter, &author(device, minute)).unwrap();
        document
    };
    let (one, two, three) = (by(1, 30), by(2, 10), by(3, 20));

    let here = merged(&one, &[&two, &three]);
    let there = merged(&three, &[&two, &one]);

    assert_eq!(here.history(), there.history());
    assert_eq!(Document::restore(&here.save()).unwrap().history(), here.history());
    let minutes: Vec<_> = here.history().iter().map(|entry| (entry.at.0 - author(9, 0).at.0) / 60_000).collect();
    assert_eq!(minutes, [0, 10, 20, 30]);
}

#[test]
fn a_change_comes_after_what_it_builds_on_even_when_its_clock_says_otherwise() {
    let (mut document, first) = Document::create(&Encounter::default(), &author(1, 0)).unwrap();
    let encounter = Encounter { health_urgent: Some(true), ..Encounter::default() };
    let second = document.edit(&encounter, &author(2, -600)).unwrap().unwrap();

    let order: Vec<_> = document.history().into_iter().map(|entry| entry.change).collect();

    assert_eq!(order, [first.hash(), second.hash()]);
}

#[test]
fn debug_output_of_history_and_conflicts_never_shows_a_value() {
    let record = Encounter { place_text: Some("خلف المسجد".into()), ..Encounter::default() };
    let (base, _) = Document::create(&record, &author(1, 0)).unwrap();
    let by = |device, text: &str| {
        let mut document = base.clone();
        document
            .edit(&Encounter { place_text: Some(text.into()), ..Encounter::default() }, &author(device, 1))
            .unwrap();
        document
    };
    let document = merged(&by(1, "derrière la mosquée"), &[&by(2, "خلف المسجد الكبير")]);

    let shown = format!("{:?} {:?}", document.history(), document.conflicts());

    assert_eq!(document.conflicts().len(), 1);
    assert!(!shown.contains("المسجد") && !shown.contains("mosqu"), "{shown}");
    assert_eq!(format!("{:?}", Edited::Set("Aïcha".into())), "Set(..)");
}
