//! The supply chain: licences, bans and sources of every dependency.

use std::process::Command;

use anyhow::Result;

use crate::run::{cache, root, succeed};

/// The version of cargo-deny that is installed when none is there.
const VERSION: &str = "0.20.2";

/// Checks what needs no advisory database. The database is not fetched: `cargo deny check advisories` does that.
pub fn check() -> Result<()> {
    let tools = cache("tools");
    let program = tools.join("bin").join("cargo-deny");
    if !program.exists() {
        eprintln!("xtask: installing cargo-deny {VERSION} (some minutes, once) ...");
        succeed(
            Command::new("cargo")
                .args(["install", "cargo-deny", "--locked", "--version", VERSION, "--root"])
                .arg(&tools),
        )?;
    }
    succeed(Command::new(program).args(["check", "bans", "licenses", "sources"]).current_dir(root()))
}
