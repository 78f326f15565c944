//! The day as supervisors see it: figures, completeness, what to look at.
//!
//! It serialises to JSON under stable names and is enough for a page, a print and an export. It holds codes and
//! ids, never a label, a name or a note.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::figures::Figures;
use crate::id::{DeviceId, DocumentId, ProvinceId, StaffId, UnitId, serde_as_text};
use crate::time::{OperationalDay, UnixMillis};

/// A fingerprint of all that determined the figures and the verdict on each unit, and of both: equal stamps, equal
/// figures. How fresh the knowledge is, and what devices have waiting for later days, is not part of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(pub [u8; 32]);

/// A text that is no stamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a stamp: expected 64 hexadecimal digits")]
pub struct ParseStampError;

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stamp({self})")
    }
}

impl FromStr for Stamp {
    type Err = ParseStampError;

    fn from_str(text: &str) -> Result<Self, ParseStampError> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| ParseStampError)?;
        bytes.try_into().map(Self).map_err(|_| ParseStampError)
    }
}

serde_as_text!(Stamp);

/// One day of one territory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DailyActivity {
    /// The day.
    pub day: OperationalDay,
    /// The time of computing.
    pub as_of: UnixMillis,
    /// The version of the definitions ([`super::DEFINITION_VERSION`]).
    pub definition_version: u32,
    /// The version of the time-zone data.
    pub tzdb_version: String,
    /// Equal stamps, equal figures.
    pub stamp: Stamp,
    /// Who is in, who is missing, what waits.
    pub completeness: Completeness,
    /// The territory as a whole. Its distinct persons are not the sum of its units'.
    pub total: Figures,
    /// By province, in the order of their ids.
    pub by_province: Vec<ProvinceActivity>,
    /// By unit, in the order of their ids. Every unit of the territory is there.
    pub by_unit: Vec<UnitActivity>,
    /// By hour, in the order of the operational day.
    pub by_hour: HourlyActivity,
    /// By commune; the one without a code holds encounters whose commune is not known.
    pub by_commune: Vec<CommuneActivity>,
    /// By place; the one without an id holds encounters at no known place.
    pub by_place: Vec<PlaceActivity>,
    /// Encounters that may be one contact, counted twice until decided.
    pub possible_duplicates: Vec<PossibleDuplicate>,
    /// What somebody should look at.
    pub review: Vec<ReviewItem>,
}

/// One province's day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProvinceActivity {
    /// The province.
    pub province: ProvinceId,
    /// How many of its units a tour was expected of.
    pub expected: u64,
    /// How many of these are in.
    pub reported: u64,
    /// Its figures.
    pub figures: Figures,
}

/// One unit's day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitActivity {
    /// The unit.
    pub unit: UnitId,
    /// Its province.
    pub province: ProvinceId,
    /// Whether it is in.
    pub status: UnitStatus,
    /// Its figures; `None` when it had no tour planned and nothing is known of it, which is not zero.
    pub figures: Option<Figures>,
    /// How fresh what is known of it is.
    pub freshness: Freshness,
}

/// How fresh what is known of a unit is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Freshness {
    /// The last contact of any of its devices; `None`: never.
    pub last_contact: Option<UnixMillis>,
    /// How many records its devices declared to be waiting; `None` when none has said.
    pub waiting: Option<u64>,
    /// Devices that have not said how much waits on them.
    pub devices_not_saying: u64,
    /// Whether the time of computing lies within one of its tours of the day, from the start to the end, planned or
    /// made. Outside them nobody expects its devices to be in contact.
    pub on_duty: bool,
}

/// Whether a unit has reported its day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum UnitStatus {
    /// Its tours are over, its devices have brought everything, and all of that is counted.
    In,
    /// Something is still to come, or may be.
    Missing {
        /// What, at least one.
        reasons: Vec<MissingReason>,
    },
    /// No tour was planned, none was opened, and nothing that might be one is uncounted. Not zero, and not missing.
    NoTourPlanned,
}

/// Why a unit is not in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum MissingReason {
    /// A planned tour whose start is still ahead.
    NotYetDue {
        /// When it is to start.
        planned_start: UnixMillis,
    },
    /// A planned tour that should have started; no record of it is here.
    NotOpened {
        /// When it was to start.
        planned_start: UnixMillis,
    },
    /// A tour that has not ended.
    ShiftOpen {
        /// The tour.
        shift: DocumentId,
        /// When it started, if it has.
        since: Option<UnixMillis>,
    },
    /// A device that was active in the two weeks before, and not in contact since the tour's end.
    NoContact {
        /// The device.
        device: DeviceId,
        /// Its last contact; `None`: never.
        since: Option<UnixMillis>,
    },
    /// Records that wait on a device.
    Waiting {
        /// The device.
        device: DeviceId,
        /// How many it declared.
        records: u64,
    },
    /// A device that has not said how much waits on it.
    WaitingUnknown {
        /// The device.
        device: DeviceId,
    },
    /// A tour was made, and no device that could have brought all of it is known.
    NoDeviceKnown,
    /// Records that came, were set aside, and wait for somebody to settle them.
    SetAside {
        /// How many.
        records: u64,
    },
    /// Records that are here and cannot be read.
    Unreadable {
        /// How many.
        records: u64,
    },
}

