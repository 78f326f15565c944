//! Without a server: a device that waits for another, and a file with nothing to carry.

use std::io::{BufRead as _, BufReader};
use std::process::Child;

use crate::support::Field;

/// A command that does not outlive its test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_device_waits_for_another_other_commands_can_be_used_and_what_they_wrote_is_handed_over() {
    let (one, other) = (Field::enrolled().await, Field::enrolled().await);
    let mut sharing = Ended(one.command(&["van", "share", "--listen", "127.0.0.1:0", "--json"]).spawn().unwrap());
    let mut said = BufReader::new(sharing.0.stdout.take().unwrap()).lines();
    let shown: serde_json::Value = serde_json::from_str(&said.next().unwrap().unwrap()).unwrap();
    assert_eq!(shown["seconds"], 600);

    let id = one.id(&["record", "--outcome", "observed", "--observed", "boys", "--place-unknown"]);
    let (address, code) = (shown["address"].as_str().unwrap(), shown["code"].as_str().unwrap());
    let joined: serde_json::Value =
        serde_json::from_str(&other.lines(&["van", "join", address, code, "--json"])[0]).unwrap();

    assert!(sharing.0.wait().unwrap().success());
    let met: serde_json::Value = serde_json::from_str(&said.next().unwrap().unwrap()).unwrap();
    assert_eq!((&met["given"], &joined["received"]), (&1.into(), &1.into()));
    assert_eq!((other.shown(&id)["id"].as_str(), other.status("carried")), (Some(id.as_str()), 1.into()));
}

#[tokio::test]
async fn an_export_with_nothing_to_carry_says_so_and_writes_no_file() {
    let field = Field::enrolled().await;
    let file = field.store().with_extension("jisr-carry");
    let path = file.to_str().unwrap();

    let told = field.lines(&["carry", "export", path]);
    assert!(told.len() == 1 && told[0].starts_with("There is nothing to carry"), "{told:?}");
    assert!(!file.exists());

    field.id(&["record", "--outcome", "observed", "--observed", "boys", "--place-unknown"]);
    field.lines(&["carry", "export", path]);
    assert!(file.exists());
}
