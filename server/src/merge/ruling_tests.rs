//! What people decide about changes that were set aside.

use std::collections::BTreeSet;

use jisr_sync_core::change::Refusal;
use jisr_sync_core::codes::ContactOutcome;
use jisr_sync_core::document::Document;
use jisr_sync_core::id::{ChangeHash, DocumentId};
use jisr_sync_core::record::Encounter;
use jisr_sync_core::sync::{ReasonCode, change_hash};
use jisr_sync_core::time::UnixMillis;

use super::{Decision, Delivered, Merge, OTHER_SCOPE, Outcome, Ruled, Ruling};
use crate::kit_for_tests::{EVENING, Sent, TestDevice, memory, merge_all, merge_one, province, unit, zone};
use crate::storage::{KvStorage, ReadLimit, Storage};

fn met(device: &mut TestDevice) -> (DocumentId, Sent) {
    device.create(&Encounter { outcome: Some(ContactOutcome::Engaged), ..Encounter::default() })
}

fn edited(device: &mut TestDevice, id: DocumentId, outcome: ContactOutcome) -> Sent {
    device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(outcome))
}

fn barred(device: &TestDevice, sent: &[Sent], why: &'static str) -> Delivered {
    Delivered { barred: Some(why), ..device.delivers(sent) }
}

fn named(sent: &Sent) -> (ChangeHash, DocumentId) {
    (change_hash(&sent.2), sent.1)
}

fn ruling(decision: Decision, about: &[&Sent]) -> Ruling {
    let about = about.iter().map(|sent| named(sent)).collect();
    Ruling {
        decision,
        about,
        by: Some("fz".to_owned()),
        because: "looked at".to_owned(),
        at: UnixMillis(EVENING.0 + 9),
    }
}

fn rule(storage: &KvStorage, decision: Decision, about: &[&Sent]) -> Vec<Ruled> {
    let zone = zone();
    let mut merge = Merge::new(storage, &zone);
    let ruled = merge.rule(&ruling(decision, about)).unwrap();
    storage.append(&merge.finish().unwrap()).unwrap();
    ruled
}

fn in_log(storage: &KvStorage) -> Vec<ChangeHash> {
    let all = ReadLimit { records: 10_000, bytes: usize::MAX };
    storage.log_after(&unit(), 0, all).unwrap().into_iter().map(|record| record.log.hash).collect()
}

fn reasons(storage: &KvStorage) -> BTreeSet<String> {
    storage.set_aside_list(None, 99).unwrap().into_iter().map(|aside| aside.reason).collect()
}

#[test]
fn what_a_revoked_device_wrote_is_released_into_the_log_under_its_name() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device);
    let second = edited(&mut device, id, ContactOutcome::Brief);
    merge_one(&storage, &barred(&device, &[first.clone(), second.clone()], ReasonCode::REVOKED));

    let ruled = rule(&storage, Decision::Release, &[&second, &first]);

    assert_eq!(ruled, [Ruled::LetIn, Ruled::LetIn], "each after what it builds on, in whatever order they were named");
    assert_eq!(in_log(&storage), [named(&first).0, named(&second).0]);
    let record = &storage.log_after(&unit(), 0, ReadLimit { records: 1, bytes: 0 }).unwrap()[0];
    assert_eq!(record.log.author, Some((device.id, device.incarnation)));
    assert_eq!((storage.set_aside_count().unwrap(), storage.row(&id).unwrap().is_some()), (0, true));
    assert_eq!(merge_one(&storage, &device.delivers(&[first])), [Outcome::Known]);
}

#[test]
fn a_release_lets_in_what_waited_for_it_and_waits_for_what_it_lacks() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device);
    let second = edited(&mut device, id, ContactOutcome::Brief);
    let third = edited(&mut device, id, ContactOutcome::Refused);
    merge_one(&storage, &barred(&device, &[first.clone(), second.clone()], ReasonCode::REVOKED));
    merge_one(&storage, &device.delivers(std::slice::from_ref(&third)));

    assert_eq!(rule(&storage, Decision::Release, &[&second]), [Ruled::Waits]);
    assert_eq!(reasons(&storage), ["missing-dependency", "revoked"].map(str::to_owned).into());
    assert_eq!(rule(&storage, Decision::Release, &[&first]), [Ruled::LetIn]);

    assert_eq!(in_log(&storage).len(), 3);
    assert_eq!(storage.set_aside_count().unwrap(), 0);
    let saved = Document::restore(&storage.document(&id).unwrap().unwrap().saved).unwrap();
    assert_eq!(saved.heads(), device.documents[&id].heads());
}

