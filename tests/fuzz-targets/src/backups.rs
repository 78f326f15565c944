//! Backup files: what is put back is a store that agrees with itself, and backs up again; what is refused is refused with
//! a reason.

use std::fs;
use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use jisr_durable_kv::MemoryKv;
use jisr_server::backup::{Pattern, Source, check_file, load, make_file};
use jisr_server::progress::Unwatched;
use jisr_server::registry::KvRegistry;
use jisr_server::storage::KvStorage;
use jisr_server::verify::verify;
use jisr_sync_core::time::ServiceZone;
use rand::SeedableRng;
use rand::rngs::StdRng;
use sha2::{Digest, Sha256};

use crate::input::{Draw, as_piece};
use crate::meter::within;
use crate::samples::NOW;

/// What reading a file may hold: a chunk, compressed and not, at its longest, and what its values become.
const MEMORY_MAX: usize = 128 * 1024 * 1024;

/// What a file begins with: its name and its format.
const START: [u8; 8] = *b"JISRBAK\x01";

/// The section of the last chunk.
const END: u8 = 255;

/// A file: raw, or as its chunks before compression, with every checksum made right.
pub fn backup(input: &[u8]) {
    let mut draw = Draw::new(input);
    let raw = draw.byte() & 1 == 0;
    let bytes = if raw { draw.rest().to_vec() } else { file_of(draw) };
    let folder = tempfile::tempdir().expect("a folder for the file");
    let file = folder.path().join("backup.jisr");
    fs::write(&file, bytes).expect("the file is written");

    let checked = within(MEMORY_MAX, || check_file(&file, &Unwatched));
    let zone = ServiceZone::morocco().expect("the zone is bundled");
    let (storage, registry) = empty();
    let loaded = load(&file, &storage, &registry, &zone, &Unwatched);
    if checked.is_err() {
        assert!(loaded.is_err(), "a file that is not sound was put back");
    }
    let Ok(loaded) = loaded else { return };
    assert_eq!(verify(&storage, &zone, &Unwatched).expect("the store reads").faults.len(), 0);

    let source = Source { storage: &storage, registry: &registry, config: loaded.config.as_deref(), made_at: NOW };
    let again =
        make_file(&source, &Pattern::of(&folder.path().join("again.jisr")).expect("a file name"), None, &Unwatched);
    let again = again.expect("what was put back is backed up again").summary;
    let held = |summary: jisr_server::backup::Summary| (summary.heads, summary.records, summary.set_aside);
    assert_eq!(held(again), held(loaded.summary), "backed up again, it holds something else");
}

fn empty() -> (KvStorage, KvRegistry) {
    let mut rng = StdRng::seed_from_u64(8);
    let kv = Arc::new(MemoryKv::new());
    let storage = KvStorage::open(kv.clone(), &mut rng).expect("an empty store opens");
    (storage, KvRegistry::open(kv, &mut rng).expect("an empty store opens"))
}

fn file_of(mut draw: Draw<'_>) -> Vec<u8> {
    let mut bytes = START.to_vec();
    let mut number = 0_u32;
    while !draw.is_done() {
        let (section, values) = (draw.byte(), draw.piece());
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        deflate.write_all(values).expect("memory takes it");
        let payload = deflate.finish().expect("memory takes it");
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let head = [&[section][..], &number.to_be_bytes(), &length.to_be_bytes()].concat();
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&head), &payload);
        bytes.extend([&head[..], &checksum.to_be_bytes(), &payload].concat());
        number += 1;
        if section == END {
            break;
        }
    }
    let hash = Sha256::digest(&bytes);
    bytes.extend(hash);
    bytes
}

/// A file's chunks as an input spells them.
pub fn spelled(file: &[u8]) -> Vec<u8> {
    let mut spelled = Vec::new();
    let mut rest = file.get(START.len()..file.len().saturating_sub(32)).unwrap_or_default();
    while let Some((head, after)) = rest.split_at_checked(13) {
        let length = u32::from_be_bytes([head[5], head[6], head[7], head[8]]) as usize;
        let (payload, next) = after.split_at(length.min(after.len()));
        let mut values = Vec::new();
        let read = std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(payload), &mut values);
        read.expect("a chunk inflates");
        spelled.push(head[0]);
        spelled.extend(as_piece(&values));
        rest = next;
    }
    spelled
}
