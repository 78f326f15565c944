//! Several devices change one record while apart.

use std::collections::BTreeSet;

use jisr_sync_core::codes::{ProtectionConcern, Risk, ServiceType, Sex};
use jisr_sync_core::document::{Document, EditError};
use jisr_sync_core::id::ActorId;
use jisr_sync_core::record::{Alias, Concern, CrewMember, Encounter, Person, Record, Remark, Shift};
use serde_json::json;

use crate::filled;
use crate::support::{author, entry_id, merged, with};

/// Devices 1, 2 and 3 start from `record`, each edits it in its own way, and all meet again.
fn apart<R: Record>(record: &R, edits: &[&dyn Fn(&mut R)]) -> Document {
    let (document, _) = Document::create(record, &author(0, 0)).unwrap();
    let apart: Vec<Document> = (1..).zip(edits).map(|(device, edit)| edited(&document, device, edit)).collect();
    merged(&document, &apart.iter().collect::<Vec<_>>())
}

fn edited<R: Record>(document: &Document, device: u8, edit: impl Fn(&mut R)) -> Document {
    let mut document = document.clone();
    let mut record: R = document.read().unwrap();
    edit(&mut record);
    document.edit(&record, &author(device, i64::from(device))).unwrap();
    document
}

#[test]
fn different_fields_changed_on_two_devices_are_both_there_without_conflict() {
    let document = apart::<Encounter>(
        &filled::encounter(),
        &[&|encounter| encounter.risk = Some(Risk::Low), &|encounter| {
            encounter.place_text = Some("السوق الأسبوعي".into());
        }],
    );

    let expected = Encounter {
        risk: Some(Risk::Low), place_text: Some("السوق الأسبوعي".into()), ..filled::encounter()
    };
    assert_eq!(document.read(), Ok(expected));
    assert_eq!(document.conflicts(), []);
}

#[test]
fn one_field_changed_on_two_devices_is_one_conflict_with_both_values_and_both_authors() {
    let document = apart::<Person>(
        &filled::person(),
        &[&|person| person.sex = Some(Sex::Female), &|person| person.sex = Some(Sex::Unknown)],
    );

    let conflicts = document.conflicts();

    let [conflict] = conflicts.as_slice() else { panic!("{conflicts:?}") };
    assert_eq!(conflict.field, "sex");
    let said: BTreeSet<_> =
        conflict.values.iter().map(|v| (v.actor, v.staff.clone(), v.at, v.value.to_string())).collect();
    let says = |device, value: &str| {
        let author = author(device, i64::from(device));
        (author.actor, author.staff, author.at, value.to_owned())
    };
    assert_eq!(said, BTreeSet::from([says(1, "\"female\""), says(2, "\"unknown\"")]));
    let shown = document.read::<Person>().unwrap().sex;
    assert_eq!(json!(shown), conflict.values[conflict.shown].value);
}

#[test]
fn the_same_value_given_by_two_devices_is_no_conflict() {
    let same: &dyn Fn(&mut Person) = &|person| person.sex = Some(Sex::Female);

    let document = apart::<Person>(&filled::person(), &[same, same]);

    assert_eq!(document.conflicts(), []);
}

#[test]
fn parts_of_one_entry_conflict_one_by_one() {
    let slot = |age: &'static str| {
        move |encounter: &mut Encounter| {
            let slot = encounter.persons.get_mut(&entry_id(1)).unwrap();
            (slot.sex, slot.age) = (Some(Sex::Male), Some(age.parse().unwrap()));
        }
    };

    let document = apart::<Encounter>(&filled::encounter(), &[&slot("10-12"), &slot("13")]);

    let fields: Vec<_> = document.conflicts().into_iter().map(|conflict| conflict.field).collect();
    assert_eq!(fields, [format!("persons/{}/age", entry_id(1))]);
}

