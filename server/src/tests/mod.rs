//! The server as a whole, asked through its one door, with records made by hand.

mod access;
mod asides;
mod day;
mod enrolment;
mod hand_made;
mod limits;
mod metrics;
mod night;
mod orders;
mod pages;
mod plan;
mod records_pages;
mod sign_in;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use jisr_durable_kv::MemoryKv;
use jisr_sync_core::time::{ServiceZone, UnixMillis};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tower::ServiceExt;

use crate::access::{SignInToken, cookie, csrf_of, open_sign_in};
use crate::ports::Records;
use crate::registry::{Account, Accounts, Fleet, KvRegistry, Role, Standing, Territory};
use crate::state::{AppState, Settings};

/// 2026-11-23 23:10 in Morocco.
pub const NOW: UnixMillis = UnixMillis(1_795_475_400_000);

/// A server over memory and invented records, and its clock.
pub struct TestServer {
    pub state: AppState,
    pub registry: Arc<KvRegistry>,
    clock: Arc<AtomicI64>,
    app: Router,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl TestServer {
    pub fn start() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        let registry = KvRegistry::open(Arc::new(MemoryKv::new()), &mut StdRng::seed_from_u64(1)).unwrap();
        let registry = Arc::new(registry);
        for unit in day::units() {
            registry.add_unit(&unit).unwrap();
        }
        let clock = Arc::new(AtomicI64::new(NOW.0));
        let records = Arc::new(hand_made::HandMade);
        let zone = ServiceZone::morocco().unwrap();
        let mut state = AppState::new(registry.clone(), records.clone(), records, settings, zone);
        let told = clock.clone();
        state.clock = Arc::new(move || UnixMillis(told.load(Ordering::SeqCst)));
        let app = crate::app(&state);
        Self { state, registry, clock, app }
    }

    /// Puts other records in place of the invented ones.
    pub fn use_records(&mut self, records: Arc<dyn Records>) {
        self.state.records = records;
        self.app = crate::app(&self.state);
    }

    pub fn pass_minutes(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    /// The cookie of somebody who has signed in.
    pub fn signed_in(&self, role: Role, territory: &str) -> Visitor {
        let name = format!("{}.{}", role.code(), territory.replace('/', "."));
        let account = Account {
            standing: Standing::default(),
            name: name.parse().unwrap(),
            password_hash: String::new(),
            territory: territory.parse().unwrap(),
            role,
        };
        let _ = self.registry.add_account(&account);
        let token = SignInToken::random(&mut rand::rng());
        open_sign_in(&*self.registry, &account, &token, self.state.now()).unwrap();
        let https = self.state.settings.https;
        Visitor { cookie: cookie(&token, https).stripped().to_string(), csrf: csrf_of(&token) }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// A GET as a browser sends it, in a language.
    pub async fn page(&self, path: &str, lang: &str, visitor: Option<&Visitor>) -> Answer {
        let request = browser(Method::GET, path, visitor).header(header::ACCEPT_LANGUAGE, lang);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A GET as a program sends it.
    pub async fn get(&self, path: &str, visitor: Option<&Visitor>) -> Answer {
        let mut request = Request::get(path);
        if let Some(visitor) = visitor {
            request = request.header(header::COOKIE, &visitor.cookie);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn post_json(&self, path: &str, body: &serde_json::Value) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A form as a browser sends it from one of the server's own pages.
    pub async fn post_form(&self, path: &str, form: &str, visitor: Option<&Visitor>) -> Answer {
        let request = browser(Method::POST, path, visitor)
            .header(header::ORIGIN, "http://jisr.test")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }
}

/// Somebody who has signed in.
pub struct Visitor {
    pub cookie: String,
    pub csrf: String,
}

pub fn browser(method: Method, path: &str, visitor: Option<&Visitor>) -> axum::http::request::Builder {
    let address = SocketAddr::from(([10, 0, 0, 7], 4000));
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "jisr.test")
        .header(header::ACCEPT, "text/html,*/*;q=0.8")
        .extension(ConnectInfo(address));
    if let Some(visitor) = visitor {
        request = request.header(header::COOKIE, &visitor.cookie);
    }
    request
}

/// Every account a test needs to tell territories apart.
pub const TERRITORIES: [&str; 5] = ["unit/azilal-1", "unit/azilal-2", "province/azilal", "province/khenifra", "region"];

/// Whether a territory reaches a unit of the invented day.
pub fn reaches(territory: &str, unit: &str) -> bool {
    match territory.parse().unwrap() {
        Territory::Unit(own) => own.to_string() == unit,
        Territory::Province(province) => {
            day::units().iter().any(|u| u.id.to_string() == unit && u.province == province)
        }
        Territory::Region => true,
    }
}
