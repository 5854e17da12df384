//! What was done: releases, drills, backups, checkpoints.

use jiff::Timestamp;
use plimsoll_catalog::Target;
use serde::{Deserialize, Serialize};

use super::evidence::{Artefact, CheckRef, Measurement, NegativeControl};
use super::words::{Fresh, Subject};
use crate::{Clean, Digest};

/// A release: a name for files and a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its name: `2026.11.2`.
    pub name: String,
    /// The digest over the names and contents of its files.
    pub digest: Digest,
    /// The digest of its configuration, where it was determined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Digest>,
    /// The commit, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// What somebody adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Clean>,
}

/// An exercise: something was done and undone, and measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drill {
    /// Names the run: 32 random hexadecimal digits.
    pub run: String,
    /// The controls that it bears on.
    pub controls: Vec<String>,
    /// The drill.
    pub check: CheckRef,
    /// Where it took place.
    pub target: Target,
    /// Exactly what it was done with.
    pub subject: Subject,
    /// The machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// When it began.
    pub started: Timestamp,
    /// When it was done.
    pub finished: Timestamp,
    /// Whether all of it went as it has to.
    pub passed: bool,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// What was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<Measurement>,
    /// What it left behind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artefacts: Vec<Artefact>,
    /// When it was last seen to fail on a planted fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative_control: Option<NegativeControl>,
    /// How long it holds.
    pub fresh_for: Fresh,
}

/// One step of a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What was done.
    pub text: Clean,
    /// Whether it went well.
    pub passed: bool,
    /// What was seen, where there is something to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Clean>,
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backup {
    /// Names the backup: 32 random hexadecimal digits, or the name that the tool gives it.
    pub id: String,
    /// What it holds: `database`, `media`, `redis`.
    pub holds: Vec<String>,
    /// The release that was running.
    pub subject: Subject,
    /// The machine that it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Where it lies, without credentials.
    pub place: Clean,
    /// When it began: the time that a restore brings back.
    pub started: Timestamp,
    /// When it was done.
    pub finished: Timestamp,
    /// Its files.
    pub artefacts: Vec<Artefact>,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// When it was last read back whole; `None` where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Timestamp>,
    /// What was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<Measurement>,
}

/// The head of a chain, signed: what was there by then can't be taken away without a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The number of the newest record that it covers.
    pub seq: u64,
    /// That record's digest.
    pub head: Digest,
}
