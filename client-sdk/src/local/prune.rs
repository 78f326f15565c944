//! Keeping a device small: old closed records leave it once the server has them and a backup too, and come back when
//! something new of them comes or a person asks.
//!
//! ```text
//!   agreed with the log, old, closed ─▶ {document, row go; id, digest, time stay} ─▶ something new, or asked for ─▶ wanted
//!                                                            ▲                                                        │
//!                                                            └──────────── old again ◀─ whole from the server ◀───────┘
//! ```
//!
//! **Never here:** a record of which anything waits, is set aside, is carried, or is not in a backup.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::id::{DocumentId, ScopeId};
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::sync::device::ScopeReport;
use jisr_sync_core::sync::limits::WHOLE_DOCUMENTS_MAX;
use jisr_sync_core::sync::{Digest, Documents, Month};
use jisr_sync_core::time::{OperationalDay, UnixMillis};

use super::Local;
use super::held::{Held, HeldRow};
use crate::error::{Error, Result};
use crate::outbox::OutboxState;
use crate::store::{Pruned, PrunedKey, StoreBatch};

/// How many records leave with one commit.
const RECORDS_A_COMMIT: usize = 256;

/// What changed here within so many days stays, however old it is: somebody is at work on it or has asked for it.
const TOUCHED_DAYS: u32 = 7;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The settings that hold the rule.
const KEEP_DAYS: &str = "keep-days";
const KEEP_RECORDS: &str = "keep-records";

/// How long and how many records a device keeps. Only closed ones leave by it, and only what is in a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepRule {
    /// What happened within so many days stays: 7 to 3,650.
    days: u32,
    /// Beyond so many records the oldest leave sooner, down to 7 days: 500 to 100,000.
    records: usize,
}

impl KeepRule {
    /// The rule of a device that was told none: 90 days, 10,000 records.
    pub const DEFAULT: Self = Self { days: 90, records: 10_000 };

    /// The rule of a device in a hurry: what is closed leaves as soon as a backup has it.
    #[cfg(feature = "testing")]
    pub const HASTY: Self = Self { days: 0, records: 10_000 };

    /// A rule.
    ///
    /// # Errors
    /// [`Error::Invalid`] for `keep-days` or `keep-records` beyond its bounds.
    pub fn new(days: u32, records: usize) -> Result<Self> {
        let bound = |field: &str, rule: &str| Error::Invalid { field: field.to_owned(), rule: rule.to_owned() };
        if !(TOUCHED_DAYS..=3_650).contains(&days) {
            return Err(bound(KEEP_DAYS, "must be from 7 to 3650"));
        }
        if !(500..=100_000).contains(&records) {
            return Err(bound(KEEP_RECORDS, "must be from 500 to 100000"));
        }
        Ok(Self { days, records })
    }

    /// For how many days what happened stays.
    pub const fn days(self) -> u32 {
        self.days
    }

    /// Beyond how many records the oldest leave sooner.
    pub const fn records(self) -> usize {
        self.records
    }
}

/// How much a device holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holdings {
    /// Records on this device.
    pub records: usize,
    /// Bytes of them, without what the store needs besides.
    pub bytes: u64,
    /// Records that have left it by the rule.
    pub left: usize,
    /// Of those, how many come back with the next exchange.
    pub wanted: usize,
    /// The rule.
    pub rule: KeepRule,
}

impl Holdings {
    /// Whether so much is held that it is time to see why nothing leaves: nine tenths of what the rule allows.
    pub const fn is_nearly_full(&self) -> bool {
        self.records >= self.rule.records / 10 * 9
    }
}

impl Local {
    /// The rule by which records leave this device.
    pub fn keep_rule(&self) -> KeepRule {
        keep_rule(&self.read_held())
    }

    /// Sets the rule. It is applied at the end of the next exchange.
    ///
    /// # Errors
    /// When the store fails.
    pub fn set_keep_rule(&self, rule: KeepRule) -> Result<()> {
        let of = |name: &str, value: String| (name.to_owned(), Some(value));
        let settings = [of(KEEP_DAYS, rule.days.to_string()), of(KEEP_RECORDS, rule.records.to_string())].into();
        self.write(|_, _| Ok((StoreBatch { settings, ..StoreBatch::default() }, ())))
    }

    /// How much is held here.
    pub fn holdings(&self) -> Holdings {
        let held = self.read_held();
        let left = || held.pruned.values().flatten();
        Holdings {
            records: held.rows.len(),
            bytes: held.rows.values().map(|row| u64::from(row.row.bytes)).sum(),
            left: left().count(),
            wanted: left().filter(|pruned| pruned.wanted).count(),
            rule: keep_rule(&held),
        }
    }

