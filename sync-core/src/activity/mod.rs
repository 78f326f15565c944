//! The day's figures: a pure fold of records into what supervisors see.
//!
//! The same code runs on the server and on a device, so that both show the same numbers. It folds plain records and
//! never names a document, the protocol, a store or a label.

mod age;
mod completeness;
mod contacts;
mod day;
mod family;
mod figures;
mod fold;
mod follow_ups;
mod indicator;
mod input;
mod output;
mod people;
mod quality;
mod referrals;
mod scope;
mod select;
mod services;
mod slices;
mod stamp;
mod status;
mod tours;

pub use completeness::{ACTIVE_WITHIN_MS, CLOCK_SKEW_MS_MAX};
pub use day::{
    encounter_day, encounter_time, event_day, instant_day, is_night_tour, is_referral_of, referral_day, shift_day,
};
pub use family::ONCE_IN_DAYS;

pub use figures::{
    Attempts, Contacts, FamilyReturns, Figures, FollowUps, Headcount, Hours, Items, Kilometres, Minors, MinorsByBand,
    NewPersons, PersonsServed, Quality, Range, ReferralsMade, Refusals, ReturningPersons, Tours, UnaccompaniedMinors,
};
pub use fold::fold;
pub use indicator::{DEFINITION_VERSION, INDICATORS, Indicator, SMALL_CELL_BELOW};
pub use input::{DayInput, DeviceMark, PersonFacts, PlaceFacts, PlannedShift, Row, Uncounted, UnitFacts};
pub use output::{
    ClockSuspect, CommuneActivity, Completeness, CompletenessState, DailyActivity, Freshness, HourActivity,
    HourlyActivity, Likeness, MissingReason, ParseStampError, PlaceActivity, PossibleDuplicate, ProvinceActivity,
    ReviewItem, SilentDevice, Slice, Stamp, UnitActivity, UnitStatus,
};
pub use people::{ABSENT_DAYS, ADULT_FROM, OLDER_FROM, is_rough};
pub use quality::DUPLICATE_MS_MAX;
pub use referrals::is_shelter;
pub use status::{
    FollowUpStatus, ReferralState, follow_up_contradictory, follow_up_status, is_final, last_day, referral_state,
};
pub use tours::{KILOMETRES_MAX, SPAN_MS_MAX, TOUR_MS_MAX};

/// The hour with which the hourly chart of an operational day begins. Night tours run past midnight, so the hours
/// before it belong to the end of the day.
pub const FIRST_HOUR: u8 = 6;
