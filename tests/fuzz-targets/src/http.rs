//! The whole server in memory, asked anything on every route.
//!
//! An answer is never a 5xx: nothing here is full, slow or stopping, so each would be a defect. Afterwards the server
//! is ready, its records agree with one another, and whatever was let in can be shown.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use ed25519_dalek::VerifyingKey;
use http_body_util::BodyExt;
use jisr_durable_kv::{Kv, MemoryKv};
use jisr_server::access::{SignInToken, cookie, hash_password, open_sign_in};
use jisr_server::api::CARRY_CONTENT_TYPE;
use jisr_server::backup::{Pattern, Source, make_file};
use jisr_server::kept::Kept;
use jisr_server::ports::{CarryOutcome, Records};
use jisr_server::progress::Unwatched;
use jisr_server::registry::{
    Account, Accounts, CodeSecret, DeviceKey, EnrolmentCode, Fleet, KvRegistry, NewDevice, Role, Standing, Territory,
    Unit,
};
use jisr_server::router::{app, routes};
use jisr_server::state::{AppState, Settings};
use jisr_server::writer::WriterThread;
use jisr_sync_core::id::{DeviceId, DocumentId};
use jisr_sync_core::sync::{AnswerMessage, RequestMessage, ServerId, SignedHello};
use jisr_sync_core::time::{ServiceZone, UnixMillis};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::input::Draw;
use crate::samples::{DEVICE, NOW, key};
use crate::streams::{Receiver, answer_reader, hello, request};

/// The password of the one account, for seeds.
pub const PASSWORD: &str = "a long password";

/// The name of the one account.
pub const ACCOUNT: &str = "superviseur.azilal";

/// How many records are looked at after an exchange.
const SHOWN_MAX: usize = 4;

/// One request. The route, its path and query, headers, and the body come out of the input.
pub fn http_body(input: &[u8]) {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the system gives a runtime")
    });
    runtime.block_on(async {
        let server = Server::start();
        server.try_one(Draw::new(input)).await;
        server.stop();
    });
}

/// The code that enrols a device at the server of this target, as people type it.
pub fn code() -> CodeSecret {
    CodeSecret::random(&mut StdRng::seed_from_u64(3))
}

/// The token of the one sign-in.
pub fn token() -> SignInToken {
    SignInToken::random(&mut StdRng::seed_from_u64(4))
}

/// A backup of a server that took an exchange, for seeds.
pub fn backed_up(exchange: &[u8]) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let server = Server::start();
        server.try_one(Draw::new(exchange)).await;
        let folder = tempfile::tempdir().expect("a folder for the file");
        let pattern = Pattern::of(&folder.path().join("seed.jisr")).expect("a file name");
        let (storage, registry) = (server.kept.storage(), &*server.registry);
        let source = Source { storage, registry, config: Some("# no settings\n"), made_at: NOW };
        let made = make_file(&source, &pattern, None, &Unwatched).expect("a backup");
        server.stop();
        std::fs::read(made.file).expect("the backup reads")
    })
}

/// A server in memory.
pub struct Server {
    app: Router,
    /// Whom it knows.
    pub registry: Arc<KvRegistry>,
    /// What it keeps.
    pub kept: Arc<Kept>,
    receiver: Receiver,
    writer: WriterThread,
}

impl Server {
    /// A server with one unit, the harness's device, an open code, and somebody signed in.
    pub fn start() -> Self {
        let kv: Arc<dyn Kv> = Arc::new(MemoryKv::new());
        let registry = KvRegistry::open(kv.clone(), &mut StdRng::seed_from_u64(1)).expect("an empty store opens");
        fill(&registry);
        let registry = Arc::new(registry);
        let receiver = Receiver { server: registry.server_id(), voucher_key: registry.voucher_key() };
        let zone = ServiceZone::morocco().expect("the zone is bundled");
        let clock: jisr_server::state::Clock = Arc::new(|| NOW);
        // Hellos made before the exchange opened count as replayed.
        let opened: jisr_server::sync::Clock = Arc::new(|| NOW);
        let kept = Kept::open(kv, registry.clone(), zone.clone(), opened, Arc::new(|_| None));
        let (kept, writer) = kept.expect("an empty store opens");
        let kept = Arc::new(kept);
        let mut state = AppState::new(registry.clone(), kept.clone(), kept.clone(), Settings::default(), zone);
        state.clock = clock;
        Self { app: app(&state), registry, kept, receiver, writer }
    }

    /// Ends its writer.
    pub fn stop(self) {
        self.writer.shut_down();
    }

