//! Changes out of an input: raw, with the length and checksum that fit, or fitted into a document's history.
//!
//! This is what a custom mutator would repair after the fact. Done here, the fuzzer's own mutations stay as they are,
//! and every input that reaches past the checksum does so whatever byte of it changes.

use automerge::Change;
use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::Document;
use jisr_sync_core::id::ActorId;
use sha2::{Digest, Sha256};

use crate::input::Draw;
use crate::tolerate::tolerate;

/// The change an input spells, meant for `before`. Its first byte says how.
pub fn change(mut draw: Draw<'_>, before: &Document) -> Vec<u8> {
    match draw.byte() % 4 {
        0 => draw.rest().to_vec(),
        1 => chunk(1, draw.rest()),
        2 => fitted(draw, before),
        _ => canonical(fitted(draw, before)),
    }
}

/// A chunk of Automerge's format with its right length and checksum.
pub fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![kind];
    hashed.extend(unsigned(body.len() as u64));
    hashed.extend(body);
    let mut bytes = vec![0x85, 0x6f, 0x4a, 0x83];
    bytes.extend(&Sha256::digest(&hashed)[..4]);
    bytes.extend(hashed);
    bytes
}

/// The bytes of a chunk after its length: what [`chunk`] makes a chunk of.
pub fn body_of(chunk: &[u8]) -> &[u8] {
    let length = chunk.iter().skip(9).position(|byte| byte & 0x80 == 0).unwrap_or(0) + 1;
    chunk.get(9 + length..).unwrap_or_default()
}

/// A change whose header fits `before`, but for what the choices put wrong; its columns are the input's.
fn fitted(mut draw: Draw<'_>, before: &Document) -> Vec<u8> {
    let (whose, order, more) = (draw.byte(), draw.byte(), draw.byte());
    let history = before.changes();
    let mut actors: Vec<ActorId> = history.iter().map(RawChange::actor).collect();
    actors.sort_unstable();
    actors.dedup();
    let stranger = ActorId::from_bytes([0xee; 16]);
    let actor = actors.get(usize::from(whose % 4)).copied().unwrap_or(stranger);
    let seq = 1 + history.iter().filter(|change| change.actor() == actor).map(RawChange::seq).max().unwrap_or(0);
    let end = |change: &RawChange| change.start_op() + change.op_count();
    let start_op = history.iter().map(end).max().unwrap_or(1);
    let heads = before.heads();
    let deps = if whose & 0x80 == 0 { heads } else { heads.into_iter().take(1).collect() };

    let mut body = unsigned(deps.len() as u64);
    deps.iter().for_each(|dep| body.extend(dep.as_bytes()));
    body.extend(prefixed(actor.as_bytes()));
    body.extend(unsigned(seq + u64::from(order & 1)));
    body.extend(unsigned(start_op + u64::from(order >> 1 & 3)));
    body.push(order >> 3); // The time, positive.
    body.extend(prefixed(&b"fz2"[..usize::from(more & 3)]));
    let others: Vec<_> = actors.iter().filter(|other| **other != actor).take(usize::from(more >> 2 & 3)).collect();
    body.extend(unsigned(others.len() as u64));
    others.iter().for_each(|other| body.extend(prefixed(other.as_bytes())));
    body.extend(draw.rest());
    chunk(1, &body)
}

/// The same operations as Automerge itself writes them, when it can read them.
fn canonical(bytes: Vec<u8>) -> Vec<u8> {
    // What does not pass the first steps of the gate may claim any number of operations.
    if RawChange::inspect(&bytes).is_err() {
        return bytes;
    }
    let rewritten = tolerate(|| {
        let change = Change::from_bytes(bytes.clone()).ok()?;
        Some(Change::from(change.decode()).raw_bytes().to_vec())
    });
    rewritten.flatten().unwrap_or(bytes)
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [unsigned(bytes.len() as u64), bytes.to_vec()].concat()
}

fn unsigned(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        bytes.push(if value == 0 { low } else { low | 0x80 });
        if value == 0 {
            return bytes;
        }
    }
}

/// A sound change, the seventh of its actor with none before it, on which Automerge 0.12 panics when it loads it.
pub fn panicking() -> Vec<u8> {
    let body = [&[0, 16][..], &[0xee; 16], &[7, 1, 0, 0, 0, 0]].concat();
    chunk(1, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn automerge_panics_on_a_seventh_change_without_a_history_and_jisr_contains_it() {
        assert!(tolerate(|| automerge::Automerge::load(&panicking())).is_none());

        assert!(Document::restore(&panicking()).is_err());
    }
}
