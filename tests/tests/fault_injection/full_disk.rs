//! A full disk refuses new batches, keeps the old ones readable, opens again, and goes on once there is room.
//!
//! On a small disk of its own; needs root, says so and passes where that is not given.

use std::path::Path;

use jisr_durable_kv::{Kv, KvError, SledKv, SledOptions};
use jisr_tests::kv_script;
use jisr_tests::loop_disk::LoopDisk;

use crate::patience;

/// Disks filled at least and at most.
const DISKS: u64 = 5;
const DISKS_MAX: u64 = 24;
const RESERVE_BYTES: u64 = 4 << 20;

fn options() -> SledOptions {
    // No floor: the engine itself must run into the end of the disk.
    SledOptions { reserve_bytes: RESERVE_BYTES, free_bytes_min: 0, ..SledOptions::device() }
}

/// Commits the script from `from` on until the disk is full: the last batch acknowledged.
fn commit_until_full(kv: &SledKv, from: u64) -> u64 {
    for number in from + 1.. {
        match kv.commit(kv_script::batch(number)) {
            Ok(()) => {}
            Err(KvError::Full) => return number - 1,
            Err(error) => panic!("batch {number}: {error:?}"),
        }
    }
    unreachable!("every disk is full one day")
}

fn open(folder: &Path) -> SledKv {
    patience::store(folder, options).expect("opens")
}

#[test]
fn a_full_disk_loses_nothing_and_the_store_opens_and_goes_on() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    // Where the engine asks for room differs from run to run: more disks are filled until it was refused on some.
    let (mut disks, mut given_up) = (0, 0);
    while disks < DISKS || (given_up < 2 && disks < DISKS_MAX) {
        disks += 1;
        given_up += u64::from(run_into_the_end_of_the_disk(disks * 150 * 1_024));
    }
    println!("{disks} disks filled; the engine itself hit the end of {given_up}");
    assert!(given_up > 0, "every batch was refused before the engine saw the end of the disk");
}

/// Tells whether the engine hit the end of the disk, which shows in the reserve being given up.
fn run_into_the_end_of_the_disk(leave: u64) -> bool {
    let disk = LoopDisk::new(48, 5).expect("a disk");
    let store = disk.path().join("store");
    let kv = open(&store);
    (1..=30).for_each(|number| kv.commit(kv_script::batch(number)).expect("commits"));
    disk.fill("ballast", leave).expect("fills");

    let acknowledged = commit_until_full(&kv, 30);
    let given_up = !kv.health().expect("tells").reserved;
    assert_eq!(kv_script::check(&kv), Ok(acknowledged), "reads go on, and the refused batch is not there");
    drop(kv);
    let kv = open(&store);
    assert_eq!(kv_script::check(&kv), Ok(acknowledged), "it opens on the full disk");
    drop(kv);

    disk.fill("more-ballast", 0).expect("fills");
    match patience::store(&store, options) {
        Ok(kv) => assert_eq!(kv_script::check(&kv), Ok(acknowledged), "it opens without a byte of room"),
        Err(error) => assert!(matches!(error, KvError::Full), "{error:?}"),
    }

    std::fs::remove_file(disk.path().join("ballast")).expect("removes");
    std::fs::remove_file(disk.path().join("more-ballast")).expect("removes");
    let kv = open(&store);
    assert_eq!(kv_script::check(&kv), Ok(acknowledged), "it opens once there is room");
    kv.commit(kv_script::batch(acknowledged + 1)).expect("commits again");
    assert!(kv.health().expect("tells").reserved, "the reserve is back");
    assert!(kv.verify_all().expect("verifies").is_sound());
    given_up
}
