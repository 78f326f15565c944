//! What whoever runs the server can order, the same whether it is running or not.
//!
//! [`perform`] does it. The command line calls it on a store it opened itself, or sends the [`Order`] through the
//! running server's [`socket`], which only the server's own user can open.

mod accounts;
mod aside;
mod backup;
mod called;
mod refusal;
pub mod socket;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jisr_sync_core::activity::DailyActivity;
use jisr_sync_core::id::{DeviceId, DocumentId, ProvinceId, ScopeId, UnitId};
use jisr_sync_core::sync::CarryFileError;
use jisr_sync_core::sync::limits::CARRY_FILE_BYTES_MAX;
use jisr_sync_core::time::{OperationalDay, UnixMillis};
use serde::{Deserialize, Serialize};

pub use accounts::AccountLine;

use crate::access::Viewer;
use crate::asides::{self, Decided};
use crate::merge::Relocated;
use crate::ports::{
    AsideFilter, AsidePage, AsideView, BackupOrder, CarryError, CarryOutcome, RecordsError, Verification,
};
use crate::progress::Watch;
use crate::registry::{
    Account, AccountName, CODE_HOURS_VALID, CodeSecret, Deed, Device, EnrolmentCode, PlannedShift, RegistryError, Unit,
};
use crate::state::AppState;
use crate::storage::AsideName;

pub use backup::{BackupLine, BackupTrouble};
pub use refusal::Refusal;

/// How many changes that were not let in are listed.
pub const SET_ASIDE_MAX: usize = 1_000;

/// Something to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "order", content = "with", rename_all = "kebab-case")]
pub enum Order {
    /// Add a unit.
    AddUnit {
        /// The unit.
        unit: Unit,
        /// Whether its province may be one that nobody has named before.
        new_province: bool,
    },
    /// List the units.
    Units,
    /// Issue a code for a device of a unit.
    Enrol {
        /// The unit.
        unit: UnitId,
        /// What the device will be called.
        device: String,
    },
    /// List the devices.
    Devices,
    /// End the access of the device of this name, or of an id that begins so.
    Revoke(String),
    /// Move a device to another unit.
    MoveDevice {
        /// The device.
        device: DeviceId,
        /// The unit.
        unit: UnitId,
    },
    /// List changes that were delivered and not let in, newest first.
    SetAside {
        /// Which.
        filter: AsideFilter,
        /// Only those of this unit.
        unit: Option<UnitId>,
    },
    /// Show one of them.
    ShowAside(AsideName),
    /// Decide about some of them.
    DecideAside {
        /// Whether to let them in; otherwise they are discarded.
        release: bool,
        /// Which.
        asides: Vec<AsideName>,
        /// Why.
        because: String,
    },
    /// Move a record to another unit or province.
    Move {
        /// The record.
        record: DocumentId,
        /// The scope it is to be in.
        to: ScopeId,
    },
    /// Take in a carry file: its path, as the server's own user reads it.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Add an account; its password is hashed already.
    AddAccount(Account),
    /// List the accounts.
    Accounts,
    /// End an account's access, and the sign-ins it has.
    DisableAccount(AccountName),
    /// Give an account another password, hashed already, and its access back if it had been ended.
    ResetPassword {
        /// Whose.
        name: AccountName,
        /// The hash.
        password_hash: String,
    },
    /// Plan tours.
    Plan(Vec<PlannedShift>),
    /// Take planned tours back.
    Unplan(Vec<ToUnplan>),
    /// List the tours of a day.
    Planned(OperationalDay),
    /// Show a day.
    Activity {
        /// The day; today when absent.
        day: Option<OperationalDay>,
        /// One unit only.
        unit: Option<UnitId>,
        /// One province only.
        province: Option<ProvinceId>,
    },
    /// Check the store; with `repair`, build what follows from the logs anew.
    Verify {
        /// Whether to repair.
        repair: bool,
    },
    /// Make a backup.
    BackUp(BackupOrder),
}

/// Which planned tours are to be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToUnplan {
    /// The unit.
    pub unit: UnitId,
    /// The day.
    pub day: OperationalDay,
    /// The one that was to start then; all of the day when absent.
    pub start: Option<UnixMillis>,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "with", rename_all = "kebab-case")]
