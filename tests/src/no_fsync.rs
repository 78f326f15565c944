//! A library that makes a program's fsync do nothing, for tests that show that they would notice.
//!
//! Put before the system's library with `LD_PRELOAD`, it leaves the program as it is shipped. What the engine does by
//! itself (`sync_file_range`) goes on. Made with the C compiler that Rust links with.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};
use tempfile::TempDir;

const SOURCE: &str =
    "int fsync(int file) { (void)file; return 0; }\nint fdatasync(int file) { (void)file; return 0; }\n";

struct Library {
    path: PathBuf,
    _folder: TempDir,
}

/// Where the library is. It stays until this process ends.
///
/// # Errors
/// When there is no C compiler.
pub fn library() -> Result<&'static Path> {
    static BUILT: OnceLock<std::result::Result<Library, String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build().map_err(|error| format!("{error:#}")));
    built.as_ref().map(|library| library.path.as_path()).map_err(|error| anyhow!("{error}"))
}

fn build() -> Result<Library> {
    let folder = tempfile::Builder::new().prefix("jisr-no-fsync").tempdir()?;
    let (source, path) = (folder.path().join("no_fsync.c"), folder.path().join("no_fsync.so"));
    std::fs::write(&source, SOURCE)?;
    let mut command = Command::new("cc");
    command.args(["-shared", "-fPIC", "-o"]).arg(&path).arg(&source);
    let output = command.output().context("the C compiler cannot be run")?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(Library { path, _folder: folder })
}
