//! Any sequence of batches, with reopening in between, leaves what a `BTreeMap` holds.

use jisr_durable_kv::conformance::{Model, all, apply, value};
use jisr_durable_kv::{Batch, Kv, SledKv, SledOptions};
use proptest::collection::vec;
use proptest::prelude::*;

/// A key, and the length and seed of the value to put there; `None` removes it.
type Change = (Vec<u8>, Option<(usize, u64)>);

#[derive(Debug, Clone)]
enum Step {
    Commit(Vec<Change>),
    Reopen,
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    // Few letters and short, so that keys meet and are prefixes of each other.
    vec(prop_oneof![Just(0_u8), Just(1), Just(2), Just(b'a'), Just(0xFE)], 0..4)
}

fn length() -> impl Strategy<Value = usize> {
    prop_oneof![5 => 0_usize..300, 2 => 4_070_usize..4_110, 1 => 8_150_usize..8_190, 1 => 0_usize..40_000]
}

fn step() -> impl Strategy<Value = Step> {
    let change = (key(), prop::option::weighted(0.75, (length(), any::<u64>())));
    prop_oneof![8 => vec(change, 0..12).prop_map(Step::Commit), 1 => Just(Step::Reopen)]
}

fn batch(changes: &[Change]) -> Batch {
    let mut batch = Batch::new();
    for (key, change) in changes {
        match change {
            Some((length, seed)) => batch.put(key.clone(), value(*length, *seed)),
            None => batch.delete(key.clone()),
        }
    }
    batch
}

fn open(folder: &std::path::Path) -> SledKv {
    SledKv::open(folder, SledOptions::device()).expect("opens")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_store_on_the_disk_holds_what_the_model_holds(steps in vec(step(), 1..40)) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut kv = open(folder.path());
        let mut model = Model::new();
        for step in &steps {
            match step {
                Step::Commit(changes) => {
                    let batch = batch(changes);
                    apply(&mut model, &batch);
                    kv.commit(batch).expect("commits");
                }
                Step::Reopen => {
                    drop(kv);
                    kv = open(folder.path());
                }
            }
            prop_assert_eq!(&all(&kv), &model);
        }
        let found = kv.verify_all().expect("verifies");
        prop_assert!(found.is_sound(), "{:?}", found);
        prop_assert_eq!(found.values, model.len() as u64);
    }
}
