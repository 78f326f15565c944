//! Meetings over a stream that can be cut at any byte, and what follows from them at the server.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use data_encoding::HEXLOWER;
use jisr_durable_kv::{Batch, Kv, KvError, MemoryKv, Pair};
use jisr_sync_core::change::RawChange;
use jisr_sync_core::codes::{ContactOutcome, ObservedGroup};
use jisr_sync_core::document::{Author, Document};
use jisr_sync_core::id::{DeviceId, DocumentId, ScopeId};
use jisr_sync_core::record::Encounter;
use jisr_sync_core::sync::limits::{CHANGE_BYTES_MAX, FRAME_BYTES_MAX, VAN_SHARE_TIME_MAX_MS, VAN_TRIES_MAX};
use jisr_sync_core::sync::{
    Acknowledged, Bring, Card, Envelope, EnvelopeEntry, Fingerprint, Lacking, Nonce, PeerMessage, PeerRefusal,
    PeerRole, enrolment_proof,
};
use jisr_sync_core::time::UnixMillis;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::Mutex;

use super::channel::Channel;
use super::{Sharing, VanCode, VanReport, join, meet};
use crate::clock::SetClock;
use crate::error::{Error, Result};
use crate::exchange::{self, Next, SyncReport};
use crate::local::{Local, OfferSource, Offerable, groups};
use crate::query::Query;
use crate::status::RecordSync;
use crate::store::kv::KvStore;
use crate::store::{AsideOrigin, Enrolment};
use crate::testing::{MODEL_CODE, ModelServer};
use crate::transport::{EnrolRequest, Transport};

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

fn server() -> Arc<ModelServer> {
    Arc::new(ModelServer::new(NOW))
}

async fn device(server: &ModelServer, seed: u64) -> Arc<Local> {
    device_of(server, seed, MODEL_CODE).await
}

async fn device_of(server: &ModelServer, seed: u64, code: &str) -> Arc<Local> {
    device_with(server, seed, code, Arc::new(SetClock::at(NOW))).await
}

async fn device_with(server: &ModelServer, seed: u64, code: &str, clock: Arc<SetClock>) -> Arc<Local> {
    device_on(server, seed, code, clock, Arc::new(KvStore::in_memory().unwrap())).await
}

async fn device_on(
    server: &ModelServer,
    seed: u64,
    code: &str,
    clock: Arc<SetClock>,
    store: Arc<KvStore>,
) -> Arc<Local> {
    let local = Local::open(store, clock, StdRng::seed_from_u64(seed)).unwrap();
    let key = local.identity().unwrap().signing_key().unwrap();
    let public_key = HEXLOWER.encode(key.verifying_key().as_bytes());
    let proof = enrolment_proof(code, &key);
    let request = EnrolRequest { code: code.to_owned(), public_key, proof, name: None };
    let answer = server.enrol("", &request).await.unwrap();
    let url = "https://jisr.example.org".to_owned();
    let mut enrolment = Enrolment::new(url, answer.server_id, answer.unit, answer.province, answer.scopes);
    enrolment.credentials = answer.credentials;
    local.enrol(enrolment).unwrap();
    Arc::new(local)
}

fn write(local: &Local, count: usize) -> Vec<DocumentId> {
    let record = |n: usize| {
        let place = format!("Douar {n}");
        let mut met = Encounter { outcome: Some(ContactOutcome::Engaged), ..Encounter::default() };
        met.place_text = Some(place.as_str().into());
        met.observed.insert(ObservedGroup::Boys, 2);
        local.add(met).unwrap()
    };
    (0..count).map(record).collect()
}

fn id(local: &Local) -> DeviceId {
    local.identity().unwrap().device
}

fn seen(local: &Local) -> BTreeSet<DocumentId> {
    local.find::<Encounter>(&Query::all()).unwrap().iter().map(|stored| stored.id).collect()
}

fn where_is(local: &Local, document: DocumentId) -> RecordSync {
    local.get::<Encounter>(document).unwrap().unwrap().sync
}

fn code() -> VanCode {
    VanCode::random(&mut StdRng::seed_from_u64(9))
}

