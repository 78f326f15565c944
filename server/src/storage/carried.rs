//! How what is kept travels from one store into another: the truth only, in forms that no engine is needed to read.
//!
//! Each is one CBOR value: what its key says of it, then the form it has at rest (`codec.rs`), whose fields keep their
//! places for ever. What follows from the logs does not travel, and neither do epochs: the logs of another store are
//! another life of them.

use jisr_sync_core::id::{ActorId, DeviceId, ScopeId};
use minicbor::bytes::ByteVec;
use minicbor::{Decoder, Encode};

use super::codec::{DiscardedForm, MarkForm, RecordForm, SetAsideForm, Stored};
use super::{DeviceMark, Discarded, SetAside, StoredRecord};

/// One thing that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// What a device last told.
    Mark(DeviceMark),
    /// A change that was not let in.
    SetAside(SetAside),
    /// A person's decision not to take a change in.
    Discarded(Discarded),
    /// A record of a scope's log.
    Record(ScopeId, StoredRecord),
    /// A proof of authorship, in its stored form.
    Envelope(Vec<u8>),
    /// An actor and the device it is registered to.
    Actor(ActorId, DeviceId),
}

/// What kind of thing is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CarriedKind {
    /// [`Carried::Mark`].
    Mark,
    /// [`Carried::SetAside`].
    SetAside,
    /// [`Carried::Discarded`].
    Discarded,
    /// [`Carried::Record`].
    Record,
    /// [`Carried::Envelope`].
    Envelope,
    /// [`Carried::Actor`].
    Actor,
}

impl Carried {
    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Mark(mark) => encode((ByteVec::from(mark.device.as_bytes().to_vec()), mark.form())),
            Self::SetAside(aside) => {
                let key = [aside.hash.as_bytes().as_slice(), aside.document.as_bytes()].concat();
                encode((ByteVec::from(key), aside.form()))
            }
            Self::Discarded(one) => {
                let key = [one.hash.as_bytes().as_slice(), one.document.as_bytes()].concat();
                encode((ByteVec::from(key), one.form()))
            }
            Self::Record(scope, record) => encode((scope.clone(), record.log.number, record.form())),
            Self::Envelope(stored) => encode(ByteVec::from(stored.clone())),
            Self::Actor(actor, device) => encode((ByteVec::from(actor.as_bytes().to_vec()), *device)),
        }
    }

    /// Reads the next one of a kind; `None` when it does not read.
    pub fn read(kind: CarriedKind, from: &mut Decoder<'_>) -> Option<Self> {
        match kind {
            CarriedKind::Mark => {
                let (key, form): (ByteVec, MarkForm) = from.decode().ok()?;
                DeviceMark::read(&key, form).map(Self::Mark)
            }
            CarriedKind::SetAside => {
                let (key, form): (ByteVec, SetAsideForm) = from.decode().ok()?;
                SetAside::read(&key, form).map(Self::SetAside)
            }
            CarriedKind::Discarded => {
                let (key, form): (ByteVec, DiscardedForm) = from.decode().ok()?;
                Discarded::read(&key, form).map(Self::Discarded)
            }
            CarriedKind::Record => {
                let (scope, number, form): (ScopeId, u64, RecordForm) = from.decode().ok()?;
                StoredRecord::read(&number.to_be_bytes(), form).map(|record| Self::Record(scope, record))
            }
            CarriedKind::Envelope => from.decode::<ByteVec>().ok().map(|stored| Self::Envelope(stored.into())),
            CarriedKind::Actor => {
                let (actor, device): (ByteVec, DeviceId) = from.decode().ok()?;
                ActorId::from_slice(&actor).map(|actor| Self::Actor(actor, device))
            }
        }
    }
}

fn encode<T: Encode<()>>(value: T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory cannot fail, and none of the forms refuses to be encoded.
    let written = minicbor::encode(value, &mut bytes);
    debug_assert!(written.is_ok());
    bytes
}
