//! Bytes read one after the other, with numbers in LEB128: seven bits a byte, low bits first.
//!
//! Only the shortest spelling of a number is read, since a change has one hash only if it has one spelling. Never
//! panics, never allocates, never reads past the end; every answer is `None` when the bytes do not hold what was asked.

/// A place in some bytes.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the first of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The bytes that are left.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether none is left.
    pub const fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// A length and that many bytes.
    pub fn prefixed(&mut self) -> Option<&'a [u8]> {
        let length = self.unsigned()?;
        self.take(usize::try_from(length).ok()?)
    }

    /// An unsigned number of at most 64 bits.
    pub fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for position in 0..10 {
            let [byte] = self.array()?;
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit.
            if position == 9 && bits > 1 {
                return None;
            }
            value |= bits << (7 * position);
            if byte & 0x80 == 0 {
                let shortest = byte != 0 || position == 0;
                return shortest.then_some(value);
            }
        }
        None
    }

    /// A signed number of at most 64 bits, in two's complement.
    pub fn signed(&mut self) -> Option<i64> {
        let mut value = 0i64;
        let mut previous = 0u8;
        for position in 0..10 {
            let [byte] = self.array()?;
            // The tenth byte has room for the sign only.
            if position == 9 && byte != 0 && byte != 0x7f {
                return None;
            }
            value |= i64::from(byte & 0x7f) << (7 * position);
            if byte & 0x80 == 0 {
                let negative = byte & 0x40 != 0;
                if negative && position < 9 {
                    value |= -1 << (7 * (position + 1));
                }
                let only_sign = (byte == 0 && previous & 0x40 == 0) || (byte == 0x7f && previous & 0x40 != 0);
                return (position == 0 || !only_sign).then_some(value);
            }
            previous = byte;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unsigned(bytes: &[u8]) -> Option<u64> {
        let mut reader = Reader::new(bytes);
        reader.unsigned().filter(|_| reader.is_done())
    }

    fn signed(bytes: &[u8]) -> Option<i64> {
        let mut reader = Reader::new(bytes);
        reader.signed().filter(|_| reader.is_done())
    }

    fn write_signed(mut value: i64) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            let byte = u8::try_from(value & 0x7f).unwrap();
            value >>= 7;
            let done = (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0);
            bytes.push(if done { byte } else { byte | 0x80 });
            if done {
                return bytes;
            }
        }
    }

    #[test]
    fn only_the_shortest_spelling_of_a_number_is_read() {
        assert_eq!(unsigned(&[0]), Some(0));
        assert_eq!(unsigned(&[0x81, 0x01]), Some(129));
        assert_eq!(unsigned(&[0x81, 0x00]), None);
        assert_eq!(unsigned(&[0x80, 0x00]), None);
        assert_eq!(signed(&[0x7f]), Some(-1));
        assert_eq!(signed(&[0xff, 0x7f]), None);
        assert_eq!(signed(&[0xff, 0x00]), Some(127));
        assert_eq!(signed(&[0xbf, 0x00]), None);
    }

    #[test]
    fn a_number_of_more_than_64_bits_or_without_an_end_is_not_read() {
        let mut largest = [0xff; 10];
        largest[9] = 1;
        assert_eq!(unsigned(&largest), Some(u64::MAX));
        largest[9] = 2;
        assert_eq!(unsigned(&largest), None);
        assert_eq!(unsigned(&[0xff; 11]), None);
        assert_eq!(signed(&[0xff; 11]), None);
        assert_eq!(unsigned(&[0xff]), None);
        assert_eq!(unsigned(&[]), None);
    }

    #[test]
    fn a_length_beyond_the_end_takes_nothing() {
        let mut reader = Reader::new(&[0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2]);

        assert_eq!(reader.prefixed(), None);
    }

    proptest! {
        #[test]
        fn every_signed_number_comes_back_from_its_shortest_spelling(value: i64) {
            prop_assert_eq!(signed(&write_signed(value)), Some(value));
        }

        #[test]
        fn what_is_read_is_the_shortest_spelling(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            if let Some(value) = signed(&bytes) {
                prop_assert_eq!(write_signed(value), bytes);
            }
        }
    }
}
