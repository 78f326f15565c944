//! An encrypted channel between two devices: frames of the protocol in Noise records, by `snow`.
//!
//! First SPAKE2 makes a key out of the one-time code: a code is short, and whoever does not know it learns from one try
//! whether one guess was right, and nothing to try others against in secret. Then `Noise_NNpsk0` under that key: fresh
//! keys for each meeting, so that what was overheard stays unreadable, and who joins proves first that it knows the code.
//! Who is at the other end is proven inside, by a card that signs this handshake. Rustls with raw keys would need
//! certificates of another kind, a verifier of our own and twice the round trips.
//!
//! **Never here:** who is believed, what is said.

use jisr_sync_core::sync::limits::{VAN_BYTES_MAX, VAN_DECOMPRESSED_BYTES_MAX, VAN_NO_PROGRESS_MS};
use jisr_sync_core::sync::{FrameReader, FrameWriter, PeerMessage, PeerRole, StreamLimits};
use snow::{HandshakeState, TransportState};
use spake2::{Ed25519Group, Identity, Password, Spake2};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::error::{Error, Result};
use crate::van::VanCode;

const PATTERN: &str = "Noise_NNpsk0_25519_ChaChaPoly_SHA256";
const CODE_DOMAIN: &[u8] = b"jisr van code 1";

/// The names of the two ends in SPAKE2.
const ENDS: [&[u8]; 2] = [b"jisr van joins", b"jisr van listens"];

/// A message of SPAKE2: whose it is, and a point.
const PAKE_BYTES: usize = 33;

/// The longest record in clear, in bytes.
const RECORD_BYTES_MAX: usize = 32 * 1024;

/// Noise's tag behind each record.
const TAG_BYTES: usize = 16;

/// The longest handshake message: an ephemeral key and a tag.
const HANDSHAKE_BYTES_MAX: usize = 64;

/// A channel to another device.
pub(crate) struct Channel<S> {
    stream: S,
    noise: TransportState,
    binding: Vec<u8>,
    writer: FrameWriter,
    reader: FrameReader,
    /// Bytes sent, as they travel.
    pub(super) sent: usize,
    /// Bytes received, as they travel.
    pub(super) received: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Channel<S> {
    /// Opens a channel over `stream` with whoever knows `code`.
    ///
    /// # Errors
    /// [`Error::VanCode`] when the other does not know the code; [`Error::Interrupted`] when it falls silent.
    pub(crate) async fn open(mut stream: S, role: PeerRole, code: &VanCode) -> Result<Self> {
        let (key, said) = agree(&mut stream, role, code).await?;
        let handshake = shake_hands(&mut stream, role, &key, &said).await?;
        let binding = handshake.get_handshake_hash().to_vec();
        let limits = StreamLimits { bytes_max: VAN_BYTES_MAX, decompressed_bytes_max: VAN_DECOMPRESSED_BYTES_MAX };
        Ok(Self {
            stream,
            noise: handshake.into_transport_mode()?,
            binding,
            writer: FrameWriter::new(),
            reader: FrameReader::new(limits),
            sent: 0,
            received: 0,
        })
    }

    /// What both ends of this channel know and nobody can bring about a second time.
    pub(crate) fn binding(&self) -> &[u8] {
        &self.binding
    }

    /// Says something to the other device.
    pub(super) async fn say(&mut self, message: &PeerMessage) -> Result<()> {
        let (kind, payload) = message.to_frame();
        let frame = self.writer.write(kind, &payload);
        self.send(&frame).await
    }

    /// Sends bytes of the stream of frames, whatever they are.
    pub(crate) async fn send(&mut self, clear: &[u8]) -> Result<()> {
        let mut sealed = vec![0; RECORD_BYTES_MAX + TAG_BYTES];
        for part in clear.chunks(RECORD_BYTES_MAX) {
            let length = self.noise.write_message(part, &mut sealed)?;
            self.sent += length + 2;
            send_record(&mut self.stream, sealed.get(..length).unwrap_or_default()).await?;
        }
        Ok(())
    }

    /// Hears what the other device says next.
    pub(crate) async fn hear(&mut self) -> Result<PeerMessage> {
        let understood = |what: &str| Error::Protocol { what: what.to_owned() };
        loop {
            if let Some((kind, payload)) = self.reader.next_frame().map_err(|_| understood("frame"))? {
                return PeerMessage::from_frame(kind, &payload).ok_or_else(|| understood("message"));
            }
            let record = receive_record(&mut self.stream, RECORD_BYTES_MAX + TAG_BYTES).await?;
            self.received += record.len() + 2;
            let mut clear = vec![0; record.len()];
            let length = self.noise.read_message(&record, &mut clear).map_err(|_| understood("record"))?;
            self.reader.push(clear.get(..length).unwrap_or_default()).map_err(|_| understood("stream"))?;
        }
    }
}

/// A key that only two who know the same code both have, and all that was said to come to it.
async fn agree<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    role: PeerRole,
    code: &VanCode,
) -> Result<([u8; 32], Vec<u8>)> {
    let password = Password::new([CODE_DOMAIN, code.letters()].concat());
    let [joins, listens] = ENDS.map(Identity::new);
    let broken = |_| Error::Protocol { what: "code".to_owned() };
    let (key, said) = match role {
        PeerRole::Joins => {
            let (pake, own) = Spake2::<Ed25519Group>::start_a(&password, &joins, &listens);
            send_record(stream, &own).await?;
            let theirs = receive_record(stream, PAKE_BYTES).await?;
            (pake.finish(&theirs).map_err(broken)?, [own, theirs].concat())
        }
        PeerRole::Listens => {
            let theirs = receive_record(stream, PAKE_BYTES).await?;
            let (pake, own) = Spake2::<Ed25519Group>::start_b(&password, &joins, &listens);
            let key = pake.finish(&theirs).map_err(broken)?;
            send_record(stream, &own).await?;
            (key, [theirs, own].concat())
        }
    };
    Ok((key.try_into().map_err(|_| Error::VanCode)?, said))
}

