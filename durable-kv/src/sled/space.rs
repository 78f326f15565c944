//! Room on the disk: how much is free, and the reserve that is given up when there is none.
//!
//! The engine cannot open on a full disk. The reserve is real room, not a sparse file, so that giving it up always
//! gives room back.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate, fstatvfs};

use super::options::SledOptions;
use crate::KvError;

/// Room kept back for hard times.
#[derive(Debug)]
pub(super) struct Space {
    folder: File,
    path: PathBuf,
    reserve_bytes: u64,
    free_bytes_min: u64,
    reserved: bool,
}

impl Space {
    /// The room around the store in `folder`. Makes nothing yet.
    pub(super) fn of(folder: &Path, options: &SledOptions) -> io::Result<Self> {
        let path = folder.join("reserve");
        let reserved = options.reserve_bytes == 0 || holds(&path, options.reserve_bytes);
        let (reserve_bytes, free_bytes_min) = (options.reserve_bytes, options.free_bytes_min);
        Ok(Self { folder: File::open(folder)?, path, reserve_bytes, free_bytes_min, reserved })
    }

    /// Free for ordinary users, in bytes.
    pub(super) fn free_bytes(&self) -> io::Result<u64> {
        let disk = fstatvfs(&self.folder)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    pub(super) fn reserved(&self) -> bool {
        self.reserved
    }

    /// Whether `bytes` more may be written: beside the floor, a reserve that was given up is made again first.
    pub(super) fn has_room_for(&self, bytes: u64) -> io::Result<bool> {
        let missing = if self.reserved { 0 } else { self.reserve_bytes };
        let needed = self.free_bytes_min.saturating_add(bytes.saturating_mul(2)).saturating_add(missing);
        Ok(self.free_bytes()? >= needed)
    }

    /// Refuses to write `bytes` more when the disk is too full, the reserve included. Rebuilds the reserve once
    /// there is room again.
    pub(super) fn admit(&mut self, bytes: u64) -> Result<(), KvError> {
        if !self.has_room_for(bytes).map_err(KvError::Io)? {
            return Err(KvError::Full);
        }
        if !self.reserved {
            self.rebuild().map_err(full_or_io)?;
        }
        Ok(())
    }

    /// Makes the reserve if it is not there and there is room beyond the floor; otherwise leaves that for later.
    pub(super) fn settle(&mut self) -> Result<(), KvError> {
        match self.admit(0) {
            Err(KvError::Full) => {
                tracing::warn!(free_bytes_min = self.free_bytes_min, "the disk is nearly full: nothing is written");
                Ok(())
            }
            result => result,
        }
    }

    /// Gives the reserve up. Tells whether there was one.
    pub(super) fn release(&mut self) -> bool {
        let released = fs::remove_file(&self.path).is_ok();
        if released {
            self.reserved = false;
            tracing::error!(reserve_bytes = self.reserve_bytes, "the disk is full: the reserve is given up");
        }
        released
    }

    fn rebuild(&mut self) -> io::Result<()> {
        let file = File::options().write(true).create(true).truncate(true).open(&self.path)?;
        match fallocate(&file, FallocateFlags::empty(), 0, self.reserve_bytes) {
            Ok(()) => {}
            Err(error) if error == rustix::io::Errno::OPNOTSUPP => fill(&file, self.reserve_bytes)?,
            Err(error) => {
                let _ = fs::remove_file(&self.path);
                return Err(error.into());
            }
        }
        file.sync_all()?;
        self.folder.sync_all()?;
        self.reserved = true;
        Ok(())
    }
}

/// [`KvError::Full`] for want of room, [`KvError::Io`] for all else.
pub(super) fn full_or_io(error: io::Error) -> KvError {
    if is_full(&error) { KvError::Full } else { KvError::Io(error) }
}

/// Whether the system refused for want of room.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

fn holds(path: &Path, bytes: u64) -> bool {
    use std::os::unix::fs::MetadataExt;
    // Counted in blocks: a sparse file has the length without the room.
    fs::metadata(path).is_ok_and(|found| found.len() >= bytes && found.blocks() * 512 >= bytes)
}

fn fill(mut file: &File, bytes: u64) -> io::Result<()> {
    let zeros = vec![0; 1024 * 1024];
    let mut left = bytes;
    while left > 0 {
        let part = usize::try_from(left).unwrap_or(usize::MAX).min(zeros.len());
        file.write_all(&zeros[..part])?;
        left -= part as u64;
    }
    Ok(())
}
