//! Which changes wait for the server, and for which records.
//!
//! A change enters when it is durable here and leaves when the server's durable acknowledgement of it is stored
//! here: [`Outbox`] is changed only after the store's commit has returned.
//!
//! **Never here:** the bytes of changes, the network.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::id::DocumentId;
use jisr_sync_core::time::UnixMillis;

use crate::store::WaitingMark;

/// The waiting changes, without their bytes.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    marks: BTreeMap<u64, WaitingMark>,
    by_document: BTreeMap<DocumentId, BTreeSet<u64>>,
    next_index: u64,
    sending: Option<Sending>,
}

/// An exchange under way.
#[derive(Debug, Clone, Copy)]
struct Sending {
    /// Changes with a smaller index are part of it.
    before: u64,
    /// How many records waited when it began.
    total: usize,
}

impl Outbox {
    /// What a store held when it was opened.
    pub fn new(marks: BTreeMap<u64, WaitingMark>, next_index: u64) -> Self {
        let mut outbox = Self { next_index, ..Self::default() };
        for (index, mark) in marks {
            outbox.handle_queued(index, mark);
        }
        outbox
    }

    /// The index the next change is to have.
    pub const fn next_index(&self) -> u64 {
        self.next_index
    }

    /// A change is durable here and waits now.
    pub fn handle_queued(&mut self, index: u64, mark: WaitingMark) {
        self.next_index = self.next_index.max(index.saturating_add(1));
        self.by_document.entry(mark.document).or_default().insert(index);
        self.marks.insert(index, mark);
    }

    /// The durable acknowledgement of these changes is stored here.
    pub fn handle_acknowledged(&mut self, indexes: &[u64]) {
        for index in indexes {
            let Some(mark) = self.marks.remove(index) else { continue };
            if let Some(waiting) = self.by_document.get_mut(&mark.document) {
                waiting.remove(index);
                if waiting.is_empty() {
                    self.by_document.remove(&mark.document);
                }
            }
        }
    }

    /// An exchange begins: what waits now is on its way.
    pub fn handle_sending(&mut self) {
        self.sending = Some(Sending { before: self.next_index, total: self.by_document.len() });
    }

    /// The exchange has ended, well or not.
    pub fn handle_ended(&mut self) {
        self.sending = None;
    }

    /// How many records wait.
    pub fn records(&self) -> usize {
        self.by_document.len()
    }

    /// How many changes wait.
    pub fn changes(&self) -> usize {
        self.marks.len()
    }

    /// Since when the oldest change waits.
    pub fn since(&self) -> Option<UnixMillis> {
        self.marks.values().map(|mark| mark.queued_at).min()
    }

    /// The waiting changes without their bytes, in commit order.
    pub fn marks(&self) -> impl Iterator<Item = (u64, &WaitingMark)> {
        self.marks.iter().map(|(index, mark)| (*index, mark))
    }

    /// The record a waiting change belongs to.
    pub fn document_of(&self, index: u64) -> Option<DocumentId> {
        self.marks.get(&index).map(|mark| mark.document)
    }

    /// Whether the server is asked about a waiting change, rather than sent it.
    pub fn is_asked(&self, index: u64) -> bool {
        self.marks.get(&index).is_some_and(|mark| mark.ask.is_some())
    }

    /// Whether a waiting change had been set aside, and the record here may be without it.
    pub fn is_offered_again(&self, index: u64) -> bool {
        self.marks.get(&index).is_some_and(|mark| mark.offered_again)
    }

    /// The waiting changes of one record, in commit order.
    pub fn indexes_of(&self, document: &DocumentId) -> impl Iterator<Item = u64> + use<> {
        self.by_document.get(document).cloned().unwrap_or_default().into_iter()
    }

    /// The records that wait.
    pub fn documents(&self) -> impl Iterator<Item = DocumentId> + '_ {
        self.by_document.keys().copied()
    }

    /// Whether a record waits, and if so, whether all that waits of it is part of the exchange under way.
    pub fn state_of(&self, document: &DocumentId) -> OutboxState {
        let Some(waiting) = self.by_document.get(document) else { return OutboxState::Empty };
        match (self.sending, waiting.last()) {
            (Some(sending), Some(&last)) if last < sending.before => OutboxState::Sending,
            _ => OutboxState::Waiting,
        }
    }

    /// Of the exchange under way: how many records are acknowledged, and how many waited when it began.
    pub fn progress(&self) -> Option<(usize, usize)> {
        let sending = self.sending?;
        let left = self.by_document.values().filter(|waiting| waiting.first().is_some_and(|&i| i < sending.before));
        Some((sending.total.saturating_sub(left.count()), sending.total))
    }
}

/// How a record stands in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxState {
    /// Nothing of it waits.
    Empty,
    /// A change of it waits.
    Waiting,
    /// All that waits of it is part of the exchange under way.
    Sending,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(document: u8) -> WaitingMark {
        WaitingMark {
            document: DocumentId::from_bytes([document; 16]),
            queued_at: UnixMillis(i64::from(document) * 1_000),
            bytes: 40,
            ask: None,
            offered_again: false,
        }
    }

    fn document(number: u8) -> DocumentId {
        DocumentId::from_bytes([number; 16])
    }

    #[test]
    fn a_record_waits_until_each_of_its_changes_is_acknowledged() {
        let mut outbox = Outbox::new(BTreeMap::from([(4, mark(1)), (5, mark(2)), (6, mark(1))]), 7);

        outbox.handle_acknowledged(&[4, 5]);

        assert_eq!(outbox.records(), 1);
        assert_eq!(outbox.state_of(&document(1)), OutboxState::Waiting);
        assert_eq!(outbox.state_of(&document(2)), OutboxState::Empty);
        assert_eq!(outbox.since(), Some(UnixMillis(1_000)));
    }

    #[test]
    fn a_change_made_during_an_exchange_is_not_shown_as_being_sent() {
        let mut outbox = Outbox::new(BTreeMap::from([(0, mark(1)), (1, mark(2))]), 2);
        outbox.handle_sending();
        outbox.handle_queued(2, mark(2));

        assert_eq!(outbox.state_of(&document(1)), OutboxState::Sending);
        assert_eq!(outbox.state_of(&document(2)), OutboxState::Waiting);
        assert_eq!(outbox.progress(), Some((0, 2)));

        outbox.handle_acknowledged(&[0, 1]);
        assert_eq!(outbox.progress(), Some((2, 2)));
        assert_eq!(outbox.records(), 1);
    }

    #[test]
    fn an_empty_outbox_keeps_its_next_index() {
        let mut outbox = Outbox::new(BTreeMap::from([(9, mark(1))]), 10);

        outbox.handle_acknowledged(&[9]);

        assert_eq!(outbox.next_index(), 10);
    }
}
