//! The records of mobile outreach and the protocol that carries them.
//!
//! Three floors. On the ground: [`id`], [`time`], [`personal`] and [`codes`]. Above them: [`record`] (plain data),
//! [`search`] (names, however they are spelled) and [`change`] (a change as bytes, and the gate before Automerge). On
//! top, side by side and unaware of one another: [`document`] (Automerge to records and back), [`activity`] (records
//! to the day's figures) and [`sync`] (changes from one place to another).
//!
//! **Never in this crate:** input or output, a clock, entropy of its own, threads, `async`. Time, randomness and
//! bytes are arguments, so that everything here runs the same in a server, on a phone, in a browser and in a
//! simulation.

pub mod activity;
pub mod change;
pub mod codes;
pub mod document;
pub mod id;
pub mod personal;
#[cfg(feature = "testing")]
pub mod planted;
pub mod record;
pub mod search;
pub mod sync;
pub mod time;
