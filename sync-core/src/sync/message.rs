//! The messages of an exchange, as they stand in frames.
//!
//! Each is a CBOR array; a field that an older version does not know stands at the end and is ignored there, and a
//! list is bounded while it is read. Scopes are named once, in Hello or Welcome, and then by their place.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::certificate::Credentials;
use super::cursor::{Chain, Digest, Epoch, Month};
use super::envelope::{Envelope, EnvelopeEntry};
use super::hello::{Incarnation, SignedHello};
use super::log::PulledRecord;
use super::status::{Fate, ReasonCode, ScopeStatus, Status};
use super::voucher::Voucher;
use super::wire;
use crate::id::{DeviceId, DocumentId, ScopeId};

/// The end of a request: without it the server knows that the request was cut.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Done {
    /// How many changes were pushed in this request.
    #[n(0)]
    pub pushed: u64,
    /// How many records will still wait on the device once all of those are acknowledged.
    #[n(1)]
    pub left: u64,
}

/// Asks which changes the server lacks: fingerprints of what it once had and may have lost. Answered by [`Lacking`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Offer {
    /// The scope all of them are in.
    #[n(0)]
    pub scope: ScopeId,
    /// A [`super::Fingerprint`] for each change, 12 bytes, laid end to end.
    #[n(1)]
    pub fingerprints: ByteVec,
}

/// Asks what became of changes that the server set aside. Answered by [`Fates`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Inquiry {
    /// A [`super::Fingerprint`] for each change, 12 bytes, laid end to end.
    #[n(0)]
    pub fingerprints: ByteVec,
}

/// Changes of one other author (or of this device's earlier life), which this server once let in: each with its
/// voucher, since the signature of the author is not at hand.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Relay {
    /// Who wrote them.
    #[n(0)]
    pub author: Authorship,
    /// The changes, in the order in which they must be appended.
    #[n(1)]
    #[cbor(with = "wire::push_entries")]
    pub entries: Vec<RelayEntry>,
}

/// One change in a [`Relay`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct RelayEntry {
    /// The scope it is meant for.
    #[n(0)]
    pub scope: ScopeId,
    /// The document it belongs to.
    #[n(1)]
    pub document: DocumentId,
    /// The raw change. Not yet checked: the caller's gate stands before Automerge.
    #[n(2)]
    pub change: ByteVec,
    /// The server's word for who wrote it.
    #[n(3)]
    pub voucher: Voucher,
}

impl From<RelayEntry> for EnvelopeEntry {
    fn from(entry: RelayEntry) -> Self {
        Self { scope: entry.scope, document: entry.document, change: entry.change }
    }
}

/// Who wrote something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Authorship {
    /// The device.
    #[n(0)]
    pub device: DeviceId,
    /// In which life of its data.
    #[n(1)]
    pub incarnation: Incarnation,
}

/// What a device sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestMessage {
    /// Opens the exchange.
    Hello(SignedHello),
    /// Asks which changes the server lacks.
    Offer(Offer),
    /// Asks what became of changes that were set aside.
    Inquiry(Inquiry),
    /// Delivers changes.
    Push(Envelope),
    /// Delivers changes that the server vouched for.
    Relay(Relay),
    /// Ends the request.
    Done(Done),
}

/// How the server sees one scope.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct WelcomeScope {
    /// How the device's cursor stands.
    #[n(0)]
    pub status: ScopeStatus,
    /// The log's epoch, where the device does not have it already: forked and new scopes.
    #[n(1)]
    pub epoch: Option<Epoch>,
    /// For a forked scope the number after which it is read again; 0 is from the start.
    #[n(2)]
    pub resume_after: u64,
    /// The scope's name where the device did not name it in its Hello.
    #[n(3)]
    pub scope: Option<ScopeId>,
}

/// The server's answer to Hello.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Welcome {
    /// What becomes of the exchange.
    #[n(0)]
    pub status: Status,
    /// The server's time, in milliseconds since 1970.
    #[n(1)]
    pub server_time: i64,
    /// The scopes of the Hello in its order, then those the device does not know yet. Empty when nothing is sent.
    #[n(2)]
    #[cbor(with = "wire::scopes")]
    pub scopes: Vec<WelcomeScope>,
    /// The oldest app version that is good enough, where there is one.
    #[n(3)]
    pub app_version_min: Option<String>,
    /// The longest request body the server takes, in bytes as they travel, where it is not the protocol's.
    #[n(4)]
    pub request_bytes_max: Option<u32>,
    /// The device's certificate and what belongs to it, where it asked for them.
    #[n(5)]
    pub credentials: Option<Credentials>,
}

/// The server holds durably the next pushed changes, counted in the order in which they were pushed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Ack {
    /// How many changes since the last Ack, or since the start of the request.
    #[n(0)]
    pub count: u32,
    /// Which of them are not in the log they were pushed for, and why: place in the request, counted from 0.
    #[n(1)]
    #[cbor(with = "wire::push_entries")]
    pub set_aside: Vec<SetAside>,
}

