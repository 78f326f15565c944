//! What a device pushes together, signed: proof of who wrote it, wherever it is carried.
//!
//! The signature covers a domain tag, the device, its incarnation, and for each entry the scope, the document and the
//! hash of the change. So the proof can be kept and shown without the bodies ([`Proof`]), and an envelope carried by
//! another device or in a file stays as it was.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use super::hello::Incarnation;
use super::log::change_hash;
use super::wire;
use crate::id::{ChangeHash, DeviceId, DocumentId, ScopeId};

const DOMAIN: &[u8] = b"jisr envelope 1";

/// One change in an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct EnvelopeEntry {
    /// The scope it is meant for.
    #[n(0)]
    pub scope: ScopeId,
    /// The document it belongs to.
    #[n(1)]
    pub document: DocumentId,
    /// The raw change. Not yet checked: the caller's gate stands before Automerge.
    #[n(2)]
    pub change: ByteVec,
}

/// Changes signed together by the device that wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Envelope {
    /// Who wrote them.
    #[n(0)]
    pub device: DeviceId,
    /// In which life of its data.
    #[n(1)]
    pub incarnation: Incarnation,
    /// The changes, in the order in which they must be appended.
    #[n(2)]
    #[cbor(with = "wire::push_entries")]
    pub entries: Vec<EnvelopeEntry>,
    #[n(3)]
    signature: ByteArray<64>,
}

impl Envelope {
    /// Signs changes together; no more than [`super::limits::PUSH_ENTRIES_MAX`], or it cannot be written.
    pub fn sign(device: DeviceId, incarnation: Incarnation, entries: Vec<EnvelopeEntry>, key: &SigningKey) -> Self {
        let mut envelope = Self { device, incarnation, entries, signature: [0; 64].into() };
        envelope.signature = key.sign(&envelope.proof().signed_text()).to_bytes().into();
        envelope
    }

    /// Whether `key` signed it.
    pub fn verify(&self, key: &VerifyingKey) -> bool {
        self.proof().verify(key)
    }

    /// The proof of authorship, without the changes themselves.
    pub fn proof(&self) -> Proof {
        let entries = self.entries.iter().map(ProofEntry::from);
        Proof {
            device: self.device,
            incarnation: self.incarnation,
            entries: entries.collect(),
            signature: Some(self.signature),
        }
    }

    /// The form in which it is carried and stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// Reads [`Envelope::to_bytes`]; `None` for anything else. The signature is not verified yet.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        wire::decode_whole(bytes)
    }
}

impl From<&EnvelopeEntry> for ProofEntry {
    fn from(entry: &EnvelopeEntry) -> Self {
        Self { scope: entry.scope.clone(), document: entry.document, hash: change_hash(&entry.change) }
    }
}

/// One change in a proof: which, where, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ProofEntry {
    /// The scope it was meant for.
    #[n(0)]
    pub scope: ScopeId,
    /// The document it belongs to.
    #[n(1)]
    pub document: DocumentId,
    /// The change's hash.
    #[n(2)]
    pub hash: ChangeHash,
}

/// An envelope without its bodies: proves who wrote the changes of these hashes, for as long as it is kept. Or what
/// stands in its place for changes that came back with the server's vouchers: the same, unsigned.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Proof {
    /// Who wrote them.
    #[n(0)]
    pub device: DeviceId,
    /// In which life of its data.
    #[n(1)]
    pub incarnation: Incarnation,
    /// The changes.
    #[n(2)]
    #[cbor(with = "wire::push_entries")]
    pub entries: Vec<ProofEntry>,
    #[n(3)]
    signature: Option<ByteArray<64>>,
}

impl Proof {
    /// What is kept of changes whose vouchers were found good, instead of a signature.
    pub fn vouched(author: (DeviceId, Incarnation), changes: &[EnvelopeEntry]) -> Self {
        let entries = changes.iter().map(ProofEntry::from).collect();
        Self { device: author.0, incarnation: author.1, entries, signature: None }
    }

    /// Whether its author signed it; otherwise the server itself vouched for it.
    pub const fn is_signed(&self) -> bool {
        self.signature.is_some()
    }

    /// Whether `key` signed it.
    pub fn verify(&self, key: &VerifyingKey) -> bool {
        let Some(signature) = &self.signature else { return false };
        key.verify_strict(&self.signed_text(), &Signature::from_bytes(signature)).is_ok()
    }

    /// The form in which it is stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// Reads [`Proof::to_bytes`]; `None` for anything else. The signature is not verified yet.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        wire::decode_whole(bytes)
    }

    /// Domain tag, device, incarnation, number of entries (4 bytes), and for each: length of the scope's text
    /// (1 byte; a scope is at most 41 bytes), the text, document, hash.
    fn signed_text(&self) -> Vec<u8> {
        let mut text = [DOMAIN, self.device.as_bytes(), self.incarnation.as_bytes()].concat();
        text.extend_from_slice(&u32::try_from(self.entries.len()).unwrap_or(u32::MAX).to_be_bytes());
        for entry in &self.entries {
            let scope = entry.scope.to_string();
            text.push(u8::try_from(scope.len()).unwrap_or(u8::MAX));
            text.extend_from_slice(scope.as_bytes());
            text.extend_from_slice(entry.document.as_bytes());
            text.extend_from_slice(entry.hash.as_bytes());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(key: &SigningKey) -> Envelope {
        let entry = |n: u8| EnvelopeEntry {
            scope: "unit/azilal-1".parse().unwrap(),
            document: DocumentId::from_bytes([n; 16]),
            change: vec![n; 40].into(),
        };
        let (device, incarnation) = (DeviceId::from_bytes([1; 16]), Incarnation::from_bytes([2; 8]));
        Envelope::sign(device, incarnation, vec![entry(1), entry(2)], key)
    }

    #[test]
    fn an_envelope_that_was_altered_anywhere_does_not_verify() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let good = signed(&key);
        assert!(good.verify(&key.verifying_key()));

        let alter: [fn(&mut Envelope); 7] = [
            |e| e.device = DeviceId::from_bytes([9; 16]),
            |e| e.incarnation = Incarnation::from_bytes([9; 8]),
            |e| e.entries[0].scope = "unit/azilal-2".parse().unwrap(),
            |e| e.entries[0].document = DocumentId::from_bytes([9; 16]),
            |e| e.entries[1].change[20] ^= 1,
            |e| e.entries.swap(0, 1),
            |e| e.entries.truncate(1),
        ];
        for (which, alter) in alter.iter().enumerate() {
            let mut bad = good.clone();
            alter(&mut bad);
            assert!(!bad.verify(&key.verifying_key()), "{which}");
        }
    }

    #[test]
    fn the_proof_without_bodies_proves_the_same() {
        let (key, stranger) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let envelope = signed(&key);

        let kept = Proof::from_bytes(&envelope.proof().to_bytes()).unwrap();

        assert!(kept.verify(&key.verifying_key()));
        assert!(!kept.verify(&stranger.verifying_key()));
        assert_eq!(kept.entries[0].hash, change_hash(&envelope.entries[0].change));
        assert_eq!(Envelope::from_bytes(&envelope.to_bytes()), Some(envelope));
    }
}
