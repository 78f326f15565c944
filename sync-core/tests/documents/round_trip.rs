//! What is written is what is read.

use jisr_sync_core::document::{DamagedDocument, Document, Unreadable};
use jisr_sync_core::record::{Encounter, Person, Record};

use crate::filled;
use crate::support::{author, stored};

fn round_trips<R: Record>(record: &R) {
    filled::assert_filled(record);

    let (document, change) = Document::create(record, &author(1, 0)).unwrap();
    let restored = Document::restore(&document.save()).unwrap();

    assert_eq!(document.read::<R>().as_ref(), Ok(record));
    assert_eq!(restored.read::<R>().as_ref(), Ok(record));
    assert_eq!(restored.heads(), [change.hash()]);
    assert_eq!((restored.kind(), restored.schema()), (Some(R::KIND), Some(R::SCHEMA)));
    assert_eq!(restored.conflicts(), []);
}

#[test]
fn every_field_of_every_record_comes_back_as_it_was_written() {
    round_trips(&filled::encounter());
    round_trips(&filled::person());
    round_trips(&filled::shift());
    round_trips(&filled::referral());
    round_trips(&filled::follow_up());
    round_trips(&filled::place());
}

#[test]
fn an_empty_record_comes_back_empty() {
    let (document, _) = Document::create(&Encounter::default(), &author(1, 0)).unwrap();

    assert_eq!(document.read(), Ok(Encounter::default()));
}

#[test]
fn arabic_indic_digits_are_kept_in_words_and_made_ascii_in_values() {
    let (document, _) = Document::create(&filled::encounter(), &author(1, 0)).unwrap();

    let age = format!("persons/{}/age", crate::support::entry_id(1));
    assert_eq!(stored(&document, &age).unwrap(), "\"10-14\"");
    assert!(stored(&document, "place_text").unwrap().contains("٣"));
}

#[test]
fn a_creating_change_is_one_raw_chunk_that_makes_the_document_anywhere() {
    let (document, change) = Document::create(&filled::shift(), &author(1, 0)).unwrap();

    let elsewhere = Document::restore(change.bytes()).unwrap();

    assert_eq!(elsewhere.heads_hash(), document.heads_hash());
    assert_eq!(change.bytes()[8], 1, "the chunk is a change and not a compressed one");
    assert_eq!(automerge::Change::from_bytes(change.bytes().to_vec()).unwrap().hash().0, *change.hash().as_bytes());
}

#[test]
fn a_document_of_another_kind_is_not_read_as_this_one() {
    let (document, _) = Document::create(&filled::place(), &author(1, 0)).unwrap();

    let refused = document.read::<Person>();

    assert_eq!(refused, Err(Unreadable { field: "_kind".into(), newer: false }));
    assert_eq!(Document::empty().read::<Person>(), Err(Unreadable { field: "_kind".into(), newer: false }));
}

#[test]
fn a_damaged_save_is_refused_wherever_a_byte_is_wrong_or_the_end_is_missing() {
    let (document, _) = Document::create(&filled::encounter(), &author(1, 0)).unwrap();
    let saved = document.save();

    for at in 0..saved.len() {
        let mut damaged = saved.clone();
        damaged[at] ^= 0x20;
        assert_eq!(Document::restore(&damaged).err(), Some(DamagedDocument), "byte {at}");
    }
    for end in [0, 1, saved.len() / 2, saved.len() - 1] {
        assert_eq!(Document::restore(&saved[..end]).err(), Some(DamagedDocument), "cut at {end}");
    }
    assert!(Document::restore(&Document::empty().save()).is_ok());
}

#[test]
fn a_save_that_lacks_what_its_changes_build_on_is_refused() {
    let (mut document, _) = Document::create(&filled::person(), &author(1, 0)).unwrap();
    let mut saved = document.save();
    let mut person: Person = document.read().unwrap();
    person.sex = None;
    document.edit(&person, &author(1, 1)).unwrap();
    person.age = None;
    let latest = document.edit(&person, &author(1, 2)).unwrap().unwrap();

    saved.extend_from_slice(latest.bytes());

    assert_eq!(Document::restore(&saved).err(), Some(DamagedDocument));
    assert_eq!(Document::restore(latest.bytes()).err(), Some(DamagedDocument));
}
