//! Who and what the service consists of: units, devices, planned tours, accounts, and the log of who did what.
//!
//! Three small contracts, [`Fleet`], [`Accounts`] and [`AuditLog`], in words of the domain; [`KvRegistry`] keeps them
//! in the same store as the records, under the one key prefix `R`. Time and entropy are arguments.
//!
//! **Never here:** records, what devices said at their last contact (both in `storage`), passwords in clear, enrolment codes in clear, sign-in tokens in clear.

mod account;
mod audit;
mod code;
#[cfg(test)]
mod conformance_tests;
mod device;
mod key;
mod kv;
mod plan;
mod service_keys;
mod transfer;
mod unit;

use jisr_durable_kv::KvError;
use jisr_sync_core::id::{DeviceId, UnitId};
use jisr_sync_core::sync::{ServerId, VoucherKey};
use jisr_sync_core::time::{OperationalDay, UnixMillis};

pub use account::{
    Account, AccountName, ParseAccountNameError, ParseRoleError, Role, SignIn, Standing, Territory, TokenHash,
};
pub use audit::{AuditEntry, Deed};
pub use code::{CODE_HOURS_VALID, CodeHash, CodeSecret, Enrolled, EnrolmentCode, NewDevice};
pub use device::{Device, DeviceKey, DeviceState, ParseKeyError};
pub use kv::KvRegistry;
pub use plan::PlannedShift;
pub use service_keys::{SealKey, ServiceKeys};
pub use unit::{TEXT_BYTES_MAX, Unit};

/// Units, their devices and their planned tours.
///
/// Every method that changes something returns only after the change would survive a power cut.
pub trait Fleet: Send + Sync {
    /// The server's own id, drawn when the store was first opened and kept for ever.
    fn server_id(&self) -> ServerId;

    /// What this server vouches with for what it sends. It stays the same for as long as the server is the same, over
    /// backup and restore.
    fn voucher_key(&self) -> VoucherKey;

    /// What this server signs certificates with and opens sealed files with. They stay as the voucher key does.
    fn service_keys(&self) -> ServiceKeys;

    /// Every unit, in ascending order of id.
    fn units(&self) -> Result<Vec<Unit>, RegistryError>;

    /// The unit of this id.
    fn unit(&self, id: &UnitId) -> Result<Option<Unit>, RegistryError>;

    /// Adds a unit. [`RegistryError::Exists`] when its id is taken.
    fn add_unit(&self, unit: &Unit) -> Result<(), RegistryError>;

    /// Every device that was ever enrolled, revoked ones included, in ascending order of id.
    fn devices(&self) -> Result<Vec<Device>, RegistryError>;

    /// The device of this id.
    fn device(&self, id: DeviceId) -> Result<Option<Device>, RegistryError>;

    /// Keeps a code under which one device may enrol. [`RegistryError::Unknown`] when its unit does not exist.
    fn issue_code(&self, code: &EnrolmentCode) -> Result<(), RegistryError>;

    /// Uses a code up and enrols `device` under `id`, which is that of its key. One that was enrolled before, revoked
    /// or not, is the same device: it is active now, in the code's unit.
    ///
    /// The same device (the same public key) may repeat this until the code expires and gets the same answer, since
    /// the first answer can be lost on the way. [`RegistryError::Code`] for a code that is unknown, expired or used
    /// by another device: one error, so that nobody can learn which.
    fn enrol(
        &self,
        code: &CodeHash,
        device: &NewDevice,
        id: DeviceId,
        now: UnixMillis,
    ) -> Result<Enrolled, RegistryError>;

    /// Ends a device's access. A second time changes nothing. [`RegistryError::Unknown`] when there is none.
    fn revoke_device(&self, id: DeviceId, now: UnixMillis) -> Result<Device, RegistryError>;

    /// The tours planned for a day, by unit and start.
    fn plan(&self, day: OperationalDay) -> Result<Vec<PlannedShift>, RegistryError>;

    /// Moves a device to another unit: from now on it reads and writes for that one. What it wrote stays where it is.
    fn move_device(&self, id: DeviceId, unit: &UnitId) -> Result<Device, RegistryError>;

