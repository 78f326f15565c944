//! Changes written by hand, byte by byte, as an attacker would: everything can be wrong, the checksum is right.

use jisr_sync_core::id::ActorId;
use sha2::{Digest, Sha256};

pub const CHANGE: u8 = 1;
pub const COMPRESSED: u8 = 2;

// The columns of Automerge 0.12: number · 16 + type.
pub const KEY_TEXT: u32 = 0x15;
pub const INSERT: u32 = 0x34;
pub const ACTION: u32 = 0x42;
pub const VALUE_SIZE: u32 = 0x56;
pub const REPLACED_COUNT: u32 = 0x70;
pub const REPLACED_ACTOR: u32 = 0x71;
pub const REPLACED_COUNTER: u32 = 0x73;

/// A change as its parts.
#[derive(Clone)]
pub struct Forged {
    pub deps: Vec<[u8; 32]>,
    pub actor: Vec<u8>,
    pub seq: u64,
    pub start_op: u64,
    pub message: Vec<u8>,
    pub others: Vec<Vec<u8>>,
    pub columns: Vec<(u32, Vec<u8>)>,
    pub extra: Vec<u8>,
}

impl Forged {
    /// A sound first change of `actor`: the key `k` is set to nothing, `times` times over.
    pub fn sound(actor: ActorId, times: u64) -> Self {
        Self {
            deps: Vec::new(),
            actor: actor.as_bytes().to_vec(),
            seq: 1,
            start_op: 1,
            message: Vec::new(),
            others: Vec::new(),
            columns: vec![
                (KEY_TEXT, run(times, b"\x01k")),
                (INSERT, unsigned(times)),
                (ACTION, run(times, &[1])),
                (VALUE_SIZE, run(times, &[0])),
                (REPLACED_COUNT, run(times, &[0])),
            ],
            extra: Vec::new(),
        }
    }

    /// Puts another column in the place of the one of the same kind, or adds it.
    pub fn with_column(mut self, kind: u32, bytes: Vec<u8>) -> Self {
        self.columns.retain(|(other, _)| *other != kind);
        self.columns.push((kind, bytes));
        self.columns.sort_by_key(|(kind, _)| *kind);
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut body = unsigned(self.deps.len() as u64);
        self.deps.iter().for_each(|dep| body.extend(dep));
        body.extend(prefixed(&self.actor));
        body.extend(unsigned(self.seq));
        body.extend(unsigned(self.start_op));
        body.push(0); // time
        body.extend(prefixed(&self.message));
        body.extend(unsigned(self.others.len() as u64));
        self.others.iter().for_each(|other| body.extend(prefixed(other)));
        body.extend(unsigned(self.columns.len() as u64));
        for (kind, column) in &self.columns {
            body.extend(unsigned(u64::from(*kind)));
            body.extend(unsigned(column.len() as u64));
        }
        self.columns.iter().for_each(|(_, column)| body.extend(column));
        body.extend(&self.extra);
        chunk(CHANGE, &body)
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

/// The same bytes with the length and the checksum that fit them, as far as a body can be found.
pub fn repaired(bytes: &[u8]) -> Vec<u8> {
    let kind = bytes.get(8).copied().unwrap_or(CHANGE);
    let length = bytes.iter().skip(9).position(|byte| byte & 0x80 == 0).unwrap_or(0) + 1;
    chunk(kind, bytes.get(9 + length..).unwrap_or(&[]))
}

/// `times` times the same value; a single one as a literal, as Automerge writes it.
pub fn run(times: u64, value: &[u8]) -> Vec<u8> {
    let mut bytes = if times == 1 { vec![0x7f] } else { signed(times) };
    bytes.extend(value);
    bytes
}

pub fn prefixed(bytes: &[u8]) -> Vec<u8> {
    let mut written = unsigned(bytes.len() as u64);
    written.extend(bytes);
    written
}

pub fn unsigned(mut value: u64) -> Vec<u8> {
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

/// A number that is not negative, as a signed one.
pub fn signed(value: u64) -> Vec<u8> {
    let mut bytes = unsigned(value);
    if let Some(last) = bytes.last_mut().filter(|last| **last & 0x40 != 0) {
        *last |= 0x80;
        bytes.push(0);
    }
    bytes
}
