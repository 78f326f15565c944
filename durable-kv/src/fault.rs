//! A store whose n-th call fails.
//!
//! **Fault model.** It injects: a call that does nothing and fails; a commit refused for want of room; a commit that is
//! made though its answer is an error; a store that fails for good from some call on. It never makes half a batch, never
//! returns a wrong value, never blocks and never loses what was committed. So whoever is built on a store must come
//! through every single failed call without acknowledging what is not committed, and without losing what is.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::{Batch, Kv, KvError, Pair};

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The call does nothing; the answer is [`KvError::Io`].
    Refuse,
    /// A commit does nothing and answers [`KvError::Full`]. A read fails as with [`Fault::Refuse`].
    Full,
    /// A commit is made and answers [`KvError::Io`] all the same. A read fails as with [`Fault::Refuse`].
    LoseAnswer,
    /// This call and all later ones do nothing. This one answers [`KvError::Io`], the later ones [`KvError::Stopped`].
    Stop,
}

impl Fault {
    /// Every fault there is, for loops over them.
    pub const ALL: [Self; 4] = [Self::Refuse, Self::Full, Self::LoseAnswer, Self::Stop];
}

/// A store around `K` that counts calls and fails one of them.
#[derive(Debug)]
pub struct FaultyKv<K> {
    inner: K,
    calls: AtomicU64,
    fail_at: u64,
    fault: Fault,
    stopped: AtomicBool,
}

impl<K: Kv> FaultyKv<K> {
    /// Fails call number `fail_at`, counted from 1, in the way of `fault`. 0 fails none.
    pub fn new(inner: K, fail_at: u64, fault: Fault) -> Self {
        Self { inner, calls: AtomicU64::new(0), fail_at, fault, stopped: AtomicBool::new(false) }
    }

    /// Calls made so far, failed ones included.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// The store inside, which fails nothing.
    pub fn inner(&self) -> &K {
        &self.inner
    }

    /// The fault of this call, if it is to have one.
    fn strike(&self) -> Option<Fault> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let struck = call == self.fail_at || (self.fault == Fault::Stop && self.fail_at != 0 && call > self.fail_at);
        struck.then_some(self.fault)
    }

    fn injected(&self) -> KvError {
        if self.fault == Fault::Stop && self.stopped.swap(true, Ordering::SeqCst) {
            return KvError::Stopped;
        }
        KvError::Io(io::Error::other("made to fail by a test"))
    }

    fn read<T>(&self, read: impl FnOnce(&K) -> Result<T, KvError>) -> Result<T, KvError> {
        match self.strike() {
            None => read(&self.inner),
            Some(_) => Err(self.injected()),
        }
    }
}

impl<K: Kv> Kv for FaultyKv<K> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.read(|inner| inner.get(key))
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        self.read(|inner| inner.scan(from, to, limit))
    }

    fn scan_back(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        self.read(|inner| inner.scan_back(from, to, limit))
    }

    fn has_room(&self) -> Result<bool, KvError> {
        self.inner.has_room()
    }

    fn commit(&self, batch: Batch) -> Result<(), KvError> {
        match self.strike() {
            None => self.inner.commit(batch),
            Some(Fault::Full) => Err(KvError::Full),
            Some(Fault::LoseAnswer) => self.inner.commit(batch).and(Err(self.injected())),
            Some(Fault::Refuse | Fault::Stop) => Err(self.injected()),
        }
    }
}
