//! Restoring into folders: only where nothing is, or with what was there moved aside; whole or not at all.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use jisr_durable_kv::{KvError, SledKv, SledOptions};
use jisr_sync_core::record::Encounter;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{Server, filled, folder};
use crate::assemble::store_in;
use crate::backup::{BackupError, Destination, RestoreError, Restored, restore};
use crate::kit_for_tests::{EVENING, TestDevice, merge_one, unit, zone};
use crate::progress::testing::Noted;
use crate::progress::{Stage, Unwatched};
use crate::registry::{AuditLog, Deed, Fleet, KvRegistry};
use crate::storage::{KvStorage, Storage, Walk};

fn options() -> SledOptions {
    SledOptions { reserve_bytes: 0, ..SledOptions::device() }
}

fn put_back(file: &Path, folder: &Path, replace: bool) -> Result<Restored, RestoreError> {
    restore(file, &Destination { folder, replace, options: &options(), now: EVENING }, &zone(), &Unwatched)
}

/// The registry and the storage of a folder's store, and what keeps it open.
fn open(store: &Path) -> (KvRegistry, KvStorage) {
    let kv = Arc::new(SledKv::open(store, options()).unwrap());
    let mut rng = StdRng::seed_from_u64(5);
    (KvRegistry::open(kv.clone(), &mut rng).unwrap(), KvStorage::open(kv, &mut rng).unwrap())
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn a_missing_folder_becomes_a_server_with_its_configuration() {
    let (home, file) = folder();
    let server = filled();
    let summary = server.back_up(&file);
    let data = home.path().join("new/data");

    let restored = put_back(&file, &data, false).unwrap();

    assert_eq!((restored.loaded.summary, restored.aside), (summary, None));
    assert_eq!(names(&data), ["jisr.toml", "store"]);
    let (registry, storage) = open(&store_in(&data));
    assert_eq!(registry.server_id(), server.registry.server_id());
    assert_eq!(registry.audit(1).unwrap()[0].deed, Deed::Restored);
    let ends = |storage: &KvStorage| {
        let heads = storage.heads().unwrap().into_iter();
        heads.map(|(scope, at)| (scope, at.number, at.chain)).collect::<Vec<_>>()
    };
    assert_eq!(ends(&storage), ends(&server.storage));
    let mut device = TestDevice::new(9);
    let (_, made) = device.create(&Encounter::default());
    merge_one(&storage, &device.delivers(&[made]));
    assert_eq!(storage.head(&unit()).unwrap().number, 13, "it writes on");
}

#[test]
fn where_a_store_is_nothing_is_restored_unless_it_is_said_and_then_the_store_is_moved_aside() {
    let (home, file) = folder();
    let server = filled();
    server.back_up(&file);
    let data = home.path().join("data");
    put_back(&file, &data, false).unwrap();
    fs::write(data.join("jisr.toml"), "# mine\n").unwrap();
    let mut device = TestDevice::new(9);
    let (id, made) = device.create(&Encounter::default());
    merge_one(&open(&store_in(&data)).1, &device.delivers(&[made]));

    let refused = put_back(&file, &data, false);
    let kept = open(&store_in(&data)).1.document(&id).unwrap();
    let restored = put_back(&file, &data, true).unwrap();

    assert!(matches!(refused, Err(RestoreError::Exists)));
    assert!(kept.is_some(), "a refusal leaves everything as it was");
    assert!(open(&store_in(&data)).1.document(&id).unwrap().is_none());
    let aside = restored.aside.unwrap();
    assert_eq!(names(&data), ["jisr.toml", "store", aside.file_name().unwrap().to_str().unwrap()]);
    assert!(open(&aside).1.document(&id).unwrap().is_some(), "the old store is whole");
    assert_eq!(fs::read_to_string(data.join("jisr.toml")).unwrap(), "# mine\n");
}

#[test]
fn a_served_store_is_not_replaced() {
    let (home, file) = folder();
    filled().back_up(&file);
    let data = home.path().join("data");
    put_back(&file, &data, false).unwrap();
    let serving = open(&store_in(&data));

    let refused = put_back(&file, &data, true);

    assert!(matches!(refused, Err(RestoreError::Store(KvError::InUse))));
    assert_eq!(serving.1.head(&unit()).unwrap().number, 12);
    assert_eq!(names(&data), ["jisr.toml", "store"]);
}

#[test]
fn a_store_too_damaged_to_open_is_replaced_and_kept() {
    let (home, file) = folder();
    filled().back_up(&file);
    let data = home.path().join("data");
    put_back(&file, &data, false).unwrap();
    fs::write(store_in(&data).join("engine/db"), "nothing of it is left").unwrap();
    assert!(SledKv::open(store_in(&data), options()).is_err());

    let restored = put_back(&file, &data, true).unwrap();

    assert_eq!(open(&store_in(&data)).1.head(&unit()).unwrap().number, 12);
    assert!(restored.aside.unwrap().join("engine/db").exists());
}

#[test]
fn a_folder_of_somebody_else_and_a_file_that_is_not_whole_are_refused_before_anything_is_touched() {
    let (home, file) = folder();
    filled().back_up(&file);
    let (data, theirs) = (home.path().join("data"), home.path().join("theirs"));
    fs::create_dir(&theirs).unwrap();
    fs::write(theirs.join("thesis.odt"), "1").unwrap();

    let foreign = put_back(&file, &theirs, false);
    let good = fs::read(&file).unwrap();
    fs::write(&file, &good[..good.len() / 2]).unwrap();
    let cut = put_back(&file, &data, false);

    assert!(matches!(foreign, Err(RestoreError::Foreign { .. })));
    assert_eq!(names(&theirs), ["thesis.odt"]);
    assert!(matches!(cut, Err(RestoreError::Backup(BackupError::Unsound { .. }))));
    assert!(!data.exists());
}

#[test]
fn a_backup_that_reads_and_does_not_agree_makes_no_server() {
    let (home, file) = folder();
    let mut device = TestDevice::new(1);
    let server = Server::with_registry(1, &[&device]);
    let (_, made) = device.create(&Encounter::default());
    merge_one(&server.storage, &device.delivers(&[made]));
    // A record whose author nothing proves: the log itself is in order.
    let proof = server.storage.envelopes_after(None, 1).unwrap().remove(0).0;
    let mut batch = jisr_durable_kv::Batch::new();
    batch.delete([b"re".as_slice(), &proof.0].concat());
    jisr_durable_kv::Kv::commit(&*server.kv, batch).unwrap();
    server.back_up(&file);
    let data = home.path().join("data");

    let refused = put_back(&file, &data, false);

    assert!(matches!(refused, Err(RestoreError::Backup(BackupError::Disagrees { .. }))), "{refused:?}");
    assert!(names(&data).is_empty());
}

#[test]
fn what_an_unfinished_restore_left_is_no_hindrance() {
    let (home, file) = folder();
    filled().back_up(&file);
    let data = home.path().join("data");
    fs::create_dir_all(data.join("store.building/engine")).unwrap();

    put_back(&file, &data, false).unwrap();

    assert_eq!(names(&data), ["jisr.toml", "store"]);
}

#[test]
fn a_restore_tells_how_far_it_is_and_one_that_is_stopped_leaves_what_was_there() {
    let (home, file) = folder();
    let summary = filled().back_up(&file);
    let data = home.path().join("data");
    let (options, noted) = (options(), Noted::default());
    let into = || Destination { folder: &data, replace: true, options: &options, now: EVENING };

    let restored = restore(&file, &into(), &zone(), &noted).unwrap();

    let told: Vec<_> = noted.stages().into_iter().map(|at| (at.stage, at.done, at.total)).collect();
    let (bytes, records, documents) = (summary.bytes, summary.records, restored.loaded.documents);
    let whole = |stage, all| (stage, all, Some(all));
    let expected = [
        whole(Stage::Check, bytes),
        whole(Stage::Load, bytes),
        whole(Stage::Index, records),
        whole(Stage::Logs, records),
        whole(Stage::Build, documents),
        whole(Stage::Logs, records),
        whole(Stage::Documents, documents),
    ];
    assert_eq!(told, expected);
    let before = names(&data);
    for (at, ..) in expected {
        let stopped = restore(&file, &into(), &zone(), &Noted::stopping_at(at, 1));

        let stopped = matches!(stopped, Err(RestoreError::Backup(BackupError::Stopped(_))));
        assert!(stopped && names(&data) == before, "{at:?}");
    }
}
