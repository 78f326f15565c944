//! Where everything stands in the ordered store. One tree, so that one batch is one atomic act.
//!
//! All keys of records start with `r`; the registry's start with `R`. Numbers are big-endian, so that keys sort as what
//! they stand for; signed ones have their sign bit flipped. A scope stands as its text and a zero byte, which no scope
//! contains. Documents, devices and actors are 16 bytes, hashes 32.
//!
//! | key | holds | truth or derived |
//! |---|---|---|
//! | `ri` | what the first epoch of every log is drawn from | truth |
//! | `rx` | the lease the server runs under | truth |
//! | `rh` scope | the head of a log: its cursor | truth |
//! | `rl` scope 0 number:8 | a record of a log | truth |
//! | `rb` scope | the number a backup holds | truth |
//! | `ra` actor | the device it is registered to | truth |
//! | `re` envelope:32 | a proof of authorship | truth |
//! | `rs` hash document | what was set aside | truth |
//! | `rS` time:8 hash document | nothing: finds it by time | derived from `rs` |
//! | `rD` document lacks:32 hash | nothing: finds it by what it lacks | derived from `rs` |
//! | `rA` author time:8 hash document | nothing: finds it by who wrote it | derived from `rs` |
//! | `rN` device | how much is set aside that it is charged with: changes:8 bytes:8 | derived from `rs` |
//! | `rn` | how much is set aside | derived from `rs` |
//! | `rz` hash document | what a person discarded | truth |
//! | `rm` device | a device's mark | truth |
//! | `rc` hash document | where a change stands | derived from `rl` |
//! | `rg` scope 0 month:4 | the digest of a month | derived from `rl` |
//! | `rd` document | a saved document | derived from `rl` |
//! | `rr` document | a row | derived from `rl` |
//! | `rt` index:1 subject 0 ordinal:8 document | nothing: finds a row | derived from `rr` |

use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::Month;
use jisr_sync_core::time::UnixMillis;

use super::{AsidePlace, EnvelopeId, Find, Found, Index, Subject, Term};

pub(super) const EPOCH_SEED: &[u8] = b"ri";
pub(super) const LEASE: &[u8] = b"rx";
pub(super) const HEADS: &[u8] = b"rh";
pub(super) const LOGS: &[u8] = b"rl";
pub(super) const SET_ASIDE: &[u8] = b"rs";
pub(super) const SET_ASIDE_BY_TIME: &[u8] = b"rS";
pub(super) const SET_ASIDE_BY_LACK: &[u8] = b"rD";
pub(super) const SET_ASIDE_BY_AUTHOR: &[u8] = b"rA";
pub(super) const SET_ASIDE_COUNT: &[u8] = b"rn";
pub(super) const SET_ASIDE_TALLIES: &[u8] = b"rN";
pub(super) const DISCARDED: &[u8] = b"rz";
pub(super) const MARKS: &[u8] = b"rm";
pub(super) const ACTORS: &[u8] = b"ra";
pub(super) const ENVELOPES: &[u8] = b"re";
pub(super) const CHANGES: &[u8] = b"rc";
pub(super) const DIGESTS: &[u8] = b"rg";
pub(super) const DOCUMENTS: &[u8] = b"rd";
pub(super) const ROWS: &[u8] = b"rr";
pub(super) const TERMS: &[u8] = b"rt";

/// Every prefix of what follows from the logs.
pub(super) const DERIVED: [&[u8]; 5] = [CHANGES, DIGESTS, DOCUMENTS, ROWS, TERMS];

/// Every prefix of what follows from the changes that are set aside.
pub(super) const DERIVED_ASIDE: [&[u8]; 5] =
    [SET_ASIDE_BY_TIME, SET_ASIDE_BY_LACK, SET_ASIDE_BY_AUTHOR, SET_ASIDE_COUNT, SET_ASIDE_TALLIES];

fn ordinal_bytes(ordinal: i64) -> [u8; 8] {
    (ordinal ^ i64::MIN).to_be_bytes()
}

fn scope_end(prefix: &[u8], scope: &ScopeId) -> Vec<u8> {
    [prefix, scope.to_string().as_bytes(), &[0]].concat()
}

pub(super) fn head(scope: &ScopeId) -> Vec<u8> {
    [HEADS, scope.to_string().as_bytes()].concat()
}

pub(super) fn backed_up(scope: &ScopeId) -> Vec<u8> {
    [b"rb", scope.to_string().as_bytes()].concat()
}

