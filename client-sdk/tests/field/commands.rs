//! A night on the command line.

use std::process::Output;

use serde_json::Value;

use crate::support::Field;

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn a_night_is_recorded_edited_found_and_counted_offline() {
    let field = Field::enrolled().await;
    let shift = field.lines(&["shift", "start", "--type", "night", "--km", "1000", "--crew", "fz2=nurse"])[0].clone();
    let id = field.lines(&[
        "record",
        "--outcome",
        "engaged",
        "--person",
        "new",
        "--alias",
        "محمد",
        "--sex",
        "male",
        "--age",
        "10-14",
        "--place-text",
        "درب السلطان",
        "--need",
        "meal",
        "--given",
        "meal=2",
        "--note",
        "alone",
    ])[0]
        .clone();
    field.lines(&["edit", &id, "--risk", "high"]);
    field.lines(&["refer", "--to", "hospital", "--encounter", &id, "--urgency", "h3"]);
    let follow_up = field.lines(&["follow-ups", "add", "--due", "2026-11-25", "--kind", "visit"])[0].clone();
    field.lines(&["shift", "end", "--km", "1042", "--handover", "the bridge is closed"]);

    let shown = json(&field.lines(&["show", &id, "--json"])[0]);
    let record = &shown["record"];
    assert_eq!(
        (&record["outcome"], &record["risk"], &record["given"]["meal"]),
        (&"engaged".into(), &"high".into(), &2.into())
    );
    assert_eq!(
        (&record["unit"], &record["recorded_by"], &record["shift"]),
        (&"azilal-1".into(), &"fz2".into(), &shift.into())
    );
    assert_eq!(shown["sync"], "on-this-device");
    assert_eq!(shown["history"].as_array().unwrap().len(), 2);
    assert_eq!(field.lines(&["find", "Mohamed", "--json"]).len(), 1, "Latin finds Arabic");
    assert_eq!(field.lines(&["find", "السلطان", "--json"]).len(), 1);
    let human = field.lines(&["show", &id]).join("\n");
    assert!(human.contains("Risk: High") && human.contains("Meal"), "{human}");
    let day = json(&field.lines(&["day", "--json"])[0]);
    assert_eq!((&day["total"]["encounters"], &day["total"]["services"]["meal"]), (&1.into(), &1.into()));
    field.lines(&["follow-ups", "done", &follow_up, "--encounter", &id]);
    assert_eq!(json(&field.lines(&["follow-ups", "--json"])[0])["status"], "done");
    assert_eq!(json(&field.lines(&["status", "--json"])[0])["waiting"], 5);
}

#[tokio::test]
async fn many_records_come_as_json_lines_and_one_that_is_misspelt_is_named() {
    let field = Field::enrolled().await;
    let good = r#"{"outcome":"engaged","place_unknown":true,"persons":[{"age":"12"}],"notes":["alone"]}"#;

    let output = field.piped(&["record", "--json", "-"], &format!("{good}\n{good}\n{{\"outcom\":\"brief\"}}\n{good}"));

    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("outcom. Perhaps: outcome"), "{}", told(&output));
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(printed.lines().count(), 2);
    assert!(told(&output).contains("Line 3:"), "{}", told(&output));
    for line in printed.lines() {
        let id = json(line)["id"].as_str().unwrap().to_owned();
        assert!(told(&output).contains(&id), "what was kept is told: {}", told(&output));
    }
    assert_eq!(field.lines(&["list", "--json"]).len(), 2);
}