async fn met_over<S, T>(one: &Arc<Local>, here: S, other: &Arc<Local>, there: T) -> [Result<VanReport>; 2]
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let code = code();
    let (listens, joins) =
        tokio::join!(meet(one, here, PeerRole::Listens, &code), meet(other, there, PeerRole::Joins, &code));
    [listens, joins]
}

/// A whole meeting; `one` listens.
async fn meeting(one: &Arc<Local>, other: &Arc<Local>) -> [VanReport; 2] {
    let (here, there) = duplex(4096);
    met_over(one, here, other, there).await.map(Result::unwrap)
}

/// Passes on what comes, until so many bytes went either way; then both ends see the connection end.
async fn pass_on(one: DuplexStream, other: DuplexStream, mut bytes: usize) {
    let ((mut from_one, mut to_one), (mut from_other, mut to_other)) = (tokio::io::split(one), tokio::io::split(other));
    let (mut here, mut there) = ([0; 512], [0; 512]);
    while bytes > 0 {
        let (count, sent) = tokio::select! {
            read = from_one.read(&mut here) => match read {
                Ok(count @ 1..) => (count, to_other.write_all(&here[..count.min(bytes)]).await),
                _ => return,
            },
            read = from_other.read(&mut there) => match read {
                Ok(count @ 1..) => (count, to_one.write_all(&there[..count.min(bytes)]).await),
                _ => return,
            },
        };
        if sent.is_err() {
            return;
        }
        bytes = bytes.saturating_sub(count);
    }
}

async fn cut_meeting(one: &Arc<Local>, other: &Arc<Local>, bytes: usize) -> [Result<VanReport>; 2] {
    let ((here, relay_here), (there, relay_there)) = (duplex(256), duplex(256));
    let relay = tokio::spawn(pass_on(relay_here, relay_there, bytes));
    let met = met_over(one, here, other, there).await;
    relay.await.unwrap();
    met
}

async fn sync(local: &Arc<Local>, server: &Arc<ModelServer>) -> SyncReport {
    let mut total = SyncReport::default();
    let mut rng = StdRng::seed_from_u64(u64::from_be_bytes(id(local).as_bytes()[..8].try_into().unwrap()));
    while exchange::run(local, server.as_ref(), Nonce::random(&mut rng), 0, &mut total, || {}).await.unwrap()
        == Next::Again
    {
        assert!(total.exchanges < 20, "it comes to an end");
    }
    total
}

#[tokio::test]
async fn two_devices_see_each_others_records_at_once_and_nothing_leaves_an_outbox_by_it() {
    let server = server();
    let (one, other) = (device(&server, 1).await, device(&server, 2).await);
    let (first, second) = (write(&one, 60), write(&other, 60));

    let started = std::time::Instant::now();
    let [listened, joined] = meeting(&one, &other).await;

    let all: BTreeSet<_> = first.iter().chain(&second).copied().collect();
    assert_eq!((seen(&one), seen(&other)), (all.clone(), all));
    assert_eq!((listened.given, listened.received), (60, 60));
    assert_eq!((joined.given, joined.received, joined.not_shown), (60, 60, 0));
    for (local, own, theirs) in [(&one, &first, &second), (&other, &second, &first)] {
        let status = local.status(false);
        assert_eq!((status.waiting, status.handed_over, status.handed_to, status.carried), (60, 60, 1, 60));
        assert_eq!(where_is(local, own[0]), RecordSync::OnThisDevice);
        assert_eq!(where_is(local, theirs[0]), RecordSync::Carried);
        assert!(matches!(local.leave(), Err(Error::Unsent { waiting: 120 })));
    }
    let bytes = joined.bytes_sent + joined.bytes_received;
    println!("60 records each way: {bytes} bytes, {:?}", started.elapsed());
    let again = meeting(&one, &other).await;
    assert!(again.iter().all(|report| report.given == 0 && report.received == 0 && report.bytes_sent < 2_500));
}

