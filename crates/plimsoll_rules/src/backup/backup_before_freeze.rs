//! `backup-before-freeze`: the deployment takes its backup while writes go on.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Reached;

use super::dumps_of;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backup-before-freeze",
    control: "BAK-10",
    title: "the deployment takes its backup before writes stop",
    what: "Scripts and code blocks of documents that dump the database, then stop the service or switch maintenance on, then migrate: the dump comes too early. Deployments that never stop the service, which may be meant to, and nightly backups are left alone.",
    why: "What users write between the dump and the stop is in no backup, and is lost when the deployment is rolled back.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
set -euo pipefail
pg_dump -Fc shop > /srv/backups/before.dump
systemctl stop shop-web shop-worker
python manage.py migrate
systemctl start shop-web shop-worker
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
set -euo pipefail
systemctl stop shop-web shop-worker
pg_dump -Fc shop > /srv/backups/before.dump
python manage.py migrate
systemctl start shop-web shop-worker
```",
    sources: &["https://www.postgresql.org/docs/current/backup-dump.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        let Some(dump) = dumps_of(routine).next() else { continue };
        let commands: Vec<Option<Reached<'_>>> =
            routine.commands().map(plimsoll_facts::reach).collect();
        let place = |test: &dyn Fn(Reached<'_>) -> bool| {
            commands.iter().position(|reached| reached.is_some_and(test))
        };
        let Some(migrate) = place(&|reached| reached.managed() == Some("migrate")) else {
            continue;
        };
        let at = dump.command.span.clone();
        match place(&stops) {
            Some(stop) if dump.index < stop && stop < migrate => {
                let finding = look.finding(
                    at,
                    Fault {
                        severity: Severity::Warning,
                        message: "the backup is taken before the service stops writing".to_owned(),
                        consequence: "what is written in between is lost when this release is rolled back".to_owned(),
                        fix: "stop the web processes and workers first, or switch maintenance on, then dump".to_owned(),
                    },
                );
                finding.confidence = Confidence::Medium;
            }
            Some(stop) if stop < dump.index && dump.index < migrate => {
                look.evidence("the backup is taken when the service has stopped", Some(at));
            }
            _ => {}
        }
    }
}

/// Whether a command stops what writes.
fn stops(reached: Reached<'_>) -> bool {
    match reached.program {
        "systemctl" | "supervisorctl" | "service" | "rc-service" => reached.has("stop"),
        "docker" | "docker-compose" | "podman" => {
            let database = reached.arguments.last().is_some_and(|word| {
                ["db", "postgres", "mysql"].iter().any(|name| word.text.contains(name))
            });
            reached.has_any(&["stop", "down"]) && !database
        }
        "manage.py" | "django-admin" => {
            reached.managed().is_some_and(|name| name.contains("maintenance"))
        }
        "heroku" => reached.has("maintenance:on"),
        "touch" | "cp" | "ln" => reached
            .arguments
            .iter()
            .any(|word| word.text.to_ascii_lowercase().contains("maintenance")),
        _ => false,
    }
}
