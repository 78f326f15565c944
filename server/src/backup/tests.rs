//! What is backed up comes back equal, whatever is written meanwhile; what is not whole is refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use jisr_durable_kv::{Kv, MemoryKv, Pair};
use jisr_sync_core::codes::ContactOutcome;
use jisr_sync_core::id::{ChangeHash, DocumentId};
use jisr_sync_core::record::{Encounter, Person, Shift};
use jisr_sync_core::time::UnixMillis;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::frame::FrameWriter;
use super::item::Item;
use super::read::read;
use super::{BackupError, Fault, Loaded, Pattern, Source, check_file, load, make_file};
use crate::kit_for_tests::{EVENING, TestDevice, enrol, fill_registry, merge_one, over, province, unit, zone};
use crate::merge::{Merge, Outcome, Relocated};
use crate::progress::testing::Noted;
use crate::progress::{Count, Progress, Stage, Unwatched};
use crate::registry::{AuditEntry, AuditLog, Deed, Fleet, KvRegistry};
use crate::storage::{Append, Carried, DeviceMark, KvStorage, Storage, Walk};

mod restore;

/// A server over memory.
struct Server {
    kv: Arc<MemoryKv>,
    storage: KvStorage,
    registry: KvRegistry,
}

impl Server {
    fn new(seed: u64) -> Self {
        let kv = Arc::new(MemoryKv::new());
        let mut rng = StdRng::seed_from_u64(seed);
        let registry = KvRegistry::open(kv.clone(), &mut rng).unwrap();
        Self { storage: KvStorage::open(kv.clone(), &mut rng).unwrap(), registry, kv }
    }

    /// With units, accounts, plans, an audit log, sign-ins and codes.
    fn with_registry(seed: u64, devices: &[&TestDevice]) -> Self {
        let server = Self::new(seed);
        fill_registry(&server.registry);
        // As a later version may: it is carried though nobody here reads it.
        let mut batch = jisr_durable_kv::Batch::new();
        batch.put(b"Rz".as_slice(), [0xFF; 32]);
        server.kv.commit(batch).unwrap();
        let mut rng = StdRng::seed_from_u64(7);
        devices.iter().for_each(|device| enrol(&server.registry, device, &mut rng));
        for at in 0..100 {
            let entry = AuditEntry {
                at: UnixMillis(at),
                by: None,
                deed: Deed::RecordViewed,
                target: at.to_string(),
                because: None,
            };
            server.registry.append_audit(&entry).unwrap();
        }
        server
    }

    fn source(&self) -> Source<'_> {
        Source { storage: &self.storage, registry: &self.registry, config: Some("# a file\n"), made_at: EVENING }
    }

    fn back_up(&self, file: &Path) -> super::Summary {
        make_file(&self.source(), &Pattern::of(file).unwrap(), None, &Unwatched).unwrap().summary
    }

    /// A new server of a backup.
    fn of(file: &Path) -> (Self, Loaded) {
        let kv = Arc::new(MemoryKv::new());
        let mut rng = StdRng::seed_from_u64(99);
        let server = check_file(file, &Unwatched).unwrap().header.server;
        let registry = KvRegistry::open_as(kv.clone(), server, &mut rng).unwrap();
        let storage = KvStorage::open(kv.clone(), &mut rng).unwrap();
        let loaded = load(file, &storage, &registry, &zone(), &Unwatched).unwrap();
        (Self { kv, storage, registry }, loaded)
    }

    /// Everything but what a backup has not: seeds, epochs, leases, backed-up marks, sign-ins, codes; and but saved
    /// documents, whose bytes depend on how they grew.
    fn pairs(&self) -> Vec<Pair> {
        let gone: [&[u8]; 7] = [b"ri", b"rx", b"rh", b"rb", b"Rs", b"Rc", b"rd"];
        let all = self.kv.scan(&[], &[0xFF], usize::MAX).unwrap();
        let kept = all.into_iter().filter(|(key, _)| !gone.iter().any(|prefix| key.starts_with(prefix)));
        // A count of nothing is written or not, and means the same.
        kept.filter(|(key, value)| key != b"rn" || value != &[0; 8]).collect()
    }

    fn heads(&self) -> Vec<(String, u64, jisr_sync_core::sync::Chain)> {
        self.storage.heads().unwrap().into_iter().map(|(scope, at)| (scope.to_string(), at.number, at.chain)).collect()
    }
}

