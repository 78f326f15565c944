//! What was not let in: kept with its bytes, or discarded by a person's decision; and how it is named and found.

use std::fmt;
use std::str::FromStr;

use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::{Fingerprint, ReasonCode};
use jisr_sync_core::time::UnixMillis;

use serde::{Deserialize, Serialize};

use super::EnvelopeId;

/// Who brings what the server's administrator imports. No device has this id, since those are hashes of keys.
pub const ADMINISTRATOR: DeviceId = DeviceId::from_bytes([0; 16]);

/// Why a change is aside whose author nobody can prove: what stands under such a reason never takes the place of what
/// is proven, or a forger could spoil it.
pub fn is_unproven(reason: &str) -> bool {
    matches!(reason, ReasonCode::UNPROVEN | ReasonCode::UNKNOWN_DEVICE)
}

/// A change that was delivered and not let in. Its bytes are kept, since they may be all that is left of a night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The scope it was meant for.
    pub scope: ScopeId,
    /// The document it was meant for.
    pub document: DocumentId,
    /// Its hash, or the SHA-256 of bytes that are no change.
    pub hash: ChangeHash,
    /// The device that signed it.
    pub author: DeviceId,
    /// The device that brought it, or [`ADMINISTRATOR`].
    pub brought_by: DeviceId,
    /// Why it was not let in: a refusal's stable code.
    pub reason: String,
    /// When it came, by the server's clock.
    pub received_at: UnixMillis,
    /// Whether the clock of the device that brought it was too far off.
    pub clock_suspect: bool,
    /// The proof of who wrote it.
    pub envelope: EnvelopeId,
    /// What was delivered.
    pub bytes: Vec<u8>,
    /// One of the changes that it builds on and its document lacked: when that comes, it is tried again. `None` for
    /// what waits for nothing but a person.
    pub lacks: Option<ChangeHash>,
}

impl SetAside {
    /// Its place in the list.
    pub const fn place(&self) -> AsidePlace {
        AsidePlace { received_at: self.received_at, hash: self.hash, document: self.document }
    }

    /// Whose share of the room for what is set aside it takes: its author's where that is proven, whoever brought it, so
    /// that nobody fills another's by handing over; or else its bringer's, so that nobody fills it in another's name.
    pub fn charged_to(&self) -> DeviceId {
        if is_unproven(&self.reason) { self.brought_by } else { self.author }
    }
}

/// A change that a person decided not to take in. Its bytes are gone here; whoever brings it again hears of that.
#[derive(Clone, PartialEq, Eq)]
pub struct Discarded {
    /// Its hash, or the SHA-256 of bytes that were no change.
    pub hash: ChangeHash,
    /// The document it was meant for.
    pub document: DocumentId,
    /// The scope it was meant for.
    pub scope: ScopeId,
    /// The device that signed it.
    pub author: DeviceId,
    /// The device that brought it, or [`ADMINISTRATOR`].
    pub brought_by: DeviceId,
    /// Why it had been set aside.
    pub reason: String,
    /// When it was discarded, by the server's clock.
    pub at: UnixMillis,
    /// By which account; `None` for the command line on the server.
    pub by: Option<String>,
    /// Why, in that person's words.
    pub because: String,
}

/// What a person wrote stays out of logs.
impl fmt::Debug for Discarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Discarded({} of {}, {})", self.hash, self.document, self.reason)
    }
}

/// A place in the list of what was set aside, which is ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AsidePlace {
    /// When it came.
    pub received_at: UnixMillis,
    /// Its hash.
    pub hash: ChangeHash,
    /// Its document.
    pub document: DocumentId,
}

/// Written as milliseconds, hash and document, with `_` between them.
impl fmt::Display for AsidePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}_{}", self.received_at.0, self.hash, self.document)
    }
}

/// A text that names no change that was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the beginning of a change's hash, at least {} hexadecimal digits", HashStart::DIGITS_MIN)]
pub struct ParseAsideError;

impl FromStr for AsidePlace {
    type Err = ParseAsideError;

