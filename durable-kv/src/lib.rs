//! An embedded, ordered store of keys and values in which what was committed survives a power cut.
//!
//! It is the one place that knows the embedded engine (sled) and the rules without which that engine loses or
//! bricks data. The server's storage and the device's store are both written against [`Kv`]; tests run them on the
//! memory twin.

mod batch;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
#[cfg(any(test, feature = "testing"))]
pub mod fault;
mod memory;
#[cfg(feature = "sled")]
mod sled;

pub use batch::Batch;
pub use memory::MemoryKv;
#[cfg(all(feature = "sled", any(test, feature = "testing")))]
pub use sled::Sabotage;
#[cfg(feature = "sled")]
pub use sled::{Claim, Health, OnFatal, SledKv, SledOptions, Verification};

/// Keys in order, values beside them, and one atomic durable way to change them.
///
/// Implementations promise:
/// - **atomic**: after a crash at any moment either all of a batch is there or none of it;
/// - **durable**: [`Kv::commit`] returns `Ok` only when the batch would survive a power cut;
/// - **in order**: batches survive in the order they were committed; none survives without those before it;
/// - **honest**: a value is returned exactly as it was put, or [`KvError::Damaged`] is.
///
/// One process owns a store; within it any thread may read while one commits.
pub trait Kv: Send + Sync {
    /// The value of `key`, or `None` when there is none.
    ///
    /// # Errors
    /// [`KvError::Damaged`] when the stored bytes fail their checksum, [`KvError::Io`] when they cannot be read,
    /// [`KvError::Stopped`] when an earlier commit failed for good.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError>;

    /// At most `limit` pairs with `from <= key < to`, in ascending order.
    ///
    /// # Errors
    /// As [`Kv::get`].
    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError>;

    /// At most `limit` pairs with `from <= key < to`, in descending order.
    ///
    /// # Errors
    /// As [`Kv::get`].
    fn scan_back(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError>;

    /// Makes all changes of `batch`, or none, and returns when they would survive a power cut.
    ///
    /// # Errors
    /// [`KvError::Full`] when there is no room and nothing was changed; [`KvError::Io`] when it is not known whether
    /// the batch survives: the caller must not acknowledge it. [`KvError::Stopped`] when an earlier commit failed for
    /// good; nothing was changed.
    fn commit(&self, batch: Batch) -> Result<(), KvError>;

    /// Whether there is room for a small batch at the moment. `false` foretells [`KvError::Full`].
    ///
    /// # Errors
    /// [`KvError::Io`] when the system does not say, [`KvError::Stopped`] when an earlier commit failed for good.
    fn has_room(&self) -> Result<bool, KvError> {
        Ok(true)
    }
}

impl<K: Kv + ?Sized> Kv for std::sync::Arc<K> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        (**self).get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        (**self).scan(from, to, limit)
    }

    fn scan_back(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        (**self).scan_back(from, to, limit)
    }

    fn commit(&self, batch: Batch) -> Result<(), KvError> {
        (**self).commit(batch)
    }

    fn has_room(&self) -> Result<bool, KvError> {
        (**self).has_room()
    }
}

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// The longest key, in bytes.
pub const KEY_BYTES_MAX: usize = 128;

/// The longest value, in bytes. Longer than a page of the engine: values are cut into pieces where they are stored.
pub const VALUE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Ways a store can fail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KvError {
    /// Another process has the store open. Nothing was touched.
    #[error("another process has this store open")]
    InUse,
    /// The disk is full. The batch was not applied; what was committed before is safe.
    #[error("the disk is full")]
    Full,
    /// Stored bytes are not what was written. They are never returned.
    #[error("damaged at key {key}: {what}")]
    Damaged {
        /// The key, in hexadecimal.
        key: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The store was written by a newer version of this software.
    #[error("the store has format {found}; this version reads up to {known}")]
    NewerFormat {
        /// The format found.
        found: u32,
        /// The newest format this version reads.
        known: u32,
    },
    /// The files do not open as a store. They were left as they are.
    #[error("the store does not open: {0}")]
    Unopenable(String),
    /// A key or value is longer than the limits allow: the caller's mistake. Nothing was changed.
    #[error("a key or value is too long: {what} of {bytes} bytes, at most {max}")]
    TooLong {
        /// Key or value.
        what: &'static str,
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// The store stopped after a commit that failed for good, and answers every call so. It does not pass: the store must
    /// be opened anew, which tells whether the last batch survived.
    #[error("the store stopped after a failed commit and must be opened anew")]
    Stopped,
    /// The system failed to read or write.
    #[error("input or output failed")]
    Io(#[source] std::io::Error),
}

/// The smallest key greater than every key that starts with `prefix`: the `to` of a scan over the prefix.
///
/// `None` when there is none (an empty prefix, or one of `0xFF` bytes only).
pub fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|&byte| byte != 0xFF)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}
