//! Indicators 1 to 4, by hand.

use jisr_sync_core::activity::{DayInput, PlannedShift, ReviewItem, fold};
use jisr_sync_core::codes::{CancelReason, CrewRole};
use jisr_sync_core::record::{CrewMember, Shift};
use jisr_sync_core::time::UnixMillis;

use crate::kit::*;

const MINUTE_MS: u64 = 60_000;

fn plan(name: &str, from: &str, to: &str) -> PlannedShift {
    PlannedShift { unit: unit(name), starts: at(from), ends: at(to), shift: None, cancelled: None }
}

fn with_crew(names: &[&str], shift: Shift) -> Shift {
    let member = CrewMember { role: Some(CrewRole::Driver) };
    Shift { crew: names.iter().map(|name| (staff(name), member.clone())).collect(), ..shift }
}

fn with_shifts(shifts: Vec<Shift>) -> DayInput {
    let mut input = saturday();
    input.shifts = (1..).zip(shifts).map(|(number, shift)| row(number, "azilal-1", shift)).collect();
    input
}

#[test]
fn tours_planned_made_cancelled_broken_off_and_not_opened_are_told_apart() {
    let day_tour = || tour("2026-11-14T09:00:00Z", "2026-11-14T13:00:00Z");
    let cancelled = Shift { started_at: None, ended_at: None, cancelled: Some(CancelReason::Breakdown), ..day_tour() };
    let broken_off = Shift { cancelled: Some(CancelReason::Weather), ..day_tour() };
    let spontaneous = Shift { planned_start: None, planned_end: None, ..night_tour() };
    let open = Shift { ended_at: None, ..night_tour() };
    let mut input = with_shifts(vec![day_tour(), cancelled, broken_off, open]);
    input.shifts.push(row(9, "azilal-2", spontaneous));
    // Carried out by the unit's first tour; not opened; given up in the plan.
    input.plan.push(plan("azilal-1", "2026-11-14T08:30:00Z", "2026-11-14T13:00:00Z"));
    input.plan.push(plan("khouribga-1", "2026-11-14T20:00:00Z", "2026-11-15T04:00:00Z"));
    let given_up = plan("khouribga-1", "2026-11-14T09:00:00Z", "2026-11-14T12:00:00Z");
    input.plan.push(PlannedShift { cancelled: Some(CancelReason::NoCrew), ..given_up });

    let tours = total(&input).tours;

    assert_eq!((tours.planned, tours.made, tours.cancelled), (6, 4, 2));
    assert_eq!((tours.broken_off, tours.open, tours.not_opened), (1, 1, 1));
    assert_eq!(tours.cancelled_by_reason[&CancelReason::Breakdown], 1);
    assert_eq!(tours.cancelled_by_reason[&CancelReason::NoCrew], 1);
}

#[test]
fn a_plan_that_names_its_shift_is_not_given_to_another() {
    let mut input = with_shifts(vec![
        tour("2026-11-14T09:00:00Z", "2026-11-14T13:00:00Z"),
        tour("2026-11-14T20:00:00Z", "2026-11-14T23:00:00Z"),
    ]);
    let morning = plan("azilal-1", "2026-11-14T09:00:00Z", "2026-11-14T13:00:00Z");
    input.plan = vec![morning.clone(), PlannedShift { shift: Some(id(1)), ..morning }];

    let tours = total(&input).tours;

    assert_eq!((tours.planned, tours.not_opened), (2, 0));
}

#[test]
fn a_made_tour_is_given_the_plan_that_holds_and_never_one_that_was_given_up() {
    let mut input = with_shifts(vec![tour("2026-11-14T20:00:00Z", "2026-11-14T23:00:00Z")]);
    let morning = plan("azilal-1", "2026-11-14T09:00:00Z", "2026-11-14T13:00:00Z");
    let given_up = PlannedShift { cancelled: Some(CancelReason::NoCrew), ..morning };
    input.plan = vec![given_up, plan("azilal-1", "2026-11-14T20:00:00Z", "2026-11-14T23:00:00Z")];
    let both = total(&input).tours;
    input.plan.pop();
    let alone = total(&input).tours;

    assert_eq!((both.planned, both.made, both.cancelled, both.not_opened), (2, 1, 1, 0));
    assert_eq!((alone.made, alone.cancelled, alone.not_opened), (1, 1, 0));
}

