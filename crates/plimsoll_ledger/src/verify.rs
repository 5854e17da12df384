//! Judges a chain: names each record that is not what it was, and what is wrong with it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ledger::SKEW;
use crate::record::{Body, Checkpoint, Sealed};
use crate::{Digest, Head, LedgerId, Row, Signer};

/// Whose keys are trusted, and what is known of the chain from elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The trusted keys with the names that they sign under. Empty: signatures are checked, and
    /// whose they are is not judged.
    pub signers: Vec<Signer>,
    /// Heads that were seen before, with where each is from.
    pub checkpoints: Vec<(Checkpoint, String)>,
}

/// What is wrong with one record, or at one place of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// The number of the record.
    pub seq: u64,
    /// What kind of thing is wrong.
    pub kind: DefectKind,
    /// What is wrong, in one sentence.
    pub message: String,
}

/// What kinds of things can be wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefectKind {
    /// Its text is not the one that was signed.
    Changed,
    /// There is none of this number, and there are later ones.
    Removed,
    /// It stands at another place than it was written for.
    Moved,
    /// It doesn't follow the record before it.
    Unlinked,
    /// It belongs to another ledger.
    Foreign,
    /// It is signed by a key that is not trusted, or under a name that is not the key's.
    UnknownKey,
    /// It is older than the record before it.
    Clock,
    /// It can't be read.
    Unreadable,
    /// The newest records are gone: a checkpoint knows of more.
    CutOff,
    /// A checkpoint knows another record of this number.
    Checkpoint,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The records that could be read, in order.
    pub records: Vec<Sealed>,
    /// The end of the chain.
    pub head: Head,
    /// What is wrong, in the order of the records.
    pub defects: Vec<Defect>,
    /// Who signed how many records.
    pub signers: BTreeMap<Signer, u64>,
}

/// Reads all rows of a ledger, in the order of their numbers, and judges them.
pub fn verify(ledger: LedgerId, rows: impl IntoIterator<Item = Row>, trust: &Trust) -> Verified {
    let mut chain = Chain {
        ledger,
        trust,
        seen: Vec::new(),
        before: None,
        found: Verified {
            records: Vec::new(),
            head: Head { seq: 0, digest: Digest::NONE, time: None },
            defects: Vec::new(),
            signers: BTreeMap::new(),
        },
    };
    for row in rows {
        chain.take(row);
    }
    for (checkpoint, origin) in &trust.checkpoints {
        chain.compare(checkpoint, origin);
    }
    let mut found = chain.found;
    found.defects.sort_by_key(|defect| defect.seq);
    found
}

struct Chain<'a> {
    ledger: LedgerId,
    trust: &'a Trust,
    /// The digests of all rows.
    seen: Vec<(u64, Digest)>,
    /// The row before.
    before: Option<Before>,
    found: Verified,
}

/// What the next row is compared with.
struct Before {
    seq: u64,
    digest: Digest,
    time: Option<Timestamp>,
    /// It was changed, so that the next one can't fit it.
    damaged: bool,
}

