//! A device that does not keep to the rules: enrolled like any other, it sends whatever a test wants it to send.
//!
//! Its Hello is honest, its envelopes are signed with its own key; what is in them is not checked before it goes.
//! It also reads the log as bytes, without a client between, to see what really comes.

use anyhow::{Context, Result, bail, ensure};
use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use jisr_client_sdk::clock::{Clock, SystemClock};
use jisr_sync_core::id::{ActorId, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::limits::{ANSWER_BYTES_MAX, ANSWER_DECOMPRESSED_BYTES_MAX};
use jisr_sync_core::sync::{
    AnswerMessage, Done, Envelope, EnvelopeEntry, FrameReader, FrameWriter, Hello, Incarnation, LogKind, Nonce,
    PROTOCOL_VERSION, PulledRecord, RequestMessage, ServerId, Status, StreamLimits, change_hash, enrolment_proof,
};
use rand::RngExt;
use serde_json::Value;

use crate::service::Service;
use crate::van::State;

/// A device without manners.
pub struct Rogue {
    http: reqwest::Client,
    url: String,
    key: SigningKey,
    /// The id the server gave it.
    pub device: DeviceId,
    /// The actor it may write under.
    pub actor: ActorId,
    server: ServerId,
    incarnation: Incarnation,
    boot: u64,
}

/// A change it sends.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Where it says it belongs.
    pub scope: ScopeId,
    /// Of which document it says it is.
    pub document: DocumentId,
    /// Its bytes, whatever they are.
    pub change: Vec<u8>,
}

/// What the server answered.
#[derive(Debug, Default)]
pub struct Exchanged {
    /// How the server saw the exchange.
    pub status: Option<Status>,
    /// How many changes it said it holds.
    pub acknowledged: u32,
    /// Which of them it set aside (by place in the request), and why.
    pub set_aside: Vec<(u32, String)>,
    /// The scopes it named, in order.
    pub scopes: Vec<ScopeId>,
    /// The records it sent.
    pub pulled: Vec<PulledRecord>,
    /// Who wrote the changes that came, by their documents.
    pub written: Vec<(DocumentId, DeviceId)>,
    /// Whether the answer came to its end.
    pub ended: bool,
    /// Every byte of the answer, decompressed.
    pub bytes: Vec<u8>,
}

impl Exchanged {
    /// The documents that came, each with its changes.
    pub fn state(&self) -> State {
        let mut state = State::new();
        for record in self.pulled.iter().filter(|record| record.kind == LogKind::Change) {
            state.entry(record.document).or_default().insert(change_hash(&record.body));
        }
        state
    }

    /// Whether these bytes came anywhere in the answer.
    pub fn came(&self, bytes: &[u8]) -> bool {
        self.bytes.windows(bytes.len()).any(|window| window == bytes)
    }
}

