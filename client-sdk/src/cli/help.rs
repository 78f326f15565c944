//! What `--help` says beyond the arguments' own words: the codes each flag takes, and an example of JSON.

use clap::Command;
use jisr_sync_core::record::RecordKind;

use super::fields::{List, key_list, part_list, value_list};

/// An example for `record --help`: one whose keys nobody needs to choose.
const JSON_EXAMPLE: &str = r#"Example, one record a line:
  echo '{"outcome":"engaged","place_text":"Souk","persons":[{"sex":"male","age":"10-14"}],"given":{"meal":2},"notes":["alone"]}' | jisr record --json -
Entries (persons, notes) are a list, or a single entry: their keys are drawn. Times are milliseconds since 1970."#;

/// The command with the codes of every flag that takes some. They are not clap's possible values: a slip is then told
/// by the same words, in the same language, as one in JSON.
pub(super) fn with_codes(command: Command) -> Command {
    use RecordKind::{Encounter, FollowUp, Person, Referral, Shift};
    let value = value_list;
    let encounter = vec![
        ("outcome", value(Encounter, "outcome")),
        ("mode", value(Encounter, "mode")),
        ("origin", value(Encounter, "origin")),
        ("sex", part_list(Encounter, "persons", "sex")),
        ("public", part_list(Encounter, "persons", "public")),
        ("observed", key_list(Encounter, "observed")),
        ("sleeping", value(Encounter, "sleeping_situation")),
        ("risk", value(Encounter, "risk")),
        ("concern", key_list(Encounter, "concerns")),
        ("need", value(Encounter, "needs")),
        ("given", key_list(Encounter, "given")),
        ("consent", value(Encounter, "consent_contact")),
        ("void", value(Encounter, "voided")),
    ];
    let person = vec![
        ("sex", value(Person, "sex")),
        ("public", value(Person, "publics")),
        ("language", value(Person, "languages")),
    ];
    let referral = vec![
        ("to", value(Referral, "to_kind")),
        ("urgency", value(Referral, "urgency")),
        ("reason", value(Referral, "reasons")),
        ("status", part_list(Referral, "status_events", "status")),
        ("consent", value(Referral, "consent")),
    ];
    let follow_up = vec![("kind", value(FollowUp, "kind")), ("priority", value(FollowUp, "priority"))];
    command
        .mut_subcommand("record", |record| listing(record, &encounter).after_help(JSON_EXAMPLE))
        .mut_subcommand("edit", |edit| listing(edit, &encounter))
        .mut_subcommand("person", |persons| persons.mut_subcommand("add", |add| listing(add, &person)))
        .mut_subcommand("refer", |refer| listing(refer, &referral))
        .mut_subcommand("follow-ups", |all| all.mut_subcommand("add", |add| listing(add, &follow_up)))
        .mut_subcommand("shift", |shift| {
            shift.mut_subcommand("start", |start| listing(start, &[("shift_type", value(Shift, "shift_type"))]))
        })
}

fn listing(command: Command, lists: &[(&'static str, Option<List>)]) -> Command {
    lists.iter().fold(command, |command, (argument, list)| {
        let codes = list.as_ref().map(|list| list.codes.join(", ")).unwrap_or_default();
        command.mut_arg(argument, |argument| {
            let said = argument.get_help().map(ToString::to_string).unwrap_or_default();
            argument.help(format!("{said} [{codes}]"))
        })
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Args;

    #[test]
    fn the_help_of_a_flag_lists_the_codes_it_takes() {
        let mut command = with_codes(Args::command());
        let record = command.find_subcommand_mut("record").unwrap().render_help().to_string();

        for (flag, code) in [
            ("--need", "meal"),
            ("--given", "blanket"),
            ("--concern", "neglect"),
            ("--public", "child_street"),
            ("--origin", "hotline"),
            ("--consent", "consent"),
            ("--sleeping", "street"),
        ] {
            let about = record.split(flag).nth(1).unwrap();
            let about = about.split("\n  -").next().unwrap();
            assert!(about.contains(code), "{flag}: {about}");
        }
        assert!(record.contains("jisr record --json -"));
    }
}
