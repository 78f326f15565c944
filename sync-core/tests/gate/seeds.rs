//! Honest histories, written with Automerge itself: what the gate must let through, and what mutations start from.

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{AutoCommit, ObjType, ROOT, ReadDoc, ScalarValue};
use jisr_sync_core::change::RawChange;
use jisr_sync_core::id::ActorId;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A history, each change after those it depends on.
pub type History = Vec<RawChange>;

pub fn actor(number: u8) -> ActorId {
    ActorId::from_bytes([number; 16])
}

fn document(number: u8) -> AutoCommit {
    AutoCommit::new().with_actor(automerge::ActorId::from([number; 16]))
}

fn commit(document: &mut AutoCommit, time: i64) {
    document.commit_with(CommitOptions::default().with_time(time).with_message("fz2"));
}

pub fn history(document: &mut AutoCommit) -> History {
    document.get_changes(&[]).iter().map(|change| RawChange::inspect(change.raw_bytes()).expect("honest")).collect()
}

/// Flat keys, Arabic text, counters, deletes; three actors that write apart and merge.
pub fn flat() -> History {
    let mut first = document(0x11);
    first.put(ROOT, "_kind", "person").unwrap();
    first.put(ROOT, "name", "فاطمة الزهراء").unwrap();
    first.put(ROOT, "services/soup/AAECAwQFBgc", ScalarValue::counter(3)).unwrap();
    commit(&mut first, 1_795_000_000_000);
    let mut second = first.fork().with_actor(automerge::ActorId::from([0x22; 16]));
    let mut third = first.fork().with_actor(automerge::ActorId::from([0x05; 16]));
    second.put(ROOT, "sex", "female").unwrap();
    second.increment(ROOT, "services/soup/AAECAwQFBgc", 2).unwrap();
    commit(&mut second, 1_795_000_060_000);
    third.put(ROOT, "sex", "unknown").unwrap();
    third.put(ROOT, "age", 34_i64).unwrap();
    third.delete(ROOT, "name").unwrap();
    commit(&mut third, -5);
    first.put(ROOT, "needs/blanket", true).unwrap();
    commit(&mut first, 0);
    first.merge(&mut second).unwrap();
    first.merge(&mut third).unwrap();
    first.put(ROOT, "sex", "female").unwrap();
    first.put(ROOT, "weight", 61.5_f64).unwrap();
    first.put(ROOT, "seen", ScalarValue::Timestamp(1_795_000_000_000)).unwrap();
    first.put(ROOT, "photo", vec![0u8, 255, 7]).unwrap();
    commit(&mut first, 1_795_000_120_000);
    second.merge(&mut first).unwrap();
    second.delete(ROOT, "age").unwrap();
    commit(&mut second, 1_795_000_180_000);
    history(&mut second)
}

/// Nested maps, lists, text objects with marks: what later versions may write.
pub fn nested() -> History {
    let mut first = document(0x31);
    let people = first.put_object(ROOT, "people", ObjType::List).unwrap();
    let person = first.insert_object(&people, 0, ObjType::Map).unwrap();
    first.put(&person, "name", "Moha").unwrap();
    let note = first.put_object(&person, "note", ObjType::Text).unwrap();
    first.splice_text(&note, 0, 0, "نام في محطة الحافلات").unwrap();
    commit(&mut first, 10);
    let mut second = first.fork().with_actor(automerge::ActorId::from([0x32; 16]));
    second.splice_text(&note, 3, 2, "écoute").unwrap();
    second.mark(&note, Mark::new("bold".into(), true, 2, 6), ExpandMark::Both).unwrap();
    commit(&mut second, 11);
    first.insert(&people, 1, "x").unwrap();
    first.insert(&people, 0, 7_u64).unwrap();
    first.delete(&people, 0).unwrap();
    first.splice_text(&note, 0, 1, "").unwrap();
    commit(&mut first, 12);
    first.merge(&mut second).unwrap();
    let deeper = first.put_object(&person, "places", ObjType::Map).unwrap();
    first.put_object(&deeper, "first", ObjType::List).unwrap();
    first.put(&person, "name", ScalarValue::Null).unwrap();
    commit(&mut first, 13);
    history(&mut first)
}

/// Many small edits of four actors that merge now and then, drawn from `seed`.
pub fn busy(seed: u64, edits: usize) -> History {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut base = document(0x41);
    base.put(ROOT, "_kind", "encounter").unwrap();
    commit(&mut base, 1);
    let mut all: Vec<AutoCommit> =
        (0..4u8).map(|number| base.fork().with_actor(automerge::ActorId::from([0x40 - 3 * number; 16]))).collect();
    for time in 0..edits {
        let writer = rng.random_range(0..all.len());
        edit(&mut all[writer], &mut rng);
        commit(&mut all[writer], i64::try_from(time).unwrap());
        if rng.random_bool(0.4) {
            let from = rng.random_range(0..all.len());
            let mut other = all[from].fork();
            all[writer].merge(&mut other).unwrap();
        }
    }
    for mut other in all {
        base.merge(&mut other).unwrap();
    }
    history(&mut base)
}

fn edit(document: &mut AutoCommit, rng: &mut StdRng) {
    let key = format!("field/{}", rng.random_range(0..12));
    let exists = document.get(ROOT, &key).unwrap().is_some();
    match rng.random_range(0..4) {
        0 if exists => document.delete(ROOT, &key).unwrap(),
        1 => document.put(ROOT, &key, ScalarValue::counter(1)).unwrap(),
        2 => document.put(ROOT, &key, "خديجة").unwrap(),
        _ => document.put(ROOT, &key, rng.random_range(-5..500_i64)).unwrap(),
    }
    document.put(ROOT, "last", rng.random_range(0..9_u64)).unwrap();
}

/// Histories of every kind.
pub fn all() -> Vec<History> {
    vec![flat(), nested(), busy(1, 12), busy(2, 60)]
}
