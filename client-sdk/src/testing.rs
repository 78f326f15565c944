//! A server in memory, for tests and examples: the real protocol and the real gate, no disk, no network.
//!
//! **Fault model:** none of its own; put a [`FaultyTransport`](crate::transport::faulty::FaultyTransport) before it.
//! It can be put back to an older state, as from yesterday's backup.
//!
//! And for a simulator: the steps of an exchange without a runtime, a meeting over any stream, carry files as bytes.

mod gate;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use data_encoding::HEXLOWER;
use ed25519_dalek::{SigningKey, VerifyingKey};
use futures_util::stream;
use jisr_sync_core::document::Document;
use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, ProvinceId, ScopeId, UnitId};
use jisr_sync_core::sync::limits::REQUEST_BYTES_MAX;
use jisr_sync_core::sync::server::{Delivery, Grant, GrantedScope, HelloVerdict, Verdict};
use jisr_sync_core::sync::{
    Certified, Chain, Credentials, Cursor, Digest, EnvelopeEntry, Epoch, Fate, Fingerprint, Hello, Incarnation,
    LogKind, LogPage, LogRecord, Month, ReasonCode, ScopeTail, ServerConfig, ServerId, ServerRequest, ServerSession,
    VoucherKey, body_hash, change_hash, is_enrolment_proven,
};
use jisr_sync_core::time::UnixMillis;
use rand::SeedableRng;
use rand::rngs::StdRng;

pub use self::steps::{Caller, export, meet, parcel_body, seal};
pub use crate::exchange::{Exchange, FrameAim, Next};
use crate::transport::{AnswerStream, BoxFuture, EnrolAnswer, EnrolRequest, Transport, TransportError};

/// A server in memory to which every device of `azilal` belongs that shows the code it expects.
pub struct ModelServer {
    state: Mutex<State>,
}

/// The code that [`ModelServer`] takes, any number of times. `<code>:<unit>` enrols to another unit.
pub const MODEL_CODE: &str = "MODEL";

/// All that a [`ModelServer`] has on its imagined disk.
#[derive(Clone)]
pub struct ModelDisk {
    logs: BTreeMap<ScopeId, Vec<LogRecord>>,
    documents: BTreeMap<DocumentId, (ScopeId, Document)>,
    aside: BTreeMap<ChangeHash, Kept>,
    discarded: BTreeMap<(DocumentId, ChangeHash), [DeviceId; 2]>,
    actors: BTreeMap<ActorId, DeviceId>,
}

/// A change that was set aside, who wrote it and who brought it.
#[derive(Clone)]
struct Kept {
    entry: EnvelopeEntry,
    author: (DeviceId, Incarnation),
    by: DeviceId,
}

struct State {
    disk: ModelDisk,
    epoch: Epoch,
    devices: BTreeMap<DeviceId, Enrolled>,
    now: UnixMillis,
    rng: StdRng,
    /// The highest boot seen of each life of a device.
    boots: BTreeMap<(DeviceId, Incarnation), u64>,
    revoked: BTreeSet<DeviceId>,
    requests: usize,
    read_later_s: Option<u32>,
    /// Up to which number a backup holds each log.
    backed_up: BTreeMap<ScopeId, u64>,
}

struct Enrolled {
    key: VerifyingKey,
    unit: UnitId,
    scopes: Vec<ScopeId>,
}

const SERVER: ServerId = ServerId::from_bytes([0x4D; 16]);

