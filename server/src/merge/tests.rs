//! Merging on the memory twin, with real documents and signatures.

use jisr_sync_core::change::Refusal;
use jisr_sync_core::codes::{ContactOutcome, Sex};
use jisr_sync_core::document::Document;
use jisr_sync_core::id::{DocumentId, ScopeId};
use jisr_sync_core::record::{Encounter, Person, RecordKind, Shift};
use jisr_sync_core::sync::ReasonCode;
use jisr_sync_core::time::UnixMillis;

use super::{Delivered, Outcome, SET_ASIDE_BYTES_OF_DEVICE_MAX, SET_ASIDE_OF_DEVICE_MAX};
use crate::kit_for_tests::{
    EVENING, Sent, TestDevice, memory, merge_all, merge_one, province, set_aside_many, unit, zone,
};
use crate::progress::Unwatched;
use crate::storage::{
    ADMINISTRATOR, DeviceMark, Find, Index, KvStorage, ReadLimit, RowState, Storage, StoredRecord, Subject, day_number,
};
use crate::verify::verify;

const ALL: ReadLimit = ReadLimit { records: 10_000, bytes: usize::MAX };

fn log(storage: &KvStorage, scope: &ScopeId) -> Vec<StoredRecord> {
    storage.log_after(scope, 0, ALL).unwrap()
}

fn met(device: &mut TestDevice, shift: Option<DocumentId>) -> (DocumentId, Sent) {
    let encounter = Encounter {
        shift,
        occurred_at: Some(device.now),
        outcome: Some(ContactOutcome::Engaged),
        ..Encounter::default()
    };
    device.create(&encounter)
}

fn aside(refusal: Refusal) -> Outcome {
    Outcome::SetAside(refusal.code().into())
}

#[test]
fn what_is_delivered_stands_in_the_log_the_document_and_the_row() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device, None);
    let second = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Refused));

    let outcomes = merge_one(&storage, &device.delivers(&[first, second]));

    assert_eq!(outcomes, [Outcome::Appended, Outcome::Appended]);
    let records = log(&storage, &unit());
    assert_eq!(records.iter().map(|record| record.log.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(records[0].log.author, Some((device.id, device.incarnation)));
    assert!(storage.envelope(&records[0].envelope.unwrap()).unwrap().is_some());
    let saved = Document::restore(&storage.document(&id).unwrap().unwrap().saved).unwrap();
    assert_eq!(saved.heads(), device.documents[&id].heads());
    let row = storage.row(&id).unwrap().unwrap();
    assert_eq!(row.kind, Some(RecordKind::Encounter));
    assert_eq!(row.heads_hash, saved.heads_hash());
    assert!(matches!(&row.state, RowState::Record(json) if json.contains("refused")));
    assert_eq!(storage.actor(&device.actor).unwrap(), Some(device.id));
}

#[test]
fn a_replayed_push_leaves_one_copy_and_is_acknowledged_again() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (_, change) = met(&mut device, None);
    let delivered = device.delivers(std::slice::from_ref(&change));
    merge_one(&storage, &delivered);
    let tail = storage.tail(&unit()).unwrap();

    let again = merge_one(&storage, &delivered);
    let in_one_group = merge_all(&storage, &[delivered.clone(), delivered]);

    assert_eq!(again, [Outcome::Known]);
    assert_eq!(in_one_group, [[Outcome::Known], [Outcome::Known]]);
    assert_eq!(storage.tail(&unit()).unwrap(), tail);
}

#[test]
fn one_change_twice_in_one_envelope_or_group_is_appended_once() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (_, change) = met(&mut device, None);
    let twice = device.delivers(&[change.clone(), change]);

    let outcomes = merge_all(&storage, &[twice.clone(), twice]);

    assert_eq!(outcomes, [[Outcome::Appended, Outcome::Known], [Outcome::Known, Outcome::Known]]);
    assert_eq!(log(&storage, &unit()).len(), 1);
}

