//! Twenty vans, connections cut anywhere, any order of syncing: the same records and the same figures everywhere.
//!
//! `JISR_ENCOUNTERS` sets how many encounters each van records (60, a hard night, in every run of the tests).

use std::collections::BTreeSet;
use std::sync::Arc;

use jisr_client_sdk::Client;
use jisr_sync_core::activity::Figures;
use jisr_sync_core::id::{DocumentId, UnitId};
use jisr_sync_core::record::ShortCode;
use jisr_tests::fleet::Fleet;
use jisr_tests::night::Tour;
use jisr_tests::people::{self, Scene};
use jisr_tests::van::Van;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::support::{held_by_server, last_night, toured};

/// Five units of one province, four devices each.
const UNITS: [&str; 5] = ["azilal-1", "azilal-2", "azilal-3", "azilal-4", "azilal-5"];
const DEVICES: usize = 20;

/// How many record and sync at the same time.
const AT_ONCE: usize = 5;

/// What a night came to.
#[derive(Debug, PartialEq)]
struct Outcome {
    total: Figures,
    units: Vec<(UnitId, Option<Figures>)>,
}

fn encounters_each() -> usize {
    std::env::var("JISR_ENCOUNTERS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_vans_cut_off_at_random_end_with_the_same_records_and_figures_in_any_order_of_syncing() {
    let first = night(1).await;
    let second = night(2).await;
    let third = night(3).await;

    assert!(first.total.encounters > 0);
    assert_eq!(first, second);
    assert_eq!(first, third);
}

/// One night. What each van records is the same for every `order`; who syncs when, and where links are cut, is not.
async fn night(order: u64) -> Outcome {
    let tour = last_night();
    let units: Vec<&str> = (0..DEVICES).map(|device| UNITS[device % UNITS.len()]).collect();
    let fleet = Fleet::of(&units).await.unwrap();
    fleet.cut_at_random(order);
    let mut rng = StdRng::seed_from_u64(order);
    // Each van records in three parts and tries to sync in between, in no order.
    let mut steps: Vec<usize> = (0..DEVICES).flat_map(|device| [device; 3]).collect();
    steps.shuffle(&mut rng);
    let writers: Vec<_> =
        fleet.vans.iter().enumerate().map(|(n, van)| Writer::new(n as u64, van.clone(), tour)).collect();
    let writers: Vec<_> = writers.into_iter().map(|writer| Arc::new(Mutex::new(writer))).collect();
    for few in steps.chunks(AT_ONCE) {
        let mut under_way = JoinSet::new();
        for device in few {
            let (writer, other) = (Arc::clone(&writers[*device]), Arc::clone(&writers[rng.random_range(0..DEVICES)]));
            under_way.spawn(async move {
                writer.lock().await.write_part().await;
                // While it writes, its clock plays last night: an exchange in between would tell the server that.
                let other = other.lock().await;
                // It may be cut: what waits then waits.
                let _ = other.van.client.sync_now().await;
            });
        }
        under_way.join_all().await;
    }
    fleet.settle().await.unwrap();
    let cuts = fleet.link.counters().cuts.load(std::sync::atomic::Ordering::Relaxed);
    fleet.cut_nothing();
    fleet.settle().await.unwrap();
    assert!(cuts > 20, "the link was cut {cuts} times");

    let mut written = BTreeSet::new();
    for writer in &writers {
        written.extend(writer.lock().await.written.iter().copied());
    }
    check_states(&fleet, &written).await;
    let activity = fleet.service.sign_in().await.unwrap().activity(tour.day).await.unwrap();
    let units = activity.by_unit.into_iter().map(|unit| (unit.unit, unit.figures)).collect();
    println!("order {order}: {} records, {cuts} cuts", written.len());
    Outcome { total: activity.total, units }
}

/// Every record is there once, with the same changes on each device that may hold it and on the server.
async fn check_states(fleet: &Fleet, written: &BTreeSet<DocumentId>) {
    let mut everywhere = BTreeSet::new();
    for (at, unit) in UNITS.iter().enumerate() {
        let on_server = held_by_server(fleet, unit).await;
        for van in fleet.vans.iter().skip(at).step_by(UNITS.len()) {
            assert!(van.state().await.unwrap() == on_server, "a device of {unit} holds what the server holds");
        }
        everywhere.extend(on_server.into_keys());
    }
    assert_eq!(everywhere.difference(written).count(), 0, "records nobody wrote");
    assert_eq!(written.difference(&everywhere).count(), 0, "records lost");
    let checked = fleet.service.verify().unwrap();
    assert_eq!(checked["documents"], written.len(), "documents on the server");
    assert_eq!(checked["findings"], serde_json::json!([]));
}

/// What one van writes: the same for every order of syncing.
struct Writer {
    van: Van,
    tour: Tour,
    rng: StdRng,
    parts: i64,
    shift: Option<DocumentId>,
    persons: Vec<DocumentId>,
    written: Vec<DocumentId>,
}

impl Writer {
    fn new(seed: u64, van: Van, tour: Tour) -> Self {
        let rng = StdRng::seed_from_u64(1_000 + seed);
        Self { van, tour, rng, parts: 0, shift: None, persons: Vec::new(), written: Vec::new() }
    }

    async fn write_part(&mut self) {
        if self.shift.is_none() {
            self.shift = Some(toured(&self.van, self.tour).await);
            self.written.extend(self.shift);
        }
        let code = ShortCode::random("azilal", &mut self.rng).to_string();
        let person = people::person(code, &mut self.rng);
        let id = self.van.add_at(self.tour.start, Client::persons, person).await.unwrap();
        self.persons.push(id);
        self.written.push(id);
        let count = encounters_each() as i64 / 3;
        for n in 0..count {
            let at = self.tour.at(self.parts * count + n, count * 3 + 1);
            let known = self.persons.choose(&mut self.rng).copied();
            let scene = Scene { shift: self.shift, staff: "am1".parse().unwrap(), at, known };
            let encounter = people::encounter(&scene, &mut self.rng);
            self.written.push(self.van.add_at(at, Client::encounters, encounter).await.unwrap());
        }
        self.parts += 1;
    }
}
