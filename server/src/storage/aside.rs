//! Changes that are set aside, in the ordered store: their bytes, the ways to find them, and their counts.
//!
//! The bytes are the truth; ways and counts follow from them, change with them in one batch, and can be built anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use jisr_durable_kv::{Batch, Kv};
use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId};
use jisr_sync_core::time::UnixMillis;

use super::codec::{damaged, unpack};
use super::kv::{PAGE, just_after, put};
use super::{Append, AsidePlace, AsideTally, KvStorage, SetAside, Storage, StorageError, key};

impl KvStorage {
    /// Puts what an append sets aside, and takes away what it takes in.
    pub(super) fn put_set_aside(&self, batch: &mut Batch, append: &Append) -> Result<(), StorageError> {
        let mut counts = Counts::default();
        for (hash, document) in &append.taken_in {
            if let Some(old) = self.set_aside(hash, document)? {
                remove_ways(batch, &old);
                batch.delete(key::set_aside(&old.hash, &old.document));
                counts.without(self, &old)?;
            }
        }
        let mut seen = BTreeSet::new();
        for aside in append.set_aside.iter().filter(|aside| seen.insert((aside.hash, aside.document))) {
            if let Some(old) = self.set_aside(&aside.hash, &aside.document)? {
                remove_ways(batch, &old);
                counts.without(self, &old)?;
            }
            put_ways(batch, aside);
            put(batch, key::set_aside(&aside.hash, &aside.document), aside);
            counts.with(self, aside)?;
        }
        for discarded in &append.discarded {
            put(batch, key::discarded(&discarded.hash, &discarded.document), discarded);
        }
        counts.put(self, batch)
    }

    pub(super) fn aside_lacking(
        &self,
        document: &DocumentId,
        lacks: &ChangeHash,
        after: Option<&ChangeHash>,
        limit: usize,
    ) -> Result<Vec<SetAside>, StorageError> {
        let prefix = key::set_aside_lacking(document, lacks);
        let from =
            after.map_or_else(|| prefix.clone(), |after| just_after(key::set_aside_by_lack(document, lacks, after)));
        let found = self.kv.scan(&from, &key::after(&prefix), limit)?;
        let mut list = Vec::with_capacity(found.len());
        for (stored_key, _) in found {
            let hash = stored_key.get(prefix.len()..).and_then(ChangeHash::from_slice);
            let hash = hash.ok_or_else(|| damaged(LIST, &stored_key))?;
            list.push(self.aside_at(&key::set_aside(&hash, document))?);
        }
        Ok(list)
    }

    pub(super) fn aside_before(
        &self,
        before: Option<&AsidePlace>,
        limit: usize,
    ) -> Result<Vec<SetAside>, StorageError> {
        let end = before.map_or_else(|| key::after(key::SET_ASIDE_BY_TIME), key::set_aside_by_time);
        let found = self.kv.scan_back(key::SET_ASIDE_BY_TIME, &end, limit)?;
        found.iter().map(|(key, _)| self.aside_at(key)).collect()
    }

    pub(super) fn documents_aside_of(
        &self,
        author: &DeviceId,
        since: UnixMillis,
    ) -> Result<BTreeSet<DocumentId>, StorageError> {
        let (mut from, end) = (key::set_aside_of_author(author, since), key::set_aside_after_author(author));
        let mut documents = BTreeSet::new();
        loop {
            let page = self.kv.scan(&from, &end, PAGE)?;
            for (stored_key, _) in &page {
                let (_, document) = key::hash_and_document(stored_key).ok_or_else(|| damaged(LIST, stored_key))?;
                documents.insert(document);
            }
            match page.into_iter().next_back() {
                Some((last, _)) => from = just_after(last),
                None => return Ok(documents),
            }
        }
    }

    pub(super) fn tally_of(&self, device: &DeviceId) -> Result<AsideTally, StorageError> {
        let at = key::set_aside_tally(device);
        let Some(bytes) = self.kv.get(&at)? else { return Ok(AsideTally::default()) };
        let pair = bytes.split_first_chunk().and_then(|(changes, rest)| Some((*changes, rest.try_into().ok()?)));
        let (changes, bytes) = pair.ok_or_else(|| damaged(COUNT, &at))?;
        Ok(AsideTally { changes: u64::from_be_bytes(changes), bytes: u64::from_be_bytes(bytes) })
    }

