//! What holds whatever happens on the way: three devices and a server through random cuts, repetitions, restarts and
//! restores. A failure names its seed.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod model;

use std::collections::BTreeSet;

use jisr_sync_core::id::{ChangeHash, DocumentId, ScopeId};
use model::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const SCOPES: [&str; 3] = ["unit/alpha-1", "unit/beta-1", "province/gamma"];
/// Which scopes each device is granted, by their place in [`SCOPES`].
const GRANTS: [&[usize]; 3] = [&[0, 2], &[0, 1, 2], &[1, 2]];
/// What stands in every document id and every change of a scope, and nowhere else.
const MARKS: [[u8; 4]; 3] = [[0xa1, 0x5e, 0xc2, 0x71], [0xb2, 0x6f, 0xd3, 0x82], [0xc3, 0x70, 0xe4, 0x93]];

struct World {
    seed: u64,
    rng: StdRng,
    server: Server,
    devices: Vec<Device>,
    documents: Vec<(usize, DocumentId)>,
    written: Vec<(usize, ChangeHash)>,
    backup: Option<Durable>,
    restores: usize,
    writes: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let scopes: Vec<ScopeId> = SCOPES.iter().map(|text| scope(text)).collect();
        let mut server = Server::new(&scopes, &mut rng);
        let devices: Vec<_> = (0..3).map(|n| Device::new(n + 1)).collect();
        for (device, grants) in devices.iter().zip(GRANTS) {
            let scopes: Vec<_> = grants.iter().map(|place| scopes[*place].clone()).collect();
            server.devices.insert(device.id, device.enrolled(&scopes));
        }
        let (documents, written) = (Vec::new(), Vec::new());
        Self { seed, rng, server, devices, documents, written, backup: None, restores: 0, writes: 0 }
    }

    fn step(&mut self) {
        match self.rng.random_range(0..100) {
            0..45 => self.write(),
            45..96 => self.faulty_exchange(),
            96..98 => self.backup = Some(self.server.durable.clone()),
            _ => self.restore(),
        }
    }

    fn write(&mut self) {
        let n = self.rng.random_range(0..3);
        let place = GRANTS[n][self.rng.random_range(0..GRANTS[n].len())];
        let known: Vec<_> = self.documents.iter().filter(|(at, _)| *at == place).map(|(_, id)| *id).collect();
        let document = if known.is_empty() || self.rng.random_range(0..3) == 0 {
            let mut id: [u8; 16] = self.rng.random();
            id[4..8].copy_from_slice(&MARKS[place]);
            let document = DocumentId::from_bytes(id);
            self.documents.push((place, document));
            document
        } else {
            known[self.rng.random_range(0..known.len())]
        };
        self.writes += 1;
        let mut payload = [&MARKS[place][..], &self.writes.to_be_bytes()].concat();
        let filler = self.rng.random_range(0..1_500);
        payload.extend((0..filler).map(|_| self.rng.random::<u8>() & 0x3f));
        if self.rng.random_range(0..10) == 0 {
            payload.extend_from_slice(b"urgent");
        }
        let hash = self.devices[n].write(&scope(SCOPES[place]), document, &payload);
        self.written.push((place, hash));
    }

    fn restore(&mut self) {
        if let Some(older) = self.backup.take() {
            self.server.restore(older, &mut self.rng);
            self.restores += 1;
        }
    }

    fn faulty_exchange(&mut self) {
        let n = self.rng.random_range(0..3);
        let mut session = self.devices[n].session(&mut self.rng);
        let request = self.devices[n].request(&mut session);
        let up =
            if self.rng.random_range(0..3) == 0 { self.rng.random_range(0..=request.len()) } else { request.len() };
        let crash = (self.rng.random_range(0..5) == 0).then(|| self.rng.random_range(1..8));
        let sent = pieces(&request[..up], &mut self.rng);
        let mut answered = self.server.answer(&sent, crash, &mut self.rng);
        if self.rng.random_range(0..5) == 0 {
            answered = self.server.answer(&sent, None, &mut self.rng);
        }
        self.no_foreign_byte(n, &answered.bytes);
        let answer = &answered.bytes;
        let down =
            if self.rng.random_range(0..3) == 0 { self.rng.random_range(0..=answer.len()) } else { answer.len() };
        let stop = (self.rng.random_range(0..4) == 0)
            .then(|| Stop { event: self.rng.random_range(1..6), stored: self.rng.random() });
        let got = pieces(&answer[..down], &mut self.rng);
        let before = self.devices[n].clone();
        self.devices[n].take(&mut session, &got, stop);
        self.what_left_the_outbox_is_on_the_server(&before, n);
    }

    fn what_left_the_outbox_is_on_the_server(&self, before: &Device, n: usize) {
        let after = &self.devices[n];
        for (_, entry) in before.outbox.iter().filter(|(index, _)| !after.outbox.contains_key(index)) {
            let hash = jisr_sync_core::sync::change_hash(&entry.change);
            let in_log = self.server.durable.logs[&entry.scope].hashes().contains(&hash);
            let aside = after.aside.contains_key(&hash) && self.server.durable.aside.contains_key(&hash);
            assert!(in_log || aside, "seed {}: {hash} left the outbox and is nowhere on the server", self.seed);
        }
    }

    fn no_foreign_byte(&self, n: usize, answer: &[u8]) {
        let all = decompressed(answer);
        for place in (0..3).filter(|place| !GRANTS[n].contains(place)) {
            let holds = |needle: &[u8]| all.windows(needle.len()).any(|window| window == needle);
            assert!(!holds(&MARKS[place]), "seed {}: device {n} was sent bytes of {}", self.seed, SCOPES[place]);
            assert!(!holds(SCOPES[place].as_bytes()), "seed {}: device {n} was told of {}", self.seed, SCOPES[place]);
        }
    }

    fn settle(&mut self) {
        for _ in 0..6 {
            for device in &mut self.devices {
                let (report, _, _) = exchange(device, &mut self.server);
                assert!(report.complete, "seed {}: {report:?}", self.seed);
            }
        }
    }

    fn all_hold_the_same(&self) {
        for (place, text) in SCOPES.iter().enumerate() {
            let scope = scope(text);
            let log = self.server.durable.logs[&scope].hashes();
            let written: BTreeSet<_> =
                self.written.iter().filter(|(at, _)| *at == place).map(|(_, hash)| *hash).collect();
            assert_eq!(log, written, "seed {}: {text}: the log is not what was written", self.seed);
            assert_eq!(self.server.durable.logs[&scope].records.len(), log.len(), "seed {}: doubled", self.seed);
            for (n, device) in self.devices.iter().enumerate().filter(|(n, _)| GRANTS[*n].contains(&place)) {
                assert_eq!(device.holds(&scope), log, "seed {}: {text}: device {n}", self.seed);
                assert_eq!(device.cursors[&scope], self.server.durable.logs[&scope].head(), "seed {}", self.seed);
            }
        }
        assert!(self.devices.iter().all(|device| device.outbox.is_empty()), "seed {}", self.seed);
    }
}

