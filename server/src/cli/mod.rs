//! The command line of whoever runs the server.
//!
//! Each command says what was wrong, what remains safe and what to do next, in the language of `--lang`; each can
//! print JSON. Commands other than `serve` work on a running server too, through its admin socket.

/// Prints a line on standard output. Whoever closes it early (`| head`) has seen enough: that is no failure.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

/// Prints a line on standard error, if anybody reads it.
macro_rules! complain {
    ($($text:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod args;
mod failure;
mod init;
mod orders;
mod password;
mod print;
mod serve;

pub use args::{Arguments, Command};
pub use failure::Failure;

use std::process::ExitCode;

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
        order => orders::follow(lang, order),
    };
    done.unwrap_or_else(|failure| failure.tell(lang))
}
