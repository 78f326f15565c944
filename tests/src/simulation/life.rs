//! Switching phones and the server on and off, and what is looked at after each of their steps.

use std::collections::BTreeSet;

use jisr_client_sdk::clock::Clock;
use jisr_client_sdk::local::Local;
use jisr_server::registry::Fleet;
use jisr_sync_core::change::RawChange;
use jisr_sync_core::time::UnixMillis;
use rand::RngExt;

use super::ledger::{Deed, Key};
use super::world::{Event, HOUR, MINUTE, SECOND, World};

impl World {
    /// Looks at a phone after a step of its own; `deed` is what its crew just did. False when it has ended by it.
    pub(super) fn after_step(&mut self, phone: usize, deed: Option<Deed>) -> bool {
        if self.phones[phone].disk.has_stopped() {
            let dead = self.phones[phone].disk.is_dead();
            // A store that stopped is opened anew when the app is; a dead phone when somebody charges it.
            let delay = if dead { self.rng.random_range(MINUTE..2 * HOUR) } else { self.rng.random_range(1..MINUTE) };
            if deed.is_some() {
                self.phones[phone].doubtful = deed;
            }
            self.switch_off(phone, delay);
            return false;
        }
        self.phones[phone].disk.watch(true);
        self.base.disk.watch(true);
        self.look_at_outbox(phone, deed);
        self.base.disk.watch(false);
        self.phones[phone].disk.watch(false);
        true
    }

    /// Notes what is new in a phone's outbox, and what has left it.
    fn look_at_outbox(&mut self, phone: usize, mut deed: Option<Deed>) {
        let Some(local) = self.phones[phone].local.clone() else { return };
        let waiting: BTreeSet<u64> = local.waiting().into_iter().map(|(index, ..)| index).collect();
        let mut written_again = Vec::new();
        for index in &waiting {
            if self.phones[phone].waiting.contains_key(index) {
                continue;
            }
            let Ok(Some(entry)) = local.waiting_entry(*index) else {
                return self.breaks(format!("phone {phone} shows a waiting change that its store does not have"));
            };
            let Ok(change) = RawChange::inspect(&entry.change) else {
                return self.breaks(format!("phone {phone} has made a change that is none"));
            };
            let key = (entry.document, change.hash());
            self.phones[phone].waiting.insert(*index, key);
            let known = self.ledger.entries.contains_key(&key);
            let done = if known { Deed::Unknown } else { deed.take().unwrap_or(Deed::Unknown) };
            let by = (phone, self.phones[phone].device);
            if done == Deed::Unknown && !known {
                written_again.push(key);
            }
            if self.ledger.record(by, &entry.scope, key, done) {
                self.look_at_actor(phone, &local, &change);
                self.count("changes", 1);
                self.note(format!("phone {phone} holds {} of {}", short(&key), entry.document));
            }
        }
        let gone: Vec<(u64, Key)> = self.phones[phone]
            .waiting
            .iter()
            .filter(|(index, _)| !waiting.contains(index))
            .map(|(index, key)| (*index, *key))
            .collect();
        self.note_written_again(&local, &gone, &written_again);
        for (index, key) in gone {
            self.phones[phone].waiting.remove(&index);
            self.left_outbox(phone, key);
        }
    }

    /// What left an outbox and its record at once has clashed: what the device wrote by itself in the same step stands for
    /// it.
    fn note_written_again(&mut self, local: &Local, gone: &[(u64, Key)], written: &[Key]) {
        for again in written {
            let Ok(history) = local.history(again.0) else { continue };
            let held: BTreeSet<_> = history.into_iter().map(|entry| entry.change).collect();
            let of_record = gone.iter().map(|(_, key)| *key).filter(|key| key.0 == again.0 && !held.contains(&key.1));
            let stands_for: Vec<Key> =
                of_record.filter(|key| !written.iter().any(|other| self.ledger.stands_for(other, key))).collect();
            self.ledger.stands.entry(*again).or_default().extend(stands_for);
        }
    }

    /// An actor writes in one life of a phone's data and in no other.
    fn look_at_actor(&mut self, phone: usize, local: &Local, change: &RawChange) {
        let Ok(identity) = local.identity() else { return };
        let life = *self.ledger.lives.entry(change.actor()).or_insert(identity.incarnation);
        if life != identity.incarnation {
            self.breaks(format!("phone {phone} writes under an actor of an earlier life"));
        }
    }

    /// A change has left an outbox: the server must hold it now, durably; or the device has taken it back.
    fn left_outbox(&mut self, phone: usize, key: Key) {
        if self.is_replaced(phone, &key) {
            self.note(format!("phone {phone} takes {} back", short(&key)));
            self.ledger.entries.entry(key).and_modify(|entry| entry.replaced = true);
            return;
        }
        self.note(format!("phone {phone} was told that {} is kept", short(&key)));
        self.ledger.acknowledged.insert(key);
        let held = self.base.running.as_ref().and_then(|running| running.holds(&key.0, &key.1));
        // What a server acknowledged that was put back since may be gone from it for a while.
        if held == Some(false) && !self.phones[phone].unsettled && !self.restored {
            self.breaks(format!("{} of {} left phone {phone} and the server does not hold it", short(&key), key.0));
        }
    }

