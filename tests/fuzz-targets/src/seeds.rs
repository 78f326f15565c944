//! What fuzzing starts from: for each target some inputs that reach far, made of invented records.
//!
//! `cargo xtask fuzz --seeds` writes them into `tests/fuzz/seeds`. They follow from the code alone, so that writing them
//! twice changes nothing, but for backups, which hold what a server draws; what a fuzzer found is kept beside them under a name that starts with `found-`.

use jisr_server::access::csrf_of;
use jisr_server::router::routes;
use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::Document;
use jisr_sync_core::record::{Encounter, FollowUp, Person, Place, Record, Referral, Shift};
use jisr_sync_core::sync::{
    Ack, AnswerMessage, Authorship, Bring, CarryHeader, Done, End, EndScope, Envelope, Fingerprint, HeldScope, Lacking,
    Offer, PeerMessage, PeerRole, Pull, Relay, RelayEntry, RequestMessage, SetAside, Status, Whole, carry_stream,
    change_hash, enrolment_proof,
};
use serde_json::{Value, json};

use crate::caller::{Caller, Whims, logs};
use crate::carries::{self, spelled as depth};
use crate::exchange::wanting;
use crate::input::as_piece;
use crate::samples::{
    DEVICE, INCARNATION, NOW, SERVER, author, documents, encounter, outgoing, person, province, unit, voucher_key,
};
use crate::streams::{Receiver, hello, request, spelled};
use crate::vans::ask;
use crate::{envelopes, forge, http, overheard};

/// An input with its name.
pub type Seed = (String, Vec<u8>);

/// The seeds of a target; none of one that does not exist.
pub fn of(target: &str) -> Vec<Seed> {
    let inputs = match target {
        "request_stream" => requests(),
        "answer_stream" => answers(),
        "change" => changes(),
        "change_pair" => pairs(),
        "document" => saved(),
        "envelope" => signed(),
        "record_json" => records(),
        "codes" => words(),
        "http_body" => asked(),
        "backup" => backups(),
        "carry_file" => files(),
        "van_stream" => met(),
        _ => Vec::new(),
    };
    inputs.into_iter().enumerate().map(|(number, input)| (format!("seed-{number:02}"), input)).collect()
}

/// Words that a fuzzer puts into its inputs, in libFuzzer's form: names of fields, and the texts of seeds.
pub fn dictionary() -> String {
    let mut words: Vec<String> = Vec::new();
    fn fields<R: Record>(words: &mut Vec<String>) {
        words.extend(R::FIELDS.iter().map(|field| field.name.to_owned()));
    }
    fields::<Encounter>(&mut words);
    fields::<Person>(&mut words);
    fields::<Shift>(&mut words);
    fields::<Referral>(&mut words);
    fields::<FollowUp>(&mut words);
    fields::<Place>(&mut words);
    words.extend(WORDS.iter().filter(|word| word.is_ascii()).map(|word| (*word).to_owned()));
    words.sort_unstable();
    words.dedup();
    words.iter().map(|word| format!("\"{word}\"\n")).collect()
}

fn frames(messages: &[RequestMessage]) -> Vec<u8> {
    spelled_frames(messages.iter().map(RequestMessage::to_frame))
}

/// Frames as an input spells them.
pub(crate) fn spelled_frames(frames: impl Iterator<Item = (u8, Vec<u8>)>) -> Vec<u8> {
    frames.flat_map(|(kind, payload)| [vec![kind], as_piece(&payload)].concat()).collect()
}

/// An exchange as a device makes it: what was lost is offered, own work pushed, that of others relayed.
fn exchange() -> Vec<RequestMessage> {
    let all = outgoing();
    let prints = all.iter().flat_map(|(_, document, change)| *Fingerprint::of(document, &change.hash()).as_bytes());
    let author = (jisr_sync_core::id::DeviceId::from_bytes([0xcc; 16]), INCARNATION);
    let relayed = |(scope, document, change): &(_, _, RawChange)| RelayEntry {
        scope: jisr_sync_core::id::ScopeId::clone(scope),
        document: *document,
        change: change.bytes().to_vec().into(),
        voucher: voucher_key().vouch(document, &change_hash(change.bytes()), author).voucher,
    };
    let entries = all.iter().map(relayed).collect();
    vec![
        RequestMessage::Offer(Offer { scope: unit(), fingerprints: prints.collect::<Vec<u8>>().into() }),
        RequestMessage::Push(envelopes::signed().clone()),
        RequestMessage::Relay(Relay { author: Authorship { device: author.0, incarnation: author.1 }, entries }),
        RequestMessage::Done(Done { pushed: 6, left: 0 }),
    ]
}

