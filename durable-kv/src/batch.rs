//! What is to change in one atomic step.

use std::collections::BTreeMap;

use crate::{KEY_BYTES_MAX, KvError, VALUE_BYTES_MAX};

/// Changes to make together. A later change of a key replaces an earlier one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Batch {
    /// A batch that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `value` at `key`, in place of what was there.
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.changes.insert(key.into(), Some(value.into()));
    }

    /// Removes `key` and its value, if there.
    pub fn delete(&mut self, key: impl Into<Vec<u8>>) {
        self.changes.insert(key.into(), None);
    }

    /// Takes in all changes of `other`, which count as later than its own.
    pub fn extend(&mut self, other: Self) {
        self.changes.extend(other.changes);
    }

    /// What this batch would leave at `key`: `None` when it does not change it, `Some(None)` when it removes it.
    pub fn get(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        self.changes.get(key).map(Option::as_deref)
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many keys it changes.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Its changes in ascending order of keys; `None` for a removal.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.changes.iter().map(|(key, value)| (key.as_slice(), value.as_deref()))
    }

    /// Its changes, taken out of it.
    pub(crate) fn into_changes(self) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        self.changes
    }

    /// Refuses a batch whose keys or values are beyond the limits, before anything is changed.
    pub(crate) fn check(&self) -> Result<(), KvError> {
        for (key, value) in self.iter() {
            within("key", key.len(), KEY_BYTES_MAX)?;
            within("value", value.map_or(0, <[u8]>::len), VALUE_BYTES_MAX)?;
        }
        Ok(())
    }
}

fn within(what: &'static str, bytes: usize, max: usize) -> Result<(), KvError> {
    if bytes <= max { Ok(()) } else { Err(KvError::TooLong { what, bytes, max }) }
}