    pub(super) fn count_aside(&self) -> Result<u64, StorageError> {
        let Some(bytes) = self.kv.get(key::SET_ASIDE_COUNT)? else { return Ok(0) };
        Ok(u64::from_be_bytes(bytes.try_into().map_err(|_| damaged(COUNT, key::SET_ASIDE_COUNT))?))
    }

    /// Builds the ways and counts anew.
    pub(super) fn build_aside(&self) -> Result<(), StorageError> {
        let _guard = self.appending.lock().unwrap_or_else(PoisonError::into_inner);
        for prefix in key::DERIVED_ASIDE {
            self.drop_all(prefix)?;
        }
        let (end, mut from) = (key::after(key::SET_ASIDE), key::SET_ASIDE.to_vec());
        loop {
            let page = self.kv.scan(&from, &end, PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            from = just_after(last.clone());
            let (mut batch, mut counts) = (Batch::new(), Counts::default());
            for aside in page.iter().filter_map(|(key, bytes)| unpack::<SetAside>(key, bytes).ok()) {
                put_ways(&mut batch, &aside);
                counts.with(self, &aside)?;
            }
            counts.put(self, &mut batch)?;
            self.kv.commit(batch).map_err(StorageError::of_commit)?;
        }
    }

    fn aside_at(&self, found: &[u8]) -> Result<SetAside, StorageError> {
        let (hash, document) = key::hash_and_document(found).ok_or_else(|| damaged(LIST, found))?;
        self.set_aside(&hash, &document)?.ok_or_else(|| damaged(LIST, found))
    }
}

const LIST: &str = "list of changes set aside";
const COUNT: &str = "count of changes set aside";

fn put_ways(batch: &mut Batch, aside: &SetAside) {
    ways(aside).into_iter().for_each(|way| batch.put(way, []));
}

fn remove_ways(batch: &mut Batch, old: &SetAside) {
    ways(old).into_iter().for_each(|way| batch.delete(way));
}

fn ways(aside: &SetAside) -> Vec<Vec<u8>> {
    let by_lack = |lacks| key::set_aside_by_lack(&aside.document, lacks, &aside.hash);
    let mut ways = vec![
        key::set_aside_by_time(&aside.place()),
        key::set_aside_by_author(&aside.author, aside.received_at, &aside.hash, &aside.document),
    ];
    ways.extend(aside.lacks.as_ref().map(by_lack));
    ways
}

/// How the counts move with one batch.
#[derive(Default)]
struct Counts {
    more: u64,
    less: u64,
    tallies: BTreeMap<DeviceId, AsideTally>,
}

impl Counts {
    fn with(&mut self, storage: &KvStorage, aside: &SetAside) -> Result<(), StorageError> {
        self.more += 1;
        let tally = self.tally(storage, &aside.charged_to())?;
        *tally = tally.with(aside.bytes.len());
        Ok(())
    }

    fn without(&mut self, storage: &KvStorage, aside: &SetAside) -> Result<(), StorageError> {
        self.less += 1;
        let tally = self.tally(storage, &aside.charged_to())?;
        *tally = tally.without(aside.bytes.len());
        Ok(())
    }

    fn tally(&mut self, storage: &KvStorage, device: &DeviceId) -> Result<&mut AsideTally, StorageError> {
        use std::collections::btree_map::Entry;
        Ok(match self.tallies.entry(*device) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(storage.tally_of(device)?),
        })
    }

    fn put(self, storage: &KvStorage, batch: &mut Batch) -> Result<(), StorageError> {
        if self.more != self.less {
            let count = storage.count_aside()?.saturating_add(self.more).saturating_sub(self.less);
            batch.put(key::SET_ASIDE_COUNT, count.to_be_bytes());
        }
        for (device, tally) in self.tallies {
            let at = key::set_aside_tally(&device);
            if tally.changes == 0 {
                batch.delete(at);
            } else {
                batch.put(at, [tally.changes.to_be_bytes(), tally.bytes.to_be_bytes()].concat());
            }
        }
        Ok(())
    }
}
