//! The records and the sync end that tests put in place of the real ones.
//!
//! It holds three records: number 1 is of unit azilal-1, number 2 a person of the province azilal, number 3 a person
//! that unit azilal-2 alone may see. It never fails. A backup of it has no end, and can only be stopped.

use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use jisr_sync_core::document::{Edited, FieldEdit, HistoryEntry};
use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::sync::SignedHello;
use jisr_sync_core::time::{OperationalDay, UnixMillis};
use serde_json::json;

use super::NOW;
use super::day::{conflict, day, record_id};
use crate::backup::{BackupError, Made};
use crate::merge::{Decision, Relocated, Ruled, Ruling};
use crate::ports::{
    AsideFilter, AsideLine, AsidePage, AsideView, BackupOrder, Brief, CarryError, CarryOutcome, Day, DeviceContact,
    Exchange, RecordKindCode, RecordView, Records, RecordsError, Totals, Verification,
};
use crate::progress::{Count, Stage, Watch};
use crate::registry::Unit;
use crate::storage::AsideName;

pub struct HandMade;

/// A note that must be shown to those who may read the record and must never reach a log line.
pub const NOTE: &str = "Red Jacket sleeps behind the <b>station</b>";

impl Records for HandMade {
    fn day(&self, _: OperationalDay, units: &[Unit], now: UnixMillis) -> Result<Day, RecordsError> {
        Ok(day(units, now))
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

    fn brief(&self, id: DocumentId) -> Result<Option<Brief>, RecordsError> {
        let encounter = |unit: &str| Brief {
            kind: RecordKind::Encounter,
            scope: unit.parse().unwrap(),
            restricted_to: None,
            day: Some("2026-11-23".parse().unwrap()),
            at: Some(UnixMillis(NOW.0 - 60 * 60_000)),
            short_code: None,
            names: (None, None),
        };
        let code = |code: &str| Some(code.to_owned());
        Ok(match id {
            id if id == record_id(1) => Some(encounter("unit/azilal-1")),
            id if id == record_id(4) => Some(encounter("unit/azilal-2")),
            _ => self.record(id)?.map(|record| Brief {
                kind: record.kind.0,
                scope: record.scope,
                restricted_to: record.restricted_to,
                short_code: if id == record_id(2) { code("AZ-7K2Q") } else { code("AZ-0000") },
                at: None,
                ..encounter("unit/azilal-1")
            }),
        })
    }

    fn contacts(&self) -> Result<Vec<DeviceContact>, RecordsError> {
        Ok(Vec::new())
    }

    fn totals(&self) -> Result<Totals, RecordsError> {
        Ok(Totals { log_records: 7, set_aside: 2 })
    }

    fn set_aside(
        &self,
        _: &AsideFilter,
        may: &dyn Fn(&ScopeId, DeviceId) -> bool,
        _: UnixMillis,
    ) -> Result<AsidePage, RecordsError> {
        let asides = asides().into_iter().filter(|aside| may(&aside.scope, aside.device)).collect();
        Ok(AsidePage { asides, next: None })
    }

    fn aside_named(&self, name: &AsideName, _: UnixMillis) -> Result<Vec<AsideLine>, RecordsError> {
        let named = |aside: &AsideLine| aside.hash.to_string().starts_with(&name.start.to_string());
        Ok(asides().into_iter().filter(named).collect())
    }

    fn aside_view(&self, of: &AsideLine, _: UnixMillis) -> Result<Option<AsideView>, RecordsError> {
        Ok(Some(AsideView {
            line: of.clone(),
            device_name: Some("Samsung <A05>".to_owned()),
            device_unit: Some("azilal-1".parse().unwrap()),
            brought_by: Some(of.device),
            fields: Some(["outcome", "persons"].map(str::to_owned).into()),
            releasable: true,
            bar: None,
        }))
    }

    fn rule(&self, ruling: Ruling) -> Result<Vec<Ruled>, RecordsError> {
        let ruled = if ruling.decision == Decision::Release { Ruled::LetIn } else { Ruled::Discarded };
        Ok(vec![ruled; ruling.about.len()])
    }

    fn relocate(&self, _: DocumentId, _: ScopeId, _: UnixMillis) -> Result<Relocated, RecordsError> {
        Ok(Relocated::Already)
    }

    fn ready(&self) -> Result<(), RecordsError> {
        Ok(())
    }

    fn verify(&self, repaired: bool, watch: Arc<dyn Watch>) -> Result<Verification, RecordsError> {
        let mut count = Count::begin(&*watch, Stage::Documents, Some(3))?;
        (0..3).try_for_each(|_| count.add(1))?;
        Ok(Verification { findings: Vec::new(), more: 0, documents: 3, repaired })
    }

    fn back_up(&self, _: &BackupOrder, _: UnixMillis, watch: &dyn Watch) -> Result<Made, BackupError> {
        let mut count = Count::begin(watch, Stage::CopyRecords, None)?;
        loop {
            count.add(1)?;
            std::thread::yield_now();
        }
    }
}

impl Exchange for HandMade {
    fn exchange(&self, _: Body) -> BoxFuture<'static, Response> {
        Box::pin(async { "frames".into_response() })
    }

    fn carry(&self, _: &[u8], _: Option<DeviceId>, _: &dyn Watch) -> Result<CarryOutcome, CarryError> {
        Ok(CarryOutcome::default())
    }

    fn bringer(&self, _: &SignedHello) -> Result<Option<DeviceId>, CarryError> {
        Ok(None)
    }
}

/// What is set aside: one change of unit azilal-1, one of the province azilal, one of the province khenifra.
fn asides() -> Vec<AsideLine> {
    let aside = |number: u8, scope: &str, reason: &str| AsideLine {
        scope: scope.parse().unwrap(),
        record: record_id(number),
        hash: aside_hash(number),
        device: DeviceId::from_bytes([7; 16]),
        reason: reason.to_owned(),
        received_at: UnixMillis(NOW.0 - 3_600_000),
        bytes: 321,
        waits_long: number == 2,
    };
    vec![
        aside(1, "unit/azilal-1", "not-granted"),
        aside(2, "province/azilal", "missing-dependency"),
        aside(3, "province/khenifra", "not-granted"),
    ]
}

/// The hash of a change that is set aside.
pub fn aside_hash(number: u8) -> ChangeHash {
    ChangeHash::from_bytes([0xA0 + number; 32])
}

fn view(id: DocumentId, kind: RecordKind, scope: ScopeId, restricted: Option<&str>) -> RecordView {
    let fields = json!({
        "outcome": "engaged",
        "unit": "azilal-1",
        "shift": "01010101-0101-0101-0101-010101010165",
        "utc_offset": 60,
        "sleeping_situation": "abandoned",
        "persons": {"1f00ab42": {"sex": "male", "age": "10-14", "person": record_id(2)}},
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
