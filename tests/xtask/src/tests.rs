//! Every test, with what it needs installed first.

use std::process::Command;

use anyhow::Result;

use crate::run::{cargo, succeed};

/// Programs that tests start, and the Debian package each comes from.
const PROGRAMS: [(&str, &str); 2] = [("mkfs.ext4", "e2fsprogs"), ("losetup", "mount")];

/// Installs what is missing and runs every test of the workspace.
pub fn all() -> Result<()> {
    install_missing();
    cargo(["build", "--quiet", "--package", "jisr-server", "--package", "jisr-client-sdk", "--bins"])?;
    cargo(["test", "--workspace", "--all-features"])
}

/// Tests that cannot run for want of a program skip themselves and say so; so a failed installation is no error.
fn install_missing() {
    let missing: Vec<_> =
        PROGRAMS.iter().filter(|(program, _)| !installed(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return;
    }
    eprintln!("xtask: installing {}", missing.join(", "));
    let installed = succeed(Command::new("apt-get").args(["update", "--quiet"])).and_then(|()| {
        succeed(Command::new("apt-get").args(["install", "--yes", "--no-install-recommends"]).args(&missing))
    });
    if let Err(error) = installed {
        eprintln!("xtask: {error:#}; tests that need these packages will skip themselves");
    }
}

fn installed(program: &str) -> bool {
    ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].iter().any(|folder| std::path::Path::new(folder).join(program).exists())
}
