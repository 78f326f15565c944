//! Every bound of the protocol, by name. Above a limit there is a refusal that names it, and nothing is lost on the
//! device. `docs/PROTOCOL.md` carries the same table, and a test keeps the two equal.

/// The longest frame, in decompressed bytes, header excluded. It holds one change of the longest kind and its
/// envelope.
pub const FRAME_BYTES_MAX: usize = 320 * 1024;

/// The longest request body, in bytes as they travel.
pub const REQUEST_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The smallest limit a server may set for a request body, in bytes as they travel: a Hello and one frame of the longest
/// kind. Below it a long change could never be delivered, and the device would try for ever.
pub const REQUEST_BYTES_MIN: usize = HELLO_BYTES_MAX + FRAME_BYTES_MAX;

/// The longest request, in decompressed bytes.
pub const REQUEST_DECOMPRESSED_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The longest answer body, in bytes as they travel.
pub const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The longest answer, in decompressed bytes.
pub const ANSWER_DECOMPRESSED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Decompressed bytes accepted for each byte that travelled, beyond [`DECOMPRESSED_BYTES_FREE`].
pub const DECOMPRESSION_RATIO_MAX: usize = 100;

/// Decompressed bytes accepted before [`DECOMPRESSION_RATIO_MAX`] counts: more than an honest sender puts into one
/// stream, so that a record of a single repeated letter, which deflate shrinks a thousandfold, is never refused.
pub const DECOMPRESSED_BYTES_FREE: usize = 3 * 1024 * 1024;

/// The longest Hello, in bytes. What arrives before a device is known is held to this.
pub const HELLO_BYTES_MAX: usize = 8 * 1024;

/// The longest change, in bytes.
pub const CHANGE_BYTES_MAX: usize = 256 * 1024;

/// The most changes in one Push frame.
pub const PUSH_ENTRIES_MAX: usize = 512;

/// The most changes in one request. What is over waits for the next.
pub const REQUEST_ENTRIES_MAX: usize = 8_192;

/// The most fingerprints in one Offer. In one request no more than [`REQUEST_ENTRIES_MAX`].
pub const OFFER_FINGERPRINTS_MAX: usize = 4_096;

/// The most Push and Relay frames handed to storage and not yet answered.
pub const DELIVERIES_OPEN_MAX: usize = 8;

/// The most records in one Pull frame.
pub const PULL_RECORDS_MAX: usize = 4_096;

/// The most scopes in one Hello or Welcome.
pub const SCOPES_MAX: usize = 64;

/// The most older cursors a device shows for one scope.
pub const OLDER_CURSORS_MAX: usize = 32;

/// The most month digests in an End, for one scope.
pub const MONTHS_MAX: usize = 240;

/// The most documents that a device asks for whole in one scope.
pub const WHOLE_DOCUMENTS_MAX: usize = 64;

/// The longest app version, in bytes.
pub const APP_VERSION_BYTES_MAX: usize = 32;

/// The longest reason code, in bytes.
pub const REASON_BYTES_MAX: usize = 64;

/// How far a device's corrected time may be from the server's before its Hello is refused, in milliseconds.
pub const CLOCK_SKEW_REFUSED_MS: i64 = 10 * 60 * 1_000;

/// How far a device's own clock may be from the server's before its records are marked, in milliseconds.
pub const CLOCK_SKEW_MARKED_MS: i64 = 5 * 60 * 1_000;

/// How long a server keeps nonces, in milliseconds: longer than a Hello can stay fresh.
pub const NONCE_KEPT_MS: i64 = 2 * CLOCK_SKEW_REFUSED_MS;

/// How long one request may take, in milliseconds. The caller's clock keeps it.
pub const REQUEST_TIME_MAX_MS: u64 = 120_000;

/// How long without progress until the aim for a frame's length is halved, in milliseconds.
pub const NO_PROGRESS_MS: u64 = 15_000;

/// What the first frame with changes aims at, in decompressed bytes: under 1,200 bytes as it travels.
pub const FIRST_FRAME_BYTES_AIM: usize = 2 * 1024;

/// What the frames after it aim at, in decompressed bytes: about 4 KiB as they travel.
pub const FRAME_BYTES_AIM: usize = 16 * 1024;

