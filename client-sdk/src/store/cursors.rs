//! Where a device is in each scope, and where it was before: at growing distances, so that a server with another log
//! can tell how far back the two still agree.

use jisr_sync_core::id::ScopeId;
use jisr_sync_core::sync::{Again, Chain, Cursor, Epoch, HeldScope, Month};
use serde::{Deserialize, Serialize};

/// How many cursors of a scope are kept.
pub const CURSORS_MAX: usize = 24;

/// A scope's cursors: the newest, and older ones at growing distances, by which the server can tell how far back
/// the two sides still agree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorHistory {
    /// Newest first, at most [`CURSORS_MAX`].
    cursors: Vec<KeptCursor>,
    /// Set while the scope is read again after a fork: what came or was acknowledged after this step is not known to
    /// be on the server until it was seen again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rereading_after: Option<u64>,
    /// Whether the server was seen to have another log, so that it is shown the older cursors.
    #[serde(default)]
    pub show_older: bool,
    /// Set while something was acknowledged after this step, and the log not read to its end since: its number in the
    /// log may be beyond that of a cursor which is stored later. Such a cursor is kept at this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unplaced_since: Option<u64>,
    /// Set while something that was sent is acknowledged, and the log not read to its end since: the number that a log
    /// which took all of it in reaches at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaches: Option<u64>,
    /// The number at which what was held here last summed up to the log's digest.
    #[serde(default)]
    agreed_at: u64,
    /// Set while it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    difference: Option<Difference>,
}

/// What is done about a scope whose changes here do not sum up to the digest of its log. Something is missing here that
/// the cursor has passed, or is held here that the log lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
enum Difference {
    /// What came since they agreed is read again. `asked`: the server has answered so.
    Since { asked: bool },
    /// The digests by month are asked for.
    Months,
    /// What of these months is not held here is read again; of all months when there is none. After them come those
    /// that are for `later`: as many at a time as one exchange can list what is held of.
    Listed {
        months: Vec<u32>,
        asked: bool,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        later: Vec<Vec<u32>>,
    },
    /// All that was done, and it differs still. It is looked into again when the log has grown well beyond this number.
    Unsettled { at: u64 },
}

/// By how much a log grows before an unsettled difference is looked into again.
const UNSETTLED_RECORDS: u64 = 256;

/// What is to be done about a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing, for now.
    None,
    /// Another exchange.
    Exchange,
    /// Another exchange, in which what is held here of documents made in these months is offered.
    Offer(Vec<Month>),
}

/// A cursor as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCursor {
    /// The epoch of the log.
    pub epoch: Epoch,
    /// The number of the last record taken in.
    pub number: u64,
    /// The running hash at that record; opaque here.
    pub chain: Chain,
    /// The step at which it was stored.
    pub step: u64,
}

impl KeptCursor {
    /// A cursor that was stored at `step`.
    pub const fn at(cursor: Cursor, step: u64) -> Self {
        Self { epoch: cursor.epoch, number: cursor.number, chain: cursor.chain, step }
    }

    /// The cursor itself.
    pub const fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch, number: self.number, chain: self.chain }
    }
}

impl CursorHistory {
    /// The newest cursor.
    pub fn newest(&self) -> Option<KeptCursor> {
        self.cursors.first().copied()
    }

    /// All cursors, newest first.
    pub fn all(&self) -> &[KeptCursor] {
        &self.cursors
    }

    /// Something of this scope is acknowledged at `step`: it has a number in the log, and nobody here knows which.
    /// If it was `sent`, it has one of its own, beyond all that was read here.
    pub fn acknowledged(&mut self, step: u64, sent: bool) {
        self.unplaced_since.get_or_insert(step.saturating_sub(1));
        if sent {
            self.reaches = Some(self.reaches.unwrap_or(0).max(self.number()).saturating_add(1));
        }
    }

    /// After which step what was stored is doubtful, once the log was read to its end. Either it was read again; or it
    /// ends before what was sent and acknowledged, and so is not the log that took that in: an older image of the
    /// server's store was put back, whose last record happens to be the last that was read here, so that no chain tells.
    pub fn doubtful_after(&self) -> Option<u64> {
        let short = self.reaches.is_some_and(|least| self.number() < least);
        let unplaced = short.then(|| self.unplaced_since.unwrap_or(0));
        self.rereading_after.into_iter().chain(unplaced).min()
    }

