//! What every storage must keep to, as one suite that each implementation runs in its tests.
//!
//! It panics at the first broken promise; it is compiled for tests only. A new implementation calls [`check`] with a
//! way to make a new store, which gives a way to open it again and again.

use std::collections::BTreeMap;

use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, ScopeId, UnitId};
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::sync::{Cursor, Fingerprint, LogKind, LogRecord, Month, ReasonCode};
use jisr_sync_core::time::UnixMillis;

use super::{
    Append, ChangePlace, DeviceMark, Discarded, EnvelopeId, Find, Found, Index, LogAppend, ReadLimit, Row, RowState,
    SavedDocument, SetAside, Storage, StorageError, StoredRecord, Subject, Term,
};

/// Opens one store; what was open before has been dropped.
pub(crate) type Opener = Box<dyn Fn() -> Box<dyn Storage>>;

const ALL: ReadLimit = ReadLimit { records: usize::MAX, bytes: usize::MAX };

/// Runs the suite; `fresh` makes a new, empty store each time.
///
/// # Panics
/// At the first promise that is broken.
pub(crate) fn check(fresh: impl Fn() -> Opener) {
    a_log_has_one_epoch_from_before_its_first_record_on(&fresh());
    what_was_appended_is_there_after_opening_again(&fresh());
    an_append_that_does_not_follow_changes_nothing(&fresh());
    a_change_is_known_by_its_fingerprint_in_its_scope_and_document_only(&fresh());
    reads_of_a_log_are_bounded_and_have_no_gap(&fresh());
    a_row_is_found_by_its_present_terms_only(&fresh());
    ranges_include_both_ends_and_go_both_ways(&fresh());
    what_is_set_aside_is_listed_counted_and_taken_in(&fresh());
    what_was_discarded_is_known_after_opening_again(&fresh());
    scopes_and_subjects_do_not_reach_into_one_another(&fresh());
}

fn scope(text: &str) -> ScopeId {
    text.parse().unwrap()
}

fn document(n: u8) -> DocumentId {
    // A UUID of version 7 made in November 2026, so that it has a month.
    let mut bytes = [n; 16];
    bytes[..6].copy_from_slice(&1_795_000_000_000_i64.to_be_bytes()[2..]);
    DocumentId::from_bytes(bytes)
}

/// Records that follow `head`, with bodies of 100 bytes.
fn follow(head: Cursor, hashes: std::ops::Range<u8>) -> LogAppend {
    let mut last = head;
    let mut records = Vec::new();
    for n in hashes {
        let (id, hash) = (document(n), ChangeHash::from_bytes([n; 32]));
        let log = LogRecord {
            number: last.number + 1,
            chain: last.chain.next(LogKind::Change, &id, &hash),
            kind: LogKind::Change,
            document: id,
            hash,
            author: Some((DeviceId::from_bytes([n; 16]), jisr_sync_core::sync::Incarnation::from_bytes([n; 8]))),
            moved: n % 3 == 0,
            body: vec![n; 100],
        };
        let received_at = UnixMillis(i64::from(n));
        let record = StoredRecord { log, received_at, clock_suspect: n % 2 == 0, envelope: Some(EnvelopeId([n; 32])) };
        last = record.cursor(&last);
        records.push(record);
    }
    LogAppend { after: head, records }
}

fn a_change_is_known_by_its_fingerprint_in_its_scope_and_document_only(open: &Opener) {
    let (unit, other) = (scope("unit/azilal-1"), scope("unit/azilal-2"));
    let storage = open();
    let records = append_to(&*storage, &unit, 1..4);
    append_to(&*storage, &other, 4..6);

    let of = |record: &StoredRecord| Fingerprint::of(&record.log.document, &record.log.hash);
    assert!(records.iter().all(|record| storage.has_change(&unit, &of(record)).unwrap()));
    assert!(!storage.has_change(&other, &of(&records[0])).unwrap(), "another scope's");
    let elsewhere = Fingerprint::of(&DocumentId::from_bytes([9; 16]), &records[0].log.hash);
    assert!(!storage.has_change(&unit, &elsewhere).unwrap(), "the same bytes in another document");
    assert!(!storage.has_change(&unit, &Fingerprint::of(&document(1), &ChangeHash::from_bytes([9; 32]))).unwrap());
}

fn append_to(storage: &dyn Storage, to: &ScopeId, hashes: std::ops::Range<u8>) -> Vec<StoredRecord> {
    let log = follow(storage.head(to).unwrap(), hashes);
    let records = log.records.clone();
    storage.append(&Append { logs: BTreeMap::from([(to.clone(), log)]), ..Append::default() }).unwrap();
    records
}