#[test]
fn what_was_meant_for_a_scope_that_is_not_granted_goes_there_unless_its_record_is_elsewhere() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device);
    merge_one(&storage, &device.delivers(std::slice::from_ref(&first)));
    let mut elsewhere = edited(&mut device, id, ContactOutcome::Brief);
    elsewhere.0 = province();
    let (_, fresh) = met(&mut device);
    let mut lost = device.delivers(&[fresh.clone(), elsewhere.clone()]);
    lost.scopes = [province()].into();
    merge_one(&storage, &lost);

    let ruled = rule(&storage, Decision::Release, &[&fresh, &elsewhere]);

    assert_eq!(ruled, [Ruled::LetIn, Ruled::Refused(OTHER_SCOPE.to_owned())]);
    assert_eq!(in_log(&storage), [named(&first).0, named(&fresh).0]);
    assert_eq!(storage.set_aside_count().unwrap(), 1, "what is refused stays aside");
}

#[test]
fn nobody_releases_what_is_unproven_foreign_or_refused_by_the_gate() {
    let (storage, mut device, mut forger) = (memory(), TestDevice::new(1), TestDevice::new(2));
    let (id, first) = met(&mut device);
    merge_one(&storage, &device.delivers(std::slice::from_ref(&first)));
    let (_, unproven) = met(&mut device);
    merge_one(&storage, &barred(&device, std::slice::from_ref(&unproven), ReasonCode::UNPROVEN));
    forger.learn(id, &device);
    forger.actor = device.actor;
    let foreign = edited(&mut forger, id, ContactOutcome::Asleep);
    merge_one(&storage, &forger.delivers(std::slice::from_ref(&foreign)));
    let mut damaged = edited(&mut device, id, ContactOutcome::Brief);
    damaged.2[60] ^= 1;
    merge_one(&storage, &device.delivers(std::slice::from_ref(&damaged)));
    let kept = storage.set_aside_list(None, 9).unwrap();
    let damaged = kept.iter().find(|aside| aside.reason == "checksum").unwrap();

    let ruled = rule(&storage, Decision::Release, &[&unproven, &foreign]);
    let zone = zone();
    let gate = Merge::new(&storage, &zone).foresee(damaged).unwrap();

    let refused = |why: &str| Ruled::Refused(why.to_owned());
    assert_eq!(ruled, [refused("unproven"), refused("foreign-actor")]);
    assert_eq!(gate, refused(Refusal::Checksum.code()));
    assert_eq!((in_log(&storage).len(), storage.set_aside_count().unwrap()), (1, 3));
}

#[test]
fn what_is_discarded_does_not_come_back_and_what_builds_on_it_goes_on_waiting() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device);
    merge_one(&storage, &barred(&device, std::slice::from_ref(&first), ReasonCode::REVOKED));

    assert_eq!(rule(&storage, Decision::Discard, &[&first]), [Ruled::Discarded]);

    let discarded = Outcome::SetAside(ReasonCode::DISCARDED.into());
    let second = edited(&mut device, id, ContactOutcome::Brief);
    let again = merge_one(&storage, &device.delivers(&[first.clone(), second]));
    assert_eq!(again, [discarded.clone(), Outcome::SetAside("missing-dependency".into())]);
    let barred_again = merge_one(&storage, &barred(&device, std::slice::from_ref(&first), ReasonCode::UNPROVEN));
    assert_eq!(barred_again, [discarded]);
    assert_eq!((in_log(&storage).len(), storage.set_aside_count().unwrap()), (0, 1));
    let kept = storage.discarded(&named(&first).0, &id).unwrap().unwrap();
    assert_eq!((kept.by.as_deref(), kept.because.as_str(), kept.author), (Some("fz"), "looked at", device.id));
    assert_eq!(kept.reason, ReasonCode::REVOKED);
    assert_eq!(rule(&storage, Decision::Release, &[&first]), [Ruled::Discarded], "its bytes are gone");
}

