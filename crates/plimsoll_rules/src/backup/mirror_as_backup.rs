//! `mirror-as-backup`: a mirror is taken for a backup.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Reached, Routine};
use plimsoll_formats::shell::Part;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "mirror-as-backup",
    control: "BAK-03",
    title: "a mirror is taken for a backup",
    what: "In scripts, jobs and documents that are about backups: `rsync --delete`, `rclone sync`, `aws s3 sync --delete`, `gsutil rsync -d` and `lftp mirror --delete` to a target that is the same each time, without `--backup-dir`, `--link-dest` or `--suffix`. A target with a date or another variable part that changes, and a mirror of a folder of dated dumps (its retention is that of the folder) is left alone where its name says backups.",
    why: "What is deleted, overwritten or encrypted by an attacker on one side is so on the other with the next run. A mirror protects against a lost disk, and against nothing that people or programs do.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup-media.sh
set -e
rsync -a --delete /srv/shop/media/ store:/srv/media/
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup-media.sh
set -e
rsync -a --delete --backup --backup-dir=/srv/media-old/$(date +%F) /srv/shop/media/ store:/srv/media/
```",
    sources: &["https://download.samba.org/pub/rsync/rsync.1"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut looked = 0;
    let mut any = false;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        if !routine.is_called(&["backup", "dump", "archiv", "bkp"]) {
            continue;
        }
        looked += 1;
        for (command, reached) in routine.reached() {
            if !mirrors(reached) || keeps_history(reached, routine) {
                continue;
            }
            any = true;
            let finding = look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("{} deletes on the other side what is gone here: this is a mirror, not a backup", reached.program),
                    consequence: "a file that is deleted or spoilt by mistake is gone from the copy with the next run".to_owned(),
                    fix: "keep versions: a tool that does (restic, borg), --backup-dir with a date, or a bucket with versioning and a lock".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
    }
    if looked > 0 && !any {
        look.evidence("no backup of the repository is a mirror", None);
    }
}

fn mirrors(reached: Reached<'_>) -> bool {
    match reached.program {
        "rsync" => reached.arguments.iter().any(|word| {
            matches!(word.text.as_str(), "--del" | "--mirror") || word.text.starts_with("--delete")
        }),
        "rclone" => reached.operand() == Some("sync"),
        "aws" => reached.has("s3") && reached.has("sync") && reached.has("--delete"),
        "gsutil" => reached.has("rsync") && reached.has("-d"),
        _ => false,
    }
}

/// Whether what it would delete is kept, or is itself a folder of dumps.
fn keeps_history(reached: Reached<'_>, routine: &Routine) -> bool {
    let keeps = reached.arguments.iter().any(|word| {
        ["--backup-dir", "--link-dest", "--suffix", "--compare-dest", "-b", "--backup"]
            .iter()
            .any(|option| word.text.starts_with(option))
    });
    let paths: Vec<_> =
        reached.arguments.iter().filter(|word| !word.text.starts_with('-')).collect();
    let changes = paths.last().is_some_and(|target| {
        target.parts.iter().any(|part| matches!(part, Part::Substitution))
            || target.variables().any(|name| {
                let name = name.to_ascii_lowercase();
                ["date", "time", "stamp", "day", "now", "today"].iter().any(|w| name.contains(w))
            })
    });
    // Behind the verb of `rclone sync` and `aws s3 sync`.
    let source = paths.iter().find(|word| !matches!(word.text.as_str(), "sync" | "s3" | "rsync"));
    let of_dumps = source.is_some_and(|word| {
        let text = routine.resolve(word).unwrap_or_else(|| word.text.clone());
        super::speaks_of_backups(&text)
    });
    keeps || changes || of_dumps
}
