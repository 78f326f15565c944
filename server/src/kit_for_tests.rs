//! For tests: devices that write real documents and sign real envelopes, a registry that knows them, and a store whose
//! commits wait. Only compiled for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex};

use ed25519_dalek::SigningKey;
use jisr_durable_kv::{Batch, Kv, KvError, MemoryKv, Pair};
use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::{Author, Document};
use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::record::Record;
use jisr_sync_core::sync::{Envelope, EnvelopeEntry, Incarnation};
use jisr_sync_core::time::{ServiceZone, UnixMillis};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::merge::{Carrier, Delivered, Merge, Outcome};
use crate::registry::{
    Account, Accounts, CodeSecret, DeviceKey, EnrolmentCode, Fleet, KvRegistry, NewDevice, PlannedShift, Role, SignIn,
    Territory, TokenHash, Unit,
};
use crate::storage::{Append, EnvelopeId, KvStorage, SetAside, Storage};

/// 2026-11-23 20:00 in Morocco.
pub(crate) const EVENING: UnixMillis = UnixMillis(1_795_464_000_000);

pub(crate) fn zone() -> ServiceZone {
    ServiceZone::morocco().unwrap()
}

pub(crate) fn unit() -> ScopeId {
    "unit/azilal-1".parse().unwrap()
}

pub(crate) fn province() -> ScopeId {
    "province/azilal".parse().unwrap()
}

pub(crate) fn memory() -> KvStorage {
    over(Arc::new(MemoryKv::new()))
}

pub(crate) fn over(kv: Arc<dyn Kv>) -> KvStorage {
    KvStorage::open(kv, &mut StdRng::seed_from_u64(1)).unwrap()
}

/// A change on its way.
pub(crate) type Sent = (ScopeId, DocumentId, Vec<u8>);

/// A device with its own copies of the documents it wrote.
pub(crate) struct TestDevice {
    pub id: DeviceId,
    pub actor: ActorId,
    pub key: SigningKey,
    pub incarnation: Incarnation,
    pub documents: BTreeMap<DocumentId, Document>,
    pub now: UnixMillis,
    rng: StdRng,
}

impl TestDevice {
    pub fn new(seed: u8) -> Self {
        let mut rng = StdRng::seed_from_u64(seed.into());
        Self {
            id: DeviceId::from_bytes([seed; 16]),
            actor: ActorId::draw(&DeviceId::from_bytes([seed; 16]), &mut rng),
            key: SigningKey::from_bytes(&[seed; 32]),
            incarnation: Incarnation::random(&mut rng),
            documents: BTreeMap::new(),
            now: EVENING,
            rng,
        }
    }

    fn author(&mut self) -> Author {
        self.now.0 += 1_000;
        Author { actor: self.actor, staff: None, at: self.now }
    }

    pub fn new_id(&mut self) -> DocumentId {
        DocumentId::new(self.now, &mut self.rng)
    }

    pub fn create<R: Record>(&mut self, record: &R) -> (DocumentId, Sent) {
        let id = self.new_id();
        (id, self.create_as(id, record))
    }

    pub fn create_as<R: Record>(&mut self, id: DocumentId, record: &R) -> Sent {
        let author = self.author();
        let (document, change) = Document::create(record, &author).unwrap();
        self.documents.insert(id, document);
        sent::<R>(id, &change)
    }

    pub fn edit<R: Record>(&mut self, id: DocumentId, edit: impl FnOnce(&mut R)) -> Sent {
        let author = self.author();
        let document = self.documents.get_mut(&id).unwrap();
        let mut record: R = document.read().unwrap();
        edit(&mut record);
        let change = document.edit(&record, &author).unwrap().expect("an edit that changes something");
        sent::<R>(id, &change)
    }

    pub fn learn(&mut self, id: DocumentId, from: &Self) {
        let changes = from.documents[&id].changes();
        let document = self.documents.entry(id).or_default();
        assert!(document.admit(&changes).iter().all(Result::is_ok));
    }

    pub fn envelope(&self, sent: &[Sent]) -> Envelope {
        let entry = |(scope, document, change): &Sent| EnvelopeEntry {
            scope: scope.clone(),
            document: *document,
            change: change.clone().into(),
        };
        Envelope::sign(self.id, self.incarnation, sent.iter().map(entry).collect(), &self.key)
    }

    pub fn carrier(&self) -> Carrier {
        let scopes = BTreeSet::from([unit(), province()]);
        let read = scopes.clone();
        Carrier { brought_by: self.id, barred: None, revoked: false, scopes, read, clock_suspect: false }
    }

    pub fn delivers(&self, sent: &[Sent]) -> Delivered {
        let envelope = self.envelope(sent);
        Delivered::check(&envelope.entries, &envelope.proof(), self.carrier(), self.now)
    }
}

fn sent<R: Record>(id: DocumentId, change: &RawChange) -> Sent {
    let scope = if R::KIND.shared_by_province() { province() } else { unit() };
    (scope, id, change.bytes().to_vec())
}

