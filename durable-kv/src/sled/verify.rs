//! Reading everything, to know before it matters what is damaged; and how the store fares.
//!
//! It never changes anything and never holds up commits for longer than a page of keys.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::PoisonError;

use super::SledKv;
use super::frame::{self, Kind};
use super::key::{self, Meaning, hex};
use super::read::{Reader, Stored};
use crate::KvError;

/// How many damaged keys a [`Verification`] names.
const NAMED_MAX: usize = 32;
/// Keys looked at before commits may pass.
const PAGE: usize = 256;

/// What reading every stored byte found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Values read, whole ones only.
    pub values: u64,
    /// Pieces of values read.
    pub pieces: u64,
    /// Bytes of whole values.
    pub bytes: u64,
    /// Damaged entries: values, pieces and the store's own records.
    pub damaged: u64,
    /// Keys of the first damaged entries, in hexadecimal, at most 32.
    pub first_damaged: Vec<String>,
    /// Pieces that belong to no value: wasted room, or a value that was lost.
    pub orphans: u64,
    /// The key, in hexadecimal, after which the engine could read no further; `None` when all was read.
    pub unread_after: Option<String>,
}

impl Verification {
    /// Whether everything was read and nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.damaged == 0 && self.orphans == 0 && self.unread_after.is_none()
    }

    fn damage(&mut self, key: &[u8]) {
        self.damaged += 1;
        if self.first_damaged.len() < NAMED_MAX {
            self.first_damaged.push(hex(key));
        }
    }
}

/// How a store fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// Commits since the store was made.
    pub commits: u64,
    /// Values in the store.
    pub values: u64,
    /// Values that the engine moved to files of their own: 0, or the promise of durability is broken.
    pub blob_files: usize,
    /// Whether the room for hard times is there.
    pub reserved: bool,
    /// Free on the disk, in bytes.
    pub free_bytes: u64,
    /// Length of the engine's log, in bytes.
    pub log_bytes: u64,
}

impl SledKv {
    /// How the store fares.
    ///
    /// # Errors
    /// [`KvError::Io`] when the system cannot tell, [`KvError::Stopped`] when the store has stopped.
    pub fn health(&self) -> Result<Health, KvError> {
        let committer = self.committer.lock().unwrap_or_else(PoisonError::into_inner);
        let (blob_files, log_bytes) = self.read(|reader| {
            Ok((reader.engine.blob_files().map_err(KvError::Io)?, reader.engine.bytes().map_err(KvError::Io)?))
        })?;
        Ok(Health {
            commits: committer.tally.commits,
            values: committer.tally.values,
            blob_files,
            reserved: committer.space.reserved(),
            free_bytes: committer.space.free_bytes().map_err(KvError::Io)?,
            log_bytes,
        })
    }

    /// Reads every stored byte and tells what is damaged. Commits made meanwhile may or may not be covered.
    ///
    /// # Errors
    /// [`KvError::Stopped`] when the store has stopped. Damage is not an error here but the answer.
    pub fn verify_all(&self) -> Result<Verification, KvError> {
        let mut found = Verification::default();
        let mut last: Option<Vec<u8>> = None;
        loop {
            let next = self.read(|reader| Ok(verify_page(reader, last.as_deref(), &mut found)))?;
            match next {
                Page::More(key) => last = Some(key),
                Page::End => return Ok(found),
                Page::Unreadable => {
                    found.damaged += 1;
                    found.unread_after = Some(hex(&last.unwrap_or_default()));
                    return Ok(found);
                }
            }
        }
    }
}

enum Page {
    More(Vec<u8>),
    End,
    Unreadable,
}

fn verify_page(reader: Reader<'_>, after: Option<&[u8]>, found: &mut Verification) -> Page {
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    let page = reader
        .engine
        .call(|db| db.range::<&[u8], _>((from, Bound::Unbounded)).take(PAGE).collect::<Result<Vec<_>, _>>());
    let Ok(page) = page else { return Page::Unreadable };
    let mut owners = BTreeMap::new();
    for (at, frame) in &page {
        verify_entry(reader, at, frame, &mut owners, found);
    }
    match page.last() {
        Some((at, _)) => Page::More(at.to_vec()),
        None => Page::End,
    }
}

/// `owners` remembers, for this page, of how many pieces the value of a key is made.
fn verify_entry<'p>(
    reader: Reader<'_>,
    at: &'p [u8],
    frame: &[u8],
    owners: &mut BTreeMap<&'p [u8], u32>,
    found: &mut Verification,
) {
    match key::meaning(at) {
        Meaning::Own if frame::decode(at, frame, true).is_ok() => {}
        Meaning::Value(user_key) => {
            match reader.open(user_key, at, frame).and_then(|stored| reader.resolve(user_key, stored)) {
                Ok(value) => {
                    found.values += 1;
                    found.bytes += value.len() as u64;
                }
                Err(_) => found.damage(at),
            }
        }
        Meaning::Chunk(user_key, index) => match frame::decode(at, frame, true) {
            Ok((Kind::Chunk, _)) => {
                found.pieces += 1;
                found.orphans += u64::from(!owned(reader, user_key, index, owners));
            }
            _ => found.damage(at),
        },
        Meaning::Own | Meaning::Unknown => found.damage(at),
    }
}

fn owned<'p>(reader: Reader<'_>, user_key: &'p [u8], index: u32, owners: &mut BTreeMap<&'p [u8], u32>) -> bool {
    if let Some(chunks) = owners.get(user_key) {
        return index < *chunks;
    }
    match reader.stored(user_key) {
        Ok(Some(Stored::Pieces(manifest))) => {
            owners.insert(user_key, manifest.chunks);
            index < manifest.chunks
        }
        // A damaged owner is reported as damaged; its pieces are not lost twice.
        Err(_) => true,
        Ok(_) => false,
    }
}