pub enum Outcome {
    /// It is done, and would survive a power cut.
    Done,
    /// The units.
    Units(Vec<Unit>),
    /// A code, shown once.
    Enrolment(Enrolment),
    /// The devices.
    Devices(Vec<DeviceLine>),
    /// The device whose access was ended, and whether it had been ended before.
    Revoked {
        /// Which.
        device: Device,
        /// Whether nothing was changed.
        before: bool,
    },
    /// The accounts.
    Accounts(Vec<AccountLine>),
    /// Changes that were delivered and not let in.
    SetAside(AsidePage),
    /// One of them.
    Aside(Box<AsideView>),
    /// What came of a decision about some of them.
    Decided(Vec<Decided>),
    /// The tours of a day.
    Planned(Vec<PlannedShift>),
    /// The tours that are no longer planned.
    Unplanned(Vec<PlannedShift>),
    /// A day.
    Activity(Box<Shown>),
    /// What a check found.
    Verified(Verification),
    /// A backup that was made.
    BackedUp(BackupLine),
    /// What came in a carry file.
    Imported(CarryOutcome),
}

/// A day and the units it is made of, for their names.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    /// The day.
    pub activity: DailyActivity,
    /// The units.
    pub units: Vec<Unit>,
}

/// A code for one device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Enrolment {
    /// The code, as people read it.
    pub code: String,
    /// The address of the server with the code behind `#`, which browsers do not send: for a QR.
    pub url: String,
    /// The unit.
    pub unit: UnitId,
    /// Until when it may be used.
    pub expires_at: UnixMillis,
}

/// A device in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeviceLine {
    /// The device.
    pub device: Device,
    /// When it last spoke with the server. `None`: never.
    pub last_contact: Option<UnixMillis>,
    /// How many records it declared to be waiting on it. `None`: it has not said.
    pub waiting: Option<u64>,
}

impl OrderError {
    /// A refusal about an id or a limit.
    pub fn refused(why: Refusal, about: impl Into<String>) -> Self {
        Self::Refused { why, about: about.into() }
    }
}

/// Ways an order can fail. What was kept before is safe in every case.
#[derive(Debug, Clone, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "failure", content = "what", rename_all = "kebab-case")]
pub enum OrderError {
    /// The order cannot be followed as given. Nothing was changed.
    #[error("refused: {why:?}")]
    Refused {
        /// Why.
        why: Refusal,
        /// The id or the limit it is about, or nothing.
        about: String,
    },
    /// The disk is full. Nothing was changed.
    #[error("the disk is full")]
    Full,
    /// What is stored is not what was written. Nothing was changed.
    #[error("{0}")]
    Damaged(String),
    /// The store failed.
    #[error("{0}")]
    Failed(String),
    /// Whoever watches asked to stop, or went away. Everything is as it was.
    #[error("it was stopped")]
    Stopped,
    /// Something about a backup file.
    #[error("{file}: {what}")]
    Backup {
        /// What kind of trouble.
        trouble: BackupTrouble,
        /// Which file.
        file: String,
        /// What is wrong.
        what: String,
    },
}

impl From<RegistryError> for OrderError {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Store(jisr_durable_kv::KvError::Full) => Self::Full,
            RegistryError::Damaged { .. } => Self::Damaged(error.to_string()),
            RegistryError::Store(ref cause) => Self::Failed(cause.to_string()),
            RegistryError::Exists { id, .. } => Self::refused(Refusal::Exists, id),
            RegistryError::Unknown { id, .. } => Self::refused(Refusal::Unknown, id),
            RegistryError::Text { max, .. } => Self::refused(Refusal::Text, max.to_string()),
            RegistryError::Span => Self::refused(Refusal::Span, ""),
            RegistryError::Code => Self::Failed(error.to_string()),
        }
    }
}

impl From<RecordsError> for OrderError {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::Full => Self::Full,
            RecordsError::Damaged(what) => Self::Damaged(what),
            RecordsError::Unavailable(what) => Self::Failed(what),
            RecordsError::Stopped(_) => Self::Stopped,
        }
    }
}

