//! Taking in what another device hands over with no network, and keeping its envelopes for the server.
//!
//! The changes pass the same gate as the server's and are shown at once; the envelope is kept whole until the server's
//! word for it is stored. What was handed over is **not this device's own work**: it is never signed here, and goes on
//! only in its author's envelope.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::Document;
use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::limits::{
    CARRIED_BYTES_MAX, CARRIED_ENVELOPES_MAX, CARRIED_FROM_ONE_BYTES_MAX, CARRIED_FROM_ONE_ENVELOPES_MAX,
    CHANGE_BYTES_MAX, FRAME_BYTES_MAX,
};
use jisr_sync_core::sync::{
    Acknowledged, CarriedItem, Certificate, Credentials, Envelope, EnvelopeEntry, Fingerprint, ReasonCode, change_hash,
};
use jisr_sync_core::time::UnixMillis;

use super::held::Held;
use super::receive::Taken;
use super::sending::name_on_server;
use super::withdrawn::Withdrawn;
use super::{Local, identity_of};
use crate::error::{Error, Result};
use crate::store::{
    Aside, AsideKey, AsideOrigin, Carried, CarriedMark, Counters, Doubt, Enrolment, StoreBatch, Waiting,
};

/// Something that can be handed over to another device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offerable {
    /// Where its bytes are.
    pub source: OfferSource,
    /// Its changes.
    pub entries: Vec<(ScopeId, Fingerprint)>,
    /// How many bytes they have.
    pub bytes: usize,
}

/// What an envelope brought that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HandedIn {
    /// How many of its changes were not here.
    pub new: usize,
    /// How many of those are kept and not shown: they build on something that is not here, or do not pass the gate.
    pub not_shown: usize,
}

/// How many bytes of own changes go into one envelope, so that it fits a frame with all that stands around them.
const OWN_BYTES_MAX: usize = FRAME_BYTES_MAX - FRAME_BYTES_MAX / 16;

/// What stands around a change in an envelope, in bytes: its scope, its document, lengths.
const AROUND_CHANGE_BYTES: usize = 96;

/// What goes together in one envelope, own work first: own changes in their order, at most `count` and no more than fit
/// a frame; a carried envelope alone, as it is.
pub(crate) fn groups<'o>(items: impl IntoIterator<Item = &'o Offerable>, count: usize) -> Vec<Vec<OfferSource>> {
    const { assert!(CHANGE_BYTES_MAX + AROUND_CHANGE_BYTES <= OWN_BYTES_MAX) };
    let is_own = |item: &&Offerable| matches!(item.source, OfferSource::Own(_));
    let (own, carried): (Vec<&Offerable>, Vec<&Offerable>) = items.into_iter().partition(is_own);
    let (mut groups, mut bytes): (Vec<Vec<OfferSource>>, usize) = (Vec::new(), 0);
    for item in own {
        let more = item.bytes + AROUND_CHANGE_BYTES;
        match groups.last_mut().filter(|group| group.len() < count && bytes + more <= OWN_BYTES_MAX) {
            Some(group) => group.push(item.source),
            None => {
                groups.push(vec![item.source]);
                bytes = 0;
            }
        }
        bytes += more;
    }
    groups.extend(carried.into_iter().map(|item| vec![item.source]));
    groups
}

/// Where the bytes of something to hand over are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferSource {
    /// A change of this device's own outbox, which it signs.
    Own(u64),
    /// An envelope it carries, which goes on as it is.
    Carried(u64),
}

impl OfferSource {
    /// Its number in the outbox, or among what is carried.
    pub const fn index(self) -> u64 {
        match self {
            Self::Own(index) | Self::Carried(index) => index,
        }
    }
}

impl Local {
    /// The envelopes that are carried, oldest first, as an exchange with the server wants them.
    pub fn carried(&self) -> Vec<CarriedItem> {
        self.read_held().carried.marks().iter().map(|(index, mark)| mark.item(*index)).collect()
    }

