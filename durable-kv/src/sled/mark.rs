//! The number of the last acknowledged commit, kept beside the engine.
//!
//! The engine takes a damaged tail for the end of its log and opens without it: acknowledged commits would be gone and
//! nobody told. The mark is written after a commit is safe, so a store whose own count is lower has lost commits.
//! It is not synced with each commit: after a power cut it may be older than the store, never newer.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::Path;

const MAGIC: [u8; 4] = *b"JVM1";
const SLOT_BYTES: usize = 16;
/// The two slots lie in different sectors, so that a write in flight spoils at most one.
const SLOT_STEP: u64 = 4096;

/// The open mark of one store.
#[derive(Debug)]
pub(super) struct Mark {
    file: File,
}

impl Mark {
    /// Opens the mark at `path` and tells its number: `None` when it was never written or is unreadable.
    pub(super) fn open(path: &Path) -> io::Result<(Self, Option<u64>)> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        let number = [read_slot(&file, 0)?, read_slot(&file, 1)?].into_iter().flatten().max();
        Ok((Self { file }, number))
    }

    /// Notes that commit `number` is safe. Survives the end of the process, not yet a power cut.
    pub(super) fn note(&self, number: u64) -> io::Result<()> {
        let mut slot = [0; SLOT_BYTES];
        slot[..4].copy_from_slice(&MAGIC);
        slot[4..12].copy_from_slice(&number.to_le_bytes());
        let checksum = crc32c::crc32c(&slot[..12]);
        slot[12..].copy_from_slice(&checksum.to_le_bytes());
        self.file.write_all_at(&slot, number % 2 * SLOT_STEP)
    }

    /// Puts what was noted on the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

fn read_slot(file: &File, slot: u64) -> io::Result<Option<u64>> {
    let mut bytes = [0; SLOT_BYTES];
    match file.read_exact_at(&mut bytes, slot * SLOT_STEP) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let [magic_0, magic_1, magic_2, magic_3, rest @ ..] = bytes;
    let Some((number, checksum)) = rest.split_last_chunk::<4>() else { return Ok(None) };
    let whole =
        [magic_0, magic_1, magic_2, magic_3] == MAGIC && crc32c::crc32c(&bytes[..12]) == u32::from_le_bytes(*checksum);
    Ok(number.try_into().ok().filter(|_| whole).map(u64::from_le_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_noted_number_is_read_back_and_a_torn_slot_gives_the_one_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mark");
        let (mark, nothing) = Mark::open(&path).expect("opens");
        for number in 1..=9 {
            mark.note(number).expect("notes");
        }

        let (_, whole) = Mark::open(&path).expect("opens");
        mark.file.write_all_at(b"x", SLOT_STEP + 6).expect("spoils the slot of 9");
        let (_, torn) = Mark::open(&path).expect("opens");

        assert_eq!((nothing, whole, torn), (None, Some(9), Some(8)));
    }
}
