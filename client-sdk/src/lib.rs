//! Offline-first device SDK of Jisr.
//!
//! ```text
//!   Client ─▶ Local ─▶ Store          an edit: one durable commit, then it is shown
//!     │         ▲
//!     └▶ Engine │ when to try
//!        exchange ─▶ DeviceSession ─▶ Transport     what is sent and received, stored as it arrives
//! ```
//!
//! [`Client`] is the way in. Without the feature `native` there is no client: what is left ([`local`], [`engine`],
//! [`outbox`], [`status`], [`store`]) knows no files, threads, sockets or runtime and builds for a browser.

#[cfg(feature = "native")]
mod carry;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "native")]
mod client;
pub mod clock;
pub mod engine;
mod error;
#[cfg(feature = "native")]
mod exchange;
pub mod local;
pub mod outbox;
mod query;
#[cfg(feature = "native")]
mod seal;
mod search;
pub mod status;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "native")]
pub mod transport;
#[cfg(feature = "native")]
pub mod van;

#[cfg(feature = "native")]
pub use carry::CarryFile;
#[cfg(feature = "native")]
pub use client::{Client, ClientBuilder, Collection};
pub use error::{Error, Result};
#[cfg(feature = "native")]
pub use exchange::SyncReport;
pub use local::{FieldRecord, Finished, Holdings, KeepRule, Stored};
pub use query::Query;
pub use status::{Phase, RecordSync, StripState, SyncStatus, strip};