    /// How many records that tell of this day have left this device: its figures here are without them.
    pub fn left_of(&self, day: OperationalDay) -> usize {
        let held = self.read_held();
        let is_of = |pruned: &&Pruned| self.zone().day_of(pruned.at) == Some(day);
        held.pruned.values().flatten().filter(is_of).count()
    }

    /// The records that have left this device.
    pub fn left(&self) -> Vec<DocumentId> {
        self.read_held().pruned.values().flatten().map(|pruned| pruned.document).collect()
    }

    /// The sums of the records that have left this device.
    #[cfg(feature = "testing")]
    pub fn left_sums(&self) -> BTreeMap<DocumentId, Digest> {
        self.read_held().pruned.values().flatten().map(|pruned| (pruned.document, pruned.digest)).collect()
    }

    /// Asks for a record that has left this device: it comes with the next exchange, and stays for a while.
    ///
    /// # Errors
    /// [`Error::NotFound`] when no such record has left; when the store fails.
    pub fn recall(&self, id: DocumentId) -> Result<()> {
        self.write(|_, held| {
            let mut batch = StoreBatch::default();
            if !set_wanted(held, id, true, &mut batch) && !held.rows.contains_key(&id) {
                return Err(Error::NotFound(id));
            }
            Ok((batch, ()))
        })
    }

    /// The records to be asked for, by scope: as many as one exchange can bring.
    pub fn wanted(&self) -> BTreeMap<ScopeId, Documents> {
        let mut wanted: BTreeMap<ScopeId, Documents> = BTreeMap::new();
        let held = self.read_held();
        let all = held.pruned.iter().flat_map(|(key, list)| list.iter().map(move |pruned| (&key.scope, pruned)));
        for (scope, pruned) in all.filter(|(_, pruned)| pruned.wanted).take(WHOLE_DOCUMENTS_MAX) {
            let empty = || Documents { documents: Vec::new() };
            wanted.entry(scope.clone()).or_insert_with(empty).documents.push(pruned.document);
        }
        wanted
    }

    /// The answer that `asked` went into has come whole: what is not here by now does not lie in that scope any more.
    /// Whether something is left to be asked for.
    ///
    /// # Errors
    /// When the store fails.
    pub fn brought(&self, scope: &ScopeId, asked: &[DocumentId]) -> Result<bool> {
        self.write(|_, held| {
            let mut batch = StoreBatch::default();
            for id in asked {
                set_wanted(held, *id, false, &mut batch);
            }
            let of_scope = held.pruned.iter().filter(|(key, _)| key.scope == *scope);
            let mut wanted = of_scope.flat_map(|(_, list)| list).filter(|pruned| pruned.wanted);
            let is_left = wanted.any(|pruned| !asked.contains(&pruned.document));
            Ok((batch, is_left))
        })
    }

    /// Lets go of what is old, in a scope that was read to its end and sums up to its log's digest. How many records
    /// left.
    ///
    /// # Errors
    /// When the store fails; what had left before stays away, and the rest stays here.
    pub fn prune(&self, read: &ScopeReport) -> Result<usize> {
        let leaving = self.leaving(read);
        let mut left = 0;
        for some in leaving.chunks(RECORDS_A_COMMIT) {
            left += self.write(|_, held| {
                let mut batch = StoreBatch::default();
                for id in some {
                    self.let_go(held, *id, read, &mut batch)?;
                }
                let left = batch.documents.len();
                Ok((batch, left))
            })?;
        }
        Ok(left)
    }

    /// The records that leave by the rule, oldest first.
    fn leaving(&self, read: &ScopeReport) -> Vec<DocumentId> {
        let held = self.read_held();
        let Some(step) = backed_up_step(&held, read) else { return Vec::new() };
        let rule = keep_rule(&held);
        let now = UnixMillis(self.now().0.saturating_add(held.counters.clock_offset_ms));
        let before = |days: u32| UnixMillis(now.0.saturating_sub(i64::from(days).saturating_mul(DAY_MS)));
        let needed = needed(&held);
        let touched = before(rule.days.min(TOUCHED_DAYS));
        let may = |(id, row): &(&DocumentId, &HeldRow)| {
            let is_quiet = row.at() < touched && row.row.changed_at < touched;
            is_quiet && !needed.contains(*id) && may_leave(&held, id, row, &read.scope, step)
        };
        let mut leaving: Vec<(UnixMillis, DocumentId)> =
            held.rows.iter().filter(may).map(|(id, row)| (row.at(), *id)).collect();
        leaving.sort_unstable();
        let beyond = held.rows.len().saturating_sub(rule.records);
        let old = leaving.partition_point(|(at, _)| *at < before(rule.days));
        leaving.truncate(old.max(beyond));
        leaving.into_iter().map(|(_, id)| id).collect()
    }