    /// A carried envelope, or `None` when it has left.
    ///
    /// # Errors
    /// When the store fails.
    pub fn carried_envelope(&self, index: u64) -> Result<Option<Carried>> {
        Ok(self.store.carried(index)?)
    }

    /// What this device could hand over of the scopes that are `wanted`: its own work that waits, then what it carries for
    /// others, each in order. An envelope that is also about other scopes is left out whole.
    ///
    /// # Errors
    /// When the store fails.
    pub fn offerable(&self, wanted: impl Fn(&ScopeId) -> bool) -> Result<Vec<Offerable>> {
        let indexes: Vec<u64> = self.read_held().outbox.marks().map(|(index, _)| index).collect();
        let mut all = Vec::new();
        for index in indexes {
            let Some(entry) = self.waiting_entry(index)? else { continue };
            // What no server takes for its length would make an envelope that nobody can read.
            let fits = entry.change.len() <= CHANGE_BYTES_MAX;
            if entry.vouched.is_none() && fits && wanted(&entry.scope) {
                let fingerprint = Fingerprint::of(&entry.document, &change_hash(&entry.change));
                let (source, bytes) = (OfferSource::Own(index), entry.change.len());
                all.push(Offerable { source, entries: vec![(entry.scope, fingerprint)], bytes });
            }
        }
        for (index, mark) in self.read_held().carried.marks() {
            if mark.entries.iter().all(|entry| wanted(&entry.scope)) {
                let entries = mark.entries.iter().map(|entry| (entry.scope.clone(), entry.fingerprint)).collect();
                let bytes = usize::try_from(mark.bytes).unwrap_or(usize::MAX);
                all.push(Offerable { source: OfferSource::Carried(*index), entries, bytes });
            }
        }
        Ok(all)
    }

    /// Own changes that wait, as one envelope; those that have left in the meantime are not in it. `None`: all have.
    ///
    /// # Errors
    /// When the store fails.
    pub fn own_envelope(&self, indexes: &[u64]) -> Result<Option<Envelope>> {
        let identity = self.identity()?;
        let key = identity.signing_key().ok_or(Error::NotEnrolled)?;
        let mut entries = Vec::with_capacity(indexes.len());
        for index in indexes {
            entries.extend(self.waiting_entry(*index)?.map(|entry| EnvelopeEntry {
                scope: entry.scope,
                document: entry.document,
                change: entry.change.into(),
            }));
        }
        let signed = || Envelope::sign(identity.device, identity.incarnation, entries.clone(), &key);
        Ok((!entries.is_empty()).then(signed))
    }

    /// Which of these changes this device lacks: it neither has them in a record nor carries them, and nobody has decided
    /// that they are not taken in.
    ///
    /// # Errors
    /// When the store fails.
    pub fn lacks(&self, fingerprints: &[Fingerprint]) -> Result<Vec<bool>> {
        let held = self.read_held();
        let mut known: BTreeSet<Fingerprint> =
            held.carried.marks().values().flat_map(|mark| &mark.entries).map(|entry| entry.fingerprint).collect();
        let discarded = held.asides.iter().filter(|(_, aside)| aside.is_discarded());
        known.extend(discarded.map(|(key, _)| Fingerprint::of(&key.document, &key.change)));
        // A fingerprint ends with the end of its document's id.
        let asked: BTreeSet<&[u8]> = fingerprints.iter().map(|print| &print.as_bytes()[8..]).collect();
        for id in held.rows.keys().filter(|id| asked.contains(&id.as_bytes()[12..])) {
            let (document, _) = self.document_of(&held, *id, None)?;
            known.extend(document.changes().iter().map(|change| Fingerprint::of(id, &change.hash())));
        }
        // What was erased is not wanted again.
        let erased = |print: &Fingerprint| held.erased.iter().any(|id| id.as_bytes()[12..] == print.as_bytes()[8..]);
        Ok(fingerprints.iter().map(|print| !known.contains(print) && !erased(print)).collect())
    }

