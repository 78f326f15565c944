//! The store on the disk.
//!
//! Written on sled 0.34.7, by the rules under which it was measured to survive power cuts: one tree; one committer;
//! `apply_batch`, `flush`, then fsync of the log and its folder through our own handles before a commit returns; and
//! no stored value above 4 KiB (longer ones are cut into pieces, in the same atomic batch).
//!
//! **Invariant:** nobody reads what would not survive a power cut. Readers wait while a batch is on its way to the
//! disk, and a batch that fails there is never seen: the engine is then reopened from the disk, or the store stops.

mod claim;
mod engine;
mod frame;
mod key;
mod mark;
mod open;
mod options;
mod plan;
mod read;
mod space;
mod tally;
mod verify;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use engine::{Engine, Fsync, Refusal};
use mark::Mark;
use read::Reader;
use space::{Space, is_full};
use tally::Tally;

pub use claim::Claim;
#[cfg(any(test, feature = "testing"))]
pub use options::Sabotage;
pub use options::{OnFatal, SledOptions};
pub use verify::{Health, Verification};

use crate::{Batch, Kv, KvError, Pair};

/// The format this version writes, and the newest it reads.
const FORMAT_KNOWN: u32 = 1;

/// A store in a folder of the local disk, for one process at a time.
///
/// Its calls block: keep them off threads that must not wait.
pub struct SledKv {
    /// `None` once the store has stopped.
    engine: RwLock<Option<Engine>>,
    committer: Mutex<Committer>,
    options: SledOptions,
    folder: PathBuf,
    // Dropped last, so that the next owner finds everything closed. Always there while the store is open.
    lock: Option<File>,
}

/// What only the thread that commits may touch.
struct Committer {
    tally: Tally,
    mark: Mark,
    space: Space,
}

impl std::fmt::Debug for SledKv {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SledKv").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl SledKv {
    /// Opens the store in `folder`, making the folder and an empty store when there is none.
    ///
    /// A store that does not open is never deleted or replaced. Its engine, though, cuts off what follows damage at
    /// the end of its log while opening: copy the folder before trying anything on it.
    ///
    /// # Errors
    /// [`KvError::InUse`] when another handle, of this process or another, has it open; [`KvError::NewerFormat`];
    /// [`KvError::Unopenable`] when the files are damaged, or commits or values are missing from them: every value is
    /// counted, which takes time in proportion to their number;
    /// [`KvError::Damaged`] when the store's own records are; [`KvError::Full`] when there is no room even without
    /// the reserve; [`KvError::Io`].
    pub fn open(folder: impl AsRef<Path>, options: SledOptions) -> Result<Self, KvError> {
        let folder = folder.as_ref().to_path_buf();
        let opened = open::open(&folder, &options)?;
        let committer = Committer { tally: opened.tally, mark: opened.mark, space: opened.space };
        Ok(Self {
            engine: RwLock::new(Some(opened.engine)),
            committer: Mutex::new(committer),
            options,
            folder,
            lock: Some(opened.lock),
        })
    }

    /// Closes the store, and keeps everybody else from opening it as long as the claim is held.
    ///
    /// # Errors
    /// Never in practice: an open store has its lock.
    pub fn close_and_claim(mut self) -> Result<Claim, KvError> {
        let lock = self.lock.take().ok_or(KvError::Stopped)?;
        drop(self);
        Ok(Claim::holding(lock))
    }

