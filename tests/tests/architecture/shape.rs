//! How files look: a head on each, none too long, no `unwrap` where it could take a night's work with it.

use crate::sources::{assert_none, rust_files};

const ALL: [&str; 6] = ["sync-core/", "durable-kv/", "locales/", "client-sdk/", "server/", "tests/"];

/// The longest file, in lines of product code.
const FILE_LINES_MAX: usize = 500;

#[test]
fn every_file_says_first_what_it_is_for() {
    let without: Vec<_> =
        rust_files(&ALL).into_iter().filter(|s| !s.text.trim_start().starts_with("//!")).map(|s| s.path).collect();
    assert_none(&without, "files without a //! head");
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let long: Vec<_> = rust_files(&ALL)
        .into_iter()
        .filter(|source| !source.is_test())
        .map(|s| (s.text.split("#[cfg(test)]\nmod ").next().unwrap_or(&s.text).lines().count(), s.path))
        .filter(|(lines, _)| *lines > FILE_LINES_MAX)
        .map(|(lines, path)| format!("{path} {lines}"))
        .collect();
    assert_none(&long, "files over 500 lines");
}

#[test]
fn nothing_unwraps_outside_tests() {
    let mut places = Vec::new();
    for source in rust_files(&ALL[..5]).iter().filter(|source| !source.is_test()) {
        for (line, text) in source.product_lines() {
            if text.contains(".unwrap()") || text.contains(".expect(\"") {
                places.push(format!("{}:{}", source.path, line + 1));
            }
        }
    }
    assert_none(&places, "unwrap or expect outside tests");
}

#[test]
fn nothing_is_left_to_do_in_the_code() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimplemented", "!(")];
    let mut places = Vec::new();
    for source in rust_files(&ALL) {
        for (line, text) in source.text.lines().enumerate() {
            if marks.iter().any(|mark| text.contains(mark)) {
                places.push(format!("{}:{}", source.path, line + 1));
            }
        }
    }
    assert_none(&places, "marks of unfinished work");
}

#[test]
fn programs_start_in_small_main_files() {
    for source in rust_files(&["server/src/main.rs", "client-sdk/src/bin/"]) {
        let lines = source.text.lines().count();
        assert!(lines <= 80, "{} has {lines} lines", source.path);
    }
}
