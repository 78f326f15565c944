//! What happened in a run: a hash of all of it, and its last events in words.
//!
//! The words hold ids, numbers and codes only, never what a record says.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many events are kept to be told.
const KEPT: usize = 60;

/// The events of a run.
#[derive(Debug, Default)]
pub struct Trace {
    hash: DefaultHasher,
    events: u64,
    last: VecDeque<(i64, String)>,
    /// Whether each event is printed as it happens.
    pub loud: bool,
}

impl Trace {
    /// Notes an event.
    pub fn note(&mut self, at: i64, what: String) {
        at.hash(&mut self.hash);
        what.hash(&mut self.hash);
        self.events += 1;
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        if self.loud {
            eprintln!("{at} {what}");
        }
        self.last.push_back((at, what));
    }

    /// Takes bytes into the hash without telling them.
    pub fn mix(&mut self, bytes: &[u8]) {
        bytes.hash(&mut self.hash);
    }

    /// One number that tells two runs apart.
    pub fn sum(&self) -> u64 {
        self.hash.finish()
    }

    /// How many events there were.
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// The last events, one a line.
    pub fn tail(&self) -> String {
        self.last.iter().map(|(at, what)| format!("{at} {what}")).collect::<Vec<_>>().join("\n")
    }
}
