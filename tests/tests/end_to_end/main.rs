//! Real clients and a real server, from what a crew writes to what a supervisor reads.
//!
//! Each test starts a `jisr-server` of its own on a temporary folder; devices are clients with their stores on the
//! disk, and reach it over a link that can be cut.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod answers;
mod completeness;
mod convergence;
mod days;
mod demo;
mod leaving;
mod merging;
mod misbehaviour;
mod moves;
mod newer_client;
mod restored;
mod secrets;
mod set_aside;
mod support;
mod territory;
mod without_server;
