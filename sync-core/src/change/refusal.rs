//! Why a change is not let in, as a stable code that both sides of a sync can show and keep.
//!
//! A code never changes its meaning and is never removed: set-aside changes carry it for years. The sentences that
//! people read are not here but in the locale files, under `refusal-<code>`.

/// Why a change was refused.
///
/// Whoever sent it caused it, by a fault, by damage on the way, or on purpose. The sender keeps the change; nothing of
/// it has entered the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Longer than [`CHANGE_BYTES_MAX`](super::limits::CHANGE_BYTES_MAX).
    #[error("the change is too large")]
    TooLarge,
    /// Another thing than a change: a document, a bundle, a message of Automerge's sync protocol, or noise.
    #[error("these bytes are not a change")]
    NotAChange,
    /// A compressed change, or a change with a compressed column. Streams are compressed, changes are not.
    #[error("the change is compressed")]
    Compressed,
    /// The bytes are not those that were written: damaged on the way.
    #[error("the change does not match its checksum")]
    Checksum,
    /// The bytes break the format.
    #[error("the change is malformed: {what}")]
    Malformed {
        /// The part at fault, or [`Refusal::NOT_TOLD`] when only the code came over the wire.
        what: &'static str,
    },
    /// More operations, or rows in a column, than [`OPS_MAX`](super::limits::OPS_MAX), or repetitions that stand for
    /// more text than [`REPEATED_TEXT_BYTES_MAX`](super::limits::REPEATED_TEXT_BYTES_MAX).
    #[error("the change has too many operations")]
    TooManyOps,
    /// More direct dependencies than [`DEPS_MAX`](super::limits::DEPS_MAX).
    #[error("the change has too many dependencies")]
    TooManyDeps,
    /// More columns than [`COLUMNS_MAX`](super::limits::COLUMNS_MAX).
    #[error("the change has too many columns")]
    TooManyColumns,
    /// More other actors than [`OTHER_ACTORS_MAX`](super::limits::OTHER_ACTORS_MAX).
    #[error("the change refers to too many actors")]
    TooManyActors,
    /// A message longer than [`MESSAGE_BYTES_MAX`](super::limits::MESSAGE_BYTES_MAX).
    #[error("the message of the change is too long")]
    MessageTooLong,
    /// Written under an actor that is registered to another device.
    #[error("the change is written under another device's actor")]
    ForeignActor,
    /// It depends on a change the document lacks, or on one that was refused.
    #[error("the change depends on one that is not here")]
    MissingDependency,
    /// It is not its actor's next change: its number is taken or skips one, or it does not build on the one before.
    #[error("the change is not the next one of its actor")]
    Sequence,
    /// Its first operation does not have the number that follows from its dependencies.
    #[error("the operations of the change are misnumbered")]
    StartOp,
    /// It refers to operations that are not in its own history.
    #[error("the change refers to operations outside its history")]
    OutsideHistory,
    /// The same operations are written in another way by everyone else, so that its hash would not come back.
    #[error("the change is not in its canonical form")]
    NotCanonical,
    /// Automerge does not take it into the document.
    #[error("the change cannot be applied")]
    DoesNotApply,
    /// The document that holds it could not be read back from the disk, or would read differently.
    #[error("the document with the change could not be read back")]
    DoesNotReload,
    /// It nests objects deeper than [`DEPTH_MAX`](super::limits::DEPTH_MAX).
    #[error("the change nests objects too deeply")]
    TooDeep,
    /// The document would outgrow [`DOCUMENT_OPS_MAX`](super::limits::DOCUMENT_OPS_MAX) or
    /// [`DOCUMENT_CHANGES_MAX`](super::limits::DOCUMENT_CHANGES_MAX).
    #[error("the document would become too large")]
    DocumentTooLarge,
    /// Automerge panicked on it; the panic was contained.
    #[error("the change made the merging library fail")]
    Panicked,
    /// It is for a scope that does not exist.
    #[error("the scope is unknown")]
    UnknownScope,
    /// It is for a scope the device may not write to.
    #[error("the device may not write to this scope")]
    NotGranted,
}

impl Refusal {
    /// What [`Refusal::Malformed`] says is at fault when only its code is known.
    pub const NOT_TOLD: &'static str = "not told";

    /// Every refusal, in the order of its checks.
    pub const ALL: [Self; 23] = [
        Self::TooLarge,
        Self::NotAChange,
        Self::Compressed,
        Self::Checksum,
        Self::Malformed { what: Self::NOT_TOLD },
        Self::TooManyOps,
        Self::TooManyDeps,
        Self::TooManyColumns,
        Self::TooManyActors,
        Self::MessageTooLong,
        Self::ForeignActor,
        Self::MissingDependency,
        Self::Sequence,
        Self::StartOp,
        Self::OutsideHistory,
        Self::NotCanonical,
        Self::DoesNotApply,
        Self::DoesNotReload,
        Self::TooDeep,
        Self::DocumentTooLarge,
        Self::Panicked,
        Self::UnknownScope,
        Self::NotGranted,
    ];

    /// The stable code. Example: `missing-dependency`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::NotAChange => "not-a-change",
            Self::Compressed => "compressed",
            Self::Checksum => "checksum",
            Self::Malformed { .. } => "malformed",
            Self::TooManyOps => "too-many-ops",
            Self::TooManyDeps => "too-many-deps",
            Self::TooManyColumns => "too-many-columns",
            Self::TooManyActors => "too-many-actors",
            Self::MessageTooLong => "message-too-long",
            Self::ForeignActor => "foreign-actor",
            Self::MissingDependency => "missing-dependency",
            Self::Sequence => "sequence",
            Self::StartOp => "start-op",
            Self::OutsideHistory => "outside-history",
            Self::NotCanonical => "not-canonical",
            Self::DoesNotApply => "does-not-apply",
            Self::DoesNotReload => "does-not-reload",
            Self::TooDeep => "too-deep",
            Self::DocumentTooLarge => "document-too-large",
            Self::Panicked => "panicked",
            Self::UnknownScope => "unknown-scope",
            Self::NotGranted => "not-granted",
        }
    }

    /// The refusal of this code, or `None` for a code that a newer version wrote.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.code() == code)
    }

    pub(super) const fn malformed(what: &'static str) -> Self {
        Self::Malformed { what }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_refusal_comes_back_from_its_code() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_code(refusal.code()), Some(refusal));
        }
        assert_eq!(Refusal::from_code("written-by-a-later-version"), None);
    }

    #[test]
    fn no_two_refusals_share_a_code_and_every_code_is_kebab_case() {
        let codes: BTreeSet<_> = Refusal::ALL.iter().map(Refusal::code).collect();

        assert_eq!(codes.len(), Refusal::ALL.len());
        assert!(codes.iter().all(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
    }
}