impl Chain<'_> {
    fn defect(&mut self, seq: u64, kind: DefectKind, message: impl Into<String>) {
        self.found.defects.push(Defect { seq, kind, message: message.into() });
    }

    fn take(&mut self, row: Row) {
        let seq = row.seq;
        let expected = self.before.as_ref().map_or(1, |before| before.seq + 1);
        let gap = seq > expected;
        if gap {
            self.report_gap(expected, seq);
        }
        let digest = Digest::of(&row.content);
        self.seen.push((seq, digest));
        let intact = row.digest == digest.to_string();
        let sealed = match Sealed::read(row) {
            Ok(sealed) => sealed,
            Err(reason) => {
                let (kind, what) = match intact {
                    true => (DefectKind::Unreadable, "can't be read"),
                    false => (DefectKind::Changed, "was changed and can't be read"),
                };
                self.defect(seq, kind, format!("record {seq} {what}: {reason}"));
                self.before = Some(Before { seq, digest, time: None, damaged: true });
                return;
            }
        };
        let damaged = self.judge_text(&sealed, seq, intact);
        self.judge_place(&sealed, seq, gap);
        self.judge_signer(&sealed, seq);
        self.judge_time(&sealed, seq);
        self.judge_checkpoint(&sealed, seq);
        let time = sealed.record.time;
        self.before = Some(Before { seq, digest, time: Some(time), damaged });
        self.found.head = Head { seq, digest, time: Some(time) };
        *self.found.signers.entry(sealed.record.signer.clone()).or_default() += 1;
        self.found.records.push(sealed);
    }

    fn report_gap(&mut self, first: u64, next: u64) {
        let last = next - 1;
        let message = if first == last {
            format!("record {first} is missing")
        } else {
            format!("the records {first} to {last} are missing")
        };
        self.defect(first, DefectKind::Removed, message);
    }

    fn judge_text(&mut self, sealed: &Sealed, seq: u64, intact: bool) -> bool {
        let signed = sealed.is_signed();
        let kind = sealed.record.body.kind();
        let message = match (intact, signed) {
            (true, true) => return false,
            (false, true) => {
                format!("the digest stored with record {seq} ({kind}) is not that of its text")
            }
            (_, false) => format!(
                "record {seq} ({kind}) was changed: its text is not the one that {} signed",
                sealed.record.signer.name
            ),
        };
        self.defect(seq, DefectKind::Changed, message);
        !signed
    }

    fn judge_place(&mut self, sealed: &Sealed, seq: u64, gap: bool) {
        let record = &sealed.record;
        if record.ledger != self.ledger {
            let message = format!("record {seq} was written for the ledger {}", record.ledger);
            self.defect(seq, DefectKind::Foreign, message);
            return;
        }
        if record.seq != seq {
            let message =
                format!("what is stored as record {seq} was written as record {}", record.seq);
            self.defect(seq, DefectKind::Moved, message);
            return;
        }
        let (digest, damaged) = match &self.before {
            Some(before) => (before.digest, before.damaged),
            None => (Digest::NONE, false),
        };
        // A gap and a changed record before it are told already.
        if !gap && !damaged && record.previous != digest {
            let message = if seq == 1 {
                "record 1 was written as a later one".to_owned()
            } else {
                format!(
                    "record {seq} was written after another record {} than the one that is there",
                    seq - 1
                )
            };
            self.defect(seq, DefectKind::Unlinked, message);
        }
    }

    fn judge_signer(&mut self, sealed: &Sealed, seq: u64) {
        let signer = &sealed.record.signer;
        let trusted = &self.trust.signers;
        if trusted.is_empty() || trusted.contains(signer) {
            return;
        }
        let other = trusted.iter().find(|known| known.key == signer.key);
        let message = match other {
            Some(known) => {
                format!("record {seq} is signed as {} by the key of {}", signer.name, known.name)
            }
            None => format!(
                "record {seq} is signed by a key that is not trusted: {} as {}",
                signer.key, signer.name
            ),
        };
        self.defect(seq, DefectKind::UnknownKey, message);
    }

    fn judge_time(&mut self, sealed: &Sealed, seq: u64) {
        let time = sealed.record.time;
        let Some(before) = self.before.as_ref().and_then(|before| before.time) else { return };
        if before.duration_since(time) > SKEW {
            let message = format!(
                "the clock went back: record {seq} is of {time}, the one before it of {before}"
            );
            self.defect(seq, DefectKind::Clock, message);
        }
    }

    /// A checkpoint inside the chain must name a record that is there.
    fn judge_checkpoint(&mut self, sealed: &Sealed, seq: u64) {
        let Body::Checkpoint(checkpoint) = &sealed.record.body else { return };
        if checkpoint.seq < seq {
            self.compare(checkpoint, &format!("record {seq}"));
        } else {
            let message = format!("record {seq} is a checkpoint of a later record");
            self.defect(seq, DefectKind::Checkpoint, message);
        }
    }

    fn compare(&mut self, checkpoint: &Checkpoint, origin: &str) {
        let wanted = checkpoint.seq;
        if wanted == 0 {
            return;
        }
        let last = self.seen.last().map_or(0, |(seq, _)| *seq);
        let found = self.seen.binary_search_by_key(&wanted, |(seq, _)| *seq).ok();
        match found.and_then(|index| self.seen.get(index)) {
            Some((_, digest)) if *digest == checkpoint.head => {}
            Some(_) => {
                let message =
                    format!("record {wanted} is not the one that the checkpoint of {origin} names");
                self.defect(wanted, DefectKind::Checkpoint, message);
            }
            None if wanted > last => {
                let message = format!(
                    "the newest records are missing: the ledger ends at record {last}, and the \
                     checkpoint of {origin} names record {wanted}"
                );
                self.defect(last + 1, DefectKind::CutOff, message);
            }
            // Told as missing already.
            None => {}
        }
    }
}
