//! Backups: one file with everything the server keeps, made while it serves, and put back into a new store.
//!
//! The file is the truth in a form that no storage engine is needed to read (`frame`, `item`). It is written under
//! another name, synced, read back whole, and only then renamed; the *backed-up* marks are published after that. Memory
//! does not grow with the store.
//!
//! **Consistent without holding anybody up.** What only grows may be read while others write, if the order is right:
//!
//! 1. the marks of devices, before the logs, so that no mark says "all is in" about records the logs lack;
//! 2. what is set aside, before the logs: a change that is taken in meanwhile is in the logs then, and loading drops
//!    what stands in both. All that was set aside when the backup began is in it, in one place or the other;
//! 3. the ends of all logs at one moment (no append is in the backup by half), and the records up to them, which never
//!    change;
//! 4. proofs, actors and the registry, after the logs: whatever the records point to is there, and perhaps more.
//!
//! **Never in a backup:** epochs (a restored log is another life of it), sign-ins and open enrolment codes (what was used
//! or ended must not come back), and what follows from the logs.

mod file;
mod frame;
mod item;
mod load;
mod make;
mod pattern;
mod read;
mod restore;

use std::io;
use std::path::{Path, PathBuf};

use jisr_sync_core::id::ScopeId;

pub(crate) use file::write_small;
pub use file::{Made, check_file, make_file};
pub use item::Header;
pub use load::{Loaded, load};
pub use make::Source;
pub use pattern::{Pattern, PatternError};
pub use read::Summary;
pub use restore::{Destination, RestoreError, Restored, restore};

use crate::progress::Stopped;
use crate::registry::RegistryError;
use crate::storage::StorageError;
use crate::verify::CheckError;
use crate::writer::WriteError;

/// What is wrong with a backup file. Nothing of such a file is ever taken for true.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It does not begin as a backup does.
    #[error("it is not a backup of Jisr")]
    NoBackup,
    /// A newer version of the program made it.
    #[error("it has format {found}; this version reads up to {known}")]
    NewerFormat {
        /// The format found.
        found: u8,
        /// The newest this version reads.
        known: u8,
    },
    /// It ends too early.
    #[error("it is cut short: it ends in chunk {number}")]
    Cut {
        /// The chunk it ends in, counted from 0.
        number: u32,
    },
    /// A chunk is not what was written, or in another place.
    #[error("chunk {number} is damaged or missing")]
    Chunk {
        /// Which one, counted from 0.
        number: u32,
    },
    /// The hash over the whole file is another.
    #[error("the hash over the whole file is wrong")]
    Whole,
    /// Something follows the end.
    #[error("something follows its end")]
    Surplus,
    /// A value does not read, or stands where it does not belong.
    #[error("a value of section {section} in chunk {number} does not read")]
    Value {
        /// The section.
        section: u8,
        /// The chunk, counted from 0.
        number: u32,
    },
    /// A record does not follow from the one before it, or its bytes do not have its hash.
    #[error("record {number} of {scope} is not what it says")]
    Record {
        /// The scope.
        scope: ScopeId,
        /// The record.
        number: u64,
    },
    /// A log ends elsewhere than the backup says.
    #[error("the log of {scope} does not end where it says")]
    Head {
        /// The scope.
        scope: ScopeId,
    },
    /// A section has more or fewer values than the backup says.
    #[error("there are not as many values as it says")]
    Counts,
    /// It could not be read.
    #[error("it could not be read: {0}")]
    Unread(#[source] io::Error),
}

/// Ways a backup can fail to be made or put back. What was kept before, and earlier backups, are as they were.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The file is not sound.
    #[error("{}: {fault}", file.display())]
    Unsound {
        /// Which one.
        file: PathBuf,
        /// What is wrong.
        fault: Fault,
    },
    /// The file could not be written, synced or renamed.
    #[error("{}: {source}", file.display())]
    Unwritten {
        /// Which one.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Something else lies where the backup would.
    #[error("{}: there is a file that is not a backup of this server", file.display())]
    Occupied {
        /// Where.
        file: PathBuf,
    },
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The path is no pattern for backups.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// Whoever watches asked to stop. Nothing of it is left.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The backup is made, but that it is could not be noted: devices keep what they might have let go of.
    #[error("the backup is made, but the marks could not be published: {0}")]
    Unmarked(#[from] WriteError),
    /// What was put back does not agree with itself.
    #[error("what the backup holds does not agree: {first}, {more} more findings")]
    Disagrees {
        /// The first finding.
        first: String,
        /// How many more there are.
        more: usize,
    },
}

/// What went wrong on the way, before it is known about which file.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Out(#[from] io::Error),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl From<CheckError> for BackupError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Storage(error) => error.into(),
            CheckError::Stopped(stopped) => stopped.into(),
        }
    }
}

impl Trouble {
    fn about(self, file: &Path) -> BackupError {
        let file = file.to_path_buf();
        match self {
            Self::Fault(fault) => BackupError::Unsound { file, fault },
            Self::Out(source) => BackupError::Unwritten { file, source },
            Self::Storage(error) => error.into(),
            Self::Registry(error) => error.into(),
            Self::Stopped(stopped) => stopped.into(),
        }
    }
}

#[cfg(test)]
mod tests;
