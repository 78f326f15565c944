//! What is delivered becomes log records, documents and rows, or is set aside with a reason.
//!
//! ```text
//! each change:  in the log already? ─▶ Known
//!               revoked? scope granted? document of this scope? actor this device's? ─▶ no: set aside
//! each touched document:  the gate (every dependency there, sound, within bounds) ─▶ no: set aside
//! what is let in:  next number, chain ─▶ log · saved document ─▶ row ─▶ rows that depend on it
//! then:  what waited aside for just these changes is tried again
//! ruling:  what a person releases goes the same way; what a person discards never does
//! ```
//!
//! A [`Merge`] gathers one [`Append`] from as many deliveries as one commit is to hold. It sees its own changes, reads
//! only the documents that are touched, and writes nothing itself.
//!
//! **Invariant:** every delivered change gets an outcome, and every outcome is true once the append is durable: the
//! change is in a log, its bytes are kept aside, or it is held back and not kept at all ([`Outcome::HeldBack`]). A
//! change that is not let in never blocks another that does not build on it.

mod aside;
mod delivery;
mod documents;
mod refresh;
mod relocate;
mod ruling;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as MapEntry;

use jisr_sync_core::change::{RawChange, Refusal};
use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::{Cursor, Incarnation, LogKind, LogRecord, ReasonCode};
use jisr_sync_core::time::{ServiceZone, UnixMillis};

pub use aside::{SET_ASIDE_BYTES_OF_DEVICE_MAX, SET_ASIDE_OF_DEVICE_MAX};
pub use delivery::{Carrier, Checked, Delivered, Entry, Outcome};
use documents::Documents;
pub(crate) use documents::History;
pub use relocate::Relocated;
pub use ruling::{Decision, OTHER_SCOPE, Ruled, Ruling};

use crate::storage::{
    Append, AsideTally, ChangePlace, DeviceMark, EnvelopeId, LogAppend, SetAside, Storage, StorageError, StoredRecord,
};

/// One append in the making.
pub struct Merge<'s> {
    storage: &'s dyn Storage,
    zone: &'s ServiceZone,
    append: Append,
    heads: BTreeMap<ScopeId, Cursor>,
    documents: Documents<'s>,
    places: BTreeMap<(ChangeHash, DocumentId), ChangePlace>,
    /// Changes set aside in this append, by what finds them.
    aside: BTreeMap<(ChangeHash, DocumentId), SetAside>,
    /// How much the devices met in this append are charged with, with what it adds.
    tallies: BTreeMap<DeviceId, AsideTally>,
}

/// Delivered changes that their documents decide on, each with its place in the delivery.
type OpenChanges<'d> = BTreeMap<DocumentId, Vec<(usize, &'d RawChange)>>;

/// Where a change came from.
#[derive(Debug, Clone)]
struct Origin {
    author: DeviceId,
    incarnation: Incarnation,
    envelope: EnvelopeId,
    received_at: UnixMillis,
    clock_suspect: bool,
    /// Whether it comes along from another scope.
    moved: bool,
}

impl<'s> Merge<'s> {
    /// An append that holds nothing yet, on top of what `storage` holds durably.
    pub fn new(storage: &'s dyn Storage, zone: &'s ServiceZone) -> Self {
        Self {
            storage,
            zone,
            append: Append::default(),
            heads: BTreeMap::new(),
            documents: Documents::new(storage),
            places: BTreeMap::new(),
            aside: BTreeMap::new(),
            tallies: BTreeMap::new(),
        }
    }

