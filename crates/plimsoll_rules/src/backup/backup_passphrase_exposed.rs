//! `backup-passphrase-exposed`: the passphrase of the backup can be read by others.

use plimsoll_catalog::Severity;
use plimsoll_facts::{Reached, Routine};

use super::is_backup;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backup-passphrase-exposed",
    control: "BAK-05",
    title: "the passphrase of the backup can be read by others",
    what: "In scripts, jobs and documents about backups: a passphrase on the command line of gpg, openssl (`-k`, `-pass pass:`), 7z or zip, and `RESTIC_PASSWORD`, `BORG_PASSPHRASE`, `GPG_PASSPHRASE` and their like set to a literal. A passphrase by file or file descriptor, by the environment, and encryption to a public key are good.",
    why: "Arguments stand in the process list, which every account of the machine can read; a literal stands in the repository and in every clone of it. Whoever has it opens every backup that was ever made.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump shop | gpg --batch --symmetric --passphrase \"$BACKUP_PASSPHRASE\" -o /srv/backups/shop.gpg
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump shop | gpg --batch --symmetric --pinentry-mode loopback --passphrase-file /root/backup.pass -o /srv/backups/shop.gpg
```",
    sources: &["https://www.gnupg.org/documentation/manuals/gnupg/GPG-Esoteric-Options.html"],
    check,
};

/// Variables that open a backup.
const PASSPHRASES: [&str; 8] = [
    "RESTIC_PASSWORD",
    "BORG_PASSPHRASE",
    "GPG_PASSPHRASE",
    "BACKUP_PASSPHRASE",
    "BACKUP_PASSWORD",
    "PASSPHRASE",
    "ENCRYPTION_KEY",
    "BACKUP_ENCRYPTION_KEY",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    let mut encrypted = None;
    for routine in facts.routines.iter().filter(|routine| routine.is_main() && is_backup(routine)) {
        for (command, reached) in routine.reached() {
            if super::encrypts(reached) && !routine.is_document() {
                encrypted.get_or_insert_with(|| command.span.clone());
            }
            let Some(how) = exposes(reached) else { continue };
            any = true;
            look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("{} gets the passphrase of the backup {how}", reached.program),
                    consequence: "every account of the machine can read it in the process list, and opens every backup with it".to_owned(),
                    fix: "encrypt to a public key (gpg --recipient, age -r), or use --passphrase-file with a file that only root can read".to_owned(),
                },
            );
        }
        for at in literals(routine) {
            any = true;
            look.finding(
                at,
                Fault {
                    severity: if routine.is_document() { Severity::Warning } else { Severity::Error },
                    message: "the passphrase of the backup is written here".to_owned(),
                    consequence: "everybody who can read the repository can open every backup".to_owned(),
                    fix: "keep it in a file outside of the repository that only root can read, and make a new one".to_owned(),
                },
            );
        }
    }
    if let (false, Some(at)) = (any, encrypted) {
        look.evidence("the passphrase of the backup is on no command line", Some(at));
    }
}

/// How a command shows a passphrase in its arguments.
pub(crate) fn exposes(reached: Reached<'_>) -> Option<&'static str> {
    let given =
        |text: Option<String>| text.is_some_and(|text| !text.is_empty() && !text.starts_with('<'));
    let shown = match reached.program {
        "gpg" | "gpg2" => given(reached.option_text(&["--passphrase"])),
        "openssl" => {
            reached.arguments.iter().any(|word| word.text.starts_with("pass:"))
                || (reached.operand() == Some("enc") && given(reached.option_text(&["-k"])))
        }
        "7z" | "7za" | "7zz" => {
            reached.arguments.iter().any(|word| word.text.starts_with("-p") && word.text.len() > 2)
        }
        "zip" => given(reached.option_text(&["-P", "--password"])),
        _ => false,
    };
    shown.then_some("as an argument")
}

/// Assignments of a literal to a variable that opens the backup.
fn literals(routine: &Routine) -> Vec<plimsoll_source::Span> {
    let assignments = routine.assignments().filter(|set| {
        PASSPHRASES.contains(&set.name.as_str())
            && set.value.as_ref().and_then(plimsoll_formats::shell::Word::literal).is_some_and(
                |value| {
                    let lower = value.to_ascii_lowercase();
                    let placeholder =
                        ["<", "your", "change", "xxx", "...", "secret", "passw", "example", "/"]
                            .iter()
                            .any(|mark| lower.contains(mark));
                    value.len() >= 6
                        && !(routine.is_document() && placeholder)
                        && !value.starts_with('/')
                },
            )
    });
    assignments.map(|set| set.span.clone()).collect()
}
