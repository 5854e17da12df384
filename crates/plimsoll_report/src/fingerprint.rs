//! A finding's name across runs, stable while lines move.

use std::collections::HashMap;

use plimsoll_catalog::Finding;
use sha2::{Digest, Sha256};

use crate::{Redactor, Sources};

/// Gives findings their fingerprints, in the order of the report: equal findings on equal lines
/// are told apart by their count.
pub(crate) struct Fingerprints<'a> {
    sources: &'a Sources,
    redactor: &'a Redactor,
    seen: HashMap<String, usize>,
}

impl<'a> Fingerprints<'a> {
    pub(crate) fn new(sources: &'a Sources, redactor: &'a Redactor) -> Self {
        Self { sources, redactor, seen: HashMap::new() }
    }

    /// 32 hexadecimal digits over the rule, the control, the file and the text of the line.
    pub(crate) fn of(&mut self, finding: &Finding) -> String {
        let line = self.sources.get(&finding.at.file);
        let line = line.and_then(|source| source.line(finding.at.start.line)).unwrap_or_default();
        // Without its secrets: a hash of a short one could be guessed.
        let line = self.redactor.line(line.trim(), false);
        let key = format!("{}\n{}\n{}\n{line}", finding.rule, finding.control, finding.at.file);
        let count = self.seen.entry(key.clone()).or_default();
        *count += 1;
        let digest = Sha256::digest(format!("{key}\n{count}"));
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}
