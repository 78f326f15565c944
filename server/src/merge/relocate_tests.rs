//! Moving documents on the memory twin.

use std::collections::BTreeMap;
use std::sync::Arc;

use jisr_durable_kv::MemoryKv;
use jisr_durable_kv::fault::{Fault, FaultyKv};
use jisr_sync_core::codes::ContactOutcome;
use jisr_sync_core::id::{DocumentId, ScopeId};
use jisr_sync_core::record::Encounter;
use jisr_sync_core::sync::{Chain, Digest, Fingerprint, LogKind};

use super::{Delivered, Merge, Outcome, Relocated};
use crate::kit_for_tests::{EVENING, Sent, TestDevice, memory, merge_one, over, province, unit, zone};
use crate::progress::Unwatched;
use crate::storage::{KvStorage, ReadLimit, Storage, StorageError, StoredRecord};
use crate::verify::{repair, verify};

const ALL: ReadLimit = ReadLimit { records: 10_000, bytes: usize::MAX };

fn other() -> ScopeId {
    "unit/azilal-2".parse().unwrap()
}

fn log(storage: &KvStorage, scope: &ScopeId) -> Vec<StoredRecord> {
    storage.log_after(scope, 0, ALL).unwrap()
}

fn met(device: &mut TestDevice) -> (DocumentId, Sent) {
    device.create(&Encounter {
        occurred_at: Some(device.now),
        outcome: Some(ContactOutcome::Engaged),
        ..Encounter::default()
    })
}

fn moved(storage: &KvStorage, id: &DocumentId, to: &ScopeId) -> Relocated {
    let zone = zone();
    let mut merge = Merge::new(storage, &zone);
    let relocated = merge.relocate(id, to, EVENING).unwrap();
    storage.append(&merge.finish().unwrap()).unwrap();
    relocated
}

fn kinds(records: &[StoredRecord]) -> Vec<(LogKind, bool)> {
    records.iter().map(|record| (record.log.kind, record.log.is_withheld())).collect()
}

fn faults(storage: &KvStorage) -> Vec<String> {
    verify(storage, &zone(), &Unwatched).unwrap().faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_moved_document_is_whole_in_its_new_scope_and_its_bytes_are_gone_from_the_old_one() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device);
    let second = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief));
    let (stays, third) = met(&mut device);
    merge_one(&storage, &device.delivers(&[first, second, third]));
    let before = log(&storage, &unit());

    assert_eq!(moved(&storage, &id, &other()), Relocated::Moved);

    let (old, new) = (log(&storage, &unit()), log(&storage, &other()));
    let (change, withheld) = ((LogKind::Change, false), (LogKind::Change, true));
    assert_eq!(kinds(&old), [withheld, withheld, change, (LogKind::MovedOut, false)]);
    assert_eq!(kinds(&new), [(LogKind::MovedIn, false), change, change]);
    assert_eq!(old[2], before[2]);
    let chains = |records: &[StoredRecord]| records.iter().map(|record| record.log.chain).collect::<Vec<_>>();
    assert_eq!(chains(&old)[..3], chains(&before)[..3], "who has read the old log is where it was");
    for (now, then) in new[1..].iter().zip(&before) {
        assert_eq!((&now.log.body, now.log.author), (&then.log.body, then.log.author));
        assert_eq!((now.envelope, now.received_at), (then.envelope, then.received_at));
    }
    assert_eq!(storage.row(&id).unwrap().unwrap().scope, other());
    let held = |scope: &ScopeId, record: &StoredRecord| {
        storage.has_change(scope, &Fingerprint::of(&record.log.document, &record.log.hash)).unwrap()
    };
    assert!(held(&other(), &before[0]) && !held(&unit(), &before[0]));
    let mut left = Digest::default();
    left.add(&before[2].log.hash);
    assert_eq!(storage.tail(&unit()).unwrap().digest(), left);
    assert_eq!(storage.row(&stays).unwrap().unwrap().scope, unit());
    assert_eq!(faults(&storage), Vec::<String>::new());
    repair(&storage, &zone(), &Unwatched).unwrap();
    assert_eq!(faults(&storage), Vec::<String>::new());
}

#[test]
fn a_document_that_comes_back_is_whole_again_and_edits_for_where_it_was_are_set_aside() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device);
    merge_one(&storage, &device.delivers(&[first]));
    let late = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief));

    moved(&storage, &id, &other());
    let outcome = merge_one(&storage, &device.delivers(std::slice::from_ref(&late)));
    assert_eq!(outcome, [Outcome::SetAside("not-granted".into())]);
    assert_eq!(moved(&storage, &id, &unit()), Relocated::Moved);
    let outcome = merge_one(&storage, &device.delivers(std::slice::from_ref(&late)));

    assert_eq!(outcome, [Outcome::Appended]);
    assert_eq!(storage.set_aside_count().unwrap(), 0);
    let changes = log(&storage, &unit()).into_iter().filter(|record| record.log.kind == LogKind::Change);
    assert_eq!(changes.map(|record| record.log.is_withheld()).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(faults(&storage), Vec::<String>::new());
}