    fn let_go(&self, held: &Held, id: DocumentId, read: &ScopeReport, batch: &mut StoreBatch) -> Result<()> {
        let Some(step) = backed_up_step(held, read) else { return Ok(()) };
        let may = |row: &&HeldRow| may_leave(held, &id, row, &read.scope, step);
        let Some(row) = held.rows.get(&id).filter(may) else { return Ok(()) };
        if let Some(hashes) = held.foreign.get(&id) {
            // What only another device has brought is not known to be in the log.
            let vouchers = self.store.vouchers(&id)?;
            if hashes.iter().any(|hash| !vouchers.contains_key(hash)) {
                return Ok(());
            }
        }
        let Some(digest) = row.row.digest.map(Digest) else { return Ok(()) };
        let list = list_of(held, PrunedKey { month: Month::of(&id), scope: row.row.scope.clone() }, batch);
        list.push(Pruned { document: id, digest, at: row.at(), wanted: false });
        batch.documents.insert(id, None);
        Ok(())
    }
}

/// The step up to which what was stored of a scope is in a backup; `None` when nothing is, or when what is held here does
/// not sum up to the scope's log.
fn backed_up_step(held: &Held, read: &ScopeReport) -> Option<u64> {
    let history = held.cursors.get(&read.scope).filter(|history| history.agrees())?;
    history.stored_by(read.backed_up)
}

/// Whether a record may leave as far as it is concerned: of this scope and closed, nothing of it under way or doubted, and
/// all of it stored by the step up to which a backup has the scope.
fn may_leave(held: &Held, id: &DocumentId, row: &HeldRow, scope: &ScopeId, step: u64) -> bool {
    let is_backed_up = row.row.step > 0 && row.row.step <= step;
    let is_whole = row.row.scope == *scope && !row.row.left && !row.row.conflicted && row.facets.closed;
    let is_under_way = || {
        held.outbox.state_of(id) != OutboxState::Empty
            || held.seen.contains_key(id)
            || held.drafts.contains_key(id)
            || held.carried.has(id)
            || held.asides_of(id).next().is_some()
    };
    is_backed_up && is_whole && !is_under_way()
}

/// What records name that are still open: a crew looks it up.
fn needed(held: &Held) -> BTreeSet<DocumentId> {
    let pending = [RecordKind::Referral, RecordKind::FollowUp];
    let open = pending.into_iter().flat_map(|kind| held.rows_of(kind)).filter(|(_, row)| !row.facets.closed);
    open.flat_map(|(_, row)| row.facets.related.iter().copied()).collect()
}

fn keep_rule(held: &Held) -> KeepRule {
    let days = held.settings.get(KEEP_DAYS).and_then(|days| days.parse().ok());
    let records = held.settings.get(KEEP_RECORDS).and_then(|records| records.parse().ok());
    let KeepRule { days: default_days, records: default_records } = KeepRule::DEFAULT;
    KeepRule { days: days.unwrap_or(default_days), records: records.unwrap_or(default_records) }
}

/// A record that does not read any more leaves, and is asked for.
pub(super) fn note_wanted(held: &Held, id: DocumentId, batch: &mut StoreBatch) {
    let Some(row) = held.rows.get(&id) else { return };
    let list = list_of(held, PrunedKey { month: Month::of(&id), scope: row.row.scope.clone() }, batch);
    let digest = row.row.digest.map(Digest).unwrap_or_default();
    list.push(Pruned { document: id, digest, at: row.at(), wanted: true });
}

/// Says whether a record that has left is to be asked for: something new of it came, or somebody wants to see it. Whether
/// there is such a record.
pub(super) fn set_wanted(held: &Held, id: DocumentId, wanted: bool, batch: &mut StoreBatch) -> bool {
    let Some((key, _)) = held.pruned_of(&id) else { return false };
    let list = list_of(held, key.clone(), batch);
    list.iter_mut().filter(|pruned| pruned.document == id).for_each(|pruned| pruned.wanted = wanted);
    true
}

/// A record is here again, or gone for good: it does not count any more as one that has left by the rule.
pub(super) fn forget(held: &Held, id: &DocumentId, batch: &mut StoreBatch) {
    if let Some((key, _)) = held.pruned_of(id) {
        list_of(held, key.clone(), batch).retain(|pruned| pruned.document != *id);
    }
}

/// What is remembered goes where `is_meant`.
pub(super) fn forget_all(held: &Held, is_meant: impl Fn(&PrunedKey) -> bool, batch: &mut StoreBatch) {
    let keys = held.pruned.keys().filter(|key| is_meant(key));
    batch.pruned.extend(keys.map(|key| (key.clone(), Vec::new())));
}

fn list_of<'b>(held: &Held, key: PrunedKey, batch: &'b mut StoreBatch) -> &'b mut Vec<Pruned> {
    let known = held.pruned.get(&key);
    batch.pruned.entry(key).or_insert_with(|| known.cloned().unwrap_or_default())
}