/// The smallest aim for a frame, in decompressed bytes, however bad the link.
pub const FRAME_BYTES_AIM_MIN: usize = 1024;

/// What one request carries before the rest waits for the next, in decompressed bytes.
pub const REQUEST_BYTES_AIM: usize = 1024 * 1024;

/// What one answer carries before it says that there is more, in decompressed bytes.
pub const ANSWER_BYTES_AIM: usize = 2 * 1024 * 1024;

/// The longest wait between two attempts that the device decides on itself, in milliseconds.
pub const RETRY_DELAY_MAX_MS: u64 = 15 * 60 * 1_000;

/// The wait before the first retry, before jitter, in milliseconds.
pub const RETRY_DELAY_MIN_MS: u64 = 2_000;

/// The longest `Retry-After` that is honoured, in milliseconds.
pub const RETRY_AFTER_MAX_MS: u64 = 24 * 60 * 60 * 1_000;

/// How old a certificate may be when another device is shown it, in milliseconds: 30 days.
pub const CERTIFICATE_AGE_MAX_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// How old a device's certificate is when it asks its server for a new one, in milliseconds: 5 days.
pub const CERTIFICATE_RENEWED_AFTER_MS: i64 = 5 * 24 * 60 * 60 * 1_000;

/// The most envelopes of other devices that one device carries.
pub const CARRIED_ENVELOPES_MAX: usize = 1_024;

/// The most bytes of other devices' envelopes that one device carries.
pub const CARRIED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The most envelopes that one device carries of what the same device handed over: one phone cannot fill another.
pub const CARRIED_FROM_ONE_ENVELOPES_MAX: usize = CARRIED_ENVELOPES_MAX / 4;

/// The most bytes that one device carries of what the same device handed over.
pub const CARRIED_FROM_ONE_BYTES_MAX: usize = CARRIED_BYTES_MAX / 4;

/// The most changes of other devices about which one request asks.
pub const CARRIED_ASKED_MAX: usize = 4_096;

/// The longest carry file, in bytes: what one request brings, with room for the Hello before it.
pub const CARRY_FILE_BYTES_MAX: usize = REQUEST_BYTES_MAX - 16 * 1024;

/// The most bytes that a carry file opens to, in decompressed bytes.
pub const CARRY_FILE_OPENED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How long a device waits for another in a meeting without progress, in milliseconds.
pub const VAN_NO_PROGRESS_MS: u64 = 15_000;

/// How long one meeting of two devices may take, in milliseconds.
pub const VAN_MEETING_TIME_MAX_MS: u64 = 10 * 60 * 1_000;

/// The most bytes one device takes from another in a meeting, as they travel.
pub const VAN_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The most bytes one device takes from another in a meeting, decompressed.
pub const VAN_DECOMPRESSED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The most Offers of one device in a meeting.
pub const VAN_OFFERS_MAX: usize = 64;

/// The most envelopes of one device in a meeting.
pub const VAN_ENVELOPES_MAX: usize = 4_096;

/// How long a device waits for another to join it, in milliseconds: 10 minutes. Its code is good no longer.
pub const VAN_SHARE_TIME_MAX_MS: u64 = 10 * 60 * 1_000;

/// How many devices may come in vain before a one-time code is used up.
pub const VAN_TRIES_MAX: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_honest_sender_sends_is_within_every_limit() {
        const { assert!(CHANGE_BYTES_MAX + 4096 < FRAME_BYTES_MAX) };
        const { assert!(REQUEST_BYTES_MIN < REQUEST_BYTES_MAX) };
        const { assert!(REQUEST_BYTES_AIM + FRAME_BYTES_MAX < DECOMPRESSED_BYTES_FREE) };
        const { assert!(ANSWER_BYTES_AIM + FRAME_BYTES_MAX < DECOMPRESSED_BYTES_FREE) };
        const { assert!(REQUEST_BYTES_AIM + FRAME_BYTES_MAX < REQUEST_BYTES_MAX) };
        const { assert!(ANSWER_BYTES_AIM + FRAME_BYTES_MAX < ANSWER_BYTES_MAX) };
        const { assert!(NONCE_KEPT_MS >= 2 * CLOCK_SKEW_REFUSED_MS) };
    }
}
