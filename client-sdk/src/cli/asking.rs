//! The round of questions around a record: the choices are read first, the store is given free while people think,
//! and who breaks off is asked whether the answers are to be kept as a draft.

use std::io::{ErrorKind, IsTerminal};
use std::path::Path;

use super::args::{Args, Command};
use super::ask::{Answers, Known, Terminal, encounter};
use super::failure::{EXIT_FAILED, Failure, Own};
use super::flags::RecordArgs;
use super::say::Voice;
use crate::error::Error;
use crate::query::Query;

/// Asks for what `record` was not given, when there is somebody at a terminal.
pub(super) async fn fill(args: &mut Args, store: &Path, voice: &Voice) -> Result<(), Failure> {
    let plain_http = args.plain_http;
    let Command::Record(record) = &mut args.command else { return Ok(()) };
    if !record.flags.say_nothing() || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(());
    }
    let client = super::open(store, plain_http).await?;
    let enrolled = client.enrolment()?.is_some();
    let persons = client.persons().find(Query::all()).await?;
    client.close().await?;
    if !enrolled && !record.draft {
        return Err(Error::NotEnrolled.into());
    }
    let known: Vec<Known> = persons.iter().map(Known::of).collect();
    // From now on the interrupt key ends a question, not the process.
    #[cfg(unix)]
    let _caught =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt()).map_err(Failure::io("terminal"))?;
    questions(&mut Terminal, voice, &known, record)
}

fn questions(
    answers: &mut dyn Answers,
    voice: &Voice,
    known: &[Known],
    record: &mut RecordArgs,
) -> Result<(), Failure> {
    voice.hint("ask-how", &[]);
    let broken_off = match encounter(answers, voice, known, &mut record.flags) {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    if broken_off.kind() != ErrorKind::Interrupted {
        return Err(Failure::io("terminal")(broken_off));
    }
    // A list that was being chosen from has hidden the cursor.
    eprintln!("\u{1b}[?25h");
    let something = record.flags.outcome.is_some();
    if something && answers.yes(&voice.say("ask-keep-draft", &[])).unwrap_or(false) {
        record.draft = true;
        return Ok(());
    }
    Err(Own::new("broken-off", EXIT_FAILED).into())
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::io;

    use jisr_locales::Lang;

    use super::*;

    /// Answers out of a list. It never waits; when the list ends, somebody has broken off.
    #[derive(Default)]
    struct Script {
        answers: VecDeque<&'static str>,
        refused: Vec<String>,
        keeps: bool,
    }

    impl Script {
        fn of(answers: &[&'static str]) -> Self {
            Self { answers: answers.iter().copied().collect(), ..Self::default() }
        }

        fn next(&mut self) -> io::Result<&'static str> {
            self.answers.pop_front().ok_or_else(|| ErrorKind::Interrupted.into())
        }
    }

    impl Answers for Script {
        fn one(&mut self, _: &str, items: &[String]) -> io::Result<usize> {
            let answer = self.next()?;
            Ok(items.iter().position(|item| item.contains(answer)).unwrap_or_else(|| panic!("{answer} in {items:?}")))
        }

        fn several(&mut self, _: &str, items: &[String]) -> io::Result<Vec<usize>> {
            let answer = self.next()?;
            Ok(items.iter().position(|item| item == answer).into_iter().collect())
        }

        fn text(&mut self, _: &str, refusal: &dyn Fn(&str) -> Option<String>) -> io::Result<String> {
            loop {
                let answer = self.next()?;
                match refusal(answer) {
                    Some(why) => self.refused.push(why),
                    None => return Ok(answer.to_owned()),
                }
            }
        }

        fn yes(&mut self, _: &str) -> io::Result<bool> {
            Ok(self.keeps)
        }
    }

    fn ask(script: &mut Script, known: &[Known]) -> (Result<(), Failure>, RecordArgs) {
        let voice = Voice { lang: Lang::En, store: String::new() };
        let mut record = RecordArgs::default();
        let ended = questions(script, &voice, known, &mut record);
        (ended, record)
    }

    #[test]
    fn a_bad_answer_is_refused_at_its_question_and_the_others_stay() {
        let mut script = Script::of(&[
            "Contact made",
            "Somebody new",
            "Male",
            "douze",
            "121",
            "12",
            "Red Jacket",
            "",
            "Souk",
            "",
            "Meal or food",
            "99999999",
            "0",
            "3",
            "alone",
        ]);

        let (ended, record) = ask(&mut script, &[]);

        ended.unwrap();
        assert_eq!(script.refused.len(), 5, "{:?}", script.refused);
        let flags = record.flags;
        assert_eq!((flags.age.as_deref(), flags.place_text.as_deref()), (Some("12"), Some("Souk")));
        assert_eq!((flags.given, flags.note), (vec!["meal=3".to_owned()], vec!["alone".to_owned()]));
        assert_eq!((flags.person.as_deref(), flags.alias.as_deref()), (Some("new"), Some("Red Jacket")));
        assert!(!record.draft && !flags.place_unknown);
    }

    #[test]
    fn that_the_place_is_not_known_must_be_said() {
        let mut script = Script::of(&["Contact made", "not be known again", "Male", "", "", " ", "?", "", "", ""]);

        let (ended, record) = ask(&mut script, &[]);

        ended.unwrap();
        assert_eq!(script.refused.len(), 2);
        assert!(record.flags.place_unknown && record.flags.place_text.is_none());
    }

    #[test]
    fn a_known_person_is_found_by_name_or_code_and_is_not_described_again() {
        let known = || Known::for_test("0191e9a6-0000-7000-8000-000000000001", "BM-7K2Q", "محمد");
        for typed in ["Mohamed", "bm7k2q"] {
            let answers =
                ["Contact made", "Somebody known", "nobody here", "Look again", typed, "BM-7K2Q", "?", "", "", ""];
            let mut script = Script::of(&answers);

            let (ended, record) = ask(&mut script, &[known()]);

            ended.unwrap();
            assert_eq!(record.flags.person.as_deref(), Some("0191e9a6-0000-7000-8000-000000000001"));
            assert_eq!((record.flags.sex, record.flags.age), (None, None));
        }
    }

    #[test]
    fn who_breaks_off_can_keep_the_answers_as_a_draft_or_is_told_that_nothing_was_kept() {
        let answers = ["Contact made", "Somebody new", "Male", "12"];
        let mut keeping = Script { keeps: true, ..Script::of(&answers) };
        let (ended, record) = ask(&mut keeping, &[]);
        ended.unwrap();
        assert!(record.draft);
        assert_eq!((record.flags.outcome.as_deref(), record.flags.age.as_deref()), (Some("engaged"), Some("12")));

        for mut script in [Script::of(&answers), Script { keeps: true, ..Script::default() }] {
            let (ended, record) = ask(&mut script, &[]);
            assert_eq!(ended.unwrap_err().key(), "broken-off");
            assert!(!record.draft);
        }
    }
}
