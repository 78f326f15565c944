//! How a device opens an exchange: who it is, where it is in each scope, and proof that it is so now.
//!
//! The signature covers a domain tag, the server's id and every byte of the body, so that a Hello cannot be shown to
//! another server, and fields of a newer version are covered too. Freshness: the time in it, corrected by what the
//! server told last, must be within ten minutes of the server's, and its nonce must be new to the server's table.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use rand::{Rng, RngExt};

use super::cursor::{Cursor, Month};
use super::limits::APP_VERSION_BYTES_MAX;
use super::wire::{self, cbor_as_bytes};
use crate::id::{DeviceId, DocumentId, ParseIdError, ScopeId, hex_id, serde_as_text};
use crate::time::UnixMillis;

/// The version of the protocol that this code speaks.
pub const PROTOCOL_VERSION: u16 = 1;

const DOMAIN: &[u8] = b"jisr hello 1";

hex_id! {
    /// Which server an exchange is meant for. A device learns it when it is enrolled.
    ServerId, 16, "32 hexadecimal digits"
}

hex_id! {
    /// One life of a device's data: drawn anew at each install, enrolment, restore or copy. What a device wrote in an
    /// earlier life comes back to it like anybody's.
    Incarnation, 8, "16 hexadecimal digits"
}

hex_id! {
    /// Eight random bytes that make a Hello unlike any before it.
    Nonce, 8, "16 hexadecimal digits"
}

cbor_as_bytes!(ServerId);
cbor_as_bytes!(Incarnation);
cbor_as_bytes!(Nonce);

impl ServerId {
    /// Draws a new server id.
    pub fn random(rng: &mut impl Rng) -> Self {
        Self::from_bytes(rng.random())
    }
}

impl Incarnation {
    /// Draws a new incarnation.
    pub fn random(rng: &mut impl Rng) -> Self {
        Self::from_bytes(rng.random())
    }
}

impl Nonce {
    /// Draws a new nonce.
    pub fn random(rng: &mut impl Rng) -> Self {
        Self::from_bytes(rng.random())
    }
}

/// Where a device is in one scope.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct HeldScope {
    /// The scope.
    #[n(0)]
    pub scope: ScopeId,
    /// Up to where the device has stored its log; `None` when it has read nothing, or wants to read it again after one
    /// of the `older`.
    #[n(1)]
    pub cursor: Option<Cursor>,
    /// Whether the device wants the digests by month, since the whole digest differed.
    #[n(2)]
    pub months: bool,
    /// Older cursors, newest first, of which the server picks the newest it can reproduce when the cursor is not of
    /// its log. At most [`super::limits::OLDER_CURSORS_MAX`]. Empty unless the device was told of a fork.
    #[n(3)]
    #[cbor(with = "wire::older_cursors")]
    pub older: Vec<Cursor>,
    /// What is to be sent again, since what the device holds does not sum up to the log's digest.
    #[n(4)]
    pub again: Option<Again>,
    /// Documents that the device let go of and wants whole, whatever its cursor says.
    #[n(5)]
    pub whole: Option<Documents>,
}

/// Documents of one scope.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Documents {
    /// At most [`super::limits::WHOLE_DOCUMENTS_MAX`].
    #[n(0)]
    #[cbor(with = "wire::documents")]
    pub documents: Vec<DocumentId>,
}

/// What a device that misses something wants: what it wrote itself too, and of what it offers in the same request nothing
/// that the log has.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Again {
    /// Only changes of documents made in these months; empty for all. At most [`super::limits::MONTHS_MAX`].
    #[n(0)]
    #[cbor(with = "wire::months")]
    pub months: Vec<Month>,
}

impl HeldScope {
    /// A scope read up to `cursor`, with nothing unusual about it.
    pub const fn at(scope: ScopeId, cursor: Option<Cursor>) -> Self {
        Self { scope, cursor, months: false, older: Vec::new(), again: None, whole: None }
    }
}

/// A device's opening of an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Hello {
    /// The protocol the device speaks, see [`PROTOCOL_VERSION`].
    #[n(0)]
    pub protocol: u16,
    /// Who it is.
    #[n(1)]
    pub device: DeviceId,
    /// In which life of its data.
    #[n(2)]
    pub incarnation: Incarnation,
    /// How often its store has been opened in this life. A smaller number than the server has seen betrays an old
    /// image or a copy.
    #[n(3)]
    pub boot: u64,
    /// Makes this Hello unlike any other.
    #[n(4)]
    pub nonce: Nonce,
    /// The device's own clock.
    #[n(5)]
    pub clock: i64,
    /// What the device adds to its clock to come to the server's time, as the server last told it, in milliseconds.
    #[n(6)]
    pub server_clock_offset_ms: i64,
    /// How many records wait on it, those of which changes are in this request included.
    #[n(7)]
    pub waiting: u64,
    /// The aim for a frame's length in the answer, in decompressed bytes; 0 for the server's own.
    #[n(8)]
    pub frame_bytes_aim: u32,
    /// The version of the app, at most [`APP_VERSION_BYTES_MAX`] bytes.
    #[n(9)]
    pub app_version: String,
    /// The scopes the device holds.
    #[n(10)]
    #[cbor(with = "wire::scopes")]
    pub scopes: Vec<HeldScope>,
    /// `true` when the device asks for its certificate anew; absent otherwise.
    #[n(11)]
    pub wants_credentials: Option<bool>,
}

