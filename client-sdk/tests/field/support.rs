//! A store that is enrolled, and the command line on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use jisr_client_sdk::Client;
use jisr_client_sdk::testing::{MODEL_CODE, ModelServer};
use jisr_sync_core::time::UnixMillis;

/// A folder with an enrolled store.
pub struct Field {
    dir: tempfile::TempDir,
}

impl Field {
    pub async fn enrolled() -> Self {
        let field = Self { dir: tempfile::tempdir().unwrap() };
        let server = Arc::new(ModelServer::new(UnixMillis(1_795_000_000_000)));
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
