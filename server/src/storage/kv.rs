//! Storage over an ordered store of keys and values.
//!
//! A log's head is held in memory and moves only after its commit has returned: what an engine shows before it is on
//! disk is never read as part of a log, so no device can hold a record that a power cut takes back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jisr_durable_kv::{Batch, Kv, Pair};
use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::{Cursor, Digest, Epoch, Fingerprint, LogKind, Month};
use jisr_sync_core::time::UnixMillis;
use rand::{Rng, RngExt};
use sha2::{Digest as _, Sha256};

use super::codec::{Stored, damaged, pack, unpack};
use super::{
    Append, AsidePlace, AsideTally, ChangePlace, DeviceMark, Discarded, EnvelopeId, Find, Found, HashStart, LogAppend,
    ReadLimit, Row, SavedDocument, SetAside, Storage, StorageError, StoredRecord, Tail, key,
};

/// How many pairs one scan brings.
pub(super) const PAGE: usize = 1_000;

/// How long a change usually is, in bytes: by this a read bounded by bytes guesses how many records to ask for.
const BODY_BYTES_USUAL: usize = 256;

/// Storage in a store that others may share. It touches only keys that start with `r`.
pub struct KvStorage {
    pub(super) kv: Arc<dyn Kv>,
    /// What the epoch of a log without records follows from, so that it is known before the first one.
    pub(super) epoch_seed: RwLock<[u8; 32]>,
    /// The durable ends of the logs.
    pub(super) tails: RwLock<BTreeMap<ScopeId, Tail>>,
    /// From which number on a log is not read while changes of it are being withheld: the engine shows the new record
    /// before it is on disk, and who passed over it would lack the change if it never came there.
    withholding: RwLock<BTreeMap<ScopeId, u64>>,
    /// Held while a head is compared and moved.
    pub(super) appending: Mutex<()>,
}

impl KvStorage {
    /// Opens the storage in `kv`, and draws what it needs when it is new.
    ///
    /// # Errors
    /// When the store fails or its heads do not read.
    pub fn open(kv: Arc<dyn Kv>, rng: &mut impl Rng) -> Result<Self, StorageError> {
        let epoch_seed = match kv.get(key::EPOCH_SEED)? {
            Some(bytes) => bytes.try_into().map_err(|_| damaged("epoch seed", key::EPOCH_SEED))?,
            None => {
                let drawn: [u8; 32] = rng.random();
                let mut batch = Batch::new();
                batch.put(key::EPOCH_SEED, drawn);
                kv.commit(batch)?;
                drawn
            }
        };
        let mut tails = BTreeMap::new();
        for (stored_key, bytes) in pairs(&*kv, key::HEADS)? {
            let text = stored_key.get(key::HEADS.len()..).and_then(|text| std::str::from_utf8(text).ok());
            let scope: ScopeId = text.and_then(|text| text.parse().ok()).ok_or_else(|| damaged("head", &stored_key))?;
            let tail = Tail { head: unpack(&stored_key, &bytes)?, months: months(&*kv, &scope)? };
            tails.insert(scope, tail);
        }
        Ok(Self {
            kv,
            epoch_seed: RwLock::new(epoch_seed),
            tails: RwLock::new(tails),
            withholding: RwLock::default(),
            appending: Mutex::new(()),
        })
    }

    fn set_withholding(&self, withheld: &BTreeMap<ScopeId, Vec<u64>>) {
        let first = |(scope, numbers): (&ScopeId, &Vec<u64>)| Some((scope.clone(), *numbers.iter().min()?));
        *self.withholding.write().unwrap_or_else(PoisonError::into_inner) = withheld.iter().filter_map(first).collect();
    }

    pub(super) fn read<T: Stored>(&self, key: &[u8]) -> Result<Option<T>, StorageError> {
        self.kv.get(key)?.map(|bytes| unpack(key, &bytes)).transpose()
    }

    fn put_log(&self, batch: &mut Batch, scope: &ScopeId, log: &LogAppend) -> Result<Tail, StorageError> {
        let mut tail = self.tail(scope)?;
        if tail.head != log.after {
            return Err(StorageError::Moved { scope: scope.clone() });
        }
        tail.head = followed(scope, log)?;
        for record in &log.records {
            put(batch, key::log(scope, record.log.number), record);
        }
        put(batch, key::head(scope), &tail.head);
        put_index(batch, scope, &log.records, &mut tail);
        Ok(tail)
    }

