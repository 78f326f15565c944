//! Who is in and who is missing.

use jisr_sync_core::activity::{
    CompletenessState, DailyActivity, DayInput, DeviceMark, MissingReason, PlannedShift, Uncounted, UnitFacts,
    UnitStatus, fold,
};
use jisr_sync_core::codes::CancelReason;
use jisr_sync_core::record::Shift;

use crate::kit::*;

/// Seven units, each with a night tour behind it and one device that has brought everything.
fn seven_units() -> DayInput {
    let mut input = DayInput::empty(day("2026-11-14"), at("2026-11-15T15:00:00Z"), zone());
    for number in 1..=7_u8 {
        let name = format!("azilal-{number}");
        input.units.push(UnitFacts { unit: unit(&name), province: "azilal".parse().unwrap(), night: true });
        input.shifts.push(row(u64::from(number), &name, night_tour()));
        input.devices.push(mark(number, &name));
    }
    input
}

fn status(activity: &DailyActivity, name: &str) -> UnitStatus {
    activity.by_unit.iter().find(|one| one.unit == unit(name)).unwrap().status.clone()
}

fn missing(reasons: Vec<MissingReason>) -> UnitStatus {
    UnitStatus::Missing { reasons }
}

#[test]
fn with_all_units_in_the_day_says_complete() {
    let activity = fold(&seven_units());

    assert_eq!(activity.completeness.state, CompletenessState::Complete);
    assert_eq!((activity.completeness.reported, activity.completeness.expected), (7, 7));
    assert_eq!(activity.completeness.missing, []);
    assert_eq!(activity.completeness.waiting, Some(0));
    assert_eq!((activity.by_province[0].reported, activity.by_province[0].expected), (7, 7));
}

#[test]
fn with_two_of_seven_units_missing_the_day_says_who_and_why() {
    let mut input = seven_units();
    input.devices[3].waiting = Some(5);
    input.devices[5].last_contact = Some(at("2026-11-14T19:00:00Z"));

    let activity = fold(&input);

    assert_eq!(activity.completeness.state, CompletenessState::Incomplete);
    assert_eq!((activity.completeness.reported, activity.completeness.expected), (5, 7));
    assert_eq!(activity.completeness.missing, [unit("azilal-4"), unit("azilal-6")]);
    assert_eq!(activity.completeness.waiting, Some(5));
    assert_eq!(status(&activity, "azilal-4"), missing(vec![MissingReason::Waiting { device: device(4), records: 5 }]));
    let silent_since = MissingReason::NoContact { device: device(6), since: Some(at("2026-11-14T19:00:00Z")) };
    assert_eq!(status(&activity, "azilal-6"), missing(vec![silent_since]));
}

#[test]
fn a_unit_with_no_tour_planned_is_neither_missing_nor_zero() {
    let mut input = seven_units();
    input.units.push(UnitFacts { unit: unit("khouribga-1"), province: "khouribga".parse().unwrap(), night: false });
    input.devices.push(DeviceMark { waiting: None, last_contact: None, ..mark(9, "khouribga-1") });

    let activity = fold(&input);

    assert_eq!(activity.completeness.state, CompletenessState::Complete);
    assert_eq!(activity.completeness.expected, 7);
    assert_eq!(activity.completeness.no_tour_planned, [unit("khouribga-1")]);
    assert_eq!(status(&activity, "khouribga-1"), UnitStatus::NoTourPlanned);
    assert_eq!(activity.by_unit.last().unwrap().figures, None);
}

#[test]
fn a_day_without_any_tour_expects_nothing_and_is_not_called_complete() {
    let mut input = seven_units();
    input.shifts.clear();

    assert_eq!(fold(&input).completeness.state, CompletenessState::NothingExpected);
}

#[test]
fn a_planned_tour_is_not_yet_due_then_not_opened_then_open() {
    let mut input = seven_units();
    let night = input.shifts.remove(0);
    let (starts, ends) = (at("2026-11-14T20:00:00Z"), at("2026-11-15T04:30:00Z"));
    input.plan = vec![PlannedShift { unit: unit("azilal-1"), starts, ends, shift: None, cancelled: None }];
    input.as_of = at("2026-11-14T19:59:59Z");
    let before = fold(&input);
    input.as_of = at("2026-11-14T20:00:00Z");
    let due = fold(&input);
    input.shifts.push(row(1, "azilal-1", Shift { ended_at: None, ..night.record }));
    let open = fold(&input);

    assert_eq!(status(&before, "azilal-1"), missing(vec![MissingReason::NotYetDue { planned_start: starts }]));
    assert_eq!(status(&due, "azilal-1"), missing(vec![MissingReason::NotOpened { planned_start: starts }]));
    let since = Some(starts);
    assert_eq!(status(&open, "azilal-1"), missing(vec![MissingReason::ShiftOpen { shift: id(1), since }]));
    assert!(due.by_unit[0].figures.is_some());
}

