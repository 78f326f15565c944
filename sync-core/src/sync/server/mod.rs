//! The server's side of an exchange.
//!
//! Give it the request's bytes with [`ServerSession::handle_bytes`] and their end with
//! [`ServerSession::handle_end`]; after every `handle_*`, call [`ServerSession::poll_request`] and
//! [`ServerSession::poll_transmit`] until both return `None`. What a request asks for is answered by the `handle_*`
//! it names, at once or later.
//!
//! Deliveries must be **judged** in the order in which [`ServerSession::poll_request`] hands them out: a change builds on
//! those before it, also on those of an earlier delivery, and judged before them it would be set aside. Their answers
//! may come in any order; what is acknowledged keeps the order of delivery.
//!
//! ```text
//! Hello ─▶ FindKey ─▶ (signature, time) ─▶ Authorize ─▶ Welcome
//! Push  ─▶ (signature) ─▶ Deliver ─▶ handle_stored ─▶ Ack          as frames arrive; a cut keeps what came before
//! end   ─▶ ReadLog ─▶ handle_log ─▶ Pull … ─▶ End                  after every delivery was stored and acknowledged
//! ```
//!
//! **Invariant:** a change is acknowledged only after the caller has said, with [`ServerSession::handle_stored`],
//! that it would survive a power cut. **Invariant:** only scopes in the caller's [`Grant`] are read or named, and a
//! page of another scope is never sent.

mod deliver;
mod grant;
mod pull;
mod session;

pub use deliver::{Delivery, DeliveryId, Standing, UnknownDelivery, Verdict};
pub use grant::{Grant, GrantedScope, HelloVerdict};
pub use session::{ServerConfig, ServerOutcome, ServerRequest, ServerSession};
