//! Devices, authors and merging for these tests.

use automerge::{AutoCommit, ROOT, ReadDoc};
use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::{Author, Document};
use jisr_sync_core::id::{ActorId, EntryId};
use jisr_sync_core::time::UnixMillis;

/// The author that writes on device `number`, at minute `minute` of the test.
pub fn author(number: u8, minute: i64) -> Author {
    Author {
        actor: ActorId::from_bytes([number; 16]),
        staff: Some(format!("staff-{number}").parse().unwrap()),
        at: UnixMillis(1_795_000_000_000 + minute * 60_000),
    }
}

pub fn entry_id(number: u8) -> EntryId {
    EntryId::from_bytes([number; 4])
}

/// `document` with `changes` added, in whatever order and however often they come.
pub fn with(document: &Document, changes: &[RawChange]) -> Document {
    let mut saved = document.save();
    for change in changes {
        saved.extend_from_slice(change.bytes());
    }
    Document::restore(&saved).unwrap()
}

/// `document` with everything that `others` hold, through the gate: it refuses nothing that an edit wrote.
pub fn merged(document: &Document, others: &[&Document]) -> Document {
    let mut merged = document.clone();
    for other in others {
        for verdict in merged.admit(&other.changes()) {
            verdict.unwrap();
        }
    }
    merged
}

/// `document` after `write` wrote into it what this version would not.
pub fn tampered(document: &Document, write: impl FnOnce(&mut AutoCommit)) -> Document {
    let mut automerge = AutoCommit::load(&document.save()).unwrap();
    automerge.set_actor(automerge::ActorId::from([0xee; 16].as_slice()));
    write(&mut automerge);
    Document::restore(&automerge.save()).unwrap()
}

/// The scalar under `path`, as Automerge prints it.
pub fn stored(document: &Document, path: &str) -> Option<String> {
    let automerge = AutoCommit::load(&document.save()).unwrap();
    automerge.get(ROOT, path).unwrap().map(|(value, _)| value.to_string())
}
