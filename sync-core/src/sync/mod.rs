//! The sync protocol: how changes travel between devices and the server, whatever is in them.
//!
//! One exchange is one `POST`. The request carries a signed [`Hello`] (who, where in each scope) and what waits in the
//! outbox, in signed [`Envelope`]s. The answer carries a Welcome, acknowledgements, the records of each scope's log
//! after the device's cursor, and an End. Either can be cut anywhere; what came whole counts, and the next exchange
//! goes on from there. `docs/PROTOCOL.md` tells it byte by byte.
//!
//! ```text
//!  device                                              server
//!  DeviceSession ── Hello, Offer*, Inquiry*, Push*, Done ─▶ ServerSession ──▶ FindKey, Authorize, Find, Inquire,
//!        │       ◀── Welcome, Lacking*, Fates*, Ack*, ─────────────  │         Deliver,
//!        │           Whole*, Pull*, End                             │         ReadDocument, ReadLog
//!        ▼                                                          ▼
//!  StoreAcks, StoreFates, StorePull, Finished             handle_stored: only then an Ack
//! ```
//!
//! Both sides are state machines without input and output: `handle_*` takes what happened, `poll_*` gives what to do
//! next. Time, entropy, keys and storage are the caller's.
//!
//! **Never here:** what a change says, which records exist, Automerge. A change is bytes with a hash. The gate that
//! stands before Automerge is the caller's, on both sides, as are the rules of who may write what; their verdicts
//! travel as [`ReasonCode`]s. The caller judges deliveries in the order in which they are handed out, since changes
//! build on those before them, and may answer them in any order.
//!
//! # What is promised
//! - A change is acknowledged only when storage said that it is durable, and leaves the outbox only when the device
//!   has stored the acknowledgement.
//! - A frame of records is stored whole with its cursor before the next one counts.
//! - Any repetition, in any order, leads to the same state: the server knows a change by its hash.
//! - What a device wrote in this life of its data is not sent back to it, and its cursor moves past it, unless it wants
//!   it [`Again`]: what it holds does not sum up to the log's [`Digest`].
//! - Nothing of a scope that is not granted is read, sent or named.
//! - A cursor that is not of the server's log (epoch, number or chain) makes the scope be read again; the outbox stays.
//! - A document that the device let go of, and of which something new comes, is sent whole when it asks.
//! - What was set aside is asked about until the server tells that it was let in, or that a person discarded it.
//! - What a server may have lost is offered by fingerprint, asked for, and sent: own work in signed envelopes, that of
//!   others under their names with the server's own [`Voucher`].
//!
//! - What another device wrote and this one carries goes on in its author's envelope, unchanged, and only what the server
//!   says it lacks.
//!
//! # Time
//! A Hello is fresh when the device's clock, corrected by the offset the server told it last, is within ten minutes of
//! the server's time. A wrong clock therefore costs one extra round trip, once: the refusal tells the time. The
//! uncorrected clock is shown too, and marks what the device writes when it is more than five minutes off.

pub mod backoff;
mod carry_file;
mod certificate;
mod codec;
mod cursor;
pub mod device;
mod enrolment;
mod envelope;
mod frame;
mod hello;
pub mod limits;
mod log;
mod message;
mod outbox;
mod peer;
pub mod server;
mod status;
mod voucher;
mod wire;

pub use backoff::Backoff;
pub use carry_file::{CarryFileError, CarryHeader, carry_envelopes, carry_stream};
pub use certificate::{Certificate, Certified, Credentials};
pub use codec::{CODEC_DEFLATE_1, MAGIC, StreamError};
pub use cursor::{Chain, Cursor, Digest, Epoch, Fingerprint, Month};
pub use device::{DeviceConfig, DeviceEvent, DeviceRequest, DeviceSession, ReceivedRecord};
pub use enrolment::{enrolment_proof, is_enrolment_proven};
pub use envelope::{Envelope, EnvelopeEntry, Proof, ProofEntry};
pub use frame::{FrameReader, FrameWriter, StreamLimits};
pub use hello::{Again, Documents, HeldScope, Hello, Incarnation, Nonce, PROTOCOL_VERSION, ServerId, SignedHello};
pub use log::{LogKind, LogPage, LogRecord, PulledRecord, ScopeTail, body_hash, change_hash};
pub use message::{
    Ack, AnswerMessage, Authorship, Done, End, EndScope, Fates, Inquiry, Lacking, MonthDigest, Offer, Pull, Relay,
    RelayEntry, RequestMessage, SetAside, Welcome, WelcomeScope, Whole,
};
pub use outbox::{
    Acknowledged, CarriedEntry, CarriedItem, OutboxEntry, OutboxItem, OutboxTotals, Question, sending_order,
};
pub use peer::{Bring, Card, Kept, NotKept, PeerMessage, PeerRefusal, PeerRole, shared_scopes};
pub use server::{ServerConfig, ServerOutcome, ServerRequest, ServerSession};
pub use status::{Fate, ReasonCode, ScopeStatus, Status};
pub use voucher::{Vouched, Voucher, VoucherKey};
