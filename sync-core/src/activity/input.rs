//! What the day's figures are made of.
//!
//! Whoever calls gathers it: the server from its rows, a device from its own records. Rows of other days and of
//! units outside [`DayInput::units`] do no harm; the fold leaves them out, so that a caller may hand over more than
//! is needed. It must not hand over less: each field says what is needed.

use std::collections::{BTreeMap, BTreeSet};

use crate::codes::{CancelReason, Public, Sex};
use crate::id::{DeviceId, DocumentId, ProvinceId, UnitId};
use crate::record::{AgeRange, Encounter, FollowUp, Referral, Shift};
use crate::time::{OperationalDay, ServiceZone, UnixMillis};

/// One record as it stands, with what is known about it outside the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<R> {
    /// Which record it is.
    pub id: DocumentId,
    /// The unit whose scope it is in. The figures count it there, whatever the record itself says.
    pub unit: UnitId,
    /// The hash of its document's heads: two rows with the same one hold the same record.
    pub heads_hash: [u8; 32],
    /// The record.
    pub record: R,
    /// Whether concurrent values of one of its fields still wait for somebody to settle them.
    pub conflicted: bool,
    /// Whether the clock of the device that made it was more than five minutes off.
    pub clock_suspect: bool,
    /// When the server first received it, by the server's clock. `None` on a device, which has no such knowledge.
    pub received_at: Option<UnixMillis>,
}

/// A unit of the territory that the figures are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitFacts {
    /// The unit.
    pub unit: UnitId,
    /// The province it belongs to.
    pub province: ProvinceId,
    /// Whether it goes out by night: its encounters outside any tour then count from noon to noon.
    pub night: bool,
}

/// A tour that the plan foresees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedShift {
    /// The unit that is to make it.
    pub unit: UnitId,
    /// When it is to start. Its local date is the day it counts for.
    pub starts: UnixMillis,
    /// When it is to end.
    pub ends: UnixMillis,
    /// The shift that carries it out, when that is known; it is matched to no other. Otherwise the unit's shifts of the
    /// day are matched to its plans in the order of their starts, a made one never to a plan that was given up.
    pub shift: Option<DocumentId>,
    /// Why it will not be made, if the plan says so.
    pub cancelled: Option<CancelReason>,
}

/// What is known about a person beyond the day's encounters.
///
/// When two records were decided to be the same person, the facts stand under the one that the others point to with
/// [`PersonFacts::same_as`], and speak for all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonFacts {
    /// The person this one was decided to be the same as; `None` when it stands for itself. Never a chain.
    pub same_as: Option<DocumentId>,
    /// The day of the earliest encounter that is not voided, of any unit the server has. `None`: not known.
    pub first_met: Option<OperationalDay>,
    /// The last day before the figures' day on which an encounter that is not voided took place. `None`: there was
    /// none, or none is known; [`PersonFacts::first_met`] tells which.
    pub last_met_before: Option<OperationalDay>,
    /// Sex, by the person's record.
    pub sex: Option<Sex>,
    /// Age on [`PersonFacts::age_as_of`], by the person's record.
    pub age: Option<AgeRange>,
    /// The day that age was stated for. `None`: it is taken as it stands.
    pub age_as_of: Option<OperationalDay>,
    /// The publics the person belongs to, by the person's record.
    pub publics: BTreeSet<Public>,
    /// The day on which the work with the person ended by a return to the family.
    pub exit_to_family_on: Option<OperationalDay>,
    /// The last day before the figures' day on which a return to the family was counted.
    pub returned_before: Option<OperationalDay>,
    /// The last day on which a follow-up about the person was done. A return to the family is confirmed by a later
    /// one.
    pub followed_up_on: Option<OperationalDay>,
    /// The unit that holds the case; an exit counts there.
    pub case_owner: Option<UnitId>,
}

/// What is known about a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlaceFacts {
    /// The commune it lies in (HCP code).
    pub commune: Option<String>,
    /// The place this one turned out to be; `None` when it stands for itself. Never a chain.
    pub same_as: Option<DocumentId>,
}

