//! Where each thing stands in an ordered store of keys and values.
//!
//! A key is one letter for what it is, then its own key in an order that lists want: numbers big-endian, ids as
//! bytes, names as text. A letter is never given a new meaning.

use jisr_sync_core::id::{ChangeHash, DocumentId, ScopeId};
use jisr_sync_core::sync::Month;

use super::{AsideKey, PrunedKey};

/// The layout this version writes.
pub(super) const FORMAT: u32 = 1;

pub(super) const IDENTITY: &[u8] = b"i";
pub(super) const PROGRESS: &[u8] = b"p";
pub(super) const COUNTERS: &[u8] = b"k";
pub(super) const NEXT_INDEX: &[u8] = b"n";
pub(super) const FORMAT_KEY: &[u8] = b"f";

pub(super) const DOCUMENT: u8 = b'd';
pub(super) const ROW: u8 = b'r';
pub(super) const OUTBOX: u8 = b'o';
pub(super) const CURSOR: u8 = b'c';
pub(super) const ASIDE: u8 = b'a';
pub(super) const ASIDE_BYTES: u8 = b'b';
pub(super) const DRAFT: u8 = b't';
pub(super) const ERASED: u8 = b'e';
pub(super) const SEEN: u8 = b'h';
pub(super) const SETTING: u8 = b's';
pub(super) const VOUCHERS: u8 = b'v';

pub(super) const CARRIED: u8 = b'w';
pub(super) const HANDED: u8 = b'g';
pub(super) const FOREIGN: u8 = b'x';
pub(super) const PARCEL: u8 = b'm';
pub(super) const PRUNED: u8 = b'l';

/// `letter` followed by `rest`.
pub(super) fn with(letter: u8, rest: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + rest.len());
    key.push(letter);
    key.extend_from_slice(rest);
    key
}

pub(super) fn of_document(letter: u8, id: &DocumentId) -> Vec<u8> {
    with(letter, id.as_bytes())
}

pub(super) fn of_index(index: u64) -> Vec<u8> {
    numbered(OUTBOX, index)
}

pub(super) fn numbered(letter: u8, index: u64) -> Vec<u8> {
    with(letter, &index.to_be_bytes())
}

pub(super) fn of_scope(scope: &ScopeId) -> Vec<u8> {
    with(CURSOR, scope.to_string().as_bytes())
}

/// The month as a number, then the scope's name.
pub(super) fn of_pruned(key: &PrunedKey) -> Vec<u8> {
    let mut bytes = with(PRUNED, &key.month.0.to_be_bytes());
    bytes.extend_from_slice(key.scope.to_string().as_bytes());
    bytes
}

pub(super) fn pruned(rest: &[u8]) -> Option<PrunedKey> {
    let (month, name) = rest.split_first_chunk::<4>()?;
    Some(PrunedKey { month: Month(u32::from_be_bytes(*month)), scope: scope(name)? })
}

pub(super) fn of_aside(letter: u8, key: &AsideKey) -> Vec<u8> {
    let mut bytes = of_document(letter, &key.document);
    bytes.extend_from_slice(key.change.as_bytes());
    bytes
}

/// The document an own key of a document's kind names.
pub(super) fn document(rest: &[u8]) -> Option<DocumentId> {
    DocumentId::from_slice(rest)
}

pub(super) fn index(rest: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(rest.try_into().ok()?))
}

pub(super) fn scope(rest: &[u8]) -> Option<ScopeId> {
    std::str::from_utf8(rest).ok()?.parse().ok()
}

pub(super) fn aside(rest: &[u8]) -> Option<AsideKey> {
    let (document, change) = rest.split_at_checked(DocumentId::BYTES)?;
    Some(AsideKey { document: DocumentId::from_slice(document)?, change: ChangeHash::from_slice(change)? })
}
