//! Indicators 5 to 8, 23 and 42, duplicates and quality, by hand.

use jisr_sync_core::activity::{Attempts, Contacts, Likeness, PlaceFacts, Refusals, fold};
use jisr_sync_core::codes::{ContactOutcome, ObservedGroup, VoidReason};
use jisr_sync_core::record::Encounter;

use crate::kit::*;

#[test]
fn encounters_leave_out_who_was_not_found_only_observed_or_not_approached() {
    let mut input = saturday();
    let outcomes = [
        ContactOutcome::Engaged,
        ContactOutcome::Engaged,
        ContactOutcome::Brief,
        ContactOutcome::Refused,
        ContactOutcome::NotFound,
        ContactOutcome::Asleep,
        ContactOutcome::Unable,
        ContactOutcome::Unsafe,
        ContactOutcome::Observed,
        ContactOutcome::Unrecognised("waved".into()),
    ];
    for (number, outcome) in (10..).zip(outcomes) {
        input.encounters.push(row(number, "azilal-1", encounter(outcome)));
    }

    let figures = total(&input);

    assert_eq!(figures.encounters, 7);
    assert_eq!(figures.contacts, Contacts { engaged: 2, brief: 1 });
    assert_eq!(figures.attempts, Attempts { not_found: 1, not_approached: 1, asleep: 1, out_of: 9 });
    assert_eq!(figures.attempts.total(), 3);
}

#[test]
fn voided_encounters_and_drafts_are_counted_apart_and_nowhere_else() {
    let mut input = saturday();
    let voided = Encounter { voided: Some(VoidReason::Test), ..engaged(&[known(1), unknown()]) };
    let draft = Encounter { outcome: None, ..engaged(&[known(2)]) };
    input.encounters = vec![row(10, "azilal-1", voided), row(11, "azilal-1", draft)];

    let figures = total(&input);

    assert_eq!((figures.encounters, figures.known_persons, figures.persons_met.at_most), (0, 0, 0));
    assert_eq!((figures.quality.voided, figures.quality.drafts), (1, 1));
}

#[test]
fn refusals_count_encounters_and_distinct_known_persons() {
    let mut input = saturday();
    let refused = |slots| Encounter { outcome: Some(ContactOutcome::Refused), ..engaged(slots) };
    input.encounters = vec![
        row(10, "azilal-1", refused(&[known(1), known(2)])),
        row(11, "azilal-2", refused(&[known(1), unknown()])),
        row(12, "azilal-1", engaged(&[known(3)])),
    ];

    let activity = fold(&input);

    assert_eq!(activity.total.refusals, Refusals { encounters: 2, known_persons: 2 });
    assert_eq!(of_unit(&activity, "azilal-2").refusals, Refusals { encounters: 1, known_persons: 1 });
}

#[test]
fn who_was_only_observed_is_summed_apart_and_never_among_the_persons() {
    let mut input = saturday();
    let seen = |boys, girls| Encounter {
        observed: [(ObservedGroup::Boys, boys), (ObservedGroup::Girls, girls)].into(),
        ..encounter(ContactOutcome::Observed)
    };
    input.encounters = vec![row(10, "azilal-1", seen(3, 0)), row(11, "azilal-1", seen(4, 2))];

    let figures = total(&input);

    assert_eq!((figures.observed[&ObservedGroup::Boys], figures.observed[&ObservedGroup::Girls]), (7, 2));
    assert_eq!(figures.persons_met.at_most, 0);
}

