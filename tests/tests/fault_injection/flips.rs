//! Every flipped byte of a store's log is noticed or harmless: no wrong value, no panic, no hang.
//!
//! A seeded sample in every run of the tests; `JISR_FLIPS` sets another number, and `all` flips every byte. With
//! `JISR_FLIPS_SABOTAGE=tally` or `mark` the tests fail: without those checks the engine opens such stores and tells
//! nobody what is missing. The flips are judged in processes of
//! their own, with a time limit and bounded memory, since the engine may do anything with damaged files.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use jisr_tests::flip_store::FlipStore;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

const JUDGES: usize = 2;
const JUDGEMENT_TIME_MAX: Duration = Duration::from_secs(20);
/// Virtual memory of a judging process, in KiB: a damaged length must not ask for more.
const MEMORY_KIB_MAX: u64 = 8 * 1024 * 1024;

const FORBIDDEN: [&str; 4] = ["Wrong", "Panicked", "Hung", "Died"];
const FIRST_NAMED: usize = 8;

/// A process that judges flips one by one.
struct Judge {
    child: Child,
    flips: ChildStdin,
    verdicts: Receiver<String>,
}

impl Judge {
    fn start(store: &Path, scratch: &Path, value_bytes: usize) -> Self {
        let limited = format!("ulimit -v {MEMORY_KIB_MAX}; exec \"$0\" \"$@\"");
        let mut child = Command::new("sh")
            .args(["-c", &limited, env!("CARGO_BIN_EXE_kv-child"), "flips"])
            .args([store, scratch])
            .arg(value_bytes.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a judge starts");
        let (flips, said) = (child.stdin.take().expect("is piped"), child.stdout.take().expect("is piped"));
        let (send, verdicts) = channel();
        thread::spawn(move || BufReader::new(said).lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { child, flips, verdicts }
    }

    /// The verdict, or why there is none.
    fn judge(&mut self, offset: usize, mask: u8) -> Result<String, &'static str> {
        writeln!(self.flips, "{offset} {mask}").map_err(|_| "Died")?;
        self.verdicts.recv_timeout(JUDGEMENT_TIME_MAX).map_err(|error| match error {
            std::sync::mpsc::RecvTimeoutError::Timeout => "Hung",
            std::sync::mpsc::RecvTimeoutError::Disconnected => "Died",
        })
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Outcomes by name: how many, and the first offsets of those that must not be.
type Tally = BTreeMap<String, (u64, Vec<usize>)>;

fn judge_all(store: &Path, scratch: &Path, value_bytes: usize, flips: &[(usize, u8)]) -> Tally {
    let mut tally = Tally::new();
    let mut judge = Judge::start(store, scratch, value_bytes);
    for &(offset, mask) in flips {
        let verdict = judge.judge(offset, mask).unwrap_or_else(|reason| {
            judge = Judge::start(store, scratch, value_bytes);
            reason.to_owned()
        });
        let verdict_is_forbidden = FORBIDDEN.contains(&verdict.as_str());
        let (count, first) = tally.entry(verdict).or_default();
        *count += 1;
        if first.len() < FIRST_NAMED && verdict_is_forbidden {
            first.push(offset);
        }
    }
    tally
}

/// Flips at the given bytes, with a mask drawn for each, judged by some processes at once.
fn flip(store: &Path, value_bytes: usize, offsets: Vec<usize>) -> Tally {
    let scratch = tempfile::Builder::new().prefix("jisr-flips").tempdir_in(memory()).expect("a folder");
    let mut random = SmallRng::seed_from_u64(3);
    let flips: Vec<_> = offsets.into_iter().map(|offset| (offset, random.random_range(1..=u8::MAX))).collect();
    let mut tally = Tally::new();
    thread::scope(|scope| {
        let parts = flips.chunks(flips.len().div_ceil(JUDGES)).enumerate();
        let judges: Vec<_> = parts
            .map(|(number, part)| {
                let scratch = scratch.path().join(number.to_string());
                scope.spawn(move || judge_all(store, &scratch, value_bytes, part))
            })
            .collect();
        for (verdict, (count, first)) in judges.into_iter().flat_map(|judge| judge.join().expect("judges")) {
            let entry = tally.entry(verdict).or_default();
            entry.0 += count;
            entry.1.extend(first);
        }
    });
    tally
}

fn memory() -> &'static Path {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory } else { Path::new("/tmp") }
}

/// Flips bytes of a store whose values have about `value_bytes`; checks what must never be and gives the tally.
fn flip_a_store(value_bytes: usize) -> Tally {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    FlipStore::make(&store, value_bytes).expect("makes the store");
    let bytes = FlipStore::load(&store, value_bytes).expect("loads").log_bytes();
    let offsets = match std::env::var("JISR_FLIPS").as_deref() {
        Ok("all") => (0..bytes).collect(),
        wanted => {
            let mut random = SmallRng::seed_from_u64(4);
            let wanted = wanted.ok().and_then(|text| text.parse().ok()).unwrap_or(1_500);
            (0..wanted).map(|_| random.random_range(0..bytes)).collect()
        }
    };

    let tally = flip(&store, value_bytes, offsets);

    println!("a log of {bytes} bytes: {tally:?}");
    for forbidden in FORBIDDEN {
        assert_eq!(tally.get(forbidden), None, "{forbidden}: number and first offsets");
    }
    tally
}

#[test]
fn every_flipped_byte_of_a_log_of_one_segment_is_noticed_or_harmless() {
    assert!(flip_a_store(30).contains_key("Unopenable"), "no flip did anything");
}

#[test]
fn every_flipped_byte_of_a_log_of_many_segments_is_noticed_or_harmless() {
    assert!(flip_a_store(1_500).contains_key("Unopenable"), "no flip did anything");
}
