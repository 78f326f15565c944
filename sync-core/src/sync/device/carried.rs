//! What of other devices' envelopes goes into one request: first a question, then what is lacking, unchanged.
//!
//! Several phones of a van may hold one envelope. Each asks before it sends, so that it travels once. An envelope
//! leaves the device when the server's word for **all** its changes is stored: found in the log, or acknowledged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::id::{DocumentId, ScopeId};
use crate::sync::cursor::Fingerprint;
use crate::sync::limits::{CARRIED_ASKED_MAX, OFFER_FINGERPRINTS_MAX};
use crate::sync::message::Offer;
use crate::sync::outbox::{Acknowledged, CarriedItem};

/// One request's part of what is carried.
#[derive(Debug, Default)]
pub(super) struct Carrying {
    /// Those to be sent.
    queue: VecDeque<CarriedItem>,
    /// Of each envelope asked about: how many of its changes are not answered yet, and whether one is lacking.
    asked: BTreeMap<u64, (usize, bool)>,
    /// Of each envelope sent: how many of its changes are not answered yet, and whether one is not kept there.
    sent: BTreeMap<u64, (usize, bool)>,
    offers: Vec<(Offer, Vec<u64>)>,
    /// Documents of which something carried waits for an answer or for another request: what was written here may
    /// build on it.
    held_back: BTreeSet<DocumentId>,
    /// Something is left for another request.
    unlisted: bool,
    /// Something was found out or delivered.
    changes: usize,
}

impl Carrying {
    /// What is done about `items` in a request that carries about `aim` bytes.
    pub(super) fn of(items: Vec<CarriedItem>, aim: usize) -> Self {
        let mut carrying = Self::default();
        let mut asked: BTreeMap<ScopeId, Vec<(u64, Fingerprint)>> = BTreeMap::new();
        let (mut questions, mut bytes) = (0, 0);
        for item in items.into_iter().filter(|item| !item.entries.is_empty()) {
            let size = usize::try_from(item.bytes).unwrap_or(usize::MAX);
            let documents = item.entries.iter().map(|entry| entry.document);
            if !item.ask && (bytes == 0 || bytes + size <= aim) {
                bytes += size;
                carrying.queue.push_back(item);
                continue;
            }
            carrying.held_back.extend(documents);
            if item.ask && questions + item.entries.len() <= CARRIED_ASKED_MAX {
                questions += item.entries.len();
                carrying.asked.insert(item.index, (item.entries.len(), false));
                for entry in item.entries {
                    asked.entry(entry.scope).or_default().push((item.index, entry.fingerprint));
                }
            } else {
                carrying.unlisted = true;
            }
        }
        for (scope, asked) in asked {
            for part in asked.chunks(OFFER_FINGERPRINTS_MAX) {
                let fingerprints: Vec<u8> = part.iter().flat_map(|(_, print)| *print.as_bytes()).collect();
                let offer = Offer { scope: scope.clone(), fingerprints: fingerprints.into() };
                carrying.offers.push((offer, part.iter().map(|(index, _)| *index).collect()));
            }
        }
        carrying
    }

    /// The questions, each with the envelopes of its fingerprints in their order.
    pub(super) fn take_offers(&mut self) -> Vec<(Offer, Vec<u64>)> {
        std::mem::take(&mut self.offers)
    }

    /// Documents of which nothing is sent now that was written here.
    pub(super) const fn documents_held_back(&self) -> &BTreeSet<DocumentId> {
        &self.held_back
    }

    /// The next envelope to send, and how many bytes it has.
    pub(super) fn next(&mut self) -> Option<CarriedItem> {
        self.queue.pop_front()
    }

    /// An envelope of so many changes was sent.
    pub(super) fn note_sent(&mut self, index: u64, changes: usize) {
        self.sent.insert(index, (changes, false));
    }

