//! What must hold once everybody has synced: nothing lost, nothing doubled, all alike, nothing left waiting.

mod fields;
mod figures;

use std::collections::{BTreeMap, BTreeSet};

use jisr_client_sdk::store::kv::KvStore;
use jisr_client_sdk::store::{AsideKey, AsideOrigin, Image, Pruned, Store};
use jisr_server::progress::Unwatched;
use jisr_server::registry::Fleet;
use jisr_server::storage::{ReadLimit, Storage};
use jisr_server::verify::verify;
use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::Document;
use jisr_sync_core::id::{ActorId, ChangeHash, DocumentId, ScopeId};
use jisr_sync_core::sync::{Digest, LogKind};

use super::base::Running;
use super::ledger::{Entry, Key};
use super::life::short;
use super::world::World;

/// What a check says: nothing, or which promise is broken.
type Verdict = Result<(), String>;

/// Reasons for which the server sets aside what a device wrote under an actor that is not its alone, and what it wrote on
/// top of that.
const CLASHES: [&str; 3] = ["sequence", "foreign-actor", "missing-dependency"];

/// What the server holds.
#[derive(Default)]
pub(super) struct Held {
    /// The changes of each document, in the order of the log.
    documents: BTreeMap<DocumentId, (ScopeId, Vec<RawChange>)>,
    /// All of them.
    log: BTreeSet<Key>,
    /// What was set aside, and why.
    asides: BTreeMap<Key, String>,
    /// What a change that was set aside lacks.
    lacking: BTreeMap<Key, ChangeHash>,
    /// Under which actor and number each of those was written.
    numbers: BTreeMap<Key, (ActorId, u64)>,
    /// What phones show as set aside by the server.
    shown: BTreeSet<Key>,
}

impl Held {
    /// Whether what a change did must be found in its document: it is in the log, or was written again. What clashed
    /// and could not be written again, since the device had lost the scope meanwhile, stays aside for all to see. So does
    /// what was built on a record that was handed over and never let in, and what its phone has forgotten with an image.
    fn counts(&self, key: &Key, world: &World) -> bool {
        let is_clash = |reason: &str| {
            let is_stranded = || world.builds_on_aside(key, self) || world.builds_on_lost(key, self);
            CLASHES.contains(&reason) && (reason != "missing-dependency" || !is_stranded())
        };
        let clashed = self.asides.get(key).is_some_and(|reason| is_clash(reason));
        let is_forgotten = || world.ledger.entries.get(key).is_some_and(|entry| entry.may_be_gone);
        self.log.contains(key) || (clashed && !self.shown.contains(key) && !is_forgotten())
    }

    /// Whether another change of the same document in the log has the actor and the number of one that is aside, whose
    /// phone does not show it as set aside: it was put back, or the server was, and wrote under that number twice.
    fn is_used_twice(&self, key: &Key) -> bool {
        let numbered = |change: &RawChange| (change.actor(), change.seq());
        let number = self.numbers.get(key);
        let logged = self.documents.get(&key.0).map(|(_, changes)| changes.as_slice()).unwrap_or_default();
        let used = logged.iter().any(|change| change.hash() != key.1 && number == Some(&numbered(change)));
        used && !self.shown.contains(key)
    }
}

impl World {
    /// Holds everybody to everything that was promised.
    pub(super) fn check(&mut self) {
        match self.checked() {
            Ok(lost) => {
                self.count("lost with the server", lost);
                let left = self.phones.iter().filter_map(|phone| phone.local.as_ref()).map(|local| local.left().len());
                self.count("left a phone", left.sum::<usize>() as u64);
                self.note("SOUND".to_owned());
            }
            Err(what) => self.breaks(what),
        }
    }

    fn checked(&self) -> Result<u64, String> {
        let running = self.base.running.as_ref().ok_or("the server does not run in the end")?;
        let report = verify(&*running.storage, running.zone(), &Unwatched).map_err(told)?;
        if let Some(fault) = report.faults.first() {
            return Err(format!("the server's store does not agree with its logs: {fault}"));
        }
        let mut held = self.held(running)?;
        let (holders, shown) = self.check_phones(running, &held)?;
        held.shown = shown;
        let lost = self.check_kept(&held, &holders)?;
        self.check_fields(running, &held)?;
        self.check_figures(running, &held)?;
        Ok(lost)
    }

