//! A backup file as bytes: chunks that are compressed and checked one by one, and a hash over all of them.
//!
//! ```text
//! "JISRBAK" version:1
//! chunk*     section:1 number:4 length:4 checksum:4 payload        numbers and lengths are big-endian
//! end        the last chunk, of section 255
//! hash:32    SHA-256 over every byte before it
//! ```
//! A chunk's checksum (CRC-32C) covers its section, number, length and payload, so that a damaged, missing or displaced
//! chunk is named by its number. The payload is raw deflate over CBOR values ([`super::item`]). Sections come in
//! ascending order. Nothing here knows what a value means.

use std::io::{self, ErrorKind, Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};

use super::Fault;

/// What every backup file begins with.
pub(super) const MAGIC: [u8; 7] = *b"JISRBAK";

/// The format this version writes, and the newest it reads.
pub(super) const FORMAT: u8 = 1;

/// The section of the last chunk.
pub(super) const END: u8 = 255;

/// A chunk is closed when it has this many bytes before compression.
const CHUNK_BYTES_AIM: usize = 1024 * 1024;

/// The longest payload of a chunk, compressed or not, in bytes: one value of the store and a full chunk before it.
const CHUNK_BYTES_MAX: u64 = 20 * 1024 * 1024;

const HEAD_BYTES: usize = 13;

/// Writes a backup's bytes. What is dropped before [`FrameWriter::finish`] is no backup.
pub(super) struct FrameWriter<W> {
    out: W,
    hash: Sha256,
    number: u32,
    section: u8,
    pending: Vec<u8>,
}

impl<W: Write> FrameWriter<W> {
    /// Begins a file.
    pub(super) fn begin(out: W) -> io::Result<Self> {
        let mut writer = Self { out, hash: Sha256::new(), number: 0, section: 0, pending: Vec::new() };
        writer.write(&MAGIC)?;
        writer.write(&[FORMAT])?;
        Ok(writer)
    }

    /// Adds a value to a section.
    pub(super) fn put(&mut self, section: u8, value: &[u8]) -> io::Result<()> {
        if section != self.section || self.pending.len() >= CHUNK_BYTES_AIM {
            self.close_chunk()?;
            self.section = section;
        }
        self.pending.extend_from_slice(value);
        Ok(())
    }

    /// Ends the file with a last value, and gives back what it was written to.
    pub(super) fn finish(mut self, last: &[u8]) -> io::Result<W> {
        self.put(END, last)?;
        self.close_chunk()?;
        let hash = self.hash.finalize();
        self.out.write_all(&hash)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn close_chunk(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(&self.pending)?;
        let payload = deflate.finish()?;
        self.pending.clear();
        let length = u32::try_from(payload.len()).map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
        let head = head(self.section, self.number, length, &payload);
        self.write(&head)?;
        self.write(&payload)?;
        self.number += 1;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }
}

fn head(section: u8, number: u32, length: u32, payload: &[u8]) -> [u8; HEAD_BYTES] {
    let mut head = [0; HEAD_BYTES];
    head[0] = section;
    head[1..5].copy_from_slice(&number.to_be_bytes());
    head[5..9].copy_from_slice(&length.to_be_bytes());
    let checksum = crc32c::crc32c_append(crc32c::crc32c(&head[..9]), payload);
    head[9..].copy_from_slice(&checksum.to_be_bytes());
    head
}

/// A chunk that passed its check.
pub(super) struct Chunk {
    pub(super) section: u8,
    pub(super) number: u32,
    /// Its values, one after another.
    pub(super) values: Vec<u8>,
}

/// Reads a backup's bytes. Nothing may be believed before [`FrameReader::next`] has given `None`.
pub(super) struct FrameReader<R> {
    from: R,
    hash: Sha256,
    number: u32,
    section: u8,
    bytes: u64,
}

impl<R: Read> FrameReader<R> {
    /// Reads the beginning of a file.
    pub(super) fn begin(from: R) -> Result<Self, Fault> {
        let mut reader = Self { from, hash: Sha256::new(), number: 0, section: 0, bytes: 0 };
        let mut start = [0; MAGIC.len() + 1];
        reader
            .fill(&mut start)
            .map_err(|fault| if matches!(fault, Fault::Cut { .. }) { Fault::NoBackup } else { fault })?;
        let [magic @ .., version] = start;
        match version {
            _ if magic != MAGIC => Err(Fault::NoBackup),
            0 => Err(Fault::NoBackup),
            found if found > FORMAT => Err(Fault::NewerFormat { found, known: FORMAT }),
            _ => Ok(reader),
        }
    }

