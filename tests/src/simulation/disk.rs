//! A disk in memory that fails, for a phone's store and the server's.
//!
//! **Fault model.** Loses the write in flight when the power is cut, or keeps it: a batch is there wholly or not at
//! all, since that is what the engine above a real disk promises (its torn writes are the power-cut tests' business).
//! A commit can fail so that nobody knows whether it survives; the store then stops until it is opened anew, as the
//! engine does. Any call can fail once. The disk can be full, which changes nothing. It can be put back to an older
//! image. It never corrupts, reorders or forgets what a commit has returned for.

use std::collections::BTreeMap;
use std::io;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jisr_durable_kv::{Batch, Kv, KvError, Pair};

/// Everything that is durable on a disk.
pub type Image = BTreeMap<Vec<u8>, Vec<u8>>;

/// A fault that waits for its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    /// The n-th call from now fails; a commit is then not made.
    Call(u32),
    /// The n-th commit from now fails without anybody's knowing whether it is `kept`.
    Commit {
        /// Which.
        nth: u32,
        /// Whether it is found when the store is opened anew.
        kept: bool,
    },
    /// The power is cut during the n-th commit from now.
    Power {
        /// Which.
        nth: u32,
        /// Whether the write in flight survives.
        kept: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    Running,
    /// A commit failed: every call fails until the store is opened anew.
    Stopped,
    /// There is no power.
    Dead,
}

#[derive(Debug)]
struct State {
    durable: Image,
    bytes: usize,
    room: Option<usize>,
    /// Whether the simulator itself is looking: nothing fails then.
    watched: bool,
    condition: Condition,
    strike: Option<Strike>,
    /// A write whose outcome shows when the store is opened anew.
    in_flight: Option<Batch>,
}

/// A disk. See the file's head for what it does to those who trust it.
#[derive(Debug)]
pub struct SimDisk(Mutex<State>);

impl SimDisk {
    /// An empty disk with power.
    pub fn new() -> Self {
        Self::holding(Image::new())
    }

