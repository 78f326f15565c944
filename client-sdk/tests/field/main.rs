//! The command line `jisr` as its own process: killed, twice at once, mistyped, in three languages.

mod commands;
mod killed;
mod support;
