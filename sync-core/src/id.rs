//! Identities: each its own type, so that one cannot stand where another belongs.
//!
//! None is derived from a name, a phone number or a plate. Random ones are drawn from a generator that the caller
//! passes in. Parsing is strict: `parse(display(id)) == id`, and nothing else parses.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use rand::{Rng, RngExt};
use sha2::{Digest as _, Sha256};

use crate::time::UnixMillis;

/// A text that is not the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {expected}: expected {form}")]
pub struct ParseIdError {
    /// The type that was expected.
    pub expected: &'static str,
    /// What its texts look like.
    pub form: &'static str,
}

/// Serialises an id as its text, and reads it back strictly.
macro_rules! serde_as_text {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use serde_as_text;

/// An id of `$bytes` bytes, written in lower-case hexadecimal.
macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal, $form:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// How many bytes it has.
            pub const BYTES: usize = $bytes;

            /// The id made of exactly these bytes.
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// The id in `bytes`, or `None` when the length is another.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// Its bytes.
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let error = ParseIdError { expected: stringify!($name), form: $form };
                let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| error.clone())?;
                Self::from_slice(&bytes).ok_or(error)
            }
        }

        serde_as_text!($name);
    };
}
pub(crate) use hex_id;

/// A short lower-case ASCII name given by people who run the service, at most [`SLUG_BYTES_MAX`] bytes.
macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                if is_slug(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(ParseIdError {
                        expected: stringify!($name),
                        form: "1 to 32 of a-z, 0-9 and -, not starting or ending with -",
                    })
                }
            }
        }

        serde_as_text!($name);
    };
}

/// The longest unit, province or staff id, in bytes.
pub const SLUG_BYTES_MAX: usize = 32;

fn is_slug(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty()
        && text.len() <= SLUG_BYTES_MAX
        && text.bytes().all(allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

hex_id! {
    /// An installation of the field software, for as long as it keeps its signing key, which names it: enrolled a
    /// second time, by whichever server, it is the same device. Not a person, and not the [`ActorId`] it writes under.
    DeviceId, 16, "32 hexadecimal digits"
}

hex_id! {
    /// Who wrote a change, in Automerge's sense: drawn anew at each install, enrolment, restore or copy, and bound to the
    /// [`DeviceId`] it was drawn for ([`ActorId::is_of`]).
    ///
    /// Two devices must never write under one actor: the second one's changes could never be merged. So nobody who
    /// sees another's changes before the server does can have their actor registered as his own.
    ActorId, 16, "32 hexadecimal digits"
}

hex_id! {
    /// The SHA-256 of a raw change: its identity everywhere.
    ChangeHash, 32, "64 hexadecimal digits"
}

hex_id! {
    /// An entry of a map inside a record (one person slot, one remark). Unique in its field, so that two devices
    /// that add an entry at the same time add two.
    EntryId, 4, "8 hexadecimal digits"
}

slug_id! {
    /// A mobile unit: a vehicle and the team that goes out with it. Example: `azilal-1`.
    UnitId
}

slug_id! {
    /// A province or prefecture. Example: `beni-mellal`.
    ProvinceId
}

slug_id! {
    /// A member of staff within the service, by a short reference, never a name. Example: `fz2`.
    StaffId
}

impl DeviceId {
    /// The id of the device that holds the secret of this Ed25519 public key: the first 16 bytes of SHA-256 over
    /// `jisr device 1` and the key.
    pub fn of_key(public_key: &[u8; 32]) -> Self {
        let digest = Sha256::new().chain_update(b"jisr device 1").chain_update(public_key).finalize();
        let mut bytes = [0; Self::BYTES];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(bytes)
    }
}

impl ActorId {
    /// Draws a new actor of a device: 8 random bytes, and the first 8 of SHA-256 over `jisr actor 1`, the device's id and
    /// the random ones.
    pub fn draw(device: &DeviceId, rng: &mut impl Rng) -> Self {
        let drawn: [u8; 8] = rng.random();
        let mut bytes = [0; Self::BYTES];
        bytes.iter_mut().zip(drawn.into_iter().chain(seal(device, &drawn))).for_each(|(to, from)| *to = from);
        Self(bytes)
    }

    /// Whether it was drawn for this device. To have it hold for another device, 2^64 signing keys would have to be tried.
    pub fn is_of(&self, device: &DeviceId) -> bool {
        let (drawn, sealed) = self.0.split_at(8);
        sealed == seal(device, drawn)
    }
}

/// What binds an actor to a device.
fn seal(device: &DeviceId, drawn: &[u8]) -> [u8; 8] {
    let digest = Sha256::new().chain_update(b"jisr actor 1").chain_update(device.0).chain_update(drawn).finalize();
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    bytes
}

impl EntryId {
    /// Draws a new entry id.
    pub fn random(rng: &mut impl Rng) -> Self {
        Self(rng.random())
    }
}

/// One record, as one Automerge document: a UUID of version 7 made by the device that first wrote the record.
///
/// It sorts by the time of making, as far as that device's clock was right; use it for identity, not for order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(uuid::Uuid);

impl DocumentId {
    /// How many bytes it has.
    pub const BYTES: usize = 16;

    /// Makes a new id from the device's time and 80 random bits.
    pub fn new(now: UnixMillis, rng: &mut impl Rng) -> Self {
        let millis = u64::try_from(now.0).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &rng.random()).into_uuid())
    }

    /// The id made of exactly these bytes, whatever UUID version they spell.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Uuid::from_bytes(bytes))
    }

    /// The id in `bytes`, or `None` when there are not sixteen.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        uuid::Uuid::from_slice(bytes).ok().map(Self)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentId({self})")
    }
}

