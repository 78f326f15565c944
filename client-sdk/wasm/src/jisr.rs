//! The SDK as the page calls it, by way of the worker's messages.

use std::sync::Arc;
use std::time::Duration;

use jisr_client_sdk::store::kv::KvStore;
use jisr_client_sdk::store::{Store, StoreError};
use jisr_client_sdk::{Client, Finished};
use jisr_durable_kv::Kv;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{Encounter, FollowUp, Person, Place, Record, RecordKind, Referral, Shift};
use serde_json::{Map, Value};
use tsify::Ts;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::clock::BrowserClock;
use crate::fetch::FetchTransport;
use crate::kv::BrowserKv;
use crate::port;
use crate::view::{
    EnrolmentView, Failure, FinishedView, QueryView, RecordList, RecordView, ReportView, StatusView, Thrown, thrown,
    told,
};

/// How long an automatic try waits for the next while something waits to be sent.
const SYNC_INTERVAL: Duration = Duration::from_secs(60);

/// Runs a body for the record type of a kind.
macro_rules! for_kind {
    ($kind:expr, $record:ident => $body:expr) => {
        match $kind {
            RecordKind::Encounter => {
                type $record = Encounter;
                $body
            }
            RecordKind::Person => {
                type $record = Person;
                $body
            }
            RecordKind::Shift => {
                type $record = Shift;
                $body
            }
            RecordKind::Referral => {
                type $record = Referral;
                $body
            }
            RecordKind::FollowUp => {
                type $record = FollowUp;
                $body
            }
            RecordKind::Place => {
                type $record = Place;
                $body
            }
        }
    };
}

/// Starts the store's worker, which runs `js/store-worker.js`; to be called once, before [`Jisr::open`].
///
/// # Errors
/// A [`Failure`] with the code `store-worker` when it does not start: the page is not isolated from others (COOP and COEP),
/// without which nobody can wait for it.
#[wasm_bindgen(js_name = startStore)]
pub async fn start_store(worker: JsValue) -> Result<(), Thrown> {
    let started = JsFuture::from(port::start_store(worker)).await;
    let failed = |error: JsValue| Failure { code: "store-worker".to_owned(), message: format!("{error:?}") };
    started.map(drop).map_err(|error| thrown(failed(error)))
}

/// A device in a browser.
#[wasm_bindgen]
pub struct Jisr {
    client: Client,
}

#[wasm_bindgen]
impl Jisr {
    /// Opens the database `name`, which is made when it is not there. With `auto_sync`, what waits is sent by itself.
    ///
    /// # Errors
    /// A [`Failure`]: with the code `store-in-use` when another tab has it open.
    pub async fn open(name: &str, auto_sync: bool) -> Result<Jisr, Thrown> {
        let kv: Arc<dyn Kv> = Arc::new(BrowserKv::open(name).map_err(|error| refused(StoreError::from(error)))?);
        let store: Arc<dyn Store> = Arc::new(KvStore::new(kv).map_err(refused)?);
        let builder = Client::with(store, Arc::new(FetchTransport), Arc::new(BrowserClock));
        let builder = if auto_sync { builder.auto_sync(SYNC_INTERVAL) } else { builder };
        Ok(Self { client: builder.open().await.map_err(thrown)? })
    }

    /// Takes this device into the service at `url` by a one-time code.
    ///
    /// # Errors
    /// A [`Failure`]: `code-refused`, `offline` and the like.
    pub async fn enrol(&self, url: String, code: String) -> Result<Ts<EnrolmentView>, Thrown> {
        told(self.client.enrol(&url, &code).await.map_err(thrown)?.into())
    }

    /// Where the device belongs; `undefined` before it was taken in.
    ///
    /// # Errors
    /// A [`Failure`]: `closed`.
    pub fn enrolment(&self) -> Result<Option<Ts<EnrolmentView>>, Thrown> {
        self.client.enrolment().map_err(thrown)?.map(|enrolment| told(enrolment.into())).transpose()
    }

    /// Says who uses the device; `undefined`: nobody in particular.
    ///
    /// # Errors
    /// A [`Failure`]: `bad-call` when it names nobody, or one of the store.
    #[wasm_bindgen(js_name = setStaff)]
    pub async fn set_staff(&self, staff: Option<String>) -> Result<(), Thrown> {
        let named = staff.map(|staff| staff.parse().map_err(|_| thrown(Failure::bad_call("staff")))).transpose()?;
        self.client.set_staff(named).await.map_err(thrown)
    }

    /// Adds a record of a kind, given as a JSON object; gives its id once it would survive a power cut here.
    ///
    /// # Errors
    /// A [`Failure`]: `invalid` and the like. Nothing was kept then.
    pub async fn add(&self, kind: &str, record: &str) -> Result<String, Thrown> {
        for_kind!(kind_of(kind)?, R => {
            let record: R = read(record)?;
            Ok(self.client.records::<R>().add(record).await.map_err(thrown)?.to_string())
        })
    }