#[test]
fn a_unit_is_on_duty_from_the_start_of_its_tour_to_its_end() {
    let mut input = seven_units();
    let on_duty = |input: &DayInput, when: &str| {
        let activity = fold(&DayInput { as_of: at(when), ..input.clone() });
        activity.by_unit[0].freshness.on_duty
    };

    let ended = ["2026-11-14T19:59:59Z", "2026-11-14T20:00:00Z", "2026-11-15T04:29:59Z", "2026-11-15T04:30:00Z"];
    assert_eq!(ended.map(|when| on_duty(&input, when)), [false, true, true, false]);
    input.shifts[0].record.ended_at = None;
    assert!(!on_duty(&input, "2026-11-15T07:30:00Z"), "three hours after the planned end, though nobody said so");
    input.shifts[0].record.planned_end = None;
    assert!(on_duty(&input, "2026-11-15T11:59:00Z") && !on_duty(&input, "2026-11-15T12:00:00Z"), "until noon");
    input.shifts.remove(0);
    let (starts, ends) = (at("2026-11-14T20:00:00Z"), at("2026-11-15T04:30:00Z"));
    input.plan = vec![PlannedShift { unit: unit("azilal-1"), starts, ends, shift: None, cancelled: None }];
    assert_eq!(ended.map(|when| on_duty(&input, when)), [false, true, true, false]);
}

#[test]
fn nothing_that_waits_is_held_against_a_day_that_has_not_begun() {
    let mut input = seven_units();
    let made = input.shifts.remove(0);
    input.shifts.clear();
    input.as_of = at("2026-11-13T23:59:59Z");
    input.devices[0].waiting = Some(8);
    let (starts, ends) = (at("2026-11-14T20:00:00Z"), at("2026-11-15T04:30:00Z"));
    input.plan = vec![PlannedShift { unit: unit("azilal-1"), starts, ends, shift: None, cancelled: None }];
    let ahead = fold(&input);
    input.as_of = at("2026-11-14T00:00:00Z");
    let begun = fold(&input);

    assert!(ahead.completeness.ahead && !begun.completeness.ahead);
    let (planned_start, device) = (starts, device(1));
    assert_eq!(status(&ahead, "azilal-1"), missing(vec![MissingReason::NotYetDue { planned_start }]));
    let waiting = MissingReason::Waiting { device, records: 8 };
    let both = missing(vec![MissingReason::NotYetDue { planned_start }, waiting.clone()]);
    assert_eq!(status(&begun, "azilal-1"), both);
    input.as_of = at("2026-11-13T23:59:59Z");
    input.shifts.push(made);
    assert_eq!(status(&fold(&input), "azilal-1"), missing(vec![waiting]), "dated by a wrong clock, and made");
}

#[test]
fn a_unit_whose_tours_were_given_up_is_in() {
    let mut input = seven_units();
    let given_up = Shift { started_at: None, ended_at: None, cancelled: Some(CancelReason::Breakdown), ..night_tour() };
    input.shifts[0].record = given_up;
    input.shifts.remove(1);
    let (starts, ends) = (at("2026-11-14T20:00:00Z"), at("2026-11-15T04:30:00Z"));
    let cancelled = Some(CancelReason::NoCrew);
    input.plan = vec![PlannedShift { unit: unit("azilal-2"), starts, ends, shift: None, cancelled }];

    let activity = fold(&input);

    assert_eq!((status(&activity, "azilal-1"), status(&activity, "azilal-2")), (UnitStatus::In, UnitStatus::In));
    assert_eq!(activity.completeness.expected, 7);
}

#[test]
fn records_set_aside_or_unreadable_keep_their_unit_out_and_are_counted() {
    let mut input = seven_units();
    input.uncounted.insert(unit("azilal-2"), Uncounted { set_aside: 3, unreadable: 0 });
    input.uncounted.insert(unit("azilal-5"), Uncounted { set_aside: 1, unreadable: 2 });
    input.uncounted.insert(unit("azilal-6"), Uncounted::default());
    input.uncounted.insert(unit("marrakech-1"), Uncounted { set_aside: 9, unreadable: 9 });

    let activity = fold(&input);

    assert_eq!(activity.completeness.state, CompletenessState::Incomplete);
    assert_eq!(activity.completeness.missing, [unit("azilal-2"), unit("azilal-5")]);
    assert_eq!(status(&activity, "azilal-2"), missing(vec![MissingReason::SetAside { records: 3 }]));
    let both = vec![MissingReason::SetAside { records: 1 }, MissingReason::Unreadable { records: 2 }];
    assert_eq!(status(&activity, "azilal-5"), missing(both));
    assert_eq!((activity.total.quality.set_aside, activity.total.quality.unreadable), (4, 2));
    assert_eq!(of_unit(&activity, "azilal-2").quality.set_aside, 3);
}

