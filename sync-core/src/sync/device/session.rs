//! The state machine of the device's side.

mod answer;
mod carrying;

use std::collections::VecDeque;

use ed25519_dalek::SigningKey;

use super::carried::Carrying;
use super::plan::Plan;
use super::report::{DeviceEvent, Report, ScopeReport, Welcomed, WelcomedScope};
use crate::id::DeviceId;
use crate::sync::cursor::{Cursor, Epoch, Fingerprint};
use crate::sync::envelope::{Envelope, EnvelopeEntry};
use crate::sync::frame::{FrameReader, FrameWriter, StreamLimits};
use crate::sync::hello::{HeldScope, Hello, Incarnation, Nonce, PROTOCOL_VERSION, ServerId};
use crate::sync::limits::{
    ANSWER_BYTES_MAX, ANSWER_DECOMPRESSED_BYTES_MAX, CLOCK_SKEW_MARKED_MS, OFFER_FINGERPRINTS_MAX, REQUEST_BYTES_AIM,
    REQUEST_BYTES_MAX, REQUEST_BYTES_MIN, REQUEST_ENTRIES_MAX, SCOPES_MAX,
};
use crate::sync::message::{AnswerMessage, Authorship, Done, Inquiry, Relay, RelayEntry, RequestMessage, Welcome};
use crate::sync::outbox::{OutboxEntry, OutboxItem, OutboxTotals};
use crate::sync::status::{ScopeStatus, Status};
use crate::sync::voucher::Vouched;
use crate::time::UnixMillis;

/// What one exchange needs to know of its device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceConfig {
    /// The server the exchange is meant for, as learnt at enrolment.
    pub server: ServerId,
    /// Who this is.
    pub device: DeviceId,
    /// In which life of its data.
    pub incarnation: Incarnation,
    /// How often the store has been opened in this life.
    pub boot: u64,
    /// Drawn anew for each exchange.
    pub nonce: Nonce,
    /// This device's own clock, not corrected.
    pub now: UnixMillis,
    /// [`Welcomed::server_clock_offset_ms`] of the last exchange, 0 before the first.
    pub server_clock_offset_ms: i64,
    /// The version of the app.
    pub app_version: String,
    /// The scopes this device holds and where it is in each. Those beyond [`SCOPES_MAX`] are left out of the exchange.
    pub scopes: Vec<HeldScope>,
    /// Changes that the server set aside and whose fate it has not told: it is asked about them.
    pub asides: Vec<Fingerprint>,
    /// The aim for a frame's length in both directions, in decompressed bytes; 0 for the protocol's own. Halved by
    /// the caller after [`crate::sync::limits::NO_PROGRESS_MS`] without progress.
    pub frame_bytes_aim: u32,
    /// [`Welcomed::request_bytes_max`] of the last exchange, or [`REQUEST_BYTES_MAX`].
    pub request_bytes_max: usize,
    /// Whether to ask for the device's certificate: it has none, or one that is due for renewal.
    pub wants_credentials: bool,
}

/// What a session needs from its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceRequest {
    /// What waits in the outbox, oldest first, for [`DeviceSession::handle_outbox_list`].
    ListOutbox {
        /// The most items. Of more the oldest, and urgent ones only with all that was written earlier in their documents.
        max: usize,
    },
    /// The changes at these indexes, in this order, for [`DeviceSession::handle_outbox`].
    ReadOutbox {
        /// Which.
        indexes: Vec<u64>,
    },
    /// The carried envelope at this index, for [`DeviceSession::handle_carried`].
    ReadCarried {
        /// Which.
        index: u64,
    },
}

/// Whose change a question or a pushed entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// This device's outbox, by index.
    Own(u64),
    /// A change in a carried envelope: the envelope's index, the place in it when it is pushed.
    Carried(u64, usize),
}

#[derive(Debug, PartialEq, Eq)]
enum Sending {
    Listing { asked: bool },
    Carrying { index: u64, bytes: usize },
    Reading { asked: bool },
    Done,
}

/// What was handed out to be stored and is not yet.
#[derive(Debug)]
enum Storing {
    Acks { acknowledged: usize, set_aside: usize, settled: usize },
    Fates,
    Pull { place: usize, cursor: Option<Cursor>, records: usize },
}

#[derive(Debug)]
struct Scope {
    report: ScopeReport,
    epoch: Option<Epoch>,
    anew_after: Option<u64>,
}

