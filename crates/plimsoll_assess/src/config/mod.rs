//! `plimsoll.toml`: what a project tells Plimsoll about itself.
//!
//! [`parse`] reads the text strictly: an unknown key, a wrong type or a missing part of a waiver
//! is an error with its place. A file that is silently half understood would change verdicts.

mod checklist;
mod error;
mod ledger;
mod mask;
mod reader;
mod table;

use std::collections::BTreeMap;

use globset::GlobMatcher;
use jiff::civil::Date;
use plimsoll_catalog::{Catalog, CheckKind, Parameter, ParameterValue, Severity};
use plimsoll_source::{Secret, Span};

pub use error::ConfigError;
pub use mask::without_values;
pub use reader::parse;

/// The name of the file, looked for at the root of the directory that is checked.
pub const FILE_NAME: &str = "plimsoll.toml";

/// A value with the place where it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub at: Span,
}

/// What `plimsoll.toml` says; all of it optional.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The dotted name of the settings module that production loads.
    pub settings: Option<Placed<String>>,
    /// Env files of the production process, from the repository's root, later ones win.
    pub env_files: Vec<Placed<String>>,
    /// Variables of the production process, over those of the env files.
    pub env: BTreeMap<String, Placed<Secret>>,
    /// The profile to use instead of the one chosen by what the survey finds.
    pub profile: Option<Placed<String>>,
    /// Files that are not looked at, as globs from the repository's root.
    pub exclude: Vec<Placed<String>>,
    /// The least severity of a finding that makes the exit code 1.
    pub fail_on: Option<Severity>,
    /// Parameters of controls, by control and name.
    pub parameters: BTreeMap<String, BTreeMap<String, Placed<ParameterValue>>>,
    /// Accepted failures.
    pub waivers: Vec<Waiver>,
    /// Where the ledger is: a file from the repository's root, or the address of a server, which
    /// may hold a password.
    pub ledger: Option<Placed<Secret>>,
    /// Whose signatures are trusted.
    pub signers: Vec<TrustedSigner>,
    /// The team's own checklists, from the repository's root.
    pub checklists: Vec<Placed<String>>,
    /// Which control an item of a checklist means, by words of the item.
    pub checklist_items: Vec<(Placed<String>, Placed<String>)>,
}

/// A person or a machine whose signatures are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedSigner {
    /// The name that stands in what is signed.
    pub name: String,
    /// What that person may sign as; several tables of one name give several roles.
    pub role: Option<String>,
    /// The public key: `ed25519:` and base64.
    pub key: String,
    /// Where the table stands.
    pub at: Span,
}

/// A failure that a named person accepts until a day.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The control that is waived; with `rule`, only that rule's findings in it.
    pub control: Option<String>,
    /// The rule whose findings are waived.
    pub rule: Option<String>,
    /// Only findings in files that match.
    pub path: Option<PathGlob>,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds.
    pub expiry: Date,
    /// Where the waiver stands.
    pub at: Span,
}

/// A glob over paths of the repository, with its text.
#[derive(Clone, Debug)]
pub struct PathGlob {
    /// As written.
    pub text: String,
    /// Compiled; `*` does not cross `/`.
    pub matcher: GlobMatcher,
}

/// The names that a configuration may refer to.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Control ids with their parameters.
    pub controls: BTreeMap<String, Vec<Parameter>>,
    /// Rule ids.
    pub rules: Vec<String>,
    /// Profile ids.
    pub profiles: Vec<String>,
}

impl Names {
    /// The names of a catalog, with every rule that it declares, built or planned.
    pub fn of(catalog: &Catalog) -> Self {
        let rules = catalog.checks().filter(|check| check.kind == CheckKind::Rule);
        Self {
            controls: catalog
                .controls()
                .map(|control| (control.id.clone(), control.parameters.clone()))
                .collect(),
            rules: rules.map(|check| check.id.clone()).collect(),
            profiles: catalog.profiles().iter().map(|profile| profile.id.clone()).collect(),
        }
    }
}
