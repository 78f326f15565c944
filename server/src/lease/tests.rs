//! A store that was put back is noticed; one that merely crashed is not taken for one.

use std::fs;
use std::sync::Arc;

use jisr_durable_kv::fault::{Fault, FaultyKv};
use jisr_durable_kv::{Batch, Kv, MemoryKv};
use jisr_sync_core::record::Encounter;
use jisr_sync_core::sync::Cursor;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{Found, file_in, renew};
use crate::kit_for_tests::{TestDevice, merge_one, over, unit};
use crate::storage::{KvStorage, Storage};

fn start(folder: &std::path::Path, storage: &KvStorage, seed: u64) -> Found {
    renew(folder, storage, &mut StdRng::seed_from_u64(seed)).unwrap()
}

fn filled() -> (Arc<MemoryKv>, KvStorage) {
    let kv = Arc::new(MemoryKv::new());
    let storage = over(kv.clone());
    let mut device = TestDevice::new(1);
    let (_, made) = device.create(&Encounter::default());
    merge_one(&storage, &device.delivers(&[made]));
    (kv, storage)
}

fn copy(kv: &MemoryKv) -> KvStorage {
    let other = MemoryKv::new();
    let mut batch = Batch::new();
    kv.scan(&[], &[0xFF], usize::MAX).unwrap().into_iter().for_each(|(key, value)| batch.put(key, value));
    other.commit(batch).unwrap();
    over(Arc::new(other))
}

fn head(storage: &KvStorage) -> Cursor {
    storage.head(&unit()).unwrap()
}

#[test]
fn a_store_that_stayed_where_it_was_keeps_its_epochs() {
    let folder = tempfile::tempdir().unwrap();
    let (kv, storage) = filled();
    let before = head(&storage);

    assert_eq!(start(folder.path(), &storage, 1), Found::None);
    for seed in 2..6 {
        assert_eq!(start(folder.path(), &over(kv.clone()), seed), Found::Same);
    }

    assert_eq!(head(&over(kv)), before);
}

#[test]
fn a_store_put_back_alone_gets_new_epochs_and_keeps_numbers_and_chain_values() {
    let folder = tempfile::tempdir().unwrap();
    let (kv, storage) = filled();
    start(folder.path(), &storage, 1);
    let old = copy(&kv);
    start(folder.path(), &storage, 2);
    let (before, unused) = (head(&old), "unit/azilal-9".parse().unwrap());
    let unused_before = old.head(&unused).unwrap();

    assert_eq!(start(folder.path(), &old, 3), Found::Copied);

    let after = head(&old);
    assert_eq!((after.number, after.chain), (before.number, before.chain));
    assert_ne!(after.epoch, before.epoch);
    assert_ne!(old.head(&unused).unwrap().epoch, unused_before.epoch, "of a log without records too");
    assert_eq!(start(folder.path(), &old, 4), Found::Same, "only once");
    assert_eq!(head(&old), after);
}

#[test]
fn a_whole_folder_put_back_gets_new_epochs_though_its_token_is_right() {
    let (folder, aside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (kv, storage) = filled();
    start(folder.path(), &storage, 1);
    let before = head(&storage);
    // As `cp -a` and back: bytes and times of change are those of the original.
    let (lease, kept) = (file_in(folder.path()), file_in(aside.path()));
    let modified = fs::metadata(&lease).unwrap().modified().unwrap();
    for (from, to) in [(&lease, &kept), (&kept, &lease)] {
        fs::copy(from, to).unwrap();
        fs::File::options().write(true).open(to).unwrap().set_modified(modified).unwrap();
    }

    assert_eq!(start(folder.path(), &copy(&kv), 2), Found::Copied);
    assert_ne!(
        before.epoch,
        head(&{
            let again = copy(&kv);
            assert_eq!(start(folder.path(), &again, 3), Found::Copied);
            again
        })
        .epoch
    );
}

#[test]
fn a_lease_that_was_deleted_or_spoiled_ends_in_new_epochs() {
    for spoil in [fs::remove_file as fn(std::path::PathBuf) -> _, |file| fs::write(file, "0")] {
        let folder = tempfile::tempdir().unwrap();
        let (_, storage) = filled();
        start(folder.path(), &storage, 1);
        let before = head(&storage);
        spoil(file_in(folder.path())).unwrap();

        assert_eq!(start(folder.path(), &storage, 2), Found::Copied);
        assert_ne!(head(&storage).epoch, before.epoch);
    }
}

#[test]
fn on_a_full_disk_the_lease_that_is_there_goes_on_holding() {
    let folder = tempfile::tempdir().unwrap();
    let (kv, storage) = filled();
    start(folder.path(), &storage, 1);
    let before = head(&storage);
    drop(storage);
    let full: Vec<Found> = (1..12)
        .filter_map(|call| {
            let full = Arc::new(FaultyKv::new(kv.clone(), call, Fault::Full));
            let storage = KvStorage::open(full, &mut StdRng::seed_from_u64(3)).ok()?;
            renew(folder.path(), &storage, &mut StdRng::seed_from_u64(call)).ok()
        })
        .collect();

    assert!(!full.is_empty() && full.iter().all(|found| *found == Found::Same), "{full:?}");
    let storage = KvStorage::open(kv, &mut StdRng::seed_from_u64(4)).unwrap();
    assert_eq!(start(folder.path(), &storage, 9), Found::Same);
    assert_eq!(head(&storage), before);
}

#[test]
fn a_crash_at_any_step_of_a_renewal_is_not_taken_for_a_copy() {
    // A renewal reads once and commits twice; the file is written between the commits.
    let mut crashed = 0;
    for fail_at in 1..12 {
        for fault in [Fault::Stop, Fault::LoseAnswer] {
            let folder = tempfile::tempdir().unwrap();
            let (kv, storage) = filled();
            start(folder.path(), &storage, 1);
            let before = head(&storage);
            let Ok(failing) =
                KvStorage::open(Arc::new(FaultyKv::new(kv.clone(), fail_at, fault)), &mut StdRng::seed_from_u64(1))
            else {
                continue;
            };
            crashed += i32::from(renew(folder.path(), &failing, &mut StdRng::seed_from_u64(2)).is_err());

            let again = over(kv);

            assert_eq!(start(folder.path(), &again, 3), Found::Same, "call {fail_at}, {fault:?}");
            assert_eq!(head(&again), before);
        }
    }
    assert!(crashed >= 6, "{crashed} renewals crashed");
}

#[test]
fn a_crash_at_any_step_of_new_epochs_ends_in_new_epochs() {
    let mut crashed = 0;
    for fail_at in 1..14 {
        let folder = tempfile::tempdir().unwrap();
        let (kv, storage) = filled();
        start(folder.path(), &storage, 1);
        let before = head(&storage);
        fs::remove_file(file_in(folder.path())).unwrap();
        let faulty = Arc::new(FaultyKv::new(kv.clone(), fail_at, Fault::Stop));
        let Ok(failing) = KvStorage::open(faulty, &mut StdRng::seed_from_u64(1)) else { continue };
        crashed += i32::from(renew(folder.path(), &failing, &mut StdRng::seed_from_u64(2)).is_err());

        let again = over(kv);
        start(folder.path(), &again, 3);

        assert_ne!(head(&again).epoch, before.epoch, "call {fail_at}");
        assert_eq!(head(&again).chain, before.chain);
    }
    assert!(crashed >= 3, "{crashed} crashed");
}
