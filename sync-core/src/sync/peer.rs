//! What two devices of one service say to one another where there is no network, and whom they believe.
//!
//! ```text
//!  joins                                                   listens
//!  Card                                               ─▶   (verified, or nothing is said)
//!  (verified)                                         ◀─   Card
//!  Offer … Offered                                    ─▶
//!                                                     ◀─   Lacking … Offer … Offered
//!  Lacking … Bring                                    ─▶   (stored)
//!                                                     ◀─   Kept                      … until Done
//!  (stored)                                           ◀─   Bring
//!  Kept                                               ─▶                             … until Done
//! ```
//!
//! The channel is the caller's: encrypted, and with a value (its *binding*) that both ends know and nobody else can
//! bring about. A [`Card`] signs that value, so that it proves who is at the other end of this channel and nowhere else.
//!
//! **Never:** a word about a scope that not both may read; an envelope taken in whose author cannot be verified; `Kept`
//! before it is stored.

use std::collections::BTreeSet;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::certificate::{Certificate, Certified};
use super::envelope::Envelope;
use super::hello::ServerId;
use super::message::{Lacking, Offer};
use super::wire;
use crate::id::ScopeId;
use crate::time::UnixMillis;

const DOMAIN: &[u8] = b"jisr van 1";

/// At which end of the channel a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerRole {
    /// It was told where to find the other.
    Joins,
    /// It waits for the other.
    Listens,
}

/// Who is at one end of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Card {
    /// What its server says of it.
    #[n(0)]
    pub certificate: Certificate,
    #[n(1)]
    signature: ByteArray<64>,
}

/// An envelope with what proves its author.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Bring {
    /// What the server says of the author.
    #[n(0)]
    pub certificate: Certificate,
    /// What the author signed.
    #[n(1)]
    pub envelope: Envelope,
}

/// The last envelope brought would survive a power cut, or is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Kept {
    #[n(0)]
    kept: bool,
    #[n(1)]
    why_not: Option<u32>,
}

/// Why an envelope is not taken. Whoever brought it has it still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKept {
    /// There is no room for more, of whomever.
    NoRoom,
    /// So much is kept already of what the same device handed over; there may be room for what others bring.
    Share,
    /// By the clock of whoever was to take it, its author's certificate is too old, or of a time that has not come.
    TooOld,
    /// It is the work of the device it was brought to, which takes that from the server alone.
    OwnWork,
}

impl Kept {
    /// It would survive a power cut.
    pub const YES: Self = Self { kept: true, why_not: None };

    /// It is not taken.
    pub const fn no(why: NotKept) -> Self {
        let why_not = match why {
            NotKept::NoRoom => 0,
            NotKept::Share => 1,
            NotKept::TooOld => 2,
            NotKept::OwnWork => 3,
        };
        Self { kept: false, why_not: Some(why_not) }
    }

    /// Why it is not kept; `None` when it is. A reason of a newer version counts as no room: nothing more is brought.
    pub const fn refusal(&self) -> Option<NotKept> {
        match (self.kept, self.why_not) {
            (true, _) => None,
            (false, Some(1)) => Some(NotKept::Share),
            (false, Some(2)) => Some(NotKept::TooOld),
            (false, Some(3)) => Some(NotKept::OwnWork),
            (false, _) => Some(NotKept::NoRoom),
        }
    }
}

/// What a device says to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerMessage {
    /// Who it is.
    Card(Card),
    /// What it could bring.
    Offer(Offer),
    /// Nothing more is offered.
    Offered,
    /// Which of an Offer is lacking.
    Lacking(Lacking),
    /// Something that was lacking.
    Bring(Box<Bring>),
    /// Answers a Bring.
    Kept(Kept),
    /// Nothing more is brought.
    Done,
}

/// Why another device, or what it brings, is not believed. Nothing was taken from it or given to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeerRefusal {
    /// Its certificate is not of this service, or the signature is not its own.
    #[error("the other device is not of this service")]
    Stranger,
    /// Its certificate is too old, or of a time that has not come: it must meet the server first, or a clock is wrong.
    #[error("the other device has not met the server for too long")]
    Stale,
    /// An envelope whose author did not sign it, or wrote where it may not.
    #[error("the other device brought an envelope that proves nothing")]
    Unproven,
}

impl PeerRefusal {
    /// The stable code, by which locale files tell it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stranger => "van-stranger",
            Self::Stale => "van-stale",
            Self::Unproven => "van-unproven",
        }
    }
}

impl Card {
    /// The card of a device for one channel.
    pub fn sign(certificate: Certificate, role: PeerRole, binding: &[u8], key: &SigningKey) -> Self {
        let signature = key.sign(&signed_text(role, binding)).to_bytes().into();
        Self { certificate, signature }
    }