    /// The log was read to its end, and what was doubtful waits: all that was acknowledged has a number up to there.
    /// Whether that says more than was known.
    pub fn read_to_end(&mut self, step: u64) -> bool {
        self.reaches = None;
        let unplaced = self.unplaced_since.take().is_some();
        if let Some(newest) = self.cursors.first_mut().filter(|_| unplaced) {
            newest.step = step;
        }
        self.rereading_after.take().is_some() || unplaced
    }

    /// What is held here and the log's digest agree, at the end of the log: all that was stored up to `step` has a number
    /// up to there.
    pub fn agree(&mut self, step: u64) {
        (self.difference, self.agreed_at) = (None, self.number());
        if let Some(newest) = self.cursors.first_mut() {
            newest.step = newest.step.max(step);
        }
    }

    /// What is held here and the log's digest differ, at the end of the log; `parts`: the months that differ, where their
    /// digests were asked for, in parts that are listed one after another. Each is listed once.
    pub fn disagree(&mut self, parts: Vec<Vec<Month>>) -> Remedy {
        let number = self.number();
        let (difference, remedy) = match self.difference.take() {
            Some(Difference::Unsettled { at }) if number <= at.saturating_add(UNSETTLED_RECORDS) => {
                (Difference::Unsettled { at }, Remedy::None)
            }
            None | Some(Difference::Unsettled { .. }) if self.since_agreed().next().is_some() => {
                (Difference::Since { asked: false }, Remedy::Exchange)
            }
            Some(Difference::Months) => {
                let numbers = |part: Vec<Month>| part.into_iter().map(|month| month.0).collect();
                list(parts.into_iter().map(numbers).collect())
            }
            Some(Difference::Listed { asked: true, later, .. }) if !later.is_empty() => list(later),
            Some(Difference::Listed { asked: true, .. }) => (Difference::Unsettled { at: number }, Remedy::None),
            Some(asks @ (Difference::Since { asked: false } | Difference::Listed { .. })) => (asks, Remedy::Exchange),
            None | Some(Difference::Since { .. } | Difference::Unsettled { .. }) => {
                (Difference::Months, Remedy::Exchange)
            }
        };
        self.difference = Some(difference);
        remedy
    }

    /// Whether what is held here differs from the log, and reading it again did not help.
    pub const fn is_unsettled(&self) -> bool {
        matches!(self.difference, Some(Difference::Unsettled { .. }))
    }

    /// Whether what of a month is not held here was read again: what did not come, the log does not have.
    pub fn was_listed(&self, month: Month) -> bool {
        let Some(Difference::Listed { months, asked: true, .. }) = &self.difference else { return false };
        months.is_empty() || months.contains(&month.0)
    }

    /// Whether it is to be read again from an earlier place than it was read to, and no answer has said so yet.
    pub const fn asks_again(&self) -> bool {
        let difference = self.difference.as_ref();
        matches!(difference, Some(Difference::Since { asked: false } | Difference::Listed { asked: false, .. }))
    }

    /// Whether what is held here summed up to the log's digest when it was last compared, at the end of the log, and
    /// nothing was read since.
    pub fn agrees(&self) -> bool {
        self.difference.is_none() && self.rereading_after.is_none() && self.agreed_at == self.number()
    }

    /// The step up to which all that was stored has a number in the log of at most `number`; `None` when there is none.
    pub fn stored_by(&self, number: u64) -> Option<u64> {
        self.cursors.iter().filter(|cursor| cursor.number <= number).map(|cursor| cursor.step).max()
    }

