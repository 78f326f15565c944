//! What becomes of carried work that the server does not take in, and of own work on top of it.

use super::*;

#[tokio::test]
async fn own_work_on_what_was_carried_and_discarded_is_written_again_without_it() {
    let server = server();
    let [author, carrier, third] = [device(&server, 1).await, device(&server, 2).await, device(&server, 3).await];
    let documents = write(&author, 2);
    meeting(&carrier, &author).await;
    meeting(&third, &author).await;
    carrier.update::<Encounter>(documents[0], |met| met.place_text = Some("Souk".into())).unwrap();
    carrier.update::<Encounter>(documents[0], |met| _ = met.observed.insert(ObservedGroup::Boys, 5)).unwrap();
    server.revoke(id(&author));

    sync(&carrier, &server).await;
    assert!(matches!(where_is(&carrier, documents[0]), RecordSync::SetAside(_)));
    assert_eq!(where_is(&carrier, documents[1]), RecordSync::SetAside("revoked".to_owned()), "it is not in the log");
    assert_eq!(server.documents(), 0);

    server.discard_of(id(&author));
    sync(&carrier, &server).await;
    let merged: Encounter = server.document(documents[0]).unwrap().read().unwrap();
    let here = carrier.get::<Encounter>(documents[0]).unwrap().unwrap();
    for encounter in [&merged, &here.value] {
        assert_eq!(encounter.place_text, Some("Souk".into()));
        assert_eq!(encounter.observed.get(&ObservedGroup::Boys), Some(&3), "three were added to the author's two");
        assert_eq!(encounter.outcome, None, "that was the author's word");
    }
    assert!(server.authors(documents[0]).iter().all(|by| *by == id(&carrier)));
    assert_eq!((here.sync, seen(&carrier)), (RecordSync::OnServer, [documents[0]].into()));
    assert_eq!((carrier.status(false).waiting, carrier.status(false).set_aside), (0, 0));

    let [taken, _] = meeting(&carrier, &third).await;
    assert_eq!((taken.received, seen(&carrier).len()), (0, 1), "what was discarded does not come back");
    sync(&carrier, &server).await;
    carrier.update::<Encounter>(documents[0], |met| met.place_text = Some("Douar".into())).unwrap();
    sync(&carrier, &server).await;
    let merged: Encounter = server.document(documents[0]).unwrap().read().unwrap();
    assert_eq!((merged.place_text, carrier.status(false).waiting), (Some("Douar".into()), 0));
}

#[tokio::test]
async fn own_work_that_was_not_sent_yet_is_written_again_too_when_the_answer_is_that_its_base_is_discarded() {
    let server = server();
    let [author, carrier, first] = [device(&server, 1).await, device(&server, 2).await, device(&server, 3).await];
    let document = write(&author, 1)[0];
    meeting(&carrier, &author).await;
    meeting(&first, &author).await;
    server.revoke(id(&author));
    sync(&first, &server).await;
    server.discard_all();
    carrier.update::<Encounter>(document, |met| met.place_text = Some("Souk".into())).unwrap();

    sync(&carrier, &server).await;

    let merged: Encounter = server.document(document).unwrap().read().unwrap();
    assert_eq!((merged.place_text, merged.outcome), (Some("Souk".into()), None));
    assert_eq!((where_is(&carrier, document), carrier.status(false).waiting), (RecordSync::OnServer, 0));
}

#[tokio::test]
async fn own_work_that_a_person_discarded_too_is_not_written_again_and_stays_on_the_list() {
    let server = server();
    let (author, carrier) = (device(&server, 1).await, device(&server, 2).await);
    let document = write(&author, 1)[0];
    meeting(&carrier, &author).await;
    carrier.update::<Encounter>(document, |met| met.place_text = Some("Souk".into())).unwrap();
    server.revoke(id(&author));
    sync(&carrier, &server).await;

    server.discard_all();
    sync(&carrier, &server).await;

    assert_eq!((server.documents(), carrier.status(false).waiting, seen(&carrier).len()), (0, 0, 0));
    let mine = carrier.asides().into_iter().filter(|view| view.aside.origin == AsideOrigin::Sent).collect::<Vec<_>>();
    assert!(mine.len() == 1 && mine[0].aside.is_discarded(), "{mine:?}");
}

#[tokio::test]
async fn what_was_brought_and_set_aside_is_told_as_that_until_it_is_let_in() {
    let server = server();
    let (author, carrier) = (device(&server, 1).await, device(&server, 2).await);
    let document = write(&author, 1)[0];
    meeting(&carrier, &author).await;
    server.revoke(id(&author));
    sync(&carrier, &server).await;
    assert_eq!((carrier.status(false).carried, carrier.status(false).set_aside), (0, 1));

    server.reinstate(id(&author));
    assert_eq!(server.release_all(), 1);
    sync(&carrier, &server).await;

    assert_eq!((where_is(&carrier, document), carrier.status(false).set_aside), (RecordSync::OnServer, 0));
    assert_eq!(server.authors(document), [id(&author)]);
}

#[tokio::test]
async fn a_carried_change_of_a_copied_device_gives_way_to_the_one_the_server_let_in() {
    let server = server();
    let (kv, copied) = (Arc::new(MemoryKv::new()), Arc::new(MemoryKv::new()));
    let clock = || Arc::new(SetClock::at(NOW));
    let author = device_on(&server, 1, MODEL_CODE, clock(), Arc::new(KvStore::new(kv.clone()).unwrap())).await;
    let [carrier, third] = [device(&server, 2).await, device(&server, 3).await];
    let document = write(&author, 1)[0];
    sync(&author, &server).await;
    sync(&carrier, &server).await;
    let mut image = Batch::new();
    kv.scan(&[], &[0xFF], usize::MAX).unwrap().into_iter().for_each(|(key, value)| image.put(key, value));
    copied.commit(image).unwrap();
    let copy = Local::open(Arc::new(KvStore::new(copied).unwrap()), clock(), StdRng::seed_from_u64(4)).unwrap();
    let copy = Arc::new(copy);
    author.update::<Encounter>(document, |met| met.place_text = Some("Souk".into())).unwrap();
    copy.update::<Encounter>(document, |met| _ = met.observed.insert(ObservedGroup::Girls, 4)).unwrap();
    meeting(&carrier, &copy).await;
    carrier.update::<Encounter>(document, |met| _ = met.observed.insert(ObservedGroup::Boys, 5)).unwrap();
    let at_carrier = || carrier.get::<Encounter>(document).unwrap().unwrap().value;
    assert_eq!(at_carrier().observed.get(&ObservedGroup::Girls), Some(&4), "what is carried is shown");
    sync(&author, &server).await;

    sync(&carrier, &server).await;

    assert_eq!(at_carrier().place_text, Some("Souk".into()));
    assert_eq!(at_carrier().observed, [(ObservedGroup::Boys, 5)].into(), "own work was written again");
    assert!(carrier.asides().iter().all(|view| view.aside.origin != AsideOrigin::Received), "nothing is kept out");
    assert_eq!(carrier.status(false).waiting, 0);

    // The copy hears that it is one, and writes its work again under an actor of its own.
    sync(&copy, &server).await;
    sync(&carrier, &server).await;
    sync(&third, &server).await;
    let all = [(ObservedGroup::Boys, 5), (ObservedGroup::Girls, 4)].into();
    let merged: Encounter = server.document(document).unwrap().read().unwrap();
    let at_third = third.get::<Encounter>(document).unwrap().unwrap().value;
    assert_eq!([&merged.observed, &at_carrier().observed, &at_third.observed], [&all; 3]);
}
