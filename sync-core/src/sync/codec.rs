//! Compression of a whole stream, flushed after each frame, and decompression that cannot be made to explode.
//!
//! Raw deflate at level 6 by `zlib-rs` (pure Rust), primed with a dictionary of 2.9 KB. Weighed on a shift of 60
//! changes, 40.5 KB raw, in four flushed frames (the first of 3 KiB), and on a first sync of 2,000 (bytes as they travel):
//!
//! | | first frame | shift | first sync |
//! |---|---|---|---|
//! | deflate 6, no dictionary | 1,143 | 10,244 in 0.4 ms | |
//! | **deflate 6, dictionary** | **984** | **10,073 in 0.4 ms** | **330,560** |
//! | deflate 9, dictionary | 959 | 10,029 in 0.6 ms | 330,882 |
//! | brotli 5 (crate `brotli`, no dictionary) | 1,133 | 9,699 in 1.4 ms | 371,358 |
//! | `ruzstd` fastest, in one piece: it has neither flush nor dictionary | | 13,220 | 459,890 |
//!
//! Brotli would save 4 % of a shift and costs another codec of some hundred kilobytes; Automerge brings `flate2` with
//! `zlib-rs` anyway, so that deflate adds no code to the browser. Whole exchanges: `tests/sync_size.rs`.

use std::fmt;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status as Flate};

use super::frame::StreamLimits;
use super::limits::{DECOMPRESSED_BYTES_FREE, DECOMPRESSION_RATIO_MAX};
use super::status::Status;

/// The first byte of every stream.
pub const MAGIC: u8 = b'J';

/// The second byte: raw deflate with the first dictionary.
pub const CODEC_DEFLATE_1: u8 = 1;

/// What both sides assume to have been sent before the stream: bytes that records often contain. Data, made by
/// `examples/sync_dictionary.rs`; a different one needs a new codec number.
const DICTIONARY_1: &[u8] = include_bytes!("dictionary-1.bin");

/// How hard to compress. Level 9 takes half as long again and saves half a percent.
const LEVEL: u32 = 6;

/// Why a stream cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The first byte is not the protocol's. The sender speaks something else.
    #[error("the stream does not start as the protocol does")]
    NotTheProtocol,
    /// A codec of a newer version.
    #[error("the stream is compressed with codec {0}, which is not known here")]
    UnknownCodec(u8),
    /// The sender's bytes are not what the codec writes, or a header is not minimal.
    #[error("the stream is damaged")]
    Damaged,
    /// More bytes than one stream may have.
    #[error("the stream is longer than {max} bytes")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// More decompressed bytes than one stream may have.
    #[error("the stream decompresses to more than {max} bytes")]
    DecompressedTooLong {
        /// The limit.
        max: usize,
    },
    /// Too many decompressed bytes for those that travelled.
    #[error("the stream decompresses to more than {DECOMPRESSION_RATIO_MAX} times its length")]
    Bomb,
    /// A frame longer than a frame may be here.
    #[error("a frame of {bytes} bytes is longer than {max}")]
    FrameTooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
}

impl StreamError {
    /// What the other side is told.
    pub const fn status(&self) -> Status {
        match self {
            Self::NotTheProtocol | Self::Damaged | Self::Bomb => Status::Malformed,
            Self::UnknownCodec(_) => Status::UpdateRequired,
            Self::TooLong { .. } | Self::DecompressedTooLong { .. } | Self::FrameTooLong { .. } => Status::TooLarge,
        }
    }
}

/// Compresses one stream.
pub(crate) struct Encoder {
    deflate: Compress,
    started: bool,
}

impl Encoder {
    pub(crate) fn new() -> Self {
        let mut deflate = Compress::new(Compression::new(LEVEL), false);
        let primed = deflate.set_dictionary(DICTIONARY_1);
        debug_assert!(primed.is_ok());
        Self { deflate, started: false }
    }

