//! Each single call of the store fails once, in each way a store can fail, on a script of 200 calls: after reopening,
//! every edit is whole or absent, whatever returned success is there, and whatever is absent was told.

#![allow(clippy::unwrap_used, reason = "a test stops where it must not go on")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jisr_client_sdk::clock::SetClock;
use jisr_client_sdk::local::Local;
use jisr_client_sdk::store::kv::KvStore;
use jisr_client_sdk::store::{Enrolment, Store, StoreError};
use jisr_client_sdk::{Error, Query, RecordSync};
use jisr_durable_kv::fault::{Fault, FaultyKv};
use jisr_durable_kv::{Kv, KvError, MemoryKv, Pair};
use jisr_sync_core::codes::{ContactOutcome, ObservedGroup};
use jisr_sync_core::document::Document;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::Encounter;
use jisr_sync_core::sync::{Acknowledged, ServerId};
use jisr_sync_core::time::UnixMillis;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// A disk that several stores open one after another.
struct Shared(Arc<MemoryKv>);

impl Kv for Shared {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.0.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        self.0.scan(from, to, limit)
    }

    fn scan_back(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        self.0.scan_back(from, to, limit)
    }

    fn commit(&self, batch: jisr_durable_kv::Batch) -> Result<(), KvError> {
        self.0.commit(batch)
    }
}

/// A disk that can be full.
#[derive(Default)]
struct Fillable {
    kv: MemoryKv,
    full: AtomicBool,
}

impl Kv for Fillable {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.kv.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        self.kv.scan(from, to, limit)
    }

    fn scan_back(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        self.kv.scan_back(from, to, limit)
    }

    fn commit(&self, batch: jisr_durable_kv::Batch) -> Result<(), KvError> {
        if self.full.load(Ordering::SeqCst) { Err(KvError::Full) } else { self.kv.commit(batch) }
    }
}

fn open(kv: Arc<dyn Kv>) -> jisr_client_sdk::Result<Local> {
    let store = Arc::new(KvStore::new(kv)?);
    let clock = Arc::new(SetClock::at(UnixMillis(1_795_000_000_000)));
    Local::open(store, clock, StdRng::seed_from_u64(5))
}

fn enrolment() -> Enrolment {
    Enrolment::new(
        "https://jisr.example.org".to_owned(),
        ServerId::from_bytes([1; 16]),
        "azilal-1".parse().unwrap(),
        "azilal".parse().unwrap(),
        vec!["unit/azilal-1".parse().unwrap(), "province/azilal".parse().unwrap()],
    )
}

fn encounter(n: u32) -> Encounter {
    let mut encounter = Encounter {
        outcome: Some(ContactOutcome::Engaged),
        commune: Some(n.to_string()),
        place_unknown: Some(true),
        ..Encounter::default()
    };
    encounter.observed.insert(ObservedGroup::Boys, n + 1);
    encounter
}

/// What a script was told.
#[derive(Default)]
struct Told {
    /// For each record that was told to be there, the values it may have: the last one told to be kept, and those of
    /// later edits that were told to have failed, since a failed answer does not say what became of the edit.
    records: BTreeMap<DocumentId, Vec<u32>>,
    acknowledged: Vec<u64>,
    errors: usize,
}

/// How many edits follow each record that is added.
const EDITS: u32 = 9;

/// How many steps are played after the call that fails.
const STEPS_AFTER_ERROR: u32 = 15;

/// Adds, edits and acknowledges; goes on after an error, as an app would.
fn script(local: &Local, steps: u32) -> Told {
    let mut told = Told::default();
    if local.enrol(enrolment()).is_err() {
        told.errors += 1;
        return told;
    }
    let mut last = None;
    let mut left_after_error = STEPS_AFTER_ERROR;
    for n in 0..steps {
        // What a failed call has left behind shows in the next few steps.
        left_after_error -= u32::from(told.errors > 0);
        if left_after_error == 0 {
            break;
        }
        match last {
            Some(id) if n % (EDITS + 1) != 0 => {
                let kept = local.update(id, |encounter: &mut Encounter| encounter.commune = Some(n.to_string()));
                let values = told.records.entry(id).or_default();
                match kept {
                    Ok(_) => *values = vec![n],
                    Err(_) => values.push(n),
                }
                told.errors += usize::from(kept.is_err());
            }
            _ => match local.add(encounter(n)) {
                Ok(id) => {
                    told.records.insert(id, vec![n]);
                    last = Some(id);
                }
                Err(_) => told.errors += 1,
            },
        }
        if n % 5 == 4
            && let Some((index, ..)) = local.waiting().first().cloned()
        {
            match local.acknowledge(&Acknowledged { delivered: vec![index], ..Acknowledged::default() }) {
                Ok(_) => told.acknowledged.push(index),
                Err(_) => told.errors += 1,
            }
        }
    }
    told
}