#[tokio::test]
async fn a_merge_patch_edits_any_record() {
    let field = Field::enrolled().await;
    let id = field.lines(&["person", "add", "--alias", "Red Jacket", "--sex", "male"])[0].clone();

    let output = field.piped(&["edit", &id, "--json", "-"], r#"{"sex":null,"age":"10-14","publics":["child_street"]}"#);
    assert!(output.status.success(), "{}", told(&output));

    let record = json(&field.lines(&["show", &id, "--json"])[0])["record"].clone();
    assert_eq!(
        (&record["sex"], &record["age"], &record["publics"][0]),
        (&Value::Null, &"10-14".into(), &"child_street".into())
    );
    let bad = field.piped(&["edit", &id, "--json", "-"], r#"{"age":"ten"}"#);
    assert_eq!(bad.status.code(), Some(3));
    assert!(told(&bad).contains("age"), "{}", told(&bad));
}

#[tokio::test]
async fn a_failure_says_what_was_wrong_what_is_safe_and_what_to_do_in_each_language() {
    let field = Field::enrolled().await;
    field.lines(&["record", "--outcome", "observed", "--observed", "boys", "--place-unknown"]);
    for (args, code) in [
        (["sync", "--lang"].as_slice(), 6),
        (&["show", "0191e9a6-0000-7000-8000-000000000000", "--lang"], 4),
        (&["record", "--outcome", "engaged", "--lang"], 3),
        (&["record", "--outcome", "enggaged", "--lang"], 3),
        (&["shift", "end", "--lang"], 1),
        (&["logout", "--lang"], 8),
    ] {
        for (lang, next) in [("en", "Next:"), ("fr", "jisr"), ("ar", "jisr")] {
            let output = field.run(&[args, &[lang]].concat());
            assert_eq!(output.status.code(), Some(code), "{args:?} {}", told(&output));
            let told = told(&output);
            assert_eq!(told.lines().count(), 3, "{told}");
            assert!(!told.contains("[jisr-"), "{told}");
            assert!(lang != "en" || told.contains(next), "{told}");
        }
    }
    assert_eq!(json(&field.lines(&["status", "--json"])[0])["waiting"], 1);
}

#[test]
fn before_enrolment_a_draft_can_be_kept_and_is_shown() {
    let field = Field::new();
    assert_eq!(
        field.run(&["record", "--outcome", "observed", "--observed", "boys", "--place-unknown"]).status.code(),
        Some(7)
    );

    let id = field.lines(&["record", "--draft", "--outcome", "observed"])[0].clone();

    assert_eq!(json(&field.lines(&["show", &id, "--json"])[0])["sync"], "draft");
    assert_eq!(json(&field.lines(&["status", "--json"])[0])["drafts"], 1);
}

#[test]
fn every_failure_and_every_figure_has_its_words_in_each_language() {
    use jisr_client_sdk::Error;
    use jisr_client_sdk::store::StoreError;
    use jisr_locales::{Lang, tr};
    let codes = [
        Error::Offline.code(),
        Error::Interrupted.code(),
        Error::RetryAfter(std::time::Duration::ZERO).code(),
        Error::Revoked.code(),
        Error::NotEnrolled.code(),
        Error::AlreadyEnrolled.code(),
        Error::CodeRefused.code(),
        Error::BadAddress.code(),
        Error::UpdateNeeded.code(),
        Error::ClockWrong { skew_ms: 0 }.code(),
        Error::NotGranted(jisr_sync_core::id::DocumentId::from_bytes([0; 16])).code(),
        Error::Unsent { waiting: 1 }.code(),
        Error::Store(StoreError::InUse).code(),
        Error::Store(StoreError::Full).code(),
        Error::Store(StoreError::NoAccess(std::io::ErrorKind::PermissionDenied.into())).code(),
        Error::Store(StoreError::Newer { found: 2, known: 1 }).code(),
        Error::Store(StoreError::Damaged { what: String::new() }).code(),
        Error::Store(StoreError::Io { what: String::new() }).code(),
    ];
    for lang in Lang::ALL {
        for indicator in jisr_sync_core::activity::INDICATORS {
            assert!(!tr(lang, &format!("jisr-figure-{}", indicator.code), &[]).starts_with('['), "{}", indicator.code);
        }
        for code in codes {
            for key in [format!("jisr-fail-{code}"), format!("jisr-fail-{code}-next")] {
                assert!(!tr(lang, &key, &[]).starts_with('['), "{lang}: {key}");
            }
        }
    }
}
