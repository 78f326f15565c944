//! Values that stand in one register because their parts must not mix.
//!
//! Two crews that set an age at the same time leave two intervals, never the start of one with the end of the
//! other. Each such value is therefore written as one text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::entry;
use crate::codes::ServiceType;
use crate::id::{EntryId, StaffId, serde_as_text};
use crate::personal::Personal;
use crate::time::UnixMillis;

/// A text that does not spell the value it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}")]
pub struct ParseValueError {
    /// What was expected, with an example.
    pub expected: &'static str,
}

/// An age, known as an interval of whole years. Any band of any standard can be derived from it.
///
/// Written `12` (exactly), `10-14`, or `18+` (no upper end known).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgeRange {
    min: u8,
    max: Option<u8>,
}

impl AgeRange {
    /// The highest age accepted, in years.
    pub const YEARS_MAX: u8 = 120;

    /// From `min` to `max` years, both included; `None` when they are out of order or beyond
    /// [`AgeRange::YEARS_MAX`].
    pub fn new(min: u8, max: Option<u8>) -> Option<Self> {
        let end = max.unwrap_or(Self::YEARS_MAX);
        (min <= end && end <= Self::YEARS_MAX).then_some(Self { min, max })
    }

    /// The lowest age it can be.
    pub const fn min(self) -> u8 {
        self.min
    }

    /// The highest age it can be, or `None` when no upper end is known.
    pub const fn max(self) -> Option<u8> {
        self.max
    }

    /// Whether the whole interval lies below `years`.
    pub fn is_under(self, years: u8) -> bool {
        self.max.is_some_and(|max| max < years)
    }

    /// Whether the whole interval lies at `years` or above.
    pub const fn is_at_least(self, years: u8) -> bool {
        self.min >= years
    }
}

impl fmt::Display for AgeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max {
            Some(max) if max == self.min => write!(f, "{max}"),
            Some(max) => write!(f, "{}-{max}", self.min),
            None => write!(f, "{}+", self.min),
        }
    }
}

impl FromStr for AgeRange {
    type Err = ParseValueError;

    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        let error = ParseValueError { expected: "an age such as 12, 10-14 or 18+, up to 120" };
        let text = normalise_digits(text);
        let years = |part: &str| part.trim().parse::<u8>().map_err(|_| error.clone());
        let (min, max) = if let Some(min) = text.strip_suffix('+') {
            (years(min)?, None)
        } else if let Some((min, max)) = text.split_once('-') {
            (years(min)?, Some(years(max)?))
        } else {
            (years(&text)?, Some(years(&text)?))
        };
        Self::new(min, max).ok_or(error)
    }
}

serde_as_text!(AgeRange);

/// How exactly a position is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// As the device measured it.
    Exact,
    /// Rounded to about 100 m.
    Metres100,
    /// Rounded to about 1 km.
    Kilometre,
    /// The commune only.
    Commune,
}

impl Precision {
    const ALL: [Self; 4] = [Self::Exact, Self::Metres100, Self::Kilometre, Self::Commune];

    const fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Metres100 => "100m",
            Self::Kilometre => "1km",
            Self::Commune => "commune",
        }
    }
}

/// A position in WGS 84, with how far off it may be and how exactly it is kept.
///
/// Written as a `geo:` address (RFC 5870) with one parameter of our own:
/// `geo:32.3394,-6.3608;u=12;precision=exact`. Where people sleep is dangerous to know: hold it in a
/// [`Personal`].
#[derive(Clone, Copy, PartialEq)]
pub struct Position {
    latitude_e5: i32,
    longitude_e5: i32,
    /// How far off it may be, in metres.
    pub accuracy_m: u32,
    /// How exactly it is kept.
    pub precision: Precision,
}

impl Position {
    /// The position at these degrees, kept to five decimals (about one metre); `None` when they are not on Earth.
    pub fn new(latitude: f64, longitude: f64, accuracy_m: u32, precision: Precision) -> Option<Self> {
        if !(latitude.abs() <= 90.0 && longitude.abs() <= 180.0) {
            return None;
        }
        // In range by the check above, so the casts lose nothing but what rounding means to lose.
        #[allow(clippy::cast_possible_truncation)]
        let e5 = |degrees: f64| (degrees * 1e5).round() as i32;
        Some(Self { latitude_e5: e5(latitude), longitude_e5: e5(longitude), accuracy_m, precision })
    }

    /// Degrees north of the equator.
    pub fn latitude(self) -> f64 {
        f64::from(self.latitude_e5) / 1e5
    }

    /// Degrees east of Greenwich.
    pub fn longitude(self) -> f64 {
        f64::from(self.longitude_e5) / 1e5
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Position(..)")
    }
}

impl Position {
    fn to_geo(self) -> String {
        let (latitude, longitude) = (self.latitude(), self.longitude());
        format!("geo:{latitude},{longitude};u={};precision={}", self.accuracy_m, self.precision.code())
    }
}

