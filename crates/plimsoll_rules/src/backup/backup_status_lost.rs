//! `backup-status-lost`: nobody looks at whether the dump worked.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_formats::shell::{Command, Failure};

use super::{Dump, asks_status, dumps, place_name};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backup-status-lost",
    control: "BAK-02",
    title: "the dump’s exit status is lost",
    what: "Dump commands (pg_dump, pg_dumpall, mysqldump, mariadb-dump, sqlite3 .backup, dbbackup) in scripts, recipes, pipelines, crontabs, containers and code blocks of documents that are scripts: behind a pipe without `pipefail`, followed by `|| true`, in the background, or in a script without `set -e` that goes on to report, upload or delete without asking `$?`. A check of PIPESTATUS, of the end of the dump or by `pg_restore --list` counts as looking. A single dump that is the last command, or that a document shows to be typed by hand, is left alone.",
    why: "A pipeline’s status is its last command’s: with a wrong password `pg_dump | gzip` exits 0 and leaves a valid archive of 20 bytes. After a month retention has deleted the last real one.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
#!/bin/bash
set -e
pg_dump shop | gzip > /srv/backups/shop.sql.gz
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
#!/bin/bash
set -euo pipefail
pg_dump shop | gzip > /srv/backups/shop.sql.gz
```",
    sources: &[
        "https://www.gnu.org/software/bash/manual/html_node/Pipelines.html",
        "https://www.postgresql.org/docs/current/app-pgdump.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for dump in dumps(facts, true) {
        let at = dump.command.span.clone();
        let routine = dump.routine;
        // What is typed by hand shows its errors to whoever types.
        if routine.is_document() && !is_script(&dump) {
            continue;
        }
        let Some(how) = lost(&dump) else {
            if !routine.is_document() {
                look.evidence(
                    format!("{} stops when {} fails", place_name(routine), dump.name()),
                    Some(at),
                );
            }
            continue;
        };
        let severity = match how {
            Lost::GoesOn => Severity::Warning,
            _ if routine.is_document() => Severity::Warning,
            _ => Severity::Error,
        };
        let name = dump.name();
        let (message, fix) = match how {
            Lost::Pipe => (
                format!("the status of {name} is lost in the pipe behind it"),
                "put `set -o pipefail` before it (the script must run in bash), or dump to a file first; then check it with pg_restore --list",
            ),
            Lost::Swallowed => (
                format!("a failure of {name} is swallowed"),
                "take `|| …` away, and let the script stop",
            ),
            Lost::Background => (
                format!("{name} runs in the background, and nobody waits for its status"),
                "run it in the foreground",
            ),
            Lost::GoesOn => (
                format!(
                    "the script goes on when {name} fails: it has no `set -e` and does not ask"
                ),
                "begin the script with `set -euo pipefail`",
            ),
        };
        let finding = look.finding(
            at,
            Fault {
                severity,
                message,
                consequence: "a broken or empty dump counts as a backup, and nobody hears of it"
                    .to_owned(),
                fix: fix.to_owned(),
            },
        );
        if how == Lost::GoesOn {
            finding.confidence = Confidence::Medium;
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lost {
    Pipe,
    Swallowed,
    Background,
    GoesOn,
}

/// How the status is lost; `None` where it counts.
fn lost(dump: &Dump<'_>) -> Option<Lost> {
    let later: Vec<&Command> = dump.routine.commands().skip(dump.index + 1).collect();
    let asked = later.iter().take(4).any(|command| asks_status(command))
        || later.iter().any(|command| is_proof(command));
    if asked {
        return None;
    }
    match dump.command.failure {
        // What is piped into a tool that needs input fails there only where the tool says so.
        Failure::HiddenByPipe => Some(Lost::Pipe),
        Failure::Swallowed => Some(Lost::Swallowed),
        Failure::Background => Some(Lost::Background),
        // A test of the file right behind it looks at the result instead.
        Failure::GoesOn => {
            let behind: Vec<&&Command> = later
                .iter()
                .filter(|command| {
                    command.pipeline.is_none_or(|place| {
                        dump.command.pipeline.is_none_or(|own| own.id != place.id)
                    })
                })
                .collect();
            let tests = behind.iter().take(3).any(|command| {
                matches!(command.name().as_deref(), Some("[" | "[[" | "test"))
                    || command.words.first().is_some_and(|word| word.text.starts_with('['))
            });
            (!behind.is_empty() && !tests).then_some(Lost::GoesOn)
        }
        Failure::Stops | Failure::Handled | Failure::Unchecked | Failure::InSubstitution => None,
    }
}

/// Whether a command proves a dump: lists it, or looks for its last line.
fn is_proof(command: &Command) -> bool {
    let Some(reached) = plimsoll_facts::reach(command) else { return false };
    match reached.program {
        "pg_restore" => reached.has_any(&["-l", "--list"]),
        "grep" | "tail" | "zgrep" => {
            reached.arguments.iter().any(|word| word.text.to_lowercase().contains("dump complete"))
        }
        _ => false,
    }
}

/// Whether a block of a document is a script or a job, and no command to type.
fn is_script(dump: &Dump<'_>) -> bool {
    dump.routine.script.interpreter.is_some() || dump.routine.name.ends_with(" cron")
}
