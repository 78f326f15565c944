//! What pages ask, over a whole store: the views agree with what was recorded, and a check can run between two groups.

use std::sync::Arc;

use jisr_durable_kv::{Kv, MemoryKv, after_prefix};
use jisr_sync_core::codes::{ContactOutcome, ServiceType, Sex, Visibility};
use jisr_sync_core::record::{Encounter, Person, PersonSlot, RecordKind};
use jisr_sync_core::time::UnixMillis;

use super::Kept;
use crate::kit_for_tests::{EVENING, TestDevice, registry, unit, zone};
use crate::ports::{BackupOrder, RecordKindCode, Records};
use crate::progress::Unwatched;
use crate::registry::{Fleet, KvRegistry};
use crate::storage::Storage;
use crate::writer::WriterThread;

fn kept(kv: Arc<MemoryKv>, devices: &[&TestDevice]) -> (Kept, WriterThread, Arc<KvRegistry>) {
    let fleet = registry(devices);
    let (kept, thread) = Kept::open(kv, fleet.clone(), zone(), Arc::new(|| EVENING), Arc::new(|_| None)).unwrap();
    (kept, thread, fleet)
}

#[tokio::test]
async fn a_day_shows_its_needs_its_newest_records_and_what_disagrees() {
    let (mut one, mut two) = (TestDevice::new(1), TestDevice::new(2));
    let (kept, thread, fleet) = kept(Arc::new(MemoryKv::new()), &[&one, &two]);
    let (person, known) = one.create(&Person::default());
    let slot = PersonSlot { person: Some(person), ..PersonSlot::default() };
    let (encounter, meeting) = one.create(&Encounter {
        occurred_at: Some(EVENING),
        outcome: Some(ContactOutcome::Engaged),
        persons: [("00000001".parse().unwrap(), slot)].into(),
        needs: [ServiceType::Blanket].into(),
        ..Encounter::default()
    });
    kept.writer.deliver(one.delivers(&[known, meeting])).await.unwrap();
    two.learn(person, &one);
    let here = one.edit::<Person>(person, |person| person.sex = Some(Sex::Male));
    let there = two.edit::<Person>(person, |person| person.sex = Some(Sex::Female));
    kept.writer.deliver(one.delivers(&[here])).await.unwrap();
    kept.writer.deliver(two.delivers(&[there])).await.unwrap();

    let day = kept.day("2026-11-23".parse().unwrap(), &fleet.units().unwrap(), UnixMillis(EVENING.0 + 1)).unwrap();

    assert_eq!(day.activity.total.encounters, 1);
    assert_eq!(day.needs, [(ServiceType::Blanket, 1)].into());
    assert_eq!(
        day.records.iter().map(|line| (line.id, line.kind)).collect::<Vec<_>>(),
        [(encounter, RecordKind::Encounter)]
    );
    assert_eq!(day.disagreements.len(), 1);
    assert_eq!((day.disagreements[0].record, day.disagreements[0].conflict.field.as_str()), (person, "sex"));
    thread.shut_down();
}

#[tokio::test]
async fn a_record_shows_its_fields_its_history_and_who_alone_may_see_it() {
    let mut device = TestDevice::new(1);
    let (kept, thread, _) = kept(Arc::new(MemoryKv::new()), &[&device]);
    let (id, made) = device.create(&Person { visibility: Some(Visibility::Restricted), ..Person::default() });
    let owned = device.edit::<Person>(id, |person| person.case_owner = Some("azilal-1".parse().unwrap()));
    kept.writer.deliver(device.delivers(&[made, owned])).await.unwrap();

    let view = kept.record(id).unwrap().unwrap();

    assert_eq!((view.kind, view.day), (RecordKindCode(RecordKind::Person), None));
    assert_eq!(view.restricted_to, Some("azilal-1".parse().unwrap()));
    assert_eq!(view.fields["visibility"], "restricted");
    assert_eq!(view.history.len(), 2);
    assert!(kept.record(device.new_id()).unwrap().is_none());
    thread.shut_down();
}

#[tokio::test]
async fn a_running_server_is_checked_and_repaired_between_two_groups() {
    let (kv, mut device) = (Arc::new(MemoryKv::new()), TestDevice::new(1));
    let (kept, thread, _) = kept(kv.clone(), &[&device]);
    let (_, made) = device.create(&Encounter { occurred_at: Some(EVENING), ..Encounter::default() });
    kept.writer.deliver(device.delivers(&[made])).await.unwrap();
    let mut batch = jisr_durable_kv::Batch::new();
    let rows = kv.scan(b"rr", &after_prefix(b"rr").unwrap(), 9).unwrap();
    rows.into_iter().for_each(|(key, _)| batch.delete(key));
    kv.commit(batch).unwrap();

    let damaged = kept.verify(false, Arc::new(Unwatched)).unwrap();
    let repaired = kept.verify(true, Arc::new(Unwatched)).unwrap();

    assert_eq!((damaged.findings.is_empty(), damaged.repaired), (false, false));
    assert_eq!((repaired.findings, repaired.documents, repaired.repaired), (Vec::new(), 1, true));
    let (_, after) = device.create(&Encounter { occurred_at: Some(EVENING), ..Encounter::default() });
    assert!(kept.writer.deliver(device.delivers(&[after])).await.is_ok());
    assert!(kept.verify(false, Arc::new(Unwatched)).unwrap().findings.is_empty());
    thread.shut_down();
}

#[tokio::test]
async fn what_is_backed_up_is_published_after_the_backup_reads_back_and_never_goes_back() {
    let mut device = TestDevice::new(1);
    let (kept, thread, _) = kept(Arc::new(MemoryKv::new()), &[&device]);
    let folder = tempfile::tempdir().unwrap();
    let order = |name: &str| BackupOrder { file: folder.path().join(name), keep: None, config: None };
    let backed_up =
        |kept: &Kept| (kept.storage.backed_up(&unit()).unwrap(), kept.storage.head(&unit()).unwrap().number);
    for _ in 0..3 {
        let (_, made) = device.create(&Encounter::default());
        kept.writer.deliver(device.delivers(&[made])).await.unwrap();
    }
    std::fs::write(folder.path().join("taken"), "somebody's").unwrap();

    assert!(kept.back_up(&order("taken"), EVENING, &Unwatched).is_err());
    assert!(kept.back_up(&order("no/such/folder"), EVENING, &Unwatched).is_err());
    assert_eq!(backed_up(&kept), (0, 3), "no backup, no mark");
    let made = kept.back_up(&order("one"), EVENING, &Unwatched).unwrap();
    assert_eq!((made.summary.heads[&unit()], backed_up(&kept)), (3, (3, 3)));
    let (_, later) = device.create(&Encounter::default());
    kept.writer.deliver(device.delivers(&[later])).await.unwrap();
    assert_eq!(backed_up(&kept), (3, 4));

    super::publish(&*kept.storage, [(unit(), 2)].into()).unwrap();
    assert_eq!(backed_up(&kept), (3, 4), "an older backup takes nothing back");
    kept.back_up(&order("two"), EVENING, &Unwatched).unwrap();
    assert_eq!(backed_up(&kept), (4, 4));
    thread.shut_down();
}
