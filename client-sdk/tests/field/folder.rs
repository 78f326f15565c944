//! Where the records lie when nobody says: in the user's data folder, whatever folder the command is run in.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::Field;

const DRAFT: &[&str] = &["record", "--draft", "--outcome", "engaged"];

fn jisr(home: &Path, folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jisr"));
    command.env_clear().env("HOME", home).env("JISR_LANG", "en").current_dir(folder).args(args).output().unwrap()
}

fn status(home: &Path, folder: &Path) -> serde_json::Value {
    serde_json::from_slice(&jisr(home, folder, &["status", "--json"]).stdout).unwrap()
}

#[test]
fn from_every_folder_the_same_store_is_found_and_status_names_it() {
    let (home, one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = home.path().join(".local/share/jisr");

    assert!(jisr(home.path(), one.path(), DRAFT).status.success());

    let told = status(home.path(), other.path());
    assert_eq!((&told["drafts"], &told["store"]), (&1.into(), &store.to_str().unwrap().into()));
    let human = String::from_utf8(jisr(home.path(), other.path(), &["status"]).stdout).unwrap();
    assert!(human.contains(store.to_str().unwrap()), "{human}");
    assert_eq!(std::fs::read_dir(one.path()).unwrap().count(), 0);
}

#[test]
fn a_store_of_an_earlier_version_is_told_and_nothing_is_begun_beside_it() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let named = [&["--store", "jisr-data"], DRAFT].concat();
    assert!(jisr(home.path(), folder.path(), &named).status.success());

    let refused = jisr(home.path(), folder.path(), DRAFT);

    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(5), "{told}");
    assert!(told.contains("jisr-data") && told.contains(".local/share/jisr") && told.contains("--store"), "{told}");
    assert!(!home.path().join(".local").exists());
    std::fs::create_dir_all(home.path().join(".local/share")).unwrap();
    std::fs::rename(folder.path().join("jisr-data"), home.path().join(".local/share/jisr")).unwrap();
    assert_eq!(status(home.path(), folder.path())["drafts"], 1);
}

#[test]
fn nobody_else_may_look_into_the_folder_or_a_file_of_it() {
    let field = Field::new();
    field.lines(DRAFT);
    let mut folders = vec![field.store()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700, "{}", folder.display());
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            seen += 1;
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
                assert_eq!(mode, 0o600, "{}", entry.path().display());
            }
        }
    }
    assert!(seen > 3);
}

#[test]
fn the_folder_of_a_store_that_was_open_to_others_is_closed() {
    let field = Field::new();
    field.lines(DRAFT);
    std::fs::set_permissions(field.store(), std::fs::Permissions::from_mode(0o755)).unwrap();

    field.lines(&["status"]);

    assert_eq!(field.store().metadata().unwrap().permissions().mode() & 0o777, 0o700);
}