    /// Takes in an envelope that a device hands over, and returns once it would survive a power cut. The caller has
    /// verified the certificate and the signature. An envelope of which all is known, or that is this device's own, is
    /// not kept.
    ///
    /// # Errors
    /// [`Error::CarriedFull`] and [`Error::CarriedShare`] when there is no room for it: the device that handed it over
    /// still has it. Or when the store fails.
    pub fn carry(&self, from: DeviceId, certificate: &Certificate, envelope: &Envelope) -> Result<HandedIn> {
        let prints = envelope.entries.iter().map(|entry| Fingerprint::of(&entry.document, &change_hash(&entry.change)));
        let lacking = self.lacks(&prints.collect::<Vec<_>>())?;
        self.write(|_, held| {
            let mut batch = StoreBatch::default();
            let mut taken = Taken::default();
            if envelope.device == identity_of(held)?.device || !lacking.contains(&true) {
                return Ok((batch, HandedIn::default()));
            }
            let carried = Carried {
                from,
                at: self.now(),
                ask: true,
                certificate: certificate.clone(),
                envelope: envelope.clone(),
            };
            room_for(held, &CarriedMark::of(&carried))?;
            let index = held.counters.next_carried;
            batch.counters = Some(Counters { next_carried: index.saturating_add(1), ..held.counters });
            batch.carried.insert(index, Some(carried));
            let mut by_document: BTreeMap<DocumentId, Vec<&EnvelopeEntry>> = BTreeMap::new();
            let new = envelope.entries.iter().zip(lacking).filter(|(_, lacks)| *lacks);
            new.for_each(|(entry, _)| by_document.entry(entry.document).or_default().push(entry));
            let mut handed_in = HandedIn::default();
            for (id, entries) in by_document {
                self.merge_carried(held, envelope.device, id, &entries, &mut batch, &mut taken)?;
                handed_in.new += entries.len();
                handed_in.not_shown += not_shown(&batch, &id, &entries)?;
            }
            Ok((batch, handed_in))
        })
    }

    /// Shows the changes of one record that were handed over, as far as the gate lets them in.
    fn merge_carried(
        &self,
        held: &Held,
        author: DeviceId,
        id: DocumentId,
        entries: &[&EnvelopeEntry],
        batch: &mut StoreBatch,
        taken: &mut Taken,
    ) -> Result<()> {
        let mut foreign = held.foreign.get(&id).cloned().unwrap_or_default();
        for hash in entries.iter().map(|entry| change_hash(&entry.change)) {
            if !foreign.contains(&hash) {
                foreign.push(hash);
            }
        }
        batch.foreign.insert(id, Some(foreign));
        let Some(scope) = entries.first().map(|entry| &entry.scope) else { return Ok(()) };
        let elsewhere = held.rows.get(&id).is_some_and(|row| row.row.scope != *scope);
        if held.erased.contains(&id) || elsewhere {
            return Ok(());
        }
        let bodies = entries.iter().filter(|entry| entry.scope == *scope && !is_forged(author, &entry.change));
        let bodies = bodies.map(|entry| entry.change.to_vec()).collect();
        self.take_in(held, id, scope, Vec::new(), bodies, batch, taken)
    }

    /// The bodies of changes of one record that are carried.
    pub(super) fn carried_bodies(&self, held: &Held, id: &DocumentId) -> Result<Vec<Vec<u8>>> {
        let mut bodies = Vec::new();
        for index in held.carried.about(id) {
            let Some(carried) = self.store.carried(index)? else { continue };
            let (author, entries) = (carried.envelope.device, carried.envelope.entries);
            let of_record = entries.into_iter().filter(|entry| entry.document == *id);
            let of_record = of_record.filter(|entry| !is_forged(author, &entry.change));
            let is_discarded = |entry: &EnvelopeEntry| held.is_discarded(id, &change_hash(&entry.change));
            let of_record = of_record.filter(|entry| !is_discarded(entry));
            bodies.extend(of_record.map(|entry| entry.change.into()));
        }
        Ok(bodies)
    }

