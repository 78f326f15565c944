//! How much is carried for others, and on what disk.

use super::*;

#[tokio::test]
async fn a_device_that_carries_all_it_can_says_so_and_the_author_keeps_it() {
    use jisr_sync_core::sync::limits::CARRIED_ENVELOPES_MAX;
    let server = server();
    let (one, other) = (device(&server, 1).await, device(&server, 2).await);
    let certificate = other.enrolment().unwrap().credentials.unwrap().certificate;
    let written = write(&other, CARRIED_ENVELOPES_MAX + 1);
    let indexes: Vec<u64> = other.waiting().iter().map(|(index, ..)| *index).collect();
    for (at, index) in indexes.iter().enumerate() {
        let envelope = other.own_envelope(&[*index]).unwrap().unwrap();
        // They came by way of five other devices, none of which brought more than its share.
        let from = DeviceId::from_bytes([u8::try_from(at % 5).unwrap(); 16]);
        let kept = one.carry(from, &certificate, &envelope);
        assert_eq!(kept.is_ok(), at < CARRIED_ENVELOPES_MAX, "{at}");
        assert_eq!(one.status(false).carried_nearly_full, at + 1 >= CARRIED_ENVELOPES_MAX / 5 * 4, "{at}");
    }

    let [listened, joined] = meeting(&one, &other).await;

    assert!(listened.full && joined.full && joined.given == 0);
    assert_eq!((seen(&one).len(), other.status(false).waiting), (written.len() - 1, written.len()));
}

#[tokio::test]
async fn no_device_fills_another_with_what_it_hands_over_and_what_is_refused_stays_with_it() {
    use jisr_sync_core::sync::limits::CARRIED_FROM_ONE_ENVELOPES_MAX;
    let server = server();
    let [one, greedy, third] = [device(&server, 1).await, device(&server, 2).await, device(&server, 3).await];
    let certificate = greedy.enrolment().unwrap().credentials.unwrap().certificate;
    let written = write(&greedy, CARRIED_FROM_ONE_ENVELOPES_MAX + 2);
    let indexes: Vec<u64> = greedy.waiting().iter().map(|(index, ..)| *index).collect();
    for (at, index) in indexes.iter().enumerate() {
        let kept = one.carry(id(&greedy), &certificate, &greedy.own_envelope(&[*index]).unwrap().unwrap());
        let refused = matches!(kept, Err(Error::CarriedShare { records: CARRIED_FROM_ONE_ENVELOPES_MAX }));
        assert_eq!(refused, at >= CARRIED_FROM_ONE_ENVELOPES_MAX, "{at}: {kept:?}");
    }

    let [listened, joined] = meeting(&one, &greedy).await;
    assert!(listened.share_full && joined.share_full && !listened.full && !joined.full);
    assert_eq!((joined.given, greedy.status(false).waiting), (0, written.len()));

    let others = write(&third, 3);
    let [listened, joined] = meeting(&one, &third).await;
    assert_eq!((listened.received, joined.given, joined.share_full), (3, 3, false));
    assert!(others.iter().all(|id| seen(&one).contains(id)), "there is room for what others bring");
}

#[test]
fn an_envelope_of_own_changes_fits_a_frame_whatever_their_length() {
    let item = |bytes| Offerable { source: OfferSource::Own(0), entries: Vec::new(), bytes };
    let lengths = |items: &[usize]| -> Vec<usize> {
        let items: Vec<Offerable> = items.iter().map(|bytes| item(*bytes)).collect();
        groups(&items, 3).iter().map(Vec::len).collect()
    };

    assert_eq!(lengths(&[]), Vec::<usize>::new());
    assert_eq!(lengths(&[500; 7]), [3, 3, 1]);
    assert_eq!(lengths(&[170_000, 170_000, 500]), [1, 2]);
    assert_eq!(lengths(&[30_000, CHANGE_BYTES_MAX, 30_000]), [2, 1]);
    const { assert!(30_000 + CHANGE_BYTES_MAX + 2 * 128 < FRAME_BYTES_MAX) };
}