fn row(n: u8, terms: Vec<Term>) -> Row {
    Row {
        id: document(n),
        kind: Some(RecordKind::Encounter),
        scope: scope("unit/azilal-1"),
        heads_hash: [n; 32],
        state: RowState::Record("{}".to_owned()),
        conflicts: vec!["sex".to_owned()],
        clock_suspect: true,
        received_at: UnixMillis(-5),
        changed_at: UnixMillis(7),
        terms,
    }
}

fn put_rows(storage: &dyn Storage, rows: Vec<Row>) {
    let rows = rows.into_iter().map(|row| (row.id, row)).collect();
    storage.append(&Append { rows, ..Append::default() }).unwrap();
}

fn term(index: Index, subject: Subject, ordinal: i64) -> Term {
    Term { index, subject, ordinal }
}

fn aside(n: u8, at: i64) -> SetAside {
    SetAside {
        scope: scope("unit/azilal-1"),
        document: document(n % 3),
        hash: ChangeHash::from_bytes([n; 32]),
        author: DeviceId::from_bytes([n; 16]),
        brought_by: DeviceId::from_bytes([1; 16]),
        reason: "checksum".to_owned(),
        received_at: UnixMillis(at),
        clock_suspect: false,
        envelope: EnvelopeId([n; 32]),
        bytes: vec![n; 300],
        lacks: Some(ChangeHash::from_bytes([200; 32])),
    }
}

fn a_log_has_one_epoch_from_before_its_first_record_on(open: &Opener) {
    let (one, two) = (scope("unit/azilal-1"), scope("province/azilal"));
    let before = open().head(&one).unwrap();
    let storage = open();
    assert_eq!((before.number, storage.head(&one).unwrap()), (0, before), "the same after opening again");
    assert_ne!(storage.head(&two).unwrap().epoch, before.epoch, "each log has its own");
    assert!(storage.scopes().unwrap().is_empty());

    append_to(&*storage, &one, 1..3);

    assert_eq!(storage.head(&one).unwrap().epoch, before.epoch);
    assert_eq!(storage.scopes().unwrap(), [one]);
}

fn what_was_appended_is_there_after_opening_again(open: &Opener) {
    let unit = scope("unit/azilal-1");
    let storage = open();
    let saved = SavedDocument {
        id: document(1),
        scope: unit.clone(),
        saved: vec![7; 9_000],
        received_at: UnixMillis(1),
        clock_suspect: true,
        changed_at: UnixMillis(2),
    };
    let mark = DeviceMark {
        last_contact: Some(UnixMillis(5)),
        waiting: Some(0),
        clock_ahead_ms: Some(-400_000),
        app_version: "0.1.0".to_owned(),
        past_lives: vec![[1; 8], [2; 8]],
        ..DeviceMark::first_seen(DeviceId::from_bytes([4; 16]), UnixMillis(6))
    };
    let log = follow(storage.head(&unit).unwrap(), 1..6);
    let records = log.records.clone();
    let actor = ActorId::from_bytes([8; 16]);
    let append = Append {
        logs: BTreeMap::from([(unit.clone(), log)]),
        actors: BTreeMap::from([(actor, mark.device)]),
        envelopes: BTreeMap::from([(EnvelopeId([3; 32]), vec![1, 2, 3])]),
        documents: BTreeMap::from([(saved.id, saved.clone())]),
        rows: BTreeMap::from([(document(1), row(1, Vec::new()))]),
        set_aside: vec![aside(1, 1)],
        marks: BTreeMap::from([(mark.device, mark.clone())]),
        backed_up: BTreeMap::from([(unit.clone(), 4)]),
        ..Append::default()
    };
    storage.append(&append).unwrap();
    let tail = storage.tail(&unit).unwrap();
    drop(storage);

    let storage = open();

    assert_eq!(storage.log_after(&unit, 0, ALL).unwrap(), records);
    assert_eq!(storage.tail(&unit).unwrap(), tail);
    assert_eq!(tail.head, records[4].cursor(&tail.head));
    assert_eq!(tail.months.keys().collect::<Vec<_>>(), [&Month::of(&document(1))]);
    let place = ChangePlace { scope: unit.clone(), number: 3 };
    assert_eq!(storage.change(&records[2].log.hash, &document(3)).unwrap(), Some(place));
    assert_eq!(storage.change(&records[2].log.hash, &document(2)).unwrap(), None, "of this document only");
    assert_eq!(storage.chain_at(&unit, 2).unwrap(), Some(records[1].log.chain));
    assert_eq!(storage.chain_at(&unit, 6).unwrap(), None);
    assert_eq!(storage.actor(&actor).unwrap(), Some(mark.device));
    assert_eq!(storage.envelope(&EnvelopeId([3; 32])).unwrap(), Some(vec![1, 2, 3]));
    assert_eq!(storage.document(&saved.id).unwrap(), Some(saved));
    assert_eq!(storage.row(&document(1)).unwrap(), Some(row(1, Vec::new())));
    assert_eq!(storage.device_mark(&mark.device).unwrap(), Some(mark.clone()));
    assert_eq!(storage.device_marks().unwrap(), [mark]);
    assert_eq!(storage.backed_up(&unit).unwrap(), 4);
    assert_eq!(storage.set_aside_list(None, 9).unwrap(), [aside(1, 1)]);
}