#[test]
fn a_unit_whose_only_record_was_set_aside_is_not_said_to_have_had_no_tour() {
    let mut input = seven_units();
    input.shifts.remove(0);
    input.uncounted.insert(unit("azilal-1"), Uncounted { set_aside: 1, unreadable: 0 });

    assert_eq!(status(&fold(&input), "azilal-1"), missing(vec![MissingReason::SetAside { records: 1 }]));
}

#[test]
fn a_device_that_has_not_said_what_waits_keeps_its_unit_out() {
    let mut input = seven_units();
    input.devices[0].waiting = None;

    let activity = fold(&input);

    assert_eq!(status(&activity, "azilal-1"), missing(vec![MissingReason::WaitingUnknown { device: device(1) }]));
    assert_eq!(activity.completeness.devices_not_saying, 1);
    assert_eq!(activity.by_unit[0].freshness.waiting, None);
}

#[test]
fn a_device_silent_for_two_weeks_is_named_and_not_waited_for() {
    let mut input = seven_units();
    let last_seen = |text| DeviceMark { last_contact: Some(at(text)), ..mark(20, "azilal-1") };
    input.devices.push(last_seen("2026-10-31T00:00:00Z"));
    let waited_for = fold(&input);
    input.devices[7] = last_seen("2026-10-30T23:59:59Z");
    let silent = fold(&input);
    // Another phone of the van brought something it wrote.
    input.devices[7].last_active = Some(at("2026-11-10T12:00:00Z"));
    let heard_of = fold(&input);

    assert_eq!(waited_for.completeness.missing, [unit("azilal-1")]);
    assert_eq!(silent.completeness.state, CompletenessState::Complete);
    assert_eq!(silent.completeness.silent_devices[0].device, device(20));
    assert_eq!(heard_of.completeness.missing, [unit("azilal-1")]);
}

#[test]
fn a_device_enrolled_after_the_tour_is_not_asked_about_it() {
    let mut input = seven_units();
    let enrolled_at = Some(at("2026-11-15T10:00:00Z"));
    input.devices.push(DeviceMark { enrolled_at, last_contact: None, waiting: None, ..mark(20, "azilal-1") });

    assert_eq!(status(&fold(&input), "azilal-1"), UnitStatus::In);
}

#[test]
fn a_device_that_opened_the_tour_is_asked_about_it_however_late_it_was_enrolled() {
    let mut input = seven_units();
    let enrolled_at = Some(at("2026-11-15T10:00:00Z"));
    let late = DeviceMark { enrolled_at, last_contact: None, waiting: None, ..mark(20, "azilal-1") };
    input.devices.push(late.clone());
    input.shifts[0].record.device = Some(late.device);
    let not_heard = fold(&input);
    let last_contact = Some(at("2026-11-15T10:01:00Z"));
    input.devices[7] = DeviceMark { last_contact, waiting: Some(0), ..late };
    // It alone can have brought the tour, and it is known to have.
    input.devices.remove(0);

    assert_eq!(not_heard.completeness.missing, [unit("azilal-1")]);
    assert_eq!(status(&fold(&input), "azilal-1"), UnitStatus::In);
}

#[test]
fn a_tour_without_any_known_device_is_not_taken_to_be_complete() {
    let mut input = seven_units();
    input.devices.remove(0);

    assert_eq!(status(&fold(&input), "azilal-1"), missing(vec![MissingReason::NoDeviceKnown]));
}

#[test]
fn the_end_told_by_a_suspect_clock_is_not_waited_for() {
    let mut input = seven_units();
    input.shifts[0].record.ended_at = Some(at("2026-11-17T04:30:00Z"));
    let trusted = fold(&input);
    input.shifts[0].clock_suspect = true;

    assert_eq!(trusted.completeness.missing, [unit("azilal-1")]);
    assert_eq!(status(&fold(&input), "azilal-1"), UnitStatus::In);
}

#[test]
fn devices_with_a_clock_more_than_five_minutes_off_are_named() {
    let mut input = seven_units();
    input.devices[0].clock_ahead_ms = Some(-300_001);
    input.devices[1].clock_ahead_ms = Some(300_000);

    let suspects = fold(&input).completeness.clock_suspects;

    assert_eq!(suspects.iter().map(|one| (one.device, one.ahead_ms)).collect::<Vec<_>>(), [(device(1), -300_001)]);
}
