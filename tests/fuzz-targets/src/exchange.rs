//! Both sides of an exchange, each before any bytes of the other.

use std::collections::BTreeSet;

use jisr_sync_core::id::{DeviceId, DocumentId};
use jisr_sync_core::sync::{
    Acknowledged, AnswerMessage, Chain, Cursor, DeviceConfig, DeviceEvent, DeviceRequest, DeviceSession, Documents,
    Epoch, Fingerprint, HeldScope, Nonce, OutboxEntry, OutboxItem, OutboxTotals, Question, ScopeStatus, Status,
    Welcome, WelcomeScope, limits,
};

use crate::caller::{Caller, Whims, logs};
use crate::input::{Draw, pieces};
use crate::meter::within;
use crate::samples::{DEVICE, INCARNATION, NOW, SERVER, key, outgoing, province, unit, voucher_key};
use crate::streams::{Receiver, answer, hello, request};

/// What a session and the model around it may hold: a stream decompressed to its limit, and copies of what is in it.
const REQUEST_MEMORY_MAX: usize = 4 * limits::REQUEST_DECOMPRESSED_BYTES_MAX;

/// As [`REQUEST_MEMORY_MAX`], for an answer.
const ANSWER_MEMORY_MAX: usize = 4 * limits::ANSWER_DECOMPRESSED_BYTES_MAX;

/// The unit's scope, of which the device wants every document of the log whole, and one that is not there.
pub fn wanting(cursor: Option<Cursor>) -> HeldScope {
    let there = logs().get(&unit()).into_iter().flatten().map(|record| record.document);
    let documents = there.chain([DocumentId::from_bytes([0x77; 16])]).collect();
    HeldScope { whole: Some(Documents { documents }), ..HeldScope::at(unit(), cursor) }
}

/// A request, whole and in pieces, to a server that answers at once, and to one that does as it likes.
pub fn request_stream(input: &[u8]) {
    let mut draw = Draw::new(input);
    let seed = draw.byte();
    let held = vec![wanting(None), HeldScope::at(province(), None)];
    let receiver = Receiver { server: SERVER, voucher_key: voucher_key() };
    let body = request(draw, &hello(&SERVER, held, 7), &receiver);
    within(REQUEST_MEMORY_MAX, || {
        let whole = Caller::play(&[&body], Whims { seed, wild: false });
        let in_pieces = Caller::play(&pieces(&body, seed), Whims { seed, wild: false });
        assert_eq!(whole, in_pieces, "how a request is cut changes nothing");
        Caller::play(&pieces(&body, seed), Whims { seed, wild: true });
    });
}

/// An answer, whole and in pieces, to a device that waits for one.
pub fn answer_stream(input: &[u8]) {
    let mut draw = Draw::new(input);
    let seed = draw.byte();
    let body = answer(draw, &welcome());
    within(ANSWER_MEMORY_MAX, || {
        let whole = Device::new().take(&[&body]);
        let in_pieces = Device::new().take(&pieces(&body, seed));
        assert_eq!(whole, in_pieces, "how an answer is cut changes nothing");
    });
}

/// A Welcome of the model server to the model device: both scopes are granted, one is read from the start.
pub fn welcome() -> AnswerMessage {
    let scope = |status, epoch| WelcomeScope { status, epoch, resume_after: 0, scope: None };
    AnswerMessage::Welcome(Welcome {
        status: Status::Ok,
        server_time: NOW.0,
        scopes: vec![scope(ScopeStatus::Behind, None), scope(ScopeStatus::New, Some(Epoch::from_bytes([0xee; 8])))],
        app_version_min: None,
        request_bytes_max: None,
        credentials: None,
    })
}

/// A device that has sent its request: changes of its own, one of another device's, and one it asked about.
struct Device {
    session: DeviceSession,
    /// Outbox indexes about which nothing was said yet.
    unsettled: BTreeSet<u64>,
    cursors: Vec<Option<Cursor>>,
}

impl Device {
    fn new() -> Self {
        let cursor = Cursor { epoch: Epoch::from_bytes([0xee; 8]), number: 0, chain: Chain::START };
        let held = vec![wanting(Some(cursor)), HeldScope::at(province(), None)];
        let cursors = held.iter().map(|held| held.cursor).collect();
        let config = DeviceConfig {
            server: SERVER,
            device: DEVICE,
            incarnation: INCARNATION,
            boot: 3,
            nonce: Nonce::from_bytes([7; 8]),
            now: NOW,
            server_clock_offset_ms: 0,
            app_version: "0.1.0".to_owned(),
            scopes: held,
            frame_bytes_aim: 0,
            asides: vec![Fingerprint::from_bytes([3; 12])],
            wants_credentials: false,
            request_bytes_max: limits::REQUEST_BYTES_MAX,
        };
        let mut device = Self { session: DeviceSession::new(config, key()), unsettled: BTreeSet::new(), cursors };
        device.send();
        device
    }