fn uncounted() -> Count<'static> {
    Count::begin(&Unwatched, Stage::Check, None).unwrap()
}

/// A server with three logs, edits, a record that was moved to another unit, and changes that were set aside.
fn filled() -> Server {
    let mut device = TestDevice::new(1);
    let server = Server::with_registry(1, &[&device]);
    let (shift, opened) = device.create(&Shift { operational_day: "2026-11-23".parse().ok(), ..Shift::default() });
    let (_, known) = device.create(&Person::default());
    let mut sent = vec![opened, known];
    let mut moved = shift;
    for _ in 0..5 {
        let encounter = Encounter { shift: Some(shift), occurred_at: Some(device.now), ..Encounter::default() };
        let (id, made) = device.create(&encounter);
        sent.push(made);
        moved = id;
        sent.push(device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Engaged)));
    }
    sent.push((unit(), device.new_id(), vec![1, 2, 3]));
    merge_one(&server.storage, &device.delivers(&sent));
    let zone = zone();
    let mut merge = Merge::new(&server.storage, &zone);
    assert_eq!(merge.relocate(&moved, &"unit/azilal-2".parse().unwrap(), EVENING).unwrap(), Relocated::Moved);
    server.storage.append(&merge.finish().unwrap()).unwrap();
    let mark = DeviceMark { waiting: Some(3), boot: 7, ..DeviceMark::first_seen(device.id, EVENING) };
    server.storage.append(&Append { marks: [(device.id, mark)].into(), ..Append::default() }).unwrap();
    server
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.jisr");
    (folder, file)
}

#[test]
fn a_restored_store_holds_what_was_backed_up_and_each_of_its_logs_has_a_new_epoch() {
    let (_folder, file) = folder();
    let server = filled();

    let summary = server.back_up(&file);
    let (restored, loaded) = Server::of(&file);

    assert_eq!((summary.records, summary.set_aside, summary.heads.len()), (16, 1, 3));
    assert_eq!((&loaded.summary, loaded.documents, loaded.config.as_deref()), (&summary, 7, Some("# a file\n")));
    assert_eq!(restored.registry.server_id(), server.registry.server_id());
    let voucher_key = |server: &Server| server.kv.get(b"Rv").unwrap().unwrap();
    assert_eq!(voucher_key(&restored), voucher_key(&server), "what it vouched for before, it takes back after");
    assert_eq!(restored.heads(), server.heads(), "numbers and chain values are the same");
    for (scope, head) in server.storage.heads().unwrap() {
        assert_ne!(restored.storage.head(&scope).unwrap().epoch, head.epoch, "{scope}");
        assert_eq!(restored.storage.backed_up(&scope).unwrap(), head.number, "{scope}");
    }
    let unused = "unit/azilal-9".parse().unwrap();
    assert_ne!(restored.storage.head(&unused).unwrap().epoch, server.storage.head(&unused).unwrap().epoch);
    assert!(restored.pairs().len() > 150);
    assert_eq!(restored.pairs(), server.pairs());
    for gone in [b"Rs", b"Rc"] {
        assert!(!server.kv.scan(gone, &[gone[0], gone[1] + 1], 1).unwrap().is_empty());
        assert!(restored.kv.scan(gone, &[gone[0], gone[1] + 1], 1).unwrap().is_empty(), "{gone:?} does not come back");
    }
}

#[test]
fn a_store_without_anything_is_backed_up_and_restored() {
    let (_folder, file) = folder();
    let server = Server::new(1);

    let summary = server.back_up(&file);
    let (restored, _) = Server::of(&file);

    assert_eq!((summary.records, summary.heads.len()), (0, 0));
    assert_eq!(restored.registry.server_id(), server.registry.server_id());
}

#[test]
fn whichever_byte_of_a_backup_is_altered_and_wherever_it_is_cut_it_is_refused() {
    let (_folder, file) = folder();
    filled().back_up(&file);
    let good = fs::read(&file).unwrap();
    let refused = |bytes: &[u8]| read::<super::Trouble>(bytes, &mut uncounted(), |_| Ok(())).is_err();

    assert!(!refused(&good));
    for at in 0..good.len() {
        for bit in [0x01, 0x80] {
            let mut bad = good.clone();
            bad[at] ^= bit;
            assert!(refused(&bad), "byte {at} of {}", good.len());
        }
        assert!(refused(&good[..at]), "cut at {at} of {}", good.len());
    }
    fs::write(&file, &good[..good.len() - 40]).unwrap();
    assert!(matches!(check_file(&file, &Unwatched), Err(BackupError::Unsound { fault: Fault::Cut { .. }, .. })));
}

