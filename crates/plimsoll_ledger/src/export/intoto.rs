//! Records as in-toto statements.

use serde_json::{Value, json};

use crate::record::{Artefact, Body, Sealed, Subject};
use crate::{Digest, PrivateKey};

use super::dsse::{Envelope, IN_TOTO};

/// What the types of predicates begin with; the kind and `/v1` follow.
const PREDICATES: &str = "https://example.org/plimsoll/";

/// An in-toto statement (version 1) about things that are named by their digests.
pub fn statement(subjects: &[(String, Digest)], predicate_type: &str, predicate: &Value) -> Value {
    let subjects: Vec<Value> = subjects
        .iter()
        .map(|(name, digest)| json!({"name": name, "digest": {"sha256": digest.hex()}}))
        .collect();
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": predicate_type,
        "predicate": predicate,
    })
}

/// A record as an in-toto statement, in an envelope that the exporting key signs. The predicate
/// holds the record with its own digest and signature, so that both can be verified.
pub fn intoto_statement(sealed: &Sealed, key: &PrivateKey) -> Envelope {
    let kind = sealed.record.body.kind();
    let content: Value = serde_json::from_str(&sealed.row.content).unwrap_or_default();
    let predicate = json!({
        "record": content,
        "digest": sealed.digest,
        "signature": sealed.row.signature,
    });
    let predicate_type = format!("{PREDICATES}{kind}/v1");
    let statement = statement(&subjects(sealed), &predicate_type, &predicate);
    Envelope::sign(IN_TOTO, statement.to_string().as_bytes(), &[key])
}

/// What a record is about: the release and what was left behind; else the record itself.
fn subjects(sealed: &Sealed) -> Vec<(String, Digest)> {
    let mut subjects = match &sealed.record.body {
        Body::Assessment(body) => of_release(&body.subject),
        Body::Observation(body) => of_release(&body.subject),
        Body::Evidence(body) => [of_release(&body.subject), of_artefacts(&body.artefacts)].concat(),
        Body::Drill(body) => [of_release(&body.subject), of_artefacts(&body.artefacts)].concat(),
        Body::Backup(body) => of_artefacts(&body.artefacts),
        Body::Release(body) => vec![(format!("release/{}", body.name), body.digest)],
        Body::SignOff(body) => {
            vec![
                (format!("release/{}", body.release), body.digest),
                ("evidence".to_owned(), body.evidence),
            ]
        }
        Body::Checkpoint(body) => vec![(format!("record/{}", body.seq), body.head)],
        Body::Attestation(_) | Body::Waiver(_) | Body::Other { .. } => Vec::new(),
    };
    if subjects.is_empty() {
        subjects.push((format!("record/{}", sealed.record.seq), sealed.digest));
    }
    subjects
}

fn of_release(subject: &Subject) -> Vec<(String, Digest)> {
    let release = subject.release.map(|digest| ("files".to_owned(), digest));
    let configuration = subject.configuration.map(|digest| ("configuration".to_owned(), digest));
    release.into_iter().chain(configuration).collect()
}

fn of_artefacts(artefacts: &[Artefact]) -> Vec<(String, Digest)> {
    artefacts.iter().map(|artefact| (artefact.name.clone(), artefact.digest)).collect()
}
