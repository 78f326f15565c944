//! The gate before Automerge: hand-made attacks, the rules of admission, and a campaign of mutated changes.
//!
//! The long campaign: `JISR_GATE_CASES=200000 cargo test --release -p jisr-sync-core --test gate mutated -- --nocapture`;
//! `JISR_GATE_SEED` chooses another run of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod admission;
mod attacks;
mod forge;
mod meter;
mod mutations;
mod profiles;
mod seeds;