fn an_append_that_does_not_follow_changes_nothing(open: &Opener) {
    let (unit, province) = (scope("unit/azilal-1"), scope("province/azilal"));
    let storage = open();
    append_to(&*storage, &unit, 1..4);
    let head = storage.head(&unit).unwrap();
    let old = Cursor { number: 2, ..head };
    let mut gap = follow(head, 4..7);
    gap.records.remove(1);
    let mut broken = follow(head, 4..6);
    broken.records[1].log.chain = head.chain;
    let other_epoch = Cursor { epoch: storage.head(&province).unwrap().epoch, ..head };

    for (bad, moved) in [(follow(old, 4..5), true), (follow(other_epoch, 4..5), true), (gap, false), (broken, false)] {
        let good = follow(storage.head(&province).unwrap(), 10..12);
        let logs = BTreeMap::from([(unit.clone(), bad), (province.clone(), good)]);
        let rows = BTreeMap::from([(document(9), row(9, Vec::new()))]);
        let refused = storage.append(&Append { logs, rows, ..Append::default() }).unwrap_err();

        assert!(refused.nothing_changed());
        assert_eq!(matches!(refused, StorageError::Moved { .. }), moved, "{refused:?}");
        assert_eq!(storage.head(&unit).unwrap(), head);
        assert_eq!(storage.head(&province).unwrap().number, 0, "nor anything in another scope");
        assert_eq!(storage.row(&document(9)).unwrap(), None);
    }
    append_to(&*storage, &unit, 4..6);
    assert_eq!(storage.head(&unit).unwrap().number, 5, "the log goes on");
}

fn reads_of_a_log_are_bounded_and_have_no_gap(open: &Opener) {
    let unit = scope("unit/azilal-1");
    let storage = open();
    append_to(&*storage, &unit, 0..150);
    let numbers = |after, records, bytes| {
        let read = storage.log_after(&unit, after, ReadLimit { records, bytes }).unwrap();
        read.iter().map(|record| record.log.number).collect::<Vec<_>>()
    };

    assert_eq!(numbers(0, 3, usize::MAX), [1, 2, 3]);
    assert_eq!(numbers(148, usize::MAX, usize::MAX), [149, 150]);
    assert_eq!(numbers(7, usize::MAX, 350), [8, 9, 10], "of 100 bytes each");
    assert_eq!(numbers(7, usize::MAX, 0), [8], "at least one");
    assert_eq!(numbers(7, 0, 0), [8]);
    assert!(numbers(150, usize::MAX, usize::MAX).is_empty());
    assert!(numbers(u64::MAX, 1, 1).is_empty());
    assert_eq!(numbers(0, usize::MAX, usize::MAX), (1..=150).collect::<Vec<_>>());
    assert!(storage.log_after(&scope("unit/none"), 0, ALL).unwrap().is_empty());
}

fn a_row_is_found_by_its_present_terms_only(open: &Opener) {
    let storage = open();
    let unit = || Subject::Unit("azilal-1".parse::<UnitId>().unwrap());
    let (loose, of_day) = (term(Index::LooseEncounters, unit(), 5), term(Index::EncountersOfDay, unit(), 4));
    let both = term(Index::Latest, Subject::Everything, 1);
    let ids = |index, subject| {
        let found = storage.find(&Find::all(index, subject)).unwrap();
        found.into_iter().map(|found| (found.ordinal, found.id)).collect::<Vec<_>>()
    };
    put_rows(&*storage, vec![row(1, vec![loose, both.clone()])]);
    assert_eq!(ids(Index::LooseEncounters, unit()), [(5, document(1))]);

    put_rows(&*storage, vec![row(1, vec![of_day, both])]);

    assert_eq!(ids(Index::LooseEncounters, unit()), []);
    assert_eq!(ids(Index::EncountersOfDay, unit()), [(4, document(1))]);
    assert_eq!(ids(Index::Latest, Subject::Everything), [(1, document(1))]);
}

