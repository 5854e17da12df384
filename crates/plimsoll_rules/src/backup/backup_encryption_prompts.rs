//! `backup-encryption-prompts`: gpg would ask for the passphrase, and nobody is there.

use plimsoll_catalog::{Confidence, Severity};

use super::is_backup;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backup-encryption-prompts",
    control: "BAK-05",
    title: "gpg would ask for the passphrase, and nobody is there",
    what: "`gpg --symmetric` in scripts, jobs and documents that are scripts about backups, with `--passphrase`, `--passphrase-file` or `--passphrase-fd` and without `--batch`, or with no passphrase at all. Encryption to a recipient needs none. Commands that documents show to be typed by hand are left alone.",
    why: "GnuPG 2 ignores `--passphrase` without `--batch`: without a terminal it tries to ask, exits with 2 and writes nothing. By hand it works; from cron there is never a backup.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump shop | gpg --symmetric --passphrase-file /root/backup.pass -o /srv/backups/shop.gpg
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

fn check(look: &mut Look) {
    let facts = look.facts;
    for routine in facts.routines.iter().filter(|routine| routine.is_main() && is_backup(routine)) {
        if routine.is_document() && routine.script.interpreter.is_none() {
            continue;
        }
        for (command, reached) in routine.reached() {
            if !matches!(reached.program, "gpg" | "gpg2") || !super::encrypts(reached) {
                continue;
            }
            let at = command.span.clone();
            let symmetric = reached.has_any(&["-c", "--symmetric"]);
            let batch = reached.has_any(&["--batch", "--no-tty", "--pinentry-mode"]);
            if !symmetric || batch {
                look.evidence("gpg asks nobody for a passphrase", Some(at));
                continue;
            }
            let finding = look.finding(
                at,
                Fault {
                    severity: if routine.is_document() { Severity::Warning } else { Severity::Error },
                    message: "gpg runs without --batch and would ask for the passphrase".to_owned(),
                    consequence: "from cron or a timer it writes nothing and exits with an error, so that there is no backup".to_owned(),
                    fix: "encrypt to a public key (gpg --batch --recipient …), or add --batch --pinentry-mode loopback --passphrase-file".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
    }
}
