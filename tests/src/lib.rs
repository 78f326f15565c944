//! The harness: real processes, and links that fail, for tests that hold across crates.

pub mod flip_store;
pub mod kv_script;
pub mod loop_disk;
pub mod people;
pub mod processes;
pub mod proxy;
