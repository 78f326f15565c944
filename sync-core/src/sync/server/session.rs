//! The state machine of the server's side.

mod intake;
mod reading;

use std::collections::VecDeque;

use ed25519_dalek::VerifyingKey;

use super::deliver::{Deliveries, Delivery, DeliveryId, UnknownDelivery, Verdict};
use super::grant::{self, Grant, HelloVerdict};
use super::pull::Pulls;
use crate::id::{DeviceId, DocumentId, ScopeId};
use crate::sync::certificate::Credentials;
use crate::sync::cursor::Fingerprint;
use crate::sync::envelope::Envelope;
use crate::sync::frame::{FrameReader, FrameWriter, StreamLimits};
use crate::sync::hello::{Hello, PROTOCOL_VERSION, ServerId, SignedHello};
use crate::sync::limits::{
    CLOCK_SKEW_REFUSED_MS, DELIVERIES_OPEN_MAX, FRAME_BYTES_MAX, HELLO_BYTES_MAX, REQUEST_BYTES_MAX, REQUEST_BYTES_MIN,
    REQUEST_DECOMPRESSED_BYTES_MAX,
};
use crate::sync::message::{AnswerMessage, Done, End, Fates, Lacking, RequestMessage, Welcome, WelcomeScope};
use crate::sync::status::{Fate, ScopeStatus, Status};
use crate::sync::voucher::VoucherKey;
use crate::time::UnixMillis;

/// What a session needs to know of its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// Which server this is: a Hello signed for another one is not authentic.
    pub server: ServerId,
    /// The server's time when the request began.
    pub now: UnixMillis,
    /// The oldest app version that is good enough, told to devices.
    pub app_version_min: Option<String>,
    /// The longest request body, in bytes as they travel. Taken as the nearest of [`REQUEST_BYTES_MIN`] to
    /// [`REQUEST_BYTES_MAX`].
    pub request_bytes_max: usize,
    /// What this server vouches with for what it sends.
    pub voucher_key: VoucherKey,
}

/// What a session needs from its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerRequest {
    /// The key of a device, for [`ServerSession::handle_key`]. Nothing about the sender is proven yet.
    FindKey {
        /// Whose key.
        device: DeviceId,
    },
    /// Whether an authentic and fresh Hello may go on, and what it may read, for [`ServerSession::handle_grant`].
    Authorize(Box<Hello>),
    /// Whether the durable log of a scope has changes of these fingerprints, for [`ServerSession::handle_found`].
    Find {
        /// The scope; always one that was granted.
        scope: ScopeId,
        /// At most [`crate::sync::limits::OFFER_FINGERPRINTS_MAX`].
        fingerprints: Vec<Fingerprint>,
    },
    /// What became of changes of these fingerprints that were set aside, for [`ServerSession::handle_fates`].
    Inquire {
        /// Who asks. It may be told of what it wrote, and of what is in a scope it may read.
        device: DeviceId,
        /// At most [`crate::sync::limits::OFFER_FINGERPRINTS_MAX`].
        fingerprints: Vec<Fingerprint>,
    },
    /// Changes to store, for [`ServerSession::handle_stored`]. Up to [`DELIVERIES_OPEN_MAX`] wait at a time; they are
    /// judged in the order in which they are handed out, and answered in any.
    Deliver(Box<Delivery>),
    /// The durable changes of one document in the log of a scope, in its order, for [`ServerSession::handle_document`];
    /// none when it is not in that scope.
    ReadDocument {
        /// The scope; always one that was granted.
        scope: ScopeId,
        /// The document.
        document: DocumentId,
    },
    /// The log of a scope after a number, for [`ServerSession::handle_log`]: at least one record unless at the head,
    /// and no more than fit in `bytes_max` but for the first.
    ReadLog {
        /// The scope; always one that was granted.
        scope: ScopeId,
        /// The number after which to read.
        after: u64,
        /// About how many bytes.
        bytes_max: usize,
    },
}

/// What an exchange came to, for logs and figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerOutcome {
    /// Who it was, once that was proven.
    pub device: Option<DeviceId>,
    /// How it ended, or [`Status::Ok`] while it goes on.
    pub status: Status,
    /// Changes that came.
    pub delivered: usize,
    /// Changes acknowledged, those set aside included.
    pub acknowledged: u32,
    /// Records sent.
    pub pulled: u64,
    /// How many records wait on the device, by its own word, those of this request included. For what is left now see
    /// [`ServerOutcome::still_waiting`].
    pub waiting: u64,
    /// How many records still wait on the device: what it said would be left, when its request came whole and all of it
    /// was acknowledged, set aside included; otherwise all it declared. So it is never too small.
    ///
    /// `None` when its word is not to be kept: no Hello, or one that was not welcome (not authentic, stale, replayed, of a
    /// copy, or the server was busy). That is not the same as 0.
    pub still_waiting: Option<u64>,
    /// Whether the device is about to find out that it holds more than it said: it reads a log anew, or was put off.
    pub doubtful: bool,
    /// Whether the request was cut before its end.
    pub cut: bool,
}

