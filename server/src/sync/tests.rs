//! Whole exchanges: a device's session on one side, the service with its writer and storage on the other.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use jisr_durable_kv::fault::{Fault, FaultyKv};
use jisr_durable_kv::{Kv, MemoryKv};
use jisr_sync_core::codes::ContactOutcome;
use jisr_sync_core::id::{ChangeHash, DocumentId, ScopeId};
use jisr_sync_core::record::Encounter;
use jisr_sync_core::sync::device::{PulledFrame, Report};
use jisr_sync_core::sync::{
    Acknowledged, CarryHeader, Cursor, DeviceConfig, DeviceEvent, DeviceRequest, DeviceSession, Envelope, Epoch, Fate,
    Fingerprint, FrameReader, FrameWriter, HeldScope, Nonce, OutboxEntry, OutboxItem, OutboxTotals, ReasonCode,
    RequestMessage, Status, StreamLimits, Vouched, carry_stream, change_hash, limits,
};
use jisr_sync_core::time::UnixMillis;
use rand::RngExt;

use super::SyncService;
use crate::kit_for_tests::{EVENING, Sent, TestDevice, over, province, registry, set_aside_many, unit, zone};
use crate::merge::SET_ASIDE_OF_DEVICE_MAX;
use crate::merge::{Decision, Ruled, Ruling};
use crate::progress::testing::Noted;
use crate::progress::{Progress, Stage, Unwatched};
use crate::registry::{Fleet, KvRegistry};
use crate::storage::{ADMINISTRATOR, KvStorage, ReadLimit, Storage};
use crate::writer::{Writer, WriterThread};

struct Server {
    storage: Arc<KvStorage>,
    registry: Arc<KvRegistry>,
    service: Arc<SyncService>,
    now: Arc<AtomicI64>,
    _thread: WriterThread,
}

fn server_over(kv: Arc<dyn Kv>, devices: &[&TestDevice]) -> Server {
    server_with(kv, registry(devices))
}

fn server_with(kv: Arc<dyn Kv>, registry: Arc<KvRegistry>) -> Server {
    let storage = Arc::new(over(kv));
    let (writer, thread) = Writer::start(storage.clone(), zone()).unwrap();
    let now = Arc::new(AtomicI64::new(EVENING.0));
    let clock = now.clone();
    let clock = Arc::new(move || UnixMillis(clock.load(Ordering::SeqCst)));
    let service = Arc::new(SyncService::new(storage.clone(), registry.clone(), writer, clock, None));
    Server { storage, registry, service, now, _thread: thread }
}

fn server(devices: &[&TestDevice]) -> Server {
    server_over(Arc::new(MemoryKv::new()), devices)
}

/// What a device keeps of its exchanges.
#[derive(Default)]
struct Disk {
    outbox: BTreeMap<u64, Sent>,
    /// Who wrote what waits, where that was another device.
    vouched: BTreeMap<u64, Vouched>,
    cursors: BTreeMap<ScopeId, Cursor>,
    pulled: Vec<PulledFrame>,
    acknowledged: Acknowledged,
    asides: Vec<Fingerprint>,
    fates: Vec<(Fingerprint, Fate)>,
    boot: u64,
    clock_ahead_ms: i64,
}

impl Disk {
    fn put(&mut self, sent: Sent) {
        let index = self.outbox.keys().last().map_or(1, |last| last + 1);
        self.outbox.insert(index, sent);
    }

    fn pulled_documents(&self) -> Vec<DocumentId> {
        self.pulled.iter().flat_map(|frame| &frame.records).map(|record| record.document).collect()
    }
}

