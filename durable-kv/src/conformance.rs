//! What every store must do, as one suite for all of them.
//!
//! A store that passes keeps the contract of [`Kv`] as far as it shows without cutting the power. Each case gets a
//! store of its own; a failed case panics and names itself in its message.

use std::collections::BTreeMap;
#[cfg(not(target_family = "wasm"))]
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(not(target_family = "wasm"))]
use std::thread;

use crate::{Batch, KEY_BYTES_MAX, Kv, KvError, VALUE_BYTES_MAX, after_prefix};

/// Opens one store. Called again after the handle before was dropped, it opens the same store.
pub type Opener = Box<dyn Fn() -> Box<dyn Kv>>;

/// What a store holds, told by a simpler thing than a store.
pub type Model = BTreeMap<Vec<u8>, Vec<u8>>;

/// Lengths of values around which stores cut, and some beyond.
pub const VALUE_BYTES: [usize; 14] =
    [0, 1, 2, 4_000, 4_083, 4_084, 4_085, 4_095, 4_096, 4_097, 8_168, 8_169, 70_000, 1024 * 1024];

/// Runs every case on stores that `fresh` makes: each call of it gives the opener of a new, empty store.
///
/// # Panics
/// At the first case that does not hold.
pub fn check(fresh: impl Fn() -> Opener) {
    what_was_put_is_got_back_also_after_reopening(&fresh());
    values_of_every_length_come_back_and_replace_each_other(&fresh());
    scans_give_keys_in_order_from_both_ends(&fresh());
    what_is_beyond_the_limits_is_refused_and_changes_nothing(&fresh());
    #[cfg(not(target_family = "wasm"))]
    readers_see_whole_batches_only(&fresh());
    random_batches_leave_what_the_model_says(&fresh());
}

fn what_was_put_is_got_back_also_after_reopening(open: &Opener) {
    let kv = open();
    let mut batch = Batch::new();
    batch.put(b"", b"the empty key");
    batch.put(b"empty", b"");
    batch.put([0xFF; KEY_BYTES_MAX], b"the last key");
    batch.put(b"gone", b"soon");
    kv.commit(batch).expect("commits");
    let mut batch = Batch::new();
    batch.delete(b"gone");
    batch.delete(b"never there");
    kv.commit(batch).expect("commits");
    kv.commit(Batch::new()).expect("commits nothing");
    drop(kv);

    let kv = open();
    assert_eq!(got(&*kv, b"").as_deref(), Some(&b"the empty key"[..]));
    assert_eq!(got(&*kv, b"empty").as_deref(), Some(&b""[..]));
    assert_eq!(got(&*kv, &[0xFF; KEY_BYTES_MAX]).as_deref(), Some(&b"the last key"[..]));
    assert_eq!(got(&*kv, b"gone"), None);
    assert_eq!(got(&*kv, b"\x00"), None);
}

fn values_of_every_length_come_back_and_replace_each_other(open: &Opener) {
    let kv = open();
    for before in VALUE_BYTES {
        for after in VALUE_BYTES.into_iter().filter(|after| after.abs_diff(before) < 100_000 || before < 4_100) {
            for length in [before, after] {
                let mut batch = Batch::new();
                batch.put(b"key", value(length, length as u64));
                batch.put(b"key2", b"a neighbour");
                kv.commit(batch).expect("commits");
            }
            assert!(got(&*kv, b"key") == Some(value(after, after as u64)), "{before} then {after} bytes");
        }
    }
    drop(kv);

    let kv = open();
    assert!(got(&*kv, b"key") == Some(value(1024 * 1024, 1024 * 1024)), "a long value after reopening");
    let mut batch = Batch::new();
    batch.delete(b"key");
    kv.commit(batch).expect("commits");
    assert_eq!(all(&*kv), Model::from([(b"key2".to_vec(), b"a neighbour".to_vec())]));
}