    /// The scope as the server is shown it.
    pub fn shown(&self, scope: ScopeId) -> HeldScope {
        let cursor = self.newest().as_ref().map(KeptCursor::cursor).filter(|_| !self.asks_again());
        let older = || self.cursors.iter().skip(1).map(KeptCursor::cursor);
        let at = HeldScope::at(scope, cursor);
        let all = || Some(Again { months: Vec::new() });
        match &self.difference {
            Some(Difference::Since { asked: false }) => {
                HeldScope { older: self.since_agreed().collect(), again: all(), ..at }
            }
            Some(Difference::Since { asked: true }) => HeldScope { again: all(), ..at },
            Some(Difference::Months) => HeldScope { months: true, ..at },
            Some(Difference::Listed { months, .. }) => {
                HeldScope { again: Some(Again { months: months.iter().copied().map(Month).collect() }), ..at }
            }
            None | Some(Difference::Unsettled { .. }) => {
                HeldScope { older: older().filter(|_| self.show_older).collect(), ..at }
            }
        }
    }

    /// The cursors up to where both sides last agreed.
    fn since_agreed(&self) -> impl Iterator<Item = Cursor> + '_ {
        let agreed = self.cursors.iter().filter(|cursor| cursor.number <= self.agreed_at && cursor.number > 0);
        agreed.map(KeptCursor::cursor)
    }

    fn number(&self) -> u64 {
        self.newest().map_or(0, |cursor| cursor.number)
    }

    /// Takes in a newer cursor, which is stored at `step`.
    pub fn store(&mut self, cursor: Cursor, step: u64) {
        let step = self.unplaced_since.map_or(step, |since| since.min(step));
        self.advance(KeptCursor::at(cursor, step));
    }

    /// Takes in a newer cursor and thins the older ones: of those about equally far back, the oldest stays, so that
    /// the distances grow about twofold.
    pub fn advance(&mut self, cursor: KeptCursor) {
        self.cursors.retain(|old| old.number < cursor.number);
        self.cursors.insert(0, cursor);
        let bucket = |old: &KeptCursor| u64::BITS - cursor.number.saturating_sub(old.number).leading_zeros();
        let mut kept: Vec<KeptCursor> = Vec::with_capacity(self.cursors.len());
        for old in self.cursors.drain(..) {
            match kept.last_mut() {
                // The bucket of distance 0 is the newest itself.
                Some(last) if bucket(&old) > 0 && bucket(last) == bucket(&old) => *last = old,
                _ => kept.push(old),
            }
        }
        kept.truncate(CURSORS_MAX);
        self.cursors = kept;
    }

    /// The server's log is another one after `number`: what was stored later is doubtful until it was seen again.
    pub fn fork(&mut self, number: u64) {
        let agreed = self.cursors.iter().find(|cursor| cursor.number <= number && number > 0);
        let step = agreed.map_or(0, |cursor| cursor.step);
        match &mut self.difference {
            // What is held here was offered already.
            Some(Difference::Listed { asked, .. }) => *asked = true,
            difference => {
                self.rereading_after = Some(self.rereading_after.map_or(step, |earlier| earlier.min(step)));
                if let Some(Difference::Since { asked }) = difference {
                    *asked = true;
                }
            }
        }
        self.show_older = false;
        self.reaches = None;
        self.cursors.retain(|cursor| cursor.number <= number);
    }
}

