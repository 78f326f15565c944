//! What an exchange, a scope and a pushed change can come to, as small codes on the wire.

use std::fmt;

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{self, Encoder, Write};

use super::limits::REASON_BYTES_MAX;

/// Declares an enum that travels as one small number, and keeps numbers it does not know.
macro_rules! wire_code {
    ($(#[$doc:meta])* $name:ident { $( $(#[$variant_doc:meta])* $variant:ident = $code:literal $text:literal, )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_doc])* $variant, )*
            /// A code of a newer version. It is treated as the least favourable of those known.
            Unrecognised(u8),
        }

        impl $name {
            /// The number that travels.
            pub const fn number(self) -> u8 {
                match self {
                    $( Self::$variant => $code, )*
                    Self::Unrecognised(code) => code,
                }
            }

            /// The stable name, for log lines and locale keys.
            pub const fn code(self) -> &'static str {
                match self {
                    $( Self::$variant => $text, )*
                    Self::Unrecognised(_) => "unrecognised",
                }
            }

            /// What a number means.
            pub const fn from_number(number: u8) -> Self {
                match number {
                    $( $code => Self::$variant, )*
                    other => Self::Unrecognised(other),
                }
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                e.u8(self.number())?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
                d.u8().map(Self::from_number)
            }
        }
    };
}

wire_code! {
    /// What the server makes of an exchange as a whole.
    Status {
        /// All is well.
        Ok = 0 "ok",
        /// The device speaks a protocol this server does not: it may deliver, and must be updated to receive.
        UpdateRequired = 1 "update-required",
        /// The device was revoked: it may deliver, which is kept aside, and receives nothing.
        Revoked = 2 "revoked",
        /// The device is a copy, or was restored from an old image: it must take a new incarnation and new actors,
        /// and send its outbox again. Nothing was taken.
        Copied = 3 "copied",
        /// The device's corrected time is too far from the server's. The Welcome tells the time; try again at once.
        ClockWrong = 4 "clock-wrong",
        /// No such device, a signature that is not its own, or a Hello made for another server.
        NotAuthentic = 5 "not-authentic",
        /// This Hello was seen before. Try again with a new nonce.
        Replayed = 6 "replayed",
        /// The server cannot now. Try again after the time it gives.
        Busy = 7 "busy",
        /// A frame or the request is longer than its limit.
        TooLarge = 8 "too-large",
        /// Bytes that are not the protocol.
        Malformed = 9 "malformed",
        /// A frame that may not stand where it stood.
        WrongOrder = 10 "wrong-order",
        /// An envelope whose signature is not its device's. What came before it in the exchange stands.
        EnvelopeNotAuthentic = 11 "envelope-not-authentic",
    }
}

wire_code! {
    /// How the device's cursor in a scope stands to the server's log.
    ScopeStatus {
        /// At the head of the log as it was when the Hello came.
        Current = 0 "current",
        /// Behind it; what is missing follows.
        Behind = 1 "behind",
        /// The cursor is not of this log: the scope is read again from the number given.
        Forked = 2 "forked",
        /// The device has not read this scope before; it is read from the start.
        New = 3 "new",
        /// Not granted, or no longer. Nothing follows.
        NotGranted = 4 "not-granted",
    }
}

/// What became of a change that the server had set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Nothing that may be told: it is still aside, or it is not for this device.
    Untold,
    /// The server knows nothing of it: it was put back to a time before it came.
    Unknown,
    /// It is durably in a log: released by a person, or let in when what it builds on had come.
    LetIn,
    /// A person decided that it is not taken in.
    Discarded,
}

/// Why a change was set aside: a stable, lower-case code such as `missing-dependency`, at most
/// [`REASON_BYTES_MAX`] bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonCode(Box<str>);

impl ReasonCode {
    /// A person decided that the change is not taken in, whoever brings it.
    pub const DISCARDED: &str = "discarded";
    /// The change was written under an actor that is registered to another device.
    pub const FOREIGN_ACTOR: &str = "foreign-actor";
    /// The change builds on one that is not in its document's log.
    pub const MISSING_DEPENDENCY: &str = "missing-dependency";
    /// The scope is not granted to the device that wrote it.
    pub const NOT_GRANTED: &str = "not-granted";
    /// It is in the log of another scope, where its record lies now: nothing is set aside, and nothing more is told.
    pub const ELSEWHERE: &str = "elsewhere";
    /// The device that wrote it was revoked.
    pub const REVOKED: &str = "revoked";
    /// Nothing is kept of it, since too much that its bringer brought is set aside: it stays on the device.
    pub const HELD_BACK: &str = "held-back";
    /// Neither a signature nor a voucher proves who wrote the change.
    pub const UNPROVEN: &str = "unproven";
    /// The envelope's device is not known here.
    pub const UNKNOWN_DEVICE: &str = "unknown-device";
    /// The change is longer than a change may be.
    pub const TOO_LARGE: &str = "too-large";

    /// The code `text`, or `None` unless it is 1 to [`REASON_BYTES_MAX`] of `a-z`, `0-9` and `-`.
    pub fn new(text: &str) -> Option<Self> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let good = !text.is_empty() && text.len() <= REASON_BYTES_MAX && text.bytes().all(allowed);
        good.then(|| Self(text.into()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReasonCode({})", self.0)
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<C> minicbor::Encode<C> for ReasonCode {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.str(&self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for ReasonCode {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        Self::new(d.str()?).ok_or_else(|| Error::message("not a reason code"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_round_trips_and_one_of_a_newer_version_is_kept() {
        for number in 0..=255 {
            assert_eq!(Status::from_number(number).number(), number);
            assert_eq!(ScopeStatus::from_number(number).number(), number);
        }
        assert_eq!(Status::from_number(3), Status::Copied);
        assert_eq!(Status::from_number(200), Status::Unrecognised(200));
    }

    #[test]
    fn a_reason_is_a_short_code_and_never_free_text() {
        assert!(ReasonCode::new(ReasonCode::MISSING_DEPENDENCY).is_some());
        assert!(ReasonCode::new(&"a".repeat(REASON_BYTES_MAX)).is_some());
        for bad in ["", "Not granted", "اسم", &"a".repeat(REASON_BYTES_MAX + 1)] {
            assert_eq!(ReasonCode::new(bad), None, "{bad}");
        }
    }
}
