//! The list of indicators: their numbers, codes and the keys of their definitions.
//!
//! Labels and definitions in words live in the locale files, never here.

/// The version of the definitions. It changes whenever a figure would differ for the same records.
pub const DEFINITION_VERSION: u32 = 1;

/// Below this, a figure about few people can point at one of them: figures for partners outside the region, and
/// figures about health outside the unit, show "fewer than 5" instead.
pub const SMALL_CELL_BELOW: u64 = 5;

/// One indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indicator {
    /// Its number in the list of definitions.
    pub number: u8,
    /// Its stable code: the field of [`super::Figures`], or of [`super::DailyActivity`], that holds it.
    pub code: &'static str,
    /// The key of its definition in the locale files.
    pub definition: &'static str,
    /// Whether it counts distinct persons: then a territory's figure is not the sum of its units'.
    pub distinct: bool,
}

macro_rules! indicators {
    ($( $number:literal $code:literal $distinct:literal, )*) => {
        &[$( Indicator {
            number: $number,
            code: $code,
            definition: concat!("indicator-", $code, "-definition"),
            distinct: $distinct,
        }, )*]
    };
}

/// Every indicator this version computes, in order.
pub const INDICATORS: &[Indicator] = indicators! {
    1 "tours" false,
    2 "tour_hours" false,
    3 "staff_hours" true,
    4 "kilometres" false,
    5 "encounters" false,
    6 "contacts" false,
    7 "attempts" false,
    8 "refusals" true,
    9 "known_persons" true,
    10 "persons_met" true,
    11 "new_persons" true,
    12 "returning_persons" true,
    13 "minors" true,
    14 "minors_by_band" true,
    15 "unaccompanied_minors" true,
    18 "women" true,
    20 "older_persons" true,
    21 "persons_with_disability" true,
    22 "sleeping_rough" true,
    23 "observed" false,
    24 "services" false,
    25 "items" false,
    26 "persons_served" true,
    28 "referrals" false,
    31 "shelter_placements" true,
    33 "family_returns" true,
    36 "follow_ups" false,
    42 "by_hour" true,
    44 "quality" false,
};
