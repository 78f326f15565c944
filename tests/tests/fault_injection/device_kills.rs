//! The field command is killed (SIGKILL) at any moment, while it starts too: what it said it kept is there, in the order
//! of writing, nothing is there by half, and all of it reaches the server once.
//!
//! `jisr record` or `jisr sync` is killed; the next round works on what is left. `JISR_DEVICE_KILLS` sets how often (60
//! in every run of the tests).

use std::time::Instant;

use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::child::times;
use crate::device::Device;
use crate::tally::Tally;

/// A device is given up for a new one after so many kills: after each everything is read.
const KILLS_OF_ONE_DEVICE: u64 = 30;

/// Kills the command `kills` times, or until something was lost.
async fn kill_again_and_again(kills: u64) -> Tally {
    let mut random = SmallRng::seed_from_u64(11);
    let mut tally = Tally::default();
    while tally.faults < kills && !tally.is_bad() {
        let mut device = Device::enrolled().await;
        let end = kills.min(tally.faults + KILLS_OF_ONE_DEVICE);
        while tally.faults < end && !tally.is_bad() {
            tally.faults += 1;
            device.kill(tally.faults, &mut random);
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
async fn what_the_field_command_said_it_kept_is_there_when_it_is_killed_at_any_moment() {
    let start = Instant::now();
    let tally = kill_again_and_again(times("JISR_DEVICE_KILLS", 60)).await;

    tally.print("device", "kills", "records", start.elapsed());
    assert!(!tally.is_bad(), "{tally:?}");
    assert!(tally.acknowledged as u64 > tally.faults, "the command came to write: {tally:?}");
}
