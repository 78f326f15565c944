//! The command line `jisr` as its own process: killed, twice at once, mistyped, in three languages.

#![allow(clippy::unwrap_used, reason = "a test stops where it must not go on")]

mod commands;
mod drafts;
mod folder;
mod keep;
mod killed;
mod newcomer;
mod support;
mod tours;
mod van;
