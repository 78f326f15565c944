//! `kill -9` at any moment, while opening too, loses no acknowledged batch and leaves no half of one.
//!
//! `JISR_KILLS` sets how often (50 in every run of the tests).

use std::thread;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::child::{Found, Writer, acknowledged, check, times};

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let kills = times("JISR_KILLS", 50);
    let folder = tempfile::tempdir().expect("a folder");
    let (store, acks) = (folder.path().join("store"), folder.path().join("acks"));
    let mut random = SmallRng::seed_from_u64(9);
    let mut batches = 0;

    for kill in 1..=kills {
        let mut writer = Writer::start(&store, &acks, true);
        // One in five is killed while it opens.
        let most = if kill % 5 == 0 { 15 } else { 150 };
        thread::sleep(Duration::from_millis(random.random_range(1..most)));
        writer.kill();

        let acknowledged = acknowledged(&acks);
        match check(&store) {
            Found::Whole(head) => {
                let expected = acknowledged..=acknowledged + 1;
                assert!(expected.contains(&head), "kill {kill}: {acknowledged} acknowledged, {head} there");
                batches = head;
            }
            found => panic!("kill {kill}, {acknowledged} acknowledged: {found:?}"),
        }
    }
    println!("{kills} kills, {batches} batches: 0 lost, 0 wrong, 0 unopenable");
    assert!(batches > kills, "the writer came to write");
}