fn session(server: &Server, device: &TestDevice, disk: &Disk) -> DeviceSession {
    let held = |(scope, cursor): (&ScopeId, &Cursor)| HeldScope::at(scope.clone(), Some(*cursor));
    let config = DeviceConfig {
        server: server.registry.server_id(),
        device: device.id,
        incarnation: device.incarnation,
        boot: disk.boot,
        nonce: Nonce::from_bytes(rand::rng().random()),
        now: UnixMillis(server.now.load(Ordering::SeqCst) + disk.clock_ahead_ms),
        server_clock_offset_ms: -disk.clock_ahead_ms,
        app_version: "0.1.0".to_owned(),
        scopes: disk.cursors.iter().map(held).collect(),
        asides: disk.asides.clone(),
        frame_bytes_aim: 0,
        request_bytes_max: limits::REQUEST_BYTES_MAX,
        wants_credentials: false,
    };
    DeviceSession::new(config, device.key.clone())
}

fn request(session: &mut DeviceSession, disk: &Disk) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        match session.poll_request() {
            Some(DeviceRequest::ListOutbox { .. }) => {
                let item = |(index, sent): (&u64, &Sent)| OutboxItem {
                    index: *index,
                    document: sent.1,
                    bytes: u32::try_from(sent.2.len()).unwrap(),
                    urgent: false,
                    ask: None,
                };
                let items: Vec<_> = disk.outbox.iter().map(item).collect();
                let records = items.len() as u64;
                session.handle_outbox_list(&items, OutboxTotals { changes: records, records });
            }
            Some(DeviceRequest::ReadOutbox { indexes }) => {
                let entry = |index: u64| {
                    let (scope, document, change) = disk.outbox[&index].clone();
                    OutboxEntry { index, scope, document, change, vouched: disk.vouched.get(&index).copied() }
                };
                session.handle_outbox(indexes.into_iter().map(entry).collect());
            }
            Some(DeviceRequest::ReadCarried { .. }) => session.handle_carried(None),
            None => match session.poll_transmit() {
                Some(chunk) => bytes.extend(chunk),
                None => return bytes,
            },
        }
    }
}

async fn answer(server: &Server, request: Vec<u8>) -> Vec<u8> {
    // Pieces of an odd size, as a network cuts them.
    let pieces: Vec<_> = request.chunks(97).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
    let chunks: Vec<Bytes> = server.service.exchange(stream::iter(pieces)).collect().await;
    chunks.concat()
}

fn take(session: &mut DeviceSession, disk: &mut Disk, answer: &[u8]) -> Report {
    session.handle_bytes(answer);
    session.handle_end();
    loop {
        match session.poll_event().expect("an exchange comes to its end") {
            DeviceEvent::Welcomed(_) => {}
            DeviceEvent::StoreAcks(acks) => {
                let kept = |reason: &ReasonCode| reason.as_str() != ReasonCode::HELD_BACK;
                let aside = acks.set_aside.iter().filter(|(_, reason)| kept(reason)).map(|(index, _)| index);
                let gone = acks.delivered.iter().chain(aside);
                gone.for_each(|index| _ = disk.outbox.remove(index));
                disk.acknowledged.delivered.extend(acks.delivered);
                disk.acknowledged.set_aside.extend(acks.set_aside);
                session.handle_stored();
            }
            DeviceEvent::StoreFates(fates) => {
                disk.fates.extend(fates);
                session.handle_stored();
            }
            DeviceEvent::StorePull(frame) => {
                disk.cursors.extend(frame.cursor.map(|cursor| (frame.scope.clone(), cursor)));
                disk.pulled.push(frame);
                session.handle_stored();
            }
            DeviceEvent::Finished(report) => return report,
        }
    }
}

async fn sync(server: &Server, device: &TestDevice, disk: &mut Disk) -> Report {
    disk.boot += 1;
    let mut session = session(server, device, disk);
    let request = request(&mut session, disk);
    let answer = answer(server, request).await;
    take(&mut session, disk, &answer)
}

fn met(device: &mut TestDevice) -> (DocumentId, Sent) {
    device.create(&Encounter {
        occurred_at: Some(device.now),
        outcome: Some(ContactOutcome::Engaged),
        ..Encounter::default()
    })
}

