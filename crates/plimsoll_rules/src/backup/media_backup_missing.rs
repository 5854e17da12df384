//! `media-backup-missing`: uploaded files are not backed up.

use plimsoll_catalog::{Confidence, Severity};

use super::{dumps, sends_away};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-backup-missing",
    control: "BAK-07",
    title: "uploaded files are not backed up",
    what: "Projects with file or image fields whose uploads lie on a disk, and whose repository backs the database up but names the media folder in no command that copies files (tar, rsync, restic, borg, rclone, cp, zip, aws s3) of a backup, in no volume of a backup service and in no `mediabackup`. With object storage, and where the repository backs nothing up at all, the question stays open.",
    why: "A restored database without its files has rows that point to nothing: documents, photos and signatures are gone for good.",
    bad: "```python settings.py
MEDIA_ROOT = '/srv/shop/media'
```
```python shop/models.py
from django.db import models
class Photo(models.Model):
    file = models.FileField()
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop.dump
```",
    good: "```python settings.py
MEDIA_ROOT = '/srv/shop/media'
```
```python shop/models.py
from django.db import models
class Photo(models.Model):
    file = models.FileField()
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop.dump
tar -czf /srv/backups/media.tar.gz /srv/shop/media
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#media-root-and-media-url",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(field) = facts.code.file_fields.first() else { return };
    if let Some(at) = copied(look) {
        return look.evidence("the media folder is backed up here", Some(at));
    }
    let stored_elsewhere = facts.is_set("AWS_STORAGE_BUCKET_NAME")
        || facts.is_set("GS_BUCKET_NAME")
        || facts.is_set("AZURE_CONTAINER")
        || facts.versions.distributions.contains_key("django-storages")
        || facts
            .partial("STORAGES")
            .and_then(|storages| storages.get("default")?.get("BACKEND")?.text())
            .is_some_and(|backend| !backend.contains("FileSystemStorage"));
    if stored_elsewhere {
        return look.undetermined(
            "uploads may lie in object storage, whose versions and copies are not in the repository",
            "look whether the bucket keeps versions and whether another account has a copy",
            Some(field.clone()),
        );
    }
    let Some(dump) = dumps(facts, false).into_iter().next() else {
        return look.undetermined(
            "nothing in the repository backs uploads up",
            "say where the media folder is backed up, or add the script to the repository",
            Some(field.clone()),
        );
    };
    let finding = look.finding(
        dump.command.span.clone(),
        Fault {
            severity: Severity::Warning,
            message: "the backup holds the database, and no uploaded files".to_owned(),
            consequence: "after a restore the rows point to files that are gone".to_owned(),
            fix: "back the media folder up in the same job, with a tool that keeps versions (restic, borg)".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
    finding.related = vec![plimsoll_catalog::Related {
        at: field.clone(),
        message: "uploads are taken here".to_owned(),
    }];
}

/// Where a command of a backup names the media folder.
fn copied(look: &Look<'_>) -> Option<plimsoll_source::Span> {
    let facts = look.facts;
    let root = facts.partial("MEDIA_ROOT").and_then(plimsoll_python::Value::text).unwrap_or("");
    let folder = root.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_owned();
    let speaks = |text: &str| {
        let lower = text.to_ascii_lowercase();
        ["media", "upload", "attachment", "volume", "/data"].iter().any(|word| lower.contains(word))
            || (folder.len() > 3 && lower.contains(&folder.to_ascii_lowercase()))
    };
    for routine in
        facts.routines.iter().filter(|routine| routine.is_main() && !routine.is_document())
    {
        for (command, reached) in routine.reached() {
            if reached.managed() == Some("mediabackup") {
                return Some(command.span.clone());
            }
            let copies =
                matches!(reached.program, "tar" | "rsync" | "cp" | "zip" | "7z" | "rdiff-backup")
                    || sends_away(reached);
            let named = reached
                .arguments
                .iter()
                .any(|word| speaks(&routine.resolve(word).unwrap_or_else(|| word.text.clone())));
            let for_backup = super::is_backup(routine)
                || routine.place == plimsoll_facts::RoutinePlace::Crontab
                || routine.is_called(&["sync", "snapshot", "media"]);
            if copies && named && for_backup {
                return Some(command.span.clone());
            }
        }
    }
    let mut named = facts.code.chores.backups.iter();
    named.find(|at| at.file.as_str().to_ascii_lowercase().contains("media")).cloned()
}
