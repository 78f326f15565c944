//! The server's word for who wrote a change, small enough to travel with every record.
//!
//! A device holds what others wrote without their signatures. When the server loses records, it must be able to take
//! them back from any device that still has them, under their authors' names and nobody else's: also when the author's
//! device is gone, or was enrolled after the backup and is not known any more. So each record of a Pull bears a voucher,
//! which only this server could have made, and which it recognises when the record comes back.
//!
//! **Never:** a proof for anybody but the server that made it. Devices keep vouchers and cannot check them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::hello::Incarnation;
use super::wire::cbor_as_bytes;
use crate::id::{ChangeHash, DeviceId, DocumentId, hex_id, serde_as_text};
use data_encoding::HEXLOWER;
use rand::{Rng, RngExt};
use std::fmt;
use std::str::FromStr;

use crate::id::ParseIdError;

const DOMAIN: &[u8] = b"jisr voucher 1";

hex_id! {
    /// The first 8 bytes of HMAC-SHA-256, under the server's [`VoucherKey`], over who wrote which change of which
    /// document. Guessing one takes 2^64 pushes.
    Voucher, 8, "16 hexadecimal digits"
}

cbor_as_bytes!(Voucher);

/// What a server makes its vouchers with. It is part of the server's identity: a backup holds it, no answer ever does.
#[derive(Clone, PartialEq, Eq)]
pub struct VoucherKey([u8; 32]);

/// Who wrote a change, with the word of the server that once let it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vouched {
    /// The device that wrote it.
    pub author: DeviceId,
    /// In which life of its data.
    pub incarnation: Incarnation,
    /// The server's word.
    pub voucher: Voucher,
}

impl VoucherKey {
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

    /// Vouches for a change that is in the log.
    pub fn vouch(&self, document: &DocumentId, hash: &ChangeHash, author: (DeviceId, Incarnation)) -> Vouched {
        let mut bytes = [0; 8];
        let mac = self.mac(document, hash, author).finalize().into_bytes();
        bytes.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
        Vouched { author: author.0, incarnation: author.1, voucher: Voucher::from_bytes(bytes) }
    }

    /// Whether this server once vouched for just this. Takes the same time whatever differs.
    pub fn verify(&self, document: &DocumentId, hash: &ChangeHash, vouched: &Vouched) -> bool {
        let mac = self.mac(document, hash, (vouched.author, vouched.incarnation));
        mac.verify_truncated_left(vouched.voucher.as_bytes()).is_ok()
    }

    fn mac(&self, document: &DocumentId, hash: &ChangeHash, author: (DeviceId, Incarnation)) -> Hmac<Sha256> {
        // HMAC fills a key shorter than its block with zeros.
        let mut block = [0; 64];
        block.iter_mut().zip(self.0).for_each(|(to, from)| *to = from);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        for part in [DOMAIN, document.as_bytes(), hash.as_bytes(), author.0.as_bytes(), author.1.as_bytes()] {
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for VoucherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VoucherKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voucher_is_good_for_one_change_of_one_document_by_one_author_from_one_server() {
        let key = VoucherKey::from_bytes([7; 32]);
        let (document, hash) = (DocumentId::from_bytes([1; 16]), ChangeHash::from_bytes([2; 32]));
        let author = (DeviceId::from_bytes([3; 16]), Incarnation::from_bytes([4; 8]));
        let good = key.vouch(&document, &hash, author);

        assert!(key.verify(&document, &hash, &good));
        assert!(!key.verify(&DocumentId::from_bytes([9; 16]), &hash, &good));
        assert!(!key.verify(&document, &ChangeHash::from_bytes([9; 32]), &good));
        assert!(!key.verify(&document, &hash, &Vouched { author: DeviceId::from_bytes([9; 16]), ..good }));
        assert!(!key.verify(&document, &hash, &Vouched { incarnation: Incarnation::from_bytes([9; 8]), ..good }));
        assert!(!VoucherKey::from_bytes([8; 32]).verify(&document, &hash, &good));
        assert_eq!(format!("{key:?}"), "VoucherKey(..)");
    }
}