#[test]
fn a_forged_actor_is_refused_and_the_honest_device_goes_on() {
    let (storage, mut honest, mut forger) = (memory(), TestDevice::new(1), TestDevice::new(2));
    let (id, first) = met(&mut honest, None);
    merge_one(&storage, &honest.delivers(&[first]));
    forger.learn(id, &honest);
    forger.actor = honest.actor;
    let forged = forger.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Asleep));
    let next = honest.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Refused));

    let refused = merge_one(&storage, &forger.delivers(&[forged]));
    let taken = merge_one(&storage, &honest.delivers(&[next]));

    assert_eq!(refused, [aside(Refusal::ForeignActor)]);
    assert_eq!(taken, [Outcome::Appended]);
    assert_eq!(storage.set_aside_count().unwrap(), 1);
}

#[test]
fn a_bad_change_does_not_block_the_others_and_is_kept_with_its_reason_and_bytes() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, good) = met(&mut device, None);
    let (_, other) = met(&mut device, None);
    let second = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief));
    let third = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Refused));
    let mut bad = second.clone();
    let middle = bad.2.len() / 2;
    bad.2[middle] ^= 0x10;
    let delivered = device.delivers(&[good, bad.clone(), third, other]);

    let outcomes = merge_one(&storage, &delivered);

    assert_eq!(
        outcomes,
        [Outcome::Appended, aside(Refusal::Checksum), aside(Refusal::MissingDependency), Outcome::Appended]
    );
    let listed = storage.set_aside_list(None, 10).unwrap();
    assert_eq!(listed.len(), 2);
    let kept = listed.iter().find(|kept| kept.reason == Refusal::Checksum.code()).unwrap();
    assert_eq!((&kept.bytes, kept.author, kept.document), (&bad.2, device.id, id));
    merge_one(&storage, &delivered);
    assert_eq!(storage.set_aside_count().unwrap(), 2, "a repetition keeps nothing twice");
}

#[test]
fn what_lacked_a_change_is_let_in_when_it_comes() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device, None);
    let second = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief));
    let third = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Refused));
    assert_eq!(merge_one(&storage, &device.delivers(&[third])), [aside(Refusal::MissingDependency)]);
    assert_eq!(
        merge_one(&storage, &device.delivers(std::slice::from_ref(&second))),
        [aside(Refusal::MissingDependency)]
    );
    assert!(log(&storage, &unit()).is_empty());

    let outcomes = merge_one(&storage, &device.delivers(&[first]));

    assert_eq!(outcomes, [Outcome::Appended]);
    assert_eq!(log(&storage, &unit()).len(), 3);
    assert_eq!((storage.set_aside_count().unwrap(), storage.set_aside_list(None, 9).unwrap().len()), (0, 0));
    let saved = Document::restore(&storage.document(&id).unwrap().unwrap().saved).unwrap();
    assert_eq!(saved.heads(), device.documents[&id].heads());
    assert_eq!(merge_one(&storage, &device.delivers(&[second])), [Outcome::Known]);
}

#[test]
fn changes_of_one_envelope_in_the_wrong_order_are_all_let_in() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device, None);
    let second = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief));

    let outcomes = merge_one(&storage, &device.delivers(&[second, first]));

    assert_eq!(outcomes, [Outcome::Appended, Outcome::Appended]);
    assert_eq!(storage.set_aside_count().unwrap(), 0);
}

#[test]
fn a_scope_that_is_not_granted_and_a_document_of_another_scope_get_the_same_answer() {
    let (storage, mut owner, mut stranger) = (memory(), TestDevice::new(1), TestDevice::new(2));
    let (id, first) = met(&mut owner, None);
    merge_one(&storage, &owner.delivers(&[first]));
    let elsewhere: ScopeId = "unit/khenifra-1".parse().unwrap();
    let (_, mut not_granted) = met(&mut stranger, None);
    not_granted.0 = "unit/khouribga-1".parse().unwrap();
    stranger.learn(id, &owner);
    let mut taken = stranger.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief));
    taken.0 = elsewhere.clone();
    let mut delivered = stranger.delivers(&[not_granted, taken]);
    delivered.scopes = [elsewhere.clone()].into();

    let outcomes = merge_one(&storage, &delivered);

    assert_eq!(outcomes, [aside(Refusal::NotGranted), aside(Refusal::NotGranted)]);
    assert_eq!(storage.head(&elsewhere).unwrap().number, 0);
}

