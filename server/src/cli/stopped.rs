//! What is done while no server runs on the data folder: restore, compact; and checking a backup, which needs none.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use jisr_durable_kv::{KvError, SledOptions};
use jisr_locales::{Arg, Lang, tr};
use jisr_sync_core::time::ServiceZone;
use serde_json::json;

use super::args::{Place, Restore};
use super::bar::Bar;
use super::{Failure, print};
use crate::admin::{BackupLine, OrderError};
use crate::backup::{Destination, RestoreError, check_file};
use crate::compact::CompactError;
use crate::state::system_clock;

/// A bar for work that Ctrl-C stops in order.
fn stoppable(lang: Lang, json: bool) -> Result<Arc<Bar>, Failure> {
    let bar = Bar::new(lang, json);
    bar.stop_when_told().map_err(|error| Failure::other(&error))?;
    Ok(bar)
}

/// Checks a backup and says what it holds.
pub fn verify_file(lang: Lang, file: &Path, json: bool) -> Result<ExitCode, Failure> {
    let bar = stoppable(lang, json)?;
    let checked = check_file(file, &*bar);
    bar.clear();
    let summary = checked.map_err(|error| Failure::of_order(error.into(), file))?;
    let line = BackupLine::of(file, &summary);
    if json {
        say!("{}", serde_json::to_value(&line).unwrap_or_default());
    } else {
        print::print_backup(lang, "server-backup-sound", &line);
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes a server of a backup.
pub fn restore(lang: Lang, restore: &Restore) -> Result<ExitCode, Failure> {
    let (file, folder) = (&restore.file, restore.place.data.as_path());
    let zone = ServiceZone::morocco().map_err(|error| Failure::other(&error))?;
    let options = SledOptions::server();
    let into = Destination { folder, replace: restore.replace, options: &options, now: system_clock()() };
    let bar = stoppable(lang, restore.place.json)?;
    let restored = crate::backup::restore(file, &into, &zone, &*bar);
    bar.clear();
    let restored = restored.map_err(|error| of_restore(error, folder))?;
    let line = BackupLine::of(file, &restored.loaded.summary);
    let aside = restored.aside.map(|aside| aside.display().to_string());
    if restore.place.json {
        say!("{}", json!({ "backup": line, "documents": restored.loaded.documents, "aside": aside }));
        return Ok(ExitCode::SUCCESS);
    }
    print::print_backup(lang, "server-restored", &line);
    if let Some(aside) = &aside {
        say!("{}", tr(lang, "server-restored-aside", &[("folder", Arg::from(aside))]));
    }
    let shown = folder.display().to_string();
    say!("{}", tr(lang, "server-restored-next", &[("folder", Arg::from(&shown))]));
    Ok(ExitCode::SUCCESS)
}

fn of_restore(error: RestoreError, folder: &Path) -> Failure {
    match error {
        RestoreError::Exists => Failure::in_folder("server-fail-restore-exists", folder, 3),
        RestoreError::Foreign { found } => {
            Failure::in_folder("server-fail-restore-foreign", folder, 3).and("what", found.display().to_string())
        }
        RestoreError::Backup(error) => Failure::of_order(OrderError::from(error), folder),
        RestoreError::Store(KvError::InUse) => Failure::in_folder("server-fail-serving", folder, 4),
        RestoreError::Store(error) => Failure::of_store(&error, folder),
        RestoreError::Io(error) => Failure::other(&error),
    }
}

/// Writes the store anew.
pub fn compact(lang: Lang, place: &Place) -> Result<ExitCode, Failure> {
    let folder = place.data.as_path();
    Failure::unless_store_in(folder)?;
    let bar = stoppable(lang, place.json)?;
    let done = crate::compact::compact(folder, &SledOptions::server(), &*bar, &mut |_| true);
    bar.clear();
    let done = done.map_err(|error| match error {
        CompactError::Store(KvError::InUse) => Failure::in_folder("server-fail-serving", folder, 4),
        CompactError::Store(error) => Failure::of_store(&error, folder),
        CompactError::Stopped(_) => Failure::stopped(),
        error => Failure::other(&error),
    })?;
    if place.json {
        say!("{}", serde_json::to_value(done).unwrap_or_default());
        return Ok(ExitCode::SUCCESS);
    }
    let (before, after) = (done.bytes_before.div_ceil(1024), done.bytes_after.div_ceil(1024));
    say!("{}", tr(lang, "server-compacted", &[("before", Arg::from(before)), ("after", Arg::from(after))]));
    Ok(ExitCode::SUCCESS)
}
