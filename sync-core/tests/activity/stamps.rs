//! The stamp, and the shape of what is shown.

use jisr_sync_core::activity::{
    DEFINITION_VERSION, DailyActivity, DayInput, DeviceMark, INDICATORS, PlaceFacts, PlannedShift, Uncounted, fold,
};
use jisr_sync_core::record::{Encounter, FollowUp, Shift};

use crate::kit::*;

/// Changes one thing.
type Change = fn(&mut DayInput);

/// A day with something of everything.
fn full_day() -> DayInput {
    let mut input = saturday();
    input.shifts = vec![row(1, "azilal-1", night_tour())];
    let met = Encounter { shift: Some(id(1)), place: Some(id(900)), ..engaged(&[known(500)]) };
    input.encounters = vec![row(10, "azilal-1", met.clone()), row(11, "azilal-1", met)];
    input.referrals = vec![row(20, "azilal-1", referral(&[event("sent".into(), "2026-11-14T10:00:00Z")]))];
    let due = FollowUp { due_on: Some(day("2026-11-14")), ..FollowUp::default() };
    input.follow_ups = vec![row(30, "azilal-1", due)];
    input.persons.insert(id(500), met_on("2026-11-14"));
    input.places.insert(id(900), PlaceFacts::default());
    input.devices = vec![mark(1, "azilal-1")];
    let (starts, ends) = (at("2026-11-14T20:00:00Z"), at("2026-11-15T04:30:00Z"));
    input.plan = vec![PlannedShift { unit: unit("azilal-1"), starts, ends, shift: None, cancelled: None }];
    input
}

#[test]
fn a_change_of_any_input_gives_another_stamp() {
    let stamp = fold(&full_day()).stamp;
    let changes: [(&str, Change); 19] = [
        ("a shift's heads", |input| input.shifts[0].heads_hash[31] ^= 1),
        ("an encounter's heads", |input| input.encounters[1].heads_hash[0] ^= 1),
        ("a referral's heads", |input| input.referrals[0].heads_hash[0] ^= 1),
        ("a follow-up's heads", |input| input.follow_ups[0].heads_hash[0] ^= 1),
        ("a conflict", |input| input.encounters[0].conflicted = true),
        ("a suspect clock", |input| input.shifts[0].clock_suspect = true),
        ("a record less", |input| drop(input.encounters.pop())),
        ("a unit less", |input| drop(input.units.pop())),
        ("a unit by night", |input| input.units[2].night = true),
        ("the plan", |input| input.plan[0].ends.0 += 1),
        ("a person's first day", |input| drop(input.persons.insert(id(500), met_on("2026-11-13")))),
        ("a person's sex", |input| input.persons.get_mut(&id(500)).unwrap().sex = Some("female".into())),
        ("a person's facts", |input| input.persons.clear()),
        ("a place's commune", |input| input.places.get_mut(&id(900)).unwrap().commune = Some("081.01.01".into())),
        ("no contact since the tour", |input| input.devices[0].last_contact = Some(at("2026-11-14T13:00:00Z"))),
        ("what waits", |input| input.devices[0].waiting = None),
        ("a record set aside", |input| {
            input.uncounted.insert(unit("azilal-2"), Uncounted { set_aside: 1, unreadable: 0 });
        }),
        ("a decision", |input| input.not_duplicates.extend([(id(11), id(10))])),
        ("the closing", |input| input.closed_at = Some(at("2026-11-16T12:00:00Z"))),
    ];

    for (what, change) in changes {
        let mut input = full_day();
        change(&mut input);
        assert_ne!(fold(&input).stamp, stamp, "{what}");
    }
}

#[test]
fn what_does_not_belong_to_the_day_changes_neither_figures_nor_stamp() {
    let mut input = full_day();
    let before = fold(&input);
    let friday = Shift { operational_day: Some(day("2026-11-13")), ..night_tour() };
    input.shifts.push(row(2, "azilal-1", friday));
    input.encounters.push(row(40, "azilal-1", Encounter { shift: Some(id(2)), ..engaged(&[known(501)]) }));
    input.encounters.push(row(41, "marrakech-1", engaged(&[known(502)])));
    let elsewhen = referral(&[event("sent".into(), "2026-11-10T10:00:00Z")]);
    input.referrals.push(row(42, "azilal-2", elsewhen));
    input.follow_ups.push(row(43, "azilal-2", FollowUp { due_on: Some(day("2026-11-15")), ..FollowUp::default() }));
    input.persons.insert(id(777), met_on("2026-01-01"));
    input.devices.push(mark(44, "marrakech-1"));

    assert_eq!(fold(&input), before);
}

#[test]
fn a_day_without_open_tours_keeps_its_stamp_as_time_passes_and_an_open_tour_does_not() {
    let mut input = full_day();
    input.follow_ups.clear();
    let stamp_at = |input: &mut DayInput, when| {
        input.as_of = at(when);
        fold(input).stamp
    };
    let ended = [stamp_at(&mut input, "2026-11-15T05:00:00Z"), stamp_at(&mut input, "2026-11-15T11:00:00Z")];
    input.shifts[0].record.ended_at = None;
    let open = [stamp_at(&mut input, "2026-11-15T05:00:00Z"), stamp_at(&mut input, "2026-11-15T11:00:00Z")];

    assert_eq!(ended[0], ended[1]);
    assert_ne!(open[0], open[1]);
}

#[test]
fn a_day_that_is_in_keeps_its_stamp_while_its_devices_go_on_speaking_with_the_server() {
    let mut input = full_day();
    input.devices.push(mark(2, "azilal-2"));
    let then = fold(&input);
    input.as_of = at("2026-11-20T15:00:00Z");
    input.devices[0].last_contact = Some(at("2026-11-20T12:00:00Z"));
    input.devices[0].last_active = input.devices[0].last_contact;
    input.devices[0].clock_ahead_ms = Some(400_000);
    // A unit that had no tour on that day has records of a later one waiting.
    input.devices[1].waiting = Some(12);
    let enrolled_at = Some(at("2026-11-19T08:00:00Z"));
    input.devices.push(DeviceMark { enrolled_at, waiting: None, ..mark(3, "azilal-1") });
    let days_later = fold(&input);

    assert_ne!(days_later.by_unit[0].freshness, then.by_unit[0].freshness);
    assert_ne!(days_later.completeness.waiting, then.completeness.waiting);
    assert_eq!(days_later.stamp, then.stamp);
}

#[test]
fn the_day_comes_back_from_json_as_it_was() {
    let activity = fold(&full_day());

    let json = serde_json::to_string(&activity).unwrap();

    assert_eq!(serde_json::from_str::<DailyActivity>(&json).unwrap(), activity);
    assert_eq!(activity.definition_version, DEFINITION_VERSION);
}

#[test]
fn every_indicator_has_a_field_under_its_code_and_every_field_an_indicator() {
    let day = serde_json::to_value(fold(&full_day())).unwrap();
    let total = day["total"].as_object().unwrap();

    for indicator in INDICATORS {
        assert!(total.contains_key(indicator.code) || day.get(indicator.code).is_some(), "{}", indicator.code);
        assert_eq!(indicator.definition, format!("indicator-{}-definition", indicator.code));
    }
    for field in total.keys() {
        assert!(INDICATORS.iter().any(|indicator| indicator.code == field), "{field}");
    }
    assert!(INDICATORS.is_sorted_by_key(|indicator| indicator.number));
}
