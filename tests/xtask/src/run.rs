//! Starting programs, with one build folder for all of them.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The workspace's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// A folder of this project under the user's cache, where builds and tools outlive a checkout.
pub fn cache(name: &str) -> PathBuf {
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))
        .unwrap_or_else(env::temp_dir);
    base.join("jisr").join(name)
}

/// Runs cargo in the workspace.
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Result<()> {
    cargo_with(arguments, &[])
}

/// Runs cargo in the workspace with `more` arguments after the first ones.
pub fn cargo_with<const N: usize>(arguments: [&str; N], more: &[String]) -> Result<()> {
    cargo_in(&arguments, more, &[])
}

/// As [`cargo_with`], with these environment variables.
pub fn cargo_in(arguments: &[&str], more: &[String], variables: &[(&str, &str)]) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).args(more).current_dir(root());
    command.env("CARGO_TARGET_DIR", build_folder()).envs(variables.iter().copied());
    succeed(&mut command)
}

/// Where everything is built.
pub fn build_folder() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache("target"), PathBuf::from)
}

/// Runs a command and fails when it does.
pub fn succeed(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