impl Rogue {
    /// Enrols a new device to `unit`.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn join(service: &Service, unit: &str) -> Result<Self> {
        let code = service.code(unit, "rogue")?;
        let mut rng = rand::rng();
        let key = SigningKey::from_bytes(&rng.random());
        let request = serde_json::json!({
            "code": code,
            "public_key": HEXLOWER.encode(key.verifying_key().as_bytes()),
            "proof": enrolment_proof(&code, &key),
        });
        let http = reqwest::Client::new();
        let url = service.url();
        let answer = http.post(format!("{url}/api/v1/enrol")).json(&request).send().await?.error_for_status()?;
        let answer: Value = answer.json().await?;
        let text = |name: &str| answer[name].as_str().context("the answer to an enrolment names the device");
        let device = text("device_id")?.parse()?;
        Ok(Self {
            device,
            server: text("server_id")?.parse()?,
            actor: ActorId::draw(&device, &mut rng),
            incarnation: Incarnation::random(&mut rng),
            boot: 1,
            http,
            url,
            key,
        })
    }

    /// Sends `changes` in one envelope and reads the whole log of every scope it is granted.
    ///
    /// # Errors
    /// When the server is not reached or answers with something that is not the protocol.
    pub async fn exchange(&mut self, changes: &[Sent]) -> Result<Exchanged> {
        let entry = |sent: &Sent| EnvelopeEntry {
            scope: sent.scope.clone(),
            document: sent.document,
            change: sent.change.clone().into(),
        };
        let entries: Vec<_> = changes.iter().map(entry).collect();
        let envelope = Envelope::sign(self.device, self.incarnation, entries, &self.key);
        self.exchange_envelopes(vec![envelope]).await
    }

    /// Sends envelopes as they are, whoever signed them.
    ///
    /// # Errors
    /// As [`Rogue::exchange`].
    pub async fn exchange_envelopes(&mut self, envelopes: Vec<Envelope>) -> Result<Exchanged> {
        let pushed: usize = envelopes.iter().map(|envelope| envelope.entries.len()).sum();
        let hello = self.hello(pushed as u64).sign(&self.server, &self.key);
        let mut messages = vec![RequestMessage::Hello(hello)];
        messages.extend(envelopes.into_iter().filter(|e| !e.entries.is_empty()).map(RequestMessage::Push));
        messages.push(RequestMessage::Done(Done { pushed: pushed as u64, left: 0 }));
        let mut writer = FrameWriter::new();
        let mut body = Vec::new();
        for message in &messages {
            let (kind, payload) = message.to_frame();
            body.extend(writer.write(kind, &payload));
        }
        let request = self.http.post(format!("{}/api/v1/sync", self.url));
        let answer = request.header("content-type", "application/vnd.jisr.sync").body(body).send().await?;
        ensure!(answer.status().is_success(), "the exchange was answered with {}", answer.status());
        read(&answer.bytes().await?)
    }

    /// An envelope signed by this device, for somebody else to carry.
    pub fn sign(&self, entries: Vec<EnvelopeEntry>) -> Envelope {
        Envelope::sign(self.device, self.incarnation, entries, &self.key)
    }

    fn hello(&self, waiting: u64) -> Hello {
        Hello {
            protocol: PROTOCOL_VERSION,
            device: self.device,
            incarnation: self.incarnation,
            boot: self.boot,
            nonce: Nonce::random(&mut rand::rng()),
            clock: SystemClock.now().0,
            server_clock_offset_ms: 0,
            waiting,
            frame_bytes_aim: 0,
            app_version: "0.0.0".to_owned(),
            scopes: Vec::new(),
            wants_credentials: None,
        }
    }
}

fn read(answer: &[u8]) -> Result<Exchanged> {
    let limits = StreamLimits { bytes_max: ANSWER_BYTES_MAX, decompressed_bytes_max: ANSWER_DECOMPRESSED_BYTES_MAX };
    let mut reader = FrameReader::new(limits);
    reader.push(answer).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let mut exchanged = Exchanged::default();
    while let Some((kind, payload)) = reader.next_frame().map_err(|error| anyhow::anyhow!("{error:?}"))? {
        exchanged.bytes.extend_from_slice(&payload);
        let Some(message) = AnswerMessage::from_frame(kind, &payload) else { bail!("a frame of kind {kind}") };
        match message {
            AnswerMessage::Welcome(welcome) => {
                exchanged.status = Some(welcome.status);
                exchanged.scopes.extend(welcome.scopes.into_iter().filter_map(|scope| scope.scope));
            }
            AnswerMessage::Ack(ack) => {
                exchanged.acknowledged += ack.count;
                let aside = ack.set_aside.into_iter().map(|aside| (aside.position, aside.reason.to_string()));
                exchanged.set_aside.extend(aside);
            }
            AnswerMessage::Lacking(_) | AnswerMessage::Fates(_) | AnswerMessage::Whole(_) => {
                bail!("an answer to a question that was not asked")
            }
            AnswerMessage::Pull(pull) => {
                let by = |record: &PulledRecord| {
                    let author = pull.authors.get(usize::try_from(record.author?).ok()?)?;
                    Some((record.document, author.device))
                };
                exchanged.written.extend(pull.records.iter().filter_map(by));
                exchanged.pulled.extend(pull.records);
            }
            AnswerMessage::End(_) => exchanged.ended = true,
        }
    }
    Ok(exchanged)
}
