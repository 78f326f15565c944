//! Records in documents: written and read back, changed on several devices at once, and kept across versions.
//!
//! Through the public door only. Where a test needs what this version would never write (a field of a newer one,
//! a wrong type), it writes it with Automerge itself.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod concurrent;
mod convergence;
mod edits;
mod filled;
mod fixtures;
mod history;
mod newer;
mod round_trip;
mod support;
