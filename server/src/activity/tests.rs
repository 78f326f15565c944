//! A day read from the rows: what belongs to it, what is known of its people, and what reading it costs.

use std::str::FromStr;
use std::sync::Arc;

use jisr_durable_kv::MemoryKv;
use jisr_durable_kv::fault::{Fault, FaultyKv};
use jisr_sync_core::activity::DailyActivity;
use jisr_sync_core::codes::{ContactOutcome, ExitReason, ReferralStatus, Sex};
use jisr_sync_core::id::{DocumentId, EntryId, UnitId};
use jisr_sync_core::record::{Encounter, FollowUp, Person, PersonSlot, Place, Referral, Shift, StatusEvent};
use jisr_sync_core::time::{OperationalDay, UnixMillis};

use super::{DayReader, DayReading};
use crate::kit_for_tests::{EVENING, Sent, TestDevice, memory, merge_one, over, registry, set_aside_many, zone};
use crate::registry::{Fleet, KvRegistry};
use crate::storage::{DeviceMark, KvStorage, Storage};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn day(text: &str) -> OperationalDay {
    text.parse().unwrap()
}

fn at(hours: i64) -> UnixMillis {
    UnixMillis(EVENING.0 + hours * HOUR_MS)
}

fn read(storage: &KvStorage, registry: &KvRegistry, on: &str) -> DayReading {
    let (zone, units) = (zone(), registry.units().unwrap());
    DayReader { storage, fleet: registry, zone: &zone }.read(day(on), &units, at(100)).unwrap()
}

fn activity(storage: &KvStorage, registry: &KvRegistry, on: &str) -> DailyActivity {
    let (zone, units) = (zone(), registry.units().unwrap());
    DayReader { storage, fleet: registry, zone: &zone }.activity(day(on), &units, at(100)).unwrap()
}

fn with(person: Option<DocumentId>) -> [(EntryId, PersonSlot); 1] {
    [(EntryId::from_bytes([1; 4]), PersonSlot { person, sex: Some(Sex::Male), ..PersonSlot::default() })]
}

fn met(
    device: &mut TestDevice,
    shift: Option<DocumentId>,
    at: UnixMillis,
    person: Option<DocumentId>,
) -> (DocumentId, Sent) {
    device.create(&Encounter {
        shift,
        occurred_at: Some(at),
        outcome: Some(ContactOutcome::Engaged),
        persons: with(person).into(),
        ..Encounter::default()
    })
}

fn opened(device: &mut TestDevice, on: &str) -> (DocumentId, Sent) {
    device.create(&Shift { operational_day: Some(day(on)), ..Shift::default() })
}

/// The same change in the scope of the night unit.
fn by_night((_, document, change): Sent) -> Sent {
    ("unit/azilal-2".parse().unwrap(), document, change)
}

fn deliver(storage: &KvStorage, device: &TestDevice, sent: &[Sent]) {
    let mut delivered = device.delivers(sent);
    delivered.scopes.insert("unit/azilal-2".parse().unwrap());
    let outcomes = merge_one(storage, &delivered);
    assert!(outcomes.iter().all(|outcome| *outcome == crate::merge::Outcome::Appended), "{outcomes:?}");
}

#[test]
fn a_day_holds_its_tours_with_what_happened_after_midnight_and_no_other_days() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let registry = registry(&[&device]);
    let (shift, tour) = opened(&mut device, "2026-11-23");
    let (late, after_midnight) = met(&mut device, Some(shift), at(7), None);
    let (loose, by_day) = met(&mut device, None, at(-6), None);
    let (_, next_day) = met(&mut device, None, at(16), None);
    deliver(&storage, &device, &[tour, after_midnight, by_day, next_day]);

    let reading = read(&storage, &registry, "2026-11-23");
    let figures = activity(&storage, &registry, "2026-11-23");

    let mut of_day: Vec<_> = reading.records.iter().map(|record| record.id).collect();
    of_day.sort_unstable();
    let mut expected = vec![shift, late, loose];
    expected.sort_unstable();
    assert_eq!(of_day, expected);
    assert_eq!(figures.total.encounters, 2);
    assert_eq!(activity(&storage, &registry, "2026-11-24").total.encounters, 1);
}

