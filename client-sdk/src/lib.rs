//! Offline-first device SDK of Jisr.
//!
//! ```text
//!   Client ─▶ Local ─▶ Store          an edit: one durable commit, then it is shown
//!     │         ▲
//!     └▶ Engine │ when to try
//!        exchange ─▶ DeviceSession ─▶ Transport     what is sent and received, stored as it arrives
//! ```
//!
//! [`Client`] is the way in, with the feature `native` on a device with files and threads, with `browser` in a
//! browser. The rest ([`local`], [`engine`], [`outbox`], [`status`], [`store`]) knows no files, threads, sockets or runtime.

#[cfg(feature = "client")]
mod carry;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "client")]
mod client;
pub mod clock;
pub mod engine;
mod error;
#[cfg(feature = "client")]
mod exchange;
pub mod local;
pub mod outbox;
mod query;
#[cfg(feature = "client")]
mod runtime;
#[cfg(feature = "client")]
mod seal;
mod search;
pub mod status;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "client")]
pub mod transport;
#[cfg(feature = "native")]
pub mod van;

#[cfg(feature = "client")]
pub use carry::CarryFile;
#[cfg(feature = "client")]
pub use client::{Client, ClientBuilder, Collection};
pub use error::{Error, Result};
#[cfg(feature = "client")]
pub use exchange::SyncReport;
pub use local::{FieldRecord, Finished, Holdings, KeepRule, Stored};
pub use query::Query;
pub use status::{Phase, RecordSync, StripState, SyncStatus, strip};
