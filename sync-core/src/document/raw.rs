//! A change's bytes and hash, until the gate's type stands in its place.

use crate::id::ChangeHash;

/// One raw change that is part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawChange {
    bytes: std::sync::Arc<[u8]>,
    hash: ChangeHash,
}

impl RawChange {
    pub(in crate::document) fn of_document(change: &automerge::Change) -> Self {
        Self { bytes: change.raw_bytes().into(), hash: ChangeHash::from_bytes(change.hash().0) }
    }

    /// The raw, uncompressed change chunk.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its identity.
    pub const fn hash(&self) -> ChangeHash {
        self.hash
    }
}
