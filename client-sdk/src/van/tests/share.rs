//! The one-time code, and how long a device waits for another.

use super::*;

/// What whoever listens sends to a device that joins with another code, and how its meeting ends.
async fn sent_to_a_guesser(one: &Arc<Local>, right: &VanCode, guess: &VanCode) -> (Vec<u8>, Result<VanReport>) {
    let ((here, relay_here), (there, relay_there)) = (duplex(256), duplex(256));
    let relaying = async {
        let ((mut from_here, mut to_here), (mut from_there, mut to_there)) =
            (tokio::io::split(relay_here), tokio::io::split(relay_there));
        let guesses = async {
            let _ = tokio::io::copy(&mut from_there, &mut to_here).await;
            let _ = to_here.shutdown().await;
        };
        let answers = async {
            let (mut all, mut piece) = (Vec::new(), [0; 256]);
            while let Ok(count @ 1..) = from_here.read(&mut piece).await {
                all.extend_from_slice(&piece[..count]);
                let _ = to_there.write_all(&piece[..count]).await;
            }
            let _ = to_there.shutdown().await;
            all
        };
        tokio::join!(guesses, answers).1
    };
    let joining = async {
        let joined = Channel::open(there, PeerRole::Joins, guess).await;
        assert!(joined.is_err(), "the guess was wrong");
    };
    let (sent, met, ()) = tokio::join!(relaying, meet(one, here, PeerRole::Listens, right), joining);
    (sent, met)
}

#[tokio::test]
async fn whoever_does_not_know_the_code_gets_nothing_by_which_to_try_codes_in_secret() {
    let server = server();
    let one = device(&server, 1).await;
    let (right, wrong) = (code(), VanCode::random(&mut StdRng::seed_from_u64(10)));

    let (first, met) = sent_to_a_guesser(&one, &right, &wrong).await;
    let (second, _) = sent_to_a_guesser(&one, &right, &wrong).await;

    assert!(matches!(met, Err(Error::VanCode)), "whoever listens knows that it was a guess: {met:?}");
    // A point hidden by another drawn for this try alone; what follows from the code was never sent.
    // Behind it comes an empty record, which says that the guess was wrong.
    assert_eq!((first.len(), second.len()), (2 + 33 + 2, 2 + 33 + 2));
    assert!(first.ends_with(&[0, 0]) && second.ends_with(&[0, 0]));
    assert_ne!(first, second);
}

#[tokio::test(start_paused = true)]
async fn a_share_that_nobody_joins_ends_after_its_time() {
    let local = device(&server(), 1).await;
    let sharing = Sharing::listen(&local, "127.0.0.1:0".parse().unwrap(), code()).await.unwrap();
    let started = tokio::time::Instant::now();

    let waited = sharing.joined().await;

    assert!(matches!(waited, Err(Error::VanShareOver)));
    assert_eq!(started.elapsed().as_secs(), VAN_SHARE_TIME_MAX_MS / 1_000);
}

#[tokio::test]
async fn a_code_is_used_up_after_a_few_that_came_in_vain_and_a_guess_more_is_not_heard() {
    let server = server();
    let (one, other) = (device(&server, 1).await, device(&server, 2).await);
    let wrong = VanCode::random(&mut StdRng::seed_from_u64(10));
    let sharing = Sharing::listen(&one, "127.0.0.1:0".parse().unwrap(), code()).await.unwrap();
    let address = sharing.address().unwrap();
    let exchanging = Mutex::new(());

    let guesses = async {
        for _ in 0..VAN_TRIES_MAX {
            assert!(matches!(join(&other, address, &wrong).await, Err(Error::VanCode)));
        }
    };
    let (met, ()) = tokio::join!(sharing.meet(&one, &exchanging), guesses);

    assert!(matches!(met, Err(Error::VanTries)), "{met:?}");
    assert!(matches!(sharing.joined().await, Err(Error::VanTries)), "the right code comes too late");
}

#[tokio::test]
async fn after_a_try_in_vain_the_right_device_is_met_and_nothing_waits_for_who_has_not_come() {
    let server = server();
    let (one, other) = (device(&server, 1).await, device(&server, 2).await);
    write(&other, 2);
    let sharing = Sharing::listen(&one, "127.0.0.1:0".parse().unwrap(), code()).await.unwrap();
    let address = sharing.address().unwrap();
    let exchanging = Mutex::new(());
    let meeting = sharing.meet(&one, &exchanging);
    let others = async {
        let wrong = VanCode::random(&mut StdRng::seed_from_u64(10));
        assert!(join(&other, address, &wrong).await.is_err());
        let free = tokio::time::timeout(Duration::from_secs(5), exchanging.lock()).await;
        drop(free.expect("a sync is not blocked by a share that waits"));
        join(&other, address, &code()).await.unwrap()
    };

    let (met, joined) = tokio::join!(meeting, others);

    assert_eq!((met.unwrap().received, joined.given), (2, 2));
}
