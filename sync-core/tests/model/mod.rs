//! A server and devices in memory, around the real sessions.
//!
//! **Faults it injects** (by the caller's generator): a request or an answer cut at any byte and handed over in pieces
//! of any size; a request that arrives twice; a server that stops before or after storage took a delivery; a device
//! that stops before or after it stored an event; a server put back to an older log.
//! **Faults it never injects:** bytes changed on the way (TLS), storage that forgets what it said is durable.
//!
//! Changes are opaque: eight bytes, actor, number of dependencies, dependencies, payload.

#![allow(dead_code, reason = "each test binary uses its part")]

mod device;
mod server;

use jisr_sync_core::id::{ChangeHash, ScopeId};
use jisr_sync_core::sync::device::Report;
use jisr_sync_core::sync::*;
use jisr_sync_core::time::UnixMillis;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

#[allow(unused_imports, reason = "each test binary uses its part")]
pub use device::{Device, Stop};
#[allow(unused_imports, reason = "each test binary uses its part")]
pub use server::{Durable, Server};

pub const SERVER: ServerId = ServerId::from_bytes([0x53; 16]);
pub const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

pub fn scope(text: &str) -> ScopeId {
    text.parse().unwrap()
}

pub fn fake_change(actor: &[u8; 16], deps: &[ChangeHash], payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 8];
    bytes.extend_from_slice(actor);
    bytes.push(deps.len() as u8);
    deps.iter().for_each(|dep| bytes.extend_from_slice(dep.as_bytes()));
    bytes.extend_from_slice(payload);
    bytes
}

pub fn actor_of(change: &[u8]) -> [u8; 16] {
    change[8..24].try_into().unwrap()
}

fn deps_of(change: &[u8]) -> Vec<ChangeHash> {
    let count = usize::from(change[24]);
    change[25..25 + 32 * count].chunks(32).map(|dep| ChangeHash::from_slice(dep).unwrap()).collect()
}

/// Cuts bytes into pieces of random sizes.
pub fn pieces<'a>(mut bytes: &'a [u8], rng: &mut StdRng) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let longest = if rng.random() { 40 } else { 4_000 };
        let (piece, rest) = bytes.split_at(rng.random_range(1..=longest).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

/// One exchange without faults.
pub fn exchange(device: &mut Device, server: &mut Server) -> (Report, Vec<u8>, Vec<u8>) {
    let mut rng = StdRng::seed_from_u64(server.nonces.len() as u64);
    let mut session = device.session(&mut rng);
    let request = device.request(&mut session);
    let answered = server.answer(&[&request], None, &mut rng);
    let report = device.take(&mut session, &[&answered.bytes], None).unwrap();
    (report, request, answered.bytes)
}

/// The frames of a stream, decompressed and laid end to end.
pub fn decompressed(stream: &[u8]) -> Vec<u8> {
    let mut reader = FrameReader::new(StreamLimits { bytes_max: 1 << 26, decompressed_bytes_max: 1 << 26 });
    reader.push(stream).unwrap();
    let mut all = Vec::new();
    while let Ok(Some((kind, payload))) = reader.next_frame() {
        all.push(kind);
        all.extend_from_slice(&payload);
    }
    all
}