    /// What is certain about the device at the end `role` of this channel.
    ///
    /// # Errors
    /// As [`PeerRefusal`] says.
    pub fn verify(
        &self,
        role: PeerRole,
        binding: &[u8],
        (server, key): (&ServerId, &VerifyingKey),
        now: UnixMillis,
    ) -> Result<Certified, PeerRefusal> {
        let certified = self.certificate.verify(server, key).ok_or(PeerRefusal::Stranger)?;
        let its_key = certified.key().ok_or(PeerRefusal::Stranger)?;
        let signature = Signature::from_bytes(&self.signature);
        its_key.verify_strict(&signed_text(role, binding), &signature).map_err(|_| PeerRefusal::Stranger)?;
        if certified.is_stale(now) { Err(PeerRefusal::Stale) } else { Ok(certified) }
    }
}

impl Bring {
    /// Whether its author is of this service, signed it, and may write where it did; and whether both devices may read
    /// all of it.
    ///
    /// # Errors
    /// [`PeerRefusal::Unproven`], or [`PeerRefusal::Stale`].
    pub fn verify(
        &self,
        (server, key): (&ServerId, &VerifyingKey),
        now: UnixMillis,
        shared: &BTreeSet<ScopeId>,
    ) -> Result<(), PeerRefusal> {
        let author = self.certificate.verify(server, key).ok_or(PeerRefusal::Unproven)?;
        let its_key = author.key().ok_or(PeerRefusal::Unproven)?;
        let allowed = |scope: &ScopeId| shared.contains(scope) && author.scopes.contains(scope);
        let entries = &self.envelope.entries;
        let sound = author.device == self.envelope.device
            && !entries.is_empty()
            && entries.iter().all(|entry| allowed(&entry.scope))
            && self.envelope.verify(&its_key);
        match (sound, author.is_stale(now)) {
            (false, _) => Err(PeerRefusal::Unproven),
            (true, true) => Err(PeerRefusal::Stale),
            (true, false) => Ok(()),
        }
    }
}

/// The scopes both of two devices may read.
pub fn shared_scopes(one: &Certified, other: &Certified) -> BTreeSet<ScopeId> {
    one.scopes.iter().filter(|scope| other.scopes.contains(scope)).cloned().collect()
}

/// The number of a frame's kind. Devices among themselves share none with a server.
mod kind {
    pub(super) const CARD: u8 = 0x81;
    pub(super) const OFFER: u8 = 0x82;
    pub(super) const OFFERED: u8 = 0x83;
    pub(super) const LACKING: u8 = 0x84;
    pub(super) const BRING: u8 = 0x85;
    pub(super) const KEPT: u8 = 0x86;
    pub(super) const DONE: u8 = 0x87;
}

impl PeerMessage {
    /// The kind and the payload of its frame.
    pub fn to_frame(&self) -> (u8, Vec<u8>) {
        match self {
            Self::Card(message) => (kind::CARD, wire::encode(message)),
            Self::Offer(message) => (kind::OFFER, wire::encode(message)),
            Self::Offered => (kind::OFFERED, Vec::new()),
            Self::Lacking(message) => (kind::LACKING, wire::encode(message)),
            Self::Bring(message) => (kind::BRING, wire::encode(&**message)),
            Self::Kept(message) => (kind::KEPT, wire::encode(message)),
            Self::Done => (kind::DONE, Vec::new()),
        }
    }

    /// The message in a frame, or `None` when it is none of a device's to another.
    pub fn from_frame(kind: u8, payload: &[u8]) -> Option<Self> {
        match kind {
            kind::CARD => wire::decode_whole(payload).map(Self::Card),
            kind::OFFER => wire::decode_whole(payload).map(Self::Offer),
            kind::OFFERED => payload.is_empty().then_some(Self::Offered),
            kind::LACKING => wire::decode_whole(payload).map(Self::Lacking),
            kind::BRING => wire::decode_whole(payload).map(|bring| Self::Bring(Box::new(bring))),
            kind::KEPT => wire::decode_whole(payload).map(Self::Kept),
            kind::DONE => payload.is_empty().then_some(Self::Done),
            _ => None,
        }
    }
}