#[test]
fn two_hands_on_one_contact_are_proposed_and_counted_twice_until_somebody_decides() {
    let mut input = saturday();
    input.shifts = vec![row(1, "azilal-1", night_tour())];
    let by = |who: &str, minute: u8, encounter: Encounter| Encounter {
        shift: Some(id(1)),
        recorded_by: Some(staff(who)),
        occurred_at: Some(at(&format!("2026-11-14T21:{minute:02}:00Z"))),
        ..encounter
    };
    let nobody = || Encounter { place: Some(id(900)), ..engaged(&[unknown()]) };
    let elsewhere = || Encounter { place: Some(id(901)), ..engaged(&[unknown()]) };
    input.encounters = vec![
        row(10, "azilal-1", by("aa1", 0, engaged(&[known(1)]))),
        row(11, "azilal-1", by("bb2", 15, engaged(&[known(1), known(2)]))),
        row(12, "azilal-1", by("bb2", 16, engaged(&[known(9)]))),
        row(13, "azilal-1", by("aa1", 31, engaged(&[known(1)]))),
        row(14, "azilal-1", by("aa1", 40, nobody())),
        row(15, "azilal-1", by("bb2", 41, nobody())),
        row(16, "azilal-1", by("bb2", 42, nobody())),
        row(17, "azilal-1", by("aa1", 43, elsewhere())),
    ];

    let open = fold(&input);
    input.not_duplicates.insert((id(11), id(10)));
    let decided = fold(&input);

    let pairs: Vec<_> = open.possible_duplicates.iter().map(|pair| (pair.encounters, pair.likeness)).collect();
    let expected = [
        ((id(10), id(11)), Likeness::SamePerson),
        ((id(14), id(15)), Likeness::SamePlace),
        ((id(14), id(16)), Likeness::SamePlace),
    ];
    assert_eq!(pairs, expected);
    assert_eq!((open.total.encounters, open.total.quality.possible_duplicates), (8, 3));
    assert_eq!(decided.total.quality.possible_duplicates, 2);
}

#[test]
fn encounters_of_different_tours_are_never_proposed_as_duplicates() {
    let mut input = saturday();
    input.shifts = vec![row(1, "azilal-1", night_tour()), row(2, "azilal-2", night_tour())];
    for (number, name) in [(1, "azilal-1"), (2, "azilal-2")] {
        let met = Encounter { shift: Some(id(number)), recorded_by: Some(staff(name)), ..engaged(&[known(1)]) };
        input.encounters.push(row(10 + number, name, met));
    }

    assert_eq!(fold(&input).possible_duplicates, []);
}

#[test]
fn communes_and_places_hold_encounters_and_distinct_persons_and_what_is_unknown_is_said() {
    let mut input = saturday();
    input.places.insert(id(900), PlaceFacts { commune: Some("081.01.01".into()), same_as: None });
    input.places.insert(id(901), PlaceFacts { commune: None, same_as: Some(id(900)) });
    let at_place = |place, slots| Encounter { place: Some(id(place)), ..engaged(slots) };
    input.encounters = vec![
        row(10, "azilal-1", at_place(900, &[known(1)])),
        row(11, "azilal-2", at_place(901, &[known(1), known(2)])),
        row(12, "azilal-2", engaged(&[known(2)])),
    ];

    let activity = fold(&input);

    let places: Vec<_> = activity.by_place.iter().map(|one| (one.place, one.slice.encounters)).collect();
    assert_eq!(places, [(None, 1), (Some(id(900)), 2)]);
    let communes: Vec<_> =
        activity.by_commune.iter().map(|one| (one.commune.as_deref(), one.slice.known_persons)).collect();
    assert_eq!(communes, [(None, 1), (Some("081.01.01"), 2)]);
}

#[test]
fn late_and_conflicted_records_are_counted_once_the_day_is_closed() {
    let mut input = saturday();
    let mut rows = vec![row(10, "azilal-1", engaged(&[])), row(11, "azilal-1", engaged(&[]))];
    rows[0].received_at = Some(at("2026-11-15T09:00:00Z"));
    rows[1].received_at = Some(at("2026-11-17T09:00:00Z"));
    rows[1].conflicted = true;
    input.encounters = rows;
    let open = total(&input).quality;
    input.closed_at = Some(at("2026-11-16T12:00:00Z"));

    assert_eq!((open.late, open.conflicted), (None, 1));
    assert_eq!(total(&input).quality.late, Some(1));
}
