//! What only shows from inside: damage at known places, other formats, failed fsyncs, the reserve.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::conformance::{all, value};

fn small() -> SledOptions {
    SledOptions { reserve_bytes: 1 << 20, free_bytes_min: 0, ..SledOptions::device() }
}

fn open(folder: &Path) -> SledKv {
    SledKv::open(folder, small()).expect("opens")
}

/// A hook, and how often it was called.
fn counted() -> (Arc<AtomicU32>, OnFatal) {
    let called = Arc::new(AtomicU32::new(0));
    let count = called.clone();
    let on_fatal = OnFatal::new(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    (called, on_fatal)
}

fn put(kv: &SledKv, key: &[u8], value: impl Into<Vec<u8>>) -> Result<(), KvError> {
    let mut batch = Batch::new();
    batch.put(key, value);
    kv.commit(batch)
}

/// Changes one entry behind the store's back.
fn tamper(kv: &SledKv, at: &[u8], change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let engine = kv.engine.read().expect("not poisoned");
    engine
        .as_ref()
        .expect("runs")
        .call(|db| {
            let bytes = db.get(at)?.expect("there").to_vec();
            db.insert(at, change(bytes)).map(drop)
        })
        .expect("tampers");
}

fn flip(mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    bytes
}

#[test]
fn a_damaged_value_is_named_and_never_returned_and_can_be_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let kv = open(folder.path());
    put(&kv, b"\xAB\xCD", value(10_000, 1)).expect("commits");
    put(&kv, b"other", b"whole").expect("commits");
    tamper(&kv, &key::chunk(b"\xAB\xCD", 1), flip);

    let error = kv.get(b"\xAB\xCD").expect_err("damaged");
    let scanned = kv.scan(b"", b"\xFF", 10).expect_err("damaged");
    let found = kv.verify_all().expect("verifies");

    assert!(matches!(&error, KvError::Damaged { key, .. } if key == "abcd"), "{error}");
    assert!(matches!(&scanned, KvError::Damaged { key, .. } if key == "abcd"), "{scanned}");
    assert_eq!(found.damaged, 2, "the value and its piece");
    assert_eq!(kv.get(b"other").expect("reads").as_deref(), Some(&b"whole"[..]));

    tamper(&kv, &key::value(b"\xAB\xCD"), flip);
    put(&kv, b"\xAB\xCD", b"new").expect("replaces");
    assert!(kv.verify_all().expect("verifies").is_sound());
}

#[test]
fn a_value_moved_to_another_key_and_a_missing_piece_are_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let kv = open(folder.path());
    put(&kv, b"a", b"of a").expect("commits");
    put(&kv, b"b", b"of b").expect("commits");
    put(&kv, b"long", value(9_000, 1)).expect("commits");
    let frame = frame::encode(&key::value(b"a"), frame::Kind::Plain, b"of a");
    tamper(&kv, &key::value(b"b"), |_| frame);
    {
        let engine = kv.engine.read().expect("not poisoned");
        engine.as_ref().expect("runs").call(|db| db.remove(key::chunk(b"long", 2)).map(drop)).expect("removes");
    }

    assert!(matches!(kv.get(b"b"), Err(KvError::Damaged { .. })));
    assert!(matches!(kv.get(b"long"), Err(KvError::Damaged { .. })));
    assert_eq!(kv.verify_all().expect("verifies").first_damaged, ["0162", "016c6f6e67"]);
}

#[test]
fn a_store_of_a_newer_format_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let kv = open(folder.path());
    tamper(&kv, key::FORMAT, |_| frame::encode(key::FORMAT, frame::Kind::Plain, &2_u32.to_be_bytes()));
    drop(kv);

    let error = SledKv::open(folder.path(), small()).expect_err("newer");

    assert!(matches!(error, KvError::NewerFormat { found: 2, known: 1 }), "{error}");
}

#[test]
fn a_second_handle_is_refused_until_the_first_is_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let kv = open(folder.path());

    assert!(matches!(SledKv::open(folder.path(), small()), Err(KvError::InUse)));
    drop(kv);
    open(folder.path());
}