#[tokio::test]
async fn what_one_van_records_reaches_the_other_and_does_not_come_back() {
    let (mut one, two) = (TestDevice::new(1), TestDevice::new(2));
    let server = server(&[&one, &two]);
    let (mut here, mut there) = (Disk::default(), Disk::default());
    sync(&server, &one, &mut here).await;
    let (id, change) = met(&mut one);
    here.put(change);

    let pushed = sync(&server, &one, &mut here).await;
    let pulled = sync(&server, &two, &mut there).await;

    assert_eq!((pushed.status, pushed.complete, pushed.acknowledged), (Status::Ok, true, 1));
    assert!(here.outbox.is_empty() && here.pulled_documents().is_empty());
    assert_eq!((pulled.status, pulled.complete), (Status::Ok, true));
    assert_eq!(there.pulled_documents(), [id]);
    assert_eq!(there.cursors[&unit()], server.storage.head(&unit()).unwrap());
    let idle = sync(&server, &two, &mut there).await;
    assert_eq!((idle.complete, idle.pulled), (true, 0));
}

#[tokio::test]
async fn what_this_server_vouched_for_is_taken_back_from_another_device_under_its_authors_name() {
    let (mut one, two) = (TestDevice::new(1), TestDevice::new(2));
    let before = server(&[&one, &two]);
    let (mut here, mut there) = (Disk::default(), Disk::default());
    let (id, change) = met(&mut one);
    here.put(change.clone());
    let forged = met(&mut one).1;
    sync(&before, &one, &mut here).await;
    sync(&before, &two, &mut there).await;
    let vouched = there.pulled.iter().flat_map(|frame| &frame.records).find_map(|record| record.vouched).unwrap();

    let after = server_with(Arc::new(MemoryKv::new()), before.registry.clone());
    after.registry.revoke_device(one.id, EVENING).unwrap();
    let holds = |boot, sent| Disk {
        boot,
        outbox: BTreeMap::from([(1, sent)]),
        vouched: BTreeMap::from([(1, vouched)]),
        ..Disk::default()
    };
    let (mut good, mut bad) = (holds(1, change), holds(2, forged));
    let back = sync(&after, &two, &mut good).await;
    let refused = sync(&after, &two, &mut bad).await;

    assert_eq!((back.acknowledged, back.set_aside), (1, 0));
    let log = after.storage.log_after(&unit(), 0, ReadLimit { records: 9, bytes: usize::MAX }).unwrap();
    assert_eq!(log.iter().map(|record| record.log.document).collect::<Vec<_>>(), [id]);
    assert_eq!(log[0].log.author, Some((one.id, one.incarnation)));
    assert_eq!(after.storage.actor(&one.actor).unwrap(), Some(one.id), "its actor stays its own");
    assert_eq!(after.storage.device_mark(&one.id).unwrap(), None, "no sign of life of its author");
    assert_eq!((refused.set_aside, bad.acknowledged.set_aside[0].1.as_str()), (1, ReasonCode::UNPROVEN));
}

#[tokio::test]
async fn what_a_stranger_signed_is_set_aside_and_holds_up_nothing() {
    let (mut stranger, mut two) = (TestDevice::new(9), TestDevice::new(2));
    let server = server(&[&two]);
    let mut disk = Disk::default();
    disk.put(met(&mut two).1);
    let mut session = session(&server, &two, &Disk { boot: 1, ..Disk::default() });
    let mut bytes = request(&mut session, &disk);
    let written = met(&mut stranger).1;
    let carried = stranger.envelope(&[written]);
    let mut reader = FrameReader::new(StreamLimits { bytes_max: 1 << 20, decompressed_bytes_max: 1 << 20 });
    reader.push(&bytes).unwrap();
    let mut frames: Vec<_> = std::iter::from_fn(|| reader.next_frame().unwrap()).collect();
    frames.insert(1, RequestMessage::Push(carried).to_frame());
    let mut writer = FrameWriter::new();
    bytes = frames.iter().flat_map(|(kind, payload)| writer.write(*kind, payload)).collect();

    answer(&server, bytes).await;

    assert_eq!(server.storage.head(&unit()).unwrap().number, 1, "its own change is in the log");
    let aside = server.storage.set_aside_list(None, 9).unwrap();
    assert_eq!(aside.iter().map(|aside| aside.reason.as_str()).collect::<Vec<_>>(), [ReasonCode::UNKNOWN_DEVICE]);
}

