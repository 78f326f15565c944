//! A device's store in an ordered store of keys and values: sled on a disk, memory in a test.
//!
//! **Never here:** the engine's name. Which one it is, is said where it is opened.

use std::collections::BTreeMap;
use std::sync::Arc;

use jisr_durable_kv::{Batch, Kv, KvError, MemoryKv, after_prefix};
use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::{Incarnation, Vouched, Voucher};
use jisr_sync_core::time::UnixMillis;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    AsideKey, Carried, CarriedMark, Doubt, Image, Store, StoreBatch, StoreError, Vouchers, Waiting, WaitingMark, key,
    pruned,
};

/// A store in keys and values.
#[derive(Clone)]
pub struct KvStore {
    kv: Arc<dyn Kv>,
}

/// How many pairs one read takes while everything is loaded.
const PAGE: usize = 512;

impl KvStore {
    /// A store over `kv`, which holds nothing yet or what an earlier one left.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer version wrote it.
    pub fn new(kv: Arc<dyn Kv>) -> Result<Self, StoreError> {
        let store = Self { kv };
        match store.get_json::<u32>(key::FORMAT_KEY)? {
            Some(found) if found > key::FORMAT => Err(StoreError::Newer { found, known: key::FORMAT }),
            _ => Ok(store),
        }
    }

    /// The memory twin: what is committed lasts as long as the value does.
    ///
    /// # Errors
    /// Never for an empty memory store; the signature is that of [`KvStore::new`].
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::new(Arc::new(MemoryKv::new()))
    }

    fn get_json<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.kv.get(key)?.map(|bytes| from_json(key, &bytes)).transpose()
    }

    /// Calls `each` with every own key and value under `letter`, in order.
    fn each(&self, letter: u8, mut each: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let end = after_prefix(&[letter]).unwrap_or_default();
        let mut from = vec![letter];
        loop {
            let page = self.kv.scan(&from, &end, PAGE)?;
            for (key, value) in &page {
                each(key.get(1..).unwrap_or_default(), value)?;
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => {
                    from.clone_from(last);
                    from.push(0);
                }
                _ => return Ok(()),
            }
        }
    }

    fn all_json<K: Ord, T: DeserializeOwned>(
        &self,
        letter: u8,
        key_of: impl Fn(&[u8]) -> Option<K>,
    ) -> Result<BTreeMap<K, T>, StoreError> {
        let mut all = BTreeMap::new();
        self.each(letter, |rest, value| {
            let key = key_of(rest).ok_or_else(|| damaged("a key"))?;
            all.insert(key, from_json(rest, value)?);
            Ok(())
        })?;
        Ok(all)
    }

    fn waiting_marks(&self) -> Result<BTreeMap<u64, WaitingMark>, StoreError> {
        let mut marks = BTreeMap::new();
        self.each(key::OUTBOX, |rest, value| {
            let entry = waiting_from(rest, value)?;
            marks.insert(entry.index, WaitingMark::of(&entry));
            Ok(())
        })?;
        Ok(marks)
    }
}

