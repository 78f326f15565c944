//! The documents tell the truth: every path and every type they name exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::sources::{assert_none, root, rust_files};

fn documents() -> Vec<(String, String)> {
    let root = root();
    let mut paths: Vec<PathBuf> = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    paths.extend(fs::read_dir(root.join("docs")).unwrap().filter_map(Result::ok).map(|entry| entry.path()));
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()))
        .collect()
}

/// The words in `text` between single backquotes, outside code blocks.
fn quoted(text: &str) -> Vec<&str> {
    let mut outside_blocks = Vec::new();
    for (at, part) in text.split("```").enumerate() {
        if at % 2 == 0 {
            outside_blocks.push(part);
        }
    }
    outside_blocks.iter().flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

fn is_path(word: &str) -> bool {
    let roots =
        ["sync-core/", "durable-kv/", "locales/", "client-sdk/", "server/", "tests/", "docs/", ".ci/", ".cargo/"];
    roots.iter().any(|root| word.starts_with(root)) && !word.contains(['*', '<', ' ', '…', '{'])
}

/// A single Rust type name such as `DocumentId`: what a reader would look for in the code.
fn is_type(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|c| c.is_ascii_uppercase())
        && word.len() > 3
        && word.chars().all(|c| c.is_ascii_alphanumeric())
        && word.chars().filter(char::is_ascii_uppercase).count() >= 2
        && word.chars().any(|c| c.is_ascii_lowercase())
}

#[test]
fn every_path_the_documents_name_exists() {
    let mut missing = Vec::new();
    for (document, text) in documents() {
        for word in quoted(&text).into_iter().filter(|word| is_path(word)) {
            let path = word.split(['#', ':']).next().unwrap_or(word);
            if !root().join(path).exists() {
                missing.push(format!("{document}: {word}"));
            }
        }
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if is_path(link) && !root().join(link).exists() {
                missing.push(format!("{document}: {link}"));
            }
        }
    }
    assert_none(&missing, "documents name paths that do not exist");
}

#[test]
fn every_type_the_documents_name_exists() {
    let mut declared = BTreeSet::new();
    for source in rust_files(&["sync-core/", "durable-kv/", "locales/", "client-sdk/", "server/", "tests/"]) {
        for word in source.text.split(|c: char| !c.is_ascii_alphanumeric()) {
            declared.insert(word.to_owned());
        }
    }
    let mut missing = Vec::new();
    for (document, text) in documents() {
        for word in quoted(&text).into_iter().filter(|word| is_type(word)) {
            if !declared.contains(word) {
                missing.push(format!("{document}: {word}"));
            }
        }
    }
    assert_none(&missing, "documents name types that do not exist");
}
