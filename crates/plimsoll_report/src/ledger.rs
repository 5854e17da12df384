//! What the formats of `plimsoll ledger` are made from.

use plimsoll_ledger::{Body, LedgerId, Proof, Verified};

/// A ledger that was read and judged.
#[derive(Debug)]
pub struct LedgerReport<'a> {
    /// Its name.
    pub id: LedgerId,
    /// Where it is, without credentials.
    pub place: String,
    /// What was found.
    pub verified: &'a Verified,
    /// What of the store's own protection is missing.
    pub missing_guards: Vec<String>,
    /// Whether any key was trusted, so that unknown ones were looked for.
    pub judged_signers: bool,
    /// How many checkpoints it was compared with.
    pub checkpoints: usize,
    /// Files that attestations show and that hold something else since, each with its record.
    pub changed_files: Vec<(u64, String)>,
    /// Files that attestations show and that are not there, each with its record.
    pub gone_files: Vec<(u64, String)>,
}

impl LedgerReport<'_> {
    /// Whether all is well.
    pub fn is_sound(&self) -> bool {
        self.verified.defects.is_empty()
            && self.missing_guards.is_empty()
            && self.changed_files.is_empty()
    }
}

/// What a record says, in one line.
pub(crate) fn summary(body: &Body) -> String {
    match body {
        Body::Assessment(body) => {
            let mut counts: Vec<(&'static str, usize)> = Vec::new();
            for result in &body.controls {
                let name = crate::text::verdict_name(result.verdict);
                match counts.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((name, 1)),
                }
            }
            let counts: Vec<String> =
                counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
            format!("{}: {}", body.system.name, counts.join(", "))
        }
        Body::Observation(body) => format!(
            "{} ({}): {} findings, {} open questions",
            body.check.id,
            body.controls.join(", "),
            body.findings.len(),
            body.undetermined.len()
        ),
        Body::Evidence(body) => {
            let seen = body.statements.first().map_or("", |statement| statement.text.as_str());
            format!("{} ({}): {seen}", body.check.id, body.controls.join(", "))
        }
        Body::Attestation(body) => {
            let proofs: Vec<String> = body.evidence.iter().map(proof).collect();
            let verb = if body.withdrawn { "withdrawn by" } else { "by" };
            format!("{} {verb} {}: {}", body.control, body.by, proofs.join(", "))
        }
        Body::Waiver(body) => {
            let what = [body.control.as_deref(), body.rule.as_deref()];
            let what: Vec<&str> = what.into_iter().flatten().collect();
            format!("{} by {} until {}: {}", what.join(" "), body.owner, body.expires, body.reason)
        }
        Body::Drill(body) => {
            let ended = if body.passed { "passed" } else { "failed" };
            format!("{} ({}): {ended}", body.check.id, body.controls.join(", "))
        }
        Body::Backup(body) => format!("{} of {} at {}", body.id, body.holds.join(", "), body.place),
        Body::Release(body) => format!("{}: {}", body.name, body.digest.short()),
        Body::SignOff(body) => {
            format!("{} as {} by {}", body.release, body.role, body.by)
        }
        Body::Checkpoint(body) => format!("record {}: {}", body.seq, body.head.short()),
        Body::Other { .. } => "of a kind that this version does not know".to_owned(),
    }
}

/// The controls that a record bears on.
pub(crate) fn controls(body: &Body) -> Vec<&str> {
    match body {
        Body::Observation(body) => body.controls.iter().map(String::as_str).collect(),
        Body::Evidence(body) => body.controls.iter().map(String::as_str).collect(),
        Body::Drill(body) => body.controls.iter().map(String::as_str).collect(),
        Body::Attestation(body) => vec![&body.control],
        Body::Waiver(body) => body.control.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

fn proof(proof: &Proof) -> String {
    match proof {
        Proof::File { path, digest, .. } => format!("{path} ({})", digest.short()),
        Proof::Link { url } => url.to_string(),
    }
}