impl FromStr for DocumentId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let error = ParseIdError { expected: "DocumentId", form: "a hyphenated lower-case UUID" };
        let parsed = uuid::Uuid::try_parse(text).map_err(|_| error.clone())?;
        if parsed.hyphenated().to_string() == text { Ok(Self(parsed)) } else { Err(error) }
    }
}

serde_as_text!(DocumentId);

/// What access is granted by, and what order is kept in. A document is in one scope at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopeId {
    /// The records of one unit: shifts, encounters, referrals, follow-ups. Written `unit/azilal-1`.
    Unit(UnitId),
    /// What the units of a province share: persons and places. Written `province/azilal`.
    Province(ProvinceId),
}

impl fmt::Display for ScopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit(unit) => write!(f, "unit/{unit}"),
            Self::Province(province) => write!(f, "province/{province}"),
        }
    }
}

impl FromStr for ScopeId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        match text.split_once('/') {
            Some(("unit", unit)) => unit.parse().map(Self::Unit),
            Some(("province", province)) => province.parse().map(Self::Province),
            _ => Err(ParseIdError { expected: "ScopeId", form: "unit/<unit> or province/<province>" }),
        }
    }
}

serde_as_text!(ScopeId);

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn every_id_round_trips_through_its_text() {
        let mut rng = StdRng::seed_from_u64(1);
        let document = DocumentId::new(UnixMillis(1_795_000_000_000), &mut rng);
        let device = DeviceId::of_key(&[7; 32]);
        let scope: ScopeId = "unit/azilal-1".parse().unwrap();

        assert_eq!(document.to_string().parse(), Ok(document));
        assert_eq!(device.to_string().parse(), Ok(device));
        assert_eq!(scope.to_string().parse(), Ok(scope));
    }

    #[test]
    fn only_the_one_spelling_of_an_id_parses() {
        assert!("0191E9A6-0000-7000-8000-000000000000".parse::<DocumentId>().is_err());
        assert!("0191e9a600007000800000000000000".parse::<DocumentId>().is_err());
        assert!("AB".repeat(16).parse::<DeviceId>().is_err());
        assert!("abcd".parse::<DeviceId>().is_err());
        for bad in ["", "-a", "a-", "Azilal", "a b", "أزيلال", &"a".repeat(33)] {
            assert!(bad.parse::<UnitId>().is_err(), "{bad}");
        }
        assert!("team/azilal".parse::<ScopeId>().is_err());
    }

    #[test]
    fn a_document_id_sorts_by_the_time_it_was_made() {
        let mut rng = StdRng::seed_from_u64(1);

        let earlier = DocumentId::new(UnixMillis(1_795_000_000_000), &mut rng);
        let later = DocumentId::new(UnixMillis(1_795_000_000_001), &mut rng);

        assert!(earlier < later);
    }

    #[test]
    fn an_actor_is_of_the_device_it_was_drawn_for_and_of_no_other() {
        let (one, other) = (DeviceId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
        let actor = ActorId::draw(&one, &mut StdRng::seed_from_u64(1));

        assert!(actor.is_of(&one) && !actor.is_of(&other));
        for place in 0..ActorId::BYTES {
            let mut bytes = *actor.as_bytes();
            bytes[place] ^= 1;
            assert!(!ActorId::from_bytes(bytes).is_of(&one), "byte {place}");
        }
    }
}
