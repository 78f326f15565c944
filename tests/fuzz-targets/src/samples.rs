//! Documents, records and a device of the harness: what inputs are tried on, and what seeds are made of.
//!
//! All people, places and texts are invented.

use std::sync::OnceLock;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{AutoCommit, ObjType, ROOT};
use ed25519_dalek::SigningKey;
use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::{Author, Document};
use jisr_sync_core::id::{ActorId, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::record::{Encounter, Person, Record};
use jisr_sync_core::sync::{Incarnation, ServerId, VoucherKey};
use jisr_sync_core::time::UnixMillis;
use serde_json::json;

/// 2026-11-23 20:00 in Morocco: now, in every target.
pub const NOW: UnixMillis = UnixMillis(1_795_464_000_000);

/// The server of the harness.
pub const SERVER: ServerId = ServerId::from_bytes([0x53; 16]);

/// The device of the harness.
pub const DEVICE: DeviceId = DeviceId::from_bytes([0xdd; 16]);

/// The life of its data.
pub const INCARNATION: Incarnation = Incarnation::from_bytes([0x11; 8]);

/// The device's key.
pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

/// What the server of the harness vouches with.
pub fn voucher_key() -> VoucherKey {
    VoucherKey::from_bytes([0x56; 32])
}

/// The scope of the device's unit.
pub fn unit() -> ScopeId {
    "unit/azilal-1".parse().expect("a scope")
}

/// The scope of its province.
pub fn province() -> ScopeId {
    "province/azilal".parse().expect("a scope")
}

/// The author that writes on device `number`, so many minutes after [`NOW`].
pub fn author(number: u8, minutes: i64) -> Author {
    Author {
        actor: ActorId::from_bytes([number; 16]),
        staff: "fz2".parse().ok(),
        at: UnixMillis(NOW.0 + minutes * 60_000),
    }
}

/// The record of this JSON.
pub fn record<R: Record>(json: serde_json::Value) -> R {
    serde_json::from_value(json).expect("a record")
}

/// An encounter as a crew writes it.
pub fn encounter() -> Encounter {
    record(json!({
        "unit": "azilal-1", "occurred_at": NOW.0, "outcome": "engaged", "place_text": "المحطة الطرقية",
        "persons": { "01010101": { "sex": "female", "age": "10-14" }, "02020202": {} },
        "observed": { "boys": 3 }, "needs": ["meal", "shelter"], "given": { "meal": 2, "blanket@01010101": 1 },
        "concerns": { "cold": { "certainty": "seen" } }, "risk": "high",
        "position": "geo:32.3394,-6.3608;u=12;precision=1km",
        "notes": { "0a0a0a0a": { "text": "يرتدي سترة حمراء", "by": "fz2", "at": NOW.0 } },
    }))
}

/// A person as a crew knows them.
pub fn person() -> Person {
    record(json!({
        "short_code": "BM-7K2Q", "sex": "male", "age": "12", "publics": ["child_street"],
        "aliases": { "01010101": { "text": "ولد السوق" }, "02020202": { "text": "Veste Rouge" } },
        "usual_places": ["0191e9a6-0000-7000-8000-000000000003"], "languages": ["arabic"],
    }))
}

/// Documents that changes are tried on: of a record with conflicts, of one with counters, and one of nested objects.
pub fn documents() -> &'static [Document; 3] {
    static DOCUMENTS: OnceLock<[Document; 3]> = OnceLock::new();
    DOCUMENTS.get_or_init(|| [disputed(), counted(), nested()])
}

/// A person whose sex and age two devices changed at once.
fn disputed() -> Document {
    let (mut here, created) = Document::create(&person(), &author(0x11, 0)).expect("a record");
    let mut there = admitted(&[created]);
    let edit = |document: &mut Document, by: u8, sex: &str, age: &str| {
        let mut edited: Person = document.read().expect("a person");
        edited.sex = Some(sex.into());
        edited.age = age.parse().ok();
        document.edit(&edited, &author(by, by.into())).expect("an edit");
    };
    edit(&mut here, 0x11, "female", "12");
    edit(&mut there, 0x22, "unknown", "13-15");
    merge(&mut here, &there);
    here
}

/// An encounter whose meals two devices counted.
fn counted() -> Document {
    let (mut here, created) = Document::create(&encounter(), &author(0x31, 0)).expect("a record");
    let mut there = admitted(&[created]);
    for (document, by, meals) in [(&mut here, 0x31, 5), (&mut there, 0x32, 9)] {
        let mut edited: Encounter = document.read().expect("an encounter");
        edited.given.insert("meal".parse().expect("a service"), meals);
        document.edit(&edited, &author(by, by.into())).expect("an edit");
    }
    merge(&mut here, &there);
    here
}

/// Maps, lists and texts within one another, as a newer version might write them.
fn nested() -> Document {
    let written: Result<_, automerge::AutomergeError> = (|| {
        let mut first = AutoCommit::new().with_actor(automerge::ActorId::from([0x41; 16]));
        let people = first.put_object(ROOT, "people", ObjType::List)?;
        let person = first.insert_object(&people, 0, ObjType::Map)?;
        let note = first.put_object(&person, "note", ObjType::Text)?;
        first.splice_text(&note, 0, 0, "نام في محطة الحافلات")?;
        first.commit_with(CommitOptions::default().with_time(10));
        let mut second = first.fork().with_actor(automerge::ActorId::from([0x42; 16]));
        second.splice_text(&note, 3, 2, "écoute")?;
        first.insert(&people, 1, "x")?;
        first.delete(&people, 1)?;
        first.merge(&mut second)?;
        Ok(first.get_changes(&[]))
    })();
    let changes = written.expect("a history");
    admitted(&changes.iter().map(|change| RawChange::inspect(change.raw_bytes()).expect("sound")).collect::<Vec<_>>())
}

/// The document that these changes make.
pub fn admitted(changes: &[RawChange]) -> Document {
    let mut document = Document::empty();
    assert!(document.admit(changes).iter().all(Result::is_ok), "honest changes pass the gate");
    document
}

fn merge(document: &mut Document, other: &Document) {
    assert!(document.admit(&other.changes()).iter().all(Result::is_ok), "honest changes pass the gate");
}

/// A change with its scope and document.
pub type Outgoing = (ScopeId, DocumentId, RawChange);

/// Changes on their way from the device.
pub fn outgoing() -> &'static [Outgoing] {
    static OUTGOING: OnceLock<Vec<Outgoing>> = OnceLock::new();
    OUTGOING.get_or_init(write_outgoing)
}

fn write_outgoing() -> Vec<Outgoing> {
    let (mut met, first) = Document::create(&encounter(), &author(0xa1, 0)).expect("a record");
    let mut edited = encounter();
    edited.risk = None;
    let second = met.edit(&edited, &author(0xa1, 1)).expect("an edit").expect("a change");
    let (_, known) = Document::create(&person(), &author(0xa1, 2)).expect("a record");
    let (encounter, person) = (DocumentId::from_bytes([0xe1; 16]), DocumentId::from_bytes([0xe2; 16]));
    vec![(unit(), encounter, first), (unit(), encounter, second), (province(), person, known)]
}