impl From<CarryError> for OrderError {
    fn from(error: CarryError) -> Self {
        let what = error.to_string();
        match error {
            CarryError::File(CarryFileError::Newer) => Self::refused(Refusal::FileNewer, ""),
            CarryError::File(CarryFileError::Cut { .. } | CarryFileError::Damaged | CarryFileError::Sealed) => {
                Self::refused(Refusal::FileDamaged, what)
            }
            CarryError::File(_) => Self::refused(Refusal::FileForeign, what),
            CarryError::OtherServer => Self::refused(Refusal::FileOtherServer, ""),
            CarryError::Busy { .. } | CarryError::Unavailable(_) => Self::Failed(what),
        }
    }
}

/// Does what was ordered. Changes stand in the audit log under nobody's account: whoever has the server's own user.
/// `watch` is told how far what takes long has come.
///
/// # Errors
/// Why not.
pub fn perform(state: &AppState, order: Order, watch: &Arc<dyn Watch>) -> Result<Outcome, OrderError> {
    let registry = &*state.registry;
    let note = |deed, target: String| state.audit(&Viewer::Anonymous, deed, target);
    match order {
        Order::AddUnit { unit, new_province } => {
            if !new_province {
                called::province(registry, &unit.province)?;
            }
            registry.add_unit(&unit)?;
            note(Deed::UnitAdded, unit.id.to_string())?;
        }
        Order::AddAccount(account) => {
            called::territory(registry, &account.territory)?;
            registry.add_account(&account)?;
            note(Deed::AccountAdded, account.name.to_string())?;
        }
        Order::DisableAccount(name) => accounts::disable(state, &name)?,
        Order::ResetPassword { name, password_hash } => accounts::reset(state, &name, password_hash)?,
        Order::Revoke(called) => return revoke(state, &called),
        Order::Accounts => return accounts::list(state),
        Order::Plan(shifts) => {
            for shift in &shifts {
                registry.add_plan(shift)?;
                note(Deed::TourPlanned, format!("{} {}", shift.unit, shift.day))?;
            }
        }
        Order::Move { record, to } => relocate(state, record, &to)?,
        Order::Unplan(tours) => return unplan(state, &tours),
        Order::Units => return Ok(Outcome::Units(registry.units()?)),
        Order::Planned(day) => return Ok(Outcome::Planned(registry.plan(day)?)),
        Order::Import { file } => return import(state, &file, &**watch),
        Order::Enrol { unit, device } => return enrol(state, unit, device),
        Order::Devices => return devices(state),
        Order::MoveDevice { device, unit } => {
            registry.move_device(device, &unit)?;
            note(Deed::DeviceMoved, format!("{device} {unit}"))?;
        }
        Order::SetAside { filter, unit } => {
            let filter = AsideFilter { limit: filter.limit.clamp(1, SET_ASIDE_MAX), ..filter };
            let of_unit = |scope: &ScopeId, author| {
                unit.as_ref().is_none_or(|unit| asides::is_of_unit(state, unit, scope, author))
            };
            return Ok(Outcome::SetAside(state.records.set_aside(&filter, &of_unit, state.now())?));
        }
        Order::ShowAside(name) => return aside::show(state, &name),
        Order::DecideAside { release, asides, because } => return aside::decide(state, release, &asides, &because),
        Order::Activity { day, unit, province } => return activity(state, day, unit.as_ref(), province.as_ref()),
        Order::BackUp(order) => return backup::back_up(state, &order, &**watch),
        Order::Verify { repair } => return Ok(Outcome::Verified(state.records.verify(repair, watch.clone())?)),
    }
    Ok(Outcome::Done)
}

/// Moves a record to a unit or province that exists.
fn relocate(state: &AppState, record: DocumentId, to: &ScopeId) -> Result<(), OrderError> {
    let exists = |unit: &Unit| match to {
        ScopeId::Unit(id) => unit.id == *id,
        ScopeId::Province(id) => unit.province == *id,
    };
    if !state.registry.units()?.iter().any(exists) {
        return Err(OrderError::refused(Refusal::Unknown, to.to_string()));
    }
    match state.records.relocate(record, to.clone(), state.now())? {
        Relocated::Moved => Ok(state.audit(&Viewer::Anonymous, Deed::RecordMoved, record.to_string())?),
        Relocated::Already => Ok(()),
        Relocated::Unknown => Err(OrderError::refused(Refusal::Unknown, record.to_string())),
        Relocated::WrongKind => Err(OrderError::refused(Refusal::Scope, to.to_string())),
    }
}