    /// Takes the bytes of changes out of a log. Their places, hashes and so the chain stay.
    fn withhold(
        &self,
        batch: &mut Batch,
        scope: &ScopeId,
        numbers: &[u64],
        tail: &mut Tail,
    ) -> Result<(), StorageError> {
        for number in numbers {
            let at = key::log(scope, *number);
            let mut record: StoredRecord = self.read(&at)?.ok_or_else(|| damaged("log record", &at))?;
            let month = tail.withhold(&record);
            record.log.body = Vec::new();
            put(batch, at, &record);
            match tail.months.get(&month) {
                Some(digest) => batch.put(key::digest(scope, month), digest.0.to_be_bytes()),
                None => batch.delete(key::digest(scope, month)),
            }
        }
        Ok(())
    }

    fn put_row(&self, batch: &mut Batch, row: &Row) -> Result<(), StorageError> {
        let at = key::row(&row.id);
        let old = match self.read::<Row>(&at) {
            // A row is derived and written anew here; what its damaged form was found by, a repair takes away.
            Err(error) if error.is_damage() => None,
            old => old?,
        };
        if let Some(old) = old {
            for term in old.terms.iter().filter(|term| row.terms.binary_search(term).is_err()) {
                batch.delete(key::term(term, &row.id));
            }
        }
        for term in &row.terms {
            batch.put(key::term(term, &row.id), []);
        }
        put(batch, at, row);
        Ok(())
    }

    fn batch_of(&self, append: &Append) -> Result<(Batch, Vec<(ScopeId, Tail)>), StorageError> {
        let mut batch = Batch::new();
        let mut tails = Vec::new();
        for (scope, log) in &append.logs {
            tails.push((scope.clone(), self.put_log(&mut batch, scope, log)?));
        }
        for (scope, numbers) in &append.withheld {
            // What is withheld is followed by the record that says why.
            let Some((_, tail)) = tails.iter_mut().find(|(known, _)| known == scope) else {
                return Err(StorageError::Broken { scope: scope.clone() });
            };
            self.withhold(&mut batch, scope, numbers, tail)?;
        }
        for (actor, device) in &append.actors {
            batch.put(key::actor(actor), device.as_bytes().as_slice());
        }
        for (id, proof) in &append.envelopes {
            batch.put(key::envelope(id), proof.as_slice());
        }
        for (id, document) in &append.documents {
            put(&mut batch, key::document(id), document);
        }
        for row in append.rows.values() {
            self.put_row(&mut batch, row)?;
        }
        for (device, mark) in &append.marks {
            put(&mut batch, key::mark(device), mark);
        }
        for (scope, number) in &append.backed_up {
            batch.put(key::backed_up(scope), number.to_be_bytes());
        }
        self.put_set_aside(&mut batch, append)?;
        Ok((batch, tails))
    }
}

/// The records of a page, which ought to be numbered on from `next`; at least one, be it an error.
fn numbered(scope: &ScopeId, next: u64, page: Vec<Pair>) -> impl Iterator<Item = Result<StoredRecord, StorageError>> {
    let missing = move |number| damaged("log record", &key::log(scope, number));
    let none = page.is_empty().then(|| Err(missing(next)));
    let records = page.into_iter().zip(next..).map(move |((stored_key, value), number)| {
        let record: StoredRecord = unpack(&stored_key, &value)?;
        if record.log.number == number { Ok(record) } else { Err(missing(number)) }
    });
    none.into_iter().chain(records)
}

pub(super) fn put<T: Stored>(batch: &mut Batch, key: Vec<u8>, value: &T) {
    let packed = pack(&key, value);
    batch.put(key, packed);
}

/// All pairs under a prefix, page by page.
pub(super) fn pairs(kv: &dyn Kv, prefix: &[u8]) -> Result<Vec<Pair>, StorageError> {
    let end = key::after(prefix);
    let mut all: Vec<Pair> = Vec::new();
    loop {
        let from = all.last().map_or_else(|| prefix.to_vec(), |(key, _)| just_after(key.clone()));
        let page = kv.scan(&from, &end, PAGE)?;
        let last = page.len() < PAGE;
        all.extend(page);
        if last {
            return Ok(all);
        }
    }
}

pub(super) fn just_after(mut key: Vec<u8>) -> Vec<u8> {
    key.push(0);
    key
}

/// The digests of a scope as they are stored.
fn months(kv: &dyn Kv, scope: &ScopeId) -> Result<BTreeMap<Month, Digest>, StorageError> {
    let stored = pairs(kv, &key::digests(scope))?.into_iter().map(|(key, bytes)| {
        let month = key.last_chunk().map(|month| Month(u32::from_be_bytes(*month)));
        Ok((month.ok_or_else(|| damaged("digest", &key))?, digest_of(&key, &bytes)?))
    });
    stored.collect()
}

