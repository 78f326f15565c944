//! The command line of whoever runs the server.
//!
//! Each command says what was wrong, what remains safe and what to do next, in the language of `--lang`; each can
//! print JSON. Commands other than `serve` work on a running server too, through its admin socket.

/// Prints a line on standard output. Whoever closes it early (`| head`) has seen enough: that is no failure.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), "{}", $crate::cli::bare(&format!($($text)*)));
    }};
}

/// Prints a line on standard error, if anybody reads it.
macro_rules! complain {
    ($($text:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "{}", $crate::cli::bare(&format!($($text)*)));
    }};
}

mod args;
mod bar;
mod failure;
mod init;
mod orders;
mod password;
mod print;
mod serve;
mod stopped;
mod typed;

pub use args::{Arguments, Command};
pub use failure::Failure;

use std::process::ExitCode;

use jisr_locales::{Lang, asked_language, misuse};

/// A line without isolation marks: a command that is copied from it must not carry them.
fn bare(line: &str) -> String {
    line.replace(['\u{2068}', '\u{2069}'], "")
}

/// Does what the arguments say.
pub fn run(arguments: Arguments) -> ExitCode {
    let lang = arguments.lang;
    let done = match arguments.command {
        Command::Init(init) => init::init(lang, &init),
        Command::Serve(serve) => serve::serve(lang, serve),
        Command::Openapi => {
            say!("{}", crate::api::describe().trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify(args::Verify { file: Some(file), place, .. }) => stopped::verify_file(lang, &file, place.json),
        Command::Restore(restore) => stopped::restore(lang, &restore),
        Command::Compact(place) => stopped::compact(lang, &place),
        order => orders::follow(lang, order),
    };
    done.unwrap_or_else(|failure| failure.tell(lang))
}

/// Tells what is wrong with the arguments; or what was asked for, help or the version.
pub fn misused(error: &clap::Error) -> ExitCode {
    let environment = std::env::var("JISR_LANG").ok();
    let lang = asked_language(std::env::args_os(), environment.as_deref()).unwrap_or(Lang::En);
    let Some(lines) = misuse(lang, error) else { error.exit() };
    lines.iter().for_each(|line| complain!("{line}"));
    ExitCode::from(2)
}

#[cfg(test)]
mod tests {
    use jisr_locales::{Arg, tr};

    use super::*;

    #[test]
    fn a_command_in_an_arabic_message_can_be_copied() {
        let message = tr(Lang::Ar, "server-init-next-serve", &[("folder", Arg::from("/var/lib/jisr"))]);

        assert!(bare(&message).ends_with("jisr-server serve --data /var/lib/jisr"), "{message:?}");
    }
}
