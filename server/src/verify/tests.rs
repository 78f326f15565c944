//! A check of a sound store says so; each kind of damage is named, and what follows from the logs is built again.

use std::sync::Arc;

use jisr_durable_kv::{Batch, Kv, MemoryKv, after_prefix};
use jisr_sync_core::codes::ContactOutcome;
use jisr_sync_core::record::{Encounter, Shift};
use jisr_sync_core::sync::Chain;

use super::{CheckError, Fault, Part, repair, verify};
use crate::kit_for_tests::{TestDevice, merge_one, over, unit, zone};
use crate::progress::testing::Noted;
use crate::progress::{Stage, Unwatched};
use crate::storage::{Append, KvStorage, ReadLimit, RowState, Storage, StoredRecord, Walk};

/// A store with a shift, three encounters, an edit and a change set aside.
fn filled() -> (Arc<MemoryKv>, KvStorage) {
    let kv = Arc::new(MemoryKv::new());
    let storage = over(kv.clone());
    let mut device = TestDevice::new(1);
    let (shift, opened) = device.create(&Shift { operational_day: "2026-11-23".parse().ok(), ..Shift::default() });
    let mut sent = vec![opened];
    for _ in 0..3 {
        let encounter = Encounter { shift: Some(shift), occurred_at: Some(device.now), ..Encounter::default() };
        let (id, made) = device.create(&encounter);
        sent.push(made);
        sent.push(device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Engaged)));
    }
    sent.push((unit(), device.new_id(), vec![1, 2, 3]));
    merge_one(&storage, &device.delivers(&sent));
    (kv, storage)
}

fn keys(kv: &MemoryKv, prefix: &[u8]) -> Vec<Vec<u8>> {
    let end = after_prefix(prefix).unwrap();
    kv.scan(prefix, &end, usize::MAX).unwrap().into_iter().map(|(key, _)| key).collect()
}

fn change(kv: &MemoryKv, act: impl FnOnce(&mut Batch)) {
    let mut batch = Batch::new();
    act(&mut batch);
    kv.commit(batch).unwrap();
}

#[test]
fn a_sound_store_is_said_to_be_sound() {
    let (_, storage) = filled();

    let report = verify(&storage, &zone(), &Unwatched).unwrap();

    assert_eq!(report.faults, []);
    assert_eq!((report.scopes, report.records, report.documents, report.set_aside), (1, 7, 4, 1));
}

#[test]
fn whatever_derived_value_is_lost_or_altered_is_named_and_a_repair_restores_it() {
    for prefix in [b"rd", b"rr", b"rt", b"rc", b"rg"] {
        for alter in [false, true] {
            let (kv, _) = filled();
            let key = keys(&kv, prefix).remove(0);
            change(&kv, |batch| if alter { batch.put(key.clone(), [9_u8; 9]) } else { batch.delete(key.clone()) });
            let what = String::from_utf8_lossy(prefix).into_owned();
            // An altered digest does not open: the store cannot be used, which is found even earlier.
            if prefix == b"rg" && alter {
                continue;
            }
            let storage = over(kv.clone());
            // What a term holds is nothing, so altering it changes nothing.
            let harmless = prefix == b"rt" && alter;

            let report = verify(&storage, &zone(), &Unwatched).unwrap();
            assert_eq!(report.is_sound(), harmless, "{what} altered: {alter}");

            assert_eq!(repair(&storage, &zone(), &Unwatched).unwrap(), 4);
            let report = verify(&storage, &zone(), &Unwatched).unwrap();
            assert_eq!(report.faults, [], "{what} altered: {alter}");
            let reopened = over(kv.clone());
            assert_eq!(verify(&reopened, &zone(), &Unwatched).unwrap().faults, [], "{what} after opening again");
        }
    }
}

#[test]
fn a_lost_count_of_what_is_set_aside_or_a_lost_way_to_it_is_named_and_a_repair_restores_it() {
    for prefix in [b"rn", b"rN", b"rA"] {
        let (kv, storage) = filled();
        let key = keys(&kv, prefix).remove(0);
        change(&kv, |batch| batch.delete(key));
        let what = String::from_utf8_lossy(prefix).into_owned();

        let faults = verify(&storage, &zone(), &Unwatched).unwrap().faults;
        repair(&storage, &zone(), &Unwatched).unwrap();

        let named = |fault: &Fault| matches!(fault, Fault::SetAside { .. } | Fault::SetAsideOf { .. });
        assert!(faults.len() == 1 && faults.iter().all(named), "{what}: {faults:?}");
        assert_eq!(verify(&storage, &zone(), &Unwatched).unwrap().faults, [], "{what}");
        assert_eq!(storage.set_aside_list(None, 9).unwrap().len(), 1, "{what}");
    }
}