/// Every document, row and outbox entry fits the others, and all that was told is there.
fn check(kv: &Arc<MemoryKv>, told: &Told, fault: &str) {
    let store = KvStore::new(Arc::new(Shared(Arc::clone(kv)))).unwrap();
    let image = store.load().unwrap();
    let waiting = store.outbox(0, usize::MAX).unwrap();
    let mut indexes: Vec<u64> = waiting.iter().map(|entry| entry.index).collect();
    indexes.dedup();
    assert_eq!(indexes.len(), waiting.len(), "{fault}: no index twice");
    assert!(indexes.iter().all(|index| *index < image.next_index), "{fault}: the next index is above all");
    assert!(told.acknowledged.iter().all(|index| !indexes.contains(index)), "{fault}: what left stays away");
    let changes: usize = image
        .rows
        .keys()
        .map(|id| Document::restore(&store.document(id).unwrap().unwrap()).unwrap().changes().len())
        .sum();
    let left = usize::try_from(image.next_index).unwrap() - waiting.len();
    assert_eq!(changes, usize::try_from(image.next_index).unwrap(), "{fault}: each change has had its own index");
    assert!(left >= told.acknowledged.len(), "{fault}");
    for entry in &waiting {
        let document = Document::restore(&store.document(&entry.document).unwrap().unwrap()).unwrap();
        let hash = jisr_sync_core::sync::change_hash(&entry.change);
        assert!(document.contains(&hash), "{fault}: what waits is in its document");
    }
    let local = open(Arc::new(Shared(Arc::clone(kv)))).unwrap();
    for (id, values) in &told.records {
        let stored = local.get::<Encounter>(*id).unwrap();
        let stored = stored.unwrap_or_else(|| panic!("{fault}: {id} was told to be kept and is gone"));
        let value = stored.value.commune.unwrap().parse().unwrap();
        assert!(values.contains(&value), "{fault}: {value} is none of {values:?}");
        assert_ne!(stored.sync, RecordSync::Draft);
    }
    for stored in local.find::<Encounter>(&Query::all()).unwrap() {
        assert_eq!(stored.value.observed.len(), 1, "{fault}: whole or absent");
    }
}

/// How long the script is: more than 200 calls of the store.
const STEPS: u32 = 90;

/// Plays the script once for each call of the store, which then fails in the way of `fault`.
fn fail_each_call(fault: Fault) {
    let counted = Arc::new(FaultyKv::new(MemoryKv::new(), 0, Fault::Refuse));
    script(&open(counted.clone()).unwrap(), STEPS);
    let calls = counted.calls();
    assert!(calls >= 200, "the script makes {calls} calls");

    for n in 1..=calls {
        let kv = Arc::new(MemoryKv::new());
        let faulty = Arc::new(FaultyKv::new(Shared(Arc::clone(&kv)), n, fault));
        let told = match open(faulty) {
            Ok(local) => script(&local, STEPS),
            Err(_) => Told { errors: 1, ..Told::default() },
        };
        assert!(told.errors > 0, "call {n} failed as {fault:?} and nobody was told");
        check(&kv, &told, &format!("call {n}, {fault:?}"));
    }
}

#[test]
fn an_edit_is_whole_or_absent_when_a_call_is_refused() {
    fail_each_call(Fault::Refuse);
}

#[test]
fn an_edit_is_whole_or_absent_when_the_disk_is_full() {
    fail_each_call(Fault::Full);
}

#[test]
fn an_edit_is_whole_or_absent_when_the_answer_of_a_commit_is_lost() {
    fail_each_call(Fault::LoseAnswer);
}

#[test]
fn an_edit_is_whole_or_absent_when_the_store_stops_for_good() {
    fail_each_call(Fault::Stop);
}

#[test]
fn a_store_on_a_full_disk_opens_to_be_read_and_its_opening_is_counted_once_there_is_room() {
    let disk = Arc::new(Fillable::default());
    let local = open(disk.clone()).unwrap();
    local.enrol(enrolment()).unwrap();
    let id = local.add(encounter(1)).unwrap();
    let boot = local.counters().boot;
    drop(local);

    disk.full.store(true, Ordering::SeqCst);
    let local = open(disk.clone()).unwrap();
    assert!(local.get::<Encounter>(id).unwrap().is_some(), "what was kept is read");
    assert!(matches!(local.add(encounter(2)), Err(Error::Store(StoreError::Full))));
    assert_eq!(local.counters().boot, boot, "nothing is counted that is not stored");
    disk.full.store(false, Ordering::SeqCst);
    local.add(encounter(3)).unwrap();
    local.add(encounter(4)).unwrap();
    assert_eq!(local.counters().boot, boot + 1, "once");
    drop(local);

    assert_eq!(open(disk).unwrap().counters().boot, boot + 2, "and it is stored");
    let new = Arc::new(Fillable::default());
    new.full.store(true, Ordering::SeqCst);
    assert!(matches!(open(new), Err(Error::Store(StoreError::Full))), "a device without an identity cannot be one");
}