#[test]
fn a_failed_fsync_calls_the_hook_once_and_stops_the_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let (called, on_fatal) = counted();
    let sabotage = Sabotage { fail_fsync_of_commit: Some(2), ..Sabotage::default() };
    let kv = SledKv::open(folder.path(), SledOptions { on_fatal, sabotage, ..small() }).expect("opens");
    put(&kv, b"first", b"safe").expect("commits");

    assert!(matches!(put(&kv, b"second", b"unknown"), Err(KvError::Io(_))));
    assert!(matches!(put(&kv, b"third", b"never"), Err(KvError::Stopped)));
    assert!(matches!(kv.get(b"first"), Err(KvError::Stopped)), "nothing is served after a failed fsync");

    assert_eq!(called.load(Ordering::SeqCst), 1);
    drop(kv);
    assert_eq!(open(folder.path()).get(b"first").expect("reads").as_deref(), Some(&b"safe"[..]));
}

#[test]
fn a_batch_that_is_durable_is_acknowledged_though_nobody_could_look_at_the_engines_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let (called, on_fatal) = counted();
    let kv = SledKv::open(folder.path(), SledOptions { on_fatal, ..small() }).expect("opens");
    fs::remove_dir(folder.path().join("engine/blobs")).expect("removes");

    put(&kv, b"key", b"value").expect("commits");

    assert_eq!(kv.get(b"key").expect("reads").as_deref(), Some(&b"value"[..]));
    assert_eq!(called.load(Ordering::SeqCst), 0);
}

#[test]
fn after_a_full_disk_the_engine_is_read_back_and_what_is_on_the_disk_is_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let sabotage = Sabotage { no_room_for_commit: Some(2), ..Sabotage::default() };
    let kv = SledKv::open(folder.path(), SledOptions { sabotage, ..small() }).expect("opens");
    put(&kv, b"first", b"safe").expect("commits");

    put(&kv, b"second", b"written before the room ended").expect("it is on the disk");

    assert_eq!(all(&kv).len(), 2);
}

#[test]
fn a_batch_of_unknown_fate_is_not_said_to_be_unmade_when_there_is_no_room_to_look() {
    let folder = tempfile::tempdir().expect("a folder");
    let sabotage = Sabotage { no_room_for_commit: Some(2), no_room_to_reopen: true, ..Sabotage::default() };
    let (called, on_fatal) = counted();
    let kv = SledKv::open(folder.path(), SledOptions { on_fatal, sabotage, ..small() }).expect("opens");
    put(&kv, b"first", b"safe").expect("commits");

    let error = put(&kv, b"second", b"on the disk").expect_err("nobody can tell");

    assert!(matches!(error, KvError::Io(_)), "{error:?}");
    assert_eq!(called.load(Ordering::SeqCst), 1, "the owner is told that the store stopped");
    assert!(matches!(kv.get(b"first"), Err(KvError::Stopped)));
    drop(kv);
    assert_eq!(all(&open(folder.path())).len(), 2, "it was there");
}

#[test]
fn a_store_behind_its_mark_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let kv = open(folder.path());
    put(&kv, b"key", b"value").expect("commits");
    drop(kv);
    let (mark, noted) = Mark::open(&folder.path().join("mark")).expect("opens");
    assert_eq!(noted, Some(1));
    mark.note(3).expect("notes");

    let error = SledKv::open(folder.path(), small()).expect_err("behind");

    assert_eq!(
        error.to_string(),
        "the store does not open: 2 acknowledged commits are missing: it counts 1, the mark beside it 3"
    );
}

#[test]
fn unfinished_snapshots_and_unfinished_stores_do_not_keep_a_store_from_opening() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("engine.new/blobs")).expect("makes");
    fs::write(folder.path().join("engine.new/db"), b"half").expect("writes");
    let kv = open(folder.path());
    put(&kv, b"key", b"value").expect("commits");
    drop(kv);
    fs::write(folder.path().join("engine/snap.FFFFFFFFFFFFFFF0.generating"), b"half").expect("writes");

    assert_eq!(all(&open(folder.path())).len(), 1);
}

