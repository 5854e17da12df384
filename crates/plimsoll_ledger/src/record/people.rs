//! What people say: attestations, waivers, sign-offs.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::evidence::Measurement;
use super::words::Fresh;
use crate::{Clean, Digest};

/// A named person vouches for what only a person can know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attestation {
    /// The control.
    pub control: String,
    /// Who vouches for it.
    pub by: String,
    /// In which role, as the catalog or the person names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What is declared.
    pub wording: String,
    /// What the person adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Clean>,
    /// What they show for it.
    pub evidence: Vec<Proof>,
    /// Figures that the control has limits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<Measurement>,
    /// The time that it speaks of, from which its freshness counts.
    pub effective: Timestamp,
    /// How long it holds.
    pub fresh_for: Fresh,
    /// The release that it speaks of, by name, where it speaks of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// It takes back what was attested before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

/// What an attestation shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// A file, by its digest: a changed byte shows.
    File {
        /// Where it lay when it was given.
        path: String,
        /// The digest of its bytes.
        digest: Digest,
        /// How many bytes it has.
        bytes: u64,
    },
    /// An address. What it leads to is not kept.
    Link {
        /// The address.
        url: Clean,
    },
}

/// A failure that a named person accepts until a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// The control; with `rule`, only that rule's findings in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
    /// The rule whose findings are waived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Why it is accepted.
    pub reason: Clean,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds. A later waiver of the same thing takes its place.
    pub expires: Date,
}

/// A named person signs what stands for a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// The release's name.
    pub release: String,
    /// The release's digest.
    pub digest: Digest,
    /// In which role.
    pub role: Role,
    /// Who signs.
    pub by: String,
    /// The target whose verdicts are signed.
    pub target: plimsoll_catalog::Target,
    /// The digest of what stood when it was signed: see `Standing::digest`.
    pub evidence: Digest,
    /// How many controls had each verdict.
    pub counts: BTreeMap<String, u64>,
    /// What the person adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Clean>,
}

/// Who has to sign a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Answers for how it was built.
    DevelopmentLead,
    /// Answers for how it runs.
    OperationsLead,
    /// Answers for its security.
    Security,
    /// Answers for what it is for.
    ProductOwner,
}

impl Role {
    /// All of them, in the order in which they are named.
    pub const ALL: [Role; 4] =
        [Role::DevelopmentLead, Role::OperationsLead, Role::Security, Role::ProductOwner];

    /// Its name in files and arguments: `development-lead`.
    pub fn name(self) -> &'static str {
        match self {
            Role::DevelopmentLead => "development-lead",
            Role::OperationsLead => "operations-lead",
            Role::Security => "security",
            Role::ProductOwner => "product-owner",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = ();

    /// Reads the name in any case, with `-`, `_` or a space between its words.
    fn from_str(text: &str) -> Result<Self, ()> {
        let name = text.trim().to_lowercase().replace(['_', ' '], "-");
        Role::ALL.into_iter().find(|role| role.name() == name).ok_or(())
    }
}
