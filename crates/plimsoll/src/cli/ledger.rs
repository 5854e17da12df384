//! Arguments of the commands that read and write the ledger.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Which ledger is meant.
#[derive(Debug, Args)]
pub(crate) struct LedgerPlace {
    /// The ledger: a file, or postgres://user@host/database. Without it what plimsoll.toml says
    /// under [ledger], else .plimsoll/ledger.db in the repository.
    #[arg(long, env = "PLIMSOLL_LEDGER", hide_env_values = true, value_name = "FILE|URL")]
    pub(crate) ledger: Option<String>,
}

/// The repository that a command belongs to, where it is no argument of its own.
#[derive(Debug, Args)]
pub(crate) struct Home {
    /// The repository, whose plimsoll.toml and ledger are meant.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
}

/// With which key is signed.
#[derive(Debug, Args)]
pub(crate) struct Signing {
    /// The key to sign with: its name, or its file. Without it the only one that
    /// `plimsoll key list` shows.
    #[arg(long, env = "PLIMSOLL_KEY_FILE", value_name = "NAME|FILE")]
    pub(crate) key: Option<String>,
    /// A file whose first line is the passphrase of the key; asked for at the terminal otherwise.
    #[arg(long, env = "PLIMSOLL_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

const KEY_EXAMPLES: &str = "\
Examples:
  plimsoll key new --name 'Ada Lovelace' --role security --passphrase
      make a key; what it prints goes into plimsoll.toml, so that others trust it
  plimsoll key export ada-lovelace --format pem
      the public part, for other tools

Keys are files that only their owner can read, in $XDG_CONFIG_HOME/plimsoll/keys (else
~/.config/plimsoll/keys). The private part is never printed.";

#[derive(Debug, Args)]
#[command(after_long_help = KEY_EXAMPLES)]
pub(crate) struct Key {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key and print its public part.
    New(KeyNew),
    /// List your keys.
    List,
    /// Show a key: whose it is, its roles, its public part, its file.
    Show(KeyChoice),
    /// Print the public part of a key.
    Export(KeyExport),
}

#[derive(Debug, Args)]
pub(crate) struct KeyNew {
    /// Whose key it is, as records will say: a person, or a machine such as "ci".
    #[arg(long)]
    pub(crate) name: String,
    /// A role of that person; may be repeated. Releases are signed by a development-lead, an
    /// operations-lead, security and a product-owner.
    #[arg(long)]
    pub(crate) role: Vec<String>,
    /// Write the key to this file instead of the folder of your keys.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Encrypt the key with a passphrase, which is asked for at the terminal.
    #[arg(long)]
    pub(crate) passphrase: bool,
    /// Encrypt the key with the first line of this file.
    #[arg(long, env = "PLIMSOLL_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct KeyChoice {
    /// Its name or its file; may be left out where there is one key only.
    #[arg(env = "PLIMSOLL_KEY_FILE", value_name = "NAME|FILE")]
    pub(crate) key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct KeyExport {
    #[command(flatten)]
    pub(crate) choice: KeyChoice,
    /// The form.
    #[arg(long, value_enum, default_value_t = KeyFormat::Signers, value_name = "FORMAT")]
    pub(crate) format: KeyFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyFormat {
    /// A [[signers]] table for plimsoll.toml.
    Signers,
    /// One line: ed25519:…
    Line,
    /// -----BEGIN PUBLIC KEY-----, for other tools.
    Pem,
}

const LEDGER_EXAMPLES: &str = "\
Examples:
  plimsoll ledger verify
      read every record and say whether each is what it was
  plimsoll ledger checkpoint --output checkpoint.json
      keep this elsewhere; verify --checkpoint checkpoint.json then finds records cut off at the end
  plimsoll ledger log --kind attestation --kind waiver
  plimsoll ledger show 17
  plimsoll ledger export --format oscal --output results.json

Records are added by check --record and other commands. None is ever changed or removed.";

#[derive(Debug, Args)]
#[command(after_long_help = LEDGER_EXAMPLES)]
pub(crate) struct Ledger {
    #[command(subcommand)]
    pub(crate) command: LedgerCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Find records that were changed, removed, reordered, inserted or cut off.
    Verify(LedgerVerify),
    /// List the records, the newest first.
    Log(LedgerLog),
    /// Show one record whole.
    Show(LedgerShow),
    /// Write the records for other programs.
    Export(LedgerExport),
    /// Sign the newest record's digest, to be kept elsewhere.
    Checkpoint(LedgerCheckpoint),
}

#[derive(Debug, Args)]
pub(crate) struct LedgerVerify {
    #[command(flatten)]
    pub(crate) home: Home,
    /// A checkpoint that was kept elsewhere; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Vec<PathBuf>,
    /// A public key that is trusted beside those of plimsoll.toml: NAME=ed25519:…; may be
    /// repeated.
    #[arg(long, value_name = "NAME=KEY")]
    pub(crate) trust: Vec<String>,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text, value_name = "FORMAT")]
    pub(crate) format: PlainFormat,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerLog {
    #[command(flatten)]
    pub(crate) home: Home,
    /// Only records of this kind; may be repeated.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Vec<String>,
    /// Only records that bear on this control.
    #[arg(long, value_name = "CONTROL")]
    pub(crate) control: Option<String>,
    /// At most this many.
    #[arg(long, short = 'n', default_value_t = 40, value_name = "COUNT")]
    pub(crate) limit: usize,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text, value_name = "FORMAT")]
    pub(crate) format: PlainFormat,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerShow {
    /// The number of the record, or the beginning of its digest.
    #[arg(value_name = "RECORD")]
    pub(crate) record: String,
    #[command(flatten)]
    pub(crate) home: Home,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text, value_name = "FORMAT")]
    pub(crate) format: PlainFormat,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerExport {
    #[command(flatten)]
    pub(crate) home: Home,
    /// The form.
    #[arg(long, value_enum, default_value_t = ExportFormat::Jsonl, value_name = "FORMAT")]
    pub(crate) format: ExportFormat,
    /// Only records of this kind, with jsonl and intoto; may be repeated.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Vec<String>,
    /// Write to a file, whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) signing: Signing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Each record as it is kept, with its digest and signature, one in a line.
    Jsonl,
    /// An in-toto statement for each record, in a DSSE envelope that your key signs, one in a line.
    Intoto,
    /// OSCAL assessment results: the newest assessment of each target and what stands by it today.
    Oscal,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerCheckpoint {
    #[command(flatten)]
    pub(crate) home: Home,
    #[command(flatten)]
    pub(crate) signing: Signing,
    /// Write the checkpoint to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainFormat {
    /// For people at a terminal.
    Text,
    /// For programs.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TargetChoice {
    /// The files of a repository.
    Repository,
    /// The system brought up on loopback.
    Rehearsal,
    /// The running system.
    Production,
}

impl From<TargetChoice> for plimsoll_catalog::Target {
    fn from(choice: TargetChoice) -> Self {
        match choice {
            TargetChoice::Repository => Self::Repository,
            TargetChoice::Rehearsal => Self::Rehearsal,
            TargetChoice::Production => Self::Production,
        }
    }
}
