//! The harness: real processes, real clients, and links that fail, for tests that hold across crates.

pub mod browser;
pub mod clock;
pub mod demo;
pub mod fleet;
pub mod flip_store;
pub mod freeze;
pub mod kv_script;
pub mod loop_disk;
pub mod night;
pub mod no_fsync;
pub mod people;
pub mod processes;
pub mod proxy;
pub mod rogue;
pub mod service;
pub mod simulation;
pub mod van;
