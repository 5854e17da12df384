//! Writers, times and small ledgers.

use jiff::Timestamp;
use plimsoll_ledger::{
    Body, Checkpoint, Digest, Ledger, LedgerId, MemoryStore, PrivateKey, Release, Row, Signer,
    Writer,
};

pub(crate) fn key(number: u8) -> PrivateKey {
    PrivateKey::from_seed(&[number; 32])
}

pub(crate) fn signer(name: &str, number: u8) -> Signer {
    Signer { name: name.to_owned(), key: key(number).public() }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) const NOON: &str = "2026-11-21T12:00:00Z";

pub(crate) fn id() -> LedgerId {
    LedgerId::from_bytes([7; 16])
}

pub(crate) fn release(name: &str) -> Body {
    Body::Release(Release {
        name: name.to_owned(),
        digest: Digest::of(name),
        configuration: None,
        commit: None,
        note: None,
    })
}

/// Rows of releases that Ada wrote, each with its time in minutes after noon.
pub(crate) fn rows(minutes: &[i64]) -> Vec<Row> {
    let mut ledger = Ledger::new(Box::new(MemoryStore::new(id()))).unwrap();
    for (index, minute) in minutes.iter().enumerate() {
        append(&mut ledger, &release(&format!("r{}", index + 1)), *minute);
    }
    ledger.rows().unwrap()
}

pub(crate) fn append(ledger: &mut Ledger, body: &Body, minute: i64) {
    let key = key(1);
    let now = at(NOON) + jiff::SignedDuration::from_mins(minute);
    ledger.append(std::slice::from_ref(body), Writer { key: &key, name: "Ada", now }).unwrap();
}

pub(crate) fn checkpoint(rows: &[Row], seq: u64) -> Checkpoint {
    let row = rows.iter().find(|row| row.seq == seq).unwrap();
    Checkpoint { seq, head: row.digest.parse().unwrap() }
}
