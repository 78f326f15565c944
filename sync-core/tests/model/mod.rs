//! A server and devices in memory, around the real sessions.
//!
//! **Faults it injects** (by the caller's generator): a request or an answer cut at any byte and handed over in pieces
//! of any size; a request that arrives twice; a server that stops before or after storage took a delivery; a device
//! that stops before or after it stored an event; a server put back to an older log.
//! **Faults it never injects:** bytes changed on the way (TLS), storage that forgets what it said is durable.
//!
//! Changes are opaque: eight bytes, actor, number of dependencies, dependencies, payload.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::device::{PulledFrame, Report};
use jisr_sync_core::sync::limits::REQUEST_BYTES_MAX;
use jisr_sync_core::sync::server::{Delivery, Grant, GrantedScope, HelloVerdict, Verdict};
use jisr_sync_core::sync::*;
use jisr_sync_core::time::UnixMillis;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

pub const SERVER: ServerId = ServerId::from_bytes([0x53; 16]);
pub const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

pub fn scope(text: &str) -> ScopeId {
    text.parse().unwrap()
}

pub fn fake_change(actor: &[u8; 16], deps: &[ChangeHash], payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 8];
    bytes.extend_from_slice(actor);
    bytes.push(deps.len() as u8);
    deps.iter().for_each(|dep| bytes.extend_from_slice(dep.as_bytes()));
    bytes.extend_from_slice(payload);
    bytes
}

pub fn actor_of(change: &[u8]) -> [u8; 16] {
    change[8..24].try_into().unwrap()
}

fn deps_of(change: &[u8]) -> Vec<ChangeHash> {
    let count = usize::from(change[24]);
    change[25..25 + 32 * count].chunks(32).map(|dep| ChangeHash::from_slice(dep).unwrap()).collect()
}

#[derive(Clone)]
pub struct Log {
    pub epoch: Epoch,
    pub records: Vec<LogRecord>,
}

impl Log {
    pub fn head(&self) -> Cursor {
        self.at(self.records.len() as u64)
    }

    fn at(&self, number: u64) -> Cursor {
        let chain = if number == 0 { Chain::START } else { self.records[number as usize - 1].chain };
        Cursor { epoch: self.epoch, number, chain }
    }

    fn chain_at(&self, number: u64) -> Option<Chain> {
        (number <= self.records.len() as u64).then(|| self.at(number).chain)
    }

    pub fn hashes(&self) -> BTreeSet<ChangeHash> {
        self.records.iter().map(|record| record.hash).collect()
    }

    pub fn digest(&self) -> Digest {
        let mut digest = Digest::default();
        self.records.iter().for_each(|record| digest.add(&record.hash));
        digest
    }

    fn append(&mut self, document: DocumentId, body: Vec<u8>, author: (DeviceId, Incarnation)) {
        let (hash, head) = (change_hash(&body), self.head());
        let chain = head.chain.next(LogKind::Change, &document, &hash);
        let (number, kind, author) = (head.number + 1, LogKind::Change, Some(author));
        self.records.push(LogRecord { number, chain, kind, document, hash, author, body });
    }
}

#[derive(Clone)]
pub struct Enrolled {
    pub key: SigningKey,
    pub scopes: Vec<ScopeId>,
    pub revoked: bool,
}

type Aside = (ScopeId, DocumentId, Vec<u8>, (DeviceId, Incarnation));

#[derive(Clone, Default)]
pub struct Durable {
    pub logs: BTreeMap<ScopeId, Log>,
    pub aside: BTreeMap<ChangeHash, Aside>,
    pub actors: BTreeMap<[u8; 16], DeviceId>,
}

pub struct Server {
    pub durable: Durable,
    pub devices: BTreeMap<DeviceId, Enrolled>,
    pub nonces: BTreeSet<Nonce>,
    pub refuse_replays: bool,
    /// Appends whatever comes, for changes that are not this model's.
    pub lenient: bool,
    pub config: ServerConfig,
}