/// Puts the places of records' changes, adds them to the sums of `tail`, and puts these.
pub(super) fn put_index(batch: &mut Batch, scope: &ScopeId, records: &[StoredRecord], tail: &mut Tail) {
    let changes = records.iter().filter(|record| record.log.kind == LogKind::Change && !record.log.is_withheld());
    for record in changes {
        let place = ChangePlace { scope: scope.clone(), number: record.log.number };
        put(batch, key::change(&record.log.hash, &record.log.document), &place);
        tail.add(record);
        let month = Month::of(&record.log.document);
        let digest = tail.months.get(&month).copied().unwrap_or_default();
        batch.put(key::digest(scope, month), digest.0.to_be_bytes());
    }
}

fn digest_of(key: &[u8], bytes: &[u8]) -> Result<Digest, StorageError> {
    let bytes = bytes.try_into().map_err(|_| damaged("digest", key))?;
    Ok(Digest(u64::from_be_bytes(bytes)))
}

pub(super) fn first_epoch(seed: &[u8; 32], scope: &ScopeId) -> Epoch {
    let mut hasher = Sha256::new();
    hasher.update(b"jisr epoch 1");
    hasher.update(seed);
    hasher.update(scope.to_string());
    let hash: [u8; 32] = hasher.finalize().into();
    let mut first = [0; Epoch::BYTES];
    first.copy_from_slice(&hash[..Epoch::BYTES]);
    Epoch::from_bytes(first)
}

/// The head after an append, if its records follow one another and what they follow.
fn followed(scope: &ScopeId, log: &LogAppend) -> Result<Cursor, StorageError> {
    log.records.iter().try_fold(log.after, |head, record| {
        let chain = head.chain.next(record.log.kind, &record.log.document, &record.log.hash);
        let follows = record.log.number == head.number + 1 && record.log.chain == chain;
        let next = record.cursor(&head);
        follows.then_some(next).ok_or_else(|| StorageError::Broken { scope: scope.clone() })
    })
}

impl Storage for KvStorage {
    fn scopes(&self) -> Result<Vec<ScopeId>, StorageError> {
        Ok(self.tails.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect())
    }

    fn tail(&self, scope: &ScopeId) -> Result<Tail, StorageError> {
        let tail = self.tails.read().unwrap_or_else(PoisonError::into_inner).get(scope).cloned();
        let seed = self.epoch_seed.read().unwrap_or_else(PoisonError::into_inner);
        Ok(tail.unwrap_or_else(|| Tail::empty(Cursor::start(first_epoch(&seed, scope)))))
    }

    fn backed_up(&self, scope: &ScopeId) -> Result<u64, StorageError> {
        let key = key::backed_up(scope);
        let Some(bytes) = self.kv.get(&key)? else { return Ok(0) };
        Ok(u64::from_be_bytes(bytes.try_into().map_err(|_| damaged("backed-up mark", &key))?))
    }

    fn log_after(&self, scope: &ScopeId, number: u64, limit: ReadLimit) -> Result<Vec<StoredRecord>, StorageError> {
        let mut head = self.head(scope)?;
        if let Some(first) = self.withholding.read().unwrap_or_else(PoisonError::into_inner).get(scope) {
            head.number = head.number.min(first - 1);
            if number >= head.number {
                return Err(StorageError::InFlight { scope: scope.clone() });
            }
        }
        let (most, mut bytes) = (limit.records.max(1), 0);
        let mut records: Vec<StoredRecord> = Vec::new();
        let mut next = number.saturating_add(1);
        while next <= head.number && records.len() < most {
            let wanted = PAGE.min(most - records.len()).min(limit.bytes / BODY_BYTES_USUAL + 1);
            let page = self.kv.scan(&key::log(scope, next), &key::log(scope, head.number + 1), wanted)?;
            for record in numbered(scope, next, page) {
                let record = match record {
                    Ok(record) => record,
                    // What reads before the damage is given; whoever goes on from there meets it.
                    Err(error) if records.is_empty() => return Err(error),
                    Err(_) => return Ok(records),
                };
                bytes += record.log.body.len();
                if bytes > limit.bytes && !records.is_empty() {
                    return Ok(records);
                }
                records.push(record);
                next += 1;
            }
        }
        Ok(records)
    }

    fn change(&self, hash: &ChangeHash, document: &DocumentId) -> Result<Option<ChangePlace>, StorageError> {
        self.read(&key::change(hash, document))
    }

    fn changes_like(&self, fingerprint: &Fingerprint) -> Result<Vec<ChangePlace>, StorageError> {
        let start = key::changes_from(fingerprint.hash_part());
        let mut places = Vec::new();
        for (at, bytes) in self.kv.scan(&start, &key::after(&start), PAGE)? {
            let (hash, document) = key::hash_and_document(&at).ok_or_else(|| damaged("change", &at))?;
            let place: ChangePlace = unpack(&at, &bytes)?;
            let same = Fingerprint::of(&document, &hash) == *fingerprint;
            if same && place.number <= self.head(&place.scope)?.number {
                places.push(place);
            }
        }
        Ok(places)
    }