    /// The compressed form of `bytes`, flushed so that it can be read without what follows.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len() / 2 + 64);
        if !self.started {
            self.started = true;
            out.extend_from_slice(&[MAGIC, CODEC_DEFLATE_1]);
        }
        let start = self.deflate.total_in();
        loop {
            let taken = usize::try_from(self.deflate.total_in() - start).unwrap_or(usize::MAX);
            let rest = bytes.get(taken..).unwrap_or_default();
            out.reserve(64.max(rest.len() / 2));
            // Compressing into memory fails only on misuse of the stream, which is not finished before it is dropped.
            let result = self.deflate.compress_vec(rest, &mut out, FlushCompress::Sync);
            debug_assert!(result.is_ok());
            let consumed = self.deflate.total_in() - start == bytes.len() as u64;
            if result.is_err() || (consumed && out.len() < out.capacity()) {
                return out;
            }
        }
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoder({} bytes in)", self.deflate.total_in())
    }
}

/// Decompresses one stream, only as far as it is asked to.
pub(crate) struct Decoder {
    inflate: Decompress,
    limits: StreamLimits,
    waiting: Vec<u8>,
    taken: usize,
    bytes: usize,
    header: usize,
    failed: Option<StreamError>,
}

impl Decoder {
    pub(crate) fn new(limits: StreamLimits) -> Self {
        let mut inflate = Decompress::new(false);
        let primed = inflate.set_dictionary(DICTIONARY_1);
        debug_assert!(primed.is_ok());
        Self { inflate, limits, waiting: Vec::new(), taken: 0, bytes: 0, header: 0, failed: None }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), StreamError> {
        let total = self.bytes.saturating_add(bytes.len());
        if total > self.limits.bytes_max {
            return Err(self.fail(StreamError::TooLong { max: self.limits.bytes_max }));
        }
        self.bytes = total;
        self.waiting.drain(..self.taken);
        self.taken = 0;
        self.waiting.extend_from_slice(bytes);
        Ok(())
    }

    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Appends up to `max` decompressed bytes to `out`, and says how many; 0 until more bytes come.
    pub(crate) fn read(&mut self, out: &mut Vec<u8>, max: usize) -> Result<usize, StreamError> {
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        self.read_header()?;
        let before = out.len();
        out.resize(before + max, 0);
        let (input, produced) = (self.inflate.total_in(), self.inflate.total_out());
        let result = self.inflate.decompress(&self.waiting[self.taken..], &mut out[before..], FlushDecompress::Sync);
        let read = usize::try_from(self.inflate.total_out() - produced).unwrap_or(max).min(max);
        out.truncate(before + read);
        self.taken += usize::try_from(self.inflate.total_in() - input).unwrap_or(usize::MAX);
        match result {
            Ok(Flate::Ok | Flate::BufError) => self.check().map(|()| read),
            Ok(Flate::StreamEnd) | Err(_) => Err(self.fail(StreamError::Damaged)),
        }
    }

    fn read_header(&mut self) -> Result<(), StreamError> {
        while self.header < 2 {
            let Some(&byte) = self.waiting.get(self.taken) else { return Ok(()) };
            match (self.header, byte) {
                (0, MAGIC) | (1, CODEC_DEFLATE_1) => {}
                (0, _) => return Err(self.fail(StreamError::NotTheProtocol)),
                (_, codec) => return Err(self.fail(StreamError::UnknownCodec(codec))),
            }
            self.header += 1;
            self.taken += 1;
        }
        Ok(())
    }

    fn check(&mut self) -> Result<(), StreamError> {
        let out = usize::try_from(self.inflate.total_out()).unwrap_or(usize::MAX);
        let input = usize::try_from(self.inflate.total_in()).unwrap_or(usize::MAX);
        if out > self.limits.decompressed_bytes_max {
            return Err(self.fail(StreamError::DecompressedTooLong { max: self.limits.decompressed_bytes_max }));
        }
        if out.saturating_sub(DECOMPRESSED_BYTES_FREE) > input.saturating_mul(DECOMPRESSION_RATIO_MAX) {
            return Err(self.fail(StreamError::Bomb));
        }
        Ok(())
    }

    fn fail(&mut self, error: StreamError) -> StreamError {
        self.waiting = Vec::new();
        self.taken = 0;
        self.failed = Some(error.clone());
        error
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decoder({} bytes in, {} out)", self.bytes, self.inflate.total_out())
    }
}
