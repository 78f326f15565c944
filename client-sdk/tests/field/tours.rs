//! Which day a tour counts for is said, and a night opened late is the night it belongs to.

use crate::support::Field;

/// Starts a tour; what the command says of its day, and the day on its record.
fn started(field: &Field, args: &[&str]) -> (String, String) {
    let output = field.run(&[&["shift", "start"], args].concat());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    let id = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    let day = field.shown(&id)["record"]["operational_day"].as_str().unwrap().to_owned();
    field.lines(&["shift", "end", "--at", "2026-01-12 11:00"]);
    (told, day)
}

#[tokio::test]
async fn a_night_tour_opened_after_midnight_counts_for_the_evening_and_the_command_says_so() {
    let field = Field::enrolled().await;
    for (args, day) in [
        (["--type", "night", "--at", "2026-01-11 00:10"].as_slice(), "2026-01-10"),
        (&["--type", "night", "--at", "2026-01-10 20:05"], "2026-01-10"),
        (&["--type", "day", "--at", "2026-01-11 00:10"], "2026-01-11"),
        (&["--type", "night", "--at", "2026-01-11 00:10", "--day", "2026-01-11"], "2026-01-11"),
        (&["--type", "night", "--at", "2026-01-11 00:10", "--planned-start", "20:00"], "2026-01-10"),
    ] {
        let (told, counts_for) = started(&field, args);
        assert_eq!(counts_for, day, "{args:?}");
        assert!(told.contains(day), "{args:?}: {told}");
    }
}

#[tokio::test]
async fn the_figures_asked_for_on_a_tour_and_after_it_are_those_of_its_day() {
    let field = Field::enrolled().await;
    let day = |field: &Field| {
        let told: serde_json::Value = serde_json::from_str(&field.lines(&["day", "--json"])[0]).unwrap();
        told["day"].as_str().unwrap().to_owned()
    };
    field.lines(&["shift", "start", "--day", "2026-01-10"]);
    assert_eq!(day(&field), "2026-01-10");

    field.lines(&["shift", "end"]);

    assert_eq!(day(&field), "2026-01-10");
}

#[tokio::test]
async fn a_tour_does_not_end_before_it_starts() {
    let field = Field::enrolled().await;
    field.lines(&["shift", "start", "--at", "2026-01-10 20:00"]);

    assert!(field.refused(3, &["shift", "end", "--at", "2026-01-10 19:00"]).contains("2026-01-10 20:00"));

    field.lines(&["shift", "end", "--at", "2026-01-11 04:00"]);
}