impl FromStr for Position {
    type Err = ParseValueError;

    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        let error = ParseValueError { expected: "a position such as geo:32.3394,-6.3608;u=12" };
        let text = normalise_digits(text);
        let rest = text.strip_prefix("geo:").ok_or_else(|| error.clone())?;
        let mut parts = rest.split(';');
        let (latitude, longitude) = parts.next().and_then(|p| p.split_once(',')).ok_or_else(|| error.clone())?;
        let degrees = |part: &str| part.trim().parse::<f64>().map_err(|_| error.clone());
        let (mut accuracy_m, mut precision) = (0, Precision::Exact);
        for part in parts {
            match part.split_once('=') {
                Some(("u", metres)) => accuracy_m = metres.parse().map_err(|_| error.clone())?,
                Some(("precision", code)) => {
                    precision = Precision::ALL.into_iter().find(|p| p.code() == code).ok_or_else(|| error.clone())?;
                }
                _ => return Err(error),
            }
        }
        Self::new(degrees(latitude)?, degrees(longitude)?, accuracy_m, precision).ok_or(error)
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_geo())
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Whom a service in an encounter was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceTarget {
    /// All persons of the encounter together.
    Group,
    /// One of its person slots.
    Slot(EntryId),
}

/// A service and whom it was for: the key under which an encounter counts it.
///
/// Written `meal` (for the group) or `meal@1f00ab42` (for one person slot).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceKey {
    /// Which service.
    pub service: ServiceType,
    /// For whom.
    pub target: ServiceTarget,
}

impl fmt::Display for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.target {
            ServiceTarget::Group => write!(f, "{}", self.service),
            ServiceTarget::Slot(slot) => write!(f, "{}@{slot}", self.service),
        }
    }
}

impl FromStr for ServiceKey {
    type Err = ParseValueError;

    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        let error = ParseValueError { expected: "a service such as meal or meal@1f00ab42" };
        let (service, target) = match text.split_once('@') {
            Some((service, slot)) => (service, ServiceTarget::Slot(slot.parse().map_err(|_| error.clone())?)),
            None => (text, ServiceTarget::Group),
        };
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        if service.is_empty() || !service.bytes().all(plain) {
            return Err(error);
        }
        Ok(Self { service: ServiceType::from(service), target })
    }
}

serde_as_text!(ServiceKey);

entry! {
    /// One entry of writing: a note, a mark, a hand-over. Added, never rewritten.
    Remark {
        /// What was written, at most [`Remark::TEXT_CHARS_MAX`] characters.
        text: Personal<String>,
        /// Who wrote it.
        by: StaffId,
        /// When, by the device's clock.
        at: UnixMillis,
    }
}

impl Remark {
    /// The longest text of one remark, in characters.
    pub const TEXT_CHARS_MAX: usize = 500;
}

/// `text` with Arabic-Indic (٠–٩) and Persian (۰–۹) digits as ASCII digits, and the Arabic decimal comma as a point.
pub fn normalise_digits(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{0660}'..='\u{0669}' => ascii_digit(c, '\u{0660}'),
            '\u{06F0}'..='\u{06F9}' => ascii_digit(c, '\u{06F0}'),
            '\u{066B}' => '.',
            other => other,
        })
        .collect()
}

fn ascii_digit(digit: char, zero: char) -> char {
    char::from_digit(digit as u32 - zero as u32, 10).unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_read_in_each_of_its_spellings() {
        for (text, min, max) in
            [("12", 12, Some(12)), ("10-14", 10, Some(14)), ("18+", 18, None), ("١٠-١٤", 10, Some(14))]
        {
            let age: AgeRange = text.parse().unwrap();

            assert_eq!((age.min(), age.max()), (min, max), "{text}");
        }
        for bad in ["", "14-10", "121", "ten", "1-2-3", "-5"] {
            assert!(bad.parse::<AgeRange>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_position_round_trips_and_never_prints_itself() {
        let position: Position = "geo:32.3394,-6.3608;u=12;precision=1km".parse().unwrap();

        assert_eq!(position.to_geo().parse::<Position>().unwrap(), position);
        assert_eq!(format!("{position:?}"), "Position(..)");
        assert!("geo:91,0".parse::<Position>().is_err());
        assert!("geo:NaN,0".parse::<Position>().is_err());
        assert!("32.3,-6.3".parse::<Position>().is_err());
    }

    #[test]
    fn a_service_key_round_trips_with_and_without_a_slot() {
        for text in ["meal", "first_aid@1f00ab42", "winter_kit"] {
            assert_eq!(text.parse::<ServiceKey>().unwrap().to_string(), text);
        }
        assert!("meal@x".parse::<ServiceKey>().is_err());
        assert!("me/al".parse::<ServiceKey>().is_err());
    }

    #[test]
    fn arabic_and_persian_digits_become_ascii() {
        assert_eq!(normalise_digits("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ ٣٫٥"), "0123456789 0123456789 3.5");
    }
}
