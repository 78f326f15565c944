//! The registry's entries on their way into a backup and out of one.

use jisr_durable_kv::{Batch, after_prefix};

use super::{Entry, KvRegistry, RegistryError, Transfer, key};

/// What never leaves the store it was made in.
const STAYS: [&[u8]; 3] = [key::SERVER, key::CODES, key::SIGN_INS];

const ALL: &[u8] = b"R";

fn stays(key: &[u8]) -> Option<&'static [u8]> {
    STAYS.into_iter().find(|prefix| key.starts_with(prefix))
}

impl Transfer for KvRegistry {
    fn entries_after(&self, after: Option<&[u8]>, limit: usize) -> Result<Vec<Entry>, RegistryError> {
        let end = after_prefix(ALL).unwrap_or_default();
        let mut from = after.map_or_else(|| ALL.to_vec(), |key| [key, &[0]].concat());
        let mut entries = Vec::new();
        while entries.len() < limit {
            let page = self.kv.scan(&from, &end, limit - entries.len())?;
            let Some((last, _)) = page.last() else { break };
            // A list that stays is passed over at one step, however long it is.
            from = match stays(last) {
                Some(prefix) => after_prefix(prefix).unwrap_or_default(),
                None => [last, &[0][..]].concat(),
            };
            entries.extend(page.into_iter().filter(|(key, _)| stays(key).is_none()));
        }
        Ok(entries)
    }

    fn put_entries(&self, entries: &[Entry]) -> Result<(), RegistryError> {
        let _guard = self.lock();
        let mut batch = Batch::new();
        for (key, value) in entries {
            // What a value means is not asked: a later version may keep what this one does not read.
            if !key.starts_with(ALL) || stays(key).is_some() {
                return Err(RegistryError::Damaged { what: "registry entry" });
            }
            batch.put(key.as_slice(), value.as_slice());
        }
        Ok(self.kv.commit(batch)?)
    }
}