    fn actor(&self, actor: &ActorId) -> Result<Option<DeviceId>, StorageError> {
        let key = key::actor(actor);
        let Some(bytes) = self.kv.get(&key)? else { return Ok(None) };
        DeviceId::from_slice(&bytes).map(Some).ok_or_else(|| damaged("actor", &key))
    }

    fn envelope(&self, id: &EnvelopeId) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.kv.get(&key::envelope(id))?)
    }

    fn document(&self, id: &DocumentId) -> Result<Option<SavedDocument>, StorageError> {
        self.read(&key::document(id))
    }

    fn row(&self, id: &DocumentId) -> Result<Option<Row>, StorageError> {
        self.read(&key::row(id))
    }

    fn find(&self, find: &Find) -> Result<Vec<Found>, StorageError> {
        let (from, to) = key::find(find);
        let scanned = if find.newest_first {
            self.kv.scan_back(&from, &to, find.limit)?
        } else {
            self.kv.scan(&from, &to, find.limit)?
        };
        let found = scanned.iter().map(|(key, _)| key::found(key).ok_or_else(|| damaged("way to find a row", key)));
        found.collect()
    }

    fn set_aside(&self, hash: &ChangeHash, document: &DocumentId) -> Result<Option<SetAside>, StorageError> {
        self.read(&key::set_aside(hash, document))
    }

    fn set_aside_lacking(
        &self,
        document: &DocumentId,
        lacks: &ChangeHash,
        after: Option<&ChangeHash>,
        limit: usize,
    ) -> Result<Vec<SetAside>, StorageError> {
        self.aside_lacking(document, lacks, after, limit)
    }

    fn set_aside_list(&self, before: Option<&AsidePlace>, limit: usize) -> Result<Vec<SetAside>, StorageError> {
        self.aside_before(before, limit)
    }

    fn set_aside_by(&self, author: &DeviceId, since: UnixMillis) -> Result<BTreeSet<DocumentId>, StorageError> {
        self.documents_aside_of(author, since)
    }

    fn set_aside_tally(&self, device: &DeviceId) -> Result<AsideTally, StorageError> {
        self.tally_of(device)
    }

    fn set_aside_starting(&self, start: &HashStart, limit: usize) -> Result<Vec<SetAside>, StorageError> {
        let (first, last) = start.bounds();
        let (from, to) = (key::set_aside_from(&first), key::after(&key::set_aside_from(&last)));
        self.kv.scan(&from, &to, limit)?.iter().map(|(key, bytes)| unpack(key, bytes)).collect()
    }

    fn discarded(&self, hash: &ChangeHash, document: &DocumentId) -> Result<Option<Discarded>, StorageError> {
        self.read(&key::discarded(hash, document))
    }

    fn discarded_like(&self, fingerprint: &Fingerprint) -> Result<Vec<Discarded>, StorageError> {
        let start = key::discarded_from(fingerprint.hash_part());
        let found = self.kv.scan(&start, &key::after(&start), PAGE)?;
        let found = found.iter().map(|(key, bytes)| unpack::<Discarded>(key, bytes));
        let same = |one: &Discarded| Fingerprint::of(&one.document, &one.hash) == *fingerprint;
        found.filter(|one| one.as_ref().map_or(true, same)).collect()
    }

    fn set_aside_count(&self) -> Result<u64, StorageError> {
        self.count_aside()
    }

    fn has_room(&self) -> Result<bool, StorageError> {
        Ok(self.kv.has_room()?)
    }

    fn device_mark(&self, device: &DeviceId) -> Result<Option<DeviceMark>, StorageError> {
        self.read(&key::mark(device))
    }

    fn device_marks(&self) -> Result<Vec<DeviceMark>, StorageError> {
        pairs(&*self.kv, key::MARKS)?.iter().map(|(key, bytes)| unpack(key, bytes)).collect()
    }

    fn append(&self, append: &Append) -> Result<(), StorageError> {
        let _guard = self.appending.lock().unwrap_or_else(PoisonError::into_inner);
        let (batch, tails) = self.batch_of(append)?;
        self.set_withholding(&append.withheld);
        let committed = self.kv.commit(batch).map_err(StorageError::of_commit);
        // Of a commit that may or may not survive nobody is told anything.
        if committed.as_ref().is_ok() || committed.as_ref().is_err_and(StorageError::nothing_changed) {
            self.set_withholding(&BTreeMap::new());
        }
        committed?;
        self.tails.write().unwrap_or_else(PoisonError::into_inner).extend(tails);
        Ok(())
    }
}