#[derive(Debug)]
enum Phase {
    /// Waits for the Hello.
    Opening,
    /// Waits for the key of the device that said Hello.
    Key(Box<SignedHello>),
    /// Waits for the grant.
    Granting,
    /// Takes in what is pushed.
    Taking,
    /// Waits for the key of the device that signed a carried envelope.
    RelayKey(Box<Envelope>),
    /// Waits to hear which changes of an Offer are held.
    Finding { offer: u32, count: usize },
    /// Waits to hear what became of the changes of an Inquiry.
    Inquiring { inquiry: u32, count: usize },
    /// Reads logs.
    Reading { asked: bool },
    /// All is said.
    Ended,
}

/// The server's side of one exchange. See the module's head.
#[derive(Debug)]
pub struct ServerSession {
    config: ServerConfig,
    reader: FrameReader,
    writer: FrameWriter,
    phase: Phase,
    requests: VecDeque<ServerRequest>,
    answer: VecDeque<Vec<u8>>,
    hello: Option<Hello>,
    key: Option<VerifyingKey>,
    revoked: bool,
    deliveries: Deliveries,
    pulls: Option<Pulls>,
    /// The scopes that may be asked about.
    granted: Vec<ScopeId>,
    offers: u32,
    offered: usize,
    read_later_s: Option<u32>,
    doubtful: bool,
    inquiries: u32,
    welcomed: bool,
    input_ended: bool,
    done: Option<Done>,
    stop: Option<(Status, Option<u32>)>,
}

impl ServerSession {
    /// A session for one request.
    pub fn new(mut config: ServerConfig) -> Self {
        config.request_bytes_max = config.request_bytes_max.clamp(REQUEST_BYTES_MIN, REQUEST_BYTES_MAX);
        let limits = StreamLimits {
            bytes_max: config.request_bytes_max,
            decompressed_bytes_max: REQUEST_DECOMPRESSED_BYTES_MAX,
        };
        let mut reader = FrameReader::new(limits);
        reader.limit_frames(HELLO_BYTES_MAX);
        Self {
            config,
            reader,
            writer: FrameWriter::new(),
            phase: Phase::Opening,
            requests: VecDeque::new(),
            answer: VecDeque::new(),
            hello: None,
            key: None,
            revoked: false,
            deliveries: Deliveries::default(),
            pulls: None,
            granted: Vec::new(),
            offers: 0,
            offered: 0,
            read_later_s: None,
            doubtful: false,
            inquiries: 0,
            welcomed: false,
            input_ended: false,
            done: None,
            stop: None,
        }
    }

    /// Takes the next bytes of the request, in pieces of any size. Bytes beyond a limit end the exchange with an
    /// answer that says so.
    pub fn handle_bytes(&mut self, bytes: &[u8]) {
        if self.stop.is_some() || self.input_ended {
            return;
        }
        if let Err(error) = self.reader.push(bytes) {
            self.stop(error.status());
        }
    }

    /// The request's bytes ended, at its end or by a cut. What came whole is still taken in.
    pub fn handle_end(&mut self) {
        self.input_ended = true;
    }

    /// What the session needs next; `None` until it is given something. Changes with every `handle_*`, and when
    /// [`Self::poll_transmit`] has been emptied: no log is read before what was read has been taken.
    pub fn poll_request(&mut self) -> Option<ServerRequest> {
        loop {
            if let Some(request) = self.requests.pop_front() {
                return Some(request);
            }
            if !self.advance() {
                return None;
            }
        }
    }