/// The device's side of one exchange. See the module's head.
#[derive(Debug)]
pub struct DeviceSession {
    config: DeviceConfig,
    key: SigningKey,
    writer: FrameWriter,
    reader: FrameReader,
    sending: Sending,
    plan: Plan,
    carrying: Carrying,
    /// What each Offer asks about; empty once it was answered.
    offers: Vec<Vec<Subject>>,
    /// What each Inquiry asks about; empty once it was answered.
    inquiries: Vec<Vec<Fingerprint>>,
    /// Changes about which the server's word is stored: in its log, set aside, or lacking.
    settled: usize,
    request: VecDeque<Vec<u8>>,
    sent: Vec<Subject>,
    acked: usize,
    welcomed: bool,
    scopes: Vec<Scope>,
    storing: Option<Storing>,
    input_ended: bool,
    finished: bool,
    report: Report,
}

impl DeviceSession {
    /// A session for one exchange, signed with the device's key.
    pub fn new(mut config: DeviceConfig, key: SigningKey) -> Self {
        config.scopes.truncate(SCOPES_MAX);
        let limits =
            StreamLimits { bytes_max: ANSWER_BYTES_MAX, decompressed_bytes_max: ANSWER_DECOMPRESSED_BYTES_MAX };
        Self {
            config,
            key,
            writer: FrameWriter::new(),
            reader: FrameReader::new(limits),
            sending: Sending::Listing { asked: false },
            plan: Plan::default(),
            carrying: Carrying::default(),
            offers: Vec::new(),
            inquiries: Vec::new(),
            settled: 0,
            request: VecDeque::new(),
            sent: Vec::new(),
            acked: 0,
            welcomed: false,
            scopes: Vec::new(),
            storing: None,
            input_ended: false,
            finished: false,
            report: Report {
                status: Status::Ok,
                complete: false,
                more: false,
                retry_after_s: None,
                sent: 0,
                acknowledged: 0,
                set_aside: 0,
                carried: 0,
                pulled: 0,
                unsendable: Vec::new(),
                bytes_up: 0,
                bytes_down: 0,
                scopes: Vec::new(),
            },
        }
    }

    /// What the session needs to go on with the request; `None` until it is given that, until
    /// [`Self::poll_transmit`] has been emptied, and after the request's end.
    pub fn poll_request(&mut self) -> Option<DeviceRequest> {
        match self.sending {
            Sending::Listing { asked: false } => {
                self.sending = Sending::Listing { asked: true };
                Some(DeviceRequest::ListOutbox { max: REQUEST_ENTRIES_MAX })
            }
            Sending::Reading { asked: false } if self.request.is_empty() => {
                if let Some(item) = self.carrying.next() {
                    let bytes = usize::try_from(item.bytes).unwrap_or(usize::MAX);
                    self.sending = Sending::Carrying { index: item.index, bytes };
                    return Some(DeviceRequest::ReadCarried { index: item.index });
                }
                let indexes = self.plan.next_indexes(self.config.frame_bytes_aim, self.request_aim());
                if indexes.is_empty() {
                    self.end_request();
                    return None;
                }
                self.sending = Sending::Reading { asked: true };
                Some(DeviceRequest::ReadOutbox { indexes })
            }
            _ => None,
        }
    }

    /// Answers [`DeviceRequest::ListOutbox`]; `totals` tells of the whole outbox.
    pub fn handle_outbox_list(&mut self, items: &[OutboxItem], totals: OutboxTotals) {
        if self.sending != (Sending::Listing { asked: true }) {
            return;
        }
        self.plan = Plan::of(items, totals, self.carrying.documents_held_back());
        let hello = self.hello().sign(&self.config.server, &self.key);
        self.transmit(&RequestMessage::Hello(hello));
        let own = self.plan.offers().into_iter().map(|(offer, indexes)| (offer, subjects(indexes, Subject::Own)));
        let carried = self.carrying.take_offers().into_iter();
        let carried = carried.map(|(offer, indexes)| (offer, subjects(indexes, |index| Subject::Carried(index, 0))));
        for (offer, asked) in own.chain(carried).collect::<Vec<_>>() {
            self.offers.push(asked);
            self.transmit(&RequestMessage::Offer(offer));
        }
        for asked in std::mem::take(&mut self.config.asides).chunks(OFFER_FINGERPRINTS_MAX) {
            let fingerprints: Vec<u8> = asked.iter().flat_map(|fingerprint| *fingerprint.as_bytes()).collect();
            self.inquiries.push(asked.to_vec());
            self.transmit(&RequestMessage::Inquiry(Inquiry { fingerprints: fingerprints.into() }));
        }
        self.sending = Sending::Reading { asked: false };
    }

