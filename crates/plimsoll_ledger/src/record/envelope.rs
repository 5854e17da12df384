//! What all records have: a place in the chain, a time, a signer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Assessment, Attestation, Backup, Checkpoint, Drill, Evidence, Observation, Release, SignOff,
    Waiver,
};
use crate::{Digest, LedgerId, NotCanonical, PrivateKey, Row, Signature, Signer, canonical};

/// The version of the stored format.
pub const FORMAT: u32 = 1;

/// What goes before a record's digest when it is signed, so that no signature made for something
/// else can stand for a record.
const PURPOSE: &[u8] = b"plimsoll record 1\n";

/// A record of a ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The version of the format it was written in.
    pub format: u32,
    /// The ledger it belongs to.
    pub ledger: LedgerId,
    /// Its number, from one.
    pub seq: u64,
    /// The digest of the record before it; [`Digest::NONE`] for the first.
    pub previous: Digest,
    /// When it was written, to the millisecond.
    pub time: Timestamp,
    /// Who wrote it.
    pub signer: Signer,
    /// What it says.
    pub body: Body,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each type says what it is")]
pub enum Body {
    Assessment(Assessment),
    Observation(Observation),
    Evidence(Evidence),
    Attestation(Attestation),
    Waiver(Waiver),
    Drill(Drill),
    Backup(Backup),
    Release(Release),
    SignOff(SignOff),
    Checkpoint(Checkpoint),
    /// Of a kind that a later version added: kept, verified, shown as it is.
    Other {
        /// Its kind.
        kind: String,
        /// What it says.
        body: Value,
    },
}

/// The kinds of records that this version knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each type says what it is")]
pub enum Kind {
    Assessment,
    Observation,
    Evidence,
    Attestation,
    Waiver,
    Drill,
    Backup,
    Release,
    SignOff,
    Checkpoint,
}

/// A record with the text that was signed, its digest and its signature.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealed {
    /// The record.
    pub record: Record,
    /// The digest of its text.
    pub digest: Digest,
    /// As a store keeps it.
    pub row: Row,
}

/// Why text is no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON, or lacks a part that every record has.
    #[error("it is no record: {0}")]
    NoRecord(String),
    /// It was written by a later version.
    #[error("it has format {0}, which this version does not know")]
    Format(u64),
    /// The body does not have the parts of its kind.
    #[error("it is no sound {kind}: {reason}")]
    Body {
        /// The kind it claims to be.
        kind: String,
        /// What is wrong.
        reason: String,
    },
    /// The text is not in canonical form, so that a copy of it might have another digest.
    #[error("its text is not in canonical form")]
    NotCanonical,
}

/// The stored form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    format: u32,
    ledger: LedgerId,
    seq: u64,
    previous: Digest,
    time: Timestamp,
    signer: Signer,
    kind: String,
    body: Value,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 10] = [
        Kind::Assessment,
        Kind::Observation,
        Kind::Evidence,
        Kind::Attestation,
        Kind::Waiver,
        Kind::Drill,
        Kind::Backup,
        Kind::Release,
        Kind::SignOff,
        Kind::Checkpoint,
    ];

    /// Its name: `sign-off`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Assessment => "assessment",
            Kind::Observation => "observation",
            Kind::Evidence => "evidence",
            Kind::Attestation => "attestation",
            Kind::Waiver => "waiver",
            Kind::Drill => "drill",
            Kind::Backup => "backup",
            Kind::Release => "release",
            Kind::SignOff => "sign-off",
            Kind::Checkpoint => "checkpoint",
        }
    }
}

impl Body {
    /// The name of its kind.
    pub fn kind(&self) -> &str {
        match self {
            Body::Other { kind, .. } => kind,
            known => known.known_kind().map_or("", Kind::name),
        }
    }

    fn known_kind(&self) -> Option<Kind> {
        Some(match self {
            Body::Assessment(_) => Kind::Assessment,
            Body::Observation(_) => Kind::Observation,
            Body::Evidence(_) => Kind::Evidence,
            Body::Attestation(_) => Kind::Attestation,
            Body::Waiver(_) => Kind::Waiver,
            Body::Drill(_) => Kind::Drill,
            Body::Backup(_) => Kind::Backup,
            Body::Release(_) => Kind::Release,
            Body::SignOff(_) => Kind::SignOff,
            Body::Checkpoint(_) => Kind::Checkpoint,
            Body::Other { .. } => return None,
        })
    }