    /// Its id.
    pub const fn id(&self) -> ServerId {
        self.receiver.server
    }

    /// To whom files are sealed that only it opens.
    pub fn seal_to(&self) -> [u8; 32] {
        self.registry.service_keys().seal.recipient().expect("the library has the curve")
    }

    /// Enrols one more device to the one unit.
    pub fn enrol(&self, device: DeviceId, key: &VerifyingKey) {
        let secret = CodeSecret::random(&mut StdRng::seed_from_u64(5));
        let new = NewDevice { key: DeviceKey::new(key.to_bytes()).expect("a key"), name: None };
        let enrolled = self.registry.issue_code(&code_of(&secret));
        enrolled.and_then(|()| self.registry.enrol(&secret.hash(), &new, device, NOW)).expect("the store takes it");
    }

    /// Hands a carry file in as the device that signed `hello`; what came of it, or `None` when it is refused.
    pub async fn hand_in(&self, hello: &SignedHello, file: &[u8]) -> Option<CarryOutcome> {
        let hello = hello.to_bytes();
        let length = u16::try_from(hello.len()).expect("a Hello is short").to_be_bytes();
        let body = [&length[..], &hello, file].concat();
        let request = Request::post("/api/v1/carry").header(header::CONTENT_TYPE, CARRY_CONTENT_TYPE);
        let (status, _, answer) = self.ask(request.body(Body::from(body)).expect("a request")).await;
        let taken = status.is_success().then(|| serde_json::from_slice(&answer).expect("an outcome is JSON"));
        assert!(taken.is_some() || [400, 413].contains(&status.as_u16()), "a carry file is answered with {status}");
        taken
    }

    async fn try_one(&self, mut draw: Draw<'_>) {
        let (which, flags) = (usize::from(draw.byte()), draw.byte());
        let routes = routes();
        let route = routes.get(which % (routes.len() + 2));
        let method =
            route.map_or(if which & 1 == 0 { Method::GET } else { Method::POST }, |route| route.method.clone());
        let path = filled_path(route.map_or("{}", |route| route.path), &mut draw);
        let Some(uri) = path.and_then(|path| Uri::try_from(path).ok()) else { return };
        let Some(mut asked) = headers(Request::builder().method(method).uri(uri), flags, &mut draw) else { return };
        let exchange = route.is_some_and(|route| route.path == "/api/v1/sync") && flags & 7 == 3;
        if exchange {
            let hello = hello(&self.receiver.server, vec![], 7);
            *asked.body_mut() = request(draw, &hello, &self.receiver);
        } else {
            *asked.body_mut() = draw.rest().to_vec();
        }
        let sent = asked.body().clone();
        let (_, kind, body) = self.ask(asked.map(Body::from)).await;
        if exchange && kind == "application/vnd.jisr.sync" {
            check_answer(&body);
            self.show(&sent).await;
            let verification = self.kept.verify(false, Arc::new(Unwatched)).expect("the store reads");
            assert_eq!(verification.findings, [], "what is kept does not agree with itself");
        }
        let ready = Request::get("/health/ready").body(Body::empty()).expect("a request");
        assert_eq!(self.ask(ready).await.0, StatusCode::OK);
    }

    async fn ask(&self, request: Request<Body>) -> (StatusCode, String, Bytes) {
        let shown = format!("{} {}", request.method(), request.uri());
        let response = self.app.clone().oneshot(request).await.expect("the service has no error of its own");
        let (parts, body) = response.into_parts();
        assert!(!parts.status.is_server_error(), "{shown} was answered with {}", parts.status);
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        (parts.status, kind.to_owned(), body.collect().await.expect("an answer is whole").to_bytes())
    }

    /// Looks at the day and at records that the request was about.
    async fn show(&self, sent: &[u8]) {
        let mut paths = vec!["/activity/2026-11-23".to_owned(), "/api/v1/activity?day=2026-11-23".to_owned()];
        for id in documents_of(sent).into_iter().take(SHOWN_MAX) {
            paths.extend([format!("/records/{id}"), format!("/api/v1/records/{id}")]);
        }
        for path in paths {
            let cookie = cookie(&token(), false).stripped().to_string();
            let request = Request::get(path).header(header::COOKIE, cookie).header(header::ACCEPT, "text/html");
            self.ask(request.body(Body::empty()).expect("a request")).await;
        }
    }
}

