//! Documents of every version of the schemas, kept as files: each is read as it was meant, and can be edited.
//!
//! `fixtures/schema-<n>/<kind>.automerge` holds a record that two devices wrote, `<kind>.json` what it reads as.
//! They are made once, when version `<n>` of the kind's schema is the newest, by
//! `UPDATE_FIXTURES=1 cargo test -p jisr-sync-core --test documents fixtures`, which writes the newest version
//! only. A file of an older version is never made again: nothing could.

use std::fs;
use std::path::{Path, PathBuf};

use jisr_sync_core::document::Document;
use jisr_sync_core::record::{Encounter, FollowUp, Person, Place, Record, RecordKind, Referral, Shift};
use serde_json::Value;

use crate::filled;
use crate::support::{author, merged};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The document a fixture holds: one device made it, and a second added what the first had not.
fn written<R: Record>(filled: &R) -> Document {
    let mut half = serde_json::to_value(filled).unwrap();
    let later: Vec<&str> = R::FIELDS
        .iter()
        .filter(|field| !matches!(field.merge, jisr_sync_core::record::Merge::Once))
        .map(|field| field.name)
        .step_by(2)
        .collect();
    half.as_object_mut().unwrap().retain(|name, _| !later.contains(&name.as_str()));
    let (document, _) = Document::create(&serde_json::from_value::<R>(half).unwrap(), &author(1, 0)).unwrap();
    let mut second = document.clone();
    second.edit(filled, &author(2, 5)).unwrap().unwrap();
    merged(&document, &[&second])
}

fn update<R: Record>(filled: &R) {
    let folder = folder().join(format!("schema-{}", R::SCHEMA));
    fs::create_dir_all(&folder).unwrap();
    let json = serde_json::to_string_pretty(filled).unwrap() + "\n";
    fs::write(folder.join(format!("{}.automerge", R::KIND)), written(filled).save()).unwrap();
    fs::write(folder.join(format!("{}.json", R::KIND)), json).unwrap();
}

fn check<R: Record>(version: &Path, filled: &R) {
    let saved = fs::read(version.join(format!("{}.automerge", R::KIND))).unwrap();
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(version.join(format!("{}.json", R::KIND))).unwrap()).unwrap();

    let mut document = Document::restore(&saved).unwrap();
    let record: R = document.read().unwrap();

    assert_eq!(serde_json::to_value(&record).unwrap(), expected, "{}", version.display());
    let mut edited = serde_json::to_value(&record).unwrap();
    let register = R::FIELDS.iter().rfind(|field| field.merge == jisr_sync_core::record::Merge::Register).unwrap();
    edited.as_object_mut().unwrap().remove(register.name);
    let edited: R = serde_json::from_value(edited).unwrap();
    document.edit(&edited, &author(3, 60)).unwrap().unwrap();
    assert_eq!(Document::restore(&document.save()).unwrap().read(), Ok(edited));
    if version.ends_with(format!("schema-{}", R::SCHEMA)) {
        assert_eq!(&record, filled, "a new field is in the newest version's fixture");
    }
}

#[test]
fn every_version_ever_written_is_read_as_it_was_meant_and_can_be_edited() {
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        update(&filled::encounter());
        update(&filled::person());
        update(&filled::shift());
        update(&filled::referral());
        update(&filled::follow_up());
        update(&filled::place());
    }

    let versions: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let mut checked = Vec::new();
    for version in &versions {
        for kind in RecordKind::ALL.into_iter().filter(|kind| version.join(format!("{kind}.json")).exists()) {
            match kind {
                RecordKind::Encounter => check::<Encounter>(version, &filled::encounter()),
                RecordKind::Person => check::<Person>(version, &filled::person()),
                RecordKind::Shift => check::<Shift>(version, &filled::shift()),
                RecordKind::Referral => check::<Referral>(version, &filled::referral()),
                RecordKind::FollowUp => check::<FollowUp>(version, &filled::follow_up()),
                RecordKind::Place => check::<Place>(version, &filled::place()),
            }
            checked.push((kind, version.file_name().unwrap().to_owned()));
        }
    }

    let newest = [
        (RecordKind::Encounter, Encounter::SCHEMA),
        (RecordKind::Person, Person::SCHEMA),
        (RecordKind::Shift, Shift::SCHEMA),
        (RecordKind::Referral, Referral::SCHEMA),
        (RecordKind::FollowUp, FollowUp::SCHEMA),
        (RecordKind::Place, Place::SCHEMA),
    ];
    for (kind, newest) in newest {
        for version in 1..=newest {
            assert!(checked.contains(&(kind, format!("schema-{version}").into())), "no fixture of {kind} {version}");
        }
    }
}
