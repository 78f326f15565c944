//! Which day things count for, at the instants where clocks and calendars are awkward.

use jisr_sync_core::activity::{encounter_day, fold, instant_day, shift_day};
use jisr_sync_core::codes::{ContactOutcome, ShiftType};
use jisr_sync_core::record::{Encounter, Shift};
use jisr_sync_core::time::{HourKind, UtcOffset, tzdb_version};

use crate::kit::*;

const HOUR_MS: u64 = 3_600_000;

#[test]
fn bundled_data_know_the_year_morocco_left_its_clock_changes() {
    let local = |text| zone().local(at(text)).unwrap().to_string();

    assert_eq!(local("2026-02-15T01:59:59Z"), "2026-02-15T02:59:59");
    assert_eq!(local("2026-02-15T02:00:00Z"), "2026-02-15T02:00:00");
    assert_eq!(local("2026-03-22T01:59:59Z"), "2026-03-22T01:59:59");
    assert_eq!(local("2026-03-22T02:00:00Z"), "2026-03-22T03:00:00");
    assert_eq!(local("2026-06-01T00:00:00Z"), "2026-06-01T01:00:00");
    assert_eq!(local("2026-11-23T00:00:00Z"), "2026-11-23T00:00:00");
    assert_eq!(local("2028-02-29T12:00:00Z"), "2028-02-29T12:00:00");
    assert!(tzdb_version() >= "2026c", "{} is older than the change", tzdb_version());
}

#[test]
fn the_last_second_of_plus_one_is_before_the_first_of_plus_zero() {
    let offset = |text| zone().offset(at(text)).unwrap();

    assert_eq!(offset("2026-09-20T00:59:59Z"), UtcOffset(60));
    assert_eq!(offset("2026-09-20T01:00:00Z"), UtcOffset(0));
}

#[test]
fn noon_to_noon_keeps_the_hours_after_midnight_with_the_night_before() {
    let night = |text| instant_day(at(text), true, &zone()).unwrap();

    assert_eq!(night("2026-11-15T11:59:59Z"), day("2026-11-14"));
    assert_eq!(night("2026-11-15T12:00:00Z"), day("2026-11-15"));
    // At +01, noon is 11:00Z.
    assert_eq!(night("2026-06-01T10:59:59Z"), day("2026-05-31"));
    assert_eq!(night("2026-06-01T11:00:00Z"), day("2026-06-01"));
    assert_eq!(night("2028-03-01T03:00:00Z"), day("2028-02-29"));
}

#[test]
fn a_day_unit_without_a_tour_counts_by_the_local_date() {
    let local = |text| instant_day(at(text), false, &zone()).unwrap();

    assert_eq!(local("2026-05-31T22:59:59Z"), day("2026-05-31"));
    assert_eq!(local("2026-05-31T23:00:00Z"), day("2026-06-01"));
    assert_eq!(local("2026-11-23T23:59:59Z"), day("2026-11-23"));
}

#[test]
fn a_shift_counts_for_the_day_of_its_planned_start_even_when_it_starts_after_midnight() {
    let late = Shift { started_at: Some(at("2026-11-15T00:20:00Z")), ..night_tour() };
    let unplanned = Shift { planned_start: None, ..late.clone() };

    assert_eq!(shift_day(&late, &zone()), Some(day("2026-11-14")));
    assert_eq!(shift_day(&unplanned, &zone()), Some(day("2026-11-15")));
}

#[test]
fn an_encounter_goes_where_its_shift_goes() {
    let after_midnight = Encounter { occurred_at: Some(at("2026-11-15T03:00:00Z")), ..engaged(&[]) };

    assert_eq!(encounter_day(&after_midnight, Some(&night_tour()), false, &zone()), Some(day("2026-11-14")));
    assert_eq!(encounter_day(&after_midnight, None, false, &zone()), Some(day("2026-11-15")));
    assert_eq!(encounter_day(&after_midnight, None, true, &zone()), Some(day("2026-11-14")));
    assert_eq!(encounter_day(&Encounter::default(), None, true, &zone()), None);
}

/// Local 20:00 to 04:30 that starts on `on`; how many hours it lasts; local hours of its encounters in UTC.
fn a_night_is_one_day(on: &str, from: &str, to: &str, hours_times_two: u64, encounters: &[&str]) {
    let mut input = saturday();
    input.day = day(on);
    input.as_of = at("2028-12-31T12:00:00Z");
    input.shifts = vec![row(1, "azilal-1", Shift { shift_type: Some(ShiftType::Night), ..tour(from, to) })];
    for (number, when) in (10..).zip(encounters) {
        let occurred_at = Some(at(when));
        let met = Encounter { shift: Some(id(1)), occurred_at, ..encounter(ContactOutcome::Engaged) };
        input.encounters.push(row(number, "azilal-1", met));
    }

    let that_day = fold(&input);
    input.day = day(on).next();
    let day_after = fold(&input);

    assert_eq!(that_day.total.encounters, encounters.len() as u64, "{on}");
    assert_eq!(that_day.total.tour_hours.milliseconds, hours_times_two * HOUR_MS / 2, "{on}");
    assert_eq!((day_after.total.encounters, day_after.total.tours.made), (0, 0), "{on}");
}

