//! Arguments of the commands by which people take part: attest, waive, release, sign, status.

use clap::{Args, Subcommand};

use super::Subject;
use super::ledger::{Home, LedgerPlace, PlainFormat, Signing, TargetChoice};

const STATUS_EXAMPLES: &str = "\
Examples:
  plimsoll status
      where the newest release stands by what is recorded, what changed, what is due
  plimsoll status --target production --release 2026.11.2 --format json

Evidence grows old and covers one release and configuration: a verdict that lost its ground is
unproven here without a new check.";

#[derive(Debug, Args)]
#[command(after_long_help = STATUS_EXAMPLES)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) home: Home,
    /// What is asked about.
    #[arg(long, value_enum, default_value_t = TargetChoice::Repository, value_name = "TARGET")]
    pub(crate) target: TargetChoice,
    /// The release; without it the newest one, or the files of the newest assessment where none is
    /// recorded.
    #[arg(long, value_name = "RELEASE")]
    pub(crate) release: Option<String>,
    /// How many days ahead something counts as expiring soon.
    #[arg(long, default_value_t = 14, value_name = "DAYS")]
    pub(crate) within: u16,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text, value_name = "FORMAT")]
    pub(crate) format: PlainFormat,
}

const ATTEST_EXAMPLES: &str = "\
Examples:
  plimsoll attest OPS-04 --by 'Ada Lovelace' --evidence training/2026-11.pdf --note 'all nine'
  plimsoll attest OPS-08 --by 'Ada Lovelace' --evidence https://survey.example/17 \\
      --value satisfied=86 --value critical_issues=1
  plimsoll attest OPS-04 --by 'Ada Lovelace' --withdraw --note 'two people left'

Of a file the digest is kept, not the file: keep it where it is.";

#[derive(Debug, Args)]
#[command(after_long_help = ATTEST_EXAMPLES)]
pub(crate) struct Attest {
    /// The control that a person vouches for.
    #[arg(value_name = "CONTROL")]
    pub(crate) control: String,
    /// Who vouches; the name of the key where it is left out.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// In which role.
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    /// What is shown for it: a file, whose digest is kept, or an address. May be repeated.
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) evidence: Vec<String>,
    /// What there is to add.
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// A figure that the control has a limit for, such as satisfied=86; may be repeated.
    #[arg(long, value_name = "NAME=NUMBER")]
    pub(crate) value: Vec<String>,
    /// The day that it speaks of, from which it holds; today where it is left out.
    #[arg(long, value_name = "DATE")]
    pub(crate) effective: Option<String>,
    /// The release that it speaks of; it then holds for no other.
    #[arg(long, value_name = "RELEASE")]
    pub(crate) release: Option<String>,
    /// Take back what was attested before.
    #[arg(long, conflicts_with_all = ["evidence", "value", "effective"])]
    pub(crate) withdraw: bool,
    #[command(flatten)]
    pub(crate) home: Home,
    #[command(flatten)]
    pub(crate) signing: Signing,
}

#[derive(Debug, Args)]
pub(crate) struct Waive {
    /// The control or the rule whose failure is accepted.
    #[arg(value_name = "CONTROL|RULE")]
    pub(crate) id: String,
    /// With a rule: only its findings in this control.
    #[arg(long, value_name = "CONTROL")]
    pub(crate) control: Option<String>,
    /// Why it is accepted.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Who answers for it.
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: String,
    /// The last day on which it holds. To end a waiver, waive the same thing with a day that has
    /// passed.
    #[arg(long, value_name = "DATE")]
    pub(crate) expires: String,
    #[command(flatten)]
    pub(crate) home: Home,
    #[command(flatten)]
    pub(crate) signing: Signing,
}

#[derive(Debug, Args)]
pub(crate) struct Release {
    #[command(subcommand)]
    pub(crate) command: ReleaseCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReleaseCommand {
    /// Give the files and the configuration of a repository a name.
    New(Box<ReleaseNew>),
    /// List the releases, the newest first.
    List(ReleaseList),
}

#[derive(Debug, Args)]
pub(crate) struct ReleaseNew {
    /// Its name, such as 2026.11.2.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) subject: Subject,
    /// The digest of its files, instead of that of the files in DIR; the configuration is then left
    /// open.
    #[arg(long, value_name = "sha256:…")]
    pub(crate) digest: Option<String>,
    /// What there is to add.
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    #[command(flatten)]
    pub(crate) ledger: LedgerPlace,
    #[command(flatten)]
    pub(crate) signing: Signing,
}

#[derive(Debug, Args)]
pub(crate) struct ReleaseList {
    #[command(flatten)]
    pub(crate) home: Home,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text, value_name = "FORMAT")]
    pub(crate) format: PlainFormat,
}

const SIGN_NOTE: &str = "\
What is signed is the digest of what stands for the release: each control's verdict with what was
seen and said. It changes when a verdict does, or what it rests on; then it has to be signed anew.
Roles: development-lead, operations-lead, security, product-owner.";

#[derive(Debug, Args)]
#[command(after_long_help = SIGN_NOTE)]
pub(crate) struct Sign {
    /// The release.
    #[arg(value_name = "RELEASE")]
    pub(crate) release: String,
    /// In which role.
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: String,
    /// What the verdicts that are signed are about.
    #[arg(long, value_enum, default_value_t = TargetChoice::Repository, value_name = "TARGET")]
    pub(crate) target: TargetChoice,
    /// What there is to add.
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    #[command(flatten)]
    pub(crate) home: Home,
    #[command(flatten)]
    pub(crate) signing: Signing,
}
