//! `cargo xtask`: what anybody who works on Jisr runs. It only starts other programs; it holds no logic of theirs.

mod deny;
mod faults;
mod fuzz;
mod measure;
mod run;
mod tests;
mod web;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Jisr's demo, tests and measurements.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Plays a night of six units through real clients and a real server, prints its address, and keeps serving.
    Demo {
        /// Passed on to the demo: --listen ADDRESS, --seed N, --nights N.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Installs what is missing and runs every test.
    Test,
    /// Runs the workloads and prints their figures.
    Bench {
        /// Passed on: --json, and the workloads to run, of sync, weak, repair, restored and meeting; all without any.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Plays simulated fleets, optimised, and reports what broke.
    Simulate {
        /// Passed on: --hours N, --minutes N, --runs N, --seed N, --fleet, --phones N, --days N, --only KINDS,
        /// --without KINDS, --threads N, --no-hunt.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Fuzzes each target for some minutes, and prints executions and what was found. Needs a nightly compiler.
    Fuzz(fuzz::Arguments),
    /// Kills processes and cuts the power, again and again, and prints what was acknowledged and what was lost.
    Faults(faults::Arguments),
    /// Builds the SDK for browsers and prints its size; `--test` tries it in Chromium.
    Web(web::Arguments),
    /// Checks licences, banned crates and sources of every dependency.
    Deny,
    /// Prints sizes of files and functions, documented share and `unwrap` count.
    Measure,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Demo { arguments } => {
            eprintln!("xtask: building the server and the client (some minutes the first time) ...");
            run::cargo(["build", "--quiet", "--package", "jisr-server", "--package", "jisr-client-sdk", "--bins"])?;
            run::cargo_with(["run", "--quiet", "--package", "jisr-tests", "--bin", "demo", "--"], &arguments)
        }
        Command::Test => tests::all(),
        Command::Bench { arguments } => {
            eprintln!("xtask: building optimised (some minutes the first time) ...");
            run::cargo(["build", "--release", "--quiet", "--package", "jisr-server", "--bins"])?;
            run::cargo_with(["run", "--release", "--quiet", "--package", "jisr-bench", "--"], &arguments)
        }
        Command::Simulate { arguments } => {
            eprintln!("xtask: building optimised (some minutes the first time) ...");
            let run = ["run", "--release", "--quiet", "--package", "jisr-tests", "--bin", "simulate", "--"];
            run::cargo_with(run, &arguments)
        }
        Command::Fuzz(arguments) => fuzz::run(&arguments),
        Command::Faults(arguments) => faults::run(&arguments),
        Command::Web(arguments) => web::run(&arguments),
        Command::Deny => deny::check(),
        Command::Measure => measure::print(),
    }
}
