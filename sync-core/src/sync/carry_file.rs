//! A file that brings envelopes to their server by hand: what stands in it, but for the sealing.
//!
//! ```text
//! "jisr carry 1\n" · length of the header (2) · header · SHA-256 of all before (32) · sealed part
//! sealed part, once the server has opened it: a stream of Push frames, as in an exchange
//! ```
//!
//! The header can be read by anybody who finds the file, and tells nothing about a person: for which server, how many
//! envelopes and changes, and length and SHA-256 of the sealed part, so that a cut or a flipped byte is named.
//!
//! **Never here:** keys and sealing, which are the caller's.

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};

use super::envelope::Envelope;
use super::frame::{FrameReader, FrameWriter, StreamLimits};
use super::hello::ServerId;
use super::limits::{CARRY_FILE_BYTES_MAX, CARRY_FILE_OPENED_BYTES_MAX};
use super::message::RequestMessage;
use super::wire;

const MAGIC: &[u8] = b"jisr carry 1\n";
const MAGIC_OF_ANY_VERSION: &[u8] = b"jisr carry ";

/// What anybody may read of a carry file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CarryHeader {
    /// The server that can open it.
    #[n(0)]
    pub server: ServerId,
    /// How many envelopes are in it.
    #[n(1)]
    pub envelopes: u32,
    /// How many changes.
    #[n(2)]
    pub changes: u32,
    #[n(3)]
    sealed_bytes: u64,
    #[n(4)]
    sealed_sha256: ByteArray<32>,
}

/// Why a file is not taken. Nothing of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CarryFileError {
    /// It is something else.
    #[error("this is not a carry file")]
    NotACarryFile,
    /// A newer version wrote it.
    #[error("this carry file is of a newer version")]
    Newer,
    /// It is longer than a carry file may be.
    #[error("the file is longer than {CARRY_FILE_BYTES_MAX} bytes")]
    TooLong,
    /// It ends too early.
    #[error("the file is cut: {found} bytes of {expected}")]
    Cut {
        /// Bytes that are there.
        found: u64,
        /// Bytes that should be.
        expected: u64,
    },
    /// Bytes of it were altered.
    #[error("the file is damaged: its checksum is another")]
    Damaged,
    /// It is sound and was not sealed to the server that opens it, or holds what no device writes.
    #[error("the file does not open")]
    Sealed,
}

impl CarryFileError {
    /// The stable code, by which locale files tell it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotACarryFile => "not-a-carry-file",
            Self::Newer => "newer",
            Self::TooLong => "too-long",
            Self::Cut { .. } => "cut",
            Self::Damaged => "damaged",
            Self::Sealed => "sealed",
        }
    }
}

/// What is to be sealed: the envelopes as a stream.
pub fn carry_stream(envelopes: &[Envelope]) -> Vec<u8> {
    let mut writer = FrameWriter::new();
    let mut stream = Vec::new();
    for envelope in envelopes {
        let (kind, payload) = RequestMessage::Push(envelope.clone()).to_frame();
        stream.extend(writer.write(kind, &payload));
    }
    stream
}

/// The envelopes in what was opened. Their signatures are not verified.
///
/// # Errors
/// [`CarryFileError::Sealed`] when it is no stream of envelopes, or breaks a limit.
pub fn carry_envelopes(stream: &[u8]) -> Result<Vec<Envelope>, CarryFileError> {
    let limits = StreamLimits { bytes_max: CARRY_FILE_BYTES_MAX, decompressed_bytes_max: CARRY_FILE_OPENED_BYTES_MAX };
    let mut reader = FrameReader::new(limits);
    reader.push(stream).map_err(|_| CarryFileError::Sealed)?;
    let mut envelopes = Vec::new();
    while let Some((kind, payload)) = reader.next_frame().map_err(|_| CarryFileError::Sealed)? {
        match RequestMessage::from_frame(kind, &payload) {
            Some(RequestMessage::Push(envelope)) => envelopes.push(envelope),
            _ => return Err(CarryFileError::Sealed),
        }
    }
    Ok(envelopes)
}

impl CarryHeader {
    /// The whole file around what was sealed.
    pub fn write(server: ServerId, envelopes: &[Envelope], sealed: &[u8]) -> Vec<u8> {
        let changes: usize = envelopes.iter().map(|envelope| envelope.entries.len()).sum();
        let header = wire::encode(&Self {
            server,
            envelopes: u32::try_from(envelopes.len()).unwrap_or(u32::MAX),
            changes: u32::try_from(changes).unwrap_or(u32::MAX),
            sealed_bytes: sealed.len() as u64,
            sealed_sha256: <[u8; 32]>::from(Sha256::digest(sealed)).into(),
        });
        // Five fields of fixed length: some eighty bytes.
        let length = u16::try_from(header.len()).unwrap_or(u16::MAX).to_be_bytes();
        let mut file = [MAGIC, &length, &header].concat();
        let checksum = Sha256::digest(&file);
        file.extend_from_slice(&checksum);
        file.extend_from_slice(sealed);
        file
    }

