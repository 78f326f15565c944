//! A fuzzer's input, taken apart from the front: choices first, the rest is material.
//!
//! Never fails: where the input has ended, every choice is 0 and every piece is empty. So each prefix of an input is an
//! input too, and shortening one leaves its meaning nearly as it was.

/// What is left of an input.
#[derive(Debug, Clone, Copy)]
pub struct Draw<'a> {
    rest: &'a [u8],
}

impl<'a> Draw<'a> {
    /// Starts at the front.
    pub const fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    /// The next two bytes, low one first.
    pub fn short(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    /// The next `count` bytes, or as many as there are.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// A piece with its length in two bytes before it.
    pub fn piece(&mut self) -> &'a [u8] {
        let length = self.short();
        self.take(length.into())
    }

    /// All that is left.
    pub const fn rest(self) -> &'a [u8] {
        self.rest
    }

    /// Whether nothing is left.
    pub const fn is_done(self) -> bool {
        self.rest.is_empty()
    }
}

/// `bytes` as [`Draw::piece`] takes them; what does not fit its length is cut off.
pub fn as_piece(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_le_bytes()[..], &bytes[..usize::from(length)]].concat()
}

/// Frames as they stand in an input: kind, and payload as a piece, one after the other.
pub fn frames(mut draw: Draw<'_>) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while !draw.is_done() {
        frames.push((draw.byte(), draw.piece().to_vec()));
    }
    frames
}

/// Cuts `bytes` into pieces whose lengths follow from `seed`.
pub fn pieces(mut bytes: &[u8], seed: u8) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut length = usize::from(seed) + 1;
    while !bytes.is_empty() {
        let (piece, rest) = bytes.split_at(length.min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
        length = length * 5 % 127 + 1;
    }
    pieces
}
