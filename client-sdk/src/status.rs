//! What a person is told about syncing: one value for the device, one word for each record.
//!
//! *All sent* is said only when the durable acknowledgement of every change is stored here; a time shown is that of
//! the last success, never of an attempt.
//!
//! **Never here:** a sentence. The words live in the locale files.

use jisr_sync_core::time::UnixMillis;

use crate::store::LastError;

/// How syncing stands, as a value that can be read at any time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncStatus {
    /// What is going on.
    pub phase: Phase,
    /// How many records have a change that the server has not durably acknowledged.
    pub waiting: usize,
    /// Since when the oldest of those changes waits; `None` when none does.
    pub waiting_since: Option<UnixMillis>,
    /// How many records have a change that was set aside, here or by the server, and about which nobody has decided.
    pub set_aside: usize,
    /// How many of the waiting records are also with another device of the service, all that waits of them. They still
    /// wait: only the server's own acknowledgement ends that.
    pub handed_over: usize,
    /// With how many other devices something of what waits is.
    pub handed_to: usize,
    /// How many records of other devices are carried here and not known to be with the server.
    pub carried: usize,
    /// How many sealed files are taken along for other devices, until the server has them.
    pub carried_files: usize,
    /// Whether little room is left for what others hand over: it should meet the server soon.
    pub carried_nearly_full: bool,
    /// When an exchange last ended well. Kept over restarts; `None` only before the first.
    pub last_success: Option<UnixMillis>,
    /// When the next try is due; `None` when none is planned.
    pub next_attempt: Option<UnixMillis>,
    /// Why the last try failed; `None` when it did not.
    pub last_error: Option<LastError>,
}

#[cfg(feature = "client")]
impl SyncStatus {
    /// The status of a client that was closed.
    pub(crate) const fn closed() -> Self {
        Self {
            phase: Phase::Closed,
            waiting: 0,
            waiting_since: None,
            set_aside: 0,
            handed_over: 0,
            handed_to: 0,
            carried: 0,
            carried_files: 0,
            carried_nearly_full: false,
            last_success: None,
            next_attempt: None,
            last_error: None,
        }
    }
}

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Phase {
    /// The device belongs to no service yet.
    #[default]
    NotEnrolled,
    /// Nothing is under way.
    Idle,
    /// The last try did not reach the server.
    Offline,
    /// The server is being called.
    Connecting,
    /// Changes are on their way.
    Transferring {
        /// How many records of `total` the server has acknowledged in this exchange.
        sent: usize,
        /// How many records waited when it began.
        total: usize,
    },
    /// Somebody has paused sending.
    Paused,
    /// The server has said that this device is enrolled no more. What is unsent stays readable.
    Revoked,
    /// The client was closed: nothing is known any more.
    Closed,
}

/// Where one record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordSync {
    /// Begun and not finished. On this device only, and not sent.
    Draft,
    /// Durable on this device; the server has not acknowledged all of it.
    OnThisDevice,
    /// Part of the exchange under way.
    Sending,
    /// Written by another device, handed over to this one, and not known to be with the server.
    Carried,
    /// The server has said that all of it would survive a power cut there.
    OnServer,
    /// A change of it was not taken in. Nothing of it is lost; the reason is a stable code.
    SetAside(String),
}

/// What the status strip shows: the only states there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StripState {
    /// The device belongs to no service yet.
    NotEnrolled,
    /// The durable acknowledgement of every change is stored here.
    AllSent,
    /// So many records wait.
    Waiting(usize),
    /// An exchange is under way: so many of so many records sent.
    Sending(usize, usize),
    /// The last try did not reach the server; so many records wait.
    NoConnection(usize),
    /// Somebody has paused sending; so many records wait.
    Paused(usize),
    /// So many records have a change that was set aside.
    Attention(usize),
    /// The server has said that this device is enrolled no more; so many records wait.
    Revoked(usize),
}

/// What the strip shows for a status.
pub const fn strip(status: &SyncStatus) -> StripState {
    match status.phase {
        Phase::NotEnrolled | Phase::Closed => StripState::NotEnrolled,
        Phase::Revoked => StripState::Revoked(status.waiting),
        Phase::Transferring { sent, total } => StripState::Sending(sent, total),
        Phase::Connecting => StripState::Sending(0, status.waiting),
        _ if status.set_aside > 0 => StripState::Attention(status.set_aside),
        Phase::Paused => StripState::Paused(status.waiting),
        // Never having reached the server is not the same as having sent everything.
        Phase::Offline if status.waiting > 0 || status.last_success.is_none() => {
            StripState::NoConnection(status.waiting)
        }
        _ if status.waiting > 0 || status.last_success.is_none() => StripState::Waiting(status.waiting),
        _ => StripState::AllSent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(phase: Phase, waiting: usize, set_aside: usize, success: bool) -> SyncStatus {
        SyncStatus {
            phase,
            waiting,
            waiting_since: (waiting > 0).then_some(UnixMillis(1)),
            set_aside,
            handed_over: 0,
            handed_to: 0,
            carried: 0,
            carried_files: 0,
            carried_nearly_full: false,
            last_success: success.then_some(UnixMillis(1)),
            next_attempt: None,
            last_error: None,
        }
    }

    #[test]
    fn the_strip_shows_one_state_for_every_status() {
        let transferring = Phase::Transferring { sent: 1, total: 3 };
        let table = [
            (status(Phase::NotEnrolled, 0, 0, false), StripState::NotEnrolled),
            (status(Phase::Idle, 0, 0, true), StripState::AllSent),
            (status(Phase::Idle, 0, 0, false), StripState::Waiting(0)),
            (status(Phase::Idle, 3, 0, true), StripState::Waiting(3)),
            (status(Phase::Idle, 3, 1, true), StripState::Attention(1)),
            (status(Phase::Idle, 0, 1, true), StripState::Attention(1)),
            (status(Phase::Connecting, 3, 0, true), StripState::Sending(0, 3)),
            (status(transferring, 2, 1, true), StripState::Sending(1, 3)),
            (status(Phase::Offline, 3, 0, true), StripState::NoConnection(3)),
            (status(Phase::Offline, 0, 0, true), StripState::AllSent),
            (status(Phase::Offline, 0, 0, false), StripState::NoConnection(0)),
            (status(Phase::Offline, 3, 2, true), StripState::Attention(2)),
            (status(Phase::Paused, 3, 0, true), StripState::Paused(3)),
            (status(Phase::Paused, 0, 2, true), StripState::Attention(2)),
            (status(Phase::Revoked, 3, 2, true), StripState::Revoked(3)),
        ];

        for (status, expected) in table {
            assert_eq!(strip(&status), expected, "{status:?}");
        }
    }

    #[test]
    fn all_sent_is_never_shown_while_anything_waits() {
        for phase in [Phase::NotEnrolled, Phase::Idle, Phase::Offline, Phase::Connecting, Phase::Paused, Phase::Revoked]
        {
            for set_aside in 0..2 {
                assert_ne!(strip(&status(phase, 1, set_aside, true)), StripState::AllSent, "{phase:?}");
            }
        }
    }
}
