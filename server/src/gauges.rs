//! What `/metrics` tells besides counters: how units stand, and how much is kept. Computed when it is asked for, from
//! what devices last said, the registry and counts that are kept anyway; no record is read.
//!
//! **Never here:** an id of a device or a person. Units are no persons.

use std::collections::BTreeMap;
use std::path::Path;

use axum::Router;
use axum::routing::get;
use jisr_sync_core::id::UnitId;
use jisr_sync_core::time::{UnixMillis, tzdb_version};
use metrics::{describe_gauge, gauge, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::ports::{RecordsError, Totals};
use crate::problem::Problem;
use crate::registry::RegistryError;
use crate::state::AppState;

/// The page `/metrics`: `counters`, and the state of units and of the store in the folder `store`.
pub fn page(counters: PrometheusHandle, state: AppState, store: std::path::PathBuf) -> Router {
    let show = move || async move {
        let gauges = state.blocking(move |state| text(state, &store)).await?;
        Ok::<_, Problem>(counters.render() + &gauges)
    };
    Router::new().route("/metrics", get(show))
}

/// The gauges as text. A unit of which nothing is known yet has no line, rather than a zero.
fn text(state: &AppState, store: &Path) -> String {
    // A recorder of its own for each answer: what was told once and holds no longer is not told again.
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        describe();
        let version = env!("CARGO_PKG_VERSION");
        gauge!("jisr_build_info", "version" => version, "tzdb" => tzdb_version()).set(1.0);
        let read = standings(state).and_then(|standings| Ok((standings, state.records.totals()?)));
        gauge!("jisr_store_readable").set(f64::from(u8::from(read.is_ok())));
        match read {
            Ok((standings, totals)) => set(&standings, totals),
            Err(error) => tracing::warn!(%error, "the state of units could not be read for /metrics"),
        }
        match bytes_in(store) {
            Ok(bytes) => gauge!("jisr_store_bytes").set(number(bytes)),
            Err(error) => tracing::warn!(%error, "the size of the store could not be read for /metrics"),
        }
    });
    recorder.handle().render()
}

fn describe() {
    describe_gauge!("jisr_build_info", "The version of the software and of its time-zone data; always 1.");
    describe_gauge!("jisr_store_readable", "Whether registry and records could be read just now: 1 or 0.");
    describe_gauge!("jisr_store_bytes", "Bytes of the store's files.");
    describe_gauge!("jisr_log_records", "Records in all logs.");
    describe_gauge!("jisr_set_aside_changes", "Changes that were delivered, not let in, and are kept.");
    describe_gauge!("jisr_unit_last_success_timestamp_seconds", "When a device of the unit last came through.");
    describe_gauge!("jisr_unit_waiting_records", "Records that the unit's devices last said to wait on them.");
    describe_gauge!("jisr_clock_skew_seconds", "By how much the unit's worst clock was off at its last contact.");
}

#[allow(clippy::cast_precision_loss)]
fn number(count: u64) -> f64 {
    count as f64
}

/// How one unit stands, by its active devices. `None`: none of them has said.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Standing {
    last_contact: Option<UnixMillis>,
    waiting: Option<u64>,
    skew_ms: Option<u64>,
}

#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Records(#[from] RecordsError),
}

fn standings(state: &AppState) -> Result<BTreeMap<UnitId, Standing>, Unreadable> {
    let contacts = state.records.contacts()?;
    let contacts: BTreeMap<_, _> = contacts.iter().map(|contact| (contact.device, contact)).collect();
    let mut standings: BTreeMap<UnitId, Standing> = BTreeMap::new();
    for device in state.registry.devices()?.into_iter().filter(crate::registry::Device::is_active) {
        let Some(contact) = contacts.get(&device.id) else { continue };
        let standing = standings.entry(device.unit).or_default();
        standing.last_contact = standing.last_contact.max(contact.last_contact);
        standing.waiting = match (standing.waiting, contact.waiting) {
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            (one, other) => one.or(other),
        };
        standing.skew_ms = standing.skew_ms.max(contact.clock_ahead_ms.map(i64::unsigned_abs));
    }
    Ok(standings)
}

fn set(standings: &BTreeMap<UnitId, Standing>, totals: Totals) {
    gauge!("jisr_log_records").set(number(totals.log_records));
    gauge!("jisr_set_aside_changes").set(number(totals.set_aside));
    for (unit, standing) in standings {
        let set = |name: &'static str, value: Option<f64>| {
            if let Some(value) = value {
                gauge!(name, "unit" => unit.to_string()).set(value);
            }
        };
        let seconds = standing.last_contact.and_then(|at| u64::try_from(at.0.div_euclid(1_000)).ok());
        set("jisr_unit_last_success_timestamp_seconds", seconds.map(number));
        set("jisr_unit_waiting_records", standing.waiting.map(number));
        set("jisr_clock_skew_seconds", standing.skew_ms.map(|ms| number(ms) / 1_000.0));
    }
}

/// The bytes of all files in a folder. The store has a handful.
fn bytes_in(folder: &Path) -> std::io::Result<u64> {
    let mut total = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = match entry.metadata() {
            // The engine replaces files while it runs.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            about => about?,
        };
        total += if about.is_dir() { bytes_in(&entry.path())? } else { about.len() };
    }
    Ok(total)
}