/// What the server knows about one device of a unit.
///
/// A device is left out only after it was retired with nothing waiting, or was declared lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceMark {
    /// The device.
    pub device: DeviceId,
    /// The unit it is enrolled to.
    pub unit: UnitId,
    /// When it was enrolled. One enrolled after a tour's end holds nothing of that tour, unless it opened it.
    pub enrolled_at: Option<UnixMillis>,
    /// The last time it spoke with the server itself. `None`: never.
    pub last_contact: Option<UnixMillis>,
    /// The last sign of life: a contact, or something it wrote that another device brought. `None`: none known.
    pub last_active: Option<UnixMillis>,
    /// How many records it declared at its last contact to be still waiting on it. `None`: it has not said, which
    /// is not the same as none.
    pub waiting: Option<u64>,
    /// By how many milliseconds its clock was ahead at its last contact; negative when behind. `None`: not measured.
    pub clock_ahead_ms: Option<i64>,
}

/// Records of one unit that may be of the day and are in none of its lists, so that no figure holds them.
///
/// One of them may be the tour itself, so a unit that has any is never taken to be in or to have had no tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uncounted {
    /// Records with a change that was set aside and still waits for somebody to settle it.
    pub set_aside: u64,
    /// Records that are here and cannot be read: damaged, or of a form this version does not know.
    pub unreadable: u64,
}

/// All that determines one day's figures for one territory.
#[derive(Debug, Clone)]
pub struct DayInput {
    /// The day.
    pub day: OperationalDay,
    /// The time of computing.
    pub as_of: UnixMillis,
    /// The zone whose dates count.
    pub zone: ServiceZone,
    /// When the day was closed, if it was. What the server receives later is late.
    pub closed_at: Option<UnixMillis>,
    /// The units of the territory, each once.
    pub units: Vec<UnitFacts>,
    /// The plan of the day.
    pub plan: Vec<PlannedShift>,
    /// The shifts of the day, and every shift that one of [`DayInput::encounters`] was made on.
    pub shifts: Vec<Row<Shift>>,
    /// The encounters of the day, voided ones too, and every encounter that one of [`DayInput::referrals`] or
    /// [`DayInput::follow_ups`] came from or was done by.
    pub encounters: Vec<Row<Encounter>>,
    /// Referrals that came from an encounter of the day, or with an event between the day's first instant and noon
    /// of the day after.
    pub referrals: Vec<Row<Referral>>,
    /// Follow-ups whose due day or window includes the day.
    pub follow_ups: Vec<Row<FollowUp>>,
    /// Every person named in the day's encounters and referrals, and every person whose
    /// [`PersonFacts::exit_to_family_on`] is the day. A person without facts is counted, and said to be unknown.
    pub persons: BTreeMap<DocumentId, PersonFacts>,
    /// Every place named in the day's encounters.
    pub places: BTreeMap<DocumentId, PlaceFacts>,
    /// Every device of the units.
    pub devices: Vec<DeviceMark>,
    /// Records of the units that may be of the day and could not be handed over. A unit that is not here has none.
    pub uncounted: BTreeMap<UnitId, Uncounted>,
    /// Pairs of encounters that somebody decided not to be duplicates of one another, in either order.
    pub not_duplicates: BTreeSet<(DocumentId, DocumentId)>,
}

impl DayInput {
    /// An input without units or records, to be filled.
    pub fn empty(day: OperationalDay, as_of: UnixMillis, zone: ServiceZone) -> Self {
        Self {
            day,
            as_of,
            zone,
            closed_at: None,
            units: Vec::new(),
            plan: Vec::new(),
            shifts: Vec::new(),
            encounters: Vec::new(),
            referrals: Vec::new(),
            follow_ups: Vec::new(),
            persons: BTreeMap::new(),
            places: BTreeMap::new(),
            devices: Vec::new(),
            uncounted: BTreeMap::new(),
            not_duplicates: BTreeSet::new(),
        }
    }
}
