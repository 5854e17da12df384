//! An assessment: the verdicts on one system at one time, and what its checks found.

use jiff::Timestamp;
use jiff::civil::Date;
use plimsoll_catalog::{Confidence, Severity, Target, Verdict};
use serde::{Deserialize, Serialize};

use super::words::{Place, Subject};
use crate::{Clean, Digest};

/// The verdicts on one system. The evidence and the observations that they rest on are records of
/// their own with the same `run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Names the run: 32 random hexadecimal digits.
    pub run: String,
    /// What kind of thing was assessed.
    pub target: Target,
    /// The system.
    pub system: System,
    /// Its files and configuration.
    pub subject: Subject,
    /// By what it was assessed.
    pub tool: Tool,
    /// The profiles by which controls were chosen.
    pub profiles: Vec<String>,
    /// Which controls were looked at.
    pub scope: Scope,
    /// The machine that the assessment ran on, where it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// When it began.
    pub started: Timestamp,
    /// When it was done.
    pub finished: Timestamp,
    /// The verdicts, in the order of the catalog.
    pub controls: Vec<ControlResult>,
}

/// What system was assessed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// The name of its folder or host.
    pub name: String,
    /// The folder of the Django system, from the root; empty for the root itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub folder: String,
    /// The settings module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<String>,
    /// The version of Django that it declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub django: Option<String>,
}

/// By what something was assessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `plimsoll`.
    pub name: String,
    /// Its version: `0.1.0`.
    pub version: String,
    /// The digest of the catalog that it held.
    pub catalog: Digest,
}

/// Which controls were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// All of the catalog.
    Whole,
    /// Those that the caller asked for.
    Part,
}

/// The verdict on one control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlResult {
    /// The control's id.
    pub control: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, where it is not evident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Clean>,
    /// The checks that the target asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<String>,
    /// What would prove it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Clean>,
    /// For a waived control: the last day on which it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived_until: Option<Date>,
}

/// A finding as an observation keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingNote {
    /// The rule that found it.
    pub rule: String,
    /// The control that it fails.
    pub control: String,
    /// How bad it is.
    pub severity: Severity,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// What is wrong.
    pub message: Clean,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Place>,
    /// Whether it counted.
    pub state: FindingState,
    /// Why it did not, where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Accepted>,
}

/// Whether a finding counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingState {
    /// It did.
    Open,
    /// A comment at its place ignored it.
    Ignored,
    /// A waiver accepted it.
    Waived,
}

/// Why a finding did not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// As the comment or the waiver says.
    pub reason: Clean,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What a check could not determine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenQuestion {
    /// What is not known and why.
    pub reason: Clean,
    /// What would settle it.
    pub needs: Clean,
    /// Where, if it stands in a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Place>,
}
