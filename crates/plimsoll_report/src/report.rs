//! What every format is made from.

use std::collections::BTreeMap;
use std::time::Duration;

use plimsoll_assess::Assessment;
use plimsoll_catalog::{Criticality, Family};
use plimsoll_source::{Problem, RepoPath, SourceText, Span};

use crate::Redactor;

/// One assessment of one system, with all that its formats need.
#[derive(Debug)]
pub struct Report<'a> {
    /// The verdicts and findings.
    pub assessment: &'a Assessment,
    /// What was assessed.
    pub target: TargetInfo,
    /// The controls of the catalog by id.
    pub controls: BTreeMap<String, ControlInfo>,
    /// The rules by id.
    pub rules: BTreeMap<String, RuleText>,
    /// The text of the files that findings point into.
    pub sources: Sources,
    /// What must not be shown.
    pub redactor: Redactor,
    /// When the assessment began, in UTC: `2026-11-20T08:30:00`.
    pub started: String,
    /// How long the assessment took.
    pub elapsed: Duration,
    /// Plimsoll's own version: `0.1.0`.
    pub version: &'static str,
}

/// What was assessed, and what was assumed about it.
#[derive(Clone, Debug, Default)]
pub struct TargetInfo {
    /// The name of the directory.
    pub name: String,
    /// The folder of the Django system, from the directory; empty for the directory itself.
    pub system: String,
    /// Other Django systems in the directory, which were not assessed.
    pub other_systems: Vec<String>,
    /// The settings module: `config.settings.production`; `None` where none was found.
    pub settings: Option<String>,
    /// The file of that module.
    pub settings_file: Option<RepoPath>,
    /// Why this module is taken for the one of production.
    pub settings_reason: Option<String>,
    /// The version of Django that the project declares, as far as known.
    pub django: Option<String>,
    /// The commit that is checked out, in hex.
    pub commit: Option<String>,
    /// The profiles by which controls were chosen.
    pub profiles: Vec<ChosenProfile>,
    /// Where the process environment was taken from.
    pub environment: AssumedEnvironment,
    /// What could not be read or understood.
    pub problems: Vec<TargetProblem>,
    /// How many files were looked at.
    pub files: usize,
}

/// A profile that applies, and why.
#[derive(Clone, Debug)]
pub struct ChosenProfile {
    /// Its id: `classic-server`.
    pub id: String,
    /// Why it applies, as a phrase.
    pub reason: String,
}

/// Where the process environment came from. Never holds values.
#[derive(Clone, Debug, Default)]
pub struct AssumedEnvironment {
    /// Whether the user gave it (`--env`, `--env-file`, `plimsoll.toml`) rather than the
    /// repository's own deployment files.
    pub given: bool,
    /// Where variables come from, in the order in which they apply.
    pub sources: Vec<EnvironmentSource>,
    /// Why production may have more variables than these.
    pub gaps: Vec<EnvironmentSource>,
    /// Env files and compose files that were left out as those of development, with the reason.
    pub left_out: Vec<EnvironmentSource>,
    /// The names of the variables that were set, with the place where a file sets them.
    pub variables: Vec<(String, Option<Span>)>,
}

/// A source of variables, or a gap in what is known of them.
#[derive(Clone, Debug)]
pub struct EnvironmentSource {
    /// What it is, as a sentence without a full stop.
    pub text: String,
    /// Where it stands.
    pub at: Option<Span>,
}

/// Something that was not read or understood, with the part of the work it hampered.
#[derive(Clone, Debug)]
pub struct TargetProblem {
    /// `settings`, `stop` (the process would not start) or `survey`.
    pub area: &'static str,
    /// What happened and where.
    pub problem: Problem,
}

/// What formats say about a control.
#[derive(Clone, Debug)]
pub struct ControlInfo {
    /// Its title.
    pub title: String,
    /// Its family.
    pub family: Family,
    /// How much it matters.
    pub criticality: Criticality,
}

/// The texts of a rule.
#[derive(Clone, Debug, Default)]
pub struct RuleText {
    /// Its id: `debug-enabled`.
    pub id: String,
    /// The bad state in one line.
    pub title: String,
    /// What it looks at and reports, in Markdown.
    pub what: String,
    /// Why it matters, in Markdown.
    pub why: String,
    /// An example that trips it, in Markdown.
    pub bad: String,
    /// The same example put right, in Markdown.
    pub good: String,
    /// Addresses of documents that state the facts used.
    pub sources: Vec<String>,
    /// Whether it exists, rather than being declared only.
    pub built: bool,
}

/// The text of files by path.
#[derive(Clone, Debug, Default)]
pub struct Sources(BTreeMap<RepoPath, SourceText>);

impl Sources {
    /// The text of a file, where it is at hand.
    pub fn get(&self, path: &RepoPath) -> Option<&SourceText> {
        self.0.get(path)
    }
}

impl FromIterator<SourceText> for Sources {
    fn from_iter<T: IntoIterator<Item = SourceText>>(texts: T) -> Self {
        Self(texts.into_iter().map(|text| (text.path().clone(), text)).collect())
    }
}

impl Report<'_> {
    /// The family of a control, by the catalog, else by the prefix of its id.
    pub(crate) fn family(&self, control: &str) -> Option<Family> {
        match self.controls.get(control) {
            Some(info) => Some(info.family),
            None => Family::from_prefix(control.split('-').next()?),
        }
    }

    /// The title of a control; its id where the catalog does not have it.
    pub(crate) fn title<'a>(&'a self, control: &'a str) -> &'a str {
        self.controls.get(control).map_or(control, |info| &info.title)
    }

    pub(crate) fn criticality(&self, control: &str) -> Criticality {
        self.controls.get(control).map_or(Criticality::Important, |info| info.criticality)
    }
}
