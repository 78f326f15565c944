//! Enrolment codes: what lets one device join one unit, once, for a day.
//!
//! A code has 80 random bits and is shown once. Only its SHA-256 is kept: with that many bits a fast hash cannot be
//! searched, so no slow one is needed.

use std::fmt;

use jisr_sync_core::id::{DeviceId, UnitId};
use jisr_sync_core::time::UnixMillis;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{AccountName, Device, DeviceKey, RegistryError, unit};

/// How long a code may be used, in hours.
pub const CODE_HOURS_VALID: u32 = 24;

/// Crockford's base 32: no I, L, O or U, so that a code read over the radio has one spelling.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many letters a code has; each carries five bits.
const LETTERS: usize = 16;

/// A code in clear, on its way to the person who enrols a device. It is kept nowhere.
pub struct CodeSecret([u8; LETTERS]);

impl CodeSecret {
    /// Draws a new code.
    pub fn random(rng: &mut impl Rng) -> Self {
        let bits: [u8; LETTERS] = rng.random();
        Self(bits.map(|byte| ALPHABET[usize::from(byte & 31)]))
    }

    /// The code as people read it: `7KQ2-M9XD-0VTB-3HRN`.
    pub fn spell(&self) -> String {
        let letters: Vec<char> = self.0.iter().map(|&letter| char::from(letter)).collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// What is kept of it.
    pub fn hash(&self) -> CodeHash {
        CodeHash(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for CodeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeSecret(..)")
    }
}

/// The hash of a code: what is kept, and what a typed code is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeHash([u8; 32]);

impl CodeHash {
    /// The hash of a code as somebody typed it: case, spaces and hyphens do not matter, and I, L and O count as the
    /// digits they look like. `None` when no code can be meant.
    pub fn of_typed(text: &str) -> Option<Self> {
        let letters: Vec<u8> = text.bytes().filter(|b| !matches!(b, b' ' | b'-')).map(unmistake).collect();
        let letters: [u8; LETTERS] = letters.try_into().ok()?;
        letters.iter().all(|letter| ALPHABET.contains(letter)).then(|| Self(Sha256::digest(letters).into()))
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

fn unmistake(letter: u8) -> u8 {
    match letter.to_ascii_uppercase() {
        b'I' | b'L' => b'1',
        b'O' => b'0',
        other => other,
    }
}

/// A code that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// What is kept of the code.
    pub hash: CodeHash,
    /// The unit the device will belong to.
    pub unit: UnitId,
    /// What the device will be called.
    pub device_name: String,
    /// Who issued it; `None` for the command line.
    pub issued_by: Option<AccountName>,
    /// Until when it may be used.
    pub expires_at: UnixMillis,
}

impl EnrolmentCode {
    /// Refuses a device name that is empty or too long.
    pub(super) fn check(&self) -> Result<(), RegistryError> {
        unit::check_text("the device's name", &self.device_name)
    }
}

/// What a device brings when it enrols.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// What its signatures are checked against.
    pub key: DeviceKey,
    /// What it calls itself. The name given with the code is kept when this is `None`.
    pub name: Option<String>,
}

/// What came of an enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// The device as it stands now.
    pub device: Device,
    /// Whether the code had enrolled it before: nothing changed.
    pub repeated: bool,
}

/// A code as it is stored, beside its hash.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredCode {
    pub unit: UnitId,
    pub device_name: String,
    pub issued_by: Option<AccountName>,
    pub expires_at: UnixMillis,
    pub used_by: Option<DeviceId>,
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn a_code_is_recognised_however_it_is_typed() {
        let secret = CodeSecret::random(&mut StdRng::seed_from_u64(7));
        let typed = secret.spell().to_lowercase().replace('-', " ").replace('1', "l").replace('0', "o");

        assert_eq!(CodeHash::of_typed(&typed), Some(secret.hash()));
        assert_eq!(CodeHash::of_typed(&secret.spell()[1..]), None);
        assert_eq!(CodeHash::of_typed("UUUU-UUUU-UUUU-UUUU"), None);
    }

    #[test]
    fn a_code_has_eighty_bits_and_never_shows_in_debug_output() {
        let secret = CodeSecret::random(&mut StdRng::seed_from_u64(7));

        assert_eq!(LETTERS * 5, 80);
        assert_eq!(format!("{secret:?}"), "CodeSecret(..)");
    }
}