/// Takes back whatever of it is planned; refuses when nothing of it is.
fn unplan(state: &AppState, tours: &[ToUnplan]) -> Result<Outcome, OrderError> {
    let mut planned = Vec::new();
    for asked in tours {
        let meant =
            |shift: &PlannedShift| shift.unit == asked.unit && asked.start.is_none_or(|start| start == shift.start);
        planned.extend(state.registry.plan(asked.day)?.into_iter().filter(meant));
    }
    if let (true, Some(first)) = (planned.is_empty(), tours.first()) {
        return Err(OrderError::refused(Refusal::NotPlanned, format!("{} {}", first.unit, first.day)));
    }
    for shift in &planned {
        state.registry.remove_plan(shift)?;
        state.audit(&Viewer::Anonymous, Deed::TourUnplanned, format!("{} {}", shift.unit, shift.day))?;
    }
    Ok(Outcome::Unplanned(planned))
}

fn enrol(state: &AppState, unit: UnitId, device_name: String) -> Result<Outcome, OrderError> {
    let secret = CodeSecret::random(&mut rand::rng());
    let expires_at = UnixMillis(state.now().0 + i64::from(CODE_HOURS_VALID) * 3_600_000);
    let code = EnrolmentCode { hash: secret.hash(), unit: unit.clone(), device_name, issued_by: None, expires_at };
    state.registry.issue_code(&code)?;
    state.audit(&Viewer::Anonymous, Deed::CodeIssued, unit.to_string())?;
    let code = secret.spell();
    let url = format!("{}/enrol#{code}", state.settings.public_url);
    Ok(Outcome::Enrolment(Enrolment { code, url, unit, expires_at }))
}

fn revoke(state: &AppState, called: &str) -> Result<Outcome, OrderError> {
    let device = called::device(&*state.registry, called)?;
    if !device.is_active() {
        return Ok(Outcome::Revoked { device, before: true });
    }
    let device = state.registry.revoke_device(device.id, state.now())?;
    state.audit(&Viewer::Anonymous, Deed::DeviceRevoked, device.id.to_string())?;
    Ok(Outcome::Revoked { device, before: false })
}

fn import(state: &AppState, file: &Path, watch: &dyn Watch) -> Result<Outcome, OrderError> {
    let unreadable = |error: std::io::Error| OrderError::refused(Refusal::FileUnreadable, error.to_string());
    let mut bytes = Vec::new();
    let longest = CARRY_FILE_BYTES_MAX as u64 + 1;
    std::fs::File::open(file).and_then(|file| file.take(longest).read_to_end(&mut bytes)).map_err(unreadable)?;
    let outcome = state.exchange.carry(&bytes, None, watch)?;
    state.audit(&Viewer::Anonymous, Deed::FileImported, format!("{} envelopes", outcome.envelopes))?;
    Ok(Outcome::Imported(outcome))
}

fn devices(state: &AppState) -> Result<Outcome, OrderError> {
    let contacts = state.records.contacts()?;
    let lines = state.registry.devices()?.into_iter().map(|device| {
        let contact = contacts.iter().find(|contact| contact.device == device.id);
        DeviceLine {
            last_contact: contact.and_then(|contact| contact.last_contact),
            waiting: contact.and_then(|contact| contact.waiting),
            device,
        }
    });
    Ok(Outcome::Devices(lines.collect()))
}

fn activity(
    state: &AppState,
    day: Option<OperationalDay>,
    unit: Option<&UnitId>,
    province: Option<&ProvinceId>,
) -> Result<Outcome, OrderError> {
    let now = state.now();
    let day = day.or_else(|| state.zone.night_day_of(now));
    let day = day.ok_or_else(|| OrderError::Failed("the clock is outside the calendar".to_owned()))?;
    if let Some(id) = unit {
        state.registry.unit(id)?.ok_or_else(|| RegistryError::Unknown { what: "unit", id: id.to_string() })?;
    }
    if let Some(id) = province {
        called::province(&*state.registry, id)?;
    }
    let mut units = state.registry.units()?;
    units.retain(|u| unit.is_none_or(|id| u.id == *id) && province.is_none_or(|id| u.province == *id));
    let activity = state.records.day(day, &units, now)?.activity;
    Ok(Outcome::Activity(Box::new(Shown { activity, units })))
}
