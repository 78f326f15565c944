//! A model of the server around a `ServerSession`: two short logs, storage that answers when and as it likes.
//!
//! **What it does to a session:** answers deliveries at once or late and in any order, sets changes aside, knows some
//! already, becomes unavailable, refuses the Hello. **What it never does:** say of a delivery that it is stored twice,
//! or answer what was not asked.
//!
//! It holds the session to its word with every chunk of the answer: nothing is acknowledged that was not said to be
//! stored, nothing is sent of a scope that was not granted, and the answer reads as a device reads it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jisr_sync_core::id::ScopeId;
use jisr_sync_core::sync::server::{Delivery, DeliveryId, Grant, GrantedScope, HelloVerdict, Verdict};
use jisr_sync_core::sync::{
    AnswerMessage, Chain, Cursor, Digest, Epoch, Fate, Fingerprint, FrameReader, Hello, LogKind, LogPage, LogRecord,
    ReasonCode, ScopeStatus, ScopeTail, ServerConfig, ServerRequest, ServerSession, change_hash, limits,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::samples::{DEVICE, INCARNATION, NOW, SERVER, key, outgoing, province, unit, voucher_key};
use crate::streams::answer_reader;

/// More than any request of a fuzzer's length can make a session ask.
const STEPS_MAX: usize = 20_000;

/// How the model behaves.
#[derive(Debug, Clone, Copy)]
pub struct Whims {
    /// What draws are made from.
    pub seed: u8,
    /// Whether deliveries are answered late and in any order, storage may be gone, and Hellos be refused.
    pub wild: bool,
}

/// The model, in one exchange.
pub struct Caller {
    session: ServerSession,
    whims: Whims,
    rng: StdRng,
    logs: &'static BTreeMap<ScopeId, Vec<LogRecord>>,
    open: Vec<(usize, DeliveryId, Vec<Verdict>)>,
    /// For each change that came, in order, what was said of it.
    said: Vec<Option<Verdict>>,
    acknowledged: usize,
    reader: FrameReader,
    answer: Vec<u8>,
    messages: Vec<AnswerMessage>,
    steps: usize,
}

impl Caller {
    /// Plays a request in these pieces to its end and returns the answer.
    pub fn play(pieces: &[&[u8]], whims: Whims) -> Vec<u8> {
        let config = ServerConfig {
            server: SERVER,
            now: NOW,
            app_version_min: None,
            request_bytes_max: limits::REQUEST_BYTES_MAX,
            voucher_key: voucher_key(),
        };
        let mut caller = Self {
            session: ServerSession::new(config),
            whims,
            rng: StdRng::seed_from_u64(whims.seed.into()),
            logs: logs(),
            open: Vec::new(),
            said: Vec::new(),
            acknowledged: 0,
            reader: answer_reader(),
            answer: Vec::new(),
            messages: Vec::new(),
            steps: 0,
        };
        for piece in pieces {
            caller.session.handle_bytes(piece);
            caller.drive();
        }
        caller.session.handle_end();
        caller.drive();
        caller.check_end();
        caller.answer
    }

    fn drive(&mut self) {
        loop {
            self.steps += 1;
            assert!(self.steps < STEPS_MAX, "the exchange does not come to an end");
            while let Some(chunk) = self.session.poll_transmit() {
                self.take(&chunk);
            }
            match self.session.poll_request() {
                Some(request) => self.serve(request),
                None if self.open.is_empty() => break,
                None => self.store_one(),
            }
        }
        while let Some(chunk) = self.session.poll_transmit() {
            self.take(&chunk);
        }
    }

    fn serve(&mut self, request: ServerRequest) {
        match request {
            ServerRequest::FindKey { device } => {
                self.session.handle_key((device == DEVICE).then(|| key().verifying_key()));
            }
            ServerRequest::Authorize(hello) => {
                let grant = self.grant(&hello);
                self.session.handle_grant(&grant);
            }
            ServerRequest::Find { scope, fingerprints } => {
                let log = self.logs.get(&scope).expect("only granted scopes are asked about");
                let known: Vec<_> = log.iter().map(|one| Fingerprint::of(&one.document, &one.hash)).collect();
                self.session.handle_found(&fingerprints.iter().map(|asked| known.contains(asked)).collect::<Vec<_>>());
            }
            ServerRequest::Inquire { device, fingerprints } => {
                assert_eq!(device, DEVICE, "a device asks about its own");
                let fates = [Fate::Untold, Fate::LetIn, Fate::Discarded];
                let fate = |asked: &Fingerprint| fates[usize::from(asked.as_bytes()[0] % 3)];
                self.session.handle_fates(&fingerprints.iter().map(fate).collect::<Vec<_>>());
            }
            ServerRequest::Deliver(delivery) => self.deliver(&delivery),
            ServerRequest::ReadDocument { scope, document } => {
                let mut records = self.page(scope, 0, usize::MAX).records;
                if !self.whims.wild {
                    records.retain(|record| record.kind == LogKind::Change && record.document == document);
                }
                self.session.handle_document(records);
            }
            ServerRequest::ReadLog { scope, after, bytes_max } => {
                let page = self.page(scope, after, bytes_max);
                self.session.handle_log(page);
            }
        }
    }

    fn grant(&mut self, hello: &Hello) -> Grant {
        let draw: u8 = if self.whims.wild { self.rng.random() } else { 255 };
        match draw {
            0..8 => return Grant::refused(HelloVerdict::Replayed),
            8..16 => return Grant::refused(HelloVerdict::Copied),
            16..24 => return Grant::refused(HelloVerdict::Busy { retry_after_s: 7 }),
            _ => {}
        }
        let granted = |(scope, log): (&ScopeId, &Vec<LogRecord>)| {
            let held = hello.scopes.iter().find(|held| held.scope == *scope);
            let chains = held.map(|held| held.cursors().map(|cursor| at(log, cursor.number)).collect());
            GrantedScope { scope: scope.clone(), head: head(log), chains: chains.unwrap_or_default() }
        };
        Grant {
            verdict: HelloVerdict::Welcome,
            revoked: (24..40).contains(&draw),
            read_later_s: (40..56).contains(&draw).then_some(7),
            credentials: None,
            scopes: self.logs.iter().map(granted).collect(),
        }
    }

    fn deliver(&mut self, delivery: &Delivery) {
        assert!(!delivery.changes.is_empty() && delivery.changes.len() == delivery.proof.entries.len());
        let from = self.said.len();
        let aside = |reason| Verdict::SetAside(ReasonCode::new(reason).expect("a reason"));
        let verdict = |change: &[u8]| match (delivery.standing.reason(), change_hash(change).as_bytes()[0] % 8) {
            (Some(reason), _) => aside(reason),
            _ if delivery.revoked => aside(ReasonCode::REVOKED),
            (None, 0) => aside(ReasonCode::MISSING_DEPENDENCY),
            (None, 1) => Verdict::Known,
            (None, 2) => Verdict::Elsewhere,
            _ => Verdict::Appended,
        };
        let verdicts: Vec<_> = delivery.changes.iter().map(|entry| verdict(&entry.change)).collect();
        self.said.extend(verdicts.iter().map(|_| None));
        self.open.push((from, delivery.id, verdicts));
        if !self.whims.wild {
            self.store_one();
        }
    }

    /// Says of one open delivery that it is stored, or that nothing can be stored any more.
    fn store_one(&mut self) {
        if self.whims.wild && self.rng.random_range(0..32) == 0 {
            self.session.handle_unavailable(30);
            self.open.clear();
            return;
        }
        let which = if self.whims.wild { self.rng.random_range(0..self.open.len()) } else { 0 };
        let (from, id, verdicts) = self.open.remove(which);
        for (place, verdict) in verdicts.iter().enumerate() {
            self.said[from + place] = Some(verdict.clone());
        }
        self.session.handle_stored(id, verdicts).expect("a delivery that waits");
    }

    fn page(&self, scope: ScopeId, after: u64, bytes_max: usize) -> LogPage {
        let log = self.logs.get(&scope).expect("only granted scopes are read");
        let mut bytes = 0;
        let fits = |record: &&LogRecord| {
            let first = bytes == 0;
            bytes += record.body.len();
            first || bytes <= bytes_max
        };
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        let records = log.iter().skip(after).take_while(fits).cloned().collect();
        let mut digest = Digest::default();
        log.iter().for_each(|record| digest.add(&record.hash));
        let tail = ScopeTail { head: head(log), digest, backed_up: 1, months: Vec::new() };
        LogPage { scope, records, tail }
    }

    fn take(&mut self, chunk: &[u8]) {
        self.answer.extend_from_slice(chunk);
        self.reader.push(chunk).expect("an answer is within its limits");
        while let Some((kind, payload)) = self.reader.next_frame().expect("an answer is a stream") {
            let message = AnswerMessage::from_frame(kind, &payload).expect("an answer is of answers' frames");
            self.check(&message);
            self.messages.push(message);
        }
    }

    fn check(&mut self, message: &AnswerMessage) {
        match message {
            AnswerMessage::Welcome(_) => assert!(self.messages.is_empty(), "the Welcome is first, once"),
            AnswerMessage::Ack(ack) => {
                let to = self.acknowledged + ack.count as usize;
                let said = self.said.get(self.acknowledged..to).expect("no more is acknowledged than came");
                assert!(said.iter().all(Option::is_some), "acknowledged before it was stored");
                let elsewhere = ReasonCode::new(ReasonCode::ELSEWHERE).expect("a reason");
                let aside = |(place, said): (usize, &Option<Verdict>)| match said {
                    Some(Verdict::SetAside(reason)) => Some((self.acknowledged + place, reason.clone())),
                    Some(Verdict::Elsewhere) => Some((self.acknowledged + place, elsewhere.clone())),
                    _ => None,
                };
                let expected: Vec<_> = said.iter().enumerate().filter_map(aside).collect();
                let told = ack.set_aside.iter().map(|aside| (aside.position as usize, aside.reason.clone()));
                assert_eq!(told.collect::<Vec<_>>(), expected, "what is set aside is told as it is");
                self.acknowledged = to;
            }
            AnswerMessage::Pull(pull) => {
                let Some(AnswerMessage::Welcome(welcome)) = self.messages.first() else { panic!("a Pull is first") };
                let scope = welcome.scopes.get(pull.scope as usize).expect("a scope of the Welcome");
                assert_ne!(scope.status, ScopeStatus::NotGranted);
                assert!(self.said.len() == self.acknowledged, "records before all acknowledgements");
            }
            AnswerMessage::Whole(_) => {
                assert!(self.said.len() == self.acknowledged, "documents before all acknowledgements");
            }
            AnswerMessage::Lacking(_) | AnswerMessage::Fates(_) | AnswerMessage::End(_) => {}
        }
    }

    fn check_end(&self) {
        assert!(self.session.is_finished(), "every request gets a whole answer");
        assert!(self.reader.between_frames());
        assert!(matches!(self.messages.first(), Some(AnswerMessage::Welcome(_))));
        let ends = self.messages.iter().filter(|message| matches!(message, AnswerMessage::End(_))).count();
        assert!(ends == 1 && matches!(self.messages.last(), Some(AnswerMessage::End(_))));
        let outcome = self.session.outcome();
        assert_eq!(outcome.acknowledged as usize, self.acknowledged);
        assert_eq!(outcome.delivered, self.said.len());
        if let Some(waiting) = outcome.still_waiting {
            let all = self.acknowledged == self.said.len();
            assert!(waiting <= outcome.waiting && (all || waiting == outcome.waiting), "more is taken than was stored");
        }
    }
}

/// The logs of the model: two records of somebody else's and one of the device's in the unit's, one in the province's.
pub fn logs() -> &'static BTreeMap<ScopeId, Vec<LogRecord>> {
    static LOGS: OnceLock<BTreeMap<ScopeId, Vec<LogRecord>>> = OnceLock::new();
    LOGS.get_or_init(write_logs)
}

