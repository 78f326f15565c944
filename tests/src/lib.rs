//! The harness: real processes, and links that fail, for tests that hold across crates.

pub mod people;
pub mod processes;
pub mod proxy;
