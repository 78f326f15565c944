//! Random nights of several vans: whatever the order, the grouping and the repetitions of what they deliver, the store
//! holds each change once, rows equal those built anew from the logs, and every way leads to the same rows.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::codes::{ContactOutcome, ExitReason, ReferralStatus, ServiceType, Sex, VoidReason};
use jisr_sync_core::id::{DocumentId, EntryId};
use jisr_sync_core::record::{
    Encounter, FollowUp, Person, PersonSlot, Place, Referral, ServiceKey, ServiceTarget, Shift, StatusEvent,
};
use jisr_sync_core::time::{OperationalDay, UnixMillis};
use proptest::prelude::*;

use super::{Delivered, Merge};
use crate::kit_for_tests::{EVENING, Sent, TestDevice, memory, zone};
use crate::progress::Unwatched;
use crate::rows::AnyRecord;
use crate::storage::{KvStorage, Row, Storage, Walk};
use crate::verify::{repair, verify};

const HOUR_MS: i64 = 3_600_000;

/// One thing somebody does.
#[derive(Debug, Clone)]
enum Deed {
    OpenShift { day: u8, told: bool },
    MoveShift { which: usize, day: u8 },
    Meet { shift: Option<usize>, hour: u8, person: Option<usize>, returns: bool },
    MoveEncounter { which: usize, shift: Option<usize> },
    Void { which: usize },
    Know,
    Describe { which: usize, exit: bool },
    Refer { encounter: usize, hour: u8 },
    FollowUp { person: usize, day: u8, window: u32, done: bool },
    Place,
}

fn deed() -> impl Strategy<Value = Deed> {
    let which = || 0..6_usize;
    prop_oneof![
        2 => (0..4_u8, any::<bool>()).prop_map(|(day, told)| Deed::OpenShift { day, told }),
        2 => (which(), 0..4_u8).prop_map(|(which, day)| Deed::MoveShift { which, day }),
        6 => (proptest::option::of(which()), 0..60_u8, proptest::option::of(which()), any::<bool>())
            .prop_map(|(shift, hour, person, returns)| Deed::Meet { shift, hour, person, returns }),
        2 => (which(), proptest::option::of(which())).prop_map(|(which, shift)| Deed::MoveEncounter { which, shift }),
        1 => which().prop_map(|which| Deed::Void { which }),
        2 => Just(Deed::Know),
        1 => (which(), any::<bool>()).prop_map(|(which, exit)| Deed::Describe { which, exit }),
        1 => (which(), 0..60_u8).prop_map(|(encounter, hour)| Deed::Refer { encounter, hour }),
        1 => (which(), 0..4_u8, prop_oneof![0..5_u32, Just(40_u32)], any::<bool>())
            .prop_map(|(person, day, window, done)| Deed::FollowUp { person, day, window, done }),
        1 => Just(Deed::Place),
    ]
}

fn day(number: u8) -> OperationalDay {
    format!("2026-11-{:02}", 21 + number).parse().unwrap()
}

fn at(hour: u8) -> UnixMillis {
    UnixMillis(EVENING.0 - 24 * HOUR_MS + i64::from(hour) * HOUR_MS)
}

/// What the vans have between them. Ids are known before their records, as a shift's is to the crew that opened it.
struct Vans {
    devices: Vec<TestDevice>,
    ids: BTreeMap<&'static str, Vec<DocumentId>>,
    /// Who writes to a record: the van that made it, so that each edit is one this test can make.
    owner: BTreeMap<DocumentId, usize>,
    sent: Vec<(usize, Sent)>,
}

impl Vans {
    fn new(vans: usize) -> Self {
        let devices = (1..=vans).map(|seed| TestDevice::new(u8::try_from(seed).unwrap())).collect();
        Self { devices, ids: BTreeMap::new(), owner: BTreeMap::new(), sent: Vec::new() }
    }

    fn nth(&self, kind: &str, which: usize) -> Option<DocumentId> {
        let ids = self.ids.get(kind).filter(|ids| !ids.is_empty())?;
        ids.get(which % ids.len()).copied()
    }

