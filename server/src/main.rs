//! `jisr-server`: the program. Everything it does is in the library.

use std::process::ExitCode;

use clap::Parser;
use jisr_server::cli;

fn main() -> ExitCode {
    cli::run(cli::Arguments::parse())
}
