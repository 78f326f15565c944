//! What every [`Store`] must do, as one suite that each implementation passes.
//!
//! [`check`] takes a way to open one and the same store again, so that "durable" can be tried by forgetting
//! everything and reading. It panics with a sentence that says which promise was broken.

use std::collections::BTreeMap;

use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::sync::{
    Certified, Chain, Cursor, Digest, Envelope, EnvelopeEntry, Epoch, Incarnation, Month, ServerId, Vouched, Voucher,
};
use jisr_sync_core::time::UnixMillis;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::KeptCursor;
use super::{
    Aside, AsideKey, AsideOrigin, Carried, CarriedMark, Counters, CursorHistory, Doubt, Draft, Identity, Image,
    KeptDocument, LastError, Progress, Pruned, PrunedKey, Row, Store, StoreBatch, Vouchers, Waiting,
};

/// Tries every promise of [`Store`] on the store that `reopen` opens, which must be empty at first.
///
/// # Panics
/// When a promise is not kept: that is its purpose.
pub fn check<S: Store>(mut reopen: impl FnMut() -> S) {
    an_empty_store_holds_nothing(&reopen());
    everything_committed_is_there_after_reopening(&mut reopen);
    what_is_removed_stays_removed(&mut reopen);
    outbox_numbers_are_never_used_twice(&mut reopen);
    the_outbox_pages_in_commit_order(&mut reopen);
    a_row_changes_without_its_document(&mut reopen);
    an_entry_is_queued_anew_in_its_place(&mut reopen);
    an_empty_batch_changes_nothing(&mut reopen);
}

fn an_entry_is_queued_anew_in_its_place<S: Store>(reopen: &mut impl FnMut() -> S) {
    let store = reopen();
    let next = store.load().expect("loads").next_index;
    store.commit(StoreBatch { queued: vec![doubtful(next, 1)], ..StoreBatch::default() }).expect("commits");
    let settled = Waiting { doubt: Doubt::Settled, offered_again: true, ..doubtful(next, 1) };
    store.commit(StoreBatch { requeued: vec![settled.clone()], ..StoreBatch::default() }).expect("commits");
    drop(store);

    let store = reopen();
    assert_eq!(store.outbox(next, 1).expect("reads"), [settled], "what is put anew stands in its place");
    assert_eq!(store.load().expect("loads").next_index, next + 1, "no number is used twice by it");
    store.commit(StoreBatch { acknowledged: vec![next], ..StoreBatch::default() }).expect("commits");
}

fn document(number: u8) -> DocumentId {
    DocumentId::from_bytes([number; 16])
}

fn scope() -> ScopeId {
    "unit/azilal-1".parse().expect("a scope")
}

fn waiting(index: u64, number: u8) -> Waiting {
    let change = vec![number; 40];
    Waiting::new(index, scope(), document(number), change, UnixMillis(1_000))
}

/// A change of another device, about which the server is to be asked.
fn doubtful(index: u64, number: u8) -> Waiting {
    Waiting { doubt: Doubt::Ask, vouched: Some(vouched(number)), ..waiting(index, number) }
}

fn vouched(number: u8) -> Vouched {
    Vouched {
        author: DeviceId::from_bytes([number; 16]),
        incarnation: Incarnation::from_bytes([number; 8]),
        voucher: Voucher::from_bytes([number; 8]),
    }
}

fn kept(number: u8) -> KeptDocument {
    let mut row = Row::new(Some(RecordKind::Encounter), scope(), UnixMillis(1_000));
    row.record = Some("{\"place_text\":\"درب السلطان\"}".to_owned());
    KeptDocument { saved: vec![number; 300], row }
}

fn carried() -> Carried {
    let key = ed25519_dalek::SigningKey::from_bytes(&[5; 32]);
    let (device, server) = (DeviceId::from_bytes([7; 16]), ServerId::from_bytes([1; 16]));
    let unit = "azilal-1".parse().expect("a unit");
    let certified = Certified::new(server, device, &key.verifying_key(), unit, vec![scope()], UnixMillis(9));
    let entry = EnvelopeEntry { scope: scope(), document: document(6), change: vec![6; 40].into() };
    Carried {
        from: device,
        at: UnixMillis(10),
        ask: true,
        certificate: certified.sign(&key),
        envelope: Envelope::sign(device, Incarnation::from_bytes([4; 8]), vec![entry], &key),
    }
}

fn pruned_key(month: u32) -> PrunedKey {
    PrunedKey { month: Month(month), scope: scope() }
}

fn pruned(number: u8, wanted: bool) -> Pruned {
    Pruned { document: document(number), digest: Digest(u64::MAX - 1), at: UnixMillis(-5), wanted }
}

fn aside_key() -> AsideKey {
    AsideKey { document: document(3), change: ChangeHash::from_bytes([9; 32]) }
}

