//! The epochs of a store of keys and values, and the lease that lies beside them.

use std::sync::PoisonError;

use jisr_durable_kv::Batch;

use super::kv::{first_epoch, put};
use super::{Epochs, KvStorage, StorageError, key};

impl Epochs for KvStorage {
    fn lease(&self) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.kv.get(key::LEASE)?)
    }

    fn keep_lease(&self, lease: &[u8]) -> Result<(), StorageError> {
        let mut batch = Batch::new();
        batch.put(key::LEASE, lease);
        self.kv.commit(batch).map_err(StorageError::of_commit)
    }

    fn renew_epochs(&self, seed: [u8; 32]) -> Result<(), StorageError> {
        let _guard = self.appending.lock().unwrap_or_else(PoisonError::into_inner);
        let mut renewed = self.tails.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut batch = Batch::new();
        batch.put(key::EPOCH_SEED, seed);
        for (scope, tail) in &mut renewed {
            tail.head.epoch = first_epoch(&seed, scope);
            put(&mut batch, key::head(scope), &tail.head);
        }
        self.kv.commit(batch).map_err(StorageError::of_commit)?;
        *self.epoch_seed.write().unwrap_or_else(PoisonError::into_inner) = seed;
        *self.tails.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }
}