#[tokio::test]
async fn what_was_handed_over_reaches_the_server_once_and_under_its_authors_name() {
    let server = server();
    let [one, two, three] = [device(&server, 1).await, device(&server, 2).await, device(&server, 3).await];
    let written = write(&one, 60);
    meeting(&one, &two).await;
    // The third has it from the second, not from the author.
    meeting(&two, &three).await;
    assert_eq!(seen(&three).len(), 60);

    let (second, third, author) = (sync(&two, &server).await, sync(&three, &server).await, sync(&one, &server).await);

    println!("bytes up: {} by the first with signal, {}, {}", second.bytes_up, third.bytes_up, author.bytes_up);
    // Twelve bytes a change to ask, and a Hello.
    assert!(third.bytes_up < 1_250 && author.bytes_up < 1_250 && second.bytes_up > 2_500);
    for document in &written {
        assert_eq!(server.authors(*document), [id(&one)]);
        for local in [&one, &two, &three] {
            assert_eq!(where_is(local, *document), RecordSync::OnServer);
        }
    }
    for local in [&one, &two, &three] {
        let status = local.status(false);
        assert_eq!((status.waiting, status.handed_over, status.carried, status.set_aside), (0, 0, 0, 0));
        local.leave().unwrap();
    }
}

#[tokio::test]
async fn an_edit_of_what_is_carried_goes_after_it_and_neither_is_taken_for_the_others_work() {
    let server = server();
    let (one, two) = (device(&server, 1).await, device(&server, 2).await);
    let document = write(&one, 1)[0];
    meeting(&one, &two).await;
    two.update::<Encounter>(document, |met| met.place_text = Some("Souk".into())).unwrap();
    let before = server.backup();

    sync(&two, &server).await;
    assert_eq!(server.authors(document), [id(&one), id(&two)]);

    // Yesterday's backup: what the carrier re-delivers is still each author's own.
    server.restore(before);
    sync(&two, &server).await;
    sync(&one, &server).await;
    assert_eq!(server.authors(document), [id(&one), id(&two)]);
    assert_eq!((two.status(false).set_aside, one.status(false).set_aside), (0, 0));
}

#[tokio::test]
async fn what_a_server_lost_before_it_was_read_back_is_never_signed_by_its_carrier() {
    let server = server();
    let (one, two) = (device(&server, 1).await, device(&server, 2).await);
    sync(&two, &server).await;
    let empty = server.backup();
    let document = write(&one, 1)[0];
    meeting(&one, &two).await;
    two.update::<Encounter>(document, |met| met.place_text = Some("Souk".into())).unwrap();
    // The server has acknowledged both, the answer was cut before the log came, and the server was restored.
    let delivered = two.waiting().iter().map(|(index, ..)| *index).collect();
    let carried_delivered = two.carried().iter().map(|item| item.index).collect();
    two.acknowledge(&Acknowledged { delivered, carried_delivered, ..Acknowledged::default() }).unwrap();
    server.restore(empty);

    sync(&two, &server).await;

    assert_eq!(server.authors(document), [], "nothing came under the carrier's name that is not its own");
    sync(&one, &server).await;
    assert_eq!(server.authors(document)[0], id(&one));
}

#[tokio::test]
async fn a_meeting_cut_at_any_byte_keeps_what_came_whole_and_the_next_one_brings_the_rest() {
    let server = server();
    let whole = {
        let (one, other) = (device(&server, 1).await, device(&server, 2).await);
        write(&one, 40);
        write(&other, 40);
        let [report, _] = meeting(&one, &other).await;
        report.bytes_sent + report.bytes_received + 100
    };
    let mut partial = 0;
    for cut in (0..whole).step_by(whole / 60) {
        let (one, other) = (device(&server, 1).await, device(&server, 2).await);
        let (first, second) = (write(&one, 40), write(&other, 40));

        let met = cut_meeting(&one, &other, cut).await;

        assert!(met.iter().any(Result::is_err), "cut after {cut} of {whole} bytes");
        assert_eq!((one.status(false).waiting, other.status(false).waiting), (40, 40));
        // Nothing is noted as handed over that is not there.
        for (local, own, there) in [(&one, &first, &other), (&other, &second, &one)] {
            let kept = seen(there);
            let handed = local.status(false).handed_over;
            assert!(handed <= own.iter().filter(|id| kept.contains(id)).count(), "cut after {cut}");
            partial += usize::from(handed > 0 && handed < 40);
        }
        meeting(&one, &other).await;
        assert_eq!((seen(&one).len(), seen(&other).len()), (80, 80), "cut after {cut}");
        assert_eq!((one.status(false).carried, other.status(false).carried), (40, 40));
        assert_eq!((one.status(false).handed_over, other.status(false).handed_over), (40, 40));
    }
    assert!(partial > 2, "some cuts left a part: {partial}");
}

