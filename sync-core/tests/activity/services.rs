//! Indicators 24 to 36, by hand.

use jisr_sync_core::activity::{
    FamilyReturns, FollowUps, Headcount, Items, PersonFacts, PersonsServed, Range, ReviewItem, fold,
};
use jisr_sync_core::codes::{CancelReason, ReferralDestination, ReferralStatus, ServiceResult, ServiceType};
use jisr_sync_core::record::{Encounter, FollowUp, Referral, Shift, StockItem};

use crate::kit::*;

/// An encounter with these quantities, keyed as `meal` or `meal@00000001`.
fn gave(given: &[(&str, u32)], met: Encounter) -> Encounter {
    Encounter { given: given.iter().map(|(key, count)| (key.parse().unwrap(), *count)).collect(), ..met }
}

fn with_result(key: &str, result: ServiceResult, mut met: Encounter) -> Encounter {
    met.service_outcomes.insert(key.parse().unwrap(), outcome(result));
    met
}

#[test]
fn services_count_what_was_done_or_partly_done_and_nothing_refused() {
    let mut input = saturday();
    let first = gave(&[("meal@00000001", 2), ("meal", 5), ("blanket", 1)], engaged(&[known(1)]));
    let second = with_result("first_aid", ServiceResult::Partly, engaged(&[known(1)]));
    let third = with_result("meal", ServiceResult::RefusedByPerson, gave(&[("meal", 3)], engaged(&[known(2)])));
    let fourth = with_result("shelter", ServiceResult::NotPossible, gave(&[("hot_drink", 0)], engaged(&[])));
    for (number, met) in (10..).zip([first, second, third, fourth]) {
        input.encounters.push(row(number, "azilal-1", met));
    }

    let figures = total(&input);

    let services: Vec<(&str, u64)> = [("meal", 2), ("blanket", 1), ("first_aid", 1)].into();
    assert_eq!(figures.services, services.into_iter().map(|(code, acts)| (code.into(), acts)).collect());
    assert_eq!(figures.items[&ServiceType::Meal], Items { given: 7, used_from_stock: None });
    assert_eq!(figures.items.get(&ServiceType::FirstAid), None);
}

#[test]
fn items_given_are_held_against_what_left_the_stock() {
    let mut input = saturday();
    let stock = |quantity| StockItem { quantity: Some(quantity) };
    let shift = Shift {
        stock_out: [(ServiceType::Blanket, stock(30)), (ServiceType::Meal, stock(50))].into(),
        stock_in: [(ServiceType::Blanket, stock(12))].into(),
        ..night_tour()
    };
    input.shifts = vec![row(1, "azilal-1", shift)];
    input.encounters = vec![row(10, "azilal-1", gave(&[("blanket", 16), ("hygiene", 2)], engaged(&[])))];

    let items = total(&input).items;

    assert_eq!(items[&ServiceType::Blanket], Items { given: 16, used_from_stock: Some(18) });
    assert_eq!(items[&ServiceType::Blanket].difference(), Some(2));
    assert_eq!(items[&ServiceType::Meal].difference(), Some(50));
    assert_eq!(items[&ServiceType::Hygiene].difference(), None);
}

#[test]
fn persons_served_is_a_range_because_a_group_does_not_say_who() {
    let mut input = saturday();
    let pair = [known(1), unknown()];
    input.encounters = vec![
        // One of two, by name; the other may have had of the group's.
        row(10, "azilal-1", gave(&[("meal@00000001", 1), ("hot_drink", 2)], engaged(&pair))),
        // The group is one person.
        row(11, "azilal-1", gave(&[("meal", 1)], engaged(&[known(2)]))),
        row(12, "azilal-1", gave(&[("meal@00000001", 1), ("meal@00000002", 1)], engaged(&[unknown(), unknown()]))),
        row(13, "azilal-1", gave(&[("meal@00000001", 1)], engaged(&[unknown()]))),
        row(14, "azilal-1", engaged(&[known(3)])),
    ];

    let served = total(&input).persons_served;

    // Persons 1 and 2, and two unknown in one encounter; at most three and one unknown more.
    assert_eq!(served, PersonsServed { persons: Range { at_least: 4, at_most: 6 }, group_acts: 1 });
}

