//! What a command line has against its arguments, in the reader's language; for every program that reads them with clap.
//!
//! **Never here:** what an argument means. Help and versions are clap's own.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::{Arg, Lang, tr};

/// The language that is asked for by `--lang` among `arguments`, or else by `environment`: before they are read, since
/// they may not read.
pub fn asked_language(arguments: impl IntoIterator<Item = OsString>, environment: Option<&str>) -> Option<Lang> {
    let mut arguments = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned());
    let mut asked = None;
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix("--lang") {
            Some("") => asked = arguments.next(),
            Some(rest) => asked = rest.strip_prefix('=').map(str::to_owned).or(asked),
            None if argument == "--" => break,
            None => {}
        }
    }
    asked.as_deref().or(environment)?.parse().ok()
}

/// The lines to tell on the error output: what is wrong, and what to do. `None` when nothing is: somebody asked for help
/// or the version.
pub fn misuse(lang: Lang, error: &clap::Error) -> Option<Vec<String>> {
    let sentence = sentence(lang, error)?;
    let mut lines = vec![format!("{} {sentence}", tr(lang, "cli-error", &[]))];
    if let Some(meant) = meant(error) {
        lines.push(tr(lang, "usage-meant", &[("meant", Arg::from(&meant))]));
    }
    let usage = text(error, ContextKind::Usage).unwrap_or_default();
    let usage = usage.trim().trim_start_matches("Usage:").trim();
    let next = if usage.is_empty() {
        tr(lang, "usage-next-help", &[])
    } else {
        tr(lang, "usage-next", &[("usage", Arg::from(usage))])
    };
    lines.push(format!("{} {next}", tr(lang, "cli-next", &[])));
    Some(lines)
}

fn sentence(lang: Lang, error: &clap::Error) -> Option<String> {
    let about = |kind| text(error, kind).unwrap_or_default();
    let (argument, value) = (about(ContextKind::InvalidArg), about(ContextKind::InvalidValue));
    let say = |key: &str, gaps: &[(&str, &str)]| {
        let gaps: Vec<(&str, Arg<'_>)> = gaps.iter().map(|(name, text)| (*name, Arg::Text(text))).collect();
        Some(tr(lang, key, &gaps))
    };
    let of_argument = |key| say(key, &[("argument", argument.as_str())]);
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            None
        }
        ErrorKind::InvalidValue if value.is_empty() => of_argument("usage-no-value"),
        ErrorKind::InvalidValue => {
            let possible = about(ContextKind::ValidValue);
            let gaps = [("argument", argument.as_str()), ("value", value.as_str()), ("possible", possible.as_str())];
            say(if possible.is_empty() { "usage-value" } else { "usage-value-of" }, &gaps)
        }
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            // A program that says why by a key has it told in the reader's language.
            let (key, why) = if why.starts_with("usage-expect-") {
                ("usage-value-expected", tr(lang, &why, &[]))
            } else {
                ("usage-value-why", why)
            };
            say(key, &[("argument", &argument), ("value", &value), ("why", &why)])
        }
        ErrorKind::UnknownArgument => of_argument("usage-unknown"),
        ErrorKind::InvalidSubcommand => say("usage-no-command", &[("command", &about(ContextKind::InvalidSubcommand))]),
        ErrorKind::MissingRequiredArgument => of_argument("usage-missing"),
        ErrorKind::MissingSubcommand => {
            say("usage-missing-command", &[("commands", &about(ContextKind::ValidSubcommand))])
        }
        ErrorKind::ArgumentConflict => match about(ContextKind::PriorArg) {
            other if other.is_empty() || other == argument => of_argument("usage-twice"),
            other => say("usage-conflict", &[("argument", &argument), ("other", &other)]),
        },
        _ => of_argument("usage-other"),
    }
}

/// What was probably meant.
fn meant(error: &clap::Error) -> Option<String> {
    let kinds = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    kinds.into_iter().find_map(|kind| text(error, kind))
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    let told = match error.get(kind)? {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        ContextValue::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(told).filter(|told| !told.is_empty())
}

#[cfg(test)]
mod tests {
    use clap::{Arg as Flag, Command, value_parser};

    use super::*;

    fn told(lang: Lang, line: &str) -> Vec<String> {
        let listed = Flag::new("kind").long("kind").value_parser(["night", "day"]);
        let add = Command::new("add")
            .arg(Flag::new("unit").required(true))
            .arg(Flag::new("limit").long("limit").value_parser(value_parser!(u16)).conflicts_with("kind"))
            .arg(listed);
        let program = Command::new("jisr").subcommand_required(true).subcommand(add);
        let error = program.try_get_matches_from(line.split(' ')).expect_err(line);
        misuse(lang, &error).unwrap_or_default()
    }

    #[test]
    fn every_misuse_is_told_in_every_language_with_what_it_is_about() {
        let cases = [
            ("jisr", "add"),
            ("jisr ad", "'ad'"),
            ("jisr add", "<unit>"),
            ("jisr add a --limt 3", "--limt"),
            ("jisr add a --limit", "--limit"),
            ("jisr add a --limit many", "many"),
            ("jisr add a --limit 70000", "65535"),
            ("jisr add a --kind evening", "night, day"),
            ("jisr add a --limit 3 --kind day", "--kind"),
            ("jisr add a --limit 3 --limit 4", "--limit"),
        ];
        for lang in Lang::ALL {
            for (line, about) in cases {
                let lines = told(lang, line);
                let first = lines.first().unwrap_or_else(|| panic!("{lang}: {line}"));
                let bare = first.replace(['\u{2068}', '\u{2069}'], "");
                assert!(bare.contains(about.trim_matches('\'')) && !bare.contains('['), "{lang}: {line}: {bare}");
                assert!(lines.iter().all(|line| !line.contains("usage-") && !line.contains("cli-")), "{lines:?}");
            }
        }
        assert_eq!(
            told(Lang::Fr, "jisr add a --limt 3")[..2],
            ["Erreur : l'argument --limt n'existe pas ici.", "Peut-être : --limit"]
        );
        assert!(told(Lang::En, "jisr add --help").is_empty(), "help is no misuse");
    }

    #[test]
    fn the_language_is_known_before_the_arguments_read() {
        let asked = |line: &str, environment| asked_language(line.split(' ').map(OsString::from), environment);

        assert_eq!(asked("jisr --lang fr ad", Some("ar")), Some(Lang::Fr));
        assert_eq!(asked("jisr ad --lang=ar", None), Some(Lang::Ar));
        assert_eq!(asked("jisr ad", Some("fr")), Some(Lang::Fr));
        assert_eq!(asked("jisr ad -- --lang fr", None), None);
        assert_eq!(asked("jisr --lang xx", Some("fr")), None);
    }
}