#[tokio::test]
async fn a_device_is_told_what_became_of_what_it_wrote_and_a_stranger_is_not() {
    let (mut device, stranger) = (TestDevice::new(1), TestDevice::new(2));
    let server = server(&[&device, &stranger]);
    let elsewhere = |mut sent: Sent| {
        sent.0 = "unit/khouribga-1".parse().unwrap();
        sent
    };
    let sent = [met(&mut device).1, met(&mut device).1, met(&mut device).1].map(elsewhere);
    let named = sent.clone().map(|(_, document, bytes)| (change_hash(&bytes), document));
    let mut disk = Disk::default();
    sent.into_iter().for_each(|sent| disk.put(sent));
    sync(&server, &device, &mut disk).await;
    let rule = |decision, which: (ChangeHash, DocumentId)| {
        let (writer, because) = (server.service.writer.clone(), "looked at".to_owned());
        let ruling = Ruling { decision, about: vec![which], by: None, because, at: EVENING };
        std::thread::spawn(move || writer.rule(ruling).unwrap()).join().unwrap()
    };
    assert_eq!(rule(Decision::Release, named[0]), [Ruled::LetIn]);
    assert_eq!(rule(Decision::Discard, named[1]), [Ruled::Discarded]);

    let asked = named.map(|(hash, document)| Fingerprint::of(&document, &hash));
    let never = Fingerprint::of(&named[2].1, &named[0].0);
    disk.asides = [asked.as_slice(), &[never]].concat();
    let mut curious = Disk { asides: asked.to_vec(), ..Disk::default() };
    sync(&server, &device, &mut disk).await;
    sync(&server, &stranger, &mut curious).await;
    let told = std::mem::take(&mut disk.fates);
    server.registry.revoke_device(device.id, EVENING).unwrap();
    sync(&server, &device, &mut disk).await;

    assert!(curious.fates.is_empty(), "{:?}", curious.fates);
    let all = [(asked[0], Fate::LetIn), (asked[1], Fate::Discarded), (never, Fate::Unknown)];
    assert_eq!(told, all, "not of what is still aside");
    assert!(disk.fates.is_empty(), "a device that was revoked is told nothing");
}

#[tokio::test]
async fn when_a_fleet_reads_anew_a_few_do_so_at_a_time_and_the_others_deliver_and_come_back() {
    let mut device = TestDevice::new(1);
    let server = server(&[&device]);
    let mut disk = Disk::default();
    sync(&server, &device, &mut disk).await;
    disk.cursors.values_mut().for_each(|cursor| cursor.epoch = Epoch::from_bytes([9; 8]));
    disk.put(met(&mut device).1);
    let others = server.service.turns.clone().acquire_many_owned(8).await.unwrap();

    let waiting = || server.storage.device_mark(&device.id).unwrap().unwrap().waiting;
    let put_off = sync(&server, &device, &mut disk).await;
    assert_eq!(waiting(), None, "it has not looked yet what the server lacks");
    drop(others);
    let turn = sync(&server, &device, &mut disk).await;
    assert_eq!(waiting(), None);
    sync(&server, &device, &mut disk).await;
    assert_eq!(waiting(), Some(0));

    assert!(put_off.retry_after_s.is_some_and(|seconds| (10..=20).contains(&seconds)), "{put_off:?}");
    assert_eq!((put_off.acknowledged, put_off.scopes.len(), put_off.complete), (1, 0, true));
    assert_eq!((turn.retry_after_s, turn.scopes.len()), (None, 2));
    assert_eq!(disk.cursors[&unit()], server.storage.head(&unit()).unwrap());
    assert_eq!(server.service.turns.available_permits(), 8, "a turn ends with its exchange");
}

