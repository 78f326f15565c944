//! Fuzzing: builds the targets with a nightly compiler, runs each for some minutes, and tells what came of it.
//!
//! New inputs and crashes go to `tests/fuzz/corpus` and `tests/fuzz/artifacts`, which git ignores. What is tried and what
//! must hold is `tests/fuzz-targets`; the same inputs are replayed by every `cargo xtask test`, without a fuzzer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{build_folder, cache, cargo, root, succeed};

/// The version of cargo-fuzz that is installed when none is there.
const VERSION: &str = "0.13.2";

/// The longest input that is tried, in bytes.
const INPUT_BYTES_MAX: usize = 8192;

/// How long one input may take before it counts as a hang, in seconds.
const INPUT_SECONDS_MAX: u32 = 20;

/// How much the process of a target may hold, in MiB.
const MEMORY_MIB_MAX: u32 = 2048;

/// What to do.
#[derive(clap::Args)]
pub struct Arguments {
    /// How long each target runs.
    #[arg(long, default_value_t = 2, value_name = "N")]
    minutes: u32,
    /// Only this target.
    target: Option<String>,
    /// Writes the committed seeds anew, from the code, and runs nothing.
    #[arg(long, conflicts_with_all = ["minutes", "target"])]
    seeds: bool,
    /// Also finds misuse of memory in libraries with unsafe code: slower by half.
    #[arg(long)]
    address_sanitizer: bool,
}

/// Runs the targets one after another, and fails when one of them found something.
pub fn run(arguments: &Arguments) -> Result<()> {
    let folder = root().join("tests/fuzz");
    if arguments.seeds {
        return cargo(["run", "--quiet", "--package", "jisr-fuzz-targets", "--bin", "fuzz-seeds", "tests/fuzz/seeds"]);
    }
    let targets = chosen(&folder, arguments.target.as_deref())?;
    let program = installed()?;
    let sanitizer = if arguments.address_sanitizer { "address" } else { "none" };
    eprintln!("xtask: building for fuzzing (some minutes the first time) ...");
    for target in &targets {
        let built = ["build", "--fuzz-dir", ".", "--sanitizer", sanitizer, target];
        succeed(cargo_fuzz(&program, &folder)?.args(built))?;
    }
    let mut found = Vec::new();
    println!("{:<16} {:>12} {:>10}  result", "target", "executions", "a second");
    for target in &targets {
        if !fuzz_one(&program, &folder, target, sanitizer, arguments.minutes)? {
            found.push(target.as_str());
        }
    }
    if found.is_empty() { Ok(()) } else { bail!("found by {}: see tests/fuzz/artifacts", found.join(", ")) }
}

/// The targets there are programs for, or the one that is asked for.
fn chosen(folder: &Path, wanted: Option<&str>) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder.join("fuzz_targets"))? {
        all.extend(entry?.path().file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    all.sort();
    match wanted {
        None => Ok(all),
        Some(target) if all.iter().any(|known| known == target) => Ok(vec![target.to_owned()]),
        Some(target) => bail!("there is no target {target}; there are {}", all.join(", ")),
    }
}

/// The path of cargo-fuzz, installed once.
fn installed() -> Result<PathBuf> {
    let tools = cache("tools");
    let program = tools.join("bin").join("cargo-fuzz");
    if !program.exists() {
        eprintln!("xtask: installing cargo-fuzz {VERSION} (some minutes, once) ...");
        let install = ["install", "cargo-fuzz", "--locked", "--version", VERSION, "--root"];
        succeed(Command::new("cargo").args(install).arg(&tools))?;
    }
    Ok(program)
}

/// cargo-fuzz in its workspace, with the nightly compiler and the one build folder.
fn cargo_fuzz(program: &Path, folder: &Path) -> Result<Command> {
    let nightly = Command::new("cargo").args(["+nightly", "--version"]).output().context("cannot start cargo")?;
    if !nightly.status.success() {
        bail!("fuzzing needs a nightly compiler: rustup toolchain install nightly --profile minimal");
    }
    let mut command = Command::new(program);
    command.arg("fuzz").current_dir(folder).env("RUSTUP_TOOLCHAIN", "nightly");
    // Cargo told xtask where the stable tools are; the nightly ones are to be found anew.
    command.env_remove("CARGO").env_remove("RUSTC").env("CARGO_TARGET_DIR", build_folder());
    Ok(command)
}

/// Runs one target for so many minutes and prints its line; whether it found nothing.
fn fuzz_one(program: &Path, folder: &Path, target: &str, sanitizer: &str, minutes: u32) -> Result<bool> {
    let corpus = folder.join("corpus").join(target);
    fs::create_dir_all(&corpus)?;
    let mut command = cargo_fuzz(program, folder)?;
    command
        .args(["run", "--fuzz-dir", ".", "--sanitizer", sanitizer, target])
        .arg(&corpus)
        .arg(folder.join("seeds").join(target));
    command.arg("--").arg(format!("-dict={}", folder.join("seeds/words.dict").display())).args([
        format!("-max_total_time={}", minutes.max(1) * 60),
        format!("-max_len={INPUT_BYTES_MAX}"),
        format!("-timeout={INPUT_SECONDS_MAX}"),
        format!("-rss_limit_mb={MEMORY_MIB_MAX}"),
        "-print_final_stats=1".to_owned(),
    ]);
    let output = command.output().with_context(|| format!("cannot run {target}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    let figure = |name: &str| {
        let line = told.lines().rev().find_map(|line| line.strip_prefix(&format!("stat::{name}:")));
        line.map_or("-", str::trim).to_owned()
    };
    let result = if output.status.success() { "nothing found".to_owned() } else { finding(&told) };
    let (executions, rate) = (figure("number_of_executed_units"), figure("average_exec_per_sec"));
    println!("{target:<16} {executions:>12} {rate:>10}  {result}");
    Ok(output.status.success())
}

/// The line that says what was found, and the file that shows it again.
fn finding(told: &str) -> String {
    let what = |line: &&str| line.contains("panicked at") || line.starts_with("SUMMARY:");
    let first = told.lines().find(what).unwrap_or("it ended without saying why");
    let file = told.lines().find_map(|line| line.split_once("Test unit written to ").map(|(_, file)| file));
    format!("{first} {}", file.unwrap_or_default())
}
