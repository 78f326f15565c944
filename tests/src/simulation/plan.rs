//! What a run is to be like: how large its world is, and which faults happen in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The server is not reached.
    Unreachable,
    /// A request is cut at some byte; the server keeps what came.
    CutRequest,
    /// An answer is cut at some byte.
    CutAnswer,
    /// A link so slow that the device gives up, or the server does.
    Crawl,
    /// A whole request arrives once more, some time later.
    Replay,
    /// A phone loses power between two steps.
    PhonePower,
    /// A phone loses power during a write.
    PhonePowerInWrite,
    /// A write of a phone fails, and nobody knows whether it survives.
    PhoneWriteFails,
    /// One call of a phone's store fails.
    PhoneCallFails,
    /// A phone's disk is full for a while.
    PhoneFull,
    /// A phone's clock is set wrong, by minutes to years.
    ClockJump,
    /// The server loses power between two steps.
    ServerPower,
    /// The server loses power during a commit.
    ServerPowerInWrite,
    /// A commit of the server fails, and nobody knows whether it survives.
    ServerWriteFails,
    /// One call of the server's store fails.
    ServerCallFails,
    /// The server's disk is full for a while.
    ServerFull,
    /// A phone is put back to an image of its store from before it was last opened.
    OldImage,
    /// A phone is put back to an image that is no older than its last opening.
    RecentImage,
    /// A device is revoked, and enrolled again to the same unit some time later.
    Revoked,
    /// A device is revoked and enrolled to another unit: it loses a scope and gains another.
    Moved,
    /// A phone's store is copied onto a second phone, and both go on.
    Cloned,
    /// The server is put back to an older copy of its store.
    ServerRestored,
    /// The server is built anew from a backup file.
    ServerFromBackup,
    /// A record is moved to another unit, or to another province.
    RecordMoved,
    /// A device is moved to another unit while it is enrolled, whatever waits on it.
    Rescoped,
    /// A meeting of two phones is cut between any two of its messages, or within one.
    CutMeeting,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Self; 26] = [
        Self::Unreachable,
        Self::CutRequest,
        Self::CutAnswer,
        Self::Crawl,
        Self::Replay,
        Self::PhonePower,
        Self::PhonePowerInWrite,
        Self::PhoneWriteFails,
        Self::PhoneCallFails,
        Self::PhoneFull,
        Self::ClockJump,
        Self::ServerPower,
        Self::ServerPowerInWrite,
        Self::ServerWriteFails,
        Self::ServerCallFails,
        Self::ServerFull,
        Self::OldImage,
        Self::RecentImage,
        Self::Revoked,
        Self::Moved,
        Self::Cloned,
        Self::ServerRestored,
        Self::ServerFromBackup,
        Self::RecordMoved,
        Self::Rescoped,
        Self::CutMeeting,
    ];

    /// What happens to what is said, each time with the plan's probability; the others happen so many times a day.
    pub const LINKS: [Self; 6] =
        [Self::Unreachable, Self::CutRequest, Self::CutAnswer, Self::Crawl, Self::Replay, Self::CutMeeting];
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// What a run is like.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many phones there are, from 2 on.
    pub phones: usize,
    /// How many units there are.
    pub units: usize,
    /// How many days are played.
    pub days: u32,
    /// How many things a crew does in a day, on average.
    pub deeds_a_day: u32,
    /// How many faults happen in a day, besides those of links.
    pub faults_a_day: u32,
    /// Of 100 exchanges, how many meet a fault of the link.
    pub bad_links: u32,
    /// How many times a day two phones meet, in all.
    pub meetings_a_day: u32,
    /// How many carry files are made a day, in all.
    pub files_a_day: u32,
    /// How many backups are made a day.
    pub backups_a_day: u32,
    /// How many images of a disk are kept to put it back to.
    pub images_max: usize,
    /// The kinds of faults that happen.
    pub faults: BTreeSet<Fault>,
}

impl Plan {
    /// A small world with every fault.
    pub fn small() -> Self {
        Self {
            phones: 4,
            units: 3,
            days: 2,
            deeds_a_day: 7,
            faults_a_day: 10,
            bad_links: 35,
            meetings_a_day: 6,
            files_a_day: 2,
            backups_a_day: 3,
            images_max: 6,
            faults: Fault::ALL.into(),
        }
    }

    /// A service of this many phones, two to a unit, with every fault as often for each phone as is bearable for weeks.
    pub fn fleet(phones: usize, days: u32) -> Self {
        let each = u32::try_from(phones).unwrap_or(u32::MAX);
        Self {
            phones,
            units: phones.div_ceil(2),
            days,
            faults_a_day: (each / 8).max(4),
            bad_links: 20,
            meetings_a_day: (each / 4).max(2),
            files_a_day: (each / 20).max(1),
            backups_a_day: 1,
            images_max: 2,
            ..Self::small()
        }
    }

    /// The same world with these faults only.
    #[must_use]
    pub fn only(self, faults: &[Fault]) -> Self {
        Self { faults: faults.iter().copied().collect(), ..self }
    }
}

/// How often what happened.
pub type Counts = BTreeMap<String, u64>;
