//! Writes the seeds of every target, and the fuzzer's dictionary, into the folder that is named. Removes nothing but seeds
//! that it wrote before.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use jisr_fuzz_targets::{TARGETS, seeds};

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).context("name the folder")?);
    for (target, _) in TARGETS {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("seed-")) {
                fs::remove_file(path)?;
            }
        }
        let seeds = seeds::of(target);
        for (name, input) in &seeds {
            fs::write(folder.join(name), input)?;
        }
        let bytes: usize = seeds.iter().map(|(_, input)| input.len()).sum();
        println!("{target}: {} seeds, {bytes} bytes", seeds.len());
    }
    fs::write(folder.join("words.dict"), seeds::dictionary())?;
    Ok(())
}
