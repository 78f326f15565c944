//! An enrolled installation of the field software.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use ed25519_dalek::VerifyingKey;
use jisr_sync_core::id::{DeviceId, ProvinceId, ScopeId, UnitId};
use jisr_sync_core::time::UnixMillis;
use serde::{Deserialize, Serialize};

/// A device's Ed25519 public key: what its signatures are checked against. Written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DeviceKey(VerifyingKey);

/// A text that is no public key of a device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a public key: expected 64 hexadecimal digits of an Ed25519 key")]
pub struct ParseKeyError;

impl DeviceKey {
    /// The key in these bytes, or `None` when they are no point of the curve, or one whose signatures prove nothing.
    pub fn new(bytes: [u8; 32]) -> Option<Self> {
        VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).map(Self)
    }

    /// What checks its signatures.
    pub const fn verifying_key(&self) -> VerifyingKey {
        self.0
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl fmt::Display for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(self.as_bytes()))
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({self})")
    }
}

impl FromStr for DeviceKey {
    type Err = ParseKeyError;

    fn from_str(text: &str) -> Result<Self, ParseKeyError> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| ParseKeyError)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| ParseKeyError)?;
        Self::new(bytes).ok_or(ParseKeyError)
    }
}

impl Serialize for DeviceKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeviceKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Whether a device may still deliver and receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum DeviceState {
    /// It may.
    Active,
    /// It gets nothing any more; what it still delivers is kept aside.
    Revoked {
        /// Since when.
        revoked_at: UnixMillis,
    },
}

/// An enrolled device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its id: that of its key.
    pub id: DeviceId,
    /// What people call it. Example: `Samsung A05, van 2`.
    pub name: String,
    /// The unit it belongs to.
    pub unit: UnitId,
    /// The unit's province.
    pub province: ProvinceId,
    /// What its signatures are checked against.
    pub key: DeviceKey,
    /// Whether it may still deliver and receive.
    #[serde(flatten)]
    pub state: DeviceState,
    /// When it was enrolled, by the server's clock.
    pub enrolled_at: UnixMillis,
}

impl Device {
    /// What it may read and write; nothing once it is revoked.
    pub fn scopes(&self) -> Vec<ScopeId> {
        match self.state {
            DeviceState::Active => vec![ScopeId::Unit(self.unit.clone()), ScopeId::Province(self.province.clone())],
            DeviceState::Revoked { .. } => Vec::new(),
        }
    }

    /// Whether its access has not been ended.
    pub fn is_active(&self) -> bool {
        self.state == DeviceState::Active
    }
}
