//! A record of any kind, read from its document or from a row.

use jisr_sync_core::document::{Document, Unreadable};
use jisr_sync_core::record::{Encounter, FollowUp, Person, Place, Record, RecordKind, Referral, Shift};
use serde::de::DeserializeOwned;

/// A record of any kind.
#[derive(Debug, Clone, PartialEq)]
pub enum AnyRecord {
    /// A tour.
    Shift(Box<Shift>),
    /// A contact.
    Encounter(Box<Encounter>),
    /// Somebody met.
    Person(Box<Person>),
    /// A place.
    Place(Box<Place>),
    /// An orientation.
    Referral(Box<Referral>),
    /// Something to come back to.
    FollowUp(Box<FollowUp>),
}

impl AnyRecord {
    /// Reads a document as the kind it says it is.
    pub fn read(document: &Document) -> Result<Self, Unreadable> {
        match document.kind() {
            Some(RecordKind::Shift) => document.read().map(Box::new).map(Self::Shift),
            Some(RecordKind::Encounter) => document.read().map(Box::new).map(Self::Encounter),
            Some(RecordKind::Person) => document.read().map(Box::new).map(Self::Person),
            Some(RecordKind::Place) => document.read().map(Box::new).map(Self::Place),
            Some(RecordKind::Referral) => document.read().map(Box::new).map(Self::Referral),
            Some(RecordKind::FollowUp) => document.read().map(Box::new).map(Self::FollowUp),
            // Which kind it ought to be is not known; any read says that the kind is at fault.
            None => document.read::<Shift>().map(Box::new).map(Self::Shift),
        }
    }

    /// Reads a row's JSON. `None` when it is not a record of this kind.
    pub fn from_json(kind: RecordKind, json: &str) -> Option<Self> {
        match kind {
            RecordKind::Shift => parse(json).map(Self::Shift),
            RecordKind::Encounter => parse(json).map(Self::Encounter),
            RecordKind::Person => parse(json).map(Self::Person),
            RecordKind::Place => parse(json).map(Self::Place),
            RecordKind::Referral => parse(json).map(Self::Referral),
            RecordKind::FollowUp => parse(json).map(Self::FollowUp),
        }
    }

    /// Its JSON, as rows keep it.
    pub fn to_json(&self) -> String {
        match self {
            Self::Shift(record) => to_json(&**record),
            Self::Encounter(record) => to_json(&**record),
            Self::Person(record) => to_json(&**record),
            Self::Place(record) => to_json(&**record),
            Self::Referral(record) => to_json(&**record),
            Self::FollowUp(record) => to_json(&**record),
        }
    }

    /// Which kind it is.
    pub const fn kind(&self) -> RecordKind {
        match self {
            Self::Shift(_) => RecordKind::Shift,
            Self::Encounter(_) => RecordKind::Encounter,
            Self::Person(_) => RecordKind::Person,
            Self::Place(_) => RecordKind::Place,
            Self::Referral(_) => RecordKind::Referral,
            Self::FollowUp(_) => RecordKind::FollowUp,
        }
    }
}

fn parse<R: DeserializeOwned>(json: &str) -> Option<Box<R>> {
    serde_json::from_str(json).ok().map(Box::new)
}

fn to_json<R: Record>(record: &R) -> String {
    // A record was just read from a JSON object, and its keys are texts: it cannot fail to be written as one.
    let json = serde_json::to_string(record);
    debug_assert!(json.is_ok());
    json.unwrap_or_default()
}
