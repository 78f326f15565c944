//! Indicators 9 to 22, by hand.

use std::collections::BTreeSet;

use jisr_sync_core::activity::{Headcount, NewPersons, PersonFacts, Range, ReturningPersons, ReviewItem, fold};
use jisr_sync_core::codes::{
    Accompaniment, ContactOutcome, FunctionalDifficulty, Public, Sex, ShiftType, SleepingSituation,
};
use jisr_sync_core::record::{Encounter, PersonSlot, Shift};

use crate::kit::*;

fn heads(known: u64, unknown_slots: u64) -> Headcount {
    Headcount { known, unknown_slots }
}

#[test]
fn known_persons_are_distinct_and_the_territory_is_not_the_sum_of_its_units() {
    let mut input = saturday();
    input.encounters = vec![
        row(10, "azilal-1", engaged(&[known(1), known(2)])),
        row(11, "azilal-1", engaged(&[known(1)])),
        row(12, "azilal-2", engaged(&[known(1), known(3)])),
        row(13, "khouribga-1", engaged(&[known(1)])),
        row(14, "khouribga-1", Encounter { outcome: Some(ContactOutcome::NotFound), ..engaged(&[known(4)]) }),
    ];

    let activity = fold(&input);

    let by_unit: Vec<u64> = activity.by_unit.iter().map(|one| one.figures.as_ref().unwrap().known_persons).collect();
    assert_eq!(by_unit, [2, 2, 1]);
    let by_province: Vec<u64> = activity.by_province.iter().map(|one| one.figures.known_persons).collect();
    assert_eq!(by_province, [3, 1]);
    assert_eq!(activity.total.known_persons, 3);
}

#[test]
fn records_decided_to_be_the_same_person_are_one_until_the_decision_is_taken_back() {
    let mut input = saturday();
    input.encounters =
        vec![row(10, "azilal-1", engaged(&[known(1), known(2)])), row(11, "azilal-2", engaged(&[known(3)]))];
    let apart = fold(&input).total.known_persons;
    input.persons.insert(id(2), PersonFacts { same_as: Some(id(1)), ..PersonFacts::default() });
    input.persons.insert(id(3), PersonFacts { same_as: Some(id(1)), ..PersonFacts::default() });
    let together = fold(&input).total.known_persons;
    input.persons.remove(&id(3));

    assert_eq!((apart, together, fold(&input).total.known_persons), (3, 1, 2));
}

#[test]
fn persons_met_is_a_range_over_the_largest_group_of_unknown_people_at_each_place() {
    let mut input = saturday();
    let there = |place: Option<u64>, slots| Encounter { place: place.map(id), ..engaged(slots) };
    input.encounters = vec![
        row(10, "azilal-1", there(Some(900), &[known(1), unknown(), unknown()])),
        row(11, "azilal-1", there(Some(900), &[unknown(), unknown(), unknown()])),
        row(12, "azilal-1", there(Some(901), &[unknown()])),
        row(13, "azilal-2", there(None, &[unknown(), unknown()])),
        row(14, "azilal-2", there(None, &[known(1), unknown()])),
    ];

    let activity = fold(&input);

    // One known; at 900 at least three, at 901 one, nowhere in particular two.
    assert_eq!(activity.total.persons_met, Range { at_least: 7, at_most: 10 });
    assert_eq!(of_unit(&activity, "azilal-2").persons_met, Range { at_least: 3, at_most: 4 });
}

#[test]
fn persons_are_new_returning_or_back_after_ninety_days_and_unknown_when_nothing_is_known() {
    let mut input = saturday();
    input.encounters = vec![row(10, "azilal-1", engaged(&[known(1), known(2), known(3), known(4), known(5)]))];
    let last_met = |first: &str, last: &str| PersonFacts { last_met_before: Some(day(last)), ..met_on(first) };
    input.persons.insert(id(1), met_on("2026-11-14"));
    input.persons.insert(id(2), last_met("2026-01-02", "2026-08-16"));
    input.persons.insert(id(3), last_met("2026-01-02", "2026-08-15"));
    input.persons.insert(id(4), last_met("2026-11-13", "2026-11-13"));

    let figures = total(&input);

    // 16 August is ninety days before, 15 August ninety-one.
    assert_eq!(figures.new_persons, NewPersons { persons: 1, undetermined: 1 });
    assert_eq!(figures.returning_persons, ReturningPersons { persons: 3, came_back: 1 });
}