/// A change that is not in the log it was pushed for: set aside, in another log, or held back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SetAside {
    /// Its place among the changes of the request, counted from 0.
    #[n(0)]
    pub position: u32,
    /// Why.
    #[n(1)]
    pub reason: ReasonCode,
}

/// Answers an [`Offer`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Lacking {
    /// Which Offer of the request, counted from 0.
    #[n(0)]
    pub offer: u32,
    /// One bit for each fingerprint, the lowest bit of the first byte first: set where no such change is durably in
    /// the scope's log.
    #[n(1)]
    pub bits: ByteVec,
}

impl Lacking {
    /// The answer to an Offer, from whether each is held.
    pub fn of(offer: u32, held: &[bool]) -> Self {
        Self { offer, bits: bits_of(held.iter().map(|held| !held)).into() }
    }

    /// Whether the fingerprint at `place` is lacking. One the answer does not reach counts as lacking.
    pub fn lacks(&self, place: usize) -> bool {
        bit(&self.bits, place).unwrap_or(true)
    }
}

/// Answers an [`Inquiry`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Fates {
    /// Which Inquiry of the request, counted from 0.
    #[n(0)]
    pub inquiry: u32,
    /// One bit for each fingerprint, as in [`Lacking::bits`]: set where the change is in a log now.
    #[n(1)]
    pub let_in: ByteVec,
    /// The same: set where a person decided that the change is not taken in.
    #[n(2)]
    pub discarded: ByteVec,
    /// The same: set where the server has never heard of the change, or not any more.
    #[n(3)]
    pub unknown: ByteVec,
}

impl Fates {
    /// The answer to an Inquiry, from what became of each.
    pub fn of(inquiry: u32, fates: &[Fate]) -> Self {
        let bits = |which| ByteVec::from(bits_of(fates.iter().map(|fate| *fate == which)));
        let (let_in, discarded, unknown) = (bits(Fate::LetIn), bits(Fate::Discarded), bits(Fate::Unknown));
        Self { inquiry, let_in, discarded, unknown }
    }

    /// What became of the fingerprint at `place`; nothing is known of one the answer does not reach.
    pub fn fate(&self, place: usize) -> Fate {
        if bit(&self.let_in, place) == Some(true) {
            Fate::LetIn
        } else if bit(&self.discarded, place) == Some(true) {
            Fate::Discarded
        } else if bit(&self.unknown, place) == Some(true) {
            Fate::Unknown
        } else {
            Fate::Untold
        }
    }
}

/// One bit for each, the lowest bit of the first byte first.
fn bits_of(set: impl ExactSizeIterator<Item = bool>) -> Vec<u8> {
    let mut bits = vec![0_u8; set.len().div_ceil(8)];
    for (place, _) in set.enumerate().filter(|(_, set)| *set) {
        if let Some(byte) = bits.get_mut(place / 8) {
            *byte |= 1 << (place % 8);
        }
    }
    bits
}

/// The bit at `place`; `None` beyond the end.
fn bit(bits: &[u8], place: usize) -> Option<bool> {
    bits.get(place / 8).map(|byte| byte & (1 << (place % 8)) != 0)
}

/// A stretch of one scope's log, without what the device wrote itself. The device stores it whole, with the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Pull {
    /// The scope's place in the Welcome.
    #[n(0)]
    pub scope: u32,
    /// The cursor's number after this frame.
    #[n(1)]
    pub number: u64,
    /// The cursor's chain value after this frame.
    #[n(2)]
    pub chain: Chain,
    /// The records, in the log's order.
    #[n(3)]
    #[cbor(with = "wire::pull_records")]
    pub records: Vec<PulledRecord>,
    /// Who wrote them; the records name them by their place here.
    #[n(4)]
    #[cbor(with = "wire::pull_records")]
    pub authors: Vec<Authorship>,
}

/// Changes of documents that the device asked for whole, in the order of the log. Its cursor stays where it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Whole {
    /// The scope's place in the Welcome.
    #[n(0)]
    pub scope: u32,
    /// The changes.
    #[n(1)]
    #[cbor(with = "wire::pull_records")]
    pub records: Vec<PulledRecord>,
    /// Who wrote them; the records name them by their place here.
    #[n(2)]
    #[cbor(with = "wire::pull_records")]
    pub authors: Vec<Authorship>,
}

/// The end of one scope's log as the device now has it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct EndScope {
    /// The scope's place in the Welcome.
    #[n(0)]
    pub scope: u32,
    /// Whether there is more in the log than was sent: sync again.
    #[n(1)]
    pub more: bool,
    /// Up to which number a backup holds the log.
    #[n(2)]
    pub backed_up: u64,
    /// The digest of the log up to its head. It says something only when there is no more to come.
    #[n(3)]
    pub digest: Digest,
    /// The digest by month, where the device asked for it.
    #[n(4)]
    #[cbor(with = "wire::months")]
    pub months: Vec<MonthDigest>,
}

