//! The service's own keys: what it signs certificates with, and what opens files that were sealed to it.
//!
//! Both are part of the server's identity, like its id: a backup holds them, no answer ever does.

use std::fmt;

use ed25519_dalek::SigningKey;
use rand::{Rng, RngExt};
use snow::params::DHChoice;
use snow::resolvers::{CryptoResolver, DefaultResolver};

/// Noise's one-way pattern: whoever knows the recipient's key can seal, and only the recipient opens.
const PATTERN: &str = "Noise_N_25519_ChaChaPoly_SHA256";

/// The longest piece of what is sealed, in bytes, its tag included: Noise's own limit.
const PIECE_BYTES_MAX: usize = 65_535;

/// What opens files that were sealed to this server: the secret part of an X25519 key.
#[derive(Clone, PartialEq, Eq)]
pub struct SealKey([u8; 32]);

impl SealKey {
    /// Draws a new key.
    pub fn random(rng: &mut impl Rng) -> Self {
        Self(rng.random())
    }

    /// The key of these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes, for the server's own store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The public part, to which devices seal. `None` when the library has no such curve, which it has.
    pub fn recipient(&self) -> Option<[u8; 32]> {
        let mut curve = DefaultResolver.resolve_dh(&DHChoice::Curve25519)?;
        curve.set(&self.0);
        curve.pubkey().try_into().ok()
    }

    /// Opens what was sealed: the handshake, then pieces of at most 65,535 bytes. `None` when it was sealed to
    /// another key or altered.
    pub fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let builder = snow::Builder::new(PATTERN.parse().ok()?);
        let mut handshake = builder.local_private_key(&self.0).ok()?.build_responder().ok()?;
        let (first, rest) = sealed.split_at_checked(48)?;
        let mut piece = vec![0; PIECE_BYTES_MAX];
        handshake.read_message(first, &mut piece).ok()?;
        let mut opening = handshake.into_transport_mode().ok()?;
        let mut opened = Vec::with_capacity(rest.len());
        for part in rest.chunks(PIECE_BYTES_MAX) {
            let length = opening.read_message(part, &mut piece).ok()?;
            opened.extend_from_slice(piece.get(..length)?);
        }
        Some(opened)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}

/// The service's own keys.
#[derive(Clone)]
pub struct ServiceKeys {
    /// What certificates are signed with.
    pub signing: SigningKey,
    /// What opens files that were sealed to this server.
    pub seal: SealKey,
}

impl fmt::Debug for ServiceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceKeys(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_it_was_sealed_to_opens_and_only_unaltered() {
        let (key, other) = (SealKey::from_bytes([7; 32]), SealKey::from_bytes([8; 32]));
        let recipient = key.recipient().unwrap();
        let mut sealing = snow::Builder::new(PATTERN.parse().unwrap())
            .remote_public_key(&recipient)
            .unwrap()
            .build_initiator()
            .unwrap();
        let mut sealed = vec![0; 48];
        assert_eq!(sealing.write_message(&[], &mut sealed).unwrap(), 48);
        let mut piece = vec![0; 100];
        let length = sealing.into_transport_mode().unwrap().write_message(b"a shift", &mut piece).unwrap();
        sealed.extend_from_slice(&piece[..length]);

        assert_eq!(key.open(&sealed).unwrap(), b"a shift");
        assert_eq!(other.open(&sealed), None);
        for place in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[place] ^= 1;
            assert_eq!(key.open(&bad), None, "byte {place}");
        }
        assert_eq!(format!("{key:?}"), "SealKey(..)");
    }
}