    /// Answers [`DeviceRequest::ReadOutbox`]. Entries that are gone are left out; more than were asked for are not sent.
    pub fn handle_outbox(&mut self, entries: Vec<OutboxEntry>) {
        if self.sending != (Sending::Reading { asked: true }) {
            return;
        }
        self.sending = Sending::Reading { asked: false };
        for run in self.plan.take(entries) {
            self.sent.extend(run.iter().map(|entry| Subject::Own(entry.index)));
            self.push(run);
        }
    }

    /// Sends changes of one author: this device's own signed, those of others as the server vouched for them.
    fn push(&mut self, entries: Vec<OutboxEntry>) {
        let Some(first) = entries.first() else { return };
        let message = match first.vouched {
            None => {
                let entries = entries.into_iter().map(|entry| EnvelopeEntry {
                    scope: entry.scope,
                    document: entry.document,
                    change: entry.change.into(),
                });
                let (device, incarnation) = (self.config.device, self.config.incarnation);
                RequestMessage::Push(Envelope::sign(device, incarnation, entries.collect(), &self.key))
            }
            Some(Vouched { author: device, incarnation, .. }) => {
                let entries = entries.into_iter().filter_map(|entry| {
                    Some(RelayEntry {
                        voucher: entry.vouched?.voucher,
                        scope: entry.scope,
                        document: entry.document,
                        change: entry.change.into(),
                    })
                });
                let author = Authorship { device, incarnation };
                RequestMessage::Relay(Relay { author, entries: entries.collect() })
            }
        };
        self.transmit(&message);
    }

