//! The device's side of an exchange.
//!
//! First the request: answer [`DeviceSession::poll_request`] and send what [`DeviceSession::poll_transmit`] gives until
//! both return `None`. Then the answer: hand its bytes to [`DeviceSession::handle_bytes`] and its end to
//! [`DeviceSession::handle_end`], and act on [`DeviceSession::poll_event`] until it returns `None`. The two may overlap.
//!
//! ```text
//! ListOutbox ─▶ Hello, Offer …, Inquiry …      ReadCarried, ReadOutbox ─▶ Push or Relay …      ─▶ Done
//! Welcome ─▶ Welcomed      Lacking, Ack ─▶ StoreAcks ─▶ handle_stored      Pull ─▶ StorePull ─▶ handle_stored …
//! Fates ─▶ StoreFates ─▶ handle_stored      End ─▶ Finished
//! ```
//!
//! **Invariant:** after `StoreAcks`, `StoreFates` or `StorePull` nothing more is said until [`DeviceSession::handle_stored`]: an
//! outbox entry leaves, and a cursor moves, only together with what is on the device's disk. If the device stops in
//! between, the next exchange brings the same again.

mod carried;
mod plan;
mod report;
mod session;

pub use report::{DeviceEvent, PulledFrame, ReceivedRecord, Report, ScopeReport, Welcomed, WelcomedScope};
pub use session::{DeviceConfig, DeviceRequest, DeviceSession};