/// Domain tag, the end of the channel (1 byte), the channel's binding.
fn signed_text(role: PeerRole, binding: &[u8]) -> Vec<u8> {
    let end = match role {
        PeerRole::Joins => 0,
        PeerRole::Listens => 1,
    };
    [DOMAIN, &[end], binding].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{DeviceId, DocumentId};
    use crate::sync::limits::CERTIFICATE_AGE_MAX_MS;
    use crate::sync::{EnvelopeEntry, Incarnation};

    const SERVER: ServerId = ServerId::from_bytes([1; 16]);
    const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

    #[test]
    fn an_answer_to_an_envelope_is_read_as_it_was_said_and_a_newer_reason_as_no_room() {
        for why in [NotKept::NoRoom, NotKept::Share, NotKept::TooOld, NotKept::OwnWork] {
            let (kind, payload) = PeerMessage::Kept(Kept::no(why)).to_frame();
            let Some(PeerMessage::Kept(read)) = PeerMessage::from_frame(kind, &payload) else { panic!("{why:?}") };
            assert_eq!(read.refusal(), Some(why));
        }
        let read = |payload: &[u8]| wire::decode_whole::<Kept>(payload).map(|kept| kept.refusal());
        assert_eq!(read(&[0x81, 0xF5]), Some(None));
        assert_eq!(read(&[0x81, 0xF4]), Some(Some(NotKept::NoRoom)));
        assert_eq!(read(&[0x82, 0xF4, 0x18, 99]), Some(Some(NotKept::NoRoom)));
    }

    fn key(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    fn certificate(server: ServerId, signed_by: &SigningKey, device: u8, scopes: &[&str]) -> Certificate {
        let scopes = scopes.iter().map(|scope| scope.parse().unwrap()).collect();
        let (id, key) = (DeviceId::from_bytes([device; 16]), key(device).verifying_key());
        Certified::new(server, id, &key, "azilal-1".parse().unwrap(), scopes, NOW).sign(signed_by)
    }

    #[test]
    fn a_card_is_believed_only_from_the_service_at_its_end_of_its_channel_and_while_it_is_fresh() {
        let (service, binding) = (key(9), [5; 32]);
        let trusted = (&SERVER, &service.verifying_key());
        let card = Card::sign(certificate(SERVER, &service, 2, &["unit/a"]), PeerRole::Joins, &binding, &key(2));

        let refusal = |card: &Card, role, binding: &[u8], now| card.verify(role, binding, trusted, now).unwrap_err();
        assert_eq!(card.verify(PeerRole::Joins, &binding, trusted, NOW).unwrap().device, DeviceId::from_bytes([2; 16]));
        assert_eq!(refusal(&card, PeerRole::Listens, &binding, NOW), PeerRefusal::Stranger);
        assert_eq!(refusal(&card, PeerRole::Joins, &[6; 32], NOW), PeerRefusal::Stranger);
        let later = UnixMillis(NOW.0 + CERTIFICATE_AGE_MAX_MS + 1);
        assert_eq!(refusal(&card, PeerRole::Joins, &binding, later), PeerRefusal::Stale);
        let another_server = certificate(ServerId::from_bytes([3; 16]), &service, 2, &["unit/a"]);
        let another_key = certificate(SERVER, &key(8), 2, &["unit/a"]);
        let stolen = certificate(SERVER, &service, 4, &["unit/a"]);
        for bad in [another_server, another_key, stolen] {
            let card = Card::sign(bad, PeerRole::Joins, &binding, &key(2));
            assert_eq!(refusal(&card, PeerRole::Joins, &binding, NOW), PeerRefusal::Stranger);
        }
    }

    #[test]
    fn an_envelope_is_taken_only_with_its_authors_proof_and_where_author_and_both_readers_may_be() {
        let service = key(9);
        let trusted = (&SERVER, &service.verifying_key());
        let shared: BTreeSet<ScopeId> = ["unit/a", "province/p"].iter().map(|scope| scope.parse().unwrap()).collect();
        let envelope = |device: u8, signer: u8, scope: &str| {
            let entry = EnvelopeEntry {
                scope: scope.parse().unwrap(),
                document: DocumentId::from_bytes([1; 16]),
                change: vec![7; 40].into(),
            };
            let (device, incarnation) = (DeviceId::from_bytes([device; 16]), Incarnation::from_bytes([1; 8]));
            Envelope::sign(device, incarnation, vec![entry], &key(signer))
        };
        let bring = |envelope| Bring { certificate: certificate(SERVER, &service, 2, &["unit/a", "unit/b"]), envelope };

        assert_eq!(bring(envelope(2, 2, "unit/a")).verify(trusted, NOW, &shared), Ok(()));
        let bad = [
            envelope(2, 3, "unit/a"),
            envelope(3, 2, "unit/a"),
            envelope(2, 2, "unit/b"),
            envelope(2, 2, "province/p"),
        ];
        for (which, envelope) in bad.into_iter().enumerate() {
            assert_eq!(bring(envelope).verify(trusted, NOW, &shared), Err(PeerRefusal::Unproven), "{which}");
        }
        let later = UnixMillis(NOW.0 + CERTIFICATE_AGE_MAX_MS + 1);
        assert_eq!(bring(envelope(2, 2, "unit/a")).verify(trusted, later, &shared), Err(PeerRefusal::Stale));
    }
}