fn ranges_include_both_ends_and_go_both_ways(open: &Opener) {
    let storage = open();
    let ordinals = [i64::MIN, -86_400, -1, 0, 1, 255, 256, i64::MAX];
    let person = Subject::Record(document(200));
    let row_at = |(n, at): (u8, i64)| row(n, vec![term(Index::MetOnShift, person.clone(), at)]);
    put_rows(&*storage, (1..).zip(ordinals).map(row_at).collect());
    let found = |from, to, newest_first, limit| {
        let subject = person.clone();
        let find = Find { index: Index::MetOnShift, subject, from, to, newest_first, limit };
        storage.find(&find).unwrap().into_iter().map(|found| found.ordinal).collect::<Vec<_>>()
    };

    assert_eq!(found(i64::MIN, i64::MAX, false, 99), ordinals);
    assert_eq!(found(i64::MIN, i64::MAX, true, 2), [i64::MAX, 256]);
    assert_eq!(found(-1, 255, false, 99), [-1, 0, 1, 255]);
    assert_eq!(found(-1, 255, false, 2), [-1, 0]);
    assert_eq!(found(i64::MIN, -1, true, 99), [-1, -86_400, i64::MIN]);
    assert_eq!(found(2, 254, false, 99), [0_i64; 0]);
}

fn what_is_set_aside_is_listed_counted_and_taken_in(open: &Opener) {
    let storage = open();
    let put = |set_aside| storage.append(&Append { set_aside, ..Append::default() }).unwrap();
    put(vec![aside(1, 10), aside(2, 30), aside(4, 20)]);
    let hashes = |list: Vec<SetAside>| list.iter().map(|one| one.hash.as_bytes()[0]).collect::<Vec<_>>();

    assert_eq!(hashes(storage.set_aside_list(None, 9).unwrap()), [2, 4, 1]);
    assert_eq!(hashes(storage.set_aside_list(Some(&aside(2, 30).place()), 1).unwrap()), [4]);
    let lacks = ChangeHash::from_bytes([200; 32]);
    let lacking = |after: Option<&SetAside>| {
        let after = after.map(|one| &one.hash);
        hashes(storage.set_aside_lacking(&document(1), &lacks, after, 9).unwrap())
    };
    assert_eq!((lacking(None), lacking(Some(&aside(1, 10)))), (vec![1, 4], vec![4]));
    let other = ChangeHash::from_bytes([201; 32]);
    assert!(storage.set_aside_lacking(&document(1), &other, None, 9).unwrap().is_empty(), "what it lacks is another");
    let starting = |text: &str| hashes(storage.set_aside_starting(&text.parse().unwrap(), 9).unwrap());
    assert_eq!((starting("0404"), starting("04040"), starting("0405")), (vec![4], vec![4], vec![]));
    assert_eq!(storage.set_aside(&aside(2, 0).hash, &document(2)).unwrap(), Some(aside(2, 30)));
    assert_eq!(storage.set_aside_count().unwrap(), 3);

    let by = |n: u8, since| {
        let found = storage.set_aside_by(&DeviceId::from_bytes([n; 16]), UnixMillis(since)).unwrap();
        found.into_iter().collect::<Vec<_>>()
    };
    let charged = |n: u8| {
        let tally = storage.set_aside_tally(&DeviceId::from_bytes([n; 16])).unwrap();
        (tally.changes, tally.bytes)
    };
    assert_eq!((charged(1), charged(2)), ((1, 300), (1, 300)), "its author, where that is proven");
    assert_eq!(by(2, 30), [document(2)]);
    assert_eq!(by(2, 31), [], "it came before");
    assert_eq!(by(3, i64::MIN), [], "of nobody else");

    put(vec![SetAside { reason: "not-granted".to_owned(), lacks: None, ..aside(1, 40) }]);
    assert_eq!(by(1, 11), [document(1)], "with when it came last");
    assert_eq!(charged(1), (1, 300), "and counted once");
    assert_eq!(lacking(None), [4], "it waits for nothing any more");
    assert_eq!(storage.set_aside_count().unwrap(), 3, "the same change again is one");
    assert_eq!(hashes(storage.set_aside_list(None, 9).unwrap()), [1, 2, 4]);

    let taken_in = vec![(aside(4, 0).hash, document(1)), (ChangeHash::from_bytes([99; 32]), document(1))];
    storage.append(&Append { taken_in, ..Append::default() }).unwrap();
    assert_eq!(storage.set_aside_count().unwrap(), 2);
    assert!(lacking(None).is_empty());
    assert_eq!(storage.set_aside(&aside(4, 0).hash, &document(1)).unwrap(), None);
    assert_eq!((by(4, i64::MIN), charged(4)), (Vec::new(), (0, 0)));

    let three = DeviceId::from_bytes([3; 16]);
    let by_three = SetAside { author: three, bytes: vec![0; 7], ..aside(2, 50) };
    put(vec![by_three.clone()]);
    assert_eq!((by(2, i64::MIN), by(3, i64::MIN)), (Vec::new(), vec![document(2)]), "of whom it came last");
    assert_eq!((charged(1), charged(2), charged(3)), ((1, 300), (0, 0), (1, 7)));

    put(vec![SetAside { reason: ReasonCode::UNPROVEN.to_owned(), ..by_three }]);
    assert_eq!((charged(1), charged(3)), ((2, 307), (0, 0)), "whoever brought it, where nothing is proven");
}