#[test]
fn files_that_are_no_store_are_refused_without_a_panic_and_left_there() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(folder.path()));
    for name in ["db", "conf"] {
        fs::write(folder.path().join("engine").join(name), value(700_000, 9)).expect("overwrites");
    }

    let error = SledKv::open(folder.path(), small()).expect_err("no store");

    assert!(matches!(error, KvError::Unopenable(_)), "{error}");
    assert!(folder.path().join("engine/db").exists());
}

#[test]
fn the_reserve_is_real_room_and_is_rebuilt_when_it_was_given_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let kv = open(folder.path());
    let reserve = folder.path().join("reserve");

    let room = fs::metadata(&reserve).expect("there").blocks() * 512;
    let released = kv.committer.lock().expect("not poisoned").space.release();
    let without = kv.health().expect("tells").reserved;
    put(&kv, b"key", b"value").expect("commits");

    assert!(room >= 1 << 20, "{room} bytes");
    assert!(released && !without);
    assert!(kv.health().expect("tells").reserved && reserve.exists());
}

#[test]
fn the_reserve_is_given_up_when_there_is_no_room_for_the_mark() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(folder.path()));
    assert!(folder.path().join("reserve").exists());
    fs::remove_file(folder.path().join("mark")).expect("removes");
    // Every write to it fails for want of room.
    std::os::unix::fs::symlink("/dev/full", folder.path().join("mark")).expect("links");

    let error = SledKv::open(folder.path(), small()).expect_err("there is no room for the mark at all");

    assert!(matches!(error, KvError::Full), "{error}");
    assert!(!folder.path().join("reserve").exists(), "the reserve was not tried");
}

#[test]
fn writes_end_at_the_floor_and_reads_go_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let kv = open(folder.path());
    put(&kv, b"key", b"value").expect("commits");
    assert!(kv.has_room().expect("tells"));
    drop(kv);
    let kv = SledKv::open(folder.path(), SledOptions { free_bytes_min: u64::MAX, ..small() }).expect("opens");

    assert!(!kv.has_room().expect("tells"));
    assert!(matches!(put(&kv, b"key", b"other"), Err(KvError::Full)));
    assert_eq!(kv.get(b"key").expect("reads").as_deref(), Some(&b"value"[..]));
}

#[test]
fn values_that_the_engine_would_move_to_files_of_their_own_stop_the_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let sabotage = Sabotage { piece_bytes_max: Some(1 << 20), ..Sabotage::default() };
    let (called, on_fatal) = counted();
    let kv = SledKv::open(folder.path(), SledOptions { on_fatal, sabotage, ..small() }).expect("opens");

    let results: Vec<_> = (0..16_u8).map(|key| put(&kv, &[key], value(60_000, u64::from(key)))).collect();

    assert!(results.iter().any(Result::is_err), "blobs would have gone unnoticed");
    assert!(matches!(results.last(), Some(Err(KvError::Stopped))));
    assert_eq!(called.load(Ordering::SeqCst), 1, "the owner is told that the store stopped");
    drop(kv);
    assert!(matches!(SledKv::open(folder.path(), small()), Err(KvError::Unopenable(_))));
}

#[test]
fn a_store_in_which_a_value_went_missing_or_became_old_is_refused() {
    for (change, said) in [(None, "1 are there"), (Some(&b"old"[..]), "2 are there")] {
        let folder = tempfile::tempdir().expect("a folder");
        let kv = open(folder.path());
        put(&kv, b"a", b"value").expect("commits");
        put(&kv, b"b", b"value").expect("commits");
        let at = key::value(b"a");
        let mut behind = ::sled::Batch::default();
        match change {
            Some(old) => behind.insert(&at[..], frame::encode(&at, frame::Kind::Plain, old)),
            None => behind.remove(&at[..]),
        }
        kv.engine.read().expect("not poisoned").as_ref().expect("runs").call(|db| db.apply_batch(behind)).expect("ok");
        drop(kv);

        let error = SledKv::open(folder.path(), small()).expect_err("refused").to_string();

        assert!(error.contains(said) && error.ends_with("after commit 2 there were 2"), "{error}");
    }
}