impl Store for KvStore {
    fn load(&self) -> Result<Image, StoreError> {
        let mut erased = std::collections::BTreeSet::new();
        self.each(key::ERASED, |rest, _| {
            erased.insert(key::document(rest).ok_or_else(|| damaged("an erasure's key"))?);
            Ok(())
        })?;
        let (mut carried, mut parcels) = (BTreeMap::new(), BTreeMap::new());
        self.each(key::CARRIED, |rest, value| {
            let found = key::index(rest).zip(Carried::from_bytes(value));
            let (index, found) = found.ok_or_else(|| damaged("a carried envelope"))?;
            carried.insert(index, CarriedMark::of(&found));
            Ok(())
        })?;
        self.each(key::PARCEL, |rest, value| {
            parcels.insert(key::index(rest).ok_or_else(|| damaged("a sealed file's key"))?, value.len() as u64);
            Ok(())
        })?;
        let mut pruned = BTreeMap::new();
        self.each(key::PRUNED, |rest, value| {
            let read = key::pruned(rest).zip(pruned::from_bytes(value));
            let (key, list) = read.ok_or_else(|| damaged("what is remembered of records that have left"))?;
            pruned.insert(key, list);
            Ok(())
        })?;
        Ok(Image {
            carried,
            pruned,
            parcels,
            handed: self.all_json(key::HANDED, key::index)?,
            foreign: self.all_json(key::FOREIGN, key::document)?,
            identity: self.get_json(key::IDENTITY)?,
            rows: self.all_json(key::ROW, key::document)?,
            waiting: self.waiting_marks()?,
            next_index: self.get_json(key::NEXT_INDEX)?.unwrap_or(0),
            cursors: self.all_json(key::CURSOR, key::scope)?,
            asides: self.all_json(key::ASIDE, key::aside)?,
            drafts: self.all_json(key::DRAFT, key::document)?,
            seen: self.all_json(key::SEEN, key::document)?,
            erased,
            progress: self.get_json(key::PROGRESS)?.unwrap_or_default(),
            counters: self.get_json(key::COUNTERS)?.unwrap_or_default(),
            settings: self.all_json(key::SETTING, |rest| String::from_utf8(rest.to_vec()).ok())?,
        })
    }

    fn document(&self, id: &DocumentId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.kv.get(&key::of_document(key::DOCUMENT, id))?)
    }

    fn outbox(&self, from: u64, limit: usize) -> Result<Vec<Waiting>, StoreError> {
        let end = after_prefix(&[key::OUTBOX]).unwrap_or_default();
        let pairs = self.kv.scan(&key::of_index(from), &end, limit)?;
        pairs.iter().map(|(key, value)| waiting_from(key.get(1..).unwrap_or_default(), value)).collect()
    }

    fn aside_bytes(&self, key: &AsideKey) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.kv.get(&key::of_aside(key::ASIDE_BYTES, key))?)
    }

    fn vouchers(&self, id: &DocumentId) -> Result<Vouchers, StoreError> {
        let stored = self.kv.get(&key::of_document(key::VOUCHERS, id))?;
        stored.map_or_else(|| Ok(Vouchers::new()), |bytes| vouchers_from(&bytes))
    }

    fn carried(&self, index: u64) -> Result<Option<Carried>, StoreError> {
        let stored = self.kv.get(&key::numbered(key::CARRIED, index))?;
        stored.map(|bytes| Carried::from_bytes(&bytes).ok_or_else(|| damaged("a carried envelope"))).transpose()
    }

    fn parcel(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.kv.get(&key::numbered(key::PARCEL, index))?)
    }

    fn commit(&self, batch: StoreBatch) -> Result<(), StoreError> {
        if batch.is_empty() {
            return Ok(());
        }
        Ok(self.kv.commit(pairs_of(batch)?)?)
    }
}

/// Opens the store on disk in `dir`, which is made when it is not there.
///
/// # Errors
/// [`StoreError::InUse`] when another process has it open; the rest as [`StoreError`] says.
#[cfg(feature = "native")]
pub fn open(dir: &std::path::Path) -> Result<KvStore, StoreError> {
    use jisr_durable_kv::{OnFatal, SledKv, SledOptions};
    // An app is not ended because a disk failed: the handle refuses every later call, and each says so.
    let options = SledOptions { on_fatal: OnFatal::new(|_| {}), ..SledOptions::device() };
    let kv: Arc<dyn Kv> = Arc::new(SledKv::open(dir, options)?);
    KvStore::new(kv)
}

