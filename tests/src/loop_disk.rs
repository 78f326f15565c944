//! A disk that can be cut from its power: an ext4 file system in a file, mounted through a loop device.
//!
//! **Fault model.** A cut is a copy of the file under the mounted file system: it holds what the kernel had sent to the
//! disk by then and nothing that was only in memory. Writes may reach the disk early and in any order (see
//! [`LoopDisk::write_back_early`]); what was synced is never lost or changed. Torn sectors and disks that lie about
//! their cache are not covered.
//!
//! It needs root, `mkfs.ext4` and a free loop device; [`LoopDisk::unavailable`] says why it cannot be had. Whatever a
//! test does, panics included, the mount and the loop device are gone when the value is dropped.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::fs::{Advice, FallocateFlags, fadvise, fallocate, statvfs, syncfs};

const UNMOUNT_TRIES_MAX: u32 = 100;
const FILL_PART_BYTES_MAX: u64 = 64 << 20;
const FILL_PART_BYTES_MIN: u64 = 4_096;

/// A mounted disk of its own.
#[derive(Debug)]
pub struct LoopDisk {
    image: PathBuf,
    mount: PathBuf,
    commit_seconds: u32,
    // Dropped after the disk is unmounted.
    _folder: tempfile::TempDir,
}

impl LoopDisk {
    /// Why no such disk can be had here; `None` when it can.
    pub fn unavailable() -> Option<String> {
        match Self::new(8, 5) {
            Ok(_) => None,
            Err(error) => Some(format!("no loop device with ext4 can be mounted here: {error:#}")),
        }
    }

    /// An empty disk of `mebibytes`, whose journal is written every `commit_seconds`.
    ///
    /// # Errors
    /// When the file system cannot be made or mounted.
    pub fn new(mebibytes: u64, commit_seconds: u32) -> Result<Self> {
        let (folder, image, mount) = places()?;
        File::create(&image)?.set_len(mebibytes * 1024 * 1024)?;
        run(Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(&image))?;
        let disk = Self { image, mount, commit_seconds, _folder: folder };
        disk.attach()?;
        Ok(disk)
    }

    /// Where its files are.
    pub fn path(&self) -> &Path {
        &self.mount
    }

    /// What this disk would be after a power cut now: another disk, mounted elsewhere. This one goes on.
    ///
    /// Stop whoever writes before: a copy that takes its time is no cut.
    ///
    /// # Errors
    /// When the copy cannot be made or mounted.
    pub fn cut(&self, commit_seconds: u32) -> Result<Self> {
        let (folder, image, mount) = places()?;
        run(Command::new("cp").args(["--sparse=always", "--reflink=auto"]).arg(&self.image).arg(&image))?;
        let disk = Self { image, mount, commit_seconds, _folder: folder };
        disk.attach()?;
        Ok(disk)
    }

    /// Lets the kernel send a part of the file at `path` to the disk now, before anybody asked: `bytes` from `offset`.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn write_back_early(&self, path: impl AsRef<Path>, offset: u64, bytes: u64) -> Result<()> {
        let file = File::open(self.mount.join(path))?;
        // Dropping pages from the cache starts to write the dirty ones.
        fadvise(&file, offset, bytes.try_into().ok(), Advice::DontNeed)?;
        Ok(())
    }

    /// Sends everything to the disk, as a machine does that has been left alone for a while.
    ///
    /// # Errors
    /// When the system cannot.
    pub fn sync(&self) -> Result<()> {
        Ok(syncfs(File::open(&self.mount)?)?)
    }

    /// How much room is left, in bytes.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn free_bytes(&self) -> Result<u64> {
        let disk = statvfs(&self.mount)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Fills it with a file of this name but for about `leave` bytes. Removing the file gives the room back.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn fill(&self, name: &str, leave: u64) -> Result<()> {
        let file = File::create(self.mount.join(name))?;
        let mut part = FILL_PART_BYTES_MAX;
        let mut filled = 0;
        // The file system needs a little room for its own notes, so the last parts become smaller.
        while part >= FILL_PART_BYTES_MIN {
            let over = self.free_bytes()?.saturating_sub(leave);
            part = part.min(over);
            match part >= FILL_PART_BYTES_MIN && fallocate(&file, FallocateFlags::empty(), filled, part).is_ok() {
                true => filled += part,
                false => part /= 2,
            }
        }
        Ok(file.sync_all()?)
    }

    fn attach(&self) -> Result<()> {
        let options = format!("loop,commit={}", self.commit_seconds);
        run(Command::new("mount").args(["-t", "ext4", "-o", &options]).arg(&self.image).arg(&self.mount))
    }
}

impl Drop for LoopDisk {
    fn drop(&mut self) {
        for _ in 0..UNMOUNT_TRIES_MAX {
            // Files of a process that was just killed stay open for a moment.
            if run(Command::new("umount").arg(&self.mount)).is_ok() || !is_mounted(&self.mount) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = run(Command::new("umount").arg("-l").arg(&self.mount));
    }
}

fn places() -> Result<(tempfile::TempDir, PathBuf, PathBuf)> {
    let folder = tempfile::Builder::new().prefix("jisr-loop-disk").tempdir()?;
    let (image, mount) = (folder.path().join("image"), folder.path().join("mount"));
    fs::create_dir(&mount)?;
    Ok((folder, image, mount))
}

fn is_mounted(mount: &Path) -> bool {
    let place = mount.to_string_lossy().into_owned();
    fs::read_to_string("/proc/self/mounts").is_ok_and(|mounts| mounts.contains(&place))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{command:?} cannot be run"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