    /// Reads every log: each change once, each made by a crew, each in its document's scope.
    fn held(&self, running: &Running) -> Result<Held, String> {
        let mut held = Held::default();
        for scope in running.storage.scopes().map_err(told)? {
            let all = ReadLimit { records: usize::MAX, bytes: usize::MAX };
            for record in running.storage.log_after(&scope, 0, all).map_err(told)? {
                // What has left keeps its place; the server's own notes are no work of crews.
                if record.log.kind != LogKind::Change || record.log.is_withheld() {
                    continue;
                }
                let key = (record.log.document, record.log.hash);
                let Some(entry) = self.ledger.entries.get(&key) else {
                    return Err(format!("{} of {} is in the log of {scope}, and no crew made it", short(&key), key.0));
                };
                if !held.log.insert(key) {
                    return Err(format!("{} of {} is in a log twice", short(&key), key.0));
                }
                let lies_in = self.ledger.scopes.get(&key.0);
                if lies_in != Some(&scope) {
                    return Err(format!("{} of {lies_in:?} is in the log of {scope}", short(&key)));
                }
                if record.log.author.map(|(author, _)| author) != Some(entry.device) {
                    return Err(format!("{} of {} is not said to be of {}", short(&key), key.0, entry.device));
                }
                let change = RawChange::inspect(&record.log.body).map_err(told)?;
                held.documents.entry(key.0).or_insert_with(|| (scope.clone(), Vec::new())).1.push(change);
            }
        }
        for aside in running.storage.set_aside_list(None, 1_000_000).map_err(told)? {
            let key = (aside.document, aside.hash);
            held.lacking.extend(aside.lacks.map(|base| (key, base)));
            let change = RawChange::inspect(&aside.bytes).ok();
            held.numbers.extend(change.map(|change| (key, (change.actor(), change.seq()))));
            held.asides.insert(key, aside.reason);
        }
        Ok(held)
    }

    /// Every phone holds what the server holds in the scopes it is granted, and nothing else; nothing waits. Gives
    /// every change that some phone holds, and those that phones show as set aside by the server.
    fn check_phones(&self, running: &Running, held: &Held) -> Result<(BTreeSet<Key>, BTreeSet<Key>), String> {
        let (mut holders, mut shown) = (BTreeSet::new(), BTreeSet::new());
        for (number, phone) in self.phones.iter().enumerate() {
            let store = KvStore::new(phone.disk.clone()).map_err(told)?;
            let image = store.load().map_err(told)?;
            if let Some((_, mark)) = image.waiting.first_key_value() {
                return Err(format!("a change of {} still waits on phone {number}", mark.document));
            }
            if let Some(index) = image.carried.first_key_value().map(|(index, _)| index) {
                return Err(format!("envelope {index} is still carried by phone {number}"));
            }
            if let Some((scope, _)) = image.cursors.iter().find(|(_, history)| history.is_unsettled()) {
                return Err(format!("phone {number} gives up on a difference in {scope}"));
            }
            let sent = image.asides.iter().filter(|(_, aside)| aside.origin == AsideOrigin::Sent);
            shown.extend(sent.map(|(key, _)| (key.document, key.change)));
            let documents = documents(&store, &image)?;
            // What clashes is written again under a new actor wherever its record still is.
            let clashed = |(key, aside): &(&AsideKey, &jisr_client_sdk::store::Aside)| {
                let held_there = documents.get(&key.document).is_some_and(|(scope, _)| *scope == aside.scope);
                aside.origin == AsideOrigin::Sent && held_there && aside.reason == "sequence"
            };
            if let Some((key, _)) = image.asides.iter().find(clashed) {
                let which = short(&(key.document, key.change));
                return Err(format!(
                    "phone {number} holds {}, and did not write {which} again, which clashed",
                    key.document
                ));
            }
            holders.extend(
                documents
                    .iter()
                    .flat_map(|(id, (_, document))| document.changes().into_iter().map(|change| (*id, change.hash()))),
            );
            let device = running.fleet.device(phone.device).map_err(told)?.ok_or("a device is not known")?;
            if device.is_active() {
                let granted: BTreeSet<ScopeId> = device.scopes().into_iter().collect();
                same(number, &granted, &documents, &image, held, self)?;
            }
        }
        Ok((holders, shown))
    }

