//! Five bugs planted on purpose, so that the simulator can be seen to find each of them.
//!
//! Compiled only with the feature `testing`, which no program that is shipped turns on; a test of the boundaries keeps
//! it so. Even then nothing is planted before a test says so, and only on the thread that says it.
//!
//! **Never here:** the bugs themselves. Each is one statement at the place where the mistake could be made.

use std::cell::Cell;

/// A mistake somebody could make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// The server answers a delivery as written although its commit failed.
    AcknowledgeWithoutCommit,
    /// The device takes a change out of its outbox when it is sent, not when it is acknowledged.
    DropWhenSent,
    /// The device stores a cursor before the records that belong to it.
    CursorBeforeRecords,
    /// The server leaves out what a device wrote in an earlier life of its data.
    ForgetEarlierLife,
    /// A device that turned out to be a copy goes on under its old actor.
    KeepActorOfCopy,
}

impl Bug {
    /// Every bug that can be planted.
    pub const ALL: [Self; 5] = [
        Self::AcknowledgeWithoutCommit,
        Self::DropWhenSent,
        Self::CursorBeforeRecords,
        Self::ForgetEarlierLife,
        Self::KeepActorOfCopy,
    ];
}

thread_local! {
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
}

/// Plants a bug on this thread, in place of the one before; `None` takes it away.
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

/// Whether this bug is planted on this thread.
pub fn is_planted(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}
