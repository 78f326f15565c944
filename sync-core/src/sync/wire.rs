//! How the ids and lists of the core look in CBOR: byte strings of a fixed length, texts, bounded arrays.
//!
//! Decoding is strict about lengths and never allocates more than it has read.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{self, Encoder, Write};

use crate::id::{ChangeHash, DeviceId, DocumentId, ScopeId, UnitId};

/// Gives an id with `as_bytes` and `from_slice` the CBOR form of a byte string.
macro_rules! cbor_as_bytes {
    ($name:ident) => {
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(self.as_bytes())?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Self::from_slice(d.bytes()?).ok_or_else(|| minicbor::decode::Error::message("an id of another length"))
            }
        }
    };
}
pub(crate) use cbor_as_bytes;

cbor_as_bytes!(DeviceId);
cbor_as_bytes!(ChangeHash);
cbor_as_bytes!(DocumentId);

impl<C> minicbor::Encode<C> for ScopeId {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.str(&self.to_string())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for ScopeId {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        d.str()?.parse().map_err(|_| Error::message("not a scope"))
    }
}

impl<C> minicbor::Encode<C> for UnitId {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.str(self.as_str())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for UnitId {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        d.str()?.parse().map_err(|_| Error::message("not a unit"))
    }
}

/// Decodes one whole value; trailing bytes are an error, trailing fields inside it are not.
pub(crate) fn decode_whole<'b, T: minicbor::Decode<'b, ()>>(bytes: &'b [u8]) -> Option<T> {
    let mut decoder = Decoder::new(bytes);
    let value = decoder.decode().ok()?;
    (decoder.position() == bytes.len()).then_some(value)
}

/// Encodes a value. Writing into memory cannot fail, and no type of this module refuses to be encoded.
pub(crate) fn encode<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = minicbor::encode(value, &mut bytes);
    debug_assert!(written.is_ok());
    bytes
}

/// An array of at most `MAX` elements.
pub(crate) fn decode_bounded<'b, T: minicbor::Decode<'b, C>, C>(
    d: &mut Decoder<'b>,
    ctx: &mut C,
    max: usize,
) -> Result<Vec<T>, Error> {
    let claimed = d.array()?.ok_or_else(|| Error::message("an array without a length"))?;
    let count = usize::try_from(claimed).unwrap_or(usize::MAX);
    if count > max {
        return Err(Error::message("an array longer than its limit"));
    }
    let mut list = Vec::new();
    for _ in 0..count {
        list.push(d.decode_with(ctx)?);
    }
    Ok(list)
}

/// Defines a `with` module for a list bounded by a named limit.
///
/// What is beyond the limit is not written, since a reader would refuse the whole message for it. Whoever fills a list
/// sees to it that what matters least stands last.
macro_rules! bounded {
    ($name:ident, $max:expr) => {
        pub(crate) mod $name {
            use minicbor::decode::{Decode, Decoder, Error};
            use minicbor::encode::{self, Encode, Encoder, Write};

            pub(crate) fn encode<C, T: Encode<C>, W: Write>(
                list: &[T],
                e: &mut Encoder<W>,
                ctx: &mut C,
            ) -> Result<(), encode::Error<W::Error>> {
                let list = list.get(..$max).unwrap_or(list);
                e.array(list.len() as u64)?;
                list.iter().try_for_each(|item| e.encode_with(item, ctx).map(|_| ()))
            }

            pub(crate) fn decode<'b, C, T: Decode<'b, C>>(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Vec<T>, Error> {
                $crate::sync::wire::decode_bounded(d, ctx, $max)
            }
        }
    };
}

bounded!(scopes, crate::sync::limits::SCOPES_MAX);
bounded!(older_cursors, crate::sync::limits::OLDER_CURSORS_MAX);
bounded!(push_entries, crate::sync::limits::PUSH_ENTRIES_MAX);
bounded!(pull_records, crate::sync::limits::PULL_RECORDS_MAX);
bounded!(months, crate::sync::limits::MONTHS_MAX);
bounded!(documents, crate::sync::limits::WHOLE_DOCUMENTS_MAX);