    fn make<R: jisr_sync_core::record::Record>(&mut self, van: usize, kind: &'static str, record: &R) {
        let (id, sent) = self.devices[van].create(record);
        self.ids.entry(kind).or_default().push(id);
        self.owner.insert(id, van);
        self.sent.push((van, sent));
    }

    fn edit<R: jisr_sync_core::record::Record>(&mut self, id: Option<DocumentId>, edit: impl Fn(&mut R)) {
        let Some(id) = id else { return };
        let van = self.owner[&id];
        let record: R = self.devices[van].documents[&id].read().unwrap();
        let mut edited = record.clone();
        edit(&mut edited);
        if edited != record {
            self.sent.push((van, self.devices[van].edit::<R>(id, edit)));
        }
    }

    fn act(&mut self, van: usize, deed: &Deed) {
        match deed {
            Deed::OpenShift { day: on, told } => self.make(
                van,
                "shift",
                &Shift {
                    operational_day: told.then(|| day(*on)),
                    planned_start: Some(at(on * 12)),
                    ..Shift::default()
                },
            ),
            Deed::MoveShift { which, day: on } => {
                self.edit::<Shift>(self.nth("shift", *which), |shift| shift.planned_start = Some(at(on * 12)));
            }
            Deed::Meet { shift, hour, person, returns } => self.meet(van, *shift, *hour, *person, *returns),
            Deed::MoveEncounter { which, shift } => {
                let shift = shift.and_then(|shift| self.nth("shift", shift));
                self.edit::<Encounter>(self.nth("encounter", *which), |encounter| encounter.shift = shift);
            }
            Deed::Void { which } => self.edit::<Encounter>(self.nth("encounter", *which), |encounter| {
                encounter.voided = Some(VoidReason::from("duplicate"));
            }),
            Deed::Know => self.make(van, "person", &Person { sex: Some(Sex::Male), ..Person::default() }),
            Deed::Describe { which, exit } => self.edit::<Person>(self.nth("person", *which), |person| {
                person.sex = Some(Sex::Female);
                person.exit_reason = exit.then_some(ExitReason::Family);
            }),
            Deed::Refer { encounter, hour } => self.refer(van, *encounter, *hour),
            Deed::FollowUp { person, day: on, window, done } => self.make(
                van,
                "follow_up",
                &FollowUp {
                    person: self.nth("person", *person),
                    due_on: Some(day(*on)),
                    window_days: Some(*window),
                    done_on: done.then(|| day(*on)),
                    ..FollowUp::default()
                },
            ),
            Deed::Place => self.make(van, "place", &Place::default()),
        }
    }

    fn meet(&mut self, van: usize, shift: Option<usize>, hour: u8, person: Option<usize>, returns: bool) {
        let slot = EntryId::from_bytes([1; 4]);
        let mut encounter = Encounter {
            shift: shift.and_then(|shift| self.nth("shift", shift)),
            occurred_at: Some(at(hour)),
            outcome: Some(ContactOutcome::Engaged),
            ..Encounter::default()
        };
        let person = person.and_then(|person| self.nth("person", person));
        encounter.persons.insert(slot, PersonSlot { person, sex: Some(Sex::Male), ..PersonSlot::default() });
        if returns {
            let target = ServiceTarget::Slot(slot);
            encounter.given.insert(ServiceKey { service: ServiceType::FamilyReturn, target }, 1);
        }
        self.make(van, "encounter", &encounter);
    }

    fn refer(&mut self, van: usize, encounter: usize, hour: u8) {
        let event = StatusEvent { status: Some(ReferralStatus::Sent), at: Some(at(hour)), ..StatusEvent::default() };
        self.make(
            van,
            "referral",
            &Referral {
                encounter: self.nth("encounter", encounter),
                status_events: [(EntryId::from_bytes([2; 4]), event)].into(),
                ..Referral::default()
            },
        );
    }
}

