//! One exchange, step by step: what a session asks for, in the order in which it may be done.
//!
//! After every `handle_*`, call [`Conversation::poll`] until it gives [`Step::Wait`] or [`Step::Ended`]. Nothing here
//! waits: the service takes the steps on a runtime, the simulator of the tests on a clock of its own.
//!
//! **Invariant:** deliveries of one exchange are stored one at a time, in the order they were handed out: a later
//! envelope may build on an earlier one, and would be set aside if it were judged first.

use std::collections::VecDeque;

use jisr_sync_core::id::DeviceId;
use jisr_sync_core::sync::server::{Delivery, DeliveryId, HelloVerdict, Verdict};
use jisr_sync_core::sync::{Hello, ServerConfig, ServerOutcome, ServerRequest, ServerSession};
use jisr_sync_core::time::UnixMillis;

use super::RETRY_AFTER_S;
use super::answers::{Answer, Question, Told, Unavailable};

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Answer this, then [`Conversation::handle_answer`].
    Ask(Question),
    /// Check and write this, which `by` brought, then [`Conversation::handle_stored`]. The exchange may go on meanwhile.
    Store {
        /// The delivery.
        delivery: Box<Delivery>,
        /// The device of the exchange.
        by: Option<DeviceId>,
    },
    /// Hand these bytes of the answer out, or [`Conversation::handle_unheard`] when nobody takes them.
    Transmit(Vec<u8>),
    /// Wait for bytes of the request, for its end, or for what is being stored.
    Wait,
    /// All is said.
    Ended,
}

/// An exchange under way.
pub struct Conversation {
    began: UnixMillis,
    session: ServerSession,
    /// Once it is authentic, fresh and granted.
    hello: Option<Hello>,
    arrived: VecDeque<Box<Delivery>>,
    storing: bool,
    ended: bool,
    /// Whether nobody takes the answer any more.
    unheard: bool,
}

impl Conversation {
    /// A conversation for one request.
    pub fn new(config: ServerConfig) -> Self {
        Self {
            began: config.now,
            session: ServerSession::new(config),
            hello: None,
            arrived: VecDeque::new(),
            storing: false,
            ended: false,
            unheard: false,
        }
    }

    /// What to do next.
    pub fn poll(&mut self) -> Step {
        loop {
            if let Some(chunk) = self.session.poll_transmit() {
                return Step::Transmit(chunk);
            }
            match self.session.poll_request() {
                Some(ServerRequest::Deliver(delivery)) => self.arrived.push_back(delivery),
                Some(ServerRequest::FindKey { device }) => return Step::Ask(Question::Key(device)),
                Some(ServerRequest::Authorize(hello)) => return Step::Ask(Question::Grant(hello)),
                Some(ServerRequest::Find { scope, fingerprints }) => {
                    return Step::Ask(Question::Find(scope, fingerprints));
                }
                Some(ServerRequest::Inquire { device, fingerprints }) => {
                    return Step::Ask(Question::Fates(device, fingerprints));
                }
                // Logs are read when all was stored; nobody would take what is in them.
                Some(ServerRequest::ReadLog { .. } | ServerRequest::ReadDocument { .. }) if self.unheard => {
                    return Step::Ended;
                }
                Some(ServerRequest::ReadDocument { scope, document }) => {
                    return Step::Ask(Question::Document(scope, document));
                }
                Some(ServerRequest::ReadLog { scope, after, bytes_max }) => {
                    return Step::Ask(Question::Page(scope, after, bytes_max));
                }
                // The last question may have been answered with the end itself.
                None => match self.session.poll_transmit() {
                    Some(chunk) => return Step::Transmit(chunk),
                    None => break,
                },
            }
        }
        if !self.storing
            && let Some(delivery) = self.arrived.pop_front()
        {
            self.storing = true;
            return Step::Store { delivery, by: self.hello.as_ref().map(|hello| hello.device) };
        }
        let over = self.session.is_finished() || (self.ended && !self.storing);
        if over { Step::Ended } else { Step::Wait }
    }

    /// Takes the next bytes of the request.
    pub fn handle_bytes(&mut self, bytes: &[u8]) {
        self.session.handle_bytes(bytes);
    }

    /// The request has ended: at its end, by a cut, or because its time is up. What came whole is taken in.
    pub fn handle_end(&mut self) {
        self.ended = true;
        self.session.handle_end();
    }

    /// Whether the request has ended.
    pub const fn is_request_over(&self) -> bool {
        self.ended
    }

    /// Answers [`Step::Ask`].
    pub fn handle_answer(&mut self, answer: Result<Answer, Unavailable>) {
        match answer {
            Ok(Answer::Key(key)) => self.session.handle_key(key),
            Ok(Answer::Grant(grant, hello)) => {
                self.hello = (grant.verdict == HelloVerdict::Welcome).then_some(*hello);
                self.session.handle_grant(&grant);
            }
            Ok(Answer::Page(page)) => self.session.handle_log(page),
            Ok(Answer::Document(records)) => self.session.handle_document(records),
            Ok(Answer::Find(held)) => self.session.handle_found(&held),
            Ok(Answer::Fates(fates)) => self.session.handle_fates(&fates),
            Err(why) => self.unavailable(&why),
        }
    }

    /// Says what became of the delivery of [`Step::Store`], **once that would survive a power cut**.
    pub fn handle_stored(&mut self, id: DeliveryId, verdicts: Result<Vec<Verdict>, Unavailable>) {
        self.storing = false;
        match verdicts {
            Ok(verdicts) => {
                if self.session.handle_stored(id, verdicts).is_err() {
                    tracing::error!("storage answered a delivery that the session does not have");
                    self.session.handle_unavailable(RETRY_AFTER_S);
                }
            }
            Err(why) => self.unavailable(&why),
        }
    }

    /// Nobody takes the answer any more; what was delivered is stored all the same.
    pub const fn handle_unheard(&mut self) {
        self.unheard = true;
    }

    /// What the exchange came to so far.
    pub fn outcome(&self) -> ServerOutcome {
        self.session.outcome()
    }

    /// What the device told about itself, to be kept once the exchange is over; `None` when its word does not count.
    pub fn told(&self) -> Option<(&Hello, Told)> {
        let outcome = self.session.outcome();
        let (hello, waiting) = (self.hello.as_ref()?, outcome.still_waiting?);
        Some((hello, Told { at: self.began, waiting: (!outcome.doubtful).then_some(waiting) }))
    }

    fn unavailable(&mut self, why: &Unavailable) {
        tracing::warn!(%why, "an exchange ends early: the device is asked to come back");
        self.session.handle_unavailable(RETRY_AFTER_S);
    }
}
