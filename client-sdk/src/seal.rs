//! Closing a file so that only the server opens it.
//!
//! Noise's one-way pattern to the server's X25519 key, by `snow`, which the van's channel is made with too: `age` would do
//! the same and bring some sixty crates for passphrases, plugins and translations that nothing here uses. A file holds
//! nothing that its writer could open again.

use crate::error::{Error, Result};

/// Noise's one-way pattern: whoever knows the recipient's key can seal, and only the recipient opens.
const PATTERN: &str = "Noise_N_25519_ChaChaPoly_SHA256";

/// The first message: an ephemeral key and a tag.
const HANDSHAKE_BYTES: usize = 48;

/// The longest piece in clear: Noise's own limit, less a tag.
const PIECE_BYTES_MAX: usize = 65_535 - 16;

/// What `clear` is when sealed to the server of this key: the handshake, then pieces of 65,535 bytes.
///
/// # Errors
/// [`Error::Protocol`] when the key is none, or the system has no randomness.
pub(crate) fn seal(clear: &[u8], recipient: &[u8; 32]) -> Result<Vec<u8>> {
    sealed(clear, recipient).map_err(|_| Error::Protocol { what: "the key to seal to".to_owned() })
}

fn sealed(clear: &[u8], recipient: &[u8; 32]) -> std::result::Result<Vec<u8>, snow::Error> {
    let mut handshake = snow::Builder::new(PATTERN.parse()?).remote_public_key(recipient)?.build_initiator()?;
    let mut out = vec![0; HANDSHAKE_BYTES];
    handshake.write_message(&[], &mut out)?;
    let mut sealing = handshake.into_transport_mode()?;
    let mut piece = vec![0; PIECE_BYTES_MAX + 16];
    for part in clear.chunks(PIECE_BYTES_MAX) {
        let length = sealing.write_message(part, &mut piece)?;
        out.extend_from_slice(piece.get(..length).unwrap_or_default());
    }
    Ok(out)
}
