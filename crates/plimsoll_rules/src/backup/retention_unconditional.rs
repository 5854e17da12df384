//! `retention-unconditional`: old backups are deleted by age whether or not a new one was made.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Reached, Routine, RoutinePlace};
use plimsoll_formats::shell::{Around, Command, Failure};

use super::{dumps_of, is_backup, speaks_of_backups};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "retention-unconditional",
    control: "BAK-03",
    title: "old backups are deleted by age whether or not a new one was made",
    what: "`find … -mtime … -delete` (or `-exec rm`, or into `xargs rm`) on backups in scripts, crontabs and code blocks of documents: as a job of its own, before the dump, or behind a dump whose failure does not stop the script. Retention by count (`restic forget --keep-…`, `tail -n +8`), a branch around it, and a script that stops when the dump fails are good. Other files deleted by age are left alone.",
    why: "When new backups stop, deletion by age goes on until nothing is left: a month after the first failed dump the last good one is gone.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
#!/bin/bash
pg_dump -Fc shop > /srv/backups/shop-$(date +%F).dump
find /srv/backups -name '*.dump' -mtime +30 -delete
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
#!/bin/bash
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop-$(date +%F).dump
find /srv/backups -name '*.dump' -mtime +30 -delete
```",
    sources: &["https://man7.org/linux/man-pages/man1/find.1.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        for (index, command) in routine.commands().enumerate() {
            let Some(reached) = plimsoll_facts::reach(command) else { continue };
            let at = command.span.clone();
            if keeps_by_count(reached) {
                if !routine.is_document() {
                    look.evidence("backups are kept by count", Some(at));
                }
                continue;
            }
            if !deletes_by_age(command, reached, routine) {
                continue;
            }
            match reason(routine, command, index) {
                None => {
                    look.evidence("old backups are deleted only after a new one was made", Some(at))
                }
                Some(reason) => {
                    let finding = look.finding(
                        at,
                        Fault {
                            severity: Severity::Warning,
                            message: format!("old backups are deleted by age {reason}"),
                            consequence: "when new backups stop, this deletes the last good ones".to_owned(),
                            fix: "delete only behind a dump that was checked (set -euo pipefail, pg_restore --list), and always keep a number of them".to_owned(),
                        },
                    );
                    if routine.is_document() {
                        finding.confidence = Confidence::Medium;
                    }
                }
            }
        }
    }
}

/// Why the deletion happens even without a new backup.
fn reason(routine: &Routine, command: &Command, index: usize) -> Option<&'static str> {
    let guarded = command.inside.contains(&Around::Branch);
    if guarded {
        return None;
    }
    let all: Vec<_> = dumps_of(routine).collect();
    if all.is_empty() {
        // A script that is called behind the dump may be told by its caller.
        return match routine.place {
            RoutinePlace::Crontab => Some("by a job of its own, whether or not a new one was made"),
            RoutinePlace::Document if routine.name.ends_with(" cron") => {
                Some("by a job of its own, whether or not a new one was made")
            }
            _ => None,
        };
    }
    let Some(last) = all.iter().rfind(|dump| dump.index < index) else {
        return Some("before the new one is made");
    };
    match last.command.failure {
        Failure::Stops | Failure::Handled | Failure::Unchecked => None,
        _ if routine
            .commands()
            .skip(last.index)
            .take(index - last.index)
            .any(super::asks_status) =>
        {
            None
        }
        _ => Some("even if the dump before it failed"),
    }
}

/// `find <backups> -mtime +N` with a deletion.
fn deletes_by_age(command: &Command, reached: Reached<'_>, routine: &Routine) -> bool {
    if reached.program != "find" {
        return false;
    }
    let texts: Vec<&str> = reached.arguments.iter().map(|word| word.text.as_str()).collect();
    let by_age = texts.iter().any(|text| {
        matches!(*text, "-mtime" | "-mmin" | "-ctime" | "-cmin" | "-atime" | "-newermt")
    });
    let piped = || {
        routine.script.pipeline_of(command).iter().any(|other| {
            plimsoll_facts::reach(other).is_some_and(|reached| reached.program == "rm")
        })
    };
    let deletes = texts.contains(&"-delete") || texts.contains(&"rm") || piped();
    let operands = || {
        let resolved = reached
            .arguments
            .iter()
            .map(|word| routine.resolve(word).unwrap_or_else(|| word.text.clone()));
        resolved.collect::<Vec<_>>()
    };
    let logs = || operands().iter().any(|text| text.contains(".log") || text.contains("/log"));
    by_age
        && deletes
        && (operands().iter().any(|text| speaks_of_backups(text))
            || (is_backup(routine) && !logs()))
}

fn keeps_by_count(reached: Reached<'_>) -> bool {
    match reached.program {
        "restic" | "borg" => {
            reached.has_any(&["forget", "prune"])
                && reached.arguments.iter().any(|word| word.text.starts_with("--keep"))
        }
        _ => false,
    }
}
