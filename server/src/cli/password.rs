//! Where passwords come from: a terminal that does not show them, a file, or standard input. Never an argument.

use std::io::{BufRead, IsTerminal};

use jisr_locales::{Arg, Lang, tr};

use super::Failure;
use super::args::PasswordFrom;
use crate::access::{PASSWORD_CHARS_MIN, hash_password};
use crate::registry::AccountName;

/// The hash of a new password for `name`.
pub fn new_password(lang: Lang, name: &AccountName, from: &PasswordFrom) -> Result<String, Failure> {
    let unfit = || Failure::with("server-fail-password", "min", PASSWORD_CHARS_MIN.to_string(), 3);
    let password = if let Some(file) = &from.password_file {
        first_line(std::fs::File::open(file).map(std::io::BufReader::new))?
    } else if from.password_stdin {
        first_line(Ok(std::io::stdin().lock()))?
    } else {
        if !std::io::stdin().is_terminal() {
            return Err(Failure::with("server-fail-no-terminal", "name", name.to_string(), 3));
        }
        let (name, min) = (name.to_string(), PASSWORD_CHARS_MIN);
        dialoguer::Password::new()
            .with_prompt(tr(lang, "server-password-ask", &[("name", Arg::from(&name)), ("min", min.into())]))
            .with_confirmation(tr(lang, "server-password-again", &[]), tr(lang, "server-password-differs", &[]))
            .interact()
            .map_err(|error| Failure::other(&error))?
    };
    hash_password(&password).map_err(|_| unfit())
}

fn first_line(source: std::io::Result<impl BufRead>) -> Result<String, Failure> {
    let mut line = String::new();
    source.and_then(|mut source| source.read_line(&mut line)).map_err(|error| Failure::other(&error))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
