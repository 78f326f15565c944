//! What this device carries for others: their envelopes, whole, and sealed files that only the server opens.

use jisr_sync_core::id::DeviceId;
use jisr_sync_core::sync::{CarriedEntry, CarriedItem, Certificate, Envelope, Fingerprint, change_hash};
use jisr_sync_core::time::UnixMillis;

/// The most sealed files that are taken along at a time.
pub const PARCELS_MAX: usize = 16;

/// An envelope of another device, on its way to the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Carried {
    /// Who handed it over: its author, or another carrier.
    pub from: DeviceId,
    /// When, by this device's clock.
    pub at: UnixMillis,
    /// Whether the server is still to be asked whether it has it; `false` once it said that it lacks something of it.
    pub ask: bool,
    /// Who its author is, as the server signed it.
    pub certificate: Certificate,
    /// The envelope, as its author signed it.
    pub envelope: Envelope,
}

impl std::fmt::Debug for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Carried({}, {} changes)", self.envelope.device, self.envelope.entries.len())
    }
}

/// A carried envelope without its bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedMark {
    /// Who handed it over.
    pub from: DeviceId,
    /// Who wrote it.
    pub author: DeviceId,
    /// How many bytes are kept of it.
    pub bytes: u32,
    /// Whether the server is still to be asked about it.
    pub ask: bool,
    /// Its changes.
    pub entries: Vec<CarriedEntry>,
}

impl CarriedMark {
    /// What is kept in memory of a carried envelope.
    pub fn of(carried: &Carried) -> Self {
        let entries = carried.envelope.entries.iter().map(|entry| CarriedEntry {
            scope: entry.scope.clone(),
            document: entry.document,
            fingerprint: Fingerprint::of(&entry.document, &change_hash(&entry.change)),
        });
        let changes: usize = carried.envelope.entries.iter().map(|entry| entry.change.len() + 64).sum();
        Self {
            from: carried.from,
            author: carried.envelope.device,
            bytes: u32::try_from(changes).unwrap_or(u32::MAX),
            ask: carried.ask,
            entries: entries.collect(),
        }
    }

    /// As an exchange wants it.
    pub fn item(&self, index: u64) -> CarriedItem {
        CarriedItem { index, bytes: self.bytes, ask: self.ask, entries: self.entries.clone() }
    }
}

impl Carried {
    /// From whom (16 bytes), when (8), whether to ask (1), the certificate's length (2), certificate, envelope.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let certificate = self.certificate.to_bytes();
        let mut bytes = self.from.as_bytes().to_vec();
        bytes.extend_from_slice(&self.at.0.to_be_bytes());
        bytes.push(u8::from(self.ask));
        // A certificate is a few hundred bytes: its lists are bounded.
        bytes.extend_from_slice(&u16::try_from(certificate.len()).unwrap_or(u16::MAX).to_be_bytes());
        bytes.extend_from_slice(&certificate);
        bytes.extend_from_slice(&self.envelope.to_bytes());
        bytes
    }

    /// Reads what was stored; `None` for anything else.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (from, rest) = bytes.split_at_checked(DeviceId::BYTES)?;
        let (at, rest) = rest.split_first_chunk::<8>()?;
        let ([ask, length @ ..], rest) = rest.split_first_chunk::<3>()?;
        let (certificate, envelope) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        Some(Self {
            from: DeviceId::from_slice(from)?,
            at: UnixMillis(i64::from_be_bytes(*at)),
            ask: *ask != 0,
            certificate: Certificate::from_bytes(certificate)?,
            envelope: Envelope::from_bytes(envelope)?,
        })
    }
}