/// Delivers changes in the order of `order`, in envelopes and groups of the given sizes, each a second time if told.
fn deliver(storage: &KvStorage, vans: &Vans, order: &[usize], sizes: &[(usize, bool)]) {
    let zone = zone();
    let mut rest = order;
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let (size, again) = sizes.next().unwrap();
        let (group, after) = rest.split_at((*size).min(rest.len()));
        rest = after;
        let mut merge = Merge::new(storage, &zone);
        for delivered in envelopes(vans, group) {
            merge.deliver(&delivered).unwrap();
            if *again {
                merge.deliver(&delivered).unwrap();
            }
        }
        storage.append(&merge.finish().unwrap()).unwrap();
    }
}

/// One envelope for each van.
fn envelopes(vans: &Vans, group: &[usize]) -> Vec<Delivered> {
    let mut by_van: BTreeMap<usize, Vec<Sent>> = BTreeMap::new();
    for at in group {
        let (van, sent) = &vans.sent[*at];
        by_van.entry(*van).or_default().push(sent.clone());
    }
    // One time for all: when something came depends on the way it took, and rows say so.
    let one_time =
        |(van, sent): (usize, Vec<Sent>)| Delivered { received_at: EVENING, ..vans.devices[van].delivers(&sent) };
    by_van.into_iter().map(one_time).collect()
}

fn rows(storage: &KvStorage) -> Vec<Row> {
    storage.rows_after(None, usize::MAX).unwrap()
}

/// Orders in which the changes can come: mixed, with everything once.
fn order(changes: usize, keys: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..changes).collect();
    order.sort_by_key(|at| (keys[at % keys.len()].wrapping_mul(u32::try_from(*at).unwrap() + 1), *at));
    order
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_order_grouping_and_repetition_leads_to_the_rows_that_the_logs_make(
        deeds in prop::collection::vec((0..3_usize, deed()), 1..40),
        keys in prop::collection::vec(any::<u32>(), 7),
        sizes in prop::collection::vec((1..9_usize, any::<bool>()), 3),
    ) {
        let mut vans = Vans::new(3);
        deeds.iter().for_each(|(van, deed)| vans.act(*van, deed));
        let as_written: Vec<usize> = (0..vans.sent.len()).collect();
        let (plain, mixed) = (memory(), memory());

        deliver(&plain, &vans, &as_written, &[(5, false)]);
        deliver(&mixed, &vans, &order(vans.sent.len(), &keys), &sizes);

        prop_assert_eq!(mixed.set_aside_count().unwrap(), 0, "whatever lacked something got it");
        let changes: BTreeSet<_> = mixed.changes_after(None, usize::MAX).unwrap().into_iter().map(|one| one.0).collect();
        prop_assert_eq!(changes.len(), vans.sent.len());
        prop_assert_eq!(&rows(&mixed), &rows(&plain));
        prop_assert_eq!(verify(&mixed, &zone(), &Unwatched).unwrap().faults, []);
        let incremental = rows(&mixed);
        repair(&mixed, &zone(), &Unwatched).unwrap();
        prop_assert_eq!(&rows(&mixed), &incremental, "built anew from the logs");
        let readable = incremental.iter().filter(|row| crate::activity::read_row(row).is_some()).count();
        prop_assert_eq!(readable, incremental.len());
    }
}

#[test]
fn a_record_of_each_kind_comes_back_from_its_row() {
    let mut vans = Vans::new(1);
    for deed in [
        Deed::OpenShift { day: 1, told: true },
        Deed::Know,
        Deed::Meet { shift: Some(0), hour: 3, person: Some(0), returns: true },
        Deed::Refer { encounter: 0, hour: 4 },
        Deed::FollowUp { person: 0, day: 2, window: 3, done: true },
        Deed::Place,
    ] {
        vans.act(0, &deed);
    }
    let storage = memory();
    deliver(&storage, &vans, &[0, 1, 2, 3, 4, 5], &[(6, false)]);

    for row in rows(&storage) {
        let record = crate::activity::read_row(&row).unwrap();
        assert_eq!(record, AnyRecord::read(&vans.devices[0].documents[&row.id]).unwrap());
    }
}