fn opened() -> RequestMessage {
    let held = vec![wanting(None), HeldScope::at(province(), None)];
    RequestMessage::Hello(hello(&SERVER, held, 7))
}

fn requests() -> Vec<Vec<u8>> {
    let rest = exchange();
    let all = [vec![opened()], rest.clone()].concat();
    let receiver = Receiver { server: SERVER, voucher_key: voucher_key() };
    let RequestMessage::Hello(first) = opened() else { return Vec::new() };
    let stream = request(crate::input::Draw::new(&[&[1][..], &frames(&all)].concat()), &first, &receiver);
    vec![
        [&[5, 0][..], &stream].concat(),
        [&[9, 1][..], &frames(&all)].concat(),
        [&[40, 2][..], &frames(&all)].concat(),
        [&[90, 3][..], &frames(&rest)].concat(),
        [&[200, 3][..], &frames(&rest[1..])].concat(),
    ]
}

fn answers() -> Vec<Vec<u8>> {
    let receiver = Receiver { server: SERVER, voucher_key: voucher_key() };
    let RequestMessage::Hello(first) = opened() else { return Vec::new() };
    let asked = [&[3][..], &frames(&exchange())].concat();
    let body = request(crate::input::Draw::new(&asked), &first, &receiver);
    let answer = Caller::play(&[&body], Whims { seed: 0, wild: false });
    let mut told = vec![
        AnswerMessage::Lacking(Lacking::of(0, &[false])),
        AnswerMessage::Ack(Ack { count: 2, set_aside: vec![aside(1)] }),
        AnswerMessage::Ack(Ack { count: 2, set_aside: vec![aside(3)] }),
    ];
    told.extend(logs().get(&unit()).and_then(|log| pull(0, log)).and_then(|message| match message {
        AnswerMessage::Pull(Pull { scope, records, authors, .. }) => {
            Some(AnswerMessage::Whole(Whole { scope, records, authors }))
        }
        _ => None,
    }));
    told.extend(logs().values().enumerate().filter_map(|(place, log)| pull(place, log)));
    let ends = (0..2).map(|scope| EndScope {
        scope,
        more: false,
        backed_up: 1,
        digest: Default::default(),
        months: Vec::new(),
    });
    told.push(AnswerMessage::End(End { status: Status::Ok, scopes: ends.collect(), retry_after_s: None }));
    let told = spelled_frames(told.iter().map(AnswerMessage::to_frame));
    vec![[&[5, 0][..], &answer].concat(), [&[9, 1][..], &spelled(&answer)].concat(), [&[40, 2][..], &told].concat()]
}

fn aside(position: u32) -> SetAside {
    let reason = jisr_sync_core::sync::ReasonCode::new("missing-dependency").expect("a reason");
    SetAside { position, reason }
}

fn pull(place: usize, log: &[jisr_sync_core::sync::LogRecord]) -> Option<AnswerMessage> {
    let record = |record: &jisr_sync_core::sync::LogRecord| jisr_sync_core::sync::PulledRecord {
        kind: record.kind,
        document: record.document,
        body: record.body.clone().into(),
        author: Some(0),
        voucher: Some(jisr_sync_core::sync::Voucher::from_bytes([9; 8])),
    };
    Some(AnswerMessage::Pull(Pull {
        scope: u32::try_from(place).ok()?,
        number: log.len() as u64,
        chain: log.last()?.chain,
        records: log.iter().map(record).collect(),
        authors: vec![Authorship { device: DEVICE, incarnation: INCARNATION }],
    }))
}

/// Which sample document, and a change to it as an input spells it.
type Edit = (u8, Vec<u8>);

