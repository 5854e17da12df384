//! Rules about backups and restores: what dumps, keeps, encrypts and brings back the data.

mod backup_before_freeze;
mod backup_database_mismatch;
mod backup_encryption_prompts;
mod backup_environment_missing;
mod backup_key_beside_data;
mod backup_missing;
mod backup_passphrase_exposed;
mod backup_same_host;
mod backup_status_lost;
mod backup_unencrypted;
mod backup_unscheduled;
mod cron_percent_unescaped;
mod dump_locks_tables;
mod dump_shipped;
mod media_backup_missing;
mod mirror_as_backup;
mod remote_missing;
mod restore_drops_first;
mod restore_ignores_errors;
mod retention_missing;
mod retention_unconditional;

use plimsoll_facts::{Facts, Reached, Routine, RoutinePlace};
use plimsoll_formats::shell::{Command, Part, Redirect, Word};

use crate::Rule;

pub(crate) use backup_passphrase_exposed::exposes;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    backup_missing::RULE,
    backup_unscheduled::RULE,
    backup_database_mismatch::RULE,
    backup_environment_missing::RULE,
    cron_percent_unescaped::RULE,
    backup_status_lost::RULE,
    dump_locks_tables::RULE,
    retention_unconditional::RULE,
    retention_missing::RULE,
    mirror_as_backup::RULE,
    backup_same_host::RULE,
    backup_unencrypted::RULE,
    backup_passphrase_exposed::RULE,
    backup_encryption_prompts::RULE,
    backup_key_beside_data::RULE,
    dump_shipped::RULE,
    restore_ignores_errors::RULE,
    restore_drops_first::RULE,
    media_backup_missing::RULE,
    backup_before_freeze::RULE,
    remote_missing::RULE,
];

/// A command that writes the database, or all of it, to somewhere.
#[derive(Clone, Copy)]
pub(crate) struct Dump<'f> {
    /// Where it is written.
    pub(crate) routine: &'f Routine,
    /// The command.
    pub(crate) command: &'f Command,
    /// What it reaches.
    pub(crate) reached: Reached<'f>,
    /// Its place among the commands of the routine.
    pub(crate) index: usize,
}

/// What a dump is a dump of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dumped {
    /// A database of this name, or an SQLite file of this path.
    Named(String),
    /// Every database of the server.
    All,
    /// It depends on something that is not known here.
    Unknown,
}

/// Words of places that copy data about, for developing or for moving house, and back nothing up.
const COPIES: [&str; 22] = [
    "sync",
    "pull",
    "clone",
    "copy",
    "seed",
    "anonym",
    "fixture",
    "sample",
    "replicat",
    "import",
    "fetch",
    "download",
    "local",
    "dev",
    "test",
    "benchmark",
    "convert",
    "restore",
    "recover",
    "staging",
    "schema",
    "sqlite",
];

/// The dumps that back production up; those of documents too where `documents` says so.
pub(crate) fn dumps(facts: &Facts, documents: bool) -> Vec<Dump<'_>> {
    let routines = facts.routines.iter().filter(|routine| {
        routine.is_main()
            && (documents || !routine.is_document())
            && !routine.is_called(&COPIES)
            && (routine.place != RoutinePlace::Pipeline
                || routine.is_about(&["backup", "dump", "deploy", "release", "cron"]))
    });
    routines.flat_map(dumps_of).collect()
}

/// The dumps of a routine, whatever it is for.
pub(crate) fn dumps_of(routine: &Routine) -> impl Iterator<Item = Dump<'_>> {
    let commands = routine.commands().enumerate();
    commands.filter_map(move |(index, command)| {
        let reached = plimsoll_facts::reach(command)?;
        is_dump(reached).then_some(Dump { routine, command, reached, index })
    })
}

/// Whether a program dumps a database, as far as its arguments say.
pub(crate) fn is_dump_program(reached: Reached<'_>) -> bool {
    is_dump(reached)
}

fn is_dump(reached: Reached<'_>) -> bool {
    let partial = ["--schema-only", "--version", "--help", "-V", "--no-data", "--globals-only"];
    if reached.has_any(&partial) {
        return false;
    }
    match reached.program {
        "pg_dump" => {
            !reached.has_any(&["-s", "-t", "--table", "-g"]) && !reached.arguments.is_empty()
        }
        "pg_dumpall" => !reached.has("-g"),
        "mysqldump" | "mariadb-dump" => !reached.has("-d") && !reached.arguments.is_empty(),
        "pg_basebackup" | "mariabackup" | "xtrabackup" => true,
        "sqlite3" => reached.arguments.iter().any(|word| {
            word.text.starts_with(".backup")
                || word.text.starts_with(".dump")
                || word.text.to_ascii_uppercase().starts_with("VACUUM INTO")
        }),
        "manage.py" | "django-admin" => reached.managed() == Some("dbbackup"),
        "heroku" => reached.has("pg:backups:capture"),
        _ => false,
    }
}

