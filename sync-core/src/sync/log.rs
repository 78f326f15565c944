//! A scope's log as the server's storage hands it to a session, and as it travels.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};

use super::cursor::{Chain, Cursor, Digest, Month};
use super::hello::Incarnation;
use super::voucher::Voucher;
use crate::id::{ChangeHash, DeviceId, DocumentId, ScopeId};

/// What a record of a log does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogKind {
    /// Adds a change to a document. The body is the change's bytes.
    Change,
    /// Erases a document for ever. The body says when and on what basis.
    Erasure,
    /// The document left this scope. The body is empty: where it went is not this scope's to know.
    MovedOut,
    /// The document came into this scope; its changes follow as records. The body is empty.
    MovedIn,
}

impl LogKind {
    /// The number that travels.
    pub const fn number(self) -> u8 {
        match self {
            Self::Change => 0,
            Self::Erasure => 1,
            Self::MovedOut => 2,
            Self::MovedIn => 3,
        }
    }

    /// The kind a number means, or `None` for one this version does not know.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Change),
            1 => Some(Self::Erasure),
            2 => Some(Self::MovedOut),
            3 => Some(Self::MovedIn),
            _ => None,
        }
    }
}

impl<C> Encode<C> for LogKind {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.number())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for LogKind {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::from_number(d.u8()?).ok_or_else(|| minicbor::decode::Error::message("a kind of record not known here"))
    }
}

/// One record of a scope's log, as storage holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRecord {
    /// Its number, one more than the record before it.
    pub number: u64,
    /// The chain value after it.
    pub chain: Chain,
    /// What it does.
    pub kind: LogKind,
    /// The document it is about.
    pub document: DocumentId,
    /// The change's hash, or the SHA-256 of the body of another kind.
    pub hash: ChangeHash,
    /// The device that signed it; `None` for what the server itself appended.
    pub author: Option<(DeviceId, Incarnation)>,
    /// Whether it came along with its document from another scope: its author may have dropped it when the document left
    /// one, so it is sent to its author too.
    pub moved: bool,
    /// The bytes that travel. Empty for a change that is withheld, which no change ever is otherwise: its document is
    /// not in this scope any more, and nobody who reads the log is sent anything of it.
    pub body: Vec<u8>,
}

impl LogRecord {
    /// Whether this is a change whose bytes are withheld. Its place, its hash and so the chain stay.
    pub fn is_withheld(&self) -> bool {
        self.kind == LogKind::Change && self.body.is_empty()
    }
}

/// One record as it travels: without number and hash, which the device can do without.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PulledRecord {
    /// What it does.
    #[n(0)]
    pub kind: LogKind,
    /// The document it is about.
    #[n(1)]
    pub document: DocumentId,
    /// A change's bytes, or what the kind says. Not yet checked: the caller's gate stands before Automerge.
    #[n(2)]
    pub body: ByteVec,
    /// Who wrote it: a place in [`super::Pull::authors`]. `None` for what the server itself appended.
    #[n(3)]
    pub author: Option<u32>,
    /// The server's word for that.
    #[n(4)]
    pub voucher: Option<Voucher>,
}

/// What storage answers to a request to read a log: the records after a number, in order, without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// The scope that was asked for.
    pub scope: ScopeId,
    /// Records after the number asked for. Empty only at the head.
    pub records: Vec<LogRecord>,
    /// The log's head and sums when this page was read.
    pub tail: ScopeTail,
}

/// The end of a log, and what sums it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeTail {
    /// The last durable record.
    pub head: Cursor,
    /// The digest of all change hashes in the log.
    pub digest: Digest,
    /// Up to which number a backup holds the log; what is beyond it a device must not prune.
    pub backed_up: u64,
    /// The digest by month of creation. Sent only to a device that asked for it; may be empty otherwise.
    pub months: Vec<(Month, Digest)>,
}

/// The hash of a raw change: SHA-256 over everything after its magic and checksum, as Automerge defines it. Bytes too
/// short to be a change are hashed whole.
pub fn change_hash(bytes: &[u8]) -> ChangeHash {
    ChangeHash::from_bytes(Sha256::digest(bytes.get(8..).unwrap_or(bytes)).into())
}

/// The hash of a record of another kind: SHA-256 over its body.
pub fn body_hash(body: &[u8]) -> ChangeHash {
    ChangeHash::from_bytes(Sha256::digest(body).into())
}
