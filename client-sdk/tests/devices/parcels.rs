//! Sealed files that are taken along for others: what the server does with one says nothing about the sync or the others.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use jisr_client_sdk::clock::{Clock, SetClock};
use jisr_client_sdk::testing::{MODEL_CODE, ModelServer};
use jisr_client_sdk::transport::{AnswerStream, BoxFuture, EnrolAnswer, EnrolRequest, Transport, TransportError};
use jisr_client_sdk::{Client, SyncReport};
use jisr_sync_core::time::UnixMillis;

use crate::support::{NOW, URL, encounter};

type Answer = Result<(), TransportError>;
type Judge = Box<dyn Fn(&[u8]) -> Answer + Send>;

/// A server that answers a sealed file as a test says, by what is in it, and all else as the model does.
struct Desk {
    model: ModelServer,
    brought: Mutex<Vec<Vec<u8>>>,
    answer: Mutex<Judge>,
}

impl Desk {
    fn new() -> Arc<Self> {
        let answer: Judge = Box::new(|_| Ok(()));
        Arc::new(Self { model: ModelServer::new(NOW), brought: Mutex::default(), answer: Mutex::new(answer) })
    }

    fn answers(&self, answer: impl Fn(&[u8]) -> Answer + Send + 'static) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }

    fn brought(&self) -> usize {
        std::mem::take(&mut *self.brought.lock().unwrap()).len()
    }
}

impl Transport for Desk {
    fn exchange<'a>(
        &'a self,
        url: &'a str,
        request: Vec<Bytes>,
    ) -> BoxFuture<'a, Result<AnswerStream, TransportError>> {
        self.model.exchange(url, request)
    }

    fn carry<'a>(&'a self, _url: &'a str, body: Vec<u8>) -> BoxFuture<'a, Answer> {
        let answer = (self.answer.lock().unwrap())(&body);
        self.brought.lock().unwrap().push(body);
        Box::pin(std::future::ready(answer))
    }

    fn enrol<'a>(
        &'a self,
        url: &'a str,
        request: &'a EnrolRequest,
    ) -> BoxFuture<'a, Result<EnrolAnswer, TransportError>> {
        self.model.enrol(url, request)
    }
}

async fn device(desk: &Arc<Desk>, seed: u64, clock: &Arc<SetClock>) -> Client {
    let opened = Client::in_memory().transport(desk.clone()).clock(clock.clone()).seed(seed).open();
    let client = opened.await.unwrap();
    client.enrol(URL, MODEL_CODE).await.unwrap();
    client
}

/// A carrier with so many files of others, and their bytes in the order in which they were taken along.
async fn carrier(desk: &Arc<Desk>, clock: &Arc<SetClock>, count: u64) -> (Client, Vec<Vec<u8>>) {
    let carrier = device(desk, 1, clock).await;
    let mut files = Vec::new();
    for seed in 2..2 + count {
        let author = device(desk, seed, clock).await;
        author.encounters().add(encounter("Souk")).await.unwrap();
        let file = author.export().await.unwrap().unwrap().bytes;
        carrier.take_along(file.clone()).await.unwrap();
        files.push(file);
    }
    (carrier, files)
}

fn told(report: &SyncReport) -> (usize, usize, usize) {
    (report.parcels, report.parcels_refused, report.parcels_waiting)
}

#[tokio::test]
async fn a_sync_that_went_well_is_told_so_whatever_became_of_a_file_that_was_taken_along() {
    for status in [401, 404, 415, 500] {
        let (desk, clock) = (Desk::new(), Arc::new(SetClock::at(NOW)));
        let (carrier, _) = carrier(&desk, &clock, 2).await;
        carrier.encounters().add(encounter("Gare")).await.unwrap();
        desk.answers(move |_| Err(TransportError::Refused { status, code: "other".to_owned() }));

        let report = carrier.sync_now().await.unwrap();

        assert_eq!((report.sent, told(&report), report.parcels_error), (1, (0, 0, 2), Some("refused")), "{status}");
        let now = carrier.status();
        assert_eq!((now.waiting, now.carried_files, now.last_error.is_none()), (0, 2, true), "{status}");
        assert_eq!(now.last_success, Some(NOW));
        assert_eq!(desk.brought(), 1, "what the server refuses this device for, it would refuse for each file");
    }
}

