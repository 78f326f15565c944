//! What a list or a search asks for.

use jisr_sync_core::id::DocumentId;
use jisr_sync_core::search;
use jisr_sync_core::time::UnixMillis;

use crate::local::kinds::Facets;
use crate::status::RecordSync;

/// Which records to give, newest first. [`Query::all`] gives every one.
///
/// ```
/// use jisr_client_sdk::Query;
///
/// let query = Query::text("سيمو").limit(20);
/// assert_ne!(query, Query::all());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    text: Option<String>,
    since: Option<UnixMillis>,
    until: Option<UnixMillis>,
    about: Option<DocumentId>,
    only: Option<Only>,
    limit: Option<usize>,
}

/// A state that records are asked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Only {
    Waiting,
    Conflicted,
    SetAside,
    Drafts,
}

impl Query {
    /// Every record.
    pub fn all() -> Self {
        Self::default()
    }

    /// Records that `text` fits: by a name in any spelling and either script, or by words that occur in them. The
    /// best fits come first.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// Those that happened at `since` or later.
    #[must_use]
    pub const fn since(mut self, since: UnixMillis) -> Self {
        self.since = Some(since);
        self
    }

    /// Those that happened before `until`.
    #[must_use]
    pub const fn until(mut self, until: UnixMillis) -> Self {
        self.until = Some(until);
        self
    }

    /// Those that name this record: the encounters of a tour or of a person, the referrals of an encounter.
    #[must_use]
    pub const fn about(mut self, record: DocumentId) -> Self {
        self.about = Some(record);
        self
    }

    /// Those the server has not acknowledged all of.
    #[must_use]
    pub const fn waiting(mut self) -> Self {
        self.only = Some(Only::Waiting);
        self
    }

    /// Those with a field that several people set differently.
    #[must_use]
    pub const fn conflicted(mut self) -> Self {
        self.only = Some(Only::Conflicted);
        self
    }

    /// Those with a change that was set aside.
    #[must_use]
    pub const fn set_aside(mut self) -> Self {
        self.only = Some(Only::SetAside);
        self
    }

    /// Those that are not finished.
    #[must_use]
    pub const fn drafts(mut self) -> Self {
        self.only = Some(Only::Drafts);
        self
    }

    /// At most so many.
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The words asked for, folded.
    pub(crate) fn words(&self) -> Vec<String> {
        let text = self.text.as_deref().map(search::fold).unwrap_or_default();
        text.split_whitespace().map(str::to_owned).collect()
    }

    pub(crate) fn limit_or_all(&self) -> usize {
        self.limit.unwrap_or(usize::MAX)
    }

    /// How well a record fits, higher first; `None` when it does not.
    pub(crate) fn score(&self, at: UnixMillis, facets: &Facets, words: &[String]) -> Option<u8> {
        let fits = self.since.is_none_or(|since| at >= since)
            && self.until.is_none_or(|until| at < until)
            && self.about.is_none_or(|record| facets.related.contains(&record));
        let Some(text) = self.text.as_deref().filter(|_| fits && !words.is_empty()) else {
            return fits.then_some(0);
        };
        let names = facets.names.iter().filter_map(|name| search::matches(text, name)).max();
        let within = words.iter().all(|word| facets.text.contains(word.as_str())).then_some(search::Score::WITHIN);
        names.max(within).map(|score| score.0)
    }

    pub(crate) fn takes_state(&self, sync: &RecordSync, conflicted: bool) -> bool {
        match self.only {
            None => true,
            Some(Only::Waiting) => matches!(sync, RecordSync::OnThisDevice | RecordSync::Sending),
            Some(Only::Conflicted) => conflicted,
            Some(Only::SetAside) => matches!(sync, RecordSync::SetAside(_)),
            Some(Only::Drafts) => *sync == RecordSync::Draft,
        }
    }
}
