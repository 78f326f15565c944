//! A person's age on a day, from an age stated for another.

use super::input::PersonFacts;
use crate::record::AgeRange;
use crate::time::OperationalDay;

/// The age on `day` by the person's record.
///
/// Ages are whole years, so that every year that is not full may or may not bring a birthday: the interval widens by
/// one. `None` when no age is known, or none a person can have.
pub(super) fn age_on(facts: &PersonFacts, day: OperationalDay) -> Option<AgeRange> {
    let age = facts.age?;
    let Some(stated_for) = facts.age_as_of else { return Some(age) };
    let (low, high) = if day >= stated_for {
        let (full, part) = years_between(stated_for, day);
        (full, full + part)
    } else {
        let (full, part) = years_between(day, stated_for);
        (-full - part, -full)
    };
    let shift = |years: u8, by: i16| (i16::from(years) + by).clamp(0, i16::from(AgeRange::YEARS_MAX));
    let min = u8::try_from(shift(age.min(), low)).ok()?;
    let max = age.max().and_then(|max| u8::try_from(shift(max, high)).ok());
    AgeRange::new(min, max)
}

/// The full years from one day to a later one, and 1 when part of another has passed.
fn years_between(from: OperationalDay, to: OperationalDay) -> (i16, i16) {
    let (from, to) = (from.date(), to.date());
    let (from_in_year, to_in_year) = ((from.month(), from.day()), (to.month(), to.day()));
    let full = to.year() - from.year() - i16::from(to_in_year < from_in_year);
    (full, i16::from(from_in_year != to_in_year))
}
