//! The processes that are killed and those that check what is left, with a time limit on everything.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jisr_tests::freeze::freeze;

use crate::tally::Found;

const BINARY: &str = env!("CARGO_BIN_EXE_kv-child");
const CHECK_TIME_MAX: Duration = Duration::from_secs(60);

/// A process that commits the script until it is killed. Killed when dropped.
pub struct Writer {
    child: Child,
    acks: PathBuf,
}

impl Writer {
    /// Writes to the store in `folder` and tells in the file `acks` what was acknowledged.
    pub fn start(folder: &Path, acks: &Path, fsync: bool) -> Self {
        let mut command = Command::new(BINARY);
        command.arg("write").arg(folder).arg(acks).stderr(Stdio::null());
        if !fsync {
            command.arg("no-fsync");
        }
        Self { child: command.spawn().expect("the writer starts"), acks: acks.to_path_buf() }
    }

    /// Stops it where it is, and tells the last number it had acknowledged.
    pub fn freeze(&self) -> u64 {
        freeze(self.child.id()).expect("stops");
        acknowledged(&self.acks)
    }

    /// Kills it.
    pub fn kill(&mut self) {
        self.child.kill().expect("is killed");
        self.child.wait().expect("ends");
    }

    /// Whether it ended by itself, as it does when the disk is full.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("can be asked").is_some()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The last number acknowledged in the file `acks`; 0 for none.
pub fn acknowledged(acks: &Path) -> u64 {
    fs::read(acks).ok().and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes)
}

/// Opens the store in `folder` in a process of its own, compares it with the script, and with what was acknowledged: the
/// last batch may be there without having been.
pub fn check(folder: &Path, acknowledged: u64) -> Found {
    match head(folder) {
        Err(found) => found,
        Ok(head) if (acknowledged..=acknowledged + 1).contains(&head) => Found::Whole,
        Ok(head) if head < acknowledged => Found::Lost(usize::try_from(acknowledged - head).unwrap_or(usize::MAX)),
        Ok(head) => Found::Unsound(format!("it holds {head} batches")),
    }
}

/// The last batch in a store that is as the script says.
fn head(folder: &Path) -> Result<u64, Found> {
    let mut child = Command::new(BINARY)
        .arg("check")
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the check starts");
    let end = Instant::now() + CHECK_TIME_MAX;
    let status = loop {
        match child.try_wait().expect("can be asked") {
            Some(status) => break status,
            None if Instant::now() < end => thread::sleep(Duration::from_millis(2)),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(Found::Unopenable(format!("it hangs for {CHECK_TIME_MAX:?}")));
            }
        }
    };
    let mut said = String::new();
    child.stdout.take().expect("is piped").read_to_string(&mut said).expect("can be read");
    match (status.code(), said.trim().parse()) {
        (Some(0), Ok(head)) => Ok(head),
        (Some(3), _) => Err(Found::Unsound(said)),
        (code, _) => Err(Found::Unopenable(format!("{code:?}: {said}"))),
    }
}

/// How often to do something: the value of `variable`, or `usual`.
pub fn times(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
