//! An endless script of batches of which the whole state can be told from the number of the last one.
//!
//! A store that was killed says how far it came (`head`); everything else it must hold follows. So a check finds lost
//! batches, half batches, batches out of order and values that were changed, not only missing acknowledgements.
//!
//! Each batch replaces or removes ten of [`SLOTS`] values, adds one to a log that only grows, and counts itself.

use std::collections::BTreeMap;

use jisr_durable_kv::conformance::value;
use jisr_durable_kv::{Batch, Kv, KvError};

/// Values that are replaced over and over.
pub const SLOTS: u64 = 400;
const PER_BATCH: u64 = 10;
const HEAD: &[u8] = b"head";

/// Batch number `number` of the script, counted from 1.
pub fn batch(number: u64) -> Batch {
    let mut batch = Batch::new();
    for write in number * PER_BATCH..(number + 1) * PER_BATCH {
        match written(write) {
            Some(value) => batch.put(slot(write % SLOTS), value),
            None => batch.delete(slot(write % SLOTS)),
        }
    }
    batch.put(log(number), value(40, number));
    batch.put(HEAD, number.to_be_bytes());
    batch
}

/// What a store must hold after batch `head` and all before it.
pub fn state(head: u64) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut state = BTreeMap::new();
    let end = (head + 1) * PER_BATCH;
    // Batch 0 does not exist: the first write is `PER_BATCH`.
    for write in end.saturating_sub(SLOTS).max(PER_BATCH)..end {
        if let Some(value) = written(write) {
            state.insert(slot(write % SLOTS), value);
        }
    }
    for number in 1..=head {
        state.insert(log(number), value(40, number));
    }
    if head > 0 {
        state.insert(HEAD.to_vec(), head.to_be_bytes().to_vec());
    }
    state
}

/// The last batch that `kv` holds; 0 for none.
///
/// # Errors
/// When it cannot be read.
pub fn head(kv: &dyn Kv) -> Result<u64, KvError> {
    Ok(kv.get(HEAD)?.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes))
}

/// Compares `kv` with the state at its head; the answer is that head, or what is wrong.
///
/// # Errors
/// A sentence that names the first difference.
pub fn check(kv: &dyn Kv) -> Result<u64, String> {
    let head = head(kv).map_err(|error| format!("the head cannot be read: {error}"))?;
    let found: BTreeMap<_, _> =
        kv.scan(b"", b"\xFF", usize::MAX).map_err(|error| format!("a scan fails: {error}"))?.into_iter().collect();
    let expected = state(head);
    let differing = expected.iter().find(|(key, value)| found.get(*key) != Some(value)).map(|(key, _)| key);
    let surplus = found.keys().find(|key| !expected.contains_key(*key));
    match differing.or(surplus) {
        None => Ok(head),
        Some(key) => Err(format!("wrong at head {head}: {}", String::from_utf8_lossy(key))),
    }
}

fn slot(slot: u64) -> Vec<u8> {
    format!("slot/{slot:04}").into_bytes()
}

fn log(number: u64) -> Vec<u8> {
    [b"log/", &number.to_be_bytes()[..]].concat()
}

/// What write `write` puts: mostly 1 to 4 KiB, one in 64 up to 60,000 bytes; one in eight removes.
fn written(write: u64) -> Option<Vec<u8>> {
    let drawn = value(8, write ^ 0x5EED).try_into().map_or(0, u64::from_le_bytes);
    let length = match drawn % 64 {
        0..8 => return None,
        8 => 20_000 + drawn / 64 % 40_000,
        _ => 1_000 + drawn / 64 % 3_084,
    };
    Some(value(usize::try_from(length).unwrap_or_default(), write))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jisr_durable_kv::MemoryKv;

    #[test]
    fn the_state_told_from_the_head_is_what_the_batches_leave() {
        let kv = MemoryKv::new();
        for number in 1..=100 {
            kv.commit(batch(number)).expect("commits");
            assert_eq!(check(&kv), Ok(number));
        }
    }

    #[test]
    fn a_batch_that_is_half_made_is_noticed() {
        let kv = MemoryKv::new();
        (1..=60).for_each(|number| kv.commit(batch(number)).expect("commits"));
        let mut half = Batch::new();
        for (key, value) in batch(61).iter().take(5) {
            match value {
                Some(value) => half.put(key, value),
                None => half.delete(key),
            }
        }
        kv.commit(half).expect("commits");

        assert!(check(&kv).is_err());
    }
}
