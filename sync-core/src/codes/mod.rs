//! The code lists: stable ASCII codes for what people choose from.
//!
//! A code never changes its meaning and is never removed, since old records carry it. Labels are not here: they
//! live in the locale files, in Arabic, French and English, under `<list>-<code>`.

mod contact;
mod person;
mod place;
mod protection;
mod referral;
mod service;
mod shift;

pub use contact::{ContactMode, ContactOrigin, ContactOutcome, LegalBasis, ObservedGroup, VoidReason};
pub use person::{
    AgeBasis, CrewAlert, ExitReason, Language, LinkCertainty, PersonStatus, Public, Relation, Sex, Visibility,
};
pub use place::PlaceType;
pub use protection::{
    Accompaniment, ConcernCertainty, FunctionalDifficulty, ProtectionConcern, Risk, SleepingSituation, StreetConnection,
};
pub use referral::{
    FollowUpKind, InfoCategory, Priority, ReferralDestination, ReferralStatus, ShelterRefusalReason, Urgency,
};
pub use service::{ServiceResult, ServiceType};
pub use shift::{CancelReason, CrewRole, Partner, ShiftType, Weather};

/// A list of codes.
pub trait CodeList: Sized + 'static {
    /// The list's name, as locale files and documents write it. Example: `contact_outcome`.
    const LIST: &'static str;

    /// Every code this version knows, in the order people are shown them.
    fn known() -> &'static [Self];

    /// The stable code. Example: `not_found`.
    fn code(&self) -> &str;
}

/// Declares a code list: its variants, their codes, and an English gloss that becomes the variant's documentation.
macro_rules! codes {
    (
        $(#[$doc:meta])*
        $name:ident $list:literal { $( $variant:ident $code:literal $gloss:literal, )* }
    ) => {
        $(#[$doc])*
        ///
        /// A code written by a newer version is kept as `Unrecognised` and written back unchanged.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(
                #[doc = $gloss]
                $variant,
            )*
            /// A code this version does not know.
            Unrecognised(Box<str>),
        }

        impl $crate::codes::CodeList for $name {
            const LIST: &'static str = $list;

            fn known() -> &'static [Self] {
                &[$( Self::$variant, )*]
            }

            fn code(&self) -> &str {
                match self {
                    $( Self::$variant => $code, )*
                    Self::Unrecognised(code) => code,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::codes::CodeList::code(self))
            }
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                match code {
                    $( $code => Self::$variant, )*
                    other => Self::Unrecognised(other.into()),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Ok(Self::from(code.as_ref()))
            }
        }
    };
}
use codes;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_a_newer_version_comes_back_unchanged() {
        let newer: ServiceType = serde_json::from_str("\"winter_kit\"").unwrap();

        assert_eq!(newer, ServiceType::Unrecognised("winter_kit".into()));
        assert_eq!(serde_json::to_string(&newer).unwrap(), "\"winter_kit\"");
    }

    #[test]
    fn every_known_code_round_trips() {
        fn check<C: CodeList + for<'a> From<&'a str> + PartialEq + std::fmt::Debug>() {
            for code in C::known() {
                assert_eq!(&C::from(code.code()), code);
            }
        }
        check::<ContactOutcome>();
        check::<ServiceType>();
        check::<ReferralStatus>();
        check::<SleepingSituation>();
    }
}
