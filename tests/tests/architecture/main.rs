//! What this project is not: boundaries kept as absences, and documents kept true.

#![allow(clippy::unwrap_used, clippy::expect_used)] // The whole program is a test; a panic is its way to fail.

mod dependencies;
mod documents;
mod shape;
mod sources;