impl<'f> Dump<'f> {
    /// What it dumps.
    pub(crate) fn database(&self) -> Dumped {
        let known = |word: &Word| match self.routine.resolve(word) {
            Some(text) if text.is_empty() => Dumped::Unknown,
            Some(text) if text.contains("://") => Dumped::Unknown,
            // Placeholders of documents and templates.
            Some(text) if text.contains(['<', '{', '[', '=', ' ']) || text == "..." => {
                Dumped::Unknown
            }
            Some(text) => Dumped::Named(text),
            None => Dumped::Unknown,
        };
        match self.reached.program {
            "pg_dumpall" | "pg_basebackup" | "mariabackup" | "xtrabackup" => Dumped::All,
            "mysqldump" | "mariadb-dump"
                if self.reached.has_any(&["--all-databases", "-A", "--databases", "-B"]) =>
            {
                Dumped::All
            }
            "pg_dump" => {
                if let Some(word) = self.reached.option(&["-d", "--dbname"]) {
                    return known(word);
                }
                if let Some(text) = self.reached.option_text(&["--dbname"]) {
                    let plain = !text.contains(['$', ':', '=', '<', '{']);
                    return if plain { Dumped::Named(text) } else { Dumped::Unknown };
                }
                operands(self.reached, PG_VALUES)
                    .first()
                    .map_or(Dumped::Unknown, |word| known(word))
            }
            "mysqldump" | "mariadb-dump" => operands(self.reached, MYSQL_VALUES)
                .first()
                .map_or(Dumped::Unknown, |word| known(word)),
            "sqlite3" => operands(self.reached, &["-cmd", "-init"])
                .first()
                .map_or(Dumped::Unknown, |word| known(word)),
            _ => Dumped::Unknown,
        }
    }

    /// The commands of its pipeline behind it.
    pub(crate) fn stages(&self) -> Vec<&'f Command> {
        let Some(place) = self.command.pipeline else { return Vec::new() };
        let same = |other: &&Command| {
            other.pipeline.is_some_and(|p| p.id == place.id && p.index > place.index)
        };
        let in_script = |commands: &'f [Command]| {
            commands
                .iter()
                .any(|other| std::ptr::eq(other, self.command))
                .then(|| commands.iter().filter(same).collect())
        };
        in_script(&self.routine.script.commands)
            .or_else(|| self.routine.inner.iter().find_map(|inner| in_script(&inner.commands)))
            .unwrap_or_default()
    }

    /// The file that the dump ends up in.
    pub(crate) fn output(&self) -> Option<Word> {
        if let Some(word) = self.reached.option(&["-f", "--file", "--result-file", "-r"]) {
            return Some(word.clone());
        }
        let to_file = |command: &Command| {
            command.redirects.iter().find(|redirect| is_output(redirect)).map(|r| r.target.clone())
        };
        self.stages().into_iter().rev().find_map(to_file).or_else(|| to_file(self.command))
    }

    /// What to call its program.
    pub(crate) fn name(&self) -> &'f str {
        match self.reached.managed() {
            Some(_) => "manage.py dbbackup",
            None => self.reached.program,
        }
    }
}

fn is_output(redirect: &Redirect) -> bool {
    matches!(redirect.operator.as_str(), ">" | ">>" | ">|" | "&>")
        && redirect.descriptor.unwrap_or(1) == 1
        && redirect.target.text != "/dev/null"
        && !redirect.target.text.starts_with('&')
}

/// Options of PostgreSQL's programs that take a value.
const PG_VALUES: &[&str] = &[
    "-U",
    "--username",
    "-h",
    "--host",
    "-p",
    "--port",
    "-f",
    "--file",
    "-F",
    "--format",
    "-n",
    "--schema",
    "-N",
    "-t",
    "--table",
    "-T",
    "--exclude-table",
    "-j",
    "--jobs",
    "-Z",
    "-E",
    "-S",
    "-O",
    "--role",
    "-d",
    "--dbname",
    "-v",
    "-c",
    "-o",
    "-L",
    "-P",
    "-R",
];
const MYSQL_VALUES: &[&str] = &[
    "-u",
    "--user",
    "-h",
    "--host",
    "-P",
    "--port",
    "-r",
    "--result-file",
    "-S",
    "--socket",
    "--ignore-table",
];

/// The arguments that are no options and no values of them.
pub(crate) fn operands<'r>(reached: Reached<'r>, with_value: &[&str]) -> Vec<&'r Word> {
    let mut found = Vec::new();
    let mut skip = false;
    for word in reached.arguments {
        let text = word.text.as_str();
        if std::mem::take(&mut skip) {
            continue;
        }
        // `-O` and `-c` of the dump programs are switches.
        if text.starts_with('-') {
            let switch = matches!(reached.program, "pg_dump" | "pg_restore" | "pg_dumpall")
                && matches!(text, "-O" | "-c" | "-v" | "-R" | "-o");
            skip = with_value.contains(&text) && !switch;
        } else {
            found.push(word);
        }
    }
    found
}

