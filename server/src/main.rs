//! `jisr-server`: the program. Everything it does is in the library.

use std::process::ExitCode;

use clap::Parser;
use jisr_server::cli;

fn main() -> ExitCode {
    match cli::Arguments::try_parse() {
        Ok(arguments) => cli::run(arguments),
        Err(error) => cli::misused(&error),
    }
}
