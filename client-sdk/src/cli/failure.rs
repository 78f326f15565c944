//! Why a command failed, in values; [`super::say`] puts it into words.
//!
//! Each failure is told in three parts: what was wrong, what remains safe, what to do.

use jisr_sync_core::document::EditError;
use jisr_sync_core::id::DocumentId;

use super::misfit::Misfit;
use super::say::Voice;
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
    /// Something the command line itself found wrong.
    Own(Own),
    /// A file or the terminal cannot be read or written; which one.
    Io { what: String, error: std::io::Error },
    /// A line of JSON lines was refused; the records of the lines before it were kept.
    Line { line: usize, kept: Vec<DocumentId>, failure: Box<Self> },
    /// The server at this address did not enrol the device.
    Enrol { url: String, error: Error },
}

/// Something the command line itself found wrong. The words stand in the locale files under `jisr-fail-KEY`.
#[derive(Debug)]
pub(super) struct Own {
    key: &'static str,
    exit: u8,
    what: Word,
    value: String,
    meant: Word,
}

/// A part of a message.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// As it is: a flag, an id, an example.
    Plain(String),
    /// A field, by its label.
    Field(String),
    /// A kind of record, by its label.
    Kind(&'static str),
    /// A message of its own.
    Say(String),
    /// Something, with the flags that give it.
    Flagged(Box<Self>, &'static str),
    /// Several, one after another.
    Many(Vec<Self>),
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self::Plain(text)
    }
}

impl Word {
    pub(super) fn told(&self, voice: &Voice) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Field(name) => voice.field(name),
            Self::Kind(code) => voice.label("kind", code),
            Self::Say(key) => voice.say(key, &[]),
            Self::Flagged(word, flags) => format!("{} ({flags})", word.told(voice)),
            Self::Many(words) => {
                words.iter().map(|word| word.told(voice)).collect::<Vec<_>>().join(&voice.say("between", &[]))
            }
        }
    }
}

impl Own {
    pub(super) fn new(key: &'static str, exit: u8) -> Self {
        Self { key, exit, what: "".into(), value: String::new(), meant: "".into() }
    }

    pub(super) fn what(mut self, what: impl Into<Word>) -> Self {
        self.what = what.into();
        self
    }

    pub(super) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    pub(super) fn meant(mut self, meant: impl Into<Word>) -> Self {
        self.meant = meant.into();
        self
    }
}

impl From<Own> for Failure {
    fn from(own: Own) -> Self {
        Self::Own(own)
    }
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

impl Failure {
    /// `value` cannot be a value of the argument `name`; `expected` names the message that says what can.
    pub(super) fn argument(name: &str, value: &str, expected: &str) -> Self {
        let expected = Word::Say(format!("expect-{expected}"));
        Own::new("argument", EXIT_INVALID).what(name).value(value).meant(expected).into()
    }

    /// The terminal or the file `what` cannot be used.
    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }

    /// Names what was typed by the flag instead of the field, where it came from a flag.
    pub(super) fn by_flags(self) -> Self {
        match self {
            Self::Misfit(misfit) => Self::Misfit(misfit.by_flags()),
            other => other,
        }
    }

    /// The code under which the process ends.
    pub(super) const fn exit_code(&self) -> u8 {
        match self {
            Self::Misfit(_) => EXIT_INVALID,
            Self::Io { .. } => EXIT_FAILED,
            Self::Own(own) => own.exit,
            Self::Line { failure, .. } => failure.exit_code(),
            Self::Sdk(error) | Self::Enrol { error, .. } => match error {
                Error::Invalid { .. } | Error::NotGranted(_) | Error::Edit(_) => EXIT_INVALID,
                Error::NotFound(_) | Error::Left(_) | Error::Unreadable(_) => EXIT_NOT_FOUND,
                Error::Store(_) => EXIT_STORE,
                Error::Offline | Error::Interrupted | Error::RetryAfter(_) | Error::VanNotFound => EXIT_OFFLINE,
                Error::NotEnrolled | Error::Revoked | Error::CodeRefused | Error::AlreadyEnrolled => EXIT_NOT_ENROLLED,
                Error::Unsent { .. } => EXIT_UNSENT,
                _ => EXIT_FAILED,
            },
        }
    }

    /// Under which keys of the locale files it is told: what was wrong, and what to do next.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Sdk(error) => error.code().to_owned(),
            Self::Enrol { error: Error::Offline | Error::Interrupted, .. } => "enrol-offline".to_owned(),
            Self::Enrol { error: Error::BadAddress, .. } => "bad-address".to_owned(),
            Self::Enrol { error: Error::Refused { .. } | Error::Protocol { .. }, .. } => "enrol-not-jisr".to_owned(),
            Self::Enrol { error, .. } => error.code().to_owned(),
            Self::Misfit(misfit) => misfit.key().to_owned(),
            Self::Own(own) => own.key.to_owned(),
            Self::Io { error, .. } if error.kind() == std::io::ErrorKind::NotFound => "no-file".to_owned(),
            Self::Io { .. } => "io".to_owned(),
            Self::Line { failure, .. } => failure.key(),
        }
    }

    /// What was wrong with what: a field, a value, and what was probably meant.
    pub(super) fn details(&self) -> (Word, String, Word) {
        match self {
            Self::Misfit(misfit) => misfit.details(),
            Self::Own(own) => (own.what.clone(), own.value.clone(), own.meant.clone()),
            Self::Io { what, error } => (what.as_str().into(), String::new(), error.to_string().into()),
            Self::Line { failure, .. } => failure.details(),
            Self::Enrol { url, error: Error::BadAddress | Error::Offline | Error::Interrupted, .. } => {
                (url.as_str().into(), String::new(), "".into())
            }
            Self::Enrol { url, error: Error::Refused { .. } | Error::Protocol { .. } } => {
                (url.as_str().into(), String::new(), "".into())
            }
            Self::Enrol { error, .. } | Self::Sdk(error) => of_sdk(error),
        }
    }
}

fn of_sdk(error: &Error) -> (Word, String, Word) {
    let what: Word = match error {
        Error::Invalid { field, rule } => return (Word::Field(field.clone()), String::new(), rule.as_str().into()),
        Error::Edit(EditError::TextTooLong { field, chars_max }) => {
            return (Word::Field((*field).to_owned()), chars_max.to_string(), "".into());
        }
        Error::Edit(
            EditError::WrittenOnce { field } | EditError::RemarkRewritten { field } | EditError::Key { field },
        ) => Word::Field((*field).to_owned()),
        Error::Unsent { waiting } => waiting.to_string().into(),
        Error::NotFound(id) | Error::Left(id) | Error::NotGranted(id) | Error::Unreadable(id) => id.to_string().into(),
        Error::Refused { status, code } => format!("{code} ({status})").into(),
        Error::Store(StoreError::Damaged { what }) => what.as_str().into(),
        error => error.to_string().into(),
    };
    (what, String::new(), "".into())
}
