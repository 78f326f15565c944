//! Where a reader is in a scope's log, and how two sides notice that their logs are not the same.
//!
//! The chain value after a record is a running hash over all records before it: whoever shows the right chain at a
//! number has read exactly that log. The digest is a sum over hashes, in any order, kept apart by month of creation,
//! so that a difference is found in the month where it is.

use minicbor::{Decode, Encode};
use rand::{Rng, RngExt};
use sha2::{Digest as _, Sha256};

use super::log::LogKind;
use super::wire::cbor_as_bytes;
use crate::id::{ChangeHash, DocumentId, hex_id, serde_as_text};
use crate::time::UnixMillis;
use std::fmt;
use std::str::FromStr;

use crate::id::ParseIdError;
use data_encoding::HEXLOWER;

hex_id! {
    /// One life of a scope's log, drawn anew whenever the log was restored, cut or re-created.
    Epoch, 8, "16 hexadecimal digits"
}

hex_id! {
    /// The running hash of a log up to a record; eight zero bytes before the first. A device keeps it and never
    /// computes it.
    Chain, 8, "16 hexadecimal digits"
}

hex_id! {
    /// The first 8 bytes of a change's hash and the last 4 of its document's id: enough to ask whether the other side
    /// has it. To make another change with the same 8 bytes takes 2^64 hashes; the 4 keep apart documents that begin
    /// with the same bytes, written by one hand in one moment.
    Fingerprint, 12, "24 hexadecimal digits"
}

cbor_as_bytes!(Epoch);
cbor_as_bytes!(Chain);

impl Epoch {
    /// Draws a new epoch.
    pub fn random(rng: &mut impl Rng) -> Self {
        Self::from_bytes(rng.random())
    }
}

impl Fingerprint {
    /// The fingerprint of a document's change.
    pub fn of(document: &DocumentId, hash: &ChangeHash) -> Self {
        let end = document.as_bytes().get(12..).unwrap_or_default();
        let mut bytes = [0; 12];
        bytes.iter_mut().zip(hash.as_bytes()[..8].iter().chain(end)).for_each(|(to, from)| *to = *from);
        Self(bytes)
    }

    /// The part that is of the change's hash.
    pub fn hash_part(&self) -> &[u8] {
        self.0.get(..8).unwrap_or_default()
    }
}

impl Chain {
    /// The chain value of an empty log.
    pub const START: Self = Self::from_bytes([0; 8]);

    /// The chain value after one more record. `hash` is the change's hash, or for another kind the SHA-256 of the
    /// record's body.
    #[must_use]
    pub fn next(self, kind: LogKind, document: &DocumentId, hash: &ChangeHash) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"jisr chain 1");
        hasher.update(self.as_bytes());
        hasher.update([kind.number()]);
        hasher.update(document.as_bytes());
        hasher.update(hash.as_bytes());
        Self::from_bytes(first_eight(&hasher.finalize()))
    }
}

fn first_eight(bytes: &[u8]) -> [u8; 8] {
    let mut first = [0; 8];
    first.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    first
}

/// A place in one scope's log: everything up to and including `number` has been read and stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Cursor {
    /// The life of the log it belongs to.
    #[n(0)]
    pub epoch: Epoch,
    /// The last record's number; records count from 1, and 0 is before the first.
    #[n(1)]
    pub number: u64,
    /// The chain value after that record.
    #[n(2)]
    pub chain: Chain,
}

impl Cursor {
    /// The place before the first record of a log.
    pub const fn start(epoch: Epoch) -> Self {
        Self { epoch, number: 0, chain: Chain::START }
    }
}

/// The month a document was made in, by its id: months since January 1970, UTC.
///
/// It comes from the id and thus from the clock of the device that made it; both sides read the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Month(#[n(0)] pub u32);

impl Month {
    /// The month in which `document` was made, or month 0 when the id tells no time.
    pub fn of(document: &DocumentId) -> Self {
        let mut millis = [0; 8];
        millis[2..].iter_mut().zip(document.as_bytes()).for_each(|(to, from)| *to = *from);
        Self::at(UnixMillis(i64::from_be_bytes(millis)))
    }

    /// The month of an instant, or month 0 outside the calendar's range.
    pub fn at(time: UnixMillis) -> Self {
        let Ok(instant) = jiff::Timestamp::from_millisecond(time.0) else { return Self(0) };
        let date = jiff::tz::Offset::UTC.to_datetime(instant).date();
        let months = (i32::from(date.year()) - 1970) * 12 + i32::from(date.month()) - 1;
        Self(u32::try_from(months).unwrap_or(0))
    }
}

/// The sum of change hashes, in any order. Equal sums mean equal sets, but for chance (1 in 2^64).
///
/// It is no protection against somebody who chooses the hashes, and need not be: it is compared by a device and the
/// server that already hold what it sums up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Digest(#[n(0)] pub u64);

impl Digest {
    /// Adds a change that came to be held.
    pub fn add(&mut self, hash: &ChangeHash) {
        self.0 = self.0.wrapping_add(Self::term(hash));
    }

    /// Takes out a change that is held no more.
    pub fn remove(&mut self, hash: &ChangeHash) {
        self.0 = self.0.wrapping_sub(Self::term(hash));
    }

    /// The digest of two sets that share nothing.
    #[must_use]
    pub const fn join(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    fn term(hash: &ChangeHash) -> u64 {
        u64::from_be_bytes(first_eight(hash.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    fn hash(n: u8) -> ChangeHash {
        ChangeHash::from_bytes([n; 32])
    }

    #[test]
    fn a_chain_depends_on_every_record_and_on_their_order() {
        let document = DocumentId::from_bytes([7; 16]);
        let other = DocumentId::from_bytes([8; 16]);
        let one = Chain::START.next(LogKind::Change, &document, &hash(1));

        assert_ne!(
            one.next(LogKind::Change, &document, &hash(2)),
            Chain::START.next(LogKind::Change, &document, &hash(2)).next(LogKind::Change, &document, &hash(1))
        );
        assert_ne!(one, Chain::START.next(LogKind::Erasure, &document, &hash(1)));
        assert_ne!(one, Chain::START.next(LogKind::Change, &other, &hash(1)));
        assert_ne!(one, Chain::START);
    }

    #[test]
    fn a_digest_is_the_same_in_any_order_and_forgets_what_is_removed() {
        let mut forward = Digest::default();
        let mut backward = Digest::default();

        (0..50).for_each(|n| forward.add(&hash(n)));
        (0..50).rev().for_each(|n| backward.add(&hash(n)));
        assert_eq!(forward, backward);
        assert_ne!(forward, Digest::default());

        (0..50).for_each(|n| forward.remove(&hash(n)));
        assert_eq!(forward, Digest::default());
    }

    #[test]
    fn a_document_counts_for_the_month_its_id_was_made_in() {
        let mut rng = StdRng::seed_from_u64(1);
        let document = DocumentId::new(UnixMillis(1_795_000_000_000), &mut rng); // 2026-11-18

        assert_eq!(Month::of(&document), Month(56 * 12 + 10));
        assert_eq!(Month::at(UnixMillis(0)), Month(0));
        assert_eq!(Month::at(UnixMillis(i64::MAX)), Month(0));
    }
}
