//! The bytes around every stored value, by which damage is noticed.
//!
//! ```text
//! magic  version  kind  length     payload   crc32c
//! 2      1        1     4 (LE)     length    4 (LE), over key, header and payload
//! ```
//! The checksum covers the key, so that a value found at another key counts as damaged. No frame is longer than
//! [`FRAME_BYTES_MAX`]: the engine moves longer values to files that it never syncs.

/// The longest frame, in bytes.
pub(super) const FRAME_BYTES_MAX: usize = 4096;

/// The longest payload of one frame, in bytes.
pub(super) const PAYLOAD_BYTES_MAX: usize = FRAME_BYTES_MAX - HEADER_BYTES - CHECKSUM_BYTES;

const MAGIC: [u8; 2] = *b"JV";
const VERSION: u8 = 1;
const HEADER_BYTES: usize = 8;
const CHECKSUM_BYTES: usize = 4;

/// What a payload is. `0x80` and above are kept for payloads that are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The whole value.
    Plain = 1,
    /// A [`Manifest`] of the pieces that make up the value.
    Manifest = 2,
    /// One piece of a value.
    Chunk = 3,
}

impl Kind {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Plain, Self::Manifest, Self::Chunk].into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// The frame of `payload`, stored at the engine's key `key`.
pub(super) fn encode(key: &[u8], kind: Kind, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(HEADER_BYTES + payload.len() + CHECKSUM_BYTES);
    frame.extend_from_slice(&MAGIC);
    frame.push(VERSION);
    frame.push(kind as u8);
    frame.extend_from_slice(&length(payload).to_le_bytes());
    frame.extend_from_slice(payload);
    let checksum = checksum(key, &frame);
    frame.extend_from_slice(&checksum.to_le_bytes());
    frame
}

/// The kind and payload of `frame`, found at `key`; otherwise what is wrong with it.
pub(super) fn decode<'f>(key: &[u8], frame: &'f [u8], checked: bool) -> Result<(Kind, &'f [u8]), &'static str> {
    let Some((body, stored)) = frame.split_last_chunk::<CHECKSUM_BYTES>() else { return Err("shorter than a frame") };
    if checked && checksum(key, body) != u32::from_le_bytes(*stored) {
        return Err("the checksum of the frame does not match");
    }
    let Some((header, payload)) = body.split_first_chunk::<HEADER_BYTES>() else { return Err("shorter than a frame") };
    let [magic_0, magic_1, version, kind, length @ ..] = *header;
    if [magic_0, magic_1] != MAGIC {
        return Err("not a frame");
    }
    if version != VERSION {
        return Err("a frame of another version");
    }
    if u32::from_le_bytes(length) != self::length(payload) {
        return Err("the length of the frame does not match");
    }
    Ok((Kind::from_byte(kind).ok_or("a frame of a kind that this version does not know")?, payload))
}

/// The checksum that `frame` carries, right or not.
pub(super) fn stored_checksum(frame: &[u8]) -> u32 {
    frame.last_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// Stands in the place of a value that is stored in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manifest {
    /// Length of the value, in bytes.
    pub(super) bytes: u32,
    /// Number of pieces.
    pub(super) chunks: u32,
    /// crc32c of the value, so that pieces of two values never pass as one.
    pub(super) checksum: u32,
}

impl Manifest {
    pub(super) fn of(value: &[u8]) -> Self {
        let chunks = u32::try_from(value.len().div_ceil(PAYLOAD_BYTES_MAX)).unwrap_or(u32::MAX);
        Self { bytes: length(value), chunks, checksum: crc32c::crc32c(value) }
    }

    pub(super) fn encode(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        for (place, number) in bytes.chunks_exact_mut(4).zip([self.bytes, self.chunks, self.checksum]) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    pub(super) fn decode(payload: &[u8]) -> Option<Self> {
        let (numbers, []) = payload.as_chunks::<4>() else { return None };
        let [bytes, chunks, checksum] = <[[u8; 4]; 3]>::try_from(numbers).ok()?.map(u32::from_le_bytes);
        Some(Self { bytes, chunks, checksum })
    }
}

fn checksum(key: &[u8], body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(key), body)
}

// Limits keep every value far below 4 GiB; a longer one would fail its own checks when read.
fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_gives_back_its_kind_and_payload() {
        for kind in [Kind::Plain, Kind::Manifest, Kind::Chunk] {
            for payload in [&b""[..], b"a", &[7; PAYLOAD_BYTES_MAX]] {
                let frame = encode(b"key", kind, payload);

                assert!(frame.len() <= FRAME_BYTES_MAX);
                assert_eq!(decode(b"key", &frame, true), Ok((kind, payload)));
            }
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_of_a_frame_is_noticed() {
        let frame = encode(b"key", Kind::Plain, b"measles, second dose");

        for bit in 0..frame.len() * 8 {
            let mut flipped = frame.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(b"key", &flipped, true).is_err(), "bit {bit}");
        }
        for length in 0..frame.len() {
            assert!(decode(b"key", &frame[..length], true).is_err(), "cut to {length}");
        }
    }

    #[test]
    fn a_frame_moved_to_another_key_is_noticed() {
        let frame = encode(b"one", Kind::Plain, b"value");

        assert!(decode(b"two", &frame, true).is_err());
    }

    #[test]
    fn a_manifest_survives_its_encoding_and_refuses_other_lengths() {
        let manifest = Manifest::of(&[1; 9000]);

        assert_eq!(manifest.chunks, 3);
        assert_eq!(Manifest::decode(&manifest.encode()), Some(manifest));
        assert_eq!(Manifest::decode(&manifest.encode()[1..]), None);
        assert_eq!(Manifest::decode(&[0; 16]), None);
    }
}
