//! `backup-unscheduled`: a backup script exists and nothing runs it.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, Routine, RoutinePlace};
use plimsoll_source::Span;

use super::{dumps, place_name};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backup-unscheduled",
    control: "BAK-01",
    title: "a backup script exists and nothing runs it",
    what: "Scripts and recipes that dump the database and are called a backup, against everything in the repository that could start them: crontabs, timers and units, pipelines with a schedule, compose services, images, other scripts, Python code. Reported where the repository schedules other things and not this one. Where it schedules nothing at all, the schedule may be on the machine and the question stays open.",
    why: "A backup that somebody has to think of is made until the week in which it matters. A cron line in a comment runs nothing.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop-$(date +%F).dump
```
```text deploy/crontab
0 4 * * * /srv/shop/venv/bin/python /srv/shop/manage.py clearsessions
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop-$(date +%F).dump
```
```text deploy/crontab
0 4 * * * /srv/shop/venv/bin/python /srv/shop/manage.py clearsessions
0 2 * * * /srv/shop/deploy/backup.sh
```",
    sources: &["https://www.freedesktop.org/software/systemd/man/latest/systemd.timer.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let all = dumps(facts, false);
    // A dump that a crontab, a pipeline or a container holds is run by it.
    if let Some(dump) = all
        .iter()
        .find(|dump| matches!(dump.routine.place, RoutinePlace::Crontab | RoutinePlace::Container))
    {
        let statement = format!("{} runs the backup", place_name(dump.routine));
        return look.evidence(statement, Some(dump.command.span.clone()));
    }
    let script = all.iter().find(|dump| {
        matches!(dump.routine.place, RoutinePlace::Script | RoutinePlace::Recipe)
            && dump.routine.is_called(&["backup", "dump"])
    });
    let Some(dump) = script else {
        if let Some(at) = facts.code.chores.backups.first().filter(|_| all.is_empty()) {
            look.undetermined(
                "a backup is named here, and when it runs is not read",
                "look at the schedule of the tool or service that is named",
                Some(at.clone()),
            );
        }
        return;
    };
    let at = dump.command.span.clone();
    match starter(facts, dump.routine) {
        Some(by) => {
            look.evidence(format!("{} is named here", dump.routine.file.file_name()), Some(by))
        }
        None => {
            let elsewhere = facts
                .routines
                .iter()
                .find(|routine| routine.is_main() && routine.place == RoutinePlace::Crontab);
            match elsewhere {
                Some(other) => {
                    let finding = look.finding(
                        at,
                        Fault {
                            severity: Severity::Warning,
                            message: format!("nothing runs {}: it is not in the crontab {}, and in no timer or pipeline", dump.routine.file, other.file),
                            consequence: "no backup is made until somebody starts it by hand".to_owned(),
                            fix: "run it from a systemd timer with Persistent=true, or add it to the crontab".to_owned(),
                        },
                    );
                    finding.confidence = Confidence::Medium;
                }
                None => look.undetermined(
                    format!("nothing in the repository runs {}", dump.routine.file),
                    "look on the machine (crontab -l, systemctl list-timers), or add the timer to the repository",
                    Some(at),
                ),
            }
        }
    }
}

/// Where the script's name is written in something that runs.
fn starter(facts: &Facts, routine: &Routine) -> Option<Span> {
    let name = routine.file.file_name();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let target = (routine.place == RoutinePlace::Recipe).then_some(routine.name.as_str());
    let names = |text: &str| {
        text.rsplit(['/', ' ']).next().is_some_and(|last| last == name)
            || text.contains(&format!("/{name}"))
            || (stem.len() > 6 && text.ends_with(stem))
            || target.is_some_and(|target| text == target)
    };
    let others = facts.routines.iter().filter(|other| {
        other.file != routine.file && !other.is_document() && other.standing <= routine.standing
    });
    let by_command = others
        .flat_map(|other| other.commands())
        .find(|command| command.words.iter().any(|word| names(&word.text)));
    if let Some(command) = by_command {
        return Some(command.span.clone());
    }
    facts.starts_file(name)
}
