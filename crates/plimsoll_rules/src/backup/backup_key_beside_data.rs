//! `backup-key-beside-data`: the key that opens the backup is kept only where the backup is made.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Reached, Routine};

use super::is_backup;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backup-key-beside-data",
    control: "BAK-05",
    title: "the key that opens the backup is kept only where the backup is made",
    what: "How backup scripts and jobs encrypt: to a public key (gpg `--recipient`, age `-r`), so that the machine holds nothing that opens them, or with a passphrase, of which a copy must lie elsewhere; whether it does is not seen here and the question stays open. Reported is a key that the script itself makes (`openssl rand`, `age-keygen`, `gpg --gen-key`) and a key file that lies in the folder of the backups.",
    why: "Losing the machine loses the key, and with it every backup; an intruder on the machine has both.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
openssl rand -hex 32 > /srv/backups/key
pg_dump shop | openssl enc -aes-256-cbc -pbkdf2 -pass file:/srv/backups/key > /srv/backups/shop.enc
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump shop | age -r age1qzyx > /srv/backups/shop.age
```",
    sources: &["https://age-encryption.org/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for routine in facts
        .routines
        .iter()
        .filter(|routine| routine.is_main() && !routine.is_document() && is_backup(routine))
    {
        let made = routine.reached().find(|(_, reached)| makes_key(*reached));
        let encryption = routine.reached().find(|(_, reached)| super::encrypts(*reached));
        let Some((command, reached)) = encryption else { continue };
        let at = command.span.clone();
        if let Some((maker, _)) = made {
            let finding = look.finding(
                maker.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: "the script that makes the backup makes its key as well".to_owned(),
                    consequence: "losing the machine loses the key, and every backup with it"
                        .to_owned(),
                    fix: "make a key pair elsewhere, and give the machine the public key only"
                        .to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        } else if let Some(path) =
            key_file(reached, routine).filter(|path| super::speaks_of_backups(path))
        {
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: format!("the key of the backup lies beside the backups ({path})"),
                    consequence:
                        "whoever gets the one has the other, and losing the machine loses both"
                            .to_owned(),
                    fix: "encrypt to a public key, and keep the private one with two people"
                        .to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        } else if is_public(reached) {
            look.evidence(
                format!("{} encrypts to a public key, which opens nothing", reached.program),
                Some(at),
            );
        } else {
            look.undetermined(
                format!("{} encrypts with a passphrase that the machine holds, and whether it is kept elsewhere is not seen here", reached.program),
                "say who keeps a copy of the passphrase away from the machine",
                Some(at),
            );
        }
    }
}

fn makes_key(reached: Reached<'_>) -> bool {
    match reached.program {
        "openssl" => matches!(reached.operand(), Some("rand" | "genrsa" | "genpkey")),
        "age-keygen" | "rage-keygen" => true,
        "gpg" | "gpg2" => reached.has_any(&["--gen-key", "--generate-key", "--quick-generate-key"]),
        _ => false,
    }
}

fn is_public(reached: Reached<'_>) -> bool {
    match reached.program {
        "gpg" | "gpg2" => {
            reached.has_any(&[
                "-r",
                "--recipient",
                "-R",
                "-e",
                "--encrypt",
                "--hidden-recipient",
                "--recipient-file",
            ]) && !reached.has_any(&["-c", "--symmetric"])
        }
        "age" | "rage" => !reached.has_any(&["-p", "--passphrase"]),
        "openssl" => matches!(reached.operand(), Some("smime" | "cms")),
        _ => false,
    }
}

fn key_file(reached: Reached<'_>, routine: &Routine) -> Option<String> {
    let word =
        reached.option(&["--passphrase-file", "-pass", "--password-file", "-p", "-kfile", "-i"])?;
    let text = routine.resolve(word).unwrap_or_else(|| word.text.clone());
    let text = text.strip_prefix("file:").unwrap_or(&text).to_owned();
    text.contains('/').then_some(text)
}
