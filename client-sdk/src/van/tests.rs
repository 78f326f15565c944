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

/// What whoever listens sends to a device that joins with another code, and how its meeting ends.
async fn sent_to_a_guesser(one: &Arc<Local>, right: &VanCode, guess: &VanCode) -> (Vec<u8>, Result<VanReport>) {
    let ((here, relay_here), (there, relay_there)) = (duplex(256), duplex(256));
    let relaying = async {
        let ((mut from_here, mut to_here), (mut from_there, mut to_there)) =
            (tokio::io::split(relay_here), tokio::io::split(relay_there));
        let guesses = async {
            let _ = tokio::io::copy(&mut from_there, &mut to_here).await;
            let _ = to_here.shutdown().await;
        };
        let answers = async {
            let (mut all, mut piece) = (Vec::new(), [0; 256]);
            while let Ok(count @ 1..) = from_here.read(&mut piece).await {
                all.extend_from_slice(&piece[..count]);
                let _ = to_there.write_all(&piece[..count]).await;
            }
            let _ = to_there.shutdown().await;
            all
        };
        tokio::join!(guesses, answers).1
    };
    let joining = async {
        let joined = Channel::open(there, PeerRole::Joins, guess).await;
        assert!(joined.is_err(), "the guess was wrong");
    };
    let (sent, met, ()) = tokio::join!(relaying, meet(one, here, PeerRole::Listens, right), joining);
    (sent, met)
}