    /// Plans a tour. The same unit, day and start replaces what was planned.
    fn add_plan(&self, shift: &PlannedShift) -> Result<(), RegistryError>;

    /// Takes back what was planned for this unit, day and start. [`RegistryError::Unknown`] when there is nothing.
    fn remove_plan(&self, shift: &PlannedShift) -> Result<(), RegistryError>;
}

/// People who may look at the dashboard or run the service.
pub trait Accounts: Send + Sync {
    /// Every account, in ascending order of name.
    fn accounts(&self) -> Result<Vec<Account>, RegistryError>;

    /// The account of this name.
    fn account(&self, name: &AccountName) -> Result<Option<Account>, RegistryError>;

    /// Adds an account. [`RegistryError::Exists`] when its name is taken.
    fn add_account(&self, account: &Account) -> Result<(), RegistryError>;

    /// Keeps an account in place of the one of its name. [`RegistryError::Unknown`] when there is none.
    fn change_account(&self, account: &Account) -> Result<(), RegistryError>;

    /// Keeps a sign-in under the hash of its token, in place of what was there.
    fn put_sign_in(&self, token: &TokenHash, sign_in: &SignIn) -> Result<(), RegistryError>;

    /// The sign-in of this token. Whether it is still valid is the caller's question.
    fn sign_in(&self, token: &TokenHash) -> Result<Option<SignIn>, RegistryError>;

    /// Forgets a sign-in.
    fn remove_sign_in(&self, token: &TokenHash) -> Result<(), RegistryError>;

    /// Forgets every sign-in last used before `before`; how many there were.
    fn sweep_sign_ins(&self, before: UnixMillis) -> Result<usize, RegistryError>;
}

/// Who did what to which id, when. Entries are added and read, never changed.
pub trait AuditLog: Send + Sync {
    /// Appends an entry.
    fn append_audit(&self, entry: &AuditEntry) -> Result<(), RegistryError>;

    /// The newest entries first, at most `limit`.
    fn audit(&self, limit: usize) -> Result<Vec<AuditEntry>, RegistryError>;
}

/// An entry as it lies in the store: its key and its value, which is JSON but for the server's own keys.
pub type Entry = (Vec<u8>, Vec<u8>);

/// The registry as it travels in a backup: whole entries, which no reader needs to understand.
pub trait Transfer: Fleet {
    /// The entries after a key, in order, at most `limit`. Sign-ins and enrolment codes are not among them: what was
    /// ended or used must not come back with a backup. Neither is the server's id.
    fn entries_after(&self, after: Option<&[u8]>, limit: usize) -> Result<Vec<Entry>, RegistryError>;

    /// Puts entries that [`Transfer::entries_after`] gave. [`RegistryError::Damaged`] for others; nothing of them was
    /// put then.
    fn put_entries(&self, entries: &[Entry]) -> Result<(), RegistryError>;
}

/// Everything the server keeps about its own service.
pub trait Registry: Fleet + Accounts + AuditLog {}

impl<T: Fleet + Accounts + AuditLog> Registry for T {}

/// Ways the registry can fail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The id or name is taken. Nothing was changed.
    #[error("there is already a {what} {id}")]
    Exists {
        /// What kind of thing.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// There is nothing of this id. Nothing was changed.
    #[error("there is no {what} {id}")]
    Unknown {
        /// What kind of thing.
        what: &'static str,
        /// The id looked for.
        id: String,
    },
    /// The enrolment code is not valid: unknown, expired or used.
    #[error("the enrolment code is not valid")]
    Code,
    /// A text is longer than [`TEXT_BYTES_MAX`], or empty where it may not be. Nothing was changed.
    #[error("{what} must be 1 to {max} bytes")]
    Text {
        /// Which text.
        what: &'static str,
        /// The limit in bytes.
        max: usize,
    },
    /// A planned tour ends before it starts or lasts more than a day. Nothing was changed.
    #[error("a planned tour must end after it starts, within 24 hours")]
    Span,
    /// What is stored does not read as it should. It was left as it is.
    #[error("a stored {what} does not read")]
    Damaged {
        /// What kind of thing.
        what: &'static str,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] KvError),
}
