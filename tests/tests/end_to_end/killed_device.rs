//! The field command is killed at any moment: what it said it kept is there, and nothing is there by half.
//!
//! `JISR_KILLS` sets how often (50 in every run of the tests).

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use jisr_client_sdk::{Client, Query, RecordSync};
use jisr_sync_core::id::DocumentId;
use jisr_tests::fleet::Fleet;
use jisr_tests::processes::program;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

fn kills() -> u64 {
    std::env::var("JISR_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(50)
}

/// `jisr record --json -` with a line after another on its input, each with its number for a place.
fn start(store: &Path, first: u64) -> Child {
    let mut command = Command::new(program("jisr").unwrap());
    command.arg("--store").arg(store).args(["record", "--json", "-"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("jisr starts");
    let mut input = child.stdin.take().unwrap();
    thread::spawn(move || {
        for number in first.. {
            let line = json!({ "outcome": "engaged", "observed": { "boys": 2 }, "place_text": number.to_string() });
            // It ends when the reader was killed.
            if writeln!(input, "{line}").is_err() {
                return;
            }
        }
    });
    child
}

/// The ids that were printed before the process was killed.
fn printed(child: &mut Child) -> Vec<DocumentId> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let id = |line: String| serde_json::from_str::<Value>(&line).ok()?["id"].as_str()?.parse().ok();
    lines.filter_map(id).collect()
}

/// The numbers of the records there are, by id, as the next program to open the store finds them.
async fn found(store: &Path) -> BTreeMap<DocumentId, u64> {
    let client = Client::at(store).open().await.expect("the store opens");
    let mut found = BTreeMap::new();
    for stored in client.encounters().find(Query::all()).await.unwrap() {
        assert!(stored.value.missing().is_empty(), "a record is whole or absent");
        assert_eq!(stored.sync, RecordSync::OnThisDevice);
        assert_eq!(client.history(stored.id).await.unwrap().len(), 1);
        let number = stored.value.place_text.unwrap().into_revealed().parse().unwrap();
        assert!(found.insert(stored.id, number).is_none());
    }
    client.close().await.unwrap();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_field_command_said_it_kept_is_there_when_it_is_killed_at_any_moment() {
    let fleet = Fleet::of(&["azilal-1"]).await.unwrap();
    let store = fleet.vans[0].folder().to_owned();
    fleet.vans[0].client.clone().close().await.unwrap();
    let mut random = SmallRng::seed_from_u64(11);
    let (mut acknowledged, mut before) = (Vec::new(), BTreeMap::new());

    for kill in 1..=kills() {
        let mut child = start(&store, kill * 1_000_000);
        // One in three is killed while it starts.
        let most = if kill % 3 == 0 { 40 } else { 250 };
        thread::sleep(Duration::from_millis(random.random_range(1..most)));
        child.kill().unwrap();
        let said = printed(&mut child);
        child.wait().unwrap();

        let now = found(&store).await;
        let new = now.iter().filter(|(id, _)| !before.contains_key(*id));
        let mut new: Vec<u64> = new.map(|(_, number)| *number).collect();
        new.sort_unstable();
        acknowledged.extend(&said);
        assert!(acknowledged.iter().all(|id| now.contains_key(id)), "kill {kill}: a record that was kept is lost");
        assert!(
            (said.len()..=said.len() + 1).contains(&new.len()),
            "kill {kill}: {} said, {} new",
            said.len(),
            new.len()
        );
        let expected: Vec<u64> = (kill * 1_000_000..).take(new.len()).collect();
        assert_eq!(new, expected, "kill {kill}: in the order of writing, none skipped, none twice");
        before = now;
    }
    println!("{} kills, {} records kept, {} there: 0 lost", kills(), acknowledged.len(), before.len());
    assert!(acknowledged.len() as u64 > kills(), "the command came to write");
}

/// Records one encounter at this place with this note, by `run`; whether the command says it did.
pub fn recorded(run: &dyn Fn(&[&str]) -> bool, place: &str, note: &str) -> bool {
    run(&["record", "--outcome", "engaged", "--observed", "boys=2", "--place-text", place, "--note", note])
}