#[test]
fn a_document_that_one_envelope_puts_into_two_scopes_is_in_the_first() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device, None);
    let mut second = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief));
    second.0 = province();

    let outcomes = merge_one(&storage, &device.delivers(&[first, second]));

    assert_eq!(outcomes, [Outcome::Appended, aside(Refusal::NotGranted)]);
    let saved = Document::restore(&storage.document(&id).unwrap().unwrap().saved).unwrap();
    assert_eq!(saved.changes().len(), 1, "what was refused left no trace in the document");
}

#[test]
fn what_a_revoked_device_wrote_is_kept_aside_and_what_it_delivered_before_is_acknowledged() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (_, before) = met(&mut device, None);
    merge_one(&storage, &device.delivers(std::slice::from_ref(&before)));
    let (_, after) = met(&mut device, None);
    let mut delivered = device.delivers(&[before, after]);
    delivered.barred = Some(ReasonCode::REVOKED);

    let outcomes = merge_one(&storage, &delivered);

    assert_eq!(outcomes, [Outcome::Known, Outcome::SetAside(ReasonCode::REVOKED.into())]);
    assert_eq!(storage.set_aside_list(None, 9).unwrap()[0].reason, ReasonCode::REVOKED);
}

#[test]
fn what_a_device_told_in_an_exchange_that_began_earlier_does_not_count_after_a_later_one() {
    let (storage, zone) = (memory(), zone());
    let device = jisr_sync_core::id::DeviceId::from_bytes([1; 16]);
    let told = |at, waiting| DeviceMark {
        last_contact: Some(UnixMillis(at)),
        waiting: Some(waiting),
        ..DeviceMark::first_seen(device, UnixMillis(at))
    };
    for (at, waiting) in [(20, 4), (10, 0)] {
        let mut merge = super::Merge::new(&storage, &zone);
        merge.mark(told(at, waiting)).unwrap();
        storage.append(&merge.finish().unwrap()).unwrap();
    }

    assert_eq!(storage.device_mark(&device).unwrap(), Some(told(20, 4)));
}

#[test]
fn a_late_shift_moves_its_encounters_to_its_day() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let shift_id = device.new_id();
    device.now = UnixMillis(EVENING.0 + 6 * 3_600_000); // 02:00 of the 24th, on the tour of the 23rd
    let (id, encounter) = met(&mut device, Some(shift_id));
    let day = |text: &str| text.parse().unwrap();
    let on = |index, of| {
        let subject = Subject::Unit("azilal-1".parse().unwrap());
        let found = storage.find(&Find::days(index, subject, day(of), day(of))).unwrap();
        found.into_iter().map(|found| found.id).collect::<Vec<_>>()
    };

    merge_one(&storage, &device.delivers(&[encounter]));
    assert_eq!(on(Index::LooseEncounters, "2026-11-24"), [id]);

    let shift = Shift { operational_day: Some(day("2026-11-23")), ..Shift::default() };
    let opened = device.create_as(shift_id, &shift);
    merge_one(&storage, &device.delivers(&[opened]));

    assert_eq!(on(Index::EncountersOfDay, "2026-11-23"), [id]);
    assert_eq!(on(Index::LooseEncounters, "2026-11-24"), []);
    assert_eq!(on(Index::ShiftsOfDay, "2026-11-23"), [shift_id]);
}

#[test]
fn a_shift_that_changes_its_day_takes_its_encounters_along() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let planned = |at: i64| Shift { planned_start: Some(UnixMillis(at)), ..Shift::default() };
    let (shift_id, opened) = device.create(&planned(EVENING.0));
    let (id, encounter) = met(&mut device, Some(shift_id));
    merge_one(&storage, &device.delivers(&[opened, encounter]));
    let moved = device.edit::<Shift>(shift_id, |shift| shift.planned_start = Some(UnixMillis(EVENING.0 - 86_400_000)));

    merge_one(&storage, &device.delivers(&[moved]));

    let find = Find::all(Index::EncountersOfDay, Subject::Unit("azilal-1".parse().unwrap()));
    let found = storage.find(&find).unwrap();
    let days: Vec<_> = found.iter().map(|found| (found.id, found.ordinal)).collect();
    assert_eq!(days, [(id, day_number("2026-11-22".parse().unwrap()))]);
}

