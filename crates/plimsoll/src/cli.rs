//! The arguments. Their help is the reference: docs/cli.md and the man page are made from it.

mod checklist;
mod ledger;
mod people;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use plimsoll_catalog::{Criticality, Severity};

pub(crate) use self::checklist::{Checklist, ChecklistFormat};
pub(crate) use self::ledger::{
    ExportFormat, Home, Key, KeyCommand, KeyExport, KeyFormat, KeyNew, Ledger, LedgerCheckpoint,
    LedgerCommand, LedgerExport, LedgerLog, LedgerPlace, LedgerShow, LedgerVerify, PlainFormat,
    Signing,
};
pub(crate) use self::people::{
    Attest, Release, ReleaseCommand, ReleaseList, ReleaseNew, Sign, Status, Waive,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  fit: no finding at or above the threshold
  1  findings at or above the threshold (--fail-on, warning by default)
  2  wrong usage or configuration
  3  the system could not be assessed
  4  the ledger is broken, can't be read, or could not be written

Environment:
  NO_COLOR, CLICOLOR, CLICOLOR_FORCE  as usual, with --color auto
  PLIMSOLL_LEDGER, PLIMSOLL_KEY_FILE, PLIMSOLL_PASSPHRASE_FILE  as --ledger, --key and
  --passphrase-file; XDG_CONFIG_HOME, XDG_STATE_HOME, HOME  where keys and known checkpoints are
  No other variable is read: the production environment is what the repository, --env-file
  and --env say, never what the caller's shell holds.";

const CHECK_EXAMPLES: &str = "\
Examples:
  plimsoll check
      the repository in this folder, with what it says about its own production environment
  plimsoll check ~/src/shop --env-file deploy/production.env --env DJANGO_DEBUG=0
      with the environment that production has
  plimsoll check --format sarif --output plimsoll.sarif
      for code scanning; likewise json, junit, github, markdown, html
  plimsoll check --advisories all.zip
      with the known vulnerabilities of packages, fetched before from
      https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip
  plimsoll check --family SET --family HDR --min-criticality important
  plimsoll check --record
      and keep what was seen in the ledger, for plimsoll status and the people who sign

Findings can be accepted: `# plimsoll: ignore[rule] reason` at the line or the one above, or a
waiver with an owner and a last day in plimsoll.toml.";

const SETTINGS_EXAMPLES: &str = "\
Examples:
  plimsoll settings --changed
      what differs from Django's defaults, and where it is set
  plimsoll settings --settings config.settings.production --env-file prod.env --format json

Secrets show as their length unless --show-secrets is given.";

/// Reads a Django repository without running it and says whether its production configuration is
/// fit: each control proven, failed, unproven or not applicable, with evidence at file and line.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, max_term_width = 100, after_long_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// Colours in the output.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a repository against the controls of the catalog.
    Check(Check),
    /// Read a team's own checklist: which control each item means, and whether it is so.
    Checklist(Checklist),
    /// Show the settings as production will have them, and where each comes from.
    Settings(Settings),
    /// List the controls.
    Catalog(Catalog),
    /// Explain a control or a rule: what, why, how it fails, what proves it.
    Explain(Explain),
    /// Write a commented plimsoll.toml from what is found in the repository.
    Init(Init),
    /// Make and list the keys that records are signed with.
    Key(Key),
    /// Say where the system stands by what is recorded, what changed, and what is due.
    Status(Status),
    /// Vouch for what only a person can know.
    Attest(Attest),
    /// Accept a failure until a day.
    Waive(Waive),
    /// Name the files and the configuration that go to production.
    Release(Release),
    /// Sign what stands for a release, in a role.
    Sign(Sign),
    /// Verify and read the ledger, where everything that was proven is kept.
    Ledger(Ledger),
    /// Print a completion script for a shell.
    Completions(Completions),
    /// Print the man page.
    Man(Man),
}

/// What is read and in which environment.
#[derive(Debug, Args)]
pub(crate) struct Subject {
    /// The repository, or a folder of it.
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) production: Production,
}

