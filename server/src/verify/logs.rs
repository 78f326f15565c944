//! Reading the logs: chains, hashes, authors, heads, digests and the index of changes.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::change::RawChange;
use jisr_sync_core::id::{DocumentId, ScopeId};
use jisr_sync_core::sync::{Cursor, LogKind, Proof, body_hash};

use super::{CheckError, Fault, PAGE, Part, Report, undamaged};
use crate::progress::{Count, Stage, Watch};
use crate::storage::{ChangePlace, EnvelopeId, StorageError, StoredRecord, Tail, Walk};

/// Where the records of a document stand.
pub(super) struct Place {
    pub(super) scope: ScopeId,
    pub(super) numbers: Vec<u64>,
}

/// Which documents the logs hold.
#[derive(Default)]
pub(super) struct Logs {
    documents: BTreeMap<DocumentId, Place>,
    /// The last proof that was looked at: the records of one envelope stand together.
    proof: Option<(EnvelopeId, Option<Proof>)>,
}

impl Logs {
    /// Reads every log and reports what is wrong with it.
    pub(super) fn read(storage: &dyn Walk, report: &mut Report, watch: &dyn Watch) -> Result<Self, CheckError> {
        let mut logs = Self::default();
        let (mut changes, scopes) = (0, storage.scopes()?);
        let mut count = Count::begin(watch, Stage::Logs, Some(records(storage, &scopes)?))?;
        for scope in scopes {
            report.scopes += 1;
            changes += logs.read_one(storage, &scope, (report, &mut count))?;
        }
        match count_index(storage)? {
            Some(entries) if entries == changes => {}
            Some(entries) => report.fault(Fault::IndexCount { entries, changes }),
            None => report.fault(Fault::Unreadable { what: Part::Index }),
        }
        Ok(logs)
    }

    /// The documents, in order of their ids.
    pub(super) fn documents(&self) -> impl Iterator<Item = (&DocumentId, &Place)> {
        self.documents.iter()
    }

    /// How many documents there are.
    pub(super) fn len(&self) -> u64 {
        self.documents.len() as u64
    }

    pub(super) fn place(&self, id: &DocumentId) -> Option<&Place> {
        self.documents.get(id)
    }

    /// Reads one log; gives the number of its changes.
    fn read_one(
        &mut self,
        storage: &dyn Walk,
        scope: &ScopeId,
        (report, count): (&mut Report, &mut Count<'_>),
    ) -> Result<u64, CheckError> {
        let tail = storage.tail(scope)?;
        let mut made = Tail::empty(Cursor::start(tail.head.epoch));
        let (mut changes, mut withheld) = (0, BTreeSet::new());
        loop {
            let Some(page) = undamaged(storage.log_after(scope, made.head.number, PAGE))? else {
                report.fault(Fault::LogUnreadable { scope: scope.clone(), after: made.head.number });
                return Ok(changes);
            };
            if page.is_empty() {
                break;
            }
            count.add(page.len() as u64)?;
            for record in page {
                changes += u64::from(record.log.kind == LogKind::Change && !record.log.is_withheld());
                match record.log.kind {
                    LogKind::Change if record.log.is_withheld() => _ = withheld.insert(record.log.document),
                    LogKind::MovedOut | LogKind::Erasure => _ = withheld.remove(&record.log.document),
                    LogKind::Change | LogKind::MovedIn => {}
                }
                self.check(storage, scope, &record, &made.head, report)?;
                made.add(&record);
                made.head = record.cursor(&made.head);
                report.records += 1;
                self.note(scope, &record);
            }
        }
        for document in withheld {
            report.fault(Fault::History { document });
        }
        if made.head != tail.head {
            report.fault(Fault::Head { scope: scope.clone() });
        }
        if made.months != tail.months {
            report.fault(Fault::Digest { scope: scope.clone() });
        }
        Ok(changes)
    }

    fn note(&mut self, scope: &ScopeId, record: &StoredRecord) {
        if record.log.kind == LogKind::Change && !record.log.is_withheld() {
            let new = || Place { scope: scope.clone(), numbers: Vec::new() };
            self.documents.entry(record.log.document).or_insert_with(new).numbers.push(record.log.number);
        }
    }

    fn check(
        &mut self,
        storage: &dyn Walk,
        scope: &ScopeId,
        record: &StoredRecord,
        before: &Cursor,
        report: &mut Report,
    ) -> Result<(), StorageError> {
        let (log, number) = (&record.log, record.log.number);
        if log.chain != before.chain.next(log.kind, &log.document, &log.hash) {
            report.fault(Fault::Chain { scope: scope.clone(), number });
        }
        if log.kind != LogKind::Change {
            if body_hash(&log.body) != log.hash {
                report.fault(Fault::Hash { scope: scope.clone(), number });
            }
            return Ok(());
        }
        if log.is_withheld() {
            return Ok(());
        }
        let change = RawChange::inspect(&log.body).ok().filter(|change| change.hash() == log.hash);
        let Some(change) = change else {
            report.fault(Fault::Hash { scope: scope.clone(), number });
            return Ok(());
        };
        let owner = undamaged(storage.actor(&change.actor()))?.flatten();
        if !self.is_proven(storage, record)? || owner != log.author.map(|(device, _)| device) {
            report.fault(Fault::Author { scope: scope.clone(), number });
        }
        let place = ChangePlace { scope: scope.clone(), number };
        if undamaged(storage.change(&log.hash, &log.document))?.flatten() != Some(place) {
            report.fault(Fault::NotIndexed { hash: log.hash, document: log.document });
        }
        Ok(())
    }

    /// Whether the record's envelope is kept, is its author's, and names the change.
    fn is_proven(&mut self, storage: &dyn Walk, record: &StoredRecord) -> Result<bool, StorageError> {
        let Some(id) = record.envelope else { return Ok(false) };
        if self.proof.as_ref().is_none_or(|(last, _)| *last != id) {
            let stored = undamaged(storage.envelope(&id))?.flatten();
            let proof = stored.and_then(|bytes| Proof::from_bytes(&bytes)).filter(|proof| EnvelopeId::of(proof) == id);
            self.proof = Some((id, proof));
        }
        let Some((_, Some(proof))) = &self.proof else { return Ok(false) };
        let (hash, document) = (record.log.hash, record.log.document);
        let named = proof.entries.iter().any(|entry| entry.hash == hash && entry.document == document);
        Ok(named && record.log.author == Some((proof.device, proof.incarnation)))
    }
}

/// How many records the logs of these scopes have, by their heads.
pub(super) fn records(storage: &dyn Walk, scopes: &[ScopeId]) -> Result<u64, StorageError> {
    scopes.iter().map(|scope| Ok(storage.head(scope)?.number)).sum()
}

/// How many entries the index of changes has; `None` when one of them does not read.
fn count_index(storage: &dyn Walk) -> Result<Option<u64>, StorageError> {
    let (mut total, mut last) = (0, None);
    loop {
        let Some(page) = undamaged(storage.changes_after(last, PAGE.records))? else { return Ok(None) };
        total += page.len() as u64;
        match page.last() {
            Some((hash, document, _)) => last = Some((*hash, *document)),
            None => return Ok(Some(total)),
        }
    }
}
