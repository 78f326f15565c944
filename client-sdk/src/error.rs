//! The ways a call of the SDK can fail, each with what a person can do about it.
//!
//! After any of them, everything that a call has returned success for is still on the device.

use std::time::Duration;

use jisr_sync_core::document::EditError;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::sync::{CarryFileError, PeerRefusal};

use crate::store::StoreError;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server was not reached. What was written is kept here and is sent later.
    #[error("the server was not reached")]
    Offline,
    /// The server was reached and fell silent. What it had acknowledged counts; the rest is sent again.
    #[error("the connection was cut")]
    Interrupted,
    /// The server asks to be called later.
    #[error("the server is busy: try again in {} seconds", .0.as_secs())]
    RetryAfter(Duration),
    /// The device is enrolled no more. What is unsent stays readable here.
    #[error("this device is enrolled no more")]
    Revoked,
    /// The device belongs to no service yet: enrol it first. Until then, records can be kept as drafts.
    #[error("this device is not enrolled yet")]
    NotEnrolled,
    /// The device belongs to a service already.
    #[error("this device is enrolled already")]
    AlreadyEnrolled,
    /// The code is wrong, used or too old. Ask for a new one.
    #[error("the enrolment code was not accepted")]
    CodeRefused,
    /// The address of the server is no address.
    #[error("not the address of a server: expected something like https://jisr.example.org")]
    BadAddress,
    /// The device or the server is too old for the other.
    #[error("this version and the server's do not understand one another: please update")]
    UpdateNeeded,
    /// The clock of the device is too far off for the server to accept it.
    #[error("the clock of this device is wrong by {} seconds", .skew_ms / 1_000)]
    ClockWrong {
        /// How far it is ahead of the server's, in milliseconds.
        skew_ms: i64,
    },
    /// The server answered with something that is not the protocol.
    #[error("the server's answer was not understood ({what})")]
    Protocol {
        /// What was wrong with it, without its content.
        what: String,
    },
    /// The server refused, for a reason of its own.
    #[error("the server refused ({code}, status {status})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem document's stable code.
        code: String,
    },
    /// A field has a value it cannot have, or lacks one it must have.
    #[error("{field}: {rule}")]
    Invalid {
        /// The field.
        field: String,
        /// The rule it breaks.
        rule: String,
    },
    /// The edit was not made; the record is as it was.
    #[error("the record was not changed: {0}")]
    Edit(#[from] EditError),
    /// There is no record of this kind under this id.
    #[error("no such record here: {0}")]
    NotFound(DocumentId),
    /// The record is old and has left this device; the server has it. It comes back with the next exchange once it was
    /// asked for ([`crate::Client::recall`]).
    #[error("{0} has left this device; the server has it")]
    Left(DocumentId),
    /// The record that is named belongs to a unit or province this device no longer does. Nothing was kept.
    #[error("{0} is a record of a unit or province this device no longer belongs to")]
    NotGranted(DocumentId),
    /// The record is of a newer version and is shown only after an update. It is kept, and sent on, as it is.
    #[error("this record cannot be read by this version: {0}")]
    Unreadable(DocumentId),
    /// There is work here that no server has: it would be lost.
    #[error("{waiting} records were not sent yet and would be lost")]
    Unsent {
        /// How many records wait, drafts included.
        waiting: usize,
    },
    /// So much is carried for other devices that nothing more is taken. Whoever hands it over still has it; what is
    /// carried goes when the server is met.
    #[error("{records} records of other devices wait here already: there is no room for more")]
    CarriedFull {
        /// How many records are carried.
        records: usize,
    },
    /// So much is carried already of what the same device handed over that nothing more is taken of it, though there is
    /// room for others. It still has what it brought.
    #[error("{records} records that the same device handed over wait here already: no more is taken of it")]
    CarriedShare {
        /// How many records are carried of what it handed over.
        records: usize,
    },
    /// The server has not told yet who this device is, so that no other can know it: meet the server once.
    #[error("this device has no certificate yet")]
    VanNoCredentials,
    /// Nobody listens at that address.
    #[error("no device listens at that address")]
    VanNotFound,
    /// The one-time code is another.
    #[error("the one-time code is another")]
    VanCode,
    /// Nobody came in the time a share waits. Its code is good no more.
    #[error("nobody has joined in time")]
    VanShareOver,
    /// Too many came in vain to a share. Its code is good no more.
    #[error("too many tries with another code")]
    VanTries,
    /// The other device is not believed. Nothing was taken from it or given to it.
    #[error(transparent)]
    Peer(#[from] PeerRefusal),
    /// A carry file is none, or damaged. Nothing was taken along.
    #[error(transparent)]
    CarryFile(#[from] CarryFileError),
    /// A carry file is for another server than this device's. Nothing was taken along.
    #[error("the carry file is for another server")]
    CarryFileOtherServer,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The client was closed.
    #[error("the client was closed")]
    Closed,
}

impl Error {
    /// Whether the same call may succeed later without anybody's correcting anything.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Offline | Self::Interrupted | Self::RetryAfter(_) => true,
            Self::Store(error) => error.is_transient(),
            _ => false,
        }
    }

    /// Whether a meeting that failed so says nothing about the next one: whoever comes next may be welcome.
    pub const fn ends_one_meeting(&self) -> bool {
        matches!(self, Self::VanCode | Self::Peer(_) | Self::Protocol { .. } | Self::Interrupted)
    }

    /// The stable code, in kebab case, by which locale files and the store tell it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Interrupted => "interrupted",
            Self::RetryAfter(_) => "busy",
            Self::Revoked => "revoked",
            Self::NotEnrolled => "not-enrolled",
            Self::AlreadyEnrolled => "already-enrolled",
            Self::CodeRefused => "code-refused",
            Self::BadAddress => "bad-address",
            Self::UpdateNeeded => "update-needed",
            Self::ClockWrong { .. } => "clock-wrong",
            Self::Protocol { .. } => "protocol",
            Self::Refused { .. } => "refused",
            Self::Invalid { .. } => "invalid",
            Self::Edit(error) => error.code(),
            Self::NotFound(_) => "not-found",
            Self::Left(_) => "left",
            Self::NotGranted(_) => "not-granted",
            Self::Unreadable(_) => "unreadable",
            Self::Unsent { .. } => "unsent",
            Self::CarriedFull { .. } => "carried-full",
            Self::CarriedShare { .. } => "carried-share",
            Self::VanNoCredentials => "van-no-credentials",
            Self::VanNotFound => "van-not-found",
            Self::VanCode => "van-code",
            Self::VanShareOver => "van-share-over",
            Self::VanTries => "van-tries",
            Self::Peer(refusal) => refusal.code(),
            Self::CarryFile(CarryFileError::Newer) => "carry-file-newer",
            Self::CarryFile(CarryFileError::NotACarryFile | CarryFileError::TooLong) => "carry-file-foreign",
            Self::CarryFile(_) => "carry-file-damaged",
            Self::CarryFileOtherServer => "carry-file-other-server",
            Self::Store(StoreError::InUse) => "store-in-use",
            Self::Store(StoreError::Full) => "store-full",
            Self::Store(StoreError::NoAccess(_)) => "store-no-access",
            Self::Store(StoreError::Newer { .. }) => "store-newer",
            Self::Store(StoreError::Damaged { .. }) => "store-damaged",
            Self::Store(_) => "store-failed",
            Self::Closed => "closed",
        }
    }
}

/// What a call of the SDK gives.
pub type Result<T> = std::result::Result<T, Error>;
