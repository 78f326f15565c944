//! What the caller's storage says to an authentic Hello, and what follows for each scope.

use crate::id::{DocumentId, ScopeId};
use crate::sync::certificate::Credentials;
use crate::sync::cursor::{Chain, Cursor};
use crate::sync::hello::{Again, HeldScope, Hello};
use crate::sync::message::WelcomeScope;
use crate::sync::status::ScopeStatus;

/// What the caller's tables of nonces and boots say to an authentic and fresh Hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelloVerdict {
    /// Go on. The nonce and the boot are now remembered.
    Welcome,
    /// The nonce was seen within [`crate::sync::limits::NONCE_KEPT_MS`].
    Replayed,
    /// The boot is smaller than one seen of this incarnation, or the incarnation was left behind: a copy or an old
    /// image.
    Copied,
    /// Not now.
    Busy {
        /// When to come back, in seconds.
        retry_after_s: u32,
    },
}

/// The caller's answer to [`super::ServerRequest::Authorize`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Whether the exchange goes on.
    pub verdict: HelloVerdict,
    /// Whether the device was revoked: it may deliver and receives nothing, whatever `scopes` says.
    pub revoked: bool,
    /// The scopes the device may read; those it named and those it does not know yet. Nothing else is ever sent.
    pub scopes: Vec<GrantedScope>,
    /// Set when too many devices read at once: what is pushed is taken in, nothing is read now, and the device is asked
    /// to come back in so many seconds.
    pub read_later_s: Option<u32>,
    /// The device's certificate and what belongs to it, where its Hello asked for them.
    pub credentials: Option<Credentials>,
}

impl Grant {
    /// A grant that only says why not.
    pub const fn refused(verdict: HelloVerdict) -> Self {
        Self { verdict, revoked: false, scopes: Vec::new(), read_later_s: None, credentials: None }
    }
}

/// One scope the device may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantedScope {
    /// The scope.
    pub scope: ScopeId,
    /// The head of its log.
    pub head: Cursor,
    /// The log's chain values at the numbers of [`HeldScope::cursors`], in that order; `None` beyond the head. May be
    /// empty for a scope the device did not name.
    pub chains: Vec<Option<Chain>>,
}

impl Grant {
    /// Whether the device has read a log that one of these is not, and so will read much of it again.
    pub fn is_read_anew_by(&self, hello: &Hello) -> bool {
        let other = |held: &HeldScope| {
            let granted = self.scopes.iter().find(|granted| granted.scope == held.scope);
            held.cursor.zip(granted).is_some_and(|(cursor, granted)| cursor.epoch != granted.head.epoch)
        };
        hello.scopes.iter().any(other)
    }
}

impl HeldScope {
    /// The cursors whose chain values the server's storage looks up: the current one, then the older ones.
    pub fn cursors(&self) -> impl Iterator<Item = &Cursor> {
        self.cursor.iter().chain(&self.older)
    }
}

/// One scope to read for the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScopeToRead {
    /// Its place in the Welcome.
    pub(super) place: u32,
    pub(super) scope: ScopeId,
    pub(super) after: Cursor,
    /// At least one Pull frame, though it be empty: the device must learn that it starts over.
    pub(super) announce: bool,
    /// What the device wants again.
    pub(super) again: Option<Again>,
    /// The device has read nothing of it, and may have let go of what it wrote there: it is sent that too.
    pub(super) is_new: bool,
    pub(super) months: bool,
    /// Documents that the device wants whole.
    pub(super) whole: Vec<DocumentId>,
}

/// The scopes as the Welcome tells them, and what to read for each that is granted.
pub(super) fn plan(hello: &Hello, grant: &Grant) -> (Vec<WelcomeScope>, Vec<ScopeToRead>) {
    let (mut welcome, mut to_read) = (Vec::new(), Vec::new());
    for held in &hello.scopes {
        match grant.scopes.iter().find(|granted| granted.scope == held.scope) {
            Some(granted) => {
                let (entry, after) = standing(held, granted);
                to_read.push(scope_to_read(welcome.len(), &entry, after, granted, Some(held)));
                welcome.push(entry);
            }
            None => welcome.push(WelcomeScope {
                status: ScopeStatus::NotGranted,
                epoch: None,
                resume_after: 0,
                scope: None,
            }),
        }
    }
    for granted in &grant.scopes {
        let named = hello.scopes.iter().any(|held| held.scope == granted.scope);
        if named || welcome.len() >= crate::sync::limits::SCOPES_MAX {
            continue;
        }
        let entry = new_scope(granted, Some(granted.scope.clone()));
        to_read.push(scope_to_read(welcome.len(), &entry, Cursor::start(granted.head.epoch), granted, None));
        welcome.push(entry);
    }
    (welcome, to_read)
}

fn scope_to_read(
    place: usize,
    entry: &WelcomeScope,
    after: Cursor,
    granted: &GrantedScope,
    held: Option<&HeldScope>,
) -> ScopeToRead {
    ScopeToRead {
        place: u32::try_from(place).unwrap_or(u32::MAX),
        scope: granted.scope.clone(),
        after,
        announce: matches!(entry.status, ScopeStatus::Forked | ScopeStatus::New),
        is_new: entry.status == ScopeStatus::New,
        months: held.is_some_and(|held| held.months),
        again: held.and_then(|held| held.again.clone()),
        whole: held.and_then(|held| held.whole.clone()).map(|whole| whole.documents).unwrap_or_default(),
    }
}

