//! Who a device is, told by its server so that others can check it with no network.
//!
//! At enrolment, and again from time to time, the server signs for each device whose key it is and what it may read
//! and write. Two devices of one service that have never met know one another by this, in a van or on a mountain.
//!
//! **Never:** proof that the device is still enrolled. A device that was revoked an hour ago can show a certificate of
//! yesterday; it gets no new one, and one older than [`CERTIFICATE_AGE_MAX_MS`] is not taken.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use super::hello::ServerId;
use super::limits::{CERTIFICATE_AGE_MAX_MS, CERTIFICATE_RENEWED_AFTER_MS, CLOCK_SKEW_REFUSED_MS};
use super::wire;
use crate::id::{DeviceId, ScopeId, UnitId};
use crate::time::UnixMillis;

const DOMAIN: &[u8] = b"jisr certificate 1";

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Certified {
    /// The server that says so.
    #[n(0)]
    pub server: ServerId,
    /// The device.
    #[n(1)]
    pub device: DeviceId,
    #[n(2)]
    key: ByteArray<32>,
    /// The unit it belongs to.
    #[n(3)]
    pub unit: UnitId,
    /// What it may read and write.
    #[n(4)]
    #[cbor(with = "wire::scopes")]
    pub scopes: Vec<ScopeId>,
    #[n(5)]
    made_at: i64,
}

impl Certified {
    /// What a server says of a device at `made_at`.
    pub fn new(
        server: ServerId,
        device: DeviceId,
        key: &VerifyingKey,
        unit: UnitId,
        scopes: Vec<ScopeId>,
        made_at: UnixMillis,
    ) -> Self {
        Self { server, device, key: key.to_bytes().into(), unit, scopes, made_at: made_at.0 }
    }

    /// The device's key; `None` when the bytes are none.
    pub fn key(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(&self.key).ok().filter(|key| !key.is_weak())
    }

    /// When it was said, by the server's clock.
    pub const fn made_at(&self) -> UnixMillis {
        UnixMillis(self.made_at)
    }

    /// Signs it with the server's key.
    pub fn sign(&self, key: &SigningKey) -> Certificate {
        let body = wire::encode(self);
        let signature = key.sign(&[DOMAIN, &body].concat()).to_bytes();
        Certificate { body: body.into(), signature: signature.into() }
    }
}

/// What a server says of a device, with its signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Certificate {
    #[n(0)]
    body: ByteVec,
    #[n(1)]
    signature: ByteArray<64>,
}

impl Certificate {
    /// What it says, if the key of that server signed it.
    pub fn verify(&self, server: &ServerId, key: &VerifyingKey) -> Option<Certified> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&[DOMAIN, &self.body[..]].concat(), &signature).ok()?;
        self.unverified().filter(|certified| certified.server == *server)
    }

    /// What it says, whoever may have written it: good for telling why it is not taken, and for nothing else.
    pub fn unverified(&self) -> Option<Certified> {
        wire::decode_whole(&self.body)
    }

    /// The form in which it is stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// Reads [`Certificate::to_bytes`]; `None` for anything else. Nothing is verified yet.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        wire::decode_whole(bytes)
    }
}

impl Certified {
    /// Whether it is too old, or of a time that has not come yet, to be taken at `now` by the server's time.
    pub const fn is_stale(&self, now: UnixMillis) -> bool {
        let age = now.0.saturating_sub(self.made_at);
        age > CERTIFICATE_AGE_MAX_MS || age < -CLOCK_SKEW_REFUSED_MS
    }
}

/// What a device needs to meet others of its service, and to close a file that only its server opens.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Credentials {
    /// Who it is, signed by the server.
    #[n(0)]
    pub certificate: Certificate,
    #[n(1)]
    server_key: ByteArray<32>,
    #[n(2)]
    seal_to: ByteArray<32>,
}

impl Credentials {
    /// A certificate with the key it is checked by and the X25519 key that files are sealed to.
    pub fn new(certificate: Certificate, server_key: &VerifyingKey, seal_to: [u8; 32]) -> Self {
        Self { certificate, server_key: server_key.to_bytes().into(), seal_to: seal_to.into() }
    }

    /// To whom a carry file is sealed: the server's X25519 key.
    pub fn seal_to(&self) -> &[u8; 32] {
        &self.seal_to
    }

    /// The key that the server signs certificates with; `None` when the bytes are none.
    pub fn server_key(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(&self.server_key).ok()
    }

    /// Whether a device that has these should ask for newer ones at `now`.
    pub fn is_due(&self, now: UnixMillis) -> bool {
        let made_at = self.certificate.unverified().map_or(0, |certified| certified.made_at);
        now.0.saturating_sub(made_at).saturating_abs() > CERTIFICATE_RENEWED_AFTER_MS
    }

    /// The form in which they are stored and told.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// Reads [`Credentials::to_bytes`]; `None` for anything else. Nothing is verified.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        wire::decode_whole(bytes)
    }
}

impl serde::Serialize for Credentials {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&data_encoding::HEXLOWER.encode(&self.to_bytes()))
    }
}

impl<'de> serde::Deserialize<'de> for Credentials {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
        bytes.and_then(|bytes| Self::from_bytes(&bytes)).ok_or_else(|| serde::de::Error::custom("no credentials"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certified(key: &SigningKey) -> Certified {
        let (server, device) = (ServerId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
        let (unit, scope) = ("azilal-1".parse().unwrap(), "unit/azilal-1".parse().unwrap());
        Certified::new(server, device, &key.verifying_key(), unit, vec![scope], UnixMillis(1_000_000_000_000))
    }

    #[test]
    fn a_certificate_is_good_only_from_the_server_that_is_known_and_unaltered() {
        let (device, server, stranger) = ([1, 2, 3].map(|n| SigningKey::from_bytes(&[n; 32]))).into();
        let good = certified(&device).sign(&server);
        let (id, key) = (ServerId::from_bytes([1; 16]), server.verifying_key());

        let said = good.verify(&id, &key).unwrap();
        assert_eq!(said, certified(&device));
        assert_eq!(said.key(), Some(device.verifying_key()));
        assert_eq!(good.verify(&ServerId::from_bytes([9; 16]), &key), None);
        assert_eq!(good.verify(&id, &stranger.verifying_key()), None);
        let bytes = good.to_bytes();
        for place in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[place] ^= 1;
            let said = Certificate::from_bytes(&bad).and_then(|bad| bad.verify(&id, &key));
            assert_eq!(said, None, "byte {place}");
        }
    }

    #[test]
    fn a_certificate_ages_and_is_renewed_long_before_it_is_too_old() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let said = certified(&key);
        let after = |ms: i64| UnixMillis(said.made_at().0 + ms);
        let credentials = Credentials::new(said.sign(&key), &key.verifying_key(), [7; 32]);

        assert!(!said.is_stale(after(CERTIFICATE_AGE_MAX_MS)) && said.is_stale(after(CERTIFICATE_AGE_MAX_MS + 1)));
        assert!(said.is_stale(after(-CLOCK_SKEW_REFUSED_MS - 1)));
        assert!(!credentials.is_due(after(0)) && credentials.is_due(after(CERTIFICATE_RENEWED_AFTER_MS + 1)));
        const { assert!(CERTIFICATE_RENEWED_AFTER_MS * 3 < CERTIFICATE_AGE_MAX_MS) };
        assert_eq!(Credentials::from_bytes(&credentials.to_bytes()), Some(credentials));
    }
}
