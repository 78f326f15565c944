//! A cut of the power at any moment loses no acknowledged batch, leaves no half of one, and the store opens again.
//!
//! Each cut works on what the one before left, as a van's tablet would. In half of them parts of the log reach the disk
//! before they were asked to; the journal of the file system is written every 5 or 300 seconds in turns. `JISR_CUTS`
//! sets how often (60 in every run of the tests). Needs root; says so and passes where that is not given.

use std::path::Path;
use std::time::{Duration, Instant};

use jisr_tests::loop_disk::LoopDisk;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::child::{Writer, check, times};
use crate::tally::{Found, Tally};

const DISK_MEBIBYTES: u64 = 160;
/// A disk is given up for an empty one after so many cuts, or when it is full.
const CUTS_OF_ONE_DISK: u64 = 10;

/// Cuts the power `cuts` times, or until the first loss if `until_bad`.
fn cut_again_and_again(cuts: u64, fsync: bool, until_bad: bool) -> Tally {
    let acks = tempfile::NamedTempFile::new().expect("a file");
    let mut random = SmallRng::seed_from_u64(7);
    let mut tally = Tally::default();
    let (mut disk, mut before) = (fresh(acks.path(), 0), 0);
    while tally.faults < cuts && !(until_bad && tally.is_bad()) {
        tally.faults += 1;
        let (left, acknowledged, full) = cut(&disk, acks.path(), fsync, tally.faults, &mut random);
        let found = check(&left.path().join("store"), acknowledged);
        tally.acknowledged += usize::try_from(acknowledged.saturating_sub(before)).unwrap_or(usize::MAX);
        tally.judge(usize::try_from(acknowledged).unwrap_or(usize::MAX), &found);
        if found == Found::Whole && !full && !tally.faults.is_multiple_of(CUTS_OF_ONE_DISK) {
            (disk, before) = (left, acknowledged);
        } else {
            (disk, before) = (fresh(acks.path(), tally.faults), 0);
        }
    }
    tally
}

fn fresh(acks: &Path, round: u64) -> LoopDisk {
    std::fs::write(acks, 0_u64.to_le_bytes()).expect("can be written");
    LoopDisk::new(DISK_MEBIBYTES, journal(round)).expect("a disk")
}

fn journal(round: u64) -> u32 {
    if round.is_multiple_of(2) { 5 } else { 300 }
}

/// Lets a writer run for a while and cuts the power under it: the disk that is left, the last acknowledged number,
/// and whether the disk became full.
fn cut(disk: &LoopDisk, acks: &Path, fsync: bool, round: u64, random: &mut SmallRng) -> (LoopDisk, u64, bool) {
    let start = || Writer::start(&disk.path().join("store"), acks, fsync);
    let mut writer = start();
    if round.is_multiple_of(3) {
        // Killed first, so that what is opened before the cut was in the memory of the kernel only.
        std::thread::sleep(Duration::from_millis(random.random_range(20..200)));
        writer.kill();
        writer = start();
    }
    // One in five is cut while the store is made or opened.
    let milliseconds = if round.is_multiple_of(5) { 3..40 } else { 60..600 };
    let end = Instant::now() + Duration::from_millis(random.random_range(milliseconds));
    while Instant::now() < end {
        if round % 4 < 2 {
            let offset = random.random_range(0..16_u64 << 20);
            // There is no log yet while the store is being made.
            let _ = disk.write_back_early("store/engine/db", offset, random.random_range(4_096..1 << 20));
        }
        std::thread::sleep(Duration::from_millis(random.random_range(1..10)));
    }
    let acknowledged = writer.freeze();
    let left = disk.cut(journal(round)).expect("a copy of the disk");
    let full = writer.has_ended();
    writer.kill();
    (left, acknowledged, full)
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_is_cut() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let start = Instant::now();
    let tally = cut_again_and_again(times("JISR_CUTS", 60), true, false);

    tally.print("power of the store", "cuts", "batches", start.elapsed());
    assert!(!tally.is_bad(), "{tally:?}");
    assert!(tally.acknowledged > 100, "the writer came to write: {tally:?}");
}

#[test]
fn without_the_fsync_the_same_cuts_lose_data() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let start = Instant::now();
    let tally = cut_again_and_again(times("JISR_CUTS_WITHOUT_FSYNC", 12), false, true);

    tally.print("power of the store, without fsync", "cuts", "batches", start.elapsed());
    assert!(tally.is_bad(), "the harness does not notice a missing fsync: {tally:?}");
}