fn fill(registry: &KvRegistry) {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| hash_password(PASSWORD).expect("a password"));
    let unit = Unit {
        id: "azilal-1".parse().expect("a unit"),
        name_ar: "أزيلال 1".to_owned(),
        name_fr: "Azilal 1".to_owned(),
        province: "azilal".parse().expect("a province"),
        night: true,
    };
    let account = Account {
        name: ACCOUNT.parse().expect("a name"),
        password_hash: hash.clone(),
        territory: Territory::Province(unit.province.clone()),
        role: Role::Supervisor,
        standing: Standing::default(),
    };
    let used = CodeSecret::random(&mut StdRng::seed_from_u64(2));
    let device = NewDevice { key: DeviceKey::new(key().verifying_key().to_bytes()).expect("a key"), name: None };
    let filled = registry
        .add_unit(&unit)
        .and_then(|()| registry.issue_code(&code_of(&used)))
        .and_then(|()| registry.enrol(&used.hash(), &device, DEVICE, NOW))
        .and_then(|_| registry.issue_code(&code_of(&code())))
        .and_then(|()| registry.add_account(&account))
        .and_then(|()| open_sign_in(registry, &account, &token(), NOW));
    filled.expect("the store takes them");
}

/// A code for the one unit.
fn code_of(secret: &CodeSecret) -> EnrolmentCode {
    EnrolmentCode {
        hash: secret.hash(),
        unit: "azilal-1".parse().expect("a unit"),
        device_name: "phone 1".to_owned(),
        issued_by: None,
        expires_at: UnixMillis(NOW.0 + 3_600_000),
    }
}

/// The path with what stands in braces drawn, and a query drawn behind it.
fn filled_path(path: &str, draw: &mut Draw<'_>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        filled.push_str(std::str::from_utf8(draw.piece()).ok()?);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    filled.push_str(rest);
    let query = std::str::from_utf8(draw.piece()).ok()?;
    if !query.is_empty() {
        filled.push('?');
        filled.push_str(query);
    }
    Some(filled)
}

/// Headers as the flags say; `None` when the drawn ones cannot stand in a request at all.
fn headers(mut request: axum::http::request::Builder, flags: u8, draw: &mut Draw<'_>) -> Option<Request<Vec<u8>>> {
    let kinds = ["", "application/json", "application/x-www-form-urlencoded", "application/vnd.jisr.sync"];
    match kinds.get(usize::from(flags & 7)) {
        Some(&"") => {}
        Some(kind) => request = request.header(header::CONTENT_TYPE, *kind),
        None => request = request.header(header::CONTENT_TYPE, HeaderValue::from_bytes(draw.piece()).ok()?),
    }
    if flags & 8 != 0 {
        request = request.header(header::HOST, "jisr.test").header(header::ORIGIN, "http://jisr.test");
    }
    if flags & 16 != 0 {
        request = request.header(header::COOKIE, cookie(&token(), false).stripped().to_string());
    }
    if flags & 32 != 0 {
        request = request.header(header::ACCEPT, "text/html");
    }
    if flags & 64 != 0 {
        request = request.header(header::ACCEPT_ENCODING, "gzip").header(header::ACCEPT_LANGUAGE, "fr");
    }
    if flags & 128 != 0 {
        let name = HeaderName::from_bytes(draw.piece()).ok()?;
        request = request.header(name, HeaderValue::from_bytes(draw.piece()).ok()?);
    }
    request.body(Vec::new()).ok()
}

/// An answer reads as a device reads it, from Welcome to End.
fn check_answer(body: &[u8]) {
    let mut reader = answer_reader();
    reader.push(body).expect("an answer is within its limits");
    let mut last = None;
    while let Some((kind, payload)) = reader.next_frame().expect("an answer is a stream") {
        let message = AnswerMessage::from_frame(kind, &payload).expect("an answer is of answers' frames");
        assert_eq!(last.is_none(), matches!(message, AnswerMessage::Welcome(_)), "the Welcome is first, once");
        last = Some(message);
    }
    assert!(matches!(last, Some(AnswerMessage::End(_))) && reader.between_frames());
}

fn documents_of(request: &[u8]) -> BTreeSet<DocumentId> {
    let mut reader = answer_reader();
    let mut documents = BTreeSet::new();
    if reader.push(request).is_ok() {
        while let Ok(Some((kind, payload))) = reader.next_frame() {
            if let Some(RequestMessage::Push(envelope)) = RequestMessage::from_frame(kind, &payload) {
                documents.extend(envelope.entries.iter().map(|entry| entry.document));
            }
        }
    }
    documents
}
