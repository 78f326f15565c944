//! How a device shows that the key it wants to be enrolled with is its own.
//!
//! Public keys are known to others: they stand in certificates. Without a proof, whoever holds a code for one unit
//! could have a device of another one moved there.

use data_encoding::HEXLOWER;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

const DOMAIN: &[u8] = b"jisr enrol 1";

/// The proof for an enrolment by `code`, as it is sent: the key's signature, in 128 hexadecimal digits.
pub fn enrolment_proof(code: &str, key: &SigningKey) -> String {
    HEXLOWER.encode(&key.sign(&signed_text(code)).to_bytes())
}

/// Whether `proof` is that of whoever holds `key`, for just this code, spelt as it was sent.
pub fn is_enrolment_proven(code: &str, key: &VerifyingKey, proof: &str) -> bool {
    let signature = HEXLOWER.decode(proof.as_bytes()).ok().and_then(|bytes| Signature::from_slice(&bytes).ok());
    signature.is_some_and(|signature| key.verify_strict(&signed_text(code), &signature).is_ok())
}

fn signed_text(code: &str) -> Vec<u8> {
    [DOMAIN, code.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_one_keys_for_one_code() {
        let [key, other] = [1, 2].map(|seed| SigningKey::from_bytes(&[seed; 32]));
        let proof = enrolment_proof("7KQ2-M9XD", &key);

        assert!(is_enrolment_proven("7KQ2-M9XD", &key.verifying_key(), &proof));
        assert!(!is_enrolment_proven("7kq2-m9xd", &key.verifying_key(), &proof));
        assert!(!is_enrolment_proven("7KQ2-M9XD", &other.verifying_key(), &proof));
        assert!(!is_enrolment_proven("7KQ2-M9XD", &key.verifying_key(), &proof.to_uppercase()));
        assert!(!is_enrolment_proven("7KQ2-M9XD", &key.verifying_key(), ""));
    }
}
