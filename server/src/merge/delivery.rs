//! A delivery as the writer takes it: who wrote it, what it may, and changes whose bytes are known to be sound.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jisr_sync_core::change::{RawChange, Refusal};
use jisr_sync_core::id::{DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::{EnvelopeEntry, Incarnation, Proof, ReasonCode};
use jisr_sync_core::time::UnixMillis;

use super::Origin;
use crate::storage::EnvelopeId;

/// Changes of one author, checked as far as can be without the store: who wrote them by whoever calls, their bytes here.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// Who wrote them.
    pub author: DeviceId,
    /// In which life of its data.
    pub incarnation: Incarnation,
    /// Who brought it: the author itself, another device, or the administrator.
    pub brought_by: DeviceId,
    /// Whether its author signed it; otherwise this server vouched for it before, or nothing is proven.
    pub signed: bool,
    /// Why everything new in it is kept aside, whatever it says.
    pub barred: Option<&'static str>,
    /// Where these changes may be let in.
    pub scopes: BTreeSet<ScopeId>,
    /// Of which scopes whoever brought it may be told something.
    pub read: BTreeSet<ScopeId>,
    /// When it came, by the server's clock.
    pub received_at: UnixMillis,
    /// Whether the clock of the device that brought it was too far off.
    pub clock_suspect: bool,
    /// The id of its proof.
    pub envelope: EnvelopeId,
    /// The proof of authorship, in its stored form.
    pub proof: Vec<u8>,
    /// Its changes.
    pub entries: Vec<Entry>,
}

/// One delivered change.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The scope it is meant for.
    pub scope: ScopeId,
    /// The document it belongs to.
    pub document: DocumentId,
    /// The change.
    pub change: Checked,
}

/// Delivered bytes after the first steps of the gate.
#[derive(Debug, Clone)]
pub enum Checked {
    /// A sound change.
    Sound(RawChange),
    /// Something else.
    Refused {
        /// Why.
        refusal: Refusal,
        /// What was delivered.
        bytes: Vec<u8>,
    },
}

/// Who stands behind a delivery, as the registry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// The device that brings it, or the administrator.
    pub brought_by: DeviceId,
    /// Why nothing of it may be let in, when it is not known who wrote it.
    pub barred: Option<&'static str>,
    /// Whether who answers for it was revoked.
    pub revoked: bool,
    /// Where who answers for it may write: the author, or the bringer of what this server let in before.
    pub scopes: BTreeSet<ScopeId>,
    /// What the bringer may read.
    pub read: BTreeSet<ScopeId>,
    /// Whether the bringer's clock was too far off.
    pub clock_suspect: bool,
}

impl Delivered {
    /// Checks the changes that a proof is about. Takes time in proportion to their bytes; call it off the asynchronous
    /// threads and before the writer.
    pub fn check(changes: &[EnvelopeEntry], proof: &Proof, carrier: Carrier, received_at: UnixMillis) -> Self {
        let entries = changes.iter().map(|entry| Entry {
            scope: entry.scope.clone(),
            document: entry.document,
            change: match RawChange::inspect(&entry.change) {
                Ok(change) => Checked::Sound(change),
                Err(refusal) => Checked::Refused { refusal, bytes: entry.change.to_vec() },
            },
        });
        Self {
            author: proof.device,
            incarnation: proof.incarnation,
            brought_by: carrier.brought_by,
            signed: proof.is_signed() && carrier.barred.is_none(),
            barred: carrier.barred.or(carrier.revoked.then_some(ReasonCode::REVOKED)),
            scopes: carrier.scopes,
            read: carrier.read,
            received_at,
            clock_suspect: carrier.clock_suspect,
            envelope: EnvelopeId::of(proof),
            proof: proof.to_bytes(),
            entries: entries.collect(),
        }
    }

    /// How many bytes its changes have.
    pub fn bytes(&self) -> usize {
        let bytes = |entry: &Entry| match &entry.change {
            Checked::Sound(change) => change.bytes().len(),
            Checked::Refused { bytes, .. } => bytes.len(),
        };
        self.entries.iter().map(bytes).sum()
    }

    pub(super) const fn origin(&self) -> Origin {
        Origin {
            author: self.author,
            incarnation: self.incarnation,
            envelope: self.envelope,
            received_at: self.received_at,
            clock_suspect: self.clock_suspect,
            moved: false,
        }
    }
}

/// What became of one delivered change. True only once the append it belongs to is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the log now.
    Appended,
    /// It was in the log before.
    Known,
    /// It was in the log before, of another scope than the one it was brought for, which whoever brought it may read.
    Elsewhere,
    /// It is kept aside, for this reason.
    SetAside(Cow<'static, str>),
    /// It would have to be kept aside, and whoever is charged with it is charged with so much that nothing more is. It is not
    /// kept here at all and must not be acknowledged: it stays on the device that brought it.
    HeldBack,
}