    fn value(&self) -> Result<Value, serde_json::Error> {
        match self {
            Body::Assessment(body) => serde_json::to_value(body),
            Body::Observation(body) => serde_json::to_value(body),
            Body::Evidence(body) => serde_json::to_value(body),
            Body::Attestation(body) => serde_json::to_value(body),
            Body::Waiver(body) => serde_json::to_value(body),
            Body::Drill(body) => serde_json::to_value(body),
            Body::Backup(body) => serde_json::to_value(body),
            Body::Release(body) => serde_json::to_value(body),
            Body::SignOff(body) => serde_json::to_value(body),
            Body::Checkpoint(body) => serde_json::to_value(body),
            Body::Other { body, .. } => Ok(body.clone()),
        }
    }

    fn parse(kind: String, body: Value) -> Result<Self, Unreadable> {
        let known = Kind::ALL.into_iter().find(|known| known.name() == kind);
        let Some(known) = known else { return Ok(Body::Other { kind, body }) };
        let parsed = match known {
            Kind::Assessment => serde_json::from_value(body).map(Body::Assessment),
            Kind::Observation => serde_json::from_value(body).map(Body::Observation),
            Kind::Evidence => serde_json::from_value(body).map(Body::Evidence),
            Kind::Attestation => serde_json::from_value(body).map(Body::Attestation),
            Kind::Waiver => serde_json::from_value(body).map(Body::Waiver),
            Kind::Drill => serde_json::from_value(body).map(Body::Drill),
            Kind::Backup => serde_json::from_value(body).map(Body::Backup),
            Kind::Release => serde_json::from_value(body).map(Body::Release),
            Kind::SignOff => serde_json::from_value(body).map(Body::SignOff),
            Kind::Checkpoint => serde_json::from_value(body).map(Body::Checkpoint),
        };
        parsed.map_err(|error| Unreadable::Body { kind, reason: error.to_string() })
    }
}

impl Record {
    /// Writes it in canonical form, takes the digest and signs it.
    ///
    /// # Errors
    /// Where it has no canonical form: a number that is not finite or not exact.
    pub fn seal(self, key: &PrivateKey) -> Result<Sealed, NotCanonical> {
        let body = self.body.value().map_err(|_| NotCanonical::NoJson)?;
        let wire = Wire {
            format: self.format,
            ledger: self.ledger,
            seq: self.seq,
            previous: self.previous,
            time: self.time,
            signer: self.signer.clone(),
            kind: self.body.kind().to_owned(),
            body,
        };
        let content = canonical(&serde_json::to_value(wire).map_err(|_| NotCanonical::NoJson)?)?;
        let digest = Digest::of(&content);
        let signature = key.sign(&signed_bytes(&digest)).base64();
        let row = Row { seq: self.seq, digest: digest.to_string(), content, signature };
        Ok(Sealed { record: self, digest, row })
    }

    /// Reads the text of a record.
    ///
    /// # Errors
    /// Where it is none, is of a later format or not in canonical form.
    pub fn parse(content: &str) -> Result<Self, Unreadable> {
        let no_record = |error: serde_json::Error| Unreadable::NoRecord(error.to_string());
        let value: Value = serde_json::from_str(content).map_err(no_record)?;
        match value.get("format").and_then(Value::as_u64) {
            Some(format) if format > u64::from(FORMAT) => return Err(Unreadable::Format(format)),
            _ => {}
        }
        if canonical(&value).as_deref() != Ok(content) {
            return Err(Unreadable::NotCanonical);
        }
        let wire: Wire = serde_json::from_value(value).map_err(no_record)?;
        Ok(Record {
            format: wire.format,
            ledger: wire.ledger,
            seq: wire.seq,
            previous: wire.previous,
            time: wire.time,
            signer: wire.signer,
            body: Body::parse(wire.kind, wire.body)?,
        })
    }
}

impl Sealed {
    /// Reads a row of a store without judging it: see [`crate::verify()`].
    ///
    /// # Errors
    /// Where its text is no record.
    pub fn read(row: Row) -> Result<Self, Unreadable> {
        let record = Record::parse(&row.content)?;
        let digest = Digest::of(&row.content);
        Ok(Self { record, digest, row })
    }

    /// Whether the signature is that of the key which the record names.
    pub fn is_signed(&self) -> bool {
        Signature::from_base64(&self.row.signature).is_some_and(|signature| {
            self.record.signer.key.verifies(&signed_bytes(&self.digest), &signature)
        })
    }
}

/// What is signed of a record.
pub(crate) fn signed_bytes(digest: &Digest) -> Vec<u8> {
    [PURPOSE, digest.as_bytes()].concat()
}
