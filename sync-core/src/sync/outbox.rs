//! What waits on a device, and in which order it goes.
//!
//! A child in danger goes before everything else, then what was written last; inside one document the order of
//! writing is kept, since a change builds on those before it.

use std::collections::BTreeMap;

use super::cursor::Fingerprint;
use super::status::ReasonCode;
use super::voucher::Vouched;
use crate::id::{DocumentId, ScopeId};

/// A change that waits to be delivered, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its place in the outbox: unique on this device, growing in the order of writing.
    pub index: u64,
    /// The document it belongs to.
    pub document: DocumentId,
    /// How long the change is, in bytes.
    pub bytes: u32,
    /// Whether it goes before the rest. Everything written earlier in the same document goes with it.
    pub urgent: bool,
    /// Set when the server once had it and may have lost it: it is asked before the change is sent. What was written
    /// later in the same document waits for the answer, since it builds on this.
    pub ask: Option<Question>,
}

/// By what the server is asked whether it has a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The scope the change is in.
    pub scope: ScopeId,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
}

/// How much waits in an outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxTotals {
    /// Changes.
    pub changes: u64,
    /// Records: documents of which at least one change waits.
    pub records: u64,
}

/// A change that waits to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its place in the outbox.
    pub index: u64,
    /// The scope it belongs to.
    pub scope: ScopeId,
    /// The document it belongs to.
    pub document: DocumentId,
    /// The raw change.
    pub change: Vec<u8>,
    /// Who wrote it, when that was another device or this one in an earlier life, with the word of the server that
    /// once let it in. `None` for this device's own work, which it signs.
    pub vouched: Option<Vouched>,
}

/// What the server did with changes it was sent. All of it is durable there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Acknowledged {
    /// The outbox indexes of changes that are in the log.
    pub delivered: Vec<u64>,
    /// The outbox indexes of changes the server keeps aside, and why. They too leave the outbox, and stay visible.
    pub set_aside: Vec<(u64, ReasonCode)>,
    /// The outbox indexes of changes that are in the log of another scope: their records have left the scope they were sent for.
    pub elsewhere: Vec<u64>,
    /// The outbox indexes of changes it was asked about and does not have: they stay, and are sent without asking.
    pub lacking: Vec<u64>,
    /// Carried envelopes of which the server holds every change, in a log or aside: they are carried no further.
    pub carried_delivered: Vec<u64>,
    /// Changes of carried envelopes that the server keeps aside, and why: the envelope, the place in it, the reason.
    pub carried_set_aside: Vec<(u64, usize, ReasonCode)>,
    /// As `elsewhere`, of carried envelopes: the envelope, the place in it.
    pub carried_elsewhere: Vec<(u64, usize)>,
    /// Carried envelopes of which the server keeps something neither in a log nor aside, for now: they are carried on, and
    /// go after the others.
    pub carried_held_back: Vec<u64>,
    /// Carried envelopes of which the server lacks something: they are sent without asking.
    pub carried_lacking: Vec<u64>,
}

/// An envelope of another device that this one carries, without its bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedItem {
    /// Its place among those carried: unique on this device.
    pub index: u64,
    /// How long it is, in bytes.
    pub bytes: u32,
    /// Whether the server is still to be asked about it; `false` once it said that it lacks something of it.
    pub ask: bool,
    /// Its changes.
    pub entries: Vec<CarriedEntry>,
}

/// One change in a carried envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedEntry {
    /// The scope it is meant for.
    pub scope: ScopeId,
    /// The document it belongs to.
    pub document: DocumentId,
    /// By what the server is asked about it.
    pub fingerprint: Fingerprint,
}

/// The order in which to send: urgent documents first, then the document written to last; in a document the order of
/// writing.
pub fn sending_order(items: &[OutboxItem]) -> Vec<OutboxItem> {
    let mut documents: BTreeMap<DocumentId, Vec<&OutboxItem>> = BTreeMap::new();
    for item in items {
        documents.entry(item.document).or_default().push(item);
    }
    let mut groups: Vec<Vec<&OutboxItem>> = documents.into_values().flat_map(split_after_urgent).collect();
    groups.sort_by_key(|group| {
        let urgent = group.iter().any(|item| item.urgent);
        (!urgent, std::cmp::Reverse(group.last().map(|item| item.index)))
    });
    groups.into_iter().flatten().cloned().collect()
}

/// One document's items in order of writing, cut after the last urgent one: only what leads up to it hurries.
fn split_after_urgent(mut items: Vec<&OutboxItem>) -> Vec<Vec<&OutboxItem>> {
    items.sort_by_key(|item| item.index);
    let hurried = items.iter().rposition(|item| item.urgent).map_or(0, |last| last + 1);
    let rest = items.split_off(hurried);
    [items, rest].into_iter().filter(|group| !group.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(index: u64, document: u8, urgent: bool) -> OutboxItem {
        OutboxItem { index, document: DocumentId::from_bytes([document; 16]), bytes: 1, urgent, ask: None }
    }

    fn order(items: &[OutboxItem]) -> Vec<u64> {
        sending_order(items).iter().map(|item| item.index).collect()
    }

    #[test]
    fn a_child_in_danger_goes_first_with_all_it_builds_on() {
        let items = [item(1, 1, false), item(2, 2, false), item(3, 1, true), item(4, 1, false), item(5, 3, false)];

        assert_eq!(order(&items), [1, 3, 5, 4, 2]);
    }

    #[test]
    fn without_urgency_the_newest_document_goes_first_and_a_document_keeps_its_order() {
        let items = [item(4, 1, false), item(1, 1, false), item(3, 2, false), item(2, 2, false)];

        assert_eq!(order(&items), [1, 4, 2, 3]);
    }
}
