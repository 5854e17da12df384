//! `retention-missing`: backups are never deleted.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, RoutinePlace};
use plimsoll_formats::shell::Part;

use super::{dumps, encrypts, is_backup, sends_away};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "retention-missing",
    control: "BAK-03",
    title: "backups are never deleted",
    what: "Backup scripts, jobs and recipes that write each dump to a new file (its name holds a date), while nothing in the repository deletes any: no `find`, `rm`, `tail`, prune, forget, logrotate or setting of a backup service. Dumps of a deployment, and scripts that remove the file after sending it away, are left alone; where it is sent away, the other side may have a lifecycle and the question stays open.",
    why: "The disk fills; then the next backups fail, and as the database is often on the same disk, so does it.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop-$(date +%F).dump
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop-$(date +%F).dump
find /srv/backups -name '*.dump' -mtime +30 -delete
```",
    sources: &["https://man7.org/linux/man-pages/man1/find.1.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let dated = dumps(facts, false).into_iter().find(|dump| {
        matches!(
            dump.routine.place,
            RoutinePlace::Script | RoutinePlace::Crontab | RoutinePlace::Recipe
        ) && (dump.routine.is_called(&["backup", "dump", "cron"]))
            && dump
                .output()
                .is_some_and(|word| word.parts.iter().any(|part| !matches!(part, Part::Text(_))))
    });
    if let Some(at) = pruned(facts) {
        return look.evidence("old backups are deleted here", Some(at));
    }
    let Some(dump) = dated else { return };
    let at = dump.command.span.clone();
    let keeps_itself = dump
        .routine
        .reached()
        .any(|(_, reached)| matches!(reached.program, "restic" | "borg" | "kopia" | "duplicity"));
    let sent = dump
        .routine
        .reached()
        .any(|(_, reached)| sends_away(reached) || encrypts(reached) && keeps_itself);
    if sent {
        return look.undetermined(
            "the backups are sent away, and how long the other side keeps them is not in the repository",
            "look at the lifecycle rules of the bucket or repository that takes them",
            Some(at),
        );
    }
    let finding = look.finding(
        at,
        Fault {
            severity: Severity::Warning,
            message: "each backup is a new file, and nothing in the repository deletes any".to_owned(),
            consequence: "the disk fills up, and then the backups fail, the database perhaps with them".to_owned(),
            fix: "behind a dump that was checked, delete all but the newest ones, or use a tool that does (restic forget --keep-daily 30)".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
}

/// Where old backups are deleted.
fn pruned(facts: &Facts) -> Option<plimsoll_source::Span> {
    let routines = facts.routines.iter().filter(|routine| {
        routine.is_main()
            && !routine.is_document()
            && (is_backup(routine)
                || routine.is_called(&[
                    "prune",
                    "weed",
                    "rotat",
                    "retention",
                    "clean",
                    "purge",
                    "cron",
                ]))
    });
    for routine in routines {
        for (command, reached) in routine.reached() {
            let deletes = match reached.program {
                "find" => reached.has_any(&["-delete", "rm", "-exec"]),
                "rm" | "unlink" => true,
                "restic" | "borg" | "kopia" => reached.has_any(&["forget", "prune", "--prune"]),
                "rclone" => reached.has_any(&["delete", "--min-age", "sync"]),
                "duplicity" => {
                    reached.arguments.iter().any(|word| word.text.starts_with("remove-"))
                }
                "aws" | "gsutil" | "s3cmd" => reached.has_any(&["rm", "del", "delete-object"]),
                "manage.py" | "django-admin" => reached.has_any(&["--clean", "-c"]),
                "tmpwatch" | "tmpreaper" | "logrotate" | "savelog" => true,
                "python" | "python3" => false,
                name => ["prune", "rotate", "weed", "retention", "cleanup", "purge"]
                    .iter()
                    .any(|word| name.contains(word)),
            };
            if deletes {
                return Some(command.span.clone());
            }
        }
    }
    let rotated = facts.code.upkeep.rotated.iter();
    rotated
        .filter(|(pattern, _)| super::speaks_of_backups(pattern))
        .map(|(_, at)| at.clone())
        .next()
}
