//! A store of keys and values in IndexedDB, for which this worker waits.
//!
//! **Fault model:** a transaction of strict durability is all there or not at all, also after the power was cut; a full
//! disk ends it with nothing changed. What the browser itself deletes (its data were cleared, it ran out of space without
//! having been asked to keep ours) is gone as a whole.
//!
//! **Never here:** what a key means.

use jisr_durable_kv::{Batch, KEY_BYTES_MAX, Kv, KvError, Pair, VALUE_BYTES_MAX};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

use crate::port::ask_store;

/// What is asked of the store's worker: the first byte of a request.
mod ask {
    pub(super) const OPEN: u8 = 0;
    pub(super) const GET: u8 = 1;
    pub(super) const SCAN: u8 = 2;
    pub(super) const SCAN_BACK: u8 = 3;
    pub(super) const COMMIT: u8 = 4;
}

/// How it answers: the first byte of an answer.
mod told {
    pub(super) const WELL: u8 = 0;
    pub(super) const FULL: u8 = 1;
    pub(super) const IN_USE: u8 = 2;
}

/// A database, named when it is opened; this worker has one open at a time.
#[derive(Debug, Clone, Copy)]
pub struct BrowserKv(());

impl BrowserKv {
    /// Opens the database `name`, which is made when it is not there, in place of the one open before.
    ///
    /// # Errors
    /// [`KvError::InUse`] when another tab has it open, [`KvError::Io`] when the browser refuses.
    pub fn open(name: &str) -> Result<Self, KvError> {
        ask(ask::OPEN, &[name.as_bytes()])?;
        Ok(Self(()))
    }

    fn pairs(what: u8, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        if from >= to || limit == 0 {
            return Ok(Vec::new());
        }
        let limit = u32::try_from(limit).unwrap_or(u32::MAX).to_le_bytes();
        let told = ask(what, &[&limit, &length(from), from, to])?;
        let (mut rest, mut pairs) = (told.as_slice(), Vec::new());
        while !rest.is_empty() {
            let (key, after) = piece(rest)?;
            let (value, after) = piece(after)?;
            pairs.push((key.to_vec(), value.to_vec()));
            rest = after;
        }
        Ok(pairs)
    }
}

impl Kv for BrowserKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        let told = ask(ask::GET, &[key])?;
        Ok(told.split_first().filter(|(found, _)| **found == 1).map(|(_, value)| value.to_vec()))
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        Self::pairs(ask::SCAN, from, to, limit)
    }

    fn scan_back(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        Self::pairs(ask::SCAN_BACK, from, to, limit)
    }

    fn commit(&self, batch: Batch) -> Result<(), KvError> {
        let mut body = Vec::new();
        for (key, value) in batch.iter() {
            fits("key", key.len(), KEY_BYTES_MAX)?;
            fits("value", value.map_or(0, <[u8]>::len), VALUE_BYTES_MAX)?;
            body.push(u8::from(value.is_some()));
            for part in [Some(key), value].into_iter().flatten() {
                body.extend_from_slice(&length(part));
                body.extend_from_slice(part);
            }
        }
        if body.is_empty() { Ok(()) } else { ask(ask::COMMIT, &[&body]).map(drop) }
    }
}

fn fits(what: &'static str, bytes: usize, max: usize) -> Result<(), KvError> {
    if bytes > max { Err(KvError::TooLong { what, bytes, max }) } else { Ok(()) }
}

/// Asks, waits, and gives what comes after the status.
fn ask(what: u8, parts: &[&[u8]]) -> Result<Vec<u8>, KvError> {
    let request = [&[what][..], &parts.concat()].concat();
    let told = ask_store(Uint8Array::from(request.as_slice())).map_err(|error| failed(&error))?.to_vec();
    match told.split_first() {
        Some((&told::WELL, rest)) => Ok(rest.to_vec()),
        Some((&told::FULL, _)) => Err(KvError::Full),
        Some((&told::IN_USE, _)) => Err(KvError::InUse),
        Some((_, rest)) => Err(io(String::from_utf8_lossy(rest).into_owned())),
        None => Err(io("the store's worker said nothing".to_owned())),
    }
}

fn length(part: &[u8]) -> [u8; 4] {
    // Keys and values are at most 16 MiB long.
    u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes()
}

/// A part with its length before it, and what follows.
fn piece(bytes: &[u8]) -> Result<(&[u8], &[u8]), KvError> {
    let cut = || io("the store's worker gave half a pair".to_owned());
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(cut)?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(cut)
}

fn failed(error: &JsValue) -> KvError {
    io(format!("{error:?}"))
}

fn io(what: String) -> KvError {
    KvError::Io(std::io::Error::other(what))
}