#[test]
fn a_night_units_morning_without_a_tour_counts_for_the_day_before() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let registry = registry(&[&device]);
    let (_, morning) = met(&mut device, None, at(8), None);
    deliver(&storage, &device, &[by_night(morning)]);

    assert_eq!(activity(&storage, &registry, "2026-11-23").total.encounters, 1);
    assert_eq!(activity(&storage, &registry, "2026-11-24").total.encounters, 0);
}

#[test]
fn what_is_known_of_a_person_comes_from_all_its_nights() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let registry = registry(&[&device]);
    let (person, known) = device.create(&Person { sex: Some(Sex::Male), ..Person::default() });
    let mut sent = vec![known];
    for (on, hours) in [("2026-11-10", -13 * 24), ("2026-11-20", -3 * 24), ("2026-11-23", 0), ("2026-11-25", 48)] {
        let (shift, tour) = opened(&mut device, on);
        sent.push(tour);
        sent.push(met(&mut device, Some(shift), at(hours), Some(person)).1);
    }
    // Outside any tour, in a night unit's morning of the 22nd: for the 21st.
    sent.push(by_night(met(&mut device, None, at(-40), Some(person)).1));
    let done = FollowUp { person: Some(person), done_on: Some(day("2026-11-26")), ..FollowUp::default() };
    sent.push(device.create(&done).1);
    deliver(&storage, &device, &sent);

    let reading = read(&storage, &registry, "2026-11-23");

    let facts = &reading.input.persons[&person];
    assert_eq!(facts.first_met, Some(day("2026-11-10")));
    assert_eq!(facts.last_met_before, Some(day("2026-11-21")));
    assert_eq!(facts.followed_up_on, Some(day("2026-11-26")));
    assert_eq!(facts.sex, Some(Sex::Male));
    let first = &read(&storage, &registry, "2026-11-10").input.persons[&person];
    assert_eq!((first.first_met, first.last_met_before), (Some(day("2026-11-10")), None));
}

#[test]
fn a_first_meeting_in_a_night_units_morning_is_of_the_day_before() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let registry = registry(&[&device]);
    let (person, known) = device.create(&Person::default());
    let (shift, tour) = opened(&mut device, "2026-11-24");
    let on_tour = met(&mut device, Some(shift), at(24), Some(person)).1;
    let morning = by_night(met(&mut device, None, at(8), Some(person)).1);
    deliver(&storage, &device, &[known, tour, on_tour, morning]);

    let facts = &read(&storage, &registry, "2026-11-24").input.persons[&person];

    assert_eq!((facts.first_met, facts.last_met_before), (Some(day("2026-11-23")), Some(day("2026-11-23"))));
}

