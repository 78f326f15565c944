//! A record as a page and a day's figures need it, and the ways to find it.
//!
//! A row follows from the logs alone: not from the order of delivery, not from the registry, not from a clock. What a
//! row is found by is decided where rows are made ([`crate::rows`]) and kept with it, so that a store can replace a
//! row's terms without knowing what they mean.

use jiff::civil::Date;
use jisr_sync_core::id::{DocumentId, ScopeId, UnitId};
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::time::{OperationalDay, UnixMillis};

/// A record's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which record.
    pub id: DocumentId,
    /// Its kind; `None` when its document does not say one that this version knows.
    pub kind: Option<RecordKind>,
    /// The scope it is in.
    pub scope: ScopeId,
    /// The hash of its document's heads.
    pub heads_hash: [u8; 32],
    /// The record, or why there is none.
    pub state: RowState,
    /// The paths of the fields in which concurrent values wait to be settled.
    pub conflicts: Vec<String>,
    /// Whether it first came from a device whose clock was too far off.
    pub clock_suspect: bool,
    /// When its first change was taken in, by the server's clock.
    pub received_at: UnixMillis,
    /// When its last change was taken in.
    pub changed_at: UnixMillis,
    /// What it is found by, sorted, each once.
    pub terms: Vec<Term>,
}

/// What a row holds.
#[derive(Clone, PartialEq, Eq)]
pub enum RowState {
    /// The record, as JSON.
    Record(String),
    /// The document does not read as a record. It is listed, and none of it is dropped.
    Unreadable {
        /// The path at fault, or `_kind`.
        field: String,
        /// Whether a newer version wrote it.
        newer: bool,
    },
    /// The record is in a scope where its kind does not belong, so that no unit counts it.
    Misplaced,
}

/// What a record says is about people.
impl std::fmt::Debug for RowState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Record(json) => write!(f, "Record({} bytes)", json.len()),
            Self::Unreadable { field, newer } => write!(f, "Unreadable({field}, newer: {newer})"),
            Self::Misplaced => f.write_str("Misplaced"),
        }
    }
}

