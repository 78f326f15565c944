//! What an owner of a store chooses: memory, room on the disk, and what happens when the disk can no longer be trusted.
//!
//! It never reads the environment or a file.

use std::fmt;
use std::sync::Arc;

const MIB: u64 = 1024 * 1024;

/// How a [`crate::SledKv`] is opened. Start from [`SledOptions::server`] or [`SledOptions::device`].
#[derive(Debug, Clone)]
pub struct SledOptions {
    /// Memory for pages read from the disk, in bytes.
    pub cache_bytes: u64,
    /// Size of the file kept beside the store and given up when the disk is full, in bytes; 0 for none.
    /// The engine needs room to open: without a reserve a full disk would lock the data in.
    pub reserve_bytes: u64,
    /// Commits are refused with [`crate::KvError::Full`] while less than this is free on the disk, in bytes.
    pub free_bytes_min: u64,
    /// What to do when a commit fails for good and the store stops.
    pub on_fatal: OnFatal,
    /// Ways to break the store's promises on purpose.
    #[cfg(any(test, feature = "testing"))]
    pub sabotage: Sabotage,
}

impl SledOptions {
    /// For a server: 128 MiB of cache, 64 MiB of reserve, writes end at 512 MiB free.
    pub fn server() -> Self {
        Self::sized(128 * MIB, 64 * MIB, 512 * MIB)
    }

    /// For a phone or a van's tablet: 16 MiB of cache, 8 MiB of reserve, writes end at 32 MiB free.
    pub fn device() -> Self {
        Self::sized(16 * MIB, 8 * MIB, 32 * MIB)
    }

    fn sized(cache_bytes: u64, reserve_bytes: u64, free_bytes_min: u64) -> Self {
        Self {
            cache_bytes,
            reserve_bytes,
            free_bytes_min,
            on_fatal: OnFatal::default(),
            #[cfg(any(test, feature = "testing"))]
            sabotage: Sabotage::default(),
        }
    }
}

/// What is done when a commit fails for good, so that the store stops: an fsync failed (the disk may then hold less than
/// the process believes, and asking again would report success without writing, since the kernel forgets the error once
/// it was told), the engine gave up, or it could not be opened again on a full disk. Called once.
///
/// The default ends the process. A replacement must see to it that the store is opened anew: this handle answers every
/// later call with [`crate::KvError::Stopped`]. It is called in the middle of the commit and must not use the store.
#[derive(Clone)]
pub struct OnFatal(Arc<dyn Fn(&std::io::Error) + Send + Sync>);

impl OnFatal {
    /// Calls `act` instead of ending the process.
    pub fn new(act: impl Fn(&std::io::Error) + Send + Sync + 'static) -> Self {
        Self(Arc::new(act))
    }

    pub(super) fn act(&self, error: &std::io::Error) {
        tracing::error!(%error, "a commit failed for good; the store stops");
        (self.0)(error);
    }
}

impl Default for OnFatal {
    fn default() -> Self {
        Self::new(|_| std::process::abort())
    }
}

impl fmt::Debug for OnFatal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OnFatal(..)")
    }
}

/// Ways to break the store's promises on purpose, so that tests can show that they would notice.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Clone, Default)]
pub struct Sabotage {
    /// Trusts the engine's own flush and never calls fsync.
    pub skip_fsync: bool,
    /// The fsync of this commit, counted from the store's first, fails.
    pub fail_fsync_of_commit: Option<u64>,
    /// Stores values up to this many bytes in one piece, beyond what the engine keeps safely.
    pub piece_bytes_max: Option<usize>,
    /// Accepts frames without looking at their checksums.
    pub skip_checksum: bool,
    /// Accepts a store that lacks commits it once acknowledged.
    pub skip_mark: bool,
    /// Accepts a store in which values are missing or old.
    pub skip_tally: bool,
    /// The engine finds no room for this commit, counted from the store's first.
    pub no_room_for_commit: Option<u64>,
    /// After [`Sabotage::no_room_for_commit`] there is no room to open the engine again either.
    pub no_room_to_reopen: bool,
}
