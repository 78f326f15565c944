//! Orders about planned tours, and what a day then waits for.

use std::sync::Arc;

use jisr_durable_kv::MemoryKv;
use jisr_sync_core::activity::UnitStatus;
use jisr_sync_core::time::UnixMillis;

use super::TestServer;
use crate::admin::{Order, OrderError, Outcome, Refusal, ToUnplan, perform};
use crate::kept::Kept;
use crate::registry::{AuditLog, Deed, Fleet, PlannedShift};

const HOUR_MS: i64 = 3_600_000;

fn tour(unit: &str, starts_in_hours: i64) -> PlannedShift {
    let start = UnixMillis(super::NOW.0 + starts_in_hours * HOUR_MS);
    let end = UnixMillis(start.0 + HOUR_MS);
    PlannedShift { unit: unit.parse().unwrap(), day: "2026-11-23".parse().unwrap(), start, end }
}

fn of_day(unit: &str) -> ToUnplan {
    ToUnplan { unit: unit.parse().unwrap(), day: "2026-11-23".parse().unwrap(), start: None }
}

#[test]
fn a_day_no_longer_waits_for_a_tour_that_was_taken_back() {
    let mut server = TestServer::start();
    let zone = server.state.zone.clone();
    let fleet = server.registry.clone();
    let opened =
        Kept::open(Arc::new(MemoryKv::new()), fleet, zone, server.state.clock.clone(), Arc::new(|_| None)).unwrap();
    server.use_records(Arc::new(opened.0));
    let unit = server.registry.units().unwrap().remove(0).id;
    let expected = |server: &TestServer| {
        let order = Order::Activity { day: "2026-11-23".parse().ok(), unit: Some(unit.clone()), province: None };
        match perform(&server.state, order, &crate::progress::unwatched()).unwrap() {
            Outcome::Activity(shown) => shown.activity.by_unit[0].status != UnitStatus::NoTourPlanned,
            other => panic!("{other:?}"),
        }
    };
    let tours = vec![tour(unit.as_str(), -5), tour(unit.as_str(), -2)];
    perform(&server.state, Order::Plan(tours.clone()), &crate::progress::unwatched()).unwrap();
    assert!(expected(&server));

    let first = ToUnplan { start: Some(tours[0].start), ..of_day(unit.as_str()) };
    let taken_back = perform(&server.state, Order::Unplan(vec![first]), &crate::progress::unwatched()).unwrap();
    let still = expected(&server);
    perform(&server.state, Order::Unplan(vec![of_day(unit.as_str())]), &crate::progress::unwatched()).unwrap();

    assert!(matches!(taken_back, Outcome::Unplanned(gone) if gone == tours[..1]));
    assert!(still, "the other one is planned");
    assert!(!expected(&server));
    let audit = server.registry.audit(2).unwrap();
    assert!(
        audit.iter().all(|entry| entry.deed == Deed::TourUnplanned && entry.target == format!("{unit} 2026-11-23"))
    );
    opened.1.shut_down();
}

#[test]
fn taking_back_what_is_not_planned_is_refused_and_changes_nothing() {
    let server = TestServer::start();
    let unit = server.registry.units().unwrap().remove(0).id;
    perform(&server.state, Order::Plan(vec![tour(unit.as_str(), -5)]), &crate::progress::unwatched()).unwrap();
    let other = ToUnplan { start: Some(super::NOW), ..of_day(unit.as_str()) };

    let refused =
        perform(&server.state, Order::Unplan(vec![other, of_day("azilal-99")]), &crate::progress::unwatched());

    assert!(matches!(refused, Err(OrderError::Refused { why: Refusal::NotPlanned, .. })), "{refused:?}");
    assert_eq!(server.registry.plan("2026-11-23".parse().unwrap()).unwrap().len(), 1);
    assert_eq!(server.registry.audit(1).unwrap()[0].deed, Deed::TourPlanned);
}