#[test]
fn ten_meals_given_by_each_of_three_devices_are_thirty() {
    let meals = |encounter: &mut Encounter| encounter.given.extend([("meal".parse().unwrap(), 10)]);

    let document = apart::<Encounter>(&Encounter::default(), &[&meals, &meals, &meals]);

    assert_eq!(document.read::<Encounter>().unwrap().given["meal".parse().as_ref().unwrap()], 30);
    assert_eq!(document.conflicts(), []);
}

#[test]
fn two_actors_alike_in_their_first_bytes_both_count() {
    let (base, _) = Document::create(&Encounter::default(), &author(0, 0)).unwrap();
    let by = |last: u8| {
        let mut alike = author(1, 1);
        alike.actor = ActorId::from_bytes([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, last]);
        let mut document = base.clone();
        let encounter = Encounter { given: [("meal".parse().unwrap(), 10)].into(), ..Encounter::default() };
        document.edit(&encounter, &alike).unwrap();
        document
    };

    let document = merged(&by(1), &[&by(2)]);

    assert_eq!(document.read::<Encounter>().unwrap().given.into_values().collect::<Vec<_>>(), [20]);
    assert_eq!(document.conflicts(), []);
}

#[test]
fn a_count_corrected_below_nothing_shows_nothing_and_can_be_set_right_again() {
    let none = |encounter: &mut Encounter| encounter.given.clear();
    let record = Encounter { given: [("meal".parse().unwrap(), 3)].into(), ..Encounter::default() };

    let mut document = apart::<Encounter>(&record, &[&none, &none]);
    let mut encounter: Encounter = document.read().unwrap();
    assert_eq!(encounter.given.len(), 0);
    encounter.given.insert("meal".parse().unwrap(), 2);
    document.edit(&encounter, &author(3, 9)).unwrap();

    assert_eq!(document.read(), Ok(encounter));
}

#[test]
fn what_is_added_to_sets_and_entries_at_the_same_time_is_all_there() {
    let need = |service: ServiceType| move |encounter: &mut Encounter| encounter.needs.extend([service.clone()]);
    let document = apart::<Encounter>(&Encounter::default(), &[&need(ServiceType::Meal), &need(ServiceType::Legal)]);
    assert_eq!(document.read::<Encounter>().unwrap().needs.len(), 2);

    let concern = |concern: ProtectionConcern| {
        move |encounter: &mut Encounter| drop(encounter.concerns.insert(concern.clone(), Concern::default()))
    };
    let document = apart::<Encounter>(
        &Encounter::default(),
        &[&concern(ProtectionConcern::Cold), &concern(ProtectionConcern::Lost), &concern(ProtectionConcern::Cold)],
    );
    assert_eq!(document.read::<Encounter>().unwrap().concerns.len(), 2);

    let crew = |staff: &'static str| {
        move |shift: &mut Shift| drop(shift.crew.insert(staff.parse().unwrap(), CrewMember::default()))
    };
    let document = apart::<Shift>(&filled::shift(), &[&crew("a1"), &crew("b2"), &crew("c3")]);
    assert_eq!(document.read::<Shift>().unwrap().crew.len(), filled::shift().crew.len() + 3);

    let alias = |number, text: &'static str| {
        move |person: &mut Person| drop(person.aliases.insert(entry_id(number), Alias { text: Some(text.into()) }))
    };
    let document = apart::<Person>(&filled::person(), &[&alias(8, "ⴰⵎⵖⴰⵔ"), &alias(9, "Le Grand")]);
    assert_eq!(document.read::<Person>().unwrap().aliases.len(), 4);

    let note = |number| {
        let note = Remark { text: Some("ملاحظة".into()), by: None, at: None };
        move |shift: &mut Shift| drop(shift.handover_notes.insert(entry_id(number), note.clone()))
    };
    let document = apart::<Shift>(&filled::shift(), &[&note(8), &note(9)]);
    assert_eq!(document.read::<Shift>().unwrap().handover_notes.len(), 3);
    assert_eq!(document.conflicts(), []);
}

