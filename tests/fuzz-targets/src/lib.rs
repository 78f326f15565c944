//! What is tried with any bytes, and what must hold then.
//!
//! A target takes an input and returns, or panics when a promise is broken. The fuzzer in `tests/fuzz` makes inputs by
//! the million and needs a nightly compiler; the test of this crate replays the seeds in `tests/fuzz/seeds` and whatever
//! a fuzzer once found, on any compiler, with the same functions.
//!
//! | target | input | what must hold, besides: no panic, no hang, memory within a limit |
//! |---|---|---|
//! | [`request_stream`] | a request to a `ServerSession` | an answer that reads; nothing acknowledged that is not stored |
//! | [`answer_stream`] | an answer to a `DeviceSession` | an outbox entry settled once; no cursor goes back |
//! | [`change`] | a change, made to fit or not | what is let in is as good as honest work; what is not leaves no trace |
//! | [`change_pair`] | two changes | judged together as one by one; either order leads to one document |
//! | [`document`] | a saved document | what is restored saves, reads and takes edits |
//! | [`envelope`] | an envelope, a proof, a Hello | what reads is written back; nobody else's signature verifies |
//! | [`record_json`] | JSON of a record, and of an edit | what is taken is read back equal, here and elsewhere |
//! | [`codes`] | words | what parses is written back |
//! | [`http_body`] | a request to the whole server | no 5xx; the server is ready, agrees with itself, and shows its records |
//! | [`carry_file`] | a carry file, or what is sealed in it, at a device and at the server | a device takes all of it along or nothing; the server lets in what is signed, once, and agrees with itself |
//! | [`van_stream`] | what a device in a meeting is told, before the handshake and inside the channel | it ends in time; nothing changes but by what a device of the service signed |
//! | [`backup`] | a backup file | what is put back agrees with itself and backs up again |
//!
//! Inputs are spelled so that a mutation stays meaningful: choices in the first bytes, then material. Lengths,
//! checksums, signatures and compression, which no fuzzer guesses, are made by the target (`forge`, `streams`).

#![allow(clippy::expect_used, reason = "a target fails by panicking")]

mod backups;
mod caller;
mod carries;
mod devices;
mod envelopes;
mod exchange;
mod forge;
mod gate;
mod http;
mod input;
mod meter;
mod overheard;
mod records;
mod samples;
pub mod seeds;
mod streams;
mod tolerate;
mod vans;
mod words;

pub use backups::backup;
pub use carries::carry_file;
pub use envelopes::envelope;
pub use exchange::{answer_stream, request_stream};
pub use forge::panicking;
pub use gate::{change, change_pair, document};
pub use http::http_body;
pub use records::record_json;
pub use vans::van_stream;
pub use words::codes;

/// What a target does with an input.
pub type Target = fn(&[u8]);

/// Every target by its name: that of its function, of its program in `tests/fuzz`, and of its folder of seeds.
pub const TARGETS: [(&str, Target); 12] = [
    ("request_stream", request_stream),
    ("answer_stream", answer_stream),
    ("change", change),
    ("change_pair", change_pair),
    ("document", document),
    ("envelope", envelope),
    ("record_json", record_json),
    ("codes", codes),
    ("http_body", http_body),
    ("backup", backup),
    ("carry_file", carry_file),
    ("van_stream", van_stream),
];