#[tokio::test]
async fn whoever_does_not_know_the_code_gets_nothing_by_which_to_try_codes_in_secret() {
    let server = server();
    let one = device(&server, 1).await;
    let (right, wrong) = (code(), VanCode::random(&mut StdRng::seed_from_u64(10)));

    let (first, met) = sent_to_a_guesser(&one, &right, &wrong).await;
    let (second, _) = sent_to_a_guesser(&one, &right, &wrong).await;

    assert!(matches!(met, Err(Error::VanCode)), "whoever listens knows that it was a guess: {met:?}");
    // A point hidden by another drawn for this try alone; what follows from the code was never sent.
    // Behind it comes an empty record, which says that the guess was wrong.
    assert_eq!((first.len(), second.len()), (2 + 33 + 2, 2 + 33 + 2));
    assert!(first.ends_with(&[0, 0]) && second.ends_with(&[0, 0]));
    assert_ne!(first, second);
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
async fn a_device_that_carries_all_it_can_says_so_and_the_author_keeps_it() {
    use jisr_sync_core::sync::limits::CARRIED_ENVELOPES_MAX;
    let server = server();
    let (one, other) = (device(&server, 1).await, device(&server, 2).await);
    let certificate = other.enrolment().unwrap().credentials.unwrap().certificate;
    let written = write(&other, CARRIED_ENVELOPES_MAX + 1);
    let indexes: Vec<u64> = other.waiting().iter().map(|(index, ..)| *index).collect();
    for (at, index) in indexes.iter().enumerate() {
        let envelope = other.own_envelope(&[*index]).unwrap().unwrap();
        // They came by way of five other devices, none of which brought more than its share.
        let from = DeviceId::from_bytes([u8::try_from(at % 5).unwrap(); 16]);
        let kept = one.carry(from, &certificate, &envelope);
        assert_eq!(kept.is_ok(), at < CARRIED_ENVELOPES_MAX, "{at}");
        assert_eq!(one.status(false).carried_nearly_full, at + 1 >= CARRIED_ENVELOPES_MAX / 5 * 4, "{at}");
    }

    let [listened, joined] = meeting(&one, &other).await;

    assert!(listened.full && joined.full && joined.given == 0);
    assert_eq!((seen(&one).len(), other.status(false).waiting), (written.len() - 1, written.len()));
}

#[tokio::test]
async fn no_device_fills_another_with_what_it_hands_over_and_what_is_refused_stays_with_it() {
    use jisr_sync_core::sync::limits::CARRIED_FROM_ONE_ENVELOPES_MAX;
    let server = server();
    let [one, greedy, third] = [device(&server, 1).await, device(&server, 2).await, device(&server, 3).await];
    let certificate = greedy.enrolment().unwrap().credentials.unwrap().certificate;
    let written = write(&greedy, CARRIED_FROM_ONE_ENVELOPES_MAX + 2);
    let indexes: Vec<u64> = greedy.waiting().iter().map(|(index, ..)| *index).collect();
    for (at, index) in indexes.iter().enumerate() {
        let kept = one.carry(id(&greedy), &certificate, &greedy.own_envelope(&[*index]).unwrap().unwrap());
        let refused = matches!(kept, Err(Error::CarriedShare { records: CARRIED_FROM_ONE_ENVELOPES_MAX }));
        assert_eq!(refused, at >= CARRIED_FROM_ONE_ENVELOPES_MAX, "{at}: {kept:?}");
    }

    let [listened, joined] = meeting(&one, &greedy).await;
    assert!(listened.share_full && joined.share_full && !listened.full && !joined.full);
    assert_eq!((joined.given, greedy.status(false).waiting), (0, written.len()));

    let others = write(&third, 3);
    let [listened, joined] = meeting(&one, &third).await;
    assert_eq!((listened.received, joined.given, joined.share_full), (3, 3, false));
    assert!(others.iter().all(|id| seen(&one).contains(id)), "there is room for what others bring");
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

#[test]
fn an_envelope_of_own_changes_fits_a_frame_whatever_their_length() {
    let item = |bytes| Offerable { source: OfferSource::Own(0), entries: Vec::new(), bytes };
    let lengths = |items: &[usize]| -> Vec<usize> {
        let items: Vec<Offerable> = items.iter().map(|bytes| item(*bytes)).collect();
        groups(&items, 3).iter().map(Vec::len).collect()
    };

    assert_eq!(lengths(&[]), Vec::<usize>::new());
    assert_eq!(lengths(&[500; 7]), [3, 3, 1]);
    assert_eq!(lengths(&[170_000, 170_000, 500]), [1, 2]);
    assert_eq!(lengths(&[30_000, CHANGE_BYTES_MAX, 30_000]), [2, 1]);
    const { assert!(30_000 + CHANGE_BYTES_MAX + 2 * 128 < FRAME_BYTES_MAX) };
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

#[tokio::test]
async fn own_work_on_what_was_carried_and_discarded_is_written_again_without_it() {
    let server = server();
    let [author, carrier, third] = [device(&server, 1).await, device(&server, 2).await, device(&server, 3).await];
    let documents = write(&author, 2);
    meeting(&carrier, &author).await;
    meeting(&third, &author).await;
    carrier.update::<Encounter>(documents[0], |met| met.place_text = Some("Souk".into())).unwrap();
    carrier.update::<Encounter>(documents[0], |met| _ = met.observed.insert(ObservedGroup::Boys, 5)).unwrap();
    server.revoke(id(&author));

    sync(&carrier, &server).await;
    assert!(matches!(where_is(&carrier, documents[0]), RecordSync::SetAside(_)));
    assert_eq!(where_is(&carrier, documents[1]), RecordSync::SetAside("revoked".to_owned()), "it is not in the log");
    assert_eq!(server.documents(), 0);

    server.discard_of(id(&author));
    sync(&carrier, &server).await;
    let merged: Encounter = server.document(documents[0]).unwrap().read().unwrap();
    let here = carrier.get::<Encounter>(documents[0]).unwrap().unwrap();
    for encounter in [&merged, &here.value] {
        assert_eq!(encounter.place_text, Some("Souk".into()));
        assert_eq!(encounter.observed.get(&ObservedGroup::Boys), Some(&3), "three were added to the author's two");
        assert_eq!(encounter.outcome, None, "that was the author's word");
    }
    assert!(server.authors(documents[0]).iter().all(|by| *by == id(&carrier)));
    assert_eq!((here.sync, seen(&carrier)), (RecordSync::OnServer, [documents[0]].into()));
    assert_eq!((carrier.status(false).waiting, carrier.status(false).set_aside), (0, 0));

    let [taken, _] = meeting(&carrier, &third).await;
    assert_eq!((taken.received, seen(&carrier).len()), (0, 1), "what was discarded does not come back");
    sync(&carrier, &server).await;
    carrier.update::<Encounter>(documents[0], |met| met.place_text = Some("Douar".into())).unwrap();
    sync(&carrier, &server).await;
    let merged: Encounter = server.document(documents[0]).unwrap().read().unwrap();
    assert_eq!((merged.place_text, carrier.status(false).waiting), (Some("Douar".into()), 0));
}

#[tokio::test]
async fn own_work_that_was_not_sent_yet_is_written_again_too_when_the_answer_is_that_its_base_is_discarded() {
    let server = server();
    let [author, carrier, first] = [device(&server, 1).await, device(&server, 2).await, device(&server, 3).await];
    let document = write(&author, 1)[0];
    meeting(&carrier, &author).await;
    meeting(&first, &author).await;
    server.revoke(id(&author));
    sync(&first, &server).await;
    server.discard_all();
    carrier.update::<Encounter>(document, |met| met.place_text = Some("Souk".into())).unwrap();

    sync(&carrier, &server).await;

    let merged: Encounter = server.document(document).unwrap().read().unwrap();
    assert_eq!((merged.place_text, merged.outcome), (Some("Souk".into()), None));
    assert_eq!((where_is(&carrier, document), carrier.status(false).waiting), (RecordSync::OnServer, 0));
}

#[tokio::test]
async fn own_work_that_a_person_discarded_too_is_not_written_again_and_stays_on_the_list() {
    let server = server();
    let (author, carrier) = (device(&server, 1).await, device(&server, 2).await);
    let document = write(&author, 1)[0];
    meeting(&carrier, &author).await;
    carrier.update::<Encounter>(document, |met| met.place_text = Some("Souk".into())).unwrap();
    server.revoke(id(&author));
    sync(&carrier, &server).await;

    server.discard_all();
    sync(&carrier, &server).await;

    assert_eq!((server.documents(), carrier.status(false).waiting, seen(&carrier).len()), (0, 0, 0));
    let mine = carrier.asides().into_iter().filter(|view| view.aside.origin == AsideOrigin::Sent).collect::<Vec<_>>();
    assert!(mine.len() == 1 && mine[0].aside.is_discarded(), "{mine:?}");
}

#[tokio::test]
async fn what_was_brought_and_set_aside_is_told_as_that_until_it_is_let_in() {
    let server = server();
    let (author, carrier) = (device(&server, 1).await, device(&server, 2).await);
    let document = write(&author, 1)[0];
    meeting(&carrier, &author).await;
    server.revoke(id(&author));
    sync(&carrier, &server).await;
    assert_eq!((carrier.status(false).carried, carrier.status(false).set_aside), (0, 1));

    server.reinstate(id(&author));
    assert_eq!(server.release_all(), 1);
    sync(&carrier, &server).await;

    assert_eq!((where_is(&carrier, document), carrier.status(false).set_aside), (RecordSync::OnServer, 0));
    assert_eq!(server.authors(document), [id(&author)]);
}

#[tokio::test]
async fn an_envelope_the_server_cannot_keep_for_now_goes_behind_those_it_can() {
    let server = server();
    let carrier = device(&server, 1).await;
    for seed in 2..5 {
        let author = device(&server, seed).await;
        write(&author, 1);
        meeting(&carrier, &author).await;
    }
    let authors = || carrier.carried().iter().map(|item| item.entries[0].document).collect::<Vec<_>>();
    let (before, first) = (authors(), carrier.carried()[0].index);

    carrier.acknowledge(&Acknowledged { carried_held_back: vec![first], ..Acknowledged::default() }).unwrap();

    assert_eq!(authors(), [before[1], before[2], before[0]]);
    let author = device(&server, 6).await;
    write(&author, 1);
    meeting(&carrier, &author).await;
    assert_eq!(carrier.carried().len(), 4, "no number is used twice");
}

#[tokio::test(start_paused = true)]
async fn a_share_that_nobody_joins_ends_after_its_time() {
    let local = device(&server(), 1).await;
    let sharing = Sharing::listen(&local, "127.0.0.1:0".parse().unwrap(), code()).await.unwrap();
    let started = tokio::time::Instant::now();

    let waited = sharing.joined().await;

    assert!(matches!(waited, Err(Error::VanShareOver)));
    assert_eq!(started.elapsed().as_secs(), VAN_SHARE_TIME_MAX_MS / 1_000);
}

#[tokio::test]
async fn a_code_is_used_up_after_a_few_that_came_in_vain_and_a_guess_more_is_not_heard() {
    let server = server();
    let (one, other) = (device(&server, 1).await, device(&server, 2).await);
    let wrong = VanCode::random(&mut StdRng::seed_from_u64(10));
    let sharing = Sharing::listen(&one, "127.0.0.1:0".parse().unwrap(), code()).await.unwrap();
    let address = sharing.address().unwrap();
    let exchanging = Mutex::new(());

    let guesses = async {
        for _ in 0..VAN_TRIES_MAX {
            assert!(matches!(join(&other, address, &wrong).await, Err(Error::VanCode)));
        }
    };
    let (met, ()) = tokio::join!(sharing.meet(&one, &exchanging), guesses);

    assert!(matches!(met, Err(Error::VanTries)), "{met:?}");
    assert!(matches!(sharing.joined().await, Err(Error::VanTries)), "the right code comes too late");
}

#[tokio::test]
async fn after_a_try_in_vain_the_right_device_is_met_and_nothing_waits_for_who_has_not_come() {
    let server = server();
    let (one, other) = (device(&server, 1).await, device(&server, 2).await);
    write(&other, 2);
    let sharing = Sharing::listen(&one, "127.0.0.1:0".parse().unwrap(), code()).await.unwrap();
    let address = sharing.address().unwrap();
    let exchanging = Mutex::new(());
    let meeting = sharing.meet(&one, &exchanging);
    let others = async {
        let wrong = VanCode::random(&mut StdRng::seed_from_u64(10));
        assert!(join(&other, address, &wrong).await.is_err());
        let free = tokio::time::timeout(Duration::from_secs(5), exchanging.lock()).await;
        drop(free.expect("a sync is not blocked by a share that waits"));
        join(&other, address, &code()).await.unwrap()
    };

    let (met, joined) = tokio::join!(meeting, others);

    assert_eq!((met.unwrap().received, joined.given), (2, 2));
}

/// A disk with room for so many commits more, and then for none until somebody makes room.
struct SmallDisk {
    inner: MemoryKv,
    room: AtomicUsize,
}

impl Kv for SmallDisk {
    fn get(&self, key: &[u8]) -> std::result::Result<Option<Vec<u8>>, KvError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> std::result::Result<Vec<Pair>, KvError> {
        self.inner.scan(from, to, limit)
    }

    fn scan_back(&self, from: &[u8], to: &[u8], limit: usize) -> std::result::Result<Vec<Pair>, KvError> {
        self.inner.scan_back(from, to, limit)
    }

    fn has_room(&self) -> std::result::Result<bool, KvError> {
        Ok(self.room.load(Ordering::SeqCst) > 0)
    }

    fn commit(&self, batch: Batch) -> std::result::Result<(), KvError> {
        let taken = self.room.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |room| room.checked_sub(1));
        if taken.is_ok() { self.inner.commit(batch) } else { Err(KvError::Full) }
    }
}

#[tokio::test]
async fn a_disk_that_fills_up_in_a_meeting_keeps_whole_envelopes_or_nothing_and_both_say_so() {
    for room in 0..6 {
        let server = server();
        let disk = Arc::new(SmallDisk { inner: MemoryKv::new(), room: AtomicUsize::new(usize::MAX) });
        let store = Arc::new(KvStore::new(disk.clone()).unwrap());
        let full = device_on(&server, 1, MODEL_CODE, Arc::new(SetClock::at(NOW)), store.clone()).await;
        let other = device(&server, 2).await;
        let (own, theirs) = (write(&full, 2), write(&other, 100));
        disk.room.store(room, Ordering::SeqCst);

        let [listened, joined] = meeting(&full, &other).await;

        // One hundred come in four envelopes.
        let kept = theirs.iter().filter(|id| seen(&full).contains(id)).count();
        assert_eq!((listened.received, joined.given, other.status(false).handed_over), (kept, kept, kept), "{room}");
        assert_eq!((listened.full, joined.full), (kept < 100, kept < 100), "{room}");
        assert_eq!((full.status(false).carried, kept == 0), (kept, room == 0), "{room}");
        assert_eq!(own.iter().filter(|id| seen(&other).contains(id)).count(), 2, "its own is handed over all the same");
        assert_eq!((full.status(false).waiting, other.status(false).waiting), (2, 100));
        disk.room.store(usize::MAX, Ordering::SeqCst);
        let again = Arc::new(Local::open(store, Arc::new(SetClock::at(NOW)), StdRng::seed_from_u64(9)).unwrap());
        assert_eq!((seen(&again).len(), again.status(false).carried), (2 + kept, kept), "as it is on the disk");
        let [listened, _] = meeting(&again, &other).await;
        assert_eq!((listened.received, listened.full, seen(&again).len()), (100 - kept, false, 102), "{room}");
    }
}

#[tokio::test]
async fn what_comes_by_several_ways_is_carried_once() {
    let server = server();
    let author = device(&server, 1).await;
    let carriers = [device(&server, 2).await, device(&server, 3).await, device(&server, 4).await];
    write(&author, 5);
    for carrier in &carriers[..2] {
        meeting(&author, carrier).await;
    }
    let last = &carriers[2];
    meeting(last, &carriers[0]).await;
    let [taken, given] = meeting(last, &carriers[1]).await;
    let certificate = author.enrolment().unwrap().credentials.unwrap().certificate;
    let indexes: Vec<u64> = author.waiting().iter().map(|(index, ..)| *index).collect();
    let once_more = last.carry(id(&carriers[1]), &certificate, &author.own_envelope(&indexes).unwrap().unwrap());

    assert_eq!((taken.received, given.given, once_more.unwrap().new), (0, 0, 0));
    assert_eq!((last.carried().len(), last.status(false).carried, seen(last).len()), (1, 5, 5));
    sync(last, &server).await;
    assert_eq!((server.documents(), last.carried().len()), (5, 0));
}
