//! A place where people are met. A list of places where children sleep is dangerous data.

use std::collections::BTreeMap;

use super::{Position, entry, record};
use crate::codes::PlaceType;
use crate::id::{DocumentId, EntryId};
use crate::personal::Personal;

entry! {
    /// Another name of a place.
    PlaceAlias {
        /// The name as written.
        text: Personal<String>,
    }
}

record! {
    /// A place where people are met.
    Place schema 1 {
        /// Its name in Arabic.
        Register name_ar: Option<Personal<String>>,
        /// Its name in French.
        Register name_fr: Option<Personal<String>>,
        /// Other names.
        Entries aliases: BTreeMap<EntryId, PlaceAlias>,
        /// What kind of place it is.
        Register place_type: Option<PlaceType>,
        /// The commune's code in the national list (HCP).
        Register commune: Option<String>,
        /// Where it is.
        Register position: Option<Personal<Position>>,
        /// When people are there, in words.
        Register active_hours: Option<String>,
        /// What to beware of, in words.
        Register hazards: Option<Personal<String>>,
        /// The place this one turned out to be.
        Register merged_into: Option<DocumentId>,
    }
}