#[test]
fn a_referral_is_made_on_the_day_it_was_first_sent_and_the_night_keeps_its_own() {
    let mut input = saturday();
    input.shifts = vec![row(1, "azilal-1", night_tour())];
    input.encounters = vec![row(10, "azilal-1", Encounter { shift: Some(id(1)), ..engaged(&[]) })];
    let from_night = |events: &[_]| Referral { encounter: Some(id(10)), ..referral(events) };
    let sent = |when| event(ReferralStatus::Sent, when);
    let to = |kind, referral| Referral { to_kind: Some(kind), ..referral };
    input.referrals = vec![
        // Past midnight, while the tour lasted; and after it.
        row(20, "azilal-1", to(ReferralDestination::Cape, from_night(&[sent("2026-11-15T02:00:00Z")]))),
        row(21, "azilal-1", from_night(&[sent("2026-11-15T09:00:00Z")])),
        // Sent the day before, and again.
        row(22, "azilal-1", referral(&[sent("2026-11-13T10:00:00Z"), sent("2026-11-14T10:00:00Z")])),
        row(23, "azilal-2", to(ReferralDestination::Cape, referral(&[sent("2026-11-14T10:00:00Z")]))),
        row(24, "azilal-1", Referral { accompanied: Some(true), ..from_night(&[]) }),
        row(25, "azilal-1", from_night(&[event(ReferralStatus::Draft, "2026-11-14T21:00:00Z")])),
    ];

    let activity = fold(&input);

    assert_eq!((activity.total.referrals.made, activity.total.referrals.accompanied), (3, 1));
    assert_eq!(activity.total.referrals.by_destination[&ReferralDestination::Cape], 2);
    assert_eq!(of_unit(&activity, "azilal-2").referrals.made, 1);
}

#[test]
fn two_final_results_of_a_referral_are_counted_as_contradictory_and_somebody_is_told() {
    let mut input = saturday();
    input.referrals = vec![row(
        20,
        "azilal-1",
        referral(&[
            event(ReferralStatus::Sent, "2026-11-14T10:00:00Z"),
            event(ReferralStatus::NoPlace, "2026-11-14T11:00:00Z"),
            event(ReferralStatus::Attained, "2026-11-14T12:00:00Z"),
        ]),
    )];

    let activity = fold(&input);

    assert_eq!(activity.total.referrals.contradictory, 1);
    assert_eq!(activity.review, [ReviewItem::ReferralContradictory { referral: id(20) }]);
}

#[test]
fn a_shelter_placement_counts_once_per_person_however_it_was_written_down() {
    let mut input = saturday();
    let done = |met| with_result("shelter@00000001", ServiceResult::Done, met);
    input.encounters = vec![
        row(10, "azilal-1", done(engaged(&[known(1)]))),
        row(11, "azilal-2", done(engaged(&[unknown()]))),
        row(12, "azilal-2", with_result("shelter@00000001", ServiceResult::Partly, engaged(&[known(7)]))),
    ];
    let attained =
        |kind| Referral { to_kind: Some(kind), ..referral(&[event(ReferralStatus::Attained, "2026-11-14T23:00:00Z")]) };
    let shelter = || attained(ReferralDestination::HomelessCentre);
    input.referrals = vec![
        // The same person; the only one of encounter 11; somebody not named; another person; no shelter.
        row(20, "azilal-1", Referral { person: Some(id(1)), ..shelter() }),
        row(21, "azilal-2", Referral { encounter: Some(id(11)), ..shelter() }),
        row(22, "azilal-2", shelter()),
        row(23, "azilal-2", Referral { person: Some(id(4)), ..shelter() }),
        row(24, "azilal-2", Referral { person: Some(id(5)), ..attained(ReferralDestination::Hospital) }),
    ];

    assert_eq!(total(&input).shelter_placements, Headcount { known: 2, unknown_slots: 2 });
}

