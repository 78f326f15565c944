//! Keeping everybody else out of a store's folder without opening what is in it.

use std::fs::File;
use std::path::Path;

use super::open::lock;
use crate::KvError;

/// The right to move a store's folder or replace what is in it. While it is held, nobody opens the store.
#[derive(Debug)]
pub struct Claim {
    _lock: File,
}

impl Claim {
    /// Claims the store in `folder`, which must exist. A store too damaged to open can be claimed.
    ///
    /// # Errors
    /// [`KvError::InUse`] when somebody has it open; [`KvError::Io`] or [`KvError::Full`].
    pub fn of(folder: impl AsRef<Path>) -> Result<Self, KvError> {
        Ok(Self::holding(lock(&folder.as_ref().join("lock"))?))
    }

    /// The claim that a lock already held is.
    pub(super) const fn holding(lock: File) -> Self {
        Self { _lock: lock }
    }
}