fn pairs_of(batch: StoreBatch) -> Result<Batch, StoreError> {
    let mut pairs = Batch::new();
    pairs.put(key::FORMAT_KEY, to_json(&key::FORMAT)?);
    if let Some(identity) = batch.identity {
        pairs.put(key::IDENTITY, to_json(&identity)?);
    }
    if let Some(progress) = batch.progress {
        pairs.put(key::PROGRESS, to_json(&progress)?);
    }
    if let Some(counters) = batch.counters {
        pairs.put(key::COUNTERS, to_json(&counters)?);
    }
    for (id, row) in batch.rows {
        pairs.put(key::of_document(key::ROW, &id), to_json(&row)?);
    }
    for (id, document) in batch.documents {
        let (body, row) = (key::of_document(key::DOCUMENT, &id), key::of_document(key::ROW, &id));
        match document {
            Some(kept) => {
                pairs.put(row, to_json(&kept.row)?);
                pairs.put(body, kept.saved);
            }
            None => {
                pairs.delete(row);
                pairs.delete(body);
                pairs.delete(key::of_document(key::VOUCHERS, &id));
                pairs.delete(key::of_document(key::FOREIGN, &id));
            }
        }
    }
    for (id, vouchers) in batch.vouchers {
        let at = key::of_document(key::VOUCHERS, &id);
        match vouchers {
            Some(vouchers) => pairs.put(at, vouchers_to_bytes(&vouchers)),
            None => pairs.delete(at),
        }
    }
    for (id, foreign) in batch.foreign {
        put_or_delete(&mut pairs, key::of_document(key::FOREIGN, &id), foreign.as_ref())?;
    }
    for (index, devices) in batch.handed {
        pairs.put(key::numbered(key::HANDED, index), to_json(&devices)?);
    }
    put_carried(&mut pairs, batch.carried, batch.parcels);
    for (scope, history) in batch.cursors {
        put_or_delete(&mut pairs, key::of_scope(&scope), history.as_ref())?;
    }
    for (id, draft) in batch.drafts {
        put_or_delete(&mut pairs, key::of_document(key::DRAFT, &id), draft.as_ref())?;
    }
    for (name, value) in batch.settings {
        put_or_delete(&mut pairs, key::with(key::SETTING, name.as_bytes()), value.as_ref())?;
    }
    for (id, seen) in batch.seen {
        put_or_delete(&mut pairs, key::of_document(key::SEEN, &id), seen.as_ref())?;
    }
    for (key, list) in batch.pruned {
        match list.as_slice() {
            [] => pairs.delete(key::of_pruned(&key)),
            list => pairs.put(key::of_pruned(&key), pruned::to_bytes(list)),
        }
    }
    for id in batch.erased {
        pairs.put(key::of_document(key::ERASED, &id), Vec::new());
    }
    batch.requeued.iter().for_each(|entry| pairs.put(key::of_index(entry.index), waiting_to_bytes(entry)));
    put_outbox(&mut pairs, &batch.queued, &batch.acknowledged)?;
    put_asides(&mut pairs, batch.asides)?;
    Ok(pairs)
}

fn put_outbox(pairs: &mut Batch, queued: &[Waiting], acknowledged: &[u64]) -> Result<(), StoreError> {
    for entry in queued {
        pairs.put(key::of_index(entry.index), waiting_to_bytes(entry));
    }
    if let Some(last) = queued.iter().map(|entry| entry.index).max() {
        pairs.put(key::NEXT_INDEX, to_json(&last.saturating_add(1))?);
    }
    for index in acknowledged {
        pairs.delete(key::of_index(*index));
        pairs.delete(key::numbered(key::HANDED, *index));
    }
    Ok(())
}

fn put_carried(pairs: &mut Batch, carried: BTreeMap<u64, Option<Carried>>, parcels: BTreeMap<u64, Option<Vec<u8>>>) {
    let carried = carried.into_iter().map(|(index, kept)| (key::CARRIED, index, kept.map(|kept| kept.to_bytes())));
    let parcels = parcels.into_iter().map(|(index, kept)| (key::PARCEL, index, kept));
    for (letter, index, kept) in carried.chain(parcels) {
        match kept {
            Some(bytes) => pairs.put(key::numbered(letter, index), bytes),
            None => pairs.delete(key::numbered(letter, index)),
        }
    }
}

fn put_asides(
    pairs: &mut Batch,
    asides: BTreeMap<AsideKey, Option<(super::Aside, Vec<u8>)>>,
) -> Result<(), StoreError> {
    for (aside, kept) in asides {
        let (mark, body) = (key::of_aside(key::ASIDE, &aside), key::of_aside(key::ASIDE_BYTES, &aside));
        match kept {
            Some((kept, bytes)) => {
                pairs.put(mark, to_json(&kept)?);
                pairs.put(body, bytes);
            }
            None => {
                pairs.delete(mark);
                pairs.delete(body);
            }
        }
    }
    Ok(())
}

