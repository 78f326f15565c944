//! Putting a store that was built beside another in its place, in one step.
//!
//! ```text
//! store            the store that is served
//! store.building   one that is being built; whatever is found there was never finished
//! store.before-…   one that was replaced (or, after a crash just before the step, its unused successor)
//! ```
//! **Invariant:** after a crash at any moment `store` is a whole store: the old one or the new one.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::assemble::store_in;

/// Where a store is built before it takes its place.
pub fn building_in(folder: &Path) -> PathBuf {
    folder.join("store.building")
}

/// Makes room for a store to be built: takes away what a build that never ended left.
///
/// # Errors
/// When the system refuses.
pub fn clear_building(folder: &Path) -> io::Result<()> {
    remove(&building_in(folder))
}

/// Removes a folder with all that is in it, if it is there.
pub(crate) fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Puts the store that was built in the place of the served one, if there is one; that is at `aside` then. Both must be
/// closed.
///
/// # Errors
/// When the system refuses: `store` is as it was.
pub fn put_in_place(folder: &Path, aside: &Path) -> io::Result<()> {
    let (place, built) = (store_in(folder), building_in(folder));
    let sync = || File::open(folder)?.sync_all();
    sync()?;
    if !place.try_exists()? {
        fs::rename(&built, &place)?;
        return sync();
    }
    // First under the name that the old one is to have: then one step does all.
    fs::rename(&built, aside)?;
    sync()?;
    exchange(aside, &place)?;
    sync()
}

/// Gives two folders each other's name.
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        // A file system that cannot (some network ones): in three steps. After a crash between them nothing is lost, but
        // `store` is missing until one of the others is given its name.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {
            let between = one.with_extension("between");
            fs::rename(other, &between)?;
            fs::rename(one, other)?;
            fs::rename(&between, one)
        }
        done => Ok(done?),
    }
}