    /// Adds to `batch` what the server said of carried envelopes, but for those about a record that is `busy`: they stay,
    /// and are asked about again. Gives what of them a person has discarded.
    ///
    /// An envelope of which the server can keep nothing for now goes behind all others, so that it starves none.
    pub(super) fn note_carried(
        &self,
        held: &Held,
        answer: &Acknowledged,
        busy: impl Fn(&DocumentId) -> bool,
        batch: &mut StoreBatch,
    ) -> Result<Withdrawn> {
        let marks = held.carried.marks();
        let is_busy = |index: &u64| {
            let entries = marks.get(index).map(|mark| mark.entries.as_slice()).unwrap_or_default();
            entries.iter().any(|entry| busy(&entry.document))
        };
        let gone = answer.carried_delivered.iter().filter(|index| !is_busy(index));
        batch.carried.extend(gone.map(|index| (*index, None)));
        for index in &answer.carried_lacking {
            let carried = self.store.carried(*index)?;
            batch.carried.extend(carried.map(|carried| (*index, Some(Carried { ask: false, ..carried }))));
        }
        let mut counters = held.counters;
        for index in &answer.carried_held_back {
            let Some(carried) = self.store.carried(*index)? else { continue };
            batch.carried.insert(*index, None);
            batch.carried.insert(counters.next_carried, Some(carried));
            counters.next_carried = counters.next_carried.saturating_add(1);
            batch.counters = Some(counters);
        }
        let mut discarded = Withdrawn::new();
        for (index, place, reason) in answer.carried_set_aside.iter().filter(|(index, ..)| !is_busy(index)) {
            let Some(carried) = self.store.carried(*index)? else { continue };
            let Some(entry) = carried.envelope.entries.into_iter().nth(*place) else { continue };
            if held.erased.contains(&entry.document) {
                continue;
            }
            let key = AsideKey { document: entry.document, change: name_on_server(&entry.change) };
            if reason.as_str() == ReasonCode::DISCARDED {
                discarded.entry(key.document).or_default().insert(key.change);
            }
            let aside = Aside::new(AsideOrigin::Brought, reason.as_str(), self.now(), entry.scope);
            batch.asides.insert(key, Some((aside, entry.change.into())));
        }
        Ok(discarded)
    }

    /// Notes that a device has said that it keeps these changes of the outbox. They go on waiting; since that device may
    /// meet the server first, the server is asked about them before they are sent.
    ///
    /// # Errors
    /// When the store fails.
    pub fn handed_over(&self, indexes: &[u64], to: DeviceId) -> Result<()> {
        self.write(|_, held| {
            let mut batch = StoreBatch::default();
            for index in indexes.iter().filter(|index| held.outbox.document_of(**index).is_some()) {
                let mut devices = held.handed.get(index).cloned().unwrap_or_default();
                if !devices.contains(&to) {
                    devices.push(to);
                    batch.handed.insert(*index, devices);
                    let entry = self.waiting_entry(*index)?.filter(|entry| entry.doubt == Doubt::None);
                    batch.requeued.extend(entry.map(|entry| Waiting { doubt: Doubt::Ask, ..entry }));
                }
            }
            Ok((batch, ()))
        })
    }

    /// Keeps by what other devices of the service know this one.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], or when the store fails.
    pub fn set_credentials(&self, credentials: Credentials) -> Result<()> {
        self.write(|_, held| {
            let mut identity = identity_of(held)?;
            let enrolment = identity.enrolment.as_mut().ok_or(Error::NotEnrolled)?;
            enrolment.credentials = Some(credentials);
            Ok((StoreBatch { identity: Some(identity), ..StoreBatch::default() }, ()))
        })
    }