fn put_or_delete<T: Serialize>(pairs: &mut Batch, key: Vec<u8>, value: Option<&T>) -> Result<(), StoreError> {
    match value {
        Some(value) => pairs.put(key, to_json(value)?),
        None => pairs.delete(key),
    }
    Ok(())
}

/// When it was queued (8 bytes), the scope's length (1 byte) and text, the document's id (16 bytes), the doubt (1 byte),
/// flags (1 byte), who wrote it when [`VOUCHED`] is set (32 bytes), the change.
fn waiting_to_bytes(entry: &Waiting) -> Vec<u8> {
    let scope = entry.scope.to_string();
    let mut bytes = entry.queued_at.0.to_be_bytes().to_vec();
    // A scope's text is at most 9 + 32 bytes long.
    bytes.push(u8::try_from(scope.len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(scope.as_bytes());
    bytes.extend_from_slice(entry.document.as_bytes());
    bytes.push(match entry.doubt {
        Doubt::None => 0,
        Doubt::Ask => 1,
        Doubt::Settled => 2,
    });
    let offered_again = if entry.offered_again { OFFERED_AGAIN } else { 0 };
    bytes.push(offered_again | if entry.vouched.is_some() { VOUCHED } else { 0 });
    bytes.extend(entry.vouched.iter().flat_map(vouched_to_bytes));
    bytes.extend_from_slice(&entry.change);
    bytes
}

fn waiting_from(index: &[u8], value: &[u8]) -> Result<Waiting, StoreError> {
    let parts = || {
        let index = key::index(index)?;
        let (at, rest) = value.split_first_chunk::<8>()?;
        let (length, rest) = rest.split_first()?;
        let (scope, rest) = rest.split_at_checked(usize::from(*length))?;
        let (document, rest) = rest.split_at_checked(DocumentId::BYTES)?;
        let ([doubt, flags], rest) = rest.split_first_chunk::<2>()?;
        if flags & !(VOUCHED | OFFERED_AGAIN) != 0 {
            return None;
        }
        let (vouched, change) = if flags & VOUCHED == 0 {
            (None, rest)
        } else {
            let (vouched, change) = rest.split_first_chunk::<VOUCHED_BYTES>()?;
            (Some(vouched_from(vouched)?), change)
        };
        let doubt = match doubt {
            0 => Doubt::None,
            1 => Doubt::Ask,
            2 => Doubt::Settled,
            _ => return None,
        };
        let scope: ScopeId = std::str::from_utf8(scope).ok()?.parse().ok()?;
        Some(Waiting {
            index,
            scope,
            document: DocumentId::from_slice(document)?,
            change: change.to_vec(),
            queued_at: UnixMillis(i64::from_be_bytes(*at)),
            doubt,
            vouched,
            offered_again: flags & OFFERED_AGAIN != 0,
        })
    };
    parts().ok_or_else(|| damaged("a waiting change"))
}

/// The flag of a waiting change that somebody else wrote, or this device in an earlier life.
const VOUCHED: u8 = 1;

/// The flag of a waiting change that had been set aside.
const OFFERED_AGAIN: u8 = 1 << 1;

/// Device (16 bytes), incarnation (8), voucher (8).
const VOUCHED_BYTES: usize = DeviceId::BYTES + Incarnation::BYTES + Voucher::BYTES;

fn vouched_to_bytes(vouched: &Vouched) -> Vec<u8> {
    let parts: [&[u8]; 3] = [vouched.author.as_bytes(), vouched.incarnation.as_bytes(), vouched.voucher.as_bytes()];
    parts.concat()
}

fn vouched_from(bytes: &[u8; VOUCHED_BYTES]) -> Option<Vouched> {
    let (author, rest) = bytes.split_at_checked(DeviceId::BYTES)?;
    let (incarnation, voucher) = rest.split_at_checked(Incarnation::BYTES)?;
    Some(Vouched {
        author: DeviceId::from_slice(author)?,
        incarnation: Incarnation::from_slice(incarnation)?,
        voucher: Voucher::from_slice(voucher)?,
    })
}

/// For each change its hash (32 bytes), then who wrote it.
fn vouchers_to_bytes(vouchers: &Vouchers) -> Vec<u8> {
    vouchers.iter().flat_map(|(hash, vouched)| [&hash.as_bytes()[..], &vouched_to_bytes(vouched)].concat()).collect()
}

fn vouchers_from(bytes: &[u8]) -> Result<Vouchers, StoreError> {
    let (entries, rest) = bytes.as_chunks::<{ ChangeHash::BYTES + VOUCHED_BYTES }>();
    let entry = |entry: &[u8; ChangeHash::BYTES + VOUCHED_BYTES]| {
        let (hash, vouched) = entry.split_first_chunk::<{ ChangeHash::BYTES }>()?;
        Some((ChangeHash::from_bytes(*hash), vouched_from(vouched.try_into().ok()?)?))
    };
    let whole = rest.is_empty().then_some(());
    whole.and_then(|()| entries.iter().map(entry).collect()).ok_or_else(|| damaged("who wrote a document's changes"))
}

fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|error| StoreError::Io { what: error.to_string() })
}