#[test]
fn a_record_of_a_tour_that_was_given_up_and_its_plan_are_one() {
    let not_made = Shift { started_at: None, ended_at: None, cancelled: Some(CancelReason::NoCrew), ..night_tour() };
    let mut input = with_shifts(vec![not_made]);
    let planned = plan("azilal-1", "2026-11-14T20:00:00Z", "2026-11-15T04:30:00Z");
    input.plan = vec![PlannedShift { cancelled: Some(CancelReason::NoCrew), ..planned }];

    let tours = total(&input).tours;

    assert_eq!((tours.planned, tours.cancelled), (1, 1));
}

#[test]
fn of_two_plans_that_name_one_shift_the_second_counts_by_itself() {
    let mut input = with_shifts(vec![
        tour("2026-11-14T09:00:00Z", "2026-11-14T13:00:00Z"),
        tour("2026-11-14T20:00:00Z", "2026-11-14T23:00:00Z"),
    ]);
    let named = PlannedShift { shift: Some(id(1)), ..plan("azilal-1", "2026-11-14T09:00:00Z", "2026-11-14T13:00:00Z") };
    input.plan = vec![named.clone(), named];

    let tours = total(&input).tours;

    assert_eq!((tours.planned, tours.made, tours.not_opened), (3, 2, 1));
}

#[test]
fn tour_hours_are_utc_differences_and_overlapping_crews_of_one_vehicle_count_once() {
    let mut input = with_shifts(vec![
        tour("2026-11-14T09:00:00Z", "2026-11-14T13:00:00Z"),
        tour("2026-11-14T11:00:00Z", "2026-11-14T14:00:00Z"),
    ]);
    input.shifts.push(row(9, "azilal-2", tour("2026-11-14T09:00:00Z", "2026-11-14T10:30:00Z")));

    let activity = fold(&input);

    assert_eq!(activity.total.tour_hours.milliseconds, (5 * 60 + 90) * MINUTE_MS);
    assert_eq!(of_unit(&activity, "azilal-1").tour_hours.milliseconds, 300 * MINUTE_MS);
}

#[test]
fn an_open_tour_counts_up_to_now_and_is_marked_but_never_past_noon_of_the_next_day() {
    let mut input = with_shifts(vec![Shift { ended_at: None, ..night_tour() }]);
    input.as_of = at("2026-11-14T23:00:00Z");
    let during = fold(&input);
    input.as_of = at("2026-12-24T12:00:00Z");
    let weeks_later = fold(&input);

    assert_eq!(during.total.tour_hours.milliseconds, 180 * MINUTE_MS);
    assert_eq!(during.total.tour_hours.open_tours, 1);
    assert_eq!(during.review, []);
    assert_eq!(weeks_later.total.tour_hours.milliseconds, 16 * 60 * MINUTE_MS);
    assert_eq!(weeks_later.review, [ReviewItem::ShiftNotClosed { shift: id(1) }]);
}

#[test]
fn a_tour_that_ends_before_it_starts_is_not_measured_and_one_of_nineteen_hours_is_looked_at() {
    let backwards = tour("2026-11-14T09:00:00Z", "2026-11-14T08:00:00Z");
    let long = Shift { vehicle: Some("two".into()), ..tour("2026-11-14T05:00:00Z", "2026-11-15T00:00:00Z") };
    let exactly = Shift { vehicle: Some("three".into()), ..tour("2026-11-14T05:00:00Z", "2026-11-14T23:00:00Z") };

    let activity = fold(&with_shifts(vec![backwards, long, exactly]));

    assert_eq!(activity.total.tour_hours.unmeasured_tours, 1);
    assert_eq!(activity.total.tour_hours.milliseconds, 37 * 60 * MINUTE_MS);
    let expected = [ReviewItem::ShiftTooLong { shift: id(2) }, ReviewItem::ShiftEndsBeforeStart { shift: id(1) }];
    assert_eq!(activity.review, expected);
}