/// Honest edits of the sample documents, each as the change input that spells it.
fn edits() -> Vec<Edit> {
    let mut edits = Vec::new();
    for (which, document) in (0..).zip(documents()) {
        let (mut first, mut stranger) = (document.clone(), document.clone());
        let edit = |document: &mut Document, by| match which {
            0 => document.edit(&Person { sex: None, ..document.read().ok()? }, &author(by, 30)).ok().flatten(),
            _ => document.edit(&Encounter { risk: None, ..document.read().ok()? }, &author(by, 30)).ok().flatten(),
        };
        let actor = document.changes()[0].actor().as_bytes()[0];
        edits.extend(edit(&mut first, actor).map(|change| (which, 0, change)));
        edits.extend(edit(&mut stranger, 0xee).map(|change| (which, 3, change)));
    }
    let mut inputs = Vec::new();
    for (which, whose, change) in edits {
        inputs.push((which, [&[0][..], change.bytes()].concat()));
        inputs.push((which, [&[1][..], forge::body_of(change.bytes())].concat()));
        for how in [2, 3] {
            inputs.push((which, [&[how, whose, 0, 4][..], columns_of(change.bytes())].concat()));
        }
    }
    inputs
}

/// What stands in a change after the actors it names.
fn columns_of(change: &[u8]) -> &[u8] {
    let body = forge::body_of(change);
    let mut at = 0;
    let deps = leb(body, &mut at);
    at += 32 * deps;
    // Actor; sequence number, first operation, time; message; other actors.
    skip(body, &mut at);
    for _ in 0..3 {
        leb(body, &mut at);
    }
    skip(body, &mut at);
    let others = leb(body, &mut at);
    (0..others).for_each(|_| skip(body, &mut at));
    &body[at..]
}

fn leb(body: &[u8], at: &mut usize) -> usize {
    let (mut value, mut shift) = (0_usize, 0);
    loop {
        let byte = body[*at];
        *at += 1;
        value |= usize::from(byte & 0x7f) << shift.min(56);
        shift += 7;
        if byte & 0x80 == 0 {
            return value;
        }
    }
}

fn skip(body: &[u8], at: &mut usize) {
    let length = leb(body, at);
    *at += length;
}

fn changes() -> Vec<Vec<u8>> {
    let mut inputs: Vec<_> = edits().into_iter().map(|(which, input)| [&[which][..], &input].concat()).collect();
    for (_, _, change) in outgoing() {
        inputs.push([&[0, 1][..], forge::body_of(change.bytes())].concat());
    }
    for change in documents()[2].changes() {
        inputs.push([&[2, 1][..], forge::body_of(change.bytes())].concat());
    }
    inputs
}

fn pairs() -> Vec<Vec<u8>> {
    let all = edits();
    let pair = |(one, other): (&Edit, &Edit)| {
        let after = other.1.first().copied().unwrap_or(0) & 1;
        (one.0 == other.0).then(|| [&[one.0][..], &as_piece(&one.1), &[after], &other.1].concat())
    };
    all.iter().zip(all.iter().skip(2)).chain(all.iter().zip(&all)).filter_map(pair).collect()
}

fn saved() -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for (which, document) in (0..).zip(documents()) {
        let saved = document.save();
        inputs.push([&[0][..], &saved].concat());
        inputs.push([&[1][..], forge::body_of(&saved)].concat());
        for (_, input) in edits().into_iter().filter(|(of, _)| *of == which) {
            inputs.push([&[3 | which << 2][..], &input].concat());
        }
    }
    for (_, _, change) in outgoing() {
        inputs.push([&[2 | 1 << 2][..], forge::body_of(change.bytes())].concat());
    }
    inputs
}

fn signed() -> Vec<Vec<u8>> {
    let envelope = envelopes::signed();
    let (_, first) = RequestMessage::Hello(hello(&SERVER, Vec::new(), 7)).to_frame();
    vec![
        [&[0][..], &envelope.to_bytes()].concat(),
        [&[1][..], &envelope.proof().to_bytes()].concat(),
        [&[2][..], &first].concat(),
    ]
}

