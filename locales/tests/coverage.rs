//! Every code people can choose has a label, and every message the code asks for exists, in every language.
//!
//! Codes and uses are read from the sources, so that a new list or a new page cannot be forgotten here.

#![allow(clippy::unwrap_used, clippy::expect_used)] // The whole program is a test; a panic is its way to fail.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jisr_locales::{Lang, keys};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The text of every file under `folder` (from the workspace's root) that ends with one of `endings`.
fn sources(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![workspace().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                found.push((path.clone(), fs::read_to_string(path).unwrap()));
            }
        }
    }
    found
}

fn all_keys(lang: Lang) -> BTreeSet<String> {
    keys(lang).into_iter().collect()
}

/// The quoted words of a line, and what stands before the first.
fn quoted(line: &str) -> (&str, Vec<&str>) {
    let mut parts = line.split('"');
    (parts.next().unwrap_or(""), parts.step_by(2).collect())
}

/// Every `<list>-<code>` that `codes! { … }` declares. A list's line ends with `{`, a code's with `,`.
fn declared_codes() -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    for (_, text) in sources("sync-core/src/codes", &[".rs"]) {
        let mut list = String::new();
        for line in text.split("macro_rules!").next().unwrap().lines() {
            let (before, words) = quoted(line);
            let names_a_variant = before.trim().starts_with(|c: char| c.is_ascii_uppercase());
            match (names_a_variant, words.as_slice(), line.trim_end().ends_with('{')) {
                (true, [name, ..], true) => list = (*name).to_owned(),
                (true, [code, _, ..], false) if line.trim_end().ends_with(',') => {
                    declared.insert(format!("{list}-{code}"));
                }
                _ => {}
            }
        }
    }
    declared
}

#[test]
fn every_known_code_has_a_label_in_every_language() {
    let declared = declared_codes();
    assert!(declared.len() > 220, "the code lists are read: {}", declared.len());
    assert!(declared.contains("language-ber-tzm") && declared.contains("contact_outcome-not_found"));

    for lang in Lang::ALL {
        let missing: Vec<_> = declared.difference(&all_keys(lang)).cloned().collect();
        assert_eq!(missing, Vec::<String>::new(), "{lang}: codes without a label");
    }
}

#[test]
fn every_field_of_every_record_has_a_name_in_every_language() {
    let merges = ["Once ", "Register ", "Set ", "Counts ", "Entries "];
    let mut fields = BTreeSet::new();
    for (_, text) in sources("sync-core/src/record", &[".rs"]) {
        for line in text.lines().map(str::trim) {
            let field = merges.iter().find_map(|merge| line.strip_prefix(merge)).and_then(|rest| rest.split_once(':'));
            fields.extend(field.map(|(name, _)| format!("field-{name}")));
        }
    }
    assert!(fields.len() > 80, "the records are read: {}", fields.len());

    for lang in Lang::ALL {
        let missing: Vec<_> = fields.difference(&all_keys(lang)).cloned().collect();
        assert_eq!(missing, Vec::<String>::new(), "{lang}: fields without a name");
    }
}

#[test]
fn every_reason_for_setting_a_change_aside_reads_in_every_language() {
    let mut reasons: BTreeSet<String> = ["revoked", "unproven", "unknown-device", "discarded", "other-scope"]
        .map(|code| format!("refusal-{code}"))
        .into();
    for (_, text) in sources("sync-core/src/change", &["refusal.rs"]) {
        let codes = text.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next());
        reasons.extend(codes.map(|code| format!("refusal-{code}")));
    }
    assert!(reasons.len() > 20, "the refusals are read: {}", reasons.len());

    for lang in Lang::ALL {
        let missing: Vec<_> = reasons.difference(&all_keys(lang)).cloned().collect();
        assert_eq!(missing, Vec::<String>::new(), "{lang}: reasons without words");
    }
}

#[test]
fn every_message_that_code_and_templates_ask_for_exists() {
    let calls = [".t(\"", ".n(\"", ".a(\"", "tr(lang, \"", "tr(self.lang, \"", "tr(Lang::En, \""];
    let known = all_keys(Lang::En);
    let mut asked = 0;
    let mut missing = Vec::new();
    let folders = ["server/src", "server/templates", "client-sdk/src"];
    for (path, text) in folders.iter().flat_map(|folder| sources(folder, &[".rs", ".html"])) {
        for call in calls {
            for key in text.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
                asked += 1;
                if !known.contains(key) {
                    missing.push(format!("{}: {key}", path.display()));
                }
            }
        }
    }
    assert!(asked > 50, "uses are found: {asked}");
    assert_eq!(missing, Vec::<String>::new(), "messages that do not exist");
}

#[test]
fn every_message_the_field_command_asks_for_exists() {
    let calls = [
        (".say(\"", ["jisr-", ""]),
        (".hint(\"", ["jisr-", ""]),
        (".kept(\"", ["jisr-", ""]),
        ("Own::new(\"", ["jisr-fail-", ""]),
        ("Own::new(\"", ["jisr-fail-", "-next"]),
    ];
    let known = all_keys(Lang::En);
    let mut asked = 0;
    let mut missing = Vec::new();
    for (path, text) in sources("client-sdk/src/cli", &[".rs"]) {
        for (call, [before, after]) in calls {
            for key in text.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
                asked += 1;
                let key = format!("{before}{key}{after}");
                if !known.contains(&key) {
                    missing.push(format!("{}: {key}", path.display()));
                }
            }
        }
    }
    assert!(asked > 100, "uses are found: {asked}");
    assert_eq!(missing, Vec::<String>::new(), "messages that do not exist");
}