/// What one request came to on the server.
pub struct Answered {
    pub bytes: Vec<u8>,
    pub outcome: ServerOutcome,
    pub finished: bool,
}

impl Server {
    pub fn new(scopes: &[ScopeId], rng: &mut impl Rng) -> Self {
        let log = |rng: &mut _| Log { epoch: Epoch::random(rng), records: Vec::new() };
        let logs = scopes.iter().map(|scope| (scope.clone(), log(rng))).collect();
        let config =
            ServerConfig { server: SERVER, now: NOW, app_version_min: None, request_bytes_max: REQUEST_BYTES_MAX };
        Self {
            durable: Durable { logs, ..Durable::default() },
            devices: BTreeMap::new(),
            nonces: BTreeSet::new(),
            refuse_replays: false,
            lenient: false,
            config,
        }
    }

    /// Puts an older state back, as from a backup: what came since is gone, and every epoch is new.
    pub fn restore(&mut self, older: Durable, rng: &mut impl Rng) {
        self.durable = older;
        self.durable.logs.values_mut().for_each(|log| log.epoch = Epoch::random(rng));
    }

    /// Plays a request. `crash` stops the server at the n-th thing it is asked for; storage may have it by then.
    pub fn answer(&mut self, pieces: &[&[u8]], crash: Option<usize>, rng: &mut StdRng) -> Answered {
        let mut session = ServerSession::new(self.config.clone());
        let (mut bytes, mut asked) = (Vec::new(), 0);
        for piece in pieces.iter().map(|piece| Some(*piece)).chain([None]) {
            match piece {
                Some(piece) => session.handle_bytes(piece),
                None => session.handle_end(),
            }
            loop {
                while let Some(out) = session.poll_transmit() {
                    bytes.extend_from_slice(&out);
                }
                let Some(request) = session.poll_request() else { break };
                asked += 1;
                let dies = crash == Some(asked);
                if dies && rng.random() {
                    return Answered { bytes, outcome: session.outcome(), finished: false };
                }
                self.serve(&mut session, request);
                if dies {
                    return Answered { bytes, outcome: session.outcome(), finished: false };
                }
            }
            while let Some(out) = session.poll_transmit() {
                bytes.extend_from_slice(&out);
            }
        }
        Answered { bytes, outcome: session.outcome(), finished: session.is_finished() }
    }

    pub fn serve(&mut self, session: &mut ServerSession, request: ServerRequest) {
        match request {
            ServerRequest::FindKey { device } => {
                session.handle_key(self.devices.get(&device).map(|device| device.key.verifying_key()));
            }
            ServerRequest::Authorize(hello) => session.handle_grant(&self.grant(&hello)),
            ServerRequest::Deliver(delivery) => {
                let verdicts = self.store(&delivery);
                session.handle_stored(delivery.id, verdicts).unwrap();
            }
            ServerRequest::ReadLog { scope, after, bytes_max } => {
                session.handle_log(self.page(&scope, after, bytes_max));
            }
        }
    }

    pub fn grant(&mut self, hello: &Hello) -> Grant {
        if !self.nonces.insert(hello.nonce) && self.refuse_replays {
            return Grant::refused(HelloVerdict::Replayed);
        }
        let enrolled = &self.devices[&hello.device];
        let granted = |scope: &ScopeId| {
            let log = &self.durable.logs[scope];
            let held = hello.scopes.iter().find(|held| held.scope == *scope);
            let chains = held.map(|held| held.cursors().map(|cursor| log.chain_at(cursor.number)).collect());
            GrantedScope { scope: scope.clone(), head: log.head(), chains: chains.unwrap_or_default() }
        };
        let scopes = enrolled.scopes.iter().map(granted).collect();
        Grant { verdict: HelloVerdict::Welcome, revoked: enrolled.revoked, scopes }
    }

    pub fn store(&mut self, delivery: &Delivery) -> Vec<Verdict> {
        let author = (delivery.envelope.device, delivery.envelope.incarnation);
        let entries = delivery.envelope.entries.iter();
        entries.map(|entry| self.store_one(entry, author, delivery.revoked)).collect()
    }