#[test]
fn a_tour_of_more_than_two_days_is_not_measured_and_looked_at() {
    let crew = &["aa1"];
    let two_days = with_crew(crew, tour("2026-11-14T05:00:00Z", "2026-11-16T05:00:00Z"));
    let more = with_crew(crew, tour("2026-11-14T05:00:00Z", "2026-11-16T05:00:01Z"));
    let more = Shift { vehicle: Some("two".into()), ..more };

    let activity = fold(&with_shifts(vec![two_days, more]));

    for hours in [activity.total.tour_hours, activity.total.staff_hours] {
        assert_eq!((hours.milliseconds, hours.unmeasured_tours), (48 * 60 * MINUTE_MS, 1));
    }
    let expected = [ReviewItem::ShiftTooLong { shift: id(1) }, ReviewItem::ShiftTooLong { shift: id(2) }];
    assert_eq!(activity.review, expected);
}

#[test]
fn times_beyond_any_calendar_are_neither_measured_nor_break_the_day() {
    let (first, last) = (Some(UnixMillis(i64::MIN)), Some(UnixMillis(i64::MAX)));
    let of_the_day = |vehicle: &str, ended_at| {
        let (operational_day, vehicle) = (Some(day("2026-11-14")), Some(vehicle.into()));
        let shift = Shift { operational_day, vehicle, started_at: first, ended_at, ..Shift::default() };
        with_crew(&["aa1", "bb2", "cc3"], shift)
    };

    let activity = fold(&with_shifts(vec![
        of_the_day("one", last),
        of_the_day("two", last),
        of_the_day("three", last),
        of_the_day("four", None),
    ]));

    for hours in [activity.total.tour_hours, activity.total.staff_hours] {
        assert_eq!((hours.milliseconds, hours.unmeasured_tours, hours.open_tours), (0, 4, 1));
    }
    assert!(activity.review.contains(&ReviewItem::ShiftTooLong { shift: id(1) }));
}

#[test]
fn staff_hours_count_every_member_once_and_two_vehicles_at_once_are_looked_at() {
    let mut input = with_shifts(vec![
        with_crew(&["aa1", "bb2"], tour("2026-11-14T09:00:00Z", "2026-11-14T13:00:00Z")),
        tour("2026-11-14T15:00:00Z", "2026-11-14T16:00:00Z"),
    ]);
    input.shifts.push(row(9, "azilal-2", with_crew(&["bb2"], tour("2026-11-14T12:00:00Z", "2026-11-14T14:00:00Z"))));

    let activity = fold(&input);

    // aa1: 9 to 13. bb2: 9 to 14.
    assert_eq!(activity.total.staff_hours.milliseconds, 9 * 60 * MINUTE_MS);
    assert_eq!(activity.total.staff_hours.unmeasured_tours, 1);
    assert_eq!(activity.review, [ReviewItem::StaffOnTwoVehicles { staff: staff("bb2"), shifts: (id(1), id(9)) }]);
}

#[test]
fn kilometres_that_are_missing_backwards_or_beyond_600_are_not_counted_and_their_tours_are() {
    let read = |start, end| Shift { odometer_start: start, odometer_end: end, ..night_tour() };
    let not_made = Shift { started_at: None, ended_at: None, ..read(None, None) };

    let activity = fold(&with_shifts(vec![
        read(Some(1000), Some(1085)),
        read(Some(1000), Some(1600)),
        read(Some(1000), Some(1000)),
        read(Some(1000), Some(1601)),
        read(Some(1000), Some(999)),
        read(None, Some(999)),
        not_made,
    ]));

    assert_eq!(activity.total.kilometres.kilometres, 685);
    assert_eq!(activity.total.kilometres.tours_without, 3);
    let implausible: Vec<_> =
        activity.review.iter().filter(|item| matches!(item, ReviewItem::KilometresImplausible { .. })).collect();
    assert_eq!(implausible.len(), 2);
}
