//! Both stores keep the contract, and the one on the disk leaves nothing behind.

use std::sync::Arc;

use jisr_durable_kv::conformance::{self, Opener, value};
use jisr_durable_kv::{Batch, Kv, MemoryKv, SledKv, SledOptions};

#[test]
fn the_memory_twin_keeps_the_contract() {
    conformance::check(|| {
        let kv = Arc::new(MemoryKv::new());
        Box::new(move || Box::new(kv.clone()))
    });
}

#[test]
fn the_store_on_the_disk_keeps_the_contract() {
    conformance::check(|| -> Opener {
        let folder = tempfile::tempdir().expect("a folder");
        Box::new(move || Box::new(SledKv::open(folder.path(), SledOptions::device()).expect("opens")))
    });
}

#[test]
fn replacing_and_removing_long_values_leaves_no_pieces_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let kv = SledKv::open(folder.path(), SledOptions::device()).expect("opens");
    for (number, length) in [9_000, 100, 60_000, 4_085, 4_084, 30_000].into_iter().enumerate() {
        let mut batch = Batch::new();
        batch.put(b"key", value(length, number as u64));
        batch.put(b"key\0\0\0\0\0", value(20_000, number as u64));
        kv.commit(batch).expect("commits");

        let found = kv.verify_all().expect("verifies");
        assert!(found.is_sound(), "{length} bytes: {found:?}");
        assert_eq!(found.pieces, (if length <= 4_084 { 0 } else { length.div_ceil(4_084) } + 5) as u64);
    }
    let mut batch = Batch::new();
    batch.delete(b"key");
    batch.delete(b"key\0\0\0\0\0");
    kv.commit(batch).expect("commits");

    let found = kv.verify_all().expect("verifies");
    assert!(found.is_sound());
    assert_eq!((found.values, found.pieces), (0, 0));
    assert_eq!(kv.health().expect("tells").blob_files, 0);
}