fn new_scope(granted: &GrantedScope, scope: Option<ScopeId>) -> WelcomeScope {
    WelcomeScope { status: ScopeStatus::New, epoch: Some(granted.head.epoch), resume_after: 0, scope }
}

/// How a held cursor stands to the log, and after which cursor to read.
fn standing(held: &HeldScope, granted: &GrantedScope) -> (WelcomeScope, Cursor) {
    let start = Cursor::start(granted.head.epoch);
    match held.cursor {
        None if held.older.is_empty() => return (new_scope(granted, None), start),
        Some(cursor) if is_in_log(&cursor, granted) => {
            let at_head = cursor.number == granted.head.number;
            let status = if at_head { ScopeStatus::Current } else { ScopeStatus::Behind };
            return (WelcomeScope { status, epoch: None, resume_after: 0, scope: None }, cursor);
        }
        _ => {}
    }
    let shared = shared_with_log(held, granted).unwrap_or(start);
    let entry = WelcomeScope {
        status: ScopeStatus::Forked,
        epoch: Some(granted.head.epoch),
        resume_after: shared.number,
        scope: None,
    };
    (entry, shared)
}

/// Whether the log is the one that the device's current cursor was taken in.
fn is_in_log(cursor: &Cursor, granted: &GrantedScope) -> bool {
    let chain = granted.chains.first().copied().flatten();
    cursor.epoch == granted.head.epoch && cursor.number <= granted.head.number && chain == Some(cursor.chain)
}

/// The newest of the cursors shown that the log reproduces, whatever epoch it was taken in: the chain alone proves that all
/// up to it is the same.
fn shared_with_log(held: &HeldScope, granted: &GrantedScope) -> Option<Cursor> {
    held.cursors()
        .zip(&granted.chains)
        .filter(|(held, chain)| **chain == Some(held.chain) && held.number <= granted.head.number)
        .map(|(held, _)| Cursor { epoch: granted.head.epoch, ..*held })
        .max_by_key(|cursor| cursor.number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::cursor::Epoch;

    const EPOCH: Epoch = Epoch::from_bytes([1; 8]);

    fn cursor(epoch: Epoch, number: u64, chain: u8) -> Cursor {
        Cursor { epoch, number, chain: Chain::from_bytes([chain; 8]) }
    }

    fn granted(chains: Vec<Option<u8>>) -> GrantedScope {
        GrantedScope {
            scope: "unit/azilal-1".parse().unwrap(),
            head: cursor(EPOCH, 90, 90),
            chains: chains.into_iter().map(|chain| chain.map(|chain| Chain::from_bytes([chain; 8]))).collect(),
        }
    }

    fn status_of(held: Cursor, chain: Option<u8>) -> ScopeStatus {
        let held = HeldScope::at("unit/azilal-1".parse().unwrap(), Some(held));
        standing(&held, &granted(vec![chain])).0.status
    }

    #[test]
    fn a_cursor_counts_only_in_its_epoch_within_the_log_and_with_its_chain() {
        let other = Epoch::from_bytes([2; 8]);

        assert_eq!(status_of(cursor(EPOCH, 90, 90), Some(90)), ScopeStatus::Current);
        assert_eq!(status_of(cursor(EPOCH, 80, 80), Some(80)), ScopeStatus::Behind);
        assert_eq!(status_of(cursor(EPOCH, 80, 80), Some(81)), ScopeStatus::Forked);
        assert_eq!(status_of(cursor(other, 80, 80), Some(80)), ScopeStatus::Forked);
        assert_eq!(status_of(cursor(EPOCH, 95, 95), None), ScopeStatus::Forked);
        assert_eq!(status_of(cursor(EPOCH, 95, 95), Some(95)), ScopeStatus::Forked);
    }

    #[test]
    fn a_device_that_shows_no_current_cursor_is_sent_again_what_came_after_an_older_one() {
        let mut held = HeldScope::at("unit/azilal-1".parse().unwrap(), None);
        held.older = vec![cursor(EPOCH, 80, 80), cursor(EPOCH, 60, 60)];

        let (entry, after) = standing(&held, &granted(vec![Some(80), Some(60)]));

        assert_eq!((entry.status, entry.resume_after), (ScopeStatus::Forked, 80));
        assert_eq!(after, cursor(EPOCH, 80, 80));
    }

    #[test]
    fn a_forked_scope_is_read_again_from_the_newest_older_cursor_the_log_reproduces() {
        let old = Epoch::from_bytes([2; 8]);
        let mut held = HeldScope::at("unit/azilal-1".parse().unwrap(), Some(cursor(old, 100, 100)));
        held.older = vec![cursor(old, 95, 95), cursor(old, 80, 80), cursor(old, 60, 60)];

        let (entry, after) = standing(&held, &granted(vec![None, None, Some(80), Some(60)]));
        assert_eq!((entry.status, entry.resume_after), (ScopeStatus::Forked, 80));
        assert_eq!(after, cursor(EPOCH, 80, 80));

        let (entry, after) = standing(&held, &granted(vec![None, None, Some(7), Some(7)]));
        assert_eq!((entry.status, entry.resume_after), (ScopeStatus::Forked, 0));
        assert_eq!(after, Cursor::start(EPOCH));
    }
}