pub(super) fn log(scope: &ScopeId, number: u64) -> Vec<u8> {
    let mut key = scope_end(LOGS, scope);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

pub(super) fn actor(actor: &ActorId) -> Vec<u8> {
    [ACTORS, actor.as_bytes().as_slice()].concat()
}

pub(super) fn envelope(id: &EnvelopeId) -> Vec<u8> {
    [ENVELOPES, id.0.as_slice()].concat()
}

pub(super) fn set_aside(hash: &ChangeHash, document: &DocumentId) -> Vec<u8> {
    [SET_ASIDE, hash.as_bytes(), document.as_bytes()].concat()
}

/// What the keys of all that is set aside begin with whose hash begins with `start`.
pub(super) fn set_aside_from(start: &[u8]) -> Vec<u8> {
    [SET_ASIDE, start].concat()
}

pub(super) fn set_aside_by_time(place: &AsidePlace) -> Vec<u8> {
    let at = ordinal_bytes(place.received_at.0);
    [SET_ASIDE_BY_TIME, at.as_slice(), place.hash.as_bytes(), place.document.as_bytes()].concat()
}

pub(super) fn set_aside_lacking(document: &DocumentId, lacks: &ChangeHash) -> Vec<u8> {
    [SET_ASIDE_BY_LACK, document.as_bytes().as_slice(), lacks.as_bytes()].concat()
}

pub(super) fn set_aside_by_lack(document: &DocumentId, lacks: &ChangeHash, hash: &ChangeHash) -> Vec<u8> {
    [&set_aside_lacking(document, lacks), hash.as_bytes().as_slice()].concat()
}

pub(super) fn discarded(hash: &ChangeHash, document: &DocumentId) -> Vec<u8> {
    [DISCARDED, hash.as_bytes(), document.as_bytes()].concat()
}

/// What the keys of all decisions begin with about changes whose hash begins with `start`.
pub(super) fn discarded_from(start: &[u8]) -> Vec<u8> {
    [DISCARDED, start].concat()
}

/// What one device wrote and was set aside, from `since` on.
pub(super) fn set_aside_of_author(author: &DeviceId, since: UnixMillis) -> Vec<u8> {
    [SET_ASIDE_BY_AUTHOR, author.as_bytes().as_slice(), &ordinal_bytes(since.0)].concat()
}

pub(super) fn set_aside_by_author(
    author: &DeviceId,
    at: UnixMillis,
    hash: &ChangeHash,
    document: &DocumentId,
) -> Vec<u8> {
    [&set_aside_of_author(author, at), hash.as_bytes().as_slice(), document.as_bytes()].concat()
}

/// The first key after everything that one device wrote and was set aside.
pub(super) fn set_aside_after_author(author: &DeviceId) -> Vec<u8> {
    after(&[SET_ASIDE_BY_AUTHOR, author.as_bytes().as_slice()].concat())
}

pub(super) fn set_aside_tally(device: &DeviceId) -> Vec<u8> {
    [SET_ASIDE_TALLIES, device.as_bytes()].concat()
}

pub(super) fn mark(device: &DeviceId) -> Vec<u8> {
    [MARKS, device.as_bytes()].concat()
}

pub(super) fn change(hash: &ChangeHash, document: &DocumentId) -> Vec<u8> {
    [CHANGES, hash.as_bytes(), document.as_bytes()].concat()
}

/// What the keys of all changes begin with whose hash begins with `start`.
pub(super) fn changes_from(start: &[u8]) -> Vec<u8> {
    [CHANGES, start].concat()
}

pub(super) fn digests(scope: &ScopeId) -> Vec<u8> {
    scope_end(DIGESTS, scope)
}

pub(super) fn digest(scope: &ScopeId, month: Month) -> Vec<u8> {
    [digests(scope), month.0.to_be_bytes().to_vec()].concat()
}

pub(super) fn document(id: &DocumentId) -> Vec<u8> {
    [DOCUMENTS, id.as_bytes()].concat()
}

pub(super) fn row(id: &DocumentId) -> Vec<u8> {
    [ROWS, id.as_bytes()].concat()
}

fn terms(index: Index, subject: &Subject) -> Vec<u8> {
    let mut key = [TERMS, &[index.number()]].concat();
    match subject {
        Subject::Everything => {}
        Subject::Unit(unit) => key.extend_from_slice(unit.as_str().as_bytes()),
        Subject::Scope(scope) => key.extend_from_slice(scope.to_string().as_bytes()),
        Subject::Record(id) => key.extend_from_slice(id.to_string().as_bytes()),
    }
    key.push(0);
    key
}

pub(super) fn term(term: &Term, id: &DocumentId) -> Vec<u8> {
    let mut key = terms(term.index, &term.subject);
    key.extend_from_slice(&ordinal_bytes(term.ordinal));
    key.extend_from_slice(id.as_bytes());
    key
}

/// The ends of a question's range: from, and up to but without.
pub(super) fn find(find: &Find) -> (Vec<u8>, Vec<u8>) {
    let prefix = terms(find.index, &find.subject);
    let from = [prefix.as_slice(), &ordinal_bytes(find.from)].concat();
    let to = match find.to.checked_add(1) {
        Some(after) => [prefix.as_slice(), &ordinal_bytes(after)].concat(),
        None => after(&prefix),
    };
    (from, to)
}

/// What a key of [`term`] says at its end.
pub(super) fn found(key: &[u8]) -> Option<Found> {
    let (rest, id) = key.split_at_checked(key.len().checked_sub(DocumentId::BYTES)?)?;
    let ordinal = rest.last_chunk::<8>()?;
    Some(Found { ordinal: i64::from_be_bytes(*ordinal) ^ i64::MIN, id: DocumentId::from_slice(id)? })
}

/// The hash and document at the end of a key, in this order.
pub(super) fn hash_and_document(key: &[u8]) -> Option<(ChangeHash, DocumentId)> {
    let (rest, id) = key.split_at_checked(key.len().checked_sub(DocumentId::BYTES)?)?;
    let (_, hash) = rest.split_at_checked(rest.len().checked_sub(ChangeHash::BYTES)?)?;
    Some((ChangeHash::from_slice(hash)?, DocumentId::from_slice(id)?))
}

/// The first key after all that start with `prefix`. No prefix here is made of `0xFF` only.
pub(super) fn after(prefix: &[u8]) -> Vec<u8> {
    jisr_durable_kv::after_prefix(prefix).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jisr_durable_kv::KEY_BYTES_MAX;

    use super::*;

    #[test]
    fn no_two_things_stand_under_one_prefix_and_the_table_names_each() {
        let source = include_str!("key.rs");
        let consts = source.lines().filter(|line| line.contains("const ") && line.contains("= b\"r"));
        let letter = |line: &str| line.split("= b\"").nth(1).and_then(|rest| rest.split('"').next().map(str::to_owned));
        let letters: Vec<String> = consts.filter_map(letter).collect();
        let distinct: std::collections::BTreeSet<&String> = letters.iter().collect();

        assert!(letters.len() > 15, "the constants are read: {letters:?}");
        assert_eq!(distinct.len(), letters.len(), "{letters:?}");
        for letters in distinct {
            let rows = source.lines().filter(|line| line.starts_with(&format!("//! | `{letters}`"))).count();
            assert_eq!(rows, 1, "{letters}");
        }
    }

    #[test]
    fn the_longest_key_fits_into_the_store() {
        let scope: ScopeId = format!("province/{}", "a".repeat(32)).parse().unwrap();
        let document = DocumentId::from_bytes([0xFF; 16]);
        let hash = ChangeHash::from_bytes([0xFF; 32]);
        let long = Term { index: Index::AllFollowUps, subject: Subject::Scope(scope.clone()), ordinal: -1 };

        for key in [
            log(&scope, u64::MAX),
            term(&long, &document),
            set_aside_by_time(&AsidePlace { received_at: UnixMillis(-1), hash, document }),
            set_aside_by_lack(&document, &hash, &hash),
            set_aside_by_author(&DeviceId::from_bytes([0xFF; 16]), UnixMillis(-1), &hash, &document),
            digest(&scope, Month(9)),
        ] {
            assert!(key.len() <= KEY_BYTES_MAX, "{} bytes", key.len());
        }
    }

    #[test]
    fn keys_sort_as_what_they_stand_for_and_no_scope_reaches_into_another() {
        let (one, ten): (ScopeId, ScopeId) = ("unit/a-1".parse().unwrap(), "unit/a-10".parse().unwrap());
        let at = |ordinal| {
            let term_of = Term { index: Index::Latest, subject: Subject::Scope(one.clone()), ordinal };
            term(&term_of, &DocumentId::from_bytes([1; 16]))
        };

        assert!(log(&one, 2) < log(&one, 10) && log(&one, u64::MAX) < log(&ten, 0));
        assert!(at(i64::MIN) < at(-1) && at(-1) < at(0) && at(0) < at(i64::MAX));
        assert_eq!(found(&at(-7)), Some(Found { ordinal: -7, id: DocumentId::from_bytes([1; 16]) }));
    }
}