#[tokio::test]
async fn an_empty_scope_that_gets_its_first_record_in_the_same_exchange_is_read_on() {
    let mut device = TestDevice::new(1);
    let server = server(&[&device]);
    let mut disk = Disk::default();
    disk.put(met(&mut device).1);

    let first = sync(&server, &device, &mut disk).await;

    assert!(first.complete);
    assert_eq!(disk.cursors[&unit()].number, 1, "the cursor passes over the device's own change");
    assert_eq!(disk.cursors[&province()].number, 0);
}

#[tokio::test]
async fn a_change_that_is_set_aside_leaves_the_outbox_with_its_reason_and_the_rest_is_delivered() {
    let mut device = TestDevice::new(1);
    let server = server(&[&device]);
    let mut disk = Disk::default();
    let (id, lost) = met(&mut device);
    drop(lost);
    disk.put(device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief)));
    disk.put(met(&mut device).1);

    let report = sync(&server, &device, &mut disk).await;

    assert_eq!((report.acknowledged, report.set_aside), (2, 1));
    assert!(disk.outbox.is_empty());
    assert_eq!(disk.acknowledged.set_aside[0].1.as_str(), "missing-dependency");
    assert_eq!(server.storage.set_aside_count().unwrap(), 1);
}

/// Deliveries of one request were once judged side by side, and an edit could be judged before what it builds on.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_edits_of_one_record_arrive_in_their_order_however_many_envelopes_carry_them() {
    let mut device = TestDevice::new(1);
    let server = server(&[&device]);
    let mut disk = Disk::default();
    let (id, first) = met(&mut device);
    disk.put(first);
    for n in 0..300 {
        disk.put(device.edit::<Encounter>(id, |encounter| encounter.commune = Some(format!("{n:064}"))));
    }

    let report = sync(&server, &device, &mut disk).await;

    assert_eq!((report.acknowledged, report.set_aside), (301, 0));
    assert_eq!(server.storage.head(&unit()).unwrap().number, 301);
}

#[tokio::test]
async fn nothing_is_acknowledged_when_the_commit_fails_and_the_next_exchange_brings_it_all() {
    // The store stops at each call in turn, until an exchange comes through before the fault.
    for fail_at in 4.. {
        let mut device = TestDevice::new(1);
        let kv = Arc::new(FaultyKv::new(MemoryKv::new(), fail_at, Fault::Stop));
        let server = server_over(kv.clone(), &[&device]);
        let mut disk = Disk::default();
        disk.put(met(&mut device).1);

        let report = sync(&server, &device, &mut disk).await;

        let durable = kv.inner().scan(b"rl", b"rm", 9).unwrap().len();
        assert!(report.acknowledged as usize <= durable, "stopped at call {fail_at}");
        assert_eq!(disk.outbox.len() + report.acknowledged as usize, 1);
        if report.complete {
            break;
        }
        assert_ne!((report.status, report.complete), (Status::Ok, true));
    }
}

#[tokio::test]
async fn a_cut_request_keeps_what_came_whole() {
    let mut device = TestDevice::new(1);
    let server = server(&[&device]);
    let mut disk = Disk::default();
    (0..40).for_each(|_| disk.put(met(&mut device).1));
    let mut session = session(&server, &device, &disk);
    let whole = request(&mut session, &disk);

    let answer = answer(&server, whole[..whole.len() * 3 / 4].to_vec()).await;
    take(&mut session, &mut disk, &answer);

    let kept = server.storage.head(&unit()).unwrap().number;
    assert!((1..40).contains(&kept), "{kept} of 40");
    assert_eq!(disk.acknowledged.delivered.len() as u64, kept, "and what is kept is acknowledged");
    sync(&server, &device, &mut disk).await;
    assert_eq!(server.storage.head(&unit()).unwrap().number, 40);
}