fn records() -> Vec<Vec<u8>> {
    let kinds = [
        (0, serde_json::to_value(encounter())),
        (1, serde_json::to_value(person())),
        (2, Ok(shift())),
        (3, Ok(referral())),
        (4, Ok(json!({ "unit": "khenifra-1", "due_on": "2026-11-25", "window_days": 3, "kind": "visit" }))),
        (
            5,
            Ok(json!({ "name_ar": "المحطة الطرقية", "name_fr": "Gare routière", "place_type": "bus_station",
            "position": "geo:32.3,-6.3;u=0;precision=100m", "aliases": { "01010101": { "text": "ⵜⴰⵙⵏⵙⵉ" } } })),
        ),
    ];
    let mut inputs = Vec::new();
    for (kind, json) in kinds {
        let json: Value = json.expect("a record is JSON");
        let mut second = json.clone();
        if let Some(fields) = second.as_object_mut() {
            let gone = fields.keys().next_back().cloned().unwrap_or_default();
            fields.remove(&gone);
        }
        inputs.push([&[kind][..], &as_piece(json.to_string().as_bytes()), second.to_string().as_bytes()].concat());
        inputs.push([&[kind][..], &as_piece(b"{}"), json.to_string().as_bytes()].concat());
    }
    inputs
}

fn shift() -> Value {
    json!({ "unit": "azilal-1", "operational_day": "2026-11-23", "utc_offset": 60, "shift_type": "night",
        "crew": { "fz2": { "role": "nurse" }, "yo1": {} }, "sectors": ["Centre/Ville", "حي السلام"],
        "stock_out": { "blanket": { "quantity": 40 } }, "odometer_start": 120_000, "started_at": NOW.0 })
}

fn referral() -> Value {
    json!({ "unit": "azilal-1", "to_kind": "homeless_centre", "reasons": ["cold"], "urgency": "three_hours",
        "status_events": { "01010101": { "status": "not_attained", "at": NOW.0, "by": "yo1", "note": "رفض" } } })
}

const WORDS: [&str; 24] = [
    "unit/azilal-1",
    "province/beni-mellal",
    "region",
    "2026-11-23",
    "0191e9a6-0000-7000-8000-000000000003",
    "dddddddddddddddddddddddddddddddd",
    "1f00ab42",
    "10-14",
    "18+",
    "١٠-١٤",
    "geo:32.3394,-6.3608;u=12;precision=1km",
    "meal@1f00ab42",
    "meal",
    "not_found",
    "encounter",
    "BM-7K2Q",
    "bm 7k2q",
    "7KQ2-M9XD-0VTB-3HRN",
    "superviseur.azilal",
    "missing-dependency",
    "مُحَمَّـــد",
    "Fatima Zahra",
    "فاطمة الزهراء",
    "İbrahim",
];

fn words() -> Vec<Vec<u8>> {
    let pairs = WORDS.iter().zip(WORDS.iter().rev());
    pairs.map(|(query, text)| [as_piece(query.as_bytes()), text.as_bytes().to_vec()].concat()).collect()
}

/// A request to each route, as its own callers make it.
fn asked() -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for (which, route) in (0..).zip(routes()) {
        let (flags, part, body): (u8, &str, Vec<u8>) = match route.path {
            "/api/v1/sync" => (3, "", [&[3][..], &frames(&exchange()[1..])].concat()),
            "/api/v1/enrol" => (1, "", enrolment().to_string().into_bytes()),
            "/sign-in" => (2 | 8 | 32, "", format!("name={}&password={}&back=/", http::ACCOUNT, "wrong").into_bytes()),
            "/sign-out" => (2 | 8 | 16 | 32, "", format!("csrf={}", csrf_of(&http::token())).into_bytes()),
            "/activity/{day}" => (16 | 32, "2026-11-23", Vec::new()),
            "/records/{id}" | "/api/v1/records/{id}" => (16, "0191e9a6-0000-7000-8000-000000000003", Vec::new()),
            "/static/{file}" => (64, "jisr.css", Vec::new()),
            _ => (16 | 64, "", Vec::new()),
        };
        let part = if route.path.contains('{') { as_piece(part.as_bytes()) } else { Vec::new() };
        let query =
            if route.path.ends_with("activity") { as_piece(b"day=2026-11-23&unit=azilal-1") } else { as_piece(b"") };
        inputs.push([&[which, flags][..], &part, &query, &body].concat());
    }
    inputs.push([&[200, 255][..], &as_piece(b"/x"), &as_piece(b"a=b"), &as_piece(b"text/plain")].concat());
    inputs
}