    /// The next bytes of the answer; `None` until more are ready. Acknowledgements wait for
    /// [`Self::handle_stored`], records for all acknowledgements.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.answer.pop_front()
    }

    /// Whether the answer is whole once [`Self::poll_transmit`] gives `None`.
    pub const fn is_finished(&self) -> bool {
        matches!(self.phase, Phase::Ended)
    }

    /// What the exchange came to so far.
    pub fn outcome(&self) -> ServerOutcome {
        ServerOutcome {
            device: self.key.and(self.hello.as_ref()).map(|hello| hello.device),
            status: self.stop.map_or(Status::Ok, |(status, _)| status),
            delivered: self.deliveries.taken(),
            acknowledged: self.deliveries.acknowledged(),
            pulled: self.pulls.as_ref().map_or(0, Pulls::records),
            waiting: self.hello.as_ref().map_or(0, |hello| hello.waiting),
            still_waiting: self.still_waiting(),
            doubtful: self.doubtful,
            cut: self.input_ended && self.done.is_none(),
        }
    }

    fn still_waiting(&self) -> Option<u64> {
        // Pulls are there from the grant of a welcome Hello on.
        let hello = self.pulls.as_ref().and(self.hello.as_ref())?;
        let kept = self.deliveries.acknowledged().saturating_sub(self.deliveries.held_back());
        let whole = self.deliveries.taken() == usize::try_from(kept).unwrap_or(usize::MAX);
        Some(self.done.as_ref().filter(|_| whole).map_or(hello.waiting, |done| done.left.min(hello.waiting)))
    }

    /// Answers [`ServerRequest::FindKey`]; `None` when no such device is enrolled. A revoked one still has its key.
    pub fn handle_key(&mut self, key: Option<VerifyingKey>) {
        match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Key(signed) => self.authenticate(&signed, key),
            Phase::RelayKey(envelope) => {
                self.phase = Phase::Taking;
                self.relayed(*envelope, key);
            }
            other => self.phase = other,
        }
    }

    /// Answers [`ServerRequest::Authorize`].
    pub fn handle_grant(&mut self, grant: &Grant) {
        let (Phase::Granting, Some(hello)) = (&self.phase, &self.hello) else { return };
        self.revoked = grant.revoked;
        let (status, retry_after_s) = match grant.verdict {
            HelloVerdict::Replayed => (Status::Replayed, None),
            HelloVerdict::Copied => (Status::Copied, None),
            HelloVerdict::Busy { retry_after_s } => (Status::Busy, Some(retry_after_s)),
            HelloVerdict::Welcome if grant.revoked => (Status::Revoked, None),
            HelloVerdict::Welcome if hello.protocol != PROTOCOL_VERSION => (Status::UpdateRequired, None),
            HelloVerdict::Welcome => (Status::Ok, None),
        };
        if matches!(status, Status::Replayed | Status::Copied | Status::Busy) {
            return self.stop_later(status, retry_after_s);
        }
        let receives = status == Status::Ok;
        if receives {
            self.granted = grant.scopes.iter().map(|granted| granted.scope.clone()).collect();
        }
        self.read_later_s = grant.read_later_s;
        self.doubtful = grant.read_later_s.is_some();
        let (scopes, to_read) =
            if receives && grant.read_later_s.is_none() { grant::plan(hello, grant) } else { (Vec::new(), Vec::new()) };
        self.doubtful |= scopes.iter().any(|scope| scope.status == ScopeStatus::Forked);
        let author = (hello.device, hello.incarnation);
        let voucher_key = self.config.voucher_key.clone();
        self.pulls = Some(Pulls::new(author, to_read, hello.frame_bytes_aim, voucher_key));
        let credentials = grant.credentials.clone().filter(|_| receives && hello.wants_credentials == Some(true));
        self.welcome(status, scopes, credentials);
        self.reader.limit_frames(FRAME_BYTES_MAX);
        self.phase = Phase::Taking;
    }

    /// Answers [`ServerRequest::Find`]: for each fingerprint whether such a change is **durably** in the scope's log. An
    /// answer of another length ends the exchange as if storage were unavailable.
    pub fn handle_found(&mut self, held: &[bool]) {
        let Phase::Finding { offer, count } = self.phase else { return };
        self.phase = Phase::Taking;
        if held.len() == count {
            self.send(&AnswerMessage::Lacking(Lacking::of(offer, held)));
        } else {
            self.stop_later(Status::Busy, None);
        }
    }

    /// Answers [`ServerRequest::Inquire`]: a fate for each fingerprint, [`Fate::LetIn`] only where the change is
    /// **durably** in a log. An answer of another length ends the exchange as if storage were unavailable.
    pub fn handle_fates(&mut self, fates: &[Fate]) {
        let Phase::Inquiring { inquiry, count } = self.phase else { return };
        self.phase = Phase::Taking;
        if fates.len() == count {
            self.send(&AnswerMessage::Fates(Fates::of(inquiry, fates)));
        } else {
            self.stop_later(Status::Busy, None);
        }
    }

    /// Says what storage made of a delivery, change by change, **once it would survive a power cut**. Answers may come in
    /// any order, though the deliveries are judged in the order in which they were handed out.
    ///
    /// # Errors
    /// When no such delivery waits, or the verdicts are not as many as its changes. Nothing is acknowledged.
    pub fn handle_stored(&mut self, id: DeliveryId, verdicts: Vec<Verdict>) -> Result<(), UnknownDelivery> {
        self.deliveries.stored(id, verdicts)?;
        self.acknowledge();
        Ok(())
    }

    /// Says that storage cannot take or read anything now. What was not acknowledged is not, and the device is asked
    /// to come back.
    pub fn handle_unavailable(&mut self, retry_after_s: u32) {
        self.stop_later(Status::Busy, Some(retry_after_s));
        self.deliveries.abandon();
        self.requests.clear();
    }

    /// One step; false when there is none to take before something is handed in.
    fn advance(&mut self) -> bool {
        match self.phase {
            Phase::Ended => return false,
            _ if self.stop.is_some() => return self.end_when_stored(),
            Phase::Opening => return self.read_hello(),
            Phase::Taking if self.deliveries.waiting() < DELIVERIES_OPEN_MAX => {
                if self.read_push() {
                    return true;
                }
            }
            Phase::Reading { asked: false } if self.answer.is_empty() => return self.read_log(),
            _ => return false,
        }
        let ended = self.input_ended || self.done.is_some();
        if ended && self.stop.is_none() && matches!(self.phase, Phase::Taking) && self.deliveries.waiting() == 0 {
            self.phase = Phase::Reading { asked: false };
            return true;
        }
        self.stop.is_some()
    }

    fn read_hello(&mut self) -> bool {
        let signed = match self.next_message() {
            Some(RequestMessage::Hello(signed)) => signed,
            Some(_) => return self.stop(Status::WrongOrder),
            None if self.stop.is_some() => return true,
            None if self.input_ended => return self.stop(Status::Malformed),
            None => return false,
        };
        let Some(hello) = signed.unverified() else { return self.stop(Status::Malformed) };
        self.requests.push_back(ServerRequest::FindKey { device: hello.device });
        self.phase = Phase::Key(Box::new(signed));
        true
    }

    fn authenticate(&mut self, signed: &SignedHello, key: Option<VerifyingKey>) {
        self.phase = Phase::Opening;
        let verified = key.and_then(|key| Some((key, signed.verify(&self.config.server, &key)?)));
        let Some((key, hello)) = verified else { return self.stop_later(Status::NotAuthentic, None) };
        let behind = self.config.now.0.saturating_sub(hello.corrected_time().0);
        self.key = Some(key);
        if behind.saturating_abs() > CLOCK_SKEW_REFUSED_MS {
            self.hello = Some(hello);
            return self.stop_later(Status::ClockWrong, None);
        }
        self.requests.push_back(ServerRequest::Authorize(Box::new(hello.clone())));
        self.hello = Some(hello);
        self.phase = Phase::Granting;
    }

    fn acknowledge(&mut self) {
        while let Some(ack) = self.deliveries.next_ack() {
            self.send(&AnswerMessage::Ack(ack));
        }
    }

    /// Ends an exchange that was stopped, once storage has spoken about what it was given.
    fn end_when_stored(&mut self) -> bool {
        let Some((status, retry_after_s)) = self.stop else { return false };
        if self.deliveries.waiting() > 0 {
            return false;
        }
        if !self.welcomed {
            self.welcome(status, Vec::new(), None);
        }
        self.send(&AnswerMessage::End(End { status, scopes: Vec::new(), retry_after_s }));
        self.phase = Phase::Ended;
        true
    }

    fn welcome(&mut self, status: Status, scopes: Vec<WelcomeScope>, credentials: Option<Credentials>) {
        self.welcomed = true;
        let smaller = self.config.request_bytes_max < REQUEST_BYTES_MAX;
        self.send(&AnswerMessage::Welcome(Welcome {
            status,
            server_time: self.config.now.0,
            scopes,
            app_version_min: self.config.app_version_min.clone(),
            request_bytes_max: smaller.then(|| u32::try_from(self.config.request_bytes_max).unwrap_or(u32::MAX)),
            credentials,
        }));
    }

    fn send(&mut self, message: &AnswerMessage) {
        let (kind, payload) = message.to_frame();
        self.answer.push_back(self.writer.write(kind, &payload));
    }

    fn next_message(&mut self) -> Option<RequestMessage> {
        match self.reader.next_frame() {
            Ok(None) => None,
            Ok(Some((kind, payload))) => {
                let message = RequestMessage::from_frame(kind, &payload);
                if message.is_none() {
                    self.stop(Status::Malformed);
                }
                message
            }
            Err(error) => {
                self.stop(error.status());
                None
            }
        }
    }

    /// Stops reading. The first reason counts. Always true: something changed.
    fn stop(&mut self, status: Status) -> bool {
        self.stop_later(status, None);
        true
    }

    fn stop_later(&mut self, status: Status, retry_after_s: Option<u32>) {
        self.stop.get_or_insert((status, retry_after_s));
    }
}