    /// Nothing that was recorded is lost. Gives how many changes were lost with a server that was put back.
    fn check_kept(&self, held: &Held, holders: &BTreeSet<Key>) -> Result<u64, String> {
        let mut lost = 0;
        for (key, entry) in &self.ledger.entries {
            if held.log.contains(key) {
                continue;
            }
            let which = format!("{} of {} ({}), made on phone {}", short(key), key.0, entry.scope, entry.by);
            match held.asides.get(key) {
                Some(_) if self.may_be_aside(key, entry) => {}
                // Nobody's work is lost by it: what it did was written again, which its fields and counts show.
                Some(reason) if reason == "sequence" && held.is_used_twice(key) => {}
                // It was handed over before its author lost the right to write it, and built on where it was shown.
                Some(reason) if reason == "missing-dependency" && self.builds_on_aside(key, held) => {}
                // Its author was put back to a time before it, and the server to one before what it builds on; a request
                // that had been under way all the time came after that.
                Some(reason) if reason == "missing-dependency" && self.builds_on_lost(key, held) => {}
                Some(reason) => return Err(format!("{which}, is set aside as {reason}")),
                None if entry.replaced => {}
                None if self.is_shown_aside(key, held) => lost += 1,
                None if self.restored && !holders.contains(key) => lost += 1,
                None if self.ledger.acknowledged.contains(key) => {
                    return Err(format!("{which}, was acknowledged and is lost"));
                }
                None if entry.may_be_gone => {}
                None => return Err(format!("{which}, was recorded and is lost")),
            }
        }
        Ok(lost)
    }

    /// Whether the server may keep a change aside: its author was revoked, moved or copied, or put back to a time
    /// before it, or its record was moved.
    fn may_be_aside(&self, key: &Key, entry: &Entry) -> bool {
        self.phones[entry.by].unsettled || entry.may_be_gone || self.ledger.moved.contains(&key.0)
    }

    /// Whether a phone may hold a change that is in no log: it was handed over in a meeting, and the server set it aside,
    /// or had done so before it was put back. Only a person can let it in.
    fn is_shown_aside(&self, key: &Key, held: &Held) -> bool {
        let may_be = |entry: &Entry| self.may_be_aside(key, entry) || self.builds_on_aside(key, held);
        let forgotten = || self.restored && !held.log.contains(key) && self.ledger.entries.get(key).is_some_and(may_be);
        self.ledger.handed.contains(&key.0) && (held.asides.contains_key(key) || forgotten())
    }

    /// Whether what a change lacks was lost with a server that was put back; whether it may be, is looked at by itself.
    fn builds_on_lost(&self, key: &Key, held: &Held) -> bool {
        let is_lost = |base: &ChangeHash| {
            let base = (key.0, *base);
            !held.log.contains(&base) && (!held.asides.contains_key(&base) || self.builds_on_lost(&base, held))
        };
        self.restored && held.lacking.get(key).is_some_and(is_lost)
    }

    /// Whether the server keeps something else of a record aside, or did before it was put back, that phones were shown.
    fn builds_on_aside(&self, key: &Key, held: &Held) -> bool {
        let first = (key.0, ChangeHash::from_bytes([0; 32]));
        let of_record = self.ledger.entries.range(first..).take_while(|(other, _)| other.0 == key.0);
        let is_aside = |other: &Key| held.asides.contains_key(other) || (self.restored && !held.log.contains(other));
        let mut others = of_record.filter(|(other, _)| *other != key && is_aside(other));
        self.ledger.handed.contains(&key.0) && others.any(|(other, entry)| self.may_be_aside(other, entry))
    }
}

