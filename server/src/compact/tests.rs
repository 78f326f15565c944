//! A compacted store holds the same in less room, and a stop at any step leaves a whole one.

use std::path::Path;

use jisr_durable_kv::{Batch, Kv, Pair, SledKv, SledOptions};

use super::{CompactError, Step, compact, end};
use crate::assemble::store_in;
use crate::progress::testing::Noted;
use crate::progress::{Progress, Stage, Unwatched};

fn options() -> SledOptions {
    SledOptions { reserve_bytes: 0, ..SledOptions::device() }
}

/// A store whose values were each written several times, some of them long.
fn filled(folder: &Path) -> Vec<Pair> {
    let store = SledKv::open(store_in(folder), options()).unwrap();
    for round in 0..8_u8 {
        for group in 0..10_u32 {
            let mut batch = Batch::new();
            for n in 0..40_u32 {
                let key = (group * 40 + n).to_be_bytes();
                batch.put(key, vec![round; if n == 0 { 20_000 } else { 300 }]);
            }
            store.commit(batch).unwrap();
        }
    }
    pairs(&store)
}

fn pairs(store: &SledKv) -> Vec<Pair> {
    store.scan(&[], &end(), usize::MAX).unwrap()
}

fn held(folder: &Path) -> Vec<Pair> {
    pairs(&SledKv::open(store_in(folder), options()).unwrap())
}

#[test]
fn a_compacted_store_holds_the_same_and_takes_less_room() {
    let folder = tempfile::tempdir().unwrap();
    let before = filled(folder.path());

    let done = compact(folder.path(), &options(), &Unwatched, &mut |_| true).unwrap();

    assert_eq!(done.values, 400);
    assert!(done.bytes_after * 2 < done.bytes_before, "{done:?}");
    assert!(held(folder.path()) == before, "every pair is the same");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_stop_at_any_step_leaves_a_whole_store_and_the_next_run_ends_well() {
    for stop in Step::ALL {
        let folder = tempfile::tempdir().unwrap();
        let before = filled(folder.path());

        let stopped = compact(folder.path(), &options(), &Unwatched, &mut |step| step != stop);

        assert!(matches!(stopped, Err(CompactError::Crashed(at)) if at == stop), "{stopped:?}");
        assert!(held(folder.path()) == before, "stopped after {stop:?}");
        compact(folder.path(), &options(), &Unwatched, &mut |_| true).unwrap();
        assert!(held(folder.path()) == before, "after another run");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "stopped after {stop:?}");
    }
}

#[test]
fn a_store_in_use_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let serving = SledKv::open(store_in(folder.path()), options()).unwrap();

    let refused = compact(folder.path(), &options(), &Unwatched, &mut |_| true);

    assert!(matches!(refused, Err(CompactError::Store(jisr_durable_kv::KvError::InUse))));
    assert_eq!(pairs(&serving).len(), 400);
}

#[test]
fn nobody_opens_the_old_store_between_its_copy_and_the_exchange() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let mut refused = 0;

    compact(folder.path(), &options(), &Unwatched, &mut |step| {
        if step == Step::Compared {
            refused += i32::from(SledKv::open(store_in(folder.path()), options()).is_err());
        }
        true
    })
    .unwrap();

    assert_eq!(refused, 1);
}

#[test]
fn a_compaction_tells_how_far_it_is_and_one_that_is_stopped_leaves_the_store_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let before = filled(folder.path());

    for (at, done) in [(Stage::Values, 0), (Stage::Values, 256), (Stage::Compare, 256)] {
        let stopped = compact(folder.path(), &options(), &Noted::stopping_at(at, done), &mut |_| true);

        assert!(matches!(stopped, Err(CompactError::Stopped(_))), "{stopped:?}");
        assert!(held(folder.path()) == before, "{at:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "{at:?}");
    }
    let noted = Noted::default();
    compact(folder.path(), &options(), &noted, &mut |_| true).unwrap();
    let stage = |stage, total| Progress { stage, done: 400, total };
    assert_eq!(noted.stages(), [stage(Stage::Values, None), stage(Stage::Compare, Some(400))]);
}