fn items_of(file: &Path) -> Vec<Item> {
    let mut items = Vec::new();
    let read = read::<super::Trouble>(&fs::read(file).unwrap()[..], &mut uncounted(), |item| {
        items.push(item);
        Ok(())
    });
    assert!(read.is_ok());
    items
}

/// A file of these values, with right checksums and counts, as somebody could write it who wants to deceive.
fn forged(items: &[Item]) -> Vec<u8> {
    let mut writer = FrameWriter::begin(Vec::new()).unwrap();
    let mut counts: Vec<(u8, u64)> = Vec::new();
    for item in items.iter().filter(|item| !matches!(item, Item::End(_))) {
        match counts.last_mut() {
            Some((section, count)) if *section == item.section() => *count += 1,
            _ => counts.push((item.section(), 1)),
        }
        writer.put(item.section(), &item.to_bytes()).unwrap();
    }
    writer.finish(&Item::End(counts).to_bytes()).unwrap()
}

#[test]
fn a_backup_whose_checksums_are_right_and_whose_log_is_not_is_refused() {
    let (_folder, file) = folder();
    filled().back_up(&file);
    let items = items_of(&file);
    let refused = |items: &[Item]| read::<super::Trouble>(&forged(items)[..], &mut uncounted(), |_| Ok(())).is_err();
    assert!(!refused(&items), "as it is, it reads");
    let of_a_log = |item: &Item| matches!(item, Item::Head(..) | Item::Carried(Carried::Record(..)));
    for at in (0..items.len()).filter(|at| of_a_log(&items[*at])) {
        let (mut without, mut twice, mut altered) = (items.clone(), items.clone(), items.clone());
        without.remove(at);
        twice.insert(at, items[at].clone());
        match &mut altered[at] {
            Item::Head(_, number, _) => *number -= 1,
            Item::Carried(Carried::Record(_, record)) if record.log.body.is_empty() => {
                record.log.hash = ChangeHash::from_bytes([9; 32]);
            }
            Item::Carried(Carried::Record(_, record)) => record.log.body[20] ^= 1,
            _ => {}
        }
        assert!(refused(&without) && refused(&twice) && refused(&altered), "value {at}");
    }
    assert!(refused(&[]), "nothing at all");
}

#[test]
fn what_was_set_aside_when_it_was_copied_and_taken_in_before_the_logs_were_is_restored_once() {
    let (_folder, file) = folder();
    let mut device = TestDevice::new(1);
    let server = Server::with_registry(1, &[&device]);
    let (id, made) = device.create(&Encounter::default());
    let edit = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief));
    merge_one(&server.storage, &device.delivers(std::slice::from_ref(&edit)));
    server.back_up(&file);
    let aside = items_of(&file).into_iter().filter(|item| matches!(item, Item::Carried(Carried::SetAside(_))));
    let aside: Vec<_> = aside.collect();
    merge_one(&server.storage, &device.delivers(&[made]));
    server.back_up(&file);
    let mut items = items_of(&file);
    let logs = items.iter().position(|item| matches!(item, Item::Head(..))).unwrap();
    items.splice(logs..logs, aside.iter().cloned());
    fs::write(&file, forged(&items)).unwrap();

    let (restored, loaded) = Server::of(&file);

    assert_eq!((aside.len(), loaded.summary.set_aside, loaded.summary.records), (1, 1, 2));
    assert_eq!(restored.storage.set_aside_count().unwrap(), 0);
    let (there, here) = (restored.pairs(), server.pairs());
    let differ = |one: &[Pair], other: &[Pair]| {
        let only =
            one.iter().filter(|pair| !other.contains(pair)).map(|(key, _)| String::from_utf8_lossy(key).into_owned());
        only.collect::<Vec<_>>()
    };
    assert_eq!((differ(&there, &here), differ(&here, &there)), (Vec::new(), Vec::new()));
}

