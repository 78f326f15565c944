//! The process is killed, and what it printed is there.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::support::Field;

/// How often it is killed. Each kill comes at another moment: after another number of printed ids.
const KILLS: usize = 20;

#[tokio::test]
async fn a_record_whose_id_was_printed_survives_a_kill_at_any_point() {
    let field = Field::enrolled().await;
    let mut printed = Vec::new();

    for kill in 0..KILLS {
        let mut child = field.command(&["record", "--json", "-"]).stdin(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let feeder = std::thread::spawn(move || {
            for n in 0..200 {
                let line =
                    format!(r#"{{"outcome":"engaged","place_text":"Kill {kill} of {n}","observed":{{"boys":1}}}}"#);
                if writeln!(input, "{line}").is_err() {
                    return;
                }
            }
        });
        let output = BufReader::new(child.stdout.take().unwrap());
        for line in output.lines().map_while(Result::ok).take(kill % 7 + 1) {
            let told: serde_json::Value = serde_json::from_str(&line).unwrap();
            printed.push(told["id"].as_str().unwrap().to_owned());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        feeder.join().unwrap();
    }

    let held: Vec<String> = field
        .lines(&["list", "--json", "--limit", "100000"])
        .iter()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(printed.len() >= KILLS);
    for id in &printed {
        assert!(held.contains(id), "{id} was printed and is not there");
    }
    let status: serde_json::Value = serde_json::from_str(&field.lines(&["status", "--json"])[0]).unwrap();
    assert_eq!(status["waiting"], held.len());
}

#[tokio::test]
async fn a_second_process_on_one_store_gets_a_clear_answer() {
    let field = Field::enrolled().await;
    let mut first = field.command(&["record", "--json", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = first.stdin.take().unwrap();
    writeln!(input, r#"{{"outcome":"engaged","place_text":"Souk","observed":{{"boys":1}}}}"#).unwrap();
    let mut line = String::new();
    BufReader::new(first.stdout.take().unwrap()).read_line(&mut line).unwrap();

    let second = field.run(&["status"]);

    assert_eq!(second.status.code(), Some(5));
    let told = String::from_utf8(second.stderr).unwrap();
    assert!(told.contains("Another program has the store"), "{told}");
    drop(input);
    assert!(first.wait().unwrap().success());
    assert_eq!(field.lines(&["list", "--json"]).len(), 1);
}
