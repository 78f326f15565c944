//! What a batch of the user means in the engine's own keys: frames, pieces, and the count of commits.
//!
//! Pieces are written, replaced and removed in the same atomic batch as the value they belong to. Nothing is changed
//! here.

use super::frame::{self, Kind, Manifest};
use super::key;
use super::read::{Reader, Stored, damaged, unread};
use crate::{Batch, KvError};

/// The engine's batch that makes `batch` and counts it as commit `number`.
pub(super) fn build(
    reader: Reader<'_>,
    batch: Batch,
    number: u64,
    piece_bytes_max: usize,
) -> Result<::sled::Batch, KvError> {
    let mut plan = ::sled::Batch::default();
    for (user_key, value) in batch.into_changes() {
        let old = old_chunks(reader, &user_key)?;
        let new = match value {
            Some(value) => put(&mut plan, &user_key, &value, piece_bytes_max),
            None => {
                plan.remove(key::value(&user_key));
                0
            }
        };
        for index in old.into_iter().filter(|index| *index >= new) {
            plan.remove(key::chunk(&user_key, index));
        }
    }
    put_number(&mut plan, key::HEAD, number);
    Ok(plan)
}

/// The engine's batch that makes an empty store.
pub(super) fn birth(format: u32) -> ::sled::Batch {
    let mut plan = ::sled::Batch::default();
    put_number(&mut plan, key::FORMAT, u64::from(format));
    put_number(&mut plan, key::HEAD, 0);
    plan
}

/// Reads back one of the numbers that the store keeps of itself; `None` when it is not there.
pub(super) fn number(reader: Reader<'_>, at: &'static [u8]) -> Result<Option<u64>, KvError> {
    let frame = reader.engine.call(|db| db.get(at)).map_err(|refusal| unread(at, refusal))?;
    let Some(frame) = frame else { return Ok(None) };
    match frame::decode(at, &frame, true) {
        Ok((Kind::Plain, payload)) => match payload.try_into() {
            Ok(bytes) => Ok(Some(u64::from_be_bytes(bytes))),
            Err(_) => Err(damaged(at, "not a number")),
        },
        Ok(_) => Err(damaged(at, "not a number")),
        Err(what) => Err(damaged(at, what)),
    }
}

fn put_number(plan: &mut ::sled::Batch, at: &[u8], number: u64) {
    plan.insert(at, frame::encode(at, Kind::Plain, &number.to_be_bytes()));
}

/// Plans `value` at the user's key; tells in how many pieces.
fn put(plan: &mut ::sled::Batch, user_key: &[u8], value: &[u8], piece_bytes_max: usize) -> u32 {
    let at = key::value(user_key);
    if value.len() <= piece_bytes_max {
        let frame = frame::encode(&at, Kind::Plain, value);
        plan.insert(at, frame);
        return 0;
    }
    let manifest = Manifest::of(value);
    for (index, piece) in (0..).zip(value.chunks(frame::PAYLOAD_BYTES_MAX)) {
        let at = key::chunk(user_key, index);
        let frame = frame::encode(&at, Kind::Chunk, piece);
        plan.insert(at, frame);
    }
    let frame = frame::encode(&at, Kind::Manifest, &manifest.encode());
    plan.insert(at, frame);
    manifest.chunks
}

/// The pieces that the present value of the user's key is stored in. A damaged value can be replaced or removed, so
/// its pieces are looked up where they lie.
fn old_chunks(reader: Reader<'_>, user_key: &[u8]) -> Result<Vec<u32>, KvError> {
    match reader.stored(user_key) {
        Ok(None | Some(Stored::Plain(_))) => Ok(Vec::new()),
        Ok(Some(Stored::Pieces(manifest))) => Ok((0..manifest.chunks).collect()),
        Err(KvError::Damaged { .. }) => chunks_found(reader, user_key),
        Err(error) => Err(error),
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