impl ModelServer {
    /// A server that holds nothing and believes it is `now`.
    pub fn new(now: UnixMillis) -> Self {
        let mut rng = StdRng::seed_from_u64(0x4D);
        let disk = ModelDisk {
            logs: BTreeMap::new(),
            documents: BTreeMap::new(),
            aside: BTreeMap::new(),
            discarded: BTreeMap::new(),
            actors: BTreeMap::new(),
        };
        let state = State {
            disk,
            epoch: Epoch::random(&mut rng),
            devices: BTreeMap::new(),
            now,
            rng,
            boots: BTreeMap::new(),
            revoked: BTreeSet::new(),
            requests: 0,
            read_later_s: None,
            backed_up: BTreeMap::new(),
        };
        Self { state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of what it holds, for [`ModelServer::restore`]. From now on devices are told that a backup has it.
    pub fn backup(&self) -> ModelDisk {
        let mut guard = self.state();
        let state = &mut *guard;
        state.backed_up = state.disk.logs.iter().map(|(scope, log)| (scope.clone(), log.len() as u64)).collect();
        state.disk.clone()
    }

    /// Moves its clock.
    pub fn set_now(&self, now: UnixMillis) {
        self.state().now = now;
    }

    /// Puts an older state back: what came since is gone, and the epoch is new.
    pub fn restore(&self, backup: ModelDisk) {
        let mut guard = self.state();
        let state = &mut *guard;
        state.epoch = Epoch::random(&mut state.rng);
        state.disk = backup;
    }

    /// Says that a device is enrolled no more.
    pub fn revoke(&self, device: DeviceId) {
        self.state().revoked.insert(device);
    }

    /// From now on lets nobody read, and asks all to come back in so many seconds; `None` ends that.
    pub fn put_off_reading(&self, read_later_s: Option<u32>) {
        self.state().read_later_s = read_later_s;
    }

    /// Lets a device read and write one more scope.
    pub fn grant(&self, device: DeviceId, scope: ScopeId) {
        self.state().devices.entry(device).and_modify(|known| known.scopes.push(scope));
    }

    /// Says that a device that was revoked is enrolled after all.
    pub fn reinstate(&self, device: DeviceId) {
        self.state().revoked.remove(&device);
    }

    /// Lets in what is set aside, as a supervisor who releases it does; how much of it the gate let in.
    pub fn release_all(&self) -> usize {
        let mut state = self.state();
        let kept: Vec<Kept> = state.disk.aside.values().cloned().collect();
        let let_in = kept.iter().filter(|kept| state.take(&kept.entry, kept.author, None).is_ok());
        let let_in: Vec<ChangeHash> = let_in.map(|kept| change_hash(&kept.entry.change)).collect();
        let_in.iter().for_each(|hash| _ = state.disk.aside.remove(hash));
        let_in.len()
    }

    /// Decides that what is set aside is not taken in.
    pub fn discard_all(&self) {
        self.discard(|_| true);
    }

    /// Decides that what is set aside of what this device wrote is not taken in.
    pub fn discard_of(&self, author: DeviceId) {
        self.discard(|kept| kept.author.0 == author);
    }

    fn discard(&self, which: impl Fn(&Kept) -> bool) {
        let mut state = self.state();
        let all = std::mem::take(&mut state.disk.aside).into_iter();
        let (gone, left): (BTreeMap<_, _>, _) = all.partition(|(_, kept)| which(kept));
        state.disk.aside = left;
        for (hash, kept) in gone {
            state.disk.discarded.insert((kept.entry.document, hash), [kept.author.0, kept.by]);
        }
    }

    /// How much is set aside.
    pub fn set_aside(&self) -> usize {
        self.state().disk.aside.len()
    }

    /// Forgets a device and its key, as a server does that was restored from before its enrolment.
    pub fn forget(&self, device: DeviceId) {
        self.state().devices.remove(&device);
    }

    /// Who wrote the changes of a document, in the order of the log.
    pub fn authors(&self, document: DocumentId) -> Vec<DeviceId> {
        let state = self.state();
        let records = state.disk.logs.values().flatten().filter(|record| record.document == document);
        records.filter_map(|record| record.author.map(|(device, _)| device)).collect()
    }

    /// Erases a document from its scope, for ever.
    pub fn erase(&self, document: DocumentId) {
        let mut state = self.state();
        if let Some((scope, _)) = state.disk.documents.remove(&document) {
            state.append(&scope, LogKind::Erasure, document, None, b"erased".to_vec());
        }
    }

    /// Puts bytes into a scope's log that no gate has looked at, as a broken server would.
    pub fn append_unchecked(&self, scope: &ScopeId, document: DocumentId, change: Vec<u8>) {
        self.state().append(scope, LogKind::Change, document, None, change);
    }

    /// How many records the log of `scope` has.
    pub fn log_length(&self, scope: &ScopeId) -> usize {
        self.state().disk.logs.get(scope).map_or(0, Vec::len)
    }

    /// A document as the server has merged it.
    pub fn document(&self, id: DocumentId) -> Option<Document> {
        self.state().disk.documents.get(&id).map(|(_, document)| document.clone())
    }

    /// How many documents it holds.
    pub fn documents(&self) -> usize {
        self.state().disk.documents.len()
    }

    /// How many exchanges have reached it.
    pub fn requests(&self) -> usize {
        self.state().requests
    }

    fn answer(&self, request: &[Bytes]) -> Vec<Bytes> {
        let mut state = self.state();
        state.requests += 1;
        let mut session = ServerSession::new(ServerConfig {
            server: SERVER,
            now: state.now,
            app_version_min: None,
            request_bytes_max: REQUEST_BYTES_MAX,
            voucher_key: VoucherKey::from_bytes([0x56; 32]),
        });
        let mut answer = Vec::new();
        for piece in request.iter().map(Some).chain([None]) {
            match piece {
                Some(piece) => session.handle_bytes(piece),
                None => session.handle_end(),
            }
            loop {
                while let Some(out) = session.poll_transmit() {
                    answer.push(Bytes::from(out));
                }
                let Some(request) = session.poll_request() else { break };
                state.serve(&mut session, request);
            }
        }
        answer
    }

    fn enrol_now(&self, request: &EnrolRequest) -> Result<EnrolAnswer, TransportError> {
        let refused = || TransportError::Refused { status: 403, code: "code-invalid".to_owned() };
        let mut state = self.state();
        let unit = match request.code.split_once(':') {
            None if request.code == MODEL_CODE => "azilal-1",
            Some((MODEL_CODE, unit)) => unit,
            _ => return Err(refused()),
        };
        let unit: UnitId = unit.parse().map_err(|_| refused())?;
        let province: ProvinceId = "azilal".parse().map_err(|_| refused())?;
        let bytes = HEXLOWER.decode(request.public_key.as_bytes()).ok().and_then(|key| key.try_into().ok());
        let key = bytes.and_then(|key: [u8; 32]| VerifyingKey::from_bytes(&key).ok()).ok_or_else(refused)?;
        if !is_enrolment_proven(&request.code, &key, &request.proof) {
            return Err(refused());
        }
        let device = DeviceId::of_key(key.as_bytes());
        state.revoked.remove(&device);
        let scopes = vec![ScopeId::Unit(unit.clone()), ScopeId::Province(province.clone())];
        state.devices.insert(device, Enrolled { key, unit: unit.clone(), scopes: scopes.clone() });
        let credentials = credentials(device, &key, unit.clone(), scopes.clone(), state.now);
        let credentials = Some(credentials);
        Ok(EnrolAnswer { device_id: device, server_id: SERVER, unit, province, night: false, scopes, credentials })
    }
}

/// What the server in memory says of a device. Nobody can open what is sealed to it.
fn credentials(
    device: DeviceId,
    key: &VerifyingKey,
    unit: UnitId,
    scopes: Vec<ScopeId>,
    now: UnixMillis,
) -> Credentials {
    let server = SigningKey::from_bytes(&[0x43; 32]);
    let certificate = Certified::new(SERVER, device, key, unit, scopes, now).sign(&server);
    Credentials::new(certificate, &server.verifying_key(), [9; 32])
}

impl State {
    fn serve(&mut self, session: &mut ServerSession, request: ServerRequest) {
        match request {
            ServerRequest::FindKey { device } => {
                session.handle_key(self.devices.get(&device).map(|enrolled| enrolled.key));
            }
            ServerRequest::Authorize(hello) => session.handle_grant(&self.grant(&hello)),
            ServerRequest::Find { scope, fingerprints } => {
                let log = self.disk.logs.get(&scope).map(Vec::as_slice).unwrap_or_default();
                let known: BTreeSet<Fingerprint> = log
                    .iter()
                    .filter(|it| !it.is_withheld())
                    .map(|record| Fingerprint::of(&record.document, &record.hash))
                    .collect();
                let held: Vec<bool> = fingerprints.iter().map(|asked| known.contains(asked)).collect();
                session.handle_found(&held);
            }
            ServerRequest::Inquire { device, fingerprints } => {
                let fates: Vec<Fate> = fingerprints.iter().map(|asked| self.fate(&device, asked)).collect();
                session.handle_fates(&fates);
            }
            ServerRequest::Deliver(delivery) => {
                let verdicts = self.deliver(&delivery);
                // The session has just handed this delivery out, with as many changes as there are verdicts.
                let _ = session.handle_stored(delivery.id, verdicts);
            }
            ServerRequest::ReadDocument { scope, document } => {
                let log = self.disk.logs.get(&scope).map(Vec::as_slice).unwrap_or_default();
                let of_it = |record: &&LogRecord| record.kind == LogKind::Change && record.document == document;
                session.handle_document(log.iter().filter(of_it).cloned().collect());
            }
            ServerRequest::ReadLog { scope, after, bytes_max } => {
                session.handle_log(self.page(scope, after, bytes_max));
            }
        }
    }

    /// What became of a change that `device` wrote or brought, or that is in a scope it may read.
    fn fate(&self, device: &DeviceId, asked: &Fingerprint) -> Fate {
        let own = |record: &&LogRecord| record.author.is_some_and(|(author, _)| author == *device);
        let readable = |scope: &ScopeId| self.devices.get(device).is_some_and(|known| known.scopes.contains(scope));
        let logs = self.disk.logs.iter();
        let mut records = logs.flat_map(|(scope, log)| log.iter().filter(move |record| readable(scope) || own(record)));
        if records.any(|record| Fingerprint::of(&record.document, &record.hash) == *asked) {
            return Fate::LetIn;
        }
        let mut discarded = self.disk.discarded.iter().filter(|(_, concerned)| concerned.contains(device));
        if discarded.any(|((document, hash), _)| Fingerprint::of(document, hash) == *asked) {
            return Fate::Discarded;
        }
        let aside = self.disk.aside.iter().map(|(hash, kept)| (kept.entry.document, *hash));
        let discarded = self.disk.discarded.keys().copied();
        let logged = self.disk.logs.values().flatten().map(|record| (record.document, record.hash));
        let mut known = aside.chain(discarded).chain(logged);
        let is_known = known.any(|(document, hash)| Fingerprint::of(&document, &hash) == *asked);
        if is_known { Fate::Untold } else { Fate::Unknown }
    }

    fn cursor(&self, scope: &ScopeId, number: u64) -> Option<Cursor> {
        let chain = match number.checked_sub(1) {
            None => Chain::START,
            Some(before) => self.disk.logs.get(scope)?.get(usize::try_from(before).ok()?)?.chain,
        };
        Some(Cursor { epoch: self.epoch, number, chain })
    }

    fn head(&self, scope: &ScopeId) -> Cursor {
        let length = self.disk.logs.get(scope).map_or(0, Vec::len) as u64;
        self.cursor(scope, length).unwrap_or(Cursor::start(self.epoch))
    }

    fn grant(&mut self, hello: &Hello) -> Grant {
        let boot = self.boots.entry((hello.device, hello.incarnation)).or_default();
        if hello.boot < *boot {
            return Grant::refused(HelloVerdict::Copied);
        }
        *boot = hello.boot;
        let granted = |scope: &ScopeId| {
            let held = hello.scopes.iter().find(|held| held.scope == *scope);
            let chain = |cursor: &Cursor| self.cursor(scope, cursor.number).map(|cursor| cursor.chain);
            let chains = held.map(|held| held.cursors().map(chain).collect());
            GrantedScope { scope: scope.clone(), head: self.head(scope), chains: chains.unwrap_or_default() }
        };
        let enrolled = self.devices.get(&hello.device);
        let scopes = enrolled.map(|enrolled| enrolled.scopes.as_slice()).unwrap_or_default();
        let told = |enrolled: &Enrolled| {
            credentials(hello.device, &enrolled.key, enrolled.unit.clone(), enrolled.scopes.clone(), self.now)
        };
        Grant {
            credentials: enrolled.map(told),
            verdict: HelloVerdict::Welcome,
            revoked: self.revoked.contains(&hello.device),
            scopes: scopes.iter().map(granted).collect(),
            read_later_s: self.read_later_s,
        }
    }

    fn deliver(&mut self, delivery: &Delivery) -> Vec<Verdict> {
        let author = (delivery.proof.device, delivery.proof.incarnation);
        let revoked = delivery.revoked || self.revoked.contains(&author.0);
        let barred = delivery.standing.reason().or(revoked.then_some(ReasonCode::REVOKED));
        let granted = self.devices.get(&author.0).map(|enrolled| enrolled.scopes.clone());
        let mut verdicts = Vec::new();
        for entry in &delivery.changes {
            let elsewhere = granted.as_ref().is_some_and(|granted| !granted.contains(&entry.scope));
            let barred = barred.or(elsewhere.then_some(ReasonCode::NOT_GRANTED));
            let verdict = match self.take(entry, author, barred) {
                Ok(Verdict::Known) if self.lies_elsewhere(entry) => Verdict::Elsewhere,
                Ok(verdict) => verdict,
                Err(reason) => {
                    let hash = change_hash(&entry.change);
                    if reason != ReasonCode::DISCARDED {
                        let by = delivery.relayed_by.unwrap_or(author.0);
                        self.disk.aside.insert(hash, Kept { entry: entry.clone(), author, by });
                    }
                    ReasonCode::new(reason).map_or(Verdict::Known, Verdict::SetAside)
                }
            };
            verdicts.push(verdict);
        }
        verdicts
    }

    fn append(
        &mut self,
        scope: &ScopeId,
        kind: LogKind,
        document: DocumentId,
        author: Option<(DeviceId, Incarnation)>,
        body: Vec<u8>,
    ) {
        let head = self.head(scope);
        let hash = if kind == LogKind::Change { change_hash(&body) } else { body_hash(&body) };
        let chain = head.chain.next(kind, &document, &hash);
        let record = LogRecord { number: head.number + 1, chain, kind, document, hash, author, moved: false, body };
        self.disk.logs.entry(scope.clone()).or_default().push(record);
    }

    fn page(&self, scope: ScopeId, after: u64, bytes_max: usize) -> LogPage {
        let log = self.disk.logs.get(&scope).map(Vec::as_slice).unwrap_or_default();
        let mut months: BTreeMap<Month, Digest> = BTreeMap::new();
        for record in log.iter().filter(|record| record.kind == LogKind::Change && !record.is_withheld()) {
            months.entry(Month::of(&record.document)).or_default().add(&record.hash);
        }
        let backed_up = self.backed_up.get(&scope).copied().unwrap_or(0);
        let digest = months.values().fold(Digest::default(), |sum, month| sum.join(*month));
        let mut bytes = 0;
        let mut records = Vec::new();
        for record in log.iter().skip(usize::try_from(after).unwrap_or(usize::MAX)) {
            bytes += record.body.len();
            if bytes > bytes_max && !records.is_empty() {
                break;
            }
            records.push(record.clone());
        }
        let tail = ScopeTail { head: self.head(&scope), digest, backed_up, months: months.into_iter().collect() };
        LogPage { scope, records, tail }
    }
}

impl Transport for ModelServer {
    /// It opens nothing: it has no key.
    fn carry<'a>(&'a self, _url: &'a str, _body: Vec<u8>) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(async { Err(TransportError::Refused { status: 400, code: "malformed".to_owned() }) })
    }

    fn exchange<'a>(
        &'a self,
        _url: &'a str,
        request: Vec<Bytes>,
    ) -> BoxFuture<'a, Result<AnswerStream, TransportError>> {
        let answer = self.answer(&request);
        Box::pin(async move {
            let pieces: AnswerStream = Box::pin(stream::iter(answer.into_iter().map(Ok)));
            Ok(pieces)
        })
    }

    fn enrol<'a>(
        &'a self,
        _url: &'a str,
        request: &'a EnrolRequest,
    ) -> BoxFuture<'a, Result<EnrolAnswer, TransportError>> {
        let answer = self.enrol_now(request);
        Box::pin(std::future::ready(answer))
    }
}
