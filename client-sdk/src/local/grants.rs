//! What the service grants may change: a new scope is read, a lost one is dropped once nothing of it waits, and a device
//! that was moved writes for its new unit.

use std::collections::BTreeSet;

use jisr_sync_core::id::{DocumentId, ScopeId};

use super::held::Held;
use super::{Local, identity_of, prune};
use crate::error::{Error, Result};
use crate::outbox::OutboxState;
use crate::store::{AsideOrigin, Enrolment, Row, StoreBatch};

impl Local {
    /// Takes over which scopes the server grants now. Records of a scope that is granted no more, and those that have
    /// left their scope, leave this device as soon as nothing of them waits to be sent. Whether anything changed.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], or when the store fails.
    pub fn set_granted(&self, granted: &[ScopeId]) -> Result<bool> {
        self.write(|_, held| {
            let mut identity = identity_of(held)?;
            let enrolment = identity.enrolment.as_mut().ok_or(Error::NotEnrolled)?;
            let mut batch = StoreBatch::default();
            drop_lost(held, granted, &mut batch);
            if enrolment.scopes != granted {
                moved(enrolment, granted);
                enrolment.scopes = granted.to_vec();
                batch.identity = Some(identity);
            }
            let changed = !batch.is_empty();
            Ok((batch, changed))
        })
    }
}

/// Drops the records of scopes that are granted no more, and those that have left their scope, but for those that wait.
pub(super) fn drop_lost(held: &Held, granted: &[ScopeId], batch: &mut StoreBatch) {
    let lost = |scope: &ScopeId| !granted.contains(scope);
    let queued: BTreeSet<DocumentId> = batch.queued.iter().map(|entry| entry.document).collect();
    let waits = |id| held.outbox.state_of(id) != OutboxState::Empty || queued.contains(id);
    let gone = |row: &Row| row.left || lost(&row.scope);
    let dropped = held.rows.iter().filter(|(id, held)| gone(&held.row) && !waits(id));
    batch.documents.extend(dropped.map(|(id, _)| (*id, None)));
    batch.cursors.extend(held.cursors.keys().filter(|scope| lost(scope)).map(|scope| (scope.clone(), None)));
    // Of this device's own work the server is still asked what became of it.
    let others = held.asides.iter().filter(|(_, aside)| lost(&aside.scope) && aside.origin != AsideOrigin::Sent);
    batch.asides.extend(others.map(|(key, _)| (*key, None)));
    prune::forget_all(held, |key| lost(&key.scope), batch);
}

/// A device that was moved to another unit writes for that one from now on.
fn moved(enrolment: &mut Enrolment, granted: &[ScopeId]) {
    if granted.contains(&ScopeId::Unit(enrolment.unit.clone())) {
        return;
    }
    let mut units = granted.iter().filter_map(|scope| match scope {
        ScopeId::Unit(unit) => Some(unit),
        ScopeId::Province(_) => None,
    });
    // Which of several it belongs to, its grants do not say.
    if let (Some(unit), None) = (units.next(), units.next()) {
        enrolment.unit = unit.clone();
        let province = granted.iter().find_map(|scope| match scope {
            ScopeId::Province(province) => Some(province.clone()),
            ScopeId::Unit(_) => None,
        });
        enrolment.province = province.unwrap_or_else(|| enrolment.province.clone());
    }
}
