//! The lease: how a server notices that its store is an older copy of itself, put back by hand.
//!
//! A log's epoch tells devices whether the log they read is the one they know. A store that was copied back has the
//! epochs it had, so nobody would notice that acknowledged records are gone. Therefore a small file, `lease`, lies in
//! the data folder beside the store. It holds a token; the store notes the token and the instant at which the system
//! last changed the file (its ctime, which no program can set). Both are renewed whenever the server starts and ends.
//!
//! - A store put back alone carries an older token than the file.
//! - A folder put back whole carries the right token in a file that was changed when it was copied.
//!
//! Either way the server starts all the same, after giving every log a new epoch: devices notice, read again from the
//! last point that both know, and bring back what is theirs. A new epoch that was not needed (the folder moved to
//! another disk, its owner was changed, the lease was deleted on purpose) costs devices a few hundred bytes and loses
//! nothing, so every doubt ends in one.
//!
//! **What it cannot notice:** an image of a whole disk or machine put back, lease and instants included; and a store
//! copied while the server ran and put back, by a tool that leaves unchanged files alone, before the server was started
//! or stopped again. Then delete the lease before the server is started (`docs/OPERATIONS.md`).

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use rand::{Rng, RngExt};

use crate::backup::write_small;
use crate::storage::{Epochs, StorageError};

/// Where the lease of a data folder is.
pub fn file_in(folder: &Path) -> PathBuf {
    folder.join("lease")
}

/// What a lease told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The store is the one that was here last.
    Same,
    /// The store never had a lease: it is new, or was restored from a backup.
    None,
    /// The store is a copy, or an older one: every log has a new epoch.
    Copied,
}

/// The lease could not be read or renewed. The server must not serve without.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LeaseError {
    /// The file could not be read or written.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl LeaseError {
    fn is_want_of_room(&self) -> bool {
        match self {
            Self::File { source, .. } => source.kind() == ErrorKind::StorageFull,
            Self::Storage(error) => matches!(error, StorageError::Full),
        }
    }
}

type Token = [u8; 16];

/// A token with the ctime of its file, in seconds and nanoseconds.
type Placed = (ByteArray<16>, i64, i64);

/// What the store notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(array)]
struct Noted {
    /// The token in the file, and the file's ctime in seconds and nanoseconds.
    #[n(0)]
    current: Option<Placed>,
    /// The token about to be written: in a crash the file may have it already.
    #[n(1)]
    next: Option<ByteArray<16>>,
}

/// Compares store and lease, renews the epochs when the store is a copy, and renews the lease. To be called while nobody
/// reads or writes the store.
///
/// # Errors
/// When the lease cannot be read or written, or the store fails.
pub fn renew(folder: &Path, storage: &dyn Epochs, rng: &mut impl Rng) -> Result<Found, LeaseError> {
    let file = file_in(folder);
    let of_file = |source: io::Error| LeaseError::File { file: file.clone(), source };
    // What does not read says nothing, which is a doubt.
    let noted = storage.lease()?.map(|bytes| minicbor::decode::<Noted>(&bytes).unwrap_or_default());
    let lying = read(&file).map_err(of_file)?;
    let found = match (noted, lying) {
        (None, _) => Found::None,
        (Some(noted), Some((token, at))) if noted.is(&token, at) => Found::Same,
        _ => Found::Copied,
    };
    if found == Found::Copied {
        storage.renew_epochs(rng.random())?;
    }
    let current = noted.and_then(|noted| noted.current).filter(|_| found == Found::Same);
    match write(&file, storage, current, rng.random()) {
        // A server on a full disk serves what it holds, under the lease that still holds.
        Err(error) if found == Found::Same && error.is_want_of_room() => {
            tracing::warn!(%error, "the lease was not renewed: it still holds");
            Ok(found)
        }
        written => written.map(|()| found),
    }
}

/// Writes a new lease. Whenever it stops in between, store and file still agree.
fn write(file: &Path, storage: &dyn Epochs, current: Option<Placed>, next: Token) -> Result<(), LeaseError> {
    let of_file = |source: io::Error| LeaseError::File { file: file.to_path_buf(), source };
    keep(storage, &Noted { current, next: Some(next.into()) })?;
    write_small(file, text(&next).as_bytes()).map_err(of_file)?;
    let (secs, nanos) = changed_at(file).map_err(of_file)?;
    Ok(keep(storage, &Noted { current: Some((next.into(), secs, nanos)), next: None })?)
}

impl Noted {
    fn is(&self, token: &Token, at: (i64, i64)) -> bool {
        let current =
            self.current.is_some_and(|(noted, secs, nanos)| *noted == *token && same_instant((secs, nanos), at));
        current || self.next.is_some_and(|next| *next == *token)
    }
}

/// Some file systems keep whole seconds only once a file is no longer in memory.
const fn same_instant(noted: (i64, i64), found: (i64, i64)) -> bool {
    noted.0 == found.0 && (noted.1 == found.1 || found.1 == 0)
}

fn keep(storage: &dyn Epochs, noted: &Noted) -> Result<(), StorageError> {
    let mut bytes = Vec::new();
    // Writing into memory cannot fail.
    let written = minicbor::encode(noted, &mut bytes);
    debug_assert!(written.is_ok());
    storage.keep_lease(&bytes)
}

fn text(token: &Token) -> String {
    format!(
        "{}\n# Belongs to the store beside it. Do not copy it, do not put it back; deleting it is safe.\n",
        HEXLOWER.encode(token)
    )
}

/// The token and ctime of a lease; `None` when there is none or it does not read as one.
fn read(file: &Path) -> io::Result<Option<(Token, (i64, i64))>> {
    let text = match fs::read(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        text => text?,
    };
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let token = HEXLOWER.decode(line).ok().and_then(|token| Token::try_from(token).ok());
    Ok(token.zip(Some(changed_at(file)?)))
}

fn changed_at(file: &Path) -> io::Result<(i64, i64)> {
    let about = fs::metadata(file)?;
    Ok((about.ctime(), about.ctime_nsec()))
}

#[cfg(test)]
mod tests;