#[test]
fn a_damaged_store_is_not_backed_up_and_what_is_damaged_is_named() {
    let (_folder, file) = folder();
    let server = filled();
    let key = server.kv.scan(b"rl", b"rm", 9).unwrap().remove(3).0;
    let mut value = server.kv.get(&key).unwrap().unwrap();
    value[40] ^= 1;
    let mut batch = jisr_durable_kv::Batch::new();
    batch.put(key, value);
    server.kv.commit(batch).unwrap();

    let refused = make_file(&server.source(), &Pattern::of(&file).unwrap(), None, &Unwatched).unwrap_err();

    assert!(matches!(&refused, BackupError::Storage(error) if error.is_damage()), "{refused}");
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn of_a_pattern_only_the_newest_files_of_this_server_stay() {
    let (folder, _) = folder();
    let (server, other) = (Server::new(1), Server::new(2));
    let pattern = Pattern::of(&folder.path().join("jisr-{now}.jisr")).unwrap();
    let make = |server: &Server, hour: i64, keep| {
        let source = Source { made_at: UnixMillis(EVENING.0 + hour * 3_600_000), ..server.source() };
        make_file(&source, &pattern, keep, &Unwatched)
    };
    make(&other, 0, None).unwrap();
    fs::write(folder.path().join("jisr-20200101T000000Z.jisr"), "somebody's").unwrap();
    fs::write(folder.path().join("jisr-notes.jisr"), "somebody's").unwrap();
    let made: Vec<_> = (1..=5).map(|hour| make(&server, hour, Some(5)).unwrap().file).collect();

    let last = make(&server, 6, Some(2)).unwrap();

    assert_eq!(last.removed, made[..4]);
    assert!(made[4].exists() && last.file.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5, "what is not this server's stays");
    let early = make(&server, -9, Some(1)).unwrap();
    assert!(early.file.exists(), "a clock that was set back does not cost the backup just made");
    assert!(matches!(make(&other, -9, None), Err(BackupError::Occupied { .. })), "another server's is not replaced");
}

#[test]
fn a_backup_replaces_one_of_the_same_name_only_when_it_is_whole() {
    let (_folder, file) = folder();
    let server = filled();
    server.back_up(&file);
    let before = fs::read(&file).unwrap();
    let part = file.with_file_name(".b.jisr.part");
    fs::create_dir(&part).unwrap();

    let refused = make_file(&server.source(), &Pattern::of(&file).unwrap(), None, &Unwatched);

    assert!(matches!(refused, Err(BackupError::Unwritten { .. })));
    assert_eq!(fs::read(&file).unwrap(), before);
    fs::remove_dir(&part).unwrap();
    assert_eq!(server.back_up(&file).records, 16);
}

/// What deliveries were answered, in the order of their answers.
type Answered = Arc<Mutex<Vec<(ChangeHash, DocumentId)>>>;

/// Writes and delivers encounters until told to stop. Of every second one the edit comes first, so that it is set
/// aside and taken in later.
fn storm(storage: &KvStorage, device: &mut TestDevice, answered: &Answered, stop: &AtomicBool) {
    let mut round = 0;
    while !stop.load(Ordering::SeqCst) {
        round += 1;
        let (id, made) = device.create(&Encounter { occurred_at: Some(device.now), ..Encounter::default() });
        let (_, person) = device.create(&Person::default());
        let edit = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief));
        let turns = if round % 2 == 0 { [vec![made, person], vec![edit]] } else { [vec![edit], vec![made, person]] };
        for sent in turns {
            let delivered = device.delivers(&sent);
            let outcomes = merge_one(storage, &delivered);
            assert!(outcomes.iter().all(|outcome| match outcome {
                Outcome::Appended => true,
                Outcome::SetAside(reason) => reason == "missing-dependency",
                Outcome::Known | Outcome::Elsewhere | Outcome::HeldBack => false,
            }));
            let hashes = sent.iter().map(|(_, id, bytes)| (jisr_sync_core::sync::change_hash(bytes), *id));
            answered.lock().unwrap().extend(hashes);
        }
    }
}

