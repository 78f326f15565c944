//! The model server: logs, what is set aside, actors and nonces in memory, under the causal rule and the actor rule.
//! It never forgets what it said is durable, unless it is restored.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::limits::REQUEST_BYTES_MAX;
use jisr_sync_core::sync::server::{Delivery, Grant, GrantedScope, HelloVerdict, Standing, Verdict};
use jisr_sync_core::sync::*;
use rand::rngs::StdRng;
use rand::{Rng, RngExt};

use super::{NOW, SERVER, actor_of, deps_of};

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
        self.records.push(LogRecord { number, chain, kind, document, hash, author, moved: false, body });
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
    pub aside: BTreeMap<ChangeHash, (Aside, &'static str)>,
    pub actors: BTreeMap<[u8; 16], DeviceId>,
    /// What a person decided not to take in, and who wrote it.
    pub discarded: BTreeMap<(DocumentId, ChangeHash), DeviceId>,
}

pub struct Server {
    pub durable: Durable,
    pub devices: BTreeMap<DeviceId, Enrolled>,
    pub nonces: BTreeSet<Nonce>,
    pub refuse_replays: bool,
    /// Appends whatever comes, for changes that are not this model's.
    pub lenient: bool,
    /// What it says the digests by month are.
    pub months: Vec<(Month, Digest)>,
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
        let config = ServerConfig {
            server: SERVER,
            now: NOW,
            app_version_min: None,
            request_bytes_max: REQUEST_BYTES_MAX,
            voucher_key: VoucherKey::from_bytes([0x56; 32]),
        };
        Self {
            durable: Durable { logs, ..Durable::default() },
            devices: BTreeMap::new(),
            nonces: BTreeSet::new(),
            refuse_replays: false,
            lenient: false,
            months: Vec::new(),
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
            ServerRequest::Find { scope, fingerprints } => {
                let log = &self.durable.logs[&scope];
                let fingerprint = |record: &LogRecord| Fingerprint::of(&record.document, &record.hash);
                let known: BTreeSet<_> = log.records.iter().map(fingerprint).collect();
                let held: Vec<bool> = fingerprints.iter().map(|asked| known.contains(asked)).collect();
                session.handle_found(&held);
            }
            ServerRequest::Inquire { device, fingerprints } => {
                let fates: Vec<Fate> = fingerprints.iter().map(|asked| self.fate(&device, asked)).collect();
                session.handle_fates(&fates);
            }
            ServerRequest::Deliver(delivery) => {
                let verdicts = self.store(&delivery);
                session.handle_stored(delivery.id, verdicts).unwrap();
            }
            ServerRequest::ReadDocument { scope, document } => {
                let log = self.durable.logs.get(&scope).map(|log| log.records.as_slice()).unwrap_or_default();
                let of_it = |record: &&LogRecord| record.kind == LogKind::Change && record.document == document;
                session.handle_document(log.iter().filter(of_it).cloned().collect());
            }
            ServerRequest::ReadLog { scope, after, bytes_max } => {
                session.handle_log(self.page(&scope, after, bytes_max));
            }
        }
    }

    /// What became of a change that `device` wrote.
    fn fate(&self, device: &DeviceId, asked: &Fingerprint) -> Fate {
        let is_it = |document: &DocumentId, hash: &ChangeHash| Fingerprint::of(document, hash) == *asked;
        let mut records = self.durable.logs.values().flat_map(|log| &log.records);
        if records.any(|r| is_it(&r.document, &r.hash) && r.author.is_some_and(|(author, _)| author == *device)) {
            return Fate::LetIn;
        }
        let mut discarded = self.durable.discarded.iter();
        if discarded.any(|((document, hash), author)| is_it(document, hash) && author == device) {
            return Fate::Discarded;
        }
        Fate::Untold
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
        let verdict = HelloVerdict::Welcome;
        Grant { verdict, revoked: enrolled.revoked, scopes, read_later_s: None, credentials: None }
    }

    pub fn store(&mut self, delivery: &Delivery) -> Vec<Verdict> {
        let author = (delivery.proof.device, delivery.proof.incarnation);
        let entries = delivery.changes.iter();
        entries.map(|entry| self.store_one(entry, author, delivery)).collect()
    }

    fn store_one(&mut self, entry: &EnvelopeEntry, author: (DeviceId, Incarnation), delivery: &Delivery) -> Verdict {
        let vouched = delivery.standing == Standing::Vouched;
        let hash = change_hash(&entry.change);
        if self.lenient {
            self.append((entry.scope.clone(), entry.document, entry.change.to_vec(), author));
            return Verdict::Appended;
        }
        let owner = self.durable.actors.get(&actor_of(&entry.change)).copied().unwrap_or(author.0);
        let granted = vouched || self.devices.get(&author.0).is_some_and(|known| known.scopes.contains(&entry.scope));
        let reason = if let Some(reason) = delivery.standing.reason() {
            Some(reason)
        } else if delivery.revoked {
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
            self.durable.aside.insert(hash, (kept, reason));
            return Verdict::SetAside(ReasonCode::new(reason).unwrap());
        }
        self.append(kept);
        self.unpark();
        Verdict::Appended
    }

    fn append(&mut self, (scope, document, body, author): Aside) {
        self.durable.aside.remove(&change_hash(&body));
        self.durable.actors.entry(actor_of(&body)).or_insert(author.0);
        self.durable.logs.get_mut(&scope).unwrap().append(document, body, author);
    }

    /// Appends what was set aside for a dependency that has come.
    fn unpark(&mut self) {
        while let Some(ready) = self.ready() {
            self.append(ready);
        }
    }

    fn ready(&self) -> Option<Aside> {
        let ready = |((scope, _, body, author), reason): &&(Aside, &str)| {
            let held = self.durable.logs.get(scope).map(Log::hashes).unwrap_or_default();
            let device = self.devices.get(&author.0);
            let good = device.is_some_and(|device| !device.revoked && device.scopes.contains(scope));
            let owned = self.durable.actors.get(&actor_of(body)).is_none_or(|owner| *owner == author.0);
            *reason == ReasonCode::MISSING_DEPENDENCY
                && good
                && owned
                && deps_of(body).iter().all(|dep| held.contains(dep))
        };
        self.durable.aside.values().find(ready).map(|(aside, _)| aside.clone())
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
        let tail = ScopeTail { head: log.head(), digest: log.digest(), backed_up: 0, months: self.months.clone() };
        LogPage { scope: scope.clone(), records, tail }
    }
}