/// Fresh keys for this meeting, from two who have come to the same `key`. Who joins shows first that it has.
async fn shake_hands<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    role: PeerRole,
    key: &[u8; 32],
    said: &[u8],
) -> Result<HandshakeState> {
    let builder = snow::Builder::new(PATTERN.parse()?).psk(0, key)?.prologue(said)?;
    let mut out = vec![0; HANDSHAKE_BYTES_MAX];
    let mut nothing = vec![0; HANDSHAKE_BYTES_MAX];
    let mut handshake = match role {
        PeerRole::Joins => builder.build_initiator()?,
        PeerRole::Listens => builder.build_responder()?,
    };
    if role == PeerRole::Joins {
        let length = handshake.write_message(&[], &mut out)?;
        send_record(stream, out.get(..length).unwrap_or_default()).await?;
    }
    // An empty record is the other's word that the code was another.
    let theirs = receive_record(stream, HANDSHAKE_BYTES_MAX).await?;
    if handshake.read_message(&theirs, &mut nothing).is_err() {
        if role == PeerRole::Listens {
            send_record(stream, &[]).await?;
        }
        return Err(Error::VanCode);
    }
    if role == PeerRole::Listens {
        let length = handshake.write_message(&[], &mut out)?;
        send_record(stream, out.get(..length).unwrap_or_default()).await?;
    }
    Ok(handshake)
}

async fn send_record<S: AsyncWrite + Unpin>(stream: &mut S, record: &[u8]) -> Result<()> {
    let length = u16::try_from(record.len()).map_err(|_| Error::Protocol { what: "record".to_owned() })?;
    let bytes = [&length.to_be_bytes()[..], record].concat();
    let sending = async {
        stream.write_all(&bytes).await?;
        stream.flush().await
    };
    in_time(sending).await
}

async fn receive_record<S: AsyncRead + Unpin>(stream: &mut S, longest: usize) -> Result<Vec<u8>> {
    let mut length = [0; 2];
    in_time(stream.read_exact(&mut length)).await?;
    let length = usize::from(u16::from_be_bytes(length));
    if length > longest {
        return Err(Error::Protocol { what: "record".to_owned() });
    }
    let mut record = vec![0; length];
    in_time(stream.read_exact(&mut record)).await?;
    Ok(record)
}

async fn in_time<T>(doing: impl Future<Output = std::io::Result<T>>) -> Result<T> {
    let patience = std::time::Duration::from_millis(VAN_NO_PROGRESS_MS);
    match tokio::time::timeout(patience, doing).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(_)) | Err(_) => Err(Error::Interrupted),
    }
}

impl From<snow::Error> for Error {
    fn from(error: snow::Error) -> Self {
        Self::Protocol { what: format!("channel: {error}") }
    }
}
