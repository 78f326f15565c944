//! What is drawn on a terminal while something takes long, and that a program that reads sees nothing of it.
//!
//! A pseudo terminal comes from `script`, which every Debian has.

#![allow(clippy::unwrap_used, clippy::expect_used)] // The whole program is a test; a panic is its way to fail.

use std::path::Path;
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_jisr-server");

fn run(arguments: &[&str], data: &Path) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).arg("--data").arg(data).env_remove("JISR_LANG").stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// What a terminal shows of a command, with everything that was wiped away again.
fn on_terminal(arguments: &[&str], data: &Path) -> String {
    let line = [PROGRAM].iter().chain(arguments).map(|part| format!("'{part}'")).collect::<Vec<_>>().join(" ");
    let line = format!("{line} --data '{}'", data.display());
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).env("TERM", "xterm").stdin(Stdio::null());
    let output = command.output().expect("script is installed");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{shown}");
    shown
}

#[test]
fn a_terminal_sees_how_far_it_is_and_a_program_sees_nothing_of_that() {
    let home = tempfile::tempdir().unwrap();
    let (data, file, password) = (home.path().join("data"), home.path().join("a.jisr"), home.path().join("password"));
    std::fs::write(&password, "bridge over water\n").unwrap();
    let (file, password) = (file.to_str().unwrap(), password.to_str().unwrap());
    run(&["init", "--password-file", password], &data);

    let backup = on_terminal(&["backup", file, "--lang", "fr"], &data);
    let checked = on_terminal(&["verify", file], &data);
    let again = home.path().join("again");
    let restored = on_terminal(&["restore", file], &again);
    let compacted = on_terminal(&["compact"], &again);

    assert!(backup.contains("Copie des preuves") && backup.contains("Lecture de la sauvegarde"), "{backup}");
    assert!(backup.contains("La sauvegarde est faite"), "{backup}");
    assert!(checked.contains("Reading the backup") && checked.contains("100 %"), "{checked}");
    assert!(restored.contains("Putting the backup into the store"), "{restored}");
    assert!(compacted.contains("Copying the store") && compacted.contains("Comparing the copy"), "{compacted}");
    for arguments in [&["backup", file][..], &["verify", file], &["verify"], &["compact"]] {
        assert_eq!(String::from_utf8_lossy(&run(arguments, &data).stderr), "", "{arguments:?} in a pipe");
    }
    let json = on_terminal(&["verify", "--json"], &data);
    assert!(json.trim().starts_with('{') && json.trim().ends_with('}'), "{json}");
}