#[tokio::test]
async fn a_device_that_was_shown_another_code_gets_nothing_and_changes_nothing() {
    let server = server();
    let (one, rogue) = (device(&server, 1).await, device(&server, 2).await);
    write(&one, 3);
    write(&rogue, 3);
    let other_code = VanCode::random(&mut StdRng::seed_from_u64(10));
    let (here, there) = duplex(4096);
    let right = code();

    let (listens, joins) =
        tokio::join!(meet(&one, here, PeerRole::Listens, &right), meet(&rogue, there, PeerRole::Joins, &other_code));

    assert!(matches!(joins, Err(Error::VanCode)), "{joins:?}");
    assert!(listens.is_err());
    assert_eq!((seen(&one).len(), seen(&rogue).len()), (3, 3));
    assert_eq!((one.status(false).carried, one.status(false).handed_to), (0, 0));
}

#[tokio::test]
async fn a_device_of_a_shared_province_alone_gets_no_byte_of_the_units_records() {
    let server = server();
    let (one, neighbour) = (device(&server, 1).await, device_of(&server, 2, "MODEL:azilal-2").await);
    write(&one, 3);

    let [report, _] = meeting(&one, &neighbour).await;

    assert_eq!((report.given, seen(&neighbour).len(), neighbour.status(false).carried), (0, 0, 0));
    assert_eq!(one.status(false).handed_over, 0);
}

/// Joins `one` with the certificate and the key of `as_whom`, and then does what a device would not.
async fn rogue(one: &Arc<Local>, as_whom: &Arc<Local>, forged: Option<Envelope>) -> (Result<VanReport>, bool) {
    let (here, there) = duplex(4096);
    let right = code();
    let identity = as_whom.identity().unwrap();
    let certificate = identity.enrolment.as_ref().unwrap().credentials.clone().unwrap().certificate;
    let key = identity.signing_key().unwrap();
    let joining = async {
        let mut channel = Channel::open(there, PeerRole::Joins, &right).await.unwrap();
        let card = Card::sign(certificate.clone(), PeerRole::Joins, channel.binding(), &key);
        channel.say(&PeerMessage::Card(card)).await.unwrap();
        let answered = channel.hear().await.is_ok();
        let Some(envelope) = forged else { return answered };
        channel.say(&PeerMessage::Offered).await.unwrap();
        let mut offers = 0;
        while let PeerMessage::Offer(offer) = channel.hear().await.unwrap() {
            let lacks_nothing = Lacking::of(offers, &vec![true; offer.fingerprints.len() / Fingerprint::BYTES]);
            channel.say(&PeerMessage::Lacking(lacks_nothing)).await.unwrap();
            offers += 1;
        }
        channel.say(&PeerMessage::Bring(Box::new(Bring { certificate, envelope }))).await.unwrap();
        let _ = channel.hear().await;
        let _ = channel.say(&PeerMessage::Done).await;
        let _ = channel.hear().await;
        answered
    };
    tokio::join!(meet(one, here, PeerRole::Listens, &right), joining)
}

#[tokio::test]
async fn a_device_without_a_certificate_of_the_service_is_told_nothing() {
    let server = server();
    let (one, stranger) = (device(&server, 1).await, device(&server, 2).await);
    write(&one, 3);
    // The certificate of another device, as it could be copied from a screen or a disk.
    let third = device(&server, 3).await;
    let mut enrolment = stranger.enrolment().unwrap();
    enrolment.credentials = third.enrolment().unwrap().credentials;
    stranger.set_credentials(enrolment.credentials.unwrap()).unwrap();

    let (met, answered) = rogue(&one, &stranger, None).await;

    assert!(matches!(met, Err(Error::Peer(PeerRefusal::Stranger))), "{met:?}");
    assert!(!answered, "it did not even learn whom it called");
}

