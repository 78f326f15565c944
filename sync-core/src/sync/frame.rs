//! Frames in a byte stream: one byte of kind, the payload's length, the payload.
//!
//! The reader takes bytes as they come, cut anywhere, and hands out whole frames one at a time. It holds at most the
//! bytes that travelled (bounded by its limits) and one frame; a length above the limit is refused before its payload
//! is read.

use super::codec::{Decoder, Encoder, StreamError};
use super::limits::FRAME_BYTES_MAX;

/// How much is decompressed in one step, in bytes.
const STEP_BYTES: usize = 16 * 1024;

/// The longest header: the kind, and a length of three groups of seven bits.
const HEADER_BYTES_MAX: usize = 4;

/// What a reader takes from one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamLimits {
    /// Bytes as they travel.
    pub bytes_max: usize,
    /// Decompressed bytes.
    pub decompressed_bytes_max: usize,
}

/// Writes frames into a compressed stream. Each frame can be read as soon as its last byte arrived.
#[derive(Debug)]
pub struct FrameWriter {
    encoder: Encoder,
}

impl FrameWriter {
    /// A writer at the start of a stream.
    pub fn new() -> Self {
        Self { encoder: Encoder::new() }
    }

    /// The bytes of one frame, to be appended to the stream.
    pub fn write(&mut self, kind: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = Vec::with_capacity(payload.len() + HEADER_BYTES_MAX);
        frame.push(kind);
        let mut rest = payload.len();
        while rest >= 0x80 {
            frame.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        frame.push(rest as u8);
        frame.extend_from_slice(payload);
        self.encoder.write(&frame)
    }
}

impl Default for FrameWriter {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads frames from a compressed stream.
#[derive(Debug)]
pub struct FrameReader {
    decoder: Decoder,
    decompressed: Vec<u8>,
    frame_bytes_max: usize,
    /// Why nothing more can be decompressed. Whole frames from before are still handed out: whether they are must not
    /// depend on how the stream was cut on its way.
    damaged: Option<StreamError>,
    failed: Option<StreamError>,
}

impl FrameReader {
    /// A reader at the start of a stream.
    pub fn new(limits: StreamLimits) -> Self {
        Self {
            decoder: Decoder::new(limits),
            decompressed: Vec::new(),
            frame_bytes_max: FRAME_BYTES_MAX,
            damaged: None,
            failed: None,
        }
    }

    /// Holds the next frames to another length.
    pub const fn limit_frames(&mut self, bytes_max: usize) {
        self.frame_bytes_max = bytes_max;
    }

    /// Takes the next bytes of the stream.
    ///
    /// # Errors
    /// When the stream is longer than its limit. Nothing of these bytes was taken.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), StreamError> {
        self.decoder.push(bytes)
    }

    /// The next frame's kind and payload, or `None` until more bytes come.
    ///
    /// # Errors
    /// When the stream is damaged or breaks a limit, after every whole frame that came before. It stays so.
    pub fn next_frame(&mut self) -> Result<Option<(u8, Vec<u8>)>, StreamError> {
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        let frame = self.read_frame();
        if let Err(error) = &frame {
            self.failed = Some(error.clone());
            self.decompressed = Vec::new();
        }
        frame
    }

    fn read_frame(&mut self) -> Result<Option<(u8, Vec<u8>)>, StreamError> {
        loop {
            if let Some((kind, from, to)) = self.whole_frame()? {
                let payload = self.decompressed[from..to].to_vec();
                self.decompressed.drain(..to);
                return Ok(Some((kind, payload)));
            }
            if let Some(damaged) = &self.damaged {
                return Err(damaged.clone());
            }
            match self.decoder.read(&mut self.decompressed, STEP_BYTES) {
                Ok(0) => return Ok(None),
                Ok(_) => {}
                Err(error) => self.damaged = Some(error),
            }
        }
    }

    /// Whether the stream stands between two frames, so that its end here would be no cut.
    pub fn between_frames(&self) -> bool {
        self.decompressed.is_empty()
    }

    /// Bytes taken so far, as they travelled.
    pub const fn bytes(&self) -> usize {
        self.decoder.bytes()
    }

    /// Kind, start and end of the frame at the front, when it is whole.
    fn whole_frame(&self) -> Result<Option<(u8, usize, usize)>, StreamError> {
        let Some((&kind, rest)) = self.decompressed.split_first() else { return Ok(None) };
        let mut length = 0;
        for (place, &byte) in rest.iter().take(HEADER_BYTES_MAX - 1).enumerate() {
            length |= usize::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 != 0 {
                continue;
            }
            if byte == 0 && place > 0 {
                return Err(StreamError::Damaged);
            }
            if length > self.frame_bytes_max {
                return Err(StreamError::FrameTooLong { bytes: length, max: self.frame_bytes_max });
            }
            let from = place + 2;
            return Ok((self.decompressed.len() >= from + length).then_some((kind, from, from + length)));
        }
        if rest.len() >= HEADER_BYTES_MAX - 1 { Err(StreamError::Damaged) } else { Ok(None) }
    }
}