impl Hello {
    /// The server's time as the device believes it to be.
    pub const fn corrected_time(&self) -> UnixMillis {
        UnixMillis(self.clock.saturating_add(self.server_clock_offset_ms))
    }

    /// Signs the Hello for one server.
    pub fn sign(&self, server: &ServerId, key: &SigningKey) -> SignedHello {
        let body = wire::encode(self);
        let signature = key.sign(&signed_text(server, &body)).to_bytes();
        SignedHello { body: body.into(), signature: signature.into() }
    }
}

/// A Hello with its signature, as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SignedHello {
    #[n(0)]
    body: ByteVec,
    #[n(1)]
    signature: ByteArray<64>,
}

impl SignedHello {
    /// The Hello inside, before its signature is verified: good for finding the key and for nothing else. `None` when
    /// the bytes are no Hello, or break a limit.
    pub fn unverified(&self) -> Option<Hello> {
        let hello: Hello = wire::decode_whole(&self.body)?;
        let mut scopes: Vec<_> = hello.scopes.iter().map(|held| &held.scope).collect();
        scopes.sort();
        let repeated = scopes.windows(2).any(|pair| pair[0] == pair[1]);
        (hello.app_version.len() <= APP_VERSION_BYTES_MAX && !repeated).then_some(hello)
    }

    /// The form in which it stands before a carry file.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// Reads [`SignedHello::to_bytes`]; `None` for anything else. Nothing is verified yet.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        wire::decode_whole(bytes)
    }

    /// The Hello inside, if `key` signed it for `server`.
    pub fn verify(&self, server: &ServerId, key: &VerifyingKey) -> Option<Hello> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&signed_text(server, &self.body), &signature).ok()?;
        self.unverified()
    }
}

fn signed_text(server: &ServerId, body: &[u8]) -> Vec<u8> {
    [DOMAIN, server.as_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello() -> Hello {
        Hello {
            protocol: PROTOCOL_VERSION,
            device: DeviceId::from_bytes([1; 16]),
            incarnation: Incarnation::from_bytes([2; 8]),
            boot: 3,
            nonce: Nonce::from_bytes([4; 8]),
            clock: 1_795_000_000_000,
            server_clock_offset_ms: -500,
            waiting: 60,
            frame_bytes_aim: 0,
            app_version: "0.1.0".to_owned(),
            scopes: vec![HeldScope::at("unit/azilal-1".parse().unwrap(), None)],
            wants_credentials: None,
        }
    }

    #[test]
    fn a_hello_is_good_for_one_server_and_one_key() {
        let (server, other) = (ServerId::from_bytes([1; 16]), ServerId::from_bytes([2; 16]));
        let (key, stranger) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));

        let signed = hello().sign(&server, &key);

        assert_eq!(signed.verify(&server, &key.verifying_key()), Some(hello()));
        assert_eq!(signed.verify(&other, &key.verifying_key()), None);
        assert_eq!(signed.verify(&server, &stranger.verifying_key()), None);
    }

    #[test]
    fn fields_of_a_newer_version_are_ignored_and_covered_by_the_signature() {
        let server = ServerId::from_bytes([1; 16]);
        let key = SigningKey::from_bytes(&[1; 32]);
        let mut body = wire::encode(&hello());
        assert_eq!(body[0], 0x8b, "an array of eleven");
        body[0] = 0x8d;
        body.extend_from_slice(b"\xf6\x63new");
        let signature = key.sign(&signed_text(&server, &body)).to_bytes();
        let mut signed = SignedHello { body: body.into(), signature: signature.into() };

        assert_eq!(signed.verify(&server, &key.verifying_key()), Some(hello()));

        let last = signed.body.len() - 1;
        signed.body[last] = b'x';
        assert_eq!(signed.verify(&server, &key.verifying_key()), None);
    }

    #[test]
    fn a_hello_that_names_a_scope_twice_is_none() {
        let mut twice = hello();
        twice.scopes.push(twice.scopes[0].clone());

        assert_eq!(twice.sign(&ServerId::from_bytes([1; 16]), &SigningKey::from_bytes(&[1; 32])).unverified(), None);
    }
}