#[test]
fn a_night_over_a_clock_change_or_a_months_end_is_all_of_the_day_it_began() {
    // Clocks go back at 03:00 on 15 February: the wall shows 8.5 hours, the crew worked 9.5.
    let february = ["2026-02-14T20:00:00Z", "2026-02-15T01:30:00Z", "2026-02-15T02:30:00Z", "2026-02-15T04:30:00Z"];
    a_night_is_one_day("2026-02-14", "2026-02-14T19:00:00Z", "2026-02-15T04:30:00Z", 19, &february);
    // Forward at 02:00 on 22 March: one hour less.
    let march = ["2026-03-21T20:00:00Z", "2026-03-22T01:59:59Z", "2026-03-22T02:00:00Z"];
    a_night_is_one_day("2026-03-21", "2026-03-21T20:00:00Z", "2026-03-22T03:30:00Z", 15, &march);
    // To permanent +00 at 02:00 on 20 September.
    let september = ["2026-09-19T23:30:00Z", "2026-09-20T00:59:59Z", "2026-09-20T01:00:00Z", "2026-09-20T04:00:00Z"];
    a_night_is_one_day("2026-09-19", "2026-09-19T19:00:00Z", "2026-09-20T04:30:00Z", 19, &september);
    let november = ["2026-11-30T23:59:59Z", "2026-12-01T00:00:00Z", "2026-12-01T04:00:00Z"];
    a_night_is_one_day("2026-11-30", "2026-11-30T20:00:00Z", "2026-12-01T04:30:00Z", 17, &november);
    let leap = ["2028-02-29T23:59:59Z", "2028-03-01T00:00:00Z"];
    a_night_is_one_day("2028-02-29", "2028-02-29T20:00:00Z", "2028-03-01T04:30:00Z", 17, &leap);
}

#[test]
fn hours_stand_in_the_order_of_the_operational_day_by_the_stored_offset() {
    let mut input = saturday();
    input.day = day("2026-02-14");
    let night = Shift { shift_type: Some(ShiftType::Night), ..tour("2026-02-14T19:00:00Z", "2026-02-15T04:30:00Z") };
    input.shifts = vec![row(1, "azilal-1", night)];
    let meetings = [("2026-02-15T01:30:00Z", 60), ("2026-02-15T02:30:00Z", 0), ("2026-02-14T22:30:00Z", 60)];
    for (number, (when, offset)) in (10..).zip(meetings) {
        let met = Encounter {
            shift: Some(id(1)),
            occurred_at: Some(at(when)),
            utc_offset: Some(UtcOffset(offset)),
            ..engaged(&[known(500)])
        };
        input.encounters.push(row(number, "azilal-1", met));
    }

    let by_hour = fold(&input).by_hour;

    let hours: Vec<u8> = by_hour.hours.iter().map(|hour| hour.hour).collect();
    assert_eq!(hours, (6..24).chain(0..6).collect::<Vec<u8>>());
    let repeated: Vec<u8> = by_hour.hours.iter().filter(|hour| hour.repeated).map(|hour| hour.hour).collect();
    assert_eq!(repeated, [2]);
    let two = by_hour.hours.iter().find(|hour| hour.hour == 2).unwrap();
    assert_eq!((two.slice.encounters, two.slice.known_persons), (2, 1));
    assert_eq!(by_hour.hours.iter().find(|hour| hour.hour == 23).unwrap().slice.encounters, 1);
    assert_eq!(by_hour.unplaced.encounters, 0);
}

#[test]
fn a_skipped_hour_is_marked_and_ordinary_ones_are_not() {
    assert_eq!(zone().hour_kind(day("2026-03-22"), 2), HourKind::Skipped);
    assert_eq!(zone().hour_kind(day("2026-09-20"), 1), HourKind::Repeated);
    assert_eq!(zone().hour_kind(day("2026-11-14"), 2), HourKind::Once);
}

#[test]
fn a_phone_clock_two_days_wrong_leaves_the_record_in_its_shifts_day_marked() {
    let mut input = saturday();
    input.shifts = vec![row(1, "azilal-1", night_tour())];
    let wrong = Encounter { shift: Some(id(1)), occurred_at: Some(at("2026-11-16T21:00:00Z")), ..engaged(&[known(5)]) };
    let mut wrong = row(10, "azilal-1", wrong);
    wrong.clock_suspect = true;
    input.encounters = vec![wrong];

    let activity = fold(&input);

    assert_eq!((activity.total.encounters, activity.total.quality.clock_suspects), (1, 1));
    assert_eq!(activity.by_hour.unplaced.encounters, 1);
    assert!(activity.by_hour.hours.iter().all(|hour| hour.slice.encounters == 0));
}

#[test]
fn an_encounter_whose_shift_has_not_arrived_counts_by_its_time_and_is_said_to() {
    let mut input = saturday();
    let met = Encounter { shift: Some(id(77)), ..engaged(&[]) };
    input.encounters = vec![row(10, "azilal-1", met)];

    let figures = total(&input);

    assert_eq!((figures.encounters, figures.quality.shift_unknown), (1, 1));
}

#[test]
fn moving_an_encounter_to_another_shift_moves_it_to_that_shifts_day() {
    let mut input = saturday();
    let friday = Shift { operational_day: Some(day("2026-11-13")), ..night_tour() };
    input.shifts = vec![row(1, "azilal-1", night_tour()), row(2, "azilal-1", friday)];
    input.encounters = vec![row(10, "azilal-1", Encounter { shift: Some(id(1)), ..engaged(&[]) })];
    let before = total(&input).encounters;

    input.encounters[0].record.shift = Some(id(2));

    assert_eq!((before, total(&input).encounters), (1, 0));
}