    /// Keeps a record that is not finished, on this device only; gives its id.
    ///
    /// # Errors
    /// A [`Failure`] of the store.
    pub async fn draft(&self, kind: &str, record: &str) -> Result<String, Thrown> {
        for_kind!(kind_of(kind)?, R => {
            let record: R = read(record)?;
            Ok(self.client.records::<R>().draft(record).await.map_err(thrown)?.to_string())
        })
    }

    /// Makes a draft a record, when nothing is missing.
    ///
    /// # Errors
    /// A [`Failure`]: `not-found`, or one of the store.
    pub async fn finish(&self, id: &str) -> Result<Ts<FinishedView>, Thrown> {
        let (id, kind) = self.known(id)?;
        let finished = for_kind!(kind, R => self.client.records::<R>().finish(id).await.map_err(thrown)?);
        let missing = match finished {
            Finished::Missing(fields) => fields.into_iter().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        told(FinishedView { missing })
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// A [`Failure`]: `not-found`, or one of the store.
    #[wasm_bindgen(js_name = discardDraft)]
    pub async fn discard_draft(&self, id: &str) -> Result<(), Thrown> {
        let (id, kind) = self.known(id)?;
        for_kind!(kind, R => self.client.records::<R>().discard_draft(id).await.map_err(thrown))
    }

    /// Sets the fields that `fields` names, of a record or a draft; a field set to `null` is emptied. Whether anything
    /// changed.
    ///
    /// # Errors
    /// A [`Failure`]: `not-found`, `invalid`, one of the store. The record is then as it was.
    pub async fn update(&self, id: &str, fields: &str) -> Result<bool, Thrown> {
        let (id, kind) = self.known(id)?;
        let fields: Map<String, Value> = read(fields)?;
        for_kind!(kind, R => {
            let records = self.client.records::<R>();
            let stored = records.get(id).await.map_err(thrown)?;
            let now = stored.map(|stored| stored.value).unwrap_or_default();
            with_fields(&now, &fields).ok_or_else(|| thrown(Failure::bad_call("fields")))?;
            let edit = move |record: &mut R| {
                if let Some(changed) = with_fields(record, &fields) {
                    *record = changed;
                }
            };
            records.update(id, edit).await.map_err(thrown)
        })
    }

    /// A record or a draft; `undefined` when there is none under this id.
    ///
    /// # Errors
    /// A [`Failure`] of the store.
    pub async fn get(&self, id: &str) -> Result<Option<Ts<RecordView>>, Thrown> {
        let Ok((id, kind)) = self.known(id) else { return Ok(None) };
        for_kind!(kind, R => {
            let stored = self.client.records::<R>().get(id).await.map_err(thrown)?;
            stored.and_then(RecordView::of).map(told).transpose()
        })
    }

    /// The records of a kind that are asked for.
    ///
    /// # Errors
    /// A [`Failure`] of the store.
    pub async fn find(&self, kind: &str, query: Ts<QueryView>) -> Result<Ts<RecordList>, Thrown> {
        let query: QueryView = query.to_rust().map_err(|_| thrown(Failure::bad_call("query")))?;
        for_kind!(kind_of(kind)?, R => {
            let found = self.client.records::<R>().find(query.into()).await.map_err(thrown)?;
            told(RecordList(found.into_iter().filter_map(RecordView::of).collect()))
        })
    }

    /// How syncing stands. Never waits.
    ///
    /// # Errors
    /// None that is known.
    pub fn status(&self) -> Result<Ts<StatusView>, Thrown> {
        told(self.client.status().into())
    }

    /// Calls the server now, whatever failed before, paused or not.
    ///
    /// # Errors
    /// A [`Failure`]: `offline` and its like, all of which leave everything that waits here.
    #[wasm_bindgen(js_name = syncNow)]
    pub async fn sync_now(&self) -> Result<Ts<ReportView>, Thrown> {
        told(self.client.sync_now().await.map_err(thrown)?.into())
    }

    fn known(&self, id: &str) -> Result<(DocumentId, RecordKind), Thrown> {
        let id: DocumentId = id.parse().map_err(|_| thrown(Failure::bad_call("id")))?;
        let kind = self.client.kind_of(id).map_err(thrown)?;
        Ok((id, kind.ok_or_else(|| thrown(jisr_client_sdk::Error::NotFound(id)))?))
    }
}

fn refused(error: StoreError) -> Thrown {
    thrown(jisr_client_sdk::Error::from(error))
}

fn kind_of(kind: &str) -> Result<RecordKind, Thrown> {
    kind.parse().map_err(|_| thrown(Failure::bad_call("kind")))
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, Thrown> {
    // What serde says may repeat what was typed, which is about people.
    serde_json::from_str(json).map_err(|_| thrown(Failure::bad_call("record")))
}

/// A record with some fields set anew; `None` when they are none of it.
fn with_fields<R: Record>(record: &R, fields: &Map<String, Value>) -> Option<R> {
    let mut json = serde_json::to_value(record).ok()?;
    let known = json.as_object_mut()?;
    for (name, value) in fields {
        R::FIELDS.iter().find(|field| field.name == name)?;
        match value {
            Value::Null => drop(known.remove(name)),
            value => drop(known.insert(name.clone(), value.clone())),
        }
    }
    serde_json::from_value(json).ok()
}
