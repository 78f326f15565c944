//! Who may know whom.

use std::process::Command;

use crate::sources::{assert_none, places_with, root, rust_files};

/// The names of all crates that `package` is built with, itself included.
fn crates_of(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "-p",
            package,
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn assert_free_of(package: &str, banned: &[&str]) {
    let crates = crates_of(package);
    assert!(crates.len() > 3, "cargo tree lists the crates of {package}");
    let found: Vec<_> = crates.into_iter().filter(|name| banned.contains(&name.as_str())).collect();
    assert_none(&found, &format!("{package} must not be built with"));
}

#[test]
fn the_core_is_built_without_input_output_or_a_runtime() {
    assert_free_of(
        "jisr-sync-core",
        &["tokio", "axum", "hyper", "reqwest", "sled", "wasm-bindgen", "js-sys", "mio", "rustix", "jisr-durable-kv"],
    );
}

#[test]
fn server_and_device_never_know_each_other() {
    assert_free_of("jisr-server", &["jisr-client-sdk", "jisr-tests", "reqwest"]);
    assert_free_of("jisr-client-sdk", &["jisr-server", "jisr-tests", "axum"]);
}

/// A planted bug is compiled with the feature `testing` alone, and nothing that is shipped turns that on.
#[test]
fn no_bug_is_planted_in_what_is_shipped() {
    let root_of_core = std::fs::read_to_string(root().join("sync-core/src/lib.rs")).unwrap();
    assert!(
        root_of_core.contains("#[cfg(feature = \"testing\")]\npub mod planted;"),
        "the planted bugs are behind a feature"
    );
    for package in ["jisr-server", "jisr-client-sdk", "jisr-sync-core", "jisr-durable-kv"] {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--locked", "--offline", "--edges", "normal,features", "--prefix", "none", "-p", package])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("feature \"default\""), "cargo tree tells the features of {package}");
        let on: Vec<_> = text.lines().filter(|line| line.contains("feature \"testing\"")).map(str::to_owned).collect();
        assert_none(&on, &format!("{package} is shipped with a feature for tests"));
    }
}

#[test]
fn the_embedded_engine_is_named_in_one_crate() {
    let users = places_with(&["sync-core", "client-sdk", "server", "locales", "tests/src", "tests/bench"], &["sled::"]);
    assert_none(&users, "sled is named outside durable-kv");
}

#[test]
fn automerge_is_named_only_where_changes_and_documents_are() {
    let everywhere = places_with(&["sync-core", "client-sdk", "server", "durable-kv", "locales"], &["automerge::"]);
    let outside: Vec<_> = everywhere
        .into_iter()
        .filter(|place| !place.starts_with("sync-core/src/change/") && !place.starts_with("sync-core/src/document/"))
        .collect();
    assert_none(&outside, "automerge is named outside change/ and document/");
}

#[test]
fn the_protocol_never_names_a_record() {
    assert_none(
        &places_with(&["sync-core/src/sync"], &["crate::record", "crate::activity", "crate::document", "crate::codes"]),
        "sync/ moves changes and never names a record",
    );
}

#[test]
fn the_figures_never_name_a_document_or_the_protocol() {
    assert_none(
        &places_with(&["sync-core/src/activity"], &["crate::document", "crate::sync", "crate::change"]),
        "activity/ folds records and never names a document or the protocol",
    );
}

#[test]
fn records_and_changes_know_nothing_above_them() {
    assert_none(
        &places_with(
            &["sync-core/src/record", "sync-core/src/change", "sync-core/src/codes"],
            &["crate::document", "crate::sync", "crate::activity"],
        ),
        "the floors below must not know those above",
    );
}

#[test]
fn the_core_has_no_clock_no_entropy_and_no_async_of_its_own() {
    let words = ["SystemTime::now", "Instant::now", "std::fs", "std::net", "std::thread", "async fn", ".await"];
    assert_none(&places_with(&["sync-core/src"], &words), "sync-core is given time, bytes and randomness");
}

#[test]
fn no_native_profile_aborts_on_panic() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let set = manifest.lines().any(|line| line.trim_start().starts_with("panic"));
    assert!(!set, "the gate contains Automerge's panics: they must unwind");
}

#[test]
fn personal_values_are_revealed_only_by_document_code_and_rendering() {
    let allowed = [
        "sync-core/src/personal.rs",
        "sync-core/src/document/",
        "client-sdk/src/cli/",
        "client-sdk/src/search.rs",
        "server/src/dashboard/",
    ];
    let outside: Vec<_> =
        places_with(&["sync-core", "client-sdk/src", "server/src", "durable-kv"], &[".reveal()", ".into_revealed()"])
            .into_iter()
            .filter(|place| !allowed.iter().any(|folder| place.starts_with(folder)))
            .collect();
    assert_none(&outside, "Personal values are revealed outside document code and rendering");
}

#[test]
fn the_lists_of_files_these_tests_read_are_not_empty() {
    assert!(rust_files(&["sync-core/src/record"]).len() >= 7);
    assert!(rust_files(&["server/src"]).len() + rust_files(&["client-sdk/src"]).len() >= 2);
}
