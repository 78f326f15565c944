//! What stands before the operations of a change.
//!
//! ```text
//! 85 6f 4a 83 | checksum 4 | type 1 | length | number of dependencies, 32 bytes each | actor | sequence number
//!   | first operation | time | message | number of other actors, each | columns
//! ```
//!
//! The checksum is the start of the SHA-256 over type, length and what follows; the whole of it is the change's hash.
//! Automerge 0.12 does not compare them when it reads a change, so it is done here.

use sha2::{Digest, Sha256};

use super::columns::count_operations;
use super::leb::Reader;
use super::limits::{CHANGE_BYTES_MAX, DEPS_MAX, MESSAGE_BYTES_MAX, OTHER_ACTORS_MAX, START_OP_MAX};
use super::refusal::Refusal;
use crate::id::{ActorId, ChangeHash};
use crate::time::UnixMillis;

/// Magic, checksum and type: what stands before the length of a chunk.
pub const BYTES_BEFORE_LENGTH: usize = 9;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const TYPE_CHANGE: u8 = 1;
const TYPE_COMPRESSED_CHANGE: u8 = 2;

/// What a change says about itself. Nothing of it is proof of who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub hash: ChangeHash,
    pub deps: Box<[ChangeHash]>,
    pub actor: ActorId,
    pub seq: u64,
    pub start_op: u64,
    pub time: UnixMillis,
    pub message: Option<Box<str>>,
    pub op_count: u64,
}

impl Header {
    /// Reads all of `bytes` as one change. The cheapest checks come first.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > CHANGE_BYTES_MAX {
            return Err(Refusal::TooLarge);
        }
        let mut reader = Reader::new(bytes);
        let hash = read_envelope(&mut reader)?;
        let deps = read_deps(&mut reader)?;
        let actor = read_actor(&mut reader)?;
        let seq = reader.unsigned().filter(|seq| *seq >= 1).ok_or(Refusal::malformed("sequence number"))?;
        let start_op = reader.unsigned().filter(|op| (1..=START_OP_MAX).contains(op)).ok_or(Refusal::StartOp)?;
        let time = reader.signed().ok_or(Refusal::malformed("time"))?;
        let message = read_message(&mut reader)?;
        let others = read_other_actors(&mut reader, actor)?;
        let op_count = count_operations(&mut reader, others + 1)?;
        Ok(Self { hash, deps, actor, seq, start_op, time: UnixMillis(time), message, op_count })
    }
}

/// Reads up to the dependencies and compares the checksum.
fn read_envelope(reader: &mut Reader<'_>) -> Result<ChangeHash, Refusal> {
    if reader.array() != Some(MAGIC) {
        return Err(Refusal::NotAChange);
    }
    let checksum: [u8; 4] = reader.array().ok_or(Refusal::NotAChange)?;
    let hashed = reader.rest();
    match reader.array() {
        Some([TYPE_CHANGE]) => {}
        Some([TYPE_COMPRESSED_CHANGE]) => return Err(Refusal::Compressed),
        _ => return Err(Refusal::NotAChange),
    }
    let length = reader.unsigned().ok_or(Refusal::malformed("length"))?;
    if u64::try_from(reader.rest().len()) != Ok(length) {
        return Err(Refusal::malformed("length"));
    }
    let hash: [u8; 32] = Sha256::digest(hashed).into();
    if hash.starts_with(&checksum) { Ok(ChangeHash::from_bytes(hash)) } else { Err(Refusal::Checksum) }
}

/// The dependencies: sorted, and each once.
fn read_deps(reader: &mut Reader<'_>) -> Result<Box<[ChangeHash]>, Refusal> {
    const BROKEN: Refusal = Refusal::malformed("dependencies");
    let count = reader.unsigned().ok_or(BROKEN)?;
    let count = usize::try_from(count).ok().filter(|count| *count <= DEPS_MAX).ok_or(Refusal::TooManyDeps)?;
    let mut deps = Vec::with_capacity(count);
    for _ in 0..count {
        let dep = ChangeHash::from_bytes(reader.array().ok_or(BROKEN)?);
        if deps.last().is_some_and(|before| *before >= dep) {
            return Err(BROKEN);
        }
        deps.push(dep);
    }
    Ok(deps.into_boxed_slice())
}

fn read_actor(reader: &mut Reader<'_>) -> Result<ActorId, Refusal> {
    reader.prefixed().and_then(ActorId::from_slice).ok_or(Refusal::malformed("actor"))
}

fn read_message(reader: &mut Reader<'_>) -> Result<Option<Box<str>>, Refusal> {
    let bytes = reader.prefixed().ok_or(Refusal::malformed("message"))?;
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(Refusal::MessageTooLong);
    }
    let message = std::str::from_utf8(bytes).map_err(|_| Refusal::malformed("message"))?;
    Ok((!message.is_empty()).then(|| message.into()))
}

/// How many other actors there are: sorted, each once, and none the change's own.
fn read_other_actors(reader: &mut Reader<'_>, own: ActorId) -> Result<u64, Refusal> {
    const BROKEN: Refusal = Refusal::malformed("other actors");
    let count = reader.unsigned().ok_or(BROKEN)?;
    if usize::try_from(count).map_or(true, |count| count > OTHER_ACTORS_MAX) {
        return Err(Refusal::TooManyActors);
    }
    let mut before = None;
    for _ in 0..count {
        let actor = read_actor(reader)?;
        if actor == own || before.is_some_and(|before| before >= actor) {
            return Err(BROKEN);
        }
        before = Some(actor);
    }
    Ok(count)
}
