//! The committed inputs, replayed by the functions the fuzzer runs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use jisr_fuzz_targets::{TARGETS, seeds};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("fuzz")
}

fn replay(name: &str) {
    let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).unwrap();
    let mut files: Vec<_> =
        fs::read_dir(folder().join("seeds").join(name)).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 3, "{name} has too few seeds");
    for file in files {
        // Seen when it fails.
        println!("{}", file.display());
        let input = fs::read(&file).unwrap();
        target(&input);
        // A cut input is an input too.
        target(&input[..input.len() / 2]);
    }
}

#[test]
fn the_committed_requests_keep_every_promise() {
    replay("request_stream");
}

#[test]
fn the_committed_answers_keep_every_promise() {
    replay("answer_stream");
}

#[test]
fn the_committed_changes_keep_every_promise() {
    replay("change");
}

#[test]
fn the_committed_pairs_of_changes_keep_every_promise() {
    replay("change_pair");
}

#[test]
fn the_committed_documents_keep_every_promise() {
    replay("document");
}

#[test]
fn the_committed_envelopes_keep_every_promise() {
    replay("envelope");
}

#[test]
fn the_committed_records_keep_every_promise() {
    replay("record_json");
}

#[test]
fn the_committed_words_keep_every_promise() {
    replay("codes");
}

#[test]
fn the_committed_requests_to_the_whole_server_keep_every_promise() {
    replay("http_body");
}

#[test]
fn the_committed_backups_keep_every_promise() {
    replay("backup");
}

#[test]
fn the_committed_carry_files_keep_every_promise() {
    replay("carry_file");
}

#[test]
fn the_committed_meetings_keep_every_promise() {
    replay("van_stream");
}

#[test]
fn the_committed_seeds_are_those_that_the_code_makes() {
    // A backup holds what its server drew at random.
    for (target, _) in TARGETS.iter().filter(|(target, _)| *target != "backup") {
        let folder = folder().join("seeds").join(target);
        for (name, input) in seeds::of(target) {
            assert!(fs::read(folder.join(&name)).unwrap() == input, "{target}/{name}: run cargo xtask fuzz --seeds");
        }
    }
}

#[test]
fn every_target_has_a_program_of_its_name() {
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for (target, _) in TARGETS {
        let program = fs::read_to_string(folder().join("fuzz_targets").join(format!("{target}.rs"))).unwrap();
        assert!(program.contains(&format!("fuzz!({target});")), "{target}");
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")), "{target}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
}
