//! DSSE envelopes: a payload and signatures over it, as in-toto and sigstore use them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::{PrivateKey, PublicKey, Signature};

/// The type of a payload that is an in-toto statement.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// A payload with its signatures (DSSE, version 1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The payload in base64.
    pub payload: String,
    /// What the payload is: [`IN_TOTO`].
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// The signatures over both.
    pub signatures: Vec<EnvelopeSignature>,
}

/// A signature in an envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeSignature {
    /// A hint at the key: [`PublicKey::id`]. It is not trusted.
    #[serde(default)]
    pub keyid: String,
    /// The signature in base64.
    pub sig: String,
}

/// Why an envelope is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The payload is no base64.
    #[error("the payload of the envelope can't be read")]
    Payload,
    /// No signature is by any of the keys.
    #[error("no signature of the envelope is by a key that is trusted")]
    NotSigned,
}

impl Envelope {
    /// Signs a payload by one or more keys.
    pub fn sign(payload_type: &str, payload: &[u8], keys: &[&PrivateKey]) -> Self {
        let signed = encoding(payload_type, payload);
        let signature = |key: &&PrivateKey| EnvelopeSignature {
            keyid: key.public().id(),
            sig: key.sign(&signed).base64(),
        };
        Self {
            payload: STANDARD.encode(payload),
            payload_type: payload_type.to_owned(),
            signatures: keys.iter().map(signature).collect(),
        }
    }

    /// The payload and the keys that signed it.
    ///
    /// # Errors
    /// Where it can't be read, or none of these keys signed it.
    pub fn verify(&self, keys: &[PublicKey]) -> Result<(Vec<u8>, Vec<PublicKey>), EnvelopeError> {
        let payload = STANDARD.decode(&self.payload).map_err(|_| EnvelopeError::Payload)?;
        let signed = encoding(&self.payload_type, &payload);
        let by = |key: &PublicKey| {
            self.signatures
                .iter()
                .filter_map(|signature| Signature::from_base64(&signature.sig))
                .any(|signature| key.verifies(&signed, &signature))
        };
        let signers: Vec<PublicKey> = keys.iter().copied().filter(by).collect();
        if signers.is_empty() { Err(EnvelopeError::NotSigned) } else { Ok((payload, signers)) }
    }
}

/// What is signed: the pre-authentication encoding of DSSE.
fn encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::{Envelope, EnvelopeError, IN_TOTO, encoding};
    use crate::PrivateKey;

    #[test]
    fn the_encoding_is_that_of_the_specification() {
        let expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(encoding("http://example.com/HelloWorld", b"hello world"), expected);
    }

    #[test]
    fn a_signature_counts_for_its_payload_and_type_only() {
        let (ada, bob) = (PrivateKey::from_seed(&[1; 32]), PrivateKey::from_seed(&[2; 32]));
        let envelope = Envelope::sign(IN_TOTO, b"{}", &[&ada]);
        let (payload, signers) = envelope.verify(&[bob.public(), ada.public()]).unwrap();
        assert_eq!((payload.as_slice(), signers), (&b"{}"[..], vec![ada.public()]));
        assert_eq!(envelope.verify(&[bob.public()]), Err(EnvelopeError::NotSigned));
        let other = Envelope { payload_type: "text/plain".to_owned(), ..envelope.clone() };
        assert_eq!(other.verify(&[ada.public()]), Err(EnvelopeError::NotSigned));
        let other = Envelope { payload: "e30K".to_owned(), ..envelope.clone() };
        assert_eq!(other.verify(&[ada.public()]), Err(EnvelopeError::NotSigned));
        let other = Envelope { payload: "?".to_owned(), ..envelope };
        assert_eq!(other.verify(&[ada.public()]), Err(EnvelopeError::Payload));
    }
}
