//! A follow-up: something to come back to.

use super::record;
use crate::codes::{CancelReason, FollowUpKind, Priority};
use crate::id::{DocumentId, StaffId, UnitId};
use crate::personal::Personal;
use crate::time::OperationalDay;

record! {
    /// Something to come back to. Its status (open, due, late, done, cancelled) is derived.
    FollowUp schema 1 {
        /// The unit that made it.
        Once unit: Option<UnitId>,
        /// The person it is about.
        Once person: Option<DocumentId>,
        /// The encounter it came from.
        Once encounter: Option<DocumentId>,
        /// The day it is due.
        Register due_on: Option<OperationalDay>,
        /// How many days after that it is still on time; none when absent.
        Register window_days: Option<u32>,
        /// How it is to be done.
        Register kind: Option<FollowUpKind>,
        /// The unit that is to do it.
        Register assigned_unit: Option<UnitId>,
        /// How pressing it is.
        Register priority: Option<Priority>,
        /// Why, in words.
        Register reason: Option<Personal<String>>,
        /// The day it was done.
        Register done_on: Option<OperationalDay>,
        /// The encounter it was done by.
        Register done_by_encounter: Option<DocumentId>,
        /// Why it was given up, if it was.
        Register cancelled: Option<CancelReason>,
        /// Who made it.
        Once created_by: Option<StaffId>,
    }
}
