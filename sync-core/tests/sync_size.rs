//! What an ordinary shift, an idle exchange and a first sync cost on the wire, with real changes.
//!
//! `cargo test -p jisr-sync-core --test sync_size -- --nocapture` prints the figures that `src/sync/codec.rs` quotes.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod model;
mod workload;

use jisr_sync_core::id::{DocumentId, ScopeId};
use jisr_sync_core::sync::*;
use model::{Device, SERVER, Server, exchange, scope};
use rand::SeedableRng;
use rand::rngs::StdRng;
use workload::Writer;

/// What HTTP/1.1 adds to a request from our client, byte by byte as reqwest writes it.
const REQUEST_HEAD: &str = "POST /api/v1/sync HTTP/1.1\r\ncontent-type: application/octet-stream\r\naccept: */*\r\n\
                            host: jisr.example.ma\r\ncontent-length: 12345\r\n\r\n";
/// What HTTP/1.1 adds to an answer.
const ANSWER_HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: 12345\r\n\
                           date: Tue, 24 Nov 2026 02:00:00 GMT\r\n\r\n";

struct Van {
    device: Device,
    writer: Writer,
}

impl Van {
    fn new(n: u8) -> Self {
        let mut device = Device::new(n);
        let mut rng = StdRng::seed_from_u64(n.into());
        device.incarnation = Incarnation::random(&mut rng);
        device.id = jisr_sync_core::id::DeviceId::of_key(device.key.verifying_key().as_bytes());
        Self { device, writer: Writer::new(n.into()) }
    }

    fn put(&mut self, document: [u8; 16], change: Vec<u8>) {
        let index = self.device.next_index;
        self.device.next_index += 1;
        let (scope, document) = (unit(), DocumentId::from_bytes(document));
        self.device.outbox.insert(index, OutboxEntry { index, scope, document, change, vouched: None });
    }

    fn shift(&mut self) -> usize {
        let mut made = self.writer.encounters(60);
        let mut raw = 0;
        for (n, made) in made.iter_mut().enumerate() {
            let change = if n < 50 { made.change.clone() } else { self.writer.edit(made) };
            raw += change.len();
            self.put(made.document, change);
        }
        raw
    }
}

fn unit() -> ScopeId {
    scope("unit/azilal-1")
}

/// A server that appends whatever an authentic device pushes: sizes are of interest here, not verdicts.
fn server(vans: &[&Van]) -> Server {
    let scopes = [unit(), scope("province/azilal")];
    let mut server = Server::new(&scopes, &mut StdRng::seed_from_u64(1));
    server.durable.actors.clear();
    for van in vans {
        server.devices.insert(van.device.id, van.device.enrolled(&scopes));
    }
    server.lenient = true;
    server
}

fn first_push_bytes(device: &Device) -> usize {
    let mut session = device.session(&mut StdRng::seed_from_u64(1));
    session.poll_request();
    session.handle_outbox_list(&device.items(), device.totals());
    session.poll_transmit();
    let Some(DeviceRequest::ReadOutbox { indexes }) = session.poll_request() else { panic!("there is something") };
    session.handle_outbox(indexes.iter().map(|index| device.outbox[index].clone()).collect());
    session.poll_transmit().unwrap().len()
}

#[test]
fn a_shift_costs_less_than_16_kb_each_way_and_an_idle_exchange_less_than_400_bytes() {
    let (mut one, mut two) = (Van::new(1), Van::new(2));
    let mut server = server(&[&one, &two]);
    exchange(&mut one.device, &mut server);
    exchange(&mut two.device, &mut server);
    let raw = one.shift();
    two.shift();
    exchange(&mut two.device, &mut server);
    let first = first_push_bytes(&one.device);

    let (report, up, down) = exchange(&mut one.device, &mut server);
    let (_, idle_up, idle_down) = exchange(&mut one.device, &mut server);

    let (up, down) = (up.len() + REQUEST_HEAD.len(), down.len() + ANSWER_HEAD.len());
    let (idle_up, idle_down) = (idle_up.len() + REQUEST_HEAD.len(), idle_down.len() + ANSWER_HEAD.len());
    println!("shift: {raw} raw, {up} up, {down} down; first push {first}; idle: {idle_up} up, {idle_down} down");
    assert_eq!((report.acknowledged, report.pulled), (60, 60));
    assert!(up <= 16_000 && down <= 16_000 && first < 1_200);
    assert!(idle_up <= 400 && idle_down <= 400);
    assert_eq!(server.config.server, SERVER);
}

#[test]
fn a_first_sync_of_2000_documents_costs_less_than_500_kb_in_one_exchange() {
    let (mut one, mut two) = (Van::new(1), Van::new(2));
    let mut server = server(&[&one, &two]);
    for made in two.writer.encounters(2_000) {
        two.put(made.document, made.change);
    }
    while !two.device.outbox.is_empty() {
        exchange(&mut two.device, &mut server);
    }

    let (report, _, down) = exchange(&mut one.device, &mut server);

    println!("first sync: {} down for {} records", down.len(), report.pulled);
    assert_eq!((report.pulled, report.more), (2_000, false));
    assert!(down.len() <= 500_000);
}