/// What is known of production beside the repository.
#[derive(Clone, Debug, Args)]
pub(crate) struct Production {
    /// The settings module of production, such as config.settings.production. Found by itself
    /// where it is not given.
    #[arg(long, value_name = "MODULE")]
    pub(crate) settings: Option<String>,
    /// A file of environment variables of the production process, read as Docker Compose does;
    /// several apply in order.
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Vec<PathBuf>,
    /// An environment variable of the production process; applies after files.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) env: Vec<String>,
    /// A file that production's machine has outside of the repository (/etc/app.cfg), as it is in
    /// FILE here; without =FILE, one that it does not have. Of the others
    /// `check` assumes nothing; `settings` takes them to be absent, and names them.
    #[arg(long, value_name = "PATH[=FILE]")]
    pub(crate) machine_file: Vec<String>,
    /// The name of production's machine, as hostname prints it.
    #[arg(long, value_name = "NAME")]
    pub(crate) machine_name: Option<String>,
    /// The configuration, instead of plimsoll.toml in DIR.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_long_help = format!("{CHECK_EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) subject: Subject,
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text, value_name = "FORMAT")]
    pub(crate) format: CheckFormat,
    /// Write the report to a file, whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Only controls of this family, such as SET; may be repeated.
    #[arg(long, value_name = "FAMILY")]
    pub(crate) family: Vec<String>,
    /// Only controls of at least this criticality.
    #[arg(long, value_enum, value_name = "CRITICALITY")]
    pub(crate) min_criticality: Option<MinCriticality>,
    /// A database of known vulnerabilities in the OSV schema, by which the dependencies are judged:
    /// a file of records (one, an array, or JSON lines), a folder of them, or a zip such as
    /// osv.dev's PyPI/all.zip. Nothing is fetched.
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) advisories: Option<PathBuf>,
    /// The least severity of a finding that makes the exit code 1.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
    /// Search every commit of the history for secrets, which takes some seconds.
    #[arg(long)]
    pub(crate) history: bool,
    /// Write the verdicts with their evidence to the ledger, signed; a key is needed (plimsoll key
    /// new). What could not be written did not pass: the exit code is then 4.
    #[arg(long, conflicts_with = "diff")]
    pub(crate) record: bool,
    /// The release that the files must be, by its name in the ledger.
    #[arg(long, value_name = "RELEASE")]
    pub(crate) release: Option<String>,
    #[command(flatten)]
    pub(crate) ledger: LedgerPlace,
    #[command(flatten)]
    pub(crate) signing: Signing,
    /// End with exit code 0 even where there are findings.
    #[arg(long)]
    pub(crate) exit_zero: bool,
    /// Put right what a program can without any risk, then check again. Comments and spacing are
    /// kept; a change that would not hold is not made.
    #[arg(long, conflicts_with = "diff")]
    pub(crate) fix: bool,
    /// Show as a diff what --fix would change, and change nothing; the exit code is 1 where there
    /// is something to change.
    #[arg(long, conflicts_with_all = ["format", "output"])]
    pub(crate) diff: bool,
    /// Also what changes how the system behaves and wants somebody to look at it: cookies for
    /// HTTPS only, renamed settings, defaults.
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people at a terminal.
    Text,
    /// For programs; schemas/check-v1.json describes it.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML, for CI servers.
    Junit,
    /// GitHub workflow commands: annotations at the lines.
    Github,
    /// For comments and job summaries.
    Markdown,
    /// One self-contained page.
    Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MinCriticality {
    /// All controls.
    Optional,
    /// Without the optional ones.
    Important,
    /// Only those without which a system is not fit for production.
    Critical,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Errors only.
    Error,
    /// Warnings and errors.
    Warning,
    /// Any finding.
    Note,
}

#[derive(Debug, Args)]
#[command(after_long_help = SETTINGS_EXAMPLES)]
pub(crate) struct Settings {
    #[command(flatten)]
    pub(crate) subject: Subject,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = SettingsFormat::Text, value_name = "FORMAT")]
    pub(crate) format: SettingsFormat,
    /// Write to a file, whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Only settings that differ from Django's defaults.
    #[arg(long)]
    pub(crate) changed: bool,
    /// Show secrets in clear.
    #[arg(long)]
    pub(crate) show_secrets: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SettingsFormat {
    /// A table for people.
    Text,
    /// For programs; schemas/settings-v1.json describes it.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Catalog {
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = CatalogFormat::Text, value_name = "FORMAT")]
    pub(crate) format: CatalogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CatalogFormat {
    /// A table for people.
    Text,
    /// For programs; schemas/catalog-v1.json describes it.
    Json,
    /// Tables for documents.
    Markdown,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The id of a control (SET-01) or of a rule (debug-enabled).
    #[arg(value_name = "CONTROL-OR-RULE")]
    pub(crate) id: String,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The repository.
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Write over a plimsoll.toml that is there.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Write a page for each command into this folder instead.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) output_dir: Option<PathBuf>,
}

impl From<MinCriticality> for Criticality {
    fn from(least: MinCriticality) -> Self {
        match least {
            MinCriticality::Optional => Criticality::Optional,
            MinCriticality::Important => Criticality::Important,
            MinCriticality::Critical => Criticality::Critical,
        }
    }
}

impl From<FailOn> for Severity {
    fn from(threshold: FailOn) -> Self {
        match threshold {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Note => Severity::Note,
        }
    }
}
