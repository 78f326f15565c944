//! How records look at rest: one byte of version, a CBOR array that may grow at its end, and a checksum (CRC-32C, four
//! bytes) over the key and all before it, so that a value under another key is noticed as well as an altered one.
//!
//! An array's fields keep their places for ever; a newer version adds behind them and an older one passes over what it
//! does not know. The version byte grows only when that is not enough, and then the older one refuses to read.

use data_encoding::HEXLOWER;
use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::{Chain, Cursor, Incarnation, LogKind, LogRecord};
use jisr_sync_core::time::UnixMillis;
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use super::{
    ChangePlace, DeviceMark, Discarded, EnvelopeId, Index, Row, RowState, SavedDocument, SetAside, StorageError,
    StoredRecord, Subject, Term,
};

/// The version this code writes, and the only one it reads.
const VERSION: u8 = 1;

/// Something stored under a key, in a form of its own.
pub(super) trait Stored: Sized {
    /// What it is called in an error.
    const WHAT: &'static str;
    /// Its form at rest.
    type Form: Encode<()> + for<'b> Decode<'b, ()>;
    fn form(&self) -> Self::Form;
    /// The value again; `None` when the key or the form does not make one. `key` is what it was found under.
    fn read(key: &[u8], form: Self::Form) -> Option<Self>;
}