fn what_was_discarded_is_known_after_opening_again(open: &Opener) {
    let (one, other) = (aside(1, 10), aside(2, 20));
    let decided = Discarded {
        hash: one.hash,
        document: one.document,
        scope: one.scope.clone(),
        author: one.author,
        brought_by: one.brought_by,
        reason: one.reason.clone(),
        at: UnixMillis(90),
        by: Some("fz".to_owned()),
        because: "written twice".to_owned(),
    };
    let storage = open();
    storage.append(&Append { set_aside: vec![one.clone(), other.clone()], ..Append::default() }).unwrap();
    let taken_in = vec![(one.hash, one.document)];
    storage.append(&Append { taken_in, discarded: vec![decided.clone()], ..Append::default() }).unwrap();
    drop(storage);

    let storage = open();

    assert_eq!(storage.discarded(&one.hash, &one.document).unwrap(), Some(decided.clone()));
    let like = |of: &SetAside| storage.discarded_like(&Fingerprint::of(&of.document, &of.hash)).unwrap();
    assert_eq!((like(&one), like(&other)), (vec![decided], vec![]));
    assert_eq!(storage.discarded(&one.hash, &other.document).unwrap(), None, "another document's");
    assert_eq!((storage.set_aside(&one.hash, &one.document).unwrap(), storage.set_aside_count().unwrap()), (None, 1));
}

fn scopes_and_subjects_do_not_reach_into_one_another(open: &Opener) {
    let storage = open();
    let (short, long) = (scope("unit/a-1"), scope("unit/a-10"));
    append_to(&*storage, &long, 1..3);
    append_to(&*storage, &short, 3..4);
    let unit = |text: &str| Subject::Unit(text.parse().unwrap());
    put_rows(
        &*storage,
        vec![
            row(1, vec![term(Index::ShiftsOfDay, unit("a-1"), 1)]),
            row(2, vec![term(Index::ShiftsOfDay, unit("a-10"), 1)]),
        ],
    );

    assert_eq!(storage.log_after(&short, 0, ALL).unwrap().len(), 1);
    assert_eq!(storage.log_after(&long, 0, ALL).unwrap().len(), 2);
    let found = storage.find(&Find::all(Index::ShiftsOfDay, unit("a-1"))).unwrap();
    assert_eq!(found, [Found { ordinal: 1, id: document(1) }]);
}

impl super::KvStorage {
    /// Puts a record in place of the one of its number, as no part of the server does.
    pub(crate) fn forge(&self, scope: &ScopeId, record: &StoredRecord) {
        let key = super::key::log(scope, record.log.number);
        let mut batch = jisr_durable_kv::Batch::new();
        batch.put(key.clone(), super::codec::pack(&key, record));
        self.kv.commit(batch).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::sync::Arc;

    use jisr_durable_kv::{Kv, MemoryKv, OnFatal, SledKv, SledOptions};

    use super::*;
    use crate::kit_for_tests::over;

    #[test]
    fn storage_over_memory_keeps_the_contract() {
        check(|| {
            let kv: Arc<dyn Kv> = Arc::new(MemoryKv::new());
            Box::new(move || Box::new(over(kv.clone())))
        });
    }

    #[test]
    fn storage_over_the_disk_keeps_the_contract() {
        check(|| {
            let folder = Rc::new(tempfile::tempdir().unwrap());
            Box::new(move || {
                let options = SledOptions {
                    reserve_bytes: 0,
                    free_bytes_min: 0,
                    on_fatal: OnFatal::new(|error| panic!("the disk failed: {error}")),
                    ..SledOptions::device()
                };
                Box::new(over(Arc::new(SledKv::open(folder.path(), options).unwrap())))
            })
        });
    }
}
