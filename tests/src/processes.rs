//! Real `jisr-server` and `jisr` processes.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::no_fsync;

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

/// How long a server may take to start, and to stop when it is told to.
const START_OR_STOP_MAX: Duration = Duration::from_secs(60);

/// How a server is run.
#[derive(Debug, Clone, Default)]
pub struct Manner {
    /// Where its log goes, as JSON with every detail, after what is there; without it warnings go to standard error.
    pub log: Option<PathBuf>,
    /// Whether its fsync does nothing, for tests that show that they would notice.
    pub without_fsync: bool,
}

impl Server {
    /// Starts `jisr-server serve` on `data`, listening on `listen`, and waits for the line with its address.
    ///
    /// # Errors
    /// When it does not start; its complaint is on standard error, or in the log.
    pub fn start(data: &Path, listen: &str, manner: &Manner) -> Result<Self> {
        let mut server = Self::launch(data, listen, manner)?;
        let stdout = server.child.stdout.take().context("standard output is piped")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let started: Value = serde_json::from_str(&line).with_context(|| format!("not the start line: {line:?}"))?;
        let url = started["listening"].as_str().context("the start line has no address")?;
        server.address = url.trim_start_matches("http://").trim_end_matches('/').parse()?;
        Ok(server)
    }

    /// As [`Server::start`], without waiting for anything: the server is about to open its store.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn launch(data: &Path, listen: &str, manner: &Manner) -> Result<Self> {
        let mut command = Command::new(program("jisr-server")?);
        command.args(["serve", "--listen", listen, "--data"]).arg(data).stdin(Stdio::null()).stdout(Stdio::piped());
        match &manner.log {
            Some(log) => {
                let file = File::options().create(true).append(true).open(log)?;
                command.args(["--log-format", "json"]).env("JISR_LOG", "debug").stderr(file);
            }
            None => drop(command.env("JISR_LOG", "warn")),
        }
        if manner.without_fsync {
            command.env("LD_PRELOAD", no_fsync::library()?);
        }
        let child = command.spawn().context("cannot start jisr-server")?;
        Ok(Self { child, address: listen.parse()? })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself, or by somebody else's hand.
    pub fn has_ended(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap_or_default();
        stat.is_empty() || stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
    }

    /// Ends it with SIGKILL, as a failing machine would.
    pub fn kill(mut self) {
        self.end();
    }

    /// Tells it to stop, as an administrator would, and waits until it has.
    ///
    /// # Errors
    /// When it does not stop within a minute, or ends with another code than 0.
    pub fn stop(mut self) -> Result<()> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).context("a process has an id")?;
        kill_process(pid, Signal::TERM)?;
        let end = Instant::now() + START_OR_STOP_MAX;
        while Instant::now() < end {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => bail!("jisr-server ended with {status}"),
                None => thread::sleep(Duration::from_millis(5)),
            }
        }
        bail!("jisr-server does not stop")
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