    fn send(&mut self) {
        let outbox = outbox();
        loop {
            while self.session.poll_transmit().is_some() {}
            match self.session.poll_request() {
                Some(DeviceRequest::ListOutbox { .. }) => {
                    self.unsettled = outbox.iter().map(|entry| entry.index).collect();
                    let totals = OutboxTotals { changes: outbox.len() as u64, records: 3 };
                    self.session.handle_outbox_list(&outbox.iter().map(item).collect::<Vec<_>>(), totals);
                }
                Some(DeviceRequest::ReadOutbox { indexes }) => {
                    let asked = |index: &u64| outbox.iter().find(|entry| entry.index == *index).cloned();
                    self.session.handle_outbox(indexes.iter().filter_map(asked).collect());
                }
                Some(DeviceRequest::ReadCarried { .. }) => unreachable!("this device carries nothing of others"),
                None => break,
            }
        }
        assert!(self.session.is_request_complete());
    }

    /// Takes an answer to its end and returns all that happened.
    fn take(mut self, pieces: &[&[u8]]) -> Vec<DeviceEvent> {
        let mut events = Vec::new();
        for piece in pieces {
            self.session.handle_bytes(piece);
            self.events(&mut events);
        }
        self.session.handle_end();
        self.events(&mut events);
        let Some(DeviceEvent::Finished(report)) = events.last_mut() else {
            panic!("an answer that ended finishes the session")
        };
        // Of a bad answer it depends on the cuts how much came before that was noticed.
        report.bytes_down = 0;
        events
    }

    fn events(&mut self, events: &mut Vec<DeviceEvent>) {
        while let Some(event) = self.session.poll_event() {
            assert!(!matches!(events.last(), Some(DeviceEvent::Finished(_))), "after the end comes nothing");
            match &event {
                DeviceEvent::Welcomed(welcomed) => {
                    assert!(events.is_empty(), "the Welcome is first, once");
                    self.cursors.resize(self.cursors.len().max(welcomed.scopes.len()), None);
                }
                DeviceEvent::StoreAcks(acks) => self.settle(acks),
                DeviceEvent::StoreFates(_) => {}
                DeviceEvent::StorePull(frame) => {
                    let before = events.iter().rev().find_map(|event| match event {
                        DeviceEvent::StorePull(other) if other.scope == frame.scope => other.cursor,
                        _ => None,
                    });
                    let went_back = |cursor: Cursor| before.is_some_and(|before: Cursor| before.number > cursor.number);
                    assert!(!frame.cursor.is_some_and(went_back), "a cursor went back");
                }
                DeviceEvent::Finished(report) => {
                    assert!(report.set_aside <= report.acknowledged, "more is set aside than acknowledged");
                    assert!(report.acknowledged <= outbox().len() && report.sent <= outbox().len());
                }
            }
            if matches!(event, DeviceEvent::StoreAcks(_) | DeviceEvent::StoreFates(_) | DeviceEvent::StorePull(_)) {
                assert_eq!(self.session.poll_event(), None, "nothing is said before it is stored");
                self.session.handle_stored();
            }
            events.push(event);
        }
    }

    /// What leaves the outbox was in it, and leaves it once.
    fn settle(&mut self, acks: &Acknowledged) {
        let aside = acks.set_aside.iter().map(|(index, _)| index);
        for index in acks.delivered.iter().chain(&acks.elsewhere).chain(aside).chain(&acks.lacking) {
            assert!(self.unsettled.remove(index), "the outbox entry {index} was settled before, or never sent");
        }
    }
}

fn outbox() -> Vec<OutboxEntry> {
    let mut entries = Vec::new();
    for (scope, document, change) in outgoing().iter().cloned() {
        let (index, change) = (entries.len() as u64 + 1, change.bytes().to_vec());
        entries.push(OutboxEntry { index, scope, document, change, vouched: None });
    }
    // The last but one is somebody else's, with the server's voucher; the last is asked about first.
    let author = (DeviceId::from_bytes([0xcc; 16]), INCARNATION);
    for by in [9, 10] {
        let document = DocumentId::from_bytes([by; 16]);
        let change = vec![by; 60];
        let vouched = voucher_key().vouch(&document, &jisr_sync_core::sync::change_hash(&change), author);
        let index = u64::from(by);
        entries.push(OutboxEntry { index, scope: unit(), document, change, vouched: Some(vouched) });
    }
    entries
}

fn item(entry: &OutboxEntry) -> OutboxItem {
    let fingerprint = Fingerprint::of(&entry.document, &jisr_sync_core::sync::change_hash(&entry.change));
    OutboxItem {
        index: entry.index,
        document: entry.document,
        bytes: u32::try_from(entry.change.len()).unwrap_or(u32::MAX),
        urgent: false,
        ask: (entry.index == 10).then(|| Question { scope: entry.scope.clone(), fingerprint }),
    }
}