#[test]
fn referrals_follow_ups_places_and_exits_of_a_day_are_found_with_what_they_name() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let registry = registry(&[&device]);
    let (target, merged) = device.create(&Place { commune: Some("081.01".to_owned()), ..Place::default() });
    let (place, old_name) = device.create(&Place { merged_into: Some(target), ..Place::default() });
    let (encounter, earlier) =
        device.create(&Encounter { occurred_at: Some(at(-5 * 24)), place: Some(place), ..Encounter::default() });
    let sent_today = StatusEvent { status: Some(ReferralStatus::Sent), at: Some(at(1)), ..StatusEvent::default() };
    let (referral, made) = device.create(&Referral {
        encounter: Some(encounter),
        status_events: [(EntryId::from_bytes([1; 4]), sent_today)].into(),
        ..Referral::default()
    });
    let due = |window| FollowUp { due_on: Some(day("2026-11-20")), window_days: Some(window), ..FollowUp::default() };
    let (soon, follow_up) = device.create(&due(3));
    let (long, long_window) = device.create(&due(300));
    let (_, over) = device.create(&due(2));
    let (person, known) = device.create(&Person::default());
    let exit = device.edit::<Person>(person, |person| person.exit_reason = Some(ExitReason::Family));
    deliver(&storage, &device, &[merged, old_name, earlier, made, follow_up, long_window, over, known, exit]);

    let input = read(&storage, &registry, "2026-11-23").input;

    let ids = |rows: &[jisr_sync_core::activity::Row<FollowUp>]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(input.referrals.iter().map(|row| row.id).collect::<Vec<_>>(), [referral]);
    assert_eq!(input.encounters.iter().map(|row| row.id).collect::<Vec<_>>(), [encounter]);
    assert_eq!(ids(&input.follow_ups), [soon, long]);
    assert_eq!(input.places[&place].same_as, Some(target));
    assert_eq!(input.places[&target].commune.as_deref(), Some("081.01"));
    assert_eq!(input.persons[&person].exit_to_family_on, Some(day("2026-11-23")));
}

#[test]
fn a_referral_of_the_morning_is_a_record_of_the_day_before_for_a_night_unit_alone() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let registry = registry(&[&device]);
    let sent = StatusEvent { status: Some(ReferralStatus::Sent), at: Some(at(11)), ..StatusEvent::default() };
    let referral =
        || Referral { status_events: [(EntryId::from_bytes([1; 4]), sent.clone())].into(), ..Referral::default() };
    let (of_morning, made) = device.create(&referral());
    let (of_night, made_by_night) = device.create(&referral());
    deliver(&storage, &device, &[made, by_night(made_by_night)]);

    let listed = |on| read(&storage, &registry, on).records.iter().map(|record| record.id).collect::<Vec<_>>();

    assert_eq!(listed("2026-11-23"), [of_night]);
    assert_eq!(listed("2026-11-24"), [of_morning]);
}

#[test]
fn places_that_were_merged_in_a_circle_end_somewhere() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let registry = registry(&[&device]);
    let (one, two) = (device.new_id(), device.new_id());
    let here = device.create_as(one, &Place { merged_into: Some(two), ..Place::default() });
    let there = device.create_as(two, &Place { merged_into: Some(one), ..Place::default() });
    let (_, encounter) =
        device.create(&Encounter { occurred_at: Some(at(0)), place: Some(one), ..Encounter::default() });
    deliver(&storage, &device, &[here, there, encounter]);

    let places = read(&storage, &registry, "2026-11-23").input.places;

    assert_eq!(places[&one].same_as, Some(two));
    assert_eq!(places[&two].same_as, None);
}

#[test]
fn conflicts_of_the_day_are_listed_those_of_the_people_met_too() {
    let (storage, mut one, mut two) = (memory(), TestDevice::new(1), TestDevice::new(2));
    let registry = registry(&[&one, &two]);
    let (person, known) = one.create(&Person::default());
    let (_, meeting) = met(&mut one, None, at(0), Some(person));
    deliver(&storage, &one, &[known, meeting]);
    two.learn(person, &one);
    let here = one.edit::<Person>(person, |person| person.sex = Some(Sex::Male));
    let there = two.edit::<Person>(person, |person| person.sex = Some(Sex::Female));
    deliver(&storage, &one, &[here]);
    deliver(&storage, &two, &[there]);

    let reading = read(&storage, &registry, "2026-11-23");

    assert_eq!(reading.conflicted, [(person, "azilal-1".parse().unwrap())]);
    assert!(read(&storage, &registry, "2026-11-22").conflicted.is_empty());
}

