//! What the service grants may change: a new scope is read, a lost one is dropped once nothing of it waits.

use jisr_sync_core::id::ScopeId;

use super::{Local, identity_of};
use crate::error::{Error, Result};
use crate::store::StoreBatch;

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
            let lost = |scope: &ScopeId| !granted.contains(scope);
            let waits = |id| held.outbox.state_of(id) != crate::outbox::OutboxState::Empty;
            let gone = |row: &crate::store::Row| row.left || lost(&row.scope);
            let dropped = held.rows.iter().filter(|(id, held)| gone(&held.row) && !waits(id));
            batch.documents = dropped.map(|(id, _)| (*id, None)).collect();
            batch.cursors =
                held.cursors.keys().filter(|scope| lost(scope)).map(|scope| (scope.clone(), None)).collect();
            if enrolment.scopes != granted {
                enrolment.scopes = granted.to_vec();
                batch.identity = Some(identity);
            }
            let changed = !batch.is_empty();
            Ok((batch, changed))
        })
    }
}