    fn store_one(&mut self, entry: &EnvelopeEntry, author: (DeviceId, Incarnation), revoked: bool) -> Verdict {
        let hash = change_hash(&entry.change);
        if self.lenient {
            self.append((entry.scope.clone(), entry.document, entry.change.to_vec(), author));
            return Verdict::Appended;
        }
        let owner = *self.durable.actors.entry(actor_of(&entry.change)).or_insert(author.0);
        let granted = self.devices[&author.0].scopes.contains(&entry.scope);
        let reason = if revoked {
            Some(ReasonCode::REVOKED)
        } else if !granted {
            Some(ReasonCode::NOT_GRANTED)
        } else if owner != author.0 {
            Some(ReasonCode::FOREIGN_ACTOR)
        } else {
            let held = self.durable.logs[&entry.scope].hashes();
            if held.contains(&hash) {
                return Verdict::Known;
            }
            let whole = deps_of(&entry.change).iter().all(|dep| held.contains(dep));
            (!whole).then_some(ReasonCode::MISSING_DEPENDENCY)
        };
        let kept = (entry.scope.clone(), entry.document, entry.change.to_vec(), author);
        if let Some(reason) = reason {
            self.durable.aside.insert(hash, kept);
            return Verdict::SetAside(ReasonCode::new(reason).unwrap());
        }
        self.append(kept);
        self.unpark();
        Verdict::Appended
    }

    fn append(&mut self, (scope, document, body, author): Aside) {
        self.durable.aside.remove(&change_hash(&body));
        self.durable.logs.get_mut(&scope).unwrap().append(document, body, author);
    }

    /// Appends what was set aside for a dependency that has come.
    fn unpark(&mut self) {
        while let Some(ready) = self.ready() {
            self.append(ready);
        }
    }

    fn ready(&self) -> Option<Aside> {
        let ready = |(scope, _, body, author): &&Aside| {
            let held = self.durable.logs.get(scope).map(Log::hashes).unwrap_or_default();
            let device = &self.devices[&author.0];
            let good = !device.revoked && device.scopes.contains(scope);
            let owned = self.durable.actors[&actor_of(body)] == author.0;
            good && owned && deps_of(body).iter().all(|dep| held.contains(dep))
        };
        self.durable.aside.values().find(ready).cloned()
    }

    pub fn page(&self, scope: &ScopeId, after: u64, bytes_max: usize) -> LogPage {
        let log = &self.durable.logs[scope];
        let mut bytes = 0;
        let fits = |record: &&LogRecord| {
            let first = bytes == 0;
            bytes += record.body.len();
            first || bytes <= bytes_max
        };
        let records = log.records.iter().skip(after as usize).take_while(fits).cloned().collect();
        let tail = ScopeTail { head: log.head(), digest: log.digest(), backed_up: 0, months: Vec::new() };
        LogPage { scope: scope.clone(), records, tail }
    }
}

/// A device. Everything in it is durable but the session that an exchange makes.
#[derive(Clone)]
pub struct Device {
    pub id: DeviceId,
    pub incarnation: Incarnation,
    pub actor: [u8; 16],
    pub key: SigningKey,
    pub clock: UnixMillis,
    pub offset: i64,
    pub outbox: BTreeMap<u64, OutboxEntry>,
    pub next_index: u64,
    /// What the server acknowledged as in its log, and what it set aside.
    pub delivered: BTreeSet<ChangeHash>,
    pub aside: BTreeMap<ChangeHash, ReasonCode>,
    pub held: BTreeMap<ScopeId, Vec<(DocumentId, Vec<u8>)>>,
    pub cursors: BTreeMap<ScopeId, Cursor>,
    /// Scopes that are read again, and what was seen of them.
    pub seen: BTreeMap<ScopeId, BTreeSet<ChangeHash>>,
}

/// Where a device stops: before the n-th event is stored, or right after it.
#[derive(Clone, Copy)]
pub struct Stop {
    pub event: usize,
    pub stored: bool,
}

