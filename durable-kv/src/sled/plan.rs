//! What a batch of the user means in the engine's own keys: frames, pieces, and the count of commits.
//!
//! Pieces are written, replaced and removed in the same atomic batch as the value they belong to. Nothing is changed
//! here.

use super::frame::{self, Kind, Manifest};
use super::key;
use super::read::{Reader, Stored, damaged, unread};
use super::tally::Tally;
use crate::{Batch, KvError};

/// What a batch means.
pub(super) struct Plan {
    /// In the engine's own keys.
    pub(super) batch: ::sled::Batch,
    /// What the store holds afterwards.
    pub(super) tally: Tally,
}

/// What `batch` means for a store that holds what `tally` says.
pub(super) fn build(reader: Reader<'_>, batch: Batch, tally: Tally, piece_bytes_max: usize) -> Result<Plan, KvError> {
    let mut plan = Plan { batch: ::sled::Batch::default(), tally };
    for (user_key, value) in batch.into_changes() {
        let old = plan.take_out(reader, &user_key)?;
        let new = match value {
            Some(value) => plan.put(&user_key, &value, piece_bytes_max),
            None => {
                plan.batch.remove(key::value(&user_key));
                0
            }
        };
        for index in old.into_iter().filter(|index| *index >= new) {
            plan.batch.remove(key::chunk(&user_key, index));
        }
    }
    plan.tally.commits += 1;
    put_own(&mut plan.batch, key::HEAD, &plan.tally.encode());
    Ok(plan)
}

/// The engine's batch that makes an empty store.
pub(super) fn birth(format: u32) -> ::sled::Batch {
    let mut batch = ::sled::Batch::default();
    put_own(&mut batch, key::FORMAT, &format.to_be_bytes());
    put_own(&mut batch, key::HEAD, &Tally::default().encode());
    batch
}

/// The number of the store's format; `None` when it has none.
pub(super) fn format(reader: Reader<'_>) -> Result<Option<u32>, KvError> {
    own(reader, key::FORMAT, |payload| payload.try_into().ok().map(u32::from_be_bytes))
}

/// What the store says it holds; `None` when it does not say.
pub(super) fn tally(reader: Reader<'_>) -> Result<Option<Tally>, KvError> {
    own(reader, key::HEAD, Tally::decode)
}

/// Reads one of the records that the store keeps of itself.
fn own<T>(
    reader: Reader<'_>,
    at: &'static [u8],
    decode: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<Option<T>, KvError> {
    let frame = reader.engine.call(|db| db.get(at)).map_err(|refusal| unread(at, refusal))?;
    let Some(frame) = frame else { return Ok(None) };
    match frame::decode(at, &frame, true) {
        Ok((Kind::Plain, payload)) => decode(payload).map(Some).ok_or_else(|| damaged(at, "not what belongs there")),
        Ok(_) => Err(damaged(at, "not what belongs there")),
        Err(what) => Err(damaged(at, what)),
    }
}

fn put_own(batch: &mut ::sled::Batch, at: &[u8], payload: &[u8]) {
    batch.insert(at, frame::encode(at, Kind::Plain, payload));
}

impl Plan {
    /// Plans `value` at the user's key; tells in how many pieces.
    fn put(&mut self, user_key: &[u8], value: &[u8], piece_bytes_max: usize) -> u32 {
        let at = key::value(user_key);
        let (frame, chunks) = if value.len() <= piece_bytes_max {
            (frame::encode(&at, Kind::Plain, value), 0)
        } else {
            let manifest = Manifest::of(value);
            for (index, piece) in (0..).zip(value.chunks(frame::PAYLOAD_BYTES_MAX)) {
                let at = key::chunk(user_key, index);
                let frame = frame::encode(&at, Kind::Chunk, piece);
                self.batch.insert(at, frame);
            }
            (frame::encode(&at, Kind::Manifest, &manifest.encode()), manifest.chunks)
        };
        self.tally.add(&frame);
        self.batch.insert(at, frame);
        chunks
    }

    /// Takes the present value of the user's key out of the tally; tells which pieces it has. A damaged value can be
    /// replaced or removed, so its pieces are looked up where they lie.
    fn take_out(&mut self, reader: Reader<'_>, user_key: &[u8]) -> Result<Vec<u32>, KvError> {
        let Some(frame) = reader.frame(user_key)? else { return Ok(Vec::new()) };
        self.tally.remove(&frame);
        match reader.open(user_key, &key::value(user_key), &frame) {
            Ok(Stored::Plain(_)) => Ok(Vec::new()),
            Ok(Stored::Pieces(manifest)) => Ok((0..manifest.chunks).collect()),
            Err(_) => chunks_found(reader, user_key),
        }
    }
}

fn chunks_found(reader: Reader<'_>, user_key: &[u8]) -> Result<Vec<u32>, KvError> {
    let keys = reader
        .engine
        .call(|db| db.scan_prefix(key::chunks(user_key)).keys().collect::<Result<Vec<_>, _>>())
        .map_err(|refusal| unread(user_key, refusal))?;
    Ok(keys
        .iter()
        .filter_map(|at| match key::meaning(at) {
            key::Meaning::Chunk(_, index) => Some(index),
            _ => None,
        })
        .collect())
}
