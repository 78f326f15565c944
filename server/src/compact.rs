//! Writing the store anew: the embedded engine never gives room back on the disk.
//!
//! Everything is copied into a new store beside the old one, compared with it, and put in its place in one step; the old
//! one goes when the new one has opened. Nobody may have the store open meanwhile. What a crash leaves is removed by the
//! next run; `store` is a whole store at every moment ([`crate::swap`]).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jisr_durable_kv::{Batch, KEY_BYTES_MAX, Kv, KvError, Pair, SledKv, SledOptions};

use crate::assemble::store_in;
use crate::progress::{Count, Stage, Stopped, Watch};
use crate::swap::{building_in, clear_building, put_in_place, remove};

/// How many pairs are read at once, and how many bytes are written with one commit.
const PAGE: usize = 256;
const COMMIT_BYTES_MAX: usize = 1024 * 1024;

/// A moment between two steps: after a crash there the store is whole, as at any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Everything was copied; nothing was compared.
    Copied,
    /// The copy holds what the store holds; both are closed.
    Compared,
    /// The copy is the store.
    InPlace,
    /// It has opened; the old one is still there.
    Opened,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 4] = [Self::Copied, Self::Compared, Self::InPlace, Self::Opened];
}

/// What a compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Compacted {
    /// How many pairs the store has.
    pub values: u64,
    /// What it took on the disk before, in bytes.
    pub bytes_before: u64,
    /// What it takes now.
    pub bytes_after: u64,
}

/// Ways a compaction can fail. The store is as it was, or the new one in its place: whole in both cases.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompactError {
    /// One of the two stores failed.
    #[error(transparent)]
    Store(#[from] KvError),
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The copy is not what the store holds. It was thrown away.
    #[error("the copy differs from the store")]
    Differs,
    /// Whoever watches asked to stop. The copy was thrown away.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// A stop as by a crash. For tests.
    #[error("stopped after {0:?}")]
    Crashed(Step),
}

/// Where the old store waits until the new one has opened.
fn aside_in(folder: &Path) -> PathBuf {
    folder.join("store.before-compact")
}

/// Writes the store of a data folder anew. Whoever watches may stop it until the copy takes the store's place. `go_on` is
/// asked after each step; `false` stops there, as a crash would.
///
/// # Errors
/// [`KvError::InUse`] when the store is served; others as they are.
pub fn compact(
    folder: &Path,
    options: &SledOptions,
    watch: &dyn Watch,
    go_on: &mut dyn FnMut(Step) -> bool,
) -> Result<Compacted, CompactError> {
    let (place, building, aside) = (store_in(folder), building_in(folder), aside_in(folder));
    let mut passed = |step| if go_on(step) { Ok(()) } else { Err(CompactError::Crashed(step)) };
    let old = SledKv::open(&place, options.clone())?;
    // The store has opened: what an earlier run left beside it is of no more use.
    remove(&aside)?;
    clear_building(folder)?;
    let new = SledKv::open(&building, options.clone())?;
    let values = match twin(&old, &new, watch, &mut passed) {
        Ok(values) => values,
        Err(crashed @ CompactError::Crashed(_)) => return Err(crashed),
        Err(error) => {
            drop(new);
            clear_building(folder)?;
            return Err(error);
        }
    };
    let (bytes_before, bytes_after) = (old.health()?.log_bytes, new.health()?.log_bytes);
    drop(new);
    // Closed, since the engine writes by path; claimed, so that nobody else opens it before the new one has its name.
    let claim = old.close_and_claim()?;
    passed(Step::Compared)?;
    put_in_place(folder, &aside)?;
    drop(claim);
    passed(Step::InPlace)?;
    match SledKv::open(&place, options.clone()) {
        // Somebody has started the server already: then it has opened.
        Ok(_) | Err(KvError::InUse) => {}
        Err(error) => return Err(error.into()),
    }
    passed(Step::Opened)?;
    remove(&aside)?;
    fs::File::open(folder)?.sync_all()?;
    Ok(Compacted { values, bytes_before, bytes_after })
}

/// Copies a store and compares the copy with it; tells how many pairs there are.
fn twin(
    old: &SledKv,
    new: &SledKv,
    watch: &dyn Watch,
    passed: &mut dyn FnMut(Step) -> Result<(), CompactError>,
) -> Result<u64, CompactError> {
    let values = copy(old, new, watch)?;
    passed(Step::Copied)?;
    let count = Count::begin(watch, Stage::Compare, Some(values))?;
    let sound = same(old, new, count)? && new.verify_all()?.is_sound();
    if sound { Ok(values) } else { Err(CompactError::Differs) }
}

/// Behind every key there can be.
fn end() -> Vec<u8> {
    vec![0xFF; KEY_BYTES_MAX + 1]
}

fn page(kv: &dyn Kv, last: Option<&Pair>) -> Result<Vec<Pair>, KvError> {
    let from = last.map_or_else(Vec::new, |(key, _)| [key.as_slice(), &[0]].concat());
    kv.scan(&from, &end(), PAGE)
}

/// Copies everything; tells how many pairs there are.
fn copy(old: &dyn Kv, new: &dyn Kv, watch: &dyn Watch) -> Result<u64, CompactError> {
    let (mut values, mut last) = (0, None);
    let mut count = Count::begin(watch, Stage::Values, None)?;
    let (mut batch, mut bytes) = (Batch::new(), 0);
    loop {
        let pairs = page(old, last.as_ref())?;
        if pairs.is_empty() {
            break;
        }
        for (key, value) in &pairs {
            bytes += key.len() + value.len();
            batch.put(key.as_slice(), value.as_slice());
            if bytes >= COMMIT_BYTES_MAX {
                new.commit(std::mem::take(&mut batch))?;
                bytes = 0;
            }
        }
        values += pairs.len() as u64;
        count.reach(values)?;
        last = pairs.into_iter().next_back();
    }
    new.commit(batch)?;
    Ok(values)
}

/// Whether two stores hold the same.
fn same(old: &dyn Kv, new: &dyn Kv, mut count: Count<'_>) -> Result<bool, CompactError> {
    let mut last = None;
    loop {
        let (one, other) = (page(old, last.as_ref())?, page(new, last.as_ref())?);
        if one != other {
            return Ok(false);
        }
        count.add(one.len() as u64)?;
        match one.into_iter().next_back() {
            Some(pair) => last = Some(pair),
            None => return Ok(true),
        }
    }
}

#[cfg(test)]
mod tests;
