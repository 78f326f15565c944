//! What a scrape of `/metrics` is told.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use jisr_sync_core::id::{DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::SignedHello;
use jisr_sync_core::time::{OperationalDay, UnixMillis};
use metrics_exporter_prometheus::PrometheusBuilder;
use tower::ServiceExt;

use super::TestServer;
use super::hand_made::HandMade;
use crate::backup::{BackupError, Made};
use crate::kit_for_tests::{TestDevice, registry};
use crate::merge::{Relocated, Ruled, Ruling};
use crate::ports::{
    AsideFilter, AsideLine, AsidePage, AsideView, BackupOrder, Brief, CarryError, CarryOutcome, Day, DeviceContact,
    Exchange, RecordView, Records, RecordsError, Totals, Verification,
};
use crate::progress::Watch;
use crate::registry::{Fleet, Unit};
use crate::storage::AsideName;

/// The invented records with contacts, or none that can be read.
struct Contacts(Option<Vec<DeviceContact>>);

impl Records for Contacts {
    fn day(&self, day: OperationalDay, units: &[Unit], now: UnixMillis) -> Result<Day, RecordsError> {
        HandMade.day(day, units, now)
    }

    fn record(&self, id: DocumentId) -> Result<Option<RecordView>, RecordsError> {
        HandMade.record(id)
    }

    fn brief(&self, id: DocumentId) -> Result<Option<Brief>, RecordsError> {
        HandMade.brief(id)
    }

    fn contacts(&self) -> Result<Vec<DeviceContact>, RecordsError> {
        self.0.clone().ok_or_else(|| RecordsError::Damaged("a mark".to_owned()))
    }

    fn totals(&self) -> Result<Totals, RecordsError> {
        HandMade.totals()
    }

    fn back_up(&self, order: &BackupOrder, now: UnixMillis, watch: &dyn Watch) -> Result<Made, BackupError> {
        HandMade.back_up(order, now, watch)
    }

    fn set_aside(
        &self,
        filter: &AsideFilter,
        may: &dyn Fn(&ScopeId, DeviceId) -> bool,
        now: UnixMillis,
    ) -> Result<AsidePage, RecordsError> {
        HandMade.set_aside(filter, may, now)
    }

    fn aside_named(&self, name: &AsideName, now: UnixMillis) -> Result<Vec<AsideLine>, RecordsError> {
        HandMade.aside_named(name, now)
    }

    fn aside_view(&self, of: &AsideLine, now: UnixMillis) -> Result<Option<AsideView>, RecordsError> {
        HandMade.aside_view(of, now)
    }

    fn rule(&self, ruling: Ruling) -> Result<Vec<Ruled>, RecordsError> {
        HandMade.rule(ruling)
    }

    fn relocate(&self, id: DocumentId, to: ScopeId, now: UnixMillis) -> Result<Relocated, RecordsError> {
        HandMade.relocate(id, to, now)
    }

    fn ready(&self) -> Result<(), RecordsError> {
        HandMade.ready()
    }

    fn verify(&self, repair: bool, watch: Arc<dyn Watch>) -> Result<Verification, RecordsError> {
        HandMade.verify(repair, watch)
    }
}

impl Exchange for Contacts {
    fn exchange(&self, request: Body) -> BoxFuture<'static, Response> {
        HandMade.exchange(request)
    }

    fn carry(&self, file: &[u8], by: Option<DeviceId>, watch: &dyn Watch) -> Result<CarryOutcome, CarryError> {
        HandMade.carry(file, by, watch)
    }

    fn bringer(&self, hello: &SignedHello) -> Result<Option<DeviceId>, CarryError> {
        HandMade.bringer(hello)
    }
}

fn contact(device: DeviceId, at: i64, waiting: u64, clock_ahead_ms: i64) -> DeviceContact {
    let last_contact = Some(UnixMillis(at));
    DeviceContact { device, last_contact, waiting: Some(waiting), clock_ahead_ms: Some(clock_ahead_ms) }
}

/// The lines of a scrape, without comments.
async fn scrape(
    contacts: Option<Vec<DeviceContact>>,
    devices: &[&TestDevice],
    revoked: Option<DeviceId>,
) -> Vec<String> {
    let mut server = TestServer::start();
    let registry = registry(devices);
    if let Some(device) = revoked {
        registry.revoke_device(device, super::NOW).unwrap();
    }
    server.state.registry = registry;
    server.use_records(Arc::new(Contacts(contacts)));
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("blobs")).unwrap();
    std::fs::write(folder.path().join("db"), [0; 4_000]).unwrap();
    std::fs::write(folder.path().join("blobs/1"), [0; 96]).unwrap();
    let counters = PrometheusBuilder::new().build_recorder().handle();
    let page = crate::gauges::page(counters, server.state.clone(), folder.path().to_owned());
    let answer = page.oneshot(Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(body.to_vec()).unwrap();
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_scrape_tells_how_each_unit_stands_and_how_much_is_kept() {
    let devices = [TestDevice::new(1), TestDevice::new(2), TestDevice::new(3)];
    let [one, two, lost] = &devices;
    let contacts = vec![
        contact(one.id, 1_795_464_000_999, 4, 90_000),
        contact(two.id, 1_795_460_000_000, 3, -400_500),
        contact(lost.id, 1_795_464_900_000, 50, 9_000_000),
    ];

    let lines = scrape(Some(contacts), &[one, two, lost], Some(lost.id)).await;

    let build = format!(
        "jisr_build_info{{version=\"{}\",tzdb=\"{}\"}} 1",
        env!("CARGO_PKG_VERSION"),
        jisr_sync_core::time::tzdb_version()
    );
    let mut expected = [
        build.as_str(),
        "jisr_store_readable 1",
        "jisr_store_bytes 4096",
        "jisr_log_records 7",
        "jisr_set_aside_changes 2",
        "jisr_unit_last_success_timestamp_seconds{unit=\"azilal-1\"} 1795464000",
        "jisr_unit_waiting_records{unit=\"azilal-1\"} 7",
        "jisr_clock_skew_seconds{unit=\"azilal-1\"} 400.5",
    ];
    expected.sort_unstable();
    let mut lines: Vec<_> = lines.iter().map(String::as_str).collect();
    lines.sort_unstable();
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_store_that_cannot_be_read_is_said_so_and_no_unit_is_shown_as_it_once_was() {
    let device = TestDevice::new(1);

    let lines = scrape(None, &[&device], None).await;

    assert!(lines.contains(&"jisr_store_readable 0".to_owned()), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("unit=")), "{lines:?}");
}