/// The first of these parts is listed now; without any, all months are.
fn list(mut parts: Vec<Vec<u32>>) -> (Difference, Remedy) {
    let months = if parts.is_empty() { Vec::new() } else { parts.remove(0) };
    let offered = months.iter().copied().map(Month).collect();
    (Difference::Listed { months, asked: false, later: parts }, Remedy::Offer(offered))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(number: u64) -> KeptCursor {
        let cursor = Cursor { epoch: Epoch::from_bytes([7; 8]), number, chain: Chain::START };
        KeptCursor::at(cursor, number * 10)
    }

    #[test]
    fn older_cursors_are_kept_at_growing_distances() {
        let mut history = CursorHistory::default();
        for number in 1..=100_000 {
            history.advance(at(number));
        }

        let distances: Vec<u64> = history.all().iter().map(|cursor| 100_000 - cursor.number).collect();

        assert_eq!(history.newest(), Some(at(100_000)));
        assert!(distances.len() <= CURSORS_MAX, "{distances:?}");
        assert!(distances.len() >= 10, "{distances:?}");
        assert!(distances.windows(2).all(|pair| pair[0] < pair[1]), "{distances:?}");
        assert!(distances.last().is_some_and(|&far| far > 30_000), "{distances:?}");
    }

    #[test]
    fn a_log_that_did_not_grow_by_what_it_took_in_is_doubted() {
        let mut grown = CursorHistory::default();
        grown.advance(at(10));
        grown.acknowledged(120, true);
        let mut same = grown.clone();
        let mut asked = CursorHistory::default();
        asked.advance(at(10));
        asked.acknowledged(120, false);

        grown.store(at(11).cursor(), 121);

        assert_eq!(grown.doubtful_after(), None);
        assert_eq!(asked.doubtful_after(), None, "what the server was asked about was there before");
        assert_eq!(same.doubtful_after(), Some(119));
        assert!(same.read_to_end(121));
        assert_eq!(same.doubtful_after(), None, "once is enough");
    }

    #[test]
    fn what_does_not_sum_up_is_read_again_since_they_agreed_then_by_month_then_left_until_the_log_has_grown() {
        let scope: ScopeId = "unit/azilal-1".parse().unwrap();
        let all = Some(Again { months: Vec::new() });
        let mut history = CursorHistory::default();
        history.advance(at(10));
        history.agree(100);
        history.advance(at(20));
        let here = HeldScope::at(scope.clone(), Some(at(20).cursor()));

        assert_eq!(history.disagree(Vec::new()), Remedy::Exchange);
        let nowhere = HeldScope::at(scope.clone(), None);
        let since = HeldScope { older: vec![at(10).cursor()], again: all.clone(), ..nowhere.clone() };
        assert_eq!(history.shown(scope.clone()), since);
        history.fork(10);
        history.advance(at(20));
        assert_eq!(history.shown(scope.clone()), HeldScope { again: all, ..here.clone() }, "it goes on after a cut");

        assert_eq!(history.disagree(Vec::new()), Remedy::Exchange);
        assert_eq!(history.shown(scope.clone()), HeldScope { months: true, ..here.clone() });
        let parts = vec![vec![Month(683), Month(682)], vec![Month(681)]];
        assert_eq!(history.disagree(parts), Remedy::Offer(vec![Month(683), Month(682)]));
        let listed = Some(Again { months: vec![Month(683), Month(682)] });
        assert_eq!(history.shown(scope.clone()), HeldScope { again: listed, ..nowhere.clone() });
        history.fork(0);
        history.advance(at(20));
        assert_eq!(history.disagree(Vec::new()), Remedy::Offer(vec![Month(681)]), "the next part");
        let listed = Some(Again { months: vec![Month(681)] });
        assert_eq!(history.shown(scope.clone()), HeldScope { again: listed, ..nowhere });
        history.rereading_after = None;
        history.fork(0);
        assert_eq!(history.rereading_after, None, "what is held was offered");
        history.advance(at(20));

        assert_eq!(history.disagree(Vec::new()), Remedy::None, "nothing more can be done");
        assert!(history.is_unsettled());
        assert_eq!(history.shown(scope), here);
        history.advance(at(20 + UNSETTLED_RECORDS));
        assert_eq!(history.disagree(Vec::new()), Remedy::None);
        history.advance(at(21 + UNSETTLED_RECORDS));
        assert_eq!(history.disagree(Vec::new()), Remedy::Exchange, "it is looked into again");
        history.agree(0);
        assert!(!history.is_unsettled());
    }

    #[test]
    fn a_log_that_took_in_less_than_it_acknowledged_is_doubted() {
        let mut history = CursorHistory::default();
        history.advance(at(10));
        history.acknowledged(120, true);
        // The store's image without that change is put back, and takes the next one in.
        history.acknowledged(130, true);

        history.store(at(11).cursor(), 131);

        assert_eq!(history.doubtful_after(), Some(119));
    }

    #[test]
    fn after_a_fork_what_was_stored_later_is_doubtful() {
        let mut history = CursorHistory::default();
        for number in [10, 20, 30] {
            history.advance(at(number));
        }

        history.fork(20);
        assert_eq!(history.rereading_after, Some(200));
        assert_eq!(history.newest(), Some(at(20)));

        history.fork(0);
        assert_eq!(history.rereading_after, Some(0));
    }
}
