//! Evidence and observations: what a check gave.

use jiff::Timestamp;
use plimsoll_catalog::{CheckKind, Target};
use serde::{Deserialize, Serialize};

use super::assessment::{FindingNote, OpenQuestion};
use super::words::{Fresh, Place, Subject};
use crate::{Clean, Digest};

/// What a check saw that speaks for its controls, so that somebody else can look it up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The run that it belongs to, where it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The controls that it speaks for.
    pub controls: Vec<String>,
    /// The check that saw it.
    pub check: CheckRef,
    /// What it looked at.
    pub target: Target,
    /// Exactly what it looked at.
    pub subject: Subject,
    /// The machine that was looked at, or that looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// How it was seen.
    pub how: How,
    /// When the check began.
    pub started: Timestamp,
    /// When it was done.
    pub finished: Timestamp,
    /// The time that it speaks of, from which its freshness counts.
    pub effective: Timestamp,
    /// What was seen.
    pub statements: Vec<Statement>,
    /// What was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<Measurement>,
    /// What it left behind: logs, dumps, pictures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artefacts: Vec<Artefact>,
    /// When the check was last seen to fail on a fault that was planted for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative_control: Option<NegativeControl>,
    /// How long it holds.
    pub fresh_for: Fresh,
}

/// What a check gave that does not prove its part: findings, open questions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The run that it belongs to, where it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The controls that it bears on.
    pub controls: Vec<String>,
    /// The check.
    pub check: CheckRef,
    /// What it looked at.
    pub target: Target,
    /// Exactly what it looked at.
    pub subject: Subject,
    /// When it was seen.
    pub effective: Timestamp,
    /// What is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingNote>,
    /// What could not be determined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undetermined: Vec<OpenQuestion>,
    /// What was seen that speaks for the controls all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
}

/// A check and its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRef {
    /// Its id: `debug-enabled`.
    pub id: String,
    /// What kind it is.
    pub kind: CheckKind,
    /// The version of the program that holds it: `0.1.0`.
    pub version: String,
}

/// How evidence came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "lowercase")]
pub enum How {
    /// Files were read, nothing run.
    Reading {
        /// The files that the statements point into.
        files: Vec<String>,
    },
    /// A command was run.
    Command {
        /// As it would be typed.
        command: Clean,
        /// What it ended with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exit: Option<i32>,
    },
    /// Something was asked over the network.
    Exchange {
        /// What was asked: `GET https://shop.example/health`.
        request: Clean,
        /// What came back, in short.
        response: Clean,
    },
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// In one sentence.
    pub text: Clean,
    /// Where, if it stands in a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Place>,
}

/// A figure with its unit and its limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// What was measured: `recovery time`.
    pub name: String,
    /// How much; a finite number.
    pub value: f64,
    /// In what: `seconds`, `bytes`, `percent`.
    pub unit: String,
    /// What it had to keep to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
}

/// What a figure has to keep to, in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
    /// Less than this.
    Below(f64),
}

impl Measurement {
    /// Whether it keeps its limit; `None` where it has none.
    pub fn holds(&self) -> Option<bool> {
        self.limit.map(|limit| match limit {
            Limit::AtMost(most) => self.value <= most,
            Limit::AtLeast(least) => self.value >= least,
            Limit::Below(bound) => self.value < bound,
        })
    }
}

/// Something that evidence left behind, named by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artefact {
    /// Its name: `restore.log`.
    pub name: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// How many bytes it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// A planted fault that a check must find.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NegativeControl {
    /// What was planted.
    pub fault: String,
    /// When the check was last seen red on it.
    pub seen_red: Timestamp,
}
