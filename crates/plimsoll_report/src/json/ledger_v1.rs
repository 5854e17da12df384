//! Version 1 of the JSON of `plimsoll ledger`. Fields are added, never changed or removed.

use plimsoll_ledger::{DefectKind, Digest, LedgerId, PublicKey, Sealed};
use serde::Serialize;
use serde_json::Value;

use super::to_text;
use crate::ledger::{LedgerReport, controls, summary};

#[derive(Serialize)]
struct Verify<'a> {
    version: u32,
    ledger: LedgerId,
    place: &'a str,
    sound: bool,
    records: usize,
    head: Head,
    signers: Vec<Signer<'a>>,
    signers_judged: bool,
    checkpoints: usize,
    defects: Vec<Defect<'a>>,
    missing_guards: &'a [String],
    changed_files: Vec<File<'a>>,
    gone_files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    record: u64,
    path: &'a str,
}

#[derive(Serialize)]
struct Head {
    seq: u64,
    digest: Digest,
    time: Option<jiff::Timestamp>,
}

#[derive(Serialize)]
struct Signer<'a> {
    name: &'a str,
    key: PublicKey,
    records: u64,
}

#[derive(Serialize)]
struct Defect<'a> {
    record: u64,
    kind: DefectKind,
    message: &'a str,
}

#[derive(Serialize)]
struct Entry<'a> {
    seq: u64,
    digest: Digest,
    time: jiff::Timestamp,
    kind: &'a str,
    signer: &'a str,
    key: PublicKey,
    controls: Vec<&'a str>,
    summary: String,
}

#[derive(Serialize)]
struct Shown<'a> {
    version: u32,
    digest: Digest,
    signature: &'a str,
    content: Value,
}

/// What `plimsoll ledger verify` found, as JSON, version 1.
pub fn ledger_verify_json(report: &LedgerReport<'_>) -> String {
    let found = report.verified;
    to_text(&Verify {
        version: 1,
        ledger: report.id,
        place: &report.place,
        sound: report.is_sound(),
        records: found.records.len(),
        head: Head { seq: found.head.seq, digest: found.head.digest, time: found.head.time },
        signers: (found.signers.iter())
            .map(|(signer, records)| Signer {
                name: &signer.name,
                key: signer.key,
                records: *records,
            })
            .collect(),
        signers_judged: report.judged_signers,
        checkpoints: report.checkpoints,
        defects: (found.defects.iter())
            .map(|defect| Defect {
                record: defect.seq,
                kind: defect.kind,
                message: &defect.message,
            })
            .collect(),
        missing_guards: &report.missing_guards,
        changed_files: files(&report.changed_files),
        gone_files: files(&report.gone_files),
    })
}

fn files(files: &[(u64, String)]) -> Vec<File<'_>> {
    files.iter().map(|(record, path)| File { record: *record, path }).collect()
}

/// Records in short, as JSON, version 1.
pub fn ledger_log_json(ledger: LedgerId, records: &[&Sealed]) -> String {
    let entry = |sealed: &&'_ Sealed| -> Value {
        let record = &sealed.record;
        let entry = Entry {
            seq: record.seq,
            digest: sealed.digest,
            time: record.time,
            kind: record.body.kind(),
            signer: &record.signer.name,
            key: record.signer.key,
            controls: controls(&record.body),
            summary: summary(&record.body),
        };
        serde_json::to_value(entry).unwrap_or_default()
    };
    let records: Vec<Value> = records.iter().map(entry).collect();
    to_text(&serde_json::json!({"version": 1, "ledger": ledger, "records": records}))
}

/// One record whole, as JSON, version 1: its content is what the digest is over (RFC 8785).
pub fn ledger_show_json(sealed: &Sealed) -> String {
    to_text(&Shown {
        version: 1,
        digest: sealed.digest,
        signature: &sealed.row.signature,
        content: serde_json::from_str(&sealed.row.content).unwrap_or_default(),
    })
}