    /// The next bytes of the request; `None` until more are ready, and at its end.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.request.pop_front()
    }

    /// Whether the request is whole once [`Self::poll_transmit`] gives `None`.
    pub fn is_request_complete(&self) -> bool {
        self.sending == Sending::Done
    }

    /// Takes the next bytes of the answer, in pieces of any size.
    pub fn handle_bytes(&mut self, bytes: &[u8]) {
        if self.finished || self.input_ended {
            return;
        }
        self.report.bytes_down += bytes.len();
        if let Err(error) = self.reader.push(bytes) {
            self.report.status = error.status();
            self.input_ended = true;
        }
    }

    /// The answer's bytes ended, at its end or by a cut, or no answer came at all.
    pub fn handle_end(&mut self) {
        self.input_ended = true;
    }

    /// What to do next; `None` until more bytes come, and **until [`Self::handle_stored`]** after something to store.
    pub fn poll_event(&mut self) -> Option<DeviceEvent> {
        if self.finished || self.storing.is_some() {
            return None;
        }
        match self.reader.next_frame() {
            Ok(Some((kind, payload))) => match AnswerMessage::from_frame(kind, &payload) {
                Some(message) => Some(self.message(message)),
                None => Some(self.finish(Status::Malformed, false)),
            },
            Ok(None) if self.input_ended => Some(self.finish(self.report.status, false)),
            Ok(None) => None,
            Err(error) => Some(self.finish(error.status(), false)),
        }
    }

    /// Says that what the last event asked to store would survive a power cut.
    pub fn handle_stored(&mut self) {
        match self.storing.take() {
            Some(Storing::Acks { acknowledged, set_aside, settled }) => {
                self.report.acknowledged += acknowledged;
                self.report.set_aside += set_aside;
                self.report.carried = self.carrying.changes();
                self.settled += settled;
            }
            Some(Storing::Pull { place, cursor, records }) => {
                self.report.pulled += records;
                if let Some((scope, cursor)) = self.scopes.get_mut(place).zip(cursor) {
                    scope.report.cursor = Some(cursor);
                    scope.anew_after = None;
                }
            }
            Some(Storing::Fates) | None => {}
        }
    }

    fn message(&mut self, message: AnswerMessage) -> DeviceEvent {
        match message {
            AnswerMessage::Welcome(welcome) if !self.welcomed => self.welcome(welcome),
            AnswerMessage::Lacking(lacking) if self.welcomed => self.lacking(&lacking),
            AnswerMessage::Fates(fates) if self.welcomed => self.fates(&fates),
            AnswerMessage::Ack(ack) if self.welcomed => self.ack(ack),
            AnswerMessage::Pull(pull) if self.welcomed => self.pull(pull),
            AnswerMessage::Whole(whole) if self.welcomed => self.whole(&whole),
            AnswerMessage::End(end) if self.welcomed => self.end(end),
            _ => self.finish(Status::WrongOrder, false),
        }
    }

    fn welcome(&mut self, welcome: Welcome) -> DeviceEvent {
        self.welcomed = true;
        self.report.status = welcome.status;
        if !self.take_scopes(&welcome) {
            return self.finish(Status::Malformed, false);
        }
        let offset = welcome.server_time.saturating_sub(self.config.now.0);
        let scopes = self.scopes.iter().map(|scope| WelcomedScope {
            scope: scope.report.scope.clone(),
            status: scope.report.status,
            resume_after: scope.anew_after.unwrap_or(0),
        });
        DeviceEvent::Welcomed(Welcomed {
            status: welcome.status,
            server_clock_offset_ms: offset,
            clock_suspect: offset.saturating_abs() > CLOCK_SKEW_MARKED_MS,
            app_version_min: welcome.app_version_min,
            request_bytes_max: welcome
                .request_bytes_max
                .and_then(|max| usize::try_from(max).ok())
                .map_or(REQUEST_BYTES_MAX, |max| max.clamp(REQUEST_BYTES_MIN, REQUEST_BYTES_MAX)),
            scopes: scopes.collect(),
            credentials: welcome.credentials,
        })
    }

    /// Takes over the Welcome's scopes; false when they do not fit the Hello's.
    fn take_scopes(&mut self, welcome: &Welcome) -> bool {
        if !welcome.scopes.is_empty() && welcome.scopes.len() < self.config.scopes.len() {
            return false;
        }
        for (place, entry) in welcome.scopes.iter().enumerate() {
            let held = self.config.scopes.get(place);
            let Some(scope) = held.map(|held| held.scope.clone()).or_else(|| entry.scope.clone()) else {
                return false;
            };
            let cursor = held.and_then(|held| held.cursor);
            let anew = matches!(entry.status, ScopeStatus::Forked | ScopeStatus::New);
            self.scopes.push(Scope {
                epoch: entry.epoch.or(cursor.map(|cursor| cursor.epoch)),
                anew_after: anew.then_some(entry.resume_after),
                report: ScopeReport {
                    scope,
                    status: entry.status,
                    cursor,
                    read_to_end: false,
                    backed_up: 0,
                    digest: None,
                    months: Vec::new(),
                },
            });
        }
        true
    }

    fn finish(&mut self, status: Status, complete: bool) -> DeviceEvent {
        self.finished = true;
        let mut report = self.report.clone();
        report.status = status;
        report.complete = complete;
        report.sent = self.sent.len();
        // Own changes that were found lacking, or held back behind those.
        let asked = self.offers.iter().any(Vec::is_empty) && self.plan.asks();
        report.unsendable = self.plan.unsendable().to_vec();
        report.more |= self.plan.has_more() || self.carrying.has_more() || asked;
        report.more &= complete && self.settled + report.pulled > 0;
        report.more &= status == Status::Ok && report.retry_after_s.is_none();
        report.scopes = self.scopes.iter().map(|scope| scope.report.clone()).collect();
        DeviceEvent::Finished(report)
    }

    fn hello(&self) -> Hello {
        Hello {
            protocol: PROTOCOL_VERSION,
            device: self.config.device,
            incarnation: self.config.incarnation,
            boot: self.config.boot,
            nonce: self.config.nonce,
            clock: self.config.now.0,
            server_clock_offset_ms: self.config.server_clock_offset_ms,
            waiting: self.plan.records(),
            frame_bytes_aim: self.config.frame_bytes_aim,
            app_version: self.config.app_version.clone(),
            scopes: self.config.scopes.clone(),
            wants_credentials: self.config.wants_credentials.then_some(true),
        }
    }

    /// Decompressed bytes this request may carry: even incompressible they fit the server's limit.
    fn request_aim(&self) -> usize {
        REQUEST_BYTES_AIM.min(self.config.request_bytes_max.max(REQUEST_BYTES_MIN) / 2)
    }

    fn end_request(&mut self) {
        let done = Done { pushed: self.sent.len() as u64, left: self.plan.left() };
        self.transmit(&RequestMessage::Done(done));
        self.sending = Sending::Done;
    }

    fn transmit(&mut self, message: &RequestMessage) {
        let (kind, payload) = message.to_frame();
        let bytes = self.writer.write(kind, &payload);
        self.report.bytes_up += bytes.len();
        self.request.push_back(bytes);
    }
}

fn subjects(indexes: Vec<u64>, subject: impl Fn(u64) -> Subject) -> Vec<Subject> {
    indexes.into_iter().map(subject).collect()
}
