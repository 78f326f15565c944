//! Real `jisr-server` and `jisr` processes.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

/// The folder of the built programs: the one this program itself was built into.
fn programs() -> Result<&'static Path> {
    static BUILT: OnceLock<std::result::Result<PathBuf, String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build().map_err(|error| format!("{error:#}")));
    built.as_deref().map_err(|error| anyhow!("{error}"))
}

/// Builds both programs with the profile and the build folder of this one, so that a test never runs stale ones.
fn build() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let folder = here.ancestors().skip(1).find(|path| path.file_name().is_some_and(|name| name != "deps"));
    let folder = folder.context("the programs' folder cannot be told from this program's path")?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--quiet", "--package", "jisr-server", "--package", "jisr-client-sdk", "--bins"]);
    if folder.ends_with("release") {
        command.arg("--release");
    }
    command.env("CARGO_TARGET_DIR", folder.parent().context("a build folder has a parent")?);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("building jisr-server and jisr failed");
    }
    Ok(folder.to_path_buf())
}

/// The path of a built program.
///
/// # Errors
/// When it cannot be built.
pub fn program(name: &str) -> Result<PathBuf> {
    Ok(programs()?.join(name))
}

/// A running `jisr-server`. It is killed (SIGKILL) when dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts `jisr-server serve` on `data`, listening on `listen`, and waits for the line with its address.
    ///
    /// # Errors
    /// When it does not start; its complaint is on standard error.
    pub fn start(data: &Path, listen: &str) -> Result<Self> {
        let mut child = Command::new(program("jisr-server")?)
            .args(["serve", "--listen", listen, "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start jisr-server")?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let started: Value = serde_json::from_str(&line).with_context(|| format!("not the start line: {line:?}"))?;
        let url = started["listening"].as_str().context("the start line has no address")?;
        let address = url.trim_start_matches("http://").trim_end_matches('/').parse()?;
        Ok(Self { child, address })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it with SIGKILL, as a failing machine would.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs a program to its end with `--json` output expected.
///
/// # Errors
/// When it ends with another code than 0 (with what it said), or prints no JSON.
pub fn run_json(name: &str, arguments: &[&str], input: Option<&str>) -> Result<Value> {
    let output = run(name, arguments, input)?;
    if !output.status.success() {
        bail!("{name} {arguments:?} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    serde_json::from_str(&text).with_context(|| format!("{name} {arguments:?} printed no JSON: {text:?}"))
}

/// Runs a program to its end.
///
/// # Errors
/// When it cannot be started.
pub fn run(name: &str, arguments: &[&str], input: Option<&str>) -> Result<Output> {
    let mut child = Command::new(program(name)?)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let mut stdin = child.stdin.take().context("standard input is piped")?;
    if let Some(input) = input {
        stdin.write_all(input.as_bytes())?;
    }
    drop(stdin);
    Ok(child.wait_with_output()?)
}
