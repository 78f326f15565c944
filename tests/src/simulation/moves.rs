//! What the office moves while crews work on: records to other units, devices to other units.

use jisr_server::merge::Relocated;
use jisr_server::registry::Fleet;
use jisr_server::storage::Storage;
use jisr_server::writer::{Relocation, Work, WriteError, Written};
use jisr_sync_core::id::{DocumentId, ScopeId, UnitId};
use jisr_sync_core::time::UnixMillis;
use rand::RngExt;

use super::base::{Queued, Waiter};
use super::ledger::Deed;
use super::world::World;

impl World {
    /// Somebody moves a record: a person to another province, an encounter to another unit. Whether there was one.
    pub(super) fn move_record(&mut self) -> bool {
        let of = |deed: &Deed| matches!(deed, Deed::Person { .. } | Deed::Encounter { .. });
        let made: Vec<DocumentId> =
            self.ledger.entries.iter().filter(|(_, entry)| of(&entry.deed)).map(|(key, _)| key.0).collect();
        if made.is_empty() || self.base.running.is_none() {
            return false;
        }
        let document = made[self.rng.random_range(0..made.len())];
        let others = self.other_scopes(&document);
        let to = others[self.rng.random_range(0..others.len())].clone();
        self.know_in(document, &to);
        let at = UnixMillis(self.now());
        let work = Work::Relocate(Relocation { document, to: to.clone(), at });
        if let Some(running) = &mut self.base.running {
            running.queue.push(Queued { waiter: Waiter::Move(document, to.clone()), work });
        }
        self.note(format!("{document} is to move to {to}"));
        self.plan_commit();
        true
    }

    fn other_scopes(&self, document: &DocumentId) -> Vec<ScopeId> {
        let here = self.ledger.scopes.get(document);
        let is_person = matches!(here, Some(ScopeId::Province(_)));
        let of_kind = |scope: &&ScopeId| matches!(scope, ScopeId::Province(_)) == is_person && Some(*scope) != here;
        self.ledger.names.iter().filter(of_kind).cloned().collect()
    }

    /// Whoever gets a record to read sees the ids of those it names.
    fn know_in(&mut self, document: DocumentId, to: &ScopeId) {
        let mut named: Vec<DocumentId> = Vec::new();
        for (key, entry) in self.ledger.entries.range((document, jisr_sync_core::id::ChangeHash::from_bytes([0; 32]))..)
        {
            if key.0 != document {
                break;
            }
            if let Deed::Encounter { shift, known, .. } = &entry.deed {
                named.extend(shift.iter().chain(known));
            }
        }
        for id in named {
            self.ledger.also.entry(id).or_default().insert(to.clone());
        }
        self.ledger.moved.insert(document);
    }

    /// What came of moving a record.
    pub(super) fn move_written(&mut self, document: DocumentId, to: ScopeId, answer: &Result<Written, WriteError>) {
        if let Ok(Written::Relocated(relocated)) = answer {
            self.note(format!("{document} is moved: {relocated:?}"));
            if *relocated == Relocated::Moved {
                self.count("records moved", 1);
                self.ledger.lies_in(document, to);
            }
        }
    }

    /// Looks where records lie that somebody set out to move: a server that was started anew may not have done it, or
    /// have forgotten.
    pub(super) fn look_where_moved_lie(&mut self) {
        let Some(running) = &self.base.running else { return };
        self.base.disk.watch(true);
        let mut found = Vec::new();
        for id in &self.ledger.moved {
            found.extend(running.storage.document(id).ok().flatten().map(|document| (*id, document.scope)));
        }
        self.base.disk.watch(false);
        for (id, scope) in found {
            self.ledger.lies_in(id, scope);
        }
    }

    /// Moves a device to another unit while it goes on. Whether it was done.
    pub(super) fn rescope(&mut self, phone: usize) -> bool {
        if self.phones[phone].joins.is_some() {
            return false;
        }
        let device = self.phones[phone].device;
        let Some(to) = self.another_unit(phone) else { return false };
        let Some(running) = &self.base.running else { return false };
        // Whether it comes to the answer or not: a server that fails in the middle may have done it.
        self.phones.iter_mut().filter(|one| one.device == device).for_each(|one| one.unsettled = true);
        let moved = running.fleet.move_device(device, &to);
        if !self.base_after_step() {
            return false;
        }
        let Ok(device) = moved else { return false };
        self.note(format!("device {} is moved to {to}", device.id));
        self.widen(phone, &device.scopes());
        true
    }

    /// Some unit that a phone does not belong to.
    pub(super) fn another_unit(&mut self, phone: usize) -> Option<UnitId> {
        let here = &self.phones[phone].unit;
        let others: Vec<UnitId> = self.units.iter().filter(|unit| *unit != here).cloned().collect();
        if others.is_empty() { None } else { Some(others[self.rng.random_range(0..others.len())].clone()) }
    }
}