#[test]
fn what_is_delivered_and_moved_with_one_commit_leaves_no_bytes_behind() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device);
    let zone = zone();
    let mut merge = Merge::new(&storage, &zone);
    merge.deliver(&device.delivers(&[first])).unwrap();
    merge.relocate(&id, &other(), EVENING).unwrap();
    storage.append(&merge.finish().unwrap()).unwrap();

    assert_eq!(kinds(&log(&storage, &unit())), [(LogKind::Change, true), (LogKind::MovedOut, false)]);
    assert_eq!(faults(&storage), Vec::<String>::new());
}

/// The engine shows a move before it is on disk; a device that passed over the withheld change would lack it for ever if
/// the power is cut.
#[test]
fn a_log_is_not_read_past_a_move_that_may_not_survive() {
    let mut device = TestDevice::new(1);
    let (stays, first) = met(&mut device);
    let (id, second) = met(&mut device);
    let kv = Arc::new(MemoryKv::new());
    merge_one(&over(kv.clone()), &device.delivers(&[first, second]));
    let faulty = (1..60).find_map(|call| {
        let faulty = Arc::new(FaultyKv::new(kv.clone(), call, Fault::LoseAnswer));
        let storage = KvStorage::open(faulty, &mut rand::rng()).ok()?;
        let zone = zone();
        let mut merge = Merge::new(&storage, &zone);
        merge.relocate(&id, &other(), EVENING).ok()?;
        let append = merge.finish().ok()?;
        matches!(storage.append(&append), Err(StorageError::Uncertain(_))).then_some(storage)
    });
    let storage = faulty.expect("one of the calls is the commit");

    let read = storage.log_after(&unit(), 0, ALL).unwrap();

    assert_eq!(read.iter().map(|record| record.log.document).collect::<Vec<_>>(), [stays]);
    assert!(matches!(storage.log_after(&unit(), 1, ALL), Err(StorageError::InFlight { .. })));
}

#[test]
fn a_move_that_makes_no_sense_changes_nothing() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, first) = met(&mut device);
    merge_one(&storage, &device.delivers(&[first]));
    let heads = |scopes: [ScopeId; 3]| scopes.map(|scope| storage.head(&scope).unwrap());
    let before = heads([unit(), other(), province()]);

    assert_eq!(moved(&storage, &id, &unit()), Relocated::Already);
    assert_eq!(moved(&storage, &id, &province()), Relocated::WrongKind);
    assert_eq!(moved(&storage, &DocumentId::from_bytes([9; 16]), &other()), Relocated::Unknown);

    assert_eq!(heads([unit(), other(), province()]), before);
}

#[test]
fn a_withheld_change_that_nothing_explains_is_found() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (_, first) = met(&mut device);
    merge_one(&storage, &device.delivers(&[first]));
    let head = storage.head(&unit()).unwrap();
    let mut record = log(&storage, &unit()).remove(0);
    record.log.number = 2;
    record.log.document = DocumentId::from_bytes([7; 16]);
    record.log.chain = Chain::next(head.chain, LogKind::Change, &record.log.document, &record.log.hash);
    record.log.body = Vec::new();
    let logs = BTreeMap::from([(unit(), crate::storage::LogAppend { after: head, records: vec![record] })]);
    storage.append(&crate::storage::Append { logs, ..Default::default() }).unwrap();

    assert!(!faults(&storage).is_empty());
}

/// A server that was put back has forgotten moves: devices bring what it has, for where it was moved to.
#[test]
fn that_a_change_is_in_another_scope_is_told_to_those_who_may_read_where_they_bring_it_and_nothing_is_set_aside() {
    let (storage, mut device) = (memory(), TestDevice::new(1));
    let (id, (_, _, change)) = met(&mut device);
    let brought = |scope: ScopeId, read: [ScopeId; 1]| {
        let delivered = device.delivers(&[(scope.clone(), id, change.clone())]);
        Delivered { scopes: [scope].into(), read: read.into(), ..delivered }
    };
    merge_one(&storage, &brought(unit(), [unit()]));
    let before = (log(&storage, &unit()), log(&storage, &other()));

    assert_eq!(merge_one(&storage, &brought(other(), [other()])), [Outcome::Elsewhere]);
    assert_eq!(merge_one(&storage, &brought(other(), [unit()])), [Outcome::Known], "not to one who does not read it");
    assert_eq!(merge_one(&storage, &brought(unit(), [unit()])), [Outcome::Known]);

    assert_eq!(storage.set_aside_count().unwrap(), 0);
    assert_eq!((log(&storage, &unit()), log(&storage, &other())), before);
}