fn from_json<T: DeserializeOwned>(key: &[u8], bytes: &[u8]) -> Result<T, StoreError> {
    // The message of a JSON error can quote a value; what stands in a store may be personal.
    serde_json::from_slice(bytes).map_err(|_| damaged(&format!("the value of a key of {} bytes", key.len())))
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged { what: what.to_owned() }
}

impl From<KvError> for StoreError {
    fn from(error: KvError) -> Self {
        match error {
            KvError::InUse => Self::InUse,
            KvError::Full => Self::Full,
            KvError::Damaged { key, what } => Self::Damaged { what: format!("{what} at key {key}") },
            KvError::NewerFormat { found, known } => Self::Newer { found, known },
            KvError::TooLong { what, bytes, max } => Self::TooLong { what, bytes, max },
            // Files that are open do not lose their rights: this can only be said at opening.
            KvError::Io(source) if is_denied(&source) => Self::NoAccess(source),
            KvError::Io(source) => Self::Uncertain(source),
            other => Self::Io { what: other.to_string() },
        }
    }
}

fn is_denied(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{AlreadyExists, NotADirectory, PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), AlreadyExists | NotADirectory | PermissionDenied | ReadOnlyFilesystem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_store_keeps_the_contract() {
        let kv: Arc<dyn Kv> = Arc::new(MemoryKv::new());
        crate::store::conformance::check(|| KvStore::new(Arc::clone(&kv)).unwrap());
    }

    #[test]
    fn the_store_on_disk_keeps_the_contract() {
        let dir = tempfile::tempdir().unwrap();
        crate::store::conformance::check(|| open(dir.path()).unwrap());
    }

    #[test]
    fn a_store_is_open_in_one_place_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let _first = open(dir.path()).unwrap();

        assert!(matches!(open(dir.path()).map(|_| ()), Err(StoreError::InUse)));
    }

    #[test]
    fn a_store_of_a_newer_version_is_left_alone() {
        let kv: Arc<dyn Kv> = Arc::new(MemoryKv::new());
        let mut batch = Batch::new();
        batch.put(key::FORMAT_KEY, b"2".as_slice());
        kv.commit(batch).unwrap();

        assert!(matches!(KvStore::new(kv), Err(StoreError::Newer { found: 2, known: 1 })));
    }

    #[test]
    fn a_value_that_does_not_read_is_damage_and_its_text_is_not_repeated() {
        let kv: Arc<dyn Kv> = Arc::new(MemoryKv::new());
        let mut batch = Batch::new();
        batch.put(b"p".as_slice(), b"{\"last_success\":\"Fatima\"}".as_slice());
        kv.commit(batch).unwrap();

        let error = KvStore::new(kv).unwrap().load().unwrap_err();

        assert!(matches!(error, StoreError::Damaged { .. }));
        assert!(!error.to_string().contains("Fatima"));
    }
}