    /// The next chunk; `None` when the file has come to its end and all of it is what was written.
    pub(super) fn next(&mut self) -> Result<Option<Chunk>, Fault> {
        if self.section == END {
            return self.end().map(|()| None);
        }
        let damaged = Fault::Chunk { number: self.number };
        let mut head_read = [0; HEAD_BYTES];
        self.fill(&mut head_read)?;
        let [section, n0, n1, n2, n3, l0, l1, l2, l3, ..] = head_read;
        let (number, length) = (u32::from_be_bytes([n0, n1, n2, n3]), u32::from_be_bytes([l0, l1, l2, l3]));
        if number != self.number || section < self.section || u64::from(length) > CHUNK_BYTES_MAX {
            return Err(damaged);
        }
        let mut payload = vec![0; length as usize];
        self.fill(&mut payload)?;
        if head(section, number, length, &payload) != head_read {
            return Err(damaged);
        }
        let values = inflate(&payload).ok_or(damaged)?;
        (self.number, self.section) = (self.number + 1, section);
        Ok(Some(Chunk { section, number, values }))
    }

    /// How many bytes were read so far.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    fn end(&mut self) -> Result<(), Fault> {
        let expected: [u8; 32] = self.hash.clone().finalize().into();
        let mut written = [0; 32];
        self.fill(&mut written)?;
        if written != expected {
            return Err(Fault::Whole);
        }
        match self.from.read(&mut [0]).map_err(Fault::Unread)? {
            0 => Ok(()),
            _ => Err(Fault::Surplus),
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Fault> {
        match self.from.read_exact(bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Err(Fault::Cut { number: self.number }),
            Err(error) => return Err(Fault::Unread(error)),
        }
        self.hash.update(&*bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}

fn inflate(payload: &[u8]) -> Option<Vec<u8>> {
    let mut values = Vec::new();
    let read = DeflateDecoder::new(payload).take(CHUNK_BYTES_MAX + 1).read_to_end(&mut values).ok()?;
    (read as u64 <= CHUNK_BYTES_MAX).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let mut writer = FrameWriter::begin(Vec::new()).unwrap();
        writer.put(1, b"one").unwrap();
        writer.put(2, &vec![7; CHUNK_BYTES_AIM]).unwrap();
        writer.put(2, b"two").unwrap();
        writer.finish(b"end").unwrap()
    }

    fn read(bytes: &[u8]) -> Result<Vec<(u8, usize)>, Fault> {
        let mut reader = FrameReader::begin(bytes)?;
        let mut chunks = Vec::new();
        while let Some(chunk) = reader.next()? {
            chunks.push((chunk.section, chunk.values.len()));
        }
        Ok(chunks)
    }

    #[test]
    fn what_was_written_reads_back_in_chunks() {
        assert_eq!(read(&written()).unwrap(), [(1, 3), (2, CHUNK_BYTES_AIM), (2, 3), (END, 3)]);
    }

    #[test]
    fn whichever_byte_is_altered_and_wherever_it_is_cut_the_file_is_refused() {
        let good = written();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            assert!(read(&bad).is_err(), "byte {at} of {}", good.len());
            assert!(read(&good[..at]).is_err(), "cut at {at}");
        }
        assert!(matches!(read(&[&good[..], &[0]].concat()), Err(Fault::Surplus)));
    }

    #[test]
    fn a_chunk_that_is_damaged_or_changed_its_place_is_named() {
        let good = written();
        let first = MAGIC.len() + 1;
        let length = |at: usize| HEAD_BYTES + u32::from_be_bytes(good[at + 5..at + 9].try_into().unwrap()) as usize;
        let (second, third) = (first + length(first), first + length(first) + length(first + length(first)));

        let without = [&good[..second], &good[third..]].concat();
        let mut altered = good.clone();
        altered[second + 9] ^= 1;

        assert!(matches!(read(&without), Err(Fault::Chunk { number: 1 })));
        assert!(matches!(read(&altered), Err(Fault::Chunk { number: 1 })));
    }

    #[test]
    fn another_file_and_a_newer_format_are_told_apart_from_damage() {
        assert!(matches!(read(b"PK\x03\x04 something else"), Err(Fault::NoBackup)));
        assert!(matches!(read(b""), Err(Fault::NoBackup)));
        let mut newer = written();
        newer[MAGIC.len()] = FORMAT + 1;
        assert!(matches!(read(&newer), Err(Fault::NewerFormat { found: 2, known: 1 })));
    }
}
