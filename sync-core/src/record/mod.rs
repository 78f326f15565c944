//! The records, as plain data, field by field.
//!
//! A record's struct is what people and programs work with; its [`Record::FIELDS`] say how concurrent changes of
//! each field merge. How that becomes an Automerge document is the business of `document/`: the only thing the two
//! share is that a record serialises to a JSON object whose values are scalars, arrays of codes, or maps as told by
//! [`Merge`].

mod encounter;
mod follow_up;
mod person;
mod place;
mod referral;
mod shift;
mod short_code;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use encounter::{Concern, Encounter, MissingFromEncounter, PersonSlot, ServiceOutcome};
pub use follow_up::FollowUp;
pub use person::{Alias, Person, PersonLink};
pub use place::{Place, PlaceAlias};
pub use referral::{Referral, StatusEvent};
pub use shift::{CrewMember, Shift, StockItem};
pub use short_code::ShortCode;
pub use value::{AgeRange, ParseValueError, Position, Precision, Remark, ServiceKey, ServiceTarget, normalise_digits};

/// The kinds of records. Its code stands in each document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// A contact, or an attempt at one.
    Encounter,
    /// Somebody met, under a pseudonym.
    Person,
    /// A tour of one unit.
    Shift,
    /// An orientation of a person to a provider.
    Referral,
    /// Something to come back to.
    FollowUp,
    /// A place where people are met.
    Place,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Encounter, Self::Person, Self::Shift, Self::Referral, Self::FollowUp, Self::Place];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Encounter => "encounter",
            Self::Person => "person",
            Self::Shift => "shift",
            Self::Referral => "referral",
            Self::FollowUp => "follow_up",
            Self::Place => "place",
        }
    }

    /// Whether records of this kind are shared by the units of a province. The others belong to one unit.
    pub const fn shared_by_province(self) -> bool {
        matches!(self, Self::Person | Self::Place)
    }
}

impl fmt::Display for RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A text that names no kind of record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of record: expected encounter, person, shift, referral, follow_up or place")]
pub struct ParseKindError;

impl FromStr for RecordKind {
    type Err = ParseKindError;

    fn from_str(code: &str) -> Result<Self, ParseKindError> {
        Self::ALL.into_iter().find(|kind| kind.code() == code).ok_or(ParseKindError)
    }
}

/// How concurrent changes of one field merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// Written when the record is made and never again.
    Once,
    /// A single value. Concurrent values are all kept; one is shown, the others are a conflict.
    Register,
    /// A set of codes or ids. Adding never loses what somebody else added.
    Set,
    /// A count by code. What several people add adds up.
    Counts,
    /// A map of entries, each a small object of registers. Entries never lose one another.
    Entries,
    /// Entries of writing ([`Remark`]): added, never changed and never taken away.
    Remarks,
}

/// One field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// Its name in the document and in JSON.
    pub name: &'static str,
    /// How concurrent changes of it merge.
    pub merge: Merge,
}

/// A record: plain data that an Automerge document holds.
pub trait Record:
    Serialize + DeserializeOwned + Default + Clone + PartialEq + fmt::Debug + Send + Sync + 'static
{
    /// Which kind it is.
    const KIND: RecordKind;
    /// The version of its schema that this code writes.
    const SCHEMA: u32;
    /// Its fields, in the order people are shown them.
    const FIELDS: &'static [FieldSpec];

    /// The field of this name, if this version knows one.
    fn field(name: &str) -> Option<FieldSpec> {
        Self::FIELDS.iter().copied().find(|field| field.name == name)
    }
}

/// Whether a field holds nothing, so that nothing is written for it.
pub(crate) trait IsEmpty {
    fn is_empty(&self) -> bool;
}

impl<T> IsEmpty for Option<T> {
    fn is_empty(&self) -> bool {
        self.is_none()
    }
}

impl<T> IsEmpty for BTreeSet<T> {
    fn is_empty(&self) -> bool {
        BTreeSet::is_empty(self)
    }
}

impl<K, V> IsEmpty for BTreeMap<K, V> {
    fn is_empty(&self) -> bool {
        BTreeMap::is_empty(self)
    }
}

/// Declares a record: its struct, and its fields with the way each merges.
macro_rules! record {
    (
        $(#[$doc:meta])*
        $name:ident schema $schema:literal {
            $( $(#[$field_doc:meta])* $merge:ident $field:ident : $ty:ty, )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[serde(default, skip_serializing_if = "crate::record::IsEmpty::is_empty")]
                pub $field: $ty,
            )*
        }

        impl $crate::record::Record for $name {
            const KIND: $crate::record::RecordKind = $crate::record::RecordKind::$name;
            const SCHEMA: u32 = $schema;
            const FIELDS: &'static [$crate::record::FieldSpec] = &[
                $( $crate::record::FieldSpec {
                    name: stringify!($field),
                    merge: $crate::record::Merge::$merge,
                }, )*
            ];
        }
    };
}
use record;

/// Declares an entry of a map inside a record: a struct of optional registers.
macro_rules! entry {
    (
        $(#[$doc:meta])*
        $name:ident {
            $( $(#[$field_doc:meta])* $field:ident : $ty:ty, )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$ty>,
            )*
        }
    };
}
use entry;

#[cfg(test)]
mod tests {
    use super::*;

    fn field_names_are_plain<R: Record>() {
        for field in R::FIELDS {
            assert!(field.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", field.name);
        }
        assert_eq!(R::KIND.code().parse(), Ok(R::KIND));
    }

    #[test]
    fn field_names_hold_no_separator() {
        field_names_are_plain::<Encounter>();
        field_names_are_plain::<Person>();
        field_names_are_plain::<Shift>();
        field_names_are_plain::<Referral>();
        field_names_are_plain::<FollowUp>();
        field_names_are_plain::<Place>();
    }

    #[test]
    fn an_empty_record_serialises_to_nothing() {
        assert_eq!(serde_json::to_string(&Encounter::default()).unwrap(), "{}");
    }
}
