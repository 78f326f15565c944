//! Joining a service and leaving it. Neither takes away work that no server has.

use super::grants::drop_lost;
use super::held::Held;
use super::{Local, identity_of, new_life, prune};
use crate::error::{Error, Result};
use crate::store::{Aside, AsideKey, AsideOrigin, Enrolment, StoreBatch, Waiting};

impl Local {
    /// Stores the place in a service that a server gave. The device writes under a new actor from now on. What the
    /// same service had set aside, since the device was revoked for instance, is offered again. Records of the unit
    /// before go from here, but for those of which something waits.
    ///
    /// # Errors
    /// [`Error::Unsent`] when it belongs to another service and holds work that was never sent there.
    pub fn enrol(&self, enrolment: Enrolment) -> Result<()> {
        self.write(|writer, held| {
            let mut identity = identity_of(held)?;
            let same = identity.enrolment.as_ref().is_none_or(|old| old.server_id == enrolment.server_id);
            if !same && held.unsent() > 0 {
                return Err(Error::Unsent { waiting: held.unsent() });
            }
            let granted = enrolment.scopes.clone();
            identity.enrolment = Some(enrolment);
            let mut batch = new_life(identity, writer, held);
            if same {
                self.offer_again(held, |_| true, &mut batch)?;
                drop_lost(held, &granted, &mut batch);
            } else {
                forget_records(held, &mut batch);
            }
            Ok((batch, ()))
        })
    }

    /// How many records here no server has: what waits, drafts, and what is carried for others.
    pub fn unsent(&self) -> usize {
        self.read_held().unsent()
    }

    /// Leaves the service, when nothing is here that it does not have. Its records go from this device with it.
    ///
    /// # Errors
    /// [`Error::Unsent`]. Nothing was changed then.
    pub fn leave(&self) -> Result<()> {
        self.write(|_, held| {
            if held.unsent() > 0 {
                return Err(Error::Unsent { waiting: held.unsent() });
            }
            let mut identity = identity_of(held)?;
            identity.enrolment = None;
            let mut batch = StoreBatch { identity: Some(identity), ..StoreBatch::default() };
            forget_records(held, &mut batch);
            Ok((batch, ()))
        })
    }

    /// Puts what the server had set aside of this device's own work, and is `meant`, into the outbox again.
    pub(super) fn offer_again(
        &self,
        held: &Held,
        meant: impl Fn(&AsideKey) -> bool,
        batch: &mut StoreBatch,
    ) -> Result<()> {
        let open = |aside: &Aside| aside.origin == AsideOrigin::Sent && !aside.is_discarded();
        for (key, aside) in held.asides.iter().filter(|(key, aside)| open(aside) && meant(key)) {
            let Some(change) = self.store.aside_bytes(key)? else { continue };
            batch.asides.insert(*key, None);
            let vouched = self.store.vouchers(&key.document)?.get(&key.change).copied();
            // Numbered below, once they are in order.
            let waiting = Waiting::new(0, aside.scope.clone(), key.document, change, self.now());
            batch.queued.push(Waiting { vouched, offered_again: true, ..waiting });
        }
        // In the order in which they were written: a later change builds on an earlier one.
        batch.queued.sort_by_key(|entry| {
            let change = jisr_sync_core::change::RawChange::inspect(&entry.change);
            (entry.document, change.map_or(u64::MAX, |change| change.start_op()))
        });
        for (place, entry) in batch.queued.iter_mut().enumerate() {
            entry.index = held.outbox.next_index().saturating_add(place as u64);
        }
        Ok(())
    }
}

/// Takes away what came from a service and is there.
fn forget_records(held: &Held, batch: &mut StoreBatch) {
    batch.documents = held.rows.keys().map(|id| (*id, None)).collect();
    batch.cursors = held.cursors.keys().map(|scope| (scope.clone(), None)).collect();
    batch.asides = held.asides.keys().map(|key| (*key, None)).collect();
    batch.seen = held.seen.keys().map(|id| (*id, None)).collect();
    prune::forget_all(held, |_| true, batch);
}
