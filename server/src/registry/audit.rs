//! The audit log: who did what to which id, when. Ids only, never what a record says.

use jisr_sync_core::time::UnixMillis;
use serde::{Deserialize, Serialize};

use super::AccountName;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Deed {
    /// Somebody signed in.
    SignedIn,
    /// A sign-in was refused.
    SignInRefused,
    /// Somebody signed out.
    SignedOut,
    /// A code for a device was issued.
    CodeIssued,
    /// A device enrolled.
    DeviceEnrolled,
    /// A device's access was ended.
    DeviceRevoked,
    /// A unit was added.
    UnitAdded,
    /// An account was added.
    AccountAdded,
    /// An account's access was ended.
    AccountDisabled,
    /// An account got another password, and its access back if it had been ended.
    PasswordReset,
    /// A tour was planned.
    TourPlanned,
    /// A planned tour was taken back.
    TourUnplanned,
    /// A record was moved to another unit or province.
    RecordMoved,
    /// Somebody ordered that a change that was set aside be let in. Noted before it is tried.
    ReleaseOrdered,
    /// Somebody ordered that a change that was set aside be discarded. Noted before it is done.
    DiscardOrdered,
    /// A device was moved to another unit.
    DeviceMoved,
    /// A carry file was taken in.
    FileImported,
    /// A record was opened.
    RecordViewed,
    /// A backup was made.
    BackedUp,
    /// The store was made from a backup.
    Restored,
    /// The store was found to be a copy of itself, and every log was given a new epoch.
    EpochsRenewed,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When, by the server's clock.
    pub at: UnixMillis,
    /// Which account; `None` for the command line on the server, or for nobody known.
    pub by: Option<AccountName>,
    /// What was done.
    pub deed: Deed,
    /// To what: an id of a record, device, unit or account.
    pub target: String,
    /// Why, in that person's words, where a reason is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}