/// Declares the indexes with the numbers they are stored under.
macro_rules! indexes {
    ($( $(#[$doc:meta])* $name:ident = $number:literal, )*) => {
        /// What rows are found under. Each says its subject and its ordinal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Index {
            $( $(#[$doc])* $name, )*
        }

        impl Index {
            pub(super) const fn number(self) -> u8 {
                match self {
                    $( Self::$name => $number, )*
                }
            }

            pub(super) const fn from_number(number: u8) -> Option<Self> {
                match number {
                    $( $number => Some(Self::$name), )*
                    _ => None,
                }
            }
        }
    };
}

indexes! {
    /// Shifts of a unit, by the day they count for.
    ShiftsOfDay = 1,
    /// Encounters of a unit, by the day of the shift they were made on.
    EncountersOfDay = 2,
    /// Encounters of a unit without a shift whose day is known, by the local date on which they took place. A night
    /// unit's morning counts for the day before: whoever reads decides.
    LooseEncounters = 3,
    /// Encounters of a shift (the subject), by 0.
    EncountersOfShift = 4,
    /// Referrals of a unit, by the UTC dates of what happened to them.
    ReferralEvents = 5,
    /// Referrals and follow-ups that came from an encounter or were done by it (the subject), by 0.
    FromEncounter = 6,
    /// Follow-ups of a unit, by each day of their window.
    FollowUpsOfDay = 7,
    /// Follow-ups of a unit whose window is longer than is listed day by day, by the first day.
    FollowUpsLong = 8,
    /// Encounters with a person (the subject) that are not voided, by the day of their shift.
    MetOnShift = 9,
    /// Encounters with a person (the subject) that are not voided and have no shift's day, by local date.
    MetLoose = 10,
    /// Encounters by which a person (the subject) returned to the family, by day or local date.
    ReturnedHome = 11,
    /// Follow-ups about a person (the subject) that were done, by the day.
    FollowedUp = 12,
    /// Persons whose case ended by a return to the family, by the day that was written.
    ExitsToFamily = 13,
    /// Referrals and follow-ups about a person (the subject), by 0.
    AboutPerson = 14,
    /// Records of a scope in which values wait to be settled, by the time of their last change.
    Conflicted = 15,
    /// Records of a scope that do not read, by the time of their last change.
    Unreadable = 16,
    /// Every record of a scope, by the time of its last change.
    Latest = 17,
    /// Shifts of a scope, by the day they count for. The same for each kind below.
    AllShifts = 18,
    /// Encounters of a scope, by day or local date.
    AllEncounters = 19,
    /// Persons of a scope, by the time they were first taken in.
    AllPersons = 20,
    /// Places of a scope, by the time they were first taken in.
    AllPlaces = 21,
    /// Referrals of a scope, by the time they were first taken in.
    AllReferrals = 22,
    /// Follow-ups of a scope, by the time they were first taken in.
    AllFollowUps = 23,
}

/// What an index is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Nothing in particular.
    Everything,
    /// A unit.
    Unit(UnitId),
    /// Another record.
    Record(DocumentId),
    /// A scope.
    Scope(ScopeId),
}

/// One way to find a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// Under which index.
    pub index: Index,
    /// Under which subject.
    pub subject: Subject,
    /// Where in its order: a day's number, or milliseconds.
    pub ordinal: i64,
}

/// A question for rows. Both ends of the range are included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Find {
    /// Under which index.
    pub index: Index,
    /// Under which subject.
    pub subject: Subject,
    /// From this ordinal on.
    pub from: i64,
    /// Up to this ordinal.
    pub to: i64,
    /// Whether the greatest ordinal comes first.
    pub newest_first: bool,
    /// At most so many.
    pub limit: usize,
}

impl Find {
    /// All rows under a subject, in ascending order.
    pub const fn all(index: Index, subject: Subject) -> Self {
        Self { index, subject, from: i64::MIN, to: i64::MAX, newest_first: false, limit: usize::MAX }
    }

    /// The rows of the days from `from` to `to`, both included.
    pub fn days(index: Index, subject: Subject, from: OperationalDay, to: OperationalDay) -> Self {
        Self { from: day_number(from), to: day_number(to), ..Self::all(index, subject) }
    }

    /// The greatest ordinals first, at most `limit`.
    #[must_use]
    pub const fn newest(mut self, limit: usize) -> Self {
        self.newest_first = true;
        self.limit = limit;
        self
    }
}

/// A row's place under an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Its ordinal.
    pub ordinal: i64,
    /// Which record.
    pub id: DocumentId,
}

const DAY_ONE: Date = Date::constant(1970, 1, 1);

/// A day as an ordinal: days since 1970-01-01.
pub fn day_number(day: OperationalDay) -> i64 {
    day.date().duration_since(DAY_ONE).as_hours() / 24
}

/// The day of an ordinal, or `None` outside the calendar.
pub fn day_of_number(number: i64) -> Option<OperationalDay> {
    let days = i32::try_from(number).ok()?;
    DAY_ONE.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(OperationalDay::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_its_number_are_the_same_on_both_sides_of_1970() {
        for text in ["1969-12-31", "1970-01-01", "2026-02-15", "2026-09-20", "2028-02-29", "9999-12-31", "-9999-01-01"]
        {
            let day: OperationalDay = match text.strip_prefix('-') {
                Some(_) => OperationalDay::of(Date::MIN),
                None => text.parse().unwrap(),
            };

            assert_eq!(day_of_number(day_number(day)), Some(day), "{text}");
        }
        assert_eq!(day_number("1970-01-02".parse().unwrap()), 1);
        assert_eq!(day_of_number(i64::MAX), None);
    }
}