    fn from_str(text: &str) -> Result<Self, ParseAsideError> {
        let mut parts = text.split('_');
        let mut next = || parts.next().ok_or(ParseAsideError);
        let (at, hash, document) = (next()?, next()?, next()?);
        Ok(Self {
            received_at: UnixMillis(at.parse().map_err(|_| ParseAsideError)?),
            hash: hash.parse().map_err(|_| ParseAsideError)?,
            document: document.parse().map_err(|_| ParseAsideError)?,
        })
    }
}

/// How a hash begins, in whole or half bytes: what a person types instead of 64 digits.
#[derive(Clone, PartialEq, Eq)]
pub struct HashStart(String);

impl HashStart {
    /// The fewest digits. Fewer would name many changes in any store worth a look.
    pub const DIGITS_MIN: usize = 4;

    /// The first and the last bytes that a hash of this beginning can begin with.
    pub(super) fn bounds(&self) -> (Vec<u8>, Vec<u8>) {
        let bytes = |filler: char| {
            let even = if self.0.len() % 2 == 1 { format!("{}{filler}", self.0) } else { self.0.clone() };
            data_encoding::HEXLOWER.decode(even.as_bytes()).unwrap_or_default()
        };
        (bytes('0'), bytes('f'))
    }
}

impl From<&ChangeHash> for HashStart {
    fn from(hash: &ChangeHash) -> Self {
        Self(hash.to_string())
    }
}

impl From<&Fingerprint> for HashStart {
    fn from(fingerprint: &Fingerprint) -> Self {
        Self(data_encoding::HEXLOWER.encode(fingerprint.hash_part()))
    }
}

impl fmt::Display for HashStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for HashStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashStart({self})")
    }
}

impl FromStr for HashStart {
    type Err = ParseAsideError;

    fn from_str(text: &str) -> Result<Self, ParseAsideError> {
        let text = text.to_ascii_lowercase();
        let good = text.bytes().all(|b| b.is_ascii_hexdigit());
        let fits = (Self::DIGITS_MIN..=2 * ChangeHash::BYTES).contains(&text.len());
        if good && fits { Ok(Self(text)) } else { Err(ParseAsideError) }
    }
}

/// What a person calls a change that was set aside: how its hash begins and, where the same bytes are aside for several
/// records, `@` and the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideName {
    /// How its hash begins.
    pub start: HashStart,
    /// Its record.
    pub record: Option<DocumentId>,
}

impl AsideName {
    /// The whole name of one.
    pub fn of(hash: &ChangeHash, record: DocumentId) -> Self {
        Self { start: HashStart::from(hash), record: Some(record) }
    }
}

impl fmt::Display for AsideName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.record {
            Some(record) => write!(f, "{}@{record}", self.start),
            None => write!(f, "{}", self.start),
        }
    }
}

impl FromStr for AsideName {
    type Err = ParseAsideError;

    fn from_str(text: &str) -> Result<Self, ParseAsideError> {
        let (start, record) = text.split_once('@').map_or((text, None), |(start, record)| (start, Some(record)));
        let record = record.map(|record| record.parse().map_err(|_| ParseAsideError)).transpose()?;
        Ok(Self { start: start.parse()?, record })
    }
}

/// Written and read as JSON by its text.
macro_rules! text_in_json {
    ($($name:ty),*) => { $(
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )* };
}

text_in_json!(AsidePlace, AsideName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_list_and_the_beginning_of_a_hash_come_back_from_their_text() {
        let place = AsidePlace {
            received_at: UnixMillis(-7),
            hash: ChangeHash::from_bytes([0xAB; 32]),
            document: DocumentId::from_bytes([1; 16]),
        };

        assert_eq!(place.to_string().parse(), Ok(place));
        let name = AsideName::of(&place.hash, place.document);
        assert_eq!(name.to_string().parse(), Ok(name));
        for text in ["abcd", "ABCDE", &"f".repeat(64)] {
            assert_eq!(text.parse::<HashStart>().unwrap().to_string(), text.to_lowercase());
        }
        for bad in ["abc", "", "xyzw", &"f".repeat(65)] {
            assert!(bad.parse::<HashStart>().is_err(), "{bad}");
        }
        assert_eq!("abcde".parse::<HashStart>().unwrap().bounds(), (vec![0xAB, 0xCD, 0xE0], vec![0xAB, 0xCD, 0xEF]));
    }
}