/// How complete the day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompletenessState {
    /// Every expected unit is in.
    Complete,
    /// At least one expected unit is missing.
    Incomplete,
    /// No unit had a tour planned or opened one.
    NothingExpected,
}

/// How complete the day is, and what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// In one word.
    pub state: CompletenessState,
    /// Units with a tour planned, and units that opened one.
    pub expected: u64,
    /// How many of these are in.
    pub reported: u64,
    /// Those that are not.
    pub missing: Vec<UnitId>,
    /// Units with no tour planned and none opened.
    pub no_tour_planned: Vec<UnitId>,
    /// Whether the day is still to begin: then nothing that waits on a device can be of it.
    pub ahead: bool,
    /// How many records the devices declared to be waiting on them, for whatever day; `None` when none has said.
    pub waiting: Option<u64>,
    /// Active devices that have not said how much waits on them: the true number may be higher.
    pub devices_not_saying: u64,
    /// Devices without a sign of life in the two weeks before the day or since: nothing is expected of them.
    pub silent_devices: Vec<SilentDevice>,
    /// Devices whose clock was more than five minutes off at their last contact.
    pub clock_suspects: Vec<ClockSuspect>,
}

/// A device without a sign of life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilentDevice {
    /// The device.
    pub device: DeviceId,
    /// Its unit.
    pub unit: UnitId,
    /// Its last contact; `None`: never.
    pub last_contact: Option<UnixMillis>,
}

/// A device with a wrong clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockSuspect {
    /// The device.
    pub device: DeviceId,
    /// Its unit.
    pub unit: UnitId,
    /// By how many milliseconds it was ahead; negative when behind.
    pub ahead_ms: i64,
}

/// Indicators 5 and 9 of one part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Slice {
    /// Encounters, as in indicator 5.
    pub encounters: u64,
    /// Distinct known persons in them. A person met in two slices is in both.
    pub known_persons: u64,
}

/// The day by hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourlyActivity {
    /// Twenty-four buckets, from [`super::FIRST_HOUR`] to the hour before it on the next date.
    pub hours: Vec<HourActivity>,
    /// What cannot be placed: no time, or a clock that is not trusted.
    pub unplaced: Slice,
}

/// One local hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourActivity {
    /// The local hour, 0 to 23, by the offset the device stored.
    pub hour: u8,
    /// Whether clocks went back in this night, so that the hour passed twice and stands here once.
    pub repeated: bool,
    /// Whether clocks went forward over this hour, so that it never was.
    pub skipped: bool,
    /// What happened in it.
    #[serde(flatten)]
    pub slice: Slice,
}

/// One commune.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommuneActivity {
    /// Its code; `None`: not known.
    pub commune: Option<String>,
    /// What happened in it.
    #[serde(flatten)]
    pub slice: Slice,
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceActivity {
    /// The place; `None`: none known.
    pub place: Option<DocumentId>,
    /// What happened at it.
    #[serde(flatten)]
    pub slice: Slice,
}

/// Two encounters of one tour that may be one contact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PossibleDuplicate {
    /// The unit.
    pub unit: UnitId,
    /// The tour.
    pub shift: DocumentId,
    /// The two, in the order of their ids.
    pub encounters: (DocumentId, DocumentId),
    /// What speaks for it.
    pub likeness: Likeness,
}

/// What two encounters within fifteen minutes have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// A known person.
    SamePerson,
    /// The place, and nobody known.
    SamePlace,
}

/// Something somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "item", rename_all = "snake_case")]
pub enum ReviewItem {
    /// A tour of more than eighteen hours.
    ShiftTooLong {
        /// The tour.
        shift: DocumentId,
    },
    /// A tour that was not closed by noon of the next day.
    ShiftNotClosed {
        /// The tour.
        shift: DocumentId,
    },
    /// A tour that ends before it starts.
    ShiftEndsBeforeStart {
        /// The tour.
        shift: DocumentId,
    },
    /// Odometer readings that go backwards or lie more than 600 km apart.
    KilometresImplausible {
        /// The tour.
        shift: DocumentId,
    },
    /// A member of staff on two vehicles at once.
    StaffOnTwoVehicles {
        /// Who.
        staff: StaffId,
        /// The two tours, in the order of their ids.
        shifts: (DocumentId, DocumentId),
    },
    /// A minor with two different statements about who is with the child.
    AccompanimentContradictory {
        /// The child.
        person: DocumentId,
    },
    /// A referral with two final results.
    ReferralContradictory {
        /// The referral.
        referral: DocumentId,
    },
    /// A follow-up that is both done and given up.
    FollowUpContradictory {
        /// The follow-up.
        follow_up: DocumentId,
    },
}