#[test]
fn concurrent_values_of_two_vans_both_stay_and_the_row_lists_the_field() {
    let (storage, mut one, mut two) = (memory(), TestDevice::new(1), TestDevice::new(2));
    let (id, created) = one.create(&Person { short_code: Some("AZ-7K2Q".to_owned()), ..Person::default() });
    merge_one(&storage, &one.delivers(&[created]));
    two.learn(id, &one);
    let here = one.edit::<Person>(id, |person| person.sex = Some(Sex::Female));
    let there = two.edit::<Person>(id, |person| person.sex = Some(Sex::Male));

    merge_all(&storage, &[one.delivers(&[here]), two.delivers(&[there])]);

    let row = storage.row(&id).unwrap().unwrap();
    assert_eq!(row.conflicts, ["sex"]);
    let listed = storage.find(&Find::all(Index::Conflicted, Subject::Scope(province()))).unwrap();
    assert_eq!(listed.iter().map(|found| found.id).collect::<Vec<_>>(), [id]);
}

#[test]
fn a_record_in_a_scope_of_another_kind_is_listed_and_counts_for_no_unit() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, mut misplaced) = met(&mut device, None);
    misplaced.0 = province();

    merge_one(&storage, &device.delivers(&[misplaced]));

    assert_eq!(storage.row(&id).unwrap().unwrap().state, RowState::Misplaced);
    let listed = storage.find(&Find::all(Index::Unreadable, Subject::Scope(province()))).unwrap();
    assert_eq!(listed.len(), 1);
}

#[test]
fn whoever_sees_a_change_before_the_server_does_cannot_make_its_actor_his_own() {
    let (storage, mut author, carrier) = (memory(), TestDevice::new(1), TestDevice::new(2));
    let (_, change) = met(&mut author, None);

    // It was handed over unsent, and is signed by whoever carries it.
    let captured = merge_one(&storage, &carrier.delivers(std::slice::from_ref(&change)));
    let own = merge_one(&storage, &author.delivers(&[change]));

    assert_eq!((captured, own), (vec![aside(Refusal::ForeignActor)], vec![Outcome::Appended]));
    assert_eq!(storage.actor(&author.actor).unwrap(), Some(author.id));
    assert_eq!(log(&storage, &unit())[0].log.author, Some((author.id, author.incarnation)));
    assert_eq!(storage.set_aside_count().unwrap(), 0);
}

#[test]
fn the_same_change_in_two_documents_is_two_changes() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (_, change) = met(&mut device, None);
    let mut copy = change.clone();
    copy.1 = device.new_id();

    let outcomes = merge_one(&storage, &device.delivers(&[change, copy]));

    assert_eq!(outcomes, [Outcome::Appended, Outcome::Appended]);
    assert_eq!(log(&storage, &unit()).len(), 2);
}

#[test]
fn what_another_device_brought_is_a_sign_of_life_of_its_author_the_first_time() {
    let (storage, mut author) = (memory(), TestDevice::new(1));
    let (_, change) = met(&mut author, None);
    let mut delivered = author.delivers(&[change]);
    delivered.brought_by = TestDevice::new(2).id;

    merge_one(&storage, &delivered);
    let again = Delivered { received_at: UnixMillis(delivered.received_at.0 + 1), ..delivered.clone() };
    merge_one(&storage, &again);

    let mark = storage.device_mark(&author.id).unwrap().unwrap();
    assert_eq!((mark.last_contact, mark.waiting, mark.last_active), (None, None, delivered.received_at));
    assert_eq!(storage.device_mark(&delivered.brought_by).unwrap(), None);
}

