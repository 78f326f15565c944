//! A change as bytes: what is known of it before Automerge sees it.
//!
//! Automerge 0.12 answers hostile bytes with panics, with gigabytes, or with a document that saves and never loads
//! again. So every change from outside passes a gate, the same on the server and on a device:
//!
//! 1. size, kind, exact length;  2. checksum;  3. header, and the rows of every column, counted: all three here, by
//!    [`RawChange::inspect`], without Automerge;
//! 4. what it builds on;  5. applied, saved and read back on a copy: by
//!    [`Document::admit`](crate::document::Document::admit).
//!
//! Only single, uncompressed changes are changes here. Automerge's compressed chunks, bundles, documents and sync
//! messages are refused unread, as [`Refusal::Compressed`] or [`Refusal::NotAChange`].
//!
//! **Never here:** who may write what, how changes travel, what they mean.

mod columns;
mod header;
mod leb;
pub mod limits;
mod refusal;

use std::fmt;
use std::sync::Arc;

pub use refusal::Refusal;

use crate::id::{ActorId, ChangeHash};
use crate::time::UnixMillis;
use header::Header;
use leb::Reader;

/// One change in Automerge's binary form whose bytes are sound. Whether it fits a document is another question.
///
/// Cheap to clone. What it says of its author and time is the writer's word, not proof.
#[derive(Clone, PartialEq, Eq)]
pub struct RawChange {
    bytes: Arc<[u8]>,
    header: Arc<Header>,
}

impl RawChange {
    /// Checks bytes from outside: steps 1 to 3 of the gate.
    ///
    /// Takes time and memory in proportion to the length of `bytes`, whatever they claim; at most
    /// [`CHANGE_BYTES_MAX`](limits::CHANGE_BYTES_MAX) of them are looked at.
    pub fn inspect(bytes: &[u8]) -> Result<Self, Refusal> {
        let header = Header::read(bytes)?;
        Ok(Self { bytes: bytes.into(), header: Arc::new(header) })
    }

    /// A change that is already part of one of our documents; it is not checked again.
    ///
    /// An actor that is not sixteen bytes long, which neither the gate nor an edit lets in, reads as zeros.
    pub(crate) fn of_document(change: &automerge::Change) -> Self {
        let header = Header {
            hash: ChangeHash::from_bytes(change.hash().0),
            deps: change.deps().iter().map(|dep| ChangeHash::from_bytes(dep.0)).collect(),
            actor: ActorId::from_slice(change.actor_id().to_bytes()).unwrap_or(ActorId::from_bytes([0; 16])),
            seq: change.seq(),
            start_op: change.start_op().get(),
            time: UnixMillis(change.timestamp()),
            message: change.message().map(Into::into),
            op_count: u64::try_from(change.len()).unwrap_or(u64::MAX),
        };
        Self { bytes: change.raw_bytes().into(), header: Arc::new(header) }
    }

    /// The raw, uncompressed change chunk.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its identity: the SHA-256 of its content.
    pub fn hash(&self) -> ChangeHash {
        self.header.hash
    }

    /// Who wrote it, by its own word.
    pub fn actor(&self) -> ActorId {
        self.header.actor
    }

    /// Its number among the changes of its actor in this document, from 1.
    pub fn seq(&self) -> u64 {
        self.header.seq
    }

    /// The number of its first operation, from 1. Also set when it has none.
    pub fn start_op(&self) -> u64 {
        self.header.start_op
    }

    /// How many operations it has. A change without any joins branches of the history.
    pub fn op_count(&self) -> u64 {
        self.header.op_count
    }

    /// When it was written, by the clock of the device that wrote it.
    pub fn time(&self) -> UnixMillis {
        self.header.time
    }

    /// Its message; the field software puts the writer's staff id there.
    pub fn message(&self) -> Option<&str> {
        self.header.message.as_deref()
    }

    /// The changes it directly builds on, sorted, each once.
    pub fn deps(&self) -> &[ChangeHash] {
        &self.header.deps
    }
}

/// The first chunk of bytes that are several of Automerge's, one after the other: what kind it is, its bytes, and the rest.
/// `None` when they do not begin with a whole one. Its checksum is not compared.
pub(crate) fn first_chunk(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let mut reader = Reader::new(bytes);
    let [.., kind]: [u8; header::BYTES_BEFORE_LENGTH] = reader.array()?;
    let length = reader.unsigned()?;
    reader.take(usize::try_from(length).ok()?)?;
    let rest = reader.rest();
    Some((kind, bytes.get(..bytes.len() - rest.len())?, rest))
}

/// The hash only: the content is somebody's data.
impl fmt::Debug for RawChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawChange({}, {} bytes)", self.header.hash, self.bytes.len())
    }
}