#[tokio::test]
async fn an_overheard_request_shown_again_gets_nothing() {
    let (device, mut other) = (TestDevice::new(1), TestDevice::new(2));
    let server = server(&[&device, &other]);
    let mut rest = Disk::default();
    rest.put(met(&mut other).1);
    sync(&server, &other, &mut rest).await;
    let disk = Disk::default();
    let mut session = session(&server, &device, &disk);
    let overheard = request(&mut session, &disk);
    let first = answer(&server, overheard.clone()).await;
    let second = answer(&server, overheard).await;

    let report = take(&mut session, &mut Disk::default(), &second);

    assert_eq!((report.status, report.pulled), (Status::Replayed, 0));
    assert!(first.len() > second.len());
}

#[tokio::test]
async fn an_old_image_of_a_device_is_told_so_and_delivers_under_a_new_life() {
    let mut device = TestDevice::new(1);
    let server = server(&[&device]);
    let mut disk = Disk { boot: 5, ..Disk::default() };
    sync(&server, &device, &mut disk).await;
    let mut image = Disk::default();
    image.put(met(&mut device).1);

    let old = sync(&server, &device, &mut image).await;
    assert_eq!(old.status, Status::Copied);
    assert_eq!(image.outbox.len(), 1, "nothing was taken");
    let former = device.incarnation;
    device.incarnation = jisr_sync_core::sync::Incarnation::from_bytes([9; 8]);
    let renewed = sync(&server, &device, &mut image).await;
    device.incarnation = former;
    let left_behind = sync(&server, &device, &mut Disk { boot: 99, ..Disk::default() }).await;

    assert_eq!((renewed.status, renewed.acknowledged), (Status::Ok, 1));
    assert_eq!(left_behind.status, Status::Copied);
}

#[tokio::test]
async fn a_revoked_device_delivers_what_is_kept_aside_and_receives_nothing() {
    let (mut device, mut other) = (TestDevice::new(1), TestDevice::new(2));
    let server = server(&[&device, &other]);
    let mut rest = Disk::default();
    rest.put(met(&mut other).1);
    sync(&server, &other, &mut rest).await;
    server.registry.revoke_device(device.id, EVENING).unwrap();
    let mut disk = Disk::default();
    disk.put(met(&mut device).1);

    let report = sync(&server, &device, &mut disk).await;

    assert_eq!((report.status, report.pulled, report.set_aside), (Status::Revoked, 0, 1));
    assert_eq!(disk.acknowledged.set_aside[0].1.as_str(), "revoked");
    assert_eq!(server.storage.head(&unit()).unwrap().number, 1);
}

#[tokio::test]
async fn an_exchange_leaves_a_mark_of_what_waits_and_how_the_clock_goes() {
    let mut device = TestDevice::new(1);
    let server = server(&[&device]);
    let mut disk = Disk { clock_ahead_ms: 8 * 60_000, ..Disk::default() };
    let (id, change) = met(&mut device);
    disk.put(change);

    sync(&server, &device, &mut disk).await;

    let mark = server.storage.device_mark(&device.id).unwrap().unwrap();
    assert_eq!((mark.last_contact, mark.waiting), (Some(EVENING), Some(0)));
    assert_eq!((mark.clock_ahead_ms, mark.app_version.as_str()), (Some(480_000), "0.1.0"));
    assert!(server.storage.row(&id).unwrap().unwrap().clock_suspect, "its records are marked");
}

#[tokio::test]
async fn an_unknown_device_learns_nothing() {
    let (device, stranger) = (TestDevice::new(1), TestDevice::new(3));
    let server = server(&[&device]);
    let mut disk = Disk::default();

    let report = sync(&server, &stranger, &mut disk).await;

    assert_eq!(report.status, Status::NotAuthentic);
    assert!(disk.cursors.is_empty());
    assert_eq!(server.storage.device_marks().unwrap(), []);
}

