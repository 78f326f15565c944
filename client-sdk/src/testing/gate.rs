//! Which changes the server in memory takes in, and where their records lie.

use jisr_sync_core::change::RawChange;
use jisr_sync_core::id::{DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::server::Verdict;
use jisr_sync_core::sync::{EnvelopeEntry, Incarnation, LogKind, LogRecord, ReasonCode, change_hash};

use super::{ModelServer, State};

impl ModelServer {
    /// Moves a document to another scope, as `jisr-server move` does; whether there was one to move.
    pub fn relocate(&self, document: DocumentId, to: &ScopeId) -> bool {
        let mut state = self.state();
        let Some((from, content)) = state.disk.documents.get(&document).cloned().filter(|(from, _)| from != to) else {
            return false;
        };
        state.append(&from, LogKind::MovedOut, document, None, Vec::new());
        state.append(to, LogKind::MovedIn, document, None, Vec::new());
        let mut came: Vec<LogRecord> = Vec::new();
        let is_of_it = |record: &&mut LogRecord| record.document == document && record.kind == LogKind::Change;
        for record in state.disk.logs.entry(from).or_default().iter_mut().filter(is_of_it) {
            let withheld = LogRecord { body: Vec::new(), ..record.clone() };
            came.extend(Some(std::mem::replace(record, withheld)).filter(|record| !record.is_withheld()));
        }
        for record in came {
            state.append(to, LogKind::Change, document, record.author, record.body);
            state.disk.logs.entry(to.clone()).or_default().iter_mut().last().into_iter().for_each(|it| it.moved = true);
        }
        state.disk.documents.insert(document, (to.clone(), content));
        true
    }

    /// The scope a document lies in.
    pub fn scope_of(&self, document: DocumentId) -> Option<ScopeId> {
        self.state().disk.documents.get(&document).map(|(scope, _)| scope.clone())
    }
}

impl State {
    /// Whether a record lies in another scope than a change of it is brought for.
    pub(super) fn lies_elsewhere(&self, entry: &EnvelopeEntry) -> bool {
        self.disk.documents.get(&entry.document).is_some_and(|(scope, _)| *scope != entry.scope)
    }

    pub(super) fn take(
        &mut self,
        entry: &EnvelopeEntry,
        author: (DeviceId, Incarnation),
        barred: Option<&'static str>,
    ) -> Result<Verdict, &'static str> {
        if self.disk.discarded.contains_key(&(entry.document, change_hash(&entry.change))) {
            return Err(ReasonCode::DISCARDED);
        }
        let held = self.disk.documents.get(&entry.document).map(|(_, document)| document.clone());
        let mut document = held.unwrap_or_default();
        if document.contains(&change_hash(&entry.change)) {
            return Ok(Verdict::Known);
        }
        if let Some(reason) = barred {
            return Err(reason);
        }
        if self.lies_elsewhere(entry) {
            return Err(ReasonCode::NOT_GRANTED);
        }
        let change = RawChange::inspect(&entry.change).map_err(|refusal| refusal.code())?;
        if self.disk.actors.get(&change.actor()).is_some_and(|owner| *owner != author.0) {
            return Err(ReasonCode::FOREIGN_ACTOR);
        }
        if let Some(Err(refusal)) = document.admit(std::slice::from_ref(&change)).into_iter().next() {
            return Err(refusal.code());
        }
        self.disk.actors.entry(change.actor()).or_insert(author.0);
        self.disk.documents.insert(entry.document, (entry.scope.clone(), document));
        self.append(&entry.scope, LogKind::Change, entry.document, Some(author), entry.change.to_vec());
        Ok(Verdict::Appended)
    }
}
