//! Backups as orders: what is told about one, and what can be wrong with it.

use std::path::Path;

use jisr_sync_core::sync::ServerId;
use jisr_sync_core::time::UnixMillis;
use serde::{Deserialize, Serialize};

use super::{OrderError, Outcome, Refusal};
use crate::access::Viewer;
use crate::backup::{BackupError, Fault, Made, PatternError, Summary};
use crate::ports::{BackupOrder, RecordsError};
use crate::progress::Watch;
use crate::registry::Deed;
use crate::state::AppState;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupLine {
    /// Where it is.
    pub file: String,
    /// The server whose data it is.
    pub server: ServerId,
    /// When it was made, by the server's clock.
    pub made_at: UnixMillis,
    /// Length of the file, in bytes.
    pub bytes: u64,
    /// How many logs it holds.
    pub scopes: u64,
    /// How many records these have.
    pub records: u64,
    /// How many changes that were not let in.
    pub set_aside: u64,
    /// Older backups that were removed.
    pub removed: Vec<String>,
}

impl BackupLine {
    /// What the backup in `file` holds.
    pub fn of(file: &Path, summary: &Summary) -> Self {
        Self {
            file: file.display().to_string(),
            server: summary.header.server,
            made_at: summary.header.made_at,
            bytes: summary.bytes,
            scopes: summary.heads.len() as u64,
            records: summary.records,
            set_aside: summary.set_aside,
            removed: Vec::new(),
        }
    }
}

impl From<Made> for BackupLine {
    fn from(made: Made) -> Self {
        let removed = made.removed.iter().map(|file| file.display().to_string()).collect();
        Self { removed, ..Self::of(&made.file, &made.summary) }
    }
}

/// What can be wrong about a backup file. Its code ends the key of its sentence in the locale files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackupTrouble {
    /// It could not be written.
    Unwritten,
    /// Something else lies where it would.
    Occupied,
    /// It is not sound.
    Unsound,
    /// A newer version made it.
    Newer,
    /// It reads, and what it holds does not agree.
    Disagrees,
}

impl BackupTrouble {
    /// The key of its sentence, and what the program ends with.
    pub const fn key_and_exit(self) -> (&'static str, u8) {
        match self {
            Self::Unwritten => ("server-fail-backup-unwritten", 70),
            Self::Occupied => ("server-fail-backup-occupied", 3),
            Self::Unsound => ("server-fail-backup-unsound", 5),
            Self::Newer => ("server-fail-backup-newer", 70),
            Self::Disagrees => ("server-fail-backup-disagrees", 5),
        }
    }

    fn about(self, file: &Path, what: &impl ToString) -> OrderError {
        OrderError::Backup { trouble: self, file: file.display().to_string(), what: what.to_string() }
    }
}

impl From<PatternError> for OrderError {
    fn from(_: PatternError) -> Self {
        Self::refused(Refusal::Pattern, "")
    }
}

impl From<BackupError> for OrderError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Unsound { file, fault: fault @ Fault::NewerFormat { .. } } => {
                BackupTrouble::Newer.about(&file, &fault)
            }
            BackupError::Unsound { file, fault } => BackupTrouble::Unsound.about(&file, &fault),
            BackupError::Unwritten { file, source } => BackupTrouble::Unwritten.about(&file, &source),
            BackupError::Occupied { file } => BackupTrouble::Occupied.about(&file, &""),
            BackupError::Storage(error) => RecordsError::from(error).into(),
            BackupError::Registry(error) => error.into(),
            BackupError::Stopped(_) => Self::Stopped,
            BackupError::Pattern(error) => error.into(),
            BackupError::Unmarked(_) => Self::Failed(error.to_string()),
            BackupError::Disagrees { .. } => BackupTrouble::Disagrees.about(Path::new(""), &error),
        }
    }
}

/// Makes a backup and notes it in the audit log.
pub(super) fn back_up(state: &AppState, order: &BackupOrder, watch: &dyn Watch) -> Result<Outcome, OrderError> {
    let made = state.records.back_up(order, state.now(), watch)?;
    let name = made.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    state.audit(&Viewer::Anonymous, Deed::BackedUp, name)?;
    Ok(Outcome::BackedUp(made.into()))
}