fn scans_give_keys_in_order_from_both_ends(open: &Opener) {
    let kv = open();
    let mut model = Model::new();
    let mut batch = Batch::new();
    for number in 0..500_u32 {
        let key = format!("{}/{number:03}", ["a", "b", "b\0", "c"][number as usize % 4]);
        let value = value([5, 5_000][usize::from(number % 50 == 0)], u64::from(number));
        model.insert(key.clone().into_bytes(), value.clone());
        batch.put(key, value);
    }
    kv.commit(batch).expect("commits");

    let ends = [&b""[..], b"a", b"b", b"b/", b"b/201", b"b0", b"c/499", b"c/499\0", b"\xFF"];
    for (from, to) in ends.iter().flat_map(|from| ends.iter().map(move |to| (*from, *to))) {
        let expected: Vec<_> = model
            .iter()
            .filter(|(key, _)| (from..to).contains(&key.as_slice()))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        for limit in [0, 1, 7, usize::MAX] {
            let found = kv.scan(from, to, limit).expect("scans");
            assert!(found.iter().eq(expected.iter().take(limit)), "{from:?} to {to:?}, at most {limit}");
            let found = kv.scan_back(from, to, limit).expect("scans back");
            assert!(found.iter().eq(expected.iter().rev().take(limit)), "{from:?} back from {to:?}, at most {limit}");
        }
    }
    let end = after_prefix(b"b").expect("there is a key after b");
    assert_eq!(kv.scan(b"b", &end, usize::MAX).expect("scans").len(), 250);
}

fn what_is_beyond_the_limits_is_refused_and_changes_nothing(open: &Opener) {
    let kv = open();
    for (key, value) in [(vec![1; KEY_BYTES_MAX + 1], vec![1]), (vec![1; KEY_BYTES_MAX], vec![1; VALUE_BYTES_MAX + 1])]
    {
        let mut batch = Batch::new();
        batch.put(b"beside", b"it");
        batch.put(key, value);
        assert!(matches!(kv.commit(batch), Err(KvError::TooLong { .. })), "a batch beyond the limits");
    }
    assert_eq!(all(&*kv), Model::new());

    let mut batch = Batch::new();
    batch.put([7; KEY_BYTES_MAX], value(VALUE_BYTES_MAX, 7));
    kv.commit(batch).expect("commits what is just within the limits");
    assert!(got(&*kv, &[7; KEY_BYTES_MAX]) == Some(value(VALUE_BYTES_MAX, 7)), "the longest value");
}

#[cfg(not(target_family = "wasm"))]
fn readers_see_whole_batches_only(open: &Opener) {
    let kv = open();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::SeqCst) {
                    let found = kv.scan(b"", b"\xFF", usize::MAX).expect("scans");
                    assert!(found.windows(2).all(|pair| pair[0].1 == pair[1].1), "half of a batch was seen");
                }
            });
        }
        for number in 0..60_u64 {
            let mut batch = Batch::new();
            let value = value([3, 9_000][usize::from(number % 3 == 0)], number);
            (0..12_u8).for_each(|key| batch.put([key], value.clone()));
            kv.commit(batch).expect("commits");
        }
        done.store(true, Ordering::SeqCst);
    });
}

fn random_batches_leave_what_the_model_says(open: &Opener) {
    let mut model = Model::new();
    for round in 0..4_u64 {
        let kv = open();
        assert_eq!(all(&*kv), model, "after reopening, round {round}");
        for number in 0..40 {
            let batch = random_batch(round * 1_000 + number);
            apply(&mut model, &batch);
            kv.commit(batch).expect("commits");
        }
        assert_eq!(all(&*kv), model, "round {round}");
    }
}

/// A batch drawn from `seed`: up to 20 changes of 60 keys, a fifth removals, values up to 20,000 bytes.
pub fn random_batch(seed: u64) -> Batch {
    let mut state = seed;
    let mut draw = |below: u64| {
        state = mix(state);
        state % below
    };
    let mut batch = Batch::new();
    for _ in 0..=draw(20) {
        let key = format!("key/{:02}", draw(60));
        let length = match draw(10) {
            0 | 1 => {
                batch.delete(key);
                continue;
            }
            2 => 3_900 + draw(400),
            3 => draw(20_000),
            _ => draw(1_200),
        };
        let length = usize::try_from(length).unwrap_or_default();
        batch.put(key, value(length, draw(u64::MAX)));
    }
    batch
}

/// Makes the changes of `batch` in `model`.
pub fn apply(model: &mut Model, batch: &Batch) {
    for (key, value) in batch.iter() {
        match value {
            Some(value) => model.insert(key.to_vec(), value.to_vec()),
            None => model.remove(key),
        };
    }
}

/// Everything `kv` holds below the key `FF`.
///
/// # Panics
/// When it cannot be read.
pub fn all(kv: &dyn Kv) -> Model {
    kv.scan(b"", b"\xFF", usize::MAX).expect("everything can be read").into_iter().collect()
}

/// `length` bytes that no other `seed` gives.
pub fn value(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state = mix(state);
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

fn got(kv: &dyn Kv, key: &[u8]) -> Option<Vec<u8>> {
    kv.get(key).expect("a value can be read")
}

/// A step of SplitMix64 (Steele, Lea and Flood 2014): the suite needs numbers that are the same everywhere.
fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
