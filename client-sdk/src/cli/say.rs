//! What the command line prints: in the chosen language, or as JSON.
//!
//! What is done is told on the output: as a sentence on a terminal, as the bare id to a program that reads it. What
//! a program must not take for an id (a day, a hint, a failure) goes to the error output.

use std::io::IsTerminal;
use std::process::ExitCode;

use jisr_locales::{Arg, Lang, label, tr};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::time::{ServiceZone, UnixMillis};

use super::failure::Failure;

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

    /// Tells that the record `id` is kept: by the sentence of `key` on a terminal, by the id alone elsewhere.
    pub(super) fn kept(&self, key: &str, id: DocumentId) {
        if std::io::stdout().is_terminal() {
            say!("{}", self.say(key, &[("id", (&id.to_string()).into())]));
        } else {
            say!("{id}");
        }
    }

    /// Tells people something beside the result.
    pub(super) fn hint(&self, key: &str, args: &[(&str, Arg<'_>)]) {
        eprintln!("{}", self.say(key, args));
    }

    /// Tells a failure on the error output, and gives the code to end with.
    pub(super) fn fail(&self, failure: &Failure) -> ExitCode {
        let key = failure.key();
        let (what, value, meant) = failure.details();
        let (what, meant) = (what.told(self), meant.told(self));
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
        if let Failure::Line { line: number, .. } = failure {
            let place = self.say("in-line", &[("n", (*number).into())]);
            line("cli-error", format!("{place} {}", told("")));
        } else {
            line("cli-error", told(""));
        }
        line("cli-safe", self.safe(failure, &args));
        line("cli-next", told("-next"));
        ExitCode::from(failure.exit_code())
    }

    /// What remains safe; of JSON lines, which records were kept, so that nobody gives them twice.
    fn safe(&self, failure: &Failure, args: &[(&str, Arg<'_>)]) -> String {
        match failure {
            Failure::Line { kept, .. } if !kept.is_empty() => {
                let ids = kept.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
                self.say("safe-lines", &[("n", kept.len().into()), ("ids", (&ids).into())])
            }
            _ => self.say("safe", args),
        }
    }
}
