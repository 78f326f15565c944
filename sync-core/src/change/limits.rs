//! What a change and a document may be at most.
//!
//! Every limit stands far above what the field software writes (a change has tens of operations and some hundred
//! bytes, a document some dozen changes) and far below what would hurt a phone that reads it.

/// The longest change, in bytes.
pub const CHANGE_BYTES_MAX: usize = 256 * 1024;

/// The most operations in one change; also the most rows in any of its columns. Counted before anything is decoded.
///
/// A tenth of [`DOCUMENT_OPS_MAX`], so that no single change that was let in can use up a document: what is in a
/// history never leaves it, and every later change to the record would be refused. The bound of a change is the smaller
/// one rather than that of a document the larger, since the cost of each later change grows with the document.
pub const OPS_MAX: u64 = 2_000;

/// The most changes one change may depend on directly.
pub const DEPS_MAX: usize = 256;

/// The most actors, besides its own, whose operations one change may refer to.
pub const OTHER_ACTORS_MAX: usize = 256;

/// How deep objects may be nested. The root map is at depth 0, an object in it at depth 1.
///
/// This version writes into the root map only; records of later versions may need some depth. Reading is recursive in
/// Automerge, and deep nesting ends the process where no panic can be caught.
pub const DEPTH_MAX: u32 = 32;

/// The longest message of a change, in bytes.
pub const MESSAGE_BYTES_MAX: usize = 4096;

/// The most columns in a change. Automerge 0.12 knows fourteen.
pub const COLUMNS_MAX: usize = 32;

/// The most bytes of text that the repetitions in one column may stand for, written out.
///
/// A key of 100 KiB repeated 2,000 times fits in a small change, and 200 MiB would be needed to read it.
pub const REPEATED_TEXT_BYTES_MAX: u64 = 1024 * 1024;

/// The highest number of a change's first operation. Automerge fails later, when it reads, near 2³².
pub const START_OP_MAX: u64 = 1 << 30;

/// The most operations in one document, over its whole history. At least ten changes of [`OPS_MAX`] fit.
pub const DOCUMENT_OPS_MAX: u64 = 20_000;

/// The most changes in one document. The cost of letting a change in grows with their number.
pub const DOCUMENT_CHANGES_MAX: usize = 2_000;

const _: () = assert!(DOCUMENT_OPS_MAX >= 10 * OPS_MAX);
