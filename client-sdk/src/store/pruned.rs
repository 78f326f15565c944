//! What a device remembers of records that have left it: enough that the sum over their scope stays what it was, and
//! that something new of them is known to be about something old.

use jisr_sync_core::id::{DocumentId, ScopeId};
use jisr_sync_core::sync::{Digest, Month};
use jisr_sync_core::time::UnixMillis;

/// A record that has left this device by the rule: the server has all of it, and a backup too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pruned {
    /// Which.
    pub document: DocumentId,
    /// The sum of its changes when it left.
    pub digest: Digest,
    /// When what it tells happened.
    pub at: UnixMillis,
    /// Whether it is to be asked for: something new of it came, or a person wants to see it.
    pub wanted: bool,
}

/// Those of one scope whose documents were made in one month are kept together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrunedKey {
    /// The month.
    pub month: Month,
    /// The scope.
    pub scope: ScopeId,
}

/// Document (16 bytes), digest (8), time (8), whether it is wanted (1).
const BYTES: usize = DocumentId::BYTES + 8 + 8 + 1;

/// How a list of them is written: one after another.
pub(super) fn to_bytes(list: &[Pruned]) -> Vec<u8> {
    let one = |pruned: &Pruned| {
        let (digest, at) = (pruned.digest.0.to_be_bytes(), pruned.at.0.to_be_bytes());
        [&pruned.document.as_bytes()[..], &digest, &at, &[u8::from(pruned.wanted)]].concat()
    };
    list.iter().flat_map(one).collect()
}

/// Reads [`to_bytes`]; `None` for anything else.
pub(super) fn from_bytes(bytes: &[u8]) -> Option<Vec<Pruned>> {
    let (entries, rest) = bytes.as_chunks::<BYTES>();
    let one = |entry: &[u8; BYTES]| {
        let (document, rest) = entry.split_at_checked(DocumentId::BYTES)?;
        let (digest, rest) = rest.split_first_chunk::<8>()?;
        let (at, wanted) = rest.split_first_chunk::<8>()?;
        Some(Pruned {
            document: DocumentId::from_slice(document)?,
            digest: Digest(u64::from_be_bytes(*digest)),
            at: UnixMillis(i64::from_be_bytes(*at)),
            wanted: match wanted {
                [0] => false,
                [1] => true,
                _ => return None,
            },
        })
    };
    rest.is_empty().then(|| entries.iter().map(one).collect()).flatten()
}
