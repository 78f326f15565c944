//! What a store should hold, in three numbers, renewed with every commit.
//!
//! When a piece of the engine's log is damaged, the engine may skip it while opening and go on with what it finds
//! behind it: single values are then missing or old, and nothing tells. The tally lies in the same atomic batch as the
//! values. Counting anew at open and comparing tells.
//!
//! Pieces are not counted: a missing or old one is noticed when its value is put together.

use super::frame;
use super::key;
use super::read::{Reader, unread};
use crate::KvError;

/// How many values are looked at before the engine is asked for more.
const PAGE: usize = 1024;

/// Commits and values of a store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Commits since the store was made.
    pub(super) commits: u64,
    /// Values in it.
    pub(super) values: u64,
    /// The sum, modulo 2^64, of a number drawn from each value's checksum: which values these are, in any order.
    fingerprint: u64,
}

impl Tally {
    /// Notes that the value framed in `frame` is there.
    pub(super) fn add(&mut self, frame: &[u8]) {
        self.values = self.values.wrapping_add(1);
        self.fingerprint = self.fingerprint.wrapping_add(spread(frame::stored_checksum(frame)));
    }

    /// Notes that the value framed in `frame` is there no more.
    pub(super) fn remove(&mut self, frame: &[u8]) {
        self.values = self.values.wrapping_sub(1);
        self.fingerprint = self.fingerprint.wrapping_sub(spread(frame::stored_checksum(frame)));
    }

    pub(super) fn encode(self) -> Vec<u8> {
        [self.commits, self.values, self.fingerprint].into_iter().flat_map(u64::to_be_bytes).collect()
    }

    pub(super) fn decode(payload: &[u8]) -> Option<Self> {
        let (numbers, []) = payload.as_chunks::<8>() else { return None };
        let [commits, values, fingerprint] = <[[u8; 8]; 3]>::try_from(numbers).ok()?.map(u64::from_be_bytes);
        Some(Self { commits, values, fingerprint })
    }
}

/// Counts all values of a store, which takes a look at each; `commits` is taken over.
pub(super) fn count(reader: Reader<'_>, commits: u64) -> Result<Tally, KvError> {
    let mut tally = Tally { commits, ..Tally::default() };
    let mut from = key::value(&[]);
    loop {
        let page = reader
            .engine
            .call(|db| db.range(from.as_slice()..key::VALUES_END).take(PAGE).collect::<Result<Vec<_>, _>>())
            .map_err(|refusal| unread(&from, refusal))?;
        page.iter().for_each(|(_, frame)| tally.add(frame));
        match page.last() {
            // The smallest key behind the last one.
            Some((last, _)) => from = [last, &[0][..]].concat(),
            None => return Ok(tally),
        }
    }
}

/// The finishing step of SplitMix64: sums of plain checksums would let differences cancel each other.
fn spread(checksum: u32) -> u64 {
    let mixed = (u64::from(checksum) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::super::frame::{Kind, encode};
    use super::*;

    #[test]
    fn a_missing_an_old_and_a_surplus_value_change_the_tally_and_order_does_not() {
        let frames = [b"a", b"b", b"c"].map(|key| encode(key, Kind::Plain, b"value"));
        let of = |frames: &[&[u8]]| {
            let mut tally = Tally::default();
            frames.iter().for_each(|frame| tally.add(frame));
            tally
        };
        let old = encode(b"c", Kind::Plain, b"old");
        let whole = of(&[&frames[0], &frames[1], &frames[2]]);

        assert_eq!(of(&[&frames[2], &frames[0], &frames[1]]), whole);
        assert_ne!(of(&[&frames[0], &frames[1], &old]), whole);
        assert_ne!(of(&[&frames[0], &frames[1]]), whole);
        assert_eq!(Tally::decode(&whole.encode()), Some(whole));
        let mut back = of(&[&frames[0], &frames[1], &old]);
        back.remove(&old);
        back.add(&frames[2]);
        assert_eq!(back, whole);
    }
}