pub(super) fn pack<T: Stored>(key: &[u8], value: &T) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    // Writing into memory cannot fail, and none of the forms refuses to be encoded.
    let written = minicbor::encode(value.form(), &mut bytes);
    debug_assert!(written.is_ok());
    let sum = checksum(key, &bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

pub(super) fn unpack<T: Stored>(key: &[u8], bytes: &[u8]) -> Result<T, StorageError> {
    let damaged = || damaged(T::WHAT, key);
    let (content, sum) = bytes.split_last_chunk().ok_or_else(damaged)?;
    if *sum != checksum(key, content) {
        return Err(damaged());
    }
    let Some((&VERSION, rest)) = content.split_first() else { return Err(damaged()) };
    let form = minicbor::decode(rest).map_err(|_| damaged())?;
    T::read(key, form).ok_or_else(damaged)
}

fn checksum(key: &[u8], content: &[u8]) -> [u8; 4] {
    crc32c::crc32c_append(crc32c::crc32c(key), content).to_be_bytes()
}

pub(super) fn damaged(what: &'static str, key: &[u8]) -> StorageError {
    StorageError::Damaged { what, id: HEXLOWER.encode(key) }
}

fn document_at_end(key: &[u8]) -> Option<DocumentId> {
    DocumentId::from_slice(key.get(key.len().checked_sub(DocumentId::BYTES)?..)?)
}

impl Stored for Cursor {
    const WHAT: &'static str = "head";
    type Form = Self;

    fn form(&self) -> Self {
        *self
    }

    fn read(_: &[u8], form: Self) -> Option<Self> {
        Some(form)
    }
}

#[derive(Encode, Decode)]
#[cbor(array)]
pub(super) struct RecordForm {
    #[n(0)]
    chain: Chain,
    #[n(1)]
    kind: LogKind,
    #[n(2)]
    document: DocumentId,
    #[n(3)]
    hash: ChangeHash,
    #[n(4)]
    author: Option<(DeviceId, Incarnation)>,
    #[n(5)]
    body: ByteVec,
    #[n(6)]
    received_at: i64,
    #[n(7)]
    clock_suspect: bool,
    #[n(8)]
    envelope: Option<ByteArray<32>>,
    #[n(9)]
    moved: Option<bool>,
}

impl Stored for StoredRecord {
    const WHAT: &'static str = "log record";
    type Form = RecordForm;

    fn form(&self) -> RecordForm {
        RecordForm {
            chain: self.log.chain,
            kind: self.log.kind,
            document: self.log.document,
            hash: self.log.hash,
            author: self.log.author,
            body: self.log.body.clone().into(),
            received_at: self.received_at.0,
            clock_suspect: self.clock_suspect,
            envelope: self.envelope.map(|id| id.0.into()),
            moved: self.log.moved.then_some(true),
        }
    }

    fn read(key: &[u8], form: RecordForm) -> Option<Self> {
        let log = LogRecord {
            number: u64::from_be_bytes(*key.last_chunk()?),
            chain: form.chain,
            kind: form.kind,
            document: form.document,
            hash: form.hash,
            author: form.author,
            moved: form.moved.unwrap_or_default(),
            body: form.body.into(),
        };
        Some(Self {
            log,
            received_at: UnixMillis(form.received_at),
            clock_suspect: form.clock_suspect,
            envelope: form.envelope.map(|id| EnvelopeId(id.into())),
        })
    }
}

impl Stored for ChangePlace {
    const WHAT: &'static str = "place of a change";
    type Form = (ScopeId, u64);

    fn form(&self) -> Self::Form {
        (self.scope.clone(), self.number)
    }

    fn read(_: &[u8], (scope, number): Self::Form) -> Option<Self> {
        Some(Self { scope, number })
    }
}

#[derive(Encode, Decode)]
#[cbor(array)]
pub(super) struct DocumentForm {
    #[n(0)]
    scope: ScopeId,
    #[n(1)]
    saved: ByteVec,
    #[n(2)]
    received_at: i64,
    #[n(3)]
    clock_suspect: bool,
    #[n(4)]
    changed_at: i64,
}

impl Stored for SavedDocument {
    const WHAT: &'static str = "document";
    type Form = DocumentForm;

    fn form(&self) -> DocumentForm {
        DocumentForm {
            scope: self.scope.clone(),
            saved: self.saved.clone().into(),
            received_at: self.received_at.0,
            clock_suspect: self.clock_suspect,
            changed_at: self.changed_at.0,
        }
    }

    fn read(key: &[u8], form: DocumentForm) -> Option<Self> {
        Some(Self {
            id: document_at_end(key)?,
            scope: form.scope,
            saved: form.saved.into(),
            received_at: UnixMillis(form.received_at),
            clock_suspect: form.clock_suspect,
            changed_at: UnixMillis(form.changed_at),
        })
    }
}

#[derive(Encode, Decode)]
#[cbor(array)]
pub(super) struct SetAsideForm {
    #[n(0)]
    scope: ScopeId,
    #[n(1)]
    author: DeviceId,
    #[n(2)]
    brought_by: DeviceId,
    #[n(3)]
    reason: String,
    #[n(4)]
    received_at: i64,
    #[n(5)]
    clock_suspect: bool,
    #[n(6)]
    envelope: ByteArray<32>,
    #[n(7)]
    bytes: ByteVec,
    #[n(8)]
    lacks: Option<ChangeHash>,
}

impl Stored for SetAside {
    const WHAT: &'static str = "change set aside";
    type Form = SetAsideForm;

    fn form(&self) -> SetAsideForm {
        SetAsideForm {
            scope: self.scope.clone(),
            author: self.author,
            brought_by: self.brought_by,
            reason: self.reason.clone(),
            received_at: self.received_at.0,
            clock_suspect: self.clock_suspect,
            envelope: self.envelope.0.into(),
            bytes: self.bytes.clone().into(),
            lacks: self.lacks,
        }
    }

    fn read(key: &[u8], form: SetAsideForm) -> Option<Self> {
        let (hash, document) = super::key::hash_and_document(key)?;
        Some(Self {
            scope: form.scope,
            document,
            hash,
            author: form.author,
            brought_by: form.brought_by,
            reason: form.reason,
            received_at: UnixMillis(form.received_at),
            clock_suspect: form.clock_suspect,
            envelope: EnvelopeId(form.envelope.into()),
            bytes: form.bytes.into(),
            lacks: form.lacks,
        })
    }
}

#[derive(Encode, Decode)]
#[cbor(array)]
pub(super) struct DiscardedForm {
    #[n(0)]
    scope: ScopeId,
    #[n(1)]
    author: DeviceId,
    #[n(2)]
    brought_by: DeviceId,
    #[n(3)]
    reason: String,
    #[n(4)]
    at: i64,
    #[n(5)]
    by: Option<String>,
    #[n(6)]
    because: String,
}

impl Stored for Discarded {
    const WHAT: &'static str = "discarded change";
    type Form = DiscardedForm;

    fn form(&self) -> DiscardedForm {
        DiscardedForm {
            scope: self.scope.clone(),
            author: self.author,
            brought_by: self.brought_by,
            reason: self.reason.clone(),
            at: self.at.0,
            by: self.by.clone(),
            because: self.because.clone(),
        }
    }

    fn read(key: &[u8], form: DiscardedForm) -> Option<Self> {
        let (hash, document) = super::key::hash_and_document(key)?;
        Some(Self {
            hash,
            document,
            scope: form.scope,
            author: form.author,
            brought_by: form.brought_by,
            reason: form.reason,
            at: UnixMillis(form.at),
            by: form.by,
            because: form.because,
        })
    }
}

#[derive(Encode, Decode)]
#[cbor(array)]
pub(super) struct MarkForm {
    #[n(0)]
    last_contact: Option<i64>,
    #[n(1)]
    last_active: i64,
    #[n(2)]
    waiting: Option<u64>,
    #[n(3)]
    clock_ahead_ms: Option<i64>,
    #[n(4)]
    app_version: String,
    #[n(5)]
    incarnation: ByteArray<8>,
    #[n(6)]
    boot: u64,
    #[n(7)]
    past_lives: Vec<ByteArray<8>>,
}

impl Stored for DeviceMark {
    const WHAT: &'static str = "device mark";
    type Form = MarkForm;

    fn form(&self) -> MarkForm {
        MarkForm {
            last_contact: self.last_contact.map(|at| at.0),
            last_active: self.last_active.0,
            waiting: self.waiting,
            clock_ahead_ms: self.clock_ahead_ms,
            app_version: self.app_version.clone(),
            incarnation: self.incarnation.into(),
            boot: self.boot,
            past_lives: self.past_lives.iter().map(|life| (*life).into()).collect(),
        }
    }

    fn read(key: &[u8], form: MarkForm) -> Option<Self> {
        Some(Self {
            device: DeviceId::from_slice(key.get(key.len().checked_sub(DeviceId::BYTES)?..)?)?,
            last_contact: form.last_contact.map(UnixMillis),
            last_active: UnixMillis(form.last_active),
            waiting: form.waiting,
            clock_ahead_ms: form.clock_ahead_ms,
            app_version: form.app_version,
            incarnation: form.incarnation.into(),
            boot: form.boot,
            past_lives: form.past_lives.into_iter().map(Into::into).collect(),
        })
    }
}

/// One term: index, the subject's kind and text, ordinal.
type TermForm = (u8, u8, String, i64);

#[derive(Encode, Decode)]
#[cbor(array)]
pub(super) struct RowForm {
    #[n(0)]
    kind: Option<String>,
    #[n(1)]
    scope: ScopeId,
    #[n(2)]
    heads_hash: ByteArray<32>,
    /// 0 a record, 1 unreadable, 2 unreadable since a newer version wrote it, 3 misplaced.
    #[n(3)]
    state: u8,
    /// The record's JSON, or the field at fault.
    #[n(4)]
    text: String,
    #[n(5)]
    conflicts: Vec<String>,
    #[n(6)]
    clock_suspect: bool,
    #[n(7)]
    received_at: i64,
    #[n(8)]
    changed_at: i64,
    #[n(9)]
    terms: Vec<TermForm>,
}

fn term_form(term: &Term) -> TermForm {
    let (kind, text) = match &term.subject {
        Subject::Everything => (0, String::new()),
        Subject::Unit(unit) => (1, unit.to_string()),
        Subject::Record(id) => (2, id.to_string()),
        Subject::Scope(scope) => (3, scope.to_string()),
    };
    (term.index.number(), kind, text, term.ordinal)
}

fn read_term((index, kind, text, ordinal): TermForm) -> Option<Term> {
    let subject = match kind {
        0 => Subject::Everything,
        1 => Subject::Unit(text.parse().ok()?),
        2 => Subject::Record(text.parse().ok()?),
        3 => Subject::Scope(text.parse().ok()?),
        _ => return None,
    };
    Some(Term { index: Index::from_number(index)?, subject, ordinal })
}

impl Stored for Row {
    const WHAT: &'static str = "row";
    type Form = RowForm;

    fn form(&self) -> RowForm {
        let (state, text) = match &self.state {
            RowState::Record(json) => (0, json.clone()),
            RowState::Unreadable { field, newer } => (if *newer { 2 } else { 1 }, field.clone()),
            RowState::Misplaced => (3, String::new()),
        };
        RowForm {
            kind: self.kind.map(|kind| kind.code().to_owned()),
            scope: self.scope.clone(),
            heads_hash: self.heads_hash.into(),
            state,
            text,
            conflicts: self.conflicts.clone(),
            clock_suspect: self.clock_suspect,
            received_at: self.received_at.0,
            changed_at: self.changed_at.0,
            terms: self.terms.iter().map(term_form).collect(),
        }
    }

    fn read(key: &[u8], form: RowForm) -> Option<Self> {
        let state = match form.state {
            0 => RowState::Record(form.text),
            1 | 2 => RowState::Unreadable { field: form.text, newer: form.state == 2 },
            3 => RowState::Misplaced,
            _ => return None,
        };
        Some(Self {
            id: document_at_end(key)?,
            kind: form.kind.map(|code| code.parse()).transpose().ok()?,
            scope: form.scope,
            heads_hash: form.heads_hash.into(),
            state,
            conflicts: form.conflicts,
            clock_suspect: form.clock_suspect,
            received_at: UnixMillis(form.received_at),
            changed_at: UnixMillis(form.changed_at),
            terms: form.terms.into_iter().map(read_term).collect::<Option<_>>()?,
        })
    }
}
