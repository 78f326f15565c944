//! Opening a store: one owner, room on the disk, a guarded engine, a format we know, and no commit missing.
//!
//! ```text
//! lock      held while the store is open           reserve   room given up when the disk is full
//! engine/   the engine's files                     mark      number of the last acknowledged commit
//! engine.new/  an engine being made; becomes engine/ in one rename, so that a power cut never leaves half of one
//! ```
//! It never moves or deletes what it cannot open.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::FORMAT_KNOWN;
use super::engine::{Engine, Refusal};
use super::mark::Mark;
use super::options::SledOptions;
use super::plan;
use super::read::Reader;
use super::space::{Space, full_or_io, is_full};
use super::tally::{self, Tally};
use crate::KvError;

/// Everything an open store holds.
pub(super) struct Opened {
    pub(super) engine: Engine,
    pub(super) tally: Tally,
    pub(super) mark: Mark,
    pub(super) space: Space,
    pub(super) lock: File,
}

/// Opens or makes the store in `folder`.
pub(super) fn open(folder: &Path, options: &SledOptions) -> Result<Opened, KvError> {
    make_folder(folder, &mut |parent| File::open(parent)?.sync_all()).map_err(full_or_io)?;
    let mut space = Space::of(folder, options).map_err(KvError::Io)?;
    let lock = with_room(&mut space, || lock(&folder.join("lock")))?;
    let engine = open_engine(folder, options, &mut space)?;
    let tally = check_contents(Reader { engine: &engine, checked: true }, options)?;
    let (mark, noted) = with_room(&mut space, || Mark::open(&folder.join("mark")).map_err(full_or_io))?;
    check_mark(tally.commits, noted, options)?;
    with_room(&mut space, || mark.note(tally.commits).and_then(|()| mark.sync()).map_err(full_or_io))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(KvError::Io)?;
    space.settle()?;
    Ok(Opened { engine, tally, mark, space, lock })
}

/// Opens the engine.
pub(super) fn open_engine(folder: &Path, options: &SledOptions, space: &mut Space) -> Result<Engine, KvError> {
    with_room(space, || open_or_make(folder, options))
}

/// Does `act`; gives up the reserve when that fails for want of room, and tries once more.
fn with_room<T>(space: &mut Space, act: impl Fn() -> Result<T, KvError>) -> Result<T, KvError> {
    match act() {
        Err(KvError::Full) if space.release() => act(),
        result => result,
    }
}

/// Makes the folder, and those it lies in, and calls `sync` for the parent of each that was made: without that a power
/// cut could take a folder away with all that is safe in it.
fn make_folder(folder: &Path, sync: &mut impl FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    let parent = match folder.parent() {
        Some(parent) if parent == Path::new("") => Path::new("."),
        Some(parent) => parent,
        None => return Ok(()),
    };
    if folder.is_dir() {
        return Ok(());
    }
    make_folder(parent, sync)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !folder.is_dir() => Err(error),
        _ => sync(parent),
    }
}

/// What the store holds, once its format is one we know and a count of its values agrees.
pub(super) fn check_contents(reader: Reader<'_>, options: &SledOptions) -> Result<Tally, KvError> {
    match plan::format(reader)? {
        Some(found) if found > FORMAT_KNOWN => return Err(KvError::NewerFormat { found, known: FORMAT_KNOWN }),
        Some(_) => {}
        None => return Err(KvError::Unopenable("it does not say which format it has".into())),
    }
    let tally = plan::tally(reader)?.ok_or_else(|| KvError::Unopenable("it does not say what it holds".into()))?;
    #[cfg(any(test, feature = "testing"))]
    if options.sabotage.skip_tally {
        return Ok(tally);
    }
    let _ = options;
    let counted = tally::count(reader, tally.commits)?;
    if counted == tally {
        Ok(tally)
    } else {
        Err(KvError::Unopenable(format!(
            "values are missing or old: {} are there, after commit {} there were {}",
            counted.values, tally.commits, tally.values
        )))
    }
}

pub(super) fn lock(path: &Path) -> Result<File, KvError> {
    let file = File::options().write(true).create(true).truncate(false).open(path).map_err(full_or_io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(KvError::InUse),
        Err(TryLockError::Error(error)) => Err(KvError::Io(error)),
    }
}

fn open_or_make(folder: &Path, options: &SledOptions) -> Result<Engine, KvError> {
    let home = folder.join("engine");
    if !home.try_exists().map_err(KvError::Io)? {
        make(folder, &home, options)?;
    }
    Engine::open(&home, options).map_err(unopened)
}

/// Makes an empty engine beside its place and moves it there whole.
fn make(folder: &Path, home: &PathBuf, options: &SledOptions) -> Result<(), KvError> {
    let nursery = folder.join("engine.new");
    match fs::remove_dir_all(&nursery) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(KvError::Io(error)),
        _ => {}
    }
    let engine = Engine::open(&nursery, options).map_err(unopened)?;
    engine.commit(plan::birth(FORMAT_KNOWN), || super::engine::Fsync::Do).map_err(unopened)?;
    drop(engine);
    fs::rename(&nursery, home).map_err(full_or_io)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(KvError::Io)
}

fn check_mark(number: u64, noted: Option<u64>, options: &SledOptions) -> Result<(), KvError> {
    #[cfg(any(test, feature = "testing"))]
    if options.sabotage.skip_mark {
        return Ok(());
    }
    let _ = options;
    match noted {
        Some(noted) if noted > number => Err(KvError::Unopenable(format!(
            "{} acknowledged commits are missing: it counts {number}, the mark beside it {noted}",
            noted - number
        ))),
        None if number > 0 => {
            tracing::warn!(commits = number, "no readable mark beside the store: lost commits would not be noticed");
            Ok(())
        }
        _ => Ok(()),
    }
}

fn unopened(refusal: Refusal) -> KvError {
    match refusal {
        Refusal::Io(error) | Refusal::Sync(error) | Refusal::Engine(::sled::Error::Io(error)) if is_full(&error) => {
            KvError::Full
        }
        Refusal::Io(error) | Refusal::Sync(error) => KvError::Io(error),
        Refusal::Engine(error) => KvError::Unopenable(error.to_string()),
        Refusal::Panicked => KvError::Unopenable("the engine gave up on its files".into()),
        Refusal::Blobs => KvError::Unopenable("the engine keeps values in files of their own".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_of_every_folder_that_is_made_is_put_on_the_disk_and_no_other() {
        let home = tempfile::tempdir().expect("a folder");
        let store = home.path().join("data/store");
        let mut synced = Vec::new();
        let mut make = || {
            make_folder(&store, &mut |parent| {
                synced.push(parent.to_path_buf());
                Ok(())
            })
        };

        make().expect("makes");
        make().expect("is there");

        assert!(store.is_dir());
        assert_eq!(synced, [home.path().to_path_buf(), home.path().join("data")]);
    }
}