    /// Takes in one delivery: one outcome for each of its entries, in their order.
    ///
    /// # Errors
    /// When storage cannot be read. The merge may then hold part of the delivery and must be dropped.
    pub fn deliver(&mut self, delivered: &Delivered) -> Result<Vec<Outcome>, StorageError> {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; delivered.entries.len()];
        let mut open = OpenChanges::new();
        let mut twice: BTreeMap<(ChangeHash, DocumentId), usize> = BTreeMap::new();
        for (at, entry) in delivered.entries.iter().enumerate() {
            let change = match &entry.change {
                Checked::Sound(change) => change,
                Checked::Refused { refusal, bytes } => {
                    let hash = jisr_sync_core::sync::body_hash(bytes);
                    outcomes[at] = Some(self.put_aside(delivered, entry, hash, bytes, (refusal.code(), None))?);
                    continue;
                }
            };
            // The same change twice in one envelope is one change.
            if let MapEntry::Vacant(vacant) = twice.entry((change.hash(), entry.document)) {
                vacant.insert(at);
            } else {
                continue;
            }
            match self.standing(delivered, entry, change)? {
                Standing::Known => outcomes[at] = Some(Outcome::Known),
                Standing::Elsewhere => outcomes[at] = Some(Outcome::Elsewhere),
                Standing::Barred(reason) => {
                    let (hash, bytes) = (change.hash(), change.bytes());
                    outcomes[at] = Some(self.put_aside(delivered, entry, hash, bytes, (reason, None))?);
                }
                Standing::Open => {
                    let changes = open.entry(entry.document).or_default();
                    // A new document that one envelope puts into two scopes is in the first.
                    if changes.first().is_none_or(|(first, _)| delivered.entries[*first].scope == entry.scope) {
                        changes.push((at, change));
                    } else {
                        let why = (Refusal::NotGranted.code(), None);
                        outcomes[at] = Some(self.put_aside(delivered, entry, change.hash(), change.bytes(), why)?);
                    }
                }
            }
        }
        self.admit(delivered, &open, &mut outcomes)?;
        self.note_author(delivered, &outcomes)?;
        let entries = delivered.entries.iter().zip(&outcomes);
        entries.map(|(entry, outcome)| self.outcome(entry, outcome.as_ref(), &outcomes, &twice)).collect()
    }

    /// The outcome of an entry: its own, or that of the first copy of the same change.
    fn outcome(
        &self,
        entry: &Entry,
        own: Option<&Outcome>,
        outcomes: &[Option<Outcome>],
        twice: &BTreeMap<(ChangeHash, DocumentId), usize>,
    ) -> Result<Outcome, StorageError> {
        let Checked::Sound(change) = &entry.change else { return own.cloned().ok_or(StorageError::Undecided) };
        let key = (change.hash(), entry.document);
        let first = || twice.get(&key).and_then(|at| outcomes.get(*at)?.as_ref());
        match own {
            // What stood before the changes it builds on was let in after them.
            Some(Outcome::SetAside(_)) if self.places.contains_key(&key) => Ok(Outcome::Appended),
            Some(outcome) => Ok(outcome.clone()),
            None if self.places.contains_key(&key) => Ok(Outcome::Known),
            None => first().cloned().ok_or(StorageError::Undecided),
        }
    }

    /// Keeps what a device told about itself, unless a later exchange of it was over before: an answer can hang for
    /// minutes on a dead link.
    ///
    /// # Errors
    /// When storage cannot be read.
    pub fn mark(&mut self, mark: DeviceMark) -> Result<(), StorageError> {
        let known = match self.append.marks.get(&mark.device) {
            Some(known) => Some(known.clone()),
            None => self.storage.device_mark(&mark.device)?,
        };
        if known.is_none_or(|known| known.last_contact <= mark.last_contact) {
            self.append.marks.insert(mark.device, mark);
        }
        Ok(())
    }

    /// What is to be appended: with documents and rows as they are after everything delivered.
    ///
    /// # Errors
    /// When storage cannot be read.
    pub fn finish(mut self) -> Result<Append, StorageError> {
        self.append.set_aside = self.aside.into_values().collect();
        let touched = self.documents.into_touched();
        refresh::refresh(self.storage, self.zone, &touched, &mut self.append)?;
        Ok(self.append)
    }

    /// What can be said of a change without its document.
    fn standing(&self, delivered: &Delivered, entry: &Entry, change: &RawChange) -> Result<Standing, StorageError> {
        if let Some(place) = self.place(&change.hash(), &entry.document)? {
            // That a record is not in a scope is for those who may read that scope.
            let is_told = place.scope != entry.scope && delivered.read.contains(&entry.scope);
            return Ok(if is_told { Standing::Elsewhere } else { Standing::Known });
        }
        if self.is_discarded(&change.hash(), &entry.document)? {
            return Ok(Standing::Barred(ReasonCode::DISCARDED));
        }
        if let Some(reason) = delivered.barred {
            return Ok(Standing::Barred(reason));
        }
        if !delivered.scopes.contains(&entry.scope) {
            return Ok(Standing::Barred(Refusal::NotGranted.code()));
        }
        // The answer for a document of another scope is the one for a scope that is not granted, so that nobody
        // learns which documents exist elsewhere.
        if self.documents.scope_of(&entry.document)?.is_some_and(|scope| scope != entry.scope) {
            return Ok(Standing::Barred(Refusal::NotGranted.code()));
        }
        // What this server vouches for stood in its log under this author.
        let vouched = !delivered.signed;
        let foreign = self.is_foreign(change, delivered.author, vouched)?;
        Ok(if foreign { Standing::Barred(Refusal::ForeignActor.code()) } else { Standing::Open })
    }

    /// Puts what may be open through the gate, document by document, and appends what is let in.
    fn admit(
        &mut self,
        delivered: &Delivered,
        open: &OpenChanges<'_>,
        outcomes: &mut [Option<Outcome>],
    ) -> Result<(), StorageError> {
        let origin = delivered.origin();
        let mut let_in: Vec<(usize, &RawChange)> = Vec::new();
        for (id, changes) in open {
            let raw: Vec<RawChange> = changes.iter().map(|(_, change)| (*change).clone()).collect();
            let scope = &delivered.entries[changes[0].0].scope;
            let verdicts = self.documents.open(id, scope)?.admit(&raw);
            for ((at, change), verdict) in changes.iter().zip(verdicts) {
                let entry = &delivered.entries[*at];
                match verdict {
                    Ok(()) => let_in.push((*at, change)),
                    Err(refusal) => {
                        let why = (refusal.code(), self.lacks(id, change, refusal)?);
                        let aside = self.put_aside(delivered, entry, change.hash(), change.bytes(), why)?;
                        outcomes[*at] = Some(aside);
                    }
                }
            }
        }
        let_in.sort_unstable_by_key(|(at, _)| *at);
        let mut grown: BTreeMap<DocumentId, Vec<ChangeHash>> = BTreeMap::new();
        for (at, change) in let_in {
            let entry = &delivered.entries[at];
            self.append_change(&entry.scope, entry.document, change, &origin)?;
            outcomes[at] = Some(Outcome::Appended);
            grown.entry(entry.document).or_default().push(change.hash());
        }
        if !grown.is_empty() {
            self.append.envelopes.insert(delivered.envelope, delivered.proof.clone());
        }
        grown.into_iter().try_for_each(|(id, came)| self.retry(&id, came))
    }

    /// Appends a change that is part of its document already.
    fn append_change(
        &mut self,
        scope: &ScopeId,
        document: DocumentId,
        change: &RawChange,
        origin: &Origin,
    ) -> Result<(), StorageError> {
        let head = self.head(scope)?;
        let hash = change.hash();
        let log = LogRecord {
            number: head.number + 1,
            chain: head.chain.next(LogKind::Change, &document, &hash),
            kind: LogKind::Change,
            document,
            hash,
            author: Some((origin.author, origin.incarnation)),
            moved: origin.moved,
            body: change.bytes().to_vec(),
        };
        let record = StoredRecord {
            log,
            received_at: origin.received_at,
            clock_suspect: origin.clock_suspect,
            envelope: Some(origin.envelope),
        };
        self.heads.insert(scope.clone(), record.cursor(&head));
        let place = ChangePlace { scope: scope.clone(), number: record.log.number };
        self.places.insert((hash, document), place);
        self.documents.grew(&document, &record);
        if self.actor(&change.actor())?.is_none() {
            self.append.actors.insert(change.actor(), origin.author);
        }
        self.aside.remove(&(hash, document));
        if self.storage.set_aside(&hash, &document)?.is_some() {
            self.append.taken_in.push((hash, document));
        }
        let new = || LogAppend { after: head, records: Vec::new() };
        self.append.logs.entry(scope.clone()).or_insert_with(new).records.push(record);
        Ok(())
    }

    /// Notes a sign of life of a device whose work somebody else brought. It has not been in touch itself: what it said of
    /// what waits on it stays as it was.
    fn note_author(&mut self, delivered: &Delivered, outcomes: &[Option<Outcome>]) -> Result<(), StorageError> {
        // What is known, and what the server itself vouches for, was written before, and says nothing of its author now.
        let is_new = outcomes.iter().flatten().any(|outcome| *outcome == Outcome::Appended);
        if delivered.author == delivered.brought_by || !delivered.signed || !is_new {
            return Ok(());
        }
        let known = match self.append.marks.get(&delivered.author) {
            Some(mark) => Some(mark.clone()),
            None => self.storage.device_mark(&delivered.author)?,
        };
        let mut mark = known.unwrap_or_else(|| DeviceMark::first_seen(delivered.author, delivered.received_at));
        mark.last_active = mark.last_active.max(delivered.received_at);
        self.append.marks.insert(mark.device, mark);
        Ok(())
    }

    /// The end of a log, with what this append adds to it.
    fn head(&self, scope: &ScopeId) -> Result<Cursor, StorageError> {
        match self.heads.get(scope) {
            Some(head) => Ok(*head),
            None => self.storage.head(scope),
        }
    }

    fn place(&self, hash: &ChangeHash, document: &DocumentId) -> Result<Option<ChangePlace>, StorageError> {
        match self.places.get(&(*hash, *document)) {
            Some(place) => Ok(Some(place.clone())),
            None => self.storage.change(hash, document),
        }
    }

    /// Whether a change is written under an actor of another device than its author: one that is registered to somebody
    /// else, or, when it is met for the first time, was not drawn for the author. Otherwise whoever sees a change first
    /// could sign it as his own, and its true author would be the foreigner.
    fn is_foreign(&self, change: &RawChange, author: DeviceId, vouched: bool) -> Result<bool, StorageError> {
        let actor = change.actor();
        Ok(match self.actor(&actor)? {
            Some(device) => device != author,
            None => !vouched && !actor.is_of(&author),
        })
    }

    fn actor(&self, actor: &ActorId) -> Result<Option<DeviceId>, StorageError> {
        match self.append.actors.get(actor) {
            Some(device) => Ok(Some(*device)),
            None => self.storage.actor(actor),
        }
    }
}

/// What can be said of a change without its document.
enum Standing {
    /// It is in the log.
    Known,
    /// It is in the log of another scope, and its bringer may be told so.
    Elsewhere,
    /// It is not let in, whatever its document says.
    Barred(&'static str),
    /// Its document decides.
    Open,
}

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod relocate_tests;
#[cfg(test)]
mod ruling_tests;
#[cfg(test)]
mod tests;
