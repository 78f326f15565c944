//! Failures as an IT person reads them: what was wrong, what remains safe, what to do.

use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use jisr_durable_kv::KvError;
use jisr_locales::{Arg, Lang, tr};

use super::bar::INTERRUPTED;
use crate::admin::{OrderError, Refusal};
use crate::assemble::store_in;
use crate::config::ConfigError;

/// A command that could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The key of its sentence; the sentence on what to do has the same with `-next`.
    key: &'static str,
    /// What stands in the gaps of both.
    gaps: Vec<(&'static str, String)>,
    /// What the program ends with.
    exit: u8,
}

impl Failure {
    /// A failure that names the data folder.
    pub fn in_folder(key: &'static str, folder: &Path, exit: u8) -> Self {
        Self { key, gaps: vec![("folder", folder.display().to_string())], exit }
    }

    /// A failure with one gap.
    pub fn with(key: &'static str, gap: &'static str, text: impl Into<String>, exit: u8) -> Self {
        Self { key, gaps: vec![(gap, text.into())], exit }
    }

    /// Another gap.
    #[must_use]
    pub fn and(mut self, gap: &'static str, text: impl Into<String>) -> Self {
        self.gaps.push((gap, text.into()));
        self
    }

    /// What a store that does not open means.
    pub fn of_store(error: &KvError, folder: &Path) -> Self {
        match error {
            KvError::InUse => Self::in_folder("server-fail-in-use", folder, 4),
            KvError::Full => Self::in_folder("server-fail-full", folder, 70),
            KvError::Io(error) if error.kind() == ErrorKind::PermissionDenied => Self::no_access(folder),
            KvError::NewerFormat { .. } => Self::in_folder("server-fail-newer", folder, 70),
            KvError::Unopenable(_) | KvError::Damaged { .. } => {
                Self::in_folder("server-fail-damaged", folder, 5).and("what", error.to_string())
            }
            _ => Self::other(error),
        }
    }

    fn no_access(folder: &Path) -> Self {
        Self::in_folder("server-fail-no-access", folder, 3)
    }

    /// Whether a server's store is in the folder.
    ///
    /// # Errors
    /// When there is none, or this account may not see it.
    pub fn unless_store_in(folder: &Path) -> Result<(), Self> {
        match store_in(folder).try_exists() {
            Ok(true) => Ok(()),
            Ok(false) => Err(Self::in_folder("server-fail-no-store", folder, 3)),
            Err(_) => Err(Self::no_access(folder)),
        }
    }

    /// What a refused order means.
    pub fn of_order(error: OrderError, folder: &Path) -> Self {
        match error {
            OrderError::Refused { why, about } => Self::refused(why, about),
            OrderError::Full => Self::in_folder("server-fail-full", folder, 70),
            OrderError::Damaged(what) => Self::in_folder("server-fail-damaged", folder, 5).and("what", what),
            OrderError::Backup { trouble, file, what } => {
                let (key, exit) = trouble.key_and_exit();
                Self::with(key, "file", file, exit).and("what", what)
            }
            OrderError::Stopped => Self::stopped(),
            OrderError::Failed(what) => Self::with("server-fail-other", "what", what, 70),
        }
    }

    /// It was stopped by whoever ordered it.
    pub fn stopped() -> Self {
        Self { key: "server-fail-stopped", gaps: Vec::new(), exit: INTERRUPTED }
    }

    /// What a refusal means.
    pub fn refused(why: Refusal, about: impl Into<String>) -> Self {
        let (key, gap) = why.key_and_gap();
        Self::with(key, gap, about, 3)
    }

    /// Anything else, with its chain of causes.
    pub fn other(error: &dyn std::error::Error) -> Self {
        let mut what = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            what = format!("{what}: {error}");
            cause = error.source();
        }
        Self::with("server-fail-other", "what", what, 70)
    }

    /// Says it on standard error, and gives what to end with.
    pub fn tell(&self, lang: Lang) -> ExitCode {
        let gaps: Vec<(&str, Arg<'_>)> = self.gaps.iter().map(|(gap, text)| (*gap, Arg::from(text))).collect();
        let next =
            if self.key.starts_with("server-refused-") { "server-refused-next" } else { &format!("{}-next", self.key) };
        complain!("{} {}", tr(lang, "cli-error", &[]), tr(lang, self.key, &gaps));
        complain!("{} {}", tr(lang, "cli-next", &[]), tr(lang, next, &gaps));
        ExitCode::from(self.exit)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::with("server-fail-config", "file", error.file.display().to_string(), 2).and("what", error.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_both_its_sentences_in_every_language() {
        let keys = jisr_locales::keys(Lang::En);
        let failures: Vec<_> =
            keys.iter().filter(|key| key.starts_with("server-fail-") && !key.ends_with("-next")).collect();
        assert!(failures.len() > 8);
        for key in failures {
            assert!(keys.contains(&format!("{key}-next")), "{key}");
        }
    }

    #[test]
    fn a_store_in_use_says_so_and_what_to_do() {
        let failure = Failure::of_store(&KvError::InUse, Path::new("/var/lib/jisr"));

        assert_eq!((failure.key, failure.exit), ("server-fail-in-use", 4));
        let next = tr(Lang::Fr, "server-fail-in-use-next", &[]);
        assert!(next.contains("arrêtez d'abord le serveur"), "{next}");
    }
}
