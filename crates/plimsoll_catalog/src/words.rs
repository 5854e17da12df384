//! The words that rules, assessment and reports share.

use crate::Repair;
use plimsoll_source::Span;
use serde::{Deserialize, Serialize};

/// How much a control matters for going to production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Criticality {
    /// Good to have.
    Optional,
    /// Should be so; going without it is a decision.
    Important,
    /// A system without it is not fit for production.
    Critical,
}

/// The families that controls are grouped by, in the order of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "Family::title says what each is")]
pub enum Family {
    Set,
    Hdr,
    Tls,
    Prx,
    App,
    Job,
    Db,
    Cache,
    Auth,
    Api,
    Data,
    Bak,
    Log,
    Mon,
    Mail,
    Sto,
    Net,
    Sec,
    Perf,
    Qa,
    Dep,
    Doc,
    Ops,
}

impl Family {
    /// All families in the order of reports.
    pub const ALL: [Family; 23] = [
        Family::Set,
        Family::Hdr,
        Family::Tls,
        Family::Prx,
        Family::App,
        Family::Job,
        Family::Db,
        Family::Cache,
        Family::Auth,
        Family::Api,
        Family::Data,
        Family::Bak,
        Family::Log,
        Family::Mon,
        Family::Mail,
        Family::Sto,
        Family::Net,
        Family::Sec,
        Family::Perf,
        Family::Qa,
        Family::Dep,
        Family::Doc,
        Family::Ops,
    ];

    /// The prefix of its controls' ids: `SET`.
    pub fn prefix(self) -> &'static str {
        self.names().0
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Family::Set => ("SET", "Settings and environment"),
            Family::Hdr => ("HDR", "Security headers"),
            Family::Tls => ("TLS", "TLS and certificates"),
            Family::Prx => ("PRX", "Reverse proxy"),
            Family::App => ("APP", "Application server"),
            Family::Job => ("JOB", "Background jobs"),
            Family::Db => ("DB", "Database"),
            Family::Cache => ("CACHE", "Cache and Redis"),
            Family::Auth => ("AUTH", "Authentication"),
            Family::Api => ("API", "API"),
            Family::Data => ("DATA", "Data protection"),
            Family::Bak => ("BAK", "Backup and restore"),
            Family::Log => ("LOG", "Logging"),
            Family::Mon => ("MON", "Monitoring"),
            Family::Mail => ("MAIL", "Mail"),
            Family::Sto => ("STO", "Static files and media"),
            Family::Net => ("NET", "Network and host"),
            Family::Sec => ("SEC", "Secrets and vulnerabilities"),
            Family::Perf => ("PERF", "Performance"),
            Family::Qa => ("QA", "Flows and quality"),
            Family::Dep => ("DEP", "Deployment"),
            Family::Doc => ("DOC", "Documentation"),
            Family::Ops => ("OPS", "Operations"),
        }
    }

    /// The family with this prefix, in any case.
    pub fn from_prefix(prefix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.prefix().eq_ignore_ascii_case(prefix))
    }
}

/// What a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// The files of a repository, nothing run: static rules.
    Repository,
    /// The system brought up on loopback.
    Rehearsal,
    /// The running system.
    Production,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; does not fail its control.
    Note,
    /// A weakness: fails its control.
    Warning,
    /// A defect that will hurt in production: fails its control.
    Error,
}

/// How sure a rule is that the finding is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Rests on a reading that has innocent explanations.
    Low,
    /// Likely, with an assumption that the message names.
    Medium,
    /// Follows from what stands in the files.
    High,
}

/// Another place that has part in a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Related {
    /// Where.
    pub at: Span,
    /// What this place has to do with it.
    pub message: String,
}

/// Something wrong, at a place, with its consequence in production.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule that found it: `debug-enabled`.
    pub rule: &'static str,
    /// The control that it fails: `SET-01`.
    pub control: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// What is wrong, in one sentence. Never holds the value of a secret.
    pub message: String,
    /// What happens in production because of it.
    pub consequence: String,
    /// What to do.
    pub fix: String,
    /// The primary place.
    pub at: Span,
    /// Other places that have part in it, in other files too.
    pub related: Vec<Related>,
    /// What puts it right, where a program can do that.
    pub repair: Option<Repair>,
}

/// What a check saw that speaks for a control: somebody else can look it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The check that saw it.
    pub check: String,
    /// What was seen, in one sentence. Never holds the value of a secret.
    pub statement: String,
    /// Where, if it stands in a file.
    pub at: Option<Span>,
}

/// What is known of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every check that the target asks for passed, with evidence.
    Proven,
    /// A check found a defect.
    Failed,
    /// No check has shown it either way.
    Unproven,
    /// The control's condition does not hold for this system.
    NotApplicable,
    /// Failed or unproven, and accepted by a named owner until a date.
    Waived,
    /// A named person vouches for it with evidence.
    Attested,
}

/// Something a check could not determine, so that it shows nothing either way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undetermined {
    /// What is not known and why, in one sentence.
    pub reason: String,
    /// What would settle it: a command, a variable to give, a file to add.
    pub needs: String,
    /// Where, if it stands in a file.
    pub at: Option<Span>,
}

/// What one check gave on one target: given to assessment as a value.
///
/// A check proves its part of a control only when it has evidence, no finding above a note and
/// nothing undetermined. All three empty means that it found nothing to look at, which is no pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The check: a rule's id.
    pub check: &'static str,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What was seen that speaks for the control.
    pub evidence: Vec<Evidence>,
    /// What could not be determined.
    pub undetermined: Vec<Undetermined>,
}
