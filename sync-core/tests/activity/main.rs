//! The day's figures, from outside: each indicator by hand, completeness, and an independent recount.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod days;
mod generator;
mod kit;
mod oracle;
mod people;
mod properties;
mod reporting;
mod services;
mod stamps;
mod statuses;
mod tours;
mod visits;