impl Device {
    pub fn new(n: u8) -> Self {
        Self {
            id: DeviceId::from_bytes([n; 16]),
            incarnation: Incarnation::from_bytes([n; 8]),
            actor: [n; 16],
            key: SigningKey::from_bytes(&[n; 32]),
            clock: NOW,
            offset: 0,
            outbox: BTreeMap::new(),
            next_index: 1,
            delivered: BTreeSet::new(),
            aside: BTreeMap::new(),
            held: BTreeMap::new(),
            cursors: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    pub fn enrolled(&self, scopes: &[ScopeId]) -> Enrolled {
        Enrolled { key: self.key.clone(), scopes: scopes.to_vec(), revoked: false }
    }

    pub fn holds(&self, scope: &ScopeId) -> BTreeSet<ChangeHash> {
        self.held.get(scope).into_iter().flatten().map(|(_, bytes)| change_hash(bytes)).collect()
    }

    /// Writes a change that builds on all that is held of the document.
    pub fn write(&mut self, scope: &ScopeId, document: DocumentId, payload: &[u8], urgent: bool) -> ChangeHash {
        let held = self.held.entry(scope.clone()).or_default();
        let of_document = held.iter().filter(|(other, _)| *other == document);
        let deps: Vec<_> = of_document.map(|(_, bytes)| change_hash(bytes)).collect();
        let last = deps.len().saturating_sub(2);
        let change = fake_change(&self.actor, &deps[last..], payload);
        held.push((document, change.clone()));
        let hash = change_hash(&change);
        self.enqueue(scope, document, change);
        let _ = urgent;
        hash
    }

    fn enqueue(&mut self, scope: &ScopeId, document: DocumentId, change: Vec<u8>) {
        let index = self.next_index;
        self.next_index += 1;
        self.outbox.insert(index, OutboxEntry { index, scope: scope.clone(), document, change });
    }

    pub fn session(&self, rng: &mut StdRng) -> DeviceSession {
        let scopes = self.cursors.iter().map(|(scope, cursor)| HeldScope {
            rereading: self.seen.contains_key(scope),
            ..HeldScope::at(scope.clone(), Some(*cursor))
        });
        let config = DeviceConfig {
            server: SERVER,
            device: self.id,
            incarnation: self.incarnation,
            boot: 1,
            nonce: Nonce::random(rng),
            now: self.clock,
            server_clock_offset_ms: self.offset,
            app_version: "0.1.0".to_owned(),
            scopes: scopes.collect(),
            frame_bytes_aim: 0,
            request_bytes_max: REQUEST_BYTES_MAX,
        };
        DeviceSession::new(config, self.key.clone())
    }

    pub fn items(&self) -> Vec<OutboxItem> {
        let item = |entry: &OutboxEntry| OutboxItem {
            index: entry.index,
            document: entry.document,
            bytes: entry.change.len() as u32,
            urgent: entry.change.ends_with(b"urgent"),
        };
        self.outbox.values().map(item).collect()
    }

    pub fn request(&self, session: &mut DeviceSession) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            while let Some(out) = session.poll_transmit() {
                bytes.extend_from_slice(&out);
            }
            match session.poll_request() {
                Some(DeviceRequest::ListOutbox { .. }) => {
                    session.handle_outbox_list(&self.items(), self.outbox.len() as u64);
                }
                Some(DeviceRequest::ReadOutbox { indexes }) => {
                    session.handle_outbox(indexes.iter().map(|index| self.outbox[index].clone()).collect());
                }
                None if session.is_request_complete() => {
                    while let Some(out) = session.poll_transmit() {
                        bytes.extend_from_slice(&out);
                    }
                    return bytes;
                }
                None => panic!("the session waits for nothing"),
            }
        }
    }