/// A backup that holds an exchange, as a file and as its chunks, and the backup of a server that holds nothing.
fn backups() -> Vec<Vec<u8>> {
    let exchanges = asked().into_iter().filter(|input| input.get(1) == Some(&3));
    let mut inputs = Vec::new();
    for file in exchanges.chain([Vec::new()]).map(|exchange| http::backed_up(&exchange)) {
        inputs.push([&[0][..], &file].concat());
        inputs.push([&[1][..], &crate::backups::spelled(&file)].concat());
    }
    inputs
}

/// What is sealed in a file of a device that met two people, at each depth; and files that do not open.
fn files() -> Vec<Vec<u8>> {
    let server = http::Server::start();
    let own = carries::writer(&server, 2).signed_work();
    let envelopes = [own.clone(), envelopes::signed().clone()];
    let whole = CarryHeader::write(server.id(), &envelopes, b"nobody can open this");
    let elsewhere = CarryHeader::write(SERVER, &envelopes, b"nobody can open this");
    server.stop();
    let forged = frames(&[RequestMessage::Push(signed_by_another(own.clone()))]);
    let pushed = frames(&[RequestMessage::Push(own), RequestMessage::Push(envelopes::signed().clone())]);
    vec![
        [&[depth::RAW][..], &whole].concat(),
        [&[depth::SEALED][..], &[0x5e; 100]].concat(),
        [&[depth::CLEAR][..], &carry_stream(&envelopes)].concat(),
        [&[depth::FRAMES][..], &pushed].concat(),
        [&[depth::FRAMES | depth::SIGNED][..], &pushed].concat(),
        [&[depth::FRAMES][..], &forged].concat(),
        [&[depth::RAW][..], &elsewhere].concat(),
    ]
}

/// What is said in a meeting at either end: by a stranger, by a device of the service, in its own name and as it came.
fn met() -> Vec<Vec<u8>> {
    // A message of the key exchange: whose it is, and the curve's base point; then one of the handshake.
    let outside = [&[0, 33, b'A', 0x58][..], &[0x66; 31], &[0, 48], &[9; 48]].concat();
    let mut inputs = vec![[&[0][..], &outside].concat(), [&[ask::JOINS | ask::HANGS_UP][..], &outside].concat()];
    for (end, role) in [(0, PeerRole::Listens), (ask::JOINS, PeerRole::Joins)] {
        let said = spelled_frames(overheard::said_to(role).iter().map(PeerMessage::to_frame));
        let inside = end | ask::INSIDE | ask::FRAMES;
        for asked in [0, ask::INTRODUCED, ask::INTRODUCED | ask::SIGNED | ask::IN_PIECES | ask::HANGS_UP] {
            inputs.push([&[inside | asked][..], &said].concat());
        }
        let forged = overheard::said_to(role).into_iter().map(forged);
        let forged = spelled_frames(forged.map(|message| message.to_frame()));
        inputs.push([&[inside | ask::INTRODUCED][..], &forged].concat());
        let stream = carry_stream(&[envelopes::signed().clone()]);
        inputs.push([&[end | ask::INSIDE | ask::INTRODUCED][..], &stream].concat());
    }
    inputs
}

/// The message; an envelope in it with somebody else's signature.
fn forged(message: PeerMessage) -> PeerMessage {
    match message {
        PeerMessage::Bring(bring) => {
            let envelope = signed_by_another(bring.envelope);
            PeerMessage::Bring(Box::new(Bring { certificate: bring.certificate, envelope }))
        }
        other => other,
    }
}

fn signed_by_another(envelope: Envelope) -> Envelope {
    let another = ed25519_dalek::SigningKey::from_bytes(&[0x66; 32]);
    Envelope::sign(envelope.device, envelope.incarnation, envelope.entries, &another)
}

fn enrolment() -> Value {
    let key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    let public_key = jisr_server::registry::DeviceKey::new(key.verifying_key().to_bytes()).map(|key| key.to_string());
    let code = http::code().spell();
    let proof = enrolment_proof(&code, &key);
    json!({ "code": code, "public_key": public_key, "proof": proof, "name": "phone 2" })
}