#[test]
fn minors_are_certain_possible_or_of_unknown_age_and_banded_when_the_interval_allows() {
    let mut input = saturday();
    let ages = ["0-5", "5-6", "6-11", "12-14", "13", "15-17", "10-17", "17-18", "17+", "18", "18+", "60-70"];
    let mut slots: Vec<PersonSlot> = ages.iter().map(|age| aged(unknown(), age)).collect();
    slots.push(unknown());
    slots.push(aged(known(1), "14"));
    input.encounters = vec![row(10, "azilal-1", engaged(&slots))];

    let figures = total(&input);

    assert_eq!(figures.minors.certain, heads(1, 7));
    assert_eq!(figures.minors.possible, heads(0, 2));
    assert_eq!(figures.minors.age_unknown, heads(0, 1));
    let bands = figures.minors_by_band;
    assert_eq!((bands.from_0_to_5, bands.from_6_to_11), (heads(0, 1), heads(0, 1)));
    assert_eq!((bands.from_12_to_14, bands.from_15_to_17), (heads(1, 2), heads(0, 1)));
    assert_eq!(bands.unsure, heads(0, 2));
    assert_eq!(figures.older_persons, heads(0, 1));
}

#[test]
fn a_child_known_for_years_comes_of_age_by_the_day_the_age_was_stated_for() {
    let mut input = saturday();
    input.encounters = vec![row(10, "azilal-1", engaged(&[known(1), known(2), known(3)]))];
    let seventeen_on =
        |on: &str| PersonFacts { age: Some("17".parse().unwrap()), age_as_of: Some(day(on)), ..PersonFacts::default() };
    // The same day: 17. Some months ago: 17 or 18. A year ago to the day: 18.
    input.persons.insert(id(1), seventeen_on("2026-11-14"));
    input.persons.insert(id(2), seventeen_on("2026-05-02"));
    input.persons.insert(id(3), seventeen_on("2025-11-14"));

    let minors = total(&input).minors;

    assert_eq!((minors.certain, minors.possible, minors.age_unknown), (heads(1, 0), heads(1, 0), heads(0, 0)));
}

#[test]
fn what_was_said_last_on_the_day_goes_before_what_the_record_says() {
    let mut input = saturday();
    let late = Encounter { occurred_at: Some(at("2026-11-14T23:00:00Z")), ..engaged(&[aged(known(1), "30")]) };
    // The later encounter has the smaller id: the time decides.
    input.encounters = vec![row(10, "azilal-1", late), row(11, "azilal-2", engaged(&[aged(known(1), "12")]))];
    input.persons.insert(id(1), PersonFacts { age: Some("70".parse().unwrap()), ..PersonFacts::default() });

    let activity = fold(&input);

    assert_eq!((activity.total.minors.certain.known, activity.total.older_persons.known), (0, 0));
    assert_eq!(of_unit(&activity, "azilal-2").minors.certain.known, 1);
}

#[test]
fn of_two_statements_about_a_minor_the_most_protective_counts_and_somebody_is_told() {
    let mut input = saturday();
    let with = |slot, accompaniment| PersonSlot { accompaniment: Some(accompaniment), ..slot };
    let child = |number| aged(known(number), "9");
    let of_all = Encounter {
        accompaniment: Some(Accompaniment::WithPeers),
        ..engaged(&[child(2), with(child(3), Accompaniment::WithParent), aged(unknown(), "8"), aged(known(4), "40")])
    };
    input.encounters = vec![
        row(10, "azilal-1", engaged(&[with(child(1), Accompaniment::Unaccompanied)])),
        row(11, "azilal-2", engaged(&[with(child(1), Accompaniment::WithParent)])),
        row(12, "azilal-2", engaged(&[with(child(3), Accompaniment::Unknown)])),
        row(13, "azilal-2", of_all),
    ];

    let activity = fold(&input);

    assert_eq!(activity.total.unaccompanied_minors.minors, heads(2, 1));
    assert_eq!(activity.total.unaccompanied_minors.contradictory, 1);
    assert_eq!(activity.review, [ReviewItem::AccompanimentContradictory { person: id(1) }]);
}

