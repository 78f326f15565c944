//! After the server's log turned out to be another one: everything it may lack is offered again.
//!
//! A server that was restored from yesterday's backup has lost what came since. The scope is read again from where
//! the two sides still agree; whatever this device holds that was stored later and was not seen in the new log goes
//! into the outbox, whoever wrote it. The server knows what it has by its hash, so offering too much costs bytes only.

use std::collections::BTreeSet;

use jisr_sync_core::document::Document;
use jisr_sync_core::id::{ChangeHash, DocumentId, ScopeId};
use jisr_sync_core::sync::change_hash;

use super::Local;
use super::held::Held;
use crate::error::Result;
use crate::store::{CursorHistory, StoreBatch, Waiting};

/// How many waiting changes one look at the outbox takes.
const PAGE: usize = 256;

impl Local {
    /// The server has another log than this device knew: the next exchange shows it the older cursors. Whether that
    /// is new; false when it has been shown them already, or there are none.
    ///
    /// # Errors
    /// When the store fails.
    pub fn show_older_cursors(&self, scope: &ScopeId) -> Result<bool> {
        self.write(|_, held| {
            let mut batch = StoreBatch::default();
            let worth = |history: &&CursorHistory| !history.show_older && history.all().len() > 1;
            if let Some(history) = held.cursors.get(scope).filter(worth) {
                let mut history = history.clone();
                history.show_older = true;
                batch.cursors.insert(scope.clone(), Some(history));
            }
            let new = !batch.is_empty();
            Ok((batch, new))
        })
    }

    /// The scope was read again to its end: puts what the new log was not seen to have into the outbox. How many
    /// changes those are; 0 when the scope was not being read again.
    ///
    /// # Errors
    /// When the store fails; nothing was queued then, and the scope counts as not read again yet.
    pub fn requeue_unseen(&self, scope: &ScopeId) -> Result<usize> {
        self.write(|_, held| {
            let mut batch = StoreBatch::default();
            let Some(history) = held.cursors.get(scope) else { return Ok((batch, 0)) };
            let Some(after) = history.rereading_after else { return Ok((batch, 0)) };
            let waiting = self.waiting_hashes(held)?;
            for (id, row) in held.rows.iter().filter(|(_, row)| row.row.scope == *scope) {
                if row.row.step > after {
                    let (document, _) = self.document_of(held, *id, None)?;
                    let seen = held.seen.get(id).into_iter().flatten().copied();
                    let known = waiting.iter().copied().chain(seen).collect();
                    self.queue_unknown(held, *id, scope, &document, &known, &mut batch);
                }
                batch.seen.extend(held.seen.get(id).map(|_| (*id, None)));
            }
            let mut history = history.clone();
            history.rereading_after = None;
            batch.cursors.insert(scope.clone(), Some(history));
            let queued = batch.queued.len();
            Ok((batch, queued))
        })
    }

    /// The changes that wait to be sent.
    fn waiting_hashes(&self, held: &Held) -> Result<BTreeSet<ChangeHash>> {
        let mut hashes = BTreeSet::new();
        let mut from = 0;
        while held.outbox.changes() > 0 {
            let page = self.store.outbox(from, PAGE)?;
            hashes.extend(page.iter().map(|entry| change_hash(&entry.change)));
            match page.last() {
                Some(last) if page.len() == PAGE => from = last.index.saturating_add(1),
                _ => break,
            }
        }
        Ok(hashes)
    }

    fn queue_unknown(
        &self,
        held: &Held,
        id: DocumentId,
        scope: &ScopeId,
        document: &Document,
        known: &BTreeSet<ChangeHash>,
        batch: &mut StoreBatch,
    ) {
        for change in document.changes().iter().filter(|change| !known.contains(&change.hash())) {
            let index = held.outbox.next_index().saturating_add(batch.queued.len() as u64);
            batch.queued.push(Waiting {
                index,
                scope: scope.clone(),
                document: id,
                change: change.bytes().to_vec(),
                queued_at: self.now(),
            });
        }
    }
}