    /// Takes an answer, and stops where it is told to. `None` when the device stopped.
    pub fn take(&mut self, session: &mut DeviceSession, pieces: &[&[u8]], stop: Option<Stop>) -> Option<Report> {
        let mut events = 0;
        for piece in pieces.iter().map(|piece| Some(*piece)).chain([None]) {
            match piece {
                Some(piece) => session.handle_bytes(piece),
                None => session.handle_end(),
            }
            while let Some(event) = session.poll_event() {
                events += 1;
                let stops = stop.filter(|stop| stop.event == events);
                if stops.is_some_and(|stop| !stop.stored) {
                    return None;
                }
                match event {
                    DeviceEvent::Welcomed(welcomed) => self.offset = welcomed.server_clock_offset_ms,
                    DeviceEvent::StoreAcks(acks) => self.store_acks(acks),
                    DeviceEvent::StorePull(frame) => self.store_pull(frame),
                    DeviceEvent::Finished(report) => {
                        self.finished(&report);
                        return Some(report);
                    }
                }
                if stops.is_some() {
                    return None;
                }
                session.handle_stored();
            }
        }
        panic!("an answer that ended finishes the session")
    }

    fn store_acks(&mut self, acks: Acknowledged) {
        for index in acks.delivered {
            let entry = self.outbox.remove(&index).unwrap();
            self.aside.remove(&change_hash(&entry.change));
            self.delivered.insert(change_hash(&entry.change));
        }
        for (index, reason) in acks.set_aside {
            let entry = self.outbox.remove(&index).unwrap();
            self.aside.insert(change_hash(&entry.change), reason);
        }
    }

    fn store_pull(&mut self, frame: PulledFrame) {
        if frame.anew_after.is_some() {
            self.seen.insert(frame.scope.clone(), BTreeSet::new());
        }
        let mut known = self.holds(&frame.scope);
        let held = self.held.entry(frame.scope.clone()).or_default();
        for record in frame.records {
            let hash = change_hash(&record.body);
            if let Some(seen) = self.seen.get_mut(&frame.scope) {
                seen.insert(hash);
            }
            if known.insert(hash) {
                held.push((record.document, record.body.to_vec()));
            }
        }
        self.cursors.insert(frame.scope, frame.cursor);
    }

    /// A scope that was read again to its end: what it lacks of this device's own goes into the outbox once more.
    fn finished(&mut self, report: &Report) {
        for scope in report.scopes.iter().filter(|scope| report.complete && scope.read_to_end) {
            let Some(seen) = self.seen.remove(&scope.scope) else { continue };
            let waiting: BTreeSet<_> = self.outbox.values().map(|entry| change_hash(&entry.change)).collect();
            for (document, change) in self.held.get(&scope.scope).cloned().unwrap_or_default() {
                let hash = change_hash(&change);
                if !seen.contains(&hash) && actor_of(&change) == self.actor && !waiting.contains(&hash) {
                    self.enqueue(&scope.scope, document, change);
                }
            }
        }
    }
}

/// Cuts bytes into pieces of random sizes.
pub fn pieces<'a>(mut bytes: &'a [u8], rng: &mut StdRng) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let longest = if rng.random() { 40 } else { 4_000 };
        let (piece, rest) = bytes.split_at(rng.random_range(1..=longest).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

/// One exchange without faults.
pub fn exchange(device: &mut Device, server: &mut Server) -> (Report, Vec<u8>, Vec<u8>) {
    let mut rng = StdRng::seed_from_u64(server.nonces.len() as u64);
    let mut session = device.session(&mut rng);
    let request = device.request(&mut session);
    let answered = server.answer(&[&request], None, &mut rng);
    let report = device.take(&mut session, &[&answered.bytes], None).unwrap();
    (report, request, answered.bytes)
}

/// The frames of a stream, decompressed and laid end to end.
pub fn decompressed(stream: &[u8]) -> Vec<u8> {
    let mut reader = FrameReader::new(StreamLimits { bytes_max: 1 << 26, decompressed_bytes_max: 1 << 26 });
    reader.push(stream).unwrap();
    let mut all = Vec::new();
    while let Ok(Some((kind, payload))) = reader.next_frame() {
        all.push(kind);
        all.extend_from_slice(&payload);
    }
    all
}