#[test]
fn what_stands_where_no_log_put_it_is_noticed() {
    for (prefix, fault) in [
        (b"rt", Fault::WithoutLog { what: Part::Terms, found: 16, expected: 15 }),
        (b"rr", Fault::Unreadable { what: Part::Rows }),
        (b"rc", Fault::Unreadable { what: Part::Index }),
        (b"rs", Fault::Unreadable { what: Part::SetAside }),
    ] {
        let (kv, storage) = filled();
        let key = keys(&kv, prefix).remove(0);
        let value = kv.get(&key).unwrap().unwrap();
        let mut stray = key;
        *stray.last_mut().unwrap() ^= 0xFF;
        change(&kv, |batch| batch.put(stray, value));

        let report = verify(&storage, &zone(), &Unwatched).unwrap();

        assert_eq!(report.faults, [fault]);
    }
}

#[test]
fn every_altered_byte_of_a_log_record_is_noticed_and_no_repair_hides_it() {
    let (kv, _) = filled();
    let key = keys(&kv, b"rl").remove(2);
    let good = kv.get(&key).unwrap().unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x01;
        change(&kv, |batch| batch.put(key.clone(), bad));
        let storage = over(kv.clone());

        let report = verify(&storage, &zone(), &Unwatched).unwrap();

        assert!(!report.is_sound(), "byte {at} of {}", good.len());
    }
}

/// A sound change that the store does not hold.
fn another_change() -> Vec<u8> {
    TestDevice::new(9).create(&Encounter::default()).1.2
}

#[test]
fn a_row_or_a_saved_document_that_says_something_else_is_named() {
    let (_, storage) = filled();
    let mut row = storage.rows_after(None, 1).unwrap().remove(0);
    row.state = RowState::Record("{}".to_owned());
    let mut saved = storage.documents_after(Some(&row.id), 1).unwrap().remove(0);
    saved.saved = storage.document(&row.id).unwrap().unwrap().saved;
    let (id, other) = (row.id, saved.id);
    let append = Append { rows: [(id, row)].into(), documents: [(other, saved)].into(), ..Append::default() };
    storage.append(&append).unwrap();

    let report = verify(&storage, &zone(), &Unwatched).unwrap();

    assert_eq!(report.faults, [Fault::Row { document: id }, Fault::Document { document: other }]);
}

#[test]
fn a_record_that_was_forged_whole_is_known_by_its_chain_its_hash_or_its_author() {
    type Forge = fn(&mut StoredRecord);
    let forge: [(Forge, Fault); 4] = [
        (|record| record.log.chain = Chain::START, Fault::Chain { scope: unit(), number: 2 }),
        (|record| record.log.body[20] ^= 1, Fault::Hash { scope: unit(), number: 2 }),
        (|record| record.log.body = another_change(), Fault::Hash { scope: unit(), number: 2 }),
        (|record| record.log.author = None, Fault::Author { scope: unit(), number: 2 }),
    ];
    for (forge, fault) in forge {
        let (_, storage) = filled();
        let one = ReadLimit { records: 1, bytes: 0 };
        let mut record = storage.log_after(&unit(), 1, one).unwrap().remove(0);
        forge(&mut record);
        storage.forge(&unit(), &record);

        let report = verify(&storage, &zone(), &Unwatched).unwrap();

        assert!(report.faults.contains(&fault), "{fault:?} not in {:?}", report.faults);
    }
}

#[test]
fn a_missing_record_in_the_middle_of_a_log_is_named_by_its_number() {
    let (kv, storage) = filled();
    let key = keys(&kv, b"rl").remove(3);
    change(&kv, |batch| batch.delete(key));

    let report = verify(&storage, &zone(), &Unwatched).unwrap();

    assert!(report.faults.contains(&Fault::LogUnreadable { scope: unit(), after: 3 }), "{:?}", report.faults);
}

#[test]
fn a_record_that_no_envelope_proves_is_named() {
    let (kv, storage) = filled();
    let key = keys(&kv, b"re").remove(0);
    change(&kv, |batch| batch.delete(key));

    let report = verify(&storage, &zone(), &Unwatched).unwrap();

    assert_eq!(report.faults.len(), 7);
    assert_eq!(report.faults[0], Fault::Author { scope: unit(), number: 1 });
}

#[test]
fn a_damaged_document_is_made_again_from_the_log_when_it_is_next_written_to() {
    let (kv, storage) = filled();
    let mut device = TestDevice::new(2);
    let (id, made) = device.create(&Encounter::default());
    merge_one(&storage, &device.delivers(&[made]));
    let key = [b"rd".as_slice(), id.as_bytes()].concat();
    change(&kv, |batch| batch.put(key, b"not a document".as_slice()));
    let next = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief));

    merge_one(&storage, &device.delivers(&[next]));

    assert_eq!(verify(&storage, &zone(), &Unwatched).unwrap().faults, []);
    assert_eq!(storage.head(&unit()).unwrap().number, 9);
}

#[test]
fn a_check_counts_every_record_and_document_and_stops_when_asked() {
    let (_, storage) = filled();
    let noted = Noted::default();

    verify(&storage, &zone(), &noted).unwrap();

    let told: Vec<_> = noted.stages().into_iter().map(|at| (at.stage, at.done, at.total)).collect();
    assert_eq!(told, [(Stage::Logs, 7, Some(7)), (Stage::Documents, 4, Some(4))]);
    let stopped = verify(&storage, &zone(), &Noted::stopping_at(Stage::Documents, 2));
    assert!(matches!(stopped, Err(CheckError::Stopped(_))));
}
