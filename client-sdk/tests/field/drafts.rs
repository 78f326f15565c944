//! A draft can be finished, and it can be thrown away.

use crate::support::Field;

fn drafts(field: &Field) -> usize {
    field.lines(&["list", "--drafts", "--json"]).len()
}

#[tokio::test]
async fn a_draft_is_finished_when_nothing_lacks_and_until_then_says_what_does() {
    let field = Field::enrolled().await;
    let id = field.id(&["record", "--draft", "--outcome", "engaged"]);

    let told = field.refused(3, &["finish", &id]);
    assert!(told.contains("--person new") && told.contains("--place-text") && told.contains(&id), "{told}");
    let edited = field.run(&["edit", &id, "--observed", "boys=2", "--place-unknown"]);
    let told = String::from_utf8(edited.stderr).unwrap();
    assert!(told.contains("jisr finish"), "{told}");
    assert_eq!(field.shown(&id)["sync"], "draft", "an edit does not decide it");
    assert_eq!(field.id(&["finish", &id]), id);

    assert_eq!(field.shown(&id)["sync"], "on-this-device");
    assert_eq!((drafts(&field), field.status("waiting")), (0, 1.into()));
    assert!(field.refused(3, &["finish", &id]).contains("no draft"));
    assert!(field.refused(3, &["discard", &id, "--yes"]).contains("no draft"));
}

#[tokio::test]
async fn a_new_person_of_a_draft_is_finished_or_thrown_away_with_it() {
    let field = Field::enrolled().await;
    let draft = ["record", "--draft", "--outcome", "engaged", "--person", "new", "--alias", "Simo", "--place-unknown"];
    let (kept, gone) = (field.id(&draft), field.id(&draft));
    assert_eq!((drafts(&field), field.status("waiting")), (4, 0.into()));

    let slot = field.shown(&gone)["record"]["persons"].as_object().unwrap().values().next().unwrap().clone();
    let told = field.refused(3, &["discard", slot["person"].as_str().unwrap(), "--yes"]);
    assert!(told.contains(&gone), "the encounter could never be finished: {told}");

    field.lines(&["finish", &kept]);
    field.lines(&["discard", &gone, "--yes"]);

    assert_eq!((drafts(&field), field.status("waiting")), (0, 2.into()));
    assert_eq!(field.lines(&["list", "persons", "--json"]).len(), 1);
}

#[tokio::test]
async fn a_draft_is_thrown_away_only_when_somebody_says_so_and_then_nothing_keeps_a_device_from_leaving() {
    let field = Field::enrolled().await;
    let id = field.id(&["record", "--draft", "--outcome", "engaged"]);
    let told = field.refused(8, &["logout"]);
    assert!(told.contains("jisr finish") && told.contains("jisr discard"), "{told}");

    assert!(field.refused(3, &["discard", &id]).contains("--yes"));
    assert_eq!(drafts(&field), 1);
    field.lines(&["discard", &id, "--yes"]);

    assert_eq!(drafts(&field), 0);
    field.lines(&["logout"]);
}
