//! `backup-same-host`: backups stay on the machine that they are made on.

use plimsoll_catalog::{Confidence, Severity};

use super::{dumps, sends_away};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backup-same-host",
    control: "BAK-04",
    title: "backups stay on the machine that they are made on",
    what: "Scripts, crontabs and containers that dump the database to a file, while nothing in the repository takes files to another machine or account: no rclone, aws s3, gsutil, az, scp or rsync to a host, sftp, restic, borg, upload with curl, pipe into ssh, and no backup service with remote storage. Dumps before a deployment, and dumps to a mounted path (`/mnt`, `/media`, `/Volumes`, `nfs` in the path), are left alone. Another machine that fetches the files by itself is not seen from here.",
    why: "A lost disk, ransomware or an intruder takes data and backups together.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop.dump
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop.dump
rclone copy /srv/backups/shop.dump store:shop
```",
    sources: &["https://www.cisa.gov/stopransomware/ransomware-guide"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let all: Vec<_> = dumps(facts, false)
        .into_iter()
        .filter(|dump| {
            dump.routine.is_called(&["backup", "dump", "bkp", "cron", "archiv", "nightly", "daily"])
                && !dump.routine.is_called(&["deploy", "release", "upgrade", "update"])
        })
        .collect();
    let sent = facts
        .routines
        .iter()
        .filter(|routine| routine.is_main() && !routine.is_document() && super::is_backup(routine))
        .flat_map(|routine| routine.reached())
        .find(|(_, reached)| sends_away(*reached));
    if let Some((command, reached)) = sent {
        let statement = format!("{} takes the backup to another place", reached.program);
        return look.evidence(statement, Some(command.span.clone()));
    }
    // A pipe into another machine's shell.
    if let Some(dump) = all.iter().find(|dump| {
        let pulls = dump.command.program() == Some("ssh");
        pulls || dump.stages().iter().any(|stage| stage.program() == Some("ssh"))
    }) {
        return look
            .evidence("the dump goes to another machine by ssh", Some(dump.command.span.clone()));
    }
    let Some(dump) = all.first() else { return };
    let at = dump.command.span.clone();
    let output =
        dump.output().map(|word| dump.routine.resolve(&word).unwrap_or_else(|| word.text.clone()));
    let mounted = output.as_deref().is_some_and(|path| {
        ["/mnt", "/media/", "/Volumes", "nfs", "nas", "s3fs"].iter().any(|part| path.contains(part))
    });
    if mounted || output.is_none() {
        return look.undetermined(
            "where the backup ends up is not seen in the repository",
            "look whether the target is another machine’s disk",
            Some(at),
        );
    }
    let finding = look.finding(
        at,
        Fault {
            severity: Severity::Warning,
            message: "the backup is written to a file of the same machine, and nothing in the repository takes it away".to_owned(),
            consequence: "a lost disk or an intruder takes data and backups together".to_owned(),
            fix: "copy it to another account in another place that this machine can add to and not delete from".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
}
