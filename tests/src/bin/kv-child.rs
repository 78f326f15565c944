//! A process that tests kill: it writes a store by the script, or checks one.
//!
//! ```text
//! kv-child write FOLDER ACKS [no-fsync]     commits for ever; the last acknowledged number is in the file ACKS
//! kv-child check FOLDER                     prints the head, or what is wrong (exit code 3), or why the store does
//!                                           not open (exit code 2)
//! kv-child flips STORE SCRATCH VALUE_BYTES  for each `OFFSET MASK` read: flips those bits of a copy of the log and
//!                                           prints what became of the store
//! ```

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jisr_durable_kv::{Kv, KvError, Sabotage, SledKv, SledOptions};
use jisr_tests::flip_store::FlipStore;
use jisr_tests::kv_script;

const UNOPENABLE: u8 = 2;
const WRONG: u8 = 3;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", folder, acks] => write(folder.as_ref(), acks.as_ref(), Sabotage::default()),
        ["write", folder, acks, "no-fsync"] => {
            write(folder.as_ref(), acks.as_ref(), Sabotage { skip_fsync: true, ..Sabotage::default() })
        }
        ["check", folder] => Ok(check(folder.as_ref())),
        ["flips", store, scratch, value_bytes] => flips(store.as_ref(), scratch.as_ref(), value_bytes.parse()?),
        _ => bail!("usage: kv-child write FOLDER ACKS [no-fsync] | check FOLDER | flips STORE SCRATCH VALUE_BYTES"),
    }
}

fn flips(store: &Path, scratch: &Path, value_bytes: usize) -> Result<ExitCode> {
    // Damage makes the engine panic, which is expected and would fill the tests' output.
    std::panic::set_hook(Box::new(|_| {}));
    let store = FlipStore::load(store, value_bytes)?;
    for line in std::io::stdin().lines() {
        let line = line?;
        let (offset, mask) = line.split_once(' ').context("expected OFFSET MASK")?;
        println!("{:?}", store.judge_flipped(scratch, offset.parse()?, mask.parse()?)?);
    }
    Ok(ExitCode::SUCCESS)
}

fn options(sabotage: Sabotage) -> SledOptions {
    SledOptions { reserve_bytes: 1 << 20, free_bytes_min: 8 << 20, sabotage, ..SledOptions::device() }
}

fn write(folder: &Path, acks: &Path, sabotage: Sabotage) -> Result<ExitCode> {
    let acks = File::options().write(true).create(true).truncate(false).open(acks)?;
    let kv = SledKv::open(folder, options(sabotage))?;
    let acknowledge =
        |number: u64| acks.write_all_at(&number.to_le_bytes(), 0).context("the acknowledgement cannot be written");
    // What an open store shows is as good as acknowledged, whoever committed it.
    let mut number = kv_script::head(&kv)?;
    acknowledge(number)?;
    loop {
        number += 1;
        match kv.commit(kv_script::batch(number)) {
            Ok(()) => acknowledge(number)?,
            Err(KvError::Full) => return Ok(ExitCode::SUCCESS),
            Err(error) => return Err(error.into()),
        }
    }
}

fn check(folder: &Path) -> ExitCode {
    let kv = match SledKv::open(folder, options(Sabotage::default())) {
        Ok(kv) => kv,
        Err(error) => {
            println!("{error}");
            return ExitCode::from(UNOPENABLE);
        }
    };
    let sound = kv.verify_all().map_err(|error| error.to_string()).and_then(|found| match found {
        found if found.is_sound() => Ok(()),
        found => Err(format!("{found:?}")),
    });
    match sound.and_then(|()| kv_script::check(&kv)) {
        Ok(head) => {
            println!("{head}");
            ExitCode::SUCCESS
        }
        Err(wrong) => {
            println!("{wrong}");
            ExitCode::from(WRONG)
        }
    }
}