#[tokio::test]
async fn a_forged_envelope_ends_the_meeting_and_changes_nothing() {
    let server = server();
    let (one, rogue_device, victim) = (device(&server, 1).await, device(&server, 2).await, device(&server, 3).await);
    write(&victim, 1);
    let indexes: Vec<u64> = victim.waiting().iter().map(|(index, ..)| *index).collect();
    let theirs = victim.own_envelope(&indexes).unwrap().unwrap();
    // Somebody else's work under one's own name; somebody else's name under one's own signature.
    let key = rogue_device.identity().unwrap().signing_key().unwrap();
    let own_name = Envelope::sign(theirs.device, theirs.incarnation, theirs.entries.clone(), &key);
    for forged in [theirs, own_name] {
        let (met, _) = rogue(&one, &rogue_device, Some(forged)).await;

        assert!(matches!(met, Err(Error::Peer(PeerRefusal::Unproven))), "{met:?}");
        assert_eq!((seen(&one).len(), one.status(false).carried), (0, 0));
    }
}

#[tokio::test]
async fn a_revoked_device_that_knows_it_meets_nobody_and_an_old_certificate_is_not_taken() {
    let server = server();
    let (one, gone) = (device(&server, 1).await, device(&server, 2).await);
    gone.set_revoked(true).unwrap();
    let (here, there) = duplex(4096);
    let [_, joins] = met_over(&one, here, &gone, there).await;
    assert!(matches!(joins, Err(Error::Revoked)), "{joins:?}");

    gone.set_revoked(false).unwrap();
    let later = one.now().0 + jisr_sync_core::sync::limits::CERTIFICATE_AGE_MAX_MS + 1;
    one.learn(later - one.now().0, 0).unwrap();
    let (here, there) = duplex(4096);
    let [listens, _] = met_over(&one, here, &gone, there).await;
    assert!(matches!(listens, Err(Error::Peer(PeerRefusal::Stale))), "{listens:?}");
}

#[tokio::test]
async fn a_change_under_another_devices_actor_is_not_shown_and_does_not_bar_that_devices_work() {
    let server = server();
    let [carrier, victim, forger] = [device(&server, 1).await, device(&server, 2).await, device(&server, 3).await];
    let document = write(&victim, 1)[0];
    meeting(&carrier, &victim).await;
    let theirs = victim.own_envelope(&[victim.waiting()[0].0]).unwrap().unwrap().entries.remove(0);
    let mut copy = Document::empty();
    copy.admit(&[RawChange::inspect(&theirs.change).unwrap()]);
    let mut record: Encounter = copy.read().unwrap();
    record.place_text = Some("forged".into());
    let author = Author { actor: victim.identity().unwrap().actor, staff: None, at: NOW };
    let change = copy.edit(&record, &author).unwrap().unwrap();
    let entry = EnvelopeEntry { change: change.bytes().to_vec().into(), ..theirs };
    let (key, identity) = (forger.identity().unwrap().signing_key().unwrap(), forger.identity().unwrap());
    let forged = Envelope::sign(identity.device, identity.incarnation, vec![entry], &key);

    let (met, _) = rogue(&carrier, &forger, Some(forged)).await;
    let met = met.unwrap();
    assert_eq!((met.received, met.not_shown, carrier.carried().len()), (1, 1, 2), "it is kept for the server to judge");
    let place = |local: &Local| local.get::<Encounter>(document).unwrap().unwrap().value.place_text;
    assert_eq!(place(&carrier), Some("Douar 0".into()));
    // Nor when the record next receives something, and all that is carried of it is looked at again.
    let third = device(&server, 4).await;
    meeting(&third, &victim).await;
    third.update::<Encounter>(document, |met| _ = met.observed.insert(ObservedGroup::Boys, 5)).unwrap();
    meeting(&carrier, &third).await;
    assert_eq!(place(&carrier), Some("Douar 0".into()));

    victim.update::<Encounter>(document, |met| met.place_text = Some("Souk".into())).unwrap();
    let [taken, _] = meeting(&carrier, &victim).await;
    assert_eq!((taken.received, taken.not_shown, place(&carrier)), (1, 0, Some("Souk".into())));
}

