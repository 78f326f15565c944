//! What of the outbox goes into one request, and in which order.
//!
//! A document stops at its first change that cannot be sent, or about which the server is asked first: what was
//! written later builds on it. The others go on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::id::{DeviceId, DocumentId, ScopeId};
use crate::sync::cursor::Fingerprint;
use crate::sync::hello::Incarnation;
use crate::sync::limits::{
    CHANGE_BYTES_MAX, FIRST_FRAME_BYTES_AIM, FRAME_BYTES_AIM, FRAME_BYTES_AIM_MIN, OFFER_FINGERPRINTS_MAX,
    PUSH_ENTRIES_MAX, REQUEST_ENTRIES_MAX,
};
use crate::sync::message::Offer;
use crate::sync::outbox::{OutboxEntry, OutboxItem, OutboxTotals, sending_order};

/// One request's part of the outbox.
#[derive(Debug, Default)]
pub(super) struct Plan {
    queue: VecDeque<OutboxItem>,
    /// Documents of which a change cannot be sent now, and its index: what was written later waits for it.
    halted: BTreeMap<DocumentId, u64>,
    /// How many changes of each listed document were not sent.
    unsent: BTreeMap<DocumentId, usize>,
    totals: OutboxTotals,
    unlisted: bool,
    raw_sent: usize,
    entries_sent: usize,
    /// Something waits for an answer about what is carried.
    held_back: bool,
    asked: Vec<OutboxItem>,
    unsendable: Vec<u64>,
}

impl Plan {
    /// A plan for what is listed of an outbox of `totals`. Nothing is sent of documents that are `held_back`.
    pub(super) fn of(items: &[OutboxItem], totals: OutboxTotals, held_back: &BTreeSet<DocumentId>) -> Self {
        let mut plan = Self { totals, unlisted: totals.changes > items.len() as u64, ..Self::default() };
        for item in sending_order(items) {
            *plan.unsent.entry(item.document).or_default() += 1;
            if usize::try_from(item.bytes).unwrap_or(usize::MAX) > CHANGE_BYTES_MAX {
                plan.unsendable.push(item.index);
                plan.halt(item.document, item.index);
            } else if item.ask.is_some() {
                plan.halt(item.document, item.index);
                plan.asked.push(item);
            } else if held_back.contains(&item.document) {
                plan.held_back = true;
                plan.halt(item.document, item.index);
            } else if !plan.is_halted(&item.document, item.index) {
                plan.queue.push_back(item);
            }
        }
        plan
    }

    /// How many records wait, by what the caller said.
    pub(super) const fn records(&self) -> u64 {
        self.totals.records
    }

    /// How many records will wait when all that was taken is acknowledged. Of what was not listed it is not known
    /// which records it belongs to, so then it is all of them.
    pub(super) fn left(&self) -> u64 {
        let sent_whole = self.unsent.values().filter(|unsent| **unsent == 0).count() as u64;
        if self.unlisted { self.totals.records } else { self.totals.records.saturating_sub(sent_whole) }
    }

    /// Whether more could be sent in another request.
    pub(super) fn has_more(&self) -> bool {
        !self.queue.is_empty() || self.unlisted || self.held_back
    }

    /// Whether the server is asked about something.
    pub(super) fn asks(&self) -> bool {
        !self.asked.is_empty()
    }

    /// The changes that are too long to be sent at all.
    pub(super) fn unsendable(&self) -> &[u64] {
        &self.unsendable
    }

    /// The Offers that ask about doubtful changes, each with their indexes in its order.
    pub(super) fn offers(&self) -> Vec<(Offer, Vec<u64>)> {
        let mut by_scope: BTreeMap<&ScopeId, Vec<(u64, Fingerprint)>> = BTreeMap::new();
        for (item, question) in self.asked.iter().filter_map(|item| Some((item, item.ask.as_ref()?))) {
            by_scope.entry(&question.scope).or_default().push((item.index, question.fingerprint));
        }
        let mut offers = Vec::new();
        for (scope, asked) in by_scope {
            for part in asked.chunks(OFFER_FINGERPRINTS_MAX) {
                let fingerprints: Vec<u8> = part.iter().flat_map(|(_, fingerprint)| *fingerprint.as_bytes()).collect();
                let offer = Offer { scope: scope.clone(), fingerprints: fingerprints.into() };
                offers.push((offer, part.iter().map(|(index, _)| *index).collect()));
            }
        }
        offers
    }

    /// The indexes of the next frame: as many as reach the aim (0: the protocol's own), at least one; none when the
    /// request carries `request_aim` bytes or nothing is left.
    pub(super) fn next_indexes(&mut self, frame_aim: u32, request_aim: usize) -> Vec<u64> {
        let wish = usize::try_from(frame_aim).unwrap_or(FRAME_BYTES_AIM);
        let aim = if wish == 0 { FRAME_BYTES_AIM } else { wish.clamp(FRAME_BYTES_AIM_MIN, FRAME_BYTES_AIM) };
        let aim = if self.raw_sent == 0 { aim.min(FIRST_FRAME_BYTES_AIM) } else { aim };
        let (mut indexes, mut bytes) = (Vec::new(), 0);
        while let Some(item) = self.queue.front() {
            if self.is_halted(&item.document, item.index) {
                self.queue.pop_front();
                continue;
            }
            let item_bytes = usize::try_from(item.bytes).unwrap_or(usize::MAX);
            let full = indexes.len() >= PUSH_ENTRIES_MAX || bytes + item_bytes > aim;
            if self.entries_sent + indexes.len() >= REQUEST_ENTRIES_MAX {
                break;
            }
            let over = self.raw_sent + bytes + item_bytes > request_aim && self.raw_sent + bytes > 0;
            if over || (full && !indexes.is_empty()) {
                break;
            }
            bytes += item_bytes;
            indexes.push(item.index);
            self.queue.pop_front();
        }
        self.note_sent(bytes, indexes.len());
        indexes
    }

    /// So many bytes in so many changes go into this request.
    pub(super) const fn note_sent(&mut self, bytes: usize, changes: usize) {
        self.raw_sent += bytes;
        self.entries_sent += changes;
    }

    /// What is sent of the entries that were read: in runs of one author, in their order.
    pub(super) fn take(&mut self, entries: Vec<OutboxEntry>) -> Vec<Vec<OutboxEntry>> {
        let mut runs: Vec<Vec<OutboxEntry>> = Vec::new();
        for entry in entries.into_iter().take(PUSH_ENTRIES_MAX) {
            if self.is_halted(&entry.document, entry.index) {
                continue;
            }
            if entry.change.len() > CHANGE_BYTES_MAX {
                self.unsendable.push(entry.index);
                self.halt(entry.document, entry.index);
                continue;
            }
            if let Some(unsent) = self.unsent.get_mut(&entry.document) {
                *unsent = unsent.saturating_sub(1);
            }
            match runs.last_mut() {
                Some(run) if run.first().map(author) == Some(author(&entry)) => run.push(entry),
                _ => runs.push(vec![entry]),
            }
        }
        runs
    }

    fn halt(&mut self, document: DocumentId, index: u64) {
        self.halted.entry(document).or_insert(index);
    }

    /// Whether the change waits for an earlier one of its document.
    fn is_halted(&self, document: &DocumentId, index: u64) -> bool {
        self.halted.get(document).is_some_and(|halted| index > *halted)
    }
}

/// Who wrote a waiting change; `None` for this device as it is now.
fn author(entry: &OutboxEntry) -> Option<(DeviceId, Incarnation)> {
    entry.vouched.map(|vouched| (vouched.author, vouched.incarnation))
}
