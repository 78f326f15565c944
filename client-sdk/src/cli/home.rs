//! Where a device's records lie: the folder that was named, or that of the user's data.
//!
//! Everything in it is the user's alone from its making on: records are about people.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::failure::{EXIT_STORE, Failure, Own};

/// Where earlier versions kept the store when nobody named a folder: in whatever folder they were run in.
pub(super) const ONCE_DEFAULT: &str = "jisr-data";

/// Keeps every file and folder this process makes to the user. To be called before there are threads.
pub(super) fn keep_to_the_user() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// The store's folder: `named`, or else `jisr` in the user's data folder (`$XDG_DATA_HOME`, `~/.local/share`).
///
/// A store that lies where earlier versions looked for it is told and left alone: nothing is begun beside it.
pub(super) fn store(named: Option<PathBuf>) -> Result<PathBuf, Failure> {
    if let Some(named) = named {
        return Ok(named);
    }
    let strategy = etcetera::choose_base_strategy().map_err(|_| Own::new("no-home", EXIT_STORE))?;
    let default = strategy.data_dir().join("jisr");
    let here = std::env::current_dir().unwrap_or_default().join(ONCE_DEFAULT);
    if holds_a_store(&here) && !holds_a_store(&default) {
        let (old, new) = (here.display().to_string(), default.display().to_string());
        return Err(Own::new("store-elsewhere", EXIT_STORE).what(old).meant(new).into());
    }
    Ok(default)
}

/// Takes a store's folder from everybody but the user, also one that was made by an earlier version.
pub(super) fn close_to_others(folder: &Path) {
    #[cfg(unix)]
    if holds_a_store(folder) {
        use std::os::unix::fs::PermissionsExt;
        // Of a folder that is somebody else's the opening says more.
        let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
    }
}

fn holds_a_store(folder: &Path) -> bool {
    folder.join("engine").is_dir()
}
