//! What can be found wrong in a store, by ids and numbers only: never a value of a record.
//!
//! Its sentences stand in the locale files under [`Fault::key_and_gaps`]; what is displayed is for logs.

use std::fmt;

use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};
use serde::{Deserialize, Serialize};

/// A list of what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Saved documents.
    Documents,
    /// Rows.
    Rows,
    /// The ways to find rows.
    Terms,
    /// The index of changes.
    Index,
    /// Changes that are set aside.
    SetAside,
}

impl Part {
    /// Every list.
    pub const ALL: [Self; 5] = [Self::Documents, Self::Rows, Self::Terms, Self::Index, Self::SetAside];

    /// The key of its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Documents => "server-part-documents",
            Self::Rows => "server-part-rows",
            Self::Terms => "server-part-terms",
            Self::Index => "server-part-index",
            Self::SetAside => "server-part-set-aside",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Documents => "documents",
            Self::Rows => "rows",
            Self::Terms => "terms",
            Self::Index => "index of changes",
            Self::SetAside => "changes set aside",
        })
    }
}

/// One thing that does not agree, by ids and numbers only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fault {
    /// A log does not read on after a number.
    LogUnreadable {
        /// The scope.
        scope: ScopeId,
        /// The last number that reads.
        after: u64,
    },
    /// A record's chain value does not follow from the record before it.
    Chain {
        /// The scope.
        scope: ScopeId,
        /// The record's number.
        number: u64,
    },
    /// A record's bytes do not have its hash, or are no change.
    Hash {
        /// The scope.
        scope: ScopeId,
        /// The record's number.
        number: u64,
    },
    /// A record's author is proven by no envelope, or its actor is registered to somebody else.
    Author {
        /// The scope.
        scope: ScopeId,
        /// The record's number.
        number: u64,
    },
    /// A log ends elsewhere than its head says.
    Head {
        /// The scope.
        scope: ScopeId,
    },
    /// The digests of a scope are not those of its log.
    Digest {
        /// The scope.
        scope: ScopeId,
    },
    /// A record is not found by its change's hash, or somewhere else.
    NotIndexed {
        /// The change.
        hash: ChangeHash,
        /// Its document.
        document: DocumentId,
    },
    /// The index of changes has more or fewer entries than there are changes.
    IndexCount {
        /// How many entries it has.
        entries: u64,
        /// How many changes there are.
        changes: u64,
    },
    /// The changes of a document in the log do not make one.
    History {
        /// The document.
        document: DocumentId,
    },
    /// The saved document is missing, does not read, or is not the one its log makes.
    Document {
        /// The document.
        document: DocumentId,
    },
    /// The row is missing, does not read, or is not the one its document makes.
    Row {
        /// The document.
        document: DocumentId,
    },
    /// There are saved documents or rows without a log.
    WithoutLog {
        /// Documents, rows or terms.
        what: Part,
        /// How many there are.
        found: u64,
        /// How many there ought to be.
        expected: u64,
    },
    /// Somewhere in a list is something that does not read.
    Unreadable {
        /// Which list.
        what: Part,
    },
    /// There are not as many changes set aside as is counted.
    SetAside {
        /// How many are counted.
        counted: u64,
        /// How many are listed.
        listed: u64,
    },
    /// What is set aside of one device is not counted, or not found by it, as it is listed.
    SetAsideOf {
        /// The device.
        device: DeviceId,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LogUnreadable { scope, after } => write!(f, "log {scope}: does not read after {after}"),
            Self::Chain { scope, number } => write!(f, "log {scope}: record {number} does not follow the one before"),
            Self::Hash { scope, number } => write!(f, "log {scope}: record {number} is not what its hash says"),
            Self::Author { scope, number } => write!(f, "log {scope}: the author of record {number} is not proven"),
            Self::Head { scope } => write!(f, "log {scope}: does not end where its head says"),
            Self::Digest { scope } => write!(f, "log {scope}: the digests are not those of its records"),
            Self::NotIndexed { hash, document } => write!(f, "change {hash} of {document}: not found by its hash"),
            Self::IndexCount { entries, changes } => write!(f, "index: {entries} entries for {changes} changes"),
            Self::History { document } => write!(f, "document {document}: its log does not make a document"),
            Self::Document { document } => write!(f, "document {document}: saved otherwise than its log makes it"),
            Self::Row { document } => write!(f, "row {document}: not the one its document makes"),
            Self::WithoutLog { what, found, expected } => write!(f, "{what}: {found} where {expected} belong"),
            Self::Unreadable { what } => write!(f, "{what}: one of them does not read"),
            Self::SetAsideOf { device } => {
                write!(f, "set aside: not found and counted as what {device} wrote or brought")
            }
            Self::SetAside { counted, listed } => write!(f, "set aside: {counted} counted, {listed} listed"),
        }
    }
}

/// What stands in the gap of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// An id.
    Id(String),
    /// A number.
    Number(u64),
    /// The name of a list.
    Part(Part),
}

impl Fault {
    /// The key of its sentence, and what stands in the gaps.
    pub fn key_and_gaps(&self) -> (&'static str, Vec<(&'static str, Gap)>) {
        let scope = |scope: &ScopeId| ("scope", Gap::Id(scope.to_string()));
        let document = |id: &DocumentId| ("document", Gap::Id(id.to_string()));
        let number = |name: &'static str, n: &u64| (name, Gap::Number(*n));
        match self {
            Self::LogUnreadable { scope: of, after } => {
                ("server-finding-log-unreadable", vec![scope(of), number("after", after)])
            }
            Self::Chain { scope: of, number: n } => ("server-finding-chain", vec![scope(of), number("number", n)]),
            Self::Hash { scope: of, number: n } => ("server-finding-hash", vec![scope(of), number("number", n)]),
            Self::Author { scope: of, number: n } => ("server-finding-author", vec![scope(of), number("number", n)]),
            Self::Head { scope: of } => ("server-finding-head", vec![scope(of)]),
            Self::Digest { scope: of } => ("server-finding-digest", vec![scope(of)]),
            Self::NotIndexed { hash, document: of } => {
                ("server-finding-not-indexed", vec![("hash", Gap::Id(hash.to_string())), document(of)])
            }
            Self::IndexCount { entries, changes } => {
                ("server-finding-index-count", vec![number("entries", entries), number("changes", changes)])
            }
            Self::History { document: of } => ("server-finding-history", vec![document(of)]),
            Self::Document { document: of } => ("server-finding-document", vec![document(of)]),
            Self::Row { document: of } => ("server-finding-row", vec![document(of)]),
            Self::WithoutLog { what, found, expected } => {
                let gaps = vec![("what", Gap::Part(*what)), number("found", found), number("expected", expected)];
                ("server-finding-without-log", gaps)
            }
            Self::Unreadable { what } => ("server-finding-unreadable", vec![("what", Gap::Part(*what))]),
            Self::SetAside { counted, listed } => {
                ("server-finding-set-aside", vec![number("counted", counted), number("listed", listed)])
            }
            Self::SetAsideOf { device } => {
                ("server-finding-set-aside-of", vec![("device", Gap::Id(device.to_string()))])
            }
        }
    }
}
