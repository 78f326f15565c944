//! The source files, for the tests that read them.

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// A source file of the workspace.
pub struct Source {
    /// Its path from the workspace's root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// What is left without the test module at its end and without comments.
    pub fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let product = self.text.split("#[cfg(test)]\nmod ").next().unwrap_or(&self.text);
        product.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Whether it is test code as a whole: tests, the suites every store must pass, and examples.
    pub fn is_test(&self) -> bool {
        let ends = ["/tests.rs", "_tests.rs", "/conformance.rs"];
        let folders = ["/tests/", "/examples/"];
        ends.iter().any(|end| self.path.ends_with(end)) || folders.iter().any(|folder| self.path.contains(folder))
    }
}

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests crate lies in the workspace").to_path_buf()
}

/// Every Rust file of the workspace whose path starts with one of `folders`.
pub fn rust_files(folders: &[&str]) -> Vec<Source> {
    let root = root();
    let files = WalkDir::new(&root).sort_by_file_name().into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || name == "target" || name == "node_modules")
    });
    files
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(&root).ok()?.to_string_lossy().replace('\\', "/");
            let wanted = folders.iter().any(|folder| path.starts_with(folder));
            wanted.then(|| Source { text: fs::read_to_string(entry.path()).unwrap_or_default(), path })
        })
        .collect()
}

/// Fails with a list of places when there are any.
pub fn assert_none(places: &[String], what: &str) {
    assert!(places.is_empty(), "{what}:\n  {}", places.join("\n  "));
}

/// The places in `folders` where a line of product code contains one of `words`.
pub fn places_with(folders: &[&str], words: &[&str]) -> Vec<String> {
    let mut places = Vec::new();
    for source in rust_files(folders).iter().filter(|source| !source.is_test()) {
        for (line, text) in source.product_lines() {
            if let Some(word) = words.iter().find(|word| text.contains(**word)) {
                places.push(format!("{}:{} {word}", source.path, line + 1));
            }
        }
    }
    places
}
