//! Reading values: frames checked, pieces put together.
//!
//! It never returns bytes that fail a check.

use super::engine::{Engine, Refusal};
use super::frame::{self, Kind, Manifest, PAYLOAD_BYTES_MAX};
use super::key::{self, hex};
use crate::{KvError, VALUE_BYTES_MAX};

/// Reads through one engine.
#[derive(Clone, Copy)]
pub(super) struct Reader<'e> {
    pub(super) engine: &'e Engine,
    /// Whether checksums are looked at: always, but in the tests that show why.
    pub(super) checked: bool,
}

/// What lies at a user's key.
pub(super) enum Stored {
    Plain(Vec<u8>),
    Pieces(Manifest),
}

impl Reader<'_> {
    /// The user's value of `user_key`.
    pub(super) fn value(&self, user_key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.stored(user_key)?.map(|stored| self.resolve(user_key, stored)).transpose()
    }

    /// What lies at the user's `user_key`: the value itself or the manifest of its pieces.
    pub(super) fn stored(&self, user_key: &[u8]) -> Result<Option<Stored>, KvError> {
        let frame = self.frame(user_key)?;
        frame.map(|frame| self.open(user_key, &key::value(user_key), &frame)).transpose()
    }

    /// The frame at the user's `user_key`, unchecked.
    pub(super) fn frame(&self, user_key: &[u8]) -> Result<Option<::sled::IVec>, KvError> {
        self.engine.call(|db| db.get(key::value(user_key))).map_err(|refusal| unread(user_key, refusal))
    }

    /// The user's pairs in `from..to`, at most `limit`, from the front or from the back.
    pub(super) fn range(&self, from: &[u8], to: &[u8], limit: usize, back: bool) -> Result<Vec<crate::Pair>, KvError> {
        if from >= to || limit == 0 {
            return Ok(Vec::new());
        }
        let range = key::value(from)..key::value(to);
        let frames = self
            .engine
            .call(|db| {
                let found = db.range(range);
                if back { found.rev().take(limit).collect() } else { found.take(limit).collect::<Result<Vec<_>, _>>() }
            })
            .map_err(|refusal| unread(from, refusal))?;
        frames.iter().map(|(at, frame)| self.pair(at, frame)).collect()
    }

    /// The user's pair behind one entry of the engine.
    fn pair(&self, at: &[u8], frame: &[u8]) -> Result<crate::Pair, KvError> {
        let user_key = at.get(1..).unwrap_or_default();
        let stored = self.open(user_key, at, frame)?;
        Ok((user_key.to_vec(), self.resolve(user_key, stored)?))
    }

    /// What a frame found at a user's key holds.
    pub(super) fn open(&self, user_key: &[u8], at: &[u8], frame: &[u8]) -> Result<Stored, KvError> {
        match frame::decode(at, frame, self.checked) {
            Ok((Kind::Plain, payload)) => Ok(Stored::Plain(payload.to_vec())),
            Ok((Kind::Manifest, payload)) => match Manifest::decode(payload) {
                Some(manifest) if manifest_holds(manifest) => Ok(Stored::Pieces(manifest)),
                _ => Err(damaged(user_key, "the list of its pieces is not one")),
            },
            Ok((Kind::Chunk, _)) => Err(damaged(user_key, "a piece where a value belongs")),
            Err(what) => Err(damaged(user_key, what)),
        }
    }

    /// The value behind what lies at the user's key.
    pub(super) fn resolve(&self, user_key: &[u8], stored: Stored) -> Result<Vec<u8>, KvError> {
        let manifest = match stored {
            Stored::Plain(value) => return Ok(value),
            Stored::Pieces(manifest) => manifest,
        };
        let mut value = Vec::with_capacity(manifest.bytes as usize);
        for index in 0..manifest.chunks {
            self.append_chunk(user_key, index, &mut value)?;
        }
        if self.checked && (value.len() != manifest.bytes as usize || crc32c::crc32c(&value) != manifest.checksum) {
            return Err(damaged(user_key, "its pieces do not make up the value"));
        }
        Ok(value)
    }

    fn append_chunk(&self, user_key: &[u8], index: u32, value: &mut Vec<u8>) -> Result<(), KvError> {
        let at = key::chunk(user_key, index);
        let frame = self.engine.call(|db| db.get(&at)).map_err(|refusal| unread(user_key, refusal))?;
        let Some(frame) = frame else { return Err(damaged(user_key, "a piece is missing")) };
        match frame::decode(&at, &frame, self.checked) {
            Ok((Kind::Chunk, payload)) => value.extend_from_slice(payload),
            Ok(_) => return Err(damaged(user_key, "something else where a piece belongs")),
            Err(what) => return Err(damaged(user_key, what)),
        }
        Ok(())
    }
}

fn manifest_holds(manifest: Manifest) -> bool {
    let bytes = manifest.bytes as usize;
    bytes <= VALUE_BYTES_MAX && manifest.chunks as usize == bytes.div_ceil(PAYLOAD_BYTES_MAX)
}

pub(super) fn damaged(user_key: &[u8], what: &'static str) -> KvError {
    KvError::Damaged { key: hex(user_key), what }
}

/// Why `user_key`, or what lies around it, could not be read.
pub(super) fn unread(user_key: &[u8], refusal: Refusal) -> KvError {
    match refusal {
        Refusal::Engine(::sled::Error::Io(error)) | Refusal::Io(error) | Refusal::Sync(error) => KvError::Io(error),
        Refusal::Engine(_) => damaged(user_key, "the engine finds its page damaged"),
        Refusal::Panicked => damaged(user_key, "the engine gave up on its page"),
        Refusal::Blobs => damaged(user_key, "the engine moved values to files of their own"),
    }
}
