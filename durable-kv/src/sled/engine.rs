//! The embedded engine (sled 0.34.7) behind the rules without which it loses or bricks data.
//!
//! Three facts decide what is here: its `flush` never calls fsync, so we do, through handles of our own; it panics on
//! damaged files, so every call into it is caught; and it takes an unfinished `snap.*.generating`, left by a process
//! that ended while opening, for its newest snapshot and then refuses to open, so those are removed first.
//!
//! It never lets a panic out and never repeats a failed fsync.

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::options::SledOptions;

/// How long an open waits for the threads of an engine that this process has just closed, in steps of
/// [`LOCK_STEP`].
const LOCK_STEPS_MAX: u32 = 200;
const LOCK_STEP: Duration = Duration::from_millis(10);

/// An open engine and our own handles on its files.
pub(super) struct Engine {
    // Only `None` while being dropped.
    db: Option<::sled::Db>,
    db_file: File,
    folder: File,
    blobs: PathBuf,
}

/// Why the engine did not do what it was asked.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It reported an error.
    Engine(::sled::Error),
    /// It panicked: its state in memory is not to be trusted.
    Panicked,
    /// The system failed.
    Io(io::Error),
    /// An fsync failed.
    Sync(io::Error),
    /// It moved values to files of their own, which it never syncs.
    Blobs,
}

impl Engine {
    /// Opens or creates the engine's files in `folder`.
    pub(super) fn open(folder: &Path, options: &SledOptions) -> Result<Self, Refusal> {
        prepare(folder).map_err(Refusal::Io)?;
        let db = open_patiently(folder, options.cache_bytes)?;
        let engine = Self {
            db: Some(db),
            db_file: File::options().read(true).write(true).open(folder.join("db")).map_err(Refusal::Io)?,
            folder: File::open(folder).map_err(Refusal::Io)?,
            blobs: folder.join("blobs"),
        };
        engine.check_blobs()?;
        for entry in fs::read_dir(folder).map_err(Refusal::Io)? {
            let path = entry.map_err(Refusal::Io)?.path();
            File::open(path).and_then(|file| file.sync_all()).map_err(Refusal::Sync)?;
        }
        engine.folder.sync_all().map_err(Refusal::Sync)?;
        Ok(engine)
    }

    /// Calls the engine, catching what it throws.
    pub(super) fn call<T>(&self, act: impl FnOnce(&::sled::Db) -> Result<T, ::sled::Error>) -> Result<T, Refusal> {
        let Some(db) = &self.db else { return Err(Refusal::Panicked) };
        guarded(|| act(db))
    }

    /// Makes all of `batch`, or none, and returns when it would survive a power cut.
    pub(super) fn commit(&self, batch: ::sled::Batch, fsync: impl FnOnce() -> Fsync) -> Result<(), Refusal> {
        self.call(|db| db.apply_batch(batch))?;
        self.call(|db| db.flush())?;
        match fsync() {
            Fsync::Do => self.sync().map_err(Refusal::Sync)?,
            #[cfg(any(test, feature = "testing"))]
            Fsync::Skip => {}
            #[cfg(any(test, feature = "testing"))]
            Fsync::Fail => return Err(Refusal::Sync(io::Error::other("made to fail by a test"))),
            #[cfg(any(test, feature = "testing"))]
            Fsync::Full => return Err(Refusal::Io(io::ErrorKind::StorageFull.into())),
        }
        match self.blob_files() {
            Ok(0) => Ok(()),
            Ok(_) => Err(Refusal::Blobs),
            // The batch is durable. Not having looked says nothing against it; the next commit or open looks again.
            Err(error) => {
                tracing::warn!(%error, "it could not be seen whether the engine keeps values in files of their own");
                Ok(())
            }
        }
    }

    /// Puts the engine's log and its folder on the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.db_file.sync_all()?;
        self.folder.sync_all()
    }

    /// Length of the engine's log, in bytes.
    pub(super) fn bytes(&self) -> io::Result<u64> {
        Ok(self.db_file.metadata()?.len())
    }

    /// How many values lie in files of their own; anything but 0 breaks the store's promise.
    pub(super) fn blob_files(&self) -> io::Result<usize> {
        Ok(fs::read_dir(&self.blobs)?.count())
    }

    fn check_blobs(&self) -> Result<(), Refusal> {
        match self.blob_files() {
            Ok(0) => Ok(()),
            Ok(_) => Err(Refusal::Blobs),
            Err(error) => Err(Refusal::Io(error)),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let db = self.db.take();
        // Closing flushes, and may find damage.
        let _ = catch_unwind(AssertUnwindSafe(move || drop(db)));
    }
}

/// What a commit does about fsync. Everything but [`Fsync::Do`] is for tests.
pub(super) enum Fsync {
    Do,
    #[cfg(any(test, feature = "testing"))]
    Skip,
    #[cfg(any(test, feature = "testing"))]
    Fail,
    #[cfg(any(test, feature = "testing"))]
    Full,
}

/// What an open does before the engine may look at its files.
fn prepare(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "generating") {
            fs::remove_file(path)?;
        }
    }
    // What a killed process wrote may still be in memory only. The engine would write a synced snapshot that points
    // at it, and a power cut would then leave a snapshot of what is not there.
    match File::open(folder.join("db")) {
        Ok(db) => db.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn open_patiently(folder: &Path, cache_bytes: u64) -> Result<::sled::Db, Refusal> {
    let config = ::sled::Config::new().path(folder).cache_capacity(cache_bytes).flush_every_ms(None);
    let mut steps = 0;
    loop {
        match guarded(|| config.open()) {
            // The store's own lock keeps other processes out: this one is held by threads of an engine just closed.
            Err(Refusal::Engine(::sled::Error::Io(error)))
                if steps < LOCK_STEPS_MAX && error.to_string().contains("could not acquire lock") =>
            {
                steps += 1;
                thread::sleep(LOCK_STEP);
            }
            result => return result,
        }
    }
}

fn guarded<T>(act: impl FnOnce() -> Result<T, ::sled::Error>) -> Result<T, Refusal> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(result) => result.map_err(Refusal::Engine),
        Err(_) => Err(Refusal::Panicked),
    }
}