    fn read<T>(&self, act: impl FnOnce(Reader<'_>) -> Result<T, KvError>) -> Result<T, KvError> {
        let engine: RwLockReadGuard<'_, _> = self.engine.read().unwrap_or_else(PoisonError::into_inner);
        act(self.reader(engine.as_ref().ok_or(KvError::Stopped)?))
    }

    fn reader<'e>(&self, engine: &'e Engine) -> Reader<'e> {
        #[cfg(any(test, feature = "testing"))]
        return Reader { engine, checked: !self.options.sabotage.skip_checksum };
        #[cfg(not(any(test, feature = "testing")))]
        return Reader { engine, checked: true };
    }

    fn piece_bytes_max(&self) -> usize {
        #[cfg(any(test, feature = "testing"))]
        if let Some(bytes) = self.options.sabotage.piece_bytes_max {
            return bytes;
        }
        frame::PAYLOAD_BYTES_MAX
    }

    fn fsync(&self, number: u64) -> Fsync {
        #[cfg(any(test, feature = "testing"))]
        match &self.options.sabotage {
            sabotage if sabotage.skip_fsync => return Fsync::Skip,
            sabotage if sabotage.fail_fsync_of_commit == Some(number) => return Fsync::Fail,
            sabotage if sabotage.no_room_for_commit == Some(number) => return Fsync::Full,
            _ => {}
        }
        let _ = number;
        Fsync::Do
    }

    /// Ends a commit that the engine refused. The batch is in its memory and perhaps on the disk, so the engine is
    /// closed before anybody can read it.
    fn fail(
        &self,
        engine: &mut Option<Engine>,
        committer: &mut Committer,
        wanted: Tally,
        refusal: Refusal,
    ) -> Result<(), KvError> {
        *engine = None;
        match refusal {
            Refusal::Engine(::sled::Error::Io(error)) | Refusal::Io(error) if is_full(&error) => {
                self.reopen_after_full(engine, committer, wanted)
            }
            Refusal::Engine(::sled::Error::Io(error)) | Refusal::Sync(error) | Refusal::Io(error) => self.stop(error),
            other => self.stop(io::Error::other(format!("the engine failed in a commit: {other:?}"))),
        }
    }

    /// Ends a commit after which the engine stays closed. The owner is told once, here; every later call answers
    /// [`KvError::Stopped`].
    fn stop(&self, error: io::Error) -> Result<(), KvError> {
        self.options.on_fatal.act(&error);
        Err(KvError::Io(error))
    }

    /// Reads back from the disk whether the batch made it, in the room that the reserve gives up.
    fn reopen_after_full(
        &self,
        engine: &mut Option<Engine>,
        committer: &mut Committer,
        wanted: Tally,
    ) -> Result<(), KvError> {
        committer.space.release();
        // Not `Full`, whatever the reopening says: the batch may be on the disk.
        let (reopened, tally) = match self.reopen(committer) {
            Ok(reopened) => reopened,
            Err(error) => return self.stop(io::Error::other(error)),
        };
        let made = tally == wanted;
        if !made && tally != committer.tally {
            drop(reopened);
            let after = committer.tally.commits;
            return self.stop(io::Error::other(format!("the store changed by itself after commit {after}")));
        }
        *engine = Some(reopened);
        if made { self.acknowledge(committer, wanted) } else { Err(KvError::Full) }
    }

    fn reopen(&self, committer: &mut Committer) -> Result<(Engine, Tally), KvError> {
        #[cfg(any(test, feature = "testing"))]
        if self.options.sabotage.no_room_to_reopen {
            return Err(KvError::Full);
        }
        let engine = open::open_engine(&self.folder, &self.options, &mut committer.space)?;
        let tally = open::check_contents(self.reader(&engine), &self.options)?;
        Ok((engine, tally))
    }

    fn acknowledge(&self, committer: &mut Committer, tally: Tally) -> Result<(), KvError> {
        committer.tally = tally;
        if let Err(error) = committer.mark.note(tally.commits) {
            // The batch is safe. Only the check at the next open will be weaker.
            tracing::warn!(%error, folder = %self.folder.display(), "the mark beside the store was not written");
        }
        Ok(())
    }
}

impl Kv for SledKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.read(|reader| reader.value(key))
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        self.read(|reader| reader.range(from, to, limit, false))
    }

    fn scan_back(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        self.read(|reader| reader.range(from, to, limit, true))
    }

    fn has_room(&self) -> Result<bool, KvError> {
        let committer = self.committer.lock().unwrap_or_else(PoisonError::into_inner);
        self.read(|_| committer.space.has_room_for(0).map_err(KvError::Io))
    }

    fn commit(&self, batch: Batch) -> Result<(), KvError> {
        batch.check()?;
        if batch.is_empty() {
            return Ok(());
        }
        let bytes = batch.iter().map(|(key, value)| key.len() + value.map_or(0, <[u8]>::len)).sum::<usize>();
        let mut committer = self.committer.lock().unwrap_or_else(PoisonError::into_inner);
        committer.space.admit(bytes as u64)?;
        let tally = committer.tally;
        let plan = self.read(|reader| plan::build(reader, batch, tally, self.piece_bytes_max()))?;
        let wanted = plan.tally;

        let mut engine: RwLockWriteGuard<'_, _> = self.engine.write().unwrap_or_else(PoisonError::into_inner);
        let result = engine.as_ref().ok_or(KvError::Stopped)?.commit(plan.batch, || self.fsync(wanted.commits));
        match result {
            Ok(()) => self.acknowledge(&mut committer, wanted),
            Err(refusal) => self.fail(&mut engine, &mut committer, wanted, refusal),
        }
    }
}

impl Drop for SledKv {
    fn drop(&mut self) {
        let committer = self.committer.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = committer.mark.sync() {
            tracing::warn!(%error, "the mark beside the store was not synced");
        }
    }
}