#[tokio::test]
async fn a_device_that_comes_too_often_waits_and_keeps_what_it_has() {
    let mut device = TestDevice::new(1);
    let mut server = server(&[&device]);
    let service = Arc::into_inner(server.service).unwrap().limited_by(Arc::new(|_| Some(7)));
    server.service = Arc::new(service);
    let mut disk = Disk::default();
    disk.put(met(&mut device).1);

    let report = sync(&server, &device, &mut disk).await;

    assert_eq!((report.status, report.acknowledged, report.pulled), (Status::Busy, 0, 0));
    assert_eq!(disk.outbox.len(), 1);
}

#[tokio::test]
async fn what_would_be_set_aside_beyond_the_bound_stays_in_the_outbox_and_what_is_good_is_taken() {
    let mut device = TestDevice::new(1);
    let server = server(&[&device]);
    set_aside_many(&*server.storage, device.id, SET_ASIDE_OF_DEVICE_MAX, EVENING);
    let mut disk = Disk::default();
    disk.put((unit(), device.new_id(), vec![1, 2, 3]));
    disk.put(met(&mut device).1);

    let report = sync(&server, &device, &mut disk).await;
    let again = sync(&server, &device, &mut disk).await;

    assert_eq!((report.status, report.acknowledged, report.set_aside), (Status::Ok, 1, 0));
    assert_eq!((report.retry_after_s, report.more, again.more), (Some(3_600), false, false));
    assert_eq!(disk.outbox.len(), 1, "it stays, and what is good has left");
    assert!(report.complete && report.scopes.iter().all(|scope| scope.read_to_end), "it goes on receiving");
    assert_eq!(server.storage.head(&unit()).unwrap().number, 1, "the good one is in the log");
    let mark = server.storage.device_mark(&device.id).unwrap().unwrap();
    assert_eq!(mark.waiting, Some(1), "the day can say that something waits");
}

/// A file as a device seals it for the server.
fn sealed(server: &Server, envelopes: &[Envelope]) -> Vec<u8> {
    let recipient = server.registry.service_keys().seal.recipient().unwrap();
    let pattern = "Noise_N_25519_ChaChaPoly_SHA256".parse().unwrap();
    let mut sealing = snow::Builder::new(pattern).remote_public_key(&recipient).unwrap().build_initiator().unwrap();
    let (mut sealed, mut piece) = (vec![0; 48], vec![0; 65_535]);
    sealing.write_message(&[], &mut sealed).unwrap();
    let length = sealing.into_transport_mode().unwrap().write_message(&carry_stream(envelopes), &mut piece).unwrap();
    sealed.extend_from_slice(&piece[..length]);
    CarryHeader::write(server.registry.server_id(), envelopes, &sealed)
}

#[test]
fn what_the_administrator_imports_is_a_sign_of_life_and_no_contact_and_charges_nobody_who_did_not_sign_it() {
    let (mut author, mut stranger) = (TestDevice::new(1), TestDevice::new(9));
    let server = server(&[&author]);
    let envelope = |device: &mut TestDevice| {
        let (_, made) = device.create(&Encounter::default());
        device.envelope(&[made])
    };
    let file = sealed(&server, &[envelope(&mut author), envelope(&mut stranger)]);
    let noted = Noted::default();

    let came = server.service.carry(&file, None, &noted).unwrap();
    server.now.fetch_add(60_000, Ordering::SeqCst);
    let again = server.service.carry(&file, None, &Unwatched).unwrap();

    assert_eq!((came.new, came.set_aside.get("unknown-device"), again.known), (1, Some(&1), 1));
    let mark = server.storage.device_mark(&author.id).unwrap().unwrap();
    assert_eq!((mark.last_contact, mark.waiting, mark.last_active), (None, None, EVENING));
    let charged = |device| server.storage.set_aside_tally(&device).unwrap().changes;
    assert_eq!((charged(author.id), charged(stranger.id), charged(ADMINISTRATOR)), (0, 0, 1));
    assert_eq!(noted.stages(), [Progress { stage: Stage::Envelopes, done: 2, total: Some(2) }]);
}