#[test]
fn women_are_female_and_certainly_of_age() {
    let mut input = saturday();
    let female = |slot| PersonSlot { sex: Some(Sex::Female), ..slot };
    let declined = |slot| PersonSlot { sex: Some(Sex::Declined), ..slot };
    input.persons.insert(id(2), PersonFacts { sex: Some(Sex::Female), ..PersonFacts::default() });
    input.encounters = vec![
        row(10, "azilal-1", engaged(&[female(aged(known(1), "18+")), declined(aged(known(2), "30"))])),
        row(
            11,
            "azilal-1",
            engaged(&[female(aged(unknown(), "17-25")), female(unknown()), female(aged(unknown(), "20"))]),
        ),
        row(12, "azilal-1", engaged(&[PersonSlot { sex: Some(Sex::Male), ..aged(unknown(), "30") }])),
    ];

    assert_eq!(total(&input).women, heads(2, 1));
}

#[test]
fn older_persons_are_certainly_sixty() {
    let mut input = saturday();
    let slots = [aged(known(1), "60+"), aged(known(2), "59-70"), aged(unknown(), "61-80")];
    input.encounters = vec![row(10, "azilal-1", engaged(&slots))];

    assert_eq!(total(&input).older_persons, heads(1, 1));
}

#[test]
fn a_disability_is_a_public_or_a_difficulty_of_the_only_person_met() {
    let mut input = saturday();
    let difficulty =
        |slots| Encounter { functional_difficulty: BTreeSet::from([FunctionalDifficulty::Walking]), ..engaged(slots) };
    let public = |slot| PersonSlot { public: Some(Public::Disability), ..slot };
    let facts = PersonFacts { publics: BTreeSet::from([Public::Disability]), ..PersonFacts::default() };
    input.persons.insert(id(3), facts);
    input.encounters = vec![
        row(10, "azilal-1", difficulty(&[known(1)])),
        row(11, "azilal-1", difficulty(&[known(4), public(unknown())])),
        row(12, "azilal-1", engaged(&[public(known(2)), known(3)])),
    ];

    assert_eq!(total(&input).persons_with_disability, heads(3, 1));
}

#[test]
fn sleeping_rough_is_the_last_statement_of_a_night_tour_and_never_of_a_day_tour() {
    let mut input = saturday();
    let day_tour = Shift { shift_type: Some(ShiftType::Day), ..tour("2026-11-14T09:00:00Z", "2026-11-14T13:00:00Z") };
    input.shifts = vec![row(1, "azilal-1", night_tour()), row(2, "azilal-2", day_tour)];
    let said = |shift: u64, hour: u8, slot, situation| Encounter {
        shift: Some(id(shift)),
        occurred_at: Some(at(&format!("2026-11-14T{hour:02}:00:00Z"))),
        sleeping_situation: Some(situation),
        ..engaged(&[slot])
    };
    input.encounters = vec![
        // In the street at nine, in a shelter at eleven.
        row(10, "azilal-1", said(1, 23, known(1), SleepingSituation::NightShelter)),
        row(11, "azilal-1", said(1, 21, known(1), SleepingSituation::Street)),
        // Not answering takes nothing back.
        row(12, "azilal-1", said(1, 21, known(2), SleepingSituation::Station)),
        row(13, "azilal-1", said(1, 22, known(2), SleepingSituation::Declined)),
        row(14, "azilal-1", said(1, 22, unknown(), SleepingSituation::Makeshift)),
        row(15, "azilal-2", said(2, 10, known(3), SleepingSituation::Street)),
        row(16, "azilal-1", Encounter { shift: None, ..said(1, 22, known(4), SleepingSituation::Street) }),
    ];

    assert_eq!(total(&input).sleeping_rough, heads(1, 1));
}
