//! What the command line prints: in the chosen language, or as JSON.
//!
//! Each failure is told in three parts: what was wrong, what remains safe, what to do.

use std::process::ExitCode;

use jisr_locales::{Arg, Lang, label, tr};
use jisr_sync_core::time::{ServiceZone, UnixMillis};

use super::strict::Misfit;
use crate::error::Error;
use crate::store::StoreError;

/// Something was wrong with the command.
pub(super) const EXIT_FAILED: u8 = 1;
/// A field has a value it cannot have, or one is missing.
pub(super) const EXIT_INVALID: u8 = 3;
/// There is no such record.
pub(super) const EXIT_NOT_FOUND: u8 = 4;
/// The store cannot be used: in use, full, damaged.
pub(super) const EXIT_STORE: u8 = 5;
/// The server was not reached or asks to wait; everything is kept here.
pub(super) const EXIT_OFFLINE: u8 = 6;
/// The device is not enrolled, or no longer.
pub(super) const EXIT_NOT_ENROLLED: u8 = 7;
/// Something would be lost, and the command was refused for that.
pub(super) const EXIT_UNSENT: u8 = 8;

/// Why a command failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// A call of the SDK failed.
    Sdk(Error),
    /// What was typed is no record.
    Misfit(Misfit),
    /// An argument cannot be read; what it should look like.
    Argument { name: String, expected: String },
    /// No tour is open.
    NoOpenShift,
    /// A tour is open already.
    ShiftOpen(String),
    /// A file or the terminal cannot be read or written.
    Io(std::io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Sdk(error)
    }
}

impl From<Misfit> for Failure {
    fn from(misfit: Misfit) -> Self {
        Self::Misfit(misfit)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl Failure {
    /// The code under which the process ends.
    pub(super) const fn exit_code(&self) -> u8 {
        match self {
            Self::Misfit(_) | Self::Argument { .. } => EXIT_INVALID,
            Self::NoOpenShift | Self::ShiftOpen(_) | Self::Io(_) => EXIT_FAILED,
            Self::Sdk(error) => match error {
                Error::Invalid { .. } | Error::Edit(_) => EXIT_INVALID,
                Error::NotFound(_) | Error::Unreadable(_) => EXIT_NOT_FOUND,
                Error::Store(_) => EXIT_STORE,
                Error::Offline | Error::Interrupted | Error::RetryAfter(_) => EXIT_OFFLINE,
                Error::NotEnrolled | Error::Revoked | Error::CodeRefused | Error::AlreadyEnrolled => EXIT_NOT_ENROLLED,
                Error::Unsent { .. } => EXIT_UNSENT,
                _ => EXIT_FAILED,
            },
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Sdk(error) => error.code().to_owned(),
            Self::Misfit(Misfit::NotAnObject) => "not-an-object".to_owned(),
            Self::Misfit(Misfit::UnknownField { .. }) => "unknown-field".to_owned(),
            Self::Misfit(Misfit::UnknownCode { .. }) => "unknown-code".to_owned(),
            Self::Misfit(Misfit::Value { .. }) | Self::Argument { .. } => "bad-value".to_owned(),
            Self::NoOpenShift => "no-open-shift".to_owned(),
            Self::ShiftOpen(_) => "shift-open".to_owned(),
            Self::Io(_) => "io".to_owned(),
        }
    }

    /// What was wrong with what: a field, a value, and what was probably meant.
    fn details(&self) -> (String, String, String) {
        match self {
            Self::Misfit(Misfit::UnknownField { field, nearest }) => {
                (field.clone(), String::new(), nearest.clone().unwrap_or_default())
            }
            Self::Misfit(Misfit::UnknownCode { field, code, nearest }) => {
                (field.clone(), code.clone(), nearest.clone().unwrap_or_default())
            }
            Self::Misfit(Misfit::Value { field, expected }) | Self::Argument { name: field, expected } => {
                (field.clone(), String::new(), expected.clone())
            }
            Self::ShiftOpen(id) => (id.clone(), String::new(), String::new()),
            Self::Io(error) => (error.to_string(), String::new(), String::new()),
            Self::Sdk(Error::Invalid { field, rule }) => (field.clone(), String::new(), rule.clone()),
            Self::Sdk(Error::Unsent { waiting }) => (waiting.to_string(), String::new(), String::new()),
            Self::Sdk(Error::Store(StoreError::Damaged { what })) => (what.clone(), String::new(), String::new()),
            Self::Sdk(error) => (error.to_string(), String::new(), String::new()),
            Self::Misfit(Misfit::NotAnObject) | Self::NoOpenShift => Default::default(),
        }
    }
}

/// The voice of one run: its language and where the store is.
#[derive(Debug, Clone)]
pub(super) struct Voice {
    pub(super) lang: Lang,
    pub(super) store: String,
}

impl Voice {
    /// A message of the field command line.
    pub(super) fn say(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        tr(self.lang, &format!("jisr-{key}"), args)
    }

    /// The label of a code.
    pub(super) fn label(&self, list: &str, code: &str) -> String {
        label(self.lang, list, code)
    }

    /// The label of a field.
    pub(super) fn field(&self, name: &str) -> String {
        label(self.lang, "field", name)
    }

    /// An instant as people read it here: `2026-11-23 22:14`.
    pub(super) fn time(&self, at: UnixMillis) -> String {
        let local = ServiceZone::morocco().ok().and_then(|zone| zone.local(at));
        local.map_or_else(|| at.0.to_string(), |local| local.strftime("%Y-%m-%d %H:%M").to_string())
    }

    /// Tells a failure on the error output, and gives the code to end with.
    pub(super) fn fail(&self, failure: &Failure) -> ExitCode {
        let key = failure.key();
        let (what, value, meant) = failure.details();
        let args = [
            ("what", Arg::from(&what)),
            ("value", Arg::from(&value)),
            ("meant", Arg::from(&meant)),
            ("store", Arg::from(&self.store)),
        ];
        let told = |suffix: &str| {
            let named = self.say(&format!("fail-{key}{suffix}"), &args);
            let missing = named.starts_with('[');
            if missing { self.say(&format!("fail-other{suffix}"), &args) } else { named }
        };
        let line = |head: &str, text: String| eprintln!("{} {text}", tr(self.lang, head, &[]));
        line("cli-error", told(""));
        line("cli-safe", self.say("safe", &args));
        line("cli-next", told("-next"));
        ExitCode::from(failure.exit_code())
    }
}
