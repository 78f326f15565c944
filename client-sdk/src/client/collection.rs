//! The records of one kind.

use std::marker::PhantomData;

use futures_util::Stream;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{Encounter, Person};

use super::{Client, watch};
use crate::error::Result;
use crate::local::{FieldRecord, Finished, Local, Stored};
use crate::query::Query;

/// The records of one kind on this device.
///
/// ```
/// use jisr_client_sdk::{Client, Query, RecordSync};
/// use jisr_sync_core::record::Encounter;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> jisr_client_sdk::Result<()> {
/// let client = Client::in_memory().open().await?;
/// let begun = Encounter { place_text: Some("درب السلطان".into()), ..Encounter::default() };
/// let id = client.encounters().draft(begun).await?;
/// let found = client.encounters().find(Query::text("درب السلطان")).await?;
/// assert_eq!((found[0].id, &found[0].sync), (id, &RecordSync::Draft));
/// # client.close().await
/// # }
/// ```
pub struct Collection<R> {
    client: Client,
    kind: PhantomData<fn() -> R>,
}

impl<R> Clone for Collection<R> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), kind: PhantomData }
    }
}

impl<R: FieldRecord> Collection<R> {
    pub(super) fn new(client: Client) -> Self {
        Self { client, kind: PhantomData }
    }

    /// Adds a record; returns its id once it would survive a power cut here. What the device knows is filled in.
    ///
    /// # Errors
    /// [`crate::Error::NotEnrolled`], [`crate::Error::Invalid`] when something is missing, [`crate::Error::Store`].
    /// Nothing was kept then.
    pub async fn add(&self, record: R) -> Result<DocumentId> {
        self.client.inner.edit(move |local| local.add(record)).await
    }

    /// Keeps a record that is not finished, on this device only.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn draft(&self, record: R) -> Result<DocumentId> {
        self.client.inner.with_local(move |local| local.draft(&record)).await
    }

    /// Makes a draft a record under the same id, when nothing is missing.
    ///
    /// # Errors
    /// As [`Collection::add`], and [`crate::Error::NotFound`] when there is no such draft.
    pub async fn finish(&self, id: DocumentId) -> Result<Finished> {
        self.client.inner.edit(move |local| local.finish::<R>(id)).await
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Store`].
    pub async fn discard_draft(&self, id: DocumentId) -> Result<()> {
        self.client.inner.with_local(move |local| local.discard_draft(id)).await
    }

    /// A record or a draft, or `None` when there is none of this kind under this id.
    ///
    /// # Errors
    /// [`crate::Error::Unreadable`], [`crate::Error::Store`].
    pub async fn get(&self, id: DocumentId) -> Result<Option<Stored<R>>> {
        self.client.inner.with_local(move |local| local.get(id)).await
    }

    /// Changes a record or a draft; returns once that would survive a power cut. Whether anything changed.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Edit`], [`crate::Error::Invalid`], [`crate::Error::Store`]: the
    /// record is then as it was.
    pub async fn update(&self, id: DocumentId, edit: impl FnOnce(&mut R) + Send + 'static) -> Result<bool> {
        self.client.inner.edit(move |local| local.update(id, edit)).await
    }

    /// The records that `query` asks for, newest first.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn find(&self, query: Query) -> Result<Vec<Stored<R>>> {
        self.client.inner.with_local(move |local: &Local| local.find(&query)).await
    }

    /// The records that `query` asks for, now and whenever that changes. Ends when the client is closed.
    pub fn watch(&self, query: Query) -> impl Stream<Item = Vec<Stored<R>>> + Send + Unpin + use<R> {
        watch::records(&self.client.inner, query)
    }

    /// Settles a field that several people set differently on one of the values it was given.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Edit`], [`crate::Error::Store`].
    pub async fn settle(&self, id: DocumentId, field: &str, keep: serde_json::Value) -> Result<bool> {
        self.client.settle(id, field, keep).await
    }
}

impl Collection<Encounter> {
    /// Adds a person and the encounter in which it was met, which `encounter` makes of the person's id; returns the
    /// encounter's id once both would survive a power cut here.
    ///
    /// # Errors
    /// As [`Collection::add`], for either of the two. Neither was kept then.
    pub async fn add_met(
        &self,
        person: Person,
        encounter: impl FnOnce(DocumentId) -> Encounter + Send + 'static,
    ) -> Result<DocumentId> {
        self.client.inner.edit(move |local| local.add_met(person, encounter)).await
    }

    /// As [`Collection::add_met`], but both are kept as drafts, on this device only.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn draft_met(
        &self,
        person: Person,
        encounter: impl FnOnce(DocumentId) -> Encounter + Send + 'static,
    ) -> Result<DocumentId> {
        self.client.inner.with_local(move |local| local.draft_met(&person, encounter)).await
    }

    /// Makes a draft a record, and with it the drafts of the persons it names.
    ///
    /// # Errors
    /// As [`Collection::finish`], for any of them. All stay drafts then.
    pub async fn finish_met(&self, id: DocumentId) -> Result<Finished> {
        self.client.inner.edit(move |local| local.finish_met(id)).await
    }

    /// Throws a draft away, and with it the drafts of persons that no other draft names.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Store`].
    pub async fn discard_met(&self, id: DocumentId) -> Result<()> {
        self.client.inner.with_local(move |local| local.discard_met(id)).await
    }
}
