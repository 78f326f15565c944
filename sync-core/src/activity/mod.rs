//! The day's figures: a pure fold of records into what supervisors see.
//!
//! The same code runs on the server and on a device, so that both show the same numbers. It folds plain records and
//! never names a document, the protocol, a store or a label.

mod figures;
mod indicator;
mod input;
mod output;
mod status;

pub use figures::{
    Attempts, Contacts, FamilyReturns, Figures, FollowUps, Headcount, Hours, Items, Kilometres, Minors, MinorsByBand,
    NewPersons, PersonsServed, Quality, Range, ReferralsMade, Refusals, ReturningPersons, Tours, UnaccompaniedMinors,
};
pub use indicator::{DEFINITION_VERSION, INDICATORS, Indicator, SMALL_CELL_BELOW};
pub use input::{DayInput, DeviceMark, PersonFacts, PlaceFacts, PlannedShift, Row, UnitFacts};
pub use output::{
    ClockSuspect, CommuneActivity, Completeness, CompletenessState, DailyActivity, Freshness, HourActivity,
    HourlyActivity, Likeness, MissingReason, ParseStampError, PlaceActivity, PossibleDuplicate, ProvinceActivity,
    ReviewItem, SilentDevice, Slice, Stamp, UnitActivity, UnitStatus,
};
pub use status::{
    FollowUpStatus, ReferralState, follow_up_contradictory, follow_up_status, is_final, last_day, referral_state,
};

/// The hour with which the hourly chart of an operational day begins. Night tours run past midnight, so the hours
/// before it belong to the end of the day.
pub const FIRST_HOUR: u8 = 6;
