//! What a person decides about changes that were set aside: they are let in after all, or never.
//!
//! | why it is aside | a person may |
//! |---|---|
//! | `revoked` | release it: the device's signature says who wrote it; whether that counts is a person's to say |
//! | `not-granted` | release it, if its record is new or in the scope it was meant for; the same change under another scope would put one record in two |
//! | `missing-dependency` | release it together with what it lacks; alone it goes on waiting, and is let in by itself when that comes |
//! | `foreign-actor` | discard it: one device would write into another's history; the device that sent it writes its work again under a name of its own |
//! | `unproven`, `unknown-device` | discard it: nobody can say who wrote it, and everything in a log has an author |
//! | whatever the gate says | discard it. A release asks the gate again, and only the gate lets it in: a newer version may know better |
//!
//! A release goes through the code that every delivery goes through, and is one append. A discarded change leaves its
//! hash, whose it was, by whom and why; its bytes are gone, and whoever brings it again is told.

use std::collections::BTreeMap;
use std::fmt;

use jisr_sync_core::change::{RawChange, Refusal};
use jisr_sync_core::id::{ChangeHash, DocumentId};
use jisr_sync_core::time::UnixMillis;

use super::Merge;
use crate::storage::{Discarded, SetAside, StorageError, is_unproven};

/// Why a release cannot let a change in that is meant for another scope than its record is in.
pub const OTHER_SCOPE: &str = "other-scope";

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Let in what a person may let in and the gate does.
    Release,
    /// Do not take it in, ever.
    Discard,
}

/// A decision about changes that were set aside.
#[derive(Clone)]
pub struct Ruling {
    /// What is decided.
    pub decision: Decision,
    /// About which changes.
    pub about: Vec<(ChangeHash, DocumentId)>,
    /// Which account decided; `None` for the command line on the server.
    pub by: Option<String>,
    /// Why, in that person's words.
    pub because: String,
    /// When, by the server's clock.
    pub at: UnixMillis,
}

/// A person's words may say what they should not, and stay out of logs.
impl fmt::Debug for Ruling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ruling({:?} of {} changes)", self.decision, self.about.len())
    }
}

/// What came of a decision about one change. True only once the append it belongs to is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruled {
    /// It is in the log now.
    LetIn,
    /// It was in the log before.
    Known,
    /// Nothing bars it any more; it is let in when what it builds on comes.
    Waits,
    /// It stays aside, for this reason.
    Refused(String),
    /// It is discarded.
    Discarded,
    /// Nothing of this name is aside.
    Unknown,
}