#[test]
fn what_is_set_aside_is_charged_to_its_author_where_that_is_proven_and_else_to_whoever_brings_it() {
    let (storage, mut author, carrier) = (memory(), TestDevice::new(1), TestDevice::new(2));
    let junk = |author: &mut TestDevice, byte: u8| {
        let sent = (unit(), author.new_id(), vec![byte; 9]);
        Delivered { brought_by: carrier.id, ..author.delivers(&[sent]) }
    };
    let proven = junk(&mut author, 1);
    let (_, change) = met(&mut author, None);
    let unproven = Delivered {
        barred: Some(ReasonCode::UNKNOWN_DEVICE),
        signed: false,
        brought_by: carrier.id,
        ..author.delivers(&[change])
    };

    merge_all(&storage, &[proven.clone(), unproven, Delivered { brought_by: ADMINISTRATOR, ..proven }]);

    let charged = |device| storage.set_aside_tally(&device).unwrap().changes;
    assert_eq!((charged(author.id), charged(carrier.id), charged(ADMINISTRATOR)), (1, 1, 0));
    assert_eq!(verify(&storage, &zone(), &Unwatched).unwrap().faults, []);
}

#[test]
fn a_device_whose_share_is_used_up_takes_nothing_of_that_of_whoever_carries_its_work() {
    let (storage, mut flooder, mut carrier) = (memory(), TestDevice::new(1), TestDevice::new(2));
    set_aside_many(&storage, flooder.id, SET_ASIDE_OF_DEVICE_MAX, EVENING);
    let junk = |device: &mut TestDevice| (unit(), device.new_id(), vec![7; 9]);
    let (carried, own) = (junk(&mut flooder), junk(&mut carrier));
    let carried = Delivered { brought_by: carrier.id, ..flooder.delivers(&[carried]) };

    let outcomes = merge_all(&storage, &[carried, carrier.delivers(&[own])]);

    assert_eq!(outcomes, [vec![Outcome::HeldBack], vec![aside(Refusal::NotAChange)]]);
}

#[test]
fn beyond_its_bound_what_would_be_set_aside_is_held_back_and_good_changes_still_come_in() {
    let (storage, mut flooder, mut other) = (memory(), TestDevice::new(1), TestDevice::new(2));
    let junk = |device: &mut TestDevice, byte: u8| (unit(), device.new_id(), vec![byte; 9]);
    let kept = junk(&mut flooder, 1);
    merge_one(&storage, &flooder.delivers(std::slice::from_ref(&kept)));
    set_aside_many(&storage, flooder.id, SET_ASIDE_OF_DEVICE_MAX - 2, EVENING);
    let (_, good) = met(&mut flooder, None);
    let (last, over) = (junk(&mut flooder, 2), junk(&mut flooder, 3));
    let others = junk(&mut other, 4);

    let outcomes = merge_all(&storage, &[flooder.delivers(&[last, over, good, kept]), other.delivers(&[others])]);

    let aside = || aside(Refusal::NotAChange);
    assert_eq!(outcomes, [vec![aside(), Outcome::HeldBack, Outcome::Appended, aside()], vec![aside()]]);
    assert_eq!(storage.set_aside_tally(&flooder.id).unwrap().changes, SET_ASIDE_OF_DEVICE_MAX);
    assert_eq!(storage.set_aside_tally(&other.id).unwrap().changes, 1);
}

#[test]
fn the_bytes_of_what_is_set_aside_are_bounded_too() {
    let (storage, mut flooder) = (memory(), TestDevice::new(1));
    let eighth = usize::try_from(SET_ASIDE_BYTES_OF_DEVICE_MAX / 8).unwrap();
    let mut sent: Vec<Sent> = (0..8).map(|byte| (unit(), flooder.new_id(), vec![byte; eighth])).collect();
    sent.push((unit(), flooder.new_id(), vec![8]));

    let outcomes = merge_one(&storage, &flooder.delivers(&sent));

    assert_eq!(outcomes.iter().position(|outcome| *outcome == Outcome::HeldBack), Some(8));
}
