//! A shift: one tour of one unit. The night belongs to it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Remark, entry, record};
use crate::codes::{CancelReason, CrewRole, Partner, ServiceType, ShiftType, Weather};
use crate::id::{DeviceId, EntryId, StaffId, UnitId};
use crate::time::{OperationalDay, UnixMillis, UtcOffset};

entry! {
    /// A member of the crew on this tour.
    CrewMember {
        /// What the member does on it.
        role: CrewRole,
    }
}

entry! {
    /// Things taken on tour or brought back.
    StockItem {
        /// How many.
        quantity: u32,
    }
}

record! {
    /// One tour. All that happens on it counts for the day it was planned to start.
    Shift schema 1 {
        /// The unit whose tour it is.
        Once unit: Option<UnitId>,
        /// The day it counts for.
        Once operational_day: Option<OperationalDay>,
        /// The device it was opened on.
        Once device: Option<DeviceId>,
        /// The device's offset when it was opened.
        Once utc_offset: Option<UtcOffset>,
        /// What kind of tour it is.
        Register shift_type: Option<ShiftType>,
        /// When it was planned to start.
        Register planned_start: Option<UnixMillis>,
        /// When it was planned to end.
        Register planned_end: Option<UnixMillis>,
        /// When it started.
        Register started_at: Option<UnixMillis>,
        /// When it ended; `None` while it is open.
        Register ended_at: Option<UnixMillis>,
        /// The vehicle, by an alias, never its plate.
        Register vehicle: Option<String>,
        /// Who was on board.
        Entries crew: BTreeMap<StaffId, CrewMember>,
        /// The planned itinerary.
        Register route: Option<String>,
        /// The sectors visited.
        Set sectors: BTreeSet<String>,
        /// The odometer at the start, in kilometres.
        Register odometer_start: Option<u32>,
        /// The odometer at the end, in kilometres.
        Register odometer_end: Option<u32>,
        /// What was taken along.
        Entries stock_out: BTreeMap<ServiceType, StockItem>,
        /// What was brought back.
        Entries stock_in: BTreeMap<ServiceType, StockItem>,
        /// What the weather was.
        Register weather: Option<Weather>,
        /// Who else was present.
        Set partners_present: BTreeSet<Partner>,
        /// Incidents.
        Remarks incident_notes: BTreeMap<EntryId, Remark>,
        /// What the next crew should know.
        Remarks handover_notes: BTreeMap<EntryId, Remark>,
        /// Who closed it.
        Register closed_by: Option<StaffId>,
        /// When it was closed.
        Register closed_at: Option<UnixMillis>,
        /// Why it was not made, if it was not.
        Register cancelled: Option<CancelReason>,
    }
}