fn write_logs() -> BTreeMap<ScopeId, Vec<LogRecord>> {
    let mut logs = BTreeMap::from([(unit(), Vec::new()), (province(), Vec::new())]);
    for (place, (scope, document, change)) in outgoing().iter().cloned().enumerate() {
        let log: &mut Vec<LogRecord> = logs.entry(scope).or_default();
        let author = if place == 1 { (DEVICE, INCARNATION) } else { (other(), INCARNATION) };
        let (hash, body) = (change.hash(), change.bytes().to_vec());
        let chain = head(log).chain.next(LogKind::Change, &document, &hash);
        let (number, kind, author) = (log.len() as u64 + 1, LogKind::Change, Some(author));
        log.push(LogRecord { number, chain, kind, document, hash, author, moved: false, body });
    }
    logs
}

/// A device that wrote some of the logs.
const fn other() -> jisr_sync_core::id::DeviceId {
    jisr_sync_core::id::DeviceId::from_bytes([0xcc; 16])
}

fn head(log: &[LogRecord]) -> Cursor {
    let chain = log.last().map_or(Chain::START, |record| record.chain);
    Cursor { epoch: Epoch::from_bytes([0xee; 8]), number: log.len() as u64, chain }
}

fn at(log: &[LogRecord], number: u64) -> Option<Chain> {
    let number = usize::try_from(number).ok()?;
    if number == 0 { Some(Chain::START) } else { log.get(number - 1).map(|record| record.chain) }
}
