//! Answers that stay current: the present one first, then each that differs.
//!
//! A stream holds no client: when the last client goes, it ends.

use std::pin::Pin;
use std::sync::{Arc, Weak};

use futures_util::{Stream, stream};
use tokio::sync::watch as cell;

use super::Inner;
use crate::local::{FieldRecord, Stored};
use crate::query::Query;
use crate::status::SyncStatus;

/// What a stream remembers between two answers.
struct Watching<T> {
    inner: Weak<Inner>,
    revision: cell::Receiver<u64>,
    last: Option<T>,
}

impl<T> Watching<T> {
    fn new(inner: &Arc<Inner>) -> Self {
        let mut revision = inner.revision.subscribe();
        revision.mark_changed();
        Self { inner: Arc::downgrade(inner), revision, last: None }
    }

    /// Waits for a change; `None` when the client is closed or gone.
    async fn next_state(&mut self) -> Option<Arc<Inner>> {
        self.revision.changed().await.ok()?;
        self.revision.borrow_and_update();
        let inner = self.inner.upgrade()?;
        inner.local().is_ok().then_some(inner)
    }
}

pub(super) fn statuses(inner: &Arc<Inner>) -> Pin<Box<dyn Stream<Item = SyncStatus> + Send>> {
    Box::pin(stream::unfold(Watching::new(inner), |mut watching: Watching<SyncStatus>| async {
        loop {
            let status = watching.next_state().await?.status();
            if watching.last.as_ref() != Some(&status) {
                watching.last = Some(status.clone());
                return Some((status, watching));
            }
        }
    }))
}

pub(super) fn records<R: FieldRecord>(
    inner: &Arc<Inner>,
    query: Query,
) -> Pin<Box<dyn Stream<Item = Vec<Stored<R>>> + Send>> {
    Box::pin(stream::unfold((Watching::new(inner), query), |(mut watching, query)| async {
        loop {
            let inner = watching.next_state().await?;
            let asked = query.clone();
            // A read that fails now is tried again with the next change; the stream itself goes on.
            let Ok(found) = inner.with_local(move |local| local.find(&asked)).await else { continue };
            if watching.last.as_ref() != Some(&found) {
                watching.last = Some(found.clone());
                return Some((found, (watching, query)));
            }
        }
    }))
}