#[test]
fn taking_a_need_away_does_not_take_away_what_somebody_else_added() {
    let document = apart::<Encounter>(
        &filled::encounter(),
        &[&|encounter| encounter.needs.clear(), &|encounter| encounter.needs.extend([ServiceType::Admin])],
    );

    assert_eq!(document.read::<Encounter>().unwrap().needs, BTreeSet::from([ServiceType::Admin]));
}

#[test]
fn an_entry_whose_parts_two_devices_clear_is_still_an_entry() {
    let document = apart::<Encounter>(
        &filled::encounter(),
        &[&|e| (e.persons.get_mut(&entry_id(1)).unwrap().sex, e.risk) = (None, None), &|e| {
            let slot = e.persons.get_mut(&entry_id(1)).unwrap();
            *slot = jisr_sync_core::record::PersonSlot { sex: slot.sex.clone(), ..Default::default() };
        }],
    );

    let persons = document.read::<Encounter>().unwrap().persons;
    assert_eq!(persons.get(&entry_id(1)), Some(&Default::default()));
}

#[test]
fn what_is_said_of_an_entry_while_another_device_removes_it_is_kept() {
    let document = apart::<Encounter>(
        &filled::encounter(),
        &[&|encounter| drop(encounter.persons.remove(&entry_id(1))), &|encounter| {
            encounter.persons.get_mut(&entry_id(1)).unwrap().sex = Some(Sex::Male);
        }],
    );

    assert_eq!(document.read::<Encounter>().unwrap().persons[&entry_id(1)].sex, Some(Sex::Male));
}

fn sex_in_conflict() -> Document {
    apart::<Person>(&filled::person(), &[&|p| p.sex = Some(Sex::Female), &|p| p.sex = Some(Sex::Unknown)])
}

#[test]
fn settling_leaves_one_value_whichever_was_shown_and_says_who_settled() {
    for value in ["female", "unknown"] {
        let mut document = sex_in_conflict();

        let change = document.settle("sex", &json!(value), &author(3, 30)).unwrap().unwrap();

        assert_eq!(document.conflicts(), []);
        assert_eq!(json!(document.read::<Person>().unwrap().sex), json!(value));
        let told = document.history().into_iter().find(|entry| entry.change == change.hash()).unwrap();
        assert_eq!(told.staff, author(3, 30).staff);
        assert_eq!(json!(told.edits), json!([{ "field": "sex", "edit": { "set": value } }]));
        assert!(matches!(document.settle("sex", &json!(value), &author(2, 31)), Ok(None)));
    }
}

#[test]
fn two_settlements_at_the_same_time_are_a_conflict_again() {
    let document = sex_in_conflict();
    let settled = |value: &str, device| {
        let mut document = document.clone();
        let change = document.settle("sex", &json!(value), &author(device, 30)).unwrap().unwrap();
        (document, change)
    };
    let ((one, _), (_, other)) = (settled("female", 3), settled("unknown", 4));

    let conflicts = with(&one, &[other]).conflicts();

    let actors: BTreeSet<_> = conflicts[0].values.iter().map(|value| value.actor).collect();
    assert_eq!(actors, BTreeSet::from([author(3, 0).actor, author(4, 0).actor]));
}

#[test]
fn only_one_of_the_concurrent_values_can_be_settled_on() {
    let mut document = sex_in_conflict();

    for (field, value) in [("sex", json!("male")), ("sex", json!(null)), ("risk", json!("high")), ("_kind", json!("x"))]
    {
        assert_eq!(
            document.settle(field, &value, &author(3, 30)).map(|_| ()),
            Err(EditError::NotConcurrent),
            "{field}"
        );
    }
    assert_eq!(document.conflicts().len(), 1);
}

#[test]
fn an_edit_of_another_field_leaves_a_conflict_alone_and_an_edit_of_the_field_ends_it() {
    let mut document = sex_in_conflict();
    let mut person: Person = document.read().unwrap();

    person.exit_reason = None;
    document.edit(&person, &author(3, 30)).unwrap();
    assert_eq!(document.conflicts().len(), 1);

    person.sex = Some(Sex::Male);
    document.edit(&person, &author(3, 31)).unwrap();
    assert_eq!(document.conflicts(), []);
}