/// Sets aside so many changes, each of a document of its own, as if `author` had delivered them at `at`.
pub(crate) fn set_aside_many(storage: &dyn Storage, author: DeviceId, count: u64, at: UnixMillis) {
    let aside = |n: u64| {
        let mut hash = [author.as_bytes()[0]; 32];
        hash[..8].copy_from_slice(&n.to_be_bytes());
        let mut document = [author.as_bytes()[0]; 16];
        document[8..].copy_from_slice(&n.to_be_bytes());
        SetAside {
            scope: unit(),
            document: DocumentId::from_bytes(document),
            hash: ChangeHash::from_bytes(hash),
            author,
            brought_by: author,
            reason: "checksum".to_owned(),
            received_at: at,
            clock_suspect: false,
            envelope: EnvelopeId([0; 32]),
            bytes: vec![1],
            lacks: None,
        }
    };
    storage.append(&Append { set_aside: (0..count).map(aside).collect(), ..Append::default() }).unwrap();
}

/// Merges deliveries as one append and makes it.
pub(crate) fn merge_all(storage: &dyn Storage, deliveries: &[Delivered]) -> Vec<Vec<Outcome>> {
    let zone = zone();
    let mut merge = Merge::new(storage, &zone);
    let outcomes = deliveries.iter().map(|delivered| merge.deliver(delivered).unwrap()).collect();
    storage.append(&merge.finish().unwrap()).unwrap();
    outcomes
}

/// Merges one delivery as one append.
pub(crate) fn merge_one(storage: &dyn Storage, delivered: &Delivered) -> Vec<Outcome> {
    merge_all(storage, std::slice::from_ref(delivered)).remove(0)
}

/// A registry with the units `azilal-1` and, by night, `azilal-2`, and these devices enrolled to the first.
pub(crate) fn registry(devices: &[&TestDevice]) -> Arc<KvRegistry> {
    let mut rng = StdRng::seed_from_u64(7);
    let registry = KvRegistry::open(Arc::new(MemoryKv::new()), &mut rng).unwrap();
    add_units(&registry);
    devices.iter().for_each(|device| enrol(&registry, device, &mut rng));
    Arc::new(registry)
}

fn add_units(registry: &KvRegistry) {
    for (id, night) in [("azilal-1", false), ("azilal-2", true)] {
        let unit = Unit {
            id: id.parse().unwrap(),
            name_ar: "وحدة".to_owned(),
            name_fr: "Unité".to_owned(),
            province: "azilal".parse().unwrap(),
            night,
        };
        registry.add_unit(&unit).unwrap();
    }
}

/// Adds units, an account, a sign-in and a plan.
pub(crate) fn fill_registry(registry: &KvRegistry) {
    add_units(registry);
    let account = Account {
        standing: crate::registry::Standing::default(),
        name: "fatima".parse().unwrap(),
        password_hash: "$argon2id$".to_owned(),
        territory: Territory::Region,
        role: Role::Supervisor,
    };
    registry.add_account(&account).unwrap();
    let sign_in = SignIn { account: account.name, opened_at: EVENING, used_at: EVENING };
    registry.put_sign_in(&TokenHash::of(b"token"), &sign_in).unwrap();
    let (unit, day) = ("azilal-1".parse().unwrap(), "2026-11-23".parse().unwrap());
    let end = UnixMillis(EVENING.0 + 8 * 3_600_000);
    registry.add_plan(&PlannedShift { unit, day, start: EVENING, end }).unwrap();
}

pub(crate) fn enrol(registry: &KvRegistry, device: &TestDevice, rng: &mut StdRng) {
    let code = EnrolmentCode {
        hash: CodeSecret::random(rng).hash(),
        unit: "azilal-1".parse().unwrap(),
        device_name: "phone".to_owned(),
        issued_by: None,
        expires_at: UnixMillis(i64::MAX),
    };
    registry.issue_code(&code).unwrap();
    let key = DeviceKey::new(device.key.verifying_key().to_bytes()).unwrap();
    registry.enrol(&code.hash, &NewDevice { key, name: None }, device.id, EVENING).unwrap();
}

/// A store whose commits wait until the test lets them, and are counted. Reads never wait.
pub(crate) struct GatedKv {
    inner: MemoryKv,
    gate: Mutex<GateState>,
    moved: Condvar,
}

#[derive(Default)]
struct GateState {
    closed: bool,
    waiting: usize,
    commits: usize,
}

impl GatedKv {
    pub fn new() -> Self {
        Self { inner: MemoryKv::new(), gate: Mutex::default(), moved: Condvar::new() }
    }

    pub fn close(&self) {
        self.gate.lock().unwrap().closed = true;
    }

    pub fn open(&self) {
        self.gate.lock().unwrap().closed = false;
        self.moved.notify_all();
    }

    pub fn commits(&self) -> usize {
        self.gate.lock().unwrap().commits
    }

    /// Returns when a commit stands before the closed gate.
    pub fn until_one_waits(&self) {
        let state = self.gate.lock().unwrap();
        drop(self.moved.wait_while(state, |state| state.waiting == 0).unwrap());
    }
}

impl Kv for GatedKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        self.inner.scan(from, to, limit)
    }

    fn scan_back(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, KvError> {
        self.inner.scan_back(from, to, limit)
    }

    fn commit(&self, batch: Batch) -> Result<(), KvError> {
        let mut state = self.gate.lock().unwrap();
        state.waiting += 1;
        self.moved.notify_all();
        let mut state = self.moved.wait_while(state, |state| state.closed).unwrap();
        state.waiting -= 1;
        state.commits += 1;
        self.inner.commit(batch)
    }
}
