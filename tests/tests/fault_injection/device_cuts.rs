//! The power of a device is cut under its command line: every id that was printed is there, and waits or was delivered.
//!
//! `jisr record` or `jisr sync` works on a store on a disk of its own; at a random moment the program is stopped where it
//! is and the disk copied. The next round works on the copy, as a van's tablet would. In half of the cuts parts of the
//! log reach the disk before they were asked to; the journal of the file system is written every 5 or 300 seconds in
//! turns. `JISR_DEVICE_CUTS` sets how often (20 in every run of the tests). Needs root; says so and passes where that is
//! not given.

use std::time::Instant;

use jisr_tests::loop_disk::LoopDisk;
use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::child::times;
use crate::device::Device;
use crate::tally::Tally;

/// A device is given up for a new one after so many cuts.
const CUTS_OF_ONE_DEVICE: u64 = 10;

/// Cuts the power `cuts` times, or until something is lost.
async fn cut_again_and_again(cuts: u64, fsync: bool) -> Tally {
    let mut random = SmallRng::seed_from_u64(11);
    let mut tally = Tally::default();
    while tally.faults < cuts && !tally.is_bad() {
        let mut device = Device::enrolled_on_a_disk(fsync).await;
        let end = cuts.min(tally.faults + CUTS_OF_ONE_DEVICE);
        while tally.faults < end && !tally.is_bad() {
            tally.faults += 1;
            device.cut(tally.faults, &mut random);
            let found = device.found(tally.faults).await;
            tally.judge(device.acknowledged(), &found);
        }
        tally.acknowledged += device.acknowledged();
        if !tally.is_bad() {
            device.end().await;
        }
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn every_id_the_field_command_printed_is_there_when_the_power_of_the_device_is_cut() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let start = Instant::now();
    let tally = cut_again_and_again(times("JISR_DEVICE_CUTS", 20), true).await;

    tally.print("power of the device", "cuts", "records", start.elapsed());
    assert!(!tally.is_bad(), "{tally:?}");
    assert!(tally.acknowledged as u64 > tally.faults, "the command came to write: {tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_fsync_the_same_cuts_under_the_device_lose_data() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let start = Instant::now();
    let tally = cut_again_and_again(times("JISR_CUTS_WITHOUT_FSYNC", 12), false).await;

    tally.print("power of the device, without fsync", "cuts", "records", start.elapsed());
    assert!(tally.is_bad(), "the harness does not notice a missing fsync: {tally:?}");
}
