//! Records for other programs: JSON lines, in-toto attestations in DSSE envelopes, OSCAL assessment
//! results.

mod dsse;
mod intoto;
mod oscal;

use serde_json::json;

use crate::record::Sealed;

pub use dsse::{Envelope, EnvelopeError, IN_TOTO};
pub use intoto::{intoto_statement, statement};
pub use oscal::{OscalInput, oscal};

/// One record as a line of JSON, with all that is needed to verify it elsewhere: the content, whose
/// canonical form (RFC 8785) has the digest, and the signature over that digest.
pub fn json_line(sealed: &Sealed) -> String {
    // The stored text is canonical JSON itself, so that it can stand as it is.
    format!(
        "{{\"content\":{},\"digest\":{},\"signature\":{}}}\n",
        sealed.row.content,
        json!(sealed.digest),
        json!(sealed.row.signature)
    )
}
