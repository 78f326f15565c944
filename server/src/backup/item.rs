//! What a backup holds, value by value, and in which section of the file it stands.
//!
//! | section | value |
//! |---|---|
//! | 1 | the header: server id, when made (milliseconds since 1970), by which version of the program |
//! | 2 | a device's mark |
//! | 3 | a change that was set aside |
//! | 4 | the end of a log: scope, number, chain value |
//! | 5 | a record of a log, scope by scope in the order of section 4, numbered from 1 |
//! | 6 | a proof of authorship |
//! | 7 | an actor and the device it is registered to |
//! | 8 | an entry of the registry as it lies there: key and value |
//! | 9 | the text of the configuration file |
//! | 10 | a person's decision not to take a change in |
//! | 255 | the last one: how many values each section has, in order |
//!
//! Sections 2, 3, 5, 6, 7 and 10 are [`Carried`]. Epochs, sign-ins and open enrolment codes are in no backup.

use jisr_sync_core::id::ScopeId;
use jisr_sync_core::sync::{Chain, ServerId};
use jisr_sync_core::time::UnixMillis;
use minicbor::bytes::ByteVec;
use minicbor::{Decoder, Encode};

use super::frame::END;
use crate::storage::{Carried, CarriedKind};

/// Who made a backup, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The server whose data it is.
    pub server: ServerId,
    /// When it was begun, by the server's clock.
    pub made_at: UnixMillis,
    /// The version of the program that made it.
    pub program: String,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Header(Header),
    Carried(Carried),
    Head(ScopeId, u64, Chain),
    Registry(Vec<u8>, Vec<u8>),
    Config(String),
    /// Section and number of its values.
    End(Vec<(u8, u64)>),
}

const HEADER: u8 = 1;
const MARKS: u8 = 2;
pub(super) const SET_ASIDE: u8 = 3;
pub(super) const HEADS: u8 = 4;
pub(super) const RECORDS: u8 = 5;
const ENVELOPES: u8 = 6;
const ACTORS: u8 = 7;
const REGISTRY: u8 = 8;
const CONFIG: u8 = 9;
const DISCARDED: u8 = 10;

impl Item {
    /// The section it stands in.
    pub(super) const fn section(&self) -> u8 {
        match self {
            Self::Header(_) => HEADER,
            Self::Carried(Carried::Mark(_)) => MARKS,
            Self::Carried(Carried::SetAside(_)) => SET_ASIDE,
            Self::Carried(Carried::Discarded(_)) => DISCARDED,
            Self::Head(..) => HEADS,
            Self::Carried(Carried::Record(..)) => RECORDS,
            Self::Carried(Carried::Envelope(_)) => ENVELOPES,
            Self::Carried(Carried::Actor(..)) => ACTORS,
            Self::Registry(..) => REGISTRY,
            Self::Config(_) => CONFIG,
            Self::End(_) => END,
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Header(header) => encode((header.server, header.made_at.0, header.program.as_str())),
            Self::Carried(carried) => carried.to_bytes(),
            Self::Head(scope, number, chain) => encode((scope.clone(), *number, *chain)),
            Self::Registry(key, value) => encode((ByteVec::from(key.clone()), ByteVec::from(value.clone()))),
            Self::Config(text) => encode(text.as_str()),
            Self::End(counts) => encode(counts),
        }
    }

    /// Reads the next value of a section; `None` when it does not read, or there is no such section.
    pub(super) fn read(section: u8, from: &mut Decoder<'_>) -> Option<Self> {
        let carried = |kind, from: &mut Decoder<'_>| Carried::read(kind, from).map(Self::Carried);
        match section {
            HEADER => {
                let (server, made_at, program): (ServerId, i64, String) = from.decode().ok()?;
                Some(Self::Header(Header { server, made_at: UnixMillis(made_at), program }))
            }
            MARKS => carried(CarriedKind::Mark, from),
            SET_ASIDE => carried(CarriedKind::SetAside, from),
            DISCARDED => carried(CarriedKind::Discarded, from),
            HEADS => from.decode().ok().map(|(scope, number, chain)| Self::Head(scope, number, chain)),
            RECORDS => carried(CarriedKind::Record, from),
            ENVELOPES => carried(CarriedKind::Envelope, from),
            ACTORS => carried(CarriedKind::Actor, from),
            REGISTRY => {
                let (key, value): (ByteVec, ByteVec) = from.decode().ok()?;
                Some(Self::Registry(key.into(), value.into()))
            }
            CONFIG => from.decode().ok().map(Self::Config),
            END => from.decode().ok().map(Self::End),
            _ => None,
        }
    }
}

fn encode<T: Encode<()>>(value: T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory cannot fail, and no value here refuses to be encoded.
    let written = minicbor::encode(value, &mut bytes);
    debug_assert!(written.is_ok());
    bytes
}