fn full_batch() -> StoreBatch {
    let mut cursors = CursorHistory::default();
    let cursor = Cursor { epoch: Epoch::from_bytes([255; 8]), number: 4, chain: Chain::from_bytes([254; 8]) };
    cursors.advance(KeptCursor::at(cursor, 9));
    let progress = Progress {
        last_success: Some(UnixMillis(5)),
        last_error: Some(LastError::new("offline", UnixMillis(6))),
        failures: 2,
        ..Progress::default()
    };
    let aside = Aside::new(AsideOrigin::Received, "checksum", UnixMillis(7), scope());
    StoreBatch {
        identity: Some(Identity::new(Incarnation::from_bytes([4; 8]), [3; 32], &mut StdRng::seed_from_u64(2))),
        documents: BTreeMap::from([(document(1), Some(kept(1))), (document(2), Some(kept(2)))]),
        queued: vec![waiting(0, 1), doubtful(1, 2)],
        requeued: Vec::new(),
        vouchers: BTreeMap::from([(
            document(1),
            Some(Vouchers::from([(ChangeHash::from_bytes([8; 32]), vouched(6))])),
        )]),
        acknowledged: Vec::new(),
        cursors: BTreeMap::from([(scope(), Some(cursors))]),
        asides: BTreeMap::from([(aside_key(), Some((aside, vec![0, 255, 7])))]),
        drafts: BTreeMap::from([(document(4), Some(Draft::new(RecordKind::Person, "{}".to_owned(), UnixMillis(8))))]),
        seen: BTreeMap::from([(document(1), Some(vec![ChangeHash::from_bytes([8; 32])]))]),
        carried: BTreeMap::from([(3, Some(carried()))]),
        handed: BTreeMap::from([(1, vec![DeviceId::from_bytes([7; 16])])]),
        foreign: BTreeMap::from([(document(1), Some(vec![ChangeHash::from_bytes([6; 32])]))]),
        parcels: BTreeMap::from([(4, Some(vec![1; 9]))]),
        pruned: BTreeMap::from([
            (pruned_key(1), vec![pruned(8, true), pruned(9, false)]),
            (pruned_key(2), vec![pruned(7, false)]),
        ]),
        erased: vec![document(5)],
        progress: Some(progress),
        counters: Some(Counters { boot: 3, step: u64::MAX, ..Counters::default() }),
        rows: BTreeMap::new(),
        settings: BTreeMap::from([("lang".to_owned(), Some("ar".to_owned()))]),
    }
}

fn an_empty_store_holds_nothing(store: &impl Store) {
    assert_eq!(store.load().expect("loads"), Image::default(), "an empty store holds nothing");
    assert!(store.document(&document(1)).expect("reads").is_none());
    assert!(store.outbox(0, 10).expect("reads").is_empty());
}

fn everything_committed_is_there_after_reopening<S: Store>(reopen: &mut impl FnMut() -> S) {
    reopen().commit(full_batch()).expect("commits");

    let store = reopen();
    let image = store.load().expect("loads");
    let batch = full_batch();
    assert_eq!(image.identity, batch.identity, "the identity survives");
    for (id, kept) in &batch.documents {
        let kept = kept.as_ref().expect("put above");
        assert_eq!(image.rows.get(id), Some(&kept.row), "a row survives");
        assert_eq!(store.document(id).expect("reads"), Some(kept.saved.clone()), "a document survives");
    }
    assert_eq!(store.outbox(0, 10).expect("reads"), batch.queued, "the outbox survives");
    assert_eq!(image.waiting.len(), 2, "the outbox is known without its bodies");
    assert!(image.waiting[&0].ask.is_none() && image.waiting[&1].ask.is_some(), "what is to be asked survives");
    assert_eq!(store.vouchers(&document(1)).expect("reads"), batch.vouchers[&document(1)].clone().expect("put above"));
    assert!(store.vouchers(&document(2)).expect("reads").is_empty());
    assert_eq!(image.next_index, 2, "the next index survives");
    assert_eq!(image.cursors.get(&scope()), batch.cursors[&scope()].as_ref(), "cursors survive");
    assert_eq!(image.asides.len(), 1, "a change set aside survives");
    assert_eq!(store.aside_bytes(&aside_key()).expect("reads"), Some(vec![0, 255, 7]), "with its bytes");
    assert_eq!(image.drafts.len(), 1, "a draft survives");
    assert_eq!(image.seen.get(&document(1)), batch.seen[&document(1)].as_ref(), "what was seen survives");
    assert_eq!(image.carried.get(&3), Some(&CarriedMark::of(&carried())), "what is carried is known without bodies");
    assert_eq!(store.carried(3).expect("reads"), Some(carried()), "a carried envelope survives whole");
    assert_eq!(image.handed, batch.handed, "to whom something was handed over survives");
    assert_eq!(image.foreign.get(&document(1)), batch.foreign[&document(1)].as_ref(), "whose it is survives");
    assert_eq!(image.parcels, BTreeMap::from([(4, 9)]), "a sealed file survives");
    assert_eq!(store.parcel(4).expect("reads"), Some(vec![1; 9]), "with its bytes");
    assert_eq!(image.pruned, batch.pruned, "what is remembered of records that have left survives");
    assert!(image.erased.contains(&document(5)), "an erasure survives");
    assert_eq!(Some(image.counters), batch.counters, "the counters survive");
    assert_eq!(Some(image.progress), batch.progress, "the last success survives");
    assert_eq!(image.settings.get("lang").map(String::as_str), Some("ar"), "a setting survives");
}