    /// Whether a change that a clash made a device write is no longer in its document: it was written again once more,
    /// with something that clashed too. That nothing of it is lost shows in the fields of what it stood for.
    fn is_replaced(&self, phone: usize, key: &Key) -> bool {
        let made_by_itself = self.ledger.entries.get(key).is_some_and(|entry| entry.deed == Deed::Unknown);
        let history = self.phones[phone].local.as_ref().and_then(|local| local.history(key.0).ok());
        made_by_itself && history.is_some_and(|history| history.iter().all(|entry| entry.change != key.1))
    }

    /// A phone ends, and is switched on after `delay`.
    pub(super) fn switch_off(&mut self, phone: usize, delay: i64) {
        self.note(format!("phone {phone} ends"));
        self.phones[phone].cut_power();
        self.after(delay, Event::PhoneOn(phone, self.phones[phone].life));
    }

    /// A phone is switched on.
    pub(super) fn phone_on(&mut self, phone: usize) {
        if self.phones[phone].local.is_some() {
            return;
        }
        if let Err(error) = self.phones[phone].start() {
            self.note(format!("phone {phone} does not start: {error:#}"));
            self.phones[phone].cut_power();
            self.after(MINUTE, Event::PhoneOn(phone, self.phones[phone].life));
            return;
        }
        self.note(format!("phone {phone} is on"));
        if self.phones[phone].is_revoked() {
            self.plan_join(phone);
        }
        let deed = self.phones[phone].doubtful.take();
        if self.after_step(phone, deed) {
            self.plan_wake(phone);
        }
    }

    /// Looks at the server after a step of its own. False when it has ended by it.
    pub(super) fn base_after_step(&mut self) -> bool {
        let Some(running) = &self.base.running else { return false };
        // Whoever watches over the server starts it anew when it says that it must be.
        if running.has_stopped() || self.base.disk.has_stopped() {
            let delay = self.rng.random_range(SECOND..30 * MINUTE);
            self.base_off(delay);
            return false;
        }
        true
    }

    /// The server ends, and is started after `delay`.
    pub(super) fn base_off(&mut self, delay: i64) {
        self.note("the server ends".to_owned());
        self.base.cut_power();
        self.cut_all();
        self.after(delay, Event::BaseOn(self.base.life));
    }

    /// The server is started.
    pub(super) fn base_on(&mut self) {
        if self.base.running.is_some() {
            return;
        }
        match self.base.start(&mut self.rng) {
            Ok(found) => {
                self.note(format!("the server is on, its lease says {found:?}"));
                self.count(&format!("lease {found:?}"), 1);
                self.look_where_moved_lie();
            }
            Err(error) => {
                self.note(format!("the server does not start: {error:#}"));
                self.base.cut_power();
                self.after(MINUTE, Event::BaseOn(self.base.life));
            }
        }
    }

    /// Somebody takes a revoked phone to be enrolled again, where nobody has planned that yet.
    pub(super) fn plan_join(&mut self, phone: usize) {
        let it = &mut self.phones[phone];
        if it.joins.is_none() {
            it.joins = Some(it.unit.clone());
            it.unsettled = true;
            let delay = self.rng.random_range(HOUR..10 * HOUR);
            self.after(delay, Event::Join(phone));
        }
    }

    /// A revoked device is enrolled again, to the unit it is to join.
    pub(super) fn join(&mut self, phone: usize) {
        let Some(unit) = self.phones[phone].joins.clone() else { return };
        let now = UnixMillis(self.now());
        let key = self.phones[phone].key();
        // The client enrols again only after it was told that it is revoked.
        let told = self.phones[phone].is_revoked();
        let device = self.phones[phone].device;
        let known = self.base.running.as_ref().and_then(|running| running.fleet.device(device).ok().flatten());
        let is_on = self.phones[phone].local.is_some();
        if is_on && !told && known.is_some_and(|device| device.is_active()) {
            // The write that was to end its access failed, or a copy of it was enrolled again.
            self.phones[phone].joins = None;
            self.base_after_step();
            return;
        }
        let (true, Ok(key), Some(running)) = (told, key, self.base.running.as_ref()) else {
            return self.after(HOUR, Event::Join(phone));
        };
        let server = running.fleet.server_id();
        let enrolled = running.enrol(&unit, key, now, &mut self.rng);
        if !self.base_after_step() {
            return self.after(HOUR, Event::Join(phone));
        }
        let Ok(device) = enrolled else { return self.after(HOUR, Event::Join(phone)) };
        let shown = self.phones[phone].clock.now();
        let stored = self.phones[phone].enrol(&device, server, shown);
        // A crew that joins another unit begins a tour of that one; also when the phone ends before it can say so.
        self.phones[phone].shift = None;
        self.note(format!("phone {phone} joins {unit} as {}", device.id));
        if stored.is_ok() {
            self.phones[phone].joins = None;
        } else {
            self.after(HOUR, Event::Join(phone));
        }
        if self.after_step(phone, None) {
            self.plan_wake(phone);
        }
    }
}

/// The first digits of a change's hash.
pub(super) fn short(key: &Key) -> String {
    key.1.to_string().chars().take(8).collect()
}
