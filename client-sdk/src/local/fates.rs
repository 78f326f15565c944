//! What became of changes that the server had set aside: asked about in every exchange, until it is told.
//!
//! A change that was let in is held by the server like any other, and its mark goes. One that a person discarded stays
//! here with its bytes and that reason: nobody else holds it, and it counts as waiting for nobody. One that this device
//! only brought leaves its record here, and own work on top of it is written again without it. Own work of which the
//! server knows nothing any more, since it was put back to a time before, is offered again.

use jisr_sync_core::sync::{Fate, Fingerprint, ReasonCode};

use super::Local;
use super::receive::note_seen;
use super::withdrawn::Withdrawn;
use crate::error::Result;
use crate::store::{Aside, AsideKey, AsideOrigin, Counters, Row, StoreBatch};

impl Local {
    /// The changes that the server set aside and has not told the fate of.
    pub fn untold(&self) -> Vec<Fingerprint> {
        let held = self.read_held();
        let open = held.asides.iter().filter(|(_, aside)| is_open(aside));
        open.map(|(key, _)| Fingerprint::of(&key.document, &key.change)).collect()
    }

    /// Keeps what the server told. Whether there is something to send that was not before.
    ///
    /// # Errors
    /// When the store fails; nothing was kept then, and the server is asked again.
    pub fn learn_fates(&self, fates: &[(Fingerprint, Fate)]) -> Result<bool> {
        self.write(|writer, held| {
            let mut discarded = Withdrawn::new();
            let mut batch = StoreBatch::default();
            let step = held.counters.step.saturating_add(1);
            let told = |key: &AsideKey| {
                let own = Fingerprint::of(&key.document, &key.change);
                fates.iter().find(|(asked, _)| *asked == own).map(|(_, fate)| *fate)
            };
            let rereading = held.cursors.values().any(|history| history.rereading_after.is_some());
            for (key, aside) in held.asides.iter().filter(|(_, aside)| is_open(aside)) {
                match told(key) {
                    Some(Fate::LetIn) => {
                        batch.asides.insert(*key, None);
                        if let Some(row) = held.rows.get(&key.document) {
                            batch.rows.insert(key.document, Row { step, ..row.row.clone() });
                            // It has a number in the log now, and nobody here knows which.
                            let known = || held.cursors.get(&row.row.scope).cloned();
                            let history = batch.cursors.entry(row.row.scope.clone()).or_insert_with(known);
                            history.as_mut().into_iter().for_each(|history| history.acknowledged(step, false));
                        }
                        if rereading {
                            note_seen(held, key.document, key.change, &mut batch);
                        }
                    }
                    Some(Fate::Discarded) => {
                        let bytes = self.store.aside_bytes(key)?.unwrap_or_default();
                        if aside.origin == AsideOrigin::Brought {
                            discarded.entry(key.document).or_default().insert(key.change);
                        }
                        let aside = Aside { reason: ReasonCode::DISCARDED.to_owned(), ..aside.clone() };
                        batch.asides.insert(*key, Some((aside, bytes)));
                    }
                    Some(Fate::Untold | Fate::Unknown) | None => {}
                }
            }
            batch.cursors.retain(|_, history| history.is_some());
            self.offer_again(held, |key| told(key) == Some(Fate::Unknown), &mut batch)?;
            for (document, changes) in &discarded {
                self.withdraw(writer, held, *document, changes, &mut batch)?;
            }
            if !batch.is_empty() {
                batch.counters = Some(Counters { step, ..held.counters });
            }
            let queued = !batch.queued.is_empty();
            Ok((batch, queued))
        })
    }
}

/// Whether the server may still have news of it.
fn is_open(aside: &Aside) -> bool {
    aside.origin != AsideOrigin::Received && !aside.is_discarded()
}
