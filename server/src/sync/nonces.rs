//! Which Hellos were seen, so that one that was overheard cannot be shown again.

use std::collections::{HashSet, VecDeque};

use jisr_sync_core::id::DeviceId;
use jisr_sync_core::sync::limits::NONCE_KEPT_MS;
use jisr_sync_core::sync::{Hello, Nonce};
use jisr_sync_core::time::UnixMillis;

/// The most Hellos that are remembered: eighty a second for as long as each is kept. Beyond it devices must wait.
pub(super) const NONCES_MAX: usize = 100_000;

/// What a Hello's nonce says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// It is new, and remembered now.
    New,
    /// It was seen, or was made before this server can tell.
    Before,
    /// There is no room to remember it.
    Full,
}

/// The Hellos of the last while, in memory.
///
/// A restart forgets them. So Hellos made before it are refused; their devices try again with a new one.
#[derive(Debug)]
pub(super) struct Nonces {
    since: UnixMillis,
    seen: HashSet<(DeviceId, Nonce)>,
    by_time: VecDeque<(UnixMillis, DeviceId, Nonce)>,
}

impl Nonces {
    pub(super) fn new(since: UnixMillis) -> Self {
        Self { since, seen: HashSet::new(), by_time: VecDeque::new() }
    }

    /// Looks at an authentic Hello, and remembers it.
    pub(super) fn see(&mut self, hello: &Hello, now: UnixMillis) -> Seen {
        while let Some((at, device, nonce)) = self.by_time.front().copied() {
            if now.0.saturating_sub(at.0) <= NONCE_KEPT_MS {
                break;
            }
            self.by_time.pop_front();
            self.seen.remove(&(device, nonce));
        }
        if hello.corrected_time() < self.since || self.seen.contains(&(hello.device, hello.nonce)) {
            return Seen::Before;
        }
        if self.seen.len() >= NONCES_MAX {
            return Seen::Full;
        }
        self.seen.insert((hello.device, hello.nonce));
        self.by_time.push_back((now, hello.device, hello.nonce));
        Seen::New
    }
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::sync::{Incarnation, PROTOCOL_VERSION};

    use super::*;

    fn hello(nonce: u64, clock: i64) -> Hello {
        Hello {
            protocol: PROTOCOL_VERSION,
            device: DeviceId::from_bytes([1; 16]),
            incarnation: Incarnation::from_bytes([2; 8]),
            boot: 1,
            nonce: Nonce::from_bytes(nonce.to_be_bytes()),
            clock,
            server_clock_offset_ms: 0,
            waiting: 0,
            frame_bytes_aim: 0,
            app_version: String::new(),
            scopes: Vec::new(),
            wants_credentials: None,
        }
    }

    #[test]
    fn a_hello_counts_once_for_as_long_as_it_could_be_fresh() {
        let mut nonces = Nonces::new(UnixMillis(1_000));

        assert_eq!(nonces.see(&hello(1, 2_000), UnixMillis(2_000)), Seen::New);
        assert_eq!(nonces.see(&hello(1, 2_000), UnixMillis(2_000 + NONCE_KEPT_MS)), Seen::Before);
        assert_eq!(nonces.see(&hello(2, 2_000), UnixMillis(2_000)), Seen::New);
    }

    #[test]
    fn a_hello_from_before_the_start_is_refused_since_it_may_have_been_seen() {
        let mut nonces = Nonces::new(UnixMillis(1_000));

        assert_eq!(nonces.see(&hello(1, 999), UnixMillis(1_500)), Seen::Before);
    }

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten_in_time() {
        let mut nonces = Nonces::new(UnixMillis(0));
        for n in 0..NONCES_MAX as u64 {
            assert_eq!(nonces.see(&hello(n, 0), UnixMillis(0)), Seen::New);
        }

        assert_eq!(nonces.see(&hello(u64::MAX, 0), UnixMillis(0)), Seen::Full);
        assert_eq!(nonces.see(&hello(u64::MAX, 0), UnixMillis(NONCE_KEPT_MS + 1)), Seen::New);
        assert_eq!(nonces.seen.len(), 1);
    }
}