    /// One change of an envelope is acknowledged.
    pub(super) fn acknowledged(&mut self, index: u64, into: &mut Acknowledged) {
        self.changes += 1;
        self.settle(index, false, into);
    }

    /// One change of an envelope is not kept at the server for now.
    pub(super) fn held_back(&mut self, index: u64, into: &mut Acknowledged) {
        self.settle(index, true, into);
    }

    fn settle(&mut self, index: u64, not_kept: bool, into: &mut Acknowledged) {
        let Some((open, held_back)) = self.sent.get_mut(&index) else { return };
        *open = open.saturating_sub(1);
        *held_back |= not_kept;
        if *open == 0 {
            let list = if *held_back { &mut into.carried_held_back } else { &mut into.carried_delivered };
            list.push(index);
        }
    }

    /// The server's word for one change that it was asked about.
    pub(super) fn answered(&mut self, index: u64, lacks: bool, into: &mut Acknowledged) {
        self.changes += 1;
        let Some((open, lacking)) = self.asked.get_mut(&index) else { return };
        *open = open.saturating_sub(1);
        *lacking |= lacks;
        if *open == 0 {
            let list = if *lacking { &mut into.carried_lacking } else { &mut into.carried_delivered };
            list.push(index);
        }
    }

    /// Whether another request has something to do: what was found lacking, and what did not fit.
    pub(super) fn has_more(&self) -> bool {
        self.unlisted || !self.queue.is_empty() || self.asked.values().any(|(open, lacking)| *open == 0 && *lacking)
    }

    /// For how many changes the server's word came in this exchange.
    pub(super) const fn changes(&self) -> usize {
        self.changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::outbox::CarriedEntry;

    fn item(index: u64, ask: bool, scopes: &[&str]) -> CarriedItem {
        let entry = |(n, scope): (usize, &&str)| CarriedEntry {
            scope: scope.parse().unwrap(),
            document: DocumentId::from_bytes([index as u8; 16]),
            fingerprint: Fingerprint::from_bytes([n as u8; 12]),
        };
        CarriedItem { index, bytes: 400, ask, entries: scopes.iter().enumerate().map(entry).collect() }
    }

    #[test]
    fn an_envelope_leaves_only_when_every_change_of_it_is_known_to_be_held() {
        let mut carrying = Carrying::of(vec![item(1, true, &["unit/a", "province/b"])], 1_000);
        assert_eq!(carrying.take_offers().len(), 2);

        let mut told = Acknowledged::default();
        carrying.answered(1, false, &mut told);
        assert_eq!(told, Acknowledged::default());
        carrying.answered(1, true, &mut told);

        assert_eq!((told.carried_delivered.len(), told.carried_lacking), (0, vec![1]));
        assert!(carrying.has_more());
    }

    #[test]
    fn an_envelope_of_which_something_is_not_kept_is_told_once_all_of_it_is_answered() {
        let mut carrying = Carrying::of(vec![item(1, false, &["unit/a", "unit/a"])], 1_000);
        carrying.note_sent(1, 2);

        let mut told = Acknowledged::default();
        carrying.held_back(1, &mut told);
        assert_eq!(told, Acknowledged::default());
        carrying.acknowledged(1, &mut told);

        assert_eq!(told, Acknowledged { carried_held_back: vec![1], ..Acknowledged::default() });
    }

    #[test]
    fn what_does_not_fit_waits_and_holds_back_what_was_written_here_in_its_records() {
        let items = vec![item(1, false, &["unit/a"]), item(2, false, &["unit/a"]), item(3, false, &["unit/a"])];
        let mut carrying = Carrying::of(items, 900);

        assert_eq!([carrying.next(), carrying.next()].map(|item| item.map(|item| item.index)), [Some(1), Some(2)]);
        assert_eq!(carrying.next(), None);
        assert!(carrying.has_more() && carrying.documents_held_back().contains(&DocumentId::from_bytes([3; 16])));
    }
}
