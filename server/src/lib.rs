//! Jisr's server: merges, keeps and shows what the vans recorded.

pub mod access;
pub mod admin;
pub mod api;
pub mod asides;
pub mod assemble;
pub mod backup;
pub mod cli;
pub mod compact;
pub mod config;
mod credentials;
pub mod dashboard;
pub mod gauges;
pub mod limits;
pub mod ports;
pub mod problem;
pub mod progress;
pub mod registry;
pub mod router;
pub mod speech;
pub mod state;
pub mod telemetry;

pub mod activity;
pub mod kept;
pub mod lease;
pub mod merge;
pub mod rows;
pub mod storage;
pub mod swap;
pub mod sync;
pub mod verify;
pub mod writer;

pub use router::app;

#[cfg(test)]
mod kit_for_tests;
#[cfg(test)]
mod tests;
