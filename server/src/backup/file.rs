//! Backups as files: written under another name, synced, read back, renamed; old ones removed.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jisr_sync_core::sync::ServerId;
use rustix::fs::{Advice, fadvise};

use super::frame::FrameReader;
use super::item::Item;
use super::make::{Source, write};
use super::read::{Summary, read};
use super::{BackupError, Fault, Pattern, Trouble};
use crate::progress::{Count, Stage, Watch};

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where it is.
    pub file: PathBuf,
    /// What it holds, as read back.
    pub summary: Summary,
    /// Older backups of the same pattern that were removed.
    pub removed: Vec<PathBuf>,
}

/// Makes a backup at the pattern's file for this time. When this returns, the file is on the disk and was read back
/// whole. With `keep`, of the pattern's files only so many stay.
///
/// # Errors
/// When the store cannot be read, the file not be written, it does not read back, or whoever watches asked to stop: then
/// it is removed. A file that was there under its name is as it was.
pub fn make_file(
    source: &Source<'_>,
    pattern: &Pattern,
    keep: Option<usize>,
    watch: &dyn Watch,
) -> Result<Made, BackupError> {
    let file = pattern.at(source.made_at);
    let server = source.registry.server_id();
    if fs::symlink_metadata(&file).is_ok() && server_of(&file) != Some(server) {
        return Err(BackupError::Occupied { file });
    }
    let mut name = std::ffi::OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(".part");
    let part = pattern.folder().join(name);
    let made = write_part(source, &part, watch).and_then(|summary| {
        fs::rename(&part, &file)?;
        File::open(pattern.folder())?.sync_all()?;
        Ok(summary)
    });
    let summary = made.map_err(|trouble| {
        let _ = fs::remove_file(&part);
        trouble.about(&file)
    })?;
    let removed = keep.map(|keep| pattern.remove_old(keep, &file, server)).unwrap_or_default();
    Ok(Made { file, summary, removed })
}

fn write_part(source: &Source<'_>, part: &Path, watch: &dyn Watch) -> Result<Summary, Trouble> {
    // It holds all that is known about people: nobody but the server's user may read it.
    let out = File::options().write(true).create(true).truncate(true).mode(0o600).open(part)?;
    let out = write(source, BufWriter::with_capacity(256 * 1024, out), watch)?;
    let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    out.sync_all()?;
    // So that it is read back from the disk and not from memory, where the system lets go of it.
    let _ = fadvise(&out, 0, None, Advice::DontNeed);
    drop(out);
    let (from, mut bytes) = open(part, Stage::Check, watch)?;
    read(from, &mut bytes, |_| Ok(()))
}

/// Reads a backup whole.
///
/// # Errors
/// [`BackupError::Unsound`] when it is not one, or anything in it is not what was written.
pub fn check_file(file: &Path, watch: &dyn Watch) -> Result<Summary, BackupError> {
    let checked = open(file, Stage::Check, watch);
    checked.and_then(|(from, mut bytes)| read(from, &mut bytes, |_| Ok(()))).map_err(|trouble| trouble.about(file))
}

/// Opens a backup for reading, and begins to count its bytes.
pub(super) fn open<'w>(
    file: &Path,
    stage: Stage,
    watch: &'w dyn Watch,
) -> Result<(BufReader<File>, Count<'w>), Trouble> {
    let opened = File::open(file).and_then(|file| Ok((file.metadata()?.len(), file)));
    let (bytes, file) = opened.map_err(Fault::Unread)?;
    Ok((BufReader::with_capacity(256 * 1024, file), Count::begin(watch, stage, Some(bytes))?))
}

/// Whose backup a file says it is; `None` when it does not begin as one. The rest of it is not looked at.
pub(super) fn server_of(file: &Path) -> Option<ServerId> {
    let chunk = FrameReader::begin(BufReader::new(File::open(file).ok()?)).ok()?.next().ok()??;
    match Item::read(chunk.section, &mut minicbor::Decoder::new(&chunk.values))? {
        Item::Header(header) => Some(header.server),
        _ => None,
    }
}

/// Writes a small file whole or not at all, for the server's user alone.
pub(crate) fn write_small(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = file.with_extension("part");
    let mut out = File::options().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    fs::rename(&part, file)?;
    match file.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}
