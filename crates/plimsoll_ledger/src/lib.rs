//! The ledger: what was proven, when, by what evidence and by whom, kept so that a change shows.
//!
//! A [`Record`] has a [`Body`] (an assessment, a piece of evidence, an attestation …) and a place in
//! a chain: it names the digest of the record before it and is signed by the key of whoever wrote
//! it. [`verify()`] reads a chain and names what was changed, removed, reordered or inserted;
//! [`standing()`] says what a set of records proves at a given time for a given release.
//!
//! Pure: records come from a [`Store`] that is handed in, the time too. The types under
//! [`record`](Body) are the stored format, version [`FORMAT`]: fields are added, never changed.

mod canonical;
mod clean;
mod digest;
mod export;
mod key;
mod ledger;
mod memory;
mod record;
mod standing;
mod verify;

pub use canonical::{NotCanonical, canonical};
pub use clean::{Clean, Redact};
pub use digest::{Digest, NoDigest};
pub use export::{
    Envelope, EnvelopeError, IN_TOTO, OscalInput, intoto_statement, json_line, oscal, statement,
};
pub use key::{KeyError, KeyFile, PrivateKey, PublicKey, Signature, Signer};
pub use ledger::{Head, Ledger, LedgerId, NoLedgerId, Row, Store, StoreError, Writer};
pub use memory::MemoryStore;
pub use record::*;
pub use standing::{
    Change, Due, DueState, Ground, InQuestion, NoStanding, Question, Stand, Standing, Vouching,
    WaiverState, attestation_in_force, changes, due, standing, waivers,
};
pub use verify::{Defect, DefectKind, Trust, Verified, verify};