    /// The header and the sealed part of a file whose every byte was checked.
    ///
    /// # Errors
    /// As [`CarryFileError`] says.
    pub fn read(file: &[u8]) -> Result<(Self, &[u8]), CarryFileError> {
        if file.len() > CARRY_FILE_BYTES_MAX {
            return Err(CarryFileError::TooLong);
        }
        let Some(rest) = file.strip_prefix(MAGIC) else {
            let other = file.starts_with(MAGIC_OF_ANY_VERSION) && file.get(MAGIC.len() - 1) == Some(&b'\n');
            return Err(if other { CarryFileError::Newer } else { CarryFileError::NotACarryFile });
        };
        let cut = |expected: usize| CarryFileError::Cut { found: file.len() as u64, expected: expected as u64 };
        let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(|| cut(MAGIC.len() + 2))?;
        let length = usize::from(u16::from_be_bytes(*length));
        let before = MAGIC.len() + 2 + length;
        let (header, rest) = rest.split_at_checked(length).ok_or_else(|| cut(before + 32))?;
        let (checksum, sealed) = rest.split_first_chunk::<32>().ok_or_else(|| cut(before + 32))?;
        let covered = file.get(..before).unwrap_or_default();
        if *checksum != <[u8; 32]>::from(Sha256::digest(covered)) {
            return Err(CarryFileError::Damaged);
        }
        let header: Self = wire::decode_whole(header).ok_or(CarryFileError::Newer)?;
        let expected = usize::try_from(header.sealed_bytes).unwrap_or(usize::MAX);
        if sealed.len() < expected {
            return Err(cut(before + 32 + expected));
        }
        let sound = sealed.len() == expected && *header.sealed_sha256 == <[u8; 32]>::from(Sha256::digest(sealed));
        if sound { Ok((header, sealed)) } else { Err(CarryFileError::Damaged) }
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::id::{DeviceId, DocumentId};
    use crate::sync::{EnvelopeEntry, Incarnation};

    fn envelopes() -> Vec<Envelope> {
        let key = SigningKey::from_bytes(&[1; 32]);
        let envelope = |n: u8| {
            let entry = EnvelopeEntry {
                scope: "unit/azilal-1".parse().unwrap(),
                document: DocumentId::from_bytes([n; 16]),
                change: vec![n; 300].into(),
            };
            Envelope::sign(DeviceId::from_bytes([2; 16]), Incarnation::from_bytes([3; 8]), vec![entry], &key)
        };
        vec![envelope(1), envelope(2)]
    }

    #[test]
    fn a_file_cut_anywhere_or_with_any_bit_flipped_is_refused_with_the_reason() {
        let server = ServerId::from_bytes([9; 16]);
        let sealed = carry_stream(&envelopes());
        let file = CarryHeader::write(server, &envelopes(), &sealed);

        let (header, back) = CarryHeader::read(&file).unwrap();
        assert_eq!((header.server, header.envelopes, header.changes, back), (server, 2, 2, &sealed[..]));
        assert_eq!(carry_envelopes(back).unwrap(), envelopes());
        for to in 0..file.len() {
            let why = CarryHeader::read(&file[..to]).unwrap_err();
            let told = matches!(why, CarryFileError::Cut { found, expected } if found < expected);
            assert!(told || (to < MAGIC.len() && why == CarryFileError::NotACarryFile), "{to}: {why}");
        }
        for place in 0..file.len() {
            for bit in 0..8 {
                let mut bad = file.clone();
                bad[place] ^= 1 << bit;
                assert!(CarryHeader::read(&bad).is_err(), "byte {place} bit {bit}");
            }
        }
        let longer = [&file[..], b"x"].concat();
        assert_eq!(CarryHeader::read(&longer), Err(CarryFileError::Damaged));
        assert_eq!(CarryHeader::read(b"jisr carry 2\nwhatever"), Err(CarryFileError::Newer));
        assert_eq!(CarryHeader::read(b"PK\x03\x04"), Err(CarryFileError::NotACarryFile));
        assert_eq!(CarryHeader::read(&vec![0; CARRY_FILE_BYTES_MAX + 1]), Err(CarryFileError::TooLong));
    }
}
