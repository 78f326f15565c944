//! What somebody types who has never used the command line, and what it then says.

use serde_json::Value;

use crate::support::Field;

const ALONE: &[&str] = &["record", "--outcome", "engaged", "--place-unknown"];

fn count(field: &Field, kind: &str) -> usize {
    field.lines(&["list", kind, "--json"]).len()
}

fn with<'a>(args: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [args, more].concat()
}

#[tokio::test]
async fn a_record_that_is_refused_leaves_no_person_behind() {
    let field = Field::enrolled().await;
    let long = "a".repeat(501);
    for (args, named) in [
        (vec!["record", "--outcome", "engaged", "--person", "new"], "Place"),
        (with(ALONE, &["--person", "new", "--note", &long]), "500"),
        (with(ALONE, &["--person", "new", "--alias", &"b".repeat(2001)]), "2000"),
        (with(ALONE, &["--person", "new", "--given", "meel"]), "meal"),
    ] {
        let told = field.refused(3, &args);
        assert!(told.contains(named), "{told}");
        assert_eq!((count(&field, "persons"), count(&field, "encounters")), (0, 0), "{args:?}");
        assert_eq!(field.status("waiting"), 0);
    }

    let id = field.id(&with(ALONE, &["--person", "new", "--age", "12"]));

    assert_eq!((count(&field, "persons"), count(&field, "encounters")), (1, 1));
    let slot = field.shown(&id)["record"]["persons"].as_object().unwrap().values().next().unwrap().clone();
    assert_eq!((count(&field, "persons"), slot["age"].as_str()), (1, Some("12")));
    assert_eq!(field.shown(slot["person"].as_str().unwrap())["kind"], "person");
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_the_culprit_is_named() {
    let field = Field::enrolled().await;
    let unknown = "0191e9a6-0000-7000-8000-000000000000";
    let observed = with(ALONE, &["--observed", "boys"]);
    for (args, code, named) in [
        (with(&observed, &["--at", "2099-01-01 10:00"]), 3, vec!["--at", "2099-01-01", "5 minutes"]),
        (with(&observed, &["--at", "demain"]), 3, vec!["demain", "--at"]),
        (with(&observed, &["--given", "meal=99999999"]), 3, vec!["99999999", "--given", "10000"]),
        (with(&observed, &["--given", "meal=-3"]), 3, vec!["meal=-3", "--given"]),
        (with(ALONE, &["--person", unknown]), 4, vec![unknown, "jisr sync", "--person new"]),
        (with(ALONE, &["--person", "Simo"]), 3, vec!["--person", "jisr find"]),
        (with(ALONE, &["--age", "douze"]), 3, vec!["douze", "--age", "10-14"]),
        (with(ALONE, &["--age", "12", "--alias", "Simo"]), 3, vec!["--alias", "--person new"]),
        (vec!["record", "--outcome", "refused", "--place-text", "x"], 3, vec!["--person new", "--observed"]),
        (vec!["record", "--outcome", "engaged", "--observed", "boys", "--place-text", " "], 3, vec!["--place-unknown"]),
        (vec!["refer", "--to", "hospital"], 3, vec!["--person", "--encounter"]),
        (vec!["refer", "--to", "hospital", "--encounter", unknown], 4, vec![unknown]),
        (vec!["shift", "start", "--at", "2099-01-01 10:00"], 3, vec!["--at"]),
        (vec!["follow-ups", "add", "--due", "demain"], 3, vec!["demain", "--due"]),
        (vec!["person", "add", "--age", "douze"], 3, vec!["douze", "--age"]),
        (vec!["record", "--json", "nothing-here.json"], 1, vec!["nothing-here.json"]),
    ] {
        let told = field.refused(code, &args);
        assert!(!told.contains("Simo"), "a name is not repeated: {told}");
        for part in named {
            assert!(told.contains(part), "{args:?} names {part}: {told}");
        }
    }
    assert_eq!(field.run(&with(&observed, &["--place-text", "Souk"])).status.code(), Some(2), "known and unknown");
    let both = field.piped(
        &["record", "--json", "-"],
        r#"{"outcome":"engaged","observed":{"boys":1},"place_text":"Souk","place_unknown":true}"#,
    );
    assert_eq!(both.status.code(), Some(3));
    let ahead = r#"{"outcome":"engaged","observed":{"boys":1},"place_unknown":true,"occurred_at":4102444800000}"#;
    assert_eq!(field.piped(&["record", "--json", "-"], ahead).status.code(), Some(3));
    assert_eq!(count(&field, "encounters") + count(&field, "persons") + count(&field, "shifts"), 0);
}

#[tokio::test]
async fn a_person_is_named_by_short_code_and_a_record_by_the_beginning_of_its_id() {
    let field = Field::enrolled().await;
    let person = field.id(&["person", "add", "--alias", "Red Jacket"]);
    let code = field.shown(&person)["record"]["short_code"].as_str().unwrap().to_owned();

    let id = field.id(&with(ALONE, &["--person", &code.to_lowercase()]));

    let slot = field.shown(&id[..18])["record"]["persons"].as_object().unwrap().values().next().unwrap().clone();
    assert_eq!(slot["person"], person.as_str());
    assert_eq!(field.shown(&code)["id"], person.as_str());
    field.lines(&["refer", "--to", "hospital", "--person", &code]);
    field.lines(&["edit", &code, "--age", "13"]);
    assert_eq!(field.shown(&code)["record"]["age"], "13");
    let told = field.refused(3, &["show", &id[..2]]);
    assert!(told.contains(&id) && told.contains(&person), "both are listed: {told}");
    let told = field.refused(3, &with(ALONE, &["--person", &id]));
    assert!(told.contains("Encounter") && told.contains("Person"), "{told}");
    let slip = format!("{}{}", &code[..6], if code.ends_with('A') { 'B' } else { 'A' });
    assert!(field.refused(3, &["show", &slip]).contains("one of its symbols"));
}

#[tokio::test]
async fn flags_edit_what_they_name_and_are_refused_where_they_name_nothing() {
    let field = Field::enrolled().await;
    let id = field.id(&with(ALONE, &["--age", "12", "--sex", "male"]));

    field.lines(&["edit", &id, "--age", "13", "--place-text", "Souk"]);

    let record = field.shown(&id)["record"].clone();
    let slot = record["persons"].as_object().unwrap().values().next().unwrap();
    assert_eq!((&slot["age"], &slot["sex"]), (&"13".into(), &"male".into()));
    assert_eq!((&record["place_text"], &record["place_unknown"]), (&"Souk".into(), &Value::Null));
    let person = field.id(&["person", "add"]);
    assert!(field.refused(3, &["edit", &person, "--risk", "high"]).contains("--risk"));
    let shift = field.id(&["shift", "start"]);
    assert!(field.refused(3, &["edit", &shift, "--note", "x"]).contains("--json"));
    assert!(field.refused(3, &["edit", &person, "--age", "ten"]).contains("--age"));
}

#[tokio::test]
async fn nothing_found_is_said_and_what_was_found_shows_why() {
    let field = Field::enrolled().await;
    for args in [["list", "encounters"].as_slice(), &["find", "nobody"], &["follow-ups"], &["conflicts"]] {
        let output = field.run(args);
        assert!(output.status.success() && output.stdout.is_empty());
        assert!(!output.stderr.is_empty(), "{args:?} says that nothing was found");
    }
    let person = field.id(&["person", "add", "--alias", "Red Jacket", "--alias", "محمد"]);
    let code = field.shown(&person)["record"]["short_code"].as_str().unwrap().to_owned();
    field.lines(&["follow-ups", "add", "--due", "2026-11-25", "--person", &code]);

    let found = field.lines(&["find", "Mohamed"]).join("\n");

    assert!(found.contains("محمد") && !found.contains("Red Jacket") && found.contains(&code), "{found}");
    assert!(field.lines(&["follow-ups"]).join("\n").contains(&code));
}

#[tokio::test]
async fn the_figures_of_a_day_read_without_a_key_in_them() {
    let field = Field::enrolled().await;
    field.lines(&["shift", "start", "--type", "day", "--at", "2026-01-10 10:00", "--km", "100"]);
    field.lines(&with(ALONE, &["--person", "new", "--age", "12", "--sex", "female", "--given", "meal=2"]));
    field.lines(&["shift", "end", "--at", "2026-01-10 13:30", "--km", "142"]);

    let told = field.lines(&["day", "2026-01-10"]).join("\n");

    assert!(told.contains("3 h 30 min"), "{told}");
    assert!(!told.contains('_') && !told.contains("milliseconds") && !told.contains("known 1"), "{told}");
    for lang in ["ar", "fr"] {
        let told = field.lines(&["day", "2026-01-10", "--lang", lang]).join("\n");
        assert!(!told.contains('_') && !told.contains('['), "{told}");
    }
}

#[tokio::test]
async fn a_field_that_is_like_no_other_is_told_all_there_are() {
    let field = Field::enrolled().await;

    let output = field.piped(&["record", "--json", "-"], r#"{"zzzz":1}"#);

    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("zzzz") && told.contains("outcome, place"), "{told}");
}

#[test]
fn an_address_where_no_server_answers_is_named_with_what_to_do() {
    let field = Field::new();
    for (link, code) in [
        ("http://127.0.0.1:9/enrol#7KQ2-M9XD-0VTB-3HRN", 6),
        ("http://10.0.0.7/enrol#7KQ2-M9XD-0VTB-3HRN", 1),
        ("not an address#7KQ2-M9XD-0VTB-3HRN", 1),
        ("http://127.0.0.1:9", 3),
    ] {
        let told = field.refused(code, &["enrol", link]);
        let address = link.split("/enrol").next().unwrap().split('#').next().unwrap();
        assert!(told.contains(address), "{told}");
        assert!(!told.contains("Go on recording"), "a device that is not enrolled cannot: {told}");
    }
}
