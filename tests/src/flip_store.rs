//! A small store of which any byte can be flipped, and the judgement of what became of it.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jisr_durable_kv::conformance::{Model, apply, value};
use jisr_durable_kv::{Batch, Kv, KvError, Sabotage, SledKv, SledOptions};

const BATCHES: u64 = 75;

/// What became of a store after bytes of it were flipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every value is right.
    Harmless,
    /// It does not open.
    Unopenable,
    /// It opens; whatever is not right is refused when read.
    Damaged,
    /// A value is wrong or missing, or one is there that was not put, and nobody is told.
    Wrong,
    /// A panic came out of the store.
    Panicked,
}

/// The files of a store, in memory.
#[derive(Debug)]
pub struct FlipStore {
    files: BTreeMap<PathBuf, Vec<u8>>,
    expected: Model,
    sabotage: Sabotage,
}

impl FlipStore {
    /// Makes the store in `folder`: some 300 keys with values of `value_bytes` to twice that and a few of 10,000 bytes,
    /// replaced and removed ones, opened and closed twice.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn make(folder: &Path, value_bytes: usize) -> Result<()> {
        for numbers in [0..BATCHES / 3, BATCHES / 3..BATCHES * 2 / 3, BATCHES * 2 / 3..BATCHES] {
            let kv = SledKv::open(folder, options(Sabotage::default()))?;
            for number in numbers {
                kv.commit(batch(number, value_bytes))?;
            }
        }
        Ok(())
    }

    /// The store that [`FlipStore::make`] made in `folder`, with the same `value_bytes`. In the environment, `JISR_FLIPS_SABOTAGE` names checks
    /// to leave out (`mark`, `tally`, `checksum`), to see what they are good for.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn load(folder: &Path, value_bytes: usize) -> Result<Self> {
        let mut expected = Model::new();
        (0..BATCHES).for_each(|number| apply(&mut expected, &batch(number, value_bytes)));
        let mut files = BTreeMap::new();
        for part in ["", "engine"] {
            for entry in fs::read_dir(folder.join(part))? {
                let path = entry?.path();
                if path.is_file() {
                    files.insert(path.strip_prefix(folder)?.to_path_buf(), fs::read(&path)?);
                }
            }
        }
        let left_out = std::env::var("JISR_FLIPS_SABOTAGE").unwrap_or_default();
        let sabotage = Sabotage {
            skip_mark: left_out.contains("mark"),
            skip_tally: left_out.contains("tally"),
            skip_checksum: left_out.contains("checksum"),
            ..Sabotage::default()
        };
        Ok(Self { files, expected, sabotage })
    }

    /// Length of the engine's log.
    pub fn log_bytes(&self) -> usize {
        self.files.get(Path::new("engine/db")).map_or(0, Vec::len)
    }

    /// Copies the store to `scratch`, with the bits of `mask` flipped in byte `offset` of the log, and judges it.
    ///
    /// # Errors
    /// When the copy cannot be made.
    pub fn judge_flipped(&self, scratch: &Path, offset: usize, mask: u8) -> Result<Verdict> {
        let _ = fs::remove_dir_all(scratch);
        fs::create_dir_all(scratch.join("engine/blobs"))?;
        for (path, bytes) in &self.files {
            let mut bytes = bytes.clone();
            if path == Path::new("engine/db") {
                *bytes.get_mut(offset).context("beyond the log")? ^= mask;
            }
            fs::write(scratch.join(path), bytes)?;
        }
        Ok(catch_unwind(AssertUnwindSafe(|| self.judge(scratch))).unwrap_or(Verdict::Panicked))
    }

    fn judge(&self, folder: &Path) -> Verdict {
        let Ok(kv) = SledKv::open(folder, options(self.sabotage.clone())) else { return Verdict::Unopenable };
        let mut verdict = Verdict::Harmless;
        for (key, expected) in &self.expected {
            verdict = verdict.max(judge_read(kv.get(key), |found| found.as_ref() == Some(expected)));
        }
        verdict = verdict.max(judge_read(kv.scan(b"", b"\xFF", usize::MAX), |pairs| self.holds(pairs.iter())));
        verdict = verdict.max(judge_read(kv.scan_back(b"", b"\xFF", 400), |pairs| self.holds(pairs.iter().rev())));
        if verdict == Verdict::Harmless && !kv.verify_all().is_ok_and(|found| found.is_sound()) {
            verdict = Verdict::Damaged;
        }
        verdict
    }

    fn holds<'p>(&self, pairs: impl Iterator<Item = &'p (Vec<u8>, Vec<u8>)>) -> bool {
        pairs.map(|(key, value)| (key, value)).eq(&self.expected)
    }
}

fn judge_read<T>(read: Result<T, KvError>, right: impl FnOnce(&T) -> bool) -> Verdict {
    match read {
        Ok(found) if right(&found) => Verdict::Harmless,
        Ok(_) => Verdict::Wrong,
        Err(_) => Verdict::Damaged,
    }
}

fn options(sabotage: Sabotage) -> SledOptions {
    SledOptions { cache_bytes: 4 << 20, reserve_bytes: 0, free_bytes_min: 0, sabotage, ..SledOptions::device() }
}

/// Four new keys, an old one replaced, an older one sometimes removed; now and then a long value.
fn batch(number: u64, value_bytes: usize) -> Batch {
    let mut batch = Batch::new();
    for index in 0..4 {
        let length = value_bytes + usize::try_from(number * 7 + index * 13).unwrap_or_default() % value_bytes;
        batch.put(format!("person/{:04}", number * 4 + index), value(length, number * 4 + index));
    }
    if number > 10 {
        batch.put(format!("person/{:04}", number * 3), value(value_bytes, number));
    }
    if number % 9 == 8 {
        batch.delete(format!("person/{number:04}"));
    }
    if number % 30 == 10 {
        batch.put(format!("photo/{number}"), value(10_000, number));
    }
    batch
}