impl Merge<'_> {
    /// Carries a decision out: what came of it for each change, in their order.
    ///
    /// # Errors
    /// When storage cannot be read. The merge may then hold part of it and must be dropped.
    pub fn rule(&mut self, ruling: &Ruling) -> Result<Vec<Ruled>, StorageError> {
        let mut ruled = vec![Ruled::Unknown; ruling.about.len()];
        let mut open: Vec<(usize, SetAside)> = Vec::new();
        for (at, (hash, document)) in ruling.about.iter().enumerate() {
            let aside = self.aside(hash, document)?;
            if self.place(hash, document)?.is_some() {
                // It came in another way meanwhile.
                ruled[at] = Ruled::Known;
                if aside.is_some() {
                    self.forget_aside(*hash, *document);
                }
            } else if self.is_discarded(hash, document)? {
                ruled[at] = Ruled::Discarded;
            } else if let Some(aside) = aside {
                match ruling.decision {
                    Decision::Release => open.push((at, aside)),
                    Decision::Discard => {
                        self.discard(ruling, aside);
                        ruled[at] = Ruled::Discarded;
                    }
                }
            }
        }
        self.release(open, &mut ruled)?;
        Ok(ruled)
    }

    /// Whether a release could let a change in now, judged in a scratch document: what would come of it.
    ///
    /// # Errors
    /// When storage cannot be read.
    pub fn foresee(&mut self, aside: &SetAside) -> Result<Ruled, StorageError> {
        let mut ruled = [Ruled::Unknown];
        self.release(vec![(0, aside.clone())], &mut ruled)?;
        let [foreseen] = ruled;
        Ok(foreseen)
    }

    /// The paths of the fields that a change of a document sets: empty when it is not part of it.
    pub fn fields_of(&self, document: &DocumentId, hash: &ChangeHash) -> Vec<String> {
        self.documents.fields_of(document, hash)
    }

    /// Lets in what may be let in, each after what it builds on, and then what waited for it.
    fn release(&mut self, open: Vec<(usize, SetAside)>, ruled: &mut [Ruled]) -> Result<(), StorageError> {
        let mut sound = Vec::new();
        for (at, aside) in open {
            if is_unproven(&aside.reason) {
                ruled[at] = Ruled::Refused(aside.reason.clone());
                continue;
            }
            match RawChange::inspect(&aside.bytes) {
                Ok(change) => sound.push((at, change, aside)),
                Err(refusal) => ruled[at] = self.refused(aside, refusal.code()),
            }
        }
        sound.sort_by_key(|(_, change, aside)| (aside.document, change.start_op(), change.hash()));
        let mut grown: BTreeMap<DocumentId, Vec<ChangeHash>> = BTreeMap::new();
        let mut waiting = Vec::new();
        for (at, change, aside) in sound {
            let (document, hash) = (aside.document, aside.hash);
            ruled[at] = self.release_one(change, aside)?;
            match ruled[at] {
                Ruled::LetIn => grown.entry(document).or_default().push(hash),
                Ruled::Waits => waiting.push((at, hash, document)),
                _ => {}
            }
        }
        grown.into_iter().try_for_each(|(document, came)| self.retry(&document, came))?;
        for (at, hash, document) in waiting {
            if self.place(&hash, &document)?.is_some() {
                ruled[at] = Ruled::LetIn;
            }
        }
        Ok(())
    }

    fn release_one(&mut self, change: RawChange, aside: SetAside) -> Result<Ruled, StorageError> {
        if self.place(&aside.hash, &aside.document)?.is_some() {
            return Ok(Ruled::LetIn);
        }
        if self.documents.scope_of(&aside.document)?.is_some_and(|scope| scope != aside.scope) {
            return Ok(Ruled::Refused(OTHER_SCOPE.to_owned()));
        }
        if self.is_foreign(&change, aside.author, false)? {
            return Ok(self.refused(aside, Refusal::ForeignActor.code()));
        }
        let changes = [change];
        let verdict = self.documents.open(&aside.document, &aside.scope)?.admit(&changes);
        let [change] = changes;
        match verdict.into_iter().next().unwrap_or(Err(Refusal::Panicked)) {
            Ok(()) => {
                let origin = self.origin_of(&aside)?;
                self.append_change(&aside.scope, aside.document, &change, &origin)?;
                Ok(Ruled::LetIn)
            }
            Err(refusal @ Refusal::MissingDependency) => {
                let lacks = self.lacks(&aside.document, &change, refusal)?;
                self.stays_aside(aside, refusal.code(), lacks);
                Ok(Ruled::Waits)
            }
            Err(refusal) => Ok(self.refused(aside, refusal.code())),
        }
    }

    /// It stays aside, for the reason it has now.
    fn refused(&mut self, aside: SetAside, reason: &'static str) -> Ruled {
        self.stays_aside(aside, reason, None);
        Ruled::Refused(reason.to_owned())
    }

    fn discard(&mut self, ruling: &Ruling, aside: SetAside) {
        self.forget_aside(aside.hash, aside.document);
        self.append.discarded.push(Discarded {
            hash: aside.hash,
            document: aside.document,
            scope: aside.scope,
            author: aside.author,
            brought_by: aside.brought_by,
            reason: aside.reason,
            at: ruling.at,
            by: ruling.by.clone(),
            because: ruling.because.clone(),
        });
    }

    fn forget_aside(&mut self, hash: ChangeHash, document: DocumentId) {
        self.aside.remove(&(hash, document));
        self.append.taken_in.push((hash, document));
    }

    /// Whether a person decided that a change is not taken in.
    pub(super) fn is_discarded(&self, hash: &ChangeHash, document: &DocumentId) -> Result<bool, StorageError> {
        let here = self.append.discarded.iter().any(|one| one.hash == *hash && one.document == *document);
        Ok(here || self.storage.discarded(hash, document)?.is_some())
    }
}
