//! A server from a backup: checked whole before anything is touched, built beside, checked again, put in place in one
//! step.
//!
//! Its logs are another life of those that were backed up: the new store draws their epochs anew, so that every device
//! notices and brings back what the backup lacks of its own. It never deletes a store that was there.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jisr_durable_kv::{Claim, Kv, KvError, SledKv, SledOptions};
use jisr_sync_core::time::{ServiceZone, UnixMillis};

use super::file::write_small;
use super::load::{Loaded, load};
use super::pattern::stamp;
use super::read::Summary;
use super::{BackupError, check_file};
use crate::assemble::store_in;
use crate::config;
use crate::progress::Watch;
use crate::registry::{AuditEntry, AuditLog, Deed, KvRegistry};
use crate::storage::KvStorage;
use crate::swap::{building_in, clear_building, put_in_place};

/// A restored server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What was put back.
    pub loaded: Loaded,
    /// Where the store is that was there before, if there was one.
    pub aside: Option<PathBuf>,
}

/// Where a backup is to be restored, and how.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// The data folder.
    pub folder: &'a Path,
    /// Whether a store that is there may be moved aside.
    pub replace: bool,
    /// How the new store is opened.
    pub options: &'a SledOptions,
    /// The time by the server's clock.
    pub now: UnixMillis,
}

/// Ways a restore can fail. What was there before is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// There is a store already, and it was not said to replace it.
    #[error("there is a store already")]
    Exists,
    /// The folder holds other things than a server's.
    #[error("the folder holds something else: {}", found.display())]
    Foreign {
        /// The first of them.
        found: PathBuf,
    },
    /// The backup is not sound, or could not be put into the new store.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A store failed: [`KvError::InUse`] when the one to be replaced is served.
    #[error(transparent)]
    Store(#[from] KvError),
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Makes a server of a backup.
///
/// # Errors
/// When the file is not sound, the folder is not free, the new store could not be built, or whoever watches asked to stop.
pub fn restore(
    file: &Path,
    into: &Destination<'_>,
    zone: &ServiceZone,
    watch: &dyn Watch,
) -> Result<Restored, RestoreError> {
    let summary = check_file(file, watch)?;
    let place = store_in(into.folder);
    let there = place.try_exists()?;
    if there && !into.replace {
        return Err(RestoreError::Exists);
    }
    make_folder(into.folder)?;
    if !there {
        check_empty(into.folder)?;
    }
    // Nobody may open the old store until the new one has its name.
    let claim = if there { Some(Claim::of(&place)?) } else { None };
    clear_building(into.folder)?;
    let built = build(file, into, zone, (&summary, watch));
    if built.is_err() {
        clear_building(into.folder)?;
    }
    let loaded = built?;
    let config = config::file_in(into.folder);
    match &loaded.config {
        Some(text) if !config.try_exists()? => write_small(&config, text.as_bytes())?,
        _ => {}
    }
    let aside = into.folder.join(format!("store.before-restore-{}", stamp(into.now)));
    put_in_place(into.folder, &aside)?;
    drop(claim);
    Ok(Restored { loaded, aside: there.then_some(aside) })
}

/// Makes the folder for the server's user alone, so that a power cut does not take it away again.
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    match folder.parent() {
        Some(parent) if parent != Path::new("") => fs::File::open(parent)?.sync_all(),
        _ => Ok(()),
    }
}

/// Refuses a folder with anything in it but a configuration and what an earlier restore or a server left.
fn check_empty(folder: &Path) -> Result<(), RestoreError> {
    let known = [config::file_in(folder), building_in(folder), crate::lease::file_in(folder)];
    for entry in fs::read_dir(folder)? {
        let found = entry?.path();
        if !known.contains(&found) {
            return Err(RestoreError::Foreign { found });
        }
    }
    Ok(())
}

/// Builds and checks the new store, and closes it.
fn build(
    file: &Path,
    into: &Destination<'_>,
    zone: &ServiceZone,
    (checked, watch): (&Summary, &dyn Watch),
) -> Result<Loaded, RestoreError> {
    let kv: Arc<dyn Kv> = Arc::new(SledKv::open(building_in(into.folder), into.options.clone())?);
    let mut rng = rand::rng();
    let registry = KvRegistry::open_as(kv.clone(), checked.header.server, &mut rng).map_err(BackupError::from)?;
    let storage = KvStorage::open(kv, &mut rng).map_err(BackupError::from)?;
    let loaded = load(file, &storage, &registry, zone, watch)?;
    if loaded.summary != *checked {
        // Somebody wrote the file anew between the two readings.
        return Err(io::Error::new(ErrorKind::InvalidData, "the backup changed while it was read").into());
    }
    let target = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let entry = AuditEntry { at: into.now, by: None, deed: Deed::Restored, target, because: None };
    registry.append_audit(&entry).map_err(BackupError::from)?;
    Ok(loaded)
}
