//! How far a long piece of work has come: a small port between whoever works and whoever watches.
//!
//! Who works counts with a [`Count`] and knows no terminal and no socket; who watches is told after every step, in
//! order, and may ask to stop. Nothing here decides how often that is shown.
//!
//! **Invariant:** a stage whose total is known ends at exactly that total, unless the work failed or was stopped.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A stretch of a longer piece of work. Its code ends the key of its words in the locale files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Copying what is set aside.
    CopyAside,
    /// Copying log records.
    CopyRecords,
    /// Copying proofs, actors, the registry.
    CopyOthers,
    /// Reading a backup whole, in bytes.
    Check,
    /// Putting a backup into a store, in bytes.
    Load,
    /// Building the index of log records.
    Index,
    /// Building documents from the logs.
    Build,
    /// Reading the logs.
    Logs,
    /// Comparing documents with their logs.
    Documents,
    /// Copying a store's values.
    Values,
    /// Comparing the copy's values.
    Compare,
    /// Taking in envelopes.
    Envelopes,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 12] = [
        Self::CopyAside,
        Self::CopyRecords,
        Self::CopyOthers,
        Self::Check,
        Self::Load,
        Self::Index,
        Self::Build,
        Self::Logs,
        Self::Documents,
        Self::Values,
        Self::Compare,
        Self::Envelopes,
    ];

    /// The key of its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::CopyAside => "server-progress-copy-aside",
            Self::CopyRecords => "server-progress-copy-records",
            Self::CopyOthers => "server-progress-copy-others",
            Self::Check => "server-progress-check",
            Self::Load => "server-progress-load",
            Self::Index => "server-progress-index",
            Self::Build => "server-progress-build",
            Self::Logs => "server-progress-logs",
            Self::Documents => "server-progress-documents",
            Self::Values => "server-progress-values",
            Self::Compare => "server-progress-compare",
            Self::Envelopes => "server-progress-envelopes",
        }
    }

    /// Whether it counts bytes.
    pub const fn is_in_bytes(self) -> bool {
        matches!(self, Self::Check | Self::Load)
    }
}

/// How far a stage has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The stage.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// How much there is to do. `None`: not known beforehand.
    pub total: Option<u64>,
}

/// Watches a piece of work.
pub trait Watch: Send + Sync {
    /// Is told how far it has come; called often, so it must be quick. `false` asks to stop: what can be stopped then
    /// leaves everything as it was before it began.
    fn goes_on(&self, progress: Progress) -> bool;
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn goes_on(&self, _: Progress) -> bool {
        true
    }
}

/// Nobody watches, as orders are given it.
pub fn unwatched() -> Arc<dyn Watch> {
    Arc::new(Unwatched)
}

/// Tells whoever watches, and does not stop when asked to: for work that must not be left by half.
pub struct Unstoppable<'w>(pub &'w dyn Watch);

impl Watch for Unstoppable<'_> {
    fn goes_on(&self, progress: Progress) -> bool {
        self.0.goes_on(progress);
        true
    }
}

/// Whoever watches asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it was stopped")
    }
}

impl std::error::Error for Stopped {}

/// One stage, counted up.
pub struct Count<'w> {
    watch: &'w dyn Watch,
    at: Progress,
}

impl<'w> Count<'w> {
    /// Begins a stage at nothing done.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn begin(watch: &'w dyn Watch, stage: Stage, total: Option<u64>) -> Result<Self, Stopped> {
        let mut count = Self { watch, at: Progress { stage, done: 0, total } };
        count.add(0)?;
        Ok(count)
    }

    /// So much more is done.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn add(&mut self, more: u64) -> Result<(), Stopped> {
        self.at.done += more;
        if self.watch.goes_on(self.at) { Ok(()) } else { Err(Stopped) }
    }

    /// So much is done in all.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn reach(&mut self, done: u64) -> Result<(), Stopped> {
        self.add(done.saturating_sub(self.at.done))
    }
}

/// A watcher for tests that look at every step.
#[cfg(test)]
pub(crate) mod testing {
    use std::sync::{Mutex, PoisonError};

    use super::{Progress, Stage, Watch};

    /// Notes every step, and asks to stop at one if told so.
    #[derive(Default)]
    pub struct Noted {
        steps: Mutex<Vec<Progress>>,
        /// The stage and count at which it asks to stop.
        pub stop_at: Option<(Stage, u64)>,
    }

    impl Noted {
        /// Asks to stop once a stage has come so far.
        pub fn stopping_at(stage: Stage, done: u64) -> Self {
            Self { stop_at: Some((stage, done)), ..Self::default() }
        }

        /// What was told.
        pub fn steps(&self) -> Vec<Progress> {
            self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone()
        }

        /// The stages in order, each with where it ended and its total. Panics when a stage does not begin at nothing,
        /// goes backwards, goes beyond its total, or changes it.
        pub fn stages(&self) -> Vec<Progress> {
            let mut stages: Vec<Progress> = Vec::new();
            for step in self.steps() {
                match stages.last_mut() {
                    Some(last) if last.stage == step.stage && step.done >= last.done => {
                        assert_eq!(last.total, step.total, "{step:?}");
                        last.done = step.done;
                    }
                    _ => {
                        assert_eq!(step.done, 0, "{step:?} begins late or goes back");
                        stages.push(step);
                    }
                }
                assert!(step.total.is_none_or(|total| step.done <= total), "{step:?}");
            }
            stages
        }
    }

    impl Watch for Noted {
        fn goes_on(&self, progress: Progress) -> bool {
            self.steps.lock().unwrap_or_else(PoisonError::into_inner).push(progress);
            self.stop_at.is_none_or(|(stage, done)| progress.stage != stage || progress.done < done)
        }
    }
}

#[cfg(test)]
mod tests {
    use jisr_locales::Lang;

    use super::*;

    #[test]
    fn every_stage_has_its_words_in_every_language() {
        for lang in Lang::ALL {
            let keys = jisr_locales::keys(lang);
            for stage in Stage::ALL {
                assert!(keys.iter().any(|key| key == stage.key()), "{lang}: {}", stage.key());
            }
        }
    }
}
