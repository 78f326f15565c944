//! The model device: an outbox, what it holds and its cursors, all durable; only a session is lost when it stops.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::device::{PulledFrame, Report};
use jisr_sync_core::sync::limits::REQUEST_BYTES_MAX;
use jisr_sync_core::sync::*;
use jisr_sync_core::time::UnixMillis;
use rand::rngs::StdRng;

use super::server::Enrolled;
use super::{NOW, SERVER, fake_change};

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
    /// Outbox entries about which the server is asked first.
    pub doubtful: BTreeSet<u64>,
    /// The server's word for what others wrote.
    pub vouched: BTreeMap<ChangeHash, Vouched>,
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
            doubtful: BTreeSet::new(),
            vouched: BTreeMap::new(),
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
    pub fn write(&mut self, scope: &ScopeId, document: DocumentId, payload: &[u8]) -> ChangeHash {
        let held = self.held.entry(scope.clone()).or_default();
        let of_document = held.iter().filter(|(other, _)| *other == document);
        let deps: Vec<_> = of_document.map(|(_, bytes)| change_hash(bytes)).collect();
        let last = deps.len().saturating_sub(2);
        let change = fake_change(&self.actor, &deps[last..], payload);
        held.push((document, change.clone()));
        let hash = change_hash(&change);
        self.enqueue(scope, document, change);
        hash
    }

    fn enqueue(&mut self, scope: &ScopeId, document: DocumentId, change: Vec<u8>) {
        let index = self.next_index;
        self.next_index += 1;
        let vouched = self.vouched.get(&change_hash(&change)).copied();
        self.outbox.insert(index, OutboxEntry { index, scope: scope.clone(), document, change, vouched });
    }

    pub fn session(&self, rng: &mut StdRng) -> DeviceSession {
        DeviceSession::new(self.config(rng), self.key.clone())
    }

    pub fn config(&self, rng: &mut StdRng) -> DeviceConfig {
        let scopes = self.cursors.iter().map(|(scope, cursor)| HeldScope::at(scope.clone(), Some(*cursor)));
        DeviceConfig {
            server: SERVER,
            device: self.id,
            incarnation: self.incarnation,
            boot: 1,
            nonce: Nonce::random(rng),
            now: self.clock,
            server_clock_offset_ms: self.offset,
            app_version: "0.1.0".to_owned(),
            scopes: scopes.collect(),
            asides: self.asides(),
            frame_bytes_aim: 0,
            request_bytes_max: REQUEST_BYTES_MAX,
            wants_credentials: false,
        }
    }

    /// The changes set aside whose fate the server has not told.
    fn asides(&self) -> Vec<Fingerprint> {
        let held = self.held.values().flatten().map(|(document, bytes)| (document, change_hash(bytes)));
        let open = |hash: &ChangeHash| self.aside.get(hash).is_some_and(|why| why.as_str() != ReasonCode::DISCARDED);
        held.filter(|(_, hash)| open(hash)).map(|(document, hash)| Fingerprint::of(document, &hash)).collect()
    }

    pub fn items(&self) -> Vec<OutboxItem> {
        let item = |entry: &OutboxEntry| OutboxItem {
            index: entry.index,
            document: entry.document,
            bytes: entry.change.len() as u32,
            urgent: entry.change.ends_with(b"urgent"),
            ask: self.doubtful.contains(&entry.index).then(|| Question {
                scope: entry.scope.clone(),
                fingerprint: Fingerprint::of(&entry.document, &change_hash(&entry.change)),
            }),
        };
        self.outbox.values().map(item).collect()
    }

    pub fn totals(&self) -> OutboxTotals {
        let records: BTreeSet<_> = self.outbox.values().map(|entry| entry.document).collect();
        OutboxTotals { changes: self.outbox.len() as u64, records: records.len() as u64 }
    }

    pub fn request(&self, session: &mut DeviceSession) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            while let Some(out) = session.poll_transmit() {
                bytes.extend_from_slice(&out);
            }
            match session.poll_request() {
                Some(DeviceRequest::ListOutbox { .. }) => {
                    session.handle_outbox_list(&self.items(), self.totals());
                }
                Some(DeviceRequest::ReadOutbox { indexes }) => {
                    session.handle_outbox(indexes.iter().map(|index| self.outbox[index].clone()).collect());
                }
                Some(DeviceRequest::ReadCarried { .. }) => session.handle_carried(None),
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
                    DeviceEvent::Welcomed(welcomed) => {
                        self.offset = welcomed.server_clock_offset_ms;
                        for read in &welcomed.scopes {
                            if matches!(read.status, ScopeStatus::Forked | ScopeStatus::New) {
                                self.seen.insert(read.scope.clone(), BTreeSet::new());
                            }
                        }
                    }
                    DeviceEvent::StoreAcks(acks) => self.store_acks(acks),
                    DeviceEvent::StoreFates(fates) => self.store_fates(&fates),
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
            if let Some(seen) = self.seen.get_mut(&entry.scope) {
                seen.insert(change_hash(&entry.change));
            }
        }
        for (index, reason) in acks.set_aside {
            let entry = self.outbox.remove(&index).unwrap();
            self.aside.insert(change_hash(&entry.change), reason);
        }
        for index in acks.lacking {
            self.doubtful.remove(&index);
        }
    }

    fn store_fates(&mut self, fates: &[(Fingerprint, Fate)]) {
        let held: Vec<_> = self.held.values().flatten().map(|(id, bytes)| (*id, change_hash(bytes))).collect();
        for (document, hash) in held {
            let told = fates.iter().find(|(asked, _)| *asked == Fingerprint::of(&document, &hash));
            match told.map(|(_, fate)| fate) {
                Some(Fate::LetIn) => {
                    self.aside.remove(&hash);
                    self.delivered.insert(hash);
                }
                Some(Fate::Discarded) => {
                    self.aside.insert(hash, ReasonCode::new(ReasonCode::DISCARDED).unwrap());
                }
                Some(Fate::Untold | Fate::Unknown) | None => {}
            }
        }
    }

    fn store_pull(&mut self, frame: PulledFrame) {
        let mut known = self.holds(&frame.scope);
        let held = self.held.entry(frame.scope.clone()).or_default();
        for record in frame.records {
            let hash = change_hash(&record.body);
            if let Some(seen) = self.seen.get_mut(&frame.scope) {
                seen.insert(hash);
            }
            self.vouched.extend(record.vouched.map(|vouched| (hash, vouched)));
            if known.insert(hash) {
                held.push((record.document, record.body));
            }
        }
        self.cursors.extend(frame.cursor.map(|cursor| (frame.scope, cursor)));
    }

    /// A scope that was read again to its end: about what was not seen, whoever wrote it, the server is asked.
    fn finished(&mut self, report: &Report) {
        for scope in report.scopes.iter().filter(|scope| report.complete && scope.read_to_end) {
            let Some(seen) = self.seen.remove(&scope.scope) else { continue };
            let waiting: BTreeSet<_> = self.outbox.values().map(|entry| change_hash(&entry.change)).collect();
            for (document, change) in self.held.get(&scope.scope).cloned().unwrap_or_default() {
                let hash = change_hash(&change);
                if !seen.contains(&hash) && !waiting.contains(&hash) {
                    self.doubtful.insert(self.next_index);
                    self.enqueue(&scope.scope, document, change);
                }
            }
        }
    }
}