/// The documents a store holds, with their scopes.
fn documents(store: &KvStore, image: &Image) -> Result<BTreeMap<DocumentId, (ScopeId, Document)>, String> {
    let mut documents = BTreeMap::new();
    for (id, row) in &image.rows {
        let saved = store.document(id).map_err(told)?.ok_or_else(|| format!("{id} has a row and no document"))?;
        documents.insert(*id, (row.scope.clone(), Document::restore(&saved).map_err(told)?));
    }
    Ok(documents)
}

/// A phone holds the same documents in the same state as the server, in its own scopes.
fn same(
    phone: usize,
    granted: &BTreeSet<ScopeId>,
    documents: &BTreeMap<DocumentId, (ScopeId, Document)>,
    image: &Image,
    held: &Held,
    world: &World,
) -> Verdict {
    let received = |(key, aside): (&AsideKey, &jisr_client_sdk::store::Aside)| {
        (aside.origin == AsideOrigin::Received)
            .then(|| format!("phone {phone} does not let in {} of {}", key.change, key.document))
    };
    if let Some(what) = image.asides.iter().find_map(received) {
        return Err(what);
    }
    for (id, (scope, document)) in documents {
        if !granted.contains(scope) {
            return Err(format!("phone {phone} still holds {id} of {scope}, which it is not granted"));
        }
        // What one phone handed to another, and the server sets aside since its author may not write it any more, is kept
        // there and shown: nothing says of it that it is wrong. That it is set aside is shown wherever the server knows it.
        let shows = |hash: &ChangeHash| image.asides.contains_key(&AsideKey { document: *id, change: *hash });
        let kept_aside = |hash: &ChangeHash| {
            let key = (*id, *hash);
            world.is_shown_aside(&key, held) && (shows(hash) || !held.asides.contains_key(&key))
        };
        let mine: BTreeSet<ChangeHash> =
            document.changes().iter().map(RawChange::hash).filter(|hash| !kept_aside(hash)).collect();
        let Some((lies_in, changes)) = held.documents.get(id) else {
            if mine.is_empty() {
                continue;
            }
            return Err(format!("phone {phone} holds {id}, which the server does not hold"));
        };
        if lies_in != scope && !mine.is_empty() {
            return Err(format!("phone {phone} holds {id} in {scope}, and it lies in {lies_in}"));
        }
        let theirs: BTreeSet<ChangeHash> = changes.iter().map(RawChange::hash).collect();
        if mine != theirs {
            let named = |hash: &ChangeHash| short(&(*id, *hash));
            let (lacks, more) = (theirs.difference(&mine).map(named), mine.difference(&theirs).map(named));
            let (lacks, more) = (lacks.collect::<Vec<_>>().join(" "), more.collect::<Vec<_>>().join(" "));
            return Err(format!("phone {phone} of {id} lacks {lacks}; too many are {more}"));
        }
        let row = &image.rows[id];
        if row.conflicted == document.conflicts().is_empty() {
            return Err(format!("phone {phone} shows {id} otherwise than it holds it"));
        }
    }
    let left: BTreeMap<DocumentId, &Pruned> =
        image.pruned.values().flatten().map(|pruned| (pruned.document, pruned)).collect();
    if let Some(id) = left.keys().find(|id| documents.contains_key(id)) {
        return Err(format!("phone {phone} holds {id}, which has left it"));
    }
    let has_left = |id: &DocumentId, changes: &[RawChange]| {
        let mut sum = Digest::default();
        changes.iter().for_each(|change| sum.add(&change.hash()));
        left.get(id).is_some_and(|pruned| pruned.digest == sum && !pruned.wanted)
    };
    let lacking = held.documents.iter().find(|(id, (scope, changes))| {
        granted.contains(scope) && !documents.contains_key(id) && !has_left(id, changes)
    });
    match lacking {
        Some((id, (scope, _))) => Err(format!("phone {phone} lacks {id} of {scope}")),
        None => Ok(()),
    }
}

fn told(error: impl std::fmt::Display) -> String {
    format!("a check could not be made: {error}")
}