    /// Whether to ask the server for this device's credentials: there are none, they grow old, or they name other scopes
    /// than are granted now.
    pub fn wants_credentials(&self) -> bool {
        let held = self.read_held();
        let now = UnixMillis(self.now().0.saturating_add(held.counters.clock_offset_ms));
        let enrolment = held.identity.as_ref().and_then(|identity| identity.enrolment.as_ref());
        let says_otherwise = |known: &Credentials, enrolment: &Enrolment| {
            known.certificate.unverified().is_none_or(|certified| certified.scopes != enrolment.scopes)
        };
        enrolment.is_some_and(|enrolment| {
            let due = |known: &Credentials| known.is_due(now) || says_otherwise(known, enrolment);
            enrolment.credentials.as_ref().is_none_or(due)
        })
    }
}

/// Whether a change that `author` signed is written under an actor that is not its own. Shown, it would bar the work of
/// whoever writes under that actor; the server knows all actors and judges.
fn is_forged(author: DeviceId, body: &[u8]) -> bool {
    RawChange::inspect(body).is_ok_and(|change| !change.actor().is_of(&author))
}

/// Whether one more envelope may be carried, of whomever and of what the same device handed over.
fn room_for(held: &Held, mark: &CarriedMark) -> Result<()> {
    let length = |mark: &CarriedMark| usize::try_from(mark.bytes).unwrap_or(usize::MAX);
    let bytes = usize::try_from(held.carried.bytes()).unwrap_or(usize::MAX);
    if held.carried.marks().len() >= CARRIED_ENVELOPES_MAX || bytes.saturating_add(length(mark)) > CARRIED_BYTES_MAX {
        return Err(Error::CarriedFull { records: held.carried.records() });
    }
    let of_same: Vec<&CarriedMark> = held.carried.marks().values().filter(|other| other.from == mark.from).collect();
    let bytes = of_same.iter().fold(length(mark), |sum, other| sum.saturating_add(length(other)));
    if of_same.len() >= CARRIED_FROM_ONE_ENVELOPES_MAX || bytes > CARRIED_FROM_ONE_BYTES_MAX {
        let records: BTreeSet<_> = of_same.iter().flat_map(|mark| &mark.entries).map(|entry| entry.document).collect();
        return Err(Error::CarriedShare { records: records.len() });
    }
    Ok(())
}

/// How many of the changes of a record that were handed in are not part of it as it is shown.
fn not_shown(batch: &StoreBatch, id: &DocumentId, entries: &[&EnvelopeEntry]) -> Result<usize> {
    let Some(Some(kept)) = batch.documents.get(id) else { return Ok(entries.len()) };
    let document = Document::restore(&kept.saved).map_err(|_| Error::Unreadable(*id))?;
    Ok(entries.iter().filter(|entry| !document.contains(&change_hash(&entry.change))).count())
}

impl Held {
    /// Whether four fifths of the room for what others hand over is used.
    pub(super) fn carries_nearly_all_it_can(&self) -> bool {
        let bytes = usize::try_from(self.carried.bytes()).unwrap_or(usize::MAX);
        self.carried.marks().len() >= CARRIED_ENVELOPES_MAX / 5 * 4 || bytes >= CARRIED_BYTES_MAX / 5 * 4
    }

    /// How many records are with another device with all that waits of them, and with how many devices anything is.
    pub(super) fn handed_over(&self) -> (usize, usize) {
        let whole = |id: &DocumentId| self.outbox.indexes_of(id).all(|index| self.handed.contains_key(&index));
        let devices: BTreeSet<&DeviceId> = self.handed.values().flatten().collect();
        (self.outbox.documents().filter(whole).count(), devices.len())
    }

    /// Whether a person decided that a change is not taken in.
    fn is_discarded(&self, id: &DocumentId, hash: &ChangeHash) -> bool {
        self.asides.get(&AsideKey { document: *id, change: *hash }).is_some_and(Aside::is_discarded)
    }

    /// Whether a change came from another device and the server has not vouched for it: nothing this device may send.
    pub(super) fn is_foreign(&self, id: &DocumentId, hash: &ChangeHash) -> bool {
        self.foreign.get(id).is_some_and(|foreign| foreign.contains(hash))
    }
}
