//! Where things lie in the engine's one ordered space of keys.
//!
//! ```text
//! 00 name                      the store's own records: format, head
//! 01 key                       a value, or the manifest of one
//! 02 length(key) key index     a piece of a value; index is big-endian
//! ```
//! A user's key can therefore never be mistaken for one of the store's own.

/// The record that holds the format's number.
pub(super) const FORMAT: &[u8] = b"\x00format";
/// The record of the store's [`super::tally::Tally`].
pub(super) const HEAD: &[u8] = b"\x00head";

/// Behind all values.
pub(super) const VALUES_END: &[u8] = &[CHUNK];

const VALUE: u8 = 1;
const CHUNK: u8 = 2;

/// Where the value of the user's `key` lies.
pub(super) fn value(key: &[u8]) -> Vec<u8> {
    [&[VALUE], key].concat()
}

/// Where piece `index` of the value of the user's `key` lies.
pub(super) fn chunk(key: &[u8], index: u32) -> Vec<u8> {
    [&chunks(key)[..], &index.to_be_bytes()].concat()
}

/// What the keys of all pieces of the value of `key` begin with.
pub(super) fn chunks(key: &[u8]) -> Vec<u8> {
    // Keys are at most 128 bytes long, checked when a batch is committed.
    let length = u8::try_from(key.len()).unwrap_or(u8::MAX);
    [&[CHUNK, length], key].concat()
}

/// What a key of the engine stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning<'k> {
    /// One of the store's own records.
    Own,
    /// The value of this key.
    Value(&'k [u8]),
    /// A piece of the value of this key.
    Chunk(&'k [u8], u32),
    /// Nothing that this version writes.
    Unknown,
}

/// What `stored`, a key of the engine, stands for.
pub(super) fn meaning(stored: &[u8]) -> Meaning<'_> {
    match stored {
        FORMAT | HEAD => Meaning::Own,
        [VALUE, key @ ..] => Meaning::Value(key),
        [CHUNK, length, rest @ ..] => match rest.split_last_chunk::<4>() {
            Some((key, index)) if key.len() == usize::from(*length) => Meaning::Chunk(key, u32::from_be_bytes(*index)),
            _ => Meaning::Unknown,
        },
        _ => Meaning::Unknown,
    }
}

/// `bytes` in hexadecimal, as errors name keys.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_back_as_what_they_were_made_for() {
        for key in [&b""[..], b"\x00format", b"a", &[0xFF; 128]] {
            assert_eq!(meaning(&value(key)), Meaning::Value(key));
            assert_eq!(meaning(&chunk(key, 513)), Meaning::Chunk(key, 513));
        }
        assert_eq!(meaning(HEAD), Meaning::Own);
        assert_eq!(meaning(b"\x02\x09short"), Meaning::Unknown);
    }

    #[test]
    fn pieces_of_one_value_never_lie_among_those_of_another() {
        assert!(!chunk(b"a\x00", 1).starts_with(&chunks(b"a")));
    }
}
