//! The device SDK in a browser: what the page calls, the store in IndexedDB, the way to the server by `fetch`.
//!
//! ```text
//!   page ── messages ──▶ this worker: Client ─▶ Local ─▶ KvStore ─▶ BrowserKv
//!                           │                                          │ waits (Atomics.wait)
//!                           └─▶ FetchTransport ─▶ fetch                └─▶ the store's worker: IndexedDB
//! ```
//!
//! The SDK waits for its disk and shows nothing before that; a browser's database only calls back. So the database lives
//! in a worker of its own, and this one really waits for it: no rule of `jisr_client_sdk::local` is written twice.
//!
//! **Never here:** rules about records, sentences, anything of a page.

#![cfg(target_arch = "wasm32")]

mod clock;
mod fetch;
mod jisr;
mod kv;
mod port;
#[cfg(feature = "testing")]
mod suites;
mod view;

pub use jisr::{Jisr, start_store};
#[cfg(feature = "testing")]
pub use suites::{check_keys_and_values, check_store};
