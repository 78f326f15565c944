//! Devices and a server in memory, through the façade and the real protocol.

#![allow(clippy::unwrap_used, reason = "a test stops where it must not go on")]

mod leaving;
mod merging;
mod moves;
mod parcels;
mod promises;
mod support;
mod trouble;