#[test]
fn a_return_to_family_counts_once_in_thirty_days_and_is_confirmed_by_a_later_follow_up() {
    let mut input = saturday();
    let returned = |slots: &[_]| gave(&[("family_return@00000001", 1)], engaged(slots));
    input.encounters = vec![
        row(10, "azilal-1", returned(&[aged(known(1), "12")])),
        row(11, "azilal-1", returned(&[known(2)])),
        row(12, "azilal-1", returned(&[known(3)])),
        row(13, "azilal-2", returned(&[aged(unknown(), "9")])),
    ];
    let before = |on| PersonFacts { returned_before: Some(day(on)), ..PersonFacts::default() };
    // 15 October is thirty days before, 16 October twenty-nine.
    input.persons.insert(id(2), before("2026-10-16"));
    input.persons.insert(id(3), PersonFacts { followed_up_on: Some(day("2026-11-20")), ..before("2026-10-15") });
    let exit = PersonFacts {
        exit_to_family_on: Some(day("2026-11-14")),
        case_owner: Some(unit("azilal-2")),
        followed_up_on: Some(day("2026-11-14")),
        ..PersonFacts::default()
    };
    input.persons.insert(id(4), exit);

    let activity = fold(&input);

    let heads = |known, unknown_slots| Headcount { known, unknown_slots };
    let expected = FamilyReturns { persons: heads(3, 1), minors: heads(1, 1), confirmed: 1 };
    assert_eq!(activity.total.family_returns, expected);
    assert_eq!(of_unit(&activity, "azilal-2").family_returns.persons, heads(1, 1));
}

#[test]
fn a_unit_of_which_only_a_return_is_known_has_figures() {
    // Found by the recount: without records of its own the unit was taken to be unknown, and the return was lost.
    let mut input = saturday();
    let (exit_to_family_on, case_owner) = (Some(day("2026-11-14")), Some(unit("khouribga-1")));
    input.persons.insert(id(4), PersonFacts { exit_to_family_on, case_owner, ..PersonFacts::default() });

    assert_eq!(of_unit(&fold(&input), "khouribga-1").family_returns.persons.known, 1);
}

#[test]
fn somebody_in_two_slots_of_one_encounter_has_the_later_slots_age_everywhere() {
    // Found by the recount: the return went by the first slot, the minors by the last.
    let mut input = saturday();
    let twice = engaged(&[aged(known(1), "10"), aged(known(1), "30")]);
    input.encounters = vec![row(10, "azilal-1", gave(&[("family_return@00000001", 1)], twice))];

    let figures = total(&input);

    assert_eq!((figures.family_returns.minors.known, figures.minors.certain.known), (0, 0));
}

#[test]
fn follow_ups_due_are_done_on_time_late_given_up_or_open() {
    let mut input = saturday();
    input.as_of = at("2026-11-16T09:00:00Z");
    let due = |on: &str, window_days| FollowUp { due_on: Some(day(on)), window_days, ..FollowUp::default() };
    let done = |on: &str, follow_up| FollowUp { done_on: Some(day(on)), ..follow_up };
    input.encounters = vec![row(10, "azilal-1", engaged(&[]))];
    let by = |encounter| FollowUp { done_by_encounter: Some(id(encounter)), ..due("2026-11-14", None) };
    let follow_ups = [
        done("2026-11-14", due("2026-11-14", None)),
        done("2026-11-15", due("2026-11-14", None)),
        done("2026-11-15", due("2026-11-12", Some(3))),
        due("2026-11-14", None),
        due("2026-11-14", Some(2)),
        FollowUp { cancelled: Some(CancelReason::Other), ..due("2026-11-14", None) },
        by(10),
        by(99),
        // Not of this day.
        due("2026-11-15", None),
        due("2026-11-12", Some(1)),
    ];
    input.follow_ups = (30..).zip(follow_ups).map(|(number, follow_up)| row(number, "azilal-1", follow_up)).collect();

    let figures = total(&input).follow_ups;

    let expected = FollowUps { due: 8, on_time: 3, late: 2, done_undated: 1, cancelled: 1, open: 1 };
    assert_eq!(figures, expected);
}

#[test]
fn a_follow_up_counts_for_the_unit_that_is_to_do_it() {
    let mut input = saturday();
    let assigned = FollowUp {
        due_on: Some(day("2026-11-14")),
        assigned_unit: Some(unit("khouribga-1")),
        cancelled: Some(CancelReason::Other),
        done_on: Some(day("2026-11-14")),
        ..FollowUp::default()
    };
    input.follow_ups = vec![row(30, "azilal-1", assigned)];

    let activity = fold(&input);

    assert_eq!(of_unit(&activity, "khouribga-1").follow_ups.on_time, 1);
    assert_eq!(activity.review, [ReviewItem::FollowUpContradictory { follow_up: id(30) }]);
}