#[test]
fn a_backup_made_in_a_storm_of_writes_holds_all_that_was_answered_before_it_began_and_verifies() {
    let (_folder, file) = folder();
    let mut device = TestDevice::new(1);
    let server = Server::with_registry(1, &[&device]);
    let (answered, stop) = (Answered::default(), AtomicBool::new(false));
    let mut backups = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| storm(&server.storage, &mut device, &answered, &stop));
        for n in 0..12 {
            while answered.lock().unwrap().len() < n * 20 {
                std::thread::yield_now();
            }
            let before: BTreeSet<_> = answered.lock().unwrap().iter().copied().collect();
            let file = file.with_extension(n.to_string());
            server.back_up(&file);
            backups.push((file, before, answered.lock().unwrap().len()));
        }
        stop.store(true, Ordering::SeqCst);
    });

    let mut during = 0;
    for (file, before, after) in backups {
        // Loading checks everything against everything: every record's dependencies, author, chain and row.
        let (restored, loaded) = Server::of(&file);
        for (hash, id) in &before {
            let logged = restored.storage.change(hash, id).unwrap().is_some();
            let aside = restored.storage.set_aside(hash, id).unwrap().is_some();
            assert!(logged != aside, "{}: {hash} logged {logged}, aside {aside}", file.display());
        }
        during += after - before.len();
        let held = loaded.summary.heads.iter().map(|(scope, number)| (scope, *number));
        let all: u64 = held.map(|(_, number)| number).sum();
        assert!(all as usize + loaded.summary.set_aside as usize >= before.len());
    }
    assert!(during > 12, "{during} changes came while backups were made");
    assert!(server.storage.head(&province()).unwrap().number > 50);
}

#[test]
fn memory_of_a_backup_stays_at_its_pages() {
    // Twelve times what a chunk holds, written one page at a time into something that only counts.
    struct Counts(usize, usize);
    impl std::io::Write for Counts {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += 1;
            self.1 = self.1.max(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut device = TestDevice::new(1);
    let server = Server::with_registry(1, &[&device]);
    let mut rng = StdRng::seed_from_u64(3);
    let noise = |rng: &mut StdRng| {
        use rand::RngExt;
        (0..200_000).map(|_| rng.random::<u8>()).collect::<Vec<u8>>()
    };
    let sent: Vec<_> = (0..60).map(|_| (unit(), device.new_id(), noise(&mut rng))).collect();
    sent.chunks(4).for_each(|sent| drop(merge_one(&server.storage, &device.delivers(sent))));

    let counted =
        super::make::write(&server.source(), Counts(0, 0), &Unwatched).unwrap_or_else(|error| panic!("{error}"));

    assert!(counted.0 > 10, "in many pieces");
    assert!(counted.1 < 1024 * 1024 + 300_000, "the longest of {} bytes", counted.1);
    drop(over(server.kv.clone()));
}

fn stage(stage: Stage, done: u64, total: Option<u64>) -> Progress {
    Progress { stage, done, total }
}

#[test]
fn a_backup_tells_record_by_record_how_far_it_is_and_ends_at_what_it_said() {
    let folder = tempfile::tempdir().unwrap();
    let (server, noted) = (filled(), Noted::default());
    let pattern = Pattern::of(&folder.path().join("a")).unwrap();

    let made = make_file(&server.source(), &pattern, None, &noted).unwrap().summary;

    let (told, total) = (noted.stages(), |count| Some(count));
    assert_eq!(told[0], stage(Stage::CopyAside, made.set_aside, None));
    assert_eq!(told[1], stage(Stage::CopyRecords, made.records, total(made.records)));
    assert!(told[2].stage == Stage::CopyOthers && told[2].done > 100, "the audit log alone has so many: {:?}", told[2]);
    assert_eq!(told[3], stage(Stage::Check, made.bytes, total(made.bytes)));
    assert_eq!(told.len(), 4);
    let records = noted.steps().into_iter().filter(|step| step.stage == Stage::CopyRecords).map(|step| step.done);
    assert!(records.eq(0..=made.records), "each record counts once, in order");
}

#[test]
fn a_backup_that_is_stopped_at_any_stage_leaves_no_half_file_and_the_older_one_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (server, file) = (filled(), folder.path().join("a"));
    let pattern = Pattern::of(&file).unwrap();
    server.back_up(&file);
    let before = fs::read(&file).unwrap();

    for (at, done) in [(Stage::CopyAside, 1), (Stage::CopyRecords, 3), (Stage::CopyOthers, 0), (Stage::Check, 1)] {
        let stopped = make_file(&server.source(), &pattern, None, &Noted::stopping_at(at, done));

        assert!(matches!(stopped, Err(BackupError::Stopped(_))), "{at:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{at:?}");
        assert!(fs::read(&file).unwrap() == before, "{at:?}");
    }
}
