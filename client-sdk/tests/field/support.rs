//! A store that is enrolled, and the command line on it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use jisr_client_sdk::Client;
use jisr_client_sdk::clock::{Clock as _, SystemClock};
use jisr_client_sdk::testing::{MODEL_CODE, ModelServer};

/// A folder with an enrolled store.
pub struct Field {
    dir: tempfile::TempDir,
}

impl Field {
    pub async fn enrolled() -> Self {
        let field = Self { dir: tempfile::tempdir().unwrap() };
        let server = Arc::new(ModelServer::new(SystemClock.now()));
        let client = Client::at(field.store()).transport(server).open().await.unwrap();
        client.enrol("https://127.0.0.1:9", MODEL_CODE).await.unwrap();
        client.close().await.unwrap();
        field
    }

    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn store(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    pub fn command(&self, args: &[&str]) -> Command {
        jisr(&self.store(), args)
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// What a command says that is refused with `code`.
    pub fn refused(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {told}");
        assert!(!told.contains('['), "{args:?}: {told}");
        told
    }

    /// The one id a command prints.
    pub fn id(&self, args: &[&str]) -> String {
        let lines = self.lines(args);
        assert_eq!(lines.len(), 1, "{args:?}: {lines:?}");
        lines[0].clone()
    }

    /// A record as JSON, with where it stands.
    pub fn shown(&self, id: &str) -> serde_json::Value {
        serde_json::from_str(&self.lines(&["show", id, "--json"])[0]).unwrap()
    }

    /// A number of `status --json`.
    pub fn status(&self, name: &str) -> serde_json::Value {
        serde_json::from_str::<serde_json::Value>(&self.lines(&["status", "--json"])[0]).unwrap()[name].clone()
    }

    /// Runs a command with `input` on its input.
    pub fn piped(&self, args: &[&str], input: &str) -> Output {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // A command that is refused at once reads nothing.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// The lines of a command that succeeds.
    pub fn lines(&self, args: &[&str]) -> Vec<String> {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

pub fn jisr(store: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jisr"));
    command.env_clear().env("JISR_STORE", store).env("JISR_LANG", "en").env("JISR_STAFF", "fz2").args(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