    /// A disk that holds an image.
    pub fn holding(image: Image) -> Self {
        let bytes = image.iter().map(|(key, value)| key.len() + value.len()).sum();
        Self(Mutex::new(State {
            durable: image,
            bytes,
            room: None,
            watched: false,
            condition: Condition::Running,
            strike: None,
            in_flight: None,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What would survive a power cut now.
    pub fn image(&self) -> Image {
        self.state().durable.clone()
    }

    /// Puts the disk back to an image, with the power off.
    pub fn put_back(&self, image: Image) {
        let room = self.state().room;
        *self.state() = State { room, condition: Condition::Dead, ..Self::holding(image).into_state() };
    }

    fn into_state(self) -> State {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Arms a fault, in place of the one before.
    pub fn arm(&self, strike: Option<Strike>) {
        self.state().strike = strike;
    }

    /// Lets the simulator look without a fault's striking meanwhile, until `false`.
    pub fn watch(&self, watched: bool) {
        self.state().watched = watched;
    }

    /// Leaves room for so many more bytes; `None` for as many as anybody wants.
    pub fn leave_room(&self, more: Option<usize>) {
        let mut state = self.state();
        state.room = more.map(|more| state.bytes + more);
    }

    /// Whether the power is off.
    pub fn is_dead(&self) -> bool {
        self.state().condition == Condition::Dead
    }

    /// Whether the store must be opened anew before anything works.
    pub fn has_stopped(&self) -> bool {
        self.state().condition != Condition::Running
    }

    /// Cuts the power between two writes.
    pub fn cut_power(&self) {
        self.state().condition = Condition::Dead;
    }

    /// Turns the power on, or opens a store that had stopped: what was in flight shows as kept or lost.
    pub fn turn_on(&self) {
        let mut state = self.state();
        state.condition = Condition::Running;
        if let Some(batch) = state.in_flight.take() {
            state.apply(&batch);
        }
    }
}

impl Default for SimDisk {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    fn apply(&mut self, batch: &Batch) {
        for (key, value) in batch.iter() {
            let old = match value {
                Some(value) => {
                    self.bytes += key.len() + value.len();
                    self.durable.insert(key.to_vec(), value.to_vec())
                }
                None => self.durable.remove(key),
            };
            self.bytes -= old.map_or(0, |old| key.len() + old.len());
        }
    }

    /// Counts a call down; whether it fails.
    fn call(&mut self) -> Result<(), KvError> {
        if self.condition != Condition::Running {
            return Err(KvError::Stopped);
        }
        if self.watched {
            return Ok(());
        }
        if let Some(Strike::Call(nth)) = &mut self.strike {
            if *nth == 0 {
                self.strike = None;
                return Err(failed());
            }
            *nth -= 1;
        }
        Ok(())
    }

    fn commit(&mut self, batch: Batch) -> Result<(), KvError> {
        self.call()?;
        let (nth, kept, after) = match &mut self.strike {
            Some(Strike::Commit { nth, kept }) => (nth, *kept, Condition::Stopped),
            Some(Strike::Power { nth, kept }) => (nth, *kept, Condition::Dead),
            _ => return self.make(&batch),
        };
        if *nth > 0 {
            *nth -= 1;
            return self.make(&batch);
        }
        self.strike = None;
        self.condition = after;
        self.in_flight = kept.then_some(batch);
        Err(failed())
    }

    fn make(&mut self, batch: &Batch) -> Result<(), KvError> {
        let wanted: usize = batch.iter().map(|(key, value)| key.len() + value.map_or(0, <[u8]>::len)).sum();
        if self.room.is_some_and(|room| self.bytes + wanted > room) {
            return Err(KvError::Full);
        }
        self.apply(batch);
        Ok(())
    }
}

fn failed() -> KvError {
    KvError::Io(io::Error::other("made to fail by the simulator"))
}

fn range<'k>(from: &'k [u8], to: &'k [u8]) -> (Bound<&'k [u8]>, Bound<&'k [u8]>) {
    (Bound::Included(from), Bound::Excluded(to.max(from)))
}

fn owned((key, value): (&Vec<u8>, &Vec<u8>)) -> Pair {
    (key.clone(), value.clone())
}

impl Kv for SimDisk {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        let mut state = self.state();
        state.call()?;
        Ok(state.durable.get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        let mut state = self.state();
        state.call()?;
        Ok(state.durable.range::<[u8], _>(range(from, to)).take(limit).map(owned).collect())
    }

    fn scan_back(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        let mut state = self.state();
        state.call()?;
        Ok(state.durable.range::<[u8], _>(range(from, to)).rev().take(limit).map(owned).collect())
    }

    fn commit(&self, batch: Batch) -> Result<(), KvError> {
        self.state().commit(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(key: &str) -> Batch {
        let mut batch = Batch::new();
        batch.put(key.as_bytes(), b"value".as_slice());
        batch
    }

    fn holds(disk: &SimDisk, key: &str) -> bool {
        disk.image().contains_key(key.as_bytes())
    }

    #[test]
    fn a_power_cut_loses_or_keeps_the_write_in_flight_and_nothing_else() {
        for kept in [true, false] {
            let disk = SimDisk::new();
            disk.commit(batch("before")).unwrap();
            disk.arm(Some(Strike::Power { nth: 0, kept }));

            assert!(disk.commit(batch("in flight")).is_err());
            assert!(disk.is_dead() && disk.get(b"before").is_err());
            disk.turn_on();

            assert!(holds(&disk, "before"));
            assert_eq!(holds(&disk, "in flight"), kept);
        }
    }

    #[test]
    fn a_full_disk_refuses_and_changes_nothing() {
        let disk = SimDisk::new();
        disk.leave_room(Some(3));

        assert!(matches!(disk.commit(batch("k")), Err(KvError::Full)));
        assert!(!holds(&disk, "k"));

        disk.leave_room(None);
        disk.commit(batch("k")).unwrap();
    }
}
