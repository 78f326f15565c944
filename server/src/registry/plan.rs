//! A tour that is planned: what decides which units a day waits for.

use jisr_sync_core::id::UnitId;
use jisr_sync_core::time::{OperationalDay, UnixMillis};
use serde::{Deserialize, Serialize};

use super::RegistryError;

/// The longest tour that can be planned, in milliseconds.
const SPAN_MS_MAX: i64 = 24 * 60 * 60 * 1000;

/// A planned tour of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedShift {
    /// The unit that goes out.
    pub unit: UnitId,
    /// The day it counts for.
    pub day: OperationalDay,
    /// When it is to start.
    pub start: UnixMillis,
    /// When it is to end; on a night tour, on the next date.
    pub end: UnixMillis,
}

impl PlannedShift {
    /// Refuses a tour that ends before it starts or lasts more than a day.
    pub(super) fn check(&self) -> Result<(), RegistryError> {
        let span_ms = self.end.0.saturating_sub(self.start.0);
        if (1..=SPAN_MS_MAX).contains(&span_ms) { Ok(()) } else { Err(RegistryError::Span) }
    }
}
