//! Indicators 5 to 8 and 23: encounters, attempts, refusals, and who was only observed.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::{Attempts, Contacts, Refusals};
use super::scope::Scope;
use crate::codes::{ContactOutcome, ObservedGroup};

/// How many encounters of the scope ended so.
fn ended(scope: &Scope<'_>, outcome: &ContactOutcome) -> u64 {
    scope.met.iter().filter(|met| met.row.record.outcome.as_ref() == Some(outcome)).count() as u64
}

/// Indicator 5.
pub(super) fn encounters(scope: &Scope<'_>) -> u64 {
    scope.met.iter().filter(|met| met.counts()).count() as u64
}

/// Indicator 6.
pub(super) fn contacts(scope: &Scope<'_>) -> Contacts {
    Contacts { engaged: ended(scope, &ContactOutcome::Engaged), brief: ended(scope, &ContactOutcome::Brief) }
}

/// Indicator 7. Who is asleep is met all the same, so indicator 5 holds them too; the whole counts them once.
pub(super) fn attempts(scope: &Scope<'_>) -> Attempts {
    let not_found = ended(scope, &ContactOutcome::NotFound);
    let not_approached = ended(scope, &ContactOutcome::Unsafe);
    let asleep = ended(scope, &ContactOutcome::Asleep);
    Attempts { not_found, not_approached, asleep, out_of: encounters(scope) + not_found + not_approached }
}

/// Indicator 8.
pub(super) fn refusals(scope: &Scope<'_>) -> Refusals {
    let refused = |met: &&&super::select::Met<'_>| met.row.record.outcome == Some(ContactOutcome::Refused);
    let persons: BTreeSet<_> =
        scope.met.iter().filter(refused).flat_map(|met| &met.slots).filter_map(|slot| slot.person).collect();
    Refusals { encounters: ended(scope, &ContactOutcome::Refused), known_persons: persons.len() as u64 }
}

/// Indicator 23.
pub(super) fn observed(scope: &Scope<'_>) -> BTreeMap<ObservedGroup, u64> {
    let mut observed = BTreeMap::new();
    for (group, count) in scope.met.iter().flat_map(|met| &met.row.record.observed) {
        let seen: &mut u64 = observed.entry(group.clone()).or_default();
        *seen = seen.saturating_add(u64::from(*count));
    }
    observed
}