/// The digest of one month.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct MonthDigest {
    /// The month.
    #[n(0)]
    pub month: Month,
    /// Its digest.
    #[n(1)]
    pub digest: Digest,
}

/// The end of an answer: without it the device knows that the answer was cut.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct End {
    /// [`Status::Ok`], or why the server stopped early.
    #[n(0)]
    pub status: Status,
    /// The scopes that were read.
    #[n(1)]
    #[cbor(with = "wire::scopes")]
    pub scopes: Vec<EndScope>,
    /// How long to wait before the next exchange, in seconds, where the server asks for it.
    #[n(2)]
    pub retry_after_s: Option<u32>,
}

/// What a server sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerMessage {
    /// Answers Hello.
    Welcome(Welcome),
    /// Answers an Offer.
    Lacking(Lacking),
    /// Answers an Inquiry.
    Fates(Fates),
    /// Acknowledges changes.
    Ack(Ack),
    /// Brings records.
    Pull(Pull),
    /// Brings documents that were asked for.
    Whole(Whole),
    /// Ends the answer.
    End(End),
}

/// The number of a frame's kind. Requests and answers do not share numbers.
mod kind {
    pub(super) const HELLO: u8 = 0x01;
    pub(super) const PUSH: u8 = 0x02;
    pub(super) const DONE: u8 = 0x03;
    pub(super) const OFFER: u8 = 0x04;
    pub(super) const RELAY: u8 = 0x05;
    pub(super) const INQUIRY: u8 = 0x06;
    pub(super) const WELCOME: u8 = 0x41;
    pub(super) const ACK: u8 = 0x42;
    pub(super) const PULL: u8 = 0x43;
    pub(super) const END: u8 = 0x44;
    pub(super) const LACKING: u8 = 0x45;
    pub(super) const FATES: u8 = 0x46;
    pub(super) const WHOLE: u8 = 0x47;
}

impl RequestMessage {
    /// The kind and the payload of its frame.
    pub fn to_frame(&self) -> (u8, Vec<u8>) {
        match self {
            Self::Hello(message) => (kind::HELLO, wire::encode(message)),
            Self::Offer(message) => (kind::OFFER, wire::encode(message)),
            Self::Inquiry(message) => (kind::INQUIRY, wire::encode(message)),
            Self::Push(message) => (kind::PUSH, wire::encode(message)),
            Self::Relay(message) => (kind::RELAY, wire::encode(message)),
            Self::Done(message) => (kind::DONE, wire::encode(message)),
        }
    }

    /// The message in a frame, or `None` when it is none of a request's.
    pub fn from_frame(kind: u8, payload: &[u8]) -> Option<Self> {
        match kind {
            kind::HELLO => wire::decode_whole(payload).map(Self::Hello),
            kind::PUSH => wire::decode_whole(payload).map(Self::Push),
            kind::DONE => wire::decode_whole(payload).map(Self::Done),
            kind::OFFER => wire::decode_whole(payload).map(Self::Offer),
            kind::INQUIRY => wire::decode_whole(payload).map(Self::Inquiry),
            kind::RELAY => wire::decode_whole(payload).map(Self::Relay),
            _ => None,
        }
    }
}

impl AnswerMessage {
    /// The kind and the payload of its frame.
    pub fn to_frame(&self) -> (u8, Vec<u8>) {
        match self {
            Self::Welcome(message) => (kind::WELCOME, wire::encode(message)),
            Self::Lacking(message) => (kind::LACKING, wire::encode(message)),
            Self::Fates(message) => (kind::FATES, wire::encode(message)),
            Self::Ack(message) => (kind::ACK, wire::encode(message)),
            Self::Pull(message) => (kind::PULL, wire::encode(message)),
            Self::Whole(message) => (kind::WHOLE, wire::encode(message)),
            Self::End(message) => (kind::END, wire::encode(message)),
        }
    }

    /// The message in a frame, or `None` when it is none of an answer's.
    pub fn from_frame(kind: u8, payload: &[u8]) -> Option<Self> {
        match kind {
            kind::WELCOME => wire::decode_whole(payload).map(Self::Welcome),
            kind::ACK => wire::decode_whole(payload).map(Self::Ack),
            kind::PULL => wire::decode_whole(payload).map(Self::Pull),
            kind::WHOLE => wire::decode_whole(payload).map(Self::Whole),
            kind::END => wire::decode_whole(payload).map(Self::End),
            kind::LACKING => wire::decode_whole(payload).map(Self::Lacking),
            kind::FATES => wire::decode_whole(payload).map(Self::Fates),
            _ => None,
        }
    }
}