#[tokio::test]
async fn a_file_the_server_cannot_use_is_told_and_those_behind_it_are_delivered() {
    let (desk, clock) = (Desk::new(), Arc::new(SetClock::at(NOW)));
    let (carrier, files) = carrier(&desk, &clock, 3).await;
    let bad = files[0].clone();
    desk.answers(move |body| match body.ends_with(&bad) {
        true => Err(TransportError::Refused { status: 400, code: "malformed".to_owned() }),
        false => Ok(()),
    });

    let report = carrier.sync_now().await.unwrap();

    assert_eq!((told(&report), report.parcels_error), ((2, 1, 0), None));
}

#[tokio::test]
async fn a_file_that_is_held_back_keeps_none_behind_it_waiting_and_comes_again_in_its_time() {
    let (desk, clock) = (Desk::new(), Arc::new(SetClock::at(NOW)));
    let (carrier, files) = carrier(&desk, &clock, 5).await;
    let first: Vec<Vec<u8>> = files[..3].to_vec();
    let held_back = || Err(TransportError::Refused { status: 507, code: "held-back".to_owned() });
    desk.answers(move |body| if first.iter().any(|file| body.ends_with(file)) { held_back() } else { Ok(()) });

    let report = carrier.sync_now().await.unwrap();
    assert_eq!((told(&report), report.parcels_error), ((2, 0, 3), Some("held-back")), "those behind are delivered");
    desk.brought();
    assert_eq!((told(&carrier.sync_now().await.unwrap()), desk.brought()), ((0, 0, 3), 0), "not before their time");

    desk.answers(|_| Ok(()));
    clock.advance(3_600_000);
    assert_eq!(told(&carrier.sync_now().await.unwrap()), (3, 0, 0));
}

#[tokio::test]
async fn a_server_that_takes_no_files_now_is_brought_one_and_the_sync_stands() {
    let (desk, clock) = (Desk::new(), Arc::new(SetClock::at(NOW)));
    let (carrier, _) = carrier(&desk, &clock, 3).await;
    desk.answers(|_| Err(TransportError::RetryAfter(Duration::from_secs(60))));

    let report = carrier.sync_now().await.unwrap();

    assert_eq!((told(&report), report.parcels_error, desk.brought()), ((0, 0, 3), Some("busy"), 1));
}

/// The time as the runtime's timers have it.
struct TimerClock(tokio::time::Instant);

impl Clock for TimerClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(NOW.0 + i64::try_from(self.0.elapsed().as_millis()).unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_the_server_does_not_take_now_does_not_make_a_device_call_without_end() {
    let desk = Desk::new();
    let clock = Arc::new(SetClock::at(NOW));
    let author = device(&desk, 2, &clock).await;
    author.encounters().add(encounter("Souk")).await.unwrap();
    let file = author.export().await.unwrap().unwrap().bytes;
    desk.answers(|_| Err(TransportError::RetryAfter(Duration::from_secs(3_600))));
    let builder = Client::in_memory().transport(desk.clone()).clock(Arc::new(TimerClock(tokio::time::Instant::now())));
    let carrier = builder.seed(1).auto_sync(Duration::from_secs(60)).open().await.unwrap();
    carrier.enrol(URL, MODEL_CODE).await.unwrap();
    let before = desk.model.requests();

    carrier.take_along(file).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3_600)).await;

    let (calls, brought) = (desk.model.requests() - before, desk.brought());
    assert!(
        (1..=12).contains(&brought) && calls <= 12,
        "in an hour {calls} calls, and the file was brought {brought} times"
    );
}
