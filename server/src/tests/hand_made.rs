//! The records and the sync end that tests put in place of the real ones.
//!
//! It holds three records: number 1 is of unit azilal-1, number 2 a person of the province azilal, number 3 a person
//! that unit azilal-2 alone may see. It never fails.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use jisr_sync_core::document::{Edited, FieldEdit, HistoryEntry};
use jisr_sync_core::id::{ActorId, ChangeHash, DocumentId, ScopeId};
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::time::{OperationalDay, UnixMillis};
use serde_json::json;

use super::NOW;
use super::day::{conflict, day, record_id};
use crate::backup::{BackupError, Made};
use crate::ports::{
    AsideLine, BackupOrder, Day, DeviceContact, Exchange, RecordKindCode, RecordView, Records, RecordsError, Totals,
    Verification,
};
use crate::registry::Unit;

pub struct HandMade;

/// A note that must be shown to those who may read the record and must never reach a log line.
pub const NOTE: &str = "Red Jacket sleeps behind the <b>station</b>";

impl Records for HandMade {
    fn day(&self, _: OperationalDay, units: &[Unit], _: UnixMillis) -> Result<Day, RecordsError> {
        Ok(day(units))
    }

    fn record(&self, id: DocumentId) -> Result<Option<RecordView>, RecordsError> {
        let (kind, scope, restricted) = match id {
            id if id == record_id(1) => (RecordKind::Encounter, "unit/azilal-1", None),
            id if id == record_id(2) => (RecordKind::Person, "province/azilal", None),
            id if id == record_id(3) => (RecordKind::Person, "province/azilal", Some("azilal-2")),
            _ => return Ok(None),
        };
        Ok(Some(view(id, kind, scope.parse().unwrap(), restricted)))
    }

    fn contacts(&self) -> Result<Vec<DeviceContact>, RecordsError> {
        Ok(Vec::new())
    }

    fn totals(&self) -> Result<Totals, RecordsError> {
        Ok(Totals { log_records: 7, set_aside: 2 })
    }

    fn set_aside(&self, _: usize) -> Result<Vec<AsideLine>, RecordsError> {
        Ok(Vec::new())
    }

    fn ready(&self) -> Result<(), RecordsError> {
        Ok(())
    }

    fn verify(&self, repaired: bool) -> Result<Verification, RecordsError> {
        Ok(Verification { findings: Vec::new(), documents: 3, repaired })
    }

    fn back_up(&self, order: &BackupOrder, _: UnixMillis) -> Result<Made, BackupError> {
        Err(BackupError::Occupied { file: order.file.clone() })
    }
}

impl Exchange for HandMade {
    fn exchange(&self, _: Body) -> BoxFuture<'static, Response> {
        Box::pin(async { "frames".into_response() })
    }
}

fn view(id: DocumentId, kind: RecordKind, scope: ScopeId, restricted: Option<&str>) -> RecordView {
    let fields = json!({
        "outcome": "engaged",
        "sleeping_situation": "abandoned",
        "persons": {"1f00ab42": {"sex": "male", "age": "10-14"}},
        "given": {"meal": 2, "blanket": 1},
        "notes": {"0a0b0c0d": {"text": NOTE, "by": "fz2", "at": NOW.0}},
    });
    RecordView {
        id,
        kind: RecordKindCode(kind),
        scope,
        day: Some("2026-11-23".parse().unwrap()),
        restricted_to: restricted.map(|unit| unit.parse().unwrap()),
        fields: fields.as_object().unwrap().clone(),
        conflicts: vec![conflict()],
        history: vec![
            entry(90, "fz2", Vec::new()),
            entry(
                55,
                "ah1",
                vec![
                    FieldEdit { field: "sleeping_situation".to_owned(), edit: Edited::Set(json!("abandoned")) },
                    FieldEdit { field: "given/meal".to_owned(), edit: Edited::Added(1) },
                ],
            ),
        ],
    }
}

fn entry(minutes: i64, staff: &str, edits: Vec<FieldEdit>) -> HistoryEntry {
    HistoryEntry {
        change: ChangeHash::from_bytes([9; 32]),
        actor: ActorId::from_bytes([3; 16]),
        staff: Some(staff.parse().unwrap()),
        at: UnixMillis(NOW.0 - minutes * 60_000),
        edits,
    }
}
