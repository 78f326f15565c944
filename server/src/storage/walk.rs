//! Walks through a store of keys and values: for checks and repairs, never for a page or a sync.

use std::sync::PoisonError;

use jisr_durable_kv::Batch;
use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::Cursor;

use super::codec::{Stored, damaged, unpack};
use super::kv::{PAGE, just_after, put_index};
use super::{
    ChangePlace, Discarded, EnvelopeId, KvStorage, Row, SavedDocument, SetAside, Storage, StorageError, StoredRecord,
    Walk, key,
};

impl KvStorage {
    fn list_after<T: Stored>(
        &self,
        prefix: &[u8],
        after: Option<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<T>, StorageError> {
        let from = after.map_or_else(|| prefix.to_vec(), just_after);
        let pairs = self.kv.scan(&from, &key::after(prefix), limit)?;
        pairs.iter().map(|(key, bytes)| unpack(key, bytes)).collect()
    }

    /// Deletes everything under a prefix.
    pub(super) fn drop_all(&self, prefix: &[u8]) -> Result<(), StorageError> {
        let end = key::after(prefix);
        loop {
            let page = self.kv.scan(prefix, &end, PAGE)?;
            if page.is_empty() {
                return Ok(());
            }
            let mut batch = Batch::new();
            page.into_iter().for_each(|(key, _)| batch.delete(key));
            self.kv.commit(batch).map_err(StorageError::of_commit)?;
        }
    }
}

impl Walk for KvStorage {
    fn documents_after(&self, after: Option<&DocumentId>, limit: usize) -> Result<Vec<SavedDocument>, StorageError> {
        self.list_after(key::DOCUMENTS, after.map(key::document), limit)
    }

    fn rows_after(&self, after: Option<&DocumentId>, limit: usize) -> Result<Vec<Row>, StorageError> {
        self.list_after(key::ROWS, after.map(key::row), limit)
    }

    fn changes_after(
        &self,
        after: Option<(ChangeHash, DocumentId)>,
        limit: usize,
    ) -> Result<Vec<(ChangeHash, DocumentId, ChangePlace)>, StorageError> {
        let from = after.map_or_else(|| key::CHANGES.to_vec(), |(hash, id)| just_after(key::change(&hash, &id)));
        let list = self.kv.scan(&from, &key::after(key::CHANGES), limit)?.into_iter().map(|(stored_key, bytes)| {
            let (hash, id) =
                key::hash_and_document(&stored_key).ok_or_else(|| damaged("place of a change", &stored_key))?;
            Ok((hash, id, unpack(&stored_key, &bytes)?))
        });
        list.collect()
    }

    fn set_aside_after(
        &self,
        after: Option<(ChangeHash, DocumentId)>,
        limit: usize,
    ) -> Result<Vec<SetAside>, StorageError> {
        self.list_after(key::SET_ASIDE, after.map(|(hash, id)| key::set_aside(&hash, &id)), limit)
    }

    fn heads(&self) -> Result<Vec<(ScopeId, Cursor)>, StorageError> {
        // All heads of an append move under one lock.
        let tails = self.tails.read().unwrap_or_else(PoisonError::into_inner);
        Ok(tails.iter().map(|(scope, tail)| (scope.clone(), tail.head)).collect())
    }

    fn envelopes_after(
        &self,
        after: Option<&EnvelopeId>,
        limit: usize,
    ) -> Result<Vec<(EnvelopeId, Vec<u8>)>, StorageError> {
        let from = after.map_or_else(|| key::ENVELOPES.to_vec(), |id| just_after(key::envelope(id)));
        let list = self.kv.scan(&from, &key::after(key::ENVELOPES), limit)?.into_iter().map(|(stored_key, bytes)| {
            let id = EnvelopeId::of_bytes(&bytes);
            // Kept under its own hash: an altered one is known by that.
            if key::envelope(&id) == stored_key { Ok((id, bytes)) } else { Err(damaged("envelope", &stored_key)) }
        });
        list.collect()
    }

    fn actors_after(&self, after: Option<&ActorId>, limit: usize) -> Result<Vec<(ActorId, DeviceId)>, StorageError> {
        let from = after.map_or_else(|| key::ACTORS.to_vec(), |actor| just_after(key::actor(actor)));
        let list = self.kv.scan(&from, &key::after(key::ACTORS), limit)?.into_iter().map(|(stored_key, bytes)| {
            let actor = stored_key.get(key::ACTORS.len()..).and_then(ActorId::from_slice);
            let device = DeviceId::from_slice(&bytes);
            actor.zip(device).ok_or_else(|| damaged("actor", &stored_key))
        });
        list.collect()
    }

    fn discarded_after(
        &self,
        after: Option<(ChangeHash, DocumentId)>,
        limit: usize,
    ) -> Result<Vec<Discarded>, StorageError> {
        self.list_after(key::DISCARDED, after.map(|(hash, id)| key::discarded(&hash, &id)), limit)
    }

    fn count_terms(&self) -> Result<u64, StorageError> {
        let (end, mut from, mut total) = (key::after(key::TERMS), key::TERMS.to_vec(), 0);
        loop {
            let page = self.kv.scan(&from, &end, PAGE)?;
            total += page.len() as u64;
            match page.into_iter().next_back() {
                Some((last, _)) => from = just_after(last),
                None => return Ok(total),
            }
        }
    }

    fn drop_derived(&self) -> Result<(), StorageError> {
        let _guard = self.appending.lock().unwrap_or_else(PoisonError::into_inner);
        for prefix in key::DERIVED {
            self.drop_all(prefix)?;
        }
        let mut tails = self.tails.write().unwrap_or_else(PoisonError::into_inner);
        tails.values_mut().for_each(|tail| tail.months.clear());
        Ok(())
    }

    fn index_set_aside(&self) -> Result<(), StorageError> {
        self.build_aside()
    }

    fn index_records(&self, scope: &ScopeId, records: &[StoredRecord]) -> Result<(), StorageError> {
        let _guard = self.appending.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tail = self.tail(scope)?;
        let mut batch = Batch::new();
        put_index(&mut batch, scope, records, &mut tail);
        self.kv.commit(batch).map_err(StorageError::of_commit)?;
        self.tails.write().unwrap_or_else(PoisonError::into_inner).insert(scope.clone(), tail);
        Ok(())
    }
}