#[tokio::test]
async fn what_is_carried_too_long_holds_up_nothing_behind_it() {
    const DAY_MS: i64 = 24 * 3_600 * 1_000;
    let (before, server) = (Arc::new(ModelServer::new(UnixMillis(NOW.0 - 28 * DAY_MS))), server());
    let author = device(&before, 1).await;
    let [here, there] = [Arc::new(SetClock::at(NOW)), Arc::new(SetClock::at(NOW))];
    let carrier = device_with(&server, 2, MODEL_CODE, here.clone()).await;
    let other = device_with(&server, 3, MODEL_CODE, there.clone()).await;
    let old = write(&author, 1)[0];
    meeting(&carrier, &author).await;
    let own = write(&carrier, 2);
    [here, there].iter().for_each(|clock| clock.advance(3 * DAY_MS));

    let [given, taken] = meeting(&carrier, &other).await;

    assert_eq!((given.given, taken.received), (2, 2));
    assert_eq!(seen(&other), own.into_iter().collect());
    assert!(seen(&carrier).contains(&old), "it is carried on, to the server");
}

#[tokio::test]
async fn a_device_that_has_left_a_unit_takes_nothing_of_it_though_its_certificate_is_older() {
    let server = server();
    let (moved, other) = (device(&server, 1).await, device(&server, 2).await);
    write(&other, 2);
    let granted: Vec<ScopeId> = vec!["unit/azilal-2".parse().unwrap(), "province/azilal".parse().unwrap()];
    assert!(!moved.wants_credentials());

    moved.set_granted(&granted).unwrap();
    let [taken, given] = meeting(&moved, &other).await;

    assert_eq!((taken.received, given.given), (0, 0));
    assert!(seen(&moved).is_empty());
    assert!(moved.wants_credentials(), "and asks for one that says what it may read");
}

#[tokio::test]
async fn an_envelope_that_is_too_old_by_a_clock_that_runs_ahead_costs_itself_alone() {
    const DAY_MS: i64 = 24 * 3_600 * 1_000;
    let (before, server) = (Arc::new(ModelServer::new(UnixMillis(NOW.0 - 28 * DAY_MS))), server());
    let (old_author, author) = (device(&before, 1).await, device(&server, 4).await);
    let carrier = device(&server, 2).await;
    let ahead = Arc::new(SetClock::at(UnixMillis(NOW.0 + 3 * DAY_MS)));
    let other = device_with(&server, 3, MODEL_CODE, ahead).await;
    let old = write(&old_author, 1)[0];
    meeting(&carrier, &old_author).await;
    let fresh = write(&author, 1);
    meeting(&carrier, &author).await;
    let (own, theirs) = (write(&carrier, 2), write(&other, 1));

    let [given, taken] = meeting(&carrier, &other).await;

    assert_eq!((given.given, taken.received, given.received), (3, 3, 1));
    assert_eq!((given.too_old, taken.too_old), (1, 1), "both say so");
    assert!(!given.full && !taken.full);
    assert_eq!(seen(&other), own.into_iter().chain(fresh).chain(theirs).collect());
    assert!(seen(&carrier).contains(&old) && carrier.status(false).carried == 3, "it is carried on, to the server");
}

#[tokio::test]
async fn a_meeting_counts_what_was_new_to_whoever_received_it_and_nothing_else() {
    let server = server();
    let [author, carrier, other] = [device(&server, 1).await, device(&server, 2).await, device(&server, 3).await];
    write(&author, 1);
    meeting(&author, &other).await;
    write(&author, 1);
    meeting(&author, &carrier).await;
    assert_eq!(carrier.carried()[0].entries.len(), 2, "both in one envelope, of which one is known already");

    let [given, taken] = meeting(&carrier, &other).await;

    assert_eq!((given.given, taken.received, taken.not_shown), (1, 1, 0));
}

#[tokio::test]
async fn what_comes_back_to_its_author_is_not_told_as_received_or_given() {
    let server = server();
    let (author, carrier) = (device(&server, 1).await, device(&server, 2).await);
    write(&author, 2);
    meeting(&author, &carrier).await;
    // The author's phone was put back to an image of the day before.
    let put_back = device(&server, 1).await;
    assert_eq!(id(&put_back), id(&author));

    let [given, taken] = meeting(&carrier, &put_back).await;

    assert_eq!((given.given, taken.received, taken.not_shown), (0, 0, 0));
    assert_eq!(carrier.status(false).carried, 2, "it is carried on, to the server");
}

mod refused;
mod room;
mod share;
