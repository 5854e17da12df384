//! `backup-unencrypted`: backups are sent away in clear.

use plimsoll_catalog::{Confidence, Severity};

use super::{dumps, encrypts, sends_away};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backup-unencrypted",
    control: "BAK-05",
    title: "backups are sent away in clear",
    what: "Scripts, jobs and containers that dump the database and send the file to another machine or account (rclone, scp, rsync, sftp, curl, aws s3 and their like), with nothing in them that encrypts: gpg, age, openssl enc, restic, borg, 7z with a password. Amazon’s buckets encrypt what lies in them with a key of Amazon’s, which keeps the provider’s disks safe and not the account: there the question stays open, as it does where rclone may have a crypt remote and where the dump stays on the machine, whose disk may be encrypted.",
    why: "The dump holds every row: names, addresses, password hashes. Whoever gets at the store, or at the account that pays for it, has it all.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop.dump
scp /srv/backups/shop.dump backup@store.example.org:/srv/shop/
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc shop | age -r age1qzyx > /srv/backups/shop.dump.age
scp /srv/backups/shop.dump.age backup@store.example.org:/srv/shop/
```",
    sources: &[
        "https://age-encryption.org/",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut seen = Vec::new();
    for dump in dumps(facts, false) {
        if seen.contains(&dump.routine.at()) {
            continue;
        }
        seen.push(dump.routine.at());
        let at = dump.command.span.clone();
        if let Some((command, reached)) =
            dump.routine.reached().find(|(_, reached)| encrypts(*reached))
        {
            look.evidence(
                format!("{} encrypts the backup", reached.program),
                Some(command.span.clone()),
            );
            continue;
        }
        let sent = dump.routine.reached().find(|(_, reached)| sends_away(*reached));
        match sent {
            Some((_, reached))
                if matches!(
                    reached.program,
                    "aws" | "rclone" | "gsutil" | "gcloud" | "az" | "heroku"
                ) =>
            {
                look.undetermined(
                    format!("{} sends the backup away, and whether it is encrypted with a key of yours is not seen here", reached.program),
                    "encrypt it before it leaves (age, gpg, rclone crypt), or say who holds the key of the store",
                    Some(at),
                );
            }
            Some((command, reached)) => {
                let finding = look.finding(
                    command.span.clone(),
                    Fault {
                        severity: Severity::Warning,
                        message: format!("{} sends the backup away, and nothing encrypts it", reached.program),
                        consequence: "whoever gets at the other machine has every row of the database".to_owned(),
                        fix: "encrypt it to a public key before it leaves: age -r …, gpg --encrypt -r …".to_owned(),
                    },
                );
                finding.confidence = Confidence::Medium;
            }
            None => look.undetermined(
                "the backup is written in clear to a file of the machine",
                "look whether the disk is encrypted, or encrypt the dump to a public key",
                Some(at),
            ),
        }
    }
}