/// After a restore, with a device gone for ever, the server holds again all that any of the others holds.
#[test]
fn a_restored_server_gets_back_what_anybody_still_holds_also_of_devices_that_are_gone() {
    let mut came_back = 0;
    for seed in 0..40 {
        let mut world = World::new(seed);
        (0..40).for_each(|_| world.step());
        let older = world.server.durable.clone();
        (0..60).for_each(|_| if world.rng.random() { world.write() } else { world.faulty_exchange() });
        world.settle();
        let gone = world.rng.random_range(0..3);
        let held: Vec<_> = SCOPES
            .iter()
            .enumerate()
            .map(|(place, text)| {
                let holders = (0..3).filter(|n| *n != gone && GRANTS[*n].contains(&place));
                holders.flat_map(|n| world.devices[n].holds(&scope(text))).collect::<BTreeSet<_>>()
            })
            .collect();
        let gone = world.devices.remove(gone);
        world.server.restore(older, &mut world.rng);
        world.server.devices.remove(&gone.id);

        world.settle();

        for (text, held) in SCOPES.iter().zip(held) {
            let log = &world.server.durable.logs[&scope(text)];
            assert!(log.hashes().is_superset(&held), "seed {seed}: {text} lacks what a device holds");
            assert_eq!(log.records.len(), log.hashes().len(), "seed {seed}: doubled");
            let of_gone = log.records.iter().filter(|record| actor_of(&record.body) == gone.actor);
            let authors: BTreeSet<_> = of_gone.clone().filter_map(|record| record.author).collect();
            assert!(authors.iter().all(|author| *author == (gone.id, gone.incarnation)), "seed {seed}: {authors:?}");
            came_back += of_gone.count();
        }
        assert!(world.devices.iter().all(|device| device.outbox.is_empty()), "seed {seed}");
    }
    assert!(came_back > 200, "the gone device's work was brought by others: {came_back}");
}

#[test]
fn whatever_is_cut_repeated_restarted_or_restored_all_end_with_the_same_set() {
    let (mut restores, mut written) = (0, 0);
    for seed in 0..80 {
        let mut world = World::new(seed);
        (0..120).for_each(|_| world.step());
        world.settle();
        world.all_hold_the_same();
        restores += world.restores;
        written += world.written.len();
    }
    assert!(restores > 30 && written > 3_000, "the faults were played: {restores} restores, {written} changes");
}
