//! A device of a van: a real client with its store on the disk, a clock that can be set, and a link that can fail.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use jisr_client_sdk::{Client, Collection, Error, FieldRecord, Query};
use jisr_sync_core::id::{ChangeHash, DocumentId, UnitId};
use jisr_sync_core::time::UnixMillis;

use crate::clock::VanClock;

/// How often a device tries before a test gives up on it.
const TRIES_MAX: usize = 400;

/// The longest a device waits because the server asked it to.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// A device.
#[derive(Clone)]
pub struct Van {
    /// Its client.
    pub client: Client,
    /// Its clock.
    pub clock: Arc<VanClock>,
    folder: PathBuf,
}

/// What it took to deliver everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Exchanges that were begun.
    pub tries: usize,
    /// Those that were cut, or that the server put off.
    pub failed: usize,
    /// How many log records were received.
    pub received: usize,
}

impl Van {
    /// Opens the device whose store is in `folder`.
    ///
    /// # Errors
    /// When the store does not open.
    pub async fn open(folder: &Path) -> Result<Self> {
        let clock = Arc::new(VanClock::default());
        let client = Client::at(folder).clock(Arc::clone(&clock) as Arc<_>).open().await?;
        Ok(Self { client, clock, folder: folder.to_owned() })
    }

    /// Ends the client, as when the app is closed, and opens it again.
    ///
    /// # Errors
    /// When the store does not open.
    pub async fn restart(self) -> Result<Self> {
        self.client.close().await?;
        Self::open(&self.folder).await
    }

    /// Where its store is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The unit it was enrolled to.
    ///
    /// # Errors
    /// When it was not.
    pub fn unit(&self) -> Result<UnitId> {
        Ok(self.client.enrolment()?.context("the device is enrolled")?.unit)
    }

    /// Adds a record as if it were `at`.
    ///
    /// # Errors
    /// When the client refuses.
    pub async fn add_at<R: FieldRecord>(
        &self,
        at: UnixMillis,
        into: impl FnOnce(&Client) -> Collection<R>,
        record: R,
    ) -> Result<DocumentId> {
        self.clock.set(at);
        let added = into(&self.client).add(record).await;
        self.clock.set_right();
        Ok(added?)
    }

    /// Edits a record as if it were `at`.
    ///
    /// # Errors
    /// When the client refuses.
    pub async fn edit_at<R: FieldRecord>(
        &self,
        at: UnixMillis,
        into: impl FnOnce(&Client) -> Collection<R>,
        id: DocumentId,
        edit: impl FnOnce(&mut R) + Send + 'static,
    ) -> Result<bool> {
        self.clock.set(at);
        let edited = into(&self.client).update(id, edit).await;
        self.clock.set_right();
        Ok(edited?)
    }

    /// Syncs, again and again when the link fails, until nothing waits and an exchange ended well.
    ///
    /// # Errors
    /// When a try fails for another reason than the link or a busy server, or too many did.
    pub async fn deliver(&self) -> Result<Delivered> {
        let mut delivered = Delivered::default();
        while delivered.tries < TRIES_MAX {
            delivered.tries += 1;
            match self.client.sync_now().await {
                Ok(report) => {
                    delivered.received += report.received;
                    if self.client.status().waiting == 0 {
                        return Ok(delivered);
                    }
                }
                Err(Error::RetryAfter(asked)) => {
                    delivered.failed += 1;
                    tokio::time::sleep(asked.min(WAIT_MAX)).await;
                }
                Err(Error::Offline | Error::Interrupted) => delivered.failed += 1,
                Err(error) => return Err(error.into()),
            }
        }
        bail!("not everything was delivered in {TRIES_MAX} tries, {} of them cut", delivered.failed)
    }
}

/// Every document, with the changes it is made of: two places with the same state hold the same records.
pub type State = BTreeMap<DocumentId, BTreeSet<ChangeHash>>;

impl Van {
    /// What the device holds.
    ///
    /// # Errors
    /// When a record cannot be read.
    pub async fn state(&self) -> Result<State> {
        let mut ids = Vec::new();
        ids.extend(ids_of(&self.client.shifts()).await?);
        ids.extend(ids_of(&self.client.encounters()).await?);
        ids.extend(ids_of(&self.client.persons()).await?);
        ids.extend(ids_of(&self.client.places()).await?);
        ids.extend(ids_of(&self.client.referrals()).await?);
        ids.extend(ids_of(&self.client.follow_ups()).await?);
        let mut state = State::new();
        for id in ids {
            let history = self.client.history(id).await?;
            state.insert(id, history.into_iter().map(|entry| entry.change).collect());
        }
        Ok(state)
    }
}

async fn ids_of<R: FieldRecord>(collection: &Collection<R>) -> Result<Vec<DocumentId>> {
    Ok(collection.find(Query::all()).await?.into_iter().map(|stored| stored.id).collect())
}