/// Whether a command takes files to another machine or account.
pub(crate) fn sends_away(reached: Reached<'_>) -> bool {
    let first = reached.operand().unwrap_or("");
    let remote = || {
        reached.arguments.iter().any(|word| {
            let text = word.text.as_str();
            !text.starts_with('-')
                && (text.contains('@') && text.contains(':')
                    || text.contains("::")
                    || text.starts_with("rsync://")
                    || text.split_once(':').is_some_and(|(host, path)| {
                        !host.is_empty()
                            && !host.contains('/')
                            && path.starts_with(['/', '~', '$', '.'])
                    }))
        })
    };
    match reached.program {
        "aws" => reached.has_any(&["s3", "s3api", "glacier"]),
        "gsutil"
        | "s3cmd"
        | "s4cmd"
        | "s5cmd"
        | "rclone"
        | "mc"
        | "b2"
        | "azcopy"
        | "lftp"
        | "sftp"
        | "ncftpput"
        | "swift"
        | "duplicity"
        | "tarsnap"
        | "rdiff-backup"
        | "gdrive"
        | "dropbox_uploader.sh"
        | "megaput"
        | "backblaze-b2"
        | "wal-g"
        | "wal-e"
        | "pgbackrest"
        | "barman"
        | "duplicacy"
        | "s3cp"
        | "gof3r"
        | "smbclient" => true,
        "gcloud" | "az" => reached.has("storage"),
        "restic" | "borg" | "borgmatic" | "kopia" => {
            matches!(first, "backup" | "create" | "copy" | "snapshot" | "")
                || reached.program == "borgmatic"
        }
        "scp" | "rsync" => {
            remote()
                || reached.arguments.iter().any(|w| w.text.contains('$') && w.text.contains(':'))
        }
        "ssh" => false,
        "curl" => reached.has_any(&["-T", "--upload-file", "-F", "--form", "--data-binary"]),
        "heroku" => true,
        "manage.py" | "django-admin" => false,
        _ => false,
    }
}

/// Whether a command encrypts, or keeps its files encrypted.
pub(crate) fn encrypts(reached: Reached<'_>) -> bool {
    match reached.program {
        "gpg" | "gpg2" => {
            reached.has_any(&[
                "-c",
                "--symmetric",
                "-e",
                "--encrypt",
                "-r",
                "--recipient",
                "-R",
                "-se",
                "-er",
                "-ce",
                "--hidden-recipient",
                "-ear",
                "-ec",
                "--recipient-file",
            ]) && !reached.has_any(&["-d", "--decrypt"])
        }
        "age" | "rage" => !reached.has_any(&["-d", "--decrypt"]),
        "openssl" => {
            matches!(reached.operand(), Some("enc" | "smime" | "cms" | "aes-256-cbc"))
                && !reached.has("-d")
        }
        "restic" | "borg" | "borgmatic" | "duplicity" | "tarsnap" | "kopia" | "duplicacy" => {
            !reached.has_any(&["--no-encryption"]) && !reached.has("none")
        }
        "7z" | "7za" | "7zz" => reached.arguments.iter().any(|w| w.text.starts_with("-p")),
        "zip" => reached.has_any(&["-e", "--encrypt", "-P", "--password"]),
        "ccrypt" | "ccencrypt" | "sops" | "gocryptfs" | "mcrypt" => true,
        "aws" => reached.has_any(&["--sse-c", "--sse-kms-key-id"]),
        "manage.py" | "django-admin" => reached.has("--encrypt"),
        _ => false,
    }
}

/// Whether a routine has to do with backups: it dumps, or its name says so.
pub(crate) fn is_backup(routine: &Routine) -> bool {
    routine.is_called(&["backup", "dump", "archiv"]) || dumps_of(routine).next().is_some()
}

/// Whether a command looks at the status of the one before it, or at those of a pipeline.
pub(crate) fn asks_status(command: &Command) -> bool {
    let named = |name: &str| matches!(name, "?" | "PIPESTATUS" | "pipestatus");
    command.words.iter().any(|word| {
        // A test in brackets is one word.
        word.text.contains("$?")
            || word.text.contains("PIPESTATUS")
            || word
                .parts
                .iter()
                .any(|part| matches!(part, Part::Variable { name, .. } if named(name)))
    })
}

/// Whether a text is about backups by its words: a path, a pattern.
pub(crate) fn speaks_of_backups(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["backup", "dump", ".sql", "bkp", "snapshot"].iter().any(|word| lower.contains(word))
}

/// What to call a place in a message: `the script deploy/backup.sh`, `the document README.md`.
pub(crate) fn place_name(routine: &Routine) -> String {
    let kind = match routine.place {
        RoutinePlace::Script => "the script",
        RoutinePlace::Recipe => "the recipe in",
        RoutinePlace::Pipeline => "the pipeline",
        RoutinePlace::Crontab => "the crontab",
        RoutinePlace::Container => "the container's command in",
        RoutinePlace::Document => "the document",
    };
    format!("{kind} {}", routine.file)
}