#[tokio::test]
async fn an_envelope_the_server_cannot_keep_for_now_goes_behind_those_it_can() {
    let server = server();
    let carrier = device(&server, 1).await;
    for seed in 2..5 {
        let author = device(&server, seed).await;
        write(&author, 1);
        meeting(&carrier, &author).await;
    }
    let authors = || carrier.carried().iter().map(|item| item.entries[0].document).collect::<Vec<_>>();
    let (before, first) = (authors(), carrier.carried()[0].index);

    carrier.acknowledge(&Acknowledged { carried_held_back: vec![first], ..Acknowledged::default() }).unwrap();

    assert_eq!(authors(), [before[1], before[2], before[0]]);
    let author = device(&server, 6).await;
    write(&author, 1);
    meeting(&carrier, &author).await;
    assert_eq!(carrier.carried().len(), 4, "no number is used twice");
}

/// A disk with room for so many commits more, and then for none until somebody makes room.
struct SmallDisk {
    inner: MemoryKv,
    room: AtomicUsize,
}

impl Kv for SmallDisk {
    fn get(&self, key: &[u8]) -> std::result::Result<Option<Vec<u8>>, KvError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> std::result::Result<Vec<Pair>, KvError> {
        self.inner.scan(from, to, limit)
    }

    fn scan_back(&self, from: &[u8], to: &[u8], limit: usize) -> std::result::Result<Vec<Pair>, KvError> {
        self.inner.scan_back(from, to, limit)
    }

    fn has_room(&self) -> std::result::Result<bool, KvError> {
        Ok(self.room.load(Ordering::SeqCst) > 0)
    }

    fn commit(&self, batch: Batch) -> std::result::Result<(), KvError> {
        let taken = self.room.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |room| room.checked_sub(1));
        if taken.is_ok() { self.inner.commit(batch) } else { Err(KvError::Full) }
    }
}

#[tokio::test]
async fn a_disk_that_fills_up_in_a_meeting_keeps_whole_envelopes_or_nothing_and_both_say_so() {
    for room in 0..6 {
        let server = server();
        let disk = Arc::new(SmallDisk { inner: MemoryKv::new(), room: AtomicUsize::new(usize::MAX) });
        let store = Arc::new(KvStore::new(disk.clone()).unwrap());
        let full = device_on(&server, 1, MODEL_CODE, Arc::new(SetClock::at(NOW)), store.clone()).await;
        let other = device(&server, 2).await;
        let (own, theirs) = (write(&full, 2), write(&other, 100));
        disk.room.store(room, Ordering::SeqCst);

        let [listened, joined] = meeting(&full, &other).await;

        // One hundred come in four envelopes.
        let kept = theirs.iter().filter(|id| seen(&full).contains(id)).count();
        assert_eq!((listened.received, joined.given, other.status(false).handed_over), (kept, kept, kept), "{room}");
        assert_eq!((listened.full, joined.full), (kept < 100, kept < 100), "{room}");
        assert_eq!((full.status(false).carried, kept == 0), (kept, room == 0), "{room}");
        assert_eq!(own.iter().filter(|id| seen(&other).contains(id)).count(), 2, "its own is handed over all the same");
        assert_eq!((full.status(false).waiting, other.status(false).waiting), (2, 100));
        disk.room.store(usize::MAX, Ordering::SeqCst);
        let again = Arc::new(Local::open(store, Arc::new(SetClock::at(NOW)), StdRng::seed_from_u64(9)).unwrap());
        assert_eq!((seen(&again).len(), again.status(false).carried), (2 + kept, kept), "as it is on the disk");
        let [listened, _] = meeting(&again, &other).await;
        assert_eq!((listened.received, listened.full, seen(&again).len()), (100 - kept, false, 102), "{room}");
    }
}

#[tokio::test]
async fn what_comes_by_several_ways_is_carried_once() {
    let server = server();
    let author = device(&server, 1).await;
    let carriers = [device(&server, 2).await, device(&server, 3).await, device(&server, 4).await];
    write(&author, 5);
    for carrier in &carriers[..2] {
        meeting(&author, carrier).await;
    }
    let last = &carriers[2];
    meeting(last, &carriers[0]).await;
    let [taken, given] = meeting(last, &carriers[1]).await;
    let certificate = author.enrolment().unwrap().credentials.unwrap().certificate;
    let indexes: Vec<u64> = author.waiting().iter().map(|(index, ..)| *index).collect();
    let once_more = last.carry(id(&carriers[1]), &certificate, &author.own_envelope(&indexes).unwrap().unwrap());

    assert_eq!((taken.received, given.given, once_more.unwrap().new), (0, 0, 0));
    assert_eq!((last.carried().len(), last.status(false).carried, seen(last).len()), (1, 5, 5));
    sync(last, &server).await;
    assert_eq!((server.documents(), last.carried().len()), (5, 0));
}