#[test]
fn a_decision_about_what_came_in_meanwhile_changes_nothing() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (_, first) = met(&mut device);
    merge_one(&storage, &barred(&device, std::slice::from_ref(&first), ReasonCode::REVOKED));
    merge_one(&storage, &device.delivers(std::slice::from_ref(&first)));
    let tail = storage.tail(&unit()).unwrap();

    assert_eq!(rule(&storage, Decision::Release, &[&first]), [Ruled::Known]);
    assert_eq!(rule(&storage, Decision::Discard, &[&first]), [Ruled::Known]);

    assert_eq!(storage.tail(&unit()).unwrap(), tail);
    assert_eq!(storage.discarded(&named(&first).0, &first.1).unwrap(), None);
    let (_, never_sent) = met(&mut device);
    assert_eq!(rule(&storage, Decision::Release, &[&never_sent]), [Ruled::Unknown]);
}

#[test]
fn a_decision_and_deliveries_of_one_append_agree() {
    let (storage, mut device, zone) = (memory(), TestDevice::new(1), zone());
    let (_, first) = met(&mut device);
    let mut merge = Merge::new(&storage, &zone);

    merge.deliver(&barred(&device, std::slice::from_ref(&first), ReasonCode::REVOKED)).unwrap();
    let ruled = merge.rule(&ruling(Decision::Discard, &[&first])).unwrap();
    let again = merge.deliver(&device.delivers(std::slice::from_ref(&first))).unwrap();
    storage.append(&merge.finish().unwrap()).unwrap();

    assert_eq!(ruled, [Ruled::Discarded]);
    assert_eq!(again, [Outcome::SetAside(ReasonCode::DISCARDED.into())]);
    assert_eq!((in_log(&storage).len(), storage.set_aside_count().unwrap()), (0, 0));
}

#[test]
fn what_a_forger_brings_does_not_take_the_place_of_what_is_proven() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (_, first) = met(&mut device);
    merge_one(&storage, &barred(&device, std::slice::from_ref(&first), ReasonCode::REVOKED));

    let mut forged = barred(&device, std::slice::from_ref(&first), ReasonCode::UNPROVEN);
    forged.author = TestDevice::new(2).id;
    merge_one(&storage, &forged);

    assert_eq!(rule(&storage, Decision::Release, &[&first]), [Ruled::LetIn]);
}

#[test]
fn looking_at_a_change_tells_its_fields_and_changes_nothing() {
    let (storage, mut device, zone) = (memory(), TestDevice::new(1), zone());
    let (id, first) = met(&mut device);
    merge_one(&storage, &device.delivers(&[first]));
    let second = edited(&mut device, id, ContactOutcome::Brief);
    merge_one(&storage, &barred(&device, std::slice::from_ref(&second), ReasonCode::REVOKED));
    let aside = storage.set_aside(&named(&second).0, &id).unwrap().unwrap();

    let mut merge = Merge::new(&storage, &zone);
    let foreseen = merge.foresee(&aside).unwrap();

    assert_eq!(foreseen, Ruled::LetIn);
    assert!(merge.fields_of(&id, &aside.hash).contains(&"outcome".to_owned()));
    assert_eq!((in_log(&storage).len(), storage.set_aside_count().unwrap()), (1, 1));
}

#[test]
fn however_much_waits_for_a_change_all_of_it_is_let_in_when_it_comes() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device);
    let outcomes = [ContactOutcome::Brief, ContactOutcome::Refused];
    let later: Vec<Sent> = (0..600).map(|n| edited(&mut device, id, outcomes[n % 2].clone())).collect();
    // What is aside for another reason used to crowd out what waits.
    let noise: Vec<Sent> = (0..300_u32).map(|n| (unit(), id, n.to_be_bytes().to_vec())).collect();
    let parts: Vec<Delivered> =
        later.chunks(100).rev().chain(noise.chunks(100)).map(|part| device.delivers(part)).collect();
    merge_all(&storage, &parts);
    assert_eq!((in_log(&storage).len(), storage.set_aside_count().unwrap()), (0, 900));

    merge_one(&storage, &device.delivers(&[first]));

    assert_eq!((in_log(&storage).len(), storage.set_aside_count().unwrap()), (601, 300));
    let saved = Document::restore(&storage.document(&id).unwrap().unwrap().saved).unwrap();
    assert_eq!(saved.heads(), device.documents[&id].heads());
}