#[test]
fn the_devices_of_the_units_are_there_with_their_marks_and_revoked_ones_are_not() {
    let (storage, one, two) = (memory(), TestDevice::new(1), TestDevice::new(2));
    let registry = registry(&[&one, &two]);
    let mark = DeviceMark { waiting: Some(4), ..DeviceMark::first_seen(one.id, at(1)) };
    let append = crate::storage::Append { marks: [(one.id, mark)].into(), ..Default::default() };
    storage.append(&append).unwrap();
    registry.revoke_device(two.id, at(2)).unwrap();

    let devices = read(&storage, &registry, "2026-11-23").input.devices;

    assert_eq!(devices.len(), 1);
    assert_eq!((devices[0].device, devices[0].waiting, devices[0].last_contact), (one.id, Some(4), None));
}

#[test]
fn a_change_that_was_set_aside_keeps_its_unit_from_being_in_for_the_days_it_may_be_of() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let registry = registry(&[&device]);
    let (encounter, first) = met(&mut device, None, at(1), None);
    let later = device.edit::<Encounter>(encounter, |record| record.outcome = Some(ContactOutcome::Refused));
    let outcomes = merge_one(&storage, &device.delivers(&[later]));
    assert!(matches!(outcomes[..], [crate::merge::Outcome::SetAside(_)]), "{outcomes:?}");

    let uncounted = |on: &str| read(&storage, &registry, on).input.uncounted.values().map(|u| u.set_aside).sum::<u64>();

    assert_eq!((uncounted("2026-11-22"), uncounted("2026-11-23"), uncounted("2026-11-30")), (1, 1, 0));
    deliver(&storage, &device, &[first]);
    assert_eq!(uncounted("2026-11-23"), 0);
}

/// Once only the newest ten thousand of all units were looked at, and one that flooded hid what another lacked.
#[test]
fn however_much_of_others_is_set_aside_a_unit_is_told_what_of_its_own_is_and_each_record_once() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (stranger, registry) = (TestDevice::new(7), registry(&[&device]));
    let (encounter, lost) = met(&mut device, None, at(1), None);
    drop(lost);
    let edits = [ContactOutcome::Refused, ContactOutcome::Brief]
        .map(|outcome| device.edit::<Encounter>(encounter, |record| record.outcome = Some(outcome)));
    merge_one(&storage, &device.delivers(&edits));
    set_aside_many(&storage, stranger.id, 10_500, at(2));
    let own = UnitId::from_str("azilal-1").unwrap();

    let uncounted = read(&storage, &registry, "2026-11-23").input.uncounted;

    assert_eq!(uncounted.into_iter().map(|(unit, found)| (unit, found.set_aside)).collect::<Vec<_>>(), [(own, 1)]);
}

#[test]
fn reading_a_day_costs_the_day_and_not_the_store() {
    let counting = Arc::new(FaultyKv::new(MemoryKv::new(), 0, Fault::Refuse));
    let (storage, mut device) = (over(counting.clone()), TestDevice::new(1));
    let registry = registry(&[&device]);
    let (person, known) = device.create(&Person::default());
    let (shift, tour) = opened(&mut device, "2026-11-23");
    let meetings = (0..5).map(|_| met(&mut device, Some(shift), at(1), Some(person)).1);
    let mut sent = vec![known, tour];
    sent.extend(meetings);
    deliver(&storage, &device, &sent);
    let calls = |on: &str| {
        let before = counting.calls();
        let encounters = read(&storage, &registry, on).input.encounters.len();
        (encounters, counting.calls() - before)
    };
    let (_, alone) = calls("2026-11-23");

    for past in 1..60_i64 {
        let on = crate::storage::day_of_number(crate::storage::day_number(day("2026-11-23")) - past).unwrap();
        let (shift, tour) = opened(&mut device, &on.to_string());
        let (_, meeting) = met(&mut device, Some(shift), UnixMillis(EVENING.0 - past * DAY_MS), Some(person));
        deliver(&storage, &device, &[tour, meeting]);
    }
    let (encounters, among_many) = calls("2026-11-23");

    assert_eq!(encounters, 5);
    assert_eq!(among_many, alone, "calls of the store");
}