fn what_is_removed_stays_removed<S: Store>(reopen: &mut impl FnMut() -> S) {
    let batch = StoreBatch {
        documents: BTreeMap::from([(document(2), None)]),
        acknowledged: vec![0],
        cursors: BTreeMap::from([(scope(), None)]),
        asides: BTreeMap::from([(aside_key(), None)]),
        drafts: BTreeMap::from([(document(4), None)]),
        seen: BTreeMap::from([(document(1), None)]),
        carried: BTreeMap::from([(3, None)]),
        foreign: BTreeMap::from([(document(1), None)]),
        parcels: BTreeMap::from([(4, None)]),
        pruned: BTreeMap::from([(pruned_key(1), Vec::new())]),
        settings: BTreeMap::from([("lang".to_owned(), None)]),
        ..StoreBatch::default()
    };
    reopen().commit(batch).expect("commits");

    let store = reopen();
    let image = store.load().expect("loads");
    assert_eq!(image.rows.keys().copied().collect::<Vec<_>>(), [document(1)], "the row goes with its document");
    assert!(store.document(&document(2)).expect("reads").is_none(), "a removed document is gone");
    assert_eq!(store.outbox(0, 10).expect("reads"), [doubtful(1, 2)], "only what was acknowledged leaves");
    assert!(image.cursors.is_empty() && image.asides.is_empty() && image.drafts.is_empty());
    assert!(store.aside_bytes(&aside_key()).expect("reads").is_none(), "the bytes go with the mark");
    assert!(image.settings.is_empty() && image.seen.is_empty());
    assert!(image.carried.is_empty() && image.parcels.is_empty() && image.foreign.is_empty());
    assert!(store.carried(3).expect("reads").is_none() && store.parcel(4).expect("reads").is_none());
    assert_eq!(image.pruned.keys().collect::<Vec<_>>(), [&pruned_key(2)], "an empty list is none");
    assert_eq!(image.handed.len(), 1, "what waits on is still handed over");
    assert!(image.identity.is_some() && image.progress.last_success.is_some(), "what is absent stays as it is");
}

fn outbox_numbers_are_never_used_twice<S: Store>(reopen: &mut impl FnMut() -> S) {
    reopen().commit(StoreBatch { acknowledged: vec![1], ..StoreBatch::default() }).expect("commits");

    let image = reopen().load().expect("loads");
    assert!(image.waiting.is_empty(), "all has left");
    assert!(image.handed.is_empty(), "whom a change was handed to goes with it");
    assert_eq!(image.next_index, 2, "an empty outbox still knows its next index");
}

fn the_outbox_pages_in_commit_order<S: Store>(reopen: &mut impl FnMut() -> S) {
    let queued: Vec<Waiting> = (2..1_302).map(|index| waiting(index, 1)).collect();
    reopen().commit(StoreBatch { queued, ..StoreBatch::default() }).expect("commits");

    let store = reopen();
    let page: Vec<u64> = store.outbox(300, 3).expect("reads").iter().map(|entry| entry.index).collect();
    assert_eq!(page, [300, 301, 302], "a page starts where it is told and is in order");
    assert_eq!(store.load().expect("loads").waiting.len(), 1_300, "loading reads beyond one page");
}

fn an_empty_batch_changes_nothing<S: Store>(reopen: &mut impl FnMut() -> S) {
    let before = reopen().load().expect("loads");
    reopen().commit(StoreBatch::default()).expect("commits");
    assert_eq!(reopen().load().expect("loads"), before);
}

fn a_row_changes_without_its_document<S: Store>(reopen: &mut impl FnMut() -> S) {
    let mut row = kept(1).row;
    row.step = 77;
    let rows = BTreeMap::from([(document(1), row.clone())]);
    reopen().commit(StoreBatch { rows, ..StoreBatch::default() }).expect("commits");

    let store = reopen();
    assert_eq!(store.load().expect("loads").rows.get(&document(1)), Some(&row), "the row is the new one");
    assert_eq!(store.document(&document(1)).expect("reads"), Some(kept(1).saved), "the document is as it was");
}
