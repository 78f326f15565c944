//! Why an order is refused.

use serde::{Deserialize, Serialize};

/// Why an order cannot be followed as given. Its code ends the key of its sentence in the locale files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The id or name is taken.
    Exists,
    /// There is nothing of this id.
    Unknown,
    /// A province that no unit is in and that is none of those known here.
    Province,
    /// Several devices are called so.
    Ambiguous,
    /// A name is too long, empty, or holds control characters.
    Text,
    /// A tour ends before it starts or lasts more than a day.
    Span,
    /// A plan's days are out of order or too many.
    Days,
    /// No such tour is planned.
    NotPlanned,
    /// Records of this kind do not lie in such a scope.
    Scope,
    /// Several changes that were set aside begin so.
    Several,
    /// A reason is missing, too long, or holds control characters.
    Reason,
    /// A carry file cannot be read.
    FileUnreadable,
    /// It is no carry file.
    FileForeign,
    /// A carry file is cut or damaged.
    FileDamaged,
    /// A carry file is for another server.
    FileOtherServer,
    /// A carry file is of a newer version.
    FileNewer,
    /// A store in use cannot be repaired.
    Repair,
    /// Program and running server are not of one version.
    Version,
    /// A path is no pattern for backups.
    Pattern,
}

impl Refusal {
    /// The key of its sentence, and the gap in it, if it has one.
    pub const fn key_and_gap(self) -> (&'static str, &'static str) {
        match self {
            Self::Exists => ("server-refused-exists", "id"),
            Self::Unknown => ("server-refused-unknown", "id"),
            Self::Province => ("server-refused-province", "known"),
            Self::Ambiguous => ("server-refused-ambiguous", "devices"),
            Self::Text => ("server-refused-text", "max"),
            Self::Span => ("server-refused-span", ""),
            Self::Days => ("server-refused-days", ""),
            Self::NotPlanned => ("server-refused-not-planned", "id"),
            Self::Scope => ("server-refused-scope", "id"),
            Self::Several => ("server-refused-several", "id"),
            Self::Reason => ("server-refused-reason", "max"),
            Self::FileUnreadable => ("server-refused-file-unreadable", "what"),
            Self::FileForeign => ("server-refused-file-foreign", "what"),
            Self::FileDamaged => ("server-refused-file-damaged", "what"),
            Self::FileOtherServer => ("server-refused-file-other-server", ""),
            Self::FileNewer => ("server-refused-file-newer", ""),
            Self::Repair => ("server-refused-repair", ""),
            Self::Version => ("server-refused-version", ""),
            Self::Pattern => ("server-refused-pattern", ""),
        }
    }
}
